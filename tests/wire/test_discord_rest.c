/* Discord's REST calls: order, retries, refusals, and what the body says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/backoff.h"
#include "wire/discord_rest.h"
#include "wire/json.h"

#define T0 1000000
#define ASKED_MS ((int64_t)(1385000000000000000 >> 22) + 1420070400000)
#define QUESTION "1385000000000000000"

static struct discord_rest *rest_new(void)
{
	return discord_rest_new(STR("https://discord.example/api/"), 7);
}

static void put(struct discord_rest *r, uint64_t id, const char *channel, unsigned piece)
{
	struct delivery d = {.id = id,
			     .message = STR(QUESTION),
			     .room = str_of(channel),
			     .kind = STR("answer"),
			     .piece = piece,
			     .text = STR("**Sun**: wait @everyone two days \"please\"\n\xFF")};

	discord_rest_send(r, &d, ASKED_MS + 1000);
}

static void answer(struct discord_rest *r, uint64_t call, int status, const char *body, int64_t now)
{
	struct discord_response response = {
		.status = status, .body = str_of(body), .why = STR("connection refused")};

	discord_rest_answer(r, call, &response, now);
}

static struct discord_call next(struct discord_rest *r, int64_t now)
{
	struct discord_call call = {0};

	assert_true(discord_rest_next(r, &call, now));
	return call;
}

static void none(struct discord_rest *r, int64_t now)
{
	struct discord_call call;

	assert_false(discord_rest_next(r, &call, now));
}

static struct discord_result result(struct discord_rest *r, enum discord_result_kind kind)
{
	struct discord_result got = {0};

	assert_true(discord_rest_result(r, &got));
	assert_int_equal(got.kind, kind);
	return got;
}

static void no_result(struct discord_rest *r)
{
	struct discord_result got;

	assert_false(discord_rest_result(r, &got));
}

static void assert_text(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("got " STR_FMT ", want %s", STR_ARG(got), want);
}

static void the_body_of_a_message(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	struct json *body;
	const struct json *part;
	int64_t flags = 0;

	(void)state;
	put(r, 1, "500", 2);
	call = next(r, T0);
	assert_text(call.method, "POST");
	assert_text(call.url, "https://discord.example/api/v10/channels/500/messages");
	assert_text(call.content_type, "application/json");
	body = json_parse(call.body, 10000, NULL);
	assert_text(json_text(body, "content"),
		    "**Sun**: wait @everyone two days \"please\"\n\xEF\xBF\xBD");
	part = json_object(body, "allowed_mentions");
	assert_non_null(json_array(part, "parse"));
	assert_null(json_first(json_array(part, "parse")));
	assert_true(json_true(part, "replied_user"));
	part = json_object(body, "message_reference");
	assert_text(json_text(part, "message_id"), QUESTION);
	assert_text(json_text(part, "channel_id"), "500");
	assert_non_null(json_get(part, "fail_if_not_exists"));
	assert_false(json_true(part, "fail_if_not_exists"));
	assert_text(json_text(body, "nonce"), QUESTION "a2");
	assert_true(json_true(body, "enforce_nonce"));
	assert_true(json_int(body, "flags", 0, 100, &flags) && flags == 4);
	json_free(body);
	answer(r, call.id, 200, "{\"id\":\"1\"}", T0);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
	discord_rest_free(r);
}

static void nonces(void **state)
{
	char nonce[DISCORD_NONCE_MAX + 1];

	(void)state;
	assert_true(discord_nonce(STR("18446744073709551615"), STR("answer"), 9999, nonce));
	assert_string_equal(nonce, "18446744073709551615a9999");
	assert_false(discord_nonce(STR("18446744073709551615"), STR("answer"), 10000, nonce));
	assert_false(discord_nonce(STR("18446744073709551616"), STR("answer"), 0, nonce));
	assert_false(discord_nonce(STR("$abc:example.org"), STR("answer"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR(""), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("9"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("edit-2"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("edit--staff"), 0, nonce));
	assert_true(discord_nonce(STR("12"), STR("edit-staff"), 3, nonce));
	assert_string_equal(nonce, "12es3");
	assert_true(discord_nonce(STR("12"), STR("notice"), 0, nonce));
	assert_string_equal(nonce, "12n0");
}

static void a_time_is_shown_in_the_readers_zone(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	discord_time_write(1750000000999, &out);
	assert_string_equal(out.p, "<t:1750000000:f>");
	buf_done(&out);
}

static void pieces_to_a_channel_keep_their_order(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call first, other;

	(void)state;
	put(r, 1, "500", 0);
	put(r, 2, "500", 1);
	put(r, 3, "600", 0);
	first = next(r, T0);
	other = next(r, T0);
	assert_true(str_find(other.url, STR("/600/")) > 0);
	none(r, T0);
	assert_int_equal(discord_rest_under_way(r), 2);
	assert_int_equal(discord_rest_wake_ms(r, T0), INT64_MAX);
	answer(r, first.id, 503, "", T0);
	none(r, T0 - 1);
	no_result(r);
	assert_in_range(discord_rest_wake_ms(r, T0), T0, T0 + BACKOFF_FIRST_MS);
	first = next(r, T0 + BACKOFF_FIRST_MS);
	assert_true(str_find(first.body, STR(QUESTION "a0")) > 0); /* the same nonce again */
	answer(r, first.id, 200, "{}", T0 + 200);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 1);
	first = next(r, T0 + 200);
	assert_true(str_find(first.body, STR(QUESTION "a1")) > 0);
	answer(r, first.id, 200, "{}", T0 + 300);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 2);
	answer(r, other.id, 200, "{}", T0 + 300);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 3);
	assert_int_equal(discord_rest_wake_ms(r, T0 + 300), INT64_MAX);
	answer(r, other.id, 200, "{}", T0 + 300); /* twice: ignored */
	answer(r, 0, 200, "{}", T0 + 300);
	no_result(r);
	discord_rest_free(r);
}

static void what_may_pass_is_tried_again(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {
		{0, ""},
		{500, "<html>"},
		{502, ""},
		{503, "{\"code\":130000}"},
		{504, ""},
		{400, "{\"code\":130000}"},
		{408, ""},
		{524, ""},
		{403, "<html>blocked"},
		{400, "{\"code\":20028}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();
		int64_t now = T0;

		put(r, 9, "500", 0);
		for (int k = 0; k < 12; k++) {
			struct discord_call call = next(r, now);

			answer(r, call.id, cases[i].status, cases[i].body, now);
			no_result(r);
			now = discord_rest_wake_ms(r, now);
			assert_true(now >= T0);
		}
		assert_in_range(now - T0, 90000, 400000);
		answer(r, next(r, now).id, 200, "[]", now); /* not in the history */
		answer(r, next(r, now).id, 200, "{}", now);
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
		discord_rest_free(r);
	}
}

static void what_never_passes_is_refused_with_a_sentence(void **state)
{
	static const struct {
		int status, code;
		const char *sentence;
	} cases[] = {
		{404, 10003, "channel does not exist"},
		{404, 10008, "message does not exist"},
		{403, 50001, "View Channel"},
		{403, 50013, "Send Messages"},
		{403, 50007, "no direct messages"},
		{403, 50278, "no server"},
		{400, 50035, "does not accept the form"},
		{400, 50006, "empty"},
		{400, 160005, "locked"},
		{400, 50083, "archived"},
		{400, 200000, "AutoMod"},
		{400, 240000, "link"},
		{403, 40333, "Cloudflare"},
		{400, 99999, "HTTP 400, error 99999"},
		{404, 0, "HTTP 404"},
		{302, 0, "HTTP 302"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();
		struct discord_result got;
		char body[64];

		snprintf(body, sizeof body, "{\"message\":\"m\",\"code\":%d}", cases[i].code);
		put(r, 9, "500", 0);
		put(r, 10, "500", 1);
		answer(r, next(r, T0).id, cases[i].status, body, T0);
		got = result(r, DISCORD_DELIVERED);
		assert_int_equal(got.outcome, DELIVERY_REFUSED);
		if (str_find(got.why, str_of(cases[i].sentence)) < 0)
			fail_msg("%d: " STR_FMT, cases[i].code, STR_ARG(got.why));
		next(r, T0); /* the one behind it goes on */
		discord_rest_free(r);
	}
}

static void a_reference_that_is_not_accepted_is_left_out(void **state)
{
	static const char *const bodies[] = {
		"{\"code\":50035,\"errors\":{\"message_reference\":{\"_errors\":[{\"code\":"
		"\"REPLIES_UNKNOWN_MESSAGE\"}]}}}",
		"{\"code\":160002}",
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct discord_rest *r = rest_new();
		struct discord_call call;
		int64_t now = T0;

		put(r, 9, "500", 0);
		answer(r, next(r, now).id, 400, bodies[i], now);
		no_result(r);
		now = discord_rest_wake_ms(r, now);
		call = next(r, now);
		assert_int_equal(str_find(call.body, STR("message_reference")), -1);
		assert_true(str_find(call.body, STR(QUESTION "a0")) > 0);
		answer(r, call.id, 400, bodies[i], now);
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
		discord_rest_free(r);
	}
}

#define HISTORY_OF(bot, question, content)                                                  \
	"[{\"id\":\"9\",\"author\":{\"id\":\"8\"},\"content\":\"hello\"},{\"id\":\"10\","   \
	"\"author\":{"                                                                      \
	"\"id\":\"100\",\"bot\":" bot "},\"message_reference\":{\"message_id\":\"" question \
	"\"},\"content\":\"" content "\"}]"

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
		struct discord_rest *r = rest_new();
		struct discord_call call;
		struct delivery d = {.id = 5,
				     .message = STR(QUESTION),
				     .room = STR("500"),
				     .kind = STR("answer"),
				     .text = STR("two days\n")};

		discord_rest_send(r, &d, ASKED_MS + 600000);
		call = next(r, T0);
		assert_text(call.method, "GET");
		assert_text(call.url,
			    "https://discord.example/api/v10/channels/500/messages?after=" QUESTION
			    "&limit=100");
		answer(r, call.id, 503, "", T0); /* the look itself is tried again */
		call = next(r, T0 + 150);
		assert_text(call.method, "GET");
		answer(r, call.id, cases[i].status, cases[i].body, T0 + 150);
		if (!cases[i].found) {
			call = next(r, T0 + 150);
			assert_text(call.method, "POST");
			answer(r, call.id, 200, "{}", T0 + 150);
		}
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
		none(r, T0 + 1000);
		discord_rest_free(r);
	}
}

/* Staff are told of a message in another channel: no reply, and known by how it begins. */
static void what_is_told_elsewhere(void **state)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("700"),
			     .elsewhere = true,
			     .kind = STR("staff"),
			     .text = STR("look at this\n> my lips"),
			     .known_by = STR("look at this")};
	static const struct {
		const char *history;
		const char *found;
	} cases[] = {
		{HISTORY_OF("true", QUESTION, "look at this"),
		 NULL}, /* some reply with these words */
		{"[{\"id\":\"31\",\"author\":{\"bot\":true},\"content\":\"look at this: gone\"}]",
		 "31"},
		{"[{\"id\":\"31\",\"author\":{\"bot\":true},\"content\":\"look at\"}]", NULL},
		{"[{\"id\":\"31\",\"author\":{\"id\":\"9\"},\"content\":\"look at this\"}]", NULL},
	};
	struct discord_call call;
	struct json *body;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();

		discord_rest_send(r, &d, ASKED_MS + 600000);
		call = next(r, T0);
		assert_text(call.url,
			    "https://discord.example/api/v10/channels/700/messages?after=" QUESTION
			    "&limit=100");
		answer(r, call.id, 200, cases[i].history, T0);
		if (!cases[i].found) {
			call = next(r, T0);
			body = json_parse(call.body, 10000, NULL);
			assert_null(json_get(body, "message_reference"));
			assert_text(json_text(body, "nonce"), QUESTION "s0");
			json_free(body);
			answer(r, call.id, 200, "{\"id\":\"32\"}", T0);
		}
		assert_text(result(r, DISCORD_DELIVERED).message,
			    cases[i].found ? cases[i].found : "32");
		none(r, T0 + 1000);
		discord_rest_free(r);
	}
}

/* `n` messages behind `after`, newest first; the one `reply` (0: none) is the bot's reply. */
static void history_page(struct buf *out, uint64_t after, unsigned n, unsigned reply)
{
	buf_clear(out);
	buf_add(out, STR("["));
	for (unsigned i = n; i; i--)
		buf_addf(out,
			 "%s{\"id\":\"%" PRIu64
			 "\",\"author\":{\"id\":\"8\"%s},\"content\":\"%s\"}",
			 i == n ? "" : ",", after + i, i == reply ? ",\"bot\":true" : "",
			 i == reply ? "two days" : "hello");
	buf_add(out, STR("]"));
}

static void put_old(struct discord_rest *r)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .text = STR("two days\n")};

	discord_rest_send(r, &d, ASKED_MS + 600000);
}

/* The call is a look at the messages behind `after`. */
static void assert_looks(const struct discord_call *call, uint64_t after)
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
		struct discord_call call = next(r, now);

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
		struct discord_rest *r = rest_new();
		struct discord_call call;
		struct buf page;
		uint64_t after;

		put_old(r);
		after = look_through(r, cases[i].full, T0);
		buf_init(&page, 65536);
		history_page(&page, after, cases[i].last, cases[i].reply);
		call = next(r, T0);
		assert_looks(&call, after);
		answer(r, call.id, 200, page.p, T0);
		buf_done(&page);
		if (!cases[i].reply) {
			call = next(r, T0);
			assert_text(call.method, "POST");
			answer(r, call.id, 200, "{}", T0);
		}
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
		none(r, T0 + 1000);
		discord_rest_free(r);
	}
}

/* No outcome of the message is known until its nonce is no longer trusted; gives when that is. */
static int64_t fail_until_doubted(struct discord_rest *r, int64_t now)
{
	for (int64_t begun = now; now - begun < 120000;) {
		struct discord_call call = next(r, now);

		assert_text(call.method, "POST");
		answer(r, call.id, 0, "", now);
		now = discord_rest_wake_ms(r, now);
	}
	return now;
}

/* An answer too many is better than none. */
static void a_history_without_end_does_not_hold_the_reply(void **state)
{
	struct discord_rest *r = rest_new();
	int64_t now;

	(void)state;
	put_old(r);
	look_through(r, 20, T0);
	now = fail_until_doubted(r, T0);
	look_through(r, 20, now); /* from the question again, as far as before */
	assert_text(next(r, now).method, "POST");
	discord_rest_free(r);
}

/* A failed page is asked for again, a refused one ends the look, a later look begins anew. */
static void a_page_that_fails(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	int64_t now = T0;
	uint64_t after;

	(void)state;
	put_old(r);
	after = look_through(r, 2, now);
	answer(r, next(r, now).id, 503, "", now);
	now = discord_rest_wake_ms(r, now);
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
	struct discord_rest *r = rest_new();
	struct discord_response response = {.status = 200, .headers = str_of(headers)};
	uint64_t after = strtoull(QUESTION, NULL, 10);
	struct discord_call call;
	struct buf page;
	int64_t wake;

	(void)state;
	put_old(r);
	buf_init(&page, 65536);
	history_page(&page, after, 100, 0);
	response.body = buf_str(&page);
	discord_rest_answer(r, next(r, T0).id, &response, T0);
	wake = discord_rest_wake_ms(r, T0);
	assert_in_range(wake, T0 + 2000, T0 + 3000);
	none(r, wake - 1);
	call = next(r, wake);
	assert_looks(&call, after + 100);
	answer(r, call.id, 429, "{\"retry_after\":4,\"global\":false}", wake);
	none(r, wake + 3999);
	call = next(r, wake + 4000);
	assert_looks(&call, after + 100);
	buf_done(&page);
	discord_rest_free(r);
}

static void after_a_long_doubt_the_history_is_looked_at(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	int64_t now = T0;

	(void)state;
	put(r, 1, "500", 0);
	for (;;) {
		call = next(r, now);
		if (str_eq(call.method, STR("GET")))
			break;
		assert_true(now - T0 < 120000);
		answer(r, call.id, 0, "", now);
		now = discord_rest_wake_ms(r, now);
	}
	assert_in_range(now - T0, 120000, 240000);
	answer(r, call.id, 200, "[]", now);
	call = next(r, now);
	assert_text(call.method, "POST");
	answer(r, call.id, 0, "", now);
	now = discord_rest_wake_ms(r, now);
	assert_text(next(r, now).method, "POST"); /* trusted again for a while */
	discord_rest_free(r);
}

static void limits_hold_the_calls_back(void **state)
{
	struct discord_rest *r = rest_new();

	(void)state;
	put(r, 1, "500", 0);
	put(r, 2, "600", 0);
	answer(r, next(r, T0).id, 429, "{\"retry_after\":2.5,\"global\":false}", T0);
	no_result(r);
	answer(r, next(r, T0).id, 200, "{}", T0);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 2);
	none(r, T0 + 2499);
	assert_int_equal(discord_rest_wake_ms(r, T0), T0 + 2500);
	answer(r, next(r, T0 + 2500).id, 429, "{\"retry_after\":1,\"global\":true}", T0 + 2500);
	put(r, 3, "700", 0);
	none(r, T0 + 3499);
	next(r, T0 + 3500);
	next(r, T0 + 3500);
	discord_rest_free(r);
}

static void only_so_many_at_once(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	char channel[8];
	uint64_t last = 0;
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		snprintf(channel, sizeof channel, "%u", 500 + i);
		put(r, i + 1, channel, 0);
	}
	for (; discord_rest_next(r, &call, T0); n++)
		last = call.id;
	assert_int_equal(n, DISCORD_REST_CALLS_MAX);
	assert_int_equal(discord_rest_wake_ms(r, T0), INT64_MAX);
	answer(r, last, 200, "{}", T0);
	next(r, T0);
	discord_rest_free(r);
}

static void a_busy_channel_does_not_starve_others(void **state)
{
	struct discord_rest *r = rest_new();
	int64_t now = T0;
	bool served = false;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		put(r, i + 1, "500", i);
	put(r, 99, "600", 0);
	for (int i = 0; i < 2; i++) {
		struct discord_call call = next(r, now);

		served = served || str_find(call.url, STR("/600/")) > 0;
		answer(r, call.id, 200, "{}", now);
	}
	assert_true(served);
	discord_rest_free(r);
}

static void a_401_stops_everything(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	struct discord_call other;

	(void)state;
	put(r, 1, "500", 0);
	put(r, 2, "500", 1);
	put(r, 3, "600", 0);
	call = next(r, T0);
	other = next(r, T0);
	answer(r, call.id, 401, "{\"message\":\"401: Unauthorized\",\"code\":0}", T0);
	assert_true(str_find(result(r, DISCORD_UNAUTHORIZED).why, STR("token_file")) > 0);
	answer(r, other.id, 401, "{}", T0);
	put(r, 4, "500", 0);
	put(r, 5, "no id", 0);
	discord_rest_fetch(r, STR("no id"), STR("1"), STR(""));
	none(r, T0 + 86400000);
	no_result(r); /* what is owed stays owed for the next start */
	assert_int_equal(discord_rest_under_way(r), 0);
	discord_rest_free(r);
}

static void fifty_wrong_requests_pause_everything(void **state)
{
	struct discord_rest *r = rest_new();

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		put(r, i + 1, "500", 0);
		answer(r, next(r, T0 + i * 1000).id, 403, "{\"code\":50013}", T0 + i * 1000);
		result(r, DISCORD_DELIVERED);
	}
	assert_true(str_find(result(r, DISCORD_TOO_MANY_WRONG).why, STR("permissions")) > 0);
	put(r, 99, "600", 0);
	none(r, T0 + 599999);
	assert_int_equal(discord_rest_wake_ms(r, T0 + 50000), T0 + 600000);
	no_result(r);
	next(r, T0 + 600000);
	result(r, DISCORD_SENDING_AGAIN);
	no_result(r);
	discord_rest_free(r);
}

static void messages_are_fetched(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	struct discord_result got;

	(void)state;
	discord_rest_fetch(r, STR("500"), STR("77"), STR("https://there"));
	call = next(r, T0);
	assert_text(call.method, "GET");
	assert_text(call.url, "https://discord.example/api/v10/channels/500/messages/77");
	assert_int_equal(call.body.n, 0);
	answer(r, call.id, 500, "", T0);
	no_result(r);
	call = next(r, T0 + 150);
	answer(r, call.id, 200, "{\"id\":\"77\"}", T0 + 150);
	got = result(r, DISCORD_FETCHED);
	assert_text(got.message, "77");
	assert_text(got.body, "{\"id\":\"77\"}");
	assert_text(got.link, "https://there");
	discord_rest_fetch(r, STR("500"), STR("78"), STR(""));
	answer(r, next(r, T0 + 200).id, 404, "{\"code\":10008}", T0 + 200);
	got = result(r, DISCORD_FETCHED);
	assert_text(got.message, "78");
	assert_int_equal(got.body.n, 0);
	discord_rest_fetch(r, STR("../../x"), STR("79"), STR(""));
	got = result(r, DISCORD_FETCHED);
	assert_text(got.message, "79");
	assert_int_equal(got.body.n, 0);
	none(r, T0 + 300);
	discord_rest_free(r);
}

static void histories_wait_for_everything_else(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_call call;
	struct discord_result got;

	(void)state;
	discord_rest_history(r, STR("500"), 77, 100);
	put(r, 1, "500", 0);
	discord_rest_history(r, STR("600"), 78, 3);
	put(r, 2, "600", 0);
	assert_text(next(r, T0).method, "POST");
	assert_text(next(r, T0).method, "POST");
	call = next(r, T0);
	assert_text(call.method, "GET");
	assert_text(call.url,
		    "https://discord.example/api/v10/channels/500/messages?after=77&limit=100");
	none(r, T0 + 99);
	assert_int_equal(discord_rest_wake_ms(r, T0), T0 + 100);
	assert_text(next(r, T0 + 100).url,
		    "https://discord.example/api/v10/channels/600/messages?after=78&limit=3");
	answer(r, call.id, 200, "[]", T0);
	got = result(r, DISCORD_HISTORY);
	assert_text(got.message, "500");
	assert_text(got.body, "[]");
	discord_rest_free(r);
}

static void a_history_that_fails(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_result got;
	int64_t now = T0;

	(void)state;
	discord_rest_history(r, STR("500"), 77, 100);
	answer(r, next(r, now).id, 429, "{\"retry_after\":2.5}", now);
	none(r, now + 2499);
	now += 2500;
	answer(r, next(r, now).id, 502, "", now);
	now = discord_rest_wake_ms(r, now);
	answer(r, next(r, now).id, 0, "", now);
	now = discord_rest_wake_ms(r, now);
	no_result(r);
	answer(r, next(r, now).id, 403, "{\"code\":50001}", now);
	got = result(r, DISCORD_HISTORY);
	assert_text(got.message, "500");
	assert_int_equal(got.body.n, 0);
	assert_true(str_find(got.why, STR("View Channel")) > 0);
	none(r, now + 1000);
	discord_rest_free(r);
}

static void the_gateway_and_the_application(void **state)
{
	struct discord_rest *r = rest_new();
	struct discord_result got;

	(void)state;
	discord_rest_ask_gateway(r);
	discord_rest_ask_application(r);
	answer(r, next(r, T0).id, 200,
	       "{\"url\":\"wss://g.example\",\"shards\":1,\"session_start_limit\":{\"total\":1000,"
	       "\"remaining\":7,\"reset_after\":14400000,\"max_concurrency\":1}}",
	       T0);
	got = result(r, DISCORD_GATEWAY);
	assert_text(got.gateway.url, "wss://g.example");
	assert_int_equal(got.gateway.total, 1000);
	assert_int_equal(got.gateway.remaining, 7);
	assert_int_equal(got.gateway.reset_after_ms, 14400000);
	answer(r, next(r, T0).id, 200, "{\"id\":\"1\",\"flags\":524288}", T0);
	assert_int_equal(result(r, DISCORD_APPLICATION).flags, 524288);
	discord_rest_ask_gateway(r);
	answer(r, next(r, T0).id, 200, "{\"url\":null,\"session_start_limit\":[]}", T0);
	got = result(r, DISCORD_GATEWAY);
	assert_int_equal(got.gateway.url.n, 0);
	assert_int_equal(got.gateway.remaining, -1);
	assert_true(got.why.n > 0);
	discord_rest_ask_gateway(r);
	answer(r, next(r, T0).id, 429, "{\"retry_after\":1}", T0);
	no_result(r);
	answer(r, next(r, T0 + 1000).id, 0, "", T0 + 1000);
	got = result(r, DISCORD_GATEWAY);
	assert_text(got.why, "connection refused");
	discord_rest_ask_application(r);
	answer(r, next(r, T0 + 1000).id, 503, "", T0 + 1000);
	got = result(r, DISCORD_APPLICATION);
	assert_int_equal(got.flags, -1);
	assert_text(got.why, "HTTP 503");
	discord_rest_free(r);
	discord_rest_free(NULL);
}

static void what_is_not_discords_is_refused(void **state)
{
	struct discord_rest *r = rest_new();
	struct delivery d = {
		.id = 5, .message = STR("$x"), .room = STR("500"), .kind = STR("answer")};

	(void)state;
	discord_rest_send(r, &d, ASKED_MS);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	d.message = STR("12");
	d.room = STR("../users/@me");
	discord_rest_send(r, &d, ASKED_MS);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	none(r, T0);
	discord_rest_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_body_of_a_message),
		cmocka_unit_test(nonces),
		cmocka_unit_test(what_is_told_elsewhere),
		cmocka_unit_test(a_time_is_shown_in_the_readers_zone),
		cmocka_unit_test(pieces_to_a_channel_keep_their_order),
		cmocka_unit_test(what_may_pass_is_tried_again),
		cmocka_unit_test(what_never_passes_is_refused_with_a_sentence),
		cmocka_unit_test(a_reference_that_is_not_accepted_is_left_out),
		cmocka_unit_test(old_replies_are_looked_for_first),
		cmocka_unit_test(a_long_history_is_read_page_by_page),
		cmocka_unit_test(a_history_without_end_does_not_hold_the_reply),
		cmocka_unit_test(a_page_that_fails),
		cmocka_unit_test(every_page_obeys_the_limits),
		cmocka_unit_test(after_a_long_doubt_the_history_is_looked_at),
		cmocka_unit_test(limits_hold_the_calls_back),
		cmocka_unit_test(only_so_many_at_once),
		cmocka_unit_test(a_busy_channel_does_not_starve_others),
		cmocka_unit_test(a_401_stops_everything),
		cmocka_unit_test(fifty_wrong_requests_pause_everything),
		cmocka_unit_test(messages_are_fetched),
		cmocka_unit_test(histories_wait_for_everything_else),
		cmocka_unit_test(a_history_that_fails),
		cmocka_unit_test(the_gateway_and_the_application),
		cmocka_unit_test(what_is_not_discords_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
