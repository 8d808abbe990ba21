/* Appservices of the fake homeserver, and the proxy in front of it that hands their transactions on over a
 * websocket (fi.mau.as_sync), as mautrix-wsproxy does: the homeserver hears that one arrived when its frame
 * was written, and keeps it while nobody is connected. With the setting `acks` it is a server that waits
 * for an acknowledgement instead. Websocket by RFC 6455, written for this: the bot's is libwebsockets. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define EVENTS_MAX 100

enum { OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

static struct peer *client; /* the one that transactions go to */
static int64_t pushed;	    /* events up to here were handed on */
static int64_t given; /* ... or are on their way, and wait for the acknowledgement of `waits_for` */
static int64_t waits_for, sent_ms;
static int64_t last_id, transactions;
static int64_t again_ms; /* the homeserver tries again then: it was told that nobody is connected */
static int64_t lose;	 /* so many transactions are written to nowhere */

/* --- frames out --- */

static void frame_put(struct peer *peer, int op, bool last, const char *text, size_t n)
{
	unsigned char head[10] = {(unsigned char)(op | (last ? 0x80 : 0))};
	size_t head_n = 2;

	if (n < 126) {
		head[1] = (unsigned char)n;
	} else if (n < 65536) {
		head[1] = 126;
		head[2] = (unsigned char)(n >> 8);
		head[3] = (unsigned char)n;
		head_n = 4;
	} else {
		head[1] = 127;
		for (int i = 0; i < 8; i++)
			head[2 + i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
		head_n = 10;
	}
	peer->out = realloc(peer->out, peer->out_n + head_n + n + 1);
	if (!peer->out)
		abort();
	memcpy(peer->out + peer->out_n, head, head_n);
	memcpy(peer->out + peer->out_n + head_n, text, n);
	peer->out_n += head_n + n;
}

/* In `split_frames` pieces when that is set. */
static void text_put(struct peer *peer, const char *text)
{
	size_t n = strlen(text), pieces = (size_t)setting("split_frames", 1), at = 0;

	for (size_t i = 1; i <= pieces; i++) {
		size_t end = n * i / pieces;

		frame_put(peer, at ? 0 : OP_TEXT, i == pieces, text + at, end - at);
		at = end;
	}
}

static void json_put(struct peer *peer, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	text_put(peer, text);
	free(text);
	json_decref(json);
}

static void close_put(struct peer *peer, int code, const char *reason)
{
	char payload[126] = {(char)(code >> 8), (char)code};
	size_t n = strlen(reason) < 120 ? strlen(reason) : 120;

	memcpy(payload + 2, reason, n);
	frame_put(peer, OP_CLOSE, true, payload, n + 2);
	peer->closing = true;
	if (client == peer)
		client = NULL;
}

/* --- opening --- */

void wsproxy_open(struct peer *peer)
{
	char both[128], accept[64], headers[256];
	unsigned char hash[20];
	json_t *row = json_object_get(tokens, peer->token);

	count("upgrade");
	if (!row || !json_object_get(row, "appservice")) {
		count("upgrade_refused");
		fail(peer, 403, "M_UNKNOWN_TOKEN", "Unknown authorization token");
		return;
	}
	if (!peer->ws_key[0]) {
		violate("no_upgrade");
		fail(peer, 400, "M_UNKNOWN", "this is a websocket");
		return;
	}
	snprintf(both, sizeof both, "%s" GUID, peer->ws_key);
	lws_SHA1((unsigned char *)both, strlen(both), hash);
	lws_b64_encode_string((char *)hash, sizeof hash, accept, sizeof accept);
	snprintf(headers, sizeof headers,
		 "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Accept: %s\r\n\r\n",
		 accept);
	peer->out = realloc(peer->out, peer->out_n + strlen(headers) + 1);
	if (!peer->out)
		abort();
	memcpy(peer->out + peer->out_n, headers, strlen(headers));
	peer->out_n += strlen(headers);
	peer->ws = true;
	peer->busy = false;
	json_put(peer, json_pack("{s:s}", "status", "connected"));
	if (client)
		close_put(client, 4001,
			  "{\"command\": \"disconnect\", \"status\": \"conn_replaced\"}");
	client = peer;
	waits_for = 0;
	given = pushed;
	count("connected");
}

/* --- frames in --- */

static void said(struct peer *peer, json_t *json)
{
	const char *command = json_string_value(json_object_get(json, "command"));
	json_int_t id = json_integer_value(json_object_get(json, "id"));

	if (!command || !json_is_object(json_object_get(json, "data"))) {
		violate("frame_form");
	} else if (!strcmp(command, "ping")) {
		count("ping");
		if (!setting("silent", 0))
			json_put(peer,
				 json_pack("{s:I,s:s,s:{s:I}}", "id", id, "command", "response",
					   "data", "timestamp", (json_int_t)now_ms()));
	} else if (!strcmp(command, "response") && id && id == waits_for) {
		count("acknowledged");
		waits_for = 0;
		pushed = given;
	} else if (!strcmp(command, "error")) {
		count("command_refused");
	} else {
		violate("frame_unexpected");
	}
}

/* The next frame of `peer->in`; false when it is not whole yet. */
static bool frame_take(struct peer *peer)
{
	unsigned char *in = (unsigned char *)peer->in, *mask;
	size_t head = 6, n;

	if (peer->in_n < 6)
		return false;
	n = in[1] & 0x7f;
	if (n == 126) {
		n = (size_t)in[2] << 8 | in[3];
		head = 8;
	} else if (n == 127) {
		violate("frame_long");
		peer->closing = peer->reset = true;
		return false;
	}
	if (peer->in_n < head + n)
		return false;
	if (!(in[1] & 0x80))
		violate("frame_unmasked");
	mask = in + head - 4;
	for (size_t i = 0; i < n; i++)
		in[head + i] ^= mask[i % 4];
	if ((in[0] & 15) == OP_CLOSE) {
		count("client_closes");
		close_put(peer, 1000, "");
	} else if ((in[0] & 15) == OP_PING) {
		frame_put(peer, OP_PONG, true, (char *)in + head, n);
	} else if (in[0] == (0x80 | OP_TEXT)) {
		json_t *json = json_loadb((char *)in + head, n, 0, NULL);

		if (json)
			said(peer, json);
		else
			violate("frame_no_json");
		json_decref(json);
	} else if ((in[0] & 15) != OP_PONG) {
		violate("frame_opcode");
	}
	peer->in_n -= head + n;
	memmove(peer->in, peer->in + head + n, peer->in_n);
	return true;
}

void wsproxy_read(struct peer *peer)
{
	while (!peer->closing && frame_take(peer))
		;
}

void wsproxy_gone(const struct peer *peer)
{
	if (client == peer)
		client = NULL;
}

/* --- transactions --- */

static bool is_for_bot(const json_t *room, const json_t *event)
{
	json_t *key = json_object_get(event, "state_key");

	if (key && !strcmp(json_string_value(json_object_get(event, "type")), "m.room.member") &&
	    !strcmp(json_string_value(key), BOT))
		return true;
	return !strcmp(membership(room, BOT), "join");
}

/* As a transaction shows it; an invitation with the room's state. */
static json_t *pushed_event(const json_t *room, const json_t *event)
{
	json_t *shown = event_shown(event, NULL), *other, *state;
	json_t *content = json_object_get(shown, "content");
	const char *is = json_string_value(json_object_get(content, "membership"));
	size_t i;

	json_object_set(shown, "room_id", json_object_get(room, "id"));
	if (!is || strcmp(is, "invite"))
		return shown;
	state = json_array();
	json_array_foreach(json_object_get(room, "events"), i, other)
	{
		if (json_object_get(other, "state_key"))
			json_array_append_new(
				state, json_pack("{s:O,s:O,s:O,s:O}", "type",
						 json_object_get(other, "type"), "state_key",
						 json_object_get(other, "state_key"), "sender",
						 json_object_get(other, "sender"), "content",
						 json_object_get(other, "content")));
	}
	json_object_set_new(json_object_get(shown, "unsigned"), "invite_room_state", state);
	return shown;
}

/* Events behind `pushed`, in the order of the stream. */
static json_t *events_next(void)
{
	json_t *list = json_array(), *room, *event;
	const char *id;
	size_t i;

	for (int64_t pos = pushed + 1; pos <= stream && json_array_size(list) < EVENTS_MAX; pos++) {
		given = pos;
		json_object_foreach(rooms, id, room)
			json_array_foreach(json_object_get(room, "events"), i, event)
		{
			if (json_integer_value(json_object_get(event, "_pos")) == pos &&
			    is_for_bot(room, event))
				json_array_append_new(list, pushed_event(room, event));
		}
	}
	return list;
}

static void transaction_put(json_t *events)
{
	char txn[32];
	json_t *frame;

	snprintf(txn, sizeof txn, "%lld", (long long)++transactions);
	frame = json_pack("{s:s,s:s,s:o,s:[]}", "status", "ok", "txn_id", txn, "events", events,
			  "ephemeral");
	count("transaction");
	if (setting("acks", 0)) {
		waits_for = ++last_id;
		sent_ms = now_ms();
		json_object_set_new(frame, "id", json_integer(waits_for));
		json_object_set_new(frame, "command", json_string("transaction"));
	} else {
		pushed = given;
	}
	if (lose > 0) {
		lose--;
		json_decref(frame);
	} else {
		json_put(client, frame);
	}
}

void wsproxy_turn(void)
{
	json_t *events;

	if (pushed == stream || waits_for) {
		if (client && waits_for && now_ms() - sent_ms > setting("ack_ms", 10000))
			close_put(client, 4002, "{\"status\": \"transactions_not_acknowledged\"}");
		return;
	}
	if (!client || setting("blocked", 0)) {
		again_ms = now_ms() + setting("retry_ms", 0);
		return;
	}
	if (now_ms() < again_ms)
		return;
	events = events_next();
	if (json_array_size(events)) {
		transaction_put(events);
	} else {
		pushed = given;
		json_decref(events);
	}
}

/* --- what tests may do --- */

bool wsproxy_connected(void)
{
	return client != NULL;
}

/* An appservice's token, from now on. */
static void enable(void)
{
	token_set("fake-as-token",
		  json_pack("{s:s,s:s,s:b}", "user", BOT, "device", "", "appservice", 1));
	pushed = given = stream;
}

void wsproxy_control(struct peer *peer)
{
	json_t *v;

	if (json_object_get(peer->json, "enable"))
		enable();
	if ((v = json_object_get(peer->json, "lose")))
		lose = json_integer_value(v);
	if (client && (v = json_object_get(peer->json, "frame")))
		text_put(client, json_string_value(v));
	if (client && json_object_get(peer->json, "drop")) {
		client->closing = client->reset = true;
		client = NULL;
	}
	if (client && (v = json_object_get(peer->json, "close"))) {
		json_t *reason = json_object_get(peer->json, "reason");

		close_put(client, (int)json_integer_value(v),
			  reason ? json_string_value(reason) : "");
	}
	respond(peer, 200, json_pack("{s:b}", "connected", client != NULL));
}
