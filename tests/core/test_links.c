/* What is a link and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/links.h"

static void links_and_what_stands_around_them(void **state)
{
	static const struct {
		const char *text, *out; /* NULL: the same */
	} table[] = {
		{"", NULL},
		{"can i wash", NULL},
		{"no. 3: at 10.30", NULL},
		{"http:// wash", NULL},
		{"https://", NULL},
		{"www. wash", NULL},
		{"xhttp://a.b", NULL},
		{"awww.nice", NULL},
		{"http://a", " "},
		{"HTTPS://A.B/c?d=e#f", " "},
		{"www.a.b", " "},
		{"see https://a.b/c now", "see   now"},
		{"(https://a.b/c)", "( )"},
		{"is it https://a.b/c?", "is it  ?"},
		{"https://a.b/. i faint", " . i faint"},
		{"https://a.b www.c.d", "   "},
		{"https://a.b\nhelp", " \nhelp"},
		/* no character of an address: what is behind it is read */
		{"https://a.b\xc2\xa0i faint", " \xc2\xa0i faint"},
		{"https://a.b\xe2\x80\x8bhelp", " \xe2\x80\x8bhelp"},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str text = str_of(table[i].text);
		const char *wanted = table[i].out ? table[i].out : table[i].text;
		bool any;
		struct str got = links_out(text, &arena, &any);

		if (!str_eq(got, str_of(wanted)) || any != (table[i].out != NULL))
			fail_msg("\"%s\": \"" STR_FMT "\"", table[i].text, STR_ARG(got));
	}
	arena_done(&arena);
}

static void bytes_that_are_no_text(void **state)
{
	static const char bytes[] = "www.a\0b http://\xff";
	struct arena arena;
	struct str got;
	bool any;

	(void)state;
	arena_init(&arena);
	got = links_out((struct str){bytes, sizeof bytes - 1}, &arena, &any);
	assert_true(any);
	assert_true(str_eq(got, (struct str){" \0b http://\xff", 12}));
	assert_int_equal(links_out((struct str){NULL, 0}, &arena, &any).n, 0);
	assert_false(any);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_and_what_stands_around_them),
		cmocka_unit_test(bytes_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
