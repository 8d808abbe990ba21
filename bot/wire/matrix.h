/* Matrix as a machine without I/O: answers of the homeserver and time go in, steps come out.
 *
 * Whoever runs it (io/platform_matrix) calls one of the inputs, then takes steps with matrix_next()
 * until there are none, then sleeps until matrix_wake_ms() or the next answer. It signs in, reads
 * the stream by long polls of /sync, fills what a poll left out, accepts invitations, and sends
 * replies, one at a time in each room (and beside it what is urgent there, one at a time too), each under a
 * transaction id that is derived from the message it replies to: sent again, the server knows it.
 *
 * As an appservice (`wsproxy` is set) it reads no /sync: the homeserver pushes events to a proxy, which
 * hands them on over a websocket (fi.mau.as_sync), and what that may have lost is read from the rooms
 * themselves, matrix_appservice.h.
 *
 * A room is named "!room:server", or "!room:server $root" in a thread: where the reply goes.
 *
 * Encryption is not spoken. Where a room is or ever was encrypted nothing is answered; one fixed
 * text says so there.
 *
 * Source of the rules: the Matrix client-server API, v1.1 to v1.12; of the websocket's, which no
 * specification has, mautrix-wsproxy and mautrix-go's appservice/websocket.go. */
#ifndef WIRE_MATRIX_H
#define WIRE_MATRIX_H

#include "core/err.h"
#include "port/platform.h"
#include "wire/machine.h"

#define MATRIX_BODY_MAX ((size_t)64 * 1024 * 1024) /* of a response: a first sync is long */
#define MATRIX_TEXT_MAX 4000 /* code points of a piece: at most 16 kB, and its HTML beside it */
#define MATRIX_ROOMS_MAX 1000
#define MATRIX_ID_MAX 255
#define MATRIX_STAFF_ROOMS 2
#define MATRIX_CALLS_MAX 10 /* under way at once */
#define MATRIX_FRAME_MAX \
	((size_t)16 * 1024 * 1024) /* a transaction: 100 events of 64 kB, and more */
#define MATRIX_CALL_MS_MAX ((int64_t)600 * 1000)

struct matrix;

struct matrix_settings {
	struct str homeserver; /* "https://matrix.example.org" */
	struct str user;       /* "@bot:example.org" */
	struct str wsproxy; /* "wss://matrix.example.org": we are an appservice; empty: we /sync */
	struct str token;   /* an access token, an appservice's as_token; or empty, and then: */
	struct str password;
	struct str session; /* what the last MATRIX_KEEP held, or empty */
	/* Whose invitations are accepted: user ids, in which * stands for anything. */
	const struct str *invite_from;
	size_t invite_from_n;
	/* Rooms in which staff are told: replies to us are heard there without a mention. May be empty. */
	struct str staff[MATRIX_STAFF_ROOMS];
	bool signs;		  /* read receipts, and that we write */
	bool groups_get_text;	  /* m.text in group rooms too, which notifies everybody */
	struct str unreadable;	  /* what is said, once, in an encrypted room; Markdown */
	int64_t missed_age_ms;	  /* what is older when it is read is not handed in */
	unsigned missed_messages; /* at most so many events of a room are read back */
	uint64_t seed;		  /* of the jitter */
};

/* Its own step, beside those of wire/machine.h. */
enum matrix_step_kind {
	MATRIX_KEEP =
		MACHINE_OWN, /* keep `text` (secret) where only we can read it, then matrix_kept() */
};

/* NULL with ERR_INPUT when a setting cannot be right. Texts are copied. */
struct matrix *matrix_new(const struct matrix_settings *settings, struct err *err);
/* Accepts NULL. */
void matrix_free(struct matrix *m);

/* `position` is the text of the last MACHINE_POSITION, empty at first; one that no clinicbot wrote is
 * treated as empty. Called once, first. */
void matrix_start(struct matrix *m, struct str position, struct machine_time at);
void matrix_answer(struct matrix *m, uint64_t call, const struct machine_response *response,
		   struct machine_time at);
/* The websocket is open; brought a text frame; ended, as io/ws.h says: `code` 0 when it never was open. */
void matrix_opened(struct matrix *m, struct machine_time at);
void matrix_frame(struct matrix *m, struct str frame, struct machine_time at);
void matrix_closed(struct matrix *m, int code, struct str why, struct machine_time at);
/* The last position is committed, with all that stood in front of it: the stream goes on. */
void matrix_recorded(struct matrix *m, struct machine_time at);
/* The session is kept; or not, and `why` says why: it is used all the same, and MATRIX_KEEP comes again.
 * A crash meanwhile costs a sign-in by password. */
void matrix_kept(struct matrix *m, bool kept, struct str why, struct machine_time at);
/* Time has passed. */
void matrix_tick(struct matrix *m, struct machine_time at);
/* When matrix_tick() is wanted at the latest, in mono_ms; INT64_MAX: not at all. */
int64_t matrix_wake_ms(const struct matrix *m);

/* Puts a reply in. Everything is copied. */
void matrix_send(struct matrix *m, const struct delivery *delivery, struct machine_time at);
/* The message was deleted: replies to it that cannot have gone out yet are refused. */
void matrix_withdraw(struct matrix *m, struct str message, struct machine_time at);
/* Reads one message again; answers by MACHINE_FETCHED. */
void matrix_fetch(struct matrix *m, struct str room, struct str message, struct machine_time at);

/* Reads no more, gives the last position, and begins nothing new but what is owed already. */
void matrix_stop(struct matrix *m, struct machine_time at);
/* Calls for replies that were given out and not answered yet. */
size_t matrix_under_way(const struct matrix *m);

/* The next step; false when there is none. Its texts live until the next one is asked for. */
bool matrix_next(struct matrix *m, struct machine_step *step);

#endif
