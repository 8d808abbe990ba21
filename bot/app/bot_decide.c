/* bot.h: what each message gets. */
#include "app/bot_inside.h"

void answer_log(const struct seat *seat, const struct answer *a)
{
	const struct passage *p = a->parts_n ? a->parts[0].passages[0] : NULL;
	struct str reply = a->parts_n ? reply_id_name(a->parts[0].reply) : STR("");

	log_info(seat->platform->ops->name, STR_FMT " " STR_FMT "%s",
		 STR_ARG(answer_kind_name(a->kind)), STR_ARG(p && !reply.n ? p->id : reply),
		 a->parts_n > 1 ? " and more" : "");
}

int64_t message_age_ms(const struct incoming *in)
{
	return loop_wall_ms() + in->seat->platform->ahead_ms - in->message.sent_ms;
}

static bool is_late(const struct bot *bot, const struct incoming *in)
{
	return (in->again || in->message.replayed) &&
	       message_age_ms(in) > bot->settings.late_after_ms;
}

struct decided *decided_add(struct bot *bot, struct seat *seat)
{
	struct decided *d;

	bot->decided = arena_grow(&bot->turn, bot->decided, &bot->decided_n, &bot->decided_cap,
				  sizeof *bot->decided);
	d = &bot->decided[bot->decided_n - 1];
	*d = (struct decided){.seat = seat, .edition = edition_hold(bot->edition)};
	return d;
}

/* --- what stands in front of a stored answer --- */

static const struct {
	struct str mark;
	enum reply_with with;
} marks[] = {{{"late ", 5}, REPLY_WITH_DELAY}, {{"first ", 6}, REPLY_WITH_FIRST}};

#define MARKS_N (sizeof marks / sizeof *marks)

unsigned stored_with(struct str *stored)
{
	unsigned with = 0;

	for (size_t i = 0; i < MARKS_N; i++) {
		if (!str_starts(*stored, marks[i].mark))
			continue;
		*stored = str_sub(*stored, marks[i].mark.n, stored->n);
		with |= marks[i].with;
	}
	return with;
}

struct str answer_stored(struct bot *bot, unsigned with, const struct answer *answer)
{
	struct str stored;
	struct buf b;

	buf_init(&b, ANSWER_BYTES_MAX);
	for (size_t i = 0; i < MARKS_N; i++)
		if (with & marks[i].with)
			buf_add(&b, marks[i].mark);
	answer_encode(answer, &b);
	stored = arena_str(&bot->turn, buf_str(&b));
	buf_done(&b);
	return stored;
}

/* --- what was told about a message before --- */

/* The level of the safety text that the message has as this reply. A store that cannot be read tells
 * none: the row's key and the platform's then keep it from being doubled. */
static enum urgent_level level_told_as(struct bot *bot, const struct seat *seat, struct str message,
				       struct str kind)
{
	struct store *store = bot->settings.store;
	enum urgent_level level = URGENT_NONE;
	struct answer answer;
	struct str stored;
	struct err err;
	struct buf b;

	buf_init(&b, ANSWER_BYTES_MAX);
	if (store->ops->decision(store, seat->name, message, kind, &b, &err)) {
		stored = buf_str(&b);
		stored_with(&stored);
		if (answer_decode(bot->edition->book, stored, &answer, &err))
			level = answer.level;
	}
	buf_done(&b);
	return level;
}

/* Those of this turn are not in the store yet. */
enum urgent_level level_told(struct bot *bot, const struct seat *seat, struct str message)
{
	enum urgent_level highest = level_told_as(bot, seat, message, KIND_ANSWER);

	for (int level = URGENT_SAME_DAY; level <= URGENT_EMERGENCY; level++) {
		enum urgent_level told = level_told_as(
			bot, seat, message, kind_of_edit((enum urgent_level)level, &bot->turn));

		highest = told > highest ? told : highest;
	}
	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];

		if (d->seat == seat && str_eq(d->message, message) && d->answer.level > highest)
			highest = d->answer.level;
	}
	return highest;
}

/* An edit of it may have been heard first, and answered for it: of what was written while there was no
 * session, the edit that follows comes at once and the message with its room's history. */
static bool was_answered(struct bot *bot, const struct incoming *in)
{
	struct store *store = bot->settings.store;
	struct buf answer;
	struct err err;
	bool was;

	for (size_t i = 0; i < bot->decided_n; i++)
		if (bot->decided[i].seat == in->seat &&
		    str_eq(bot->decided[i].message, in->message.id) &&
		    str_eq(bot->decided[i].kind, KIND_ANSWER))
			return true;
	buf_init(&answer, ANSWER_BYTES_MAX);
	was = store->ops->decision(store, in->seat->name, in->message.id, KIND_ANSWER, &answer,
				   &err) &&
	      answer.n > 0;
	buf_done(&answer);
	return was;
}

/* What was edited before it was read has its reply, which was counted: nothing more comes, not even that
 * it is too much. Where it had a safety text alone, one comes that says more. */
static bool is_settled(struct bot *bot, const struct incoming *in, const struct answer *answer)
{
	return was_answered(bot, in) ||
	       (answer->kind == ANSWER_URGENT &&
		answer->level <= level_told(bot, in->seat, in->message.id));
}

/* --- who was told what the bot is --- */

/* Not with a safety text, which stays alone: the answer after it tells. A store that cannot be read
 * counts as no: better told twice than never. */
static bool is_to_greet(struct bot *bot, const struct incoming *in, const struct answer *answer)
{
	struct store *store = bot->settings.store;
	struct err err;

	if (!bot->settings.greets || answer->kind == ANSWER_URGENT)
		return false;
	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];

		if ((d->with & REPLY_WITH_FIRST) && d->seat == in->seat &&
		    str_eq(d->person, in->message.person))
			return false;
	}
	return !store->ops->greeted(store, in->seat->name, in->message.person,
				    greeted_since(day_now(bot, in->seat)), &err);
}

/* --- one message --- */

void answer_decide(struct bot *bot, const struct incoming *in, const struct answer *answer)
{
	const struct message *m = &in->message;
	unsigned with = is_to_greet(bot, in, answer) ? REPLY_WITH_FIRST : 0;
	struct decided *d = decided_add(bot, in->seat);

	d->message = m->edits.n ? m->edits : m->id;
	d->room = m->room;
	d->asked_ms = m->sent_ms;
	d->kind = m->edits.n ? kind_of_edit(answer->level, &bot->turn) : KIND_ANSWER;
	d->answer = *answer;
	d->person = m->person;
	if (is_late(bot, in) && answer->kind != ANSWER_URGENT)
		with |= REPLY_WITH_DELAY;
	d->with = with;
	d->encoded = answer_stored(bot, with, answer);
	if (answer->kind == ANSWER_URGENT)
		alert_decide(bot, m);
}

struct answer message_answer(struct bot *bot, const struct incoming *in,
			     const struct dialog *before, bool only_urgent)
{
	const struct message *m = &in->message;
	bool too_late = !bot->settings.answers_late && is_late(bot, in);
	const struct question question = {.text = m->text,
					  .addressed = m->addressed,
					  .to_other = m->to_other,
					  .attachment = m->attachment,
					  .late = only_urgent || too_late};

	return talk(bot->edition->book, before, &question, &bot->turn);
}

static const struct answer too_many = {
	.kind = ANSWER_SOCIAL,
	.parts = {{.kind = ANSWER_SOCIAL, .reply = REPLY_TOO_MANY}},
	.parts_n = 1,
};

static void decide(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	int64_t now = loop_now_ms(bot->settings.loop);
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);
	const struct dialog *before = dialogs_get(bot->dialogs, key, now);
	struct incoming heard;
	enum hearing hearing = hearing_of(bot, in, &heard);
	bool over = limits_over(bot, in);
	struct answer answer;

	inbox_mark(bot, in->seat, m->id);
	if (over && limits_harmless(bot, in))
		return;
	if (hearing == HEARING_NOTHING) {
		limits_take_silent(bot, in);
		return;
	}
	answer = message_answer(bot, &heard, before, over || hearing == HEARING_URGENT);
	if (over && answer.kind != ANSWER_URGENT)
		limits_harmless_note(bot, in);
	if (hearing == HEARING_URGENT &&
	    (answer.kind != ANSWER_URGENT || is_told_again(bot, in, &answer))) {
		limits_take_silent(bot, in);
		return;
	}
	if (is_settled(bot, in, &answer))
		return;
	if (answer.kind == ANSWER_SILENT && !over) /* of a flood not every message is logged */
		answer_log(in->seat, &answer);
	switch (limits_take(bot, in, &answer)) {
	case QUOTA_OVER:
		return;
	case QUOTA_EMPTIED:
		answer = too_many;
		break;
	default:
		break;
	}
	if (answer.kind == ANSWER_SILENT)
		return;
	answer_decide(bot, in, &answer);
	dialogs_put(bot->dialogs, key, m->id, before,
		    dialog_after(before, bot->edition->book, &answer), now);
	if (answer.kind == ANSWER_URGENT)
		dialogs_warn(bot->dialogs, key, answer.level, now);
	answer_log(in->seat, &answer);
}

/* In staff's rooms the bot is asked by mentioning it; a reply to it is about an alert, and the rest is
 * not for it, even where the room lies under one that it watches. */
bool is_from_staff(const struct incoming *in)
{
	const struct message *m = &in->message;

	return m->room.n &&
	       (str_eq(m->room, in->seat->staff.room) || str_eq(m->room, in->seat->staff.second)) &&
	       (!m->addressed || m->replies_to.n || m->edits.n);
}

void turn_decide(struct bot *bot)
{
	for (size_t i = 0; i < bot->chosen_n; i++) {
		const struct incoming *in = &bot->chosen[i];

		if (is_from_staff(in))
			alert_claim(bot, in->seat, &in->message);
		else if (in->message.edits.n)
			edit_decide(bot, in);
		else
			decide(bot, in);
	}
	bot->chosen_n = 0;
}
