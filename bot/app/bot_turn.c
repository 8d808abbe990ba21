/* bot.h: one turn. Record, decide, record, send. What is decided stands in bot_decide.c. */
#include "app/bot_inside.h"

#define RETRY_MS 1000 /* after the store failed */

/* The store's failures are said when they begin and when they end. */
static bool store_said(struct bot *bot, bool good, const struct err *err)
{
	if (!good && !bot->store_failing)
		log_error("store", "%s; nothing new is answered until it works again", err->text);
	if (good && bot->store_failing)
		log_info("store", "works again");
	bot->store_failing = !good;
	return good;
}

/* Leaves out what was handed in before: platforms deliver a message at least once. Where the store
 * cannot tell, the message stays for the next try. */
static bool duplicates_drop(struct bot *bot)
{
	struct store *store = bot->settings.store;
	struct err err = {0};
	size_t kept = 0;

	for (size_t i = 0; i < bot->incoming_n; i++) {
		const struct incoming *in = &bot->incoming[i];
		bool seen = err.kind == ERR_NONE && !in->again &&
			    store->ops->seen(store, in->seat->name, in->message.id, &err);

		if (!seen)
			bot->incoming[kept++] = *in;
	}
	bot->incoming_n = kept;
	return err.kind == ERR_NONE || store_said(bot, false, &err);
}

static size_t positions_list(struct bot *bot, struct store_position *out)
{
	size_t n = 0;

	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].moved)
			out[n++] = (struct store_position){bot->seats[i].name,
							   buf_str(&bot->seats[i].position)};
	return n;
}

/* A row for each new message, and one more try for each that was recorded in an earlier run. */
static void inbox_list(struct bot *bot, struct store_batch *batch)
{
	struct store_inbox *rows = arena_array(&bot->lists, bot->incoming_n + 1, sizeof *rows);
	struct store_mark *tries = arena_array(&bot->lists, bot->incoming_n + 1, sizeof *tries);

	batch->inbox = rows;
	batch->retried = tries;
	for (size_t i = 0; i < bot->incoming_n; i++) {
		const struct incoming *in = &bot->incoming[i];

		if (in->again)
			tries[batch->retried_n++] = (struct store_mark){.platform = in->seat->name,
									.message = in->message.id};
		else
			rows[batch->inbox_n++] =
				(struct store_inbox){.platform = in->seat->name,
						     .message = in->message.id,
						     .room = in->message.room,
						     .link = in->message.link,
						     .received_ms = loop_wall_ms()};
	}
}

static void positions_went(struct bot *bot)
{
	for (size_t i = 0; i < bot->seats_n; i++) {
		struct seat *seat = &bot->seats[i];

		if (seat->moved && seat->platform->ops->recorded)
			seat->platform->ops->recorded(seat->platform);
		seat->moved = false;
	}
}

/* Commits what came in together with where the streams stand. */
static bool turn_record(struct bot *bot)
{
	struct store_position positions[BOT_PLATFORMS_MAX];
	struct store_batch batch = {.positions = positions};
	struct err err = {0};

	if (!duplicates_drop(bot))
		return false;
	batch.positions_n = positions_list(bot, positions);
	arena_reset(&bot->lists);
	inbox_list(bot, &batch);
	if (!batch.positions_n && !batch.inbox_n && !batch.retried_n)
		return true;
	if (!store_said(bot, bot->settings.store->ops->commit(bot->settings.store, &batch, &err),
			&err))
		return false;
	positions_went(bot);
	return true;
}

/* Commits the decisions, and what became of the ones before. */
static bool turn_commit(struct bot *bot)
{
	struct store_outbox *outbox = arena_array(&bot->lists, bot->decided_n + 1, sizeof *outbox);
	struct store_greeting *greetings =
		arena_array(&bot->lists, bot->decided_n + 1, sizeof *greetings);
	struct store_outbox *changes =
		arena_array(&bot->lists, bot->decided_n + 1, sizeof *changes);
	struct store_batch batch = {.outbox = outbox,
				    .changes = changes,
				    .greetings = greetings,
				    .decided = bot->inbox_marks,
				    .decided_n = bot->inbox_marks_n,
				    .marks = bot->outbox_marks,
				    .marks_n = bot->outbox_marks_n};
	struct err err = {0};

	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];

		const struct store_outbox row = {.platform = d->seat->name,
						 .message = d->message,
						 .kind = d->kind,
						 .room = d->room,
						 .answer = d->encoded,
						 .version = d->edition->book->version,
						 .state = d->changes.n ? OUTBOX_CHANGED
								       : OUTBOX_OWED,
						 .decided_ms = loop_wall_ms()};

		if (d->changes.n)
			changes[batch.changes_n++] = row;
		if (d->showing || d->removes.n || d->changes.n)
			continue;
		if (d->with & REPLY_WITH_FIRST)
			greetings[batch.greetings_n++] =
				(struct store_greeting){d->seat->name, d->person, day_now()};
		outbox[batch.outbox_n++] = row;
	}
	if (!batch.outbox_n && !batch.decided_n && !batch.marks_n && !batch.changes_n)
		return true;
	if (!store_said(bot, bot->settings.store->ops->commit(bot->settings.store, &batch, &err),
			&err))
		return false;
	bot->outbox_marks_n = 0;
	bot->inbox_marks_n = 0;
	return true;
}

static void turn_send(struct bot *bot)
{
	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];
		bool is_notice = d->notice.kind != NOTICE_NONE;
		struct sending_order order = {.platform = d->seat->platform,
					      .message = d->message,
					      .room = d->room,
					      .kind = d->kind,
					      .person = d->person,
					      .answer =
						      is_notice || d->removes.n ? NULL : &d->answer,
					      .notice = is_notice ? &d->notice : NULL,
					      .words = d->words,
					      .edition = d->edition,
					      .with = d->with,
					      .changes = d->changes.n > 0,
					      .sent_as = d->changes.n ? d->changes : d->removes,
					      .pieces_sent = d->showing};

		if (d->notice.kind == NOTICE_ALERT && !d->showing)
			alert_waits(bot, d);
		sending_start(&bot->sendings, &order);
		loop_sends(bot, bot->sendings.first);
		edition_drop(d->edition);
	}
	bot->decided_n = 0;
}

static bool turn_is_empty(const struct bot *bot)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].moved)
			return false;
	return !bot->incoming_n && !bot->decided_n && !bot->outbox_marks_n && !bot->inbox_marks_n;
}

static void turn_reset(struct bot *bot)
{
	arena_reset(&bot->turn);
	bot->incoming = NULL;
	bot->decided = NULL;
	bot->outbox_marks = bot->inbox_marks = NULL;
	bot->incoming_cap = bot->decided_cap = 0;
	bot->outbox_marks_cap = bot->inbox_marks_cap = 0;
}

void turn_tidy(struct bot *bot)
{
	if (turn_is_empty(bot))
		turn_reset(bot);
}

/* Record, decide, record, send. What the store did not take stays for the next try, in its order. */
static void turn_do(struct bot *bot)
{
	if (!turn_record(bot)) {
		timer_set(bot->retry, loop_now_ms(bot->settings.loop) + RETRY_MS);
		return;
	}
	turn_decide(bot);
	if (!turn_commit(bot)) {
		timer_set(bot->retry, loop_now_ms(bot->settings.loop) + RETRY_MS);
		return;
	}
	store_said(bot, true, NULL);
	turn_send(bot);
	if (turn_is_empty(bot))
		turn_reset(bot);
}

/* Before the loop sleeps. While the store fails, on_retry() alone asks it. */
void turn_end(void *arg)
{
	struct bot *bot = arg;

	if (!turn_is_empty(bot) && !bot->store_failing)
		turn_do(bot);
}

void turn_retry(void *arg)
{
	turn_do(arg);
}
