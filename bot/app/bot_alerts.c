/* bot.h: alerts to staff. core/alerts.h says which waits for what; here it is done and kept.
 *
 * One row of the outbox is one alert: owed while a showing is on its way, sent or refused until the
 * next one is due, claimed at the end. `pieces_sent` is how many showings there were, and names the
 * next one to the platform, so that a crash at any point shows none of them twice.
 *
 * One that is shown again while there is a second room is from then on shown there too, by a row of its
 * own with its own showings. Whoever takes one of the two takes both, and the patient is told when the
 * first showing of either was sent. */
#include "app/bot_inside.h"

#define NOTICE_BYTES_MAX ((size_t)1024)
#define LOOK_AGAIN_MS 500 /* while the store fails */

struct str alert_room(const struct seat *seat, struct str kind)
{
	return kind_is_second(kind) ? seat->staff.second : seat->staff.room;
}

static struct alert *other_of(struct bot *bot, const struct alert *a)
{
	return alerts_find(&bot->alerts, a->platform, a->message,
			   kind_of_other(a->kind, &bot->turn));
}

static void timer_renew(struct bot *bot)
{
	int64_t wake = alerts_wake_ms(&bot->alerts);
	int64_t wait = wake - loop_wall_ms();

	if (wake == INT64_MAX) {
		timer_stop(bot->again);
		return;
	}
	/* The wall clock may be set; an alert waits no longer than it should. */
	wait = wait < 0 ? 0 : wait;
	wait = wait > bot->settings.alert_again_ms ? bot->settings.alert_again_ms : wait;
	wait += loop_now_ms(bot->settings.loop);
	timer_set(bot->again, wait > bot->alerts_from_ms ? wait : bot->alerts_from_ms);
}

void alerts_seat_up(struct bot *bot)
{
	bool all_up = true;

	for (size_t i = 0; i < bot->seats_n; i++)
		all_up = all_up && (bot->seats[i].was_up || !bot->seats[i].staff.room.n);
	if (!all_up || bot->alerts_from_ms == 0)
		return;
	bot->alerts_from_ms = 0;
	timer_renew(bot);
}

void notice_decide(struct bot *bot, struct decided *d, const struct notice *notice)
{
	struct buf encoded;

	d->notice = *notice;
	buf_init(&encoded, NOTICE_BYTES_MAX);
	notice_encode(notice, &encoded);
	d->encoded = arena_str(&bot->turn, buf_str(&encoded));
	buf_done(&encoded);
}

void alert_decide(struct bot *bot, const struct message *m)
{
	const struct decided about = bot->decided[bot->decided_n - 1];
	const struct bot_staff *staff = &about.seat->staff;
	struct decided *d;

	if (!staff->room.n)
		return;
	d = decided_add(bot, about.seat);
	d->message = about.message;
	d->room = staff->room;
	d->kind = kind_of_alert(about.kind, &bot->turn);
	d->words = staff->with_words ? m->text : STR("");
	notice_decide(bot, d,
		      &(struct notice){.kind = NOTICE_ALERT,
				       .level = about.answer.level,
				       .at_ms = m->edits.n ? loop_wall_ms() : m->sent_ms,
				       .room = m->room,
				       .link = m->link.n ? m->link : about.message,
				       .with_words = staff->with_words});
}

void alert_waits(struct bot *bot, const struct decided *d)
{
	alerts_add(&bot->alerts,
		   &(struct alert){.platform = d->seat->name,
				   .message = d->message,
				   .kind = d->kind,
				   .room = d->room,
				   .notice = d->encoded,
				   .on_its_way = true},
		   STR(""));
}

static void alert_mark(struct bot *bot, const struct alert *a, enum outbox_state state)
{
	outbox_mark(bot, &(struct store_mark){.platform = a->platform,
					      .message = a->message,
					      .kind = a->kind,
					      .pieces_sent = a->shown,
					      .state = state,
					      .sent_as = buf_str(&a->sent_as),
					      .settled_ms = a->settled_ms});
}

bool is_decided(struct bot *bot, struct str platform, struct str message, struct str kind)
{
	struct store *store = bot->settings.store;
	struct buf b;
	struct err err;
	bool stands;

	for (size_t i = 0; i < bot->decided_n; i++)
		if (str_eq(bot->decided[i].message, message) &&
		    str_eq(bot->decided[i].kind, kind) &&
		    str_eq(bot->decided[i].seat->name, platform))
			return true;
	buf_init(&b, NOTICE_BYTES_MAX);
	/* An alert is looked at again when it is due. */
	stands = !store->ops->decision(store, platform, message, kind, &b, &err) || b.n;
	buf_done(&b);
	return stands;
}

/* Staff have it: now the patient may be told so. */
static void told_decide(struct bot *bot, struct seat *seat, const struct alert *a)
{
	struct str kind = kind_of_told(a->kind, &bot->turn);
	struct answer answer = {.kind = ANSWER_URGENT,
				.parts = {{.kind = ANSWER_URGENT, .reply = REPLY_STAFF_TOLD}},
				.parts_n = 1};
	struct notice notice;
	struct decided *d;
	struct buf encoded;
	struct err err;

	if (is_decided(bot, a->platform, a->message, kind))
		return;
	if (!notice_decode(a->notice, &notice, &err)) {
		log_error("store", "%s", err.text);
		return;
	}
	answer.level = notice.level;
	d = decided_add(bot, seat);
	d->message = arena_str(&bot->turn, a->message);
	d->room = arena_str(&bot->turn, notice.room);
	d->kind = kind;
	d->answer = answer;
	buf_init(&encoded, NOTICE_BYTES_MAX);
	answer_encode(&answer, &encoded);
	d->encoded = arena_str(&bot->turn, buf_str(&encoded));
	buf_done(&encoded);
}

/* What was decided of it in this turn and is not written yet. */
static void decided_forget(struct bot *bot, const struct alert *a, struct str kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < bot->decided_n; i++) {
		struct decided *d = &bot->decided[i];

		if (str_eq(d->message, a->message) && str_eq(d->kind, kind) &&
		    str_eq(d->seat->name, a->platform))
			edition_drop(d->edition);
		else
			bot->decided[kept++] = *d;
	}
	bot->decided_n = kept;
}

/* Somebody took it, and with it the one in the other room. */
static void alert_take(struct bot *bot, struct alert *a)
{
	struct alert *other = other_of(bot, a);

	decided_forget(bot, a, a->kind);
	decided_forget(bot, a, kind_of_other(a->kind, &bot->turn));
	if (other) {
		alert_mark(bot, other, OUTBOX_CLAIMED);
		alerts_drop(&bot->alerts, other);
	}
	alert_mark(bot, a, OUTBOX_CLAIMED);
	alerts_drop(&bot->alerts, a);
}

void alert_delivered(struct bot *bot, struct sending *s, enum delivery_outcome outcome,
		     struct str sent_as, struct str why)
{
	struct alert *a = alerts_find(&bot->alerts, s->platform_name, s->message, s->kind);
	struct seat *seat = seat_named(bot, s->platform_name);
	bool first = false, claimed = false;

	if (outcome == DELIVERY_REFUSED)
		log_error(seat->platform->ops->name,
			  "an alert to staff was refused: " STR_FMT
			  "; look at the room that is set for staff and at the bot's permissions "
			  "there",
			  STR_ARG(why));
	if (!a) { /* somebody took it meanwhile */
		sending_end(&bot->sendings, s);
		return;
	}
	if (outcome == DELIVERY_SENT)
		alerts_sent(&bot->alerts, a, sent_as, loop_wall_ms(), &first, &claimed);
	else
		alerts_refused(a, loop_wall_ms());
	if (first)
		told_decide(bot, seat, a);
	if (claimed)
		alert_take(bot, a);
	else
		alert_mark(bot, a, outcome == DELIVERY_SENT ? OUTBOX_SENT : OUTBOX_REFUSED);
	sending_end(&bot->sendings, s);
	timer_renew(bot);
}

void alert_claim(struct bot *bot, struct seat *seat, const struct message *m)
{
	struct alert *a = NULL;
	struct decided *d;

	inbox_mark(bot, seat, m->id);
	if (!m->edits.n)
		a = alerts_claimed(&bot->alerts, seat->name, m->replies_to);
	if (!a)
		return;
	alert_take(bot, a);
	d = decided_add(bot, seat);
	d->message = m->id;
	d->room = m->room;
	d->kind = KIND_ANSWER;
	notice_decide(bot, d, &(struct notice){.kind = NOTICE_TAKEN});
	log_info(seat->platform->ops->name, "staff took an alert");
	timer_renew(bot);
}

/* In the second room too, as soon as nobody has taken it in the first: without the patient's words, which
 * are gone by then. */
static void show_in_second(struct bot *bot, struct seat *seat, const struct alert *a)
{
	struct str kind = kind_of_other(a->kind, &bot->turn);
	struct notice notice;
	struct decided *d;
	struct err err;

	if (!seat->staff.second.n || kind_is_second(a->kind) ||
	    is_decided(bot, a->platform, a->message, kind) ||
	    !notice_decode(a->notice, &notice, &err))
		return;
	notice.with_words = false;
	notice.room = arena_str(&bot->turn, notice.room);
	notice.link = arena_str(&bot->turn, notice.link);
	d = decided_add(bot, seat);
	d->message = arena_str(&bot->turn, a->message);
	d->room = seat->staff.second;
	d->kind = kind;
	notice_decide(bot, d, &notice);
}

/* The row is owed once more, and goes out after that was committed. */
static void show_again(struct bot *bot, struct seat *seat, const struct alert *a)
{
	struct notice notice;
	struct decided *d;
	struct err err;

	alert_mark(bot, a, OUTBOX_OWED);
	d = decided_add(bot, seat);
	d->message = arena_str(&bot->turn, a->message);
	d->room = arena_str(&bot->turn, a->room);
	d->kind = arena_str(&bot->turn, a->kind);
	d->encoded = arena_str(&bot->turn, a->notice);
	d->showing = a->shown;
	if (notice_decode(d->encoded, &notice, &err))
		d->notice = notice;
	log_warn(seat->platform->ops->name, "nobody took an alert yet; shown for the %u. time",
		 a->shown + 1);
}

void alerts_again(void *arg)
{
	struct bot *bot = arg;
	bool given_up = false;
	struct alert *a;

	if (bot->incoming_n || bot->chosen_n) { /* one of these may be a reply that takes it */
		timer_set(bot->again, loop_now_ms(bot->settings.loop) +
					      (bot->store_failing ? LOOK_AGAIN_MS : 1));
		return;
	}
	while ((a = alerts_due(&bot->alerts, loop_wall_ms(), &given_up))) {
		struct seat *seat = seat_named(bot, a->platform);

		if (!given_up) {
			show_again(bot, seat, a);
			show_in_second(bot, seat, a);
			continue;
		}
		log_error(seat->platform->ops->name,
			  "nobody took an alert that was shown %u times; it is not shown again",
			  a->shown);
		alerts_drop(&bot->alerts, a);
	}
	timer_renew(bot);
}

/* --- after a restart --- */

static void alert_copy(void *arg, const struct store_outbox *row)
{
	struct bot *bot = arg;
	const struct seat *seat = seat_named(bot, row->platform);
	struct notice notice;
	struct err err;

	/* Of a platform that is not configured now, or has no room for staff any more. */
	if (!seat || !alert_room(seat, row->kind).n)
		return;
	if (row->state != OUTBOX_OWED && row->pieces_sent >= ALERT_SHOWINGS_MAX)
		return;
	if (!notice_decode(row->answer, &notice, &err)) {
		log_error("store", "%s", err.text);
		return;
	}
	alerts_add(&bot->alerts,
		   &(struct alert){.platform = row->platform,
				   .message = row->message,
				   .kind = row->kind,
				   .room = row->room,
				   .notice = row->answer,
				   .shown = row->pieces_sent,
				   .on_its_way = row->state == OUTBOX_OWED,
				   .settled_ms = row->settled_ms},
		   row->sent_as);
}

/* Those about one reply, in both rooms. */
static bool about_take_up(struct bot *bot, struct str reply, struct err *err)
{
	struct store *store = bot->settings.store;
	struct str alert = kind_of_alert(reply, &bot->turn);

	return store->ops->unclaimed(store, alert, alert_copy, bot, err) &&
	       store->ops->unclaimed(store, kind_of_other(alert, &bot->turn), alert_copy, bot, err);
}

bool alerts_take_up(struct bot *bot, struct err *err)
{
	bool good = about_take_up(bot, KIND_ANSWER, err);

	for (int level = URGENT_SAME_DAY; good && level <= URGENT_EMERGENCY; level++)
		good = about_take_up(bot, kind_of_edit((enum urgent_level)level, &bot->turn), err);
	/* Somebody may have taken one while the bot was away: that comes in first. Where the stream does
	 * not come up, an alert waits no longer than it does anyway. */
	bot->alerts_from_ms = loop_now_ms(bot->settings.loop) + bot->settings.alert_again_ms;
	timer_renew(bot);
	return good;
}
