/* Who spoke to the bot lately: bounded in time and in number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/heard.h"

static void for_ten_minutes(void **state)
{
	struct heard heard = {0};

	(void)state;
	assert_false(heard_lately(&heard, 1, 2, 1000));
	heard_note(&heard, 1, 2, 1000);
	assert_true(heard_lately(&heard, 1, 2, 1000));
	assert_true(heard_lately(&heard, 1, 2, 1000 + HEARD_KEEP_MS));
	assert_false(heard_lately(&heard, 1, 2, 1001 + HEARD_KEEP_MS));
	assert_false(heard_lately(&heard, 2, 1, 1000));
	assert_false(heard_lately(&heard, 1, 3, 1000));
	heard_note(&heard, 1, 2, 5000);
	assert_true(heard_lately(&heard, 1, 2, 5000 + HEARD_KEEP_MS));
}

static void the_oldest_gives_way(void **state)
{
	struct heard heard = {0};

	(void)state;
	for (uint64_t i = 1; i <= HEARD_MAX + 10; i++) {
		heard_note(&heard, 7, i, 1000);
		heard_note(&heard, 7, i, 1001); /* again: takes no second place */
	}
	for (uint64_t i = 1; i <= HEARD_MAX + 10; i++)
		assert_int_equal(heard_lately(&heard, 7, i, 2000), i > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(for_ten_minutes),
		cmocka_unit_test(the_oldest_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
