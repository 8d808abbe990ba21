/* Logistic regression. The coefficients were worked out by scikit-learn 1.2.1 on the same cases:
 * StandardScaler, then LogisticRegression(C=1/ridge, tol=1e-12), brought back to the units. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/logistic.h"

#define CASES 60
#define SIGNALS 3

struct made {
	double rows[CASES * SIGNALS];
	double weights[CASES];
	bool labels[CASES];
	struct logistic_cases cases;
};

static unsigned below_1000(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % 1000;
}

/* Three signals in three units; a noisy sum of them is the label. */
static void cases_make(struct made *m)
{
	uint64_t state = 7;

	for (size_t i = 0; i < CASES; i++) {
		unsigned a = below_1000(&state);
		unsigned b = below_1000(&state);
		unsigned c = below_1000(&state);

		m->rows[i * SIGNALS] = a / 1000.0;
		m->rows[i * SIGNALS + 1] = b / 10.0 - 30;
		m->rows[i * SIGNALS + 2] = c / 1000.0;
		m->labels[i] = a + c / 2 + below_1000(&state) + b / 2 > 1250;
		m->weights[i] = 1 + (double)(i % 3);
	}
	m->cases = (struct logistic_cases){m->rows, m->labels, NULL, CASES, SIGNALS};
}

static void near(double seen, double wanted)
{
	if (!(fabs(seen - wanted) <= 1e-5 * fmax(1, fabs(wanted))))
		fail_msg("%.9g is not %.9g", seen, wanted);
}

static void coefficients_are_those_of_another_program(void **state)
{
	static const struct {
		double ridge;
		bool weighted;
		double b[SIGNALS + 1];
		double p; /* at 0.5, 20, 0.5 */
	} table[] = {
		{1, false, {-3.0438123, 5.56539174, 0.016277180, 2.83044953}, 0.81451999},
		{0.01, false, {-4.4702955, 7.89823581, 0.020724938, 3.87824242}, 0.86206243},
		{25, false, {-0.0379106, 1.29377404, 0.0046753549, 0.76243302}, 0.74719353},
		{1, true, {-3.7550669, 6.94064632, 0.020219867, 2.87957849}, 0.82627338},
		{0.01, true, {-4.8248240, 8.71308143, 0.024910484, 3.61005048}, 0.86235054},
		{25, true, {-0.6735814, 2.19634694, 0.0065880919, 0.95682679}, 0.73783909},
	};
	static const double at[SIGNALS] = {0.5, 20, 0.5};
	struct made m;

	(void)state;
	cases_make(&m);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		double b[SIGNALS + 1];
		struct err err;

		m.cases.weights = table[i].weighted ? m.weights : NULL;
		assert_true(logistic_fit(&m.cases, table[i].ridge, b, &err));
		for (size_t k = 0; k <= SIGNALS; k++)
			near(b[k], table[i].b[k]);
		near(logistic_predict(b, at, SIGNALS), table[i].p);
	}
}

/* Without a signal only the constant is left, which says the share of yes. */
static void the_constant_alone_is_the_share(void **state)
{
	static const bool labels[] = {true, true, true, false};
	struct logistic_cases cases = {NULL, labels, NULL, 4, 0};
	double b;
	struct err err;

	(void)state;
	assert_true(logistic_fit(&cases, 1, &b, &err));
	near(b, log(3));
	near(logistic_predict(&b, NULL, 0), 0.75);
}

/* By hand: of the rows with x = 0 one in four is a yes, of those with x = 1 three in four. */
static void two_groups_by_hand(void **state)
{
	static const double rows[] = {0, 0, 0, 0, 1, 1, 1, 1};
	static const bool labels[] = {true, false, false, false, true, true, true, false};
	struct logistic_cases cases = {rows, labels, NULL, 8, 1};
	double b[2];
	struct err err;

	(void)state;
	assert_true(logistic_fit(&cases, 0, b, &err));
	near(b[0], -log(3));
	near(b[1], 2 * log(3));
}

static void a_weight_counts_as_copies(void **state)
{
	struct made m;
	double rows[3 * CASES * SIGNALS];
	bool labels[3 * CASES];
	struct logistic_cases copies = {rows, labels, NULL, 0, SIGNALS};
	double b[SIGNALS + 1], c[SIGNALS + 1];
	struct err err;

	(void)state;
	cases_make(&m);
	m.cases.weights = m.weights;
	for (size_t i = 0; i < CASES; i++)
		for (double k = 0; k < m.weights[i]; k++, copies.n++) {
			memcpy(rows + copies.n * SIGNALS, m.rows + i * SIGNALS,
			       SIGNALS * sizeof *rows);
			labels[copies.n] = m.labels[i];
		}
	assert_true(logistic_fit(&m.cases, 2, b, &err));
	assert_true(logistic_fit(&copies, 2, c, &err));
	for (size_t k = 0; k <= SIGNALS; k++)
		near(b[k], c[k]);
}

static void the_unit_of_a_signal_does_not_matter(void **state)
{
	struct made m;
	double b[SIGNALS + 1], c[SIGNALS + 1];
	struct err err;

	(void)state;
	cases_make(&m);
	assert_true(logistic_fit(&m.cases, 5, b, &err));
	for (size_t i = 0; i < CASES; i++)
		m.rows[i * SIGNALS] = m.rows[i * SIGNALS] * 1e6 - 4e5;
	assert_true(logistic_fit(&m.cases, 5, c, &err));
	near(c[1] * 1e6, b[1]);
	near(c[0] - c[1] * 4e5, b[0]);
	near(c[2], b[2]);
}

static void a_signal_that_never_varies_says_nothing(void **state)
{
	struct made m;
	double b[SIGNALS + 1];
	struct err err;

	(void)state;
	cases_make(&m);
	for (size_t i = 0; i < CASES; i++)
		m.rows[i * SIGNALS + 1] = 0.1;
	assert_true(logistic_fit(&m.cases, 1, b, &err));
	assert_true(b[2] == 0);
	assert_true(b[1] > 1);
}

static void refused(const struct logistic_cases *cases, double ridge, const char *why)
{
	double b[SIGNALS + 1] = {42, 42, 42, 42};
	struct err err = {0};

	if (logistic_fit(cases, ridge, b, &err))
		fail_msg("fitted; should say \"%s\"", why);
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	for (size_t k = 0; k <= SIGNALS; k++)
		assert_true(b[k] == 42);
}

static void what_cannot_be_fitted_is_refused(void **state)
{
	struct made m;
	struct logistic_cases none = {NULL, NULL, NULL, 0, 1};

	(void)state;
	cases_make(&m);
	refused(&none, 1, "there is no case with the label \"no\"");
	refused(&m.cases, -1, "a ridge of -1");
	refused(&m.cases, NAN, "a ridge of nan");
	m.rows[4 * SIGNALS + 1] = INFINITY;
	refused(&m.cases, 1, "signal 2 of case 5 is not a number");
	cases_make(&m);
	m.cases.weights = m.weights;
	m.weights[7] = -2;
	refused(&m.cases, 1, "the weight of case 8 is -2");
	cases_make(&m);
	m.cases.signals_n = LOGISTIC_SIGNALS_MAX + 1;
	m.cases.n = 0;
	refused(&m.cases, 1, "65 signals are more than 64");
	cases_make(&m);
	memset(m.labels, 1, sizeof m.labels);
	refused(&m.cases, 1, "there is no case with the label \"no\"");
	/* The only no counts nothing. */
	m.labels[0] = false;
	m.weights[0] = 0;
	m.cases.weights = m.weights;
	refused(&m.cases, 1, "there is no case with the label \"no\"");
}

static void what_settles_nothing_is_refused_without_a_ridge(void **state)
{
	struct made m;
	double b[SIGNALS + 1];
	struct err err;

	(void)state;
	cases_make(&m);
	for (size_t i = 0; i < CASES; i++)
		m.rows[i * SIGNALS + 2] = 3 * m.rows[i * SIGNALS] - m.rows[i * SIGNALS + 1];
	refused(&m.cases, 0, "the signals settle nothing");
	assert_true(logistic_fit(&m.cases, 1, b, &err));
	cases_make(&m);
	for (size_t i = 0; i < CASES; i++)
		m.labels[i] = m.rows[i * SIGNALS] > 0.5;
	refused(&m.cases, 0, "the signals settle nothing");
	assert_true(logistic_fit(&m.cases, 1, b, &err));
	for (size_t i = 0; i < CASES; i++)
		if (fabs(m.rows[i * SIGNALS] - 0.5) > 0.1)
			assert_int_equal(logistic_predict(b, m.rows + i * SIGNALS, SIGNALS) > 0.5,
					 m.labels[i]);
}

static void far_signals_stay_between_0_and_1(void **state)
{
	static const double b[] = {0, 1};
	static const double far[] = {-1e6, -700, 700, 1e6};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		double p = logistic_predict(b, &far[i], 1);

		assert_true(far[i] < 0 ? p >= 0 && p < 1e-300 : p == 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coefficients_are_those_of_another_program),
		cmocka_unit_test(the_constant_alone_is_the_share),
		cmocka_unit_test(two_groups_by_hand),
		cmocka_unit_test(a_weight_counts_as_copies),
		cmocka_unit_test(the_unit_of_a_signal_does_not_matter),
		cmocka_unit_test(a_signal_that_never_varies_says_nothing),
		cmocka_unit_test(what_cannot_be_fitted_is_refused),
		cmocka_unit_test(what_settles_nothing_is_refused_without_a_ridge),
		cmocka_unit_test(far_signals_stay_between_0_and_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
