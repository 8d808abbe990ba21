/* Texts, each with a number: the same text has the same, and they count from 0 in the order in which
 * they were first seen. Open addressing by str_hash; a set of zeros is empty. The texts are borrowed;
 * the rest lives in the arena they are added in, always the same one. */
#ifndef CORE_TEXTSET_H
#define CORE_TEXTSET_H

#include "core/arena.h"

struct textset {
	struct str *v; /* by number */
	size_t n, cap;
	uint32_t *slots; /* number + 1; 0 where free */
	size_t slots_n;	 /* a power of two, at least twice n */
};

#define TEXTSET_NONE SIZE_MAX

/* The text's number. It is new when it is what `n` was before; who wants to keep it longer than `text`
 * lives puts a copy into its place in `v`. */
size_t textset_add(struct textset *set, struct str text, struct arena *arena);
/* The same, or TEXTSET_NONE. */
size_t textset_find(const struct textset *set, struct str text);

#endif
