/* The HTTP client against a scripted server: requests and responses, limits, what is refused at once, and
 * TLS. */
#include "io/http_run.h"

#include "io/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

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
	assert_non_null(strstr(r->headers.p, "\r\nRetry-After:  7 \r\n"));
	request = server_stop(&r->server);
	r->server.pid = 0;
	assert_ptr_equal(strstr(request, "GET /api/x?y=1 HTTP/1.1\r\n"), request);
	assert_non_null(strstr(request, "User-Agent: clinicbot-test\r\n"));
	assert_null(strstr(request, "Authorization"));
	assert_null(strstr(request, "Content-Type"));
}

/* How many sockets of ours lead to that port; each must ask whether the other side is still there. */
static unsigned kept_alive(unsigned port)
{
	unsigned n = 0;

	for (int fd = 3; fd < 256; fd++) {
		struct sockaddr_in to = {0};
		socklen_t size = sizeof to, word = sizeof(int);
		int alive = 0, idle = 0, every = 0;

		if (getpeername(fd, (struct sockaddr *)&to, &size) || to.sin_family != AF_INET ||
		    ntohs(to.sin_port) != port)
			continue;
		getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &alive, &word);
		getsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, &word);
		getsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every, &word);
		assert_int_equal(alive, 1);
		assert_int_equal(idle, HTTP_KEEP_IDLE_S);
		assert_int_equal(every, HTTP_KEEP_EVERY_S);
		n++;
	}
	return n;
}

static void test_a_silent_peer_is_asked_for_signs_of_life(void **state)
{
	struct run *r = *state;

	serve(r, script_mirror);
	get(r);
	assert_string_equal(go(r), "200 hello|");
	assert_int_equal(kept_alive(r->server.port), 1);
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
	assert_non_null(strstr(r->headers.p, "\r\nX-Nth: 0\r\n"));
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
			assert_non_null(strstr(r->headers.p, "\r\nretry-after: 1.5\r\n"));
		if (i == 3) {
			assert_null(strstr(r->headers.p, "X-Early"));
			assert_non_null(strstr(r->headers.p, "\r\nX-Late: 2\r\n"));
		}
	}
	assert_string_equal(r->told.p, "429 {}|302 |201 abcde|204 |");
}

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

static void serve_tls(struct run *r, const char *cert, const char *host)
{
	tls_serve(&r->server, cert, script_mirror);
	snprintf(r->url, sizeof r->url, "https://%s:%u/", host, r->server.port);
	r->settings.ca_file = str_of(tls_ca);
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

/* The authorization does not leave before the other side has proved who it is. */
static void refused(struct run *r, const char *cert, int tls_max, const char *why)
{
	const char *noted;

	if (!have_certificates)
		skip();
	tls_serve_old(&r->server, cert, script_mirror, tls_max);
	snprintf(r->url, sizeof r->url, "https://localhost:%u/", r->server.port);
	r->settings.ca_file = str_of(tls_ca);
	r->done = 0;
	buf_clear(&r->told);
	send_request(r, &(struct http_request){.method = STR("GET"),
					       .url = str_of(r->url),
					       .authorization = STR("Bot secret")});
	if (!strstr(go(r), why))
		fail_msg("%s", r->told.p);
	noted = server_stop(&r->server);
	r->server.pid = 0;
	assert_null(strstr(noted, "secret"));
}

static void test_tls_refused(void **state)
{
	refused(*state, "expired.pem", 0, "0 SSL certificate problem: certificate has expired");
	refused(*state, "itself.pem", 0, "0 SSL certificate problem: self-signed certificate");
	refused(*state, "cert.pem", TLS1_1_VERSION, "0 ");
	refused(*state, "cert.pem", TLS1_VERSION, "0 ");
}

static void test_tls_by_the_store(void **state)
{
	struct run *r = *state;

	if (!have_certificates)
		skip();
	tls_store(true);
	serve_tls(r, "cert.pem", "localhost");
	r->settings.ca_file = STR("");
	get(r);
	assert_string_equal(go(r), "200 hello|");
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
	get(r);
	assert_non_null(strstr(go(r), "0 SSL certificate problem"));
	unsetenv("SSL_CERT_DIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(test_get),
		WITH_RUN(test_a_silent_peer_is_asked_for_signs_of_life),
		WITH_RUN(test_methods_with_bodies),
		WITH_RUN(test_empty_bodies),
		WITH_RUN(test_many_at_once),
		WITH_RUN(test_statuses),
		WITH_RUN(test_body_limit),
		WITH_RUN(test_headers_limit),
		WITH_RUN(test_unusable_requests),
		WITH_RUN(test_ca_file_that_is_none),
		WITH_RUN(test_tls),
		WITH_RUN(test_tls_wrong_host),
		WITH_RUN(test_tls_unknown_ca),
		WITH_RUN(test_tls_refused),
		WITH_RUN(test_tls_by_the_store),
		WITH_RUN(test_tls_another_store),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
