#include "wire/matrix_machine.h"

#define ORIGINALS_MAX 20 /* of a page: each holds the stream up for a call */
#define FAILURES_MAX 5

static const struct json *event_with(const struct json *events, struct str id)
{
	const struct json *e = json_first(events);

	while (e && !str_eq(json_text(e, "event_id"), id))
		e = json_next(e);
	return e;
}

static bool is_wanted_already(const struct matrix *m, struct str event)
{
	const struct matrix_original *o = m->originals;

	while (o && !str_eq(o->event, event))
		o = o->next;
	return o != NULL;
}

void original_find(struct matrix *m, const struct matrix_room *room, const struct json *e,
		   const struct json *events)
{
	struct str event = event_original(m, room, e);
	struct matrix_original *o;

	if (!event.n || event_with(events, event) || is_wanted_already(m, event))
		return;
	if (m->originals_n >= ORIGINALS_MAX) {
		if (m->originals_n++ == ORIGINALS_MAX)
			matrix_note(m, PLATFORM_DEGRADED,
				    "too many edits at once: some may stay without an answer");
		return;
	}
	o = arena_new(&m->originals_arena, struct matrix_original);
	o->room = arena_str(&m->originals_arena, room->id);
	o->event = arena_str(&m->originals_arena, event);
	o->next = m->originals;
	m->originals = o;
	m->originals_n++;
}

void originals_find(struct matrix *m, const struct matrix_room *room, const struct json *events)
{
	for (const struct json *e = json_first(events); e; e = json_next(e))
		original_find(m, room, e, events);
}

static void original_end(struct matrix *m)
{
	m->originals = m->originals->next;
	if (m->originals)
		return;
	m->originals_n = 0;
	arena_reset(&m->originals_arena);
}

bool originals_ask(struct matrix *m)
{
	const struct matrix_original *o = m->originals;

	if (!o)
		return false;
	matrix_url(m, API "/rooms/");
	url_add(&m->url, o->room);
	buf_add(&m->url, STR("/event/"));
	url_add(&m->url, o->event);
	matrix_ask(m, ASKED_ORIGINAL, "GET", STR(""), 0);
	return true;
}

void original_answer(struct matrix *m, const struct machine_response *response)
{
	struct matrix_original *o = m->originals;
	struct json *body = json_parse(response->body, MATRIX_BODY_MAX, NULL);
	const struct matrix_room *room = matrix_room_find(&m->rooms, o->room);
	bool refused = response->status >= 400 && response->status < 500 &&
		       response->status != 429 && errcode_of(body).n;

	if (response->status == 200) {
		if (room && str_eq(json_text(body, "event_id"), o->event))
			event_note(m, room, body);
		original_end(m);
	} else if (refused || (response->status != 429 && ++o->failures >= FAILURES_MAX)) {
		if (!refused)
			matrix_note(m, PLATFORM_DEGRADED,
				    "the homeserver fails to show what an edit is one of");
		original_end(m);
	} else {
		matrix_ask_again(m, response, "what an edit is one of cannot be read");
	}
	json_free(body);
}
