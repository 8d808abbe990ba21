/* Texts in tests: what they are, and what they hold. A failure names the line that wanted it. */
#ifndef TESTS_TEXTS_H
#define TESTS_TEXTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/str.h"

static inline void text_wanted(struct str got, const char *want, const char *file, int line)
{
	if (str_eq(got, str_of(want)))
		return;
	print_error("got \"" STR_FMT "\", want \"%s\"\n", STR_ARG(got), want);
	_fail(file, line);
}

static inline void part_wanted(struct str text, const char *part, const char *file, int line)
{
	if (str_find(text, str_of(part)) >= 0)
		return;
	print_error("\"" STR_FMT "\" lacks \"%s\"\n", STR_ARG(text), part);
	_fail(file, line);
}

#define assert_text(got, want) text_wanted((got), (want), __FILE__, __LINE__)
#define assert_within(text, part) part_wanted((text), (part), __FILE__, __LINE__)

#endif
