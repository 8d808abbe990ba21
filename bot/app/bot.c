#include "app/bot_inside.h"

#include <stdlib.h>
#include <string.h>

#include "app/cmd.h"

#define POSITION_BYTES_MAX ((size_t)1024 * 1024)
#define STOP_GRACE_MS 800
#define INCOMING_MAX 4096 /* while the store fails */
#define INCOMING_BYTES_MAX ((size_t)8 * 1024 * 1024)

static struct seat *seat_of(struct bot *bot, const struct platform *platform)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].platform == platform)
			return &bot->seats[i];
	return NULL;
}

struct seat *seat_named(struct bot *bot, struct str name)
{
	for (size_t i = 0; i < bot->seats_n; i++)
		if (str_eq(bot->seats[i].name, name))
			return &bot->seats[i];
	return NULL;
}

/* --- collecting what the platforms say ---------------------------------------------------- */

struct message message_copy(const struct message *m, struct arena *arena)
{
	struct message copy = *m;

	copy.id = arena_str(arena, m->id);
	copy.edits = arena_str(arena, m->edits);
	copy.room = arena_str(arena, m->room);
	copy.person = arena_str(arena, m->person);
	copy.text = arena_str(arena, m->text);
	copy.link = arena_str(arena, m->link);
	copy.replies_to = arena_str(arena, m->replies_to);
	return copy;
}

/* While the store fails nothing can be read, and what comes in waits in memory. Where the streams stand is
 * not recorded: the next run has all of it handed in again. */
static bool incoming_is_full(struct bot *bot)
{
	if (!bot->store_failing || bot->given_up)
		return bot->given_up;
	if (bot->incoming_n < INCOMING_MAX && bot->incoming_bytes < INCOMING_BYTES_MAX)
		return false;
	bot->given_up = true;
	log_error("store",
		  "%zu messages wait for it to work again: ending, to be started anew; what was "
		  "written since it failed is handed in again then",
		  bot->incoming_n);
	bot_stop(bot);
	return true;
}

static void incoming_add(struct bot *bot, struct seat *seat, const struct message *m, bool again)
{
	for (size_t i = 0; i < bot->incoming_n; i++) {
		struct incoming *in = &bot->incoming[i];

		if (in->seat != seat || !str_eq(in->message.id, m->id))
			continue;
		/* One that an earlier run recorded may come by the stream too: it is no duplicate then. */
		in->again = in->again || again;
		return;
	}
	if (incoming_is_full(bot))
		return;
	bot->incoming_bytes += m->text.n + m->link.n + sizeof *bot->incoming;
	bot->incoming = arena_grow(&bot->turn, bot->incoming, &bot->incoming_n, &bot->incoming_cap,
				   sizeof *bot->incoming);
	bot->incoming[bot->incoming_n - 1] = (struct incoming){
		seat, message_copy(m, &bot->turn), again, loop_now_ms(bot->settings.loop)};
}

static void on_message(struct platform_sink *sink, struct platform *from, const struct message *m)
{
	struct bot *bot = (struct bot *)sink;

	incoming_add(bot, seat_of(bot, from), m, false);
}

static void on_deleted(struct platform_sink *sink, struct platform *from, struct str message)
{
	struct bot *bot = (struct bot *)sink;

	message_withdraw(bot, seat_of(bot, from), message);
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

void inbox_mark(struct bot *bot, struct seat *seat, struct str message)
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

void outbox_mark(struct bot *bot, const struct store_mark *mark)
{
	struct store_mark *copy;

	bot->outbox_marks = arena_grow(&bot->turn, bot->outbox_marks, &bot->outbox_marks_n,
				       &bot->outbox_marks_cap, sizeof *bot->outbox_marks);
	copy = &bot->outbox_marks[bot->outbox_marks_n - 1];
	*copy = *mark;
	copy->platform = arena_str(&bot->turn, mark->platform);
	copy->message = arena_str(&bot->turn, mark->message);
	copy->kind = arena_str(&bot->turn, mark->kind);
	copy->sent_as = arena_str(&bot->turn, mark->sent_as);
}

void sending_mark(struct bot *bot, const struct sending *s, enum outbox_state state)
{
	outbox_mark(bot, &(struct store_mark){.platform = s->platform_name,
					      .message = s->message,
					      .kind = s->kind,
					      .pieces_sent = (unsigned)s->next,
					      .state = state,
					      .sent_as = buf_str(&s->sent_as)});
}

/* It had gone out when its question was deleted. */
void reply_unwanted(struct bot *bot, const struct sending *s)
{
	const struct store_outbox row = {.platform = s->platform_name,
					 .message = s->message,
					 .kind = s->kind,
					 .room = s->room,
					 .pieces_sent = (unsigned)s->next,
					 .state = OUTBOX_SENT,
					 .sent_as = buf_str(&s->sent_as)};

	if (bot->settings.removes && s->answer.kind != ANSWER_URGENT)
		reply_remove(bot, seat_of(bot, s->platform), &row);
}

/* Pieces of it may have gone out before this one: the row says which. */
static void reply_refused(struct bot *bot, struct sending *s, struct str why)
{
	const char *area = s->platform->ops->name;

	if (s->withdrawn)
		log_info(area, "a reply was not sent: its question was deleted");
	else
		log_warn(area, "a reply was refused for good: " STR_FMT, STR_ARG(why));
	sending_mark(bot, s, OUTBOX_REFUSED);
	if (s->withdrawn)
		reply_unwanted(bot, s);
	sending_end(&bot->sendings, s);
}

/* What cannot be removed is gone already, or no longer ours. */
static void removal_went_on(struct bot *bot, struct sending *s, enum delivery_outcome outcome,
			    struct str why)
{
	if (outcome == DELIVERY_REFUSED)
		log_warn(s->platform->ops->name, "a reply could not be removed: " STR_FMT,
			 STR_ARG(why));
	if (++s->next < s->pieces_n) {
		sending_go(&bot->sendings, s);
		return;
	}
	sending_mark(bot, s, OUTBOX_REMOVED);
	sending_end(&bot->sendings, s);
}

static void on_delivered(struct platform_sink *sink, struct platform *from, uint64_t id,
			 enum delivery_outcome outcome, struct str sent_as, struct str why)
{
	struct bot *bot = (struct bot *)sink;
	struct sending *s = sending_find(&bot->sendings, id);

	if (!s) {
		log_error(from->ops->name, "spoke of a delivery that is not under way");
		return;
	}
	if (s->is_alert) {
		alert_delivered(bot, s, outcome, sent_as, why);
		return;
	}
	if (s->removes) {
		removal_went_on(bot, s, outcome, why);
		return;
	}
	if (outcome == DELIVERY_SENT)
		loop_sent(bot, s);
	if (s->changes) {
		change_went_on(bot, s, outcome, sent_as, why);
		return;
	}
	if (outcome == DELIVERY_REFUSED) {
		reply_refused(bot, s, why);
		return;
	}
	s->next++;
	if (sent_as.n)
		buf_addf(&s->sent_as, "%s" STR_FMT, s->sent_as.n ? " " : "", STR_ARG(sent_as));
	if (s->next < s->pieces_n && !s->withdrawn) {
		sending_mark(bot, s, OUTBOX_OWED);
		sending_go(&bot->sendings, s);
		return;
	}
	sending_mark(bot, s, s->next < s->pieces_n ? OUTBOX_REFUSED : OUTBOX_SENT);
	if (s->withdrawn)
		reply_unwanted(bot, s);
	sending_end(&bot->sendings, s);
}

static void on_trouble(struct platform_sink *sink, struct platform *from,
		       const struct room_trouble *trouble)
{
	struct bot *bot = (struct bot *)sink;

	trouble_tell(bot, seat_of(bot, from), trouble);
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

/* What happened while the bot was away has been handed in. */
static void seat_up(struct bot *bot, struct seat *seat)
{
	bool first = !seat->was_up;

	seat->was_up = true;
	alerts_seat_up(bot);
	if (first)
		held_seat_up(bot, seat);
}

static void on_state(struct platform_sink *sink, struct platform *from, enum platform_state state,
		     struct str why)
{
	struct bot *bot = (struct bot *)sink;
	struct seat *seat = seat_of(bot, from);
	bool all_failed = true;

	seat->state = state;
	if (state == PLATFORM_READY || state == PLATFORM_DEGRADED)
		seat_up(bot, seat);
	state_log(from->ops->name, state, why);
	for (size_t i = 0; i < bot->seats_n; i++)
		all_failed = all_failed && bot->seats[i].state == PLATFORM_FAILED;
	if (all_failed)
		bot_stop(bot);
}

/* --- from outside ------------------------------------------------------------------------- */

static void on_awake(void *arg)
{
	(void)arg;
}

struct bot *bot_new(const struct bot_settings *settings)
{
	struct bot *bot = calloc(1, sizeof *bot);

	if (!bot)
		out_of_memory();
	bot->sink = (struct platform_sink){.message = on_message,
					   .deleted = on_deleted,
					   .position = on_position,
					   .delivered = on_delivered,
					   .fetched = on_fetched,
					   .trouble = on_trouble,
					   .state = on_state};
	bot->settings = *settings;
	bot->edition = edition_new(settings->book);
	bot->dialogs = dialogs_new();
	bot->people = quota_new(settings->person_per_minute);
	bot->rooms = quota_new(settings->room_per_minute);
	bot->echoes = echoes_new();
	arena_init(&bot->turn);
	arena_init(&bot->lists);
	arena_init(&bot->held_texts);
	bot->retry = timer_new(settings->loop, turn_retry, bot);
	bot->purge = timer_new(settings->loop, purge_do, bot);
	bot->again = timer_new(settings->loop, alerts_again, bot);
	bot->settled = timer_new(settings->loop, edits_settled, bot);
	bot->held_long = timer_new(settings->loop, held_too_long, bot);
	bot->awake = timer_new(settings->loop, on_awake, bot);
	alerts_init(&bot->alerts, settings->alert_again_ms);
	return bot;
}

void bot_free(struct bot *bot)
{
	if (!bot)
		return;
	for (size_t i = 0; i < bot->decided_n; i++)
		edition_drop(bot->decided[i].edition);
	edits_drop(bot);
	held_drop(bot);
	waiting_drop(bot);
	sendings_drop(&bot->sendings);
	alerts_done(&bot->alerts);
	for (size_t i = 0; i < bot->seats_n; i++) {
		bot->seats[i].platform->ops->free(bot->seats[i].platform);
		buf_done(&bot->seats[i].position);
	}
	timer_free(bot->retry);
	timer_free(bot->purge);
	timer_free(bot->again);
	timer_free(bot->settled);
	timer_free(bot->held_long);
	timer_free(bot->awake);
	edition_drop(bot->edition);
	dialogs_free(bot->dialogs);
	quota_free(bot->people);
	quota_free(bot->rooms);
	echoes_free(bot->echoes);
	arena_done(&bot->turn);
	arena_done(&bot->lists);
	arena_done(&bot->held_texts);
	free(bot);
}

void bot_platform_add(struct bot *bot, struct platform *platform, const struct bot_staff *staff)
{
	struct seat *seat = &bot->seats[bot->seats_n++];

	*seat = (struct seat){.platform = platform, .name = str_of(platform->ops->name)};
	if (staff)
		seat->staff = *staff;
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
	purge_do(bot);
	return true;
}

void bot_book_swap(struct bot *bot, const struct book *book)
{
	struct edition *old = bot->edition;

	bot->edition = edition_new(book);
	memset(bot->harmless, 0, sizeof bot->harmless); /* its urgent lane may be another one */
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
	timer_stop(bot->again);
	timer_stop(bot->settled);
	timer_stop(bot->held_long);
	timer_stop(bot->awake);
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
	if (bot->given_up)
		return EXIT_INPUT;
	for (size_t i = 0; i < bot->seats_n; i++)
		if (bot->seats[i].state != PLATFORM_FAILED)
			return EXIT_GOOD;
	return EXIT_CONFIG;
}
