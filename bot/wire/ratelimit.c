#include "wire/ratelimit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/http_head.h"
#include "wire/json.h"

#define ROUTES_MAX 16
#define BUCKETS_MAX 4096
#define RESPONSE_MAX ((size_t)64 * 1024) /* of a 429's JSON; more is no JSON of Discord */

struct route {
	uint64_t route;	 /* hash of its name */
	uint64_t bucket; /* hash of the X-RateLimit-Bucket it was told */
};

struct bucket {
	uint64_t key;	    /* hash of bucket (or route, before it is known) and major */
	int64_t open_ms;    /* blocked until then */
	int64_t reset_ms;   /* `remaining` counts until then */
	uint64_t remaining; /* valid before reset_ms only */
};

struct ratelimit {
	struct route routes[ROUTES_MAX];
	size_t routes_n;
	struct bucket *buckets;
	size_t buckets_n, buckets_cap;
	int64_t global_open_ms;
	int64_t sent_ms[RATELIMIT_GLOBAL_MAX]; /* ring */
	uint64_t sent_n;
	int64_t invalid_ms[RATELIMIT_INVALID_MAX]; /* ring */
	uint64_t invalid_n;
};

struct ratelimit *ratelimit_new(void)
{
	struct ratelimit *r = calloc(1, sizeof *r);

	if (!r)
		out_of_memory();
	return r;
}

void ratelimit_free(struct ratelimit *r)
{
	if (!r)
		return;
	free(r->buckets);
	free(r);
}

static struct route *route_find(struct ratelimit *r, uint64_t route)
{
	for (size_t i = 0; i < r->routes_n; i++)
		if (r->routes[i].route == route)
			return &r->routes[i];
	return NULL;
}

static uint64_t key_of(struct ratelimit *r, struct ratelimit_key key)
{
	uint64_t route = str_hash(key.route, 0);
	const struct route *known = route_find(r, route);

	return str_hash(key.major, known ? known->bucket : route);
}

static struct bucket *bucket_find(struct ratelimit *r, uint64_t key)
{
	for (size_t i = 0; i < r->buckets_n; i++)
		if (r->buckets[i].key == key)
			return &r->buckets[i];
	return NULL;
}

/* A place for one more: one that says nothing any more, a new one, or the one that says the least. */
static struct bucket *bucket_place(struct ratelimit *r, int64_t now_ms)
{
	size_t soonest = 0;

	for (size_t i = 0; i < r->buckets_n; i++) {
		if (r->buckets[i].reset_ms <= now_ms && r->buckets[i].open_ms <= now_ms)
			return &r->buckets[i];
		if (r->buckets[i].open_ms < r->buckets[soonest].open_ms)
			soonest = i;
	}
	if (r->buckets_n == BUCKETS_MAX)
		return &r->buckets[soonest];
	if (r->buckets_n == r->buckets_cap) {
		r->buckets_cap = r->buckets_cap ? r->buckets_cap * 2 : 32;
		r->buckets = realloc(r->buckets, r->buckets_cap * sizeof *r->buckets);
		if (!r->buckets)
			out_of_memory();
	}
	return &r->buckets[r->buckets_n++];
}

static struct bucket *bucket_make(struct ratelimit *r, uint64_t key, int64_t now_ms)
{
	struct bucket *bucket = bucket_find(r, key);

	if (bucket)
		return bucket;
	bucket = bucket_place(r, now_ms);
	*bucket = (struct bucket){.key = key, .open_ms = now_ms, .reset_ms = now_ms};
	return bucket;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* When the oldest of a full ring falls out of the window. */
static int64_t ring_open_ms(const int64_t *ring, uint64_t n, size_t max, int64_t window_ms)
{
	return n < max ? INT64_MIN : ring[n % max] + window_ms;
}

bool ratelimit_is_stopped(const struct ratelimit *r, int64_t now_ms)
{
	return ring_open_ms(r->invalid_ms, r->invalid_n, RATELIMIT_INVALID_MAX,
			    RATELIMIT_INVALID_MS) > now_ms;
}

int64_t ratelimit_open_ms(struct ratelimit *r, struct ratelimit_key key, int64_t now_ms)
{
	const struct bucket *bucket = bucket_find(r, key_of(r, key));
	int64_t open = r->global_open_ms;

	open = later(open, ring_open_ms(r->sent_ms, r->sent_n, RATELIMIT_GLOBAL_MAX,
					RATELIMIT_GLOBAL_MS));
	open = later(open, ring_open_ms(r->invalid_ms, r->invalid_n, RATELIMIT_INVALID_MAX,
					RATELIMIT_INVALID_MS));
	if (bucket)
		open = later(open, bucket->open_ms);
	if (bucket && bucket->reset_ms > now_ms && bucket->remaining == 0)
		open = later(open, bucket->reset_ms);
	return open;
}

void ratelimit_sent(struct ratelimit *r, struct ratelimit_key key, int64_t now_ms)
{
	struct bucket *bucket = bucket_find(r, key_of(r, key));

	r->sent_ms[r->sent_n++ % RATELIMIT_GLOBAL_MAX] = now_ms;
	if (bucket && bucket->reset_ms > now_ms && bucket->remaining)
		bucket->remaining--;
}

/* Seconds as ms, rounded up and bounded; -1 when it is no time that one can wait. */
static int64_t wait_of(double seconds)
{
	if (!isfinite(seconds) || seconds < 0)
		return -1;
	if (seconds * 1000 > RATELIMIT_WAIT_MAX_MS)
		return RATELIMIT_WAIT_MAX_MS;
	return (int64_t)ceil(seconds * 1000);
}

static int64_t wait_of_header(struct str headers, struct str name)
{
	struct str value = header_value(headers, name);
	char digits[32], *end;
	double seconds;

	if (value.n == 0 || value.n >= sizeof digits)
		return -1;
	memcpy(digits, value.p, value.n);
	digits[value.n] = '\0';
	seconds = strtod(digits, &end);
	return *end ? -1 : wait_of(seconds);
}

static void learn(struct ratelimit *r, struct ratelimit_key key, struct str headers, int64_t now_ms)
{
	struct str name = header_value(headers, STR("X-RateLimit-Bucket"));
	int64_t wait = wait_of_header(headers, STR("X-RateLimit-Reset-After"));
	uint64_t route = str_hash(key.route, 0), remaining;
	struct route *known = route_find(r, route);
	struct bucket *bucket;

	if (name.n && !known && r->routes_n < ROUTES_MAX) {
		known = &r->routes[r->routes_n++];
		known->route = route;
	}
	if (name.n && known)
		known->bucket = str_hash(name, 0);
	if (wait < 0 ||
	    !str_to_u64(header_value(headers, STR("X-RateLimit-Remaining")), &remaining))
		return;
	bucket = bucket_make(r, key_of(r, key), now_ms);
	bucket->remaining = remaining;
	bucket->reset_ms = now_ms + wait;
}

struct refusal {
	int64_t wait_ms;
	bool global, shared;
};

/* What a 429 says. Without JSON it comes from Cloudflare and concerns the address as a whole. */
static struct refusal read_429(const struct ratelimit_response *response)
{
	struct json *body = json_parse(response->body, RESPONSE_MAX, NULL);
	struct str scope = header_value(response->headers, STR("X-RateLimit-Scope"));
	struct refusal refusal = {.wait_ms = -1, .shared = str_eq_nocase(scope, STR("shared"))};
	double seconds;
	int64_t wait_ms;

	if (json_number(body, "retry_after", &seconds))
		refusal.wait_ms = wait_of(seconds);
	if (refusal.wait_ms < 0)
		refusal.wait_ms = wait_of_header(response->headers, STR("Retry-After"));
	if (refusal.wait_ms < 0 && retry_after_read(response->headers, 0, &wait_ms))
		refusal.wait_ms = wait_ms < RATELIMIT_WAIT_MAX_MS ? wait_ms : RATELIMIT_WAIT_MAX_MS;
	if (refusal.wait_ms < 0)
		refusal.wait_ms = wait_of_header(response->headers, STR("X-RateLimit-Reset-After"));
	if (refusal.wait_ms < 0)
		refusal.wait_ms = RATELIMIT_WAIT_MS;
	refusal.wait_ms = later(refusal.wait_ms, RATELIMIT_WAIT_MIN_MS);
	refusal.global = !json_is_object(body) || json_true(body, "global") ||
			 str_eq_nocase(scope, STR("global")) ||
			 str_eq_nocase(header_value(response->headers, STR("X-RateLimit-Global")),
				       STR("true"));
	json_free(body);
	return refusal;
}

static void count_invalid(struct ratelimit *r, int64_t now_ms)
{
	r->invalid_ms[r->invalid_n++ % RATELIMIT_INVALID_MAX] = now_ms;
}

void ratelimit_answered(struct ratelimit *r, struct ratelimit_key key,
			const struct ratelimit_response *response, int64_t now_ms)
{
	struct refusal refusal;
	struct bucket *bucket;

	learn(r, key, response->headers, now_ms);
	if (response->status == 401 || response->status == 403)
		count_invalid(r, now_ms);
	if (response->status != 429)
		return;
	refusal = read_429(response);
	if (!refusal.shared)
		count_invalid(r, now_ms);
	if (refusal.global) {
		r->global_open_ms = later(r->global_open_ms, now_ms + refusal.wait_ms);
		return;
	}
	bucket = bucket_make(r, key_of(r, key), now_ms);
	bucket->open_ms = later(bucket->open_ms, now_ms + refusal.wait_ms);
}
