/* bot.h: staff are told of a room into which nothing can be sent any more.
 *
 * The row of the outbox is known by what the platform calls the trouble: while it is kept, nobody is told
 * again. Whoever may invite the bot may also throw it out, as often as they like: staff hear of a few an
 * hour, the log of all. */
#include "app/bot_inside.h"

#define TOLD_MAX 5
#define HOUR_MS ((int64_t)3600 * 1000)

/* What staff's own room cannot be told in, their second one may. */
static struct str room_for(const struct seat *seat, const struct room_trouble *trouble)
{
	return str_eq(seat->staff.room, trouble->room) ? seat->staff.second : seat->staff.room;
}

/* True when there were not too many; counts it. */
static bool is_one_of_few(struct bot *bot)
{
	int64_t now = loop_now_ms(bot->settings.loop);

	if (bot->troubles_n && now - bot->troubles_ms < HOUR_MS)
		return bot->troubles_n++ < TOLD_MAX;
	bot->troubles_ms = now;
	bot->troubles_n = 1;
	return true;
}

void trouble_tell(struct bot *bot, struct seat *seat, const struct room_trouble *trouble)
{
	static const char *const words[] = {
		[TROUBLE_GONE] =
			"the bot is in a room no more: it was removed, or the room is gone",
		[TROUBLE_REPLACED] = "a room was replaced by another one",
		[TROUBLE_MUTE] = "the bot may not write in a room",
	};
	const char *area = seat->platform->ops->name;
	struct str kind = kind_of_trouble(trouble->kind, &bot->turn);
	struct str room = room_for(seat, trouble);
	struct decided *d;

	if (is_decided(bot, seat->name, trouble->id, kind))
		return;
	if (!room.n) {
		log_warn(area, "%s; no room is staff's to be told in", words[trouble->kind]);
		return;
	}
	if (!is_one_of_few(bot)) {
		log_warn(area, "%s; staff are not told, as they were of %d within an hour",
			 words[trouble->kind], TOLD_MAX);
		return;
	}
	log_warn(area, "%s; staff are told", words[trouble->kind]);
	d = decided_add(bot, seat);
	d->message = arena_str(&bot->turn, trouble->id);
	d->room = room;
	d->kind = kind;
	notice_decide(bot, d,
		      &(struct notice){.kind = NOTICE_TROUBLE,
				       .trouble = trouble->kind,
				       .link = arena_str(&bot->turn, trouble->link)});
}
