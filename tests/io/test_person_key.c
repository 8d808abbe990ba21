/* The hash that stands for a person: state files that were written before must still know them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "io/person_key.h"

static const unsigned char secret[PERSON_SECRET_BYTES] = {0, 1, 2,  3,	4,  5,	6,  7,
							  8, 9, 10, 11, 12, 13, 14, 15};

/* The values are of Python's hmac, over the platform, a zero and the person. */
static void the_hash_is_the_same_every_time(void **state)
{
	struct person_keys *keys = person_keys_new(secret);

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(person_key(keys, STR("discord"), STR("1234")) == 0xc8bbe00bbf981721);
		assert_true(person_key(keys, STR(""), STR("")) == 0xec5ad48c9c152249);
	}
	person_keys_free(keys);
	person_keys_free(NULL);
}

static void another_secret_another_hash(void **state)
{
	const unsigned char other_secret[PERSON_SECRET_BYTES] = {1};
	struct person_keys *keys = person_keys_new(secret);
	struct person_keys *others = person_keys_new(other_secret);
	struct str p = STR("discord");

	(void)state;
	assert_true(person_key(keys, p, STR("1")) != person_key(others, p, STR("1")));
	assert_true(person_key(keys, p, STR("1")) != person_key(keys, p, STR("2")));
	assert_true(person_key(keys, p, STR("1")) != person_key(keys, STR("discord1"), STR("")));
	person_keys_free(keys);
	person_keys_free(others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hash_is_the_same_every_time),
		cmocka_unit_test(another_secret_another_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
