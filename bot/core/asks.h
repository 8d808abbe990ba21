/* Which questions a message holds. A question begins
 *
 *   with a sentence that begins with a question starter ("can", "what"), or ends in a question mark;
 *   inside a sentence, written or spoken without marks, where a question verb stands before a subject
 *   ("my scalp is sore can I wash it"), from the question word before it on, if there is one near
 *   ("how long should I"), or with a question phrase ("what about");
 *   inside a sentence that asks, behind a joiner, with any starter ("and is sauna ok").
 *
 * What leads in to it is part of it, unless it is long or denies something ("no pain, when can I swim").
 * It ends where the next one begins or the sentence ends. What says nothing by itself ("could you tell
 * me") belongs to the question beside it. The lists stand in `en/words.md`. Pure. */
#ifndef CORE_ASKS_H
#define CORE_ASKS_H

#include "core/lexicon.h"

#define ASKS_MAX 8 /* questions of one message that are told apart */

/* Words [from, to) ask one thing. */
struct ask {
	size_t from, to;
	size_t context, context_end; /* with what was said around it and asks nothing */
};

/* The first `max` questions, in their order; at least one where there are words: when nothing asks
 * by its form, the whole message does. */
size_t asks_find(const struct lexicon *lexicon, const struct words *words, struct ask *out,
		 size_t max);

/* The next place behind `from` where a question begins by its form, whatever stands before it; `to` when
 * there is none. One begins at `from` itself when `asks`. */
size_t asks_next(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to,
		 bool asks);

#endif
