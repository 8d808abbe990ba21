/* How much somebody may ask, as tables of times and verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/quota.h"

#define T0 ((int64_t)1000000)

/* `n` at once, at this second: how many of them are within, emptying, over. */
static void takes(struct quota *q, uint64_t key, double second, int n, int within, int emptied,
		  int over)
{
	int got[3] = {0};

	for (int i = 0; i < n; i++)
		got[quota_take(q, key, 1, T0 + (int64_t)(second * 1000))]++;
	assert_int_equal(got[QUOTA_WITHIN], within);
	assert_int_equal(got[QUOTA_EMPTIED], emptied);
	assert_int_equal(got[QUOTA_OVER], over);
}

static void a_minutes_worth_then_a_minute_of_nothing(void **state)
{
	struct quota *q = quota_new(20);

	(void)state;
	takes(q, 7, 0, 20, 20, 0, 0);
	assert_false(quota_is_over(q, 7, T0));
	takes(q, 7, 0, 1000, 0, 1, 999);
	assert_true(quota_is_over(q, 7, T0 + 59999));
	takes(q, 7, 59.999, 1000, 0, 0, 1000);
	assert_false(quota_is_over(q, 7, T0 + 60000));
	takes(q, 7, 60, 1000, 20, 1, 979);
	quota_free(q);
	quota_free(NULL);
}

/* Whoever asks every three seconds never meets the limit; a little faster, and they do some day. */
static void a_bucket_fills_while_it_is_used(void **state)
{
	struct quota *slow = quota_new(20), *fast = quota_new(20);
	int within = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		takes(slow, 7, 3 * i, 1, 1, 0, 0);
	while (quota_take(fast, 7, 1, T0 + (int64_t)within * 2500) == QUOTA_WITHIN)
		within++;
	assert_in_range(within, 110, 120);
	quota_free(slow);
	quota_free(fast);
}

/* What costs less than one: five times as much of it, or some of either. */
static void parts_of_a_token(void **state)
{
	struct quota *q = quota_new(4);

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(quota_take(q, 7, 0.25, T0), QUOTA_WITHIN);
	takes(q, 7, 0, 5, 1, 1, 3);
	for (int i = 0; i < 13; i++)
		assert_int_equal(quota_take(q, 8, 0.25, T0), QUOTA_WITHIN);
	assert_int_equal(quota_take(q, 8, 0.25, T0), QUOTA_EMPTIED);
	assert_int_equal(quota_take(q, 8, 0.25, T0), QUOTA_OVER);
	quota_free(q);
}

static void everybody_has_their_own_bucket(void **state)
{
	struct quota *q = quota_new(3);

	(void)state;
	takes(q, 7, 0, 100, 3, 1, 96);
	takes(q, 8, 0, 3, 3, 0, 0);
	takes(q, 0, 0, 3, 3, 0, 0);
	assert_false(quota_is_over(q, 9, T0));
	quota_free(q);
}

static void none_is_no_limit(void **state)
{
	struct quota *q = quota_new(0);

	(void)state;
	takes(q, 7, 0, 100000, 100000, 0, 0);
	assert_false(quota_is_over(q, 7, T0));
	quota_free(q);
}

static void time_may_run_backwards(void **state)
{
	struct quota *q = quota_new(4);

	(void)state;
	takes(q, 7, 100, 2, 2, 0, 0);
	takes(q, 7, 0, 2, 2, 0, 0);
	takes(q, 7, 50, 1, 0, 1, 0);
	takes(q, 7, 0, 1, 0, 0, 1);
	quota_free(q);
}

/* A hundred thousand others: it stays as large as it is, and who was over and goes on is still over. */
static void others_do_not_make_room_for_who_is_over(void **state)
{
	struct quota *q = quota_new(2);

	(void)state;
	takes(q, 7, 0, 5, 2, 1, 2);
	for (uint64_t key = 1000; key < 101000; key++) {
		assert_int_equal(quota_take(q, key, 1, T0 + (int64_t)key / 10), QUOTA_WITHIN);
		assert_int_equal(quota_take(q, 7, 1, T0 + (int64_t)key / 10), QUOTA_OVER);
	}
	quota_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minutes_worth_then_a_minute_of_nothing),
		cmocka_unit_test(a_bucket_fills_while_it_is_used),
		cmocka_unit_test(parts_of_a_token),
		cmocka_unit_test(everybody_has_their_own_bucket),
		cmocka_unit_test(none_is_no_limit),
		cmocka_unit_test(time_may_run_backwards),
		cmocka_unit_test(others_do_not_make_room_for_who_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
