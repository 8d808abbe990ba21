/* A reply whose outcome is not known: when it may be sent again blindly, and when Discord may have
 * forgotten its nonce. */
#include "rest_calls.h"

static void put_text(struct discord_rest *r, const char *text)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .text = str_of(text)};

	discord_rest_send(r, &d, when(T0));
}

static void put_from_now(struct discord_rest *r)
{
	put(r, 1, "500", 0);
	assert_text(next(r, T0).method, "POST");
}

/* The process stood still while the reply was under way, or only the answer was slow. */
static void the_doubt_counts_from_when_it_went_out(void **state)
{
	static const struct {
		int64_t answered_ms;
		int status;
		const char *method;
	} cases[] = {
		{T0 + 119000, 0, "POST"},  {T0 + 120000, 0, "GET"},    {T0 + 195000, 0, "GET"},
		{T0 + 195000, 503, "GET"}, {T0 + 119000, 429, "POST"}, {T0 + 195000, 429, "GET"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();

		put_from_now(r);
		answer(r, 1, cases[i].status, "{\"retry_after\":0.1}", cases[i].answered_ms);
		assert_text(next(r, cases[i].answered_ms + BACKOFF_FIRST_MS).method,
			    cases[i].method);
		discord_rest_free(r);
	}
}

/* While the machine sleeps, the clock that never jumps stands still. */
static void the_doubt_goes_by_both_clocks(void **state)
{
	static const struct {
		int64_t mono_ms, wall_ms; /* that went by */
		const char *method;
	} cases[] = {
		{11000, 11000, "POST"},
		{11000, 200000, "GET"},
		{200000, 11000, "GET"},
		{11000, -3600000, "POST"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_new();
		struct machine_time then = when(T0 + cases[i].mono_ms);
		struct machine_response none = {.why = STR("timed out")};
		struct machine_call call;

		then.wall_ms = NOW_MS + cases[i].wall_ms;
		put_from_now(r);
		discord_rest_answer(r, 1, &none, then);
		then.mono_ms += BACKOFF_FIRST_MS;
		assert_true(discord_rest_next(r, &call, then));
		assert_text(call.method, cases[i].method);
		discord_rest_free(r);
	}
}

/* An earlier run may have sent it as soon as it was asked, 100 s ago: what this run tries does not make
 * that younger. */
static void the_doubt_of_an_earlier_run_goes_on(void **state)
{
	struct discord_rest *r =
		discord_rest_new(STR("https://discord.example/api"), 7, T0 + 99000);
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .text = STR("two days")};
	struct machine_call call;
	int64_t now = T0 + 99000;

	(void)state;
	discord_rest_send(r, &d, when(now));
	call = next(r, now);
	assert_text(call.method, "POST");
	while (str_eq(call.method, STR("POST"))) {
		assert_in_range(now, T0 + 99000, T0 + 118999);
		answer(r, call.id, 503, "", now);
		now = wake(r, now);
		call = next(r, now);
	}
	assert_text(call.method, "GET");
	discord_rest_free(r);
}

/* What can be done twice is done once after a long outage, as nothing is looked for. */
static void only_a_reply_is_in_doubt(void **state)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .removes = STR("777")};
	struct discord_rest *r = rest_new();
	struct machine_call call;

	(void)state;
	discord_rest_send(r, &d, when(T0));
	answer(r, next(r, T0).id, 503, "", T0);
	call = next(r, T0 + 200000);
	assert_text(call.method, "DELETE");
	answer(r, call.id, 204, "", T0 + 200000);
	assert_int_equal(result(r, DISCORD_DELIVERED).outcome, DELIVERY_SENT);
	none(r, T0 + 300000);
	discord_rest_free(r);
}

/* How the reply got into doubt, what the history says, and what becomes of it. */
struct withdrawal {
	bool under_way; /* when its question is deleted */
	int status;	/* of its first try */
	int looked;	/* the status of the look, */
	const char *history;
	const char *found; /* NULL: refused */
};

static const struct withdrawal withdrawals[] = {
	{false, 503, 200, "[]", NULL},
	{true, 503, 200, "[]", NULL},
	{true, 0, 200, "[]", NULL},
	{true, 429, 200, "[]", NULL},
	{false, 503, 403, "{\"code\":50001}", NULL},
	{false, 503, 200, HISTORY_OF("true", QUESTION, "two days"), "10"},
	{true, 0, 200, HISTORY_OF("true", QUESTION, "two days"), "10"},
	{true, 400, 0, "", NULL},
	{true, 200, 0, "", "31"},
};

static void a_withdrawn_reply_is_looked_for_and_never_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof withdrawals / sizeof *withdrawals; i++) {
		const struct withdrawal *w = &withdrawals[i];
		struct discord_rest *r = rest_new();
		struct discord_result got;
		struct machine_call call;

		put_text(r, "two days");
		call = next(r, T0);
		if (w->under_way)
			discord_rest_withdraw(r, STR(QUESTION));
		answer(r, call.id, w->status,
		       w->status == 200 ? "{\"id\":\"31\"}" : "{\"code\":160002}", T0);
		if (!w->under_way)
			discord_rest_withdraw(r, STR(QUESTION));
		if (w->looked) {
			call = next(r, wake(r, T0));
			assert_text(call.method, "GET");
			answer(r, call.id, w->looked, w->history, T0 + 10000);
		}
		got = result(r, DISCORD_DELIVERED);
		assert_int_equal(got.outcome, w->found ? DELIVERY_SENT : DELIVERY_REFUSED);
		assert_text(got.message, w->found ? w->found : "");
		assert_int_equal(discord_rest_under_way(r), 0);
		none(r, T0 + 600000);
		discord_rest_free(r);
	}
}

/* An earlier run may have sent it: neither does this one. */
static void nor_is_one_of_an_earlier_run(void **state)
{
	struct discord_rest *r = discord_rest_new(STR("https://discord.example/api"), 7, T0);
	struct machine_call call;

	(void)state;
	put_text(r, "two days");
	discord_rest_withdraw(r, STR(QUESTION));
	no_result(r);
	call = next(r, T0);
	assert_text(call.method, "GET");
	answer(r, call.id, 200, "[]", T0);
	assert_text(result(r, DISCORD_DELIVERED).why, "its question was deleted");
	none(r, T0 + 600000);
	discord_rest_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_doubt_counts_from_when_it_went_out),
		cmocka_unit_test(the_doubt_goes_by_both_clocks),
		cmocka_unit_test(the_doubt_of_an_earlier_run_goes_on),
		cmocka_unit_test(only_a_reply_is_in_doubt),
		cmocka_unit_test(a_withdrawn_reply_is_looked_for_and_never_sent),
		cmocka_unit_test(nor_is_one_of_an_earlier_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
