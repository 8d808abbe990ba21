/* What clients may call, but for /sync and /messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

#define EVENT_MAX 65536

static const char *user_of(const json_t *of)
{
	return json_string_value(json_object_get(of, "user"));
}

/* --- signing in --- */

static void login(struct peer *peer)
{
	json_t *id = json_object_get(peer->json, "identifier");
	const char *user = json_string_value(json_object_get(id, "user"));
	const char *password = json_string_value(json_object_get(peer->json, "password"));
	const char *device = json_string_value(json_object_get(peer->json, "device_id"));
	char full[256];

	if (!strcmp(peer->method, "GET")) {
		respond(peer, 200, json_pack("{s:[{s:s}]}", "flows", "type", "m.login.password"));
		return;
	}
	count("login");
	if (!user || !password || strcmp(password, "secret")) {
		fail(peer, 403, "M_FORBIDDEN", "Invalid username or password");
		return;
	}
	snprintf(full, sizeof full, user[0] == '@' ? "%s" : "@%s:" SERVER, user);
	respond(peer, 200,
		token_new(full, device,
			  json_is_true(json_object_get(peer->json, "refresh_token"))));
}

static void refresh(struct peer *peer)
{
	const char *given = json_string_value(json_object_get(peer->json, "refresh_token"));
	const char *token;
	json_t *row;

	count("refresh");
	json_object_foreach(tokens, token, row)
	{
		const char *own = json_string_value(json_object_get(row, "refresh"));

		if (!own || !given || strcmp(own, given) || json_object_get(row, "ended"))
			continue;
		respond(peer, 200,
			token_new(user_of(row), json_string_value(json_object_get(row, "device")),
				  true));
		return;
	}
	fail(peer, 403, "M_FORBIDDEN", "refresh token isn't valid anymore");
}

/* --- sending --- */

static bool has_real(json_t *value)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_real(value))
		return true;
	json_object_foreach(value, key, v) if (has_real(v)) return true;
	json_array_foreach(value, i, v) if (has_real(v)) return true;
	return false;
}

/* What jansson does not take is either no JSON or half of a surrogate pair, on which Synapse fails. */
static bool content_check(struct peer *peer)
{
	json_error_t error;
	json_t *again;

	if (peer->json && json_is_object(peer->json) && !has_real(peer->json))
		return true;
	if (peer->json) {
		fail(peer, 400, "M_BAD_JSON", "Invalid JSON value");
		violate("bad_json");
		return false;
	}
	again = json_loadb(peer->body, peer->body_n, 0, &error);
	json_decref(again);
	if (strstr(error.text, "Unicode") || strstr(error.text, "surrogate")) {
		violate("surrogate");
		fail(peer, 500, "M_UNKNOWN", "Internal server error");
	} else {
		violate("not_json");
		fail(peer, 400, "M_NOT_JSON", "Content not JSON");
	}
	return false;
}

/* Rules that this bot keeps and other clients need not. */
static void content_judge(const json_t *content)
{
	if (!json_is_object(json_object_get(content, "m.mentions")))
		violate("no_mentions");
	if (json_object_get(content, "formatted_body") && !json_object_get(content, "format"))
		violate("no_format");
}

static bool over_limit(struct peer *peer, const char *user)
{
	static int64_t window_ms, used;
	int64_t most = setting("sends_per_second", 0);
	char wait[80];

	if (!most || strcmp(user, BOT))
		return false;
	if (now_ms() - window_ms >= 1000) {
		window_ms = now_ms();
		used = 0;
	}
	if (++used <= most)
		return false;
	count("limited");
	if (used > most + 8)
		violate("limit_ignored");
	snprintf(wait, sizeof wait, "Retry-After: 1\r\n");
	respond_raw(peer, 429, wait, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":700}");
	return true;
}

static json_t *sent_before(json_t *room, const char *device, const char *txn)
{
	json_t *event;
	size_t i;

	json_array_foreach(json_object_get(room, "events"), i, event)
	{
		const char *own = json_string_value(json_object_get(event, "_txn"));
		const char *by = json_string_value(json_object_get(event, "_device"));

		if (own && by && !strcmp(own, txn) && !strcmp(by, device))
			return event;
	}
	return NULL;
}

static void send_event(struct peer *peer, const json_t *of, const char *room_id, const char *type,
		       const char *txn)
{
	const char *user = user_of(of), *device = json_string_value(json_object_get(of, "device"));
	json_t *room = room_of(room_id), *event, *more;
	bool is_bot = !strcmp(user, BOT);

	count(is_bot ? "send" : "send_other");
	if (!content_check(peer) || over_limit(peer, user))
		return;
	if (peer->body_n > EVENT_MAX) {
		fail(peer, 413, "M_TOO_LARGE", "event too large");
		return;
	}
	if (!room || strcmp(membership(room, user), "join")) {
		fail(peer, 403, "M_FORBIDDEN", "User not in room");
		return;
	}
	for (const struct peer *other = peers; other && is_bot; other = other->next)
		if (other != peer && other->sending && other->hold_until > now_ms() &&
		    !strcmp(part(other, 4), room_id))
			violate("two_sends_in_a_room");
	peer->sending = is_bot;
	event = setting("forgets_transactions", 0) ? NULL : sent_before(room, device, txn);
	if (event) {
		count("send_again");
	} else {
		if (is_bot)
			content_judge(peer->json);
		more = json_pack("{s:s,s:s}", "_txn", txn, "_device", device);
		event_add(room, user, type, NULL, json_incref(peer->json), more);
		json_decref(more);
		event = sent_before(room, device, txn);
	}
	if (fault_strikes(peer, true))
		return;
	respond(peer, 200, json_pack("{s:O}", "event_id", json_object_get(event, "event_id")));
}

static void redact_event(struct peer *peer, const json_t *of, const char *room_id, const char *id)
{
	json_t *room = room_of(room_id), *event = room ? event_of(room, id) : NULL, *more;
	const char *redaction;

	if (!event || strcmp(membership(room, user_of(of)), "join")) {
		fail(peer, 404, "M_NOT_FOUND", "no such event");
		return;
	}
	more = json_pack("{s:s}", "redacts", id);
	redaction = event_add(room, user_of(of), "m.room.redaction", NULL,
			      json_pack("{s:s}", "redacts", id), more);
	json_decref(more);
	redact(room, event, event_of(room, redaction));
	respond(peer, 200, json_pack("{s:s}", "event_id", redaction));
}

/* --- rooms --- */

static void join(struct peer *peer, const json_t *of, const char *room_id)
{
	json_t *room = room_of(room_id);
	const char *user = user_of(of);
	const char *is = room ? membership(room, user) : "none";

	count("join");
	if (!room ||
	    (strcmp(is, "invite") && strcmp(is, "join") && !json_object_get(room, "public"))) {
		fail(peer, 403, "M_FORBIDDEN", "You are not invited to this room.");
		return;
	}
	if (strcmp(is, "join"))
		member_set(room, user, user, "join", false);
	if (!fault_strikes(peer, true))
		respond(peer, 200, json_pack("{s:s}", "room_id", room_id));
}

static void leave(struct peer *peer, const json_t *of, const char *room_id)
{
	json_t *room = room_of(room_id);

	count("leave");
	if (room)
		member_set(room, user_of(of), user_of(of), "leave", false);
	respond(peer, 200, json_object());
}

static void event_give(struct peer *peer, const json_t *of, const char *room_id, const char *id)
{
	json_t *room = room_of(room_id), *event = room ? event_of(room, id) : NULL;

	if (!event || strcmp(membership(room, user_of(of)), "join"))
		fail(peer, 404, "M_NOT_FOUND", "no such event");
	else
		respond(peer, 200,
			event_shown(event, json_string_value(json_object_get(of, "device"))));
}

/* The newest state of that type without a key. */
static void state_give(struct peer *peer, const json_t *of, const char *room_id, const char *type)
{
	json_t *room = room_of(room_id), *event, *found = NULL;
	size_t i;

	if (!room || strcmp(membership(room, user_of(of)), "join")) {
		fail(peer, 403, "M_FORBIDDEN", "User not in room");
		return;
	}
	json_array_foreach(json_object_get(room, "events"), i, event)
	{
		const char *key = json_string_value(json_object_get(event, "state_key"));

		if (key && !*key &&
		    !strcmp(json_string_value(json_object_get(event, "type")), type))
			found = json_object_get(event, "content");
	}
	if (found)
		respond(peer, 200, json_incref(found));
	else
		fail(peer, 404, "M_NOT_FOUND", "Event not found.");
}

static void joined_give(struct peer *peer, const json_t *of)
{
	json_t *list = json_array(), *room;
	const char *id;

	json_object_foreach(rooms, id, room) if (!strcmp(membership(room, user_of(of)), "join"))
		json_array_append_new(list, json_string(id));
	respond(peer, 200, json_pack("{s:o}", "joined_rooms", list));
}

/* The setting `encrypting` is a list of the bot's devices that have keys. */
static void keys_query(struct peer *peer)
{
	json_t *asked = json_object_get(peer->json, "device_keys"), *all = json_object(), *v, *id;
	const char *user;
	size_t i;

	if (!json_is_object(asked)) {
		fail(peer, 400, "M_BAD_JSON", "device_keys is needed");
		json_decref(all);
		return;
	}
	json_object_foreach(asked, user, v)
	{
		json_t *devices = json_object();

		json_array_foreach(json_object_get(settings, "encrypting"), i,
				   id) if (!strcmp(user, BOT))
			json_object_set_new(
				devices, json_string_value(id),
				json_pack("{s:s,s:O}", "user_id", user, "device_id", id));
		json_object_set_new(all, user, devices);
	}
	respond(peer, 200, json_pack("{s:o,s:{}}", "device_keys", all, "failures"));
}

/* That a message was read, or that somebody writes. */
static void sign_take(struct peer *peer, const json_t *of, const char *id, const char *what)
{
	const json_t *room = room_of(id);

	if (!room || strcmp(membership(room, user_of(of)), "join")) {
		fail(peer, 403, "M_FORBIDDEN", "not in room");
		return;
	}
	count(what);
	respond(peer, 200, json_object());
}

static void room_call(struct peer *peer, const json_t *of)
{
	const char *id = part(peer, 4), *what = part(peer, 5), *third = part(peer, 6);
	const char *fourth = part(peer, 7);

	if (!id || !what)
		fail(peer, 404, "M_UNRECOGNIZED", "no such call");
	else if (!strcmp(what, "send") && third && fourth)
		send_event(peer, of, id, third, fourth);
	else if (!strcmp(what, "redact") && third && fourth)
		redact_event(peer, of, id, third);
	else if (!strcmp(what, "messages"))
		messages_give(peer, of, id);
	else if (!strcmp(what, "state") && !third)
		state_give_all(peer, of, id);
	else if (!strcmp(what, "event") && third)
		event_give(peer, of, id, third);
	else if (!strcmp(what, "state") && third && !strcmp(peer->method, "GET"))
		state_give(peer, of, id, third);
	else if (!strcmp(what, "receipt") && third && fourth)
		sign_take(peer, of, id, "receipt");
	else if (!strcmp(what, "typing") && third)
		sign_take(peer, of, id, "typing");
	else if (!strcmp(what, "join"))
		join(peer, of, id);
	else if (!strcmp(what, "leave"))
		leave(peer, of, id);
	else
		fail(peer, 404, "M_UNRECOGNIZED", "no such call");
}

/* Only those of appservices. */
static void account_make(struct peer *peer)
{
	const char *name = json_string_value(json_object_get(peer->json, "username"));

	if (!json_object_get(json_object_get(tokens, peer->token), "appservice") ||
	    param(peer, "user_id"))
		violate("register");
	if (!name || strcmp(name, "bot"))
		fail(peer, 400, "M_EXCLUSIVE", "not in the namespace");
	else if (setting("account_is_there", 1))
		fail(peer, 400, "M_USER_IN_USE", "User ID already taken.");
	else
		respond(peer, 200, json_pack("{s:s}", "user_id", BOT));
}

/* What an appservice may not do: for whom it acts must be said, and it does not /sync. */
static bool appservice_check(struct peer *peer, const json_t *of, const char *what)
{
	const char *user = param(peer, "user_id");

	if (!json_object_get(of, "appservice"))
		return true;
	if (!user || strcmp(user, BOT)) {
		violate("no_user_id");
		fail(peer, 403, "M_FORBIDDEN",
		     "Application service cannot masquerade as this user");
		return false;
	}
	if (!strcmp(what, "sync")) {
		violate("appservice_syncs");
		fail(peer, 500, "M_UNKNOWN", "Internal server error");
		return false;
	}
	return true;
}

static void room_create(struct peer *peer, const json_t *of)
{
	bool direct = json_is_true(json_object_get(peer->json, "is_direct"));
	json_t *room = room_new(NULL, direct), *user;
	size_t i;

	event_add(room, user_of(of), "m.room.create", "", json_pack("{s:s}", "room_version", "10"),
		  NULL);
	member_set(room, user_of(of), user_of(of), "join", false);
	json_array_foreach(json_object_get(peer->json, "invite"), i, user)
		member_set(room, user_of(of), json_string_value(user), "invite", direct);
	respond(peer, 200, json_pack("{s:O}", "room_id", json_object_get(room, "id")));
}

/* --- the rest --- */

static void filter_new(struct peer *peer)
{
	json_t *filters = json_object_get(settings, "_filters"), *change, *filter;
	const char *known;
	char id[24];

	/* The same filter again has the same id. */
	json_object_foreach(filters, known, filter) if (json_equal(filter, peer->json))
	{
		respond(peer, 200, json_pack("{s:s}", "filter_id", known));
		return;
	}
	filters = filters ? json_copy(filters) : json_object();
	snprintf(id, sizeof id, "%zu", json_object_size(filters));
	json_object_set(filters, id, peer->json);
	change = json_pack("{s:o}", "_filters", filters);
	settings_change(change);
	json_decref(change);
	respond(peer, 200, json_pack("{s:s}", "filter_id", id));
}

static bool open_call(struct peer *peer, const char *what)
{
	if (!strcmp(what, "versions"))
		respond(peer, 200, json_pack("{s:[s,s,s]}", "versions", "r0.6.1", "v1.1", "v1.2"));
	else if (!strcmp(what, "login"))
		login(peer);
	else if (!strcmp(what, "refresh"))
		refresh(peer);
	else if (!strcmp(what, "register"))
		account_make(peer);
	else
		return false;
	return true;
}

/* The setting `well_known` says where the homeserver is. */
static void well_known_give(struct peer *peer)
{
	json_t *url = json_object_get(settings, "well_known");

	if (url)
		respond(peer, 200, json_pack("{s:{s:O}}", "m.homeserver", "base_url", url));
	else
		fail(peer, 404, "M_NOT_FOUND", "no such file");
}

static void own_call(struct peer *peer, const json_t *of, const char *what)
{
	const char *third = part(peer, 4);

	if (!strcmp(what, "account"))
		respond(peer, 200,
			json_pack("{s:O,s:O}", "user_id", json_object_get(of, "user"), "device_id",
				  json_object_get(of, "device")));
	else if (!strcmp(what, "profile"))
		respond(peer, 200, json_pack("{s:s}", "displayname", "Clinic Bot"));
	else if (!strcmp(what, "user") && part(peer, 6) && !strcmp(part(peer, 5), "account_data"))
		account_data_call(peer, part(peer, 6));
	else if (!strcmp(what, "user"))
		filter_new(peer);
	else if (!strcmp(what, "sync"))
		sync_begin(peer, of);
	else if (!strcmp(what, "rooms"))
		room_call(peer, of);
	else if (!strcmp(what, "join") && third)
		join(peer, of, third);
	else if (!strcmp(what, "joined_rooms"))
		joined_give(peer, of);
	else if (!strcmp(what, "keys") && third && !strcmp(third, "query"))
		keys_query(peer);
	else if (!strcmp(what, "createRoom"))
		room_create(peer, of);
	else if (!strcmp(what, "logout")) {
		violate("logout");
		respond(peer, 200, json_object());
	} else
		fail(peer, 404, "M_UNRECOGNIZED", "no such call");
}

void api_handle(struct peer *peer)
{
	const char *what = part(peer, 3);
	const json_t *of;

	if (!strcmp(peer->path, "/.well-known/matrix/client")) {
		well_known_give(peer);
		return;
	}
	/* /_matrix/client/versions has no version of its own. */
	if (parts(peer) == 3)
		what = part(peer, 2);
	if (strncmp(peer->path, "/_matrix/client/", 16) != 0 || !what) {
		fail(peer, 404, "M_UNRECOGNIZED", "no such call");
		return;
	}
	if (fault_strikes(peer, false) || open_call(peer, what))
		return;
	if (!strcmp(peer->path, "/_matrix/client/unstable/fi.mau.as_sync")) {
		wsproxy_open(peer);
		return;
	}
	of = account(peer);
	if (of && appservice_check(peer, of, what))
		own_call(peer, of, what);
}
