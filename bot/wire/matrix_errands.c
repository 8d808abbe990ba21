#include "wire/matrix_errand.h"

#include <inttypes.h>

#include "core/markdown.h"

#define UNDER_WAY_MAX (MATRIX_CALLS_MAX - 2) /* one is the stream's, one is a sign of life */
#define RETRY_MS ((int64_t)24 * 3600 * 1000) /* so long the server knows a transaction id */
/* Failures on one errand after each of which another one went through: it is this one. */
#define BAD_TRIES_MAX 10
#define BAD_MS ((int64_t)15 * 60 * 1000)     /* ... but a part of the server may be away */
#define JOIN_MS ((int64_t)180 * 1000)	     /* over federation it takes long */
#define JOIN_TRIES_MAX 8		     /* of a room that is not there yet */
#define JOIN_RETRY_MS ((int64_t)3600 * 1000) /* while servers are away, ours or another */
#define MUTE_MS ((int64_t)10 * 60 * 1000)    /* after a room would not have us write */

/* --- putting in --- */

void errands_init(struct matrix *m)
{
	m->lanes.drop = errand_drop;
}

static void put(struct matrix *m, const struct matrix_errand *like)
{
	lanes_put(&m->lanes, &errand_new(m, like)->waits);
}

static bool is_planned(const struct matrix *m, struct str room, enum errand_kind kind)
{
	for (const struct lane *lane = m->lanes.first; lane; lane = lane->next) {
		if (!str_eq(lane->room, room))
			continue;
		for (struct waiter *w = lane->first; w; w = w->next)
			if (errand_of(w)->kind == kind)
				return true;
	}
	return false;
}

static void refuse(struct matrix *m, uint64_t delivery, struct str why)
{
	steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_DELIVERED,
						    .delivery = delivery,
						    .outcome = DELIVERY_REFUSED,
						    .why = why});
}

/* A change that is made twice shows the same as once: its key need not outlive us. */
static void key_write(struct matrix *m, const struct delivery *d, struct buf *out)
{
	if (d->changes.n)
		buf_addf(out, "cb.change.%016" PRIx64, random_below(&m->random, UINT64_MAX));
	else if (d->removes.n)
		transaction_write(STR("remove"), 0, d->removes, out);
	else
		transaction_write(d->kind, d->piece, d->message, out);
}

void matrix_send(struct matrix *m, const struct delivery *d, struct machine_time at)
{
	enum errand_kind kind = ERRAND_SEND;
	struct str target = d->message;
	struct buf transaction;

	m->now = at;
	if (!str_starts(d->room, STR("!")) || !str_starts(d->message, STR("$")) ||
	    room_of(d->room).n > MATRIX_ID_MAX) {
		refuse(m, d->id, STR("the room or the message is none of Matrix"));
		return;
	}
	if (d->removes.n || d->changes.n) {
		kind = d->removes.n ? ERRAND_REMOVE : ERRAND_CHANGE;
		target = d->removes.n ? d->removes : d->changes;
	}
	buf_init(&transaction, (size_t)4 * MATRIX_ID_MAX);
	key_write(m, d, &transaction);
	put(m, &(struct matrix_errand){.waits = {.urgent = d->urgent},
				       .kind = kind,
				       .delivery = d->id,
				       .elsewhere = d->elsewhere,
				       .place = d->room,
				       .message = target,
				       .person = d->person,
				       .text = d->text,
				       .transaction = buf_str(&transaction)});
	buf_done(&transaction);
	errands_go(m);
}

void matrix_fetch(struct matrix *m, struct str room, struct str message, struct machine_time at)
{
	m->now = at;
	put(m, &(struct matrix_errand){.kind = ERRAND_FETCH, .place = room, .message = message});
	errands_go(m);
}

void errand_join(struct matrix *m, const struct matrix_room *room)
{
	if (!is_planned(m, room->id, ERRAND_JOIN))
		put(m, &(struct matrix_errand){.kind = ERRAND_JOIN, .place = room->id});
}

void errand_leave(struct matrix *m, struct str room)
{
	if (!is_planned(m, room, ERRAND_LEAVE))
		put(m, &(struct matrix_errand){.kind = ERRAND_LEAVE, .place = room});
}

void errand_unreadable(struct matrix *m, const struct matrix_room *room)
{
	if (m->settings.unreadable.n && !is_planned(m, room->id, ERRAND_TELL))
		put(m, &(struct matrix_errand){.kind = ERRAND_TELL,
					       .place = room->id,
					       .text = m->settings.unreadable,
					       .transaction = STR("cb.encrypted")});
}

void errand_direct(struct matrix *m, struct str room, struct str person)
{
	put(m, &(struct matrix_errand){.kind = ERRAND_DIRECT_READ,
				       .place = m->settings.user,
				       .message = room,
				       .person = person});
}

void errand_direct_write(struct matrix *m, struct str list)
{
	put(m, &(struct matrix_errand){
		       .kind = ERRAND_DIRECT_WRITE, .place = STR(ACCOUNT_DIRECT), .text = list});
}

/* --- taking out --- */

void errands_done(struct matrix *m)
{
	lanes_drop(&m->lanes);
}

static bool is_unsent_reply(const struct waiter *waiter, struct str message)
{
	const struct matrix_errand *e = (const struct matrix_errand *)waiter;

	return e->kind == ERRAND_SEND && !e->tried && !e->elsewhere && str_eq(e->message, message);
}

static void withdrawn(void *arg, const struct waiter *waiter)
{
	refuse(arg, ((const struct matrix_errand *)waiter)->delivery,
	       STR("its question was deleted"));
}

void matrix_withdraw(struct matrix *m, struct str message, struct machine_time at)
{
	m->now = at;
	lanes_withdraw(&m->lanes, is_unsent_reply, message, withdrawn, m);
	errands_go(m); /* what stood behind it */
}

static void not_fetched(struct matrix *m, const struct matrix_errand *e)
{
	steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_FETCHED, .text = e->message});
}

static bool is_there(const struct waiter *waiter, struct str room)
{
	return str_eq(waiter->room, room);
}

static void stranded(void *arg, const struct waiter *waiter)
{
	const struct matrix_errand *e = (const struct matrix_errand *)waiter;
	struct matrix *m = arg;

	if (errand_is_delivery(e) && !e->seen)
		refuse(m, e->delivery, STR("the bot is not in the room any more"));
	else if (e->kind == ERRAND_FETCH)
		not_fetched(m, e);
	if (waiter->call)
		m->under_way--;
}

void errands_room_gone(struct matrix *m, struct str room)
{
	lanes_withdraw(&m->lanes, is_there, room, stranded, m);
}

/* --- going out --- */

/* Gives the first errand's call out; false when it must not go out, and has ended. */
static bool lane_go(struct matrix *m, struct lane **at)
{
	struct matrix_errand *e = errand_of((*at)->first);
	const char *method = NULL;
	struct str why = errand_prepare(m, e, &method);

	if (why.n) {
		if (errand_is_delivery(e))
			refuse(m, e->delivery, why);
		else if (e->kind == ERRAND_FETCH)
			not_fetched(m, e);
		lanes_pop(&m->lanes, at);
		return false;
	}
	e->waits.call = matrix_call_make(m, method, buf_str(&m->body), true);
	e->call_until_ms = m->now.mono_ms + (e->kind == ERRAND_JOIN ? JOIN_MS : ANSWER_MS);
	e->tried = true;
	e->generation = m->session.generation;
	m->under_way++;
	lanes_served(&m->lanes, at);
	return true;
}

/* One call is kept for what is urgent: others may take half a minute when the server is slow. */
static bool may_go(const struct matrix *m, bool urgent)
{
	size_t most = UNDER_WAY_MAX - (urgent ? 0 : 1);

	if (m->now.mono_ms < m->singly_ms)
		most = urgent ? 2 : 1;
	return !m->over && session_is_up(m) && m->caught_up && m->under_way < most;
}

/* Killed between a join and the record of why, we would be in the room and not know who brought us there, or
 * what it replaces: their question would be taken for history. */
static bool waits_for_record(const struct matrix *m, const struct matrix_errand *e)
{
	return e->kind == ERRAND_JOIN && (m->dirty || m->unrecorded);
}

/* What goes into a room waits until it was read: it may be encrypted, or hold this very message. What
 * follows its room waits until we are in the new one. */
static bool waits_for_room(const struct matrix *m, const struct matrix_errand *e)
{
	const struct matrix_room *room = matrix_room_find(&m->rooms, e->waits.room);

	if (e->moved && room && !room->joined)
		return true;
	return (errand_is_delivery(e) || e->kind == ERRAND_TELL) && room && !room->leaving &&
	       !appservice_may_send(m, room);
}

/* Between the reading of the list and its writing nobody else of us reads it: one of two rooms
 * would be lost. */
static bool waits_for_list(const struct matrix *m, const struct matrix_errand *e)
{
	return e->kind == ERRAND_DIRECT_READ &&
	       is_planned(m, STR(ACCOUNT_DIRECT), ERRAND_DIRECT_WRITE);
}

static bool waits(const struct matrix *m, const struct matrix_errand *e)
{
	return waits_for_record(m, e) || waits_for_room(m, e) || waits_for_list(m, e);
}

static struct lane **lane_open(struct matrix *m, bool urgent)
{
	for (struct lane **at = &m->lanes.first; *at; at = &(*at)->next) {
		const struct matrix_errand *e = errand_of((*at)->first);

		if (e->waits.urgent == urgent && !e->waits.call && !waits(m, e) &&
		    m->now.mono_ms >= e->not_before_ms)
			return at;
	}
	return NULL;
}

/* Calls that were not answered in time. */
static void overdue_drop(struct matrix *m)
{
	static const struct machine_response none = {.why = {"no answer in time", 17}};
	struct lane *next;

	for (struct lane *lane = m->lanes.first; lane; lane = next) {
		uint64_t call = lane->first->call;

		next = lane->next;
		if (!call || m->now.mono_ms < errand_of(lane->first)->call_until_ms)
			continue;
		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_DROP, .call = {.id = call}});
		errand_answer(m, call, &none);
	}
}

void errands_go(struct matrix *m)
{
	struct lane **at;

	overdue_drop(m);
	for (int urgent = 1; urgent >= 0; urgent--)
		while (m->now.mono_ms >= m->paused_ms && may_go(m, urgent) &&
		       (at = lane_open(m, urgent)))
			lane_go(m, at);
}

int64_t errands_wake_ms(const struct matrix *m)
{
	int64_t wake = INT64_MAX;

	for (const struct lane *lane = m->lanes.first; lane; lane = lane->next) {
		const struct matrix_errand *e = errand_of(lane->first);
		int64_t at = e->not_before_ms > m->paused_ms ? e->not_before_ms : m->paused_ms;

		if (e->waits.call)
			at = e->call_until_ms;
		else if (!may_go(m, e->waits.urgent) || waits(m, e))
			continue;
		wake = at < wake ? at : wake;
	}
	return wake;
}

/* --- answers --- */

static void sent(struct matrix *m, const struct matrix_errand *e, struct str event)
{
	steps_add(&m->steps, &(struct machine_step){.kind = MACHINE_DELIVERED,
						    .delivery = e->delivery,
						    .outcome = DELIVERY_SENT,
						    .text = event});
}

static void fetched(struct matrix *m, const struct matrix_errand *e, const struct json *body)
{
	const struct matrix_room *room = matrix_room_find(&m->rooms, room_of(e->place));
	struct machine_step step = {.kind = MACHINE_FETCHED, .text = e->message};

	step.found = room && str_eq(json_text(body, "event_id"), e->message) &&
		     event_read(m, room, body, true, &step.message);
	steps_add(&m->steps, &step);
}

/* Where the room will not have us the invitation is declined, so that it is not offered for ever. Where it
 * has us the stream says so, but an appservice may never hear of it. */
static void joined(struct matrix *m, struct str id, bool good, struct str why)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, id);

	if (!room || room->joined)
		return;
	if (good) {
		if (is_appservice(m))
			appservice_joined(m, room);
		return;
	}
	matrix_note(m, PLATFORM_DEGRADED, "a room could not be joined: " STR_FMT, STR_ARG(why));
	if (!room->replaces.n)
		put(m, &(struct matrix_errand){.kind = ERRAND_LEAVE, .place = id});
	matrix_room_drop(&m->rooms, room);
	m->dirty = true;
}

static void told(struct matrix *m, const struct matrix_errand *e)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, room_of(e->place));

	if (!room)
		return;
	room->told = true;
	m->dirty = true;
}

/* Nobody may write in a room that was replaced: what is owed there to one person goes into the new one. It
 * is no reply there, as its question is not there. */
static bool follows(struct matrix *m, const struct matrix_errand *e)
{
	const struct matrix_room *room = matrix_room_find(&m->rooms, e->waits.room);
	const struct matrix_room *next = matrix_room_after(&m->rooms, e->waits.room);

	if (!room || !room->closed || !matrix_room_is_direct(room) || !next)
		return false;
	put(m, &(struct matrix_errand){.waits = {.urgent = e->waits.urgent},
				       .kind = ERRAND_SEND,
				       .delivery = e->delivery,
				       .elsewhere = true,
				       .moved = true,
				       .place = next->id,
				       .message = e->message,
				       .person = e->person,
				       .text = e->text,
				       .transaction = e->transaction});
	return true;
}

static bool response_is(const struct machine_response *response, const char *errcode)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	bool is = str_eq(errcode_of(body), str_of(errcode));

	json_free(body);
	return is;
}

/* In a room that was replaced, or that we are about to be shown out of, it is no news. */
static void room_answered(struct matrix *m, const struct matrix_errand *e,
			  const struct machine_response *response, bool good)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, e->waits.room);

	if (e->kind == ERRAND_REMOVE || !room || !room->joined || room->leaving || room->closed)
		return;
	if (good)
		room->mute_ms = 0;
	if (good || response->status != 403 || !response_is(response, "M_FORBIDDEN"))
		return;
	room->mute_ms = m->now.mono_ms + MUTE_MS;
	room_trouble(m, room, TROUBLE_MUTE);
}

/* It is over, well or not. */
static void finish(struct matrix *m, const struct matrix_errand *e,
		   const struct machine_response *response, bool good)
{
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	struct buf why;

	buf_init(&why, WHY_MAX);
	if (!good) {
		buf_add(&why, errand_judge(response) == REFUSED
				      ? STR("the homeserver refuses it: ")
				      : STR("the homeserver fails on it, and it is given up: "));
		response_write(response, &why);
	}
	switch (e->kind) {
	case ERRAND_SEND:
	case ERRAND_CHANGE:
	case ERRAND_REMOVE:
		if (good)
			sent(m, e,
			     e->kind == ERRAND_SEND ? json_text(body, "event_id") : e->message);
		else if (e->kind != ERRAND_SEND || !follows(m, e))
			refuse(m, e->delivery, buf_str(&why));
		room_answered(m, e, response, good);
		break;
	case ERRAND_FETCH:
		fetched(m, e, good ? body : NULL);
		break;
	case ERRAND_JOIN:
		joined(m, room_of(e->place), good, buf_str(&why));
		break;
	case ERRAND_TELL:
		told(m, e);
		break;
	case ERRAND_DIRECT_READ:
		if (good ||
		    (response->status == 404 && str_eq(errcode_of(body), STR("M_NOT_FOUND"))))
			direct_add(m, good ? body : NULL, e->message, e->person);
		else
			direct_failed(m, buf_str(&why));
		break;
	case ERRAND_DIRECT_WRITE:
		if (!good)
			direct_failed(m, buf_str(&why));
		break;
	case ERRAND_LEAVE:
		break;
	}
	buf_done(&why);
	json_free(body);
}

/* A failure that may pass: true when the errand is tried again. A half of a surrogate pair makes a server
 * answer 500 for ever; an outage does so too, and passes. They differ in what others meet meanwhile. */
static bool failed(struct matrix *m, struct matrix_errand *e, enum verdict verdict)
{
	int64_t age = m->now.mono_ms - e->put_ms;

	e->not_before_ms = m->now.mono_ms + backoff_next_ms(&e->backoff);
	if (e->kind == ERRAND_JOIN)
		return verdict == REFUSED ? ++e->tries < JOIN_TRIES_MAX : age < JOIN_RETRY_MS;
	if (verdict == BAD && m->accepted != e->others)
		e->tries++;
	e->others = m->accepted;
	return age < RETRY_MS && (e->tries < BAD_TRIES_MAX || age < BAD_MS);
}

/* True when the errand stays and is tried again. */
static bool stays(struct matrix *m, struct matrix_errand *e, enum verdict verdict,
		  const struct machine_response *response)
{
	switch (verdict) {
	case DONE:
		m->accepted++;
		return false;
	case WAIT:
		/* The limit is the sender's, whatever the room. */
		m->paused_ms = m->now.mono_ms + response_wait_ms(m, response);
		m->singly_ms = m->paused_ms + LIMITED_MS;
		return true;
	case UNAUTHORIZED:
		session_refused(m, response, e->generation);
		return true;
	case REFUSED:
		/* An invitation may be known here before the room is. */
		return e->kind == ERRAND_JOIN && response->status == 404 && failed(m, e, verdict);
	case RETRY:
	case BAD:
		break;
	}
	return failed(m, e, verdict);
}

bool errand_answer(struct matrix *m, uint64_t call, const struct machine_response *response)
{
	struct lane **at = lanes_of_call(&m->lanes, call);
	struct matrix_errand *e;
	enum verdict verdict;

	if (!*at || call == 0)
		return false;
	e = errand_of((*at)->first);
	e->waits.call = 0;
	m->under_way--;
	verdict = errand_judge(response);
	if (stays(m, e, verdict, response) && !e->seen)
		return true;
	if (!e->seen)
		finish(m, e, response, verdict == DONE);
	/* finish() may have put another errand behind it, and lanes behind this one. */
	lanes_pop(&m->lanes, at);
	return true;
}

/* Is it this one? Under its transaction id, which the server shows to the device that sent it and for a
 * day; else by what it says and to whom. */
static bool is_that_send(const struct matrix_errand *e, const struct matrix_sighting *seen)
{
	struct arena arena;
	bool same;

	if (seen->transaction.n)
		return str_eq(e->transaction, seen->transaction);
	if (!seen->replies_to.n || !str_eq(e->message, seen->replies_to))
		return false;
	arena_init(&arena);
	same = str_eq(markdown_plain(e->text, &arena), seen->body);
	arena_done(&arena);
	return same;
}

static struct matrix_errand *sent_already(const struct matrix *m,
					  const struct matrix_sighting *seen)
{
	for (const struct lane *lane = m->lanes.first; lane; lane = lane->next) {
		if (!str_eq(lane->room, seen->room))
			continue;
		for (struct waiter *w = lane->first; w; w = w->next) {
			struct matrix_errand *e = errand_of(w);

			if (e->kind == ERRAND_SEND && !e->seen && is_that_send(e, seen))
				return e;
		}
	}
	return NULL;
}

bool errand_is_owed(const struct matrix *m, struct str room, struct str message)
{
	for (const struct lane *lane = m->lanes.first; lane; lane = lane->next) {
		if (!str_eq(lane->room, room))
			continue;
		for (struct waiter *w = lane->first; w; w = w->next)
			if (errand_of(w)->kind == ERRAND_SEND &&
			    str_eq(errand_of(w)->message, message))
				return true;
	}
	return false;
}

void errand_seen(struct matrix *m, const struct matrix_sighting *seen)
{
	struct matrix_errand *e = sent_already(m, seen);

	if (!e)
		return;
	sent(m, e, seen->event);
	/* The stream is recorded behind it: were that not known until the call is answered, a kill in
	 * between could send it again, when the server knows its transaction no more. The call keeps its
	 * place in the lane. */
	if (e->waits.call)
		e->seen = true;
	else
		lanes_remove(&m->lanes, &e->waits);
}
