/* Follow-ups: messages that are understood only with what was answered or offered before.
 *
 * A message is read twice. By itself; and as going on with the passage that was given: in part that
 * is the passage itself ("are you sure?"), in part what is ranked for the message behind the
 * passage's name, so far as it names no topic, and behind its section's title, so far as it names one ("and
 * a hot bath?"). How much each reading counts is told by how much the message leans (lean.h). What leans
 * on an article gets no text of another one.
 *
 * The two are pooled logarithmically (Genest and Zidek, Combining Probability Distributions, 1986):
 *
 *     P(passage) ~ P(passage | going on)^share * P(passage | by itself)^(1 - share)
 *
 * among the passages, and likewise for whether any of them answers; there a message without a topic
 * has no say, as what it asks for cannot be missing.
 *
 * A whole question without a topic may ask for the treatment as well ("how often can it be done"):
 * where it finds something else by itself, both are offered. What corrects ("sorry, the sauna") is
 * ranked by what it names instead. An offer of a single topic is leant on like an answer; behind one
 * of several a message gets an offer, except where both readings agree; behind a refusal what was asked
 * about stays unknown, and a message without a topic gets no text, unless it is
 * a whole question that is answered by itself. Pure. */
#ifndef CORE_FOLLOWUP_H
#define CORE_FOLLOWUP_H

#include "core/asks.h"
#include "core/dialog.h"
#include "core/ranking.h"

/* Whether a message of small words asks about what was just said: "really?", "are you sure". */
bool followup_asks_back(const struct book *book, const struct words *words);

/* What to make of a question of the message `words`, which by itself is ranked as `alone`. */
struct ranking followup_rank(const struct book *book, const struct dialog *dialog,
			     const struct words *words, const struct ask *ask,
			     const struct ranking *alone, struct arena *turn);

#endif
