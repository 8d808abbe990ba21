/* What the stores keep in place of a person's name: a keyed hash of it, HMAC-SHA-256 (RFC 2104) cut to
 * 64 bits, with the store's own random key. Without that key no name can be tried against it; two
 * persons in a million share one with a chance below one in ten million. */
#ifndef IO_PERSON_KEY_H
#define IO_PERSON_KEY_H

#include <stdint.h>

#include "core/str.h"

#define PERSON_SECRET_BYTES 16

/* Makes the hashes of one store. It is asked for two of each question: what OpenSSL looks up for them it
 * looks up once. */
struct person_keys;

/* The secret is copied. Ends the process when there is no memory for it. */
struct person_keys *person_keys_new(const unsigned char secret[PERSON_SECRET_BYTES]);
/* Accepts NULL. */
void person_keys_free(struct person_keys *keys);

uint64_t person_key(struct person_keys *keys, struct str platform, struct str person);

#endif
