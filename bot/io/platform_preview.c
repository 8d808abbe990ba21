#include "io/platform_preview.h"

#include "core/arena.h"
#include "core/buf.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/preview_frames.h"
#include "io/preview_server.h"

#include <stdlib.h>
#include <string.h>

#define RECONNECT_MS 30000
#define TEXT_MAX 4000
#define HELLO_MAX ((size_t)64 * 1024)
#define CLOSE_MALFORMED 1007 /* RFC 6455, 7.4.1 */
#define CLOSE_REPLACED 4001  /* the same page opened a newer connection */

/* A piece of a reply that its page has not acknowledged. */
struct owed {
	struct owed *next;
	uint64_t id;
	int64_t since_ms; /* sent, or waiting for the page, since */
	struct str frame;
};

/* A question that a page has asked and that no reply was sent to. */
struct asked {
	uint64_t number;
	int64_t since_ms;
};

/* A page: as long as it is connected or owed something. */
struct session {
	struct session *next;
	char name[PREVIEW_SESSION_BYTES];
	struct preview_peer *peer; /* NULL: gone, may come back */
	struct owed *owed;
	struct asked asked[PREVIEW_ASKED_MAX];
	size_t asked_n;
};

/* A message that the bot wants to read again. */
struct wanted {
	struct wanted *next;
	int64_t since_ms;
	struct str message;
};

struct preview {
	struct platform base;
	struct loop *loop;
	struct preview_server *server;
	struct preview_address address;
	const struct book *(*book)(void *arg);
	void *book_arg;
	int64_t reconnect_ms;
	struct session *sessions;
	struct wanted *wanted;
	struct arena turn;
	struct timer *timer; /* for what waits too long */
	struct timer *grace; /* ends the wait of stop() */
	bool listening, announced, stopping;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

static struct preview *preview_of(struct platform *platform)
{
	return (struct preview *)(void *)platform;
}

static struct str session_name(const struct session *session)
{
	return (struct str){session->name, sizeof session->name};
}

static struct str text_own(struct str text)
{
	char *copy = malloc(text.n + 1);
	if (copy == NULL)
		out_of_memory();
	memcpy(copy, text.n > 0 ? text.p : "", text.n);
	copy[text.n] = '\0';
	return (struct str){copy, text.n};
}

static void text_free(struct str text)
{
	free((void *)(uintptr_t)text.p);
}

/* --- sessions -------------------------------------------------------------------------------- */

static struct session *session_find(struct preview *preview, struct str name)
{
	struct session *session = preview->sessions;
	while (session != NULL && !str_eq(session_name(session), name))
		session = session->next;
	return session;
}

static struct session *session_need(struct preview *preview, struct str name)
{
	struct session *session = session_find(preview, name);
	if (session != NULL)
		return session;
	session = calloc(1, sizeof *session);
	if (session == NULL)
		out_of_memory();
	memcpy(session->name, name.p, sizeof session->name);
	session->next = preview->sessions;
	preview->sessions = session;
	return session;
}

static void session_free(struct session *session)
{
	while (session->owed != NULL) {
		struct owed *first = session->owed;
		session->owed = first->next;
		text_free(first->frame);
		free(first);
	}
	free(session);
}

/* Forgets the page when nobody is there and nothing is owed. */
static void session_settle(struct preview *preview, struct session *session)
{
	if (session->peer != NULL || session->owed != NULL)
		return;
	struct session **link = &preview->sessions;
	while (*link != session)
		link = &(*link)->next;
	*link = session->next;
	session_free(session);
}

static bool session_asks(struct preview *preview, struct session *session, struct str id)
{
	uint64_t number = 0;
	int64_t now_ms = loop_now_ms(preview->loop);
	size_t kept = 0;
	(void)str_to_u64(id, &number);
	for (size_t i = 0; i < session->asked_n; i++)
		if (session->asked[i].number != number &&
		    now_ms - session->asked[i].since_ms < preview->reconnect_ms)
			session->asked[kept++] = session->asked[i];
	session->asked_n = kept;
	if (kept == PREVIEW_ASKED_MAX)
		return false;
	session->asked[session->asked_n++] = (struct asked){number, now_ms};
	return true;
}

static void session_answered(struct session *session, struct str id)
{
	uint64_t number = 0;
	(void)str_to_u64(id, &number);
	for (size_t i = 0; i < session->asked_n; i++)
		if (session->asked[i].number == number) {
			session->asked[i] = session->asked[--session->asked_n];
			return;
		}
}

/* --- time ------------------------------------------------------------------------------------ */

static void timer_follow(struct preview *preview)
{
	int64_t at_ms = INT64_MAX;
	if (preview->listening && !preview->announced)
		at_ms = loop_now_ms(preview->loop);
	for (struct session *session = preview->sessions; session != NULL; session = session->next)
		for (struct owed *owed = session->owed; owed != NULL; owed = owed->next)
			if (owed->since_ms + preview->reconnect_ms < at_ms)
				at_ms = owed->since_ms + preview->reconnect_ms;
	for (struct wanted *wanted = preview->wanted; wanted != NULL; wanted = wanted->next)
		if (wanted->since_ms + preview->reconnect_ms < at_ms)
			at_ms = wanted->since_ms + preview->reconnect_ms;
	if (at_ms == INT64_MAX || preview->stopping)
		timer_stop(preview->timer);
	else
		timer_set(preview->timer, at_ms);
}

/* Takes the session's oldest delivery out when it has waited too long. */
static struct owed *owed_take_late(struct session *session, int64_t before_ms)
{
	for (struct owed **link = &session->owed; *link != NULL; link = &(*link)->next)
		if ((*link)->since_ms <= before_ms) {
			struct owed *owed = *link;
			*link = owed->next;
			return owed;
		}
	return NULL;
}

/* One that is late is refused, unless its page is there and only slow: that one must reconnect. */
static bool session_late(struct preview *preview, struct session *session, int64_t before_ms)
{
	struct owed *late = owed_take_late(session, before_ms);
	if (late == NULL)
		return false;
	if (session->peer != NULL) {
		late->since_ms = loop_now_ms(preview->loop);
		late->next = session->owed;
		session->owed = late;
		preview_peer_drop(session->peer);
		return true;
	}
	uint64_t id = late->id;
	text_free(late->frame);
	free(late);
	session_settle(preview, session);
	preview->base.sink->delivered(preview->base.sink, &preview->base, id, DELIVERY_REFUSED,
				      STR(""), STR("the page was closed"));
	return true;
}

static bool wanted_late(struct preview *preview, int64_t before_ms)
{
	for (struct wanted **link = &preview->wanted; *link != NULL; link = &(*link)->next)
		if ((*link)->since_ms <= before_ms) {
			struct wanted *wanted = *link;
			*link = wanted->next;
			preview->base.sink->fetched(preview->base.sink, &preview->base,
						    wanted->message, NULL);
			text_free(wanted->message);
			free(wanted);
			return true;
		}
	return false;
}

/* One thing that is late; the sink may have changed every list afterwards. */
static bool preview_late(struct preview *preview)
{
	int64_t before_ms = loop_now_ms(preview->loop) - preview->reconnect_ms;
	for (struct session *session = preview->sessions; session != NULL; session = session->next)
		if (session_late(preview, session, before_ms))
			return true;
	return wanted_late(preview, before_ms);
}

static void on_time(void *arg)
{
	struct preview *preview = arg;
	struct platform_sink *sink = preview->base.sink;
	if (preview->listening && !preview->announced) {
		preview->announced = true;
		sink->state(sink, &preview->base, PLATFORM_READY, STR(""));
	}
	while (preview_late(preview))
		;
	timer_follow(preview);
}

/* --- what a page says ------------------------------------------------------------------------ */

static void peer_error(struct preview_peer *peer, const char *what, struct str to)
{
	struct buf frame;
	buf_init(&frame, HELLO_MAX);
	preview_error_write(what, to, &frame);
	preview_peer_send(peer, buf_str(&frame));
	buf_done(&frame);
}

static void on_hello(struct preview *preview, struct preview_peer *peer, struct str name)
{
	struct session *session = session_need(preview, name);
	struct buf frame;
	if (session->peer != NULL && session->peer != peer) {
		preview_peer_set(session->peer, NULL);
		preview_peer_close(session->peer, CLOSE_REPLACED);
	}
	session->peer = peer;
	preview_peer_set(peer, session);
	buf_init(&frame, HELLO_MAX);
	preview_hello_write(preview->book != NULL ? preview->book(preview->book_arg) : NULL,
			    &frame);
	if (frame.full) {
		buf_clear(&frame);
		preview_hello_write(NULL, &frame);
	}
	preview_peer_send(peer, buf_str(&frame));
	buf_done(&frame);
	for (struct owed *owed = session->owed; owed != NULL; owed = owed->next) {
		owed->since_ms = loop_now_ms(preview->loop);
		preview_peer_send(peer, owed->frame);
	}
}

static bool wanted_take(struct preview *preview, struct str id)
{
	for (struct wanted **link = &preview->wanted; *link != NULL; link = &(*link)->next)
		if (str_eq((*link)->message, id)) {
			struct wanted *wanted = *link;
			*link = wanted->next;
			text_free(wanted->message);
			free(wanted);
			return true;
		}
	return false;
}

static void on_question(struct preview *preview, struct preview_peer *peer, struct session *session,
			const struct preview_frame *frame)
{
	struct platform_sink *sink = preview->base.sink;
	struct str name = session_name(session);
	if (preview->stopping) {
		peer_error(peer, "stopping", STR(""));
		return;
	}
	if (!session_asks(preview, session, frame->id)) {
		peer_error(peer, "busy", frame->id);
		return;
	}
	struct message message = {
		.id = arena_fmt(&preview->turn, STR_FMT "/" STR_FMT, STR_ARG(name),
				STR_ARG(frame->id)),
		.room = name,
		.person = name,
		.text = frame->text,
		.addressed = true,
		.sent_ms = loop_wall_ms(),
	};
	if (wanted_take(preview, message.id))
		sink->fetched(sink, &preview->base, message.id, &message);
	else
		sink->message(sink, &preview->base, &message);
}

static void stop_when_quiet(struct preview *preview);

static void on_got(struct preview *preview, struct session *session, uint64_t id)
{
	for (struct owed **link = &session->owed; *link != NULL; link = &(*link)->next)
		if ((*link)->id == id) {
			struct owed *owed = *link;
			*link = owed->next;
			text_free(owed->frame);
			free(owed);
			preview->base.sink->delivered(preview->base.sink, &preview->base, id,
						      DELIVERY_SENT, STR(""), STR(""));
			stop_when_quiet(preview);
			return;
		}
}

static void on_message(void *arg, struct preview_peer *peer, struct str text)
{
	struct preview *preview = arg;
	struct session *session = preview_peer_owner(peer);
	struct preview_frame frame;
	arena_reset(&preview->turn);
	if (!preview_frame_parse(text, &preview->turn, &frame, NULL) ||
	    (session == NULL) != (frame.type == PREVIEW_HELLO)) {
		peer_error(peer, "malformed", STR(""));
		preview_peer_close(peer, CLOSE_MALFORMED);
		return;
	}
	switch (frame.type) {
	case PREVIEW_HELLO:
		on_hello(preview, peer, frame.session);
		break;
	case PREVIEW_QUESTION:
		on_question(preview, peer, session, &frame);
		break;
	case PREVIEW_GOT:
		on_got(preview, session, frame.ack);
		break;
	}
	timer_follow(preview);
}

static void on_closed(void *arg, struct preview_peer *peer)
{
	struct preview *preview = arg;
	struct session *session = preview_peer_owner(peer);
	if (session == NULL)
		return;
	session->peer = NULL;
	for (struct owed *owed = session->owed; owed != NULL; owed = owed->next)
		owed->since_ms = loop_now_ms(preview->loop);
	session_settle(preview, session);
	timer_follow(preview);
	stop_when_quiet(preview);
}

/* --- the contract of port/platform.h --------------------------------------------------------- */

static bool preview_start(struct platform *self, struct str position, struct err *err)
{
	struct preview *preview = preview_of(self);
	char name[PREVIEW_HOST_MAX + 16];
	(void)position;
	if (!preview_server_start(preview->server, err))
		return false;
	preview_address_print(&preview->address, preview_server_port(preview->server), name,
			      sizeof name);
	log_info("preview", "listening on http://%s/", name);
	preview->listening = true;
	timer_follow(preview);
	return true;
}

static void preview_send(struct platform *self, const struct delivery *delivery)
{
	struct preview *preview = preview_of(self);
	struct str name;
	struct str id;
	struct buf frame;
	arena_reset(&preview->turn);
	struct owed *owed = calloc(1, sizeof *owed);
	if (owed == NULL)
		out_of_memory();
	if (!preview_message_split(delivery->message, &name, &id)) {
		/* A state file of something else. No page has this name, so it is refused. */
		name = STR("00000000-0000-0000-0000-000000000000");
		id = STR("");
	}
	buf_init(&frame, PREVIEW_REPLY_MAX);
	preview_reply_write(delivery, id, &preview->turn, &frame);
	if (frame.full) {
		/* Section titles without measure; the reply matters, why it was given does not. */
		struct delivery bare = *delivery;
		bare.answer = NULL;
		buf_done(&frame);
		buf_init(&frame, PREVIEW_REPLY_MAX);
		preview_reply_write(&bare, id, &preview->turn, &frame);
	}
	owed->id = delivery->id;
	owed->since_ms = loop_now_ms(preview->loop);
	owed->frame = text_own(buf_str(&frame));
	buf_done(&frame);

	struct session *session = session_need(preview, name);
	struct owed **end = &session->owed;
	while (*end != NULL)
		end = &(*end)->next;
	*end = owed;
	session_answered(session, id);
	if (session->peer != NULL)
		preview_peer_send(session->peer, owed->frame);
	timer_follow(preview);
}

static void preview_fetch(struct platform *self, struct str room, struct str message_id,
			  struct str link)
{
	struct preview *preview = preview_of(self);
	struct wanted *wanted = calloc(1, sizeof *wanted);
	(void)room, (void)link;
	if (wanted == NULL)
		out_of_memory();
	wanted->since_ms = loop_now_ms(preview->loop);
	wanted->message = text_own(message_id);
	wanted->next = preview->wanted;
	preview->wanted = wanted;
	timer_follow(preview);
}

static void on_stopped(void *arg)
{
	struct preview *preview = arg;
	preview->stopped(preview->stopped_arg);
}

static void server_stop(void *arg)
{
	struct preview *preview = arg;
	timer_stop(preview->grace);
	preview->listening = false;
	preview_server_stop(preview->server);
}

/* Ends the grace early once no page that is there is owed anything. */
static void stop_when_quiet(struct preview *preview)
{
	if (!preview->stopping || !preview->listening)
		return;
	for (struct session *session = preview->sessions; session != NULL; session = session->next)
		if (session->peer != NULL && session->owed != NULL)
			return;
	timer_set(preview->grace, loop_now_ms(preview->loop));
}

static void preview_stop(struct platform *self, unsigned grace_ms, void (*stopped)(void *arg),
			 void *arg)
{
	struct preview *preview = preview_of(self);
	preview->stopping = true;
	preview->stopped = stopped;
	preview->stopped_arg = arg;
	timer_stop(preview->timer);
	preview_server_shut(preview->server);
	timer_set(preview->grace, loop_now_ms(preview->loop) + grace_ms);
	stop_when_quiet(preview);
}

static void preview_free(struct platform *self)
{
	struct preview *preview = preview_of(self);
	while (preview->sessions != NULL) {
		struct session *first = preview->sessions;
		preview->sessions = first->next;
		session_free(first);
	}
	while (preview->wanted != NULL) {
		struct wanted *first = preview->wanted;
		preview->wanted = first->next;
		text_free(first->message);
		free(first);
	}
	preview_server_free(preview->server);
	timer_free(preview->timer);
	timer_free(preview->grace);
	arena_done(&preview->turn);
	free(preview);
}

static const struct platform_ops preview_ops = {
	.name = "preview",
	.text_max = TEXT_MAX,
	.own_clock = true,
	.alone = true,
	.start = preview_start,
	.send = preview_send,
	.fetch = preview_fetch,
	.stop = preview_stop,
	.free = preview_free,
};

struct platform *platform_preview_new(struct loop *loop,
				      const struct platform_preview_settings *settings,
				      struct err *err)
{
	static const struct preview_events events = {
		.message = on_message,
		.closed = on_closed,
		.stopped = on_stopped,
	};
	struct preview_address address;
	if (settings->behind_proxy && settings->public_host.n == 0) {
		err_set(err, ERR_INPUT,
			"preview: behind_proxy needs public_host, the name that the proxy is "
			"reached by");
		return NULL;
	}
	if (!preview_address_parse(settings->listen,
				   settings->behind_proxy ? settings->public_host : STR(""),
				   &address, err))
		return NULL;
	struct preview *preview = calloc(1, sizeof *preview);
	if (preview == NULL)
		out_of_memory();
	preview->base.ops = &preview_ops;
	preview->loop = loop;
	preview->address = address;
	preview->book = settings->book;
	preview->book_arg = settings->book_arg;
	preview->reconnect_ms = settings->reconnect_ms > 0 ? settings->reconnect_ms : RECONNECT_MS;
	preview->server = preview_server_new(loop, &address, &events, preview);
	preview->timer = timer_new(loop, on_time, preview);
	preview->grace = timer_new(loop, server_stop, preview);
	arena_init(&preview->turn);
	return &preview->base;
}

unsigned platform_preview_port(const struct platform *platform)
{
	const struct preview *preview = (const struct preview *)(const void *)platform;
	return preview_server_port(preview->server);
}
