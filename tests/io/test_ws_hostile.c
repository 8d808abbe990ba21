/* The websocket client and a server that wears it down: bytes that trickle, messages without an end, pings by
 * the thousand. */
#include "io/ws_run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#define PINGS 10000
#ifdef __SANITIZE_ADDRESS__
#define GROWTH_KB_MAX 65536 /* what is freed is kept for a while */
#else
#define GROWTH_KB_MAX 4096
#endif

/* In place of the system's: libwebsockets finds it first. */
static int sends_failing;

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	if (sends_failing > 0) {
		sends_failing--;
		errno = EPIPE;
		return -1;
	}
	return sendto(fd, p, n, flags, NULL, 0);
}

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = 0;

	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	fclose(f);
	assert_true(kb > 0);
	return kb;
}

/* A byte now and then, for as long as somebody listens. */
static void trickle(struct conn *c, const char *text)
{
	for (int i = 0; i < 400; i++) {
		conn_write(c, text[i] ? text + i : "x", 1);
		pause_ms(10);
	}
}

static void script_slow_headers(struct conn *c)
{
	char text[401];

	conn_read_head(c);
	memset(text, 'a', sizeof text);
	memcpy(text, "HTTP/1.1 101 Switching Protocols\r\nX-Slow: ", 42);
	trickle(c, text);
}

static void test_headers_that_trickle(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	r->settings.timeout_ms = 300;
	serve(r, script_slow_headers);
	assert_string_equal(go(r), "closed 0 not open after 300 ms");
	assert_true(loop_now_ms(r->loop) - begin < 2000);
}

/* Of each size, without the last one; our close is not looked at. */
static void script_endless(struct conn *c)
{
	char parts[4096];
	size_t size = c->nth == 0 ? 1 : 1000;

	if (!ws_accept(c))
		return;
	memset(parts, 'x', sizeof parts);
	ws_frame(c, 0x01, parts, size);
	for (int i = 0; i < 200000; i++)
		ws_frame(c, 0x00, parts, size);
}

static void test_fragments_without_an_end(void **state)
{
	struct run *r = *state;
	long before;

	serve(r, script_endless);
	for (int size = 0; size < 2; size++) {
		before = resident_kb();
		buf_clear(&r->told);
		r->closed = 0;
		assert_non_null(strstr(go(r), "open|closed 100"));
		assert_true(resident_kb() - before < GROWTH_KB_MAX);
	}
}

static void script_pings(struct conn *c)
{
	char p[200];
	size_t n;

	if (!ws_accept(c))
		return;
	memset(p, 'p', sizeof p);
	for (int i = 0; i < PINGS; i++)
		ws_frame(c, 0x89, p, 100);
	ws_text(c, "still there");
	ws_bye(c, 4001, "");
	while (ws_read(c, p, sizeof p, &n) > 0)
		;
}

/* Nobody reads the pongs until all pings are written. */
static void test_ten_thousand_pings(void **state)
{
	struct run *r = *state;
	long before = resident_kb();

	serve(r, script_pings);
	assert_string_equal(go(r), "open|still there|closed 4001 ");
	assert_true(resident_kb() - before < GROWTH_KB_MAX);
}

/* Between the connection and the request on it, as a balancer does that has nobody behind it. */
static void test_a_request_that_cannot_be_sent(void **state)
{
	struct run *r = *state;
	int64_t begin = loop_now_ms(r->loop);

	serve(r, script_hello);
	for (int i = 0; i < 3; i++) {
		buf_clear(&r->told);
		r->closed = 0;
		sends_failing = 1;
		assert_string_equal(go(r), "closed 0 the request could not be sent");
		assert_int_equal(sends_failing, 0);
	}
	assert_true(loop_now_ms(r->loop) - begin < 2000);
	buf_clear(&r->told);
	r->closed = 0;
	assert_non_null(strstr(go(r), "open|hello|"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RUN(test_headers_that_trickle),
		WITH_RUN(test_fragments_without_an_end),
		WITH_RUN(test_ten_thousand_pings),
		WITH_RUN(test_a_request_that_cannot_be_sent),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("ws_hostile", tests, NULL, NULL);
}
