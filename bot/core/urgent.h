/* The urgent lane: does this message have to be answered by a safety text? Asked before anything
 * else, of every message. Pure. Two detectors, either of which can raise the level and neither of
 * which can lower it:
 *
 *   flags       lines of words that staff can read and edit, in `en/urgent.md` (flags.h), under
 *               `## emergency flags`, `## crisis flags`, `## urgent flags`; `## not flags` lists idioms
 *               whose words do not count ("dying_to_know");
 *   classifier  trained at load (classify.h) on the messages in `en/urgent-examples.md`, under
 *               `## emergency`, `## crisis`, `## urgent`, `## none`. */
#ifndef CORE_URGENT_H
#define CORE_URGENT_H

#include "core/classify.h"
#include "core/features.h"
#include "core/flags.h"

/* Ordered by what outranks what. */
enum urgent_level {
	URGENT_NONE,
	URGENT_SAME_DAY, /* "urgent" in files and JSON */
	URGENT_CRISIS,
	URGENT_EMERGENCY,
};

#define URGENT_LEVELS 3 /* that have a text */

struct urgent {
	struct flags emergency, crisis, same_day, idioms;
	const struct features *features;     /* NULL when nothing was taught */
	const struct classifier *classifier; /* class of a level: the level - 1 */
};

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes);

/* Trains the classifier. `ordinary` are messages that are not urgent beside those of the file: what
 * staff wrote for the articles. */
bool urgent_teach(struct urgent *urgent, const struct source *examples_md,
		  const struct lexicon *lexicon, const struct vectors *vectors,
		  const struct str *ordinary, size_t ordinary_n, struct arena *arena,
		  struct mistakes *mistakes);

/* What the classifier made of a message: for staff, not for patients. */
struct urgent_margins {
	float v[URGENT_LEVELS]; /* by class; above its threshold a level is called */
};

/* The highest level of any clause by the flags, and of any sentence and the whole message by the
 * classifier, which is not asked about `small_talk`: a "no" is like much that is said in
 * despair. Words added to a message as sentences of their own never lower it. `margins` may be
 * NULL. */
enum urgent_level urgent_level_of(const struct urgent *urgent, const struct lexicon *lexicon,
				  const struct words *words, bool small_talk,
				  struct urgent_margins *margins, struct arena *turn);

#endif
