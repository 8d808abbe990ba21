#include "io/person_key.h"

#include <stdbool.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "core/arena.h"

struct person_keys {
	EVP_MAC *mac;
	EVP_MAC_CTX *context; /* holds the secret */
};

struct person_keys *person_keys_new(const unsigned char secret[PERSON_SECRET_BYTES])
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end()};
	struct person_keys *keys = calloc(1, sizeof *keys);

	if (!keys)
		out_of_memory();
	keys->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	keys->context = keys->mac ? EVP_MAC_CTX_new(keys->mac) : NULL;
	if (!keys->context || !EVP_MAC_init(keys->context, secret, PERSON_SECRET_BYTES, params))
		out_of_memory();
	return keys;
}

void person_keys_free(struct person_keys *keys)
{
	if (!keys)
		return;
	EVP_MAC_CTX_free(keys->context);
	EVP_MAC_free(keys->mac);
	free(keys);
}

static bool hash_of(EVP_MAC_CTX *context, struct str platform, struct str person,
		    unsigned char *hash)
{
	size_t n;

	/* Without a key it begins anew with the one it has. */
	return EVP_MAC_init(context, NULL, 0, NULL) &&
	       EVP_MAC_update(context, (const unsigned char *)platform.p, platform.n) &&
	       EVP_MAC_update(context, (const unsigned char *)"", 1) &&
	       EVP_MAC_update(context, (const unsigned char *)person.p, person.n) &&
	       EVP_MAC_final(context, hash, &n, EVP_MAX_MD_SIZE);
}

uint64_t person_key(struct person_keys *keys, struct str platform, struct str person)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	uint64_t key = 0;

	if (!hash_of(keys->context, platform, person, hash))
		out_of_memory();
	for (int i = 0; i < 8; i++)
		key = key << 8 | hash[i];
	return key;
}
