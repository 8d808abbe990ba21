/* Replies by REST: their order, retries, refusals, and what the body says. */
#include "rest_calls.h"

static void the_body_of_a_message(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
	struct json *body;
	const struct json *part;
	int64_t flags = 0;

	(void)state;
	put(r, 1, "500", 2);
	call = next(r, T0);
	assert_text(call.method, "POST");
	assert_text(call.url, "https://discord.example/api/v10/channels/500/messages");
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
	struct machine_call first, other;

	(void)state;
	put(r, 1, "500", 0);
	put(r, 2, "500", 1);
	put(r, 3, "600", 0);
	first = next(r, T0);
	other = next(r, T0);
	assert_true(str_find(other.url, STR("/600/")) > 0);
	none(r, T0);
	assert_int_equal(discord_rest_under_way(r), 2);
	assert_int_equal(wake(r, T0), INT64_MAX);
	answer(r, first.id, 503, "", T0);
	none(r, T0 - 1);
	no_result(r);
	assert_in_range(wake(r, T0), T0, T0 + BACKOFF_FIRST_MS);
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
	assert_int_equal(wake(r, T0 + 300), INT64_MAX);
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
		{400, "<html>bad request"},
		{401, "<html>sign in"},
		{404, ""},
		{405, "not allowed"},
		{413, "<html>"},
		{400, "{\"error\":\"of a proxy\"}"},
		{400, "[]"},
		{302, "<html>moved"},
		{400, "{\"code\":20028}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();
		int64_t now = T0;

		put(r, 9, "500", 0);
		for (int k = 0; k < 12; k++) {
			struct machine_call call = next(r, now);

			answer(r, call.id, cases[i].status, cases[i].body, now);
			no_result(r);
			now = wake(r, now);
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
		const char *trouble; /* of the channel as a whole */
	} cases[] = {
		{404, 10003, "channel does not exist", "gone"},
		{404, 10008, "message does not exist", NULL},
		{403, 50001, "View Channel", "mute"},
		{403, 50013, "Send Messages", "mute"},
		{403, 50007, "no direct messages", NULL},
		{403, 50278, "no server", NULL},
		{400, 50035, "does not accept the form", NULL},
		{400, 50006, "empty", NULL},
		{400, 160005, "locked", NULL},
		{400, 50083, "archived", NULL},
		{400, 200000, "AutoMod", NULL},
		{400, 240000, "link", NULL},
		{403, 40333, "Cloudflare", NULL},
		{400, 99999, "HTTP 400, error 99999", NULL},
		{404, 0, "HTTP 404", NULL},
		{302, 0, "HTTP 302", NULL},
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
		if (cases[i].trouble) {
			got = result(r, DISCORD_TROUBLE);
			assert_text(got.message, "500");
			assert_text(trouble_name(got.trouble), cases[i].trouble);
		}
		no_result(r);
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
		struct machine_call call;
		int64_t now = T0;

		put(r, 9, "500", 0);
		answer(r, next(r, now).id, 400, bodies[i], now);
		no_result(r);
		now = wake(r, now);
		call = next(r, now);
		assert_int_equal(str_find(call.body, STR("message_reference")), -1);
		assert_true(str_find(call.body, STR(QUESTION "a0")) > 0);
		answer(r, call.id, 400, bodies[i], now);
		assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
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
	struct machine_call call;
	struct json *body;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_started_again();

		discord_rest_send(r, &d, at(ASKED_MS + 600000));
		call = next(r, LATER);
		assert_text(call.url,
			    "https://discord.example/api/v10/channels/700/messages?after=" QUESTION
			    "&limit=100");
		answer(r, call.id, 200, cases[i].history, LATER);
		if (!cases[i].found) {
			call = next(r, LATER);
			body = json_parse(call.body, 10000, NULL);
			assert_null(json_get(body, "message_reference"));
			assert_text(json_text(body, "nonce"), QUESTION "s0");
			json_free(body);
			answer(r, call.id, 200, "{\"id\":\"32\"}", LATER);
		}
		assert_text(result(r, DISCORD_DELIVERED).message,
			    cases[i].found ? cases[i].found : "32");
		none(r, LATER + 1000);
		discord_rest_free(r);
	}
}

static void what_is_not_discords_is_refused(void **state)
{
	struct discord_rest *r = rest_new();
	struct delivery d = {
		.id = 5, .message = STR("$x"), .room = STR("500"), .kind = STR("answer")};

	(void)state;
	discord_rest_send(r, &d, at(ASKED_MS));
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	d.message = STR("12");
	d.room = STR("../users/@me");
	discord_rest_send(r, &d, at(ASKED_MS));
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
		cmocka_unit_test(what_is_not_discords_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
