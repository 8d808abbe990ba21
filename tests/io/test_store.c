/* The contract of port/store.h, kept by both twins. */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "io/store_world.h"

static void test_positions(void **state)
{
	const struct store_position first[] = {{D, STR("session 1")}, {STR("matrix"), STR("s72")}};
	const struct store_position second[] = {{D, STR("session 2")}, {D, STR("session 3")}};
	struct buf small;

	(void)state;
	assert_position(D, STR(""));
	commit(&(struct store_batch){.positions = first, .positions_n = 2});
	commit(&(struct store_batch){.positions = second, .positions_n = 2});
	open_again();
	assert_position(D, STR("session 3"));
	assert_position(STR("matrix"), STR("s72"));
	assert_position(STR("other"), STR(""));
	buf_init(&small, 4);
	assert_false(store->ops->position(store, D, &small, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	buf_done(&small);
}

static void test_seen(void **state)
{
	(void)state;
	assert_false(seen("discord", "1"));
	receive("1", 10);
	open_again();
	assert_true(seen("discord", "1"));
	assert_false(seen("matrix", "1"));
	assert_false(seen("discord", "11"));
	decide("1");
	assert_true(seen("discord", "1"));
}

static void test_undecided_oldest_first(void **state)
{
	(void)state;
	assert_undecided("");
	receive("b", 20);
	receive("a", 10);
	receive("c", 20);
	receive("d", -5);
	open_again();
	assert_undecided("discord d room -5 0|discord a room 10 0|discord b room 20 0|"
			 "discord c room 20 0|");
	decide("a");
	reply("b", "answer", 30);
	decide("unknown");
	open_again();
	assert_undecided("discord d room -5 0|discord c room 20 0|");
}

static void test_a_row_that_is_there_stays(void **state)
{
	const struct store_inbox again[] = {
		{.platform = D,
		 .message = STR("a"),
		 .room = STR("other"),
		 .received_ms = 99,
		 .tries = 9},
		{.platform = D,
		 .message = STR("b"),
		 .room = STR("r"),
		 .received_ms = 11,
		 .tries = 3},
		{.platform = D, .message = STR("b"), .room = STR("r2"), .received_ms = 12}};

	(void)state;
	receive("a", 10);
	commit(&(struct store_batch){.inbox = again, .inbox_n = COUNT(again)});
	assert_undecided("discord a room 10 0|discord b r 11 3|");
	decide("a");
	commit(&(struct store_batch){.inbox = again, .inbox_n = COUNT(again)});
	assert_undecided("discord b r 11 3|");
}

static void test_tries(void **state)
{
	const struct store_mark marks[] = {{.platform = D, .message = STR("a")},
					   {.platform = D, .message = STR("a")},
					   {.platform = D, .message = STR("unknown")},
					   {.platform = STR("matrix"), .message = STR("b")}};

	(void)state;
	receive("a", 1);
	receive("b", 2);
	commit(&(struct store_batch){.retried = marks, .retried_n = COUNT(marks)});
	open_again();
	assert_undecided("discord a room 1 2|discord b room 2 0|");
	assert_false(seen("discord", "unknown"));
}

static void test_owed_and_marks(void **state)
{
	(void)state;
	reply("b", "answer", 20);
	reply("a", "answer", 10);
	reply("a", "sorry", 10);
	open_again();
	assert_owed(
		"a answer answer after.alcohol v1 0 0 10|a sorry answer after.alcohol v1 0 0 10|"
		"b answer answer after.alcohol v1 0 0 20|");
	mark("a", "answer", 1, OUTBOX_OWED);
	mark("a", "sorry", 2, OUTBOX_SENT);
	mark("b", "sorry", 7, OUTBOX_SENT);
	mark("unknown", "answer", 7, OUTBOX_REFUSED);
	open_again();
	assert_owed(
		"a answer answer after.alcohol v1 1 0 10|b answer answer after.alcohol v1 0 0 20|");
	mark("a", "answer", 2, OUTBOX_SENT);
	mark("b", "answer", 0, OUTBOX_REFUSED);
	assert_owed("");
}

static void test_a_reply_is_never_decided_twice(void **state)
{
	(void)state;
	receive("a", 1);
	reply("a", "answer", 10);
	mark("a", "answer", 1, OUTBOX_SENT);
	reply("a", "answer", 11);
	assert_owed("");
	reply("b", "answer", 10);
	reply("b", "answer", 11);
	assert_owed("b answer answer after.alcohol v1 0 0 10|");
}

/* In one batch, each step sees what the ones before it did. */
static void test_order_in_a_batch(void **state)
{
	const struct store_position position = {D, STR("seq 5")};
	const struct store_inbox inbox[] = {
		{.platform = D, .message = STR("a"), .room = STR("r"), .received_ms = 1},
		{.platform = D, .message = STR("b"), .room = STR("r"), .received_ms = 2},
		{.platform = D, .message = STR("c"), .room = STR("r"), .received_ms = 3}};
	const struct store_mark retried = {.platform = D, .message = STR("a")};
	const struct store_mark decided = {.platform = D, .message = STR("b")};
	const struct store_outbox outbox = {.platform = D,
					    .message = STR("c"),
					    .kind = STR("answer"),
					    .room = STR("r"),
					    .decided_ms = 4};
	const struct store_mark sent = {.platform = D,
					.message = STR("c"),
					.kind = STR("answer"),
					.pieces_sent = 1,
					.state = OUTBOX_OWED};

	(void)state;
	commit(&(struct store_batch){.positions = &position,
				     .positions_n = 1,
				     .inbox = inbox,
				     .inbox_n = 3,
				     .retried = &retried,
				     .retried_n = 1,
				     .decided = &decided,
				     .decided_n = 1,
				     .outbox = &outbox,
				     .outbox_n = 1,
				     .marks = &sent,
				     .marks_n = 1});
	open_again();
	assert_position(D, STR("seq 5"));
	assert_undecided("discord a r 1 1|");
	assert_owed("c answer   1 0 4|");
}

static void test_links(void **state)
{
	const struct store_inbox row = {.platform = D,
					.message = STR("a"),
					.room = STR("r"),
					.link = STR("https://discord.com/channels/1/2/3")};
	struct buf got;

	(void)state;
	commit(&(struct store_batch){.inbox = &row, .inbox_n = 1});
	open_again();
	buf_init(&got, 100);
	assert_true(store->ops->undecided(store, list_link, &got, &err));
	assert_string_equal(got.p, "https://discord.com/channels/1/2/3");
	buf_done(&got);
}

static void test_decisions(void **state)
{
	struct buf got, small;

	(void)state;
	reply("a", "answer", 1);
	open_again();
	buf_init(&got, 100);
	buf_add(&got, STR("old"));
	assert_true(store->ops->decision(store, D, STR("a"), STR("answer"), &got, &err));
	assert_string_equal(got.p, "answer after.alcohol");
	mark("a", "answer", 1, OUTBOX_SENT);
	assert_true(store->ops->decision(store, D, STR("a"), STR("answer"), &got, &err));
	assert_string_equal(got.p, "answer after.alcohol");
	assert_true(store->ops->decision(store, D, STR("a"), STR("edit"), &got, &err));
	assert_int_equal(got.n, 0);
	assert_true(
		store->ops->decision(store, STR("matrix"), STR("a"), STR("answer"), &got, &err));
	assert_int_equal(got.n, 0);
	buf_init(&small, 4);
	assert_false(store->ops->decision(store, D, STR("a"), STR("answer"), &small, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	buf_done(&small);
	buf_done(&got);
}

static void shown(const char *message, unsigned times, enum outbox_state to, const char *sent_as,
		  int64_t at)
{
	const struct store_mark row = {.platform = D,
				       .message = str_of(message),
				       .kind = STR("staff"),
				       .pieces_sent = times,
				       .state = to,
				       .sent_as = str_of(sent_as),
				       .settled_ms = at};

	commit(&(struct store_batch){.marks = &row, .marks_n = 1});
}

static void test_unclaimed(void **state)
{
	(void)state;
	assert_unclaimed("staff", "");
	for (int i = 0; i < 5; i++)
		reply((char[]){(char)('a' + i), '\0'}, "staff", 10 - i);
	reply("a", "answer", 1);
	reply("a", "edit-staff", 2);
	shown("a", 1, OUTBOX_SENT, "31", 100);
	shown("b", 2, OUTBOX_OWED, "32 33", 200);
	shown("c", 1, OUTBOX_REFUSED, "", 300);
	shown("d", 1, OUTBOX_CLAIMED, "34", 400);
	open_again();
	assert_unclaimed("staff", "e 0 0  0|c 1 2  300|b 2 0 32 33 200|a 1 1 31 100|");
	assert_unclaimed("edit-staff", "a 0 0  0|");
	shown("a", 2, OUTBOX_CLAIMED, "31 35", 500);
	open_again();
	assert_unclaimed("staff", "e 0 0  0|c 1 2  300|b 2 0 32 33 200|");
	assert_true(store->ops->purge(store, INT64_MAX, 0, 1000, &err));
	assert_unclaimed("staff", "e 0 0  0|b 2 0 32 33 200|");
}

/* What is to be removed stays owed until it is; the rows of one message are told from all others. */
static void test_unwanted(void **state)
{
	struct buf got;

	(void)state;
	reply("a", "answer", 1);
	reply("a", "edit-urgent", 2);
	reply("ab", "answer", 3);
	mark("a", "answer", 1, OUTBOX_UNWANTED);
	mark("a", "edit-urgent", 1, OUTBOX_SENT);
	mark("ab", "answer", 1, OUTBOX_REMOVED);
	open_again();
	assert_owed("a answer answer after.alcohol v1 1 4 1|");
	buf_init(&got, 1000);
	assert_true(store->ops->replies(store, D, STR("a"), list_outbox, &got, &err));
	assert_true(str_find(buf_str(&got), STR("a answer answer after.alcohol v1 1 4 1|")) >= 0);
	assert_true(str_find(buf_str(&got), STR("a edit-urgent ")) >= 0);
	assert_true(str_find(buf_str(&got), STR("ab ")) < 0);
	buf_clear(&got);
	assert_true(store->ops->replies(store, STR("matrix"), STR("a"), list_outbox, &got, &err));
	assert_int_equal(got.n, 0);
	buf_done(&got);
	assert_true(store->ops->purge(store, INT64_MAX, 0, 1000, &err));
	assert_owed("a answer answer after.alcohol v1 1 4 1|");
	mark("a", "answer", 1, OUTBOX_REMOVED);
	open_again();
	assert_owed("");
}

/* A reply that is decided anew is owed again, under what it was sent as, until it is marked. */
static void test_changed(void **state)
{
	const struct store_outbox row = {.platform = D,
					 .message = STR("a"),
					 .kind = STR("answer"),
					 .answer = STR("answer after.sun"),
					 .version = STR("v2"),
					 .state = OUTBOX_CHANGED};
	struct buf got;

	(void)state;
	reply("a", "answer", 1);
	reply("b", "answer", 2);
	for (int i = 0; i < 2; i++) {
		mark("a", "answer", 1, OUTBOX_SENT);
		commit(&(struct store_batch){.changes = &row, .changes_n = 1});
		open_again();
		assert_owed("a answer answer after.sun v2 1 6 1|b answer answer after.alcohol v1 0 "
			    "0 2|");
	}
	commit(&(struct store_batch){.changes = &(struct store_outbox){.platform = D,
								       .message = STR("c"),
								       .kind = STR("answer")},
				     .changes_n = 1});
	assert_true(store->ops->purge(store, INT64_MAX, 0, 1000, &err));
	assert_owed("a answer answer after.sun v2 1 6 1|b answer answer after.alcohol v1 0 0 2|");
	buf_init(&got, 1000);
	assert_true(store->ops->decision(store, D, STR("a"), STR("answer"), &got, &err));
	assert_true(str_eq(buf_str(&got), STR("answer after.sun")));
	buf_done(&got);
	mark("a", "answer", 1, OUTBOX_SENT);
	mark("b", "answer", 1, OUTBOX_SENT);
	open_again();
	assert_owed("");
}

static void test_purge(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		char name[2] = {(char)('a' + i), '\0'};

		receive(name, i);
		reply(name, "answer", i);
		if (i != 1)
			mark(name, "answer", 1, i == 2 ? OUTBOX_REFUSED : OUTBOX_SENT);
	}
	receive("open", 0);
	assert_true(store->ops->purge(store, 8, 0, 3, &err));
	open_again();
	/* The three oldest of each: a b c of the messages, a c d of the replies, as b is owed. */
	assert_false(seen("discord", "a"));
	assert_false(seen("discord", "c"));
	assert_true(seen("discord", "d"));
	assert_owed("b answer answer after.alcohol v1 0 0 1|");
	assert_true(store->ops->purge(store, 8, 0, 1000, &err));
	assert_false(seen("discord", "h"));
	assert_true(seen("discord", "i"));
	assert_undecided("discord open room 0 0|");
	assert_owed("b answer answer after.alcohol v1 0 0 1|");
	/* A reply that was forgotten can be decided again. */
	reply("a", "answer", 50);
	reply("i", "answer", 50);
	assert_owed(
		"b answer answer after.alcohol v1 0 0 1|a answer answer after.alcohol v1 0 0 50|");
	assert_true(store->ops->purge(store, INT64_MAX, 0, 0, &err));
	assert_true(seen("discord", "i"));
}

/* Our clock was wrong: what it dated later than now goes as long after now as all else. */
static void test_what_is_dated_later_than_now_is_dated_now(void **state)
{
	const int64_t hour = STORE_AHEAD_MS;

	(void)state;
	receive("old", 1);
	receive("near", 100 + hour);
	receive("far", 101 + hour);
	receive("open", 101 + hour);
	for (const char *const *name = (const char *[]){"old", "near", "far", NULL}; *name;
	     name++) {
		reply(*name, "answer", strcmp(*name, "old") ? 101 + hour : 1);
		mark(*name, "answer", 1, OUTBOX_SENT);
	}
	reply("owed", "answer", 101 + hour);
	assert_true(store->ops->redate(store, 100, 0, 1000, &err));
	open_again();
	assert_true(store->ops->purge(store, 101, 0, 1000, &err));
	assert_false(seen("discord", "old"));
	assert_true(seen("discord", "near"));
	assert_false(seen("discord", "far"));
	assert_true(seen("discord", "open"));
	/* All replies but the one that is owed were dated now, and went. */
	reply("far", "answer", 7);
	assert_owed("far answer answer after.alcohol v1 0 0 7|"
		    "owed answer answer after.alcohol v1 0 0 3600101|");
}

static void greet(const char *person, int64_t day)
{
	const struct store_greeting row = {D, str_of(person), day};

	commit(&(struct store_batch){.greetings = &row, .greetings_n = 1});
}

static bool greeted(const char *platform, const char *person, int64_t since)
{
	err = (struct err){0};
	if (store->ops->greeted(store, str_of(platform), str_of(person), since, &err))
		return true;
	assert_int_equal(err.kind, ERR_NONE);
	return false;
}

static void test_greeted(void **state)
{
	(void)state;
	assert_false(greeted("discord", "ada", 0));
	greet("ada", 100);
	open_again();
	assert_true(greeted("discord", "ada", 100));
	assert_true(greeted("discord", "ada", 71));
	assert_false(greeted("discord", "ada", 101));
	assert_false(greeted("discord", "bob", 0));
	assert_false(greeted("matrix", "ada", 0));
	assert_false(greeted("discord", "", 0));
	assert_false(greeted("discor", "dada", 0));
	greet("ada", 130);
	open_again();
	assert_true(greeted("discord", "ada", 130));
}

static void test_greetings_of_days_to_come_are_of_today(void **state)
{
	(void)state;
	greet("ada", 101);
	greet("bob", 102);
	assert_true(store->ops->redate(store, 0, 100, 1000, &err));
	open_again();
	assert_true(greeted("discord", "ada", 101));
	assert_true(greeted("discord", "bob", 100));
	assert_false(greeted("discord", "bob", 101));
}

static void test_greetings_are_purged(void **state)
{
	(void)state;
	for (int day = 0; day < 6; day++)
		greet((char[]){(char)('a' + day), '\0'}, day);
	greet("a", 9);
	assert_true(store->ops->purge(store, 0, 4, 2, &err));
	open_again();
	assert_false(greeted("discord", "b", 0));
	assert_false(greeted("discord", "c", 0));
	assert_true(greeted("discord", "d", 0));
	assert_true(store->ops->purge(store, 0, 4, 100, &err));
	assert_false(greeted("discord", "d", 0));
	assert_true(greeted("discord", "e", 0));
	assert_true(greeted("discord", "a", 9));
}

static void count_one(void *arg, const struct store_inbox *row)
{
	(void)row;
	++*(size_t *)arg;
}

static void test_a_big_batch(void **state)
{
	static struct store_inbox rows[20000];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i] = (struct store_inbox){.platform = D,
					       .message = arena_fmt(&arena, "%zu", i),
					       .room = STR("r"),
					       .received_ms = (int64_t)i};
	commit(&(struct store_batch){.inbox = rows, .inbox_n = COUNT(rows)});
	open_again();
	assert_true(store->ops->undecided(store, count_one, &n, &err));
	assert_int_equal(n, COUNT(rows));
	assert_true(seen("discord", "19999"));
	commit(&(struct store_batch){0});
}

static void test_odd_text(void **state)
{
	const struct store_inbox row = {.platform = D,
					.message = STR("$a:b'\"\0z"),
					.room = STR(""),
					.received_ms = INT64_MAX};
	const struct store_position position = {STR(""), STR("a\0b")};

	(void)state;
	commit(&(struct store_batch){
		.inbox = &row, .inbox_n = 1, .positions = &position, .positions_n = 1});
	open_again();
	assert_true(store->ops->seen(store, D, row.message, &err));
	assert_false(store->ops->seen(store, D, STR("$a:b'\""), &err));
	assert_position(STR(""), STR("a\0b"));
}

#define TWICE(f)                                                \
	{#f " (memory)", f, start_memory, stop_dir, NULL},      \
	{                                                       \
#f " (sqlite)", f, start_sqlite, stop_dir, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWICE(test_positions),
		TWICE(test_seen),
		TWICE(test_undecided_oldest_first),
		TWICE(test_a_row_that_is_there_stays),
		TWICE(test_tries),
		TWICE(test_owed_and_marks),
		TWICE(test_a_reply_is_never_decided_twice),
		TWICE(test_order_in_a_batch),
		TWICE(test_links),
		TWICE(test_decisions),
		TWICE(test_unclaimed),
		TWICE(test_unwanted),
		TWICE(test_changed),
		TWICE(test_purge),
		TWICE(test_what_is_dated_later_than_now_is_dated_now),
		TWICE(test_greetings_of_days_to_come_are_of_today),
		TWICE(test_greeted),
		TWICE(test_greetings_are_purged),
		TWICE(test_a_big_batch),
		TWICE(test_odd_text),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
