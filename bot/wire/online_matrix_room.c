#include "wire/online_matrix.h"
#include "wire/url.h"

#define LEVEL_MAX ((int64_t)1 << 52)

/* --- power --- */

/* Before version 10 of rooms a level may be a text. */
static int64_t level_of(const struct json *object, const char *key, int64_t otherwise)
{
	int64_t level = otherwise;
	uint64_t as_text;

	if (json_int(object, key, -LEVEL_MAX, LEVEL_MAX, &level))
		return level;
	if (str_to_u64(str_trim(json_text(object, key)), &as_text) && as_text < LEVEL_MAX)
		return (int64_t)as_text;
	return otherwise;
}

struct online_power online_power(const struct json *levels, const char *user)
{
	int64_t others = level_of(levels, "users_default", 0);
	int64_t events = level_of(levels, "events_default", 0);

	return (struct online_power){
		.own = level_of(json_object(levels, "users"), user, others),
		.needed = level_of(json_object(levels, "events"), "m.room.message", events)};
}

/* --- which rooms --- */

static void room_begin(struct online_matrix *m, size_t room)
{
	m->room = room;
	m->next = room < m->rooms_n ? ASK_NAME : ASKED_ALL;
	m->is_encrypted = false;
}

static bool is_staff(const struct online_matrix *m, struct str id)
{
	return id.n && (str_eq(id, m->staff[0]) || str_eq(id, m->staff[1]));
}

static bool rooms_hold(const struct json *rooms, struct str id)
{
	for (const struct json *v = json_first(rooms); v; v = json_next(v))
		if (str_eq(json_text_of(v), id))
			return true;
	return false;
}

static void room_add(struct online_matrix *m, struct str id, const char *key, bool staff)
{
	if (m->rooms_n < ONLINE_ROOMS_MAX)
		m->rooms[m->rooms_n++] = (struct online_room){id, key, staff};
}

static void staff_add(struct online_matrix *m, const struct json *rooms, struct str id,
		      const char *key)
{
	if (!id.n)
		return;
	if (rooms_hold(rooms, id))
		room_add(m, id, key, true);
	else
		online_mend(&m->base,
			    "%s " STR_FMT ": the bot is not in it: let somebody whom "
			    "matrix.invite_from names invite it",
			    key, STR_ARG(online_shown(id)));
}

void online_rooms_take(struct online_matrix *m, const struct machine_response *answer,
		       const struct json *body)
{
	struct online *o = &m->base;
	const struct json *rooms = json_array(body, "joined_rooms");
	size_t others = 0, looked;

	m->next = ASKED_ALL;
	if (answer->status != 200 || !rooms) {
		online_unanswered(o, answer, body, "the rooms that the bot is in");
		return;
	}
	staff_add(m, rooms, m->staff[0], "staff_room");
	staff_add(m, rooms, m->staff[1], "staff_room_second");
	looked = m->rooms_n;
	for (const struct json *v = json_first(rooms); v; v = json_next(v)) {
		if (is_staff(m, json_text_of(v)))
			continue;
		room_add(m, arena_str(&o->arena, json_text_of(v)), "room", false);
		others++;
	}
	looked = m->rooms_n - looked;
	if (!others)
		online_note(o, "the bot is in no room for patients yet: invite it to one, or let "
			       "them do so");
	else if (others > looked)
		online_note(o, "the bot is in %zu rooms; %zu of them are looked at here", others,
			    looked);
	room_begin(m, 0);
}

/* --- one room --- */

void online_room_ask(struct online_matrix *m)
{
	static const char *const types[] = {[ASK_NAME] = "m.room.name",
					    [ASK_TOMBSTONE] = "m.room.tombstone",
					    [ASK_ENCRYPTION] = "m.room.encryption",
					    [ASK_POWER] = "m.room.power_levels"};
	struct online *o = &m->base;

	online_url(o, m->homeserver, "/_matrix/client/v3/rooms/");
	url_add(&o->url, m->rooms[m->room].id);
	buf_addf(&o->url, "/state/%s", types[m->next]);
	online_ask(o, "GET", true);
}

static void room_judge(struct online_matrix *m, const struct json *levels)
{
	const struct online_room *room = &m->rooms[m->room];
	struct online_power power = online_power(levels, arena_cstr(&m->base.arena, m->user));
	struct online *o = &m->base;

	if (m->is_encrypted && room->is_staff)
		online_mend(o,
			    STR_FMT
			    ": it is encrypted, and alerts cannot be sent there: make a room "
			    "without encryption and name that one",
			    STR_ARG(m->name));
	else if (m->is_encrypted)
		online_note(o,
			    STR_FMT
			    ": it is encrypted: the bot says there once that it cannot read, "
			    "and answers nothing; make a room without encryption for who asks "
			    "there",
			    STR_ARG(m->name));
	else if (power.own < power.needed)
		online_mend(o,
			    STR_FMT
			    ": the bot may not write there: it has the power level %lld, and "
			    "%lld is needed; give it that (Element: Room settings, Roles & "
			    "Permissions)",
			    STR_ARG(m->name), (long long)power.own, (long long)power.needed);
	else
		online_good(o, STR_FMT ": not encrypted, and the bot may write%s", STR_ARG(m->name),
			    room->is_staff ? "" : ": it answers there");
	room_begin(m, m->room + 1);
}

/* Nobody may write there any more, and nobody is to mend that. */
static void room_replaced(struct online_matrix *m, const struct json *tombstone)
{
	struct str by = json_text(tombstone, "replacement_room");
	struct online *o = &m->base;

	if (m->rooms[m->room].is_staff)
		online_mend(o,
			    STR_FMT ": it was replaced: invite the bot to " STR_FMT
				    ", and name that one",
			    STR_ARG(m->name), STR_ARG(online_shown(by)));
	else
		online_note(o,
			    STR_FMT ": it was replaced by " STR_FMT
				    ", where the bot answers when it could join",
			    STR_ARG(m->name), STR_ARG(online_shown(by)));
	room_begin(m, m->room + 1);
}

/* What a room has no state of is answered by 404. */
void online_room_take(struct online_matrix *m, const struct machine_response *answer,
		      const struct json *body)
{
	const struct online_room *room = &m->rooms[m->room];
	bool is_there = answer->status == 200;
	struct str name = is_there ? json_text(body, "name") : STR("");

	if (!is_there && !(answer->status == 404 && json_text(body, "errcode").n)) {
		online_unanswered(&m->base, answer, body,
				  arena_fmt(&m->base.arena, "%s " STR_FMT, room->key,
					    STR_ARG(online_shown(room->id)))
					  .p);
		room_begin(m, m->room + 1);
	} else if (m->next == ASK_NAME) {
		m->name = arena_fmt(&m->base.arena, "%s " STR_FMT "%s" STR_FMT "%s", room->key,
				    STR_ARG(online_shown(room->id)), name.n ? " (" : "",
				    STR_ARG(online_shown(name)), name.n ? ")" : "");
		m->next = ASK_TOMBSTONE;
	} else if (m->next == ASK_TOMBSTONE && is_there && json_text(body, "replacement_room").n) {
		room_replaced(m, body);
	} else if (m->next == ASK_TOMBSTONE) {
		m->next = ASK_ENCRYPTION;
	} else if (m->next == ASK_ENCRYPTION) {
		m->is_encrypted = is_there;
		m->next = ASK_POWER;
	} else {
		room_judge(m, is_there ? body : NULL);
	}
}
