/* What is written to staff: the alert about a message that got a safety text, the word that somebody took
 * one, and that a room has no answers any more. Fixed texts as all others, but no reply to a patient: no
 * note stands behind them.
 *
 * The store keeps a notice by notice_encode(), without any word of the patient's. Where the clinic
 * wants those in its alerts they stand in the first showing only, as long as they are in memory. */
#ifndef CORE_NOTICE_H
#define CORE_NOTICE_H

#include "core/buf.h"
#include "core/err.h"
#include "core/replies.h"
#include "core/urgent.h"

enum notice_kind {
	NOTICE_NONE,
	NOTICE_ALERT,
	NOTICE_TAKEN, /* nothing more belongs to it */
	NOTICE_TROUBLE,
};

/* Why nothing can be sent into a room. */
enum trouble {
	TROUBLE_GONE,	  /* the bot was removed from it, or it is no more */
	TROUBLE_REPLACED, /* by another room */
	TROUBLE_MUTE,	  /* the bot may not write there */
};

struct notice {
	enum notice_kind kind;
	enum urgent_level level; /* of the safety text: URGENT_SAME_DAY or higher */
	int64_t at_ms;		 /* when the patient wrote, Unix time */
	struct str room;	 /* of the patient */
	struct str link;	 /* to the message, or its id; of a trouble, to the room */
	bool with_words;
	enum trouble trouble; /* and of one `link` alone is read */
};

/* "gone" */
struct str trouble_name(enum trouble trouble);

void notice_encode(const struct notice *notice, struct buf *out);
/* Whether a stored text is a notice at all. */
bool notice_is(struct str stored);
/* The texts of `*out` point into `stored`. False when no notice_encode() wrote it. */
bool notice_decode(struct str stored, struct notice *out, struct err *err);

struct notice_text {
	struct str text;
	struct str
		known_by; /* the front of it, the same each time this showing is written; empty: all */
};

/* `showing` from 0, of `showings`. `time` is `at_ms` as the platform shows it, `words` are the patient's
 * where they are wanted and still there; both are read for an alert only. At most `text_max` code
 * points: words are cut. In `arena`. */
struct notice_text notice_write(const struct replies *replies, const struct notice *notice,
				unsigned showing, unsigned showings, struct str time,
				struct str words, size_t text_max, struct arena *arena);

#endif
