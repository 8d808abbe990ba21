/* The urgent lane: does this message have to be answered by a safety text? Asked before anything
 * else, of every message. Pure. Two detectors:
 *
 *   flags       lines of words that staff can read and edit, in `en/urgent.md` (flags.h), under
 *               `## emergency flags`, `## crisis flags`, `## urgent flags`; `## not flags` lists idioms
 *               whose words do not count ("dying_to_know");
 *   likeness    to the messages in `en/urgent-examples.md` (urgency.h), of the whole message and of
 *               each sentence.
 *
 * A level is called by likeness alone above its `alarm` bound, and by a flag unless the words around
 * it are clearly like an ordinary message: below `flag`. What is short of that but not clear either is
 * doubtful: no safety text, and no article text. What asks by its form is so above `doubt_asked`; what
 * only tells something above `doubt_told`, which is lower, as most of what is urgent is told.
 *
 * The bounds are in urgent_fitted.h. */
#ifndef CORE_URGENT_H
#define CORE_URGENT_H

#include "core/flags.h"
#include "core/urgency.h"

/* Ordered by what outranks what. */
enum urgent_level {
	URGENT_NONE,
	URGENT_DOUBTFUL, /* has no level towards people and no name */
	URGENT_SAME_DAY, /* "urgent" in files and JSON; the first of URGENT_LEVELS */
	URGENT_CRISIS,
	URGENT_EMERGENCY,
};

struct urgent_bounds {
	float alarm[URGENT_LEVELS]; /* by level, from URGENT_SAME_DAY on */
	float flag, doubt_asked, doubt_told;
};

struct urgent {
	struct flags emergency, crisis, same_day, idioms;
	struct urgency_model model; /* empty when nothing was taught: then flags alone count */
	struct urgent_bounds bounds;
};

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes);

/* The highest level of any clause by the flags, and of any sentence and the whole message by
 * likeness, which is not asked about `small_talk`: a "no" is like much that is said in despair.
 * Words added to a message as sentences of their own, and pictographs anywhere, never lower it.
 * `urgency` (may be NULL) is what was found, for staff, not for patients. */
enum urgent_level urgent_level_of(const struct urgent *urgent, const struct lexicon *lexicon,
				  const struct words *words, bool small_talk,
				  struct urgency *urgency, struct arena *turn);

#endif
