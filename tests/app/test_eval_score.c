/* What comes of one question, with answers made by hand: those in several parts, which a matcher
 * gives when it likes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/eval_score.h"

enum { SUN, SAUNA, WINE, PASSAGES_N };

static struct passage passages[PASSAGES_N] = {
	[SUN] = {.id = {"sun", 3}}, [SAUNA] = {.id = {"sauna", 5}}, [WINE] = {.id = {"wine", 4}}};
static const struct article article = {
	.name = {"after", 5}, .passages = passages, .passages_n = PASSAGES_N};
static const struct article *articles[] = {&article};
static const struct book book = {.articles = articles, .articles_n = 1};

static struct answer_part part_of(enum answer_kind kind, int first, int second)
{
	struct answer_part part = {.kind = kind, .reply = REPLY_NONE};

	if (first >= 0)
		part.passages[part.passages_n++] = &passages[first];
	if (second >= 0)
		part.passages[part.passages_n++] = &passages[second];
	return part;
}

static struct answer two_parts(struct answer_part a, struct answer_part b)
{
	return (struct answer){
		.kind = a.kind > b.kind ? a.kind : b.kind, .parts = {a, b}, .parts_n = 2};
}

/* A question whose right passages are sun and sauna. */
static enum eval_grade grade(unsigned traits, struct answer answer)
{
	struct eval_question q = {.file = STR("q.jsonl"),
				  .traits = EVAL_COVERED | EVAL_LISTED | EVAL_TOLD | traits,
				  .right = {STR("sun"), STR("sauna")},
				  .right_n = 2};
	struct eval_result result = {0};

	eval_judge(&q, &book, &answer, &result);
	assert_ptr_equal(result.right[0], &passages[SUN]);
	assert_ptr_equal(result.right[1], &passages[SAUNA]);
	return result.grade;
}

static void several_wanted(void **state)
{
	struct answer_part no = part_of(ANSWER_UNCOVERED, -1, -1);
	struct answer_part sun = part_of(ANSWER_PASSAGES, SUN, -1);
	struct answer_part sauna = part_of(ANSWER_PASSAGES, SAUNA, -1);
	struct answer_part wine = part_of(ANSWER_PASSAGES, WINE, -1);
	struct answer_part or_sauna = part_of(ANSWER_OFFER, WINE, SAUNA);

	(void)state;
	assert_int_equal(grade(EVAL_MULTI, two_parts(sun, sauna)), GRADE_RIGHT);
	assert_int_equal(grade(EVAL_MULTI, two_parts(no, part_of(ANSWER_PASSAGES, SAUNA, SUN))),
			 GRADE_RIGHT);
	assert_int_equal(grade(EVAL_MULTI, two_parts(sun, or_sauna)), GRADE_OFFERED);
	assert_int_equal(grade(EVAL_MULTI, two_parts(or_sauna, sun)), GRADE_OFFERED);
	assert_int_equal(grade(EVAL_MULTI, two_parts(no, part_of(ANSWER_OFFER, SUN, SAUNA))),
			 GRADE_OFFERED);
	assert_int_equal(grade(EVAL_MULTI, two_parts(sun, wine)), GRADE_PARTLY);
	assert_int_equal(grade(EVAL_MULTI, two_parts(sun, no)), GRADE_PARTLY);
	assert_int_equal(grade(EVAL_MULTI, two_parts(or_sauna, no)), GRADE_PARTLY);
	assert_int_equal(grade(EVAL_MULTI, two_parts(wine, or_sauna)), GRADE_WRONG);
	assert_int_equal(grade(EVAL_MULTI, two_parts(no, no)), GRADE_REFUSED);
}

static void one_wanted(void **state)
{
	struct answer_part no = part_of(ANSWER_UNCOVERED, -1, -1);
	struct answer_part sauna = part_of(ANSWER_PASSAGES, SAUNA, -1);
	struct answer_part wine = part_of(ANSWER_PASSAGES, WINE, -1);
	struct answer_part or_sauna = part_of(ANSWER_OFFER, WINE, SAUNA);
	struct answer_part or_wine = part_of(ANSWER_OFFER, WINE, -1);

	(void)state;
	assert_int_equal(grade(0, two_parts(wine, sauna)), GRADE_RIGHT);
	assert_int_equal(grade(0, two_parts(no, or_sauna)), GRADE_OFFERED);
	assert_int_equal(grade(0, two_parts(wine, or_sauna)), GRADE_WRONG);
	assert_int_equal(grade(0, two_parts(or_wine, no)), GRADE_OFFERED_OTHER);
}

/* After a safety text passages are held back: they are not given. */
static void held_back(void **state)
{
	struct answer_part held = part_of(ANSWER_UNCOVERED, SUN, -1);
	struct answer answer = {.kind = ANSWER_UNCOVERED, .parts = {held}, .parts_n = 1};

	(void)state;
	assert_int_equal(grade(0, answer), GRADE_REFUSED);
}

static void intervals(void **state)
{
	struct eval_share none = eval_share_of(0, 0), no = eval_share_of(0, 40);
	struct eval_share all = eval_share_of(40, 40);

	(void)state;
	assert_true(none.rate == 0 && none.low == 0 && none.high == 0);
	assert_true(no.rate == 0 && no.low == 0 && no.high > 8 && no.high < 9);
	assert_true(all.rate == 100 && all.high == 100 && all.low > 91 && all.low < 92);
	/* What people write as a limit is met exactly. */
	assert_true(eval_share_of(461, 500).rate == 92.2);
	assert_true(eval_share_of(7, 100).rate == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_wanted),
		cmocka_unit_test(one_wanted),
		cmocka_unit_test(held_back),
		cmocka_unit_test(intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
