/* bot.h: replies that an earlier run owes wait here until their platform's stream has caught up. Who deleted
 * the question meanwhile has said so by then, and it gets none.
 *
 * What is urgent does not come here, nor what staff are told; and where the stream does not come up, nothing
 * waits longer than `hold_ms`. In the store they are owed all along. */
#include "app/bot_inside.h"

void held_add(struct bot *bot, const struct store_outbox *row)
{
	struct store_outbox *copy;

	bot->held = arena_grow(&bot->held_texts, bot->held, &bot->held_n, &bot->held_cap,
			       sizeof *bot->held);
	copy = &bot->held[bot->held_n - 1];
	*copy = outbox_copy(row, &bot->held_texts);
	if (bot->held_n == 1)
		timer_set(bot->held_long, loop_now_ms(bot->settings.loop) + bot->settings.hold_ms);
}

void held_drop(struct bot *bot)
{
	timer_stop(bot->held_long);
	arena_reset(&bot->held_texts);
	bot->held = NULL;
	bot->held_n = bot->held_cap = 0;
}

/* Those of this seat; NULL: all. */
static void go(struct bot *bot, const struct seat *seat)
{
	size_t n = bot->held_n;
	size_t kept = 0;

	if (bot->stopping)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!seat || str_eq(bot->held[i].platform, seat->name))
			owed_go(bot, &bot->held[i]);
		else
			bot->held[kept++] = bot->held[i];
	}
	bot->held_n = kept;
	if (kept == 0)
		held_drop(bot);
}

void held_seat_up(struct bot *bot, const struct seat *seat)
{
	go(bot, seat);
}

void held_too_long(void *arg)
{
	go(arg, NULL);
}

/* The earlier run may have sent it: only its platform can tell, which is told next that it is withdrawn. */
void held_withdraw(struct bot *bot, const struct seat *seat, struct str message)
{
	size_t kept = 0;

	for (size_t i = 0; i < bot->held_n; i++) {
		const struct store_outbox *row = &bot->held[i];

		if (str_eq(row->platform, seat->name) && str_eq(row->message, message))
			owed_send(bot, row);
		else
			bot->held[kept++] = *row;
	}
	bot->held_n = kept;
}
