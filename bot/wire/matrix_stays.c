#include "wire/matrix_machine.h"

#include <inttypes.h>

/* `pattern` with * for anything. */
static bool glob_fits(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && pattern.p[p] == text.p[t]) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

bool inviter_is_good(const struct matrix *m, struct str inviter)
{
	for (size_t i = 0; i < m->settings.invite_from_n && !is_ignored(m, inviter); i++)
		if (inviter.n && glob_fits(m->settings.invite_from[i], inviter))
			return true;
	return false;
}

void room_invited(struct matrix *m, struct str id, const struct json *invite,
		  const struct json *stripped)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, id);
	struct str inviter = json_text(invite, "sender");

	if (room && !room->joined)
		return; /* told twice */
	if (room)
		matrix_room_drop(&m->rooms, room);
	m->dirty = true;
	room = inviter_is_good(m, inviter)
		       ? matrix_room_add(
				 &m->rooms,
				 &(struct matrix_room){.id = id, .inviter = str_hash(inviter, 0)})
		       : NULL;
	if (!room) {
		matrix_note(m, PLATFORM_READY, "an invitation was declined: %s",
			    inviter_is_good(m, inviter) ? "the bot is in too many rooms"
			    : is_ignored(m, inviter)	? "the bot's account ignores its sender"
						     : "its sender is none of matrix.invite_from");
		errand_leave(m, id);
		return;
	}
	room->direct = json_true(json_object(invite, "content"), "is_direct");
	for (const struct json *e = json_first(stripped); e; e = json_next(e))
		event_state(m, room, e);
	errand_join(m, room);
}

void room_settle(struct matrix *m, struct matrix_room *room)
{
	if (room->encrypted && !room->told)
		errand_unreadable(m, room);
	if (room->members == 1 && !room->leaving) {
		matrix_note(m, PLATFORM_READY, "leaving a room in which nobody else is");
		room->leaving = true;
		errand_leave(m, room->id);
	}
}

bool room_is_replacement(const struct matrix_room *room, const struct json *create)
{
	const struct json *predecessor = json_object(json_object(create, "content"), "predecessor");

	return str_eq(json_text(predecessor, "room_id"), room->replaces);
}

void room_refuse(struct matrix *m, struct matrix_room *room)
{
	matrix_note(m, PLATFORM_DEGRADED,
		    "leaving a room that does not replace the one that said so");
	room->leaving = true;
	errand_leave(m, room->id);
}

void room_trouble(struct matrix *m, const struct matrix_room *room, enum trouble kind)
{
	struct machine_step step = {.kind = MACHINE_TROUBLE,
				    .trouble = {.kind = kind, .room = room->id}};
	struct buf id;

	buf_init(&id, 32);
	buf_addf(&id, "$%016" PRIx64, room->hash);
	buf_clear(&m->link);
	m->link.full = false;
	buf_add(&m->link, STR("https://matrix.to/#/"));
	url_add(&m->link, room->id);
	step.trouble.id = buf_str(&id);
	step.trouble.link = buf_str(&m->link);
	steps_add(&m->steps, &step);
	buf_done(&id);
}

/* Who ends a room of two wants no answers there. */
static bool is_missed(const struct matrix_room *room)
{
	return room->joined && !room->leaving && !room->closed && !matrix_room_is_direct(room);
}

/* Somebody left it with our account: perhaps an earlier run of ours. */
static void leaving_read(const struct matrix *m, struct matrix_room *room, const struct json *event)
{
	if (room && event_is_own(m, event, "leave") &&
	    str_eq(json_text(event, "sender"), m->settings.user))
		room->leaving = true;
}

void room_left_read(struct matrix *m, struct str id, const struct json *leave)
{
	static const char *const parts[] = {"state", "timeline"};
	struct matrix_room *room = matrix_room_find(&m->rooms, id);

	for (size_t i = 0; room && i < 2; i++) {
		const struct json *e = json_array(json_object(leave, parts[i]), "events");

		for (e = json_first(e); e; e = json_next(e))
			leaving_read(m, room, e);
	}
	room_left(m, id);
}

void room_left_by(struct matrix *m, struct str id, const struct json *event)
{
	leaving_read(m, matrix_room_find(&m->rooms, id), event);
	room_left(m, id);
}

void room_left(struct matrix *m, struct str id)
{
	struct matrix_room *room = matrix_room_find(&m->rooms, id);

	if (!room)
		return;
	if (is_missed(room))
		room_trouble(m, room, TROUBLE_GONE);
	m->dirty = true;
	errands_room_gone(m, id);
	matrix_room_drop(&m->rooms, room);
}

void rooms_resume(struct matrix *m)
{
	for (struct matrix_room *room = m->rooms.first; room; room = room->next) {
		if (!room->joined)
			errand_join(m, room);
		else if (room->encrypted && !room->told)
			errand_unreadable(m, room);
	}
}
