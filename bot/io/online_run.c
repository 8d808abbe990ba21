#include "io/online_run.h"

#include "io/http.h"
#include "io/loop.h"
#include "io/ws.h"
#include "wire/online.h"

struct online_running {
	struct loop *loop;
	struct online *online;
	const struct online_run_settings *settings;
	void (*found)(void *arg, const struct finding *finding);
	void *arg;
	struct http *http;
	struct http_call *call; /* under way */
	struct ws *ws;		/* open, or not closed yet */
	struct buf hello;	/* its first message */
	struct timer *wait, *end;
};

static void step_next(struct online_running *r);

static void findings_give(struct online_running *r)
{
	struct finding finding;

	while (online_finding(r->online, &finding))
		r->found(r->arg, &finding);
}

static void answer_give(struct online_running *r, const struct machine_response *answer)
{
	online_answer(r->online, answer, loop_wall_ms());
	step_next(r);
}

static void on_response(void *arg, const struct http_response *response)
{
	struct online_running *r = arg;

	r->call = NULL;
	answer_give(r, &(struct machine_response){.status = response->status,
						  .headers = response->headers,
						  .body = response->body,
						  .why = response->why});
}

static void call_make(struct online_running *r, const struct machine_call *call)
{
	const struct http_request request = {
		.method = call->method,
		.url = call->url,
		.authorization = call->authorization,
		.content_type = call->body.n ? STR("application/json") : STR(""),
		.body = call->body,
	};
	struct err err = {0};

	r->call = http_send(r->http, &request, on_response, r, &err);
	if (!r->call)
		answer_give(r, &(struct machine_response){.why = str_of(err.text)});
}

/* --- the websocket --- */

static void on_opened(void *arg)
{
	(void)arg;
}

/* Closed in the way that ends what was begun: nothing was. */
static void on_message(void *arg, struct str message)
{
	struct online_running *r = arg;

	if (!r->hello.n)
		buf_add(&r->hello, message);
	ws_close(r->ws, 1000);
}

static void on_closed(void *arg, int code, struct str why)
{
	struct online_running *r = arg;
	bool greeted = r->hello.n > 0;

	r->ws = NULL;
	timer_stop(r->wait);
	answer_give(r, &(struct machine_response){.status = greeted || code ? 101 : 0,
						  .body = buf_str(&r->hello),
						  .why = why.n ? why
							       : STR("the connection was closed")});
}

static void greet(struct online_running *r, struct str url)
{
	static const struct ws_events events = {
		.opened = on_opened, .message = on_message, .closed = on_closed};
	const struct ws_settings settings = {.url = url,
					     .ca_file = r->settings->ca_file,
					     .agent = r->settings->agent,
					     .message_max = ONLINE_BODY_MAX,
					     .timeout_ms = ONLINE_CALL_MS_MAX};
	struct err err = {0};

	buf_clear(&r->hello);
	r->ws = ws_open(r->loop, &settings, &events, r, &err);
	if (r->ws)
		timer_set(r->wait, loop_now_ms(r->loop) + ONLINE_CALL_MS_MAX);
	else
		answer_give(r, &(struct machine_response){.why = str_of(err.text)});
}

/* --- time --- */

/* A wait that was asked for is over; or a websocket that is open says nothing. */
static void on_wait(void *arg)
{
	struct online_running *r = arg;

	if (r->ws)
		ws_close(r->ws, 0);
	else
		step_next(r);
}

static void on_end(void *arg)
{
	struct online_running *r = arg;

	timer_stop(r->wait);
	if (r->call)
		http_cancel(r->call);
	r->call = NULL;
	online_give_up(r->online,
		       STR("the answers take too long, and not everything was asked: look at the "
			   "network, and check again"));
	if (r->ws)
		ws_close(r->ws, 0);
	else
		step_next(r);
}

static void step_next(struct online_running *r)
{
	struct online_step step;
	bool more;

	findings_give(r);
	more = online_next(r->online, &step);
	if (!more) {
		findings_give(r);
		loop_stop(r->loop);
		return;
	}
	switch (step.kind) {
	case ONLINE_CALL:
		call_make(r, &step.call);
		break;
	case ONLINE_GREET:
		greet(r, step.call.url);
		break;
	case ONLINE_WAIT:
		timer_set(r->wait, loop_now_ms(r->loop) + step.wait_ms);
		break;
	}
}

bool online_run(struct loop *loop, struct online *online,
		const struct online_run_settings *settings,
		void (*found)(void *arg, const struct finding *finding), void *arg, struct err *err)
{
	const struct http_settings http = {.agent = settings->agent,
					   .ca_file = settings->ca_file,
					   .body_max = ONLINE_BODY_MAX,
					   .timeout_ms = ONLINE_CALL_MS_MAX};
	struct online_running r = {
		.loop = loop, .online = online, .settings = settings, .found = found, .arg = arg};

	r.http = http_new(loop, &http, err);
	if (!r.http)
		return false;
	buf_init(&r.hello, ONLINE_BODY_MAX);
	r.wait = timer_new(loop, on_wait, &r);
	r.end = timer_new(loop, on_end, &r);
	timer_set(r.end, loop_now_ms(loop) + settings->most_ms);
	timer_set(r.wait, loop_now_ms(loop));
	loop_run(loop);
	timer_free(r.wait);
	timer_free(r.end);
	http_free(r.http);
	buf_done(&r.hello);
	return true;
}
