#include "wire/matrix_machine.h"

#include <stdlib.h>

#define ROUND_STEP_MS 5000
#define ROUND_MAX_MS ((int64_t)512 * 1000) /* a homeserver waits no longer between two tries */
#define ROUND_DOWN_MAX_MS 60000		   /* without a websocket, rounds are all there is */
#define ROUND_DOUBLINGS 7
#define ROUNDS_LEAST 2 /* the proxy may have written to our last connection behind the first */
#define QUIET_POSITION_MS 60000
#define UNKNOWN_MS 60000 /* a registration may cover rooms that are none of ours */

void appservice_init(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;

	as->round_ms = INT64_MAX;
	backoff_init(&as->socket.backoff, random_below(&m->random, UINT64_MAX));
	buf_init(&as->room, MATRIX_ID_MAX);
	buf_init(&as->from, 1024);
}

void appservice_start(struct matrix *m)
{
	m->first = m->appservice.began_ms == 0;
}

static void held_free(struct matrix_held *held)
{
	json_free(held->json);
	free(held);
}

static void held_pop(struct matrix_appservice *as)
{
	struct matrix_held *held = as->first;

	as->first = held->next;
	if (!as->first)
		as->last = NULL;
	as->held -= held->n;
	as->held_n--;
	held_free(held);
}

void appservice_done(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;

	while (as->first)
		held_pop(as);
	history_drop(m);
	buf_done(&as->room);
	buf_done(&as->from);
}

bool is_appservice(const struct matrix *m)
{
	return m->settings.wsproxy.n > 0;
}

/* --- rounds --- */

void round_within(struct matrix *m, int64_t ms)
{
	struct matrix_appservice *as = &m->appservice;

	if (m->now.mono_ms + ms < as->round_ms)
		as->round_ms = m->now.mono_ms + ms;
}

static void rooms_ask(struct matrix *m)
{
	m->appservice.rooms_asked_ms = m->now.mono_ms;
	m->appservice.round_ms = INT64_MAX;
	matrix_url(m, API "/joined_rooms");
	matrix_ask(m, ASKED_ROOMS, "GET", STR(""), 0);
}

/* The server says that we are in it. */
static void room_listed(struct matrix *m, struct str id)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, id);

	if (!room) {
		room = matrix_room_add(&m->rooms, &(struct matrix_room){.id = id});
		m->dirty = true;
	}
	if (!room)
		return; /* too many rooms */
	m->dirty = m->dirty || !room->joined;
	room->joined = room->listed = true;
	room->events_due = true;
	room->state_due = room->state_due || !room->ready || m->appservice.state_wanted;
	room->failures = 0;
}

/* In those that it does not name we are no more. */
static void rooms_forget(struct matrix *m)
{
	struct matrix_room *next;

	for (struct matrix_room *room = m->rooms.first; room; room = next) {
		bool fresh = room->joined_ms && room->joined_ms >= m->appservice.rooms_asked_ms;

		next = room->next;
		if (room->joined && !room->listed && !fresh)
			room_left(m, room->id);
	}
}

void rooms_answer(struct matrix *m, const struct machine_response *response)
{
	struct matrix_appservice *as = &m->appservice;
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	const struct json *v, *list = json_array(body, "joined_rooms");

	if (response->status != 200 || !list) {
		json_free(body);
		round_within(m, 0);
		matrix_ask_again(m, response, "the homeserver does not say where the bot is");
		return;
	}
	backoff_up(&m->backoff, m->now.mono_ms);
	for (struct matrix_room *room = m->rooms.first; room; room = room->next)
		room->listed = false;
	for (v = json_first(list); v; v = json_next(v))
		room_listed(m, json_text_of(v));
	rooms_forget(m);
	json_free(body);
	as->state_wanted = false;
	as->in_round = true;
	/* Not at the start: our clock is set by the server's answers. */
	if (!as->began_ms)
		as->began_ms = m->now.wall_ms;
	if (!m->caught_up) {
		m->caught_up = true;
		rooms_resume(m);
	}
}

/* That of which the fewest tries failed. */
static struct matrix_room *room_due(const struct matrix *m)
{
	struct matrix_room *due = NULL;

	for (struct matrix_room *room = m->rooms.first; room; room = room->next)
		if (room->joined && !room->leaving && (room->state_due || room->events_due) &&
		    (!due || room->failures < due->failures))
			due = room;
	return due;
}

static void position_when_moved(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	bool quiet = m->now.mono_ms - m->position_ms >= QUIET_POSITION_MS;

	if (!m->dirty && !(as->moved && quiet))
		return;
	as->moved = false;
	matrix_position_give(m);
}

static void too_old_note(struct matrix *m)
{
	if (m->too_old)
		matrix_note(m, PLATFORM_DEGRADED,
			    "%u messages were too old when they could be read, and stay unanswered",
			    m->too_old);
	m->too_old = 0;
}

/* Another one comes while no transaction does: the homeserver may wait before it tries again, or never
 * find the way. */
static void round_end(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	bool up = as->socket.state == SOCKET_UP;
	unsigned doublings = as->rounds < ROUND_DOUBLINGS ? as->rounds : ROUND_DOUBLINGS;
	int64_t wait = (int64_t)ROUND_STEP_MS << doublings,
		most = up ? ROUND_MAX_MS : ROUND_DOWN_MAX_MS;

	as->in_round = false;
	as->rounds++;
	too_old_note(m);
	if (!as->socket.flows || as->rounds < ROUNDS_LEAST)
		round_within(m, wait < most ? wait : most);
	m->dirty = m->dirty || m->first;
	m->first = false;
	position_when_moved(m);
}

/* All that can be read was. */
static void state_settle(struct matrix *m)
{
	const struct matrix_appservice *as = &m->appservice;

	if (as->socket.state != SOCKET_UP || as->in_round || as->rounds == 0)
		return;
	if (as->late)
		matrix_state_set(m, PLATFORM_DEGRADED,
				 "the homeserver sends matrix.wsproxy no transactions, and answers "
				 "are late: look at url and hs_token of the registration, unless "
				 "the proxy was away just now");
	else
		matrix_state_set(m, PLATFORM_READY, "%s", "");
}

/* --- transactions --- */

/* Of a small room the members are counted anew; in a large one only who goes matters, as `members` then
 * stays a number that there are at least. */
static void member_moved(struct matrix_room *room, const struct json *event)
{
	struct str is = json_text(json_object(event, "content"), "membership");
	bool goes = !str_eq(is, STR("join")) && !str_eq(is, STR("invite"));

	if (goes && room->members > 2)
		room->members--;
	if (room->members <= 2)
		room->state_due = true;
}

static struct matrix_room *room_of_event(const struct matrix *m, const struct json *event)
{
	return matrix_room_find(&m->rooms, json_text(event, "room_id"));
}

static bool is_of_member(const struct json *event)
{
	return str_eq(json_text(event, "type"), STR("m.room.member")) &&
	       json_is_text(json_get(event, "state_key"));
}

static bool is_our_own(const struct matrix *m, const struct json *event)
{
	return is_of_member(event) && str_eq(json_text(event, "state_key"), m->settings.user);
}

/* Once for each transaction: what it says of who is where. */
static void held_look(struct matrix *m, struct matrix_held *held)
{
	for (const struct json *e = json_first(json_array(held->json, "events")); e;
	     e = json_next(e)) {
		struct matrix_room *room = room_of_event(m, e);

		if (event_is_own(m, e, "join") && (!room || !room->joined)) {
			if (!room)
				room = matrix_room_add(
					&m->rooms,
					&(struct matrix_room){.id = json_text(e, "room_id")});
			if (room)
				appservice_joined(m, room);
		} else if (room && room->joined && is_of_member(e) && !is_our_own(m, e)) {
			member_moved(room, e);
		} else if (!room && !is_our_own(m, e) &&
			   m->now.mono_ms >= m->appservice.unknown_ms) {
			/* Perhaps we came there while nobody listened. */
			m->appservice.unknown_ms = m->now.mono_ms + UNKNOWN_MS;
			round_within(m, 0);
		}
	}
	held->looked = true;
}

static bool is_due(const struct matrix_room *room)
{
	return room && room->joined && !room->leaving && (room->state_due || room->events_due);
}

/* A room that must be read before this transaction is taken; NULL: none, or it has waited enough. Events
 * of one that still cannot be read are read with it, whenever that is. */
static struct matrix_room *held_needs(const struct matrix *m, const struct matrix_held *held)
{
	for (const struct json *e = json_first(json_array(held->json, "events")); e;
	     e = json_next(e)) {
		struct matrix_room *room = room_of_event(m, e);

		if (is_due(room) && room->failures < MATRIX_ROOM_TRIES)
			return room;
	}
	return NULL;
}

static void held_originals(struct matrix *m, struct matrix_held *held)
{
	const struct json *events = json_array(held->json, "events");

	held->originals = true;
	for (const struct json *e = json_first(events); e; e = json_next(e)) {
		const struct matrix_room *room = room_of_event(m, e);

		if (room && room->joined && !is_due(room))
			original_find(m, room, e, events);
	}
}

static bool was_taken(struct matrix_appservice *as, struct str event)
{
	uint64_t hash = str_hash(event, 0);

	for (size_t i = 0; i < MATRIX_TAKEN_MAX && event.n; i++)
		if (as->taken[i] == hash)
			return true;
	as->taken[as->taken_next++ % MATRIX_TAKEN_MAX] = hash;
	return false;
}

bool appservice_event(struct matrix *m, struct matrix_room *room, const struct json *event)
{
	struct matrix_appservice *as = &m->appservice;
	struct str id = json_text(event, "event_id");

	event_state(m, room, event);
	if (!id.n || was_taken(as, id))
		return false;
	room->seen = str_hash(id, 0);
	as->moved = true;
	if (event_sent_ms(m, event) < as->began_ms || !event_take(m, room, event))
		return false;
	m->dirty = true;
	return true;
}

static void own_take(struct matrix *m, struct str id, const struct json *event)
{
	if (event_is_own(m, event, "invite"))
		room_invited(m, id, event,
			     json_array(json_object(event, "unsigned"), "invite_room_state"));
	else if (event_is_own(m, event, "leave") || event_is_own(m, event, "ban"))
		room_left_by(m, id, event);
}

/* How many transactions that wait tell of a stay of ours there. */
static unsigned own_events_held(const struct matrix *m, struct str room)
{
	unsigned n = 0;

	for (const struct matrix_held *held = m->appservice.first; held; held = held->next)
		for (const struct json *e = json_first(json_array(held->json, "events")); e;
		     e = json_next(e))
			n += is_our_own(m, e) && str_eq(json_text(e, "room_id"), room);
	return n;
}

/* An invitation is told once and can be read nowhere: when nothing else is to be said of the room it is
 * taken before all that waits, so that a kill has little time to lose it in. */
static void invites_take(struct matrix *m, const struct matrix_held *held)
{
	for (const struct json *e = json_first(json_array(held->json, "events")); e;
	     e = json_next(e)) {
		struct str id = json_text(e, "room_id");

		if (event_is_own(m, e, "invite") && !matrix_room_find(&m->rooms, id) &&
		    own_events_held(m, id) == 1 &&
		    !was_taken(&m->appservice, json_text(e, "event_id")))
			own_take(m, id, e);
	}
}

bool appservice_hold(struct matrix *m, struct json *json, size_t n, int64_t id)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_held *held = calloc(1, sizeof *held);

	if (!held)
		out_of_memory();
	*held = (struct matrix_held){
		.json = json, .n = n, .id = id, .generation = as->socket.generation};
	if (as->held + n > MATRIX_HELD_MAX || as->held_n >= MATRIX_HELD_N_MAX) {
		held_free(held);
		return false;
	}
	if (as->last)
		as->last->next = held;
	else
		as->first = held;
	as->last = held;
	as->held += n;
	as->held_n++;
	/* They flow: what else was written comes in their turn. */
	as->late = false;
	invites_take(m, held);
	if (as->rounds >= ROUNDS_LEAST && !as->in_round && as->round_ms > m->now.mono_ms)
		as->round_ms = INT64_MAX;
	return true;
}

static void held_take(struct matrix *m, struct matrix_held *held)
{
	const struct json *e, *events = json_array(held->json, "events");

	for (e = json_first(events); e; e = json_next(e)) {
		struct matrix_room *room = room_of_event(m, e);

		if (is_our_own(m, e) && !was_taken(&m->appservice, json_text(e, "event_id")))
			own_take(m, json_text(e, "room_id"), e);
		else if (room && room->joined && !room->leaving && !is_due(room))
			appservice_event(m, room, e);
	}
	for (e = json_first(events); e; e = json_next(e)) {
		struct matrix_room *room = room_of_event(m, e);

		if (room && room->joined && !is_due(room))
			room_settle(m, room);
	}
	held->taken = true;
}

/* Takes transactions until one needs something first: a room, or (then it is asked for) what an edit is
 * one of. */
static struct matrix_room *held_go(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_room *room = NULL;

	for (struct matrix_held *held = as->first; held && !room; held = held->next) {
		if (!held->looked)
			held_look(m, held);
		if (m->now.mono_ms >= as->round_ms)
			break;
		room = held_needs(m, held);
		if (room)
			break;
		if (!held->originals)
			held_originals(m, held);
		if (m->originals)
			break;
		held_take(m, held);
	}
	too_old_note(m);
	if (as->first && as->first->taken) {
		position_when_moved(m);
		if (!m->unrecorded)
			appservice_recorded(m);
	}
	return room;
}

void appservice_recorded(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;

	while (as->first && as->first->taken) {
		socket_acknowledge(m, as->first);
		held_pop(as);
	}
}

/* --- what comes next --- */

void appservice_joined(struct matrix *m, struct matrix_room *room)
{
	m->dirty = true;
	room->joined = true;
	room->joined_ms = m->now.mono_ms;
	room->state_due = room->events_due = true;
	room->failures = 0;
}

bool appservice_may_send(const struct matrix *m, const struct matrix_room *room)
{
	return !is_appservice(m) || !room->joined || room->ready;
}

struct matrix_room *appservice_take(struct matrix *m)
{
	/* Before a round is under way it is not known which rooms must be read first. */
	bool waits = m->asked == ASKED_ROOMS || m->asked == ASKED_ORIGINAL || m->originals;
	struct matrix_room *room = NULL;

	if (m->caught_up && !m->first && !m->unrecorded && !waits)
		room = held_go(m);
	/* Joins wait until it is recorded why. */
	if (m->dirty && !m->first && !m->unrecorded)
		matrix_position_give(m);
	return room;
}

void appservice_go(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_room *room;

	if (m->unrecorded || originals_ask(m))
		return;
	if (as->whole)
		history_take(m);
	room = appservice_take(m);
	if (m->unrecorded || originals_ask(m))
		return;
	if (m->now.mono_ms >= as->round_ms) {
		rooms_ask(m);
		return;
	}
	if (!room)
		room = room_due(m);
	if (!room || room->failures >= MATRIX_ROOM_TRIES) {
		if (as->in_round)
			round_end(m);
		state_settle(m);
	}
	if (room && !m->unrecorded)
		history_ask(m, room);
}

int64_t appservice_wake_ms(const struct matrix *m)
{
	return m->now.mono_ms < m->next_ms ? m->next_ms : m->appservice.round_ms;
}
