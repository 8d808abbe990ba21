/* The HTTP client against a scripted server. */
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

static char dir[64] = "/tmp/clinicbot-http-XXXXXX";
static bool have_certificates;

static void on_guard(void *arg)
{
	struct run *r = arg;

	r->timed_out = true;
	loop_stop(r->loop);
}

static void done(void *arg, const struct http_response *response)
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

static int start(void **state)
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

static int stop(void **state)
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

static void serve(struct run *r, void (*script)(struct conn *c))
{
	assert_true(server_start(&r->server, (struct server_settings){.script = script}));
	snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/api/x?y=1", r->server.port);
}

static struct http_call *send_request(struct run *r, const struct http_request *request)
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

static struct http_call *get(struct run *r)
{
	return send_request(r, &(struct http_request){.method = STR("GET"), .url = str_of(r->url)});
}

/* Runs until all calls are done. */
static const char *go(struct run *r)
{
	timer_set(r->guard, loop_now_ms(r->loop) + 8000);
	loop_run(r->loop);
	timer_stop(r->guard);
	if (r->timed_out)
		fail_msg("nothing more happened after: %s", r->told.p ? r->told.p : "");
	return r->told.p;
}

static void run_for(struct run *r, int ms)
{
	timer_set(r->guard, loop_now_ms(r->loop) + ms);
	loop_run(r->loop);
	r->timed_out = false;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* --- requests and responses --- */

/* Reads requests for ever and gives each back in the response, with its body. */
static void script_mirror(struct conn *c)
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

static void test_get(void **state)
{
	struct run *r = *state;
	const char *request;

	serve(r, script_mirror);
	get(r);
	assert_int_equal(http_under_way(r->http), 1);
	assert_int_equal(r->done, 0);
	assert_string_equal(go(r), "200 hello|");
	assert_int_equal(http_under_way(r->http), 0);
	assert_true(str_eq(http_header(buf_str(&r->headers), STR("retry-AFTER")), STR("7")));
	assert_int_equal(http_header(buf_str(&r->headers), STR("Retry")).n, 0);
	request = server_stop(&r->server);
	r->server.pid = 0;
	assert_ptr_equal(strstr(request, "GET /api/x?y=1 HTTP/1.1\r\n"), request);
	assert_non_null(strstr(request, "User-Agent: clinicbot-test\r\n"));
	assert_null(strstr(request, "Authorization"));
	assert_null(strstr(request, "Content-Type"));
}

static void test_methods_with_bodies(void **state)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
	struct run *r = *state;
	const char *sent;

	serve(r, script_mirror);
	for (size_t i = 0; i < 4; i++) {
		char text[64];

		snprintf(text, sizeof text, "{\"n\":%zu}", i);
		send_request(r, &(struct http_request){.method = str_of(methods[i]),
						       .url = str_of(r->url),
						       .authorization = STR("Bot secret"),
						       .content_type = STR("application/json"),
						       .body = str_of(text)});
		/* Everything was copied. */
		memset(text, 'x', sizeof text);
		r->wanted = (int)i + 1;
		go(r);
	}
	assert_string_equal(r->told.p, "200 hello|200 hello|200 hello|200 hello|");
	/* One connection for all. */
	assert_true(str_eq(http_header(buf_str(&r->headers), STR("X-Nth")), STR("0")));
	sent = server_stop(&r->server);
	r->server.pid = 0;
	for (size_t i = 0; i < 4; i++) {
		char want[64];

		snprintf(want, sizeof want, "%s /api/x?y=1 HTTP/1.1\r\n", methods[i]);
		assert_non_null(strstr(sent, want));
		snprintf(want, sizeof want, "\r\n\r\n{\"n\":%zu}", i);
		assert_non_null(strstr(sent, want));
	}
	assert_non_null(strstr(sent, "Authorization: Bot secret\r\n"));
	assert_non_null(strstr(sent, "Content-Type: application/json\r\n"));
	assert_null(strstr(sent, "Expect"));
}

static void test_empty_bodies(void **state)
{
	struct run *r = *state;
	const char *sent;

	serve(r, script_mirror);
	r->wanted = 2;
	send_request(r, &(struct http_request){.method = STR("PUT"), .url = str_of(r->url)});
	send_request(r, &(struct http_request){.method = STR("DELETE"), .url = str_of(r->url)});
	go(r);
	assert_string_equal(r->told.p, "200 hello|200 hello|");
	sent = server_stop(&r->server);
	r->server.pid = 0;
	assert_non_null(strstr(sent, "PUT /"));
	assert_non_null(strstr(sent, "Content-Length: 0\r\n"));
	assert_null(strstr(sent, "x-www-form"));
}

static void test_many_at_once(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	r->wanted = 20;
	for (int i = 0; i < r->wanted; i++)
		get(r);
	assert_int_equal(http_under_way(r->http), 20);
	assert_int_equal(r->done, 0);
	go(r);
	for (int i = 0; i < r->wanted; i++)
		assert_memory_equal(r->told.p + i * 10, "200 hello|", 10);
}

static void script_statuses(struct conn *c)
{
	static const char *const answers[] = {
		"HTTP/1.1 429 Too Many\r\nContent-Length: 2\r\nretry-after: 1.5\r\n\r\n{}",
		"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 201 Made\r\n"
		"Transfer-Encoding: chunked\r\nX-Late: 2\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof answers / sizeof *answers && conn_read_head(c); i++)
		conn_puts(c, answers[i]);
}

static void test_statuses(void **state)
{
	struct run *r = *state;

	serve(r, script_statuses);
	for (int i = 1; i <= 4; i++) {
		get(r);
		r->wanted = i;
		go(r);
		if (i == 1)
			assert_true(str_eq(http_header(buf_str(&r->headers), STR("Retry-After")),
					   STR("1.5")));
		if (i == 3) {
			assert_int_equal(http_header(buf_str(&r->headers), STR("X-Early")).n, 0);
			assert_true(
				str_eq(http_header(buf_str(&r->headers), STR("X-Late")), STR("2")));
		}
	}
	assert_string_equal(r->told.p, "429 {}|302 |201 abcde|204 |");
}

/* --- limits --- */

static void script_big(struct conn *c)
{
	static char p[200000];

	memset(p, 'x', sizeof p);
	while (conn_read_head(c)) {
		if (c->nth == 0) { /* exactly the limit */
			conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
			conn_write(c, p, 100000);
			return;
		}
		conn_puts(c, "HTTP/1.1 200 OK\r\n\r\n");
		conn_write(c, p, 100001);
		return;
	}
}

static void test_body_limit(void **state)
{
	struct run *r = *state;

	serve(r, script_big);
	get(r);
	assert_string_equal(go(r), "200 100000 bytes|");
	get(r);
	r->wanted = 2;
	assert_string_equal(go(r), "200 100000 bytes|0 the response is too long|");
}

static void script_long_headers(struct conn *c)
{
	char line[1000];

	conn_read_head(c);
	conn_puts(c, "HTTP/1.1 200 OK\r\n");
	memset(line, 'x', sizeof line);
	memcpy(line, "X: ", 3);
	memcpy(line + sizeof line - 3, "\r\n", 3);
	for (int i = 0; i < 80; i++)
		conn_puts(c, line);
	conn_puts(c, "\r\nbody");
}

static void test_headers_limit(void **state)
{
	struct run *r = *state;

	serve(r, script_long_headers);
	get(r);
	assert_string_equal(go(r), "0 the response's headers are too long|");
}

/* --- failures --- */

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

/* --- cancel and free --- */

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

/* --- what is refused at once --- */

static void assert_unusable(struct run *r, struct http_request request)
{
	struct err err = {0};

	if (http_send(r->http, &request, done, r, &err))
		fail_msg(STR_FMT " was taken", STR_ARG(request.url));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(strlen(err.text) > 10);
}

static void test_unusable_requests(void **state)
{
	static const char *const bad[] = {"",
					  "http://",
					  "https://",
					  "http://example.org/",
					  "http://10.0.0.1/",
					  "ftp://host/",
					  "file:///etc/passwd",
					  "https://u:p@host/",
					  "https://a b/",
					  "https://host/\r\nX: y",
					  "https://host:99999/",
					  "https://host/#x",
					  "http://[::2]/",
					  "http://localhost.evil/",
					  "http://127.0.0.1:80@example.org/",
					  "http://127.0.0.1\\@example.org/"};
	struct run *r = *state;

	r->http = http_new(r->loop, &r->settings, NULL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_unusable(r,
				(struct http_request){.method = STR("GET"), .url = str_of(bad[i])});
	assert_unusable(r,
			(struct http_request){.method = STR("CONNECT"), .url = STR("https://h/")});
	assert_unusable(r, (struct http_request){.method = STR("GET"),
						 .url = STR("https://h/"),
						 .authorization = STR("a\r\nb: c")});
	assert_unusable(r, (struct http_request){.method = STR("GET"),
						 .url = STR("https://h/"),
						 .content_type = STR("a\nb")});
	assert_int_equal(http_under_way(r->http), 0);
}

static void test_ca_file_that_is_none(void **state)
{
	struct run *r = *state;
	struct err err = {0};

	r->settings.ca_file = STR("/nowhere/ca.pem");
	assert_null(http_new(r->loop, &r->settings, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "/nowhere/ca.pem"));
}

static void test_header_parsing(void **state)
{
	const struct str raw =
		STR("HTTP/1.1 200 OK\r\nA: one\r\nb:two\r\nEmpty:\r\nA: again\r\nnocolon");

	(void)state;
	assert_true(str_eq(http_header(raw, STR("a")), STR("one")));
	assert_true(str_eq(http_header(raw, STR("B")), STR("two")));
	assert_int_equal(http_header(raw, STR("empty")).n, 0);
	assert_int_equal(http_header(raw, STR("nocolon")).n, 0);
	assert_int_equal(http_header((struct str){0}, STR("a")).n, 0);
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
		(struct server_settings){.script = script_mirror, .cert = path, .key = key}));
	snprintf(r->url, sizeof r->url, "https://%s:%u/", host, r->server.port);
	r->settings.ca_file = str_of(ca);
}

static void test_tls(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "cert.pem", "localhost");
	get(r);
	assert_string_equal(go(r), "200 hello|");
}

static void test_tls_wrong_host(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "other.pem", "localhost");
	get(r);
	assert_non_null(strstr(go(r), "0 SSL: no alternative certificate subject name matches"));
}

static void test_tls_unknown_ca(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	serve_tls(r, "cert.pem", "localhost");
	r->settings.ca_file = STR("");
	get(r);
	assert_non_null(strstr(go(r), "0 SSL certificate problem"));
	assert_non_null(strstr(server_note(&r->server), "tls refused"));
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
		WITH_RUN(test_get),
		WITH_RUN(test_methods_with_bodies),
		WITH_RUN(test_empty_bodies),
		WITH_RUN(test_many_at_once),
		WITH_RUN(test_statuses),
		WITH_RUN(test_body_limit),
		WITH_RUN(test_headers_limit),
		WITH_RUN(test_timeout),
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
		WITH_RUN(test_unusable_requests),
		WITH_RUN(test_ca_file_that_is_none),
		cmocka_unit_test(test_header_parsing),
		WITH_RUN(test_tls),
		WITH_RUN(test_tls_wrong_host),
		WITH_RUN(test_tls_unknown_ca),
	};

	return cmocka_run_group_tests_name("http", tests, make_certificates, remove_certificates);
}
