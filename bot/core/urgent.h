/* The urgent lane: does this message have to be answered by a safety text? Asked before anything
 * else, of every reading of every message (warnings.h). Pure. Two detectors:
 *
 *   flags       lines of words that staff can read and edit, in `en/urgent.md` (flags.h), under
 *               `## emergency flags`, `## crisis flags`, `## urgent flags`; `## not flags` lists idioms
 *               whose words do not count ("dying_to_know"), `## harm flags` what somebody may have done
 *               to themselves: with them an emergency may be a crisis too;
 *   likeness    to the messages in `en/urgent-examples.md` (urgency.h), of the whole message and of
 *               each run of up to five sentences.
 *
 * What they find are the signs of a message; bounds then tell what to make of them. A level is called
 * by likeness alone above its `alarm` bound, and by a flag unless the words around it are like an
 * ordinary message: below `flag`, or below `framed` when it is framed. What is short of that but not
 * clear either is doubtful: no safety text, and no article text. What asks by its form is so above
 * `doubt_asked`; what only tells something above `doubt_told`, which is lower, as most of what is
 * urgent is told, and so is what has a framed flag; any other flag makes doubtful by itself.
 *
 * The same day, called by likeness alone, is a level of its own, URGENT_LIKELY: as good as the same day,
 * but where the article has topics on what is told they are offered behind what to do if it is
 * urgent (talk.c), as "my cheek is swollen on day two" is what many articles are about.
 *
 * The bounds are in urgent_fitted.h, which `make calibrate` writes (tests/lane/lane.c says how
 * they are chosen). */
#ifndef CORE_URGENT_H
#define CORE_URGENT_H

#include "core/flags.h"
#include "core/urgency.h"

/* Ordered by what outranks what. */
enum urgent_level {
	URGENT_NONE,
	URGENT_DOUBTFUL, /* has no level towards people and no name */
	URGENT_LIKELY,	 /* same day, but by likeness alone, without any flag; neither */
	URGENT_SAME_DAY, /* "urgent" in files and JSON; the first of URGENT_LEVELS */
	URGENT_CRISIS,
	URGENT_EMERGENCY,
};

/* By level from URGENT_SAME_DAY on: the headings of its text and of its flags, and the details that its
 * text must name, however it is worded: a safety text without a number to call is none. */
struct urgent_heading {
	struct str text, flags;
	struct str must_name[2];
};

extern const struct urgent_heading urgent_headings[URGENT_LEVELS];

/* The text that names the crisis line behind an emergency that may be somebody's own doing. */
#define URGENT_CRISIS_TOO STR("crisis-too")

/* A text of level URGENT_SAME_DAY + `level` that does not name them is a mistake. */
void urgent_text_check(size_t level, const struct list *list, struct str file,
		       struct mistakes *mistakes);

struct urgent_bounds {
	float alarm[URGENT_LEVELS]; /* by level, from URGENT_SAME_DAY on */
	float flag[URGENT_LEVELS], framed[URGENT_LEVELS];
	float doubt_asked, doubt_told;
	float snippets[SNIPPET_PLACES]
		      [SNIPPET_KINDS]; /* beside what gets article text (beside.h): doubtful */
};

/* All by level from URGENT_SAME_DAY on; higher is more urgent. -INFINITY: nothing of the kind. */
struct urgent_signs {
	struct urgency highest;	      /* margins of any sentence, for staff, not for patients */
	float likely[URGENT_LEVELS];  /* `any` of a sentence that is most like this level */
	float flagged[URGENT_LEVELS]; /* ... around a flag of this level; INFINITY when too short
					  to be judged */
	float framed[URGENT_LEVELS];  /* ... around a flag that is framed, likewise */
	float asked, told;	      /* ... of a sentence that asks, or does not */
	bool harm;		      /* a harm flag is met: it may be somebody's own doing */
};

struct urgent {
	struct flags emergency, crisis, same_day, harm, idioms, frames, now;
	struct urgency_model model; /* empty when nothing was taught: then flags alone count */
};

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes);

/* The signs of the whole message, of each run of sentences, of each clause with a flag and, where one
 * clause is a long ramble, of what stands close together in it (thoughts.h), and of what the ramble begins
 * or ends with, together with the sentences on its other side; the highest of each kind:
 * words added to a message as sentences of their own, and pictographs anywhere, never lower one. Likeness
 * is not asked about `small_talk`: a "no" is like much that is said in despair. */
struct urgent_signs urgent_signs_of(const struct urgent *urgent, const struct lexicon *lexicon,
				    const struct words *words, bool small_talk, struct arena *turn);
/* False where words [from, to) hold nothing that a flag in any part of them could be met by. */
bool urgent_may_flag(const struct urgent *urgent, const struct words *words, size_t from,
		     size_t to);
/* Each sign of `highest` becomes the higher of the two. */
void urgent_signs_raise(struct urgent_signs *highest, const struct urgent_signs *other);
enum urgent_level urgent_judge(const struct urgent_bounds *bounds,
			       const struct urgent_signs *signs);
/* Whether an emergency with these signs may be a crisis too: by a flag, or by its likeness to one. */
bool urgent_is_crisis_too(const struct urgent_signs *signs);

extern const struct urgent_bounds urgent_bounds; /* those that were fitted */

#endif
