#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	*b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
	if (b->p)
		b->p[0] = '\0';
}

/* Room for `n` more bytes and the NUL; false when that would pass the limit. */
static bool reserve(struct buf *b, size_t n)
{
	size_t want;

	if (n > b->max - b->n) {
		b->full = true;
		return false;
	}
	if (b->n + n < b->cap)
		return true;
	want = b->cap ? b->cap * 2 : 64;
	if (want < b->n + n + 1)
		want = b->n + n + 1;
	b->p = realloc(b->p, want);
	if (!b->p)
		out_of_memory();
	b->cap = want;
	return true;
}

bool buf_add(struct buf *b, struct str s)
{
	if (!reserve(b, s.n))
		return false;
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	b->p[b->n] = '\0';
	return true;
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, (struct str){&c, 1});
}

bool buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0 || !reserve(b, (size_t)n))
		return false;
	va_start(args, format);
	vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
	return true;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}
