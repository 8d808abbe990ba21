/* The inside of the Matrix machine, shared by its rooms and by nobody else:
 *   matrix.c           from outside: new, time, answers, steps
 *   matrix_session.c   signing in: versions, token, who we are, the filter
 *   matrix_sync.c      one long poll after the other; invitations; where the stream stands
 *   matrix_stays.c     being in rooms: invitations, being alone there, the end of it
 *   matrix_socket.c    an appservice's websocket; matrix_appservice.c: its transactions, and rounds
 *                      through the rooms; matrix_history.c: one room of a round
 *   matrix_gaps.c      what a poll left out
 *   matrix_account.c   what the account itself holds: whom it ignores, its direct rooms
 *   matrix_before.c    what was written before we came
 *   matrix_originals.c what an edit is one of, where this run does not know it
 *   matrix_events.c    events, and who gets an answer
 *   matrix_rooms.c     what is known of each room, as text that survives a restart
 *   matrix_errands.c   what is to be done in rooms: order, transaction ids, limits, refusals
 *   matrix_errand.c    one of these: its call, and what the answer means
 *   matrix_content.c   the content of a reply
 *   matrix_signs.c     that a message was read, and that its reply is on the way */
#ifndef WIRE_MATRIX_MACHINE_H
#define WIRE_MATRIX_MACHINE_H

#include "core/arena.h"
#include "core/secret.h"
#include "wire/backoff.h"
#include "wire/heard.h"
#include "wire/json.h"
#include "wire/lanes.h"
#include "wire/matrix.h"
#include "wire/matrix_appservice.h"
#include "wire/matrix_rooms.h"
#include "wire/matrix_signs.h"
#include "wire/steps.h"
#include "wire/url.h"

#define API "/_matrix/client/v3"
#define POLL_MS 30000
#define POLL_FIRST_MS 500 /* of a run: what is owed waits for it */
#define ANSWER_MS 30000	  /* that a call may take, besides the poll */
#define LIMITED_MS 60000  /* that errands go singly and signs do not, once the server set a limit */
#define TOKEN_BYTES_MAX ((size_t)4096)
#define WHY_MAX ((size_t)400)
#define CONTENT_MAX ((size_t)60 * 1024)
#define SYNC_EVENTS 50
#define ACCOUNT_DIRECT "m.direct"
#define ACCOUNT_IGNORED "m.ignored_user_list"
#define ASKERS_MAX 512

/* What the one call that is not an errand is for. */
enum asked {
	ASKED_NOTHING,
	ASKED_VERSIONS,
	ASKED_WELL_KNOWN,
	ASKED_LOGIN,
	ASKED_REFRESH,
	ASKED_WHOAMI,
	ASKED_NAME,
	ASKED_IGNORED,
	ASKED_FILTER,
	ASKED_SYNC,
	ASKED_GAP,
	ASKED_ORIGINAL,
	ASKED_REGISTER,
	ASKED_ROOMS,
	ASKED_STATE,
	ASKED_HISTORY,
};

/* Whom the account ignores. */
struct matrix_ignored {
	uint64_t *users; /* hashes */
	size_t n;
	bool asked; /* in this run */
};

/* Signing in. */
struct matrix_session {
	struct buf token, refresh, device;
	unsigned generation; /* of the token */
	bool versions_good;
	bool elsewhere;	    /* no homeserver answers there: where it is has to be asked */
	bool old_refresh;   /* the server knows /v1/refresh only */
	bool device_known;  /* the position names the device that sent before */
	bool is_identified; /* the token is ours */
	bool name_asked;
	bool keeping; /* the session is being kept */
	bool unkept;  /* that failed: it lives in memory, and is kept as soon as that works */
	int64_t keep_ms;
	struct backoff keep_backoff;
	struct buf name;
	struct buf filter; /* id; empty: to be made */
	unsigned events;   /* that the filter lets through, of a room */
	bool sync_refused; /* 400: perhaps the filter, perhaps the token of the stream */
};

/* A room of which a poll gave the newest events only. Of one where we were, the events that it left
 * out are handed in page by page. Of one that we just came into they are read back to the
 * invitation and kept until the poll is handed in: what is for us of them hangs on what stands in
 * front. */
struct matrix_gap {
	struct matrix_gap *next;
	struct str room, from;	   /* live in the gaps' arena */
	struct str to;		   /* empty: back to the invitation */
	struct matrix_page *pages; /* of that; the oldest first */
	unsigned seen;		   /* events read */
	unsigned failures;
};

/* A message of an earlier run that an edit is one of: asked for before the edit is handed in. */
struct matrix_original {
	struct matrix_original *next;
	struct str room, event; /* live in the originals' arena */
	unsigned failures;
};

/* Who asked what, for edits and mentions: few and soon overwritten. */
struct matrix_asker {
	uint64_t event, room; /* hashes */
	int64_t sent_ms;
	bool addressed;
	bool passed; /* not one for the bot */
	char person[MATRIX_ID_MAX + 1];
	char thread[MATRIX_ID_MAX + 1]; /* that it stands in; or empty */
};

struct matrix {
	struct matrix_settings settings; /* its texts live in `arena` */
	struct arena arena;
	struct machine_time now;
	bool started, stopping, over;
	uint64_t random, last_call;

	struct matrix_session session;
	enum asked asked; /* of the call under way */
	uint64_t call;	  /* 0: none */
	int64_t call_until_ms;
	int64_t next_ms; /* nothing new is asked before */
	struct backoff backoff;

	struct buf since; /* where the stream stands; empty: never read */
	bool first;	  /* the sync under way is the first ever: nothing of it is answered */
	bool forgotten; /* ... or the server forgot where we stood: what it shows of rooms that we knew
			   * may be handed in for the second time */
	bool caught_up;	      /* a sync was answered in this run */
	bool sync_looked;     /* the answer of the poll was, for edits of what is not known */
	int64_t forgotten_ms; /* ... last; 0: never */
	int64_t asked_ms;     /* when the sync under way began */
	size_t quick;	      /* answers in a row that came at once and brought nothing new */
	struct json *sync;
	struct json *page; /* of the first gap; waits for originals */
	struct arena gaps_arena;
	struct matrix_gap *gaps;
	struct matrix_gap *gaps_back; /* that were read back */
	size_t back;		      /* bytes of these */
	struct arena originals_arena;
	struct matrix_original *originals;
	bool dirty; /* the position changed in what matters */
	bool unrecorded;
	int64_t position_ms;  /* when it was given last */
	unsigned too_old;     /* messages passed over in this sync */
	unsigned originals_n; /* since there were none */

	struct matrix_appservice appservice; /* when we are one */

	struct matrix_ignored ignored;
	bool direct_noted; /* that a direct room could not be recorded */
	struct matrix_rooms rooms;
	struct matrix_asker askers[ASKERS_MAX]; /* a ring */
	size_t askers_next;
	struct heard heard; /* by hashes */

	struct lanes lanes; /* of errands, matrix_errand.h */
	size_t under_way;
	uint64_t accepted; /* errands that went through */
	int64_t paused_ms; /* all sends wait until then */
	struct matrix_signs signs;
	int64_t singly_ms; /* until then one goes out at a time: the server set a limit */

	struct steps steps;
	enum platform_state state;
	struct buf state_text;
	struct buf url, body, text, room_text, link; /* of what is being written or read */
	struct json *fetched; /* what the step FETCHED that was given out last points into */
};

/* --- matrix.c: `why` is a format, for staff --- */
void matrix_state_set(struct matrix *m, enum platform_state state, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
void matrix_note(struct matrix *m, enum platform_state state, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
void matrix_fail(struct matrix *m, const char *why, ...) __attribute__((format(printf, 2, 3)));
/* Begins `m->url`: the server's address and `path`. */
void matrix_url(struct matrix *m, const char *path);
/* Ends it, of a call with our token: an appservice says whom it acts for. */
void matrix_url_end(struct matrix *m);
/* Gives out a call of `m->url` and gives its id. */
uint64_t matrix_call_make(struct matrix *m, const char *method, struct str body, bool authorized);
/* The one call that is no errand. */
void matrix_ask(struct matrix *m, enum asked what, const char *method, struct str body,
		int64_t poll_ms);
/* Gives it up, if one is under way. */
void matrix_call_drop(struct matrix *m);
/* It failed in a way that may pass: asked again after a while. */
void matrix_ask_again(struct matrix *m, const struct machine_response *response, const char *what);
/* What a response says: "HTTP 403, M_FORBIDDEN". */
void response_write(const struct machine_response *response, struct buf *out);
/* The errcode; borrowed from `body`. */
struct str errcode_of(const struct json *body);
/* How long a 429 asks to wait. */
int64_t response_wait_ms(const struct matrix *m, const struct machine_response *response);

/* --- session --- */
/* True when something had to be asked (or waited for) before the stream can be read. */
bool session_ask(struct matrix *m);
/* Takes the answer to what session_ask() asked. */
void session_answer(struct matrix *m, enum asked asked, const struct machine_response *response);
/* Does the answer say that our token is good for nothing? Any other 401 is a failure that may pass. */
bool session_is_refused(const struct machine_response *response);
/* That is what a call with the token of that generation was told. */
void session_refused(struct matrix *m, const struct machine_response *response,
		     unsigned generation);
bool session_is_up(const struct matrix *m);
/* Keeps it, where that failed before and it is time to try again. */
void session_keep_again(struct matrix *m);
void session_kept(struct matrix *m, bool kept, struct str why);
void session_done(struct matrix *m);
/* Reads what an earlier run kept. */
void session_read(struct matrix *m, struct str kept);

/* --- sync --- */
void sync_ask(struct matrix *m);
void sync_answer(struct matrix *m, const struct machine_response *response);
/* All gaps are filled: takes the poll's answer, which waited. */
void sync_finish(struct matrix *m);
/* Looks through it for edits of what is not known. */
void sync_look(struct matrix *m);
void matrix_position_give(struct matrix *m);
/* Reads the position of an earlier run. */
void matrix_position_read(struct matrix *m, struct str position);

/* --- stays --- */
/* Are invitations by this user accepted? */
bool inviter_is_good(const struct matrix *m, struct str inviter);
/* We are invited. `invite`: our own membership, NULL when it is not shown; `stripped`: what is shown of the
 * room's state. */
void room_invited(struct matrix *m, struct str id, const struct json *invite,
		  const struct json *stripped);
/* A room in which we are was looked at: says that it cannot be read, leaves it when nobody else is there. */
void room_settle(struct matrix *m, struct matrix_room *room);
/* Does this m.room.create say that the room replaces the one that said so? */
bool room_is_replacement(const struct matrix_room *room, const struct json *create);
/* It does not: leaves it. */
void room_refuse(struct matrix *m, struct matrix_room *room);
/* We are there no more. */
void room_left(struct matrix *m, struct str id);
/* ... as a poll shows it. */
void room_left_read(struct matrix *m, struct str id, const struct json *leave);
/* ... as this membership of ours says. */
void room_left_by(struct matrix *m, struct str id, const struct json *event);
/* For staff: nothing can be sent there any more. */
void room_trouble(struct matrix *m, const struct matrix_room *room, enum trouble kind);
/* What an earlier run began and did not end. */
void rooms_resume(struct matrix *m);

/* --- account --- */
/* Is this user on the account's list of ignored ones? Their invitations are declined, and nothing
 * that they write is read, urgent or not: a homeserver does not even show it. */
bool is_ignored(const struct matrix *m, struct str user);
/* A poll tells of changes alone: at every start the list is asked for. */
void ignored_ask(struct matrix *m);
void ignored_answer(struct matrix *m, const struct machine_response *response);
/* What a poll tells of the account. */
void account_take(struct matrix *m, const struct json *account_data);
void account_done(struct matrix *m);
/* The list of direct rooms is `known`, NULL: there is none. Has it written with this one, unless it
 * is there. Nothing else hangs on it: a kill, or a server that refuses, costs the entry; that the
 * room is direct we know by ourselves. */
void direct_add(struct matrix *m, const struct json *known, struct str room, struct str person);
/* Says so, once in a run. */
void direct_failed(struct matrix *m, struct str why);

/* --- gaps --- */
/* Those of a poll. */
void gaps_find(struct matrix *m);
/* The pages that were read back of a room we came into, the oldest first. */
const struct matrix_page *gap_pages(const struct matrix *m, struct str room);
void gap_ask(struct matrix *m);
void gap_answer(struct matrix *m, const struct machine_response *response);
/* Takes the page that waited. */
void gap_take(struct matrix *m);
void gaps_drop(struct matrix *m);

/* --- before --- */
/* What was written before we came is not for us, but for the question of whoever invited us, or of whom we
 * followed from another room: in a direct room it stands in front of our joining. The newest is the
 * question; of the others, behind the invitation, only what is urgent is answered. `events`: of a room of
 * which nothing was handed in, the oldest first. Hands these in, and gives the first that is newer. */
size_t before_take(struct matrix *m, struct matrix_room *room, const struct json *const *events,
		   size_t n);

/* --- originals --- */
/* Those that the edits among these events need. */
void originals_find(struct matrix *m, const struct matrix_room *room, const struct json *events);
/* The one that this event needs; `events` are those that come with it. */
void original_find(struct matrix *m, const struct matrix_room *room, const struct json *event,
		   const struct json *events);
/* True when there is one to wait for: it is asked for. */
bool originals_ask(struct matrix *m);
void original_answer(struct matrix *m, const struct machine_response *response);

/* --- events --- */
/* State of a room, from wherever. */
void event_state(struct matrix *m, struct matrix_room *room, const struct json *event);
/* An event of a room's timeline that is not older than our being there. True when the bot is told. */
bool event_take(struct matrix *m, struct matrix_room *room, const struct json *event);
/* The same, of a message that was written before we came, and of which only what is urgent is answered. */
bool event_overhear(struct matrix *m, struct matrix_room *room, const struct json *event);
/* When it was written. */
int64_t event_sent_ms(const struct matrix *m, const struct json *event);
/* Is it our own membership, this one? */
bool event_is_own(const struct matrix *m, const struct json *event, const char *membership);
/* ... whatever it is? */
bool event_is_own_stay(const struct matrix *m, const struct json *event);
/* A message by whoever brought us into the room that stands by itself: no edit, not redacted. */
bool event_is_question(const struct matrix *m, const struct json *event,
		       const struct matrix_room *room);
/* Reads a message as one for the bot. `asked`: it was handed in before. Texts live until the next one is
 * read. */
bool event_read(struct matrix *m, const struct matrix_room *room, const struct json *event,
		bool asked, struct message *out);
/* What this event is an edit of, when that has to be asked for; else empty. */
struct str event_original(const struct matrix *m, const struct matrix_room *room,
			  const struct json *event);
/* Remembers whose message this is and whether it is one for the bot, for its edits. */
void event_note(struct matrix *m, const struct matrix_room *room, const struct json *event);
/* Who wrote this message, and when; NULL when that is not known any more. */
const struct matrix_asker *asker_of(const struct matrix *m, struct str event);

/* --- errands --- */
void errands_init(struct matrix *m);
/* What may go out now goes. */
void errands_go(struct matrix *m);
/* True when the call was one of an errand. */
bool errand_answer(struct matrix *m, uint64_t call, const struct machine_response *response);
int64_t errands_wake_ms(const struct matrix *m);
void errands_done(struct matrix *m);
void errand_join(struct matrix *m, const struct matrix_room *room);
void errand_leave(struct matrix *m, struct str room);
/* Says once in the room that it cannot be read. */
void errand_unreadable(struct matrix *m, const struct matrix_room *room);
/* We came into a direct room that this person made: both sides record that (client-server API, "Direct
 * Messaging"). */
void errand_direct(struct matrix *m, struct str room, struct str person);
void errand_direct_write(struct matrix *m, struct str list);
/* Is a reply to this message waiting to go out, or under way? */
bool errand_is_owed(const struct matrix *m, struct str room, struct str message);
/* The server shows us a message of ours. */
struct matrix_sighting {
	struct str room, event;
	struct str transaction;	     /* it was sent under; or empty */
	struct str replies_to, body; /* or empty */
};
void errand_seen(struct matrix *m, const struct matrix_sighting *seen);
/* We are no longer in the room: nothing more can be sent there. */
void errands_room_gone(struct matrix *m, struct str room);

/* --- content --- */
struct matrix_content {
	struct str markdown;
	const char *msgtype;
	struct str replies_to; /* an event; empty: to none */
	struct str thread;     /* its root; empty: none */
	struct str mentions;   /* a user; empty: nobody */
	struct str changes;    /* our event that this is a newer wording of; empty: none */
};
/* As JSON; false when it is longer than CONTENT_MAX. */
bool content_write(const struct matrix_content *content, struct buf *out);
/* "cb.answer.0.abc" for the event "$abc": other bytes than letters, digits, - and _ as ~XX. */
void transaction_write(struct str kind, unsigned piece, struct str event, struct buf *out);

#endif
