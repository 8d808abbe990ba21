/* The websocket client on its way: what is refused, what never opens, and TLS. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "io/ws_run.h"

#include "io/tls.h"

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

/* As everything does while there is no network. What is left of it the loop finds when it is freed. */
static void test_fails_at_once(void **state)
{
	struct run *r = *state;

	for (int i = 0; i < 3; i++) {
		buf_clear(&r->told);
		r->closed = 0;
		snprintf(r->url, sizeof r->url, "wss://255.255.255.255:9/");
		assert_string_equal(go(r), "closed 0 255.255.255.255 port 9 cannot be reached");
	}
}

static void test_unknown_name(void **state)
{
	struct run *r = *state;
	char want[128];

	/* A label of more than 63 bytes: no name server has to be asked. */
	snprintf(r->url, sizeof r->url, "wss://%070d.invalid/", 1);
	snprintf(want, sizeof want, "closed 0 the name %070d.invalid is not known", 1);
	assert_string_equal(go(r), want);
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
	r->settings.headers[1] = STR("X: y\r\nZ: z");
	assert_null(ws_open(r->loop, &r->settings, &events, r, NULL));
}

/* --- TLS --- */

static void serve_tls(struct run *r, const char *cert, const char *host)
{
	tls_serve(&r->server, cert, script_hello);
	snprintf(r->url, sizeof r->url, "wss://%s:%u/", host, r->server.port);
	r->settings.ca_file = str_of(tls_ca);
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

static void test_tls_by_the_store(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	tls_store(true);
	serve_tls(r, "cert.pem", "localhost");
	r->settings.ca_file = STR("");
	assert_non_null(strstr(go(r), "open|hello|"));
	unsetenv("SSL_CERT_DIR");
}

static void test_tls_another_store(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	tls_store(false);
	serve_tls(r, "cert.pem", "localhost");
	r->settings.ca_file = STR("");
	go(r);
	assert_ptr_equal(strstr(r->told.p, "closed 0 bad certificate: "), r->told.p);
	unsetenv("SSL_CERT_DIR");
}

/* Nothing that is meant for Discord leaves before the other side has proved that it is Discord. */
static void refused(struct run *r, const char *cert, int tls_max, const char *why)
{
	const char *noted;

	if (!have_certificates)
		skip();
	tls_serve_old(&r->server, cert, script_hello, tls_max);
	snprintf(r->url, sizeof r->url, "wss://localhost:%u/", r->server.port);
	r->settings.ca_file = str_of(tls_ca);
	r->settings.timeout_ms = 1000;
	r->closed = 0;
	buf_clear(&r->told);
	go(r);
	if (!strstr(r->told.p, why))
		fail_msg("%s", r->told.p);
	noted = server_stop(&r->server);
	r->server.pid = 0;
	assert_null(strstr(noted, "GET"));
}

static void test_tls_expired(void **state)
{
	refused(*state, "expired.pem", 0, "closed 0 bad certificate: certificate has expired");
}

static void test_tls_signed_by_itself(void **state)
{
	refused(*state, "itself.pem", 0, "closed 0 bad certificate: self-signed certificate");
}

static void test_tls_too_old(void **state)
{
	refused(*state, "cert.pem", TLS1_1_VERSION, "closed 0 ");
	refused(*state, "cert.pem", TLS1_VERSION, "closed 0 ");
}

/* A record that says to be longer than what comes. */
static void script_cut_record(struct conn *c)
{
	conn_read(c, c->request, sizeof c->request);
	conn_write(c, "\x16\x03\x03\x20\x00\x02", 6);
	if (c->nth == 0)
		pause_ms(10000);
}

static void test_tls_cut_record(void **state)
{
	struct run *r = *state;

	serve(r, script_cut_record);
	snprintf(r->url, sizeof r->url, "wss://127.0.0.1:%u/", r->server.port);
	r->settings.timeout_ms = 300;
	assert_string_equal(go(r), "closed 0 not open after 300 ms");
	buf_clear(&r->told);
	r->closed = 0;
	go(r);
	assert_ptr_equal(strstr(r->told.p, "closed 0 "), r->told.p);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(test_refused_upgrade),
		WITH_RUN(test_unauthorized_upgrade),
		WITH_RUN(test_redirects_are_not_followed),
		WITH_RUN(test_wrong_accept_key),
		WITH_RUN(test_hang_up_instead_of_an_answer),
		WITH_RUN(test_an_answer_that_is_not_http),
		WITH_RUN(test_endless_headers),
		WITH_RUN(test_no_answer_in_time),
		WITH_RUN(test_nobody_listens),
		WITH_RUN(test_fails_at_once),
		WITH_RUN(test_unknown_name),
		WITH_RUN(test_closed_while_it_resolves),
		WITH_RUN(test_closed_while_it_connects),
		WITH_RUN(test_localhost_and_ipv6),
		WITH_RUN(test_urls),
		WITH_RUN(test_tls),
		WITH_RUN(test_tls_wrong_host),
		WITH_RUN(test_tls_unknown_ca),
		WITH_RUN(test_tls_by_the_store),
		WITH_RUN(test_tls_another_store),
		WITH_RUN(test_tls_expired),
		WITH_RUN(test_tls_signed_by_itself),
		WITH_RUN(test_tls_too_old),
		WITH_RUN(test_tls_cut_record),
		WITH_RUN(test_tls_to_a_plain_port),
		WITH_RUN(test_ca_file_that_is_none),
	};

	return cmocka_run_group_tests_name("ws_open", tests, make_certificates,
					   remove_certificates);
}
