/* bot.h: a message says something else now. The reply that stands under it is changed, once, into what
 * the last wording gets.
 *
 *   at once       an edit is held against the urgent lane. What makes a message more urgent than it was
 *                 told for gets its safety text as a reply of its own, as nobody is notified of a change.
 *   edit_wait_ms  later, counted from the first of some edits, the last wording is answered: the reply
 *                 becomes that answer, or the safety text where there was one. While a reply is still on
 *                 its way, the edit waits for it.
 *
 * What was said about a message is known for a day (PURGE_AFTER_MS). An edit of an older one that is
 * urgent gets its safety text, and staff an alert, whatever it had before; what stands under it stays.
 *
 * A safety text that stands is never changed. An answer that was not given, refused or removed is not
 * given anew; a message that had none at all is answered as if it had been written just now. Words that
 * are older than EDIT_AGE_MAX_MS are only held against the lane, and so are edits of somebody who is over
 * the limit, who is not told so once more.
 *
 * The edit's row in the inbox stays undecided meanwhile: after a crash the message is read again. The
 * change itself is the reply's row in the outbox, which owes it until the platform has it. */
#include "app/bot_inside.h"

#include <stdlib.h>

#define LOOK_AGAIN_MS 500 /* whether the reply has gone out */
#define EDIT_AGE_MAX_MS DIALOG_KEEP_MS
#define EDITS_MAX 256	   /* that wait at once */
#define SETTLED_BYTES 2048 /* of text, or a little more, are read at a time */

struct edit {
	struct edit *next;
	struct incoming in; /* its texts live in `arena` */
	struct arena arena;
	int64_t due_ms;
	bool answered; /* something came of it */
};

/* --- waiting --- */

static struct edit **edit_find(struct bot *bot, const struct seat *seat, struct str message)
{
	struct edit **at = &bot->edits;

	while (*at && !((*at)->in.seat == seat && str_eq((*at)->in.message.edits, message)))
		at = &(*at)->next;
	return at;
}

/* It needs nothing more, or nothing more is done about it. */
static void edit_end(struct bot *bot, struct edit **at)
{
	struct edit *edit = *at;

	inbox_mark(bot, edit->in.seat, edit->in.message.id);
	if (!edit->answered)
		limits_take_silent(bot, &edit->in);
	*at = edit->next;
	bot->edits_n--;
	arena_done(&edit->arena);
	free(edit);
}

void edits_drop(struct bot *bot)
{
	while (bot->edits) {
		struct edit *edit = bot->edits;

		bot->edits = edit->next;
		arena_done(&edit->arena);
		free(edit);
	}
	bot->edits_n = 0;
}

void edits_withdraw(struct bot *bot, struct seat *seat, struct str message)
{
	struct edit **at = edit_find(bot, seat, message);

	if (*at)
		edit_end(bot, at);
}

static void timer_renew(struct bot *bot)
{
	int64_t due = INT64_MAX;

	for (const struct edit *edit = bot->edits; edit; edit = edit->next)
		due = edit->due_ms < due ? edit->due_ms : due;
	if (due == INT64_MAX)
		timer_stop(bot->settled);
	else
		timer_set(bot->settled, due);
}

/* In place of an earlier edit of the message, whose time it keeps when that comes first. */
static void edit_wait(struct bot *bot, const struct incoming *in, bool answered, int64_t due_ms)
{
	struct edit **at = edit_find(bot, in->seat, in->message.edits);
	struct edit *edit;

	if (*at) {
		due_ms = (*at)->due_ms < due_ms ? (*at)->due_ms : due_ms;
		edit_end(bot, at);
	} else if (bot->edits && bot->edits_n >= EDITS_MAX) {
		log_warn(in->seat->platform->ops->name,
			 "more than %d edits wait for their replies: the oldest is given up",
			 EDITS_MAX);
		edit_end(bot, &bot->edits);
	}
	edit = calloc(1, sizeof *edit);
	if (!edit)
		out_of_memory();
	arena_init(&edit->arena);
	edit->in = *in;
	edit->in.message = message_copy(&in->message, &edit->arena);
	edit->due_ms = due_ms;
	edit->answered = answered;
	for (at = &bot->edits; *at; at = &(*at)->next)
		;
	*at = edit;
	bot->edits_n++;
	timer_renew(bot);
}

/* --- at once --- */

static void edit_leave(struct bot *bot, const struct incoming *in)
{
	inbox_mark(bot, in->seat, in->message.id);
	limits_take_silent(bot, in);
}

void edit_decide(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	int64_t now = loop_now_ms(bot->settings.loop);
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);
	const struct dialog *before = dialogs_get(bot->dialogs, key, now);
	struct incoming heard;
	enum hearing hearing = hearing_of(bot, in, &heard);
	struct answer answer = message_answer(bot, &heard, before, limits_over(bot, in));
	enum urgent_level told = level_told(bot, in->seat, m->edits);
	bool more;

	if (hearing == HEARING_NOTHING ||
	    (hearing == HEARING_URGENT && answer.kind != ANSWER_URGENT)) {
		edit_leave(bot, in);
		return;
	}
	if (answer.kind == ANSWER_URGENT) {
		more = answer.level > told && limits_take(bot, in, &answer) == QUOTA_WITHIN;
		if (more) {
			answer_decide(bot, in, &answer);
			answer_log(in->seat, &answer);
			dialogs_put(bot->dialogs, key, m->edits, before,
				    dialog_after(before, bot->edition->book, &answer), now);
			dialogs_warn(bot->dialogs, key, answer.level, now);
		}
		edit_wait(bot, in, more, now);
		return;
	}
	/* Whoever was told to get help is not told something else instead. */
	if (told == URGENT_NONE && message_age_ms(in) <= EDIT_AGE_MAX_MS)
		edit_wait(bot, in, false, now + bot->settings.edit_wait_ms);
	else
		edit_leave(bot, in);
}

/* --- when it has waited --- */

enum standing {
	STANDING_NONE,	/* there was no reply */
	STANDING_MOVES, /* on its way, or not known */
	STANDING_SENT,	/* `row` is what stands, or a part of it, of which the rest was refused */
	STANDING_GONE,	/* refused or removed: nobody wants it */
};

/* What stands as the reply to the message. */
static enum standing standing_of(struct bot *bot, const struct incoming *in,
				 struct store_outbox *row)
{
	struct rows rows = {.bot = bot};
	struct store *store = bot->settings.store;
	struct err err;

	for (size_t i = 0; i < bot->decided_n; i++)
		if (bot->decided[i].seat == in->seat &&
		    str_eq(bot->decided[i].message, in->message.edits) &&
		    str_eq(bot->decided[i].kind, KIND_ANSWER))
			return STANDING_MOVES;
	if (!store->ops->replies(store, in->seat->name, in->message.edits, row_copy, &rows, &err))
		return STANDING_MOVES;
	for (size_t i = 0; i < rows.n; i++) {
		if (!str_eq(rows.v[i].kind, KIND_ANSWER))
			continue;
		*row = rows.v[i];
		if (row->state == OUTBOX_OWED || row->state == OUTBOX_CHANGED)
			return STANDING_MOVES;
		return reply_stands(row) ? STANDING_SENT : STANDING_GONE;
	}
	return STANDING_NONE;
}

/* It had no reply: answered as if it had been written just now. */
static void answer_anew(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	int64_t now = loop_now_ms(bot->settings.loop);
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);
	const struct dialog *before = dialogs_get(bot->dialogs, key, now);
	struct answer answer = message_answer(bot, in, before, limits_over(bot, in));
	struct incoming as_written = *in;

	if (answer.kind == ANSWER_SILENT || answer.kind == ANSWER_URGENT ||
	    level_told(bot, in->seat, m->edits) != URGENT_NONE ||
	    limits_take(bot, in, &answer) != QUOTA_WITHIN)
		return;
	as_written.message.id = arena_str(&bot->turn, m->edits);
	as_written.message.room = arena_str(&bot->turn, m->room);
	as_written.message.person = arena_str(&bot->turn, m->person);
	as_written.message.edits = STR("");
	answer_decide(bot, &as_written, &answer);
	dialogs_put(bot->dialogs, key, m->edits, before,
		    dialog_after(before, bot->edition->book, &answer), now);
	answer_log(in->seat, &answer);
}

/* May what stands become this? */
static bool may_become(struct bot *bot, const struct incoming *in, struct str stored,
		       const struct answer *answer)
{
	struct answer standing;
	struct err err;

	if (notice_is(stored) || !answer_decode(bot->edition->book, stored, &standing, &err) ||
	    standing.kind == ANSWER_URGENT || answer->kind == ANSWER_SILENT)
		return false;
	return answer->kind == ANSWER_URGENT ||
	       level_told(bot, in->seat, in->message.edits) == URGENT_NONE;
}

static void answer_change(struct bot *bot, const struct incoming *in,
			  const struct store_outbox *row)
{
	const struct message *m = &in->message;
	int64_t now = loop_now_ms(bot->settings.loop);
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);
	struct dialog before = dialogs_before(bot->dialogs, key, m->edits, now);
	struct answer answer = message_answer(bot, in, &before, limits_over(bot, in));
	struct str stored = row->answer, encoded;
	unsigned with = stored_with(&stored);
	struct decided *d;

	if (!may_become(bot, in, stored, &answer))
		return;
	if (answer.kind == ANSWER_URGENT)
		with = 0;
	encoded = answer_stored(bot, with, &answer);
	if (str_eq(encoded, row->answer) ||
	    (answer.kind != ANSWER_URGENT && limits_take(bot, in, &answer) != QUOTA_WITHIN))
		return;
	d = decided_add(bot, in->seat);
	d->message = row->message;
	d->room = row->room;
	d->kind = row->kind;
	d->answer = answer;
	d->encoded = encoded;
	d->with = with;
	d->changes = row->sent_as;
	if (answer.kind == ANSWER_URGENT)
		return;
	dialogs_amend(bot->dialogs, key, m->edits,
		      dialog_after(&before, bot->edition->book, &answer), now);
	log_info(in->seat->platform->ops->name, "edited: " STR_FMT,
		 STR_ARG(answer_kind_name(answer.kind)));
}

/* True when it is done with. */
static bool edit_settle(struct bot *bot, struct edit *edit)
{
	const struct incoming *in = &edit->in;
	size_t decided_n = bot->decided_n;
	struct store_outbox row;

	switch (standing_of(bot, in, &row)) {
	case STANDING_NONE:
		answer_anew(bot, in);
		break;
	case STANDING_SENT:
		answer_change(bot, in, &row);
		break;
	case STANDING_GONE:
		break;
	default:
		return false;
	}
	edit->answered = edit->answered || bot->decided_n > decided_n;
	return true;
}

void edits_settled(void *arg)
{
	struct bot *bot = arg;
	int64_t now = loop_now_ms(bot->settings.loop);
	struct edit **at = &bot->edits;
	size_t spent = 0;

	/* Nothing could be decided, and what is read of the store stays with the turn that waits for it. */
	if (bot->store_failing) {
		timer_set(bot->settled, now + LOOK_AGAIN_MS);
		return;
	}
	while (*at && spent < SETTLED_BYTES) {
		size_t length = (*at)->in.message.text.n;

		if ((*at)->due_ms > now) {
			at = &(*at)->next;
		} else if (edit_settle(bot, *at)) {
			spent += length;
			edit_end(bot, at);
		} else {
			(*at)->due_ms = now + LOOK_AGAIN_MS;
			at = &(*at)->next;
		}
	}
	timer_renew(bot);
	turn_tidy(bot);
}

/* --- on its way --- */

void change_went_on(struct bot *bot, struct sending *s, enum delivery_outcome outcome,
		    struct str sent_as, struct str why)
{
	bool stops = s->withdrawn && s->answer.kind != ANSWER_URGENT;
	enum outbox_state state = OUTBOX_CHANGED;

	if (outcome == DELIVERY_REFUSED)
		log_info(s->platform->ops->name, "a reply stays as it was: " STR_FMT, STR_ARG(why));
	changing_went(&s->changing, &s->sent_as, outcome == DELIVERY_SENT, sent_as);
	if (stops || changing_next(&s->changing, buf_str(&s->sent_as)).kind == CHANGE_NONE)
		state = sent_any(buf_str(&s->sent_as)) ? OUTBOX_SENT : OUTBOX_REMOVED;
	sending_mark(bot, s, state);
	if (state == OUTBOX_CHANGED) {
		sending_go(&bot->sendings, s);
		return;
	}
	if (s->withdrawn)
		reply_unwanted(bot, s);
	sending_end(&bot->sendings, s);
}
