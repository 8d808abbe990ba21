/* What clients say on the gateway, checked against the documented rules
 * (events/gateway.mdx, topics/opcodes-and-status-codes.mdx). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

enum {
	OP_HEARTBEAT = 1,
	OP_IDENTIFY = 2,
	OP_RESUME = 6,
	OP_INVALID_SESSION = 9,
	OP_HELLO = 10,
	OP_ACK = 11,
};

#define PAYLOAD_MAX 4096
#define PAYLOADS_MAX 120

void gateway_send_op(struct conn *conn, int op, json_t *d)
{
	char *text = envelope_text(conn->fake, op, NULL, 0, d);
	conn_send_text(conn, text, 0, 0);
	free(text);
	json_decref(d);
}

/* --- opening ---------------------------------------------------------------------------------- */

static bool path_resumes(const char *path)
{
	return strncmp(path, "/resume", 7) == 0;
}

int gateway_refuses(struct fake *fake, const char *path, const char *query)
{
	struct faults *faults = &fake->faults;
	int status = 0;
	if (clock_us() < faults->down_until_us ||
	    (path_resumes(path) && clock_us() < faults->resume_dead_until_us))
		status = 503;
	if (!status && faults->refuse_times > 0) {
		faults->refuse_times--;
		status = faults->refuse_status;
	}
	if (status && path_resumes(path))
		fake->resume_missed = true;
	report_count(fake, status ? "upgrades_refused" : "connections");
	report_add(fake->report.connects, json_pack("{s:s, s:s, s:i}", "path", path, "query", query,
						    "status", status ? status : 101));
	return status;
}

static void conn_overdue(lws_sorted_usec_list_t *sul)
{
	struct conn *conn = lws_container_of(sul, struct conn, watch);
	if (conn->closing)
		return;
	report_hard(conn->fake, "heartbeat_missing", "none for twice the interval of %lld ms",
		    (long long)conn->interval_ms);
	if (conn->session)
		session_end(conn->fake, conn->session);
	conn->silent = false;
	conn_close(conn, 4009);
}

static void conn_watch(struct conn *conn)
{
	if (conn->interval_ms > 0)
		lws_sul_schedule(conn->fake->context, 0, &conn->watch, conn_overdue,
				 (conn->interval_ms * 2 + 1000) * 1000);
}

static void conn_hello(lws_sorted_usec_list_t *sul)
{
	struct conn *conn = lws_container_of(sul, struct conn, hello);
	json_t *other = conn->fake->faults.hello_interval;
	json_t *interval = json_integer(conn->fake->settings.heartbeat_interval);
	if (other) {
		json_decref(interval);
		interval = json_incref(other);
		conn->fake->faults.hello_interval = NULL;
		json_decref(other);
	}
	conn->interval_ms = json_integer_value(interval);
	conn->hello_us = clock_us();
	conn->greeted = true;
	gateway_send_op(conn, OP_HELLO,
			json_pack("{s:o, s:[]}", "heartbeat_interval", interval, "_trace"));
	conn_watch(conn);
}

static bool query_holds(const char *query, const char *pair)
{
	size_t length = strlen(pair);
	for (const char *at = query; *at; at += strcspn(at, "&"), at += *at == '&') {
		if (strncmp(at, pair, length) == 0 && (!at[length] || at[length] == '&'))
			return true;
	}
	return false;
}

static bool conn_compress(struct conn *conn, const char *query)
{
	const char *asked = strstr(query, "compress=");
	if (!asked)
		return true;
	if (!query_holds(query, "compress=zlib-stream"))
		return false;
	conn->deflate = calloc(1, sizeof *conn->deflate);
	return conn->deflate && deflateInit(conn->deflate, Z_DEFAULT_COMPRESSION) == Z_OK;
}

void gateway_open(struct conn *conn, const char *path, const char *query)
{
	struct fake *fake = conn->fake;
	conn->resume_path = path_resumes(path);
	if (!query_holds(query, "v=10")) {
		report_hard(fake, "gateway_version", "%s?%s", path, query);
		conn_close(conn, 4012);
		return;
	}
	if (!query_holds(query, "encoding=json")) {
		report_hard(fake, "gateway_encoding", "%s?%s", path, query);
		conn_close(conn, 4002);
		return;
	}
	if (!conn_compress(conn, query)) {
		report_hard(fake, "gateway_compression", "%s?%s", path, query);
		conn_close(conn, 4002);
		return;
	}
	lws_sul_schedule(fake->context, 0, &conn->hello, conn_hello,
			 fake->settings.hello_delay_ms * 1000 + 1);
}

/* --- heartbeats ------------------------------------------------------------------------------- */

static void beat_time_check(struct conn *conn)
{
	struct fake *fake = conn->fake;
	int64_t since_us = conn->beat_us ? conn->beat_us : conn->hello_us;
	int64_t gap_ms = (clock_us() - since_us) / 1000;
	if (!conn->greeted) {
		report_hard(fake, "heartbeat_before_hello", "Hello had not been sent");
		return;
	}
	if (conn->interval_ms <= 0)
		return;
	if (gap_ms > conn->interval_ms + conn->interval_ms / 4 + 500)
		report_hard(fake, "heartbeat_late", "after %lld ms, interval %lld ms",
			    (long long)gap_ms, (long long)conn->interval_ms);
	if (conn->beat_us && !conn->asked_beat && gap_ms < conn->interval_ms / 2)
		report_hard(fake, "heartbeat_early", "after %lld ms, interval %lld ms",
			    (long long)gap_ms, (long long)conn->interval_ms);
}

/* How long the first event behind `seq` has been with the client, in ms; 0: there is none. */
static int64_t unseen_ms(const struct session *session, json_int_t seq)
{
	for (size_t i = session->count; i-- > 0;) {
		const struct event *event = &session->events[(session->first + i) % SESSION_LOG];
		if (event->seq == seq + 1)
			return (clock_us() - event->at_us) / 1000;
	}
	return 0;
}

static void beat_seq_check(struct conn *conn, const json_t *d)
{
	struct fake *fake = conn->fake;
	json_int_t seq = json_is_integer(d) ? json_integer_value(d) : 0;
	if (!json_is_integer(d) && !json_is_null(d)) {
		report_hard(fake, "heartbeat_form", "d is neither an integer nor null");
		return;
	}
	if (!conn->session || conn->silent)
		return;
	int64_t unseen = unseen_ms(conn->session, seq);
	if (seq > conn->session->seq || seq < conn->beat_seq)
		report_hard(fake, "heartbeat_seq", "%lld after %lld, sent was %lld", (long long)seq,
			    (long long)conn->beat_seq, (long long)conn->session->seq);
	else if (json_is_null(d) && unseen > 1000)
		report_hard(fake, "heartbeat_seq", "null, although an event came %lld ms ago",
			    (long long)unseen);
	else if (unseen > 5000)
		report_soft(fake, "heartbeat_seq_behind", "%lld, sent was %lld", (long long)seq,
			    (long long)conn->session->seq);
	conn->beat_seq = seq;
}

static void gateway_beat(struct conn *conn, const json_t *d)
{
	report_count(conn->fake, "heartbeats");
	beat_time_check(conn);
	beat_seq_check(conn, d);
	conn->beat_us = clock_us();
	if (conn->asked_beat == 2)
		report_count(conn->fake, "op1_answered");
	if (conn->asked_beat)
		conn->asked_beat--;
	conn_watch(conn);
	if (conn->no_acks)
		return;
	gateway_send_op(conn, OP_ACK, NULL);
}

/* --- identify --------------------------------------------------------------------------------- */

static bool shard_fits(const json_t *shard)
{
	return !shard ||
	       (json_array_size(shard) == 2 && json_integer_value(json_array_get(shard, 0)) == 0 &&
		json_integer_value(json_array_get(shard, 1)) == 1);
}

/* The close code that this Identify earns, or 0. */
static int identify_refusal(struct conn *conn, const json_t *d)
{
	struct fake *fake = conn->fake;
	const char *token = json_string_value(json_object_get(d, "token"));
	const json_t *intents = json_object_get(d, "intents");
	const json_t *properties = json_object_get(d, "properties");
	if (!token || strcmp(token, fake->token) != 0) {
		report_count(fake, "wrong_tokens");
		return 4004;
	}
	if (!json_is_string(json_object_get(properties, "os")) ||
	    !json_is_string(json_object_get(properties, "browser")) ||
	    !json_is_string(json_object_get(properties, "device")))
		report_hard(fake, "identify_properties", "os, browser and device are required");
	if (!json_is_integer(intents)) {
		report_hard(fake, "intents_form", "not an integer");
		return 4013;
	}
	json_int_t bits = json_integer_value(intents);
	if (bits < 0 || bits >= 1 << 26) {
		report_hard(fake, "intents_form", "unknown intents in %lld", (long long)bits);
		return 4013;
	}
	if (!shard_fits(json_object_get(d, "shard")))
		return 4010;
	if (bits & (INTENT_MEMBERS | INTENT_PRESENCES) ||
	    (bits & INTENT_MESSAGE_CONTENT && !fake->settings.granted_content))
		return 4014;
	return 0;
}

static void gateway_ready(struct conn *conn, json_int_t intents)
{
	struct fake *fake = conn->fake;
	char own[64];
	struct session *session = session_new(conn, intents);
	snprintf(own, sizeof own, "%s://127.0.0.1:%d/resume", fake->tls ? "wss" : "ws", fake->port);
	json_t *ready = json_pack(
		"{s:i, s:o, s:[{s:o, s:b}], s:s, s:s, s:[], s:[], s:{s:o, s:I}, s:[]}", "v", 10,
		"user", bot_json(), "guilds", "id", id_json(GUILD_ID), "unavailable", 1,
		"session_id", session->id, "resume_gateway_url",
		fake->resume_url[0] ? fake->resume_url : own, "private_channels", "relationships",
		"application", "id", id_json(BOT_ID), "flags", application_flags(fake), "_trace");
	session_event(session, "READY", ready, NULL);
	if (intents & INTENT_GUILDS)
		session_event(session, "GUILD_CREATE", guild_json(fake), NULL);
	fake->resume_missed = false;
}

static void gateway_identify(struct conn *conn, const json_t *d)
{
	struct fake *fake = conn->fake;
	report_count(fake, "identify");
	report_add(fake->report.identifies,
		   json_pack("{s:O?}", "intents", json_object_get(d, "intents")));
	int code = identify_refusal(conn, d);
	if (code) {
		conn_close(conn, code);
		return;
	}
	if (fake->identified_us &&
	    clock_us() - fake->identified_us < fake->settings.identify_window_ms * 1000) {
		report_hard(fake, "identify_too_fast", "%lld ms after the last",
			    (long long)(clock_us() - fake->identified_us) / 1000);
		conn->invalidated = true;
		gateway_send_op(conn, OP_INVALID_SESSION, json_false());
		return;
	}
	if (fake->settings.session_start_remaining <= 0) {
		report_hard(fake, "identify_budget", "no session start is left");
		conn_close(conn, 4004);
		return;
	}
	if (conn->resume_path && !conn->invalidated)
		report_soft(fake, "identify_on_resume_url",
			    "a new session belongs to the base URL");
	if (session_resumable_exists(fake))
		report_soft(fake, "identify_while_resumable", "the last session could be resumed");
	fake->settings.session_start_remaining--;
	fake->identified_us = clock_us();
	gateway_ready(conn, json_integer_value(json_object_get(d, "intents")));
}

/* --- resume ----------------------------------------------------------------------------------- */

static void resume_refuse(struct conn *conn)
{
	report_count(conn->fake, "resume_refused");
	report_add(conn->fake->report.resumes, json_pack("{s:b}", "ok", 0));
	conn->invalidated = true;
	gateway_send_op(conn, OP_INVALID_SESSION, json_false());
}

static void gateway_resume(struct conn *conn, const json_t *d)
{
	struct fake *fake = conn->fake;
	const char *token = json_string_value(json_object_get(d, "token"));
	const char *id = json_string_value(json_object_get(d, "session_id"));
	const json_t *seq = json_object_get(d, "seq");
	report_count(fake, "resume");
	if (!token || strcmp(token, fake->token) != 0) {
		report_count(fake, "wrong_tokens");
		conn_close(conn, 4004);
		return;
	}
	if (!id || !json_is_integer(seq)) {
		report_hard(fake, "resume_form", "session_id and seq are required");
		conn_close(conn, 4002);
		return;
	}
	if (!conn->resume_path && !fake->resume_url[0] && !fake->resume_missed)
		report_soft(fake, "resume_not_on_resume_url", "resume_gateway_url was given");
	struct session *session = session_find(fake, id);
	if (session && json_integer_value(seq) > session->seq) {
		report_hard(fake, "resume_seq", "%lld, sent was %lld",
			    (long long)json_integer_value(seq), (long long)session->seq);
		session_end(fake, session);
		conn_close(conn, 4007);
		return;
	}
	conn->beat_seq = -1;
	if (!session || !session_resume(session, conn, json_integer_value(seq))) {
		resume_refuse(conn);
		return;
	}
	fake->resume_missed = false;
	report_count(fake, "resumed");
	report_add(fake->report.resumes, json_pack("{s:b}", "ok", 1));
}

/* --- whatever comes --------------------------------------------------------------------------- */

static void gateway_op(struct conn *conn, json_int_t op, const json_t *d)
{
	switch (op) {
	case OP_HEARTBEAT:
		gateway_beat(conn, d);
		return;
	case OP_IDENTIFY:
	case OP_RESUME:
		if (!conn->greeted)
			report_hard(conn->fake, "spoke_before_hello", "op %lld", (long long)op);
		if (conn->session) {
			report_hard(conn->fake, "identify_twice", "op %lld on a live session",
				    (long long)op);
			conn_close(conn, 4005);
		} else if (op == OP_IDENTIFY) {
			gateway_identify(conn, d);
		} else {
			gateway_resume(conn, d);
		}
		return;
	case 3: /* presence, voice state, request members, soundboard, channel info */
	case 4:
	case 8:
	case 31:
	case 43:
		if (!conn->session) {
			report_hard(conn->fake, "not_authenticated", "op %lld", (long long)op);
			conn_close(conn, 4003);
		}
		return;
	default:
		report_hard(conn->fake, "unknown_opcode", "op %lld", (long long)op);
		conn_close(conn, 4001);
	}
}

static bool payload_fits(struct conn *conn, size_t length)
{
	int64_t now = clock_us();
	unsigned slot = conn->payloads % PAYLOADS_MAX;
	if (length > PAYLOAD_MAX) {
		report_hard(conn->fake, "payload_too_long", "%zu bytes", length);
		conn_close(conn, 4002);
		return false;
	}
	if (conn->payloads >= PAYLOADS_MAX && now - conn->sent_us[slot] < 60000000) {
		report_hard(conn->fake, "payload_rate", "more than %d in 60 s", PAYLOADS_MAX);
		conn_close(conn, 4008);
		return false;
	}
	conn->sent_us[slot] = now;
	conn->payloads++;
	return true;
}

void gateway_receive(struct conn *conn, const char *text, size_t length, bool binary)
{
	if (conn->closing)
		return;
	report_count(conn->fake, "payloads");
	if (!payload_fits(conn, length))
		return;
	json_t *json = binary ? NULL : json_loadb(text, length, 0, NULL);
	const json_t *op = json_object_get(json, "op");
	if (!json_is_integer(op)) {
		report_hard(conn->fake, "payload_form", "%.*s", 200, binary ? "binary" : text);
		conn_close(conn, 4002);
	} else {
		gateway_op(conn, json_integer_value(op), json_object_get(json, "d"));
	}
	json_decref(json);
}

void gateway_client_close(struct conn *conn, int code)
{
	report_add(conn->fake->report.client_closes, json_pack("{s:i}", "code", code));
	/* The client said goodbye: its session ends with the connection. */
	if (conn->session && (code == 1000 || code == 1001))
		session_end(conn->fake, conn->session);
}

void gateway_closed(struct conn *conn)
{
	report_count(conn->fake, "disconnects");
	if (conn->session) {
		conn->session->left_ms = clock_ms();
		conn->session->conn = NULL;
		conn->session = NULL;
	} else if (conn->resume_path) {
		conn->fake->resume_missed = true;
	}
}
