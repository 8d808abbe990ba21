/* Where one clause, typed without marks, holds several thoughts: "i cant breathe can i drink wine". A
 * thought begins
 *
 *   behind a comma, "&", "+" or "/";
 *   at a joiner ("and"), or at a word that gives a reason ("because", but not in "can it cause"); these
 *   belong to no thought;
 *   at a question (asks.h), and at a question word before a verb ("what are");
 *   at a word that begins a clause of its own ("i", "my"), where nothing before it takes that clause
 *   in ("if my ...", "that she ...", "can i ...").
 *
 * The lists stand in `en/words.md`. It is cut too often rather than too seldom ("put it on | my head"):
 * made for looking at what stands in a message however it is wrapped up. Pure. */
#ifndef CORE_THOUGHTS_H
#define CORE_THOUGHTS_H

#include "core/lexicon.h"

struct thought {
	size_t from, to;
};

/* The thoughts of words [from, to), in their order, into `out`, which has room for one a word; gives how
 * many. */
size_t thoughts_of(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to,
		   struct thought *out);

#endif
