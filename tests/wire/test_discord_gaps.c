/* The list of gaps by itself: its limits, its clock, and what a position keeps of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/discord_gaps.h"
#include "wire/discord_rooms.h"

#define NOW ((int64_t)1750000000000)
#define HOUR ((int64_t)3600000)

static void start(struct gaps *gaps)
{
	*gaps = (struct gaps){.messages_max = 500, .age_max_ms = 24 * HOUR};
	gaps_begin(gaps, NOW);
}

static void an_id_of_a_moment(void **state)
{
	(void)state;
	assert_int_equal(snowflake_ms(gaps_id_at(NOW)), NOW);
	assert_int_equal(snowflake_ms(gaps_id_at(NOW) - 1), NOW - 1);
	assert_int_equal(gaps_id_at(0), 1);
}

static void a_clock_that_was_ahead_is_mended(void **state)
{
	struct gaps gaps;
	uint64_t real = gaps_id_at(NOW - 2 * HOUR);

	(void)state;
	start(&gaps);
	assert_int_equal(gaps_from(&gaps, gaps.seen), gaps_id_at(NOW));
	gaps_saw(&gaps, real);
	assert_int_equal(gaps_from(&gaps, gaps.seen), real);
	gaps_saw(&gaps, gaps_id_at(NOW + HOUR));
	assert_int_equal(gaps_from(&gaps, gaps.seen), gaps_id_at(NOW + HOUR - GAPS_OVERLAP_MS));
	gaps_done(&gaps);
}

static void a_room_has_one_gap(void **state)
{
	struct gaps gaps;
	const struct gap *gap;

	(void)state;
	start(&gaps);
	gaps.since = 1;
	gaps_open(&gaps, 5, 0, GAP_WATCHED, 1000);
	gaps_open(&gaps, 5, 9, GAP_WATCHED, 2000);
	gaps_open(&gaps, 0, 9, GAP_WATCHED, 2000);
	assert_int_equal(gaps.n, 1);
	gap = gaps_ask(&gaps, NOW);
	assert_non_null(gap);
	assert_int_equal(gap->guild, 9);
	assert_int_equal(gap->after, gaps_id_at(NOW - 24 * HOUR));
	assert_null(gaps_ask(&gaps, NOW));
	assert_true(gaps_page(&gaps, 100, 100, gap->after + 100));
	assert_int_equal(gaps_ask(&gaps, NOW)->left, 400);
	assert_false(gaps_page(&gaps, 400, 400, 1));
	assert_int_equal(gaps.v[0].after, gaps_id_at(NOW - 24 * HOUR) + 100);
	gaps_close(&gaps);
	assert_null(gaps_ask(&gaps, NOW));
	gaps_done(&gaps);
}

static void there_is_an_end_to_everything(void **state)
{
	struct gaps gaps;
	uint64_t heard;

	(void)state;
	start(&gaps);
	for (uint64_t i = 1; i <= GAPS_MAX + 5; i++)
		gaps_open(&gaps, i, 0, GAP_DIRECT, 1);
	assert_int_equal(gaps.n, GAPS_MAX);
	assert_int_equal(gaps.dropped, 5);
	for (uint64_t i = 1; i <= HOLES_MAX + 5; i++)
		gaps_hole_open(&gaps, i);
	assert_int_equal(gaps.holes_n, HOLES_MAX);
	assert_true(gaps_hole_close(&gaps, 1, &heard));
	assert_false(gaps_hole_close(&gaps, 1, &heard));
	assert_int_equal(heard, gaps_id_at(NOW));
	assert_int_equal(gaps.dropped, 10);
	for (uint64_t i = 1; i <= ACQUAINTED_MAX + 5; i++)
		gaps_acquaint(&gaps, i, 0);
	assert_int_equal(gaps.forgotten, 5);
	gaps_acquaint(&gaps, 6, 0); /* the oldest of them becomes the newest */
	assert_int_equal(gaps.forgotten, 5);
	gaps_acquaint(&gaps, ACQUAINTED_MAX + 6, 0);
	assert_int_equal(gaps.forgotten, 6);
	assert_int_equal(gaps.acquainted_n, ACQUAINTED_MAX);
	assert_int_equal(gaps.acquainted[0].room, 8);
	assert_int_equal(gaps.acquainted[ACQUAINTED_MAX - 2].room, 6);
	gaps_done(&gaps);
}

static void write_all(const struct gaps *gaps, struct buf *out)
{
	struct json_writer w;

	buf_init(out, DISCORD_POSITION_MAX);
	json_begin(&w, out);
	json_open_object(&w, NULL);
	gaps_write(gaps, &w);
	json_close(&w);
}

/* Written, read and written again it is the same. */
static size_t comes_back(const struct gaps *gaps)
{
	struct gaps again = {.messages_max = 500, .age_max_ms = HOUR};
	struct buf first, second;
	struct json *v;
	size_t n;

	write_all(gaps, &first);
	assert_false(first.full);
	n = first.n;
	v = json_parse(buf_str(&first), DISCORD_POSITION_MAX, NULL);
	gaps_read(&again, v);
	write_all(&again, &second);
	assert_true(str_eq(buf_str(&first), buf_str(&second)));
	assert_int_equal(again.n, gaps->n);
	assert_int_equal(again.acquainted_n, gaps->acquainted_n);
	for (size_t i = 0; i < gaps->n; i++)
		assert_int_equal(again.v[i].room, gaps->v[i].room);
	for (size_t i = 0; i < gaps->acquainted_n; i++)
		assert_int_equal(again.acquainted[i].room, gaps->acquainted[i].room);
	json_free(v);
	buf_done(&first);
	buf_done(&second);
	gaps_done(&again);
	return n;
}

/* No two that follow one another have anything in common, and every number is as long as can be. */
static void a_full_list_fits_into_a_position_and_comes_back(void **state)
{
	const uint64_t id = UINT64_MAX - 20000;
	struct gaps gaps;
	size_t n;

	(void)state;
	start(&gaps);
	gaps.since = id;
	for (uint64_t i = 0; i < GAPS_MAX; i++)
		gaps_open(&gaps, id + i, id + i, GAP_OTHER, UINT64_MAX);
	for (uint64_t i = 0; i < GAPS_MAX; i++)
		gaps.v[i].left = UINT32_MAX;
	for (uint64_t i = 0; i < HOLES_MAX; i++)
		gaps_hole_open(&gaps, id + i);
	for (uint64_t i = 0; i < ACQUAINTED_MAX; i++)
		gaps_acquaint(&gaps, id + i, id + i);
	gaps.forgotten = JSON_INT_MAX;
	n = comes_back(&gaps);
	/* Beside what rooms_write() writes at most, and the rest. */
	assert_true(n + (size_t)ROOMS_KEPT_MAX * 46 + (size_t)ROLES_MAX * 23 + 8192 <
		    DISCORD_POSITION_MAX);
	gaps_done(&gaps);
}

/* As a clinic has it: what is alike stands once. */
static void thousands_of_direct_conversations_take_little_room(void **state)
{
	const uint64_t id = gaps_id_at(NOW);
	struct gaps gaps;

	(void)state;
	start(&gaps);
	for (uint64_t i = 0; i < ACQUAINTED_MAX; i++)
		gaps_acquaint(&gaps, id + i, i % 100 ? 0 : id);
	assert_in_range(comes_back(&gaps), 1, ACQUAINTED_MAX * 21);
	gaps_open_acquainted(&gaps);
	assert_int_equal(gaps.n, ACQUAINTED_MAX);
	assert_int_equal(gaps.v[0].room, id + ACQUAINTED_MAX - 1);
	assert_int_equal(gaps.v[ACQUAINTED_MAX - 1].room, id);
	assert_in_range(comes_back(&gaps), 1, (size_t)ACQUAINTED_MAX * 44);
	gaps_done(&gaps);
}

static void watched_rooms_do_not_wait_for_others(void **state)
{
	static const uint64_t wanted[] = {2, 3, 4, 1, 5};
	struct gaps gaps;

	(void)state;
	start(&gaps);
	gaps_open(&gaps, 1, 0, GAP_DIRECT, 1);
	gaps_open(&gaps, 2, 9, GAP_WATCHED, 1);
	assert_int_equal(gaps_ask(&gaps, NOW)->room, 2);
	gaps_open(&gaps, 3, 9, GAP_WATCHED, 1);
	gaps_open(&gaps, 4, 9, GAP_WATCHED, 1);
	gaps_open(&gaps, 5, 9, GAP_OTHER, 1);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		assert_int_equal(gaps.v[i].room, wanted[i]);
	for (size_t i = 0; i < 3; i++)
		gaps_close(&gaps);
	assert_int_equal(gaps_ask(&gaps, NOW)->room, 1);
	gaps_open(&gaps, 6, 9, GAP_WATCHED, 1); /* what is asked for stays the first */
	assert_int_equal(gaps.v[0].room, 1);
	assert_int_equal(gaps.v[1].room, 6);
	gaps_done(&gaps);
}

static void what_nobody_wrote_is_passed_over(void **state)
{
	struct gaps gaps = {.messages_max = 500};
	struct json *v = json_parse(
		STR("{\"seen\":[\"5\"],\"gaps\":[\"1 2 1 3 4\",\"1 2 9 3 5 4\",\"1 2 1 3 "
		    "5 0\",\"x 2 1 3 5 4\","
		    "\"0 2 1 3 5 4\",7,null,\"1 2 1 3 5 4 0 x 9\",\"1 2 1 3 5 4\",\"1 2 1 9 9 9\"],"
		    "\"holes\":[\"1\",\"0 4\",\"1 2 3\",{}],\"acquainted\":{\"1\":\"x\"},"
		    "\"forgotten\":-1}"),
		1000, NULL);

	(void)state;
	assert_non_null(v);
	gaps_read(&gaps, v);
	json_free(v);
	assert_int_equal(gaps.seen, 0);
	assert_int_equal(gaps.n, 1);
	assert_int_equal(gaps.v[0].after, 3);
	assert_int_equal(gaps.v[0].heard, 5);
	assert_int_equal(gaps.v[0].left, 4);
	assert_int_equal(gaps.holes_n + gaps.acquainted_n + gaps.forgotten, 0);
	gaps_done(&gaps);
}

static void when_nothing_is_to_be_read_nothing_is_kept(void **state)
{
	struct gaps gaps = {.messages_max = 0};
	uint64_t heard;

	(void)state;
	gaps_begin(&gaps, NOW);
	gaps_acquaint(&gaps, 5, 0);
	gaps_open_acquainted(&gaps);
	gaps_open(&gaps, 5, 0, GAP_DIRECT, 1);
	gaps_hole_open(&gaps, 1);
	assert_false(gaps_hole_close(&gaps, 1, &heard));
	assert_null(gaps_ask(&gaps, NOW));
	gaps_done(&gaps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_of_a_moment),
		cmocka_unit_test(a_clock_that_was_ahead_is_mended),
		cmocka_unit_test(a_room_has_one_gap),
		cmocka_unit_test(there_is_an_end_to_everything),
		cmocka_unit_test(a_full_list_fits_into_a_position_and_comes_back),
		cmocka_unit_test(thousands_of_direct_conversations_take_little_room),
		cmocka_unit_test(watched_rooms_do_not_wait_for_others),
		cmocka_unit_test(what_nobody_wrote_is_passed_over),
		cmocka_unit_test(when_nothing_is_to_be_read_nothing_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
