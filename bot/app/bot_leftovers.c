/* bot.h: what an earlier run left. Of a question that was not decided it is asked at once, as it may be urgent:
 * one that was deleted meanwhile is gone then. Replies wait for their stream (bot_held.c). */
#include "app/bot_inside.h"

/* Rows are copied out first: the store must not be changed while it is being read. */
struct leftovers {
	struct bot *bot;
	struct store_inbox *undecided;
	size_t undecided_n, undecided_cap;
	struct rows owed;
};

static void undecided_copy(void *arg, const struct store_inbox *row)
{
	struct leftovers *l = arg;
	struct arena *arena = &l->bot->turn;

	l->undecided = arena_grow(arena, l->undecided, &l->undecided_n, &l->undecided_cap,
				  sizeof *l->undecided);
	l->undecided[l->undecided_n - 1] = (struct store_inbox){
		.platform = arena_str(arena, row->platform),
		.message = arena_str(arena, row->message),
		.room = arena_str(arena, row->room),
		.link = arena_str(arena, row->link),
		.received_ms = row->received_ms,
		.tries = row->tries,
	};
}

void owed_close(struct bot *bot, const struct store_outbox *row)
{
	outbox_mark(bot, &(struct store_mark){.platform = row->platform,
					      .message = row->message,
					      .kind = row->kind,
					      .pieces_sent = row->pieces_sent,
					      .state = OUTBOX_REFUSED,
					      .sent_as = row->sent_as});
}

/* Of the patient's words, which are gone, an alert says so. */
static void notice_take_up(struct bot *bot, const struct seat *seat, const struct store_outbox *row)
{
	struct notice notice;
	struct err err;

	if (!notice_decode(row->answer, &notice, &err)) {
		log_error("store", "%s", err.text);
		return;
	}
	if (notice.kind != NOTICE_TAKEN && !alert_room(seat, row->kind).n) {
		log_warn("store", "a word to staff is given up: no room is theirs any more");
		owed_close(bot, row);
		return;
	}
	sending_start(&bot->sendings, &(struct sending_order){.platform = seat->platform,
							      .message = row->message,
							      .room = row->room,
							      .kind = row->kind,
							      .notice = &notice,
							      .edition = bot->edition,
							      .pieces_sent = row->pieces_sent});
}

/* What is decided there is on its way to `row`'s platform. */
static void answer_send(struct bot *bot, const struct seat *seat, const struct store_outbox *row,
			const struct answer *answer, unsigned with)
{
	sending_start(&bot->sendings,
		      &(struct sending_order){.platform = seat->platform,
					      .message = row->message,
					      .room = row->room,
					      .kind = row->kind,
					      .answer = answer,
					      .edition = bot->edition,
					      .with = with,
					      .changes = row->state == OUTBOX_CHANGED,
					      .sent_as = row->sent_as,
					      .pieces_sent = row->pieces_sent});
	loop_sends(bot, bot->sendings.first);
}

static bool row_decode(const struct bot *bot, const struct store_outbox *row, struct answer *answer,
		       unsigned *with)
{
	struct str stored = row->answer;
	struct err err;

	*with = stored_with(&stored);
	if (answer_decode(bot->edition->book, stored, answer, &err))
		return true;
	log_error("store", "%s", err.text);
	return false;
}

void owed_send(struct bot *bot, const struct store_outbox *row)
{
	struct answer answer;
	unsigned with;

	if (row_decode(bot, row, &answer, &with))
		answer_send(bot, seat_named(bot, row->platform), row, &answer, with);
}

/* It gets the word of excuse: by its row first, so that it has the same words when it is sent again. */
static void excuse_decide(struct bot *bot, struct seat *seat, const struct store_outbox *row,
			  const struct answer *answer, unsigned with)
{
	struct decided *d = decided_add(bot, seat);

	d->message = arena_str(&bot->turn, row->message);
	d->room = arena_str(&bot->turn, row->room);
	d->kind = arena_str(&bot->turn, row->kind);
	d->answer = *answer;
	d->with = with | REPLY_WITH_DELAY;
	d->encoded = answer_stored(bot, d->with, answer);
	d->is_owed = true;
}

void owed_go(struct bot *bot, const struct store_outbox *row)
{
	struct seat *seat = seat_named(bot, row->platform);
	int64_t waited_ms = seat_now_ms(bot, seat) - row->decided_ms;
	struct answer answer;
	unsigned with;

	if (!row_decode(bot, row, &answer, &with))
		return;
	/* Of what is begun the rest goes out as it is. */
	if (waited_ms <= bot->settings.late_after_ms || row->pieces_sent ||
	    (bot->settings.answers_late && (with & REPLY_WITH_DELAY))) {
		answer_send(bot, seat, row, &answer, with);
	} else if (bot->settings.answers_late) {
		excuse_decide(bot, seat, row, &answer, with);
	} else {
		log_info(seat->platform->ops->name, "a reply was not sent: it is too late");
		owed_close(bot, row);
	}
}

static void owed_take_up(struct bot *bot, const struct store_outbox *row)
{
	struct seat *seat = seat_named(bot, row->platform);
	struct answer answer;
	unsigned with;

	if (!seat)
		return; /* that platform is not configured now: its replies wait */
	if (row->state == OUTBOX_UNWANTED) {
		reply_remove(bot, seat, row);
		return;
	}
	if (notice_is(row->answer)) {
		notice_take_up(bot, seat, row);
		return;
	}
	if (!row_decode(bot, row, &answer, &with))
		return;
	if (row->state == OUTBOX_CHANGED && !sent_any(row->sent_as)) {
		outbox_mark(bot, &(struct store_mark){.platform = row->platform,
						      .message = row->message,
						      .kind = row->kind,
						      .pieces_sent = row->pieces_sent,
						      .state = OUTBOX_REMOVED,
						      .sent_as = row->sent_as});
		return;
	}
	if (row->state != OUTBOX_OWED || answer.kind == ANSWER_URGENT)
		answer_send(bot, seat, row, &answer, with);
	else if (seat->was_up)
		owed_go(bot, row);
	else
		held_add(bot, row);
}

static bool undecided_take_up(struct bot *bot, const struct leftovers *l, struct err *err)
{
	struct store_mark *given_up = arena_array(&bot->turn, l->undecided_n + 1, sizeof *given_up);
	struct store_batch batch = {.decided = given_up};

	for (size_t i = 0; i < l->undecided_n; i++) {
		const struct store_inbox *row = &l->undecided[i];

		/* A message that ends the process each time it is decided must not do so for ever. */
		if (row->tries < TRIES_MAX)
			continue;
		log_error("store", "a message is given up after %u tries", row->tries);
		given_up[batch.decided_n++] =
			(struct store_mark){.platform = row->platform, .message = row->message};
	}
	if (!bot->settings.store->ops->commit(bot->settings.store, &batch, err))
		return false;
	for (size_t i = 0; i < l->undecided_n; i++) {
		const struct store_inbox *row = &l->undecided[i];
		struct seat *seat = seat_named(bot, row->platform);

		if (seat && row->tries < TRIES_MAX)
			seat->platform->ops->fetch(seat->platform, row->room, row->message,
						   row->link);
	}
	return true;
}

bool leftovers_take_up(struct bot *bot, struct err *err)
{
	struct leftovers l = {.bot = bot, .owed = {.bot = bot}};
	struct store *store = bot->settings.store;

	if (!alerts_take_up(bot, err) || !store->ops->owed(store, row_copy, &l.owed, err) ||
	    !store->ops->undecided(store, undecided_copy, &l, err))
		return false;
	if (l.owed.n || l.undecided_n)
		log_info("store", "taking up %zu owed replies and %zu undecided messages", l.owed.n,
			 l.undecided_n);
	for (size_t i = 0; i < l.owed.n; i++)
		owed_take_up(bot, &l.owed.v[i]);
	return undecided_take_up(bot, &l, err);
}
