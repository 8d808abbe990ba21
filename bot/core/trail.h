/* What a person told in a few words each, one message behind the other: "red", "getting bigger", "and hot
 * now". None of them is much by itself, and together they may be urgent. Kept of them are the concepts
 * (concepts.h) that they named, no words, in the dialog and as long as that (dialog.h). A value; pure. */
#ifndef CORE_TRAIL_H
#define CORE_TRAIL_H

#include "core/book.h"
#include "core/text.h"

#define TRAIL_MAX 4 /* the latest */
#define TRAIL_WORDS_MAX 6

struct alarm;
struct concept;

struct trail {
	const struct concept *v[TRAIL_MAX]; /* of the book; the first that was told first */
	size_t n;
};

/* Whether a message is a part of such a story: a few words that ask nothing. */
bool trail_goes_on(const struct book *book, const struct words *words);

/* The trail behind such a message. */
struct trail trail_after(const struct trail *before, const struct book *book,
			 const struct words *words);

/* The alarm of what was told before and `text` as if it were one message. */
struct alarm trail_alarm(const struct trail *before, const struct book *book, struct str text,
			 struct arena *turn);

#endif
