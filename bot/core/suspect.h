/* The reading of a message that speaks most for an emergency, where its words leave a choice: for the urgent
 * lane beside the other readings (warnings.h), and for nothing else. A word is doubtful that nobody knows, or
 * nobody but the table of vectors, which ranks it low: names and abbreviations are there too that are typos
 * more often than not. It is taken for
 *
 *   a sign word (vocabulary.h) one edit away, or two from 8 letters on ("chets" is chest, "feer" fever);
 *   words run together, up to four ("iwill", "throteis", "helpus");
 *   a number and a word ("temp41", "999now");
 *
 * whichever costs least. What is not doubtful is mended as always (speller.h). Pure. */
#ifndef CORE_SUSPECT_H
#define CORE_SUSPECT_H

#include "core/speller.h"

/* False when no word is doubtful: then `out` is not written. */
bool suspect_read(const struct speller *speller, const struct words *words, struct arena *arena,
		  struct words *out);

#endif
