#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/iso_time.h"

/* Seconds by `date -u -d ... +%s`. */
static void moments(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-11-22T21:00:00.123000+00:00", 1795381200},
		{"2026-11-22T21:00:00+00:00", 1795381200},
		{"2026-11-22T22:00:00.5+01:00", 1795381200},
		{"2026-11-22T15:30:00-05:30", 1795381200},
		{"2024-02-29T23:59:59.999999+00:00", 1709251199},
		{"2024-03-01T00:00:00+00:00", 1709251200},
		{"2000-12-31T12:00:00Z", 978264000},
		{"2100-03-01T00:00:00Z", 4107542400},
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(iso_time_read(str_of(cases[i].text), &ms));
		assert_int_equal(ms, cases[i].seconds * 1000);
	}
}

static void what_is_none(void **state)
{
	static const char *const cases[] = {
		"",
		"2026",
		"2026-11-22",
		"2026-11-22T21:00:00",
		"2026-11-22T21:00:00+00:00 ",
		"2026-11-22 21:00:00Z",
		"2026-13-22T21:00:00Z",
		"2026-00-22T21:00:00Z",
		"2026-11-32T21:00:00Z",
		"2026-11-22T24:00:00Z",
		"2026-11-22T21:60:00Z",
		"26-11-22T21:00:00Z",
		"0026-11-22T21:00:00Z",
		"2026-11-22T21:00:00+0",
		"22222222222222222222222222222222",
	};
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_false(iso_time_read(str_of(cases[i]), &ms));
	assert_int_equal(ms, 7);
}

static void what_people_read(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {{0, "1970-01-01 00:00 UTC"},
		     {951782399999, "2000-02-28 23:59 UTC"},
		     {951782400000, "2000-02-29 00:00 UTC"},
		     {951868800000, "2000-03-01 00:00 UTC"},
		     {1795415462000, "2026-11-23 06:31 UTC"},
		     {4107542400000, "2100-03-01 00:00 UTC"},
		     {-5, "1970-01-01 00:00 UTC"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out;

		buf_init(&out, 64);
		iso_time_write(cases[i].ms, &out);
		assert_string_equal(out.p, cases[i].text);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(moments),
					   cmocka_unit_test(what_is_none),
					   cmocka_unit_test(what_people_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
