/* The fitter finds the coefficients that made the cases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "calibrate/fit.h"

#define SMALL 1e-6
#define PASSAGES ((size_t)4)

static double random_share(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static void cases_init(struct cases *cases, struct arena *arena, size_t n)
{
	arena_init(arena);
	*cases = (struct cases){.arena = arena, .n = n};
	cases->v = arena_array(arena, n, sizeof *cases->v);
	for (size_t i = 0; i < n; i++) {
		cases->v[i].n = PASSAGES;
		cases->v[i].weight = 1.0 / (double)n;
		cases->v[i].signals =
			arena_array(arena, PASSAGES * SIGNALS_N, sizeof *cases->v[i].signals);
		cases->v[i].right = arena_array(arena, PASSAGES, sizeof *cases->v[i].right);
	}
}

/* Signals at random, and a right passage, or none, as often as `made_by` has it. */
static void cases_simulate(struct cases *cases, const struct judge *made_by, uint64_t seed)
{
	for (size_t i = 0; i < cases->n; i++) {
		struct kase *one = &cases->v[i];
		double *signals = arena_array(cases->arena, PASSAGES * SIGNALS_N, sizeof *signals);
		double p[PASSAGES], none, at;

		for (size_t k = 0; k < PASSAGES * SIGNALS_N; k++)
			signals[k] = random_share(&seed);
		for (size_t k = 0; k < DOUBTS_N; k++)
			one->doubts[k] = random_share(&seed);
		one->doubts[DOUBT_ALWAYS] = 1;
		one->signals = signals;
		none = judge_probabilities(made_by, signals, PASSAGES, one->doubts, p);
		at = random_share(&seed) - none;
		one->covered = at >= 0;
		for (size_t k = 0; k < PASSAGES && at >= 0; k++) {
			at -= p[k];
			one->right[k] = at < 0 || k + 1 == PASSAGES;
		}
	}
}

/* Every coefficient another one, of either sign. */
static struct judge known(void)
{
	struct judge judge = {.answer = 0};

	for (int k = 0; k < SIGNALS_N; k++)
		judge.signals[k] = 3.0 - 0.75 * k;
	for (int k = 0; k < DOUBTS_N; k++)
		judge.doubts[k] = k % 2 ? 0.3 * k : -0.25 * k;
	judge.doubts[DOUBT_ALWAYS] = 1.5;
	return judge;
}

static void near_in(double seen, double wanted, double most, const char *what)
{
	if (!(fabs(seen - wanted) <= most))
		fail_msg("%s: %.4f is not %.4f", what, seen, wanted);
}

static double loss_of(const struct cases *cases, const struct judge *judge)
{
	return judge_loss(cases, 0, judge);
}

/* One covered case of two passages with equal odds for both and none, one uncovered with twice the
 * odds for none: -0.5 log(1/3) - 0.5 log(1/2), and half the ridge times log(2) squared. */
static void the_loss_by_hand(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge judge = {.doubts = {[DOUBT_ALWAYS] = log(2)}};

	(void)state;
	cases_init(&cases, &arena, 2);
	cases.v[0].n = cases.v[1].n = 2;
	cases.v[1].doubts[DOUBT_ALWAYS] = 1;
	cases.v[0].covered = cases.v[0].right[1] = true;
	near_in(judge_loss(&cases, 0, &judge), 0.5 * log(3) + 0.5 * log(2), 1e-12, "loss");
	near_in(judge_loss(&cases, 0.1, &judge),
		0.5 * log(3) + 0.5 * log(2) + 0.05 * log(2) * log(2), 1e-12, "loss with a ridge");
	arena_done(&arena);
}

/* With 10,000 cases of uniform signals the standard error of a coefficient is 0.04 to 0.11. */
static void known_coefficients_are_found(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge made_by = known(), found;
	double loss;

	(void)state;
	cases_init(&cases, &arena, 10000);
	cases_simulate(&cases, &made_by, 1);
	loss = judge_fit(&cases, SMALL, &found);
	for (int k = 0; k < SIGNALS_N; k++)
		near_in(found.signals[k], made_by.signals[k], 0.35, signal_name((enum signal)k));
	for (int k = 0; k < DOUBTS_N; k++)
		near_in(found.doubts[k], made_by.doubts[k], 0.45, doubt_name((enum doubt)k));
	near_in(loss, loss_of(&cases, &found), 1e-3, "the loss it tells");
	/* the likeliest coefficients are likelier than those that made the cases, and by little */
	assert_true(loss_of(&cases, &found) < loss_of(&cases, &made_by));
	near_in(loss_of(&cases, &found), loss_of(&cases, &made_by), 0.005, "loss");
	assert_true(loss < loss_of(&cases, &(struct judge){.answer = 0}) - 0.1);
	arena_done(&arena);
}

/* No step aside makes the cases likelier. */
static void no_other_coefficients_are_likelier(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge made_by = known(), found;
	double least;

	(void)state;
	cases_init(&cases, &arena, 500);
	cases_simulate(&cases, &made_by, 2);
	judge_fit(&cases, SMALL, &found);
	least = loss_of(&cases, &found);
	for (int k = 0; k < 2 * (SIGNALS_N + DOUBTS_N); k++) {
		struct judge aside = found;
		int which = k / 2;

		*(which < SIGNALS_N ? &aside.signals[which] : &aside.doubts[which - SIGNALS_N]) +=
			k % 2 ? 0.05 : -0.05;
		assert_true(loss_of(&cases, &aside) > least);
	}
	arena_done(&arena);
}

static void the_same_cases_give_the_same_coefficients(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge made_by = known(), first, second;

	(void)state;
	cases_init(&cases, &arena, 300);
	cases_simulate(&cases, &made_by, 3);
	memset(&first, 0, sizeof first);
	memset(&second, 0x55, sizeof second);
	assert_true(judge_fit(&cases, SMALL, &first) == judge_fit(&cases, SMALL, &second));
	assert_memory_equal(first.signals, second.signals, sizeof first.signals);
	assert_memory_equal(first.doubts, second.doubts, sizeof first.doubts);
	arena_done(&arena);
}

/* Nothing but "always", b, tells the cases apart: with two right passages of four P is 2 / (4 + e^b),
 * and e^b / (4 + e^b) where none is. The second has 0.7 of the weight: that is its likeliest P. */
static void of_several_right_passages_any_counts(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge found;
	double loss;

	(void)state;
	cases_init(&cases, &arena, 2);
	for (size_t i = 0; i < 2; i++)
		cases.v[i].doubts[DOUBT_ALWAYS] = 1;
	cases.v[0].covered = true;
	cases.v[0].right[1] = cases.v[0].right[3] = true;
	cases.v[0].weight = 0.3;
	cases.v[1].weight = 0.7;
	loss = judge_fit(&cases, 1e-9, &found);
	near_in(found.doubts[DOUBT_ALWAYS], log(28.0 / 3), 1e-3, "always");
	near_in(loss, -0.3 * log(0.15) - 0.7 * log(0.7), 1e-6, "loss");
	for (int k = 0; k < SIGNALS_N; k++)
		assert_true(found.signals[k] == 0);
	arena_done(&arena);
}

static void what_weighs_nothing_changes_nothing(void **state)
{
	struct arena arena;
	struct cases cases;
	struct judge made_by = known(), all, some;

	(void)state;
	cases_init(&cases, &arena, 400);
	cases_simulate(&cases, &made_by, 4);
	cases.n = 300;
	judge_fit(&cases, SMALL, &some);
	cases.n = 400;
	for (size_t i = 300; i < 400; i++)
		cases.v[i].weight = 0;
	judge_fit(&cases, SMALL, &all);
	assert_memory_equal(all.signals, some.signals, sizeof all.signals);
	arena_done(&arena);
}

/* A signal that tells the right passage every time would grow without end. */
static void the_ridge_keeps_what_is_always_right_small(void **state)
{
	static const double ridges[] = {1e-6, 1e-3, 1};
	struct arena arena;
	struct cases cases;
	struct judge found;
	double before = INFINITY;

	(void)state;
	cases_init(&cases, &arena, 50);
	for (size_t i = 0; i < cases.n; i++) {
		double *signals = arena_array(&arena, PASSAGES * SIGNALS_N, sizeof *signals);

		signals[i % PASSAGES * SIGNALS_N + SIGNAL_NEAR] = 1;
		cases.v[i].signals = signals;
		cases.v[i].right[i % PASSAGES] = cases.v[i].covered = true;
	}
	for (size_t i = 0; i < sizeof ridges / sizeof *ridges; i++) {
		judge_fit(&cases, ridges[i], &found);
		assert_true(found.signals[SIGNAL_NEAR] > 0 && found.signals[SIGNAL_NEAR] < before);
		before = found.signals[SIGNAL_NEAR];
	}
	assert_true(before < 1);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loss_by_hand),
		cmocka_unit_test(known_coefficients_are_found),
		cmocka_unit_test(no_other_coefficients_are_likelier),
		cmocka_unit_test(the_same_cases_give_the_same_coefficients),
		cmocka_unit_test(of_several_right_passages_any_counts),
		cmocka_unit_test(what_weighs_nothing_changes_nothing),
		cmocka_unit_test(the_ridge_keeps_what_is_always_right_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
