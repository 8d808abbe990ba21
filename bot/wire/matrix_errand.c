#include "wire/matrix_errand.h"

#include <stdlib.h>

struct matrix_errand *errand_new(struct matrix *m, const struct matrix_errand *like)
{
	struct matrix_errand *e =
		calloc(1, sizeof *e + like->place.n + like->message.n + like->person.n +
				  like->text.n + like->transaction.n);
	char *at;

	if (!e)
		out_of_memory();
	at = e->texts;
	e->kind = like->kind;
	e->delivery = like->delivery;
	e->elsewhere = like->elsewhere;
	e->moved = like->moved;
	e->place = str_keep(&at, like->place);
	e->waits.room = room_of(e->place);
	e->waits.urgent = like->waits.urgent;
	e->waits.person = like->person.n ? str_hash(like->person, 0) : 0;
	e->message = str_keep(&at, like->message);
	e->person = str_keep(&at, like->person);
	e->text = str_keep(&at, like->text);
	e->transaction = str_keep(&at, like->transaction);
	e->n = (size_t)(at - e->texts);
	e->put_ms = m->now.mono_ms;
	backoff_init(&e->backoff, random_below(&m->random, UINT64_MAX));
	return e;
}

struct matrix_errand *errand_of(struct waiter *waiter)
{
	return (struct matrix_errand *)waiter;
}

void errand_drop(struct waiter *waiter)
{
	struct matrix_errand *e = errand_of(waiter);

	secret_wipe((struct str){e->texts, e->n});
	free(e);
}

bool errand_is_delivery(const struct matrix_errand *e)
{
	return e->kind == ERRAND_SEND || e->kind == ERRAND_CHANGE || e->kind == ERRAND_REMOVE;
}

/* --- the call --- */

static struct str event_path(struct matrix *m, const struct matrix_errand *e, const char *what)
{
	matrix_url(m, API "/rooms/");
	url_add(&m->url, room_of(e->place));
	buf_addf(&m->url, "/%s", what);
	return buf_str(&m->url);
}

static void send_write(struct matrix *m, const struct matrix_errand *e,
		       const struct matrix_room *room)
{
	/* What alerts staff is to ring. */
	bool plain = matrix_room_is_direct(room) || m->settings.groups_get_text || e->elsewhere;
	const struct matrix_content content = {
		.markdown = e->text,
		.msgtype = plain && e->kind != ERRAND_TELL ? "m.text" : "m.notice",
		.replies_to = e->elsewhere ? STR("") : e->message,
		.thread = e->elsewhere ? STR("") : thread_of(e->place),
		.mentions = e->elsewhere ? STR("") : e->person,
		.changes = e->kind == ERRAND_CHANGE ? e->message : STR(""),
	};

	content_write(&content, &m->body);
	event_path(m, e, "send/m.room.message/");
	url_add(&m->url, e->transaction);
}

static void account_path(struct matrix *m, const char *type)
{
	matrix_url(m, API "/user/");
	url_add(&m->url, m->settings.user);
	buf_addf(&m->url, "/account_data/%s", type);
}

/* Writes URL and body; gives the method. */
static const char *call_write(struct matrix *m, const struct matrix_errand *e,
			      const struct matrix_room *room)
{
	buf_clear(&m->body);
	m->body.full = false;
	if (e->kind == ERRAND_SEND || e->kind == ERRAND_CHANGE || e->kind == ERRAND_TELL) {
		send_write(m, e, room);
		return "PUT";
	}
	buf_add(&m->body, STR("{}"));
	switch (e->kind) {
	case ERRAND_REMOVE:
		event_path(m, e, "redact/");
		url_add(&m->url, e->message);
		buf_add(&m->url, STR("/"));
		url_add(&m->url, e->transaction);
		return "PUT";
	case ERRAND_FETCH:
		buf_clear(&m->body);
		event_path(m, e, "event/");
		url_add(&m->url, e->message);
		return "GET";
	case ERRAND_DIRECT_READ:
		buf_clear(&m->body);
		account_path(m, ACCOUNT_DIRECT);
		return "GET";
	case ERRAND_DIRECT_WRITE:
		buf_clear(&m->body);
		buf_add(&m->body, e->text);
		account_path(m, ACCOUNT_DIRECT);
		return "PUT";
	case ERRAND_LEAVE:
		event_path(m, e, "leave");
		return "POST";
	case ERRAND_JOIN:
		if (!room || !room->via.n) {
			event_path(m, e, "join");
			return "POST";
		}
		matrix_url(m, API "/join/");
		url_add(&m->url, room->id);
		buf_add(&m->url, STR("?via="));
		url_add(&m->url, room->via);
		return "POST";
	case ERRAND_SEND:
	case ERRAND_CHANGE:
	case ERRAND_TELL:
		break;
	}
	return "PUT";
}

/* The server said no there: staff know, and what is calm is not tried for a while. */
static bool is_mute(const struct matrix *m, const struct matrix_errand *e,
		    const struct matrix_room *room)
{
	return room && room->mute_ms > m->now.mono_ms && !e->waits.urgent;
}

/* Why it must not go out; empty: it may. */
static struct str obstacle(const struct matrix *m, const struct matrix_errand *e,
			   const struct matrix_room *room)
{
	struct str why = STR("");

	if (e->kind == ERRAND_TELL && !room)
		why = STR("the room is gone");
	else if (errand_is_delivery(e) && (!room || !room->joined))
		why = STR("the bot is not in the room");
	else if (errand_is_delivery(e) && !appservice_may_send(m, room))
		why = STR("the bot leaves the room, and did not read whether it is encrypted");
	else if (e->moved && (room->leaving || !matrix_room_is_direct(room)))
		why = STR("its room was replaced by one that is not between two");
	else if ((e->kind == ERRAND_SEND || e->kind == ERRAND_CHANGE) && room->encrypted)
		why = STR("the room is encrypted, and nothing is sent there in the clear");
	else if (errand_is_delivery(e) && is_mute(m, e, room))
		why = STR("the bot may not write in the room");
	return why;
}

/* Why this one must not go out; else its call is written, the method in `*method`. */
struct str errand_prepare(struct matrix *m, const struct matrix_errand *e, const char **method)
{
	const struct matrix_room *room = matrix_room_find(&m->rooms, room_of(e->place));
	struct str why = obstacle(m, e, room);

	if (why.n)
		return why;
	*method = call_write(m, e, room);
	matrix_url_end(m);
	if (m->body.full || m->url.full)
		why = STR("it is too long for a message");
	return why;
}

/* An error without a code is not the homeserver's own: a proxy's, and passes. */
static bool is_refusal(const struct machine_response *response)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	bool refuses = errcode_of(body).n > 0;

	json_free(body);
	return refuses;
}

enum verdict errand_judge(const struct machine_response *response)
{
	int status = response->status;

	if (status >= 200 && status <= 299)
		return DONE;
	if (status == 429)
		return WAIT;
	if (session_is_refused(response))
		return UNAUTHORIZED;
	if (status == 500)
		return BAD;
	if (status < 400 || status == 401 || status == 408 || status > 500)
		return RETRY;
	return is_refusal(response) ? REFUSED : RETRY;
}
