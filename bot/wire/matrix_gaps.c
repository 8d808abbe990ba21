#include "wire/matrix_machine.h"

#include <stdlib.h>

#define PAGE_EVENTS 100
#define BACK_MAX \
	((size_t)16 * 1024 * 1024) /* bytes that are kept of all that is read back for one poll */
#define FAILURES_MAX 10		   /* minutes: all that was read behind it waits so long */

static void gap_add(struct matrix *m, struct str room, struct str from, struct str to)
{
	struct matrix_gap *gap = arena_new(&m->gaps_arena, struct matrix_gap);

	gap->room = arena_str(&m->gaps_arena, room);
	gap->from = arena_str(&m->gaps_arena, from);
	gap->to = arena_str(&m->gaps_arena, to);
	gap->next = m->gaps;
	m->gaps = gap;
}

/* Nothing in front of it is for us: our invitation, or the room's first event. */
static bool has_beginning(const struct matrix *m, const struct json *events)
{
	for (const struct json *e = json_first(events); e; e = json_next(e))
		if (event_is_own(m, e, "invite") ||
		    str_eq(json_text(e, "type"), STR("m.room.create")))
			return true;
	return false;
}

/* All that is young enough to be handed in, and may have been already. */
static void forgotten_find(struct matrix *m, const struct matrix_room *room,
			   const struct json *timeline)
{
	const struct json *oldest = json_first(json_array(timeline, "events"));

	if (!oldest || m->now.wall_ms - event_sent_ms(m, oldest) <= m->settings.missed_age_ms)
		gap_add(m, room->id, json_text(timeline, "prev_batch"), STR(""));
}

void gaps_find(struct matrix *m)
{
	const struct json *join = json_object(json_object(m->sync, "rooms"), "join");

	for (const struct json *v = json_first(join); v && !m->first; v = json_next(v)) {
		const struct json *timeline = json_object(v, "timeline");
		const struct matrix_room *room = matrix_room_find(&m->rooms, json_key(v));
		struct str to = json_text(timeline, "prev_batch");

		if (!json_true(timeline, "limited") || !to.n)
			continue;
		if (m->forgotten && room && room->joined)
			forgotten_find(m, room, timeline);
		else if (room && room->joined)
			gap_add(m, room->id, buf_str(&m->since), to);
		else if ((room || !m->forgotten) &&
			 !has_beginning(m, json_array(timeline, "events")))
			gap_add(m, json_key(v), to, STR(""));
	}
}

const struct matrix_page *gap_pages(const struct matrix *m, struct str room)
{
	const struct matrix_gap *gap = m->gaps_back;

	while (gap && !str_eq(gap->room, room))
		gap = gap->next;
	return gap ? gap->pages : NULL;
}

static void pages_drop(struct matrix_gap *gaps)
{
	for (struct matrix_gap *gap = gaps; gap; gap = gap->next)
		while (gap->pages) {
			struct matrix_page *page = gap->pages;

			gap->pages = page->newer;
			json_free(page->json);
			free(page);
		}
}

void gaps_drop(struct matrix *m)
{
	json_free(m->page);
	m->page = NULL;
	pages_drop(m->gaps);
	pages_drop(m->gaps_back);
	m->gaps = m->gaps_back = NULL;
	m->back = 0;
	arena_reset(&m->gaps_arena);
}

static void gap_end(struct matrix *m, const char *why)
{
	struct matrix_gap *gap = m->gaps;

	if (why)
		matrix_note(m, PLATFORM_DEGRADED,
			    "some of what was written in a room stays unread: %s", why);
	m->gaps = gap->next;
	if (gap->pages) {
		gap->next = m->gaps_back;
		m->gaps_back = gap;
	}
}

void gap_ask(struct matrix *m)
{
	const struct matrix_gap *gap = m->gaps;

	matrix_url(m, API "/rooms/");
	url_add(&m->url, gap->room);
	buf_addf(&m->url, "/messages?dir=%c&limit=%d&from=", gap->to.n ? 'f' : 'b', PAGE_EVENTS);
	url_add(&m->url, gap->from);
	if (gap->to.n) {
		buf_add(&m->url, STR("&to="));
		url_add(&m->url, gap->to);
	}
	matrix_ask(m, ASKED_GAP, "GET", STR(""), 0);
}

/* A server that asks for patience, or that nobody reaches, has not failed to show it: it is waited for. */
static void gap_failed(struct matrix *m, const struct machine_response *response,
		       const struct json *page)
{
	bool waits = response->status == 429 || (response->status == 0 && !response->too_long);
	bool final = response->status >= 400 && response->status < 500 && response->status != 429 &&
		     errcode_of(page).n;

	if (waits || (!final && ++m->gaps->failures < FAILURES_MAX)) {
		matrix_ask_again(m, response, "what was missed cannot be read");
		return;
	}
	gap_end(m, final ? "the homeserver does not show it" : "the homeserver fails to show it");
}

/* Keeps the page: it is handed in with the poll. */
static void back_take(struct matrix *m, struct json *json)
{
	struct matrix_gap *gap = m->gaps;
	const struct json *chunk = json_array(json, "chunk"), *oldest = json_last(chunk);
	struct matrix_page *page = calloc(1, sizeof *page);
	struct str end = json_text(json, "end");

	if (!page)
		out_of_memory();
	page->json = json;
	page->newer = gap->pages;
	gap->pages = page;
	for (const struct json *e = json_first(chunk); e; e = json_next(e))
		gap->seen++;
	if (!oldest || !end.n || str_eq(end, gap->from) || has_beginning(m, chunk) ||
	    m->now.wall_ms - event_sent_ms(m, oldest) > m->settings.missed_age_ms)
		gap_end(m, NULL);
	else if (gap->seen >= m->settings.missed_messages || m->back > BACK_MAX)
		gap_end(m, "it is too much");
	else
		gap->from = arena_str(&m->gaps_arena, end);
}

static void forth_take(struct matrix *m, struct json *page)
{
	struct matrix_gap *gap = m->gaps;
	const struct json *e = json_first(json_array(page, "chunk"));
	struct matrix_room *room = matrix_room_find(&m->rooms, gap->room);
	struct str end = json_text(page, "end");
	bool empty = !e;

	m->dirty = m->dirty || e;
	for (; e && room; e = json_next(e)) {
		event_state(m, room, e);
		event_take(m, room, e);
		gap->seen++;
	}
	/* The end stands on the last page too: an empty one is the last. */
	if (empty || !end.n || str_eq(end, gap->to) || str_eq(end, gap->from))
		gap_end(m, NULL);
	else if (gap->seen >= m->settings.missed_messages)
		gap_end(m, "it is too much");
	else
		gap->from = arena_str(&m->gaps_arena, end);
	json_free(page);
}

void gap_take(struct matrix *m)
{
	struct json *page = m->page;

	m->page = NULL;
	if (m->gaps->to.n)
		forth_take(m, page);
	else
		back_take(m, page);
}

void gap_answer(struct matrix *m, const struct machine_response *response)
{
	const struct matrix_room *room = matrix_room_find(&m->rooms, m->gaps->room);
	struct json *page = json_parse(response->body, MATRIX_BODY_MAX, NULL);

	if (response->status != 200) {
		gap_failed(m, response, page);
		json_free(page);
		return;
	}
	m->page = page ? page : json_parse(STR("{}"), 2, NULL);
	if (!m->gaps->to.n)
		m->back += response->body.n;
	else if (room)
		originals_find(m, room, json_array(m->page, "chunk"));
}
