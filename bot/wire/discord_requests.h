/* One request to Discord's REST API: what it looks like on the wire, and what its answer says.
 * Shared by the rooms of the REST machine. */
#ifndef WIRE_DISCORD_REQUESTS_H
#define WIRE_DISCORD_REQUESTS_H

#include "wire/backoff.h"
#include "wire/discord_rest.h"
#include "wire/lanes.h"
#include "wire/ratelimit.h"

/* Discord remembers nonces for "a few minutes": within this time a message may be sent again
 * blindly, later the channel's history must be looked at first. It counts from when the message may
 * first have gone out, by the clock that says more: one stands still while the machine sleeps, the
 * other may be set back. */
#define NONCE_TRUST_MS 120000

#define HISTORY_PAGE 100 /* messages that Discord gives at most for one look */
/* Behind one question; a channel with more than these 2000 messages since then is not read to its
 * end: the reply is sent, at the risk of a second one, rather than lost. */
#define HISTORY_PAGES_MAX 20

enum request_kind {
	REQUEST_SEND,
	REQUEST_REMOVE,
	REQUEST_CHANGE,
	REQUEST_FETCH,
	REQUEST_HISTORY,
	REQUEST_GATEWAY,
	REQUEST_APPLICATION,
};

struct request {
	struct waiter waits; /* first; its room is the channel */
	enum request_kind kind;
	struct backoff backoff;
	int64_t not_before_ms;
	uint64_t delivery;
	bool without_reference;
	bool elsewhere;	  /* never was a reply: a copy of it names no question */
	size_t known_n;	  /* of the text: a copy begins with as much; 0: is the same */
	bool must_look;	  /* it may have been sent before, longer ago than nonces are remembered */
	bool earlier_run; /* may have sent it, with other words perhaps */
	bool doubted;	  /* it may have been sent before, first at `doubt` */
	unsigned pages;	  /* of the history, looked at in this look */
	uint64_t seen_to; /* the newest message on them; 0: none looked at yet */
	unsigned replies; /* to the question, of the bot's own, on them */
	uint64_t changed; /* the one of them that is most alike; 0: none */
	unsigned changed_share; /* how much it is, of a thousand */
	uint64_t after;		/* of a history */
	unsigned limit;		/* ... */
	uint64_t found;		/* the copy that was sent before; 0: none */
	struct machine_time doubt;
	bool withdrawn; /* its question is gone: it is looked for, if it may be there, and never sent */
	struct machine_time called; /* when the call under way was given out */
	unsigned piece;
	char nonce[DISCORD_NONCE_MAX + 1];
	struct str message, text; /* in `texts`, as the channel is */
	size_t texts_n;
	char texts[];
};

/* Texts are copied. */
struct request *request_new(enum request_kind kind, struct str channel, struct str message,
			    struct str text, uint64_t seed);

/* The request that waits. */
struct request *request_of(struct waiter *waiter);
/* Frees it; replies are about somebody's health and are wiped. */
void request_drop(struct waiter *waiter);

struct ratelimit_key request_limit_key(const struct request *request);
/* It may have gone out at `at`, and nobody knows; an earlier doubt stays. */
void request_doubt(struct request *request, struct machine_time at);
/* Its question is gone. */
void request_withdraw(struct request *request);
/* Sees whether Discord may have forgotten the nonce of what is in doubt. */
void request_age(struct request *request, struct machine_time now);
/* The call that it makes now: `*call` borrows from the two buffers, which are overwritten. */
void request_write(const struct request *request, struct str api_url, struct buf *url,
		   struct buf *body, struct machine_call *call);

/* The message behind which the next page of the history begins. */
uint64_t request_look_from(const struct request *request);
/* Nothing was found or can be: it is sent next, and a later look begins at the question again. */
void request_look_end(struct request *request);

/* The id of the message that a POST made, or gave because it was there: 0 when the body has none. */
uint64_t created_id(struct str text);

/* GET /gateway/bot: the address into `url`, the numbers into `*gateway` (-1: not there). */
void gateway_read(struct str text, struct buf *url, struct discord_gateway *gateway);
/* GET /applications/@me: -1 when it has no flags. */
int64_t application_flags(struct str text);

#endif
