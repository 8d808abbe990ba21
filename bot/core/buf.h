/* Growing text with a limit. A `struct buf` owns its memory; `buf_done` gives it back. Text that
 * would pass the limit is not added at all, and `full` says so: check it once, after the last add.
 * Out of memory ends the process (see arena.h). */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include "core/str.h"

struct buf {
	char *p; /* always NUL-terminated once something was added */
	size_t n;
	size_t cap;
	size_t max; /* bytes of text it may hold */
	bool full;  /* something did not fit and was left out */
};

/* An empty buffer that will hold at most `max` bytes. Allocates nothing yet. */
void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
/* Empties it and keeps the memory. */
void buf_clear(struct buf *b);

/* Each false, and `full` set, when the text did not fit whole. */
bool buf_add(struct buf *b, struct str s);
bool buf_add_char(struct buf *b, char c);
bool buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is in it, borrowed until the next change. */
struct str buf_str(const struct buf *b);

#endif
