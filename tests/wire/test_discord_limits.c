/* What holds REST calls back: Discord's limits, wrong requests, a token that is not accepted. */
#include "rest_calls.h"

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
	assert_int_equal(wake(r, T0), T0 + 2500);
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
	struct machine_call call;
	char channel[8];
	uint64_t last = 0;
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		snprintf(channel, sizeof channel, "%u", 500 + i);
		put(r, i + 1, channel, 0);
	}
	for (; discord_rest_next(r, &call, when(T0)); n++)
		last = call.id;
	assert_int_equal(n, DISCORD_REST_CALLS_MAX - DISCORD_REST_CALLS_KEPT);
	assert_int_equal(wake(r, T0), INT64_MAX);
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
		struct machine_call call = next(r, now);

		served = served || str_find(call.url, STR("/600/")) > 0;
		answer(r, call.id, 200, "{}", now);
	}
	assert_true(served);
	discord_rest_free(r);
}

static void a_401_stops_everything(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
	struct machine_call other;

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

/* Somebody in between wants a sign-in, say: the token is as good as before, and its tries count. */
static void a_401_that_is_not_discords(void **state)
{
	struct discord_rest *r = rest_new();
	int64_t now = T0;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		char channel[8];

		snprintf(channel, sizeof channel, "%u", 500 + i);
		put(r, i + 1, channel, 0);
		answer(r, next(r, now).id, 401, "<html>sign in", now);
	}
	result(r, DISCORD_TOO_MANY_WRONG);
	no_result(r);
	none(r, now + 599999);
	now += 600000;
	answer(r, next(r, now).id, 200, "[]", now);
	result(r, DISCORD_SENDING_AGAIN);
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
		result(r, DISCORD_TROUBLE);
	}
	assert_true(str_find(result(r, DISCORD_TOO_MANY_WRONG).why, STR("permissions")) > 0);
	put(r, 99, "600", 0);
	none(r, T0 + 599999);
	assert_int_equal(wake(r, T0 + 50000), T0 + 600000);
	no_result(r);
	next(r, T0 + 600000);
	result(r, DISCORD_SENDING_AGAIN);
	no_result(r);
	discord_rest_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_hold_the_calls_back),
		cmocka_unit_test(only_so_many_at_once),
		cmocka_unit_test(a_busy_channel_does_not_starve_others),
		cmocka_unit_test(a_401_stops_everything),
		cmocka_unit_test(a_401_that_is_not_discords),
		cmocka_unit_test(fifty_wrong_requests_pause_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
