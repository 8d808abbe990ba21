/* The urgent lane is limited by nothing, and an edit that makes a message more urgent is answered. */
#include "staff_world.h"

/* Handed in like this, it gets its safety text, and staff an alert. */
static void alarms(struct world *w, const struct message *message, const char *says)
{
	hand_in(w, message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF "|");
	if (!strstr(w->stage->sent[0].text, says))
		fail_msg("\"%s\" is not in: %s", says, w->stage->sent[0].text);
}

static void a_late_urgent_message_gets_its_safety_text(void **state)
{
	struct message message = written("1", "my throat is closing");

	message.replayed = true;
	message.sent_ms -= 3600000;
	alarms(*state, &message, "Call 112 now");
}

static void an_urgent_message_to_nobody_gets_its_safety_text(void **state)
{
	struct message message = written("1", "my throat is closing");

	message.addressed = false;
	alarms(*state, &message, "Call 112 now");
}

static void an_urgent_message_to_another_person_gets_its_safety_text(void **state)
{
	struct message message = written("1", "my throat is closing");

	message.addressed = false;
	message.to_other = true;
	alarms(*state, &message, "Call 112 now");
}

static void an_urgent_message_with_a_picture_gets_its_safety_text(void **state)
{
	struct message message = written("1", "there is pus");

	message.attachment = true;
	alarms(*state, &message, "Contact The Clinic");
}

static void each_of_many_urgent_messages_gets_its_safety_text(void **state)
{
	struct world *w = *state;
	struct message messages[10];
	char ids[10][12];

	for (int i = 0; i < 10; i++) {
		snprintf(ids[i], sizeof ids[i], "%d", i);
		messages[i] = written(ids[i], i % 2 ? "there is pus" : "i will end my life");
		hand_in(w, &messages[i]);
	}
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 20);
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(w->stage->sent[2 * i].message, ids[i]);
		assert_true(strstr(w->stage->sent[2 * i].text,
				   i % 2 ? "Contact The Clinic" : "Please call 116 123") != NULL);
	}
}

static void a_message_of_the_last_run_gets_its_safety_text_and_link(void **state)
{
	struct world *w = *state;
	struct platform *p;
	struct store_inbox row = {.platform = STR("stage"),
				  .message = STR("7"),
				  .room = STR("room"),
				  .link = STR("https://kept"),
				  .received_ms = loop_wall_ms()};
	struct message message = written("7", "my throat is closing");
	struct err err;

	assert_true(w->store->ops->commit(
		w->store, &(struct store_batch){.inbox = &row, .inbox_n = 1}, &err));
	bot_end(w);
	bot_begin(w, true);
	p = &w->stage->base;
	assert_string_equal(w->stage->fetched_link, "https://kept");
	message.link = str_of(w->stage->fetched_link);
	message.sent_ms -= 3600000;
	p->sink->fetched(p->sink, p, message.id, &message);
	run_for(w, 5);
	assert_sent(w, "7 answer 0 room|7 answer-alert 0 " STAFF "|");
	assert_true(strstr(w->stage->sent[1].text, "https://kept") != NULL);
}

/* The platform sends these before all else; that staff were told is part of it. */
static void what_is_about_something_urgent_is_an_urgent_delivery(void **state)
{
	static const bool urgent[] = {true, true, true, false};
	struct world *w = *state;

	say(w, "1", "there is pus");
	settle(w, 0, "31");
	settle(w, 1, "32");
	say(w, "2", "can I have a beer");
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 answer-told 0 room|2 answer 0 room|");
	for (size_t i = 0; i < w->stage->sent_n; i++)
		assert_int_equal(w->stage->sent[i].urgent, urgent[i]);
}

/* --- edits --- */

static void edit(struct world *w, const char *id, const char *of, const char *text)
{
	struct message message = written(id, text);

	message.edits = str_of(of);
	hand_in(w, &message);
	run_for(w, 5);
}

static void an_edit_is_answered_when_it_is_more_urgent(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer");
	edit(w, "1:a", "1", "can I have two beers");
	edit(w, "1:b", "1", "there is pus");
	edit(w, "1:b", "1", "there is pus"); /* handed in twice */
	edit(w, "1:c", "1", "there is pus now");
	edit(w, "1:d", "1", "i will end my life");
	edit(w, "1:e", "1", "can I have a beer");
	edit(w, "1:f", "1", "there is pus");
	assert_sent(w, "1 answer 0 room|1 edit-urgent 0 room|1 edit-urgent-alert 0 " STAFF
		       "|1 edit-crisis 0 room|1 edit-crisis-alert 0 " STAFF "|");
	settle(w, 4, "35");
	assert_string_equal(w->stage->sent[5].kind, "edit-crisis-told");
}

static void an_edit_in_the_same_turn_is_held_against_the_message(void **state)
{
	struct world *w = *state;
	struct message first = written("1", "there is pus");
	struct message second = written("1:a", "there is pus and more of it");
	struct message third = written("1:b", "my throat is closing");

	second.edits = third.edits = STR("1");
	hand_in(w, &first);
	hand_in(w, &second);
	hand_in(w, &third);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF "|");
}

static void an_edit_of_a_safety_text_s_message_survives_the_run(void **state)
{
	struct world *w = *state;

	say(w, "1", "there is pus");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	bot_end(w);
	bot_begin(w, true);
	edit(w, "1:a", "1", "there is pus still");
	assert_sent(w, "");
	edit(w, "1:b", "1", "my throat is closing");
	assert_sent(w, "1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF "|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_late_urgent_message_gets_its_safety_text),
		CASE(an_urgent_message_to_nobody_gets_its_safety_text),
		CASE(an_urgent_message_to_another_person_gets_its_safety_text),
		CASE(an_urgent_message_with_a_picture_gets_its_safety_text),
		CASE(each_of_many_urgent_messages_gets_its_safety_text),
		CASE(a_message_of_the_last_run_gets_its_safety_text_and_link),
		CASE(what_is_about_something_urgent_is_an_urgent_delivery),
		CASE(an_edit_is_answered_when_it_is_more_urgent),
		CASE(an_edit_in_the_same_turn_is_held_against_the_message),
		CASE(an_edit_of_a_safety_text_s_message_survives_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
