/* Follow-ups: messages that are understood only with what was answered or offered before.
 *
 * "how long for?" names no topic at all: it is ranked behind the name of the topic that was given
 * last. "and a hot bath?" may name one, or lean on the section that was spoken of: it is ranked
 * alone and behind the section's title, and the two readings are pooled. What is answered for sure
 * alone stands, and so does every question that is whole in itself; where a message without a topic
 * can be read both ways, both are offered. What leans on an article gets no text of another one. Behind
 * an offer it gets an offer at most, and behind a refusal a message without a topic of its own no text.
 *
 * The pool is logarithmic with equal weights (Genest and Zidek, Combining Probability Distributions,
 * 1986): a passage, or "none", that one of the readings rules out stays ruled out. The lists of words
 * stand in `en/words.md`. Pure. */
#ifndef CORE_FOLLOWUP_H
#define CORE_FOLLOWUP_H

#include "core/asks.h"
#include "core/dialog.h"
#include "core/ranking.h"

/* How much a message leans on what was said before it, by its words. */
enum lean {
	LEAN_NONE,    /* it asks a whole question */
	LEAN_PARTLY,  /* a few words, or it takes something up: "and wine?", "a hot bath?" */
	LEAN_WHOLLY,  /* a question without a topic: "how long can it be", "when can I" */
	LEAN_CLIPPED, /* not even a sentence: "why?", "for how many weeks" */
};

enum lean followup_lean(const struct lexicon *lexicon, const struct words *words);

/* What to make of a question of the message `words`, which by itself is ranked as `alone`. */
struct ranking followup_rank(const struct book *book, const struct dialog *dialog,
			     const struct words *words, const struct ask *ask,
			     const struct ranking *alone, struct arena *turn);

#endif
