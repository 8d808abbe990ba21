/* Faults of the gateway, now or after so many messages, and of the REST API. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

#define FAULT_MS_MAX 600000
#define HUGE_MAX (64 << 20)

static json_int_t number(const json_t *what, const char *name, json_int_t otherwise)
{
	const json_t *value = json_object_get(what, name);
	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static bool yes(const json_t *what, const char *name, bool otherwise)
{
	const json_t *value = json_object_get(what, name);
	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

/* --- faults of one connection ----------------------------------------------------------------- */

static void conn_drop(struct conn *conn, const json_t *what)
{
	conn_reset(conn, yes(what, "mid_frame", false));
}

/* Codes after which the session is gone (topics/opcodes-and-status-codes.mdx). */
static bool code_ends_session(json_int_t code)
{
	return code == 4003 || code == 4004 || code == 4007 || code == 4009 ||
	       (code >= 4010 && code <= 4014);
}

static void conn_fault_close(struct conn *conn, const json_t *what)
{
	json_int_t code = number(what, "code", 4000);
	if (conn->session && code_ends_session(code))
		session_end(conn->fake, conn->session);
	conn_close(conn, (int)code);
}

static void conn_op7(struct conn *conn, const json_t *what)
{
	(void)what;
	gateway_send_op(conn, 7, NULL);
}

static void conn_op9(struct conn *conn, const json_t *what)
{
	bool resumable = yes(what, "resumable", false);
	if (!resumable && conn->session)
		session_end(conn->fake, conn->session);
	conn->invalidated = !resumable;
	gateway_send_op(conn, 9, json_boolean(resumable));
}

static void conn_op1(struct conn *conn, const json_t *what)
{
	(void)what;
	conn->asked_beat = 2;
	gateway_send_op(conn, 1, NULL);
}

static void conn_stop_acks(struct conn *conn, const json_t *what)
{
	(void)what;
	conn->no_acks = true;
}

static void conn_be_silent(struct conn *conn, const json_t *what)
{
	(void)what;
	conn_silence(conn);
}

static void conn_bad_frame(struct conn *conn, const json_t *what)
{
	const char *text = json_string_value(json_object_get(what, "text"));
	text = text ? text : "{\"op\":0,\"t\":";
	conn_send_bytes(conn, text, strlen(text), yes(what, "binary", false));
}

static void conn_bad_binary(struct conn *conn, const json_t *what)
{
	static const unsigned char noise[] = {0xde, 0xad, 0xbe, 0xef, 0x00, 0xff, 0x80, 0x01};
	(void)what;
	conn_send_bytes(conn, noise, sizeof noise, true);
}

static void conn_huge_frame(struct conn *conn, const json_t *what)
{
	json_int_t wanted = number(what, "bytes", 17 << 20);
	size_t length = wanted > 64 && wanted <= HUGE_MAX ? (size_t)wanted : 17 << 20;
	static const char head[] = "{\"t\":\"HUGE\",\"s\":null,\"op\":0,\"d\":\"";
	char *text = malloc(length + 1);
	if (!text)
		abort();
	memset(text, 'x', length);
	memcpy(text, head, sizeof head - 1);
	memcpy(text + length - 2, "\"}", 3);
	conn_send_bytes(conn, text, length, false);
	free(text);
}

static void conn_unknown_event(struct conn *conn, const json_t *what)
{
	(void)what;
	gateway_send_op(conn, 99, json_pack("{s:s}", "from", "the future"));
	if (conn->session)
		session_event(conn->session, "EVENT_OF_THE_FUTURE",
			      json_pack("{s:[i, n, {s:n}]}", "what", 1, "x"), NULL);
}

/* --- faults of all that comes ----------------------------------------------------------------- */

static void fault_gateway_down(struct fake *fake, const json_t *what)
{
	fake->faults.down_until_us = clock_us() + number(what, "ms", 3000) * 1000;
}

static void fault_resume_dead(struct fake *fake, const json_t *what)
{
	fake->faults.resume_dead_until_us = clock_us() + number(what, "ms", FAULT_MS_MAX) * 1000;
}

static void fault_refuse(struct fake *fake, const json_t *what)
{
	fake->faults.refuse_status = (int)number(what, "status", 503);
	fake->faults.refuse_times = number(what, "times", 1);
}

static void fault_duplicate(struct fake *fake, const json_t *what)
{
	fake->faults.duplicate_next = number(what, "n", 1);
}

static void fault_replay(struct fake *fake, const json_t *what)
{
	fake->faults.replay_all = number(what, "times", 1);
}

static void fault_lose_session(struct fake *fake, const json_t *what)
{
	for (struct conn *conn = fake->conns; conn; conn = conn->next) {
		if (conn->session && yes(what, "drop", true))
			conn_reset(conn, false);
	}
	session_end_all(fake);
}

static void fault_split(struct fake *fake, const json_t *what)
{
	fake->settings.split_frames = number(what, "pieces", 3);
}

static void fault_hello_delay(struct fake *fake, const json_t *what)
{
	fake->settings.hello_delay_ms = number(what, "ms", 1000);
}

static void fault_hello_interval(struct fake *fake, const json_t *what)
{
	json_t *value = json_object_get(what, "value");
	json_decref(fake->faults.hello_interval);
	fake->faults.hello_interval = value ? json_incref(value) : json_null();
}

static const struct {
	const char *name;
	void (*each)(struct conn *conn, const json_t *what);
	void (*once)(struct fake *fake, const json_t *what);
} kinds[] = {
	{"drop", conn_drop, NULL},
	{"close", conn_fault_close, NULL},
	{"op7", conn_op7, NULL},
	{"op9", conn_op9, NULL},
	{"op1", conn_op1, NULL},
	{"stop_acks", conn_stop_acks, NULL},
	{"silence", conn_be_silent, NULL},
	{"bad_frame", conn_bad_frame, NULL},
	{"bad_binary", conn_bad_binary, NULL},
	{"huge_frame", conn_huge_frame, NULL},
	{"unknown_event", conn_unknown_event, NULL},
	{"gateway_down", NULL, fault_gateway_down},
	{"resume_host_dead", NULL, fault_resume_dead},
	{"refuse_upgrade", NULL, fault_refuse},
	{"duplicate_next", NULL, fault_duplicate},
	{"replay_all_on_resume", NULL, fault_replay},
	{"lose_session", NULL, fault_lose_session},
	{"split_frames", NULL, fault_split},
	{"hello_delay", NULL, fault_hello_delay},
	{"hello_interval", NULL, fault_hello_interval},
};

/* False: there is no such fault. */
static bool fault_apply(struct fake *fake, const json_t *what, bool really)
{
	const char *name = json_string_value(json_object_get(what, "name"));
	for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		if (!really)
			return true;
		report_count(fake, "faults");
		if (kinds[i].once)
			kinds[i].once(fake, what);
		for (struct conn *conn = fake->conns; kinds[i].each && conn; conn = conn->next) {
			if (!conn->closing)
				kinds[i].each(conn, what);
		}
		return true;
	}
	return false;
}

/* --- faults of requests ----------------------------------------------------------------------- */

static const char *fault_add_rest(struct fake *fake, const json_t *what)
{
	const char *method = json_string_value(json_object_get(what, "method"));
	const char *prefix = json_string_value(json_object_get(what, "path"));
	struct rest_fault *fault = calloc(1, sizeof *fault), **end = &fake->faults.rest;
	if (!fault)
		abort();
	snprintf(fault->method, sizeof fault->method, "%s", method ? method : "");
	snprintf(fault->prefix, sizeof fault->prefix, "%s", prefix ? prefix : "/");
	fault->status = (int)number(what, "status", 0);
	fault->code = (int)number(what, "code", 0);
	fault->html = yes(what, "html", false);
	fault->global = yes(what, "global", false);
	fault->reset = yes(what, "reset", false);
	fault->retry_after = json_number_value(json_object_get(what, "retry_after"));
	if (fault->retry_after <= 0)
		fault->retry_after = 1;
	fault->times = number(what, "times", 1);
	fault->skip = number(what, "skip", 0);
	fault->hang_ms = number(what, "hang_ms", 0);
	/* Without an error the request is done as ever and only its answer is late. */
	fault->after_create = yes(what, "after_create", !fault->status && !fault->reset);
	if (fault->hang_ms < 0 || fault->hang_ms > FAULT_MS_MAX ||
	    (fault->status && (fault->status < 400 || fault->status > 599)) ||
	    (!fault->status && !fault->reset && !fault->hang_ms)) {
		free(fault);
		return "status (400 to 599), reset or hang_ms is needed";
	}
	while (*end)
		end = &(*end)->next;
	*end = fault;
	return NULL;
}

static bool fault_fits(const struct rest_fault *fault, const struct exchange *exchange)
{
	static const char base[] = "/api/v10";
	const char *path = exchange->path;
	if (strncmp(path, base, sizeof base - 1) == 0)
		path += sizeof base - 1;
	return (!fault->method[0] || strcmp(fault->method, exchange->method) == 0) &&
	       strncmp(fault->prefix, path, strlen(fault->prefix)) == 0;
}

const struct rest_fault *fault_rest(struct fake *fake, const struct exchange *exchange)
{
	static struct rest_fault met;
	for (struct rest_fault **link = &fake->faults.rest; *link; link = &(*link)->next) {
		struct rest_fault *fault = *link;
		if (!fault_fits(fault, exchange))
			continue;
		if (fault->skip > 0) {
			fault->skip--;
			continue;
		}
		report_count(fake, "faults");
		met = *fault;
		if (--fault->times <= 0) {
			*link = fault->next;
			free(fault);
		}
		return &met;
	}
	return NULL;
}

/* --- all -------------------------------------------------------------------------------------- */

const char *fault_add(struct fake *fake, json_t *what)
{
	const char *name = json_string_value(json_object_get(what, "name"));
	json_int_t after = number(what, "after", 0);
	if (name && strcmp(name, "rest") == 0)
		return fault_add_rest(fake, what);
	if (!fault_apply(fake, what, false))
		return "no such fault";
	if (number(what, "ms", 0) < 0 || number(what, "ms", 0) > FAULT_MS_MAX)
		return "ms is 0 to 600000";
	if (after <= 0) {
		fault_apply(fake, what, true);
		return NULL;
	}
	struct gateway_fault *fault = calloc(1, sizeof *fault);
	if (!fault)
		abort();
	fault->after = after;
	fault->what = json_incref(what);
	fault->next = fake->faults.waiting;
	fake->faults.waiting = fault;
	return NULL;
}

void fault_message_sent(struct fake *fake)
{
	struct gateway_fault **link = &fake->faults.waiting;
	while (*link) {
		struct gateway_fault *fault = *link;
		if (--fault->after > 0) {
			link = &fault->next;
			continue;
		}
		*link = fault->next;
		fault_apply(fake, fault->what, true);
		json_decref(fault->what);
		free(fault);
	}
}

void faults_clear(struct fake *fake)
{
	while (fake->faults.rest) {
		struct rest_fault *next = fake->faults.rest->next;
		free(fake->faults.rest);
		fake->faults.rest = next;
	}
	while (fake->faults.waiting) {
		struct gateway_fault *next = fake->faults.waiting->next;
		json_decref(fake->faults.waiting->what);
		free(fake->faults.waiting);
		fake->faults.waiting = next;
	}
	json_decref(fake->faults.hello_interval);
	memset(&fake->faults, 0, sizeof fake->faults);
	fake->settings.split_frames = 0;
	fake->settings.hello_delay_ms = 0;
	fake->global_until_us = 0;
	for (struct bucket *bucket = fake->buckets; bucket; bucket = bucket->next)
		bucket->until_us = 0;
}
