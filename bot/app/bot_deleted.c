/* bot.h: a message that was deleted is not answered any more, and by setting its reply goes too. */
#include "app/bot_inside.h"

bool incoming_is_about(const struct incoming *in, const struct seat *seat, struct str message)
{
	return in->seat == seat &&
	       (str_eq(in->message.id, message) || str_eq(in->message.edits, message));
}

/* How many of the `n` stay. */
static size_t incoming_withdraw(struct bot *bot, struct incoming *v, size_t n, struct seat *seat,
				struct str message)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (incoming_is_about(&v[i], seat, message))
			inbox_mark(bot, seat, v[i].message.id);
		else
			v[kept++] = v[i];
	}
	return kept;
}

/* Decided, but the store did not take it yet. */
static void decided_withdraw(struct bot *bot, struct seat *seat, struct str message)
{
	size_t kept = 0;

	for (size_t i = 0; i < bot->decided_n; i++) {
		struct decided *d = &bot->decided[i];

		if (d->seat == seat && str_eq(d->message, message) && !d->removes.n &&
		    d->notice.kind == NOTICE_NONE) {
			inbox_mark(bot, seat, message);
			if (d->is_owed)
				outbox_mark(bot, &(struct store_mark){.platform = seat->name,
								      .message = d->message,
								      .kind = d->kind,
								      .state = OUTBOX_REFUSED});
			edition_drop(d->edition);
		} else {
			bot->decided[kept++] = *d;
		}
	}
	bot->decided_n = kept;
}

struct store_outbox outbox_copy(const struct store_outbox *row, struct arena *arena)
{
	struct store_outbox copy = *row;

	copy.platform = arena_str(arena, row->platform);
	copy.message = arena_str(arena, row->message);
	copy.kind = arena_str(arena, row->kind);
	copy.room = arena_str(arena, row->room);
	copy.answer = arena_str(arena, row->answer);
	copy.version = arena_str(arena, row->version);
	copy.sent_as = arena_str(arena, row->sent_as);
	return copy;
}

void row_copy(void *arg, const struct store_outbox *row)
{
	struct rows *rows = arg;
	struct arena *arena = &rows->bot->turn;

	rows->v = arena_grow(arena, rows->v, &rows->n, &rows->cap, sizeof *rows->v);
	rows->v[rows->n - 1] = outbox_copy(row, arena);
}

bool reply_stands(const struct store_outbox *row)
{
	return (row->state == OUTBOX_SENT || row->state == OUTBOX_REFUSED) &&
	       sent_any(row->sent_as);
}

/* True when the reply stands where its question stood, and is no safety text. */
static bool may_be_removed(const struct bot *bot, const struct store_outbox *row)
{
	struct str stored = row->answer;
	struct answer answer;
	struct err err;

	stored_with(&stored);
	return reply_stands(row) && !notice_is(stored) &&
	       answer_decode(bot->edition->book, stored, &answer, &err) &&
	       answer.kind != ANSWER_URGENT;
}

void reply_remove(struct bot *bot, struct seat *seat, const struct store_outbox *row)
{
	struct decided *d;

	if (!sent_any(row->sent_as))
		return;
	outbox_mark(bot, &(struct store_mark){.platform = row->platform,
					      .message = row->message,
					      .kind = row->kind,
					      .pieces_sent = row->pieces_sent,
					      .state = OUTBOX_UNWANTED,
					      .sent_as = row->sent_as});
	d = decided_add(bot, seat);
	d->message = arena_str(&bot->turn, row->message);
	d->room = arena_str(&bot->turn, row->room);
	d->kind = arena_str(&bot->turn, row->kind);
	d->removes = arena_str(&bot->turn, row->sent_as);
}

/* All but alerts and safety texts. */
static void replies_remove(struct bot *bot, struct seat *seat, struct str message)
{
	struct rows rows = {.bot = bot};
	struct store *store = bot->settings.store;
	struct err err;

	if (!store->ops->replies(store, seat->name, message, row_copy, &rows, &err))
		log_warn("store", "the reply to a deleted question stays: %s", err.text);
	for (size_t i = 0; i < rows.n; i++)
		if (may_be_removed(bot, &rows.v[i]))
			reply_remove(bot, seat, &rows.v[i]);
}

void message_withdraw(struct bot *bot, struct seat *seat, struct str message)
{
	bot->incoming_n = incoming_withdraw(bot, bot->incoming, bot->incoming_n, seat, message);
	bot->chosen_n = incoming_withdraw(bot, bot->chosen, bot->chosen_n, seat, message);
	waiting_withdraw(bot, seat, message);
	edits_withdraw(bot, seat, message);
	held_withdraw(bot, seat, message);
	decided_withdraw(bot, seat, message);
	sendings_withdraw(&bot->sendings, seat->platform, message);
	if (bot->settings.removes)
		replies_remove(bot, seat, message);
}
