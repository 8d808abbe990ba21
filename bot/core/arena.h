/* Lifetimes. Everything taken from an arena lives until the arena is reset or done, all at once.
 * Two are used: the book's (as long as the book) and the turn's (one loop turn). Out of memory
 * ends the process: the supervisor starts it again, and nothing is lost (design: one turn). */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include "core/str.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* the one being filled; older ones hang behind it */
	size_t used;		   /* bytes handed out and not given back */
	size_t most;		   /* that `used` was since the last reset */
};

/* How full it was at some moment. */
struct arena_mark {
	struct arena_block *block;
	size_t in_block, used;
};

/* Ends the process with SIGABRT. */
_Noreturn void out_of_memory(void);

void arena_init(struct arena *a);
void arena_done(struct arena *a);
/* Gives everything back but one block, wiped, as large as this turn needed at once (512 kB at most) for the
 * next one. */
void arena_reset(struct arena *a);

/* For what only a part of a turn needs: arena_back() gives back, wiped, all that was taken since the
 * mark. Marks may nest; after a reset one is worth nothing. */
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark mark);

/* `n` zeroed bytes, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull));
/* `count` zeroed elements of `size`; ends the process when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* Copies, with a NUL behind them. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_fmt(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* For lists that grow: room for one more element behind `*n` of them. Gives `items`, moved when it
 * had to grow (`*cap` tells); the new element is zeroed and `*n` counts it:
 *     list = arena_grow(a, list, &n, &cap, sizeof *list);
 *     list[n - 1] = ... */
void *arena_grow(struct arena *a, void *items, size_t *n, size_t *cap, size_t size)
	__attribute__((returns_nonnull));

#endif
