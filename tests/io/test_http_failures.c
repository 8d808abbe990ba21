/* The HTTP client when a server fails, and when calls are cancelled or freed under way. */
#include "io/http_run.h"

static void run_for(struct run *r, int ms)
{
	timer_set(r->guard, loop_now_ms(r->loop) + ms);
	loop_run(r->loop);
	r->timed_out = false;
}

static void script_nothing(struct conn *c)
{
	conn_read_head(c);
	pause_ms(10000);
}

static void script_half(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
}

static void script_reset(struct conn *c)
{
	conn_read_head(c);
	conn_reset(c);
}

static void script_garbage(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "220 mail.example ESMTP\r\n\r\n");
}

static void assert_fails(struct run *r, void (*script)(struct conn *c))
{
	serve(r, script);
	get(r);
	go(r);
	assert_ptr_equal(strstr(r->told.p, "0 "), r->told.p);
	assert_true(r->told.n > 4);
}

static void test_timeout(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	r->settings.timeout_ms = 150;
	assert_fails(r, script_nothing);
	assert_true(loop_now_ms(r->loop) - begin >= 150);
}

/* A byte now and then: the time counts for all of it. */
static void script_trickle(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	for (int i = 0; i < 1000; i++) {
		conn_puts(c, "x");
		pause_ms(10);
	}
}

static void test_a_body_that_trickles(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	r->settings.timeout_ms = 300;
	assert_fails(r, script_trickle);
	assert_true(loop_now_ms(r->loop) - begin < 2000);
}

static void test_half_a_body(void **state)
{
	assert_fails(*state, script_half);
}

static void test_reset(void **state)
{
	assert_fails(*state, script_reset);
}

static void test_not_http(void **state)
{
	assert_fails(*state, script_garbage);
}

static void test_nobody_listens(void **state)
{
	struct run *r = *state;

	serve(r, script_nothing);
	server_stop(&r->server);
	r->server.pid = 0;
	get(r);
	assert_non_null(strstr(go(r), "0 "));
}

static void test_unknown_name(void **state)
{
	struct run *r = *state;

	/* A label of more than 63 bytes: no name server has to be asked. */
	snprintf(r->url, sizeof r->url, "https://%070d.invalid/", 1);
	get(r);
	assert_non_null(strstr(go(r), "0 Could not resolve host"));
}

/* A connection that was kept and that the server has left meanwhile. */
static void script_one_then_close(struct conn *c)
{
	if (conn_read_head(c))
		conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static void test_a_kept_connection_that_was_closed(void **state)
{
	struct run *r = *state;

	serve(r, script_one_then_close);
	for (int i = 1; i <= 5; i++) {
		get(r);
		r->wanted = i;
		go(r);
		run_for(r, 5);
	}
	assert_string_equal(r->told.p, "200 ok|200 ok|200 ok|200 ok|200 ok|");
}

static void test_cancel(void **state)
{
	struct run *r = *state;
	struct http_call *call;

	serve(r, script_nothing);
	http_cancel(get(r));
	call = get(r);
	run_for(r, 50);
	http_cancel(call);
	assert_int_equal(http_under_way(r->http), 0);
	run_for(r, 20);
	assert_int_equal(r->done, 0);
}

static void test_cancel_while_it_resolves(void **state)
{
	struct run *r = *state;
	int64_t begin;

	snprintf(r->url, sizeof r->url, "https://nowhere.invalid/");
	http_cancel(get(r));
	get(r);
	run_for(r, 1);
	begin = loop_now_ms(r->loop);
	http_free(r->http);
	r->http = NULL;
	assert_true(loop_now_ms(r->loop) - begin < 500);
	/* curl's thread gives its memory back by itself. */
	run_for(r, 300);
}

static void cancel_other(struct run *r)
{
	if (r->other)
		http_cancel(r->other);
	r->other = NULL;
}

static void test_cancel_another_from_done(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	get(r);
	snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/never", r->server.port);
	r->other = get(r);
	r->on_done = cancel_other;
	go(r);
	assert_int_equal(r->done, 1);
	assert_int_equal(http_under_way(r->http), 0);
	run_for(r, 20);
	assert_int_equal(r->done, 1);
}

static void test_cancel_itself_from_done(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	r->other = get(r);
	r->on_done = cancel_other;
	assert_string_equal(go(r), "200 hello|");
}

static void free_all(struct run *r)
{
	http_free(r->http);
	r->http = NULL;
}

static void test_free_from_done(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	get(r);
	get(r);
	get(r);
	r->on_done = free_all;
	go(r);
	assert_int_equal(r->done, 1);
	run_for(r, 20);
	assert_int_equal(r->done, 1);
	http_free(NULL);
}

static void send_again(struct run *r)
{
	if (r->done < r->wanted)
		get(r);
}

static void test_send_from_done(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	r->wanted = 30;
	r->on_done = send_again;
	get(r);
	go(r);
	assert_int_equal(r->done, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(test_timeout),
		WITH_RUN(test_a_body_that_trickles),
		WITH_RUN(test_half_a_body),
		WITH_RUN(test_reset),
		WITH_RUN(test_not_http),
		WITH_RUN(test_nobody_listens),
		WITH_RUN(test_unknown_name),
		WITH_RUN(test_a_kept_connection_that_was_closed),
		WITH_RUN(test_cancel),
		WITH_RUN(test_cancel_while_it_resolves),
		WITH_RUN(test_cancel_another_from_done),
		WITH_RUN(test_cancel_itself_from_done),
		WITH_RUN(test_free_from_done),
		WITH_RUN(test_send_from_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
