/* What tests may do: /fake/... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

static json_t *faults; /* [{path, times, status, body, headers, hang_ms, drop, done}] */

void control_done(void)
{
	json_decref(faults);
}

/* --- faults --- */

static bool fault_fits(const struct peer *peer, json_t *fault, bool after)
{
	const char *path = json_string_value(json_object_get(fault, "path"));

	return json_integer_value(json_object_get(fault, "times")) > 0 &&
	       json_is_true(json_object_get(fault, "done")) == after && path &&
	       strstr(peer->path, path);
}

bool fault_strikes(struct peer *peer, bool after)
{
	json_t *fault = NULL, *left, *status;
	const char *body, *headers;
	size_t i;

	json_array_foreach(faults, i, fault) if (fault_fits(peer, fault, after)) break;
	if (i == json_array_size(faults))
		return false;
	left = json_object_get(fault, "times");
	json_integer_set(left, json_integer_value(left) - 1);
	count(after ? "faults_done" : "faults");
	if (json_is_true(json_object_get(fault, "drop"))) {
		peer->closing = peer->reset = true;
		return true;
	}
	peer->hold_until = now_ms() + json_integer_value(json_object_get(fault, "hang_ms"));
	status = json_object_get(fault, "status");
	if (!status)
		return false; /* only late */
	body = json_string_value(json_object_get(fault, "body"));
	headers = json_string_value(json_object_get(fault, "headers"));
	respond_raw(peer, (int)json_integer_value(status), headers ? headers : "",
		    body ? body : "{}");
	return true;
}

/* --- what people do --- */

static const char *text(const struct peer *peer, const char *name)
{
	return json_string_value(json_object_get(peer->json, name));
}

static bool flag(const struct peer *peer, const char *name)
{
	return json_is_true(json_object_get(peer->json, name));
}

/* A room with these members; the bot is invited unless `joined`. */
static void room_make(struct peer *peer)
{
	bool direct = flag(peer, "direct");
	json_t *room = room_new(text(peer, "id"), direct), *member, *predecessor;
	const char *creator = NULL;
	json_t *create = json_pack("{s:s}", "room_version", "10");
	size_t i;

	predecessor = json_object_get(peer->json, "predecessor");
	if (predecessor)
		json_object_set_new(create, "predecessor",
				    json_pack("{s:O}", "room_id", predecessor));
	json_array_foreach(json_object_get(peer->json, "members"), i, member)
	{
		if (!creator) {
			creator = json_string_value(member);
			event_add(room, creator, "m.room.create", "", json_incref(create), NULL);
		}
		member_set(room, creator, json_string_value(member), "join", false);
	}
	json_decref(create);
	if (flag(peer, "public"))
		room_public(room);
	if (flag(peer, "encrypted"))
		event_add(room, creator, "m.room.encryption", "",
			  json_pack("{s:s}", "algorithm", "m.megolm.v1.aes-sha2"), NULL);
	if (flag(peer, "joined"))
		member_set(room, BOT, BOT, "join", false);
	else if (!flag(peer, "public"))
		member_set(room, creator, BOT, "invite", direct);
	respond(peer, 200, json_pack("{s:O}", "room", json_object_get(room, "id")));
}

/* Somebody writes; {n} in the text is its number. */
static void say(struct peer *peer)
{
	json_t *room = room_of(text(peer, "room")), *ids = json_array();
	json_t *times = json_object_get(peer->json, "times"), *more;
	json_t *extra = json_object_get(peer->json, "content");
	json_int_t n = times ? json_integer_value(times) : 1;
	json_int_t age = json_integer_value(json_object_get(peer->json, "age_ms"));

	for (json_int_t i = 0; room && i < n; i++) {
		json_t *content = json_pack("{s:s,s:s}", "msgtype", "m.text", "body",
					    text(peer, "body") ? text(peer, "body") : "");

		json_object_update(content, extra);
		more = json_object();
		if (age)
			json_object_set_new(more, "origin_server_ts", json_integer(now_ms() - age));
		json_array_append_new(
			ids, json_string(event_add(room, text(peer, "sender"),
						   text(peer, "type") ? text(peer, "type")
								      : "m.room.message",
						   text(peer, "state_key"), content, more)));
		json_decref(more);
	}
	respond(peer, room ? 200 : 400, json_pack("{s:o}", "ids", ids));
}

static void take_back(struct peer *peer)
{
	json_t *room = room_of(text(peer, "room"));
	json_t *more = json_pack("{s:O}", "redacts", json_object_get(peer->json, "event"));
	const char *id = event_add(room, text(peer, "sender"), "m.room.redaction", NULL,
				   json_deep_copy(more), more);

	redact(room, event_of(room, text(peer, "event")), event_of(room, id));
	json_decref(more);
	respond(peer, 200, json_object());
}

static void member(struct peer *peer)
{
	member_set(room_of(text(peer, "room")), text(peer, "sender"), text(peer, "user"),
		   text(peer, "membership"), flag(peer, "direct"));
	respond(peer, 200, json_object());
}

static void faults_clear(struct peer *peer)
{
	json_array_clear(faults);
	respond(peer, 200, json_object());
}

static void fault_add(struct peer *peer)
{
	json_t *fault = json_deep_copy(peer->json);

	if (!faults)
		faults = json_array();
	if (!json_object_get(fault, "times"))
		json_object_set_new(fault, "times", json_integer(1));
	json_array_append_new(faults, fault);
	respond(peer, 200, json_object());
}

/* The bot's tokens end: softly (they may be renewed) or for good. */
static void tokens_end(struct peer *peer)
{
	const char *token;
	json_t *row;

	json_object_foreach(tokens, token, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "user")), BOT) != 0)
			continue;
		if (flag(peer, "soft"))
			json_object_set_new(row, "expires", json_integer(1));
		else
			json_object_set_new(row, "ended", json_true());
		journal_add(json_pack("{s:s,s:O}", "token", token, "row", row));
	}
	respond(peer, 200, json_object());
}

/* --- what was seen --- */

static json_t *bot_events(void)
{
	json_t *list = json_array(), *room, *event;
	const char *id;
	size_t i;

	json_object_foreach(rooms, id, room)
		json_array_foreach(json_object_get(room, "events"), i, event)
	{
		if (strcmp(json_string_value(json_object_get(event, "sender")), BOT) != 0 ||
		    json_object_get(event, "state_key"))
			continue;
		json_array_append_new(list, json_pack("{s:s,s:O,s:O,s:O,s:O?}", "room", id, "id",
						      json_object_get(event, "event_id"), "type",
						      json_object_get(event, "type"), "content",
						      json_object_get(event, "content"), "txn",
						      json_object_get(event, "_txn")));
	}
	return list;
}

static json_t *memberships(void)
{
	json_t *all = json_object(), *room;
	const char *id;

	json_object_foreach(rooms, id, room)
		json_object_set_new(all, id, json_string(membership(room, BOT)));
	return all;
}

/* Behind its first sync, which answers no history. */
static bool bot_polls(void)
{
	struct peer *peer = peers;

	while (peer && !(peer->polls && !strcmp(peer->sync_user, BOT) && !peer->closing &&
			 param(peer, "since")))
		peer = peer->next;
	return peer;
}

static unsigned hanging(void)
{
	unsigned n = 0;

	for (const struct peer *peer = peers; peer; peer = peer->next)
		n += peer->hold_until > now_ms();
	return n;
}

/* What a message of the bot replies to; NULL: to nothing, or it is a newer wording. */
static const char *replied_to(const json_t *event)
{
	json_t *relation = json_object_get(json_object_get(event, "content"), "m.relates_to");

	if (strcmp(json_string_value(json_object_get(event, "sender")), BOT) != 0)
		return NULL;
	return json_string_value(
		json_object_get(json_object_get(relation, "m.in_reply_to"), "event_id"));
}

static void replies_give(struct peer *peer)
{
	json_t *found = json_object(), *id, *room, *event;
	const char *room_id;
	size_t i;

	json_array_foreach(json_object_get(peer->json, "ids"), i, id)
		json_object_set_new(found, json_string_value(id), json_array());
	json_object_foreach(rooms, room_id, room)
		json_array_foreach(json_object_get(room, "events"), i, event)
	{
		const char *to = replied_to(event);

		if (to)
			json_array_append(json_object_get(found, to),
					  json_object_get(event, "event_id"));
	}
	respond(peer, 200, found);
}

/* Small, and asked for often. */
static void state_give(struct peer *peer)
{
	json_int_t waiting = 0;
	json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault) waiting +=
		json_integer_value(json_object_get(fault, "times"));
	respond(peer, 200,
		json_pack("{s:b,s:b,s:i,s:I,s:O}", "polls", bot_polls(), "connected",
			  wsproxy_connected(), "hanging", (int)hanging(), "faults", waiting,
			  "counts", counts));
}

/* Every connection of the bot is reset, and what waits on it. */
static void bot_drop(struct peer *peer)
{
	for (struct peer *other = peers; other; other = other->next)
		if (other->is_bot)
			other->closing = other->reset = true;
	respond(peer, 200, json_object());
}

static void report(struct peer *peer)
{
	respond(peer, 200,
		json_pack("{s:o,s:O,s:O,s:o,s:b,s:i}", "events", bot_events(), "counts", counts,
			  "violations", violations, "bot", memberships(), "polls", bot_polls(),
			  "hanging", (int)hanging()));
}

void control_handle(struct peer *peer)
{
	const char *what = part(peer, 1);

	if (!strcmp(what, "room"))
		room_make(peer);
	else if (!strcmp(what, "say"))
		say(peer);
	else if (!strcmp(what, "redact"))
		take_back(peer);
	else if (!strcmp(what, "member"))
		member(peer);
	else if (!strcmp(what, "fault"))
		fault_add(peer);
	else if (!strcmp(what, "clear_faults"))
		faults_clear(peer);
	else if (!strcmp(what, "end_tokens"))
		tokens_end(peer);
	else if (!strcmp(what, "wsproxy"))
		wsproxy_control(peer);
	else if (!strcmp(what, "report"))
		report(peer);
	else if (!strcmp(what, "replies"))
		replies_give(peer);
	else if (!strcmp(what, "drop"))
		bot_drop(peer);
	else if (!strcmp(what, "state"))
		state_give(peer);
	else if (!strcmp(what, "settings")) {
		settings_change(peer->json);
		respond(peer, 200, json_object());
	} else
		fail(peer, 404, "M_UNRECOGNIZED", "no such control");
}
