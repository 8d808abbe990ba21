/* The readings of a message: how its words look to what compares them. Made once for each message, by
 * whoever asks the book about one; pure, in the turn's arena.
 *
 *   written     as they were typed: so the lists of cues and flags are written
 *   mended      with the spelling mended (speller.h)
 *   written out mended, and in long words (lexicon.h): so the index, the examples and the articles are read
 *
 * Lists of words and the urgent lane look at all three: mending and writing out may bring something to
 * light and must not hide it. */
#ifndef CORE_READINGS_H
#define CORE_READINGS_H

#include "core/book.h"
#include "core/cues.h"

enum reading { READING_WRITTEN, READING_MENDED, READING_OUT, READINGS_N };

struct readings {
	struct words v[READINGS_N];
	bool same[READINGS_N]; /* as the one before it, word by word */
	bool unmended;	       /* the speller took it for another language, and let all stand */
	unsigned kinds;	       /* whole-message kinds (cues_kinds()) of the first that has any */
	bool foreign;	       /* in another language than the bot's (foreign.h), as it was typed */
};

struct readings readings_of(const struct book *book, struct str text, struct arena *turn);

/* Those of one of its sentences (struct word's number) by itself. */
struct readings readings_sentence(const struct readings *whole, const struct book *book,
				  unsigned sentence, struct arena *turn);

/* The contained kind (cues_contained()) of the first that has one, or CUE_NONE. */
enum cue readings_contained(const struct readings *readings, const struct book *book);

#endif
