/* The level that a message calls, however long it is: its warnings (warnings.h) held against the bounds
 * that were fitted. Pure; what it finds points into the book. */
#ifndef CORE_ALARM_H
#define CORE_ALARM_H

#include "core/warnings.h"

#define ALARM_PART_BYTES ((size_t)8 * 1024) /* that are read in one go */

struct alarm {
	enum urgent_level level;
	const struct tongue *tongue; /* whose phrases call it; NULL for the bot's own language */
	bool crisis_too;	     /* an emergency, it may be a crisis too */
	struct urgency margins;	     /* the highest */
};

struct alarm alarm_of(const struct readings *readings, const struct book *book, struct arena *turn);

/* Of a text that is too long to be read in one go: in halves of halves, to its end. Each shares some
 * bytes with the next, so that no sign is cut in two. */
struct alarm alarm_of_long(const struct book *book, struct str text, struct arena *turn);

#endif
