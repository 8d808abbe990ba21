/* What staff are told of rooms into which nothing can be sent. */
#include "staff_world.h"

static void trouble_in(struct world *w, enum trouble kind, const char *id, const char *room)
{
	struct platform_sink *sink = w->stage->base.sink;

	sink->trouble(sink, &w->stage->base,
		      &(struct room_trouble){.kind = kind,
					     .id = str_of(id),
					     .room = str_of(room),
					     .link = STR("https://there")});
	run_for(w, 10);
}

static void staff_are_told_once_of_each(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 3; i++) {
		trouble_in(w, TROUBLE_MUTE, "77", "room");
		if (i == 0)
			settle(w, 0, "31");
	}
	trouble_in(w, TROUBLE_GONE, "77", "room");
	trouble_in(w, TROUBLE_REPLACED, "78", "other");
	settle(w, 1, "32");
	settle(w, 2, NULL);
	trouble_in(w, TROUBLE_REPLACED, "78", "other");
	assert_sent(w, "77 room-mute 0 " STAFF "|77 room-gone 0 " STAFF "|78 room-replaced 0 " STAFF
		       "|");
	assert_string_equal(w->stage->sent[0].text, "(staff-room-mute https://there)");
	assert_string_equal(w->stage->sent[1].text, "(staff-room-gone https://there)");
	assert_true(w->stage->sent[0].elsewhere);
	assert_false(w->stage->sent[0].urgent);
}

static void not_again_after_a_restart(void **state)
{
	struct world *w = *state;

	trouble_in(w, TROUBLE_MUTE, "77", "room");
	settle(w, 0, "31");
	run_for(w, 10);
	bot_end(w);
	bot_begin(w, true);
	trouble_in(w, TROUBLE_MUTE, "77", "room");
	assert_int_equal(w->stage->sent_n, 0);
}

/* The same words to the same place, so that the platform knows it. */
static void what_was_not_sent_is_sent_by_the_next_run(void **state)
{
	struct world *w = *state;

	trouble_in(w, TROUBLE_MUTE, "77", "room");
	bot_end(w);
	bot_begin(w, true);
	run_for(w, 10);
	assert_sent(w, "77 room-mute 0 " STAFF "|");
	assert_string_equal(w->stage->sent[0].text, "(staff-room-mute https://there)");
	assert_true(w->stage->sent[0].elsewhere);
}

/* A patient who deletes what has the same name takes nothing of staff's away. */
static void it_is_no_reply(void **state)
{
	struct world *w = *state;
	struct platform_sink *sink = w->stage->base.sink;

	trouble_in(w, TROUBLE_GONE, "77", "room");
	sink->deleted(sink, &w->stage->base, STR("77"));
	run_for(w, 10);
	settle(w, 0, "31");
	run_for(w, 10);
	assert_sent(w, "77 room-gone 0 " STAFF "|");
}

static void who_throws_it_out_again_and_again_is_heard_of_five_times(void **state)
{
	struct world *w = *state;
	char id[8];

	for (int i = 0; i < 9; i++) {
		snprintf(id, sizeof id, "%d", 70 + i);
		trouble_in(w, TROUBLE_GONE, id, id);
	}
	assert_int_equal(w->stage->sent_n, 5);
}

static void of_staffs_own_room_their_second_one_hears(void **state)
{
	struct world *w = *state;

	trouble_in(w, TROUBLE_MUTE, "77", STAFF);
	trouble_in(w, TROUBLE_MUTE, "78", SECOND);
	assert_sent(w, "77 room-mute 0 " SECOND "|78 room-mute 0 " STAFF "|");
}

static void or_nobody_does(void **state)
{
	struct world *w = *state;

	trouble_in(w, TROUBLE_MUTE, "77", STAFF);
	assert_int_equal(w->stage->sent_n, 0);
}

static void without_a_room_nobody_is_told(void **state)
{
	struct world *w = *state;

	trouble_in(w, TROUBLE_GONE, "77", "room");
	assert_int_equal(w->stage->sent_n, 0);
}

int main(void)
{
#define WITH(test, begin) cmocka_unit_test_setup_teardown(test, begin, world_end)
	const struct CMUnitTest tests[] = {
		WITH(staff_are_told_once_of_each, world_begin),
		WITH(not_again_after_a_restart, world_begin),
		WITH(what_was_not_sent_is_sent_by_the_next_run, world_begin),
		WITH(it_is_no_reply, world_begin),
		WITH(who_throws_it_out_again_and_again_is_heard_of_five_times, world_begin),
		WITH(of_staffs_own_room_their_second_one_hears, world_begin_second),
		WITH(or_nobody_does, world_begin),
		WITH(without_a_room_nobody_is_told, world_begin_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
