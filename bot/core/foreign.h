/* Whether a message is in another language than the bot reads, by lists of words in `en/foreign.md`: a
 * heading for each language, and words of it below. It is when, among its words (numbers,
 * pictographs and single letters but "I" and "a" are none),
 *
 *     one is of a list or written in other letters than Latin ones, none is a stop word of the bot's own
 *     language, and two in three are of that list or not known at all; or
 *     two are of a list, and a third of all, and more than there are stop words; or
 *     five or more hold no stop word, and three in five are not known.
 *
 * A stop word that stands on the list too ("was", "in") speaks for neither. Names, medicines, typos and
 * chat style come with stop words around them, or are few. Pure; lives in the book's arena. */
#ifndef CORE_FOREIGN_H
#define CORE_FOREIGN_H

#include "core/lexicon.h"
#include "core/speller.h"

#define FOREIGN_LANGUAGES_MAX 64

struct foreign_word;

struct foreign {
	const struct foreign_word *v; /* sorted by text */
	size_t n;
	size_t languages_n;
};

/* A list without words, and more than FOREIGN_LANGUAGES_MAX of them, are mistakes. */
bool foreign_parse(const struct source *foreign_md, struct arena *arena, struct foreign *out,
		   struct mistakes *mistakes);

/* Of a text as it was written (lexicon_written()): mending would make English of it. */
bool foreign_reads(const struct foreign *foreign, const struct lexicon *lexicon,
		   const struct speller *speller, const struct words *written);

#endif
