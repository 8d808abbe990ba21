/* The runner of the online checks, with a machine that asks a scripted server for ever: it ends all the same. */
#include "io/http_run.h"

#include "io/online_run.h"
#include "wire/online_inside.h"

#define MOST_MS 700

struct asking {
	struct online base; /* first */
	struct str url;
	unsigned taken;
	int last_status;
};

static struct asking *asking;

static bool asking_ask(struct online *o)
{
	online_url(o, asking->url, "/question");
	online_ask(o, "GET", true);
	return true;
}

static void asking_take(struct online *o, const struct machine_response *answer,
			const struct json *body)
{
	(void)body;
	asking->taken++;
	asking->last_status = answer->status;
	online_good(o, "status %d", answer->status);
}

static void asking_free(struct online *o)
{
	free(o);
}

static struct online *asking_new(const struct run *r, struct str secret)
{
	static const struct online_ops ops = {asking_ask, asking_take, NULL, asking_free};

	asking = calloc(1, sizeof *asking);
	online_init(&asking->base, &ops, "test", "the server");
	asking->url = arena_fmt(&asking->base.arena, "http://127.0.0.1:%u", r->server.port);
	asking->base.secret = asking->base.authorization = arena_str(&asking->base.arena, secret);
	return &asking->base;
}

/* Keeps what is found, a line each. */
static void on_found(void *arg, const struct finding *finding)
{
	struct run *r = arg;

	buf_addf(&r->told, "%d " STR_FMT "\n", (int)finding->kind, STR_ARG(finding->what));
}

/* Gives how long it took. */
static int64_t run_it(struct run *r, struct online *o)
{
	const struct online_run_settings settings = {.agent = STR("test"), .most_ms = MOST_MS};
	int64_t begin = loop_now_ms(r->loop);
	struct err err = {0};

	if (!online_run(r->loop, o, &settings, on_found, r, &err))
		fail_msg("%s", err.text);
	return loop_now_ms(r->loop) - begin;
}

static void script_slow(struct conn *c)
{
	while (conn_read_head(c)) {
		note(c, conn_header(c, "authorization"));
		pause_ms(100);
		conn_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
	}
}

static void test_it_ends(void **state)
{
	struct run *r = *state;
	struct online *o;
	int64_t took;

	serve(r, script_slow);
	o = asking_new(r, STR("Bearer x"));
	took = run_it(r, o);
	assert_true(took >= MOST_MS && took < MOST_MS + 5000);
	assert_in_range(asking->taken, 1, MOST_MS / 100);
	assert_non_null(strstr(r->told.p, "0 test: status 200\n"));
	assert_non_null(strstr(r->told.p, "2 test: the answers take too long"));
	assert_non_null(strstr(server_stop(&r->server), "Bearer x"));
	r->server.pid = 0;
	online_free(o);
}

static void script_silent(struct conn *c)
{
	conn_read_head(c);
	pause_ms(20000);
}

static void test_it_ends_in_a_call(void **state)
{
	struct run *r = *state;
	struct online *o;
	int64_t took;

	serve(r, script_silent);
	o = asking_new(r, STR("x"));
	took = run_it(r, o);
	assert_true(took >= MOST_MS && took < MOST_MS + 5000);
	assert_int_equal(asking->taken, 0);
	online_free(o);
}

static void script_limit(struct conn *c)
{
	while (conn_read_head(c))
		conn_puts(c, "HTTP/1.1 429 Wait\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n");
}

static void test_it_ends_in_a_wait(void **state)
{
	struct run *r = *state;
	struct online *o;
	int64_t took;

	serve(r, script_limit);
	o = asking_new(r, STR("x"));
	took = run_it(r, o);
	assert_true(took >= MOST_MS && took < MOST_MS + 5000);
	assert_int_equal(asking->taken, 0);
	online_free(o);
}

static void test_bad_certificates(void **state)
{
	struct run *r = *state;
	const struct online_run_settings settings = {
		.agent = STR("test"), .ca_file = STR("/gone.pem"), .most_ms = MOST_MS};
	struct online *o = asking_new(r, STR("x"));
	struct err err = {0};

	assert_false(online_run(r->loop, o, &settings, on_found, r, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "/gone.pem"));
	online_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_it_ends, start, stop),
		cmocka_unit_test_setup_teardown(test_it_ends_in_a_call, start, stop),
		cmocka_unit_test_setup_teardown(test_it_ends_in_a_wait, start, stop),
		cmocka_unit_test_setup_teardown(test_bad_certificates, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
