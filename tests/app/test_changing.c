/* A reply that becomes another one, as a table: what was sent, how many pieces it shall have, what
 * goes wrong, the steps, and what stands in the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/changing.h"

/* Steps: "5=0" the message 5 becomes piece 0, "-6" goes, "+1@2" piece 1 is sent at place 2. Of `good` a
 * letter a step: y done, n refused. New messages are called 100 and their place. */
static const struct {
	const char *sent_as;
	size_t pieces;
	const char *good, *steps, *left;
} cases[] = {
	{"5", 1, "y", "5=0 ", "5"},
	{"5 6", 2, "yy", "5=0 6=1 ", "5 6"},
	{"5 6 7", 1, "yyy", "5=0 -6 -7 ", "5 -6 -7"},
	{"5", 3, "yyy", "5=0 +1@1 +2@2 ", "5 101 102"},
	/* Changed before: places are not used twice. */
	{"5 -6", 2, "yy", "5=0 +1@2 ", "5 -6 102"},
	{"5 -6 7", 2, "yy", "5=0 7=1 ", "5 -6 7"},
	{"-5 6", 1, "y", "6=0 ", "-5 6"},
	/* Somebody removed it. */
	{"5", 1, "n", "5=0 ", "-5"},
	{"5", 2, "n", "5=0 ", "-5"},
	{"5 6", 2, "ny", "5=0 6=1 ", "-5 6"},
	{"5 6", 1, "yn", "5=0 -6 ", "5 -6"},
	{"5 6", 3, "yn", "5=0 6=1 ", "5 -6"},
	/* A new piece is refused: the ones behind it would make no sense. */
	{"5", 3, "yn", "5=0 +1@1 ", "5"},
	{"", 1, "y", "+0@0 ", "100"},
	{"-5", 0, "", "", "-5"},
};

static void step_write(struct buf *out, const struct change_step *step)
{
	if (step->kind == CHANGE_TEXT)
		buf_addf(out, STR_FMT "=%zu ", STR_ARG(step->id), step->text);
	else if (step->kind == CHANGE_REMOVE)
		buf_addf(out, "-" STR_FMT " ", STR_ARG(step->id));
	else
		buf_addf(out, "+%zu@%zu ", step->text, step->place);
}

static void the_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct changing c = {.pieces_n = cases[i].pieces};
		struct change_step step;
		struct buf sent_as, steps, made;
		size_t n = 0;

		buf_init(&sent_as, 100);
		buf_init(&steps, 100);
		buf_init(&made, 20);
		buf_add(&sent_as, str_of(cases[i].sent_as));
		buf_add(&steps, STR(""));
		while ((step = changing_next(&c, buf_str(&sent_as))).kind != CHANGE_NONE) {
			assert_true(cases[i].good[n]);
			step_write(&steps, &step);
			buf_clear(&made);
			buf_addf(&made, "10%zu", step.place);
			changing_went(&c, &sent_as, cases[i].good[n++] == 'y', buf_str(&made));
		}
		assert_true(str_eq(buf_str(&steps), str_of(cases[i].steps)));
		assert_true(str_eq(buf_str(&sent_as), str_of(cases[i].left)));
		assert_false(cases[i].good[n]);
		buf_done(&sent_as);
		buf_done(&steps);
		buf_done(&made);
	}
}

/* Killed behind every step, with what it did not yet written down, it ends at the same. */
static void it_may_begin_anew(void **state)
{
	(void)state;
	for (size_t killed = 0; killed < 3; killed++) {
		struct changing c = {.pieces_n = 2};
		struct buf sent_as;

		buf_init(&sent_as, 100);
		buf_add(&sent_as, STR("5 -6"));
		for (size_t i = 0; i < killed; i++)
			changing_went(&c, &sent_as, true, STR("102"));
		c = (struct changing){.pieces_n = 2};
		while (changing_next(&c, buf_str(&sent_as)).kind != CHANGE_NONE)
			changing_went(&c, &sent_as, true, STR("102"));
		assert_true(str_eq(buf_str(&sent_as), STR("5 -6 102")));
		buf_done(&sent_as);
	}
}

static void what_stands(void **state)
{
	(void)state;
	assert_true(sent_any(STR("-5 6")));
	assert_true(sent_any(STR("5")));
	assert_false(sent_any(STR("-5 -6")));
	assert_false(sent_any(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_steps),
		cmocka_unit_test(it_may_begin_anew),
		cmocka_unit_test(what_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
