/* Every mistake found in the files that people write, collected so that one run of `check` shows
 * them all as `file:line: what`. Lives in an arena. */
#ifndef CORE_MISTAKES_H
#define CORE_MISTAKES_H

#include "core/arena.h"

#define MISTAKES_MAX 1000 /* kept; of those behind them the last place says that there are more */

struct mistake {
	struct str file;
	unsigned line;	 /* from 1; 0 when it concerns the file as a whole */
	bool warning;	 /* worth mending, does not stop the file from being used */
	struct str what; /* one line of UTF-8, without control characters */
};

struct mistakes {
	struct arena *arena;
	struct mistake *v;
	size_t n, cap;
	size_t errors;	/* those that are not warnings */
	size_t passing; /* of these, what may be over when the files are read again */
};

void mistakes_init(struct mistakes *m, struct arena *arena);

void mistake_add(struct mistakes *m, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void mistake_warn(struct mistakes *m, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* "file:line: what" ("file: what" without a line), in the arena. */
struct str mistake_line(const struct mistakes *m, size_t i);

#endif
