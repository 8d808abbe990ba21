/* The contract between the bot and a chat platform (Discord, Matrix, the preview page).
 *
 * A platform hands in what people write and carries replies out. It decides nothing about answers.
 * Everything happens on the loop's thread. Text in a call is borrowed until the call returns.
 *
 * One turn (design 2): within one loop turn a platform calls `sink->message` for every message and
 * then `sink->position` for where the stream stands. The bot commits both together before the loop
 * sleeps, decides, commits the replies and only then calls `ops->send`. A position that was not
 * handed to the sink must never be treated as seen by the platform's other side. */
#ifndef PORT_PLATFORM_H
#define PORT_PLATFORM_H

#include "core/buf.h"
#include "core/err.h"
#include "core/notice.h"
#include "core/talk.h"

struct platform;
struct loop;

/* One message that a person wrote and that the bot may have to answer. A platform hands in only
 * messages that concern the bot: addressed to it, or written in a room it was told to watch. Never
 * from bots, webhooks, the system or itself. */
struct message {
	struct str id;	       /* the platform's id of this message or of this edit: what duplicates
			      are known by */
	struct str edits;      /* the message that this is a newer wording of; empty: of none.
				  `sent_ms` is then still that message's */
	struct str room;       /* where the reply goes */
	struct str person;     /* who wrote it; kept in memory only */
	struct str text;       /* as written, UTF-8, without the mention of the bot; may be empty */
	struct str link;       /* where a person can open it; empty: nowhere that is known */
	struct str replies_to; /* what of the bot's own it is a reply to, by its id; or empty */
	bool addressed;	 /* direct message, mention or reply to the bot; else a watched room */
	bool to_other;	 /* a reply to, or mention of, another person: not ours unless urgent */
	bool attachment; /* carries a picture, a recording or a file */
	bool replayed;	 /* handed in late, because we were away when it was written */
	int64_t sent_ms; /* when it was written, Unix time in ms by the platform's clock */
};

/* One piece of a reply on its way out. (message, kind, piece) names it for ever: the platform
 * derives its idempotency key from the three, so that sending again cannot show it twice. */
struct delivery {
	uint64_t id;	    /* the bot's name for it, given back in `delivered` */
	struct str message; /* the message it replies to */
	struct str room;
	/* Whom it is for: where more is to be said than may be, people take turns. Empty: not known. */
	struct str person;
	bool elsewhere; /* in another room than the message: about it, but no reply to it */
	bool urgent;	/* about what is urgent, to patient or staff: goes before all that is not */
	struct str kind;     /* which reply to that message: "answer", "edit", "staff" ... */
	unsigned piece;	     /* from 0 */
	struct str text;     /* Markdown, within the platform's limits */
	struct str known_by; /* a copy that went out before begins with this; empty: is the same */
	/* What was sent before, by the platform's id: it is removed, and nothing is sent. Else empty. */
	struct str removes;
	/* What was sent before, by the platform's id: it becomes `text`. Else empty. Doing so twice shows
	 * the same as once. */
	struct str changes;
	const struct answer
		*answer; /* what it was built from, for platforms that show it, or NULL */
	const struct book *book;
};

enum delivery_outcome {
	DELIVERY_SENT,	  /* the platform has it; or has it no more, when it was to be removed */
	DELIVERY_REFUSED, /* it never will (room gone, no permission); `why` says so */
};

enum platform_state {
	PLATFORM_CONNECTING,
	PLATFORM_READY,
	PLATFORM_DEGRADED, /* works in part; `why` says what to switch on */
	PLATFORM_FAILED,   /* stopped for good; `why` says the cure. A restart does not help */
};

struct room_trouble {
	enum trouble kind;
	struct str id;
	struct str room;
	struct str link; /* where a person can open the room, or what shows it */
};

/* What a platform may call. Implemented by the bot. */
struct platform_sink {
	void (*message)(struct platform_sink *sink, struct platform *from,
			const struct message *message);
	/* Whoever wrote the message took it back, or a moderator did; it may never have been handed in. */
	void (*deleted)(struct platform_sink *sink, struct platform *from, struct str message_id);
	/* Where the stream stands, as text that only this platform reads. */
	void (*position)(struct platform_sink *sink, struct platform *from, struct str position);
	/* `sent_as` is the platform's id of what was sent, which replies to it name; empty where
	 * nobody can reply to it. */
	void (*delivered)(struct platform_sink *sink, struct platform *from, uint64_t delivery,
			  enum delivery_outcome outcome, struct str sent_as, struct str why);
	/* Answers `ops->fetch`: the message, or NULL when it is gone or not for the bot. */
	void (*fetched)(struct platform_sink *sink, struct platform *from, struct str message_id,
			const struct message *message);
	/* Nothing can be sent into the room any more: for staff. Said as often as it is met with; `id` is the
	 * same each time, and may be the `message` of a delivery. */
	void (*trouble)(struct platform_sink *sink, struct platform *from,
			const struct room_trouble *trouble);
	void (*state)(struct platform_sink *sink, struct platform *from, enum platform_state state,
		      struct str why);
};

struct platform_ops {
	const char *name; /* "discord": in the store, in logs */
	size_t text_max;  /* code points in one message */
	bool own_clock; /* messages are dated by this machine's clock, and none is handed in twice */
	bool alone; /* in each room there is one person and the bot, and nothing answers by itself */

	/* Starts connecting; `position` is what the sink was last given, empty at first. False
	 * only when it can never start (bad settings). */
	bool (*start)(struct platform *self, struct str position, struct err *err);
	/* All that was handed in up to the last position is committed, and that position with it. May be
	 * NULL where the platform's other side forgets nothing because we read on. */
	void (*recorded)(struct platform *self);
	/* Takes the delivery over, copies what it needs, tries until it is sent or refused, obeys
	 * the platform's limits, and says so through `delivered`, never from inside this call. */
	void (*send)(struct platform *self, const struct delivery *delivery);
	/* The message was deleted: replies to it that did not go out yet are refused, through
	 * `delivered`, not from inside. Whether what may have gone out did is found out, and said; what goes
	 * elsewhere goes on. May be NULL where nothing is ever deleted. */
	void (*withdraw)(struct platform *self, struct str message_id);
	/* The room that `room` is a thread of, or `room` itself; borrowed from it. What is limited by room
	 * counts there. May be NULL where rooms have no threads. */
	struct str (*room_of)(struct str room);
	/* A moment in Unix time, as text that this platform shows each reader in their own time
	 * zone. May be NULL where no room is the staff's. */
	void (*time_write)(int64_t unix_ms, struct buf *out);
	/* Reads one message again by its id; answers through `fetched`, not from inside. `link` is
	 * what it had when it was handed in, and has again. */
	void (*fetch)(struct platform *self, struct str room, struct str message_id,
		      struct str link);
	/* Stops reading at once, lets replies under way finish for at most `grace_ms`, leaves the
	 * session resumable, then calls `stopped` once. */
	void (*stop)(struct platform *self, unsigned grace_ms, void (*stopped)(void *arg),
		     void *arg);
	/* After `stopped`, or when `start` was never called. */
	void (*free)(struct platform *self);
};

struct platform {
	const struct platform_ops *ops;
	struct platform_sink *sink;
	/* How far the clock by which messages are written (`sent_ms`) is ahead of ours; 0: not known, or it
	 * is as good as the same. Kept by the platform. */
	int64_t ahead_ms;
	/* What that clock showed when the loop's stood at 0, by the last that its servers told: unlike
	 * `ahead_ms` it holds when our clock is set. 0: not known. */
	int64_t zero_ms;
};

#endif
