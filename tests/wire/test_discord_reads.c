/* What is read by REST: messages, histories, the gateway's address, the application. */
#include "rest_calls.h"

static void messages_are_fetched(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
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

static void replies_to_what_was_deleted_are_not_sent(void **state)
{
	struct discord_rest *r = rest_new();
	struct delivery alert = {.id = 9,
				 .message = STR(QUESTION),
				 .room = STR("600"),
				 .elsewhere = true,
				 .kind = STR("answer-alert"),
				 .text = STR("an alert")};
	struct machine_call call;

	(void)state;
	put(r, 1, "500", 0);
	put(r, 2, "500", 1);
	put(r, 3, "700", 0);
	call = next(r, T0);
	discord_rest_send(r, &alert, at(ASKED_MS + 1000));
	discord_rest_withdraw(r, STR("77"));
	no_result(r);
	discord_rest_withdraw(r, STR(QUESTION));
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 3);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 2);
	no_result(r);
	/* The one under way goes on, and behind it new ones. */
	put(r, 4, "500", 2);
	answer(r, call.id, 500, "", T0);
	discord_rest_withdraw(r, STR(QUESTION)); /* it may have gone out */
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 4);
	assert_text(next(r, T0).url, "https://discord.example/api/v10/channels/600/messages");
	assert_text(next(r, T0 + 1000).method, "GET");
	none(r, T0 + 1000);
	discord_rest_free(r);
}

static void what_was_sent_is_removed(void **state)
{
	struct discord_rest *r = rest_new();
	struct delivery d = {.id = 4,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .removes = STR("777")};
	struct machine_call call;

	(void)state;
	discord_rest_send(r, &d, at(ASKED_MS + 86400000));
	call = next(r, T0);
	assert_text(call.method, "DELETE");
	assert_text(call.url, "https://discord.example/api/v10/channels/500/messages/777");
	assert_int_equal(call.body.n, 0);
	answer(r, call.id, 503, "", T0);
	answer(r, next(r, T0 + 1000).id, 204, "", T0 + 1000);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
	discord_rest_send(r, &d, at(ASKED_MS));
	answer(r, next(r, T0 + 2000).id, 404, "{\"code\":10008}", T0 + 2000);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	d.removes = STR("x");
	discord_rest_send(r, &d, at(ASKED_MS));
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	none(r, T0 + 3000);
	discord_rest_free(r);
}

static void what_was_sent_becomes_another_text(void **state)
{
	struct discord_rest *r = rest_new();
	struct delivery d = {.id = 4,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .text = STR("wait @everyone"),
			     .changes = STR("777")};
	struct machine_call call;

	(void)state;
	/* However late: doing it twice shows the same, so nothing is looked for. */
	discord_rest_send(r, &d, at(ASKED_MS + 86400000));
	call = next(r, T0);
	assert_text(call.method, "PATCH");
	assert_text(call.url, "https://discord.example/api/v10/channels/500/messages/777");
	assert_text(call.body, "{\"content\":\"wait @everyone\",\"allowed_mentions\":{\"parse\":[],"
			       "\"replied_user\":true},\"flags\":4}");
	answer(r, call.id, 503, "", T0);
	call = next(r, T0 + 1000);
	assert_text(call.method, "PATCH");
	answer(r, call.id, 200, "{\"id\":\"777\"}", T0 + 1000);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
	discord_rest_send(r, &d, at(ASKED_MS));
	discord_rest_withdraw(r, STR(QUESTION));
	answer(r, next(r, T0 + 2000).id, 404, "{\"code\":10008}", T0 + 2000);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	d.changes = STR("x");
	discord_rest_send(r, &d, at(ASKED_MS));
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_REFUSED);
	none(r, T0 + 3000);
	discord_rest_free(r);
}

static void histories_wait_for_everything_else(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
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
	assert_int_equal(wake(r, T0), T0 + 100);
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
	now = wake(r, now);
	answer(r, next(r, now).id, 0, "", now);
	now = wake(r, now);
	no_result(r);
	answer(r, next(r, now).id, 403, "{\"code\":50001}", now);
	got = result(r, DISCORD_HISTORY);
	assert_text(got.message, "500");
	assert_int_equal(got.body.n, 0);
	assert_true(str_find(got.why, STR("View Channel")) > 0);
	none(r, now + 1000);
	discord_rest_free(r);
}

/* Whatever stands between the bot and Discord says no, once. */
static void what_is_not_discords_word_is_asked_again(void **state)
{
	static const int statuses[] = {400, 401, 403, 404, 405, 413};

	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct discord_rest *r = rest_new();
		struct discord_result got;

		discord_rest_history(r, STR("500"), 77, 100);
		discord_rest_fetch(r, STR("500"), STR("77"), STR(""));
		answer(r, next(r, T0).id, statuses[i], "<html>", T0);
		answer(r, next(r, T0).id, statuses[i], "<html>", T0);
		no_result(r);
		answer(r, next(r, T0 + 1000).id, 200, "{\"id\":\"77\"}", T0 + 1000);
		assert_text(result(r, DISCORD_FETCHED).body, "{\"id\":\"77\"}");
		answer(r, next(r, T0 + 1000).id, 200, "[]", T0 + 1000);
		assert_text(result(r, DISCORD_HISTORY).body, "[]");
		discord_rest_ask_gateway(r);
		answer(r, next(r, T0 + 1000).id, statuses[i], "<html>", T0 + 1000);
		got = result(r, DISCORD_GATEWAY);
		assert_int_equal(got.gateway.url.n, 0);
		assert_true(str_starts(got.why, STR("HTTP 4")));
		discord_rest_free(r);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_fetched),
		cmocka_unit_test(replies_to_what_was_deleted_are_not_sent),
		cmocka_unit_test(what_was_sent_is_removed),
		cmocka_unit_test(what_was_sent_becomes_another_text),
		cmocka_unit_test(histories_wait_for_everything_else),
		cmocka_unit_test(a_history_that_fails),
		cmocka_unit_test(what_is_not_discords_word_is_asked_again),
		cmocka_unit_test(the_gateway_and_the_application),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
