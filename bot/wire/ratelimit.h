/* When a request to Discord's REST API may go out. Learns buckets from the headers of responses,
 * obeys 429 of every shape, keeps below the global limit, and stops before the count of invalid
 * requests makes Discord ban the clinic's address. No I/O, no clock: times are arguments, in ms of
 * a monotonic clock. Source: Discord's developer documentation, topics/rate-limits. */
#ifndef WIRE_RATELIMIT_H
#define WIRE_RATELIMIT_H

#include "core/str.h"

#ifndef RATELIMIT_GLOBAL_MAX	/* tests/bench builds a bot without limits */
#define RATELIMIT_GLOBAL_MAX 50 /* requests in RATELIMIT_GLOBAL_MS */
#endif
#define RATELIMIT_GLOBAL_MS 1050      /* a second, and a little for the network's haste */
#define RATELIMIT_INVALID_MAX 50      /* of the 10,000 that Discord bans an address for */
#define RATELIMIT_INVALID_MS 600000   /* in ten minutes */
#define RATELIMIT_WAIT_MAX_MS 3600000 /* whatever a 429 asks for */
#define RATELIMIT_WAIT_MIN_MS 100
#define RATELIMIT_WAIT_MS 5000 /* when a 429 does not say */

struct ratelimit;

/* What shares a bucket: a route ("POST messages") and the channel in its path. */
struct ratelimit_key {
	struct str route;
	struct str major;
};

struct ratelimit_response {
	int status;
	struct str headers; /* lines with CRLF or LF between them */
	struct str body;
};

struct ratelimit *ratelimit_new(void);
/* Accepts NULL. */
void ratelimit_free(struct ratelimit *r);

/* From when on a request may go out; `now_ms` or earlier: at once. */
int64_t ratelimit_open_ms(struct ratelimit *r, struct ratelimit_key key, int64_t now_ms);
/* It went out. */
void ratelimit_sent(struct ratelimit *r, struct ratelimit_key key, int64_t now_ms);
void ratelimit_answered(struct ratelimit *r, struct ratelimit_key key,
			const struct ratelimit_response *response, int64_t now_ms);
/* True while everything waits because of too many invalid requests. */
bool ratelimit_is_stopped(const struct ratelimit *r, int64_t now_ms);

#endif
