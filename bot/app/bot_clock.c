/* bot.h: what is kept is dated and forgotten by the clock of the platforms' servers, as ours may be wrong and
 * may jump. Were what was answered forgotten too early, a lost session would have it answered again.
 *
 *   dates      the servers' clock, counted on from their last answer by the loop's clock, which does not
 *              jump. Before the first answer ours; but nothing is dated earlier than it was written.
 *   forgotten  only when the clock of a server is known; of several the one that is behind counts. What was
 *              dated later than now while ours was wrong is dated now first, so that it goes one day. */
#include "app/bot_inside.h"
#include "app/load.h"

#define PURGE_EVERY_MS ((int64_t)60 * 1000) /* a minute */
/* Past every platform's replay, and past the day of which missed messages are read back. */
#define PURGE_AFTER_MS ((int64_t)26 * 60 * 60 * 1000)
#define PURGE_ROWS 1000 /* a minute: more than people write, and no stall */
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

int64_t seat_now_ms(const struct bot *bot, const struct seat *seat)
{
	int64_t zero_ms = seat->platform->zero_ms;

	return zero_ms ? zero_ms + loop_now_ms(bot->settings.loop) : loop_wall_ms();
}

int64_t day_now(const struct bot *bot, const struct seat *seat)
{
	return seat_now_ms(bot, seat) / DAY_MS;
}

int64_t greeted_since(int64_t day)
{
	return day - (GREETED_DAYS - 1);
}

/* False: no server has told. Where there is none to tell, nothing comes twice, and ours will do. */
static bool purge_now(const struct bot *bot, int64_t *now_ms)
{
	bool known = false, asks = false;

	for (size_t i = 0; i < bot->seats_n; i++) {
		const struct seat *seat = &bot->seats[i];
		int64_t seat_ms = seat_now_ms(bot, seat);

		if (seat->platform->ops->own_clock)
			continue;
		asks = true;
		if (!seat->platform->zero_ms)
			continue;
		*now_ms = known && *now_ms < seat_ms ? *now_ms : seat_ms;
		known = true;
	}
	if (!asks)
		*now_ms = loop_wall_ms();
	return known || !asks;
}

void purge_do(void *arg)
{
	struct bot *bot = arg;
	struct store *store = bot->settings.store;
	int64_t now_ms = 0, before_ms = INT64_MIN, before_day = INT64_MIN;
	struct err err;
	bool good = true;

	if (purge_now(bot, &now_ms)) {
		before_ms = now_ms - PURGE_AFTER_MS;
		before_day = greeted_since(now_ms / DAY_MS);
		good = store->ops->redate(store, now_ms, now_ms / DAY_MS, PURGE_ROWS, &err);
	}
	/* Of nothing too: what was committed is on the disk then. */
	if (!good || !store->ops->purge(store, before_ms, before_day, PURGE_ROWS, &err))
		log_warn("store", "old rows were not deleted: %s", err.text);
	vectors_rest();
	timer_set(bot->purge, loop_now_ms(bot->settings.loop) + PURGE_EVERY_MS);
}
