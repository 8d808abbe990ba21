#include "wire/discord_machine.h"

#include <string.h>

#include "core/secret.h"
#include "wire/json.h"

#define HELLO_WITHIN_MS 20000
#define RESUMED_WITHIN_MS 120000 /* or any event of the resumed session */
#define INTERVAL_DEFAULT_MS 41250
#define INTERVAL_MIN_MS 1000 /* beats must fit into the send limit */
#define INTERVAL_MAX_MS 120000

enum opcode {
	OP_DISPATCH = 0,
	OP_HEARTBEAT = 1,
	OP_IDENTIFY = 2,
	OP_RESUME = 6,
	OP_RECONNECT = 7,
	OP_INVALID_SESSION = 9,
	OP_HELLO = 10,
	OP_HEARTBEAT_ACK = 11,
};

void link_begin(struct discord *d)
{
	inflater_end(&d->link.inflater);
	memset(&d->link, 0, sizeof d->link);
	d->link.resuming = session_has(d);
	d->link.deadline_ms = INT64_MAX;
	d->link.beat_ms = INT64_MAX;
	if (d->compress)
		inflater_begin(&d->link.inflater, DISCORD_FRAME_MAX);
}

void link_end(struct discord *d)
{
	inflater_end(&d->link.inflater);
}

void link_opened(struct discord *d, struct machine_time at)
{
	d->link.deadline_ms = at.mono_ms + HELLO_WITHIN_MS;
}

/* --- out --- */

/* Whether one more frame may go out now, with `spare` kept for others. */
static bool may_send(const struct connection *link, unsigned spare, struct machine_time at)
{
	unsigned recent = 0;

	for (unsigned i = 0; i < SENDS_MAX && i < link->sent_n; i++)
		recent += at.mono_ms - link->sent_ms[i] < SEND_WINDOW_MS;
	return recent + spare < SENDS_MAX;
}

/* The frame may hold the token. */
static void send_frame(struct discord *d, struct buf *frame, struct machine_time at)
{
	struct machine_step step = {.kind = MACHINE_FRAME, .text = buf_str(frame)};

	if (frame->full) {
		machine_fail(d, STR("a frame to Discord would be longer than 4096 bytes: the "
				    "token is too long to be one"));
	} else {
		d->link.sent_ms[d->link.sent_n++ % SENDS_MAX] = at.mono_ms;
		steps_add(&d->steps, &step);
	}
	secret_wipe(buf_str(frame));
	buf_done(frame);
}

/* An open {"op":N,"d": ... in a buffer that never moves, so that no copy of the token stays. */
static void frame_begin(struct buf *frame, struct json_writer *w, enum opcode op)
{
	buf_init(frame, PAYLOAD_MAX);
	while (frame->n < PAYLOAD_MAX)
		buf_add_char(frame, ' ');
	buf_clear(frame);
	json_begin(w, frame);
	json_open_object(w, NULL);
	json_put_int(w, "op", op);
}

static void send_beat(struct discord *d, struct machine_time at)
{
	struct json_writer w;
	struct buf frame;

	frame_begin(&frame, &w, OP_HEARTBEAT);
	if (d->session.seq > 0)
		json_put_int(&w, "d", d->session.seq);
	else
		json_put_null(&w, "d");
	json_close(&w);
	d->link.acked = false;
	d->link.beat_ms = at.mono_ms + d->link.interval_ms;
	send_frame(d, &frame, at);
}

static void send_identify(struct discord *d, struct machine_time at)
{
	struct json_writer w;
	struct buf frame;
	bool content = d->rooms.watched_n && d->content_granted && !d->content_refused;

	/* The budget is written down first: a crash right after must not forget it. */
	d->session.intents = content ? INTENTS_PLAIN | INTENT_CONTENT : INTENTS_PLAIN;
	d->session.seq = 0;
	d->budget.last_wall_ms = at.wall_ms;
	if (d->budget.reset_wall_ms == 0)
		d->budget.reset_wall_ms = at.wall_ms + 86400000;
	d->budget.left--;
	d->counts.identifies++;
	position_give(d, true);
	frame_begin(&frame, &w, OP_IDENTIFY);
	json_open_object(&w, "d");
	json_put_text(&w, "token", d->token);
	json_put_int(&w, "intents", d->session.intents);
	json_open_object(&w, "properties");
	json_put_text(&w, "os", STR("linux"));
	json_put_text(&w, "browser", STR("clinicbot"));
	json_put_text(&w, "device", STR("clinicbot"));
	json_close(&w);
	json_close(&w);
	json_close(&w);
	send_frame(d, &frame, at);
}

static void send_resume(struct discord *d, struct machine_time at)
{
	struct json_writer w;
	struct buf frame;

	d->counts.resumes++;
	frame_begin(&frame, &w, OP_RESUME);
	json_open_object(&w, "d");
	json_put_text(&w, "token", d->token);
	json_put_text(&w, "session_id", buf_str(&d->session.id));
	json_put_int(&w, "seq", d->session.seq);
	json_close(&w);
	json_close(&w);
	send_frame(d, &frame, at);
	d->link.resume_failing = true;
	d->link.deadline_ms = at.mono_ms + RESUMED_WITHIN_MS;
}

/* --- in --- */

static void on_hello(struct discord *d, const struct json *hello, struct machine_time at)
{
	struct connection *link = &d->link;
	int64_t interval = INTERVAL_DEFAULT_MS;

	if (json_int(hello, "heartbeat_interval", 1, JSON_INT_MAX, &interval)) {
		interval = interval < INTERVAL_MIN_MS ? INTERVAL_MIN_MS : interval;
		interval = interval > INTERVAL_MAX_MS ? INTERVAL_MAX_MS : interval;
	}
	link->interval_ms = interval;
	if (link->said_hello)
		return;
	link->said_hello = true;
	link->acked = true;
	link->deadline_ms = INT64_MAX;
	link->beat_ms = at.mono_ms + (int64_t)random_below(&d->random, (uint64_t)interval);
	d->phase = PHASE_JOINING;
	if (link->resuming)
		send_resume(d, at);
	else
		send_identify(d, at);
}

static void on_invalid_session(struct discord *d, const struct json *envelope)
{
	if (json_true(envelope, "d")) {
		session_reconnect(d, "Discord asks to resume");
		return;
	}
	session_drop(d);
	session_reconnect(d, "Discord does not know the session any more");
}

static void on_dispatch(struct discord *d, const struct json *envelope, struct machine_time at)
{
	bool was_up = d->phase == PHASE_UP;
	int64_t seq;

	if (d->phase != PHASE_JOINING && d->phase != PHASE_UP)
		return;
	if (d->link.resuming && d->phase == PHASE_JOINING)
		d->link.deadline_ms = at.mono_ms + RESUMED_WITHIN_MS;
	/* The events come first, the position that covers them after. */
	event_handle(d, json_text(envelope, "t"), json_get(envelope, "d"));
	if (!was_up && d->phase == PHASE_UP)
		backoff_up(&d->backoff, at.mono_ms);
	if (json_int(envelope, "s", 1, JSON_INT_MAX, &seq) && seq > d->session.seq) {
		d->session.seq = seq;
		d->link.resume_failing = false;
		d->resumes_failed = 0;
		position_touch(d, at);
	}
}

static void handle(struct discord *d, const struct json *envelope, struct machine_time at)
{
	int64_t op = -1;

	json_int(envelope, "op", 0, INT32_MAX, &op);
	switch (op) {
	case OP_DISPATCH:
		on_dispatch(d, envelope, at);
		break;
	case OP_HEARTBEAT:
		if (d->link.said_hello && may_send(&d->link, SENDS_KEPT, at))
			send_beat(d, at);
		break;
	case OP_RECONNECT:
		session_reconnect(d, "Discord asks for it");
		break;
	case OP_INVALID_SESSION:
		on_invalid_session(d, envelope);
		break;
	case OP_HELLO:
		on_hello(d, json_get(envelope, "d"), at);
		break;
	case OP_HEARTBEAT_ACK:
		d->link.acked = true;
		break;
	default:
		d->counts.unknown_ops++;
	}
}

static void handle_text(struct discord *d, struct str text, struct machine_time at)
{
	struct json *envelope = json_parse(text, DISCORD_FRAME_MAX, NULL);
	uint64_t messages = d->counts.messages;

	d->counts.frames++;
	d->wall_ms = at.wall_ms;
	if (!json_is_object(envelope))
		d->counts.malformed++;
	else
		handle(d, envelope, at);
	json_free(envelope);
	if (d->phase == PHASE_OVER)
		return;
	/* With a message its position goes at once, to be stored together with it. */
	if (d->counts.messages != messages || d->rooms.changed)
		position_give(d, true);
	missed_ask(d, at);
}

void discord_frame(struct discord *d, struct str frame, struct machine_time at)
{
	if (d->phase < PHASE_HELLO || d->phase > PHASE_UP)
		return;
	if (!d->compress) {
		handle_text(d, frame, at);
		return;
	}
	switch (inflater_feed(&d->link.inflater, frame)) {
	case INFLATED_PART:
		break;
	case INFLATED_WHOLE:
		handle_text(d, buf_str(&d->link.inflater.out), at);
		break;
	case INFLATED_BROKEN:
		d->counts.malformed++;
		session_reconnect(d, "the compressed stream is damaged");
		break;
	case INFLATED_TOO_LARGE:
		/* A resume would bring the same event again. */
		session_drop(d);
		session_reconnect(d, "an event was larger than 16 MiB");
		break;
	}
}

/* --- time --- */

void link_tick(struct discord *d, struct machine_time at)
{
	if (at.mono_ms >= d->link.deadline_ms) {
		session_reconnect(d, d->phase == PHASE_HELLO ? "Discord did not say hello"
							     : "the session did not resume");
		return;
	}
	if (at.mono_ms < d->link.beat_ms)
		return;
	if (!d->link.acked) {
		d->counts.zombies++;
		session_reconnect(d, "Discord stopped answering");
		return;
	}
	if (may_send(&d->link, 0, at))
		send_beat(d, at);
	else
		d->link.beat_ms = at.mono_ms + INTERVAL_MIN_MS;
}

int64_t link_wake_ms(const struct discord *d)
{
	return d->link.beat_ms < d->link.deadline_ms ? d->link.beat_ms : d->link.deadline_ms;
}
