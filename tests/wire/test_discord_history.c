/* Whether an old reply was made already is looked up in the channel's history. */
#include "rest_calls.h"

/* Past the time that Discord remembers nonces, the channel's history decides. */
static void old_replies_are_looked_for_first(void **state)
{
	static const struct {
		int status;
		const char *body;
		bool found;
	} cases[] = {
		{200, HISTORY_OF("true", QUESTION, "two days"), true},
		{200, HISTORY_OF("true", "77", "two days"), false},
		{200, HISTORY_OF("true", QUESTION, "three days"), false},
		{200, HISTORY_OF("false", QUESTION, "two days"), false},
		{200, "[]", false},
		{200, "{}", false},
		{403, "{\"code\":50001}", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_started_again();
		struct machine_call call;
		struct delivery d = {.id = 5,
				     .message = STR(QUESTION),
				     .room = STR("500"),
				     .kind = STR("answer"),
				     .text = STR("two days\n")};

		discord_rest_send(r, &d, at(ASKED_MS + 600000));
		call = next(r, LATER);
		assert_text(call.method, "GET");
		assert_text(call.url,
			    "https://discord.example/api/v10/channels/500/messages?after=" QUESTION
			    "&limit=100");
		answer(r, call.id, 503, "", LATER); /* the look itself is tried again */
		call = next(r, LATER + 150);
		assert_text(call.method, "GET");
		answer(r, call.id, cases[i].status, cases[i].body, LATER + 150);
		if (!cases[i].found) {
			call = next(r, LATER + 150);
			assert_text(call.method, "POST");
			answer(r, call.id, 200, "{}", LATER + 150);
		}
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
		none(r, LATER + 1000);
		discord_rest_free(r);
	}
}

/* `n` messages behind `after`, newest first; the one `reply` (0: none) is the bot's reply. */
static void history_page(struct buf *out, uint64_t after, unsigned n, unsigned reply)
{
	buf_clear(out);
	buf_add(out, STR("["));
	for (unsigned i = n; i; i--)
		buf_addf(out, "%s{\"id\":\"%" PRIu64 "\",%s}", i == n ? "" : ",", after + i,
			 i == reply ? "\"author\":{\"id\":\"100\",\"bot\":true},"
				      "\"message_reference\":{\"message_id\":\"" QUESTION
				      "\"},\"content\":\"two days\""
				    : "\"author\":{\"id\":\"8\"},\"content\":\"hello\"");
	buf_add(out, STR("]"));
}

static void put_old(struct discord_rest *r)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .text = STR("two days\n")};

	discord_rest_send(r, &d, at(ASKED_MS + 600000));
}

/* What was asked since the process started no earlier one can have answered, however long ago. */
static void only_an_earlier_run_is_suspected(void **state)
{
	static const struct {
		int64_t started_ms;
		const char *method;
	} cases[] = {{ASKED_MS - 60001, "POST"}, {ASKED_MS - 59999, "GET"}, {ASKED_MS, "GET"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r =
			discord_rest_new(STR("https://discord.example/api"), 7,
					 LATER + cases[i].started_ms - (ASKED_MS + 600000));

		put_old(r);
		assert_text(next(r, LATER).method, cases[i].method);
		discord_rest_free(r);
	}
}

/* By a clock that is behind, an old question looks like a new one: until Discord's is known, all are old. */
static void what_our_clock_alone_calls_new_is_looked_for(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_time behind = at(ASKED_MS - 3600000);
	struct delivery d = {
		.id = 5, .message = STR(QUESTION), .room = STR("500"), .kind = STR("answer")};
	struct machine_call call;

	(void)state;
	behind.wall_is_servers = false;
	discord_rest_send(r, &d, behind);
	call = next(r, T0);
	assert_text(call.method, "GET");
	answer(r, call.id, 200, "[]", T0);
	discord_rest_send(r, &d, at(ASKED_MS + 1000));
	assert_text(next(r, T0 + 1000).method, "POST");
	discord_rest_free(r);
}

/* The call is a look at the messages behind `after`. */
static void assert_looks(const struct machine_call *call, uint64_t after)
{
	char url[160];

	snprintf(url, sizeof url,
		 "https://discord.example/api/v10/channels/500/messages?after=%" PRIu64
		 "&limit=100",
		 after);
	assert_text(call->method, "GET");
	assert_text(call->url, url);
}

/* Answers `n` looks with full pages without the reply; gives where the next page begins. */
static uint64_t look_through(struct discord_rest *r, unsigned n, int64_t now)
{
	uint64_t after = strtoull(QUESTION, NULL, 10);
	struct buf page;

	buf_init(&page, 65536);
	for (; n; n--, after += 100) {
		struct machine_call call = next(r, now);

		assert_looks(&call, after);
		history_page(&page, after, 100, 0);
		assert_false(page.full);
		answer(r, call.id, 200, page.p, now);
		no_result(r);
	}
	buf_done(&page);
	return after;
}

static void a_long_history_is_read_page_by_page(void **state)
{
	static const struct {
		unsigned full, last, reply; /* pages, messages on the last one, which of them */
	} cases[] = {
		{1, 100, 1}, {1, 100, 100},  {1, 3, 2}, {1, 99, 0},
		{1, 0, 0},   {19, 100, 100}, {5, 7, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_started_again();
		struct machine_call call;
		struct buf page;
		uint64_t after;

		put_old(r);
		after = look_through(r, cases[i].full, LATER);
		buf_init(&page, 65536);
		history_page(&page, after, cases[i].last, cases[i].reply);
		call = next(r, LATER);
		assert_looks(&call, after);
		answer(r, call.id, 200, page.p, LATER);
		buf_done(&page);
		if (!cases[i].reply) {
			call = next(r, LATER);
			assert_text(call.method, "POST");
			answer(r, call.id, 200, "{}", LATER);
		}
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
		none(r, LATER + 1000);
		discord_rest_free(r);
	}
}

/* No outcome of the message is known until its nonce is no longer trusted; gives when that is. */
static int64_t fail_until_doubted(struct discord_rest *r, int64_t now)
{
	for (int64_t begun = now; now - begun < 120000;) {
		struct machine_call call = next(r, now);

		assert_text(call.method, "POST");
		answer(r, call.id, 0, "", now);
		now = wake(r, now);
	}
	return now;
}

/* An answer too many is better than none. */
static void a_history_without_end_does_not_hold_the_reply(void **state)
{
	struct discord_rest *r = rest_started_again();
	int64_t now;

	(void)state;
	put_old(r);
	look_through(r, 20, LATER);
	now = fail_until_doubted(r, LATER);
	look_through(r, 20, now); /* from the question again, as far as before */
	assert_text(next(r, now).method, "POST");
	discord_rest_free(r);
}

/* A failed page is asked for again, a refused one ends the look, a later look begins anew. */
static void a_page_that_fails(void **state)
{
	struct discord_rest *r = rest_started_again();
	struct machine_call call;
	int64_t now = LATER;
	uint64_t after;

	(void)state;
	put_old(r);
	after = look_through(r, 2, now);
	answer(r, next(r, now).id, 503, "", now);
	now = wake(r, now);
	call = next(r, now);
	assert_looks(&call, after);
	answer(r, call.id, 403, "{\"code\":50001}", now);
	now = fail_until_doubted(r, now);
	look_through(r, 2, now);
	discord_rest_free(r);
}

static void every_page_obeys_the_limits(void **state)
{
	static const char headers[] = "X-RateLimit-Bucket: history\r\nX-RateLimit-Limit: 1\r\n"
				      "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset-After: 2\r\n";
	struct discord_rest *r = rest_started_again();
	struct machine_response response = {.status = 200, .headers = str_of(headers)};
	uint64_t after = strtoull(QUESTION, NULL, 10);
	struct machine_call call;
	struct buf page;
	int64_t opens;

	(void)state;
	put_old(r);
	buf_init(&page, 65536);
	history_page(&page, after, 100, 0);
	response.body = buf_str(&page);
	discord_rest_answer(r, next(r, LATER).id, &response, when(LATER));
	opens = wake(r, LATER);
	assert_in_range(opens, LATER + 2000, LATER + 3000);
	none(r, opens - 1);
	call = next(r, opens);
	assert_looks(&call, after + 100);
	answer(r, call.id, 429, "{\"retry_after\":4,\"global\":false}", opens);
	none(r, opens + 3999);
	call = next(r, opens + 4000);
	assert_looks(&call, after + 100);
	buf_done(&page);
	discord_rest_free(r);
}

static void after_a_long_doubt_the_history_is_looked_at(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
	int64_t now = T0;

	(void)state;
	put(r, 1, "500", 0);
	for (;;) {
		call = next(r, now);
		if (str_eq(call.method, STR("GET")))
			break;
		assert_true(now - T0 < 120000);
		answer(r, call.id, 0, "", now);
		now = wake(r, now);
	}
	assert_in_range(now - T0, 120000, 240000);
	answer(r, call.id, 200, "[]", now);
	call = next(r, now);
	assert_text(call.method, "POST");
	answer(r, call.id, 0, "", now);
	now = wake(r, now);
	assert_text(next(r, now).method, "POST"); /* trusted again for a while */
	discord_rest_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_replies_are_looked_for_first),
		cmocka_unit_test(only_an_earlier_run_is_suspected),
		cmocka_unit_test(what_our_clock_alone_calls_new_is_looked_for),
		cmocka_unit_test(a_long_history_is_read_page_by_page),
		cmocka_unit_test(a_history_without_end_does_not_hold_the_reply),
		cmocka_unit_test(a_page_that_fails),
		cmocka_unit_test(every_page_obeys_the_limits),
		cmocka_unit_test(after_a_long_doubt_the_history_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
