#include "wire/discord_rest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/discord_copies.h"
#include "wire/discord_refusals.h"
#include "wire/discord_requests.h"
#include "wire/discord_rooms.h"
#include "wire/lanes.h"
#include "wire/steps.h"

#define MESSAGE_BODY_MAX ((size_t)64 * 1024)
#define WHY_MAX 512
#define GATEWAY_URL_MAX 1024
#define ID_MAX 20 /* digits of 64 bits */
#define QUESTION_DELETED "its question was deleted"
#define CLOCKS_APART_MS 60000 /* ours and Discord's, at most */
#define HISTORY_EVERY_MS 100  /* ten of the fifty requests that a second has */

static const size_t result_texts[] = {
	offsetof(struct discord_result, why), offsetof(struct discord_result, message),
	offsetof(struct discord_result, link), offsetof(struct discord_result, body),
	offsetof(struct discord_result, gateway.url)};
static const struct steps_shape result_shape = {sizeof(struct discord_result), result_texts,
						sizeof result_texts / sizeof *result_texts};

struct discord_rest {
	struct buf api_url, url, body; /* the last two of the call given out last */
	uint64_t random, last_call;
	struct ratelimit *limits;
	struct lanes lanes;
	struct copies copies;
	struct steps results;
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
	r->results.shape = &result_shape;
	return r;
}

void discord_rest_free(struct discord_rest *r)
{
	if (!r)
		return;
	lanes_drop(&r->lanes);
	steps_done(&r->results);
	ratelimit_free(r->limits);
	buf_done(&r->api_url);
	buf_done(&r->url);
	buf_done(&r->body);
	free(r);
}

void discord_rest_me(struct discord_rest *r, uint64_t user)
{
	r->copies.me = user;
}

/* --- results --- */

static struct discord_result result_of(enum discord_result_kind kind)
{
	return (struct discord_result){
		.kind = kind,
		.flags = -1,
		.gateway = {.total = -1, .remaining = -1, .reset_after_ms = -1}};
}

/* What is said in a sentence. */
static void say(struct discord_rest *r, enum discord_result_kind kind, struct str why)
{
	struct discord_result result = result_of(kind);

	result.why = why;
	steps_add(&r->results, &result);
}

bool discord_rest_result(struct discord_rest *r, struct discord_result *result)
{
	return steps_take(&r->results, result);
}

static void refuse(struct discord_rest *r, uint64_t delivery, struct str why)
{
	struct discord_result result = result_of(DISCORD_DELIVERED);

	if (r->unauthorized)
		return;
	result.delivery = delivery;
	result.outcome = DELIVERY_REFUSED;
	result.why = why;
	steps_add(&r->results, &result);
}

/* Once when sending pauses, once when it goes on. */
static void say_too_many(struct discord_rest *r, int64_t now_ms)
{
	bool stopped = ratelimit_is_stopped(r->limits, now_ms);

	if (stopped && !r->said_too_many)
		say(r, DISCORD_TOO_MANY_WRONG,
		    STR("Discord refused 50 requests within ten minutes: sending pauses, so "
			"that it does not ban this address; look at the bot's permissions and "
			"for other programs with the same token"));
	if (!stopped && r->said_too_many)
		say(r, DISCORD_SENDING_AGAIN, STR(""));
	r->said_too_many = stopped;
}

/* --- putting in --- */

static void put(struct discord_rest *r, struct request *request)
{
	/* The token is not accepted: what is owed stays owed for the next start. */
	if (r->unauthorized)
		request_drop(&request->waits);
	else
		lanes_put(&r->lanes, &request->waits);
}

/* The process before this one may have sent it, as soon as it was asked. After a power cut even a reply that
 * the store knows nothing of may have gone out. */
static void earlier_run_suspect(const struct discord_rest *r, struct request *request,
				struct machine_time at)
{
	int64_t asked_ms = snowflake_ms(snowflake(request->message));
	int64_t started_wall_ms = at.wall_ms - (at.mono_ms - r->started_ms);
	struct machine_time asked = at;

	request->earlier_run = !at.wall_is_servers || asked_ms < started_wall_ms + CLOCKS_APART_MS;
	if (!at.wall_is_servers) {
		request->must_look = true;
	} else if (request->earlier_run) {
		asked.mono_ms -= at.wall_ms - asked_ms;
		asked.wall_ms = asked_ms;
		request_doubt(request, asked);
	}
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

void discord_rest_send(struct discord_rest *r, const struct delivery *delivery,
		       struct machine_time at)
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
	request->piece = delivery->piece;
	request->waits.urgent = delivery->urgent;
	request->waits.person = delivery->person.n ? str_hash(delivery->person, 0) : 0;
	earlier_run_suspect(r, request, at);
	put(r, request);
}

static bool is_reply(const struct request *request, struct str message)
{
	return request->kind == REQUEST_SEND && !request->elsewhere &&
	       str_eq(request->message, message);
}

/* Not under way, and not left in doubt by an earlier try or an earlier run. */
static bool is_unsent_reply(const struct waiter *waiter, struct str message)
{
	const struct request *request = (const struct request *)waiter;

	return is_reply(request, message) && !request->waits.call && !request->doubted &&
	       !request->must_look;
}

static void withdrawn(void *arg, const struct waiter *waiter)
{
	refuse(arg, ((const struct request *)waiter)->delivery, STR(QUESTION_DELETED));
}

void discord_rest_withdraw(struct discord_rest *r, struct str message)
{
	lanes_withdraw(&r->lanes, is_unsent_reply, message, withdrawn, r);
	for (const struct lane *lane = r->lanes.first; lane; lane = lane->next)
		for (struct waiter *waiter = lane->first; waiter; waiter = waiter->next)
			if (is_reply(request_of(waiter), message))
				request_withdraw(request_of(waiter));
}

/* An empty body: it is gone. */
static void fetched(struct discord_rest *r, struct str message, struct str link, struct str body)
{
	struct discord_result result = result_of(DISCORD_FETCHED);

	result.message = message;
	result.link = link;
	result.body = body;
	steps_add(&r->results, &result);
}

void discord_rest_fetch(struct discord_rest *r, struct str channel, struct str message,
			struct str link)
{
	if (r->unauthorized)
		return;
	if (!snowflake(channel) || !snowflake(discord_edited(message))) {
		fetched(r, message, STR(""), STR(""));
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

static int64_t request_open_ms(struct discord_rest *r, struct request *request,
			       struct machine_time at)
{
	int64_t open;

	request_age(request, at);
	open = ratelimit_open_ms(r->limits, request_limit_key(request), at.mono_ms);
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
static struct lane **lane_open(struct discord_rest *r, enum turn turn, struct machine_time at)
{
	for (struct lane **lane = &r->lanes.first; *lane; lane = &(*lane)->next) {
		struct request *request = request_of((*lane)->first);

		if (turn_of(request) == turn && !request->waits.call &&
		    request_open_ms(r, request, at) <= at.mono_ms)
			return lane;
	}
	return NULL;
}

/* Some calls are kept for what is urgent: others may take ten seconds when Discord is slow. */
static bool has_room(const struct discord_rest *r, enum turn turn)
{
	size_t most = DISCORD_REST_CALLS_MAX - (turn == TURN_URGENT ? 0 : DISCORD_REST_CALLS_KEPT);

	return r->under_way < most;
}

bool discord_rest_next(struct discord_rest *r, struct machine_call *call, struct machine_time at)
{
	struct lane **lane = NULL;
	struct request *request;

	for (int turn = 0; turn < TURNS && !lane; turn++)
		if (has_room(r, (enum turn)turn))
			lane = lane_open(r, (enum turn)turn, at);
	if (!lane)
		return false;
	request = request_of((*lane)->first);
	request->waits.call = ++r->last_call;
	request->called = at;
	r->under_way++;
	if (request->kind == REQUEST_HISTORY)
		r->history_ms = at.mono_ms + HISTORY_EVERY_MS;
	say_too_many(r, at.mono_ms);
	ratelimit_sent(r->limits, request_limit_key(request), at.mono_ms);
	request_write(request, buf_str(&r->api_url), &r->url, &r->body, call);
	lanes_served(&r->lanes, lane);
	return true;
}

int64_t discord_rest_wake_ms(struct discord_rest *r, struct machine_time at)
{
	int64_t wake = INT64_MAX;

	for (const struct lane *lane = r->lanes.first; lane; lane = lane->next) {
		struct request *request = request_of(lane->first);
		int64_t open;

		if (request->waits.call || !has_room(r, turn_of(request)))
			continue;
		open = request_open_ms(r, request, at);
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
	struct discord_result result = result_of(gateway ? DISCORD_GATEWAY : DISCORD_APPLICATION);
	struct buf url, why;

	buf_init(&url, GATEWAY_URL_MAX);
	buf_init(&why, WHY_MAX);
	if (verdict != VERDICT_DONE) {
		if (response->status)
			buf_addf(&why, "HTTP %d", response->status);
		else
			buf_add(&why, str_sub(response->why, 0, WHY_MAX));
	} else if (gateway) {
		gateway_read(response->body, &url, &result.gateway);
		if (url.n == 0)
			buf_add(&why, STR("its answer names no address"));
	} else {
		result.flags = application_flags(response->body);
		if (result.flags < 0)
			buf_add(&why, STR("its answer has no flags"));
	}
	result.gateway.url = buf_str(&url);
	result.why = buf_str(&why);
	steps_add(&r->results, &result);
	buf_done(&url);
	buf_done(&why);
}

static void finish_delivery(struct discord_rest *r, const struct request *request,
			    const struct machine_response *response, bool good, struct str why)
{
	struct discord_result result = result_of(DISCORD_DELIVERED);
	uint64_t made = 0;
	struct buf id;

	buf_init(&id, ID_MAX);
	if (good && request->kind == REQUEST_SEND)
		made = request->found ? request->found : created_id(response->body);
	copies_made(&r->copies, made);
	if (made)
		buf_addf(&id, "%" PRIu64, made);
	result.delivery = request->delivery;
	result.outcome = good ? DELIVERY_SENT : DELIVERY_REFUSED;
	result.why = why;
	result.message = buf_str(&id);
	steps_add(&r->results, &result);
	buf_done(&id);
}

/* Told as often as it is met with. */
static void channel_judge(struct discord_rest *r, const struct request *request,
			  const struct machine_response *response)
{
	struct discord_result result = result_of(DISCORD_TROUBLE);

	if (!refusal_is_of_channel(response, &result.trouble))
		return;
	result.message = request->waits.room;
	steps_add(&r->results, &result);
}

static void finish_history(struct discord_rest *r, const struct request *request,
			   const struct machine_response *response, bool good, struct str why)
{
	struct discord_result result = result_of(DISCORD_HISTORY);

	result.message = request->waits.room;
	if (good)
		result.body = response->body;
	else
		result.why = why;
	steps_add(&r->results, &result);
}

static void finish(struct discord_rest *r, const struct request *request,
		   const struct machine_response *response, enum verdict verdict, struct str why)
{
	bool good = verdict == VERDICT_DONE;

	switch (request->kind) {
	case REQUEST_SEND:
	case REQUEST_REMOVE:
	case REQUEST_CHANGE:
		finish_delivery(r, request, response, good, why);
		if (!good && request->kind == REQUEST_SEND)
			channel_judge(r, request, response);
		break;
	case REQUEST_FETCH:
		fetched(r, request->message, request->text, good ? response->body : STR(""));
		break;
	case REQUEST_HISTORY:
		finish_history(r, request, response, good, why);
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
	say(r, DISCORD_UNAUTHORIZED,
	    STR("Discord does not accept the bot's token: put the token from the Bot page in "
		"Discord's Developer Portal into discord.token_file"));
}

/* True when the look for an earlier copy found none so far: the next page of the history is asked
 * for, or the look is over and the message goes out now; never when its question is gone. Where the bot may not read the history, or
 * it is too long, nobody can tell, and a patient without an answer is worse than two answers. */
static bool look_goes_on(const struct discord_rest *r, struct request *request,
			 const struct machine_response *response, enum verdict *verdict,
			 struct buf *why)
{
	enum look look = LOOK_NONE;

	if (!request->must_look || *verdict == VERDICT_WAIT || *verdict == VERDICT_RETRY)
		return false;
	if (*verdict == VERDICT_DONE)
		look = copies_look(&r->copies, request, response->body);
	if (look == LOOK_NONE && request->withdrawn) {
		*verdict = VERDICT_REFUSED;
		buf_clear(why);
		buf_add(why, STR(QUESTION_DELETED));
		return false;
	}
	if (look == LOOK_NONE)
		request_look_end(request);
	return look != LOOK_FOUND;
}

/* True when the request stays and is tried again. Even what met a limit or an error may have gone out, by
 * Discord's documents or against them: when nothing came of it within the time of a nonce, it is looked
 * for. */
static bool stays(struct request *request, enum verdict verdict)
{
	bool again = verdict == VERDICT_WAIT || verdict == VERDICT_RETRY;

	if (again && request->kind == REQUEST_SEND && !request->must_look)
		request_doubt(request, request->called);
	if (again && request->withdrawn)
		request->must_look = true;
	if (verdict == VERDICT_WAIT)
		return true;
	/* The gateway machine asks again by itself, and knows what to do without an answer. */
	if (verdict == VERDICT_RETRY)
		return request->kind != REQUEST_GATEWAY && request->kind != REQUEST_APPLICATION;
	if (verdict != VERDICT_NO_REFERENCE || request->kind != REQUEST_SEND ||
	    request->without_reference || request->withdrawn)
		return false;
	request->without_reference = true;
	return true;
}

void discord_rest_answer(struct discord_rest *r, uint64_t id,
			 const struct machine_response *response, struct machine_time at)
{
	struct lane **lane = lanes_of_call(&r->lanes, id);
	int64_t now_ms = at.mono_ms;
	struct request *request;
	enum verdict verdict;
	struct buf why;

	if (!*lane || id == 0)
		return;
	request = request_of((*lane)->first);
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
	} else if (look_goes_on(r, request, response, &verdict, &why)) {
		request->not_before_ms = now_ms;
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
		lanes_pop(&r->lanes, lane);
	}
	say_too_many(r, now_ms);
	buf_done(&why);
}
