/* bot.h: one turn. Record, choose, decide, record, send. What is decided stands in bot_decide.c. */
#include "app/bot_inside.h"

#define RETRY_MS 1000  /* after the store failed */
#define SHARE 2048     /* is read in a turn, or a little more, in bytes of text */
#define SHARE_LEAST 64 /* ... as which the shortest message counts */
#define LOOK_LEAST_MS \
	2 /* before it, what comes in is looked through for twice as long as the last */
#define LOOK_MAX_MS 50 /* ... share took, within these bounds */
#define LOOKS_IN_VAIN 16

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

static int64_t not_before(int64_t ms, int64_t written_ms)
{
	return ms < written_ms ? written_ms : ms;
}

/* A row for each new message. */
static void inbox_list(struct bot *bot, struct store_batch *batch)
{
	struct store_inbox *rows = arena_array(&bot->lists, bot->incoming_n + 1, sizeof *rows);

	batch->inbox = rows;
	for (size_t i = 0; i < bot->incoming_n; i++) {
		const struct incoming *in = &bot->incoming[i];

		if (!in->again)
			rows[batch->inbox_n++] = (struct store_inbox){
				.platform = in->seat->name,
				.message = in->message.id,
				.room = in->message.room,
				.link = in->message.link,
				.received_ms = not_before(seat_now_ms(bot, in->seat),
							  in->message.sent_ms)};
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

static void choose(struct bot *bot, const struct incoming *in)
{
	bot->chosen = arena_grow(&bot->turn, bot->chosen, &bot->chosen_n, &bot->chosen_cap,
				 sizeof *bot->chosen);
	bot->chosen[bot->chosen_n - 1] = *in;
}

/* What staff wrote takes no time, and an alert may wait for it. */
static void incoming_go(struct bot *bot)
{
	for (size_t i = 0; i < bot->incoming_n; i++) {
		if (is_from_staff(&bot->incoming[i]))
			choose(bot, &bot->incoming[i]);
		else
			waiting_add(bot, &bot->incoming[i]);
	}
	bot->incoming_n = 0;
	bot->incoming_bytes = 0;
}

/* Commits the batch, to which it adds the decisions and what became of the ones before. */
static bool turn_commit(struct bot *bot, struct store_batch *batch)
{
	struct store_outbox *outbox = arena_array(&bot->lists, bot->decided_n + 1, sizeof *outbox);
	struct store_greeting *greetings =
		arena_array(&bot->lists, bot->decided_n + 1, sizeof *greetings);
	struct store_outbox *changes =
		arena_array(&bot->lists, bot->decided_n + 1, sizeof *changes);
	struct err err = {0};

	batch->outbox = outbox;
	batch->changes = changes;
	batch->greetings = greetings;
	batch->decided = bot->inbox_marks;
	batch->decided_n = bot->inbox_marks_n;
	batch->marks = bot->outbox_marks;
	batch->marks_n = bot->outbox_marks_n;
	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];

		const struct store_outbox row = {
			.platform = d->seat->name,
			.message = d->message,
			.kind = d->kind,
			.room = d->room,
			.answer = d->encoded,
			.version = d->edition->book->version,
			.state = d->changes.n ? OUTBOX_CHANGED : OUTBOX_OWED,
			.decided_ms = not_before(seat_now_ms(bot, d->seat), d->asked_ms)};

		if (d->changes.n || d->is_owed)
			changes[batch->changes_n++] = row;
		if (d->showing || d->removes.n || d->changes.n || d->is_owed)
			continue;
		if (d->with & REPLY_WITH_FIRST)
			greetings[batch->greetings_n++] = (struct store_greeting){
				d->seat->name, d->person, day_now(bot, d->seat)};
		outbox[batch->outbox_n++] = row;
	}
	if (!batch->positions_n && !batch->inbox_n && !batch->outbox_n && !batch->decided_n &&
	    !batch->marks_n && !batch->changes_n)
		return true;
	if (!store_said(bot, bot->settings.store->ops->commit(bot->settings.store, batch, &err),
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

/* Commits what came in together with where the streams stand, and with what became of replies: a stream
 * that showed one of ours must not go on without the mark that it is out, nor the mark without what is
 * told because of it. */
static bool turn_record(struct bot *bot)
{
	struct store_position positions[BOT_PLATFORMS_MAX];
	struct store_batch batch = {.positions = positions};

	if (!duplicates_drop(bot))
		return false;
	batch.positions_n = positions_list(bot, positions);
	arena_reset(&bot->lists);
	inbox_list(bot, &batch);
	if (!turn_commit(bot, &batch))
		return false;
	positions_went(bot);
	turn_send(bot);
	incoming_go(bot);
	return true;
}

/* What is read in this turn. Counts one more try of each that was recorded in an earlier run, before it
 * can end this one too. */
static bool turn_choose(struct bot *bot)
{
	struct store_batch batch = {0};
	struct store_mark *tries;
	struct incoming in;
	struct err err = {0};
	size_t spent = 0;

	while ((spent < SHARE || waiting_is_full(bot)) && waiting_take(bot, &in)) {
		choose(bot, &in);
		spent += in.message.text.n > SHARE_LEAST ? in.message.text.n : SHARE_LEAST;
	}
	batch.retried = tries = arena_array(&bot->lists, bot->chosen_n + 1, sizeof *tries);
	for (size_t i = 0; i < bot->chosen_n; i++)
		if (bot->chosen[i].again)
			tries[batch.retried_n++] =
				(struct store_mark){.platform = bot->chosen[i].seat->name,
						    .message = bot->chosen[i].message.id};
	return !batch.retried_n ||
	       store_said(bot, bot->settings.store->ops->commit(bot->settings.store, &batch, &err),
			  &err);
}

static bool turn_is_empty(const struct bot *bot)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].moved)
			return false;
	return !bot->incoming_n && !bot->chosen_n && !bot->decided_n && !bot->outbox_marks_n &&
	       !bot->inbox_marks_n;
}

static void turn_reset(struct bot *bot)
{
	arena_reset(&bot->turn);
	bot->incoming = bot->chosen = NULL;
	bot->decided = NULL;
	bot->outbox_marks = bot->inbox_marks = NULL;
	bot->incoming_cap = bot->chosen_cap = bot->decided_cap = 0;
	bot->outbox_marks_cap = bot->inbox_marks_cap = 0;
}

void turn_tidy(struct bot *bot)
{
	if (turn_is_empty(bot))
		turn_reset(bot);
}

static int64_t look_limit(int64_t share_ms)
{
	int64_t ms = 2 * share_ms;

	return ms < LOOK_LEAST_MS ? LOOK_LEAST_MS : ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms;
}

/* Record, choose, decide, record, send. What the store did not take stays for the next try, in its order. */
static void turn_do(struct bot *bot)
{
	int64_t began_ms = loop_now_ms(bot->settings.loop);

	/* Messages were left out: the streams must not go on behind them. */
	if (bot->given_up)
		return;
	if (!turn_record(bot) || !turn_choose(bot)) {
		timer_set(bot->retry, loop_now_ms(bot->settings.loop) + RETRY_MS);
		return;
	}
	turn_decide(bot);
	bot->look = (struct look){.share_ms = loop_now_ms(bot->settings.loop) - began_ms};
	if (!turn_commit(bot, &(struct store_batch){0})) {
		timer_set(bot->retry, loop_now_ms(bot->settings.loop) + RETRY_MS);
		return;
	}
	store_said(bot, true, NULL);
	turn_send(bot);
	if (turn_is_empty(bot))
		turn_reset(bot);
	if (bot->waiting.waiting_n && !bot->stopping)
		timer_set(bot->awake, loop_now_ms(bot->settings.loop));
}

/* Whether to look once more what comes in before any of it is read. What is long comes in pieces: where
 * much is under way, nothing new does not mean that this was all. */
static bool looks_again(struct bot *bot)
{
	int64_t now = loop_now_ms(bot->settings.loop);
	struct look *look = &bot->look;

	if (bot->stopping || waiting_is_full(bot))
		return false;
	if (look->since_ms == 0)
		look->since_ms = now;
	look->in_vain = bot->incoming_n > look->incoming_n ? 0 : look->in_vain + 1;
	look->incoming_n = bot->incoming_n;
	return now - look->since_ms < look_limit(look->share_ms) &&
	       look->in_vain < (bot->waiting.waiting_n ? LOOKS_IN_VAIN : 1);
}

/* Before the loop sleeps. While the store fails, turn_retry() alone asks it. */
void turn_end(void *arg)
{
	struct bot *bot = arg;

	if (bot->store_failing || (turn_is_empty(bot) && !bot->waiting.waiting_n))
		return;
	if (looks_again(bot))
		timer_set(bot->awake, loop_now_ms(bot->settings.loop));
	else
		turn_do(bot);
}

void turn_retry(void *arg)
{
	turn_do(arg);
}
