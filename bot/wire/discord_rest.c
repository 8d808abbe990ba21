#include "wire/discord_rest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/discord_refusals.h"
#include "wire/discord_requests.h"
#include "wire/discord_rooms.h"
#include "wire/lanes.h"

#define MESSAGE_BODY_MAX ((size_t)64 * 1024)
#define WHY_MAX 512
#define CLOCKS_APART_MS 60000 /* ours and Discord's, at most */
#define HISTORY_EVERY_MS 100  /* ten of the fifty requests that a second has */

/* A result with its texts. */
struct result_node {
	struct result_node *next;
	struct discord_result result;
	struct buf why, message, body, url;
};

struct discord_rest {
	struct buf api_url, url, body; /* the last two of the call given out last */
	uint64_t random, last_call;
	struct ratelimit *limits;
	struct lanes lanes;
	struct result_node *results, *results_last, *taken;
	size_t under_way;
	int64_t started_ms;
	int64_t history_ms; /* from when on one more page may be asked for */
	bool unauthorized, said_too_many;
};

struct discord_rest *discord_rest_new(struct str api_url, uint64_t seed, int64_t started_ms)
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
	r->started_ms = started_ms;
	r->limits = ratelimit_new();
	r->lanes.drop = request_drop;
	return r;
}

static void result_free(struct result_node *node)
{
	if (!node)
		return;
	buf_done(&node->why);
	buf_done(&node->message);
	buf_done(&node->body);
	buf_done(&node->url);
	free(node);
}

void discord_rest_free(struct discord_rest *r)
{
	struct discord_result result;

	if (!r)
		return;
	lanes_drop(&r->lanes);
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
	buf_init(&node->message, 64); /* an id, or that of an edit */
	buf_init(&node->body, DISCORD_REST_BODY_MAX);
	buf_init(&node->url, 1024);
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
	node->result.gateway.url = node->result.link = buf_str(&node->url);
	*result = node->result;
	return true;
}

static void refuse(struct discord_rest *r, uint64_t delivery, struct str why)
{
	struct result_node *node;

	if (r->unauthorized)
		return;
	node = result_add(r, DISCORD_DELIVERED);
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

static void put(struct discord_rest *r, struct request *request)
{
	/* The token is not accepted: what is owed stays owed for the next start. */
	if (r->unauthorized)
		free(request);
	else
		lanes_put(&r->lanes, &request->waits);
}

/* True when the process before this one may have sent it, and the nonce is too old to tell. After a power
 * cut even a reply that the store knows nothing of may have gone out. */
static bool was_sent_maybe(const struct discord_rest *r, struct str message, int64_t wall_ms)
{
	int64_t asked_ms = snowflake_ms(snowflake(message));

	return wall_ms - asked_ms > NONCE_TRUST_MS && asked_ms < r->started_ms + CLOCKS_APART_MS;
}

/* What was sent before is removed, or becomes another text. */
static void sent_put(struct discord_rest *r, const struct delivery *delivery)
{
	bool removes = delivery->removes.n > 0;
	struct str sent = removes ? delivery->removes : delivery->changes;
	struct request *request;

	if (!snowflake(delivery->room) || !snowflake(sent)) {
		refuse(r, delivery->id, STR("what was sent before is none of Discord's"));
		return;
	}
	request = request_new(removes ? REQUEST_REMOVE : REQUEST_CHANGE, delivery->room, sent,
			      delivery->text, random_below(&r->random, UINT64_MAX));
	request->delivery = delivery->id;
	request->waits.urgent = delivery->urgent;
	put(r, request);
}

void discord_rest_send(struct discord_rest *r, const struct delivery *delivery, int64_t wall_ms)
{
	struct request *request;
	char nonce[DISCORD_NONCE_MAX + 1];

	if (delivery->removes.n || delivery->changes.n) {
		sent_put(r, delivery);
		return;
	}
	if (!snowflake(delivery->room) ||
	    !discord_nonce(delivery->message, delivery->kind, delivery->piece, nonce)) {
		refuse(r, delivery->id, STR("the channel or the message is none of Discord's"));
		return;
	}
	request = request_new(REQUEST_SEND, delivery->room, delivery->message, delivery->text,
			      random_below(&r->random, UINT64_MAX));
	request->delivery = delivery->id;
	memcpy(request->nonce, nonce, sizeof nonce);
	request->elsewhere = request->without_reference = delivery->elsewhere;
	request->known_n = delivery->known_by.n;
	request->waits.urgent = delivery->urgent;
	request->waits.person = delivery->person.n ? str_hash(delivery->person, 0) : 0;
	request->must_look = was_sent_maybe(r, delivery->message, wall_ms);
	put(r, request);
}

/* Not under way, and not left in doubt by an earlier try or an earlier run. */
static bool is_unsent_reply(const struct waiter *waiter, struct str message)
{
	const struct request *request = (const struct request *)waiter;

	return request->kind == REQUEST_SEND && !request->waits.call && !request->doubt_ms &&
	       !request->must_look && !request->elsewhere && str_eq(request->message, message);
}

static void withdrawn(void *arg, const struct waiter *waiter)
{
	refuse(arg, ((const struct request *)waiter)->delivery, STR("its question was deleted"));
}

void discord_rest_withdraw(struct discord_rest *r, struct str message)
{
	lanes_withdraw(&r->lanes, is_unsent_reply, message, withdrawn, r);
}

void discord_rest_fetch(struct discord_rest *r, struct str channel, struct str message,
			struct str link)
{
	if (r->unauthorized)
		return;
	if (!snowflake(channel) || !snowflake(discord_edited(message))) {
		buf_add(&result_add(r, DISCORD_FETCHED)->message, message);
		return;
	}
	put(r, request_new(REQUEST_FETCH, channel, message, link,
			   random_below(&r->random, UINT64_MAX)));
}

void discord_rest_history(struct discord_rest *r, struct str channel, uint64_t after,
			  unsigned limit)
{
	struct request *request = request_new(REQUEST_HISTORY, channel, STR(""), STR(""),
					      random_below(&r->random, UINT64_MAX));

	request->after = after;
	request->limit = limit;
	put(r, request);
}

void discord_rest_ask_gateway(struct discord_rest *r)
{
	put(r, request_new(REQUEST_GATEWAY, STR(""), STR(""), STR(""),
			   random_below(&r->random, UINT64_MAX)));
}

void discord_rest_ask_application(struct discord_rest *r)
{
	put(r, request_new(REQUEST_APPLICATION, STR(""), STR(""), STR(""),
			   random_below(&r->random, UINT64_MAX)));
}

/* --- calls out --- */

static int64_t request_open_ms(struct discord_rest *r, struct request *request, int64_t now_ms)
{
	int64_t open;

	if (request->doubt_ms && now_ms - request->doubt_ms >= NONCE_TRUST_MS)
		request->must_look = true;
	open = ratelimit_open_ms(r->limits, request_limit_key(request), now_ms);
	if (request->kind == REQUEST_HISTORY && r->history_ms > open)
		open = r->history_ms;
	return open > request->not_before_ms ? open : request->not_before_ms;
}

/* What is to be sent first, second and last. */
enum turn { TURN_URGENT, TURN_ORDINARY, TURN_HISTORY, TURNS };

static enum turn turn_of(const struct request *request)
{
	if (request->kind == REQUEST_HISTORY)
		return TURN_HISTORY;
	return request->waits.urgent ? TURN_URGENT : TURN_ORDINARY;
}

/* The first lane that may send now. */
static struct lane **lane_open(struct discord_rest *r, enum turn turn, int64_t now_ms)
{
	for (struct lane **at = &r->lanes.first; *at; at = &(*at)->next) {
		struct request *request = request_of((*at)->first);

		if (turn_of(request) == turn && !request->waits.call &&
		    request_open_ms(r, request, now_ms) <= now_ms)
			return at;
	}
	return NULL;
}

/* Some calls are kept for what is urgent: others may take ten seconds when Discord is slow. */
static bool has_room(const struct discord_rest *r, enum turn turn)
{
	size_t most = DISCORD_REST_CALLS_MAX - (turn == TURN_URGENT ? 0 : DISCORD_REST_CALLS_KEPT);

	return r->under_way < most;
}

bool discord_rest_next(struct discord_rest *r, struct machine_call *call, int64_t now_ms)
{
	struct lane **at = NULL;
	struct request *request;

	for (int turn = 0; turn < TURNS && !at; turn++)
		if (has_room(r, (enum turn)turn))
			at = lane_open(r, (enum turn)turn, now_ms);
	if (!at)
		return false;
	request = request_of((*at)->first);
	request->waits.call = ++r->last_call;
	r->under_way++;
	if (request->kind == REQUEST_HISTORY)
		r->history_ms = now_ms + HISTORY_EVERY_MS;
	say_too_many(r, now_ms);
	ratelimit_sent(r->limits, request_limit_key(request), now_ms);
	request_write(request, buf_str(&r->api_url), &r->url, &r->body, call);
	lanes_served(&r->lanes, at);
	return true;
}

int64_t discord_rest_wake_ms(struct discord_rest *r, int64_t now_ms)
{
	int64_t wake = INT64_MAX;

	for (const struct lane *lane = r->lanes.first; lane; lane = lane->next) {
		struct request *request = request_of(lane->first);
		int64_t open;

		if (request->waits.call || !has_room(r, turn_of(request)))
			continue;
		open = request_open_ms(r, request, now_ms);
		wake = open < wake ? open : wake;
	}
	return wake;
}

size_t discord_rest_under_way(const struct discord_rest *r)
{
	return r->under_way;
}

/* --- responses in --- */

static void finish_question(struct discord_rest *r, const struct request *request,
			    const struct machine_response *response, enum verdict verdict)
{
	bool gateway = request->kind == REQUEST_GATEWAY;
	struct result_node *node = result_add(r, gateway ? DISCORD_GATEWAY : DISCORD_APPLICATION);

	if (verdict != VERDICT_DONE) {
		if (response->status)
			buf_addf(&node->why, "HTTP %d", response->status);
		else
			buf_add(&node->why, str_sub(response->why, 0, WHY_MAX));
	} else if (gateway) {
		gateway_read(response->body, &node->url, &node->result.gateway);
		if (node->url.n == 0)
			buf_add(&node->why, STR("its answer names no address"));
	} else {
		node->result.flags = application_flags(response->body);
		if (node->result.flags < 0)
			buf_add(&node->why, STR("its answer has no flags"));
	}
}

static void finish(struct discord_rest *r, const struct request *request,
		   const struct machine_response *response, enum verdict verdict, struct str why)
{
	struct result_node *node;
	uint64_t made;

	switch (request->kind) {
	case REQUEST_SEND:
		node = result_add(r, DISCORD_DELIVERED);
		node->result.delivery = request->delivery;
		node->result.outcome = verdict == VERDICT_DONE ? DELIVERY_SENT : DELIVERY_REFUSED;
		buf_add(&node->why, why);
		made = request->found ? request->found : created_id(response->body);
		if (verdict == VERDICT_DONE && made)
			buf_addf(&node->message, "%" PRIu64, made);
		break;
	case REQUEST_REMOVE:
	case REQUEST_CHANGE:
		node = result_add(r, DISCORD_DELIVERED);
		node->result.delivery = request->delivery;
		node->result.outcome = verdict == VERDICT_DONE ? DELIVERY_SENT : DELIVERY_REFUSED;
		buf_add(&node->why, why);
		break;
	case REQUEST_FETCH:
		node = result_add(r, DISCORD_FETCHED);
		buf_add(&node->message, request->message);
		buf_add(&node->url, request->text);
		if (verdict == VERDICT_DONE)
			buf_add(&node->body, response->body);
		break;
	case REQUEST_HISTORY:
		node = result_add(r, DISCORD_HISTORY);
		buf_add(&node->message, request->waits.room);
		buf_add(verdict == VERDICT_DONE ? &node->body : &node->why,
			verdict == VERDICT_DONE ? response->body : why);
		break;
	case REQUEST_GATEWAY:
	case REQUEST_APPLICATION:
		finish_question(r, request, response, verdict);
		break;
	}
}

static void stop_all(struct discord_rest *r)
{
	if (r->unauthorized)
		return;
	r->unauthorized = true;
	r->under_way = 0;
	lanes_drop(&r->lanes);
	buf_add(&result_add(r, DISCORD_UNAUTHORIZED)->why,
		STR("Discord does not accept the bot's token: put the token from the Bot page in "
		    "Discord's Developer Portal into discord.token_file"));
}

/* True when the look for an earlier copy found none so far: the next page of the history is asked
 * for, or the look is over and the message goes out now. Where the bot may not read the history, or
 * it is too long, nobody can tell, and a patient without an answer is worse than two answers. */
static bool look_goes_on(struct request *request, const struct machine_response *response,
			 enum verdict verdict)
{
	enum look look = LOOK_NONE;

	if (!request->must_look || verdict == VERDICT_WAIT || verdict == VERDICT_RETRY)
		return false;
	if (verdict == VERDICT_DONE)
		look = request_look(request, response->body);
	if (look == LOOK_NONE)
		request_look_end(request);
	return look != LOOK_FOUND;
}

/* True when the request stays and is tried again. */
static bool stays(struct request *request, enum verdict verdict, int64_t now_ms)
{
	bool asks = request->kind == REQUEST_GATEWAY || request->kind == REQUEST_APPLICATION;

	if (verdict == VERDICT_WAIT)
		return true;
	/* The gateway machine asks again by itself, and knows what to do without an answer. */
	if (verdict == VERDICT_RETRY) {
		if (!request->must_look && !request->doubt_ms)
			request->doubt_ms = now_ms;
		return !asks;
	}
	if (verdict != VERDICT_NO_REFERENCE || request->kind != REQUEST_SEND ||
	    request->without_reference)
		return false;
	request->without_reference = true;
	return true;
}

void discord_rest_answer(struct discord_rest *r, uint64_t id,
			 const struct machine_response *response, int64_t now_ms)
{
	struct lane **at = lanes_of_call(&r->lanes, id);
	struct request *request;
	enum verdict verdict;
	struct buf why;

	if (!*at || id == 0)
		return;
	request = request_of((*at)->first);
	request->waits.call = 0;
	r->under_way--;
	ratelimit_answered(
		r->limits, request_limit_key(request),
		&(struct ratelimit_response){response->status, response->headers, response->body},
		now_ms);
	buf_init(&why, WHY_MAX);
	verdict = refusal_judge(response, &why);
	if (verdict == VERDICT_UNAUTHORIZED) {
		stop_all(r);
	} else if (look_goes_on(request, response, verdict)) {
		request->not_before_ms = now_ms;
	} else if (stays(request, verdict, now_ms)) {
		/* After a 429 the limits know when. */
		request->not_before_ms = now_ms;
		if (verdict != VERDICT_WAIT)
			request->not_before_ms += backoff_next_ms(&request->backoff);
	} else {
		if (verdict == VERDICT_NO_REFERENCE)
			buf_add(&why, STR("Discord does not accept the reply, not even without "
					  "naming the question"));
		finish(r, request, response, verdict, buf_str(&why));
		lanes_pop(&r->lanes, at);
	}
	say_too_many(r, now_ms);
	buf_done(&why);
}
