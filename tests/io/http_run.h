/* What the tests of the HTTP client share: a loop, a scripted server, calls, and what came of them. */
#ifndef TESTS_HTTP_RUN_H
#define TESTS_HTTP_RUN_H

#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "io/http.h"
#include "io/loop.h"
#include "io/server.h"

struct run {
	struct loop *loop;
	struct timer *guard;
	struct timer *later;
	struct server server;
	struct http *http;
	struct http_settings settings;
	char url[128];
	struct buf told; /* "200 body|" or "0 why|" */
	struct buf headers;
	int done;
	int wanted; /* calls to wait for */
	bool timed_out;
	void (*on_done)(struct run *r);
	struct http_call *other;
};

static inline void on_guard(void *arg)
{
	struct run *r = arg;

	r->timed_out = true;
	loop_stop(r->loop);
}

static inline void done(void *arg, const struct http_response *response)
{
	struct run *r = arg;

	if (response->body.n > 100)
		buf_addf(&r->told, "%d %zu bytes|", response->status, response->body.n);
	else
		buf_addf(&r->told, "%d " STR_FMT "|", response->status,
			 STR_ARG(response->status ? response->body : response->why));
	buf_clear(&r->headers);
	buf_add(&r->headers, response->headers);
	r->done++;
	if (r->on_done)
		r->on_done(r);
	if (r->done == r->wanted)
		loop_stop(r->loop);
}

static inline int start(void **state)
{
	struct run *r = calloc(1, sizeof *r);

	buf_init(&r->told, 1000000);
	buf_init(&r->headers, 1000000);
	r->loop = loop_new(NULL);
	r->guard = timer_new(r->loop, on_guard, r);
	r->settings = (struct http_settings){
		.agent = STR("clinicbot-test"), .body_max = 100000, .timeout_ms = 4000};
	r->wanted = 1;
	*state = r;
	return r->loop ? 0 : -1;
}

static inline int stop(void **state)
{
	struct run *r = *state;

	http_free(r->http);
	if (r->server.pid)
		server_stop(&r->server);
	timer_free(r->guard);
	timer_free(r->later);
	loop_free(r->loop);
	buf_done(&r->told);
	buf_done(&r->headers);
	free(r);
	return 0;
}

static inline void serve(struct run *r, void (*script)(struct conn *c))
{
	assert_true(server_start(&r->server, (struct server_settings){.script = script}));
	snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/api/x?y=1", r->server.port);
}

static inline struct http_call *send_request(struct run *r, const struct http_request *request)
{
	struct err err = {0};
	struct http_call *call;

	if (!r->http)
		r->http = http_new(r->loop, &r->settings, &err);
	if (!r->http)
		fail_msg("%s", err.text);
	call = http_send(r->http, request, done, r, &err);
	if (!call)
		fail_msg("%s", err.text);
	return call;
}

static inline struct http_call *get(struct run *r)
{
	return send_request(r, &(struct http_request){.method = STR("GET"), .url = str_of(r->url)});
}

/* Runs until all calls are done. */
static inline const char *go(struct run *r)
{
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	loop_run(r->loop);
	timer_stop(r->guard);
	if (r->timed_out)
		fail_msg("nothing more happened after: %s", r->told.p ? r->told.p : "");
	return r->told.p;
}

static inline void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Reads requests for ever and gives each back in the response, with its body. */
static inline void script_mirror(struct conn *c)
{
	char head[256];

	while (conn_read_head(c)) {
		size_t n = strlen(c->request);
		size_t body_n = strtoul(conn_header(c, "Content-Length"), NULL, 10);

		if (body_n > sizeof c->request - n - 1 ||
		    !conn_read_full(c, c->request + n, body_n))
			return;
		c->request[n + body_n] = '\0';
		note(c, c->request);
		if (strstr(c->request, "/never"))
			pause_ms(20000);
		snprintf(head, sizeof head,
			 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Nth: %d\r\nRetry-After:  7 \r\n"
			 "\r\nhello",
			 c->nth);
		conn_puts(c, head);
	}
}

#define WITH_RUN(f) cmocka_unit_test_setup_teardown(f, start, stop)

#endif
