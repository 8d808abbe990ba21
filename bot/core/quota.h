/* How much somebody may ask: a bucket of tokens for each person, or each room. A full bucket holds a
 * minute's worth, and fills again within a minute. Whoever has emptied theirs gets nothing until a
 * minute is over, and has a full one then.
 *
 * It counts; what to do about whoever is over is the caller's. Keys are hashes, of which a bounded
 * number is known at a time: the one that was not met for longest gives way, and begins anew. */
#ifndef CORE_QUOTA_H
#define CORE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#define QUOTA_PAUSE_MS ((int64_t)60000)

struct quota;

enum quota_verdict {
	QUOTA_WITHIN,
	QUOTA_EMPTIED, /* this is the first that is too many */
	QUOTA_OVER,    /* ... and this one comes behind it */
};

/* 0 a minute: no limit. */
struct quota *quota_new(unsigned per_minute);
/* Accepts NULL. */
void quota_free(struct quota *q);

/* True when the next one would be over. */
bool quota_is_over(const struct quota *q, uint64_t key, int64_t now_ms);
/* Takes as many tokens, at most one, or says that there is not one. Time that runs backwards stands still. */
enum quota_verdict quota_take(struct quota *q, uint64_t key, double tokens, int64_t now_ms);

#endif
