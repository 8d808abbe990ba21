/* bot.h: one turn. Record, decide, record, send. */
#include "app/bot_inside.h"

#define ANSWER_BYTES_MAX ((size_t)4 * 1024)
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
						     .received_ms = loop_wall_ms()};
	}
}

/* Commits what came in together with where the streams stand. */
static bool turn_record(struct bot *bot)
{
	struct store_position positions[BOT_PLATFORMS_MAX];
	struct store_batch batch = {.positions = positions,
				    .marks = bot->outbox_marks,
				    .marks_n = bot->outbox_marks_n,
				    .decided = bot->inbox_marks,
				    .decided_n = bot->inbox_marks_n};
	struct err err = {0};

	if (!duplicates_drop(bot))
		return false;
	batch.positions_n = positions_list(bot, positions);
	arena_reset(&bot->lists);
	inbox_list(bot, &batch);
	if (!batch.positions_n && !batch.inbox_n && !batch.retried_n && !batch.marks_n &&
	    !batch.decided_n)
		return true;
	if (!store_said(bot, bot->settings.store->ops->commit(bot->settings.store, &batch, &err),
			&err))
		return false;
	bot->outbox_marks_n = 0;
	bot->inbox_marks_n = 0;
	for (size_t i = 0; i < bot->seats_n; i++)
		bot->seats[i].moved = false;
	return true;
}

static void answer_log(const struct seat *seat, const struct answer *a)
{
	const struct passage *p = a->parts_n ? a->parts[0].passages[0] : NULL;
	struct str reply = a->parts_n ? reply_id_name(a->parts[0].reply) : STR("");

	log_info(seat->platform->ops->name, STR_FMT " " STR_FMT "%s",
		 STR_ARG(answer_kind_name(a->kind)), STR_ARG(p && !reply.n ? p->id : reply),
		 a->parts_n > 1 ? " and more" : "");
}

static bool is_late(const struct bot *bot, const struct incoming *in)
{
	return (in->again || in->message.replayed) &&
	       loop_wall_ms() - in->message.sent_ms > bot->settings.late_after_ms;
}

static void decide(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	const struct book *book = bot->edition->book;
	int64_t now = loop_now_ms(bot->settings.loop);
	uint64_t key = dialogs_key(bot->dialogs, in->seat->name, m->room, m->person);
	const struct dialog *before = dialogs_get(bot->dialogs, key, now);
	struct question question = {.text = m->text,
				    .addressed = m->addressed,
				    .to_other = m->to_other,
				    .attachment = m->attachment,
				    .late = is_late(bot, in)};
	struct answer answer = talk(book, before, &question, &bot->turn);
	struct dialog after = dialog_after(before, book, &answer);
	struct decided *d;
	struct buf encoded;

	bot->decided = arena_grow(&bot->turn, bot->decided, &bot->decided_n, &bot->decided_cap,
				  sizeof *bot->decided);
	d = &bot->decided[bot->decided_n - 1];
	*d = (struct decided){.seat = in->seat,
			      .message = *m,
			      .answer = answer,
			      .edition = edition_hold(bot->edition),
			      .first_contact = !before || !before->met};
	buf_init(&encoded, ANSWER_BYTES_MAX);
	if (d->first_contact)
		buf_add(&encoded, FIRST_MARK);
	answer_encode(&answer, &encoded);
	d->encoded = arena_str(&bot->turn, buf_str(&encoded));
	buf_done(&encoded);
	if (answer.kind != ANSWER_SILENT)
		dialogs_put(bot->dialogs, key, &after, now);
	answer_log(in->seat, &answer);
}

static void turn_decide(struct bot *bot)
{
	for (size_t i = 0; i < bot->incoming_n; i++)
		decide(bot, &bot->incoming[i]);
	bot->incoming_n = 0;
}

/* Commits the decisions. */
static bool turn_commit(struct bot *bot)
{
	struct store_outbox *outbox = arena_array(&bot->lists, bot->decided_n + 1, sizeof *outbox);
	struct store_mark *silent = arena_array(&bot->lists, bot->decided_n + 1, sizeof *silent);
	struct store_batch batch = {.outbox = outbox, .decided = silent};
	struct err err = {0};

	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];

		if (d->answer.kind == ANSWER_SILENT)
			silent[batch.decided_n++] = (struct store_mark){.platform = d->seat->name,
									.message = d->message.id};
		else
			outbox[batch.outbox_n++] =
				(struct store_outbox){.platform = d->seat->name,
						      .message = d->message.id,
						      .kind = ANSWER_REPLY,
						      .room = d->message.room,
						      .answer = d->encoded,
						      .version = d->edition->book->version,
						      .state = OUTBOX_OWED,
						      .decided_ms = loop_wall_ms()};
	}
	return store_said(bot, bot->settings.store->ops->commit(bot->settings.store, &batch, &err),
			  &err);
}

static void turn_send(struct bot *bot)
{
	for (size_t i = 0; i < bot->decided_n; i++) {
		const struct decided *d = &bot->decided[i];
		struct sending_order order = {.platform = d->seat->platform,
					      .message = d->message.id,
					      .room = d->message.room,
					      .kind = ANSWER_REPLY,
					      .answer = &d->answer,
					      .edition = d->edition,
					      .first_contact = d->first_contact};

		if (d->answer.kind != ANSWER_SILENT)
			sending_start(&bot->sendings, &order);
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

/* Record, decide, record, send. What the store did not take stays for the next try, in its order. */
static void turn_do(struct bot *bot)
{
	if (!turn_record(bot)) {
		timer_set(bot->retry, loop_now_ms(bot->settings.loop) + RETRY_MS);
		return;
	}
	turn_decide(bot);
	if (bot->decided_n && !turn_commit(bot)) {
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
