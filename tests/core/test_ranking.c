/* Two rankings of one question, alone and with what was said around it, are joined. */
#include <math.h>

#include "book_fixture.h"
#include "core/ranking.h"

static struct passage passages[2 * RANKED_MAX];

static struct ranking ranking_make(const size_t *which, const double *p, size_t n)
{
	struct ranking r = {.n = n, .verdict = MATCH_OFFER};

	for (size_t i = 0; i < n; i++)
		r.v[i] = (struct match){.passage = &passages[which[i]], .p = p[i]};
	return r;
}

static void assert_ranked(const struct ranking *r, size_t at, size_t which, double p)
{
	assert_ptr_equal(r->v[at].passage, &passages[which]);
	assert_true(fabs(r->v[at].p - p) < 1e-9);
}

static void each_brings_what_it_knows(void **state)
{
	struct ranking a = ranking_make((size_t[]){0, 1}, (double[]){0.3, 0.2}, 2);
	struct ranking b = ranking_make((size_t[]){1, 2}, (double[]){0.4, 0.1}, 2);

	(void)state;
	ranking_join(&a, &b);
	assert_int_equal(a.n, 3);
	assert_int_equal(a.verdict, MATCH_OFFER);
	assert_ranked(&a, 0, 1, 0.3);
	assert_ranked(&a, 1, 0, 0.15);
	assert_ranked(&a, 2, 2, 0.05);
}

static void a_full_one_makes_room_for_what_is_likelier(void **state)
{
	size_t which[RANKED_MAX], others[RANKED_MAX];
	double p[RANKED_MAX], q[RANKED_MAX];
	struct ranking a, b;

	(void)state;
	for (size_t i = 0; i < RANKED_MAX; i++) {
		which[i] = i;
		others[i] = RANKED_MAX + i;
		p[i] = 0.02 - 0.001 * (double)i;
		q[i] = i ? 0.001 : 0.5;
	}
	a = ranking_make(which, p, RANKED_MAX);
	b = ranking_make(others, q, RANKED_MAX);
	ranking_join(&a, &b);
	assert_int_equal(a.n, RANKED_MAX);
	assert_ranked(&a, 0, RANKED_MAX, 0.25);
	assert_ranked(&a, 1, 0, 0.01);
	assert_ranked(&a, RANKED_MAX - 1, RANKED_MAX - 2, p[RANKED_MAX - 2] / 2);
}

static void of_two_empty_ones_nothing_comes(void **state)
{
	struct ranking a = {0}, b = {0};

	(void)state;
	ranking_join(&a, &b);
	assert_int_equal(a.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_brings_what_it_knows),
		cmocka_unit_test(a_full_one_makes_room_for_what_is_likelier),
		cmocka_unit_test(of_two_empty_ones_nothing_comes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
