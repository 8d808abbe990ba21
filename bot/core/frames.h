/* How something is said, whatever it is about: "what do I do if it ..." and "it ... since last night"
 * differ before a word is read that carries a topic. The urgent lane looks at it beside the topic
 * (urgency.h), as the same sign is asked about, feared, remembered and reported.
 *
 * A frame is a run of one to three words in one sentence, in which every run of topic words is a gap
 * and the sentence's edges count as words. Words that carry no topic are the lexicon's. A frame's
 * number is its hash (Weinberger, Dasgupta, Langford, Smola, Attenberg: Feature Hashing for Large
 * Scale Multitask Learning, ICML 2009), so that nothing has to be kept of the texts. */
#ifndef CORE_FRAMES_H
#define CORE_FRAMES_H

#include "core/bag.h"
#include "core/lexicon.h"

#define FRAMES_BITS 14
#define FRAMES_N ((size_t)1 << FRAMES_BITS)
/* Of n words, which make a bag of at most so many. */
#define FRAMES_MAX(n) (3 * (2 * (n) + 1))

/* The frames of words [from, to), each once and all weighing the same, together of length 1, sorted by
 * number; in `arena`. Empty for no words. */
struct bag frames_of(const struct lexicon *lexicon, const struct words *words, size_t from,
		     size_t to, struct arena *arena);

#endif
