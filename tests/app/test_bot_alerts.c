/* What staff and patient are told of a message that may be urgent, in this order. */
#include "moody.h"
#include "staff_world.h"

static void the_patient_is_told_when_the_alert_was_accepted(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	assert_string_equal(w->stage->sent[1].text, "(staff-alert emergency noon https://there)");
	settle(w, 0, "31");
	assert_int_equal(w->stage->sent_n, 2);
	settle(w, 1, "32");
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|");
	assert_true(strstr(w->stage->sent[2].text, "(staff-told)") != NULL);
	assert_true(strstr(w->stage->sent[2].text, "(note-short, 112)") != NULL);
}

static void the_patient_is_not_told_when_it_was_refused(void **state)
{
	struct world *w = *state;

	log_level_set(LOG_LEVEL_ERROR);
	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, NULL);
	run_for(w, 100);
	assert_int_equal(w->stage->sent_n, 2);
	run_for(w, 150);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-alert 1 " STAFF "|");
}

static void nobody_is_told_of_what_is_not_urgent(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer");
	say(w, "2", "hi");
	settle(w, 0, "31");
	settle(w, 1, "32");
	run_for(w, 250);
	assert_sent(w, "1 answer 0 room|2 answer 0 room|");
}

static void without_a_room_for_staff_nothing_is_said_of_them(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	run_for(w, 250);
	assert_sent(w, "1 answer 0 room|");
}

static void a_reply_to_an_alert_takes_it(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	staff_say(w, "40", "31", true);
	staff_say(w, "41", "", false);
	assert_int_equal(w->stage->sent_n, 3);
	staff_say(w, "42", "32", true);
	assert_string_equal(w->stage->sent[3].text, "(staff-taken)");
	assert_string_equal(w->stage->sent[3].message, "42");
	settle(w, 3, "34");
	staff_say(w, "43", "32", true);
	run_for(w, 500);
	assert_int_equal(w->stage->sent_n, 4);
	/* nor in the next run */
	bot_end(w);
	bot_begin(w, true);
	run_for(w, 500);
	assert_sent(w, "");
}

/* The reply overtakes the word that the alert was sent. */
static void a_reply_may_come_first(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	staff_say(w, "40", "32", true);
	settle(w, 1, "32");
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|1 answer-told 0 room|");
	settle(w, 2, "33");
	run_for(w, 300);
	assert_int_equal(w->stage->sent_n, 3);
}

static void what_is_owed_goes_out_in_the_next_run(void **state)
{
	struct world *w = *state;

	say(w, "1", "my throat is closing");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
	settle(w, 1, "32");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer 0 room|1 answer-told 0 room|");
	settle(w, 0, "31");
	settle(w, 1, "33");
	run_for(w, 300);
	assert_sent(w, "1 answer 0 room|1 answer-told 0 room|1 answer-alert 1 " STAFF "|");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "1 answer-alert 1 " STAFF "|");
	/* The room for staff is gone from the configuration: nobody is told any more. */
	bot_end(w);
	bot_begin(w, false);
	run_for(w, 20);
	assert_sent(w, "");
	bot_end(w);
	bot_begin(w, true);
	assert_sent(w, "");
}

/* The stream goes on with the word that the alert was sent, and the bot dies behind that commit. */
static void what_the_patient_is_told_is_recorded_with_the_position(void **state)
{
	struct world *w = *state;
	struct store *inner = w->store;
	struct moody moody = {.base.ops = &moody_ops, .inner = inner};
	struct platform *p;

	bot_end(w);
	w->store = &moody.base;
	bot_begin(w, true);
	say(w, "1", "my throat is closing");
	settle(w, 0, "31");
	moody.stops_behind = true;
	p = &w->stage->base;
	p->sink->position(p->sink, p, STR("behind it"));
	settle(w, 1, "32");
	bot_end(w);
	w->store = inner;
	bot_begin(w, true);
	assert_sent(w, "1 answer-told 0 room|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_patient_is_told_when_the_alert_was_accepted),
		CASE(the_patient_is_not_told_when_it_was_refused),
		CASE(nobody_is_told_of_what_is_not_urgent),
		cmocka_unit_test_setup_teardown(without_a_room_for_staff_nothing_is_said_of_them,
						world_begin_alone, world_end),
		CASE(a_reply_to_an_alert_takes_it),
		CASE(a_reply_may_come_first),
		CASE(what_is_owed_goes_out_in_the_next_run),
		CASE(what_the_patient_is_told_is_recorded_with_the_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
