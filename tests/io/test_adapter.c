/* What carries out the steps of a platform's machine: against a machine that is a list of steps, a sink
 * that writes down what it is told, and a scripted server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/arena.h"
#include "io/adapter.h"
#include "io/http.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/server.h"
#include "io/ws.h"

#define STEPS_MAX 16

struct run {
	struct adapter adapter; /* first */
	struct platform_sink sink;
	struct loop *loop;
	struct timer *guard;
	struct server server;
	struct arena arena;
	struct machine_step steps[STEPS_MAX]; /* that the machine gives next */
	size_t steps_n, given;
	struct buf told; /* "answered 1 200|" */
	char want[32];	 /* the loop runs until this was told */
	bool timed_out, sending, in_call;
	int64_t wake_ms;
	unsigned more; /* how often there is more to do, which is one step */
	struct machine_time at;
	struct str closes_with; /* a step of the machine when the websocket is open */
};

static void tell(struct run *r, const char *what, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct run *r, const char *what, ...)
{
	char text[200];
	va_list args;

	assert_false(r->in_call);
	va_start(args, what);
	vsnprintf(text, sizeof text, what, args);
	va_end(args);
	buf_addf(&r->told, "%s|", text);
	if (r->want[0] && strstr(text, r->want))
		loop_stop(r->loop);
}

static struct run *run_of(struct adapter *a)
{
	return (struct run *)a;
}

static void put(struct run *r, struct machine_step step)
{
	assert_true(r->steps_n < STEPS_MAX);
	r->steps[r->steps_n++] = step;
}

/* --- the machine --- */

static bool on_next(struct adapter *a, struct machine_step *step)
{
	struct run *r = run_of(a);

	if (r->given == r->steps_n)
		return false;
	*step = r->steps[r->given++];
	return true;
}

static void on_own(struct adapter *a, const struct machine_step *step)
{
	tell(run_of(a), "own %d", step->kind - MACHINE_OWN);
}

static bool on_more(struct adapter *a)
{
	struct run *r = run_of(a);

	if (!r->more)
		return false;
	r->more--;
	put(r, (struct machine_step){.kind = MACHINE_DELETED, .text = STR("of more")});
	return true;
}

static void on_tick(struct adapter *a, struct machine_time at)
{
	struct run *r = run_of(a);

	r->wake_ms = INT64_MAX;
	r->at = at;
	tell(r, "tick");
}

static int64_t on_wake_ms(struct adapter *a)
{
	return run_of(a)->wake_ms;
}

static void on_answered(struct adapter *a, uint64_t call, const struct machine_response *response,
			struct machine_time at)
{
	struct run *r = run_of(a);

	r->at = at;
	r->sending = false;
	tell(r, "answered %d %d " STR_FMT, (int)call, response->status,
	     STR_ARG(response->status ? response->body : STR("why")));
	assert_int_equal(response->why.n > 0, response->status == 0);
}

static void on_stop(struct adapter *a, struct machine_time at)
{
	(void)at;
	tell(run_of(a), "stop");
}

static bool on_is_sending(const struct adapter *a)
{
	return ((const struct run *)a)->sending;
}

static void on_connect(struct adapter *a, const struct machine_call *call)
{
	const struct ws_settings settings = {.url = call->url,
					     .agent = STR("clinicbot-test"),
					     .message_max = 1000,
					     .timeout_ms = 2000};

	adapter_connect(a, &settings);
}

static void on_opened(struct adapter *a, struct machine_time at)
{
	struct run *r = run_of(a);

	(void)at;
	tell(r, "opened");
	if (r->closes_with.n)
		put(r, (struct machine_step){.kind = MACHINE_FRAME, .text = r->closes_with});
}

static void on_frame(struct adapter *a, struct str frame, struct machine_time at)
{
	(void)at;
	tell(run_of(a), "frame " STR_FMT, STR_ARG(frame));
}

static void on_closed(struct adapter *a, int code, struct str why, struct machine_time at)
{
	(void)why, (void)at;
	tell(run_of(a), "closed %d", code);
}

static const struct adapter_ops machine = {
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

/* --- the bot --- */

static struct run *run_of_sink(struct platform_sink *sink, const struct platform *from)
{
	struct run *r = (struct run *)((char *)sink - offsetof(struct run, sink));

	assert_ptr_equal(from, &r->adapter.base);
	return r;
}

static void on_message(struct platform_sink *sink, struct platform *from, const struct message *m)
{
	tell(run_of_sink(sink, from), "message " STR_FMT, STR_ARG(m->id));
}

static void on_deleted(struct platform_sink *sink, struct platform *from, struct str id)
{
	tell(run_of_sink(sink, from), "deleted " STR_FMT, STR_ARG(id));
}

static void on_position(struct platform_sink *sink, struct platform *from, struct str position)
{
	tell(run_of_sink(sink, from), "position " STR_FMT, STR_ARG(position));
}

static void on_delivered(struct platform_sink *sink, struct platform *from, uint64_t delivery,
			 enum delivery_outcome outcome, struct str sent_as, struct str why)
{
	tell(run_of_sink(sink, from), "delivered %d %d " STR_FMT STR_FMT, (int)delivery, outcome,
	     STR_ARG(sent_as), STR_ARG(why));
}

static void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
		       const struct message *m)
{
	tell(run_of_sink(sink, from), "fetched " STR_FMT " %s", STR_ARG(id), m ? m->id.p : "gone");
}

static void on_trouble(struct platform_sink *sink, struct platform *from,
		       const struct room_trouble *trouble)
{
	tell(run_of_sink(sink, from), "trouble " STR_FMT, STR_ARG(trouble->id));
}

static void on_state(struct platform_sink *sink, struct platform *from, enum platform_state state,
		     struct str why)
{
	tell(run_of_sink(sink, from), "state %d " STR_FMT, state, STR_ARG(why));
}

static void on_stopped(void *arg)
{
	tell(arg, "stopped");
}

static const struct platform_ops platform = {.name = "test", .stop = adapter_stop};

/* --- running --- */

static void on_guard(void *arg)
{
	struct run *r = arg;

	r->timed_out = true;
	loop_stop(r->loop);
}

static int start(void **state)
{
	const struct http_settings http = {
		.agent = STR("clinicbot-test"), .body_max = 10000, .timeout_ms = 3000};
	struct run *r = calloc(1, sizeof *r);
	struct err err = {0};

	assert_non_null(r);
	log_level_set(LOG_LEVEL_ERROR);
	arena_init(&r->arena);
	buf_init(&r->told, 10000);
	buf_add(&r->told, STR(""));
	r->loop = loop_new(&err);
	assert_non_null(r->loop);
	r->guard = timer_new(r->loop, on_guard, r);
	r->wake_ms = INT64_MAX;
	r->sink = (struct platform_sink){.message = on_message,
					 .deleted = on_deleted,
					 .position = on_position,
					 .delivered = on_delivered,
					 .fetched = on_fetched,
					 .trouble = on_trouble,
					 .state = on_state};
	assert_true(adapter_init(&r->adapter, r->loop, &platform, &machine, &http, &err));
	r->adapter.base.sink = &r->sink;
	*state = r;
	return 0;
}

static int stop(void **state)
{
	struct run *r = *state;

	adapter_done(&r->adapter);
	if (r->server.pid)
		server_stop(&r->server);
	timer_free(r->guard);
	loop_free(r->loop);
	buf_done(&r->told);
	arena_done(&r->arena);
	free(r);
	return 0;
}

static void serve(struct run *r, void (*script)(struct conn *c))
{
	assert_true(server_start(&r->server, (struct server_settings){.script = script}));
}

static struct str url(struct run *r, const char *scheme, const char *path)
{
	return arena_fmt(&r->arena, "%s://127.0.0.1:%u%s", scheme, r->server.port, path);
}

static struct machine_step call(struct run *r, uint64_t id, const char *path)
{
	return (struct machine_step){
		.kind = MACHINE_CALL,
		.call = {.id = id, .method = STR("GET"), .url = url(r, "http", path)}};
}

static struct machine_step connecting(struct run *r)
{
	return (struct machine_step){.kind = MACHINE_CONNECT, .call = {.url = url(r, "ws", "/")}};
}

/* Until `want` was told. */
static void run_until(struct run *r, const char *want)
{
	snprintf(r->want, sizeof r->want, "%s", want);
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	loop_run(r->loop);
	timer_stop(r->guard);
	r->want[0] = '\0';
	if (r->timed_out)
		fail_msg("nothing more happened after: %s", r->told.p);
}

static void run_for(struct run *r, int ms)
{
	timer_set(r->guard, loop_now_ms(r->loop) + ms);
	loop_run(r->loop);
	assert_true(r->timed_out);
	r->timed_out = false;
}

/* As the bot does when it brings something: nothing may be told from inside. */
static void soon(struct run *r)
{
	r->in_call = true;
	adapter_soon(&r->adapter);
	r->in_call = false;
}

static void assert_told(struct run *r, const char *want)
{
	assert_string_equal(r->told.p, want);
	buf_clear(&r->told);
	buf_add(&r->told, STR(""));
}

/* --- HTTP --- */

#define AHEAD "Date: Fri, 15 Jan 2227 08:00:00 GMT\r\n"

static void script_http(struct conn *c)
{
	while (conn_read_head(c)) {
		if (strstr(c->request, "/never"))
			for (;;)
				pause();
		conn_puts(c, strstr(c->request, "/dated")
				     ? "HTTP/1.1 200 OK\r\n" AHEAD "Content-Length: 2\r\n\r\nok"
				     : "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nhello");
	}
}

static void a_call_is_answered(void **state)
{
	struct run *r = *state;

	serve(r, script_http);
	put(r, call(r, 7, "/x"));
	soon(r);
	run_until(r, "answered");
	assert_told(r, "tick|answered 7 404 hello|");
	assert_int_equal(r->adapter.base.ahead_ms, 0);
	assert_false(r->at.wall_is_servers);
}

/* Also what is made of it at once has its turn. */
static void a_call_that_cannot_be_made_is_answered_at_once(void **state)
{
	struct run *r = *state;
	const struct machine_step far = {
		.kind = MACHINE_CALL,
		.call = {.id = 3, .method = STR("GET"), .url = STR("http://example.org/")}};

	put(r, far);
	put(r, (struct machine_step){.kind = MACHINE_DELETED, .text = STR("behind")});
	soon(r);
	run_until(r, "behind");
	assert_told(r, "tick|answered 3 0 why|deleted behind|");
}

static void a_call_that_is_dropped_has_no_answer(void **state)
{
	struct run *r = *state;

	serve(r, script_http);
	put(r, call(r, 1, "/never"));
	put(r, call(r, 2, "/never"));
	put(r, call(r, 3, "/x"));
	soon(r);
	run_until(r, "answered 3");
	put(r, (struct machine_step){.kind = MACHINE_DROP, .call = {.id = 1}});
	put(r, (struct machine_step){.kind = MACHINE_DROP, .call = {.id = 99}});
	soon(r);
	run_until(r, "answered 2"); /* its time is over */
	assert_told(r, "tick|answered 3 404 hello|tick|answered 2 0 why|");
}

static void time_is_the_servers(void **state)
{
	struct run *r = *state;

	serve(r, script_http);
	put(r, call(r, 1, "/dated"));
	soon(r);
	run_until(r, "answered");
	assert_true(r->at.wall_is_servers);
	/* 2227-01-15 08:00 */
	assert_in_range(adapter_now(&r->adapter).wall_ms, 8111347200000, 8111347209000);
	assert_in_range(loop_wall_ms() + r->adapter.base.ahead_ms, 8111347200000, 8111347209000);
	assert_in_range(loop_now_ms(r->loop) + r->adapter.base.zero_ms, 8111347200000,
			8111347209000);
}

/* --- the bot is told --- */

static void each_step_is_told_in_its_order(void **state)
{
	struct run *r = *state;
	const struct machine_step steps[] = {
		{.kind = MACHINE_MESSAGE, .message = {.id = STR("m")}},
		{.kind = MACHINE_DELETED, .text = STR("d")},
		{.kind = MACHINE_NOTE, .why = STR("for the log")},
		{.kind = MACHINE_POSITION, .text = STR("p")},
		{.kind = MACHINE_DELIVERED, .delivery = 5, .text = STR("as")},
		{.kind = MACHINE_DELIVERED,
		 .delivery = 6,
		 .outcome = DELIVERY_REFUSED,
		 .why = STR("no")},
		{.kind = MACHINE_FETCHED, .text = STR("f"), .message = {.id = STR("f")}},
		{.kind = MACHINE_FETCHED,
		 .text = STR("f"),
		 .found = true,
		 .message = {.id = STR("found")}},
		{.kind = MACHINE_TROUBLE, .trouble = {.id = STR("t")}},
		{.kind = MACHINE_STATE, .state = PLATFORM_READY, .why = STR("good")},
		{.kind = MACHINE_OWN + 2},
		{.kind = MACHINE_FATAL, .state = PLATFORM_FAILED, .why = STR("cure")},
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		put(r, steps[i]);
	soon(r);
	run_until(r, "cure");
	assert_told(r, "tick|message m|deleted d|position p|delivered 5 0 as|delivered 6 1 no|"
		       "fetched f gone|fetched f found|trouble t|state 1 good|own 2|state 3 cure|");
}

static void what_else_there_is_has_its_steps_too(void **state)
{
	struct run *r = *state;

	r->more = 2;
	put(r, (struct machine_step){.kind = MACHINE_DELETED, .text = STR("first")});
	soon(r);
	run_for(r, 20);
	assert_told(r, "tick|deleted first|deleted of more|deleted of more|");
}

static void it_wakes_the_machine_when_that_asks_for_it(void **state)
{
	struct run *r = *state;
	int64_t began = loop_now_ms(r->loop);

	soon(r);
	run_for(r, 30);
	assert_told(r, "tick|");
	r->wake_ms = began + 90;
	put(r, (struct machine_step){.kind = MACHINE_DROP, .call = {.id = 1}});
	/* A call's answer is work, too, behind which the time is looked at. */
	serve(r, script_http);
	adapter_call_make(
		&r->adapter,
		&(struct machine_call){.id = 9, .method = STR("GET"), .url = url(r, "http", "/x")});
	run_until(r, "answered");
	r->wake_ms = loop_now_ms(r->loop) + 60;
	run_until(r, "tick");
	assert_true(loop_now_ms(r->loop) - began >= 90);
	run_for(r, 30);
	assert_told(r, "answered 9 404 hello|tick|");
}

/* --- the websocket --- */

static void script_ws(struct conn *c)
{
	char text[100];
	size_t n;

	if (!ws_accept(c))
		return;
	ws_text(c, "hello");
	while (ws_read(c, text, sizeof text - 1, &n) == 0x81) {
		text[n] = '\0';
		if (!strcmp(text, "bye"))
			ws_bye(c, 4001, "");
		else
			ws_text(c, text);
	}
}

static void a_websocket_is_opened_heard_and_spoken_to(void **state)
{
	struct run *r = *state;

	serve(r, script_ws);
	r->closes_with = STR("echo");
	/* None is open yet. */
	put(r, (struct machine_step){.kind = MACHINE_FRAME, .text = STR("lost")});
	put(r, (struct machine_step){.kind = MACHINE_CLOSE, .code = 1000});
	put(r, connecting(r));
	soon(r);
	run_until(r, "frame echo");
	assert_told(r, "tick|opened|frame hello|frame echo|");
	put(r, (struct machine_step){.kind = MACHINE_FRAME, .text = STR("bye")});
	soon(r);
	run_until(r, "closed");
	assert_told(r, "tick|closed 4001|");
	assert_null(r->adapter.ws);
	r->closes_with = STR("");
	put(r, connecting(r));
	soon(r);
	run_until(r, "frame hello");
	put(r, (struct machine_step){.kind = MACHINE_CLOSE, .code = 3000});
	soon(r);
	run_until(r, "closed");
	assert_told(r, "tick|opened|frame hello|tick|closed 3000|");
}

static void one_that_cannot_be_opened_is_closed_at_once(void **state)
{
	struct run *r = *state;

	put(r, (struct machine_step){.kind = MACHINE_CONNECT,
				     .call = {.url = STR("ws://example.org/")}});
	soon(r);
	run_until(r, "closed");
	assert_told(r, "tick|closed 0|");
	assert_null(r->adapter.ws);
}

/* --- the stop --- */

static void with_nothing_under_way_it_stops_at_once(void **state)
{
	struct run *r = *state;
	int64_t began = loop_now_ms(r->loop);

	adapter_stop(&r->adapter.base, 5000, on_stopped, r);
	assert_told(r, "stop|"); /* the rest not from inside */
	run_until(r, "stopped");
	run_for(r, 20);
	assert_told(r, "tick|stopped|");
	assert_true(loop_now_ms(r->loop) - began < 4000);
}

static void it_waits_for_what_is_on_its_way(void **state)
{
	struct run *r = *state;

	serve(r, script_http);
	r->sending = true; /* until an answer */
	put(r, call(r, 1, "/x"));
	adapter_stop(&r->adapter.base, 5000, on_stopped, r);
	run_until(r, "stopped");
	assert_told(r, "stop|tick|answered 1 404 hello|stopped|");
}

static void but_not_for_ever(void **state)
{
	struct run *r = *state;
	int64_t began = loop_now_ms(r->loop);

	serve(r, script_http);
	r->sending = true;
	put(r, call(r, 1, "/never"));
	adapter_stop(&r->adapter.base, 150, on_stopped, r);
	run_until(r, "stopped");
	assert_in_range(loop_now_ms(r->loop) - began, 150, 2000);
	assert_told(r, "stop|tick|tick|stopped|");
}

static void script_deaf(struct conn *c)
{
	if (ws_accept(c))
		for (;;)
			pause();
}

/* A peer that does not answer the farewell is left when the grace is over. */
static void a_websocket_is_let_go(void **state)
{
	struct run *r = *state;
	int64_t began;

	serve(r, script_deaf);
	put(r, connecting(r));
	soon(r);
	run_until(r, "opened");
	began = loop_now_ms(r->loop);
	adapter_stop(&r->adapter.base, 150, on_stopped, r);
	run_until(r, "stopped");
	assert_in_range(loop_now_ms(r->loop) - began, 150, 1500);
	assert_null(r->adapter.ws);
	assert_non_null(strstr(r->told.p, "closed 1006|stopped|"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(a_call_is_answered),
		CASE(a_call_that_cannot_be_made_is_answered_at_once),
		CASE(a_call_that_is_dropped_has_no_answer),
		CASE(time_is_the_servers),
		CASE(each_step_is_told_in_its_order),
		CASE(what_else_there_is_has_its_steps_too),
		CASE(it_wakes_the_machine_when_that_asks_for_it),
		CASE(a_websocket_is_opened_heard_and_spoken_to),
		CASE(one_that_cannot_be_opened_is_closed_at_once),
		CASE(with_nothing_under_way_it_stops_at_once),
		CASE(it_waits_for_what_is_on_its_way),
		CASE(but_not_for_ever),
		CASE(a_websocket_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
