#include "wire/matrix_machine.h"

/* Where our stay begins: the first joining behind the last time that we were not there, as a server may give
 * one joining twice, and a new name of ours is one more. */
struct stay {
	size_t invite, join; /* SIZE_MAX: not among the events */
};

static struct stay stay_in(const struct matrix *m, const struct json *const *events, size_t n)
{
	struct stay stay = {SIZE_MAX, SIZE_MAX};

	for (size_t i = 0; i < n; i++) {
		if (event_is_own(m, events[i], "join")) {
			stay.join = stay.join == SIZE_MAX ? i : stay.join;
		} else if (event_is_own_stay(m, events[i])) {
			stay.join = SIZE_MAX;
			stay.invite = event_is_own(m, events[i], "invite") ? i : SIZE_MAX;
		}
	}
	return stay;
}

static void invite_read(struct matrix *m, struct matrix_room *room, const struct json *invite)
{
	struct str sender = json_text(invite, "sender");

	if (room->recalled && inviter_is_good(m, sender))
		room->inviter = str_hash(sender, 0);
	if (!room->inviter || room->inviter != str_hash(sender, 0) ||
	    !json_true(json_object(invite, "content"), "is_direct"))
		return;
	room->direct = true;
	errand_direct(m, room->id, sender);
}

/* Servers give some events twice: what was overheard first would never be answered. */
static bool is_same(const struct json *a, const struct json *b)
{
	return str_eq(json_text(a, "event_id"), json_text(b, "event_id"));
}

size_t before_take(struct matrix *m, struct matrix_room *room, const struct json *const *events,
		   size_t n)
{
	struct stay stay = stay_in(m, events, n);
	size_t from = 0, newest;

	/* All of them are newer. */
	if (stay.join == SIZE_MAX) {
		room->inviter = 0;
		return 0;
	}
	if (stay.invite != SIZE_MAX) {
		invite_read(m, room, events[stay.invite]);
		from = stay.invite + 1;
	}
	newest = stay.join;
	for (size_t i = from; i < stay.join; i++)
		if (event_is_question(m, events[i], room))
			newest = i;
	for (size_t i = from; i < newest; i++)
		if (event_is_question(m, events[i], room) && !is_same(events[i], events[newest]) &&
		    event_overhear(m, room, events[i]))
			m->dirty = true;
	if (newest < stay.join && event_take(m, room, events[newest]))
		m->dirty = true;
	room->inviter = 0;
	return stay.join;
}
