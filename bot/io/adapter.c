#include "io/adapter.h"

#include <stdlib.h>

#include "core/arena.h"
#include "io/http.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/ws.h"

/* One HTTP call under way. */
struct adapter_call {
	struct adapter_call *next;
	struct adapter *owner;
	struct http_call *http;
	uint64_t id;
};

struct adapter *adapter_of(struct platform *platform)
{
	return (struct adapter *)platform;
}

struct machine_time adapter_now(const struct adapter *a)
{
	return (struct machine_time){.mono_ms = loop_now_ms(a->loop),
				     .wall_ms = loop_wall_ms() + a->clock.ahead_ms,
				     .wall_is_servers = a->clock.is_known};
}

void adapter_soon(struct adapter *a)
{
	if (!a->working)
		timer_set(a->timer, loop_now_ms(a->loop));
}

/* True when the stop is done: `stopped` was called. */
static bool stop_finish(struct adapter *a)
{
	bool late = loop_now_ms(a->loop) >= a->stop_by_ms;

	if (late && a->ws && !a->dropped) {
		a->dropped = true;
		ws_close(a->ws, 0);
	}
	if (a->ws || (a->ops->is_sending(a) && !late))
		return false;
	timer_stop(a->timer);
	a->stopping = false;
	a->stopped(a->stopped_arg);
	return true;
}

static void timer_renew(struct adapter *a)
{
	int64_t at = a->ops->wake_ms(a);

	if (a->stopping && !a->dropped && a->stop_by_ms < at)
		at = a->stop_by_ms;
	if (at == INT64_MAX)
		timer_stop(a->timer);
	else
		timer_set(a->timer, at);
}

static void work(struct adapter *a);

static void on_time(void *arg)
{
	struct adapter *a = arg;

	a->ops->tick(a, adapter_now(a));
	work(a);
}

/* --- calls --- */

static struct adapter_call **place_of(struct adapter *a, uint64_t id)
{
	struct adapter_call **at = &a->calls;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

/* Takes it out of those under way. */
static void call_end(struct adapter_call **at)
{
	struct adapter_call *call = *at;

	*at = call->next;
	free(call);
}

static void clock_hear(struct adapter *a, struct str headers)
{
	int64_t before_ms = a->clock.there_ms;
	bool news = server_clock_heard(&a->clock, headers, loop_wall_ms());
	int64_t off_s = a->clock.ahead_ms / 1000;

	a->base.ahead_ms = a->clock.ahead_ms;
	if (a->clock.there_ms != before_ms)
		a->base.zero_ms = a->clock.there_ms - loop_now_ms(a->loop);
	if (news && off_s)
		log_warn(a->base.ops->name,
			 "this machine's clock is %lld seconds %s the server's, by which it goes "
			 "what is late: set it, and keep it set (timedatectl set-ntp true)",
			 (long long)(off_s < 0 ? -off_s : off_s),
			 off_s < 0 ? "ahead of" : "behind");
	else if (news)
		log_info(a->base.ops->name, "this machine's clock agrees with the server's again");
}

static void on_response(void *arg, const struct http_response *response)
{
	const struct adapter_call *call = arg;
	struct adapter *a = call->owner;
	uint64_t id = call->id;

	call_end(place_of(a, id));
	clock_hear(a, response->headers);
	a->ops->answered(a, id,
			 &(struct machine_response){.status = response->status,
						    .headers = response->headers,
						    .body = response->body,
						    .why = response->why,
						    .too_long = response->too_long},
			 adapter_now(a));
	work(a);
}

void adapter_call_make(struct adapter *a, const struct machine_call *call)
{
	const struct http_request request = {
		.method = call->method,
		.url = call->url,
		.authorization = call->authorization,
		.content_type = call->body.n ? STR("application/json") : STR(""),
		.body = call->body,
	};
	struct adapter_call *made = calloc(1, sizeof *made);
	struct err err = {0};

	if (!made)
		out_of_memory();
	made->owner = a;
	made->id = call->id;
	made->http = http_send(a->http, &request, on_response, made, &err);
	if (made->http) {
		made->next = a->calls;
		a->calls = made;
		return;
	}
	free(made);
	a->ops->answered(a, call->id, &(struct machine_response){.why = str_of(err.text)},
			 adapter_now(a));
}

static void call_drop(struct adapter *a, uint64_t call)
{
	struct adapter_call **at = place_of(a, call);

	if (!*at)
		return;
	http_cancel((*at)->http);
	call_end(at);
}

/* --- the websocket --- */

static void on_opened(void *arg)
{
	struct adapter *a = arg;

	a->ops->opened(a, adapter_now(a));
	work(a);
}

static void on_frame(void *arg, struct str frame)
{
	struct adapter *a = arg;

	a->ops->frame(a, frame, adapter_now(a));
	work(a);
}

static void on_closed(void *arg, int code, struct str why)
{
	struct adapter *a = arg;

	a->ws = NULL;
	a->ops->closed(a, code, why, adapter_now(a));
	work(a);
}

void adapter_connect(struct adapter *a, const struct ws_settings *settings)
{
	static const struct ws_events events = {
		.opened = on_opened, .message = on_frame, .closed = on_closed};
	struct err err = {0};

	a->ws = ws_open(a->loop, settings, &events, a, &err);
	if (!a->ws)
		a->ops->closed(a, 0, str_of(err.text), adapter_now(a));
}

/* --- what the machine decided --- */

static void note(const struct adapter *a, enum platform_state state, struct str why)
{
	if (state == PLATFORM_DEGRADED)
		log_warn(a->base.ops->name, STR_FMT, STR_ARG(why));
	else
		log_info(a->base.ops->name, STR_FMT, STR_ARG(why));
}

/* What the bot is told; false when the step is none of these. */
static bool sink_tell(struct adapter *a, const struct machine_step *step)
{
	struct platform *base = &a->base;
	struct platform_sink *sink = base->sink;

	switch (step->kind) {
	case MACHINE_MESSAGE:
		sink->message(sink, base, &step->message);
		return true;
	case MACHINE_DELETED:
		sink->deleted(sink, base, step->text);
		return true;
	case MACHINE_POSITION:
		sink->position(sink, base, step->text);
		return true;
	case MACHINE_DELIVERED:
		sink->delivered(sink, base, step->delivery, step->outcome, step->text, step->why);
		return true;
	case MACHINE_FETCHED:
		sink->fetched(sink, base, step->text, step->found ? &step->message : NULL);
		return true;
	case MACHINE_TROUBLE:
		sink->trouble(sink, base, &step->trouble);
		return true;
	case MACHINE_STATE:
	case MACHINE_FATAL:
		sink->state(sink, base, step->state, step->why);
		return true;
	default:
		return false;
	}
}

static void step_do(struct adapter *a, const struct machine_step *step)
{
	switch (step->kind) {
	case MACHINE_CALL:
		adapter_call_make(a, &step->call);
		break;
	case MACHINE_DROP:
		call_drop(a, step->call.id);
		break;
	case MACHINE_CONNECT:
		a->ops->connect(a, &step->call);
		break;
	case MACHINE_FRAME:
		if (a->ws)
			ws_send(a->ws, step->text);
		break;
	case MACHINE_CLOSE:
		if (a->ws)
			ws_close(a->ws, step->code);
		break;
	case MACHINE_NOTE:
		note(a, step->state, step->why);
		break;
	default:
		if (!sink_tell(a, step))
			a->ops->own(a, step);
	}
}

/* Once at a time: what a step brings about at once has steps that are seen by the loop. */
static void work(struct adapter *a)
{
	struct machine_step step;

	if (a->working)
		return;
	a->working = true;
	do
		while (a->ops->next(a, &step))
			step_do(a, &step);
	while (a->ops->more && a->ops->more(a));
	a->working = false;
	if (a->stopping && stop_finish(a))
		return;
	timer_renew(a);
}

/* --- its life --- */

void adapter_stop(struct platform *self, unsigned grace_ms, void (*stopped)(void *arg), void *arg)
{
	struct adapter *a = adapter_of(self);

	a->stopping = true;
	a->stop_by_ms = loop_now_ms(a->loop) + grace_ms;
	a->stopped = stopped;
	a->stopped_arg = arg;
	a->ops->stop(a, adapter_now(a));
	adapter_soon(a);
}

bool adapter_init(struct adapter *a, struct loop *loop, const struct platform_ops *platform,
		  const struct adapter_ops *ops, const struct http_settings *http, struct err *err)
{
	a->base.ops = platform;
	a->ops = ops;
	a->loop = loop;
	a->timer = timer_new(loop, on_time, a);
	a->http = http_new(loop, http, err);
	return a->http != NULL;
}

void adapter_done(struct adapter *a)
{
	http_free(a->http);
	timer_free(a->timer);
	while (a->calls)
		call_end(&a->calls);
}
