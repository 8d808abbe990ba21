/* What was said before, for one person in one room; kept in memory for ten minutes by the caller.
 * A value: copy it freely. Holds no words of the patient. */
#ifndef CORE_DIALOG_H
#define CORE_DIALOG_H

#include "core/talk.h"

#define DIALOG_KEEP_MS (10 * 60 * 1000)

struct dialog {
	const struct book *book; /* what the passages below belong to */
	const struct passage *offered[PART_PASSAGES_MAX * ANSWER_PARTS_MAX];
	size_t offered_n;
	const struct passage *answered; /* the last passage given, or NULL */
	enum urgent_level urgent;	/* the last safety text, or none */
	bool met;			/* has had a reply before */
};

/* The dialog after this answer. */
struct dialog dialog_after(const struct dialog *before, const struct book *book,
			   const struct answer *answer);

#endif
