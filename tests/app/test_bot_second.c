/* Staff's second room: what nobody took in the first is shown there too. */
#include "staff_world.h"

#define SHOWN_TWICE                                                                               \
	"1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|1 answer-alert 1 " STAFF \
	"|1 answer-alert-second 0 " SECOND "|"

/* The patient was told of the first showing; the second room's tells nobody anew. */
static void shown_twice(struct world *w)
{
	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	run_for(w, 230);
	assert_sent(w, SHOWN_TWICE);
}

static void what_nobody_took_is_shown_in_the_second_room_too(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	assert_string_equal(w->stage->sent[4].text, "(staff-alert emergency noon https://there)");
	settle(w, 3, "34");
	settle(w, 4, "35");
	run_for(w, 230);
	assert_sent(w,
		    SHOWN_TWICE "1 answer-alert 2 " STAFF "|1 answer-alert-second 1 " SECOND "|");
}

static void a_reply_in_either_room_takes_both(void **state)
{
	static const char *const rooms[] = {STAFF, SECOND};

	for (size_t i = 0; i < 2; i++) {
		struct world *w = *state;

		shown_twice(w);
		settle(w, 3, "34");
		settle(w, 4, "35");
		staff_say_in(w, rooms[i], "41", "", false);
		staff_say_in(w, rooms[i], "40", i ? "35" : "34", true);
		assert_sent(w, i ? SHOWN_TWICE "40 answer 0 " SECOND "|"
				 : SHOWN_TWICE "40 answer 0 " STAFF "|");
		settle(w, 5, "36");
		run_for(w, 450);
		assert_int_equal(w->stage->sent_n, 6);
		bot_end(w);
		bot_begin(w, true);
		run_for(w, 450);
		assert_sent(w, "");
		assert_int_equal(world_end(state), 0);
		assert_int_equal(world_begin_second(state), 0);
	}
}

/* Taken while the second showing is on its way: that one is never shown again, nor the other. */
static void a_reply_may_come_before_the_second_room_has_it(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	staff_say(w, "40", "32", true);
	settle(w, 3, "34");
	settle(w, 4, "35");
	settle(w, 5, "36");
	run_for(w, 450);
	assert_int_equal(w->stage->sent_n, 6);
}

/* In the turn in which it falls due. */
static void a_reply_in_the_turn_of_the_second_showing_stops_it(void **state)
{
	struct world *w = *state;
	struct message message = written("40", "on it");
	int64_t end;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	run_for(w, 150);
	/* The loop stands still until both the timer and the reply are due. */
	end = loop_wall_ms() + 120;
	while (loop_wall_ms() < end)
		;
	message.room = STR(STAFF);
	message.replies_to = STR("32");
	hand_in(w, &message);
	run_for(w, 450);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 answer-told 0 room|40 answer 0 " STAFF "|");
}

/* Staff's first room refuses: the patient is told once the second one has it, and once only. */
static void the_second_room_counts_for_the_patient(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, NULL);
	run_for(w, 230);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-alert 1 " STAFF
		       "|1 answer-alert-second 0 " SECOND "|");
	settle(w, 3, "35");
	assert_string_equal(w->stage->sent[4].kind, "answer-told");
	settle(w, 2, "34");
	assert_int_equal(w->stage->sent_n, 5);
}

static void the_second_room_survives_the_run(void **state)
{
	struct world *w = *state;

	shown_twice(w);
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer-alert 1 " STAFF "|1 answer-alert-second 0 " SECOND "|");
	settle(w, 0, "34");
	settle(w, 1, "35");
	/* The second room is gone from the configuration. */
	bot_end(w);
	w->second = false;
	bot_begin(w, true);
	run_for(w, 250);
	assert_sent(w, "1 answer-alert 2 " STAFF "|");
}

#define SECOND_CASE(f) cmocka_unit_test_setup_teardown(f, world_begin_second, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SECOND_CASE(what_nobody_took_is_shown_in_the_second_room_too),
		SECOND_CASE(a_reply_in_either_room_takes_both),
		SECOND_CASE(a_reply_may_come_before_the_second_room_has_it),
		SECOND_CASE(a_reply_in_the_turn_of_the_second_showing_stops_it),
		SECOND_CASE(the_second_room_counts_for_the_patient),
		SECOND_CASE(the_second_room_survives_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
