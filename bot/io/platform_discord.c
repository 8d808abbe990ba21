#include "io/platform_discord.h"

#include <stdlib.h>

#include "core/arena.h"
#include "io/files.h"
#include "io/http.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/random.h"
#include "io/ws.h"
#include "wire/discord.h"
#include "wire/discord_rest.h"

#define TIMEOUT_MS 10000
/* Required form, else Cloudflare may block: reference, User Agent. */
#define AGENT "DiscordBot (https://github.com/clinicbot/clinicbot, " CLINICBOT_VERSION ")"

struct platform_discord;

/* One HTTP call under way. */
struct slot {
	struct platform_discord *owner;
	uint64_t call; /* 0: free */
};

struct platform_discord {
	struct platform base;
	struct loop *loop;
	struct timer *timer;
	struct http *http;
	struct ws *ws; /* NULL: none open or opening */
	struct discord *gateway;
	struct discord_rest *rest;
	struct slot slots[DISCORD_REST_CALLS_MAX];
	struct arena arena; /* the next three */
	struct str token, authorization, ca_file;
	enum platform_state state; /* last given to the sink, and its sentence */
	struct buf state_text;
	bool running; /* inside run(): what comes in meanwhile is seen by its loop */
	bool stopping;
	bool dropped; /* the grace is over: nobody waits for the websocket's farewell */
	int64_t stop_by_ms;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

static void run(struct platform_discord *p);

static struct platform_discord *from_base(struct platform *base)
{
	return (struct platform_discord *)base;
}

static struct machine_time now(const struct platform_discord *p)
{
	return (struct machine_time){.mono_ms = loop_now_ms(p->loop), .wall_ms = loop_wall_ms()};
}

/* Soon, but not from inside this call. */
static void run_soon(struct platform_discord *p)
{
	if (!p->running)
		timer_set(p->timer, loop_now_ms(p->loop));
}

/* --- the websocket --- */

static void on_opened(void *arg)
{
	struct platform_discord *p = arg;

	discord_opened(p->gateway, now(p));
	run(p);
}

static void on_frame(void *arg, struct str frame)
{
	struct platform_discord *p = arg;

	discord_frame(p->gateway, frame, now(p));
	run(p);
}

static void on_closed(void *arg, int code, struct str why)
{
	struct platform_discord *p = arg;

	p->ws = NULL;
	discord_closed(p->gateway, code, why, now(p));
	run(p);
}

static void gateway_connect(struct platform_discord *p, struct str url)
{
	static const struct ws_events events = {
		.opened = on_opened, .message = on_frame, .closed = on_closed};
	const struct ws_settings settings = {
		.url = url,
		.ca_file = p->ca_file,
		.agent = STR(AGENT),
		.message_max = DISCORD_FRAME_MAX,
		.timeout_ms = TIMEOUT_MS,
	};
	struct err err = {0};

	p->ws = ws_open(p->loop, &settings, &events, p, &err);
	if (!p->ws)
		discord_closed(p->gateway, 0, str_of(err.text), now(p));
}

/* --- REST --- */

static void on_response(void *arg, const struct http_response *response)
{
	struct slot *slot = arg;
	struct platform_discord *p = slot->owner;
	uint64_t call = slot->call;

	slot->call = 0;
	discord_rest_answer(p->rest, call,
			    &(struct machine_response){.status = response->status,
						       .headers = response->headers,
						       .body = response->body,
						       .why = response->why},
			    loop_now_ms(p->loop));
	run(p);
}

static struct slot *slot_free(struct platform_discord *p)
{
	for (size_t i = 0; i < DISCORD_REST_CALLS_MAX; i++)
		if (p->slots[i].call == 0)
			return &p->slots[i];
	return NULL;
}

/* Makes every call that may go out now. */
static void calls_make(struct platform_discord *p)
{
	struct machine_call call;
	struct slot *slot;

	while ((slot = slot_free(p)) && discord_rest_next(p->rest, &call, loop_now_ms(p->loop))) {
		const struct http_request request = {
			.method = call.method,
			.url = call.url,
			.authorization = p->authorization,
			.content_type = call.body.n ? STR("application/json") : STR(""),
			.body = call.body,
		};
		struct err err = {0};

		slot->call = call.id;
		if (http_send(p->http, &request, on_response, slot, &err))
			continue;
		slot->call = 0;
		discord_rest_answer(p->rest, call.id,
				    &(struct machine_response){.why = str_of(err.text)},
				    loop_now_ms(p->loop));
	}
}

/* --- what the machines decided --- */

static void state_give(struct platform_discord *p, enum platform_state state, struct str why)
{
	p->state = state;
	buf_clear(&p->state_text);
	buf_add(&p->state_text, why);
	p->base.sink->state(p->base.sink, &p->base, state, why);
}

static void step_do(struct platform_discord *p, const struct discord_step *step)
{
	struct platform_sink *sink = p->base.sink;

	switch (step->kind) {
	case DISCORD_CONNECT:
		gateway_connect(p, step->text);
		break;
	case DISCORD_SEND:
		if (p->ws)
			ws_send(p->ws, step->text);
		break;
	case DISCORD_CLOSE:
		if (p->ws)
			ws_close(p->ws, step->code);
		break;
	case DISCORD_ASK_GATEWAY:
		discord_rest_ask_gateway(p->rest);
		break;
	case DISCORD_ASK_APPLICATION:
		discord_rest_ask_application(p->rest);
		break;
	case DISCORD_ASK_HISTORY:
		discord_rest_history(p->rest, step->text, step->after, step->limit);
		break;
	case DISCORD_NOTE:
		if (step->state == PLATFORM_DEGRADED)
			log_warn(p->base.ops->name, STR_FMT, STR_ARG(step->text));
		else
			log_info(p->base.ops->name, STR_FMT, STR_ARG(step->text));
		break;
	case DISCORD_MESSAGE:
		sink->message(sink, &p->base, &step->message);
		break;
	case DISCORD_DELETED:
		sink->deleted(sink, &p->base, step->text);
		break;
	case DISCORD_POSITION:
		sink->position(sink, &p->base, step->text);
		break;
	case DISCORD_STATE:
	case DISCORD_FATAL:
		state_give(p, step->state, step->text);
		break;
	}
}

static void give_fetched(struct platform_discord *p, const struct discord_result *result)
{
	struct platform_sink *sink = p->base.sink;
	struct message message;
	bool is_one = result->body.n && discord_read_fetched(p->gateway, result->message,
							     result->link, result->body, &message);

	sink->fetched(sink, &p->base, result->message, is_one ? &message : NULL);
}

static void result_do(struct platform_discord *p, const struct discord_result *result)
{
	struct platform_sink *sink = p->base.sink;

	switch (result->kind) {
	case DISCORD_DELIVERED:
		sink->delivered(sink, &p->base, result->delivery, result->outcome, result->message,
				result->why);
		break;
	case DISCORD_FETCHED:
		give_fetched(p, result);
		break;
	case DISCORD_HISTORY:
		discord_history_is(p->gateway, result->message, result->body, result->why, now(p));
		break;
	case DISCORD_GATEWAY:
		if (result->gateway.url.n)
			discord_gateway_is(p->gateway, &result->gateway, now(p));
		else
			discord_gateway_unknown(p->gateway, result->why, now(p));
		break;
	case DISCORD_APPLICATION:
		if (result->flags >= 0)
			discord_application_is(p->gateway, result->flags, now(p));
		else
			discord_application_unknown(p->gateway, result->why, now(p));
		break;
	case DISCORD_UNAUTHORIZED:
		discord_fail(p->gateway, result->why);
		break;
	case DISCORD_TOO_MANY_WRONG:
		sink->state(sink, &p->base, PLATFORM_DEGRADED, result->why);
		break;
	case DISCORD_SENDING_AGAIN:
		sink->state(sink, &p->base, p->state, buf_str(&p->state_text));
		break;
	}
}

/* True when the stop is done: `stopped` was called. */
static bool stop_finish(struct platform_discord *p)
{
	bool late = loop_now_ms(p->loop) >= p->stop_by_ms;

	if (late && p->ws && !p->dropped) {
		p->dropped = true;
		ws_close(p->ws, 0);
	}
	if (p->ws || (discord_rest_under_way(p->rest) && !late))
		return false;
	timer_stop(p->timer);
	p->stopping = false;
	p->stopped(p->stopped_arg);
	return true;
}

static void timer_renew(struct platform_discord *p)
{
	int64_t rest = discord_rest_wake_ms(p->rest, loop_now_ms(p->loop));
	int64_t at = discord_wake_ms(p->gateway);

	if (rest < at)
		at = rest;
	if (p->stopping && !p->dropped && p->stop_by_ms < at)
		at = p->stop_by_ms;
	if (at == INT64_MAX)
		timer_stop(p->timer);
	else
		timer_set(p->timer, at);
}

/* Carries out what the machines decided until neither has anything more. */
static void run(struct platform_discord *p)
{
	struct discord_step step;
	struct discord_result result;
	bool more = true;

	if (p->running)
		return;
	p->running = true;
	while (more) {
		more = false;
		while (discord_next(p->gateway, &step)) {
			step_do(p, &step);
			more = true;
		}
		calls_make(p);
		while (discord_rest_result(p->rest, &result)) {
			result_do(p, &result);
			more = true;
		}
	}
	p->running = false;
	if (p->stopping && stop_finish(p))
		return;
	timer_renew(p);
}

static void on_time(void *arg)
{
	struct platform_discord *p = arg;

	discord_tick(p->gateway, now(p));
	run(p);
}

/* --- the platform --- */

static bool discord_platform_start(struct platform *self, struct str position, struct err *err)
{
	struct platform_discord *p = from_base(self);

	(void)err;
	discord_start(p->gateway, position, now(p));
	run_soon(p);
	return true;
}

static void discord_platform_send(struct platform *self, const struct delivery *delivery)
{
	struct platform_discord *p = from_base(self);

	discord_rest_send(p->rest, delivery, loop_wall_ms());
	run_soon(p);
}

static void discord_platform_withdraw(struct platform *self, struct str message_id)
{
	struct platform_discord *p = from_base(self);

	discord_rest_withdraw(p->rest, message_id);
	run_soon(p);
}

static void discord_platform_fetch(struct platform *self, struct str room, struct str message_id,
				   struct str link)
{
	struct platform_discord *p = from_base(self);

	discord_rest_fetch(p->rest, room, message_id, link);
	run_soon(p);
}

static void discord_platform_stop(struct platform *self, unsigned grace_ms,
				  void (*stopped)(void *arg), void *arg)
{
	struct platform_discord *p = from_base(self);

	p->stopping = true;
	p->stop_by_ms = loop_now_ms(p->loop) + grace_ms;
	p->stopped = stopped;
	p->stopped_arg = arg;
	discord_stop(p->gateway);
	run_soon(p);
}

static void discord_platform_free(struct platform *self)
{
	struct platform_discord *p = from_base(self);

	if (!p)
		return;
	http_free(p->http);
	timer_free(p->timer);
	discord_free(p->gateway);
	discord_rest_free(p->rest);
	buf_done(&p->state_text);
	secret_wipe(p->token);
	secret_wipe(p->authorization);
	arena_done(&p->arena);
	free(p);
}

static const struct platform_ops discord_ops = {
	.name = "discord",
	.text_max = 2000,
	.start = discord_platform_start,
	.send = discord_platform_send,
	.withdraw = discord_platform_withdraw,
	.time_write = discord_time_write,
	.fetch = discord_platform_fetch,
	.stop = discord_platform_stop,
	.free = discord_platform_free,
};

static bool parts_make(struct platform_discord *p, const struct platform_discord_settings *s,
		       struct err *err)
{
	const struct discord_settings gateway = {
		.token = p->token,
		.gateway_url = s->gateway_url,
		.channels = s->channels,
		.channels_n = s->channels_n,
		.compress = s->compress,
		.forgets = s->forget_session,
		.missed_messages = s->missed_messages,
		.missed_age_ms = s->missed_age_ms,
		.staff = {s->staff[0], s->staff[1]},
		.seed = random_u64(),
	};
	const struct http_settings http = {
		.agent = STR(AGENT),
		.ca_file = s->ca_file,
		.body_max = DISCORD_REST_BODY_MAX,
		.timeout_ms = TIMEOUT_MS,
	};

	if (!str_starts(s->api_url, STR("https://")) && !str_starts(s->api_url, STR("http://")))
		return err_set(err, ERR_INPUT, "discord.api_url must begin with https://");
	p->gateway = discord_new(&gateway, err);
	if (!p->gateway)
		return false;
	p->http = http_new(p->loop, &http, err);
	if (!p->http)
		return false;
	p->rest = discord_rest_new(s->api_url, random_u64(), loop_wall_ms());
	p->timer = timer_new(p->loop, on_time, p);
	return true;
}

struct platform *platform_discord_new(struct loop *loop,
				      const struct platform_discord_settings *settings,
				      struct err *err)
{
	struct platform_discord *p = calloc(1, sizeof *p);

	if (!p)
		out_of_memory();
	p->base.ops = &discord_ops;
	p->loop = loop;
	for (size_t i = 0; i < DISCORD_REST_CALLS_MAX; i++)
		p->slots[i].owner = p;
	arena_init(&p->arena);
	buf_init(&p->state_text, ERR_TEXT_MAX);
	p->token = arena_str(&p->arena, settings->token);
	p->ca_file = arena_str(&p->arena, settings->ca_file);
	p->authorization = arena_fmt(&p->arena, "Bot " STR_FMT, STR_ARG(settings->token));
	if (parts_make(p, settings, err))
		return &p->base;
	discord_platform_free(&p->base);
	return NULL;
}
