/* Looking a platform over before patients meet the bot there (`clinicbot check --online`): what is asked
 * of it, and what the answers mean. Machines without I/O, one for each platform: questions come out one
 * after the other, answers go in, findings come out.
 *
 * Nothing is changed at the other side: no message, no sign-in, no session of the gateway. It ends by
 * itself: the questions are bounded in number, and one that is not answered is the last.
 *
 * Whoever runs it (io/online_run) takes the findings with online_finding() until there are none, then
 * asks for the next step, carries it out, answers, and begins again, until online_next() gives false. */
#ifndef WIRE_ONLINE_H
#define WIRE_ONLINE_H

#include "core/arena.h"
#include "core/buf.h"
#include "wire/machine.h"

#define ONLINE_BODY_MAX ((size_t)8 * 1024 * 1024)
#define ONLINE_WAIT_MAX_MS 10000 /* that a 429 may ask for; longer ones are told of */

struct online;

enum finding_kind {
	FINDING_GOOD,
	FINDING_NOTE, /* cannot be seen from here, or is for a person to decide */
	FINDING_MEND, /* keeps the bot from working; the words say what to do */
};

struct finding {
	enum finding_kind kind;
	struct str what; /* one line; holds no secret and no control bytes */
};

enum online_step_kind {
	ONLINE_CALL,  /* make the request, then online_answer() */
	ONLINE_GREET, /* open a websocket to the url, wait for its first message and close it; then
			 online_answer() with status 101 and the message as body, or with status 0 */
	ONLINE_WAIT,  /* let `wait_ms` pass */
};

struct online_step {
	enum online_step_kind kind;
	struct machine_call call; /* borrowed until the next step; without an id */
	int64_t wait_ms;
};

/* Accepts NULL. Wipes its secrets. */
void online_free(struct online *o);

/* The next step, false at the end. */
bool online_next(struct online *o, struct online_step *step);
/* `wall_ms`: Unix time, by this machine's clock. */
void online_answer(struct online *o, const struct machine_response *answer, int64_t wall_ms);
/* The time is up: what was not asked by now is not. `what` says so. */
void online_give_up(struct online *o, struct str what);
/* The next finding that was not taken; its text lives as long as the machine. */
bool online_finding(struct online *o, struct finding *out);

/* --- Discord --- */

struct online_discord_settings {
	struct str token;
	struct str api_url;	    /* "https://discord.com/api" */
	struct str gateway_url;	    /* empty: the one that Discord names */
	const struct str *channels; /* ids */
	size_t channels_n;
	struct str staff[2]; /* ids; may be empty */
};

/* Everything is copied. */
struct online *online_discord_new(const struct online_discord_settings *settings);

/* --- Matrix --- */

struct online_matrix_settings {
	struct str homeserver, user;
	/* An access token; or none, and then what an earlier sign-in by password kept, empty when there
	 * is nothing. */
	struct str token, session;
	bool is_appservice; /* `token` is an as_token */
	const struct str *invite_from;
	size_t invite_from_n;
	struct str staff[2]; /* room ids; may be empty */
};

/* Everything is copied. */
struct online *online_matrix_new(const struct online_matrix_settings *settings);

#endif
