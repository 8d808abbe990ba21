/* Discord's gateway as a machine without I/O: frames, closings and time go in, steps come out.
 *
 * Whoever runs it (io/platform_discord) calls one of the inputs, then takes steps with
 * discord_next() until there are none, then sleeps until discord_wake_ms() or the next event. It
 * keeps one session alive for ever: hello, beats, resume, identify within the daily budget,
 * backing off, and it says in a sentence what is wrong and what to do about it.
 *
 * Source of the rules: Discord's developer documentation, API version 10 (events/gateway,
 * topics/opcodes-and-status-codes, resources/message). */
#ifndef WIRE_DISCORD_H
#define WIRE_DISCORD_H

#include "core/err.h"
#include "port/platform.h"
#include "wire/machine.h"

#define DISCORD_FRAME_MAX ((size_t)16 * 1024 * 1024) /* one event, inflated */
#define DISCORD_CHANNELS_MAX 200
#define DISCORD_STAFF_ROOMS 2
#define DISCORD_POSITION_MAX ((size_t)1024 * 1024)
#define DISCORD_CLOSE_RESUMABLE 4900 /* anything but 1000 and 1001 keeps the session */
#define DISCORD_CLOSE_FINAL 1000
/* Flags of the application: content granted after review, or switched on by hand. */
#define DISCORD_FLAGS_CONTENT ((1 << 18) | (1 << 19))
#define DISCORD_BUDGET_KEPT 10 /* one of so many identifies is never spent */

struct discord;

struct discord_settings {
	struct str token;	    /* borrowed as long as the machine lives */
	struct str gateway_url;	    /* empty: ask Discord */
	const struct str *channels; /* ids of channels (or categories) where every message counts */
	size_t channels_n;
	bool compress; /* zlib-stream: frames are then pieces of one compressed stream */
	/* What was written while no session existed is read from the history: at most so many
	 * messages of a room, 0: none, and none older. */
	unsigned missed_messages;
	int64_t missed_age_ms;
	/* Replies in these channels are read from the history too; may be empty. */
	struct str staff[DISCORD_STAFF_ROOMS];
	bool forgets;  /* ends its session when it is stopped, as if it did not come back */
	uint64_t seed; /* of the jitter */
};

/* What GET /gateway/bot answered; a number that was not there is -1. */
struct discord_gateway {
	struct str url;
	int64_t total;	   /* identifies a day */
	int64_t remaining; /* of them */
	int64_t reset_after_ms;
};

/* The gateway's own steps, beside those of wire/machine.h. Its websocket is opened to `call.url`. */
enum discord_step_kind {
	DISCORD_ASK_GATEWAY =
		MACHINE_OWN, /* GET /gateway/bot, then discord_gateway_is() or _unknown() */
	DISCORD_ASK_APPLICATION, /* GET /applications/@me, then discord_application_is() or _unknown() */
	DISCORD_ASK_HISTORY, /* GET the channel `text`: `limit` messages behind `after`, when nothing
				else is to be done; then discord_history_is() */
};

/* What happened so far, for metrics. */
struct discord_counts {
	uint64_t frames, malformed, unknown_ops, unknown_events;
	uint64_t messages;	  /* given to the bot */
	uint64_t without_content; /* came empty because the content intent is missing */
	uint64_t history_pages, history_messages; /* read; handed in, duplicates too */
	uint64_t connects, identifies, resumes, sessions_lost, zombies, closes;
};

/* NULL with ERR_INPUT when the token or a channel id cannot be one. */
struct discord *discord_new(const struct discord_settings *settings, struct err *err);
/* Accepts NULL. */
void discord_free(struct discord *d);

/* `position` is the text of the last MACHINE_POSITION, empty at first; one that no clinicbot wrote
 * is treated as empty. Called once, first. */
void discord_start(struct discord *d, struct str position, struct machine_time at);
void discord_gateway_is(struct discord *d, const struct discord_gateway *gateway,
			struct machine_time at);
void discord_gateway_unknown(struct discord *d, struct str why, struct machine_time at);
/* `flags` of the application, which tell whether message content is granted. */
void discord_application_is(struct discord *d, int64_t flags, struct machine_time at);
void discord_application_unknown(struct discord *d, struct str why, struct machine_time at);
/* The page of the room's history that was asked for, the body of GET /channels/{id}/messages; empty:
 * it will never come, and `why` says why. */
void discord_history_is(struct discord *d, struct str room, struct str body, struct str why,
			struct machine_time at);
/* The websocket: opened; one whole message of it; its end, with ws.h's meaning of `code`, also
 * when it could not be opened. */
void discord_opened(struct discord *d, struct machine_time at);
void discord_frame(struct discord *d, struct str frame, struct machine_time at);
void discord_closed(struct discord *d, int code, struct str why, struct machine_time at);
/* Time has passed. */
void discord_tick(struct discord *d, struct machine_time at);
/* When discord_tick() is wanted at the latest, in mono_ms; INT64_MAX: not at all. */
int64_t discord_wake_ms(const struct discord *d);

/* Gives the last position, closes resumable (unless it forgets) and ignores every frame from now on. */
void discord_stop(struct discord *d);
/* Stops for good because REST learned that it must: `why` names the cure. */
void discord_fail(struct discord *d, struct str why);

/* The next step; false when there is none. Its texts live until the next one is asked for. */
bool discord_next(struct discord *d, struct machine_step *step);
/* Gives its state as a step once more. */
void discord_state_again(struct discord *d);

/* Reads the body of GET /channels/{id}/messages/{id} as the message for the bot that was asked for,
 * by the id that it was given under, of a message or of an edit, and with the link it had then. False when it is none, or not for
 * the bot. The texts of `*out` live until the next call on `d`. */
bool discord_read_fetched(struct discord *d, struct str asked, struct str link, struct str body,
			  struct message *out);

/* Adds the address at which the gateway at `url` is opened. */
void discord_gateway_write(struct str url, struct buf *out);

/* "1385:2026-11-22T21:00:00+00:00" is an edit of the message 1385, which this gives; a message's own id
 * is given as it is. */
struct str discord_edited(struct str id);

/* The bot's user; 0: Discord did not say yet. */
uint64_t discord_me(const struct discord *d);
const struct discord_counts *discord_counts(const struct discord *d);

#endif
