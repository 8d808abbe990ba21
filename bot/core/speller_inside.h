/* What the rooms of the speller share: speller.c, suspect.c. */
#ifndef CORE_SPELLER_INSIDE_H
#define CORE_SPELLER_INSIDE_H

#include "core/speller.h"

#define PARTS_MAX 4

struct speller {
	struct str language;
	struct vocabulary vocabulary;
};

/* The best reading so far of a word that nobody knows. */
struct repair {
	struct str parts[PARTS_MAX];
	size_t parts_n; /* 0: none */
	float cost;
};

void repair_offer(struct repair *best, const struct str *parts, size_t n, float cost);

/* What mends the word, or none. */
struct repair repair_of(const struct speller *speller, struct str typed, struct arena *arena);

/* Each word by its repair, or as it was. */
struct words repairs_put(const struct speller *speller, const struct words *words,
			 const struct repair *repairs, struct arena *arena);

#endif
