/* Discord's REST calls as a machine without I/O: what is to be done goes in, calls come out when
 * the limits let them, responses go in, results come out.
 *
 * Whoever runs it (io/platform_discord) makes each call of discord_rest_next(), gives its response
 * back, takes the results, and sleeps until discord_rest_wake_ms(). Messages to one channel go out
 * one after the other, each person's in the order they were put in; safety texts and alerts go first
 * (wire/lanes.h). What may work later is tried again until it
 * does: that is safe, because every message carries an enforced nonce. Source: Discord's developer
 * documentation, resources/message, topics/rate-limits, topics/opcodes-and-status-codes. */
#ifndef WIRE_DISCORD_REST_H
#define WIRE_DISCORD_REST_H

#include "wire/discord.h"

#define DISCORD_REST_BODY_MAX ((size_t)8 * 1024 * 1024) /* of a response; a history is long */
#define DISCORD_REST_CALLS_MAX 20			/* under way at once */
#define DISCORD_REST_CALLS_KEPT 4			/* ... of which only for what is urgent */
#define DISCORD_NONCE_MAX 25

struct discord_rest;

enum discord_result_kind {
	DISCORD_DELIVERED, /* `delivery`, `outcome`; `message` when sent, else `why` */
	DISCORD_TROUBLE,   /* with the channel `message`: `trouble` */
	DISCORD_FETCHED,   /* `message`, `link`; `body` for discord_read_fetched(), empty: gone */
	DISCORD_HISTORY,   /* of the channel `message`: `body` for discord_history_is(), or `why` */
	DISCORD_GATEWAY,   /* `gateway`; or `why`, when its url is empty */
	DISCORD_APPLICATION,	/* `flags`; or `why`, when they are -1 */
	DISCORD_UNAUTHORIZED,	/* everything stops; `why` names the cure. The last result */
	DISCORD_TOO_MANY_WRONG, /* everything waits some minutes; `why` says so */
	DISCORD_SENDING_AGAIN,	/* ... and goes on */
};

struct discord_result {
	enum discord_result_kind kind;
	uint64_t delivery;
	enum delivery_outcome outcome;
	enum trouble trouble;
	struct str why;
	struct str message; /* id */
	struct str link;
	struct str body;
	struct discord_gateway gateway;
	int64_t flags;
};

/* `api_url` without a version: "https://discord.com/api". Copied. The process runs since `started_ms` of
 * the clock that never jumps. */
struct discord_rest *discord_rest_new(struct str api_url, uint64_t seed, int64_t started_ms);
/* Accepts NULL. */
void discord_rest_free(struct discord_rest *r);

/* The bot's own user, which the gateway told; 0: it did not yet. */
void discord_rest_me(struct discord_rest *r, uint64_t user);

/* Puts a reply in. Everything is copied. Kinds are letters and hyphens and must differ in the first
 * letters of their words: (message, those letters, piece) is the nonce by which Discord knows a
 * message that it has already. It forgets nonces after some minutes: a reply that may have gone out
 * longer ago, in an earlier run or by a try whose outcome is not known, is looked for in the channel
 * first (how it is known there: wire/discord_copies.h); so is every reply before Discord's clock is known, as ours cannot tell how old it is. */
void discord_rest_send(struct discord_rest *r, const struct delivery *delivery,
		       struct machine_time at);
/* The message was deleted: replies to it are not sent any more, but for what is under way, and refused; not
 * what is told of it elsewhere. One that may have gone out is looked for before, and is sent when it is
 * there, so that whoever put it in can remove it. */
void discord_rest_withdraw(struct discord_rest *r, struct str message);
/* `link` is given back with the result. */
void discord_rest_fetch(struct discord_rest *r, struct str channel, struct str message,
			struct str link);
/* `limit` messages behind `after`, 1 to 100. Goes out only when nothing else can, and seldom: whoever
 * writes now does not wait for what was written before. */
void discord_rest_history(struct discord_rest *r, struct str channel, uint64_t after,
			  unsigned limit);
void discord_rest_ask_gateway(struct discord_rest *r);
void discord_rest_ask_application(struct discord_rest *r);

/* A call to make now; its texts live until the next one is asked for. False when none may go out now. */
bool discord_rest_next(struct discord_rest *r, struct machine_call *call, struct machine_time at);
void discord_rest_answer(struct discord_rest *r, uint64_t id,
			 const struct machine_response *response, struct machine_time at);
/* A result; its texts live until the next one is asked for. */
bool discord_rest_result(struct discord_rest *r, struct discord_result *result);
/* When discord_rest_next() is worth a call again; INT64_MAX: when a response comes. */
int64_t discord_rest_wake_ms(struct discord_rest *r, struct machine_time at);
/* Calls that were given out and not answered yet. */
size_t discord_rest_under_way(const struct discord_rest *r);

/* "1385000000000000000a0", or "...es0" for the kind "edit-staff": into `out`; false when `message` is no
 * snowflake, the kind is none, or it would not fit. */
bool discord_nonce(struct str message, struct str kind, unsigned piece,
		   char out[DISCORD_NONCE_MAX + 1]);

/* A moment, which every reader sees in their own time zone (reference, Message Formatting). */
void discord_time_write(int64_t unix_ms, struct buf *out);

#endif
