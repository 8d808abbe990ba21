/* The websocket client against a scripted server: what is told, when, and how it ends. */
#define _XOPEN_SOURCE 700 /* mkdtemp, usleep's kin */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "core/buf.h"
#include "io/log.h"
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

static char dir[64] = "/tmp/clinicbot-ws-XXXXXX";
static bool have_certificates;

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

static int start(void **state)
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

static int stop(void **state)
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

static void serve(struct run *r, void (*script)(struct conn *c))
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
static const char *go(struct run *r)
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
static void assert_silence(struct run *r)
{
	size_t n = r->told.n;

	timer_set(r->guard, loop_now_ms(r->loop) + 30);
	loop_run(r->loop);
	r->timed_out = false;
	assert_int_equal(r->told.n, n);
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* --- messages --- */

static void script_hello(struct conn *c)
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

static void drop(struct run *r)
{
	ws_close(r->ws, 0);
	assert_int_equal(r->closed, 0);
	ws_send(r->ws, STR("into the void"));
	ws_close(r->ws, 1000);
	ws_close(r->ws, 0);
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

static void drop_later(void *arg)
{
	drop(arg);
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

/* --- never open --- */

static void script_503(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
	conn_read_head(c);
}

static void script_401(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
	conn_read_head(c);
}

static void script_redirect(struct conn *c)
{
	if (c->nth > 0)
		note(c, "followed\n");
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
	conn_read_head(c);
}

static void script_bad_accept(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		     "Connection: Upgrade\r\n"
		     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
	conn_read_head(c);
}

static void script_hang_up(struct conn *c)
{
	conn_read_head(c);
}

static void script_nothing(struct conn *c)
{
	conn_read_head(c);
	pause_ms(5000);
}

static void script_garbage(struct conn *c)
{
	conn_read_head(c);
	conn_puts(c, "220 mail.example ESMTP\r\n\r\n");
	conn_read_head(c);
}

static void script_long_headers(struct conn *c)
{
	char line[1100];

	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 101 Switching Protocols\r\n");
	memset(line, 'x', sizeof line);
	memcpy(line, "X-Long: ", 8);
	memcpy(line + sizeof line - 3, "\r\n", 3);
	for (int i = 0; i < 100; i++)
		conn_puts(c, line);
	conn_puts(c, "\r\n");
	conn_read_head(c);
}

static void test_refused_upgrade(void **state)
{
	struct run *r = *state;

	serve(r, script_503);
	assert_string_equal(go(r), "closed 0 HTTP 503");
	assert_silence(r);
}

static void test_unauthorized_upgrade(void **state)
{
	struct run *r = *state;

	serve(r, script_401);
	assert_string_equal(go(r), "closed 0 HTTP 401");
}

static void test_redirects_are_not_followed(void **state)
{
	struct run *r = *state;

	serve(r, script_redirect);
	assert_string_equal(go(r), "closed 0 HTTP 302");
	assert_silence(r);
	assert_string_equal(server_stop(&r->server), "");
	r->server.pid = 0;
}

static void assert_never_open(struct run *r, void (*script)(struct conn *c))
{
	serve(r, script);
	go(r);
	assert_ptr_equal(strstr(r->told.p, "closed 0 "), r->told.p);
	assert_true(r->told.n > strlen("closed 0 "));
	assert_silence(r);
}

static void test_wrong_accept_key(void **state)
{
	assert_never_open(*state, script_bad_accept);
}

static void test_hang_up_instead_of_an_answer(void **state)
{
	assert_never_open(*state, script_hang_up);
}

static void test_an_answer_that_is_not_http(void **state)
{
	struct run *r = *state;

	r->settings.timeout_ms = 500;
	assert_never_open(r, script_garbage);
}

static void test_endless_headers(void **state)
{
	assert_never_open(*state, script_long_headers);
}

static void test_no_answer_in_time(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	serve(r, script_nothing);
	r->settings.timeout_ms = 200;
	assert_string_equal(go(r), "closed 0 not open after 200 ms");
	assert_true(loop_now_ms(r->loop) - begin >= 200);
	assert_silence(r);
}

static void test_nobody_listens(void **state)
{
	struct run *r = *state;
	char want[80];

	serve(r, script_nothing);
	server_stop(&r->server);
	r->server.pid = 0;
	snprintf(want, sizeof want, "closed 0 127.0.0.1 port %u cannot be reached", r->server.port);
	assert_string_equal(go(r), want);
}

static void test_unknown_name(void **state)
{
	struct run *r = *state;

	snprintf(r->url, sizeof r->url, "wss://nowhere.invalid/");
	r->settings.timeout_ms = 7000;
	assert_string_equal(go(r), "closed 0 the name nowhere.invalid is not known");
}

static void test_closed_while_it_resolves(void **state)
{
	struct run *r = *state;

	snprintf(r->url, sizeof r->url, "wss://nowhere.invalid/");
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	open_ws(r);
	ws_close(r->ws, 1000);
	assert_int_equal(r->closed, 0);
	loop_run(r->loop);
	assert_string_equal(r->told.p, "closed 0 closed before it was open");
}

static void test_closed_while_it_connects(void **state)
{
	struct run *r = *state;

	serve(r, script_nothing);
	r->later = timer_new(r->loop, drop_later, r);
	timer_set(r->later, loop_now_ms(r->loop) + 100);
	assert_string_equal(go(r), "closed 0 closed before it was open");
	assert_silence(r);
}

static void test_localhost_and_ipv6(void **state)
{
	struct run *r = *state;

	serve(r, script_hello);
	snprintf(r->url, sizeof r->url, "ws://localhost:%u", r->server.port);
	assert_non_null(strstr(go(r), "open|hello|"));
	assert_non_null(strstr(server_stop(&r->server), "GET / HTTP/1.1\r\n"));
	r->server.pid = 0;
	if (!server_start(&r->server,
			  (struct server_settings){.script = script_hello, .ipv6 = true})) {
		r->server.pid = 0;
		print_message("# no IPv6 here\n");
		return;
	}
	buf_clear(&r->told);
	r->closed = 0;
	snprintf(r->url, sizeof r->url, "ws://[::1]:%u?x=1", r->server.port);
	assert_non_null(strstr(go(r), "open|hello|"));
	assert_non_null(strstr(server_stop(&r->server), "GET /?x=1 HTTP/1.1\r\n"));
	r->server.pid = 0;
}

/* --- what is refused at once --- */

static void test_urls(void **state)
{
	static const char *const bad[] = {"",
					  "ws://",
					  "wss://",
					  "http://127.0.0.1/",
					  "ws://example.org/",
					  "ws://10.0.0.1/",
					  "ws://128.0.0.1/",
					  "ws://[::2]/",
					  "ws://localhost.example.org/",
					  "wss://a b/",
					  "wss://user@host/",
					  "wss://host:0/",
					  "wss://host:65536/",
					  "wss://host:12x/",
					  "wss://host:/",
					  "wss://[::1/",
					  "wss://[::1]/",
					  "ws://[zz]/",
					  "wss://h\xc3\xa4/",
					  "wss://host/#x",
					  "wss://host/\r\nX: y",
					  "WSS://host/",
					  "wsss://host/",
					  "//host/",
					  "ws://127.0.0.1.example.org/",
					  "ws://[::1]x/"};
	struct run *r = *state;
	char longest[3000] = "wss://host/";

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err err = {0};

		r->settings.url = str_of(bad[i]);
		if (ws_open(r->loop, &r->settings, &events, r, &err))
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_true(strlen(err.text) > 10);
	}
	memset(longest + 11, 'x', sizeof longest - 12);
	r->settings.url = str_of(longest);
	assert_null(ws_open(r->loop, &r->settings, &events, r, NULL));
	r->settings.url = STR("wss://host/");
	r->settings.header = STR("X: y\r\nZ: z");
	assert_null(ws_open(r->loop, &r->settings, &events, r, NULL));
}

/* --- TLS --- */

static void serve_tls(struct run *r, const char *cert, const char *host)
{
	char key[128];
	char path[128];
	static char ca[128];

	snprintf(path, sizeof path, "%s/%s", dir, cert);
	snprintf(key, sizeof key, "%s/key.pem", dir);
	snprintf(ca, sizeof ca, "%s/ca.pem", dir);
	assert_true(server_start(
		&r->server,
		(struct server_settings){.script = script_hello, .cert = path, .key = key}));
	snprintf(r->url, sizeof r->url, "wss://%s:%u/", host, r->server.port);
	r->settings.ca_file = str_of(ca);
}

static void test_tls(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "cert.pem", "localhost");
	assert_string_equal(go(r), "open|hello|\x01\x02||closed 4001 that is all");
	server_stop(&r->server);
	buf_clear(&r->told);
	r->closed = 0;
	serve_tls(r, "cert.pem", "127.0.0.1");
	assert_non_null(strstr(go(r), "open|hello|"));
}

static void test_tls_wrong_host(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "other.pem", "localhost");
	assert_string_equal(go(r), "closed 0 bad certificate: hostname mismatch");
}

static void test_tls_unknown_ca(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "cert.pem", "localhost");
	r->settings.ca_file = STR("");
	go(r);
	assert_ptr_equal(strstr(r->told.p, "closed 0 bad certificate: "), r->told.p);
}

static void test_tls_to_a_plain_port(void **state)
{
	struct run *r = *state;

	serve(r, script_garbage);
	snprintf(r->url, sizeof r->url, "wss://127.0.0.1:%u/", r->server.port);
	r->settings.timeout_ms = 500;
	go(r);
	assert_ptr_equal(strstr(r->told.p, "closed 0 "), r->told.p);
}

static void test_ca_file_that_is_none(void **state)
{
	struct run *r = *state;
	struct err err = {0};

	r->settings.url = STR("wss://localhost/");
	r->settings.ca_file = STR("/nowhere/ca.pem");
	assert_null(ws_open(r->loop, &r->settings, &events, r, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "/nowhere/ca.pem"));
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

static int make_certificates(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	have_certificates = certificates_make(dir);
	if (!have_certificates)
		print_message("# no openssl command: TLS is not tested\n");
	return 0;
}

static int remove_certificates(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -r '%s'", dir);
	return system(command);
}

#define WITH_RUN(f) cmocka_unit_test_setup_teardown(f, start, stop)

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
		WITH_RUN(test_refused_upgrade),
		WITH_RUN(test_unauthorized_upgrade),
		WITH_RUN(test_redirects_are_not_followed),
		WITH_RUN(test_wrong_accept_key),
		WITH_RUN(test_hang_up_instead_of_an_answer),
		WITH_RUN(test_an_answer_that_is_not_http),
		WITH_RUN(test_endless_headers),
		WITH_RUN(test_no_answer_in_time),
		WITH_RUN(test_nobody_listens),
		WITH_RUN(test_unknown_name),
		WITH_RUN(test_closed_while_it_resolves),
		WITH_RUN(test_closed_while_it_connects),
		WITH_RUN(test_localhost_and_ipv6),
		WITH_RUN(test_urls),
		WITH_RUN(test_tls),
		WITH_RUN(test_tls_wrong_host),
		WITH_RUN(test_tls_unknown_ca),
		WITH_RUN(test_tls_to_a_plain_port),
		WITH_RUN(test_ca_file_that_is_none),
		WITH_RUN(test_many_in_a_row),
		WITH_RUN(test_loop_freed_with_an_open_ws),
		WITH_RUN(test_loop_freed_when_the_peer_is_gone_too),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests_name("ws", tests, make_certificates, remove_certificates);
}
