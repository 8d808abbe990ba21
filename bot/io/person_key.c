#include "io/person_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/arena.h"
#include "core/buf.h"

#define NAME_BYTES_MAX ((size_t)64 * 1024)

uint64_t person_key(const unsigned char secret[PERSON_SECRET_BYTES], struct str platform,
		    struct str person)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	struct buf name;
	uint64_t key = 0;

	buf_init(&name, NAME_BYTES_MAX);
	buf_add(&name, platform);
	buf_add_char(&name, '\0');
	buf_add(&name, person);
	if (!HMAC(EVP_sha256(), secret, PERSON_SECRET_BYTES, (const unsigned char *)name.p, name.n,
		  hash, NULL))
		out_of_memory();
	buf_done(&name);
	for (int i = 0; i < 8; i++)
		key = key << 8 | hash[i];
	return key;
}
