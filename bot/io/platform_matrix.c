#include "io/platform_matrix.h"

#include <stdlib.h>

#include "core/arena.h"
#include "io/files.h"
#include "io/http.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/peer.h"
#include "io/random.h"
#include "io/secret_keep.h"
#include "wire/matrix.h"
#include "wire/matrix_rooms.h"

#define AGENT "clinicbot/" CLINICBOT_VERSION
/* The machine gives a call up when it takes too long; this is behind the longest. */
#define TIMEOUT_MS (MATRIX_CALL_MS_MAX + 60000)

struct platform_matrix;

/* One HTTP call under way. */
struct slot {
	struct platform_matrix *owner;
	struct http_call *http;
	uint64_t call; /* 0: free */
};

struct platform_matrix {
	struct platform base;
	struct loop *loop;
	struct timer *timer;
	struct http *http;
	struct matrix *machine;
	struct slot slots[MATRIX_CALLS_MAX];
	struct arena arena;
	struct str session_file;
	bool running; /* inside run(): what comes in meanwhile is seen by its loop */
	bool stopping;
	int64_t stop_by_ms;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

static void run(struct platform_matrix *p);

static struct platform_matrix *from_base(struct platform *base)
{
	return (struct platform_matrix *)base;
}

static struct machine_time now(const struct platform_matrix *p)
{
	return (struct machine_time){.mono_ms = loop_now_ms(p->loop), .wall_ms = loop_wall_ms()};
}

/* Soon, but not from inside this call. */
static void run_soon(struct platform_matrix *p)
{
	if (!p->running)
		timer_set(p->timer, loop_now_ms(p->loop));
}

/* --- calls --- */

static void on_response(void *arg, const struct http_response *response)
{
	struct slot *slot = arg;
	struct platform_matrix *p = slot->owner;
	uint64_t call = slot->call;

	slot->call = 0;
	matrix_answer(p->machine, call,
		      &(struct machine_response){.status = response->status,
						 .headers = response->headers,
						 .body = response->body,
						 .why = response->why,
						 .too_long = response->too_long},
		      now(p));
	run(p);
}

static struct slot *slot_of(struct platform_matrix *p, uint64_t call)
{
	for (size_t i = 0; i < MATRIX_CALLS_MAX; i++)
		if (p->slots[i].call == call)
			return &p->slots[i];
	return NULL;
}

static void call_make(struct platform_matrix *p, const struct machine_call *call)
{
	struct slot *slot = slot_of(p, 0);
	const struct http_request request = {
		.method = call->method,
		.url = call->url,
		.authorization = call->authorization,
		.content_type = call->body.n ? STR("application/json") : STR(""),
		.body = call->body,
	};
	struct err err = {0};

	if (slot) {
		slot->call = call->id;
		slot->http = http_send(p->http, &request, on_response, slot, &err);
		if (slot->http)
			return;
		slot->call = 0;
	} else {
		err_set(&err, ERR_LATER, "too many calls at once");
	}
	matrix_answer(p->machine, call->id, &(struct machine_response){.why = str_of(err.text)},
		      now(p));
}

static void call_drop(struct platform_matrix *p, uint64_t call)
{
	struct slot *slot = slot_of(p, call);

	if (!slot)
		return;
	slot->call = 0;
	http_cancel(slot->http);
}

/* --- what the machine decided --- */

static void session_keep(struct platform_matrix *p, struct str session)
{
	struct err err = {0};
	bool kept = secret_keep(p->session_file, session, &err);

	matrix_kept(p->machine, kept, str_of(err.text), now(p));
}

static void step_do(struct platform_matrix *p, const struct matrix_step *step)
{
	struct platform_sink *sink = p->base.sink;

	switch (step->kind) {
	case MATRIX_CALL:
		call_make(p, &step->call);
		break;
	case MATRIX_DROP:
		call_drop(p, step->call.id);
		break;
	case MATRIX_KEEP:
		session_keep(p, step->text);
		break;
	case MATRIX_MESSAGE:
		sink->message(sink, &p->base, &step->message);
		break;
	case MATRIX_DELETED:
		sink->deleted(sink, &p->base, step->text);
		break;
	case MATRIX_POSITION:
		sink->position(sink, &p->base, step->text);
		break;
	case MATRIX_DELIVERED:
		sink->delivered(sink, &p->base, step->delivery, step->outcome, step->text,
				step->why);
		break;
	case MATRIX_FETCHED:
		sink->fetched(sink, &p->base, step->text, step->found ? &step->message : NULL);
		break;
	case MATRIX_NOTE:
		if (step->state == PLATFORM_DEGRADED)
			log_warn(p->base.ops->name, STR_FMT, STR_ARG(step->why));
		else
			log_info(p->base.ops->name, STR_FMT, STR_ARG(step->why));
		break;
	case MATRIX_STATE:
	case MATRIX_FATAL:
		sink->state(sink, &p->base, step->state, step->why);
		break;
	}
}

/* True when the stop is done: `stopped` was called. */
static bool stop_finish(struct platform_matrix *p)
{
	bool late = loop_now_ms(p->loop) >= p->stop_by_ms;

	if (matrix_under_way(p->machine) && !late)
		return false;
	timer_stop(p->timer);
	p->stopping = false;
	p->stopped(p->stopped_arg);
	return true;
}

static void timer_renew(struct platform_matrix *p)
{
	int64_t at = matrix_wake_ms(p->machine);

	if (p->stopping && p->stop_by_ms < at)
		at = p->stop_by_ms;
	if (at == INT64_MAX)
		timer_stop(p->timer);
	else
		timer_set(p->timer, at);
}

/* Carries out what the machine decided until it has nothing more. */
static void run(struct platform_matrix *p)
{
	struct matrix_step step;

	if (p->running)
		return;
	p->running = true;
	while (matrix_next(p->machine, &step))
		step_do(p, &step);
	p->running = false;
	if (p->stopping && stop_finish(p))
		return;
	timer_renew(p);
}

static void on_time(void *arg)
{
	struct platform_matrix *p = arg;

	matrix_tick(p->machine, now(p));
	run(p);
}

/* --- the platform --- */

static bool matrix_platform_start(struct platform *self, struct str position, struct err *err)
{
	struct platform_matrix *p = from_base(self);

	(void)err;
	matrix_start(p->machine, position, now(p));
	run_soon(p);
	return true;
}

static void matrix_platform_recorded(struct platform *self)
{
	struct platform_matrix *p = from_base(self);

	matrix_recorded(p->machine, now(p));
	run_soon(p);
}

static void matrix_platform_send(struct platform *self, const struct delivery *delivery)
{
	struct platform_matrix *p = from_base(self);

	matrix_send(p->machine, delivery, now(p));
	run_soon(p);
}

static void matrix_platform_withdraw(struct platform *self, struct str message_id)
{
	struct platform_matrix *p = from_base(self);

	matrix_withdraw(p->machine, message_id, now(p));
	run_soon(p);
}

static void matrix_platform_fetch(struct platform *self, struct str room, struct str message_id,
				  struct str link)
{
	struct platform_matrix *p = from_base(self);

	(void)link; /* made anew from the room and the message */
	matrix_fetch(p->machine, room, message_id, now(p));
	run_soon(p);
}

static void matrix_platform_stop(struct platform *self, unsigned grace_ms,
				 void (*stopped)(void *arg), void *arg)
{
	struct platform_matrix *p = from_base(self);

	p->stopping = true;
	p->stop_by_ms = loop_now_ms(p->loop) + grace_ms;
	p->stopped = stopped;
	p->stopped_arg = arg;
	matrix_stop(p->machine, now(p));
	run_soon(p);
}

static void matrix_platform_free(struct platform *self)
{
	struct platform_matrix *p = from_base(self);

	if (!p)
		return;
	http_free(p->http);
	timer_free(p->timer);
	matrix_free(p->machine);
	arena_done(&p->arena);
	free(p);
}

static const struct platform_ops matrix_ops = {
	.name = "matrix",
	.text_max = MATRIX_TEXT_MAX,
	.start = matrix_platform_start,
	.recorded = matrix_platform_recorded,
	.send = matrix_platform_send,
	.withdraw = matrix_platform_withdraw,
	.room_of = room_of,
	.time_write = matrix_time_write,
	.fetch = matrix_platform_fetch,
	.stop = matrix_platform_stop,
	.free = matrix_platform_free,
};

/* What an earlier run kept; none is no mistake. */
static bool session_read(struct platform_matrix *p, struct str *out, struct err *err)
{
	*out = STR("");
	return !p->session_file.n || !secret_is_kept(p->session_file) ||
	       secret_read(p->session_file, &p->arena, out, err);
}

static bool parts_make(struct platform_matrix *p, const struct platform_matrix_settings *s,
		       struct err *err)
{
	struct matrix_settings machine = {
		.homeserver = s->homeserver,
		.user = s->user,
		.token = s->token,
		.password = s->password,
		.invite_from = s->invite_from,
		.invite_from_n = s->invite_from_n,
		.staff = {s->staff[0], s->staff[1]},
		.groups_get_text = s->groups_get_text,
		.unreadable = s->unreadable,
		.missed_messages = s->missed_messages,
		.missed_age_ms = s->missed_age_ms,
		.seed = random_u64(),
	};
	const struct http_settings http = {
		.agent = STR(AGENT),
		.ca_file = s->ca_file,
		.body_max = MATRIX_BODY_MAX,
		.timeout_ms = TIMEOUT_MS,
	};

	struct peer peer;
	struct err why = {0};

	if (!peer_parse(s->homeserver, "http", &peer, &why))
		return err_set(err, ERR_INPUT, "matrix.homeserver: %s", why.text);
	if (!session_read(p, &machine.session, err))
		return false;
	p->machine = matrix_new(&machine, err);
	secret_wipe(machine.session);
	if (!p->machine)
		return false;
	p->http = http_new(p->loop, &http, err);
	if (!p->http)
		return false;
	p->timer = timer_new(p->loop, on_time, p);
	return true;
}

struct platform *platform_matrix_new(struct loop *loop,
				     const struct platform_matrix_settings *settings,
				     struct err *err)
{
	struct platform_matrix *p = calloc(1, sizeof *p);

	if (!p)
		out_of_memory();
	p->base.ops = &matrix_ops;
	p->loop = loop;
	for (size_t i = 0; i < MATRIX_CALLS_MAX; i++)
		p->slots[i].owner = p;
	arena_init(&p->arena);
	p->session_file =
		settings->token.n ? STR("") : arena_str(&p->arena, settings->session_file);
	if (parts_make(p, settings, err))
		return &p->base;
	matrix_platform_free(&p->base);
	return NULL;
}
