/* The inside of the gateway machine, shared by its rooms and by nobody else:
 *   discord_session.c   the life of a session: when to connect, resume, identify, wait, give up
 *   discord_frames.c    one connection: frames in and out, beats, opcodes
 *   discord_events.c    events, and who gets an answer
 *   discord_missed.c    reading what was written while there was no session
 *   discord_position.c  the text that survives a restart
 *   discord_closes.c    what each close code means */
#ifndef WIRE_DISCORD_MACHINE_H
#define WIRE_DISCORD_MACHINE_H

#include "wire/backoff.h"
#include "wire/discord.h"
#include "wire/discord_gaps.h"
#include "wire/discord_inflate.h"
#include "wire/discord_rooms.h"
#include "wire/heard.h"
#include "wire/steps.h"

/* Intents: GUILDS, GUILD_MESSAGES and DIRECT_MESSAGES need nobody's permission. */
#define INTENTS_PLAIN 4609
#define INTENT_CONTENT (1 << 15)

#define SENDS_MAX 120 /* a connection and SEND_WINDOW_MS, else close code 4008 */
#define SENDS_KEPT 10 /* of them for our own beats */
#define SEND_WINDOW_MS 60000
#define PAYLOAD_MAX ((size_t)4096)
#define LINK_MAX ((size_t)128)
#define EDIT_ID_MAX ((size_t)64)

enum phase {
	PHASE_NEW,
	PHASE_ASKING,  /* a GET is under way */
	PHASE_WAITING, /* for `next_ms` */
	PHASE_CONNECTING,
	PHASE_HELLO,   /* open; the hello must come */
	PHASE_JOINING, /* identify or resume is sent */
	PHASE_UP,
	PHASE_CLOSING, /* we closed; the end must come */
	PHASE_OVER,    /* stopped or failed */
};

struct session {
	struct buf id;	       /* empty: there is none to resume */
	struct buf resume_url; /* empty: the base URL serves */
	int64_t seq;
	int64_t intents; /* it was identified with */
};

struct budget {
	int64_t total, left;   /* identifies a day */
	int64_t reset_wall_ms; /* when `left` becomes `total` again */
	int64_t last_wall_ms;  /* the last identify; 0: never */
};

/* What ends with the connection. */
struct connection {
	bool resuming;
	bool was_up;
	bool resume_failing; /* it was asked for, and nothing new of the session came yet */
	bool said_hello;
	bool acked; /* the last beat was answered */
	int64_t interval_ms, beat_ms;
	int64_t deadline_ms;	    /* of the hello, or of the resumed session's first event */
	int64_t sent_ms[SENDS_MAX]; /* ring of the last sends */
	unsigned sent_n;
	struct inflater inflater;
};

struct discord {
	struct str token;
	bool compress, asks_gateway, forgets;
	uint64_t random;
	enum phase phase;
	struct session session;
	struct budget budget;
	struct connection link;
	struct rooms rooms;
	struct heard heard;
	struct gaps gaps;
	uint64_t staff[DISCORD_STAFF_ROOMS]; /* 0: none */
	struct backoff backoff;
	struct buf base_url;
	uint64_t me;	 /* the bot's user; 0: not known yet */
	int64_t wall_ms; /* of the event that is being handled */
	int64_t next_ms;
	unsigned joins_failed;	 /* of the session, since it was last up */
	unsigned resumes_failed; /* in a row */
	unsigned asks_failed;
	bool gateway_fresh; /* asked since the last connection ended */
	bool content_known; /* whether content is granted was asked, or is assumed */
	bool content_granted;
	bool content_refused; /* 4014 came although the flags said yes */
	bool position_dirty;
	int64_t position_ms; /* when a dirty position goes out at the latest */
	struct steps steps;
	enum platform_state state;
	struct buf state_text;
	struct buf scratch;		 /* the text of the message being read */
	struct buf link_text, edit_text; /* ... where it can be opened, the id of its edit */
	struct json *fetched;		 /* what discord_read_fetched() gave texts of */
	struct discord_counts counts;
};

enum close_action {
	CLOSE_RESUME,
	CLOSE_IDENTIFY,
	CLOSE_FATAL,
	CLOSE_CONTENT, /* fatal, unless it can be tried without the content intent */
};

struct close_rule {
	int code;
	enum close_action action;
	bool slow;	  /* we sent too much: wait longer */
	const char *what; /* for a sentence; of fatal ones the cure */
};

/* Never NULL: unknown codes resume. */
const struct close_rule *close_rule_for(int code);

/* session */
void session_drop(struct discord *d);
bool session_has(const struct discord *d);
/* Closes so that the session can be resumed (or was dropped), then connects anew. */
void session_reconnect(struct discord *d, const char *why);
void session_up(struct discord *d);
void state_set(struct discord *d, enum platform_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line for the log, a warning when the state is DEGRADED. */
void log_note(struct discord *d, enum platform_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void machine_fail(struct discord *d, struct str why);
/* wss:// always; ws:// only where ws:// was configured. */
bool url_is_usable(const struct discord *d, struct str url);

/* frames */
void link_begin(struct discord *d);
void link_end(struct discord *d);
void link_opened(struct discord *d, struct machine_time at);
void link_tick(struct discord *d, struct machine_time at);
int64_t link_wake_ms(const struct discord *d);

/* events */
void event_handle(struct discord *d, struct str name, const struct json *event);

/* A message of a history, read by the rules of events. */
void event_missed(struct discord *d, const struct json *json, const struct gap *gap);

/* missed */
/* A session begins that is no continuation: every room gets its gap. Before the rooms are forgotten. */
void missed_open(struct discord *d, const struct json *ready);
/* The channels of a server are known. */
void missed_server(struct discord *d, const struct json *guild);
/* Asks for the next page, when there is one and none is under way. */
void missed_ask(struct discord *d, struct machine_time at);

/* position */
void position_read(struct discord *d, struct str position, struct machine_time at);
/* At once, when it changed or `always`. */
void position_give(struct discord *d, bool always);
/* It changed: gives it within a second, together with others. */
void position_touch(struct discord *d, struct machine_time at);

#endif
