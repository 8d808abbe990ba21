#include "app/bot.h"

#include <stdlib.h>

#include "app/cmd.h"
#include "app/dialogs.h"
#include "app/sending.h"
#include "core/dialog.h"
#include "core/reply.h"
#include "io/log.h"
#include "io/loop.h"

#define POSITION_BYTES_MAX ((size_t)256 * 1024)
#define ANSWER_BYTES_MAX ((size_t)4 * 1024)
#define RETRY_MS 1000				      /* after the store failed */
#define PURGE_EVERY_MS ((int64_t)60 * 1000)	      /* a minute */
#define PURGE_AFTER_MS ((int64_t)24 * 60 * 60 * 1000) /* 1 day: past every platform's replay */
#define PURGE_ROWS 1000 /* a minute: more than people write, and no stall */
#define STOP_GRACE_MS 800
#define TRIES_MAX 3 /* how often a message that was read again may stay undecided */

static const struct str answer_reply = {"answer", 6};
/* In front of a stored answer whose reply also said what the bot is: sent again it must have the
 * same words, by which the platform finds what it has already. */
static const struct str first_mark = {"first ", 6};

/* A platform and where it stands. */
struct seat {
	struct platform *platform;
	struct str name;
	struct buf position;
	bool moved; /* the position is not stored yet */
	enum platform_state state;
};

/* A message that is not recorded yet. */
struct incoming {
	struct seat *seat;
	struct message message; /* its texts live in the turn's arena */
	bool again;		/* was recorded in an earlier run and read again */
};

/* A message that is recorded and decided; the decision is not. */
struct decided {
	struct seat *seat;
	struct message message;
	struct answer answer;
	struct edition *edition;
	struct str encoded;
	bool first_contact;
};

struct bot {
	struct platform_sink sink; /* first: what platforms see of it */
	struct bot_settings settings;
	struct edition *edition;
	struct dialogs *dialogs;
	struct seat seats[BOT_PLATFORMS_MAX];
	size_t seats_n;
	struct sendings sendings;
	struct timer *retry, *purge;

	struct arena lists; /* what one commit is handed */
	struct arena turn;
	struct incoming *incoming;
	size_t incoming_n, incoming_cap;
	struct decided *decided;
	size_t decided_n, decided_cap;
	struct store_mark *outbox_marks, *inbox_marks;
	size_t outbox_marks_n, outbox_marks_cap, inbox_marks_n, inbox_marks_cap;

	bool store_failing; /* said once */
	bool stopping;
	size_t to_stop;
};

static struct seat *seat_of(struct bot *bot, const struct platform *platform)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].platform == platform)
			return &bot->seats[i];
	return NULL;
}

static struct seat *seat_named(struct bot *bot, struct str name)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (str_eq(bot->seats[i].name, name))
			return &bot->seats[i];
	return NULL;
}

/* --- collecting what the platforms say ---------------------------------------------------- */

static struct message message_copy(const struct message *m, struct arena *arena)
{
	struct message copy = *m;

	copy.id = arena_str(arena, m->id);
	copy.room = arena_str(arena, m->room);
	copy.person = arena_str(arena, m->person);
	copy.text = arena_str(arena, m->text);
	return copy;
}

static void incoming_add(struct bot *bot, struct seat *seat, const struct message *m, bool again)
{
	for (size_t i = 0; i < bot->incoming_n; i++)
		if (bot->incoming[i].seat == seat && str_eq(bot->incoming[i].message.id, m->id))
			return;
	bot->incoming = arena_grow(&bot->turn, bot->incoming, &bot->incoming_n, &bot->incoming_cap,
				   sizeof *bot->incoming);
	bot->incoming[bot->incoming_n - 1] =
		(struct incoming){seat, message_copy(m, &bot->turn), again};
}

static void on_message(struct platform_sink *sink, struct platform *from, const struct message *m)
{
	struct bot *bot = (struct bot *)sink;

	incoming_add(bot, seat_of(bot, from), m, false);
}

static void on_position(struct platform_sink *sink, struct platform *from, struct str position)
{
	struct seat *seat = seat_of((struct bot *)sink, from);

	buf_clear(&seat->position);
	if (buf_add(&seat->position, position))
		seat->moved = true;
	else
		log_error(from->ops->name, "the position is too long to be stored");
}

static void inbox_mark(struct bot *bot, struct seat *seat, struct str message)
{
	bot->inbox_marks = arena_grow(&bot->turn, bot->inbox_marks, &bot->inbox_marks_n,
				      &bot->inbox_marks_cap, sizeof *bot->inbox_marks);
	bot->inbox_marks[bot->inbox_marks_n - 1] = (struct store_mark){
		.platform = seat->name, .message = arena_str(&bot->turn, message)};
}

static void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
		       const struct message *m)
{
	struct bot *bot = (struct bot *)sink;
	struct seat *seat = seat_of(bot, from);

	if (m) {
		incoming_add(bot, seat, m, true);
		return;
	}
	log_warn(from->ops->name, "a message of the last run is gone and stays without an answer");
	inbox_mark(bot, seat, id);
}

static void outbox_mark(struct bot *bot, const struct sending *s, enum outbox_state state)
{
	bot->outbox_marks = arena_grow(&bot->turn, bot->outbox_marks, &bot->outbox_marks_n,
				       &bot->outbox_marks_cap, sizeof *bot->outbox_marks);
	bot->outbox_marks[bot->outbox_marks_n - 1] =
		(struct store_mark){.platform = arena_str(&bot->turn, s->platform_name),
				    .message = arena_str(&bot->turn, s->message),
				    .kind = arena_str(&bot->turn, s->kind),
				    .pieces_sent = (unsigned)s->next,
				    .state = state};
}

static void on_delivered(struct platform_sink *sink, struct platform *from, uint64_t id,
			 enum delivery_outcome outcome, struct str why)
{
	struct bot *bot = (struct bot *)sink;
	struct sending *s = sending_find(&bot->sendings, id);

	if (!s) {
		log_error(from->ops->name, "spoke of a delivery that is not under way");
		return;
	}
	if (outcome == DELIVERY_REFUSED) {
		log_warn(from->ops->name, "a reply was refused for good: " STR_FMT, STR_ARG(why));
		outbox_mark(bot, s, OUTBOX_REFUSED);
		sending_end(&bot->sendings, s);
		return;
	}
	s->next++;
	if (s->next < s->reply.pieces_n) {
		outbox_mark(bot, s, OUTBOX_OWED);
		sending_go(&bot->sendings, s);
		return;
	}
	outbox_mark(bot, s, OUTBOX_SENT);
	sending_end(&bot->sendings, s);
}

static void state_log(const char *area, enum platform_state state, struct str why)
{
	static const char *const words[] = {[PLATFORM_CONNECTING] = "connecting",
					    [PLATFORM_READY] = "ready",
					    [PLATFORM_DEGRADED] = "works in part",
					    [PLATFORM_FAILED] = "stopped"};
	struct str colon = why.n ? STR(": ") : STR("");

	if (state == PLATFORM_FAILED)
		log_error(area, "%s" STR_FMT STR_FMT, words[state], STR_ARG(colon), STR_ARG(why));
	else if (state == PLATFORM_DEGRADED)
		log_warn(area, "%s" STR_FMT STR_FMT, words[state], STR_ARG(colon), STR_ARG(why));
	else
		log_info(area, "%s" STR_FMT STR_FMT, words[state], STR_ARG(colon), STR_ARG(why));
}

static void on_state(struct platform_sink *sink, struct platform *from, enum platform_state state,
		     struct str why)
{
	struct bot *bot = (struct bot *)sink;
	struct seat *seat = seat_of(bot, from);
	bool all_failed = true;

	seat->state = state;
	state_log(from->ops->name, state, why);
	for (size_t i = 0; i < bot->seats_n; i++)
		all_failed = all_failed && bot->seats[i].state == PLATFORM_FAILED;
	if (all_failed)
		bot_stop(bot);
}

/* --- one turn ----------------------------------------------------------------------------- */

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
		buf_add(&encoded, first_mark);
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
						      .kind = answer_reply,
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
					      .kind = answer_reply,
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
static void turn_end(void *arg)
{
	struct bot *bot = arg;

	if (!turn_is_empty(bot) && !bot->store_failing)
		turn_do(bot);
}

static void on_retry(void *arg)
{
	turn_do(arg);
}

static void on_purge(void *arg)
{
	struct bot *bot = arg;
	struct err err;

	if (!bot->settings.store->ops->purge(bot->settings.store, loop_wall_ms() - PURGE_AFTER_MS,
					     PURGE_ROWS, &err))
		log_warn("store", "old rows were not deleted: %s", err.text);
	timer_set(bot->purge, loop_now_ms(bot->settings.loop) + PURGE_EVERY_MS);
}

/* --- what an earlier run left ------------------------------------------------------------- */

/* Rows are copied out first: the store must not be changed while it is being read. */
struct leftovers {
	struct bot *bot;
	struct store_inbox *undecided;
	size_t undecided_n, undecided_cap;
	struct store_outbox *owed;
	size_t owed_n, owed_cap;
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
		.received_ms = row->received_ms,
		.tries = row->tries,
	};
}

static void owed_copy(void *arg, const struct store_outbox *row)
{
	struct leftovers *l = arg;
	struct arena *arena = &l->bot->turn;
	struct store_outbox *copy;

	l->owed = arena_grow(arena, l->owed, &l->owed_n, &l->owed_cap, sizeof *l->owed);
	copy = &l->owed[l->owed_n - 1];
	*copy = *row;
	copy->platform = arena_str(arena, row->platform);
	copy->message = arena_str(arena, row->message);
	copy->kind = arena_str(arena, row->kind);
	copy->room = arena_str(arena, row->room);
	copy->answer = arena_str(arena, row->answer);
	copy->version = arena_str(arena, row->version);
}

static void owed_take_up(struct bot *bot, const struct store_outbox *row)
{
	struct seat *seat = seat_named(bot, row->platform);
	bool first = str_starts(row->answer, first_mark);
	struct str stored = first ? str_sub(row->answer, first_mark.n, row->answer.n) : row->answer;
	struct answer answer;
	struct err err;

	if (!seat)
		return; /* that platform is not configured now: its replies wait */
	if (!answer_decode(bot->edition->book, stored, &answer, &err)) {
		log_error("store", "%s", err.text);
		return;
	}
	/* Sent as decided, however late: other words could not be known as those that may have
	 * reached the platform before the stop. */
	sending_start(&bot->sendings, &(struct sending_order){.platform = seat->platform,
							      .message = row->message,
							      .room = row->room,
							      .kind = row->kind,
							      .answer = &answer,
							      .edition = bot->edition,
							      .first_contact = first,
							      .pieces_sent = row->pieces_sent});
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
			seat->platform->ops->fetch(seat->platform, row->room, row->message);
	}
	return true;
}

static bool leftovers_take_up(struct bot *bot, struct err *err)
{
	struct leftovers l = {.bot = bot};
	struct store *store = bot->settings.store;

	if (!store->ops->owed(store, owed_copy, &l, err) ||
	    !store->ops->undecided(store, undecided_copy, &l, err))
		return false;
	if (l.owed_n || l.undecided_n)
		log_info("store", "taking up %zu owed replies and %zu undecided messages", l.owed_n,
			 l.undecided_n);
	for (size_t i = 0; i < l.owed_n; i++)
		owed_take_up(bot, &l.owed[i]);
	return undecided_take_up(bot, &l, err);
}

/* --- from outside ------------------------------------------------------------------------- */

struct bot *bot_new(const struct bot_settings *settings)
{
	struct bot *bot = calloc(1, sizeof *bot);

	if (!bot)
		out_of_memory();
	bot->sink = (struct platform_sink){.message = on_message,
					   .position = on_position,
					   .delivered = on_delivered,
					   .fetched = on_fetched,
					   .state = on_state};
	bot->settings = *settings;
	bot->edition = edition_new(settings->book);
	bot->dialogs = dialogs_new();
	arena_init(&bot->turn);
	arena_init(&bot->lists);
	bot->retry = timer_new(settings->loop, on_retry, bot);
	bot->purge = timer_new(settings->loop, on_purge, bot);
	return bot;
}

void bot_free(struct bot *bot)
{
	if (!bot)
		return;
	for (size_t i = 0; i < bot->decided_n; i++)
		edition_drop(bot->decided[i].edition);
	sendings_drop(&bot->sendings);
	for (size_t i = 0; i < bot->seats_n; i++) {
		bot->seats[i].platform->ops->free(bot->seats[i].platform);
		buf_done(&bot->seats[i].position);
	}
	timer_free(bot->retry);
	timer_free(bot->purge);
	edition_drop(bot->edition);
	dialogs_free(bot->dialogs);
	arena_done(&bot->turn);
	arena_done(&bot->lists);
	free(bot);
}

void bot_platform_add(struct bot *bot, struct platform *platform)
{
	struct seat *seat = &bot->seats[bot->seats_n++];

	*seat = (struct seat){.platform = platform, .name = str_of(platform->ops->name)};
	buf_init(&seat->position, POSITION_BYTES_MAX);
	platform->sink = &bot->sink;
}

bool bot_start(struct bot *bot, struct err *err)
{
	struct store *store = bot->settings.store;

	for (size_t i = 0; i < bot->seats_n; i++) {
		struct seat *seat = &bot->seats[i];

		if (!store->ops->position(store, seat->name, &seat->position, err) ||
		    !seat->platform->ops->start(seat->platform, buf_str(&seat->position), err))
			return false;
	}
	if (!leftovers_take_up(bot, err))
		return false;
	loop_before_sleep(bot->settings.loop, turn_end, bot);
	on_purge(bot);
	return true;
}

void bot_book_swap(struct bot *bot, const struct book *book)
{
	struct edition *old = bot->edition;

	bot->edition = edition_new(book);
	dialogs_book_gone(bot->dialogs);
	edition_drop(old);
}

const struct book *bot_book(const struct bot *bot)
{
	return bot->edition->book;
}

static void on_stopped(void *arg)
{
	struct bot *bot = arg;

	if (--bot->to_stop > 0)
		return;
	timer_stop(bot->retry);
	timer_stop(bot->purge);
	turn_end(bot);
	loop_stop(bot->settings.loop);
}

void bot_stop(struct bot *bot)
{
	if (bot->stopping)
		return;
	bot->stopping = true;
	bot->to_stop = bot->seats_n;
	for (size_t i = 0; i < bot->seats_n; i++)
		bot->seats[i].platform->ops->stop(bot->seats[i].platform, STOP_GRACE_MS, on_stopped,
						  bot);
}

int bot_exit_status(const struct bot *bot)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].state != PLATFORM_FAILED)
			return EXIT_GOOD;
	return EXIT_CONFIG;
}
