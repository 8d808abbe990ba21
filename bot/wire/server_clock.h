/* How the clock of a platform's servers stands to ours, by the Date of their answers. What somebody wrote
 * has its time from there: how old it is must be reckoned by that clock, as ours may be wrong.
 *
 * The Date is in whole seconds and as old as the answer was under way: clocks that differ by no more than
 * SERVER_CLOCK_NEAR_MS count as one. */
#ifndef WIRE_SERVER_CLOCK_H
#define WIRE_SERVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

#define SERVER_CLOCK_NEAR_MS ((int64_t)30000)

/* All zero: nothing is known yet. */
struct server_clock {
	bool is_known;	  /* an answer told */
	int64_t there_ms; /* what the last answer told that did */
	int64_t ahead_ms; /* theirs is, and ours behind; negative: ours is ahead; 0: near, or not known */
};

/* An answer came with these headers at `wall_ms` of our clock. One that has no date, or comes out of a cache
 * (RFC 9111, 5.1: it has an Age), tells nothing. True when it is news: the clocks came apart, or together. */
bool server_clock_heard(struct server_clock *clock, struct str headers, int64_t wall_ms);

#endif
