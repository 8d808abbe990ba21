/* What the fuzz targets share: the entry point's name, a word for rules that must hold, and inputs
 * that are programs. tests/fuzz/README.md tells how targets are run. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/mistakes.h"
#include "core/text.h"

/* Called by libFuzzer for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A rule that no input may break: ends the run and says which, with the text that broke it. */
#define HOLDS(rule, text)                                                                    \
	do {                                                                                 \
		if (!(rule)) {                                                               \
			struct str broke_ = (text);                                          \
			fprintf(stderr, "%s:%d: does not hold: %s: " STR_FMT "\n", __FILE__, \
				__LINE__, #rule, STR_ARG(broke_));                           \
			abort();                                                             \
		}                                                                            \
	} while (0)

static inline struct str fuzz_text(const uint8_t *bytes, size_t n)
{
	return (struct str){(const char *)bytes, n};
}

/* An input that is a program: read from the front, zeros behind its end. Programs are written as
 * text as far as that goes, so that seeds can be read: a letter is what to do, a digit how much, and a
 * text ends with its line. */
static inline char program_char(struct str *program)
{
	char c = '\0';

	if (program->n) {
		c = *program->p;
		*program = str_sub(*program, 1, program->n);
	}
	return c;
}

/* 0 to `n` - 1; '0' is 0. */
static inline unsigned program_choice(struct str *program, unsigned n)
{
	return (unsigned)((unsigned char)program_char(program) + 256u - '0') % 256u % n;
}

static inline struct str program_line(struct str *program)
{
	struct str line = {"", 0};

	str_cut(program, '\n', &line);
	return line;
}

/* A file of the repository or of the machine, in `arena`. */
static inline struct str fuzz_file(const char *path, struct arena *arena)
{
	FILE *file = fopen(path, "rb");
	char part[65536];
	struct str out = {"", 0};
	char *text = NULL;
	size_t n;

	HOLDS(file, str_of(path));
	while ((n = fread(part, 1, sizeof part, file)) > 0) {
		text = realloc(text, out.n + n);
		HOLDS(text, str_of(path));
		memcpy(text + out.n, part, n);
		out.n += n;
	}
	fclose(file);
	out.p = text ? text : "";
	out = arena_str(arena, out);
	free(text);
	return out;
}

/* What every reader of a file owes: a mistake names the file and has words, and a line that is there. */
static inline void fuzz_mistakes_hold(const struct mistakes *mistakes, struct str file,
				      struct str text)
{
	unsigned lines = 1;

	/* For CommonMark a carriage return alone ends a line too. */
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n' || text.p[i] == '\r';
	for (size_t i = 0; i < mistakes->n; i++) {
		const struct mistake *m = &mistakes->v[i];

		HOLDS(m->what.n, m->file);
		HOLDS(text_is_utf8(m->what), m->what);
		HOLDS(str_find(m->what, STR("\n")) < 0, m->what);
		HOLDS(!str_eq(m->file, file) || m->line <= lines, m->what);
	}
}

#endif
