/* Sessions: who gets which event, what is kept for a resume, and the replay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

/* Discord writes t, s, op, d, and promises no order. */
char *envelope_text(struct fake *fake, int op, const char *t, json_int_t s, json_t *d)
{
	json_t *json = json_object();
	if (fake->settings.d_first)
		json_object_set(json, "d", d ? d : json_null());
	json_object_set_new(json, "t", t ? json_string(t) : json_null());
	json_object_set_new(json, "s", t ? json_integer(s) : json_null());
	json_object_set_new(json, "op", json_integer(op));
	if (!fake->settings.d_first)
		json_object_set(json, "d", d ? d : json_null());
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!text)
		abort();
	return text;
}

/* --- life ------------------------------------------------------------------------------------- */

struct session *session_new(struct conn *conn, json_int_t intents)
{
	struct fake *fake = conn->fake;
	struct session *session = calloc(1, sizeof *session);
	static unsigned made;
	if (!session)
		abort();
	session->events = calloc(SESSION_LOG, sizeof *session->events);
	if (!session->events)
		abort();
	snprintf(session->id, sizeof session->id, "%08x%016llx", ++made,
		 (unsigned long long)clock_us());
	session->fake = fake;
	session->intents = intents;
	session->conn = conn;
	conn->session = session;
	session->next = fake->sessions;
	fake->sessions = session;
	return session;
}

static struct event *session_at(struct session *session, size_t i)
{
	return &session->events[(session->first + i) % SESSION_LOG];
}

void session_end(struct fake *fake, struct session *session)
{
	struct session **link = &fake->sessions;
	while (*link && *link != session)
		link = &(*link)->next;
	if (*link)
		*link = session->next;
	if (session->conn)
		session->conn->session = NULL;
	for (size_t i = 0; i < session->count; i++)
		free(session_at(session, i)->text);
	free(session->events);
	free(session);
}

void session_end_all(struct fake *fake)
{
	while (fake->sessions)
		session_end(fake, fake->sessions);
}

/* Sessions that nobody came back for in time. */
static void sessions_sweep(struct fake *fake)
{
	struct session *session = fake->sessions;
	int64_t oldest = clock_ms() - fake->settings.resume_window_ms;
	while (session) {
		struct session *next = session->next;
		if (!session->conn && session->left_ms < oldest)
			session_end(fake, session);
		session = next;
	}
}

struct session *session_find(struct fake *fake, const char *id)
{
	sessions_sweep(fake);
	struct session *session = fake->sessions;
	while (session && strcmp(session->id, id) != 0)
		session = session->next;
	return session;
}

bool session_resumable_exists(struct fake *fake)
{
	sessions_sweep(fake);
	return fake->sessions != NULL;
}

/* --- events ----------------------------------------------------------------------------------- */

static void session_keep(struct session *session, const struct event *event)
{
	if (session->count == SESSION_LOG) {
		free(session_at(session, 0)->text);
		session->first = (session->first + 1) % SESSION_LOG;
		session->count--;
	}
	*session_at(session, session->count++) = *event;
}

void session_event(struct session *session, const char *t, json_t *d, const struct message *of)
{
	struct event event = {.at_us = clock_us(), .seq = ++session->seq};
	event.text = envelope_text(session->fake, 0, t, event.seq, d);
	json_decref(d);
	if (of) {
		event.channel = of->channel->id;
		event.asked = of->id;
	}
	session_keep(session, &event);
	if (session->conn)
		conn_send_text(session->conn, event.text, event.channel, event.asked);
}

void event_dispatch(struct fake *fake, const char *t, json_t *d, json_int_t intents)
{
	sessions_sweep(fake);
	for (struct session *session = fake->sessions; session; session = session->next) {
		if (!intents || session->intents & intents)
			session_event(session, t, json_incref(d), NULL);
	}
}

void event_message(struct fake *fake, const char *t, struct message *message)
{
	bool dm = message->channel->type == CHANNEL_DM;
	json_int_t needed = dm ? INTENT_DIRECT_MESSAGES : INTENT_GUILD_MESSAGES;
	sessions_sweep(fake);
	for (struct session *session = fake->sessions; session; session = session->next) {
		if (!(session->intents & needed))
			continue;
		bool content = session->intents & INTENT_MESSAGE_CONTENT;
		session_event(session, t, message_view(message, content, true), message);
		message->dispatched++;
	}
}

/* --- resume ----------------------------------------------------------------------------------- */

bool session_resume(struct session *session, struct conn *conn, json_int_t seq)
{
	struct fake *fake = conn->fake;
	if (session->count && seq + 1 < session_at(session, 0)->seq)
		return false;
	if (session->conn) {
		struct conn *old = session->conn;
		old->session = NULL;
		conn_reset(old, false);
	}
	session->conn = conn;
	conn->session = session;
	bool all = fake->faults.replay_all > 0;
	if (all)
		fake->faults.replay_all--;
	for (size_t i = 0; i < session->count; i++) {
		struct event *event = session_at(session, i);
		/* READY and GUILD_CREATE of old would not come again even then. */
		if (event->seq <= seq && !(all && event->asked))
			continue;
		event->at_us = clock_us();
		conn_send_text(conn, event->text, event->channel, event->asked);
	}
	session_event(session, "RESUMED", json_pack("{s:[]}", "_trace"), NULL);
	return true;
}
