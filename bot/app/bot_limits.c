/* bot.h: whoever asks too much is told so once, and then gets nothing for a minute; a room in which too
 * much is asked, too. What is urgent is looked for in every message all the same, and gets its safety
 * text: only to a person who is over does no text of a level come again within ten minutes in a room.
 *
 * What gets no reply counts for a fifth, so that nobody has the bot read without end, and for nothing to
 * their room; so does what somebody is refused, an edit that nothing comes of, and what a program says
 * (bot_loops.c). By these last two nobody is told that it is too much. Words that were just found harmless
 * are not read, and a message that was answered by its edit was counted with it: these count for nothing.
 * What was written while the bot was away is counted by when it was written. */
#include "app/bot_inside.h"

#define UNANSWERED 0.2

struct count {
	uint64_t person, room;
	int64_t at_ms;
};

static struct count count_of(const struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	bool past = in->again || m->replayed;
	struct str mark = past ? STR("past") : STR("");
	struct str (*room_of)(struct str room) = in->seat->platform->ops->room_of;

	return (struct count){
		.person = dialogs_key(bot->dialogs, in->seat->name, mark, m->person),
		.room = dialogs_key(bot->dialogs, mark, in->seat->name,
				    room_of ? room_of(m->room) : m->room),
		.at_ms = past ? m->sent_ms : loop_now_ms(bot->settings.loop),
	};
}

bool limits_over(const struct bot *bot, const struct incoming *in)
{
	const struct count c = count_of(bot, in);

	return quota_is_over(bot->people, c.person, c.at_ms) ||
	       quota_is_over(bot->rooms, c.room, c.at_ms);
}

bool is_told_again(const struct bot *bot, const struct incoming *in, const struct answer *answer)
{
	const struct message *m = &in->message;
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);

	return dialogs_warned(bot->dialogs, key, answer->level, loop_now_ms(bot->settings.loop));
}

enum quota_verdict limits_take(struct bot *bot, const struct incoming *in,
			       const struct answer *answer)
{
	const struct count c = count_of(bot, in);
	bool silent = answer->kind == ANSWER_SILENT;
	enum quota_verdict person =
		quota_take(bot->people, c.person, silent ? UNANSWERED : 1, c.at_ms);
	enum quota_verdict room;

	if (person == QUOTA_EMPTIED)
		log_info(in->seat->platform->ops->name,
			 "somebody asks too much, and gets no answers for a minute");
	if (answer->kind == ANSWER_URGENT)
		return person == QUOTA_WITHIN || !is_told_again(bot, in, answer) ? QUOTA_WITHIN
										 : QUOTA_OVER;
	if (person != QUOTA_WITHIN || silent)
		return person;
	room = quota_take(bot->rooms, c.room, 1, c.at_ms);
	if (room == QUOTA_EMPTIED)
		log_warn(in->seat->platform->ops->name,
			 "too much is asked in a room, which gets no answers for a minute");
	return room;
}

void limits_take_silent(struct bot *bot, const struct incoming *in)
{
	static const struct answer nothing = {.kind = ANSWER_SILENT};

	limits_take(bot, in, &nothing);
}

static uint64_t words_key(const struct bot *bot, const struct incoming *in)
{
	return dialogs_key(bot->dialogs, STR("words"), in->message.text, STR(""));
}

bool limits_harmless(const struct bot *bot, const struct incoming *in)
{
	uint64_t key = words_key(bot, in);

	for (size_t i = 0; i < HARMLESS_MAX; i++)
		if (bot->harmless[i] == key)
			return true;
	return false;
}

void limits_harmless_note(struct bot *bot, const struct incoming *in)
{
	bot->harmless[bot->harmless_next] = words_key(bot, in);
	bot->harmless_next = (bot->harmless_next + 1) % HARMLESS_MAX;
}
