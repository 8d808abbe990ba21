#include "wire/discord_rooms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

#define DISCORD_EPOCH_MS 1420070400000 /* 2015-01-01; reference, Snowflakes */

uint64_t snowflake(struct str s)
{
	uint64_t id = 0;

	return s.n <= 20 && str_to_u64(s, &id) ? id : 0;
}

uint64_t json_snowflake(const struct json *object, const char *key)
{
	return snowflake(json_text(object, key));
}

int64_t snowflake_ms(uint64_t id)
{
	return (int64_t)(id >> 22) + DISCORD_EPOCH_MS;
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool rooms_init(struct rooms *rooms, const struct discord_settings *settings, struct err *err)
{
	memset(rooms, 0, sizeof *rooms);
	if (settings->channels_n > DISCORD_CHANNELS_MAX)
		return err_set(err, ERR_INPUT, "more than %d Discord channels are listed",
			       DISCORD_CHANNELS_MAX);
	for (size_t i = 0; i < settings->channels_n; i++) {
		uint64_t id = snowflake(settings->channels[i]);

		if (id == 0)
			return err_set(err, ERR_INPUT,
				       "\"" STR_FMT "\" is no channel id: in Discord, switch "
				       "on Developer Mode, then use Copy Channel ID",
				       STR_ARG(str_sub(settings->channels[i], 0, 60)));
		rooms->watched[rooms->watched_n++] = id;
	}
	if (rooms->watched_n)
		qsort(rooms->watched, rooms->watched_n, sizeof *rooms->watched, compare_ids);
	return true;
}

void rooms_done(struct rooms *rooms)
{
	free(rooms->v);
	memset(rooms, 0, sizeof *rooms);
}

static bool is_configured(const struct rooms *rooms, uint64_t id)
{
	return rooms->watched_n &&
	       bsearch(&id, rooms->watched, rooms->watched_n, sizeof *rooms->watched, compare_ids);
}

/* Where the room stands, or would stand. */
static size_t room_at(const struct rooms *rooms, uint64_t id)
{
	size_t low = 0, high = rooms->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rooms->v[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct room *room_find(const struct rooms *rooms, uint64_t id)
{
	size_t i = room_at(rooms, id);

	return i < rooms->n && rooms->v[i].id == id ? &rooms->v[i] : NULL;
}

/* A thread lies in a channel, which may lie in a category: three levels. */
bool rooms_is_watched(const struct rooms *rooms, uint64_t id)
{
	for (int level = 0; level < 3 && id; level++) {
		const struct room *room;

		if (is_configured(rooms, id))
			return true;
		room = room_find(rooms, id);
		id = room ? room->parent : 0;
	}
	return false;
}

bool rooms_is_own_role(const struct rooms *rooms, uint64_t role)
{
	for (size_t i = 0; i < rooms->roles_n; i++)
		if (rooms->roles[i].id == role)
			return true;
	return false;
}

void rooms_forget_all(struct rooms *rooms)
{
	rooms->n = 0;
	rooms->roles_n = 0;
	rooms->changed = true;
}

static void room_drop(struct rooms *rooms, size_t i)
{
	memmove(&rooms->v[i], &rooms->v[i + 1], (rooms->n - i - 1) * sizeof *rooms->v);
	rooms->n--;
}

static void room_insert(struct rooms *rooms, struct room room)
{
	size_t i = room_at(rooms, room.id);

	if (rooms->n == ROOMS_MAX) {
		if (i == 0)
			return;
		room_drop(rooms, 0);
		i--;
	}
	if (rooms->n == rooms->cap) {
		rooms->cap = rooms->cap ? rooms->cap * 2 : 64;
		rooms->v = realloc(rooms->v, rooms->cap * sizeof *rooms->v);
		if (!rooms->v)
			out_of_memory();
	}
	memmove(&rooms->v[i + 1], &rooms->v[i], (rooms->n - i) * sizeof *rooms->v);
	rooms->v[i] = room;
	rooms->n++;
}

static void put_room(struct rooms *rooms, struct room room)
{
	const struct room *known = room_find(rooms, room.id);
	bool was_watched;

	if (room.id == 0 || rooms->watched_n == 0)
		return;
	was_watched = rooms_is_watched(rooms, room.id);
	if (!known) {
		room_insert(rooms, room);
	} else {
		if (known->parent != room.parent && was_watched)
			rooms->changed = true;
		rooms->v[known - rooms->v] = room;
	}
	if (rooms_is_watched(rooms, room.id) != was_watched)
		rooms->changed = true;
}

void rooms_put(struct rooms *rooms, const struct json *channel, uint64_t guild, bool is_thread)
{
	struct room room = {
		.id = json_snowflake(channel, "id"),
		.parent = json_snowflake(channel, "parent_id"),
		.guild = guild ? guild : json_snowflake(channel, "guild_id"),
		.is_thread = is_thread,
	};

	put_room(rooms, room);
}

void rooms_remove(struct rooms *rooms, uint64_t id)
{
	const struct room *known = room_find(rooms, id);

	if (!known)
		return;
	if (rooms_is_watched(rooms, id))
		rooms->changed = true;
	room_drop(rooms, (size_t)(known - rooms->v));
}

static void role_put(struct rooms *rooms, uint64_t id, uint64_t guild)
{
	if (id == 0 || rooms->roles_n == ROLES_MAX || rooms_is_own_role(rooms, id))
		return;
	rooms->roles[rooms->roles_n++] = (struct role){id, guild};
	rooms->changed = true;
}

void rooms_guild_create(struct rooms *rooms, const struct json *guild, uint64_t me)
{
	uint64_t id = json_snowflake(guild, "id");
	const struct json *v;

	for (v = json_first(json_array(guild, "channels")); v; v = json_next(v))
		rooms_put(rooms, v, id, false);
	for (v = json_first(json_array(guild, "threads")); v; v = json_next(v))
		rooms_put(rooms, v, id, true);
	/* The role that Discord made for the bot when it was invited carries the bot's id. */
	for (v = json_first(json_array(guild, "roles")); v; v = json_next(v))
		if (me && json_snowflake(json_object(v, "tags"), "bot_id") == me)
			role_put(rooms, json_snowflake(v, "id"), id);
}

void rooms_guild_delete(struct rooms *rooms, const struct json *guild)
{
	uint64_t id = json_snowflake(guild, "id");
	size_t kept = 0;

	/* `unavailable` is an outage of Discord: the server comes back. */
	if (id == 0 || json_true(guild, "unavailable"))
		return;
	for (size_t i = 0; i < rooms->n; i++)
		if (rooms->v[i].guild != id)
			rooms->v[kept++] = rooms->v[i];
	rooms->n = kept;
	kept = 0;
	for (size_t i = 0; i < rooms->roles_n; i++)
		if (rooms->roles[i].guild != id)
			rooms->roles[kept++] = rooms->roles[i];
	rooms->roles_n = kept;
	rooms->changed = true;
}

/* The watched ones of one kind as {"id": "parent"}, newest first; gives how many more may follow. */
static size_t write_kind(const struct rooms *rooms, struct json_writer *w, bool threads,
			 size_t left)
{
	char id[24], parent[24];

	json_open_object(w, threads ? "threads" : "channels");
	for (size_t i = rooms->n; i-- > 0 && left;) {
		const struct room *room = &rooms->v[i];

		/* This is asked of every room at every question: one without a parent is not looked for. */
		if (room->is_thread != threads || !room->parent ||
		    !rooms_is_watched(rooms, room->parent) || is_configured(rooms, room->id))
			continue;
		snprintf(id, sizeof id, "%" PRIu64, room->id);
		snprintf(parent, sizeof parent, "%" PRIu64, room->parent);
		json_put_text(w, id, str_of(parent));
		left--;
	}
	json_close(w);
	return left;
}

void rooms_write(const struct rooms *rooms, struct json_writer *w)
{
	char id[24];
	size_t left = write_kind(rooms, w, false, ROOMS_KEPT_MAX);

	write_kind(rooms, w, true, left);
	json_open_array(w, "roles");
	for (size_t i = 0; i < rooms->roles_n; i++) {
		snprintf(id, sizeof id, "%" PRIu64, rooms->roles[i].id);
		json_put_text(w, NULL, str_of(id));
	}
	json_close(w);
}

static void read_kind(struct rooms *rooms, const struct json *list, bool threads)
{
	for (const struct json *v = json_first(list); v; v = json_next(v))
		put_room(rooms, (struct room){.id = snowflake(json_key(v)),
					      .parent = snowflake(json_text_of(v)),
					      .is_thread = threads});
}

void rooms_read(struct rooms *rooms, const struct json *position)
{
	const struct json *v;

	read_kind(rooms, json_object(position, "channels"), false);
	read_kind(rooms, json_object(position, "threads"), true);
	for (v = json_first(json_array(position, "roles")); v; v = json_next(v))
		role_put(rooms, snowflake(json_text_of(v)), 0);
	rooms->changed = false;
}
