/* Whose turn it is, as tables: what is put in, and in which order it goes out. */
#include "rest_calls.h"

#include "wire/discord_requests.h"
#include "wire/lanes.h"

static struct waiter *asked(const char *channel, uint64_t person, unsigned name, bool urgent)
{
	struct request *request =
		request_new(REQUEST_SEND, str_of(channel), STR(QUESTION), STR("text"), 1);

	request->delivery = name;
	request->waits.person = person;
	request->waits.urgent = urgent;
	return &request->waits;
}

/* Persons are letters, '-' is nobody; each is named by its place. */
static void put_all(struct lanes *lanes, const char *people)
{
	for (unsigned i = 0; people[i]; i++)
		lanes_put(lanes,
			  asked("500", people[i] == '-' ? 0 : (uint64_t)people[i], i, false));
}

static void assert_order(struct lanes *lanes, const char *want)
{
	struct buf got;

	buf_init(&got, 200);
	buf_add(&got, STR(""));
	while (lanes->first) {
		buf_addf(&got, "%u ", (unsigned)request_of(lanes->first->first)->delivery);
		assert_non_null(lanes->first->last);
		lanes_pop(lanes, &lanes->first);
	}
	assert_string_equal(got.p, want);
	buf_done(&got);
}

static void people_take_turns(void **state)
{
	static const struct {
		const char *people, *order;
	} cases[] = {
		{"a", "0 "},
		{"abc", "0 1 2 "},
		{"aaaa", "0 1 2 3 "},
		{"aaaab", "0 4 1 2 3 "},
		{"aaabbc", "0 3 5 1 4 2 "},
		{"aaaabcbc", "0 4 5 1 6 7 2 3 "},
		{"----", "0 1 2 3 "},
		{"aa--", "0 1 2 3 "},
		{"a-b", "0 1 2 "},
		{"aab-", "0 2 1 3 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct lanes lanes = {.drop = request_drop};

		put_all(&lanes, cases[i].people);
		assert_order(&lanes, cases[i].order);
	}
}

/* Somebody who asked twenty things and goes on does not fall behind for ever, nor do others for them. */
static void later_ones_begin_in_the_round_of_now(void **state)
{
	struct lanes lanes = {.drop = request_drop};

	(void)state;
	put_all(&lanes, "aaaaa");
	lanes_pop(&lanes, &lanes.first);
	lanes_pop(&lanes, &lanes.first);
	/* Left: a2 a3 a4. */
	lanes_put(&lanes, asked("500", 'b', 10, false));
	lanes_put(&lanes, asked("500", 'b', 11, false));
	lanes_put(&lanes, asked("500", 'a', 12, false));
	assert_order(&lanes, "2 10 3 11 4 12 ");
}

static void what_is_urgent_has_a_lane_of_its_own(void **state)
{
	struct lanes lanes = {.drop = request_drop};

	(void)state;
	lanes_put(&lanes, asked("500", 'a', 1, false));
	lanes_put(&lanes, asked("500", 'a', 2, true));
	lanes_put(&lanes, asked("600", 'a', 3, false));
	lanes_put(&lanes, asked("500", 'b', 4, true));
	assert_int_equal(request_of(lanes.first->first)->delivery, 1);
	assert_true(lanes.first->next->urgent);
	assert_int_equal(request_of(lanes.first->next->first)->delivery, 2);
	assert_int_equal(request_of(lanes.first->next->last)->delivery, 4);
	lanes.first->next->first->call = 9;
	assert_int_equal(request_of((*lanes_of_call(&lanes, 9))->first)->delivery, 2);
	assert_null(*lanes_of_call(&lanes, 8));
	lanes_served(&lanes, &lanes.first);
	assert_int_equal(request_of(lanes.first->first)->delivery, 2);
	lanes_drop(&lanes);
	assert_null(lanes.first);
}

static bool is_odd(const struct waiter *waiter, struct str message)
{
	const struct request *request = (const struct request *)waiter;

	return str_eq(request->message, message) && request->delivery % 2 == 1;
}

static void note(void *arg, const struct waiter *waiter)
{
	buf_addf(arg, "%u ", (unsigned)((const struct request *)waiter)->delivery);
}

static void some_are_taken_out(void **state)
{
	struct lanes lanes = {.drop = request_drop};
	struct buf gone;

	(void)state;
	buf_init(&gone, 100);
	put_all(&lanes, "abab");
	lanes_put(&lanes, asked("600", 'a', 5, false));
	lanes_put(&lanes, asked("700", 'a', 6, false));
	lanes_put(&lanes, asked("700", 'b', 7, false));
	lanes_withdraw(&lanes, is_odd, STR("1"), note, &gone);
	assert_int_equal(gone.n, 0);
	lanes_withdraw(&lanes, is_odd, STR(QUESTION), note, &gone);
	assert_true(str_eq(buf_str(&gone), STR("1 3 5 7 ")));
	lanes_put(&lanes, asked("700", 'c', 8, false));
	assert_order(&lanes, "0 2 6 8 ");
	buf_done(&gone);
}

static void one_is_taken_out(void **state)
{
	struct lanes lanes = {.drop = request_drop};
	struct waiter *last;

	(void)state;
	put_all(&lanes, "abc");
	lanes_put(&lanes, asked("600", 'a', 5, false));
	last = lanes.first->last;
	lanes_remove(&lanes, lanes.first->first->next);
	lanes_remove(&lanes, last);
	lanes_put(&lanes, asked("500", 'd', 6, false));
	lanes_remove(&lanes, lanes.first->next->first);
	assert_null(lanes.first->next);
	assert_order(&lanes, "0 6 ");
}

/* --- through the machine --- */

static void put_for(struct discord_rest *r, uint64_t id, const char *person, bool urgent)
{
	struct delivery d = {.id = id,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .person = str_of(person),
			     .kind = STR("answer"),
			     .piece = (unsigned)id,
			     .text = STR("text"),
			     .urgent = urgent};

	discord_rest_send(r, &d, at(ASKED_MS + 1000));
}

/* Behind one answer that hangs, and thirty more. */
static void a_safety_text_goes_first(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call hangs;

	(void)state;
	for (uint64_t i = 1; i <= 30; i++)
		put_for(r, i, "flood", false);
	hangs = next(r, T0);
	none(r, T0);
	put_for(r, 31, "bea", false);
	put_for(r, 32, "ada", true);
	answer(r, next(r, T0 + 1).id, 200, "{\"id\":\"901\"}", T0 + 2);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 32);
	none(r, T0 + 2);
	answer(r, hangs.id, 200, "{\"id\":\"900\"}", T0 + 3);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 1);
	answer(r, next(r, T0 + 4).id, 200, "{\"id\":\"902\"}", T0 + 4);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 31);
	answer(r, next(r, T0 + 5).id, 200, "{\"id\":\"903\"}", T0 + 5);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 2);
	discord_rest_free(r);
}

/* Every call that ordinary answers may take hangs. */
static void calls_are_kept_for_what_is_urgent(void **state)
{
	struct discord_rest *r = rest_new();
	struct machine_call call;
	char room[8];
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < 2 * DISCORD_REST_CALLS_MAX; i++) {
		snprintf(room, sizeof room, "%u", 500 + i);
		put(r, i, room, i);
	}
	while (discord_rest_next(r, &call, when(T0)))
		n++;
	assert_true(n < DISCORD_REST_CALLS_MAX);
	assert_true(wake(r, T0) == INT64_MAX);
	put_for(r, 99, "ada", true);
	assert_true(wake(r, T0) <= T0);
	answer(r, next(r, T0).id, 200, "{\"id\":\"901\"}", T0);
	assert_int_equal(result(r, DISCORD_DELIVERED).delivery, 99);
	discord_rest_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_take_turns),
		cmocka_unit_test(later_ones_begin_in_the_round_of_now),
		cmocka_unit_test(what_is_urgent_has_a_lane_of_its_own),
		cmocka_unit_test(some_are_taken_out),
		cmocka_unit_test(one_is_taken_out),
		cmocka_unit_test(a_safety_text_goes_first),
		cmocka_unit_test(calls_are_kept_for_what_is_urgent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
