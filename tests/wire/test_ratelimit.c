/* When a request may go out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "wire/ratelimit.h"

#define T0 1000000

static const struct ratelimit_key post = {{"POST messages", 13}, {"500", 3}};
static const struct ratelimit_key post_elsewhere = {{"POST messages", 13}, {"600", 3}};
static const struct ratelimit_key get = {{"GET message", 11}, {"500", 3}};

static void answer(struct ratelimit *r, struct ratelimit_key key, int status, const char *headers,
		   const char *body, int64_t now)
{
	struct ratelimit_response response = {status, str_of(headers), str_of(body)};

	ratelimit_answered(r, key, &response, now);
}

static void the_bucket_is_learned_and_kept(void **state)
{
	struct ratelimit *r = ratelimit_new();

	(void)state;
	assert_true(ratelimit_open_ms(r, post, T0) <= T0);
	ratelimit_sent(r, post, T0);
	answer(r, post, 200,
	       "HTTP/1.1 200 OK\r\nx-ratelimit-bucket: abc\r\nX-RateLimit-Remaining: 2\r\n"
	       "X-RateLimit-Reset-After: 1.500\r\n",
	       "{}", T0);
	ratelimit_sent(r, post, T0 + 1);
	assert_true(ratelimit_open_ms(r, post, T0 + 1) <= T0 + 1);
	ratelimit_sent(r, post, T0 + 2);
	assert_int_equal(ratelimit_open_ms(r, post, T0 + 2), T0 + 1500);
	assert_true(ratelimit_open_ms(r, post_elsewhere, T0 + 2) <= T0 + 2);
	assert_true(ratelimit_open_ms(r, post, T0 + 1500) <= T0 + 1500);
	ratelimit_free(r);
}

static void routes_of_one_bucket_share_it(void **state)
{
	struct ratelimit *r = ratelimit_new();

	(void)state;
	answer(r, get, 200,
	       "X-RateLimit-Bucket: abc\r\nX-RateLimit-Remaining: 5\r\nX-RateLimit-Reset-After: "
	       "9\r\n",
	       "{}", T0);
	answer(r, post, 200,
	       "X-RateLimit-Bucket: abc\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset-After: "
	       "2\r\n",
	       "{}", T0);
	assert_int_equal(ratelimit_open_ms(r, get, T0), T0 + 2000);
	ratelimit_free(r);
}

enum scope { HERE, EVERYWHERE };

static void every_shape_of_429_is_obeyed(void **state)
{
	static const struct {
		const char *what, *headers, *body;
		int64_t wait_ms;
		enum scope scope;
	} shapes[] = {
		{"user", "Retry-After: 2\r\nX-RateLimit-Scope: user\r\n",
		 "{\"message\":\"m\",\"retry_after\":1.234,\"global\":false}", 1234, HERE},
		{"shared", "Retry-After: 2\r\nX-RateLimit-Scope: shared\r\n",
		 "{\"retry_after\":0.5,\"global\":false}", 500, HERE},
		{"global by body", "Retry-After: 2\r\n", "{\"retry_after\":3,\"global\":true}",
		 3000, EVERYWHERE},
		{"global by header", "X-RateLimit-Global: true\r\nRetry-After: 4\r\n",
		 "{\"retry_after\":4}", 4000, EVERYWHERE},
		{"global by scope", "x-ratelimit-scope: global\r\n", "{\"retry_after\":4}", 4000,
		 EVERYWHERE},
		{"Cloudflare's page", "Content-Type: text/html\r\nRetry-After: 3\r\n",
		 "<html>banned</html>", 3000, EVERYWHERE},
		{"Cloudflare, no body", "retry-after:  7 \r\n", "", 7000, EVERYWHERE},
		{"nothing said", "", "", RATELIMIT_WAIT_MS, EVERYWHERE},
		{"JSON without a time", "", "{}", RATELIMIT_WAIT_MS, HERE},
		{"time in the header only", "Retry-After: 1.5\r\n", "{}", 1500, HERE},
		{"time of the bucket only", "X-RateLimit-Reset-After: 2.5\r\n", "{}", 2500, HERE},
		{"negative", "Retry-After: -5\r\n", "{\"retry_after\":-3}", RATELIMIT_WAIT_MS,
		 HERE},
		{"negative in the body, fine in the header", "Retry-After: 6\r\n",
		 "{\"retry_after\":-3}", 6000, HERE},
		{"zero", "Retry-After: 0\r\n", "{\"retry_after\":0}", RATELIMIT_WAIT_MIN_MS, HERE},
		{"absurd", "", "{\"retry_after\":1e300}", RATELIMIT_WAIT_MAX_MS, HERE},
		{"a day", "Retry-After: 86400\r\n", "<html>", RATELIMIT_WAIT_MAX_MS, EVERYWHERE},
		{"a word", "Retry-After: soon\r\n", "{\"retry_after\":\"soon\"}", RATELIMIT_WAIT_MS,
		 HERE},
		{"a date",
		 "Date: Wed, 21 Oct 2026 07:27:48 GMT\r\n"
		 "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
		 "", 12000, EVERYWHERE},
		{"a date far away",
		 "Date: Wed, 21 Oct 2026 07:27:48 GMT\r\n"
		 "Retry-After: Fri, 21 Oct 2226 07:28:00 GMT\r\n",
		 "{}", RATELIMIT_WAIT_MAX_MS, HERE},
		{"a date that is over",
		 "Date: Wed, 21 Oct 2026 07:28:01 GMT\r\n"
		 "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
		 "", RATELIMIT_WAIT_MS, EVERYWHERE},
		{"a date, and none to hold against it",
		 "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", "", RATELIMIT_WAIT_MS,
		 EVERYWHERE},
		{"not a number", "Retry-After: nan\r\n", "{\"retry_after\":null}",
		 RATELIMIT_WAIT_MS, HERE},
		{"cut JSON", "Retry-After: 2\r\n", "{\"retry_after\":1", 2000, EVERYWHERE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct ratelimit *r = ratelimit_new();
		int64_t here, elsewhere;

		answer(r, post, 429, shapes[i].headers, shapes[i].body, T0);
		here = ratelimit_open_ms(r, post, T0);
		elsewhere = ratelimit_open_ms(r, post_elsewhere, T0);
		if (here != T0 + shapes[i].wait_ms)
			fail_msg("%s: waits %lld ms", shapes[i].what, (long long)(here - T0));
		if ((elsewhere > T0) != (shapes[i].scope == EVERYWHERE))
			fail_msg("%s: holds elsewhere until %lld", shapes[i].what,
				 (long long)(elsewhere - T0));
		ratelimit_free(r);
	}
}

static void a_shorter_answer_does_not_open_earlier(void **state)
{
	struct ratelimit *r = ratelimit_new();

	(void)state;
	answer(r, post, 429, "", "{\"retry_after\":5}", T0);
	answer(r, post, 429, "", "{\"retry_after\":1}", T0);
	assert_int_equal(ratelimit_open_ms(r, post, T0), T0 + 5000);
	ratelimit_free(r);
}

static void never_more_than_fifty_a_second(void **state)
{
	struct ratelimit *r = ratelimit_new();
	int64_t sent[200], now = T0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct ratelimit_key key = {STR("POST messages"), STR("1")};
		int64_t open = ratelimit_open_ms(r, key, now);

		now = open > now ? open : now;
		ratelimit_sent(r, key, now);
		sent[i] = now;
		if (i >= 50)
			assert_true(sent[i] - sent[i - 50] >= 1000);
	}
	assert_true(now - T0 <= 4 * RATELIMIT_GLOBAL_MS);
	ratelimit_free(r);
}

static void too_many_invalid_requests_stop_everything(void **state)
{
	static const int statuses[] = {401, 403, 429};
	struct ratelimit *r = ratelimit_new();

	(void)state;
	for (int i = 0; i < 200; i++) {
		answer(r, post, 429, "X-RateLimit-Scope: shared\r\n", "{\"retry_after\":1}", T0);
		answer(r, post, 404, "", "{}", T0);
		answer(r, post, 500, "", "", T0);
	}
	assert_false(ratelimit_is_stopped(r, T0));
	for (int i = 0; i < 49; i++)
		answer(r, post, statuses[i % 3], "", "{\"retry_after\":0.1}", T0 + i);
	assert_false(ratelimit_is_stopped(r, T0 + 49));
	answer(r, post, 403, "", "{}", T0 + 49);
	assert_true(ratelimit_is_stopped(r, T0 + 49));
	assert_int_equal(ratelimit_open_ms(r, get, T0 + 49), T0 + RATELIMIT_INVALID_MS);
	assert_false(ratelimit_is_stopped(r, T0 + RATELIMIT_INVALID_MS));
	answer(r, post, 403, "", "{}", T0 + RATELIMIT_INVALID_MS);
	assert_true(ratelimit_is_stopped(r, T0 + RATELIMIT_INVALID_MS));
	ratelimit_free(r);
}

static void many_channels_stay_bounded(void **state)
{
	struct ratelimit *r = ratelimit_new();
	char channel[24];

	(void)state;
	for (int i = 0; i < 6000; i++) {
		struct ratelimit_key key = {STR("POST messages"), {channel, 0}};

		key.major.n = (size_t)snprintf(channel, sizeof channel, "%d", i);
		answer(r, key, 200,
		       "X-RateLimit-Bucket: a\r\nX-RateLimit-Remaining: "
		       "0\r\nX-RateLimit-Reset-After: 60\r\n",
		       "{}", T0 + i);
		assert_int_equal(ratelimit_open_ms(r, key, T0 + i), T0 + i + 60000);
	}
	ratelimit_free(r);
	ratelimit_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bucket_is_learned_and_kept),
		cmocka_unit_test(routes_of_one_bucket_share_it),
		cmocka_unit_test(every_shape_of_429_is_obeyed),
		cmocka_unit_test(a_shorter_answer_does_not_open_earlier),
		cmocka_unit_test(never_more_than_fifty_a_second),
		cmocka_unit_test(too_many_invalid_requests_stop_everything),
		cmocka_unit_test(many_channels_stay_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
