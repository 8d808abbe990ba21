#include "io/platform_discord.h"

#include <stdlib.h>

#include "core/arena.h"
#include "io/adapter.h"
#include "io/files.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/random.h"
#include "io/ws.h"
#include "wire/discord.h"
#include "wire/discord_rest.h"

#define TIMEOUT_MS 10000

struct platform_discord {
	struct adapter adapter; /* first */
	struct discord *gateway;
	struct discord_rest *rest;
	struct arena arena; /* the next three */
	struct str token, authorization, ca_file;
};

static struct platform_discord *from_adapter(struct adapter *adapter)
{
	return (struct platform_discord *)adapter;
}

static struct platform_discord *from_base(struct platform *base)
{
	return from_adapter(adapter_of(base));
}

static struct machine_time now(const struct platform_discord *p)
{
	return adapter_now(&p->adapter);
}

/* --- the websocket --- */

static void on_connect(struct adapter *adapter, const struct machine_call *call)
{
	const struct ws_settings settings = {
		.url = call->url,
		.ca_file = from_adapter(adapter)->ca_file,
		.agent = STR(DISCORD_AGENT),
		.message_max = DISCORD_FRAME_MAX,
		.timeout_ms = TIMEOUT_MS,
	};

	adapter_connect(adapter, &settings);
}

static void on_opened(struct adapter *adapter, struct machine_time at)
{
	discord_opened(from_adapter(adapter)->gateway, at);
}

static void on_frame(struct adapter *adapter, struct str frame, struct machine_time at)
{
	discord_frame(from_adapter(adapter)->gateway, frame, at);
}

static void on_closed(struct adapter *adapter, int code, struct str why, struct machine_time at)
{
	discord_closed(from_adapter(adapter)->gateway, code, why, at);
}

/* --- REST --- */

static void on_answered(struct adapter *adapter, uint64_t call,
			const struct machine_response *response, struct machine_time at)
{
	discord_rest_answer(from_adapter(adapter)->rest, call, response, at);
}

/* Makes every call that may go out now. */
static void calls_make(struct platform_discord *p)
{
	struct machine_call call;

	discord_rest_me(p->rest, discord_me(p->gateway));
	while (discord_rest_next(p->rest, &call, now(p))) {
		call.authorization = p->authorization;
		adapter_call_make(&p->adapter, &call);
	}
}

/* --- what the machines decided --- */

static void on_own(struct adapter *adapter, const struct machine_step *step)
{
	struct platform_discord *p = from_adapter(adapter);

	switch (step->kind) {
	case DISCORD_ASK_GATEWAY:
		discord_rest_ask_gateway(p->rest);
		break;
	case DISCORD_ASK_APPLICATION:
		discord_rest_ask_application(p->rest);
		break;
	case DISCORD_ASK_HISTORY:
		discord_rest_history(p->rest, step->text, step->after, step->limit);
		break;
	default:
		break;
	}
}

static void give_fetched(struct platform_discord *p, const struct discord_result *result)
{
	struct platform *base = &p->adapter.base;
	struct platform_sink *sink = base->sink;
	struct message message;
	bool is_one = result->body.n && discord_read_fetched(p->gateway, result->message,
							     result->link, result->body, &message);

	sink->fetched(sink, base, result->message, is_one ? &message : NULL);
}

/* A mention shows the channel's name to whoever may see it. */
static void give_trouble(struct platform_discord *p, const struct discord_result *result)
{
	struct platform *base = &p->adapter.base;
	struct buf link;

	buf_init(&link, 64);
	buf_addf(&link, "<#" STR_FMT ">", STR_ARG(result->message));
	base->sink->trouble(base->sink, base,
			    &(struct room_trouble){.kind = result->trouble,
						   .id = result->message,
						   .room = result->message,
						   .link = buf_str(&link)});
	buf_done(&link);
}

static void result_do(struct platform_discord *p, const struct discord_result *result)
{
	struct platform *base = &p->adapter.base;
	struct platform_sink *sink = base->sink;

	switch (result->kind) {
	case DISCORD_DELIVERED:
		sink->delivered(sink, base, result->delivery, result->outcome, result->message,
				result->why);
		break;
	case DISCORD_TROUBLE:
		give_trouble(p, result);
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
		sink->state(sink, base, PLATFORM_DEGRADED, result->why);
		break;
	case DISCORD_SENDING_AGAIN:
		discord_state_again(p->gateway);
		break;
	}
}

static bool on_next(struct adapter *adapter, struct machine_step *step)
{
	return discord_next(from_adapter(adapter)->gateway, step);
}

/* REST, by which the gateway machine learns what it asks. */
static bool on_more(struct adapter *adapter)
{
	struct platform_discord *p = from_adapter(adapter);
	struct discord_result result;
	bool some = false;

	calls_make(p);
	while (discord_rest_result(p->rest, &result)) {
		result_do(p, &result);
		some = true;
	}
	return some;
}

static void on_tick(struct adapter *adapter, struct machine_time at)
{
	discord_tick(from_adapter(adapter)->gateway, at);
}

static int64_t on_wake_ms(struct adapter *adapter)
{
	struct platform_discord *p = from_adapter(adapter);
	int64_t rest = discord_rest_wake_ms(p->rest, now(p));
	int64_t gateway = discord_wake_ms(p->gateway);

	return rest < gateway ? rest : gateway;
}

static void on_stop(struct adapter *adapter, struct machine_time at)
{
	(void)at;
	discord_stop(from_adapter(adapter)->gateway);
}

static bool on_is_sending(const struct adapter *adapter)
{
	return discord_rest_under_way(((const struct platform_discord *)adapter)->rest) > 0;
}

static const struct adapter_ops machines = {
	.next = on_next,
	.own = on_own,
	.more = on_more,
	.tick = on_tick,
	.wake_ms = on_wake_ms,
	.answered = on_answered,
	.stop = on_stop,
	.is_sending = on_is_sending,
	.connect = on_connect,
	.opened = on_opened,
	.frame = on_frame,
	.closed = on_closed,
};

/* --- the platform --- */

static bool discord_platform_start(struct platform *self, struct str position, struct err *err)
{
	struct platform_discord *p = from_base(self);

	(void)err;
	discord_start(p->gateway, position, now(p));
	adapter_soon(&p->adapter);
	return true;
}

static void discord_platform_send(struct platform *self, const struct delivery *delivery)
{
	struct platform_discord *p = from_base(self);

	discord_rest_send(p->rest, delivery, now(p));
	adapter_soon(&p->adapter);
}

static void discord_platform_withdraw(struct platform *self, struct str message_id)
{
	struct platform_discord *p = from_base(self);

	discord_rest_withdraw(p->rest, message_id);
	adapter_soon(&p->adapter);
}

static void discord_platform_fetch(struct platform *self, struct str room, struct str message_id,
				   struct str link)
{
	struct platform_discord *p = from_base(self);

	discord_rest_fetch(p->rest, room, message_id, link);
	adapter_soon(&p->adapter);
}

static void discord_platform_free(struct platform *self)
{
	struct platform_discord *p = from_base(self);

	if (!p)
		return;
	adapter_done(&p->adapter);
	discord_free(p->gateway);
	discord_rest_free(p->rest);
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
	.stop = adapter_stop,
	.free = discord_platform_free,
};

static bool parts_make(struct platform_discord *p, struct loop *loop,
		       const struct platform_discord_settings *s, struct err *err)
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
		.agent = STR(DISCORD_AGENT),
		.ca_file = s->ca_file,
		.body_max = DISCORD_REST_BODY_MAX,
		.timeout_ms = TIMEOUT_MS,
	};

	if (!str_starts(s->api_url, STR("https://")) && !str_starts(s->api_url, STR("http://")))
		return err_set(err, ERR_INPUT, "discord.api_url must begin with https://");
	p->gateway = discord_new(&gateway, err);
	if (!p->gateway)
		return false;
	p->rest = discord_rest_new(s->api_url, random_u64(), loop_now_ms(loop));
	return adapter_init(&p->adapter, loop, &discord_ops, &machines, &http, err);
}

struct platform *platform_discord_new(struct loop *loop,
				      const struct platform_discord_settings *settings,
				      struct err *err)
{
	struct platform_discord *p = calloc(1, sizeof *p);

	if (!p)
		out_of_memory();
	arena_init(&p->arena);
	p->token = arena_str(&p->arena, settings->token);
	p->ca_file = arena_str(&p->arena, settings->ca_file);
	p->authorization = arena_fmt(&p->arena, "Bot " STR_FMT, STR_ARG(settings->token));
	if (parts_make(p, loop, settings, err))
		return &p->adapter.base;
	discord_platform_free(&p->adapter.base);
	return NULL;
}
