/* The shipped content as a book, for the targets that ask questions. Loaded once, and kept until the
 * process ends. */
#ifndef TESTS_FUZZ_BOOK_H
#define TESTS_FUZZ_BOOK_H

#include "app/load.h"
#include "fuzz/fuzz.h"

static const struct book *fuzz_book;

static inline void fuzz_book_load(void)
{
	static const struct clinic clinic = {.name = {"The Clinic", 10},
					     .phone = {"555 0100", 8},
					     .emergency = {"112", 3},
					     .crisis_line = {"116 123", 7},
					     .staff = {"The Team", 8}};
	struct mistakes mistakes;
	struct arena arena;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	fuzz_book = book_load(STR("intents"), &clinic, &mistakes);
	HOLDS(fuzz_book, mistakes.n ? mistake_line(&mistakes, 0) : STR("intents"));
	arena_done(&arena);
}

#endif
