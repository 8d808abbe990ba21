#include "wire/discord_rest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/backoff.h"
#include "wire/discord_refusals.h"
#include "wire/discord_rooms.h"
#include "wire/json.h"
#include "wire/ratelimit.h"

#define FLAG_SUPPRESS_EMBEDS 4
#define MESSAGE_BODY_MAX ((size_t)64 * 1024)
#define WHY_MAX 512

enum request_kind { REQUEST_SEND, REQUEST_FETCH, REQUEST_GATEWAY, REQUEST_APPLICATION };

struct request {
	struct request *next;
	enum request_kind kind;
	uint64_t call; /* 0: not under way */
	struct backoff backoff;
	int64_t not_before_ms;
	uint64_t delivery;
	bool without_reference;
	char nonce[DISCORD_NONCE_MAX + 1];
	struct str channel, message, text; /* in `texts` */
	char texts[];
};

/* What must keep its order: the messages to one channel. Only the first request moves. */
struct lane {
	struct lane *next;
	enum request_kind kind;
	struct str channel; /* of its requests */
	struct request *first, *last;
};

/* A result with its texts. */
struct result_node {
	struct result_node *next;
	struct discord_result result;
	struct buf why, message, body;
};

struct discord_rest {
	struct buf api_url, url, body; /* the last two of the call given out last */
	uint64_t random, last_call;
	struct ratelimit *limits;
	struct lane *lanes; /* a ring walked in turn: served lanes move to the end */
	struct result_node *results, *results_last, *taken;
	size_t under_way;
	bool unauthorized, said_too_many;
};

struct discord_rest *discord_rest_new(struct str api_url, uint64_t seed)
{
	struct discord_rest *r = calloc(1, sizeof *r);

	if (!r)
		out_of_memory();
	while (str_ends(api_url, STR("/")))
		api_url.n--;
	buf_init(&r->api_url, 1024);
	buf_add(&r->api_url, api_url);
	buf_init(&r->url, 2048);
	buf_init(&r->body, MESSAGE_BODY_MAX);
	r->random = seed;
	r->limits = ratelimit_new();
	return r;
}

static void result_free(struct result_node *node)
{
	if (!node)
		return;
	buf_done(&node->why);
	buf_done(&node->message);
	buf_done(&node->body);
	free(node);
}

static void lanes_drop(struct discord_rest *r)
{
	while (r->lanes) {
		struct lane *lane = r->lanes;

		r->lanes = lane->next;
		while (lane->first) {
			struct request *request = lane->first;

			lane->first = request->next;
			free(request);
		}
		free(lane);
	}
}

void discord_rest_free(struct discord_rest *r)
{
	struct discord_result result;

	if (!r)
		return;
	lanes_drop(r);
	while (discord_rest_result(r, &result))
		;
	ratelimit_free(r->limits);
	buf_done(&r->api_url);
	buf_done(&r->url);
	buf_done(&r->body);
	free(r);
}

/* --- results --- */

static struct result_node *result_add(struct discord_rest *r, enum discord_result_kind kind)
{
	struct result_node *node = calloc(1, sizeof *node);

	if (!node)
		out_of_memory();
	node->result.kind = kind;
	node->result.flags = -1;
	node->result.gateway =
		(struct discord_gateway){.total = -1, .remaining = -1, .reset_after_ms = -1};
	buf_init(&node->why, WHY_MAX);
	buf_init(&node->message, 32);
	buf_init(&node->body, DISCORD_REST_BODY_MAX);
	if (r->results_last)
		r->results_last->next = node;
	else
		r->results = node;
	r->results_last = node;
	return node;
}

bool discord_rest_result(struct discord_rest *r, struct discord_result *result)
{
	struct result_node *node = r->results;

	result_free(r->taken);
	r->taken = node;
	if (!node)
		return false;
	r->results = node->next;
	if (!r->results)
		r->results_last = NULL;
	node->result.why = buf_str(&node->why);
	node->result.message = buf_str(&node->message);
	node->result.body = buf_str(&node->body);
	if (node->result.kind == DISCORD_GATEWAY)
		node->result.gateway.url = node->result.message;
	*result = node->result;
	return true;
}

static void refuse(struct discord_rest *r, uint64_t delivery, struct str why)
{
	struct result_node *node = result_add(r, DISCORD_DELIVERED);

	node->result.delivery = delivery;
	node->result.outcome = DELIVERY_REFUSED;
	buf_add(&node->why, why);
}

/* Once when sending pauses, once when it goes on. */
static void say_too_many(struct discord_rest *r, int64_t now_ms)
{
	bool stopped = ratelimit_is_stopped(r->limits, now_ms);

	if (stopped && !r->said_too_many)
		buf_add(&result_add(r, DISCORD_TOO_MANY_WRONG)->why,
			STR("Discord refused 50 requests within ten minutes: sending pauses, so "
			    "that it does not ban this address; look at the bot's permissions and "
			    "for other programs with the same token"));
	if (!stopped && r->said_too_many)
		result_add(r, DISCORD_SENDING_AGAIN);
	r->said_too_many = stopped;
}

/* --- putting in --- */

bool discord_nonce(struct str message, struct str kind, unsigned piece,
		   char out[DISCORD_NONCE_MAX + 1])
{
	char text[64];
	int n;

	if (!snowflake(message) || !kind.n || !isalpha((unsigned char)kind.p[0]))
		return false;
	n = snprintf(text, sizeof text, STR_FMT "%c%u", STR_ARG(message), kind.p[0], piece);
	if (n > DISCORD_NONCE_MAX)
		return false;
	memcpy(out, text, (size_t)n + 1);
	return true;
}

static struct str copy_text(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static struct request *request_new(struct discord_rest *r, enum request_kind kind,
				   struct str channel, struct str message, struct str text)
{
	struct request *request = calloc(1, sizeof *request + channel.n + message.n + text.n);
	char *at;

	if (!request)
		out_of_memory();
	at = request->texts;
	request->kind = kind;
	request->channel = copy_text(&at, channel);
	request->message = copy_text(&at, message);
	request->text = copy_text(&at, text);
	request->not_before_ms = INT64_MIN;
	backoff_init(&request->backoff, random_below(&r->random, UINT64_MAX));
	return request;
}

static struct lane *lane_for(struct discord_rest *r, const struct request *request)
{
	struct lane **end = &r->lanes;
	struct lane *lane;

	for (; *end; end = &(*end)->next)
		if ((*end)->kind == request->kind && str_eq((*end)->channel, request->channel))
			return *end;
	lane = calloc(1, sizeof *lane);
	if (!lane)
		out_of_memory();
	lane->kind = request->kind;
	*end = lane;
	return lane;
}

static void put(struct discord_rest *r, struct request *request)
{
	struct lane *lane;

	/* The token is not accepted: what is owed stays owed for the next start. */
	if (r->unauthorized) {
		free(request);
		return;
	}
	lane = lane_for(r, request);
	if (lane->last)
		lane->last->next = request;
	else
		lane->first = request;
	lane->last = request;
	lane->channel = lane->first->channel;
}

void discord_rest_send(struct discord_rest *r, const struct delivery *delivery)
{
	struct request *request;
	char nonce[DISCORD_NONCE_MAX + 1];

	if (!snowflake(delivery->room) ||
	    !discord_nonce(delivery->message, delivery->kind, delivery->piece, nonce)) {
		refuse(r, delivery->id, STR("the channel or the message is none of Discord's"));
		return;
	}
	request = request_new(r, REQUEST_SEND, delivery->room, delivery->message, delivery->text);
	request->delivery = delivery->id;
	memcpy(request->nonce, nonce, sizeof nonce);
	put(r, request);
}

void discord_rest_fetch(struct discord_rest *r, struct str channel, struct str message)
{
	if (!snowflake(channel) || !snowflake(message)) {
		buf_add(&result_add(r, DISCORD_FETCHED)->message, message);
		return;
	}
	put(r, request_new(r, REQUEST_FETCH, channel, message, STR("")));
}

void discord_rest_ask_gateway(struct discord_rest *r)
{
	put(r, request_new(r, REQUEST_GATEWAY, STR(""), STR(""), STR("")));
}

void discord_rest_ask_application(struct discord_rest *r)
{
	put(r, request_new(r, REQUEST_APPLICATION, STR(""), STR(""), STR("")));
}

/* --- calls out --- */

static struct ratelimit_key limit_key(const struct request *request)
{
	static const char *const routes[] = {
		[REQUEST_SEND] = "POST messages",
		[REQUEST_FETCH] = "GET message",
		[REQUEST_GATEWAY] = "GET gateway",
		[REQUEST_APPLICATION] = "GET application",
	};

	return (struct ratelimit_key){str_of(routes[request->kind]), request->channel};
}

static void write_message(struct discord_rest *r, const struct request *request)
{
	struct json_writer w;

	json_begin(&w, &r->body);
	json_open_object(&w, NULL);
	json_put_text(&w, "content", request->text);
	/* Without this Discord would read @everyone out of an article. */
	json_open_object(&w, "allowed_mentions");
	json_open_array(&w, "parse");
	json_close(&w);
	json_put_bool(&w, "replied_user", true);
	json_close(&w);
	if (!request->without_reference) {
		json_open_object(&w, "message_reference");
		json_put_text(&w, "message_id", request->message);
		json_put_text(&w, "channel_id", request->channel);
		json_put_bool(&w, "fail_if_not_exists", false);
		json_close(&w);
	}
	json_put_text(&w, "nonce", str_of(request->nonce));
	json_put_bool(&w, "enforce_nonce", true);
	json_put_int(&w, "flags", FLAG_SUPPRESS_EMBEDS);
	json_close(&w);
}

static void write_call(struct discord_rest *r, const struct request *request,
		       struct discord_call *call)
{
	bool posts = request->kind == REQUEST_SEND;

	buf_clear(&r->url);
	buf_clear(&r->body);
	buf_addf(&r->url, STR_FMT "/v10", STR_ARG(buf_str(&r->api_url)));
	switch (request->kind) {
	case REQUEST_SEND:
		buf_addf(&r->url, "/channels/" STR_FMT "/messages", STR_ARG(request->channel));
		write_message(r, request);
		break;
	case REQUEST_FETCH:
		buf_addf(&r->url, "/channels/" STR_FMT "/messages/" STR_FMT,
			 STR_ARG(request->channel), STR_ARG(request->message));
		break;
	case REQUEST_GATEWAY:
		buf_add(&r->url, STR("/gateway/bot"));
		break;
	case REQUEST_APPLICATION:
		buf_add(&r->url, STR("/applications/@me"));
		break;
	}
	*call = (struct discord_call){
		.id = request->call,
		.method = posts ? STR("POST") : STR("GET"),
		.url = buf_str(&r->url),
		.content_type = posts ? STR("application/json") : STR(""),
		.body = buf_str(&r->body),
	};
}

static int64_t request_open_ms(struct discord_rest *r, const struct request *request,
			       int64_t now_ms)
{
	int64_t open = ratelimit_open_ms(r->limits, limit_key(request), now_ms);

	return open > request->not_before_ms ? open : request->not_before_ms;
}

/* Served lanes go behind the others, so that one busy channel does not hold up the rest. */
static void lane_to_end(struct discord_rest *r, struct lane **at)
{
	struct lane *lane = *at, **end = &r->lanes;

	*at = lane->next;
	lane->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = lane;
}

bool discord_rest_next(struct discord_rest *r, struct discord_call *call, int64_t now_ms)
{
	if (r->under_way >= DISCORD_REST_CALLS_MAX)
		return false;
	for (struct lane **at = &r->lanes; *at; at = &(*at)->next) {
		struct request *request = (*at)->first;

		if (request->call || request_open_ms(r, request, now_ms) > now_ms)
			continue;
		request->call = ++r->last_call;
		r->under_way++;
		say_too_many(r, now_ms);
		ratelimit_sent(r->limits, limit_key(request), now_ms);
		write_call(r, request, call);
		lane_to_end(r, at);
		return true;
	}
	return false;
}

int64_t discord_rest_wake_ms(struct discord_rest *r, int64_t now_ms)
{
	int64_t wake = INT64_MAX;

	if (r->under_way >= DISCORD_REST_CALLS_MAX)
		return wake;
	for (const struct lane *lane = r->lanes; lane; lane = lane->next) {
		int64_t open;

		if (lane->first->call)
			continue;
		open = request_open_ms(r, lane->first, now_ms);
		wake = open < wake ? open : wake;
	}
	return wake;
}

size_t discord_rest_under_way(const struct discord_rest *r)
{
	return r->under_way;
}

/* --- responses in --- */

static void read_gateway(struct result_node *node, struct str text)
{
	struct json *body = json_parse(text, DISCORD_REST_BODY_MAX, NULL);
	const struct json *limit = json_object(body, "session_start_limit");
	struct discord_gateway *g = &node->result.gateway;

	buf_done(&node->message);
	buf_init(&node->message, 1024);
	buf_add(&node->message, json_text(body, "url"));
	json_int(limit, "total", 0, INT32_MAX, &g->total);
	json_int(limit, "remaining", 0, INT32_MAX, &g->remaining);
	json_int(limit, "reset_after", 0, JSON_INT_MAX, &g->reset_after_ms);
	if (node->message.n == 0)
		buf_add(&node->why, STR("its answer names no address"));
	json_free(body);
}

static void read_application(struct result_node *node, struct str text)
{
	struct json *body = json_parse(text, DISCORD_REST_BODY_MAX, NULL);

	if (!json_int(body, "flags", 0, JSON_INT_MAX, &node->result.flags))
		buf_add(&node->why, STR("its answer has no flags"));
	json_free(body);
}

static void finish_question(struct discord_rest *r, const struct request *request,
			    const struct discord_response *response, enum verdict verdict)
{
	bool gateway = request->kind == REQUEST_GATEWAY;
	struct result_node *node = result_add(r, gateway ? DISCORD_GATEWAY : DISCORD_APPLICATION);

	if (verdict != VERDICT_DONE) {
		if (response->status)
			buf_addf(&node->why, "HTTP %d", response->status);
		else
			buf_add(&node->why, str_sub(response->why, 0, WHY_MAX));
	} else if (gateway) {
		read_gateway(node, response->body);
	} else {
		read_application(node, response->body);
	}
}

static void finish(struct discord_rest *r, const struct request *request,
		   const struct discord_response *response, enum verdict verdict, struct str why)
{
	struct result_node *node;

	switch (request->kind) {
	case REQUEST_SEND:
		node = result_add(r, DISCORD_DELIVERED);
		node->result.delivery = request->delivery;
		node->result.outcome = verdict == VERDICT_DONE ? DELIVERY_SENT : DELIVERY_REFUSED;
		buf_add(&node->why, why);
		break;
	case REQUEST_FETCH:
		node = result_add(r, DISCORD_FETCHED);
		buf_add(&node->message, request->message);
		if (verdict == VERDICT_DONE)
			buf_add(&node->body, response->body);
		break;
	case REQUEST_GATEWAY:
	case REQUEST_APPLICATION:
		finish_question(r, request, response, verdict);
		break;
	}
}

static void lane_pop(struct lane **at)
{
	struct lane *lane = *at;
	struct request *request = lane->first;

	lane->first = request->next;
	if (lane->first) {
		lane->channel = lane->first->channel;
	} else {
		*at = lane->next;
		free(lane);
	}
	free(request);
}

static void stop_all(struct discord_rest *r)
{
	if (r->unauthorized)
		return;
	r->unauthorized = true;
	r->under_way = 0;
	lanes_drop(r);
	buf_add(&result_add(r, DISCORD_UNAUTHORIZED)->why,
		STR("Discord does not accept the bot's token: put the token from the Bot page in "
		    "Discord's Developer Portal into discord.token_file"));
}

/* True when the request stays and is tried again. */
static bool stays(struct request *request, enum verdict verdict)
{
	bool asks = request->kind == REQUEST_GATEWAY || request->kind == REQUEST_APPLICATION;

	if (verdict == VERDICT_WAIT)
		return true;
	/* The gateway machine asks again by itself, and knows what to do without an answer. */
	if (verdict == VERDICT_RETRY)
		return !asks;
	if (verdict != VERDICT_NO_REFERENCE || request->kind != REQUEST_SEND ||
	    request->without_reference)
		return false;
	request->without_reference = true;
	return true;
}

void discord_rest_answer(struct discord_rest *r, uint64_t id,
			 const struct discord_response *response, int64_t now_ms)
{
	struct lane **at = &r->lanes;
	struct request *request;
	enum verdict verdict;
	struct buf why;

	while (*at && (*at)->first->call != id)
		at = &(*at)->next;
	if (!*at || id == 0)
		return;
	request = (*at)->first;
	request->call = 0;
	r->under_way--;
	ratelimit_answered(
		r->limits, limit_key(request),
		&(struct ratelimit_response){response->status, response->headers, response->body},
		now_ms);
	buf_init(&why, WHY_MAX);
	verdict = refusal_judge(response, &why);
	if (verdict == VERDICT_UNAUTHORIZED) {
		stop_all(r);
	} else if (stays(request, verdict)) {
		/* After a 429 the limits know when. */
		request->not_before_ms = now_ms;
		if (verdict != VERDICT_WAIT)
			request->not_before_ms += backoff_next_ms(&request->backoff);
	} else {
		if (verdict == VERDICT_NO_REFERENCE)
			buf_add(&why, STR("Discord does not accept the reply, not even without "
					  "naming the question"));
		finish(r, request, response, verdict, buf_str(&why));
		lane_pop(at);
	}
	say_too_many(r, now_ms);
	buf_done(&why);
}
