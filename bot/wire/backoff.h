/* How long to wait before the next try. The first try comes within BACKOFF_FIRST_MS, then the wait
 * doubles from BACKOFF_STEP_MS to BACKOFF_MAX_MS; an outage that outlasts BACKOFF_LONG_TRIES tries
 * is looked at every BACKOFF_LONG_MS only, so that a day of it costs a few hundred tries. Each
 * wait is shortened at random by up to a quarter, so that many bots do not come back at once.
 * Deterministic: the same seed gives the same waits. Lives inside its owner; owns nothing. */
#ifndef WIRE_BACKOFF_H
#define WIRE_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#define BACKOFF_FIRST_MS 150
#define BACKOFF_STEP_MS 500
#define BACKOFF_MAX_MS 60000
#define BACKOFF_LONG_TRIES 30
#define BACKOFF_LONG_MS 300000
#define BACKOFF_STEADY_MS 10000 /* up for so long: the trouble before is forgotten */
#define BACKOFF_FLAP_TRIES 3 /* up, but shorter: the next wait is at most of the third try, 2 s */

struct backoff {
	uint64_t random;
	unsigned failures; /* tries since it was last up for a while */
	int64_t up_ms;
	bool up;
};

void backoff_init(struct backoff *b, uint64_t seed);
/* The wait in ms before the next try; counts that try. */
int64_t backoff_next_ms(struct backoff *b);
/* What was tried works, from `now_ms` on. */
void backoff_up(struct backoff *b, int64_t now_ms);
/* It ended. Waits start anew when it had been up for BACKOFF_STEADY_MS; they stay short when it
 * had been up at all, since it does work. */
void backoff_down(struct backoff *b, int64_t now_ms);

/* A number from 0 to `below` - 1 (0 when `below` is 0), from the state in `*random`. Not for
 * secrets. Source: splitmix64, S. Vigna, public domain. */
uint64_t random_below(uint64_t *random, uint64_t below);

#endif
