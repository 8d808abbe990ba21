/* What a clinic may not take away: the red flags that are built in. Staff may add to the urgent lane as
 * they like, and word its texts as they like; a flag that was shipped stays, and so does everything
 * that keeps a flag from being silenced, unless `en/urgent-overrides.md` says for each such line who
 * decided that, when, and why. Pure.
 *
 * The Makefile builds the shipped files into the program; a folder is held against them each time it is
 * read. In `en/urgent.md` and the files of `en/urgent/` no line of a list of flags may be missing,
 * and the lists that take an alarm away (`not flags`, `hypothetical`, `negations`, `negations
 * behind`) may hold no line that was not shipped; nor may the negations of `en/words.md`. A line is
 * compared as it is written: one that was changed is one that is missing.
 *
 *     ## Fishing with bait
 *
 *     - file: en/urgent.md
 *     - list: urgent flags
 *     - removed: fish_hook|bait finger|lip        (or `added:`, in a list that takes alarms away)
 *     - who: Dr Jane Example
 *     - when: 2026-11-20
 *     - why: half of our patients are anglers, and the front desk sees these at once
 */
#ifndef CORE_GUARD_H
#define CORE_GUARD_H

#include "core/book.h"

#define OVERRIDES_FILE "en/urgent-overrides.md"

/* A file as it was built in. */
struct shipped {
	const char *name; /* "en/urgent.md"; NULL ends the list */
	const unsigned char *bytes;
	size_t n;
};

extern const struct shipped shipped_files[];

/* What `sources` lack of the shipped files, or have beyond them, without an override; and overrides
 * that are not whole or not about anything. All are mistakes. */
void guard_check(const struct shipped *shipped, const struct source *sources, size_t sources_n,
		 struct arena *arena, struct mistakes *mistakes);

#endif
