/* What in a message warns that it may be urgent: the signs of the urgent lane (urgent.h) in each of its
 * readings, and the phrases of other languages (tongues.h). Pure; what it finds points into the book. */
#ifndef CORE_WARNINGS_H
#define CORE_WARNINGS_H

#include "core/readings.h"
#include "core/tongues.h"
#include "core/urgent.h"

struct warnings {
	struct urgent_signs
		signs[READINGS_N + 1]; /* of the readings that differ, the last of them suspected */
	size_t signs_n;
	struct tongue_found found;
};

/* `urgent` is the book's own lane, or one that was taught otherwise. A message that is all in another
 * language, without a small word of the bot's own, is looked at as it was typed only, and by its flags:
 * likeness to English messages says nothing about it, nor does what mending would make of it. Where
 * sentences of two languages stand together, each that is the bot's own is looked at by itself too:
 * "Guten Tag. chest pian". What the words may have been meant for (suspect.h) is one reading more. */
struct warnings warnings_of(const struct readings *readings, const struct book *book,
			    const struct urgent *urgent, struct arena *turn);

/* The highest level that any reading, or a phrase of another language, calls within these bounds. */
enum urgent_level warnings_level(const struct warnings *warnings,
				 const struct urgent_bounds *bounds);

/* Whether an emergency of these may be a crisis too. */
bool warnings_crisis_too(const struct warnings *warnings);

/* The highest margins of all readings. */
struct urgency warnings_margins(const struct warnings *warnings);

#endif
