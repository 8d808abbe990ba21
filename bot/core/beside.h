/* What a message says beside what its answer is about: "hi when will i see results wheezy thanks". The
 * urgent lane judges sentences and clauses, and in one that was typed without marks a polite question may
 * drown a sign. So before article text is given, each thought of a sentence (thoughts.h) and each run
 * of words of which the given passages do not speak is looked at by itself. Such a piece may sound worse than
 * it is: what alarms only there is no alarm, but it is in doubt. Pure. */
#ifndef CORE_BESIDE_H
#define CORE_BESIDE_H

#include "core/talk.h"

/* Whether a piece of these words would call a safety text if it were all that was written. False for an
 * answer that gives no article text. */
bool beside_alarms(const struct book *book, const struct words *words, const struct answer *answer,
		   struct arena *turn);

#endif
