/* bot.h: another program that answers ours. Platforms hand in nothing that is marked as a bot's or a
 * webhook's; but a bridge, or somebody's own program, may write by a person's account. Two replies in a
 * row to one of these, and it goes on for ever.
 *
 *   what was said  a message that is a copy of what the bot said lately gets nothing (core/echoes.h)
 *   how fast       who answers each reply within a second, six times in a row, gets nothing until they
 *                  were quiet for a minute (core/pace.h)
 *
 * What is urgent in their own words gets its safety text all the same, of each level once in ten minutes in
 * a room. */
#include "app/bot_inside.h"

#define SAY_AGAIN_MS 60000

static uint64_t key_of(const struct bot *bot, const struct seat *seat, struct str room,
		       struct str person)
{
	return dialogs_key(bot->dialogs, seat->name, room, person);
}

/* Once a minute. */
static void say(const struct seat *seat, int64_t *said_ms, int64_t now_ms, const char *what)
{
	if (*said_ms && now_ms - *said_ms < SAY_AGAIN_MS)
		return;
	*said_ms = now_ms;
	log_warn(seat->platform->ops->name, "%s", what);
}

/* A program's, by how fast it answers. */
static bool is_quick(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	int64_t now = loop_now_ms(bot->settings.loop);
	bool past = in->again || m->replayed || m->edits.n;
	struct pace *pace;

	if (past || in->seat->platform->ops->alone)
		return false;
	pace = dialogs_pace(bot->dialogs, key_of(bot, in->seat, m->room, m->person), now);
	return pace && pace_wrote(pace, in->came_ms);
}

enum hearing hearing_of(struct bot *bot, const struct incoming *in, struct incoming *heard)
{
	int64_t now = loop_now_ms(bot->settings.loop);
	bool quick = is_quick(bot, in);
	enum echo echo;
	struct buf own;

	*heard = *in;
	buf_init(&own, QUESTION_BYTES_MAX);
	echo = echo_of(bot->echoes, in->message.text, &own);
	if (echo == ECHO_NEARLY)
		heard->message.text = arena_str(&bot->turn, buf_str(&own));
	buf_done(&own);
	if (echo != ECHO_NONE)
		say(in->seat, &bot->echo_said_ms, now,
		    "somebody says what the bot said: it gets no answer");
	else if (quick)
		say(in->seat, &bot->pace_said_ms, now,
		    "somebody answers every reply at once, as a program does: it gets no more "
		    "until "
		    "it is quiet");
	if (echo == ECHO_WHOLE)
		return HEARING_NOTHING;
	return quick || echo == ECHO_NEARLY ? HEARING_URGENT : HEARING_ALL;
}

/* Replies alone: what staff are told may hold a patient's own words, which another room may need. */
void loop_sends(struct bot *bot, const struct sending *s)
{
	for (size_t i = 0; i < s->pieces_n && s->answer.kind != ANSWER_SILENT; i++)
		echoes_said(bot->echoes, s->pieces[i]);
}

void loop_sent(struct bot *bot, const struct sending *s)
{
	int64_t now = loop_now_ms(bot->settings.loop);
	const struct seat *seat = seat_named(bot, s->platform_name);
	struct pace *pace = dialogs_pace(bot->dialogs, key_of(bot, seat, s->room, s->person), now);

	if (pace && s->person.n)
		pace_replied(pace, now);
}
