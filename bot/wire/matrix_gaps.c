#include "wire/matrix_machine.h"

#define PAGE_EVENTS 100
#define FAILURES_MAX 10 /* two minutes: all that was read behind it waits so long */

void gap_add(struct matrix *m, struct str room, struct str to)
{
	struct matrix_gap *gap = arena_new(&m->gaps_arena, struct matrix_gap);

	gap->room = arena_str(&m->gaps_arena, room);
	gap->from = arena_str(&m->gaps_arena, buf_str(&m->since));
	gap->to = arena_str(&m->gaps_arena, to);
	gap->next = m->gaps;
	m->gaps = gap;
}

void gaps_drop(struct matrix *m)
{
	json_free(m->page);
	m->page = NULL;
	m->gaps = NULL;
	arena_reset(&m->gaps_arena);
}

static void gap_end(struct matrix *m, const char *why)
{
	if (why)
		matrix_note(m, PLATFORM_DEGRADED,
			    "some of what was written in a room stays unread: %s", why);
	m->gaps = m->gaps->next;
	if (!m->gaps)
		arena_reset(&m->gaps_arena);
}

void gap_ask(struct matrix *m)
{
	const struct matrix_gap *gap = m->gaps;

	matrix_url(m, API "/rooms/");
	url_add(&m->url, gap->room);
	buf_addf(&m->url, "/messages?dir=f&limit=%d&from=", PAGE_EVENTS);
	url_add(&m->url, gap->from);
	buf_add(&m->url, STR("&to="));
	url_add(&m->url, gap->to);
	matrix_ask(m, ASKED_GAP, "GET", STR(""), 0);
}

static void gap_failed(struct matrix *m, const struct machine_response *response,
		       const struct json *page)
{
	bool final = response->status >= 400 && response->status < 500 && response->status != 429 &&
		     errcode_of(page).n;

	if (!final && ++m->gaps->failures < FAILURES_MAX) {
		matrix_ask_again(m, response, "what was missed cannot be read");
		return;
	}
	gap_end(m, final ? "the homeserver does not show it" : "the homeserver fails to show it");
}

void gap_take(struct matrix *m)
{
	struct matrix_gap *gap = m->gaps;
	struct json *page = m->page;
	const struct json *e = json_first(json_array(page, "chunk"));
	struct matrix_room *room = matrix_room_find(&m->rooms, gap->room);
	struct str end = json_text(page, "end");
	bool empty = !e;

	m->page = NULL;
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
	if (room)
		originals_find(m, room, json_array(m->page, "chunk"));
}
