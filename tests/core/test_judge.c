/* From signals and doubts to probabilities: values worked out by hand from the formula in core/judge.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/judge.h"

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) < 1e-9))
		fail_msg("%.12f is not %.12f", a, b);
}

static const struct judge small = {.signals = {[SIGNAL_WORDS] = 2, [SIGNAL_NEAR] = 1},
				   .doubts = {[DOUBT_ALWAYS] = 0.5, [DOUBT_LENGTH] = -1}};

/* Utilities 2 + 0.5, 0.5 and 0 against 0.5 - 0.5: e^2.5, e^0.5, 1 and 1 of 15.831215231. */
static void by_the_formula(void **state)
{
	const double signals[3][SIGNALS_N] = {{[SIGNAL_WORDS] = 1, [SIGNAL_NEAR] = 0.5},
					      {[SIGNAL_WORDS] = 0.25, [SIGNAL_MEAN] = 7}};
	const double doubts[DOUBTS_N] = {[DOUBT_ALWAYS] = 1, [DOUBT_LENGTH] = 0.5};
	double p[3];
	double none = judge_probabilities(&small, signals[0], 3, doubts, p);

	(void)state;
	assert_near(p[0], 0.769523614);
	assert_near(p[1], 0.104143696);
	assert_near(p[2], 0.063166345);
	assert_near(none, 0.063166345);
	assert_near(p[0] + p[1] + p[2] + none, 1);
}

static void without_passages_none_is_sure(void **state)
{
	const double doubts[DOUBTS_N] = {[DOUBT_ALWAYS] = 1};
	double p = 5;

	(void)state;
	assert_near(judge_probabilities(&small, NULL, 0, doubts, &p), 1);
	assert_near(p, 5);
}

/* Far beyond what exp() can hold, on either side. */
static void huge_values_stay_probabilities(void **state)
{
	static const struct {
		double first, second, doubt; /* times 2, 2 and 0.5 */
		double p[3];		     /* of the two, and of none */
	} table[] = {
		{1e6, 0, 0, {1, 0, 0}},	      {1e6, 1e6, 0, {0.5, 0.5, 0}},
		{0, 0, 1e6, {0, 0, 1}},	      {-1e6, -1e6, 0, {0, 0, 1}},
		{-1e6, -1e6, -8e6, {.5, .5}}, {1e6, 0, 4e6, {0.5, 0, 0.5}},
		{1e300, 1e299, 0, {1, 0, 0}}, {-1e300, 1, 1, {0, 0.817574476, 0.182425524}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const double signals[2][SIGNALS_N] = {{[SIGNAL_WORDS] = table[i].first},
						      {[SIGNAL_WORDS] = table[i].second}};
		const double doubts[DOUBTS_N] = {[DOUBT_ALWAYS] = table[i].doubt};
		double p[2];
		double none = judge_probabilities(&small, signals[0], 2, doubts, p);

		assert_near(p[0], table[i].p[0]);
		assert_near(p[1], table[i].p[1]);
		assert_near(none, table[i].p[2]);
	}
}

static void every_signal_and_doubt_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(signal_name(SIGNAL_WORDS), "words");
	assert_string_equal(signal_name(SIGNAL_TITLE_WORDS), "title_words");
	assert_string_equal(signal_name(SIGNAL_MARGIN), "margin");
	assert_string_equal(doubt_name(DOUBT_ALWAYS), "always");
	assert_string_equal(doubt_name(DOUBT_NEAR_NONE), "near_none");
	assert_string_equal(doubt_name(DOUBT_LENGTH), "length");
	for (int i = 0; i < SIGNALS_N; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(signal_name((enum signal)i),
						signal_name((enum signal)k));
	for (int i = 0; i < DOUBTS_N; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(doubt_name((enum doubt)i),
						doubt_name((enum doubt)k));
}

/* What an article without phrasings never has, its judge must not weigh; and a sure answer asks for
 * more than an offer. */
static void the_fitted_ones_are_of_use(void **state)
{
	const struct judge *const fitted[] = {&judge_taught, &judge_untaught};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(fitted[i]->answer > 0.5 && fitted[i]->answer < 1);
		assert_true(fitted[i]->offer > 0 && fitted[i]->offer < fitted[i]->answer);
	}
	assert_true(judge_taught.signals[SIGNAL_MARGIN] > 0);
	assert_true(judge_untaught.signals[SIGNAL_MARGIN] == 0);
	assert_true(judge_untaught.doubts[DOUBT_MARGIN_BEST] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_formula),
		cmocka_unit_test(without_passages_none_is_sure),
		cmocka_unit_test(huge_values_stay_probabilities),
		cmocka_unit_test(every_signal_and_doubt_has_a_name_of_its_own),
		cmocka_unit_test(the_fitted_ones_are_of_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
