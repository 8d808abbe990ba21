#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"

#define BLOCK_BYTES ((size_t)16 * 1024)
#define KEPT_BYTES_MAX ((size_t)512 * 1024) /* from one turn to the next */
#define ALIGN _Alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	size_t size;
	size_t used;
	_Alignas(max_align_t) char bytes[];
};

_Noreturn void out_of_memory(void)
{
	abort();
}

void arena_init(struct arena *a)
{
	*a = (struct arena){0};
}

/* What patients wrote must not linger behind the turn. */
static void wipe(struct arena_block *b, size_t from)
{
	secret_wipe((struct str){b->bytes + from, b->used - from});
	b->used = from;
}

/* Those in front of `end`. */
static void free_blocks(struct arena_block *b, const struct arena_block *end)
{
	while (b != end) {
		struct arena_block *older = b->older;

		wipe(b, 0);
		free(b);
		b = older;
	}
}

void arena_done(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->block, NULL);
	*a = (struct arena){0};
}

static struct arena_block *block_new(struct arena_block *older, size_t at_least)
{
	size_t size = at_least > BLOCK_BYTES ? at_least : BLOCK_BYTES;
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof *b)
		out_of_memory();
	b = calloc(1, sizeof *b + size);
	if (!b)
		out_of_memory();
	b->older = older;
	b->size = size;
	return b;
}

/* The next turn is like this one: a block that would have held all of it is kept, or made. */
void arena_reset(struct arena *a)
{
	struct arena_block *b = a->block;
	size_t most = a->most;

	a->used = a->most = 0;
	if (!b)
		return;
	if (!b->older && most <= b->size && b->size <= KEPT_BYTES_MAX) {
		wipe(b, 0);
		return;
	}
	free_blocks(b, NULL);
	a->block = most <= KEPT_BYTES_MAX ? block_new(NULL, most) : NULL;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){
		.block = a->block, .in_block = a->block ? a->block->used : 0, .used = a->used};
}

void arena_back(struct arena *a, struct arena_mark mark)
{
	free_blocks(a->block, mark.block);
	a->block = mark.block;
	if (a->block)
		wipe(a->block, mark.in_block);
	a->used = mark.used;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX - ALIGN)
		out_of_memory();
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (!a->block || n > a->block->size - a->block->used)
		a->block = block_new(a->block, n);
	p = a->block->bytes + a->block->used;
	a->block->used += n;
	a->used += n;
	a->most = a->used > a->most ? a->used : a->most;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	return arena_alloc(a, count * size);
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_cstr(a, s), s.n};
}

struct str arena_fmt(struct arena *a, const char *format, ...)
{
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return (struct str){0};
	p = arena_alloc(a, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return (struct str){p, (size_t)n};
}

void *arena_grow(struct arena *a, void *items, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 8;
		void *moved = arena_array(a, more, size);

		if (*n)
			memcpy(moved, items, *n * size);
		items = moved;
		*cap = more;
	}
	memset((char *)items + *n * size, 0, size);
	(*n)++;
	return items;
}
