/* People, rooms, events and tokens of the fake homeserver. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

json_t *rooms, *tokens, *counts, *violations, *settings;
int64_t stream;
static unsigned made; /* ids, tokens, devices */

void world_init(const char *token)
{
	rooms = json_object();
	tokens = json_object();
	counts = json_object();
	violations = json_object();
	settings = json_object();
	json_object_set_new(tokens, token, json_pack("{s:s,s:s}", "user", BOT, "device", "BOTDEV"));
}

void world_done(void)
{
	json_decref(rooms);
	json_decref(tokens);
	json_decref(counts);
	json_decref(violations);
	json_decref(settings);
}

static void add_one(json_t *to, const char *name)
{
	json_object_set_new(to, name,
			    json_integer(json_integer_value(json_object_get(to, name)) + 1));
}

void count(const char *name)
{
	add_one(counts, name);
	journal_add(json_pack("{s:s}", "count", name));
}

void violate(const char *name)
{
	add_one(violations, name);
	journal_add(json_pack("{s:s}", "violation", name));
}

int64_t setting(const char *name, int64_t otherwise)
{
	json_t *value = json_object_get(settings, name);

	return value ? json_integer_value(value) : otherwise;
}

/* --- rooms --- */

json_t *room_new(const char *id, bool direct)
{
	char own[64];
	json_t *room = json_pack("{s:{},s:[],s:b}", "members", "events", "direct", direct);

	if (!id) {
		snprintf(own, sizeof own, "!room%u:" SERVER, ++made);
		id = own;
	}
	json_object_set_new(room, "id", json_string(id));
	json_object_set_new(rooms, id, room);
	journal_add(json_pack("{s:s,s:b}", "room", id, "direct", direct));
	return room;
}

void room_public(json_t *room)
{
	json_object_set_new(room, "public", json_true());
	journal_add(json_pack("{s:O}", "public", json_object_get(room, "id")));
}

json_t *room_of(const char *id)
{
	return id ? json_object_get(rooms, id) : NULL;
}

const char *membership(const json_t *room, const char *user)
{
	json_t *value = json_object_get(json_object_get(room, "members"), user);

	return value ? json_string_value(value) : "none";
}

unsigned members(const json_t *room, const char *which)
{
	unsigned n = 0;
	const char *user;
	json_t *value;

	json_object_foreach(json_object_get(room, "members"), user, value) n +=
		strcmp(json_string_value(value), which) == 0;
	return n;
}

const char *event_add(json_t *room, const char *sender, const char *type, const char *state_key,
		      json_t *content, const json_t *more)
{
	char id[64];
	json_t *event;

	snprintf(id, sizeof id, "$event_%u-%llx", ++made, (unsigned long long)now_ms());
	event = json_pack("{s:s,s:s,s:s,s:o,s:I,s:I}", "event_id", id, "sender", sender, "type",
			  type, "content", content, "origin_server_ts", (json_int_t)now_ms(),
			  "_pos", (json_int_t)++stream);
	if (state_key)
		json_object_set_new(event, "state_key", json_string(state_key));
	if (more)
		json_object_update(event, (json_t *)more);
	json_array_append_new(json_object_get(room, "events"), event);
	journal_add(json_pack("{s:O,s:O}", "event", event, "of", json_object_get(room, "id")));
	return json_string_value(json_object_get(event, "event_id"));
}

json_t *event_of(json_t *room, const char *id)
{
	json_t *event;
	size_t i;

	json_array_foreach(json_object_get(room, "events"), i,
			   event) if (strcmp(json_string_value(json_object_get(event, "event_id")),
					     id) == 0) return event;
	return NULL;
}

void member_set(json_t *room, const char *sender, const char *user, const char *which, bool direct)
{
	json_t *content = json_pack("{s:s}", "membership", which);

	if (direct)
		json_object_set_new(content, "is_direct", json_true());
	json_object_set_new(json_object_get(room, "members"), user, json_string(which));
	event_add(room, sender, "m.room.member", user, content, NULL);
}

json_t *event_shown(const json_t *event, const char *device)
{
	json_t *shown = json_deep_copy(event), *own = json_object_get(shown, "unsigned");
	const char *sent_by = json_string_value(json_object_get(event, "_device"));
	const char *key;
	json_t *value;
	void *next;

	if (!own)
		json_object_set_new(shown, "unsigned", own = json_object());
	if (!json_object_get(own, "age"))
		json_object_set_new(own, "age",
				    json_integer(now_ms() - json_integer_value(json_object_get(
								    event, "origin_server_ts"))));
	if (device && sent_by && !strcmp(device, sent_by) && !setting("forgets_transactions", 0))
		json_object_set(own, "transaction_id", json_object_get(event, "_txn"));
	json_object_foreach_safe(shown, next, key, value) if (key[0] == '_')
		json_object_del(shown, key);
	return shown;
}

void redact(json_t *room, json_t *event, const json_t *redaction)
{
	json_object_set_new(event, "content", json_object());
	json_object_set_new(event, "unsigned",
			    json_pack("{s:o}", "redacted_because", event_shown(redaction, NULL)));
	journal_add(json_pack("{s:O,s:O,s:O}", "redacted", json_object_get(event, "event_id"), "by",
			      json_object_get(redaction, "event_id"), "of",
			      json_object_get(room, "id")));
}

/* --- tokens, settings --- */

void token_set(const char *token, json_t *row)
{
	json_object_set_new(tokens, token, row);
	journal_add(json_pack("{s:s,s:O}", "token", token, "row", row));
}

void settings_change(json_t *change)
{
	json_object_update(settings, change);
	journal_add(json_pack("{s:O}", "settings", change));
}

json_t *token_new(const char *user, const char *device, bool refreshes)
{
	char token[64], refresh[64], own_device[32];
	int64_t lifetime = setting("token_ms", 0);
	json_t *answer, *row;

	snprintf(own_device, sizeof own_device, "DEV%u", ++made);
	snprintf(token, sizeof token, "syt_fake_%u_%llx", ++made, (unsigned long long)now_ms());
	snprintf(refresh, sizeof refresh, "syr_fake_%u_%llx", made, (unsigned long long)now_ms());
	if (!device || !*device)
		device = own_device;
	row = json_pack("{s:s,s:s}", "user", user, "device", device);
	answer = json_pack("{s:s,s:s,s:s}", "user_id", user, "device_id", device, "access_token",
			   token);
	if (refreshes && lifetime) {
		json_object_set_new(row, "expires", json_integer(now_ms() + lifetime));
		json_object_set_new(row, "refresh", json_string(refresh));
		json_object_set_new(answer, "refresh_token", json_string(refresh));
		json_object_set_new(answer, "expires_in_ms", json_integer(lifetime));
	}
	token_set(token, row);
	return answer;
}

const json_t *account(struct peer *peer)
{
	json_t *row = json_object_get(tokens, peer->token), *expires;

	if (!peer->token[0]) {
		fail(peer, 401, "M_MISSING_TOKEN", "Missing access token");
		return NULL;
	}
	expires = json_object_get(row, "expires");
	if (row && (!expires || json_integer_value(expires) > now_ms()) &&
	    !json_object_get(row, "ended")) {
		peer->is_bot = !strcmp(json_string_value(json_object_get(row, "user")), BOT);
		if (peer->token_in_url && peer->is_bot)
			violate("token_in_url");
		return row;
	}
	count(row && expires ? "expired" : "unknown_token");
	respond(peer, 401,
		json_pack("{s:s,s:s,s:b}", "errcode", "M_UNKNOWN_TOKEN", "error", "token",
			  "soft_logout", row && expires && !json_object_get(row, "ended")));
	return NULL;
}

/* --- the journal's lines --- */

static void event_replay(const char *room_id, json_t *event)
{
	json_t *room = room_of(room_id), *key = json_object_get(event, "state_key");

	stream = json_integer_value(json_object_get(event, "_pos"));
	json_array_append(json_object_get(room, "events"), event);
	if (key && !strcmp(json_string_value(json_object_get(event, "type")), "m.room.member"))
		json_object_set(json_object_get(room, "members"), json_string_value(key),
				json_object_get(json_object_get(event, "content"), "membership"));
}

void world_replay(const json_t *line)
{
	const char *room = json_string_value(json_object_get(line, "room"));
	const char *of = json_string_value(json_object_get(line, "of"));
	const char *event = json_string_value(json_object_get(line, "redacted"));
	const char *token = json_string_value(json_object_get(line, "token"));
	json_t *value;

	if ((value = json_object_get(line, "count")))
		count(json_string_value(value));
	if ((value = json_object_get(line, "violation")))
		violate(json_string_value(value));
	if (room)
		room_new(room, json_is_true(json_object_get(line, "direct")));
	if ((value = json_object_get(line, "public")))
		room_public(room_of(json_string_value(value)));
	if ((value = json_object_get(line, "event")))
		event_replay(of, value);
	if (event)
		redact(room_of(of), event_of(room_of(of), event),
		       event_of(room_of(of), json_string_value(json_object_get(line, "by"))));
	if (token)
		token_set(token, json_incref(json_object_get(line, "row")));
	if ((value = json_object_get(line, "settings"))) {
		settings_change(value);
		account_data_resume();
	}
}

void world_resume(size_t lines)
{
	/* No change takes more of them than two. */
	made = 2 * (unsigned)lines;
}
