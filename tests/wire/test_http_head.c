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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(dates),
		cmocka_unit_test(what_is_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
