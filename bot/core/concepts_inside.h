/* The table's inside, shared by its two rooms: concepts_parse.c builds it, concepts.c finds in it. */
#ifndef CORE_CONCEPTS_INSIDE_H
#define CORE_CONCEPTS_INSIDE_H

#include "core/concepts.h"

#define PREFIX_MIN_BYTES 3 /* before a "*" */

/* Entries lie in groups: those that begin with the same word, and those that are one word with any
 * ending. In a group the ones with more words come first. */
struct concept_entry {
	uint32_t text; /* where in `texts` */
	uint16_t concept;
	uint8_t n;	 /* bytes of the text */
	uint8_t first_n; /* bytes of its first word */
	uint8_t words;
	bool any_ending;
	bool group_ends;
};

static inline bool is_prefix(uint8_t words, bool any_ending)
{
	return words == 1 && any_ending;
}

static inline struct str entry_text(const struct concepts *c, const struct concept_entry *e)
{
	return (struct str){c->texts + e->text, e->n};
}

/* Where the search for a group begins; `seed` is the hash of what stands before `first`. */
static inline size_t group_hash(struct str first, bool prefix, uint64_t seed)
{
	uint64_t h = str_hash(prefix ? STR("*") : STR("_"), str_hash(first, seed));

	return (size_t)(h ^ h >> 32);
}

#endif
