#include "wire/backoff.h"

uint64_t random_below(uint64_t *random, uint64_t below)
{
	uint64_t z = *random += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	z ^= z >> 31;
	return below ? z % below : 0;
}

void backoff_init(struct backoff *b, uint64_t seed)
{
	*b = (struct backoff){.random = seed};
}

int64_t backoff_next_ms(struct backoff *b)
{
	unsigned tries = b->failures;
	int64_t wait = BACKOFF_MAX_MS;

	if (b->failures < BACKOFF_LONG_TRIES)
		b->failures++;
	if (tries == 0)
		return (int64_t)random_below(&b->random, BACKOFF_FIRST_MS + 1);
	if (tries == BACKOFF_LONG_TRIES)
		wait = BACKOFF_LONG_MS;
	else if (tries <= 7)
		wait = (int64_t)BACKOFF_STEP_MS << (tries - 1);
	return wait - (int64_t)random_below(&b->random, (uint64_t)wait / 4 + 1);
}

void backoff_up(struct backoff *b, int64_t now_ms)
{
	b->up = true;
	b->up_ms = now_ms;
}

void backoff_down(struct backoff *b, int64_t now_ms)
{
	if (b->up && now_ms - b->up_ms >= BACKOFF_STEADY_MS)
		b->failures = 0;
	else if (b->up && b->failures > BACKOFF_FLAP_TRIES)
		b->failures = BACKOFF_FLAP_TRIES;
	b->up = false;
}
