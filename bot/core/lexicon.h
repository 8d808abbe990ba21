/* The words that steer reading, from `en/words.md`: which negate, which begin a clause, which begin
 * a question, which carry no topic. Everything that depends on a language stands in such files. */
#ifndef CORE_LEXICON_H
#define CORE_LEXICON_H

#include "core/lists.h"
#include "core/text.h"

/* Folded words, sorted. */
struct wordset {
	struct str *v;
	size_t n;
};

struct lexicon {
	struct str language; /* for the stemmer: "en" */
	struct wordset negations, clause_starters, question_starters, joiners, stop_words;
};

/* Reads the lists. A list that is missing or not known is a mistake; false when any is an error. */
bool lexicon_parse(const struct source *words_md, struct arena *arena, struct lexicon *out,
		   struct mistakes *mistakes);

bool wordset_has(const struct wordset *set, struct str word);

/* text_words(), with a new clause at each of the clause starters. */
struct words lexicon_words(const struct lexicon *lexicon, struct str text, struct arena *arena);

#endif
