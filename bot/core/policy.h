/* What no bot may answer, whatever an article says, and where the article is heard all the same. `en/cues.md`
 * tells which questions these are: who may have a treatment, children, advice for the person who
 * asks, bookings and prices. Each has its fixed text.
 *
 * Where the article speaks of the very thing, its text or its topics say more than the fixed text: an article
 * with a section on blood thinners, to somebody who takes one. Who asks for advice gets topics at most. */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/asks.h"
#include "core/ranking.h"
#include "core/readings.h"
#include "core/replies.h"

/* The policy kind of one question of a message, with what leads in to it in its sentence, as it was typed or
 * else with its spelling mended; CUE_NONE. `ask` is in the words that are written out. */
enum cue policy_of(const struct book *book, const struct readings *readings, const struct ask *ask);
/* Whether only some of its questions ask who may have the treatment, and nothing is told outside of them that
 * the others would have to be held against: "can I wash my hair and can I take ibuprofen". */
bool policy_is_in_part(const struct book *book, const struct readings *readings,
		       struct arena *turn);

/* The fixed text; REPLY_NONE for what is no policy kind. */
enum reply_id policy_reply(enum cue policy);

/* The most that may be made of the ranking for words [from, to), of which a policy cue was found: MATCH_NONE
 * where the fixed text stands.
 *
 * Advice, a booking or a price yields to topics where it is as good as sure that the article covers the
 * question, and a booking or price to an answer where the article mentions all that the question names,
 * and one passage one of them in particular. Who may have a treatment is harder to be wrong on: it yields only
 * where nothing but words for what the article mentions calls it; and where the question names other things
 * too, to topics at most. */
enum match_verdict policy_yields(enum cue policy, const struct book *book,
				 const struct words *words, size_t from, size_t to,
				 const struct ranking *ranking, struct arena *turn);

#endif
