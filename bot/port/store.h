/* The contract of the store: what must survive a crash, and nothing else.
 *
 *   positions  one text a platform: where its event stream stands (session, sequence number).
 *   inbox      one row a message that reached us: known by (platform, message). No text, no names.
 *   outbox     one row a reply that was decided: passage ids and the content's version, never words.
 *              An alert to staff is one too; its row also says how often it was shown and as what.
 *   greeted    one row a person who was told what the bot is: a keyed hash of platform and person, and
 *              the day. The key is random, made with the store, and never leaves it.
 *
 * All changes of one loop turn go in by one call, `commit`, and are there whole or not at all. A
 * message is *undecided* from its inbox row until it is marked as decided, needing no reply, or an
 * outbox row stands for it. A reply is *owed* until a mark says what became of it.
 *
 * Text handed in is borrowed for the call; text handed out is borrowed until the callback returns.
 * Twins: io/store_sqlite (the real one) and io/store_memory (tests, the preview without a state
 * file); tests/io/store runs both through the same cases. */
#ifndef PORT_STORE_H
#define PORT_STORE_H

#include "core/buf.h"
#include "core/err.h"

struct store;

struct store_position {
	struct str platform;
	struct str position;
};

struct store_inbox {
	struct str platform;
	struct str message;
	struct str room;
	struct str link;     /* where a person can open it; may be empty */
	int64_t received_ms; /* Unix time, by the platform's clock as far as it is known */
	unsigned tries;	     /* how often deciding it was begun after a restart */
};

enum outbox_state {
	OUTBOX_OWED,
	OUTBOX_SENT,
	OUTBOX_REFUSED, /* the platform will never take it, or what is left of it; kept for the operator
			  * to see. `sent_as`: the pieces before it */
	OUTBOX_CLAIMED,	 /* an alert that somebody took */
	OUTBOX_UNWANTED, /* sent, and to be removed, as its message was deleted */
	OUTBOX_REMOVED,
	OUTBOX_CHANGED, /* sent, and to be changed into `answer`, as its message was edited */
};

struct store_outbox {
	struct str platform;
	struct str message;
	struct str kind; /* which reply to that message: "answer", "edit", "staff" ... */
	struct str room;
	struct str
		answer; /* answer_encode(), behind "first " at the first contact; or notice_encode() */
	struct str version; /* the book it was decided by */
	unsigned pieces_sent;
	enum outbox_state state;
	int64_t decided_ms; /* ... by the same */
	/* The platform's ids of the pieces, or of an alert's showings, parted by blanks; of an alert, when
	 * the last of them was sent or refused, else 0. `pieces_sent` is how many there were. A piece that is
	 * there no more keeps its place, with a minus in front (app/changing.h). */
	struct str sent_as;
	int64_t settled_ms;
};

/* A row by its key, with what is to change. */
struct store_mark {
	struct str platform;
	struct str message;
	struct str kind;      /* outbox only */
	unsigned pieces_sent; /* outbox only */
	enum outbox_state state;
	struct str sent_as; /* outbox only, and the next */
	int64_t settled_ms;
};

/* Told on this day what the bot is. */
struct store_greeting {
	struct str platform;
	struct str person;
	int64_t day; /* since 1970, UTC */
};

/* Everything of one turn. Lists may be NULL when their count is 0. Applied in this order. */
struct store_batch {
	const struct store_position *positions;
	size_t positions_n;
	const struct store_inbox *inbox; /* rows that are there already stay as they are */
	size_t inbox_n;
	const struct store_mark *retried; /* inbox: one more try */
	size_t retried_n;
	const struct store_mark *decided; /* inbox: needs no reply */
	size_t decided_n;
	/* Decides the message too. A reply that stands already stays as it is. */
	const struct store_outbox *outbox;
	size_t outbox_n;
	const struct store_mark *marks; /* outbox: pieces sent, state, sent as, settled */
	size_t marks_n;
	const struct store_outbox *changes; /* outbox, by the key: answer, version, state */
	size_t changes_n;
	const struct store_greeting *greetings; /* of who was greeted before, the day is renewed */
	size_t greetings_n;
};

struct store_ops {
	/* All of it or nothing. ERR_LATER when the disk is full or the file is locked. It outlives a crash
	 * of the process at once, and a power cut after the next purge, the first position also at once. */
	bool (*commit)(struct store *self, const struct store_batch *batch, struct err *err);
	/* True when an inbox row stands for the message. A read error is false with `err` set. */
	bool (*seen)(struct store *self, struct str platform, struct str message, struct err *err);
	/* The position in `*out` (which the caller initialised), empty when there is none. */
	bool (*position)(struct store *self, struct str platform, struct buf *out, struct err *err);
	/* Calls `each` for every undecided message, and for every reply that is owed, unwanted or to be
	 * changed, oldest first. The store must not be changed from inside. */
	bool (*undecided)(struct store *self,
			  void (*each)(void *arg, const struct store_inbox *row), void *arg,
			  struct err *err);
	bool (*owed)(struct store *self, void (*each)(void *arg, const struct store_outbox *row),
		     void *arg, struct err *err);
	/* ... for every row about the message, in no order. */
	bool (*replies)(struct store *self, struct str platform, struct str message,
			void (*each)(void *arg, const struct store_outbox *row), void *arg,
			struct err *err);
	/* ... for every row of the kind that nobody claimed. */
	bool (*unclaimed)(struct store *self, struct str kind,
			  void (*each)(void *arg, const struct store_outbox *row), void *arg,
			  struct err *err);
	/* What was decided as this reply in `*answer` (which the caller initialised), empty when it
	 * was not. */
	bool (*decision)(struct store *self, struct str platform, struct str message,
			 struct str kind, struct buf *answer, struct err *err);
	/* True when the person was greeted on this day or later. A read error is false with `err`
	 * set. */
	bool (*greeted)(struct store *self, struct str platform, struct str person,
			int64_t since_day, struct err *err);
	/* Forgets decided messages and closed replies older than `before_ms`, and greetings of days
	 * before `before_day`, at most `limit` of each a call. */
	bool (*purge)(struct store *self, int64_t before_ms, int64_t before_day, unsigned limit,
		      struct err *err);
	/* What was decided or closed, or greeted, is dated now and today where its date is more than
	 * STORE_AHEAD_MS or a day later: our clock was wrong. At most `limit` of each a call. */
	bool (*redate)(struct store *self, int64_t now_ms, int64_t today, unsigned limit,
		       struct err *err);
	void (*free)(struct store *self);
};

#define STORE_AHEAD_MS ((int64_t)60 * 60 * 1000)

struct store {
	const struct store_ops *ops;
};

#endif
