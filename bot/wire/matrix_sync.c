#include "wire/matrix_machine.h"

#define QUIET_POSITION_MS \
	60000	      /* a position in front of which nothing happened is given so often */
#define QUICK_MS 1000 /* a poll that brought nothing takes longer */
#define FORGETFUL_MS \
	((int64_t)10 * 60 * 1000) /* it forgot before, so lately: then so long nothing */
#define FORGETFUL_REST_MS 15000	  /* is asked */
#define POSITION_MAX ((size_t)250 * 1024)

/* --- where the stream stands --- */

void matrix_position_give(struct matrix *m)
{
	struct json_writer w;
	struct buf text;

	buf_init(&text, POSITION_MAX);
	json_begin(&w, &text);
	json_open_object(&w, NULL);
	json_put_text(&w, "user", m->settings.user);
	json_put_text(&w, "device", buf_str(&m->session.device));
	json_put_text(&w, "since", buf_str(&m->since));
	if (m->appservice.began_ms)
		json_put_int(&w, "began", m->appservice.began_ms);
	matrix_rooms_write(&m->rooms, &w);
	json_close(&w);
	if (!text.full) {
		m->unrecorded = true;
		m->dirty = false;
		m->position_ms = m->now.mono_ms;
		steps_add(&m->steps,
			  &(struct machine_step){.kind = MACHINE_POSITION, .text = buf_str(&text)});
	} else {
		matrix_fail(m, "the bot is in too many rooms: let it leave some");
	}
	buf_done(&text);
}

void matrix_position_read(struct matrix *m, struct str position)
{
	struct json *json = json_parse(position, POSITION_MAX, NULL);

	if (str_eq(json_text(json, "user"), m->settings.user)) {
		buf_add(&m->since, json_text(json, "since"));
		json_int(json, "began", 1, JSON_INT_MAX, &m->appservice.began_ms);
		matrix_rooms_read(&m->rooms, json);
		m->session.device_known = json_text(json, "device").n > 0;
		if (m->session.device_known) {
			buf_clear(&m->session.device);
			buf_add(&m->session.device, json_text(json, "device"));
		}
	}
	json_free(json);
}

/* --- asking --- */

void sync_ask(struct matrix *m)
{
	int64_t poll = m->caught_up ? POLL_MS : POLL_FIRST_MS;

	m->first = m->since.n == 0 && !m->forgotten;
	m->asked_ms = m->now.mono_ms;
	matrix_url(m, API "/sync?set_presence=offline&filter=");
	url_add(&m->url, buf_str(&m->session.filter));
	if (m->since.n == 0) {
		/* All rooms at once: the server may need minutes. */
		poll = MATRIX_CALL_MS_MAX - ANSWER_MS;
		buf_add(&m->url, STR("&timeout=0"));
	} else {
		buf_addf(&m->url, "&timeout=%d&since=", (int)poll);
		url_add(&m->url, buf_str(&m->since));
	}
	/* v1.16; others pass over it. What a resolution of states changed stands in no timeline, and a
	 * room that became encrypted so would not be known as one. */
	buf_add(&m->url, STR("&use_state_after=true"));
	matrix_ask(m, ASKED_SYNC, "GET", STR(""), poll);
}

/* --- rooms --- */

static void invite_take(struct matrix *m, struct str id, const struct json *invite)
{
	const struct json *events = json_array(json_object(invite, "invite_state"), "events");
	const struct json *own = NULL;

	for (const struct json *e = json_first(events); e; e = json_next(e))
		if (event_is_own(m, e, "invite"))
			own = e;
	room_invited(m, id, own, events);
}

/* Counts come only when they changed. */
static void members_read(struct matrix_room *room, const struct json *join)
{
	const struct json *summary = json_object(join, "summary");
	int64_t joined = 0, invited = 0;
	bool has_joined = json_int(summary, "m.joined_member_count", 0, JSON_INT_MAX / 2, &joined);

	json_int(summary, "m.invited_member_count", 0, JSON_INT_MAX / 2, &invited);
	if (has_joined)
		room->members = joined + invited;
}

/* Where state stands: of the timeline's beginning, or of its end (v1.16, and as it was proposed),
 * whatever was asked for; and, last, in the timeline. */
static const char *const state_parts[] = {"state", "state_after", "org.matrix.msc4222.state_after",
					  "timeline"};
#define TIMELINE 3

static const struct json *part_of(const struct json *join, size_t part)
{
	return json_array(json_object(join, state_parts[part]), "events");
}

static void state_take(struct matrix *m, struct matrix_room *room, const struct json *join)
{
	for (size_t i = 0; i < TIMELINE; i++)
		for (const struct json *e = json_first(part_of(join, i)); e; e = json_next(e))
			event_state(m, room, e);
}

/* How the rooms that we are in stand now: by that what is read back in front of the poll is read, and is
 * answered. A room that became encrypted meanwhile gets nothing. */
static void rooms_renew(struct matrix *m)
{
	const struct json *join = json_object(json_object(m->sync, "rooms"), "join");

	for (const struct json *v = json_first(join); v; v = json_next(v)) {
		struct matrix_room *room = matrix_room_find(&m->rooms, json_key(v));

		if (!room || !room->joined)
			continue;
		members_read(room, v);
		state_take(m, room, v);
		for (const struct json *e = json_first(part_of(v, TIMELINE)); e; e = json_next(e))
			event_state(m, room, e);
	}
}

/* A room that another one was replaced by must say so itself. */
static bool replaces_that(const struct matrix_room *room, const struct json *join)
{
	for (size_t i = 0; i <= TIMELINE; i++)
		for (const struct json *e = json_first(part_of(join, i)); e; e = json_next(e))
			if (str_eq(json_text(e, "type"), STR("m.room.create")))
				return room_is_replacement(room, e);
	return false;
}

static size_t count_of(const struct json *events)
{
	size_t n = 0;

	for (const struct json *e = json_first(events); e; e = json_next(e))
		n++;
	return n;
}

/* Events of a room, the oldest first: of what was read back, and the poll's. */
struct past {
	const struct json **events;
	size_t n;
};

static struct past past_of(const struct matrix_page *pages, const struct json *timeline,
			   struct arena *arena)
{
	struct past past = {0};
	size_t most = count_of(timeline);
	const struct matrix_page *page;
	const struct json *e;

	for (page = pages; page; page = page->newer)
		most += count_of(json_array(page->json, "chunk"));
	past.events = arena_array(arena, most, sizeof *past.events);
	for (page = pages; page; page = page->newer)
		for (e = json_last(json_array(page->json, "chunk")); e; e = json_prev(e))
			past.events[past.n++] = e;
	for (e = json_first(timeline); e; e = json_next(e))
		past.events[past.n++] = e;
	return past;
}

/* `fresh`: nothing of the room was handed in before. */
static void past_take(struct matrix *m, struct matrix_room *room, const struct past *past,
		      bool fresh)
{
	size_t from = fresh ? before_take(m, room, past->events, past->n) : 0;

	for (size_t i = from; i < past->n; i++)
		event_take(m, room, past->events[i]);
}

static void join_take(struct matrix *m, struct str id, const struct json *join)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, id);
	const struct json *timeline = json_array(json_object(join, "timeline"), "events");
	bool fresh = !room || !room->joined;
	/* Of a room that nobody told of when all rooms are shown, all is history. */
	bool is_history = m->first || (m->forgotten && !room);
	struct arena arena;
	struct past past;

	if (!room) {
		room = matrix_room_add(&m->rooms, &(struct matrix_room){.id = id});
		if (!room)
			return; /* too many rooms */
		/* A power cut may have taken what was known of our joining it. */
		room->recalled = true;
	}
	m->dirty = m->dirty || fresh || json_first(timeline);
	room->joined = true;
	members_read(room, join);
	state_take(m, room, join);
	if (fresh && room->replaces.n && !replaces_that(room, join)) {
		room_refuse(m, room);
		return;
	}
	arena_init(&arena);
	past = past_of(fresh || m->forgotten ? gap_pages(m, id) : NULL, timeline, &arena);
	for (size_t i = 0; i < past.n; i++)
		event_state(m, room, past.events[i]);
	if (!is_history)
		past_take(m, room, &past, fresh);
	arena_done(&arena);
	room_settle(m, room);
}

/* --- the answer of a poll --- */

/* A server that answers at once and has nothing to say, or says the same again, must not be asked without
 * end: in the long run less than thirty times a minute. */
static void rest_when_quick(struct matrix *m, bool in_vain)
{
	static const int64_t waits_ms[] = {500, 500, 1000, 2500};
	size_t last = sizeof waits_ms / sizeof *waits_ms - 1;

	if (!in_vain || m->first || !m->caught_up || m->now.mono_ms - m->asked_ms >= QUICK_MS) {
		m->quick = 0;
		return;
	}
	m->next_ms = m->now.mono_ms + waits_ms[m->quick];
	if (m->quick < last)
		m->quick++;
}

static bool is_named(const struct json *join, struct str room)
{
	const struct json *v = json_first(join);

	while (v && !str_eq(json_key(v), room))
		v = json_next(v);
	return v != NULL;
}

/* A poll without a position names the rooms that we are in, and no others. */
static void rooms_forget(struct matrix *m, const struct json *join)
{
	struct matrix_room *next;

	for (struct matrix_room *room = m->rooms.first; room; room = next) {
		next = room->next;
		if (room->joined && !is_named(join, room->id))
			room_left(m, room->id);
	}
}

/* Most of it was handed in before, and is known to the bot by its id. */
static void forgotten_end(struct matrix *m)
{
	m->forgotten = false;
	m->too_old = 0;
	m->dirty = true;
}

void sync_finish(struct matrix *m)
{
	const struct json *rooms = json_object(m->sync, "rooms");
	struct str next = json_text(m->sync, "next_batch");
	bool was_caught_up = m->caught_up, empty;
	const struct json *v;

	if (m->forgotten)
		rooms_forget(m, json_object(rooms, "join"));
	for (v = json_first(json_object(rooms, "leave")); v; v = json_next(v))
		room_left_read(m, json_key(v), v);
	for (v = json_first(json_object(rooms, "invite")); v; v = json_next(v))
		invite_take(m, json_key(v), v);
	for (v = json_first(json_object(rooms, "join")); v; v = json_next(v))
		join_take(m, json_key(v), v);
	if (m->forgotten)
		forgotten_end(m);
	empty = !m->dirty;
	rest_when_quick(m, empty || str_eq(next, buf_str(&m->since)));
	buf_clear(&m->since);
	buf_add(&m->since, next);
	gaps_drop(m);
	json_free(m->sync);
	m->sync = NULL;
	m->caught_up = true;
	m->session.sync_refused = false;
	if (m->session.events != SYNC_EVENTS) {
		m->session.events = SYNC_EVENTS;
		buf_clear(&m->session.filter);
	}
	if (m->too_old)
		matrix_note(m, PLATFORM_DEGRADED,
			    "%u messages were too old when they could be read, and stay unanswered",
			    m->too_old);
	m->too_old = 0;
	if (!was_caught_up)
		rooms_resume(m);
	backoff_up(&m->backoff, m->now.mono_ms);
	matrix_state_set(m, PLATFORM_READY, "%s", "");
	if (!empty || m->first || m->now.mono_ms - m->position_ms >= QUIET_POSITION_MS)
		matrix_position_give(m);
	m->first = false;
}

void sync_look(struct matrix *m)
{
	const struct json *join = json_object(json_object(m->sync, "rooms"), "join");

	m->sync_looked = true;
	for (const struct json *v = json_first(join); v && !m->first; v = json_next(v)) {
		const struct matrix_room *room = matrix_room_find(&m->rooms, json_key(v));

		if (room && room->joined)
			originals_find(m, room, json_array(json_object(v, "timeline"), "events"));
	}
}

/* The stream's token or the filter is not known to the server. One that forgets again at once is not to be
 * made to show all rooms without end. */
static void sync_unknown(struct matrix *m)
{
	buf_clear(&m->session.filter);
	if (!m->session.sync_refused) {
		m->session.sync_refused = true;
		return;
	}
	m->session.sync_refused = false;
	buf_clear(&m->since);
	if (m->forgotten_ms && m->now.mono_ms - m->forgotten_ms < FORGETFUL_MS)
		m->next_ms = m->now.mono_ms + FORGETFUL_REST_MS;
	m->forgotten_ms = m->now.mono_ms;
	m->forgotten = true;
	matrix_note(m, PLATFORM_DEGRADED,
		    "the homeserver does not know any more where the bot stopped reading: what was "
		    "written meanwhile is looked for in the rooms");
}

/* A poll that is too much to read is asked for anew with one event of each room; what that leaves
 * out is read in pages. */
static void sync_smaller(struct matrix *m)
{
	m->session.events = 1;
	buf_clear(&m->session.filter);
}

void sync_answer(struct matrix *m, const struct machine_response *response)
{
	bool too_long = response->too_long;

	if (response->status == 400 && m->since.n) {
		sync_unknown(m);
		return;
	}
	if (response->status == 200) {
		m->sync = json_parse(response->body, MATRIX_BODY_MAX, NULL);
		if (json_text(m->sync, "next_batch").n) {
			m->sync_looked = false;
			account_take(m, json_object(m->sync, "account_data"));
			rooms_renew(m);
			gaps_find(m);
			return;
		}
		too_long = too_long || !m->sync;
		json_free(m->sync);
		m->sync = NULL;
	}
	if (too_long)
		sync_smaller(m);
	matrix_ask_again(m, response, "the homeserver's events cannot be read");
}
