/* What the dates of answers tell of the clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/server_clock.h"

#define NOON ((int64_t)784123200000) /* Sun, 06 Nov 1994 12:00:00 GMT */
#define DATED "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 12:00:00 GMT\r\n"
#define DAY ((int64_t)86400000)

static void what_answers_tell(void **state)
{
	static const struct {
		const char *headers;
		int64_t wall_ms, ahead_ms;
		bool news;
	} steps[] = {
		{"HTTP/1.1 200 OK\r\n", NOON + DAY, 0, false},
		{DATED, NOON + 999, 0, false},
		{DATED, NOON + SERVER_CLOCK_NEAR_MS, 0, false},
		{DATED, NOON - SERVER_CLOCK_NEAR_MS, 0, false},
		/* Ours is ahead, and more so later. */
		{DATED, NOON + 31000, -31000, true},
		{DATED, NOON + 2 * DAY, -2 * DAY, false},
		/* These tell nothing. */
		{DATED "Age: 40000\r\n", NOON, -2 * DAY, false},
		{"HTTP/1.1 200 OK\r\nDate: noon\r\n", NOON, -2 * DAY, false},
		{"", NOON, -2 * DAY, false},
		/* Set right, and then behind. */
		{DATED, NOON + 1000, 0, true},
		{DATED, NOON - DAY, DAY, true},
	};
	struct server_clock clock = {0};

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (server_clock_heard(&clock, str_of(steps[i].headers), steps[i].wall_ms) !=
		    steps[i].news)
			fail_msg("step %zu is news, or is not", i);
		if (clock.ahead_ms != steps[i].ahead_ms)
			fail_msg("step %zu: %lld ms", i, (long long)clock.ahead_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_answers_tell)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
