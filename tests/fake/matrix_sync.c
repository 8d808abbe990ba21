/* /sync and /messages of the fake homeserver. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

static int64_t pos_of(const json_t *event)
{
	return json_integer_value(json_object_get(event, "_pos"));
}

static bool type_is(const json_t *event, const char *type)
{
	return strcmp(json_string_value(json_object_get(event, "type")), type) == 0;
}

/* "s12" */
static bool token_read(const char *text, int64_t *out)
{
	char *end;

	if (!text || text[0] != 's' || !text[1])
		return false;
	*out = strtoll(text + 1, &end, 10);
	return *end == '\0' && *out >= 0 && *out <= stream;
}

static json_t *token_json(int64_t pos)
{
	return json_sprintf("s%lld", (long long)pos);
}

/* The filter of the request: of the account's, or as it is in the query. */
static json_t *filter_of(const struct peer *peer)
{
	const char *text = param(peer, "filter");
	json_t *kept;

	if (!text)
		return NULL;
	if (text[0] == '{')
		return json_loads(text, 0, NULL);
	kept = json_object_get(json_object_get(settings, "_filters"), text);
	return kept ? json_incref(kept) : NULL;
}

static bool type_is_wanted(const json_t *filter, const json_t *event)
{
	json_t *types = json_object_get(filter, "types"), *type;
	size_t i;

	if (!types)
		return true;
	json_array_foreach(types, i, type) if (type_is(event, json_string_value(type))) return true;
	return false;
}

static int64_t joined_at(const json_t *room, const char *user)
{
	json_t *event;
	size_t i;
	int64_t at = 0;

	json_array_foreach(json_object_get(room, "events"), i, event)
	{
		json_t *key = json_object_get(event, "state_key");

		if (type_is(event, "m.room.member") && key && !strcmp(json_string_value(key), user))
			at = pos_of(event);
	}
	return at;
}

/* The newest events behind `since` in `list`, at most `limit`; true when some were left out. */
static bool newest(const json_t *room, const json_t *filter, int64_t since, size_t limit,
		   json_t *list)
{
	json_t *events = json_object_get(room, "events");

	for (size_t i = json_array_size(events); i-- > 0;) {
		json_t *event = json_array_get(events, i);

		if (pos_of(event) <= since)
			break;
		if (!type_is_wanted(filter, event))
			continue;
		if (json_array_size(list) >= limit)
			return true;
		json_array_insert(list, 0, event);
	}
	return false;
}

/* State of before the timeline that is newer than `since`. */
static json_t *state_before(const json_t *room, const json_t *filter, int64_t since, int64_t first)
{
	json_t *events = json_object_get(room, "events"), *event, *by_key = json_object();
	json_t *list = json_array();
	const char *name;
	size_t i;

	json_array_foreach(events, i, event)
	{
		json_t *key = json_object_get(event, "state_key");
		char both[600];

		if (!key || pos_of(event) <= since || pos_of(event) >= first ||
		    !type_is_wanted(filter, event))
			continue;
		snprintf(both, sizeof both, "%s|%s",
			 json_string_value(json_object_get(event, "type")), json_string_value(key));
		json_object_set(by_key, both, event);
	}
	json_object_foreach(by_key, name, event)
		json_array_append_new(list, event_shown(event, NULL));
	json_decref(by_key);
	return list;
}

static void joined_write(json_t *out, json_t *room, const json_t *filter, const char *user,
			 const char *device, int64_t since)
{
	json_t *of_room = json_object_get(filter, "room"), *list = json_array(), *event;
	json_t *timeline = json_object_get(of_room, "timeline"), *shown = json_array();
	json_t *wanted = json_object_get(timeline, "limit");
	size_t limit = wanted ? (size_t)json_integer_value(wanted) : 10, i;
	bool fresh = joined_at(room, user) > since, limited;
	int64_t from = fresh ? 0 : since, first;
	json_t *state;

	/* A server may give less than it is asked for. */
	if (limit > (size_t)setting("timeline_limit", (int64_t)limit))
		limit = (size_t)setting("timeline_limit", 0);
	limited = newest(room, timeline, from, limit, list);
	first = json_array_size(list) ? pos_of(json_array_get(list, 0)) : stream + 1;
	state = state_before(room, json_object_get(of_room, "state"), from, first);
	json_array_foreach(list, i, event)
	{
		json_array_append_new(shown, event_shown(event, device));
		/* Some servers give an event twice. */
		if (setting("duplicates", 0))
			json_array_append_new(shown, event_shown(event, device));
	}
	if (json_array_size(shown) || json_array_size(state) || fresh)
		json_object_set_new(
			out, json_string_value(json_object_get(room, "id")),
			json_pack("{s:{s:o,s:b,s:o},s:{s:o},s:{s:i,s:i},s:{s:[]},s:{s:[]},s:{}}",
				  "timeline", "events", json_incref(shown), "limited", limited,
				  "prev_batch", token_json(first - 1), "state", "events",
				  json_incref(state), "summary", "m.joined_member_count",
				  (int)members(room, "join"), "m.invited_member_count",
				  (int)members(room, "invite"), "ephemeral", "events",
				  "account_data", "events", "unread_notifications"));
	json_decref(shown);
	json_decref(state);
	json_decref(list);
}

static void invited_write(json_t *out, const json_t *room)
{
	json_t *events = json_array(), *event;
	size_t i;

	json_array_foreach(json_object_get(room, "events"), i,
			   event) if (json_object_get(event, "state_key"))
		json_array_append_new(events,
				      json_pack("{s:O,s:O,s:O,s:O}", "type",
						json_object_get(event, "type"), "state_key",
						json_object_get(event, "state_key"), "sender",
						json_object_get(event, "sender"), "content",
						json_object_get(event, "content")));
	json_object_set_new(out, json_string_value(json_object_get(room, "id")),
			    json_pack("{s:{s:o}}", "invite_state", "events", events));
}

/* Where the stream goes on. Some answers say that it is where it was: all of it comes once more. */
static int64_t position_now(int64_t since)
{
	static int64_t answers;
	int64_t every = setting("stands_still_every", 0);

	return every && ++answers % every == 0 ? since : stream;
}

/* The answer; NULL when there is nothing new. */
static json_t *sync_write(const json_t *filter, const char *user, const char *device, int64_t since,
			  bool first)
{
	json_t *join = json_object(), *invite = json_object(), *leave = json_object(), *room;
	json_t *account_data = strcmp(user, BOT) != 0
				       ? json_array()
				       : account_data_since(filter, first ? -1 : since);
	const char *id;

	json_object_foreach(rooms, id, room)
	{
		const char *is = membership(room, user);
		bool moved = joined_at(room, user) > since;

		if (!strcmp(is, "join"))
			joined_write(join, room, filter, user, device, since);
		else if (!strcmp(is, "invite") && moved)
			invited_write(invite, room);
		else if (!first && moved && (!strcmp(is, "leave") || !strcmp(is, "ban")))
			json_object_set_new(leave, id,
					    json_pack("{s:{s:[]},s:{s:[],s:b}}", "state", "events",
						      "timeline", "events", "limited", 0));
	}
	if (!first && !json_object_size(join) && !json_object_size(invite) &&
	    !json_object_size(leave) && !json_array_size(account_data)) {
		json_decref(account_data);
		json_decref(join);
		json_decref(invite);
		json_decref(leave);
		return NULL;
	}
	return json_pack("{s:o,s:{s:o,s:o,s:o},s:{s:[]},s:{s:[],s:[]},s:{},s:{s:o}}", "next_batch",
			 token_json(first ? stream : position_now(since)), "rooms", "join", join,
			 "invite", invite, "leave", leave, "to_device", "events", "device_lists",
			 "changed", "left", "device_one_time_keys_count", "account_data", "events",
			 account_data);
}

/* True when the poll was answered. */
static bool poll_serve(struct peer *peer)
{
	const json_t *row = json_object_get(tokens, peer->token);
	const char *device = json_string_value(json_object_get(row, "device"));
	json_t *filter = filter_of(peer), *answer;
	int64_t since = 0;
	bool first = !token_read(param(peer, "since"), &since);

	answer = sync_write(filter, peer->sync_user, device, since, first);
	json_decref(filter);
	if (!answer && now_ms() < peer->poll_until)
		return false;
	/* Half-way through the answer nothing of it counts. */
	respond(peer, 200, answer ? answer : json_pack("{s:o}", "next_batch", token_json(stream)));
	return true;
}

void sync_begin(struct peer *peer, const json_t *of)
{
	const char *timeout = param(peer, "timeout"), *since = param(peer, "since");
	const char *user = json_string_value(json_object_get(of, "user")), *name;
	bool is_bot = !strcmp(user, BOT);
	int64_t pos;

	count(is_bot ? "sync" : "sync_other");
	if (since && !token_read(since, &pos)) {
		fail(peer, 400, "M_UNKNOWN", "Invalid stream token");
		return;
	}
	name = param(peer, "filter");
	if (name && name[0] != '{' &&
	    !json_object_get(json_object_get(settings, "_filters"), name)) {
		fail(peer, 400, "M_UNKNOWN", "No such filter");
		return;
	}
	if (is_bot && since && (!timeout || !strcmp(timeout, "0")))
		violate("sync_without_timeout"); /* a cached answer may be minutes old */
	for (const struct peer *other = peers; other && is_bot; other = other->next)
		if (other != peer && other->polls && !strcmp(other->sync_user, BOT) &&
		    !other->closing)
			violate("two_polls");
	snprintf(peer->sync_user, sizeof peer->sync_user, "%s", user);
	peer->poll_until = now_ms() + (timeout ? atoll(timeout) : 0);
	peer->polls = true;
	poll_serve(peer);
}

void polls_serve(void)
{
	for (struct peer *peer = peers; peer; peer = peer->next)
		if (peer->polls && !peer->closing && peer->hold_until <= now_ms())
			poll_serve(peer);
}

/* The newest first; the end stands there while there is something in front of it. */
static void messages_back(struct peer *peer, json_t *room, json_t *chunk, size_t most)
{
	const char *device = NULL, *from_text = param(peer, "from");
	json_t *events = json_object_get(room, "events"), *answer;
	int64_t from = stream, last;

	if (from_text && !token_read(from_text, &from)) {
		json_decref(chunk);
		fail(peer, 400, "M_INVALID_PARAM", "no such token");
		return;
	}
	last = from;
	for (size_t i = json_array_size(events); i-- > 0 && json_array_size(chunk) < most;) {
		json_t *event = json_array_get(events, i);

		if (pos_of(event) > from)
			continue;
		json_array_append_new(chunk, event_shown(event, device));
		last = pos_of(event) - 1;
	}
	answer = json_pack("{s:o,s:o}", "start", token_json(from), "chunk", chunk);
	if (json_array_size(chunk) == most)
		json_object_set_new(answer, "end", token_json(last));
	respond(peer, 200, answer);
}

void state_give_all(struct peer *peer, const json_t *of, const char *room_id)
{
	json_t *room = room_of(room_id);

	count("state");
	if (!room ||
	    strcmp(membership(room, json_string_value(json_object_get(of, "user"))), "join"))
		fail(peer, 403, "M_FORBIDDEN", "not in the room");
	else
		respond(peer, 200, state_before(room, NULL, 0, stream + 1));
}

void messages_give(struct peer *peer, const json_t *of, const char *room_id)
{
	json_t *room = room_of(room_id), *event, *chunk = json_array();
	const char *device = json_string_value(json_object_get(of, "device"));
	const char *limit = param(peer, "limit"), *dir = param(peer, "dir");
	int64_t from = 0, to = stream, last;
	size_t i, most = limit ? (size_t)atoi(limit) : 10;

	if (most > (size_t)setting("page_limit", (int64_t)most))
		most = (size_t)setting("page_limit", 0);
	count("messages");
	if (!room ||
	    strcmp(membership(room, json_string_value(json_object_get(of, "user"))), "join")) {
		json_decref(chunk);
		fail(peer, 403, "M_FORBIDDEN", "not in the room");
		return;
	}
	if (dir && !strcmp(dir, "b")) {
		messages_back(peer, room, chunk, most);
		return;
	}
	if (!dir || strcmp(dir, "f") || !token_read(param(peer, "from"), &from) ||
	    (param(peer, "to") && !token_read(param(peer, "to"), &to))) {
		json_decref(chunk);
		fail(peer, 400, "M_INVALID_PARAM", "forwards between tokens, backwards from one");
		return;
	}
	last = to;
	json_array_foreach(json_object_get(room, "events"), i, event)
	{
		if (pos_of(event) <= from || pos_of(event) > to)
			continue;
		if (json_array_size(chunk) >= most)
			break;
		json_array_append_new(chunk, event_shown(event, device));
		last = pos_of(event);
	}
	/* The end stands on the last page too, as with Synapse. */
	respond(peer, 200,
		json_pack("{s:o,s:o,s:o}", "start", token_json(from), "end",
			  token_json(json_array_size(chunk) ? last : to), "chunk", chunk));
}
