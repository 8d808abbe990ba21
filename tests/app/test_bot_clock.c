/* What is kept is dated and forgotten by the servers' clock: ours may be days ahead or behind. */
#include "staff_world.h"

#define DAY ((int64_t)24 * 60 * 60 * 1000)

static void decided_add(struct world *w, const char *id, int64_t received_ms)
{
	struct store_inbox row = {.platform = STR("stage"),
				  .message = str_of(id),
				  .room = STR("room"),
				  .received_ms = received_ms};
	struct store_mark mark = {.platform = STR("stage"), .message = str_of(id)};
	struct err err;

	assert_true(w->store->ops->commit(
		w->store,
		&(struct store_batch){
			.inbox = &row, .inbox_n = 1, .decided = &mark, .decided_n = 1},
		&err));
}

static bool is_known(struct world *w, const char *id)
{
	struct err err = {0};

	return w->store->ops->seen(w->store, STR("stage"), str_of(id), &err);
}

/* A start looks what is to be forgotten. The servers' clock is so far ahead of ours. */
static void begun_again(struct world *w, int64_t ahead_ms)
{
	bot_end(w);
	w->zero_ms = loop_wall_ms() + ahead_ms - loop_now_ms(w->loop);
	bot_begin(w, true);
}

static void before_a_server_has_told_nothing_is_forgotten(void **state)
{
	struct world *w = *state;

	decided_add(w, "old", loop_wall_ms() - 2 * DAY);
	decided_add(w, "young", loop_wall_ms() - DAY);
	bot_end(w);
	bot_begin(w, true);
	assert_true(is_known(w, "old"));
	begun_again(w, 0);
	assert_false(is_known(w, "old"));
	assert_true(is_known(w, "young"));
}

static void ours_may_be_ahead(void **state)
{
	struct world *w = *state;

	decided_add(w, "old", loop_wall_ms() - 4 * DAY);
	decided_add(w, "young", loop_wall_ms() - 2 * DAY);
	/* By our clock, before a server had told. */
	decided_add(w, "wrong", loop_wall_ms());
	begun_again(w, -2 * DAY);
	assert_false(is_known(w, "old"));
	assert_true(is_known(w, "young"));
	assert_true(is_known(w, "wrong"));
	/* A day and a few hours later, not three days. */
	begun_again(w, -DAY + DAY / 8);
	assert_false(is_known(w, "wrong"));
}

static void what_comes_is_dated_by_the_servers(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "can I have a beer");
	struct err err;

	begun_again(w, -2 * DAY);
	message.sent_ms -= 2 * DAY;
	hand_in(w, &message);
	run_until_decided(w);
	assert_true(
		w->store->ops->purge(w->store, loop_wall_ms() - 3 * DAY, INT64_MIN, 1000, &err));
	assert_true(is_known(w, "1"));
	assert_true(w->store->ops->purge(w->store, loop_wall_ms() - DAY, INT64_MIN, 1000, &err));
	assert_false(is_known(w, "1"));
}

/* Before a server has told. */
static void or_by_when_it_was_written(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "can I have a beer");
	struct err err;

	message.sent_ms += 2 * DAY;
	hand_in(w, &message);
	run_until_decided(w);
	assert_true(w->store->ops->purge(w->store, loop_wall_ms() + DAY, INT64_MIN, 1000, &err));
	assert_true(is_known(w, "1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(before_a_server_has_told_nothing_is_forgotten),
		CASE(ours_may_be_ahead),
		CASE(what_comes_is_dated_by_the_servers),
		CASE(or_by_when_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
