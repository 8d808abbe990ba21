/* What a message says beside what its answer is about: "hi when will i see results wheezy thanks". The
 * urgent lane judges sentences and clauses, and in one that was typed without marks a polite question may
 * drown a sign. So before article text is given
 *
 *   every snippet (snippets.h) of a sentence is held against bounds of its own, which stand beside the
 *   lane's (urgent.h): lower ones in a sentence that asks, as there a sign is drowned, and the lowest for
 *   words of which the given passages do not speak;
 *   where there may be a flag at all, the lane judges each thought (thoughts.h), and each run of words of
 *   which the given passages do not speak, as if it were the message.
 *
 * Such a piece may sound worse than it is: what alarms only there is no alarm, but it is in doubt. Pure. */
#ifndef CORE_BESIDE_H
#define CORE_BESIDE_H

#include "core/talk.h"

/* The highest margins of the words' snippets, each the mean of both ears, by place and kind; -INFINITY where
 * there is none. */
struct beside {
	float snippets[SNIPPET_PLACES][SNIPPET_KINDS];
	bool flagged; /* a piece would call a safety text within the bounds that the bot has */
};

/* By word, in `turn`: whether the passages that the answer gives speak of it. */
bool *beside_met(const struct book *book, const struct words *words, const struct answer *answer,
		 struct arena *turn);

/* `urgent` is the book's own lane, or one that was taught otherwise. */
struct beside beside_of(const struct book *book, const struct urgent *urgent,
			const struct words *words, const bool *met, struct arena *turn);

bool beside_doubts(const struct beside *beside, const struct urgent_bounds *bounds);

/* Whether a piece of these words would call a safety text if it were all that was written. False for an
 * answer that gives no article text. */
bool beside_alarms(const struct book *book, const struct words *words, const struct answer *answer,
		   struct arena *turn);

#endif
