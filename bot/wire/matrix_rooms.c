#include "wire/matrix_rooms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"
#include "wire/matrix.h"

void matrix_rooms_done(struct matrix_rooms *rooms)
{
	while (rooms->first)
		matrix_room_drop(rooms, rooms->first);
}

struct matrix_room *matrix_room_find(const struct matrix_rooms *rooms, struct str id)
{
	uint64_t hash = str_hash(id, 0);
	struct matrix_room *room = rooms->first;

	while (room && (room->hash != hash || !str_eq(room->id, id)))
		room = room->next;
	return room;
}

struct matrix_room *matrix_room_add(struct matrix_rooms *rooms, const struct matrix_room *like)
{
	struct matrix_room *room;
	char *at;

	if (rooms->n >= MATRIX_ROOMS_MAX || like->id.n == 0 || like->id.n > MATRIX_ID_MAX ||
	    like->replaces.n > MATRIX_ID_MAX || like->via.n > MATRIX_ID_MAX)
		return NULL;
	room = calloc(1, sizeof *room + like->id.n + like->replaces.n + like->via.n);
	if (!room)
		out_of_memory();
	at = room->texts;
	room->id = str_keep(&at, like->id);
	room->inviter = like->inviter;
	room->replaces = str_keep(&at, like->replaces);
	room->via = str_keep(&at, like->via);
	room->hash = str_hash(like->id, 0);
	room->members = -1;
	room->next = rooms->first;
	rooms->first = room;
	rooms->n++;
	return room;
}

void matrix_room_drop(struct matrix_rooms *rooms, struct matrix_room *room)
{
	struct matrix_room **at = &rooms->first;

	while (*at && *at != room)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = room->next;
	rooms->n--;
	free(room);
}

struct matrix_room *matrix_room_after(const struct matrix_rooms *rooms, struct str id)
{
	struct matrix_room *room = rooms->first;

	while (room && !(room->replaces.n && str_eq(room->replaces, id)))
		room = room->next;
	return room;
}

bool matrix_room_is_direct(const struct matrix_room *room)
{
	return room->members >= 0 ? room->members <= 2 : room->direct;
}

/* What does not hold is left out: most rooms are two or three members long. */
static void flag_write(struct json_writer *w, const char *key, bool flag)
{
	if (flag)
		json_put_bool(w, key, true);
}

/* A number of JSON cannot hold it. */
static void seen_write(struct json_writer *w, uint64_t seen)
{
	char text[17];

	if (!seen)
		return;
	snprintf(text, sizeof text, "%016" PRIx64, seen);
	json_put_text(w, "seen", str_of(text));
}

static uint64_t seen_read(const struct json *room)
{
	struct str text = json_text(room, "seen");
	uint64_t seen = 0;

	for (size_t i = 0; i < text.n && text.n == 16; i++) {
		char c = text.p[i];

		if (c >= '0' && c <= '9')
			seen = seen << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			seen = seen << 4 | (uint64_t)(c - 'a' + 10);
		else
			return 0;
	}
	return seen;
}

void matrix_rooms_write(const struct matrix_rooms *rooms, struct json_writer *w)
{
	json_open_array(w, "rooms");
	for (const struct matrix_room *room = rooms->first; room; room = room->next) {
		json_open_object(w, NULL);
		json_put_text(w, "id", room->id);
		if (room->replaces.n)
			json_put_text(w, "replaces", room->replaces);
		if (room->via.n)
			json_put_text(w, "via", room->via);
		if (room->members >= 0)
			json_put_int(w, "members", room->members);
		/* In one that was not read yet there may be a question that came before us. */
		flag_write(w, "invited", !room->joined || (room->events_due && !room->seen));
		flag_write(w, "encrypted", room->encrypted);
		flag_write(w, "told", room->told);
		flag_write(w, "direct", room->direct);
		flag_write(w, "closed", room->closed);
		seen_write(w, room->seen);
		json_close(w);
	}
	json_close(w);
}

void matrix_rooms_read(struct matrix_rooms *rooms, const struct json *object)
{
	const struct json *v;

	for (v = json_first(json_array(object, "rooms")); v; v = json_next(v)) {
		struct matrix_room *room;

		if (matrix_room_find(rooms, json_text(v, "id")))
			continue;
		room = matrix_room_add(rooms,
				       &(struct matrix_room){.id = json_text(v, "id"),
							     .replaces = json_text(v, "replaces"),
							     .via = json_text(v, "via")});
		if (!room)
			continue;
		json_int(v, "members", 0, JSON_INT_MAX, &room->members);
		room->joined = !json_true(v, "invited");
		room->recalled = !room->joined;
		room->encrypted = json_true(v, "encrypted");
		room->told = json_true(v, "told");
		room->direct = json_true(v, "direct");
		room->closed = json_true(v, "closed");
		room->seen = seen_read(v);
	}
}

struct str room_of(struct str place)
{
	ptrdiff_t blank = str_find(place, STR(" "));

	return blank < 0 ? place : str_sub(place, 0, (size_t)blank);
}

struct str thread_of(struct str place)
{
	ptrdiff_t blank = str_find(place, STR(" "));

	return blank < 0 ? STR("") : str_sub(place, (size_t)blank + 1, place.n);
}
