#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/http_head.h"

static void values(void **state)
{
	const struct str headers = STR(
		"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-RateLimit-Limit:5\r\n"
		"Empty:\r\ndate: second\r\nno header\r\nurl: http://a:8/b\r\n\r\n");
	static const struct {
		const char *name, *value;
	} cases[] = {
		{"date", "Sun, 06 Nov 1994 08:49:37 GMT"},
		{"X-RATELIMIT-LIMIT", "5"},
		{"empty", ""},
		{"gone", ""},
		{"no header", ""},
		{"url", "http://a:8/b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(str_eq(header_value(headers, str_of(cases[i].name)),
				   str_of(cases[i].value)));
	assert_int_equal(header_value(STR(""), STR("date")).n, 0);
}

/* Seconds by `date -u -d ... +%s`. */
static void dates(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0},
		{"Thu, 29 Feb 2024 23:59:59 GMT", 1709251199},
		{"Sun, 22 Nov 2026 21:00:00 GMT", 1795381200},
		{"Sun, 31 Dec 2000 12:00:00 GMT", 978264000},
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(http_date_read(str_of(cases[i].text), &ms));
		assert_int_equal(ms, cases[i].seconds * 1000);
	}
}

static void what_is_no_date(void **state)
{
	static const char *const cases[] = {
		"",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 36 Nov 1994 08:49:37 GMT",
		"Sun, 6  Nov 1994 08:49:37 GMT",
		"Sun; 06 Nov 1994 08:49:37 GMT",
		"Sun, 06-Nov-1994 08:49:37 GMT",
		"Sun, 06 Nov 199x 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
	};
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_false(http_date_read(str_of(cases[i]), &ms));
	assert_int_equal(ms, 7);
}

#define DATED "Date: Sun, 22 Nov 2026 21:00:00 GMT\r\n"
#define WALL ((int64_t)1795381200000) /* that moment */

static void how_long_to_wait(void **state)
{
	static const struct {
		const char *headers;
		int64_t wall_ms, wait_ms; /* -1: it does not say */
	} cases[] = {
		{"Retry-After: 7\r\n", 0, 7000},
		{"retry-after:  0 \r\n", WALL, 0},
		{"Retry-After: 86399\r\n", 0, 86399000},
		{"Retry-After: 86401\r\n", 0, RETRY_AFTER_MAX_MS},
		{"Retry-After: 18446744073709551615\r\n", 0, RETRY_AFTER_MAX_MS},
		{"Retry-After: 18446744073709551616\r\n", 0, -1},
		{"Retry-After: -5\r\n", WALL, -1},
		{"Retry-After: soon\r\n", WALL, -1},
		{"Retry-After:\r\n", WALL, -1},
		{"", WALL, -1},
		/* a date, by the answer's own, whatever our clock says */
		{DATED "Retry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", 0, 125000},
		{DATED "Retry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", WALL - 600000, 125000},
		{DATED "Retry-After: Mon, 23 Nov 2026 00:00:00 GMT\r\n", 0, 10800000},
		{DATED "Retry-After: Fri, 22 Nov 2999 21:00:00 GMT\r\n", 0, RETRY_AFTER_MAX_MS},
		{DATED "Retry-After: Sun, 22 Nov 2026 21:00:00 GMT\r\n", 0, -1},
		{DATED "Retry-After: Sun, 22 Nov 2026 20:59:59 GMT\r\n", WALL, -1},
		{DATED "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", WALL, -1},
		/* by ours, when that is all there is */
		{"Retry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", WALL + 5000, 120000},
		{"Retry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", 0, -1},
		{"Date: today\r\nRetry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", WALL, 125000},
		{DATED "Age: 60\r\nRetry-After: Sun, 22 Nov 2026 21:02:05 GMT\r\n", WALL + 60000,
		 65000},
		/* none */
		{DATED "Retry-After: Sun, 32 Nov 2026 21:02:05 GMT\r\n", WALL, -1},
		{DATED "Retry-After: Sun, 22 Nov 2026 21:02:05\r\n", WALL, -1},
		{DATED "Retry-After: 2026-11-22T21:02:05Z\r\n", WALL, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t wait_ms = -7;
		bool says = retry_after_read(str_of(cases[i].headers), cases[i].wall_ms, &wait_ms);

		if (says != (cases[i].wait_ms >= 0) || wait_ms != (says ? cases[i].wait_ms : -7))
			fail_msg("%s: %d, %lld ms", cases[i].headers, says, (long long)wait_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(dates),
		cmocka_unit_test(what_is_no_date),
		cmocka_unit_test(how_long_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
