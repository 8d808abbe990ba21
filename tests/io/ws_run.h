/* What the tests of the websocket client share: one run with a loop, a scripted server, one ws and
 * what it told. Included by one test each. */
#ifndef TESTS_IO_WS_RUN_H
#define TESTS_IO_WS_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "core/buf.h"
#include "io/loop.h"
#include "io/server.h"
#include "io/ws.h"

/* One run: a loop, a server, one ws, and what it told as text. */
struct run {
	struct loop *loop;
	struct timer *guard;
	struct timer *later;
	struct server server;
	struct ws *ws;
	char url[128];
	struct ws_settings settings;
	struct buf told; /* "open|text|closed 1000 why" */
	int closed;
	bool timed_out;
	/* What the test does inside the callbacks. */
	void (*on_open)(struct run *r);
	void (*on_message)(struct run *r, struct str message);
};

static void on_guard(void *arg)
{
	struct run *r = arg;

	r->timed_out = true;
	loop_stop(r->loop);
}

static void opened(void *arg)
{
	struct run *r = arg;

	buf_add(&r->told, STR("open|"));
	if (r->on_open)
		r->on_open(r);
}

static void message(void *arg, struct str text)
{
	struct run *r = arg;

	if (text.n > 100)
		buf_addf(&r->told, "%zu bytes|", text.n);
	else
		buf_addf(&r->told, STR_FMT "|", STR_ARG(text));
	if (r->on_message)
		r->on_message(r, text);
}

static void closed(void *arg, int code, struct str why)
{
	struct run *r = arg;

	r->closed++;
	r->ws = NULL;
	buf_addf(&r->told, "closed %d " STR_FMT, code, STR_ARG(why));
	loop_stop(r->loop);
}

static const struct ws_events events = {opened, message, closed};

__attribute__((unused)) static int start(void **state)
{
	struct run *r = calloc(1, sizeof *r);

	buf_init(&r->told, 100000);
	r->loop = loop_new(NULL);
	r->guard = timer_new(r->loop, on_guard, r);
	r->settings = (struct ws_settings){
		.agent = STR("clinicbot-test"), .message_max = 100000, .timeout_ms = 4000};
	*state = r;
	return r->loop ? 0 : -1;
}

__attribute__((unused)) static int stop(void **state)
{
	struct run *r = *state;

	if (r->server.pid)
		server_stop(&r->server);
	timer_free(r->guard);
	timer_free(r->later);
	loop_free(r->loop);
	buf_done(&r->told);
	free(r);
	return 0;
}

__attribute__((unused)) static void serve(struct run *r, void (*script)(struct conn *c))
{
	assert_true(server_start(&r->server, (struct server_settings){.script = script}));
	snprintf(r->url, sizeof r->url, "ws://127.0.0.1:%u/gateway?v=10", r->server.port);
}

static void open_ws(struct run *r)
{
	struct err err = {0};

	r->settings.url = str_of(r->url);
	r->ws = ws_open(r->loop, &r->settings, &events, r, &err);
	if (!r->ws)
		fail_msg("%s", err.text);
	assert_int_equal(r->told.n, 0);
}

/* Runs until it is closed. */
__attribute__((unused)) static const char *go(struct run *r)
{
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	open_ws(r);
	loop_run(r->loop);
	timer_stop(r->guard);
	if (r->timed_out)
		fail_msg("nothing more happened after: %s", r->told.p ? r->told.p : "");
	assert_int_equal(r->closed, 1);
	return r->told.p;
}

/* Gives libwebsockets a few turns more: nothing else may be told. */
__attribute__((unused)) static void assert_silence(struct run *r)
{
	size_t n = r->told.n;

	timer_set(r->guard, loop_now_ms(r->loop) + 30);
	loop_run(r->loop);
	r->timed_out = false;
	assert_int_equal(r->told.n, n);
}

__attribute__((unused)) static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Greets, says what there is to say, and closes with 4001. */
__attribute__((unused)) static void script_hello(struct conn *c)
{
	if (!ws_accept(c))
		return;
	note(c, c->request);
	ws_text(c, "hello");
	ws_frame(c, 0x82, "\x01\x02", 2);
	ws_text(c, "");
	ws_bye(c, 4001, "that is all");
	ws_read(c, c->request, sizeof c->request, &(size_t){0});
}

__attribute__((unused)) static void drop(struct run *r)
{
	ws_close(r->ws, 0);
	assert_int_equal(r->closed, 0);
	ws_send(r->ws, STR("into the void"));
	ws_close(r->ws, 1000);
	ws_close(r->ws, 0);
}

__attribute__((unused)) static void drop_later(void *arg)
{
	drop(arg);
}

#define WITH_RUN(f) cmocka_unit_test_setup_teardown(f, start, stop)

#endif
