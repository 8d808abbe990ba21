/* Content without the lines that say the same as some messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/leave_out.h"

static void assert_left(const char *text, const char *wanted, size_t left_out)
{
	const struct str messages[] = {STR("May I swim?"), STR("it burns"), STR("")};
	struct arena arena;
	struct leave_out l;
	struct str got;

	arena_init(&arena);
	l = leave_out_of(messages, 3, &arena);
	got = leave_out_apply(&l, str_of(text), &arena);
	if (!str_eq(got, str_of(wanted)))
		fail_msg("\"" STR_FMT "\"", STR_ARG(got));
	assert_int_equal(l.left_out, left_out);
	arena_done(&arena);
}

static void items_go(void **state)
{
	(void)state;
	assert_left("", "", 0);
	assert_left("# t\n\n## a\n\n- may i swim\n- may i walk\n* It BURNS!\n\n## b\n\n- x",
		    "# t\n\n## a\n\n- may i walk\n\n## b\n\n- x", 2);
	assert_left("- it burns", "", 1);
	assert_left("-\tit burns\n  - it burns\n\n  - may I\n  - swim\n", "\n  - may I\n  - swim\n",
		    2);
	assert_left("- may i\nswim\n## a\n- it burns\n## b", "## a\n## b", 2);
	assert_left("- may i\n  swim\n- may i swim\n  today\n", "- may i swim\n  today\n", 1);
}

/* Words of theirs elsewhere are no items, an item without words says nothing, and less or more is not the
 * same. */
static void others_stay(void **state)
{
	static const char *const texts[] = {
		"may i swim\n",	  "## it burns\n", "- may i swim now\n", "- may swim\n",
		"- ...\n-\n- \n", "-it burns\n",   "- swim, may i\n",	 "- it\n- burns\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_left(texts[i], texts[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_go),
		cmocka_unit_test(others_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
