/* Waiting before the next try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/backoff.h"

static void first_try_is_quick(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 500; seed++) {
		struct backoff b;
		int64_t wait;

		backoff_init(&b, seed);
		wait = backoff_next_ms(&b);
		assert_true(wait >= 0 && wait <= 150);
	}
}

static void waits_double_to_a_minute(void **state)
{
	static const int64_t steps[] = {500,   1000,  2000,  4000,  8000,
					16000, 32000, 60000, 60000, 60000};
	struct backoff b;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		backoff_init(&b, seed);
		backoff_next_ms(&b);
		for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
			int64_t wait = backoff_next_ms(&b);

			assert_true(wait <= steps[i] && wait >= steps[i] - steps[i] / 4);
		}
	}
}

static void a_day_of_outage_costs_few_tries(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct backoff b;
		int64_t at = 0;
		unsigned tries = 0;

		backoff_init(&b, seed);
		for (; at < 86400000; tries++)
			at += backoff_next_ms(&b);
		assert_in_range(tries, 250, 450);
	}
}

static void same_seed_same_waits(void **state)
{
	struct backoff a, b, c;
	bool differs = false;

	(void)state;
	backoff_init(&a, 7);
	backoff_init(&b, 7);
	backoff_init(&c, 8);
	for (int i = 0; i < 50; i++) {
		int64_t wait = backoff_next_ms(&a);

		assert_int_equal(wait, backoff_next_ms(&b));
		differs = differs || wait != backoff_next_ms(&c);
	}
	assert_true(differs);
}

static void up_for_a_while_starts_anew(void **state)
{
	struct backoff b;

	(void)state;
	backoff_init(&b, 3);
	for (int i = 0; i < 12; i++)
		backoff_next_ms(&b);
	backoff_up(&b, 1000);
	backoff_down(&b, 1000 + BACKOFF_STEADY_MS - 1);
	assert_in_range(backoff_next_ms(&b), 1500, 2000);
	for (int i = 0; i < 12; i++)
		backoff_next_ms(&b);
	backoff_down(&b, 900000); /* it was not up in between */
	assert_true(backoff_next_ms(&b) > 30000);
	backoff_up(&b, 900000);
	backoff_down(&b, 900000 + BACKOFF_STEADY_MS);
	assert_true(backoff_next_ms(&b) <= 150);
}

static void random_stays_below(void **state)
{
	uint64_t random = 1, seen = 0;

	(void)state;
	assert_int_equal(random_below(&random, 0), 0);
	for (int i = 0; i < 1000; i++) {
		uint64_t v = random_below(&random, 10);

		assert_in_range(v, 0, 9);
		seen |= 1u << v;
	}
	assert_int_equal(seen, 0x3ff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_try_is_quick),
		cmocka_unit_test(waits_double_to_a_minute),
		cmocka_unit_test(a_day_of_outage_costs_few_tries),
		cmocka_unit_test(same_seed_same_waits),
		cmocka_unit_test(up_for_a_while_starts_anew),
		cmocka_unit_test(random_stays_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
