#include "wire/matrix_machine.h"

#include <stdlib.h>

#define PAGE_FIRST 20 /* events: mostly nothing is new */
#define PAGE_EVENTS 100
/* The order of a room's history is not that in which events came from other servers: what is so new is
 * handed in again, as it may have come behind the newest that we know. */
#define OVERLAP_MS ((int64_t)600 * 1000)
#define LATE_MS 10000 /* what a round finds and is older should have come by a transaction */

void history_drop(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;

	while (as->pages) {
		struct matrix_page *page = as->pages;

		as->pages = page->newer;
		json_free(page->json);
		free(page);
	}
	as->events = 0;
	as->whole = false;
	buf_clear(&as->from);
	buf_clear(&as->room);
}

void history_ask(struct matrix *m, struct matrix_room *room)
{
	struct matrix_appservice *as = &m->appservice;

	if (!str_eq(buf_str(&as->room), room->id)) {
		history_drop(m);
		buf_add(&as->room, room->id);
	}
	matrix_url(m, API "/rooms/");
	url_add(&m->url, room->id);
	if (room->state_due) {
		buf_add(&m->url, STR("/state"));
		matrix_ask(m, ASKED_STATE, "GET", STR(""), 0);
		return;
	}
	buf_addf(&m->url, "/messages?dir=b&limit=%d", as->pages ? PAGE_EVENTS : PAGE_FIRST);
	if (as->from.n) {
		buf_add(&m->url, STR("&from="));
		url_add(&m->url, buf_str(&as->from));
	}
	matrix_ask(m, ASKED_HISTORY, "GET", STR(""), 0);
}

/* --- failures --- */

static bool is_final(const struct machine_response *response, const struct json *body)
{
	return response->status >= 400 && response->status < 500 && response->status != 429 &&
	       errcode_of(body).n;
}

/* May pass: others come first. */
static void failed(struct matrix *m, struct matrix_room *room,
		   const struct machine_response *response)
{
	if (response->status != 429)
		room->failures++;
	if (room->failures < MATRIX_ROOM_TRIES) {
		matrix_ask_again(m, response, "a room cannot be read");
		return;
	}
	if (room->failures == MATRIX_ROOM_TRIES)
		matrix_note(m, PLATFORM_DEGRADED,
			    "a room cannot be read, and nothing is answered there until it can");
	backoff_down(&m->backoff, m->now.mono_ms);
	m->next_ms = m->now.mono_ms + backoff_next_ms(&m->backoff);
}

static void succeeded(struct matrix *m, struct matrix_room *room)
{
	room->failures = 0;
	backoff_up(&m->backoff, m->now.mono_ms);
}

/* --- state --- */

static void state_take(struct matrix *m, struct matrix_room *room, const struct json *state)
{
	const struct json *create = NULL;
	bool fresh = !room->seen;

	room->members = 0;
	room->state_due = false;
	for (const struct json *e = json_first(state); e; e = json_next(e)) {
		struct str type = json_text(e, "type");
		struct str is = json_text(json_object(e, "content"), "membership");

		event_state(m, room, e);
		if (str_eq(type, STR("m.room.create")))
			create = e;
		else if (str_eq(type, STR("m.room.member")))
			room->members += str_eq(is, STR("join")) || str_eq(is, STR("invite"));
	}
	if (fresh && room->replaces.n && !room_is_replacement(room, create))
		room_refuse(m, room);
	else
		room_settle(m, room);
}

void state_answer(struct matrix *m, const struct machine_response *response)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, buf_str(&m->appservice.room));
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	bool large = response->too_long || (response->status == 200 && !json_is_array(body));

	if (!room) {
		history_drop(m);
	} else if (large) {
		matrix_note(m, PLATFORM_DEGRADED, "leaving a room that is too large to be read");
		room->leaving = true;
		errand_leave(m, room->id);
	} else if (response->status == 200) {
		succeeded(m, room);
		state_take(m, room, body);
	} else if (is_final(response, body)) {
		/* Shown to whoever is in the room. */
		matrix_note(m, PLATFORM_DEGRADED,
			    "the homeserver does not show a room: the bot is not in it");
		room_left(m, buf_str(&m->appservice.room));
	} else {
		failed(m, room, response);
	}
	json_free(body);
}

/* --- events --- */

/* What of its history is known. */
struct known {
	const struct json *seen; /* the newest event that was read before; NULL: not among these */
	const struct json *join; /* our own, of this stay */
	const struct json *invite;
};

static bool is_seen(const struct matrix_room *room, const struct json *event)
{
	return room->seen && str_hash(json_text(event, "event_id"), 0) == room->seen;
}

static const struct json *chunk_of(const struct matrix_page *page)
{
	return json_array(page->json, "chunk");
}

static struct known known_in(const struct matrix *m, const struct matrix_room *room)
{
	struct known known = {0};

	for (const struct matrix_page *page = m->appservice.pages; page; page = page->newer)
		for (const struct json *e = json_last(chunk_of(page)); e; e = json_prev(e)) {
			if (is_seen(room, e))
				known.seen = e;
			if (event_is_own(m, e, "join")) {
				known.join = known.join ? known.join : e;
			} else if (event_is_own_stay(m, e)) {
				known.join = NULL;
				known.invite = event_is_own(m, e, "invite") ? e : NULL;
			}
		}
	return known;
}

/* True when nothing older than the page is for us. */
static bool is_enough(const struct matrix *m, const struct matrix_room *room,
		      const struct matrix_page *page)
{
	const struct matrix_appservice *as = &m->appservice;
	const struct json *oldest = json_last(chunk_of(page));
	struct str end = json_text(page->json, "end");
	struct known known = known_in(m, room);
	bool question = room->inviter || room->recalled || room->replaces.n;

	if (!oldest || !end.n || str_eq(end, buf_str(&as->from)) || known.seen)
		return true;
	if (known.join && (known.invite || !question))
		return true;
	return m->now.wall_ms - event_sent_ms(m, oldest) > m->settings.missed_age_ms ||
	       (!room->seen && event_sent_ms(m, oldest) < as->began_ms);
}

static void page_add(struct matrix *m, struct matrix_room *room, struct json *json)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_page *page = calloc(1, sizeof *page);

	if (!page)
		out_of_memory();
	page->json = json;
	page->newer = as->pages;
	as->pages = page;
	for (const struct json *e = json_first(chunk_of(page)); e; e = json_next(e))
		as->events++;
	as->whole = is_enough(m, room, page);
	if (!as->whole && as->events >= m->settings.missed_messages) {
		as->whole = true;
		matrix_note(m, PLATFORM_DEGRADED,
			    "some of what was written in a room stays unread: it is too much");
	}
	buf_clear(&as->from);
	buf_add(&as->from, json_text(json, "end"));
	for (page = as->pages; page && as->whole; page = page->newer)
		originals_find(m, room, chunk_of(page));
}

void history_answer(struct matrix *m, const struct machine_response *response)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_room *room = matrix_room_find(&m->rooms, buf_str(&as->room));
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);

	if (!room) {
		history_drop(m);
	} else if (response->status == 200 && body) {
		succeeded(m, room);
		page_add(m, room, body);
		return;
	} else if (is_final(response, body)) {
		matrix_note(m, PLATFORM_DEGRADED,
			    "some of what was written in a room stays unread: "
			    "the homeserver does not show it");
		room->events_due = false;
		room->ready = true;
		history_drop(m);
	} else {
		failed(m, room, response);
	}
	json_free(body);
}

/* The question of before we came. */
static void question_take(struct matrix *m, struct matrix_room *room)
{
	const struct matrix_page *page = m->appservice.pages;
	const struct json **events;
	struct arena arena;
	size_t n = 0;

	arena_init(&arena);
	events = arena_array(&arena, m->appservice.events, sizeof *events);
	for (; page; page = page->newer)
		for (const struct json *e = json_last(chunk_of(page)); e; e = json_prev(e))
			events[n++] = e;
	before_take(m, room, events, n);
	arena_done(&arena);
}

/* In the order in which it was written. True when some of it is late. */
static bool events_hand(struct matrix *m, struct matrix_room *room, const struct known *known)
{
	bool is_new = !known->seen, is_ours = !known->join, was_known = room->seen != 0;
	bool late = false;

	for (const struct matrix_page *page = m->appservice.pages; page; page = page->newer)
		for (const struct json *e = json_last(chunk_of(page)); e; e = json_prev(e)) {
			int64_t age = m->now.wall_ms - event_sent_ms(m, e);
			bool is_wanted = is_new && was_known;

			is_ours = is_ours || e == known->join;
			event_state(m, room, e);
			if (is_ours && (is_new || age <= OVERLAP_MS))
				is_wanted = true;
			if (is_wanted && appservice_event(m, room, e) && age > LATE_MS)
				late = true;
			is_new = is_new || e == known->seen;
		}
	return late;
}

/* The newest of them, also when it was known or is not for us. */
static void seen_set(struct matrix *m, struct matrix_room *room)
{
	const struct matrix_page *page = m->appservice.pages;
	struct str id;

	while (page && page->newer)
		page = page->newer;
	id = page ? json_text(json_first(chunk_of(page)), "event_id") : STR("");
	if (!id.n || str_hash(id, 0) == room->seen)
		return;
	room->seen = str_hash(id, 0);
	m->appservice.moved = true;
}

void history_take(struct matrix *m)
{
	struct matrix_appservice *as = &m->appservice;
	struct matrix_room *room = matrix_room_find(&m->rooms, buf_str(&as->room));
	bool was_dirty = m->dirty, late;

	if (room) {
		struct known known = known_in(m, room);

		m->dirty = false;
		if (!room->seen && known.join)
			question_take(m, room);
		late = events_hand(m, room, &known);
		seen_set(m, room);
		room->inviter = 0;
		room->recalled = false;
		room->events_due = false;
		room->ready = true;
		room_settle(m, room);
		if (late && as->rounds && as->socket.state == SOCKET_UP && !as->socket.flows)
			as->late = true;
		if (m->dirty)
			matrix_position_give(m);
		else
			m->dirty = was_dirty;
	}
	history_drop(m);
}
