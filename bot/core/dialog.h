/* What was said before, for one person in one room; kept in memory for ten minutes by the caller.
 * A value: copy it freely. Holds no words of the patient. */
#ifndef CORE_DIALOG_H
#define CORE_DIALOG_H

#include "core/talk.h"

#define DIALOG_KEEP_MS ((int64_t)10 * 60 * 1000)

/* What an answer was about. */
struct told {
	const struct passage *passage;
	bool whole;  /* all that belongs to its topic was given (passage_topic()) */
	size_t part; /* of the answer: what is given for one question is one part */
};

/* Offered topics can be picked until others are offered, however many were picked before. */
#define DIALOG_OFFERED_MAX ((size_t)OFFER_TOPICS_MAX * ANSWER_ASKED_MAX)

struct dialog {
	const struct book *book;			   /* what the passages below belong to */
	const struct passage *offered[DIALOG_OFFERED_MAX]; /* in the order of their numbers */
	size_t offered_n;
	unsigned taken;	    /* a bit for each of them whose text was given since */
	bool is_offer_open; /* nothing but small talk was said since */
	bool is_offer_near; /* no other text was given since */
	/* The last answer that was neither small talk nor a safety text, to be given again. */
	struct answer_part said[ANSWER_PARTS_MAX];
	size_t said_n;
	struct told answered[ANSWER_ASKED_MAX]; /* given by the last answer, each once */
	size_t answered_n;
	bool refused;		  /* the last answer was that there is none */
	enum urgent_level urgent; /* the last safety text, or none */
	struct trail trail;	  /* what was told in a few words, and got no safety text */
	bool met;		  /* has had a reply before */
};

/* The dialog as far as it holds for this book: passages of another one are forgotten. `before` may be
 * NULL. */
struct dialog dialog_for(const struct dialog *before, const struct book *book);

/* The dialog after this answer. `before` may be NULL. */
struct dialog dialog_after(const struct dialog *before, const struct book *book,
			   const struct answer *answer);

#endif
