/* The websocket client when it is open: messages, closing, and how it ends. */
#include "io/ws_run.h"

/* --- messages --- */

static void test_messages_and_the_peers_close(void **state)
{
	struct run *r = *state;
	const char *request;

	serve(r, script_hello);
	assert_string_equal(go(r), "open|hello|\x01\x02||closed 4001 that is all");
	assert_silence(r);
	request = server_stop(&r->server);
	r->server.pid = 0;
	assert_ptr_equal(strstr(request, "GET /gateway?v=10 HTTP/1.1\r\n"), request);
	assert_non_null(strstr(request, "User-Agent: clinicbot-test\r\n"));
	assert_non_null(strstr(request, "Sec-WebSocket-Version: 13\r\n"));
	assert_null(strstr(request, "Sec-WebSocket-Protocol"));
	assert_null(strstr(request, "Sec-WebSocket-Extensions"));
	assert_null(strstr(request, "Origin"));
}

static void script_fragments(struct conn *c)
{
	char big[9000];

	if (!ws_accept(c))
		return;
	ws_frame(c, 0x01, "one ", 4);
	ws_frame(c, 0x89, "ping", 4);
	ws_frame(c, 0x00, "two ", 4);
	ws_frame(c, 0x00, "", 0);
	ws_frame(c, 0x80, "three", 5);
	memset(big, 'x', sizeof big);
	ws_frame(c, 0x81, big, sizeof big);
	ws_frame(c, 0x02, big, 4500);
	ws_frame(c, 0x80, big, 4500);
	if (ws_read(c, c->request, sizeof c->request, &(size_t){0}) == 0x8a)
		note(c, c->request);
	ws_bye(c, 1000, "");
}

static void test_fragments_are_put_together(void **state)
{
	struct run *r = *state;

	serve(r, script_fragments);
	assert_string_equal(go(r), "open|one two three|9000 bytes|9000 bytes|closed 1000 ");
	assert_string_equal(server_stop(&r->server), "ping");
	r->server.pid = 0;
}

static void script_slow(struct conn *c)
{
	const char *p = "\x81\x05hello\x88\x02\x03\xe8";

	if (!ws_accept(c))
		return;
	for (int i = 0; i < 11; i++) {
		conn_write(c, p + i, 1);
		pause_ms(3);
	}
	conn_read_head(c);
}

static void test_bytes_one_by_one(void **state)
{
	struct run *r = *state;

	serve(r, script_slow);
	assert_string_equal(go(r), "open|hello|closed 1000 ");
}

static void script_echo(struct conn *c)
{
	static char p[200000];
	size_t n;
	int first;

	if (!ws_accept(c))
		return;
	while ((first = ws_read(c, p, sizeof p, &n)) == 0x81)
		ws_frame(c, 0x81, p, n);
	if (first == 0x88 && n == 2) {
		snprintf(c->request, sizeof c->request, "close %d\n",
			 (unsigned char)p[0] << 8 | (unsigned char)p[1]);
		note(c, c->request);
		ws_frame(c, 0x88, p, 2);
	} else {
		note(c, "no close frame\n");
	}
}

static void send_three(struct run *r)
{
	static char big[90000];

	memset(big, 'y', sizeof big);
	ws_send(r->ws, STR("one"));
	ws_send(r->ws, (struct str){big, sizeof big});
	ws_send(r->ws, STR(""));
	assert_int_equal(ws_queued(r->ws), 3 + sizeof big);
}

static void close_after_the_empty_one(struct run *r, struct str text)
{
	if (text.n == 0) {
		assert_int_equal(ws_queued(r->ws), 0);
		ws_send(r->ws, STR("last"));
		ws_close(r->ws, 1000);
		ws_send(r->ws, STR("too late"));
		ws_close(r->ws, 4000);
	}
}

static void test_sends_and_closes(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->on_open = send_three;
	r->on_message = close_after_the_empty_one;
	assert_string_equal(go(r), "open|one|90000 bytes||closed 1000 ");
	assert_silence(r);
	assert_string_equal(server_note(&r->server), "close 1000\n");
}

static void close_4000(struct run *r)
{
	ws_close(r->ws, 4000);
}

static void test_own_close_code(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->on_open = close_4000;
	assert_string_equal(go(r), "open|closed 4000 ");
	assert_string_equal(server_note(&r->server), "close 4000\n");
}

static void test_dropped_from_opened(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->on_open = drop;
	assert_string_equal(go(r), "open|closed 1006 dropped");
	assert_string_equal(server_note(&r->server), "no close frame\n");
	assert_silence(r);
}

static void send_one(struct run *r)
{
	ws_send(r->ws, STR("one"));
	ws_send(r->ws, STR("two"));
}

static void drop_on_message(struct run *r, struct str text)
{
	(void)text;
	drop(r);
}

static void test_dropped_from_message(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->on_open = send_one;
	r->on_message = drop_on_message;
	assert_string_equal(go(r), "open|one|closed 1006 dropped");
	assert_silence(r);
}

static void start_later(struct run *r)
{
	timer_set(r->later, loop_now_ms(r->loop) + 20);
}

static void test_dropped_from_the_loop(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->later = timer_new(r->loop, drop_later, r);
	r->on_open = start_later;
	assert_string_equal(go(r), "open|closed 1006 dropped");
	assert_silence(r);
	assert_string_equal(server_note(&r->server), "no close frame\n");
}

static void test_dropped_and_the_loop_freed_at_once(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->later = timer_new(r->loop, drop_later, r);
	r->on_open = start_later;
	assert_string_equal(go(r), "open|closed 1006 dropped");
	server_stop(&r->server);
	r->server.pid = 0;
}

static void test_queued_before_it_is_open(void **state)
{
	struct run *r = *state;

	serve(r, script_echo);
	r->on_message = close_after_the_empty_one;
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	open_ws(r);
	ws_send(r->ws, STR("early"));
	ws_send(r->ws, STR(""));
	loop_run(r->loop);
	assert_string_equal(r->told.p, "open|early||closed 1000 ");
}

static void script_too_big(struct conn *c)
{
	static char p[200];
	size_t n = 0;
	int first;

	if (!ws_accept(c))
		return;
	memset(p, 'x', sizeof p);
	if (c->nth == 0) {
		ws_frame(c, 0x81, p, 100);
		ws_frame(c, 0x01, p, 60);
		ws_frame(c, 0x80, p, 41);
	} else {
		conn_write(c, "\x81\x7f\x00\x00\x00\x00\x40\x00\x00\x00", 10);
		for (int i = 0; i < 30; i++)
			conn_write(c, p, sizeof p);
	}
	first = ws_read(c, p, sizeof p, &n);
	snprintf(c->request, sizeof c->request, "%x %d\n", first,
		 (unsigned char)p[0] << 8 | (unsigned char)p[1]);
	note(c, c->request);
	ws_frame(c, 0x88, p, 2);
}

static void test_too_big_a_message(void **state)
{
	struct run *r = *state;

	serve(r, script_too_big);
	r->settings.message_max = 100;
	assert_non_null(strstr(go(r), "|closed 1009 a message of more than 100 bytes"));
	assert_string_equal(server_note(&r->server), "88 1009\n");
	/* A length that is announced is enough, once a part has come. */
	buf_clear(&r->told);
	r->closed = 0;
	assert_string_equal(go(r), "open|closed 1009 a message of more than 100 bytes");
	assert_string_equal(server_note(&r->server), "88 1009\n");
}

/* --- ends --- */

static void script_fin(struct conn *c)
{
	ws_accept(c);
	ws_text(c, "a");
}

static void script_reset(struct conn *c)
{
	ws_accept(c);
	ws_text(c, "a");
	conn_write(c, "\x81\x20half", 6);
	pause_ms(30);
	conn_reset(c);
}

static void script_close_without_code(struct conn *c)
{
	ws_accept(c);
	ws_frame(c, 0x88, "", 0);
	conn_read_head(c);
}

static void script_close_then_silence(struct conn *c)
{
	ws_accept(c);
	ws_bye(c, 4009, "session");
	pause_ms(5000);
}

static void script_bad_utf8(struct conn *c)
{
	size_t n = 0;

	ws_accept(c);
	ws_text(c, "gr\xc3\xbc\xc3\x9f");
	ws_text(c, "\xc3\x28");
	if (ws_read(c, c->request, sizeof c->request, &n) != 0x88)
		n = 0;
	note(c, n >= 2 && memcmp(c->request, "\x03\xef", 2) == 0 ? "1007\n" : "?\n");
}

static void test_ends(void **state)
{
	struct run *r = *state;

	serve(r, script_fin);
	assert_string_equal(go(r), "open|a|closed 1006 the connection was lost");
	assert_silence(r);
}

static void test_reset_in_a_frame(void **state)
{
	struct run *r = *state;

	serve(r, script_reset);
	assert_string_equal(go(r), "open|a|closed 1006 the connection was lost");
}

static void test_close_without_a_code(void **state)
{
	struct run *r = *state;

	serve(r, script_close_without_code);
	assert_string_equal(go(r), "open|closed 1006 ");
}

static void test_close_and_silence(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	serve(r, script_close_then_silence);
	assert_string_equal(go(r), "open|closed 4009 session");
	assert_true(loop_now_ms(r->loop) - begin < 3000);
}

static void test_text_that_is_not_utf8(void **state)
{
	struct run *r = *state;

	serve(r, script_bad_utf8);
	go(r);
	assert_ptr_equal(strstr(r->told.p, "open|gr\xc3\xbc\xc3\x9f|closed 1006"), r->told.p);
}

static void script_never_answers_close(struct conn *c)
{
	ws_accept(c);
	pause_ms(6000);
}

static void test_a_close_that_is_not_answered(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	serve(r, script_never_answers_close);
	r->on_open = close_4000;
	assert_string_equal(go(r), "open|closed 1006 the close was not answered");
	assert_true(loop_now_ms(r->loop) - begin >= 1900);
	assert_true(loop_now_ms(r->loop) - begin < 4000);
}

static void test_many_in_a_row(void **state)
{
	struct run *r = *state;

	serve(r, script_hello);
	for (int i = 0; i < 50; i++) {
		buf_clear(&r->told);
		r->closed = 0;
		assert_string_equal(go(r), "open|hello|\x01\x02||closed 4001 that is all");
	}
}

static void script_stay(struct conn *c)
{
	ws_accept(c);
	pause_ms(20000);
}

static void stop_loop(struct run *r)
{
	loop_stop(r->loop);
}

/* The owner should have closed it; even so nothing leaks, and the end is told. */
static void test_loop_freed_with_an_open_ws(void **state)
{
	struct run *r = *state;

	serve(r, script_stay);
	r->on_open = stop_loop;
	open_ws(r);
	loop_run(r->loop);
	assert_string_equal(r->told.p, "open|");
	timer_free(r->guard);
	r->guard = NULL;
	loop_free(r->loop);
	assert_string_equal(r->told.p, "open|closed 1006 the connection was lost");
	r->loop = NULL;
}

static void test_loop_freed_when_the_peer_is_gone_too(void **state)
{
	struct run *r = *state;

	serve(r, script_stay);
	r->on_open = stop_loop;
	open_ws(r);
	loop_run(r->loop);
	server_stop(&r->server);
	r->server.pid = 0;
	timer_free(r->guard);
	r->guard = NULL;
	loop_free(r->loop);
	assert_string_equal(r->told.p, "open|closed 1006 the connection was lost");
	r->loop = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(test_messages_and_the_peers_close),
		WITH_RUN(test_fragments_are_put_together),
		WITH_RUN(test_bytes_one_by_one),
		WITH_RUN(test_sends_and_closes),
		WITH_RUN(test_own_close_code),
		WITH_RUN(test_dropped_from_opened),
		WITH_RUN(test_dropped_from_message),
		WITH_RUN(test_dropped_from_the_loop),
		WITH_RUN(test_dropped_and_the_loop_freed_at_once),
		WITH_RUN(test_queued_before_it_is_open),
		WITH_RUN(test_too_big_a_message),
		WITH_RUN(test_ends),
		WITH_RUN(test_reset_in_a_frame),
		WITH_RUN(test_close_without_a_code),
		WITH_RUN(test_close_and_silence),
		WITH_RUN(test_text_that_is_not_utf8),
		WITH_RUN(test_a_close_that_is_not_answered),
		WITH_RUN(test_many_in_a_row),
		WITH_RUN(test_loop_freed_with_an_open_ws),
		WITH_RUN(test_loop_freed_when_the_peer_is_gone_too),
	};

	return cmocka_run_group_tests_name("ws", tests, NULL, NULL);
}
