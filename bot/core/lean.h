/* How much a message leans on what was said before it, by its words alone.
 *
 * Against each other stand the signs that it goes on with something and the topics that it names by
 * itself. Signs: every message after an answer may go on with it; one that begins with "and", "what
 * about", that points back ("that", "there"), or that is no whole question ("how long?", "on my arms
 * only") the more so. Topics: a word of a concept counts 1; a part of the body, or a word that stands in
 * no list, 1/2; a word that carries no topic ("reason", "avoid", the stop words) nothing. The lists stand
 * in `en/words.md` and `en/concepts.txt`. Pure. */
#ifndef CORE_LEAN_H
#define CORE_LEAN_H

#include "core/book.h"
#include "core/lexicon.h"

struct lean {
	double signs;	 /* 1 to 4; 0 of a message that is empty or long */
	double topics;	 /* 0: it names none */
	bool points;	 /* "that", "those" */
	bool is_clipped; /* not a whole question */
	bool doubts;	 /* "why", "are you sure" */
	bool moves;	 /* it names another time, and nothing else: "and tomorrow", "in 3 days?" */
	/* "sorry, the sauna", "not washing, dry shampoo": it names something else instead, from this
	 * word on. */
	bool corrects;
	size_t corrected;
};

struct lean lean_of(const struct book *book, const struct words *words);

/* Its `moves` by itself, at little cost. */
bool lean_moves(const struct book *book, const struct words *words);

/* A whole question that takes up nothing: "how often can it be done". */
static inline bool lean_is_whole(const struct lean *lean)
{
	return lean->signs <= 1;
}

/* How much of its meaning is to be sought in what was said before, 0 to 1. */
double lean_share(const struct lean *lean);

#endif
