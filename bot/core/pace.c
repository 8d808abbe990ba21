#include "core/pace.h"

void pace_replied(struct pace *p, int64_t now_ms)
{
	p->replied_ms = now_ms;
}

bool pace_wrote(struct pace *p, int64_t now_ms)
{
	bool answers = p->replied_ms && now_ms >= p->replied_ms;
	bool quick = answers && now_ms - p->replied_ms < PACE_QUICK_MS;

	if (answers)
		p->replied_ms = 0;
	if (p->quiet_ms && now_ms < p->quiet_ms) {
		p->quiet_ms = now_ms + PACE_QUIET_MS;
		return true;
	}
	p->quiet_ms = 0;
	p->rounds = quick ? p->rounds + 1 : 0;
	if (p->rounds < PACE_ROUNDS)
		return false;
	p->rounds = 0;
	p->quiet_ms = now_ms + PACE_QUIET_MS;
	return true;
}
