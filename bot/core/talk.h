/* ONE decision: a question in, an answer out. Pure and deterministic: the same book, dialog and
 * question give the same answer, on any machine.
 *
 * The order inside: urgent messages first, in any language that there is a file for and of any length,
 * and their safety text ends it; then attachments, picks from an offered list, small talk, what is in
 * another language; a message of which it is doubtful whether it is urgent gets a fixed text that says what to
 * do if it is; then each question in the message by itself: what no bot may answer, the passage that
 * answers, up to three topics to pick from, or an honest no. Of more than ANSWER_ASKED_MAX the first are answered, and
 * it says so. */
#ifndef CORE_TALK_H
#define CORE_TALK_H

#include "core/book.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/judge.h"
#include "core/replies.h"
#include "core/trail.h"
#include "core/urgent.h"

#define QUESTION_BYTES_MAX ((size_t)8 * 1024)	/* longer ones are asked to be shortened */
#define ANSWER_ASKED_MAX 3			/* questions answered in one message */
#define ANSWER_PARTS_MAX (ANSWER_ASKED_MAX + 1) /* and REPLY_REST, where there were more */
#define PART_PASSAGES_MAX TOPIC_PASSAGES_MAX
#define OFFER_TOPICS_MAX 3
#define ANSWER_PASSAGES_MAX ((size_t)OFFER_TOPICS_MAX * TOPIC_PASSAGES_MAX) /* in one part */
#define CONSIDERED_MAX 5

struct concept;
struct dialog;
struct tongue;

struct question {
	struct str text; /* as written, any bytes */
	bool addressed;	 /* to the bot; else written in a room it watches, where it stays silent
			    on thanks and small talk */
	bool to_other;	 /* to another person: answered only when urgent */
	bool attachment; /* came with a picture, a recording or a file */
	bool late;	 /* waited so long that only urgent ones still get an answer */
};

enum answer_kind {
	ANSWER_SILENT,	  /* nothing to say: only for what was not addressed to the bot */
	ANSWER_SOCIAL,	  /* hello, thanks, are you a bot */
	ANSWER_UNCOVERED, /* not in the article, or not for a bot to say */
	ANSWER_OFFER,	  /* topics to pick from */
	ANSWER_PASSAGES,  /* article text */
	ANSWER_URGENT,	  /* a fixed safety text */
};

/* One question's share of the reply. */
struct answer_part {
	enum answer_kind kind;
	enum reply_id reply; /* the fixed text; REPLY_NONE for passages */
	/* Given; offered, best first, each standing for its topic (passage_topic()); or, with
	 * REPLY_AFTER_URGENT, held back. */
	const struct passage *passages[PART_PASSAGES_MAX];
	size_t passages_n;
	const struct concept *topic; /* with REPLY_NOT_COVERED_TOPIC: what is not covered */
};

/* What was weighed, for staff; not for patients. */
struct considered {
	const struct passage *passage;
	double score;		   /* the probability that it answers */
	double covered;		   /* that any passage of its article does */
	double signals[SIGNALS_N]; /* what that comes from: judge.h */
};

struct answer {
	enum answer_kind kind; /* the highest of the parts */
	enum urgent_level level;
	const struct tongue *tongue; /* the language that the safety text is also given in; NULL: in
					the pack's own only */
	struct answer_part parts[ANSWER_PARTS_MAX];
	size_t parts_n;	    /* 0 only when silent */
	bool unlocks;	    /* the person asked for the article after a safety text */
	struct trail trail; /* what was told up to now; not stored */
	struct considered considered[CONSIDERED_MAX];
	size_t considered_n;
	struct urgency urgency;
};

/* Of one part, which is a fixed text. */
struct answer answer_of(enum answer_kind kind, enum reply_id reply);

/* Every passage that the part gives, or that its topics would give: at most `max` into `out`; gives how
 * many. */
size_t part_passages(const struct answer_part *part, const struct passage **out, size_t max);

/* `dialog` may be NULL: nothing was said before. `turn` holds what is needed on the way; the answer
 * points into the book only. */
struct answer talk(const struct book *book, const struct dialog *dialog,
		   const struct question *question, struct arena *turn);

/* "answer", "offer", "uncovered", "urgent", "social", "silent". */
struct str answer_kind_name(enum answer_kind kind);
/* "", "urgent", "crisis", "emergency". */
struct str urgent_level_name(enum urgent_level level);

/* The answer as ids, for the store: no words of anybody. */
void answer_encode(const struct answer *answer, struct buf *out);
/* Reads it back against this book. A passage that is not there any more makes the whole answer
 * the fixed text `changed`; text that no answer_encode wrote gives false. */
bool answer_decode(const struct book *book, struct str text, struct answer *out, struct err *err);

#endif
