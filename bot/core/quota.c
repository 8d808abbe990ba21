#include "core/quota.h"

#include <stdlib.h>

#include "core/arena.h"

#define SETS 1024
#define WAYS 4

struct bucket {
	uint64_t key; /* 0: free */
	double tokens;
	int64_t met_ms;	 /* up to when it was filled */
	int64_t over_ms; /* until then it gives nothing; 0: it does */
};

struct quota {
	unsigned per_minute;
	struct bucket buckets[SETS][WAYS];
};

struct quota *quota_new(unsigned per_minute)
{
	struct quota *q = calloc(1, sizeof *q);

	if (!q)
		out_of_memory();
	q->per_minute = per_minute;
	return q;
}

void quota_free(struct quota *q)
{
	free(q);
}

static uint64_t never_0(uint64_t key)
{
	return key ? key : 1;
}

bool quota_is_over(const struct quota *q, uint64_t key, int64_t now_ms)
{
	const struct bucket *set = q->buckets[never_0(key) % SETS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == never_0(key))
			return now_ms < set[i].over_ms;
	return false;
}

static struct bucket *bucket_of(struct quota *q, uint64_t key, int64_t now_ms)
{
	struct bucket *set = q->buckets[key % SETS];
	struct bucket *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].key == 0 || (oldest->key && set[i].met_ms < oldest->met_ms))
			oldest = &set[i];
	}
	*oldest = (struct bucket){key, q->per_minute, now_ms, 0};
	return oldest;
}

static void fill(const struct quota *q, struct bucket *b, int64_t now_ms)
{
	if (now_ms <= b->met_ms)
		return;
	b->tokens += (double)(now_ms - b->met_ms) * q->per_minute / QUOTA_PAUSE_MS;
	if (b->tokens > q->per_minute)
		b->tokens = q->per_minute;
	b->met_ms = now_ms;
}

enum quota_verdict quota_take(struct quota *q, uint64_t key, double tokens, int64_t now_ms)
{
	struct bucket *b;

	if (q->per_minute == 0)
		return QUOTA_WITHIN;
	b = bucket_of(q, never_0(key), now_ms);
	if (now_ms < b->over_ms) {
		b->met_ms = now_ms > b->met_ms ? now_ms : b->met_ms;
		return QUOTA_OVER;
	}
	if (b->over_ms)
		*b = (struct bucket){b->key, q->per_minute, now_ms, 0};
	fill(q, b, now_ms);
	if (b->tokens < 1) {
		b->over_ms = now_ms + QUOTA_PAUSE_MS;
		return QUOTA_EMPTIED;
	}
	b->tokens -= tokens;
	return QUOTA_WITHIN;
}
