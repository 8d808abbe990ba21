/* Mends words that nobody knows: typos ("shapmoo"), letters typed too often ("soooo"), digits for
 * letters ("alc0hol"), words run together ("hairwash"). A closed vocabulary: whatever stands in the
 * table of word vectors, in the book or in the language pack is known and stays as it is, so names of
 * drugs and rare words are safe; and what is mended becomes one of the book's words or a frequent
 * one. Numbers, words of another script and short words stay. Lives in an arena, under 2 MB.
 *
 * A mended word is the one with the lowest cost: how far it is from what was typed (distance.h) plus
 * what it costs to be that word (vocabulary.h). One edit is looked at, two from 8 letters on; a word
 * of another first letter costs somewhat more. The shorter a word, the less its mending may cost:
 * what lies near nothing stays. */
#ifndef CORE_SPELLER_H
#define CORE_SPELLER_H

#include "core/vocabulary.h"

struct speller;

/* `vectors` may be NULL: then only the book's words are known. They must live as long; the
 * words are copied. */
const struct speller *speller_new(const struct spelling *words, size_t words_n,
				  const struct vectors *vectors, struct str language,
				  struct arena *arena);

/* The words with each unknown one mended or as it was; one that was run together gives several. What
 * stays keeps its text, clause, sentence and place. A text that looks like another language is given back as
 * it is, the very same words. */
struct words speller_mend(const struct speller *speller, const struct words *words,
			  struct arena *arena);

/* Whether it stays as it is because it is known, also with an ending. */
bool speller_knows(const struct speller *speller, struct str word);

#endif
