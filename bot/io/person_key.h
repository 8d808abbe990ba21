/* What the stores keep in place of a person's name: a keyed hash of it, HMAC-SHA-256 (RFC 2104) cut to
 * 64 bits, with the store's own random key. Without that key no name can be tried against it; two
 * persons in a million share one with a chance below one in ten million. */
#ifndef IO_PERSON_KEY_H
#define IO_PERSON_KEY_H

#include <stdint.h>

#include "core/str.h"

#define PERSON_SECRET_BYTES 16

/* Ends the process when there is no memory for it. */
uint64_t person_key(const unsigned char secret[PERSON_SECRET_BYTES], struct str platform,
		    struct str person);

#endif
