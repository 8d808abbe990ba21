/* The urgent lane: does this message have to be answered by a safety text? Asked before anything
 * else, of every message. Pure. Its flags stand in `en/urgent.md`, in the form of flags.h, under
 * `## emergency flags`, `## crisis flags`, `## urgent flags`; `## not flags` lists idioms whose
 * words do not count ("dying_to_know"). */
#ifndef CORE_URGENT_H
#define CORE_URGENT_H

#include "core/flags.h"

/* Ordered by what outranks what. */
enum urgent_level {
	URGENT_NONE,
	URGENT_SAME_DAY, /* "urgent" in files and JSON */
	URGENT_CRISIS,
	URGENT_EMERGENCY,
};

struct urgent {
	struct flags emergency, crisis, same_day, idioms;
};

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes);

/* The highest level of any clause. Words added to a message never lower it: each clause counts
 * by itself. */
enum urgent_level urgent_level_of(const struct urgent *urgent, const struct lexicon *lexicon,
				  const struct words *words, struct arena *turn);

#endif
