/* Another program that answers ours, by a person's account: it gets no second reply in a row. */
#include "staff_world.h"

#define BEER "can I have a beer"

static void say_as(struct world *w, const char *id, const char *person, const char *text)
{
	struct message message = written(id, text);

	message.person = str_of(person);
	hand_in(w, &message);
	run_for(w, 5);
}

static char said[1100];

/* Says what the bot said last, in words of its own in front and behind. */
static void say_back(struct world *w, const char *id, const char *before, const char *behind)
{
	snprintf(said, sizeof said, "%s%s%s", before, w->stage->sent[w->stage->sent_n - 1].text,
		 behind);
	say_as(w, id, "echo", said);
}

static void what_the_bot_said_gets_nothing(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer and when is the next course due");
	say_back(w, "2", "", "");
	say_back(w, "3", "Bot: ", "");
	assert_sent(w, "1 answer 0 room|");
	/* A question of their own does. */
	say_as(w, "4", "echo", BEER);
	assert_sent(w, "1 answer 0 room|4 answer 0 room|");
}

/* Whoever quotes the bot may still be in need; and what is said back of a safety text is none. */
static void what_is_urgent_in_it_is_answered_once(void **state)
{
	struct world *w = *state;

	say(w, "1", "can I have a beer and when is the next course due");
	say_back(w, "2", "", " my throat is closing");
	assert_sent(w, "1 answer 0 room|2 answer 0 room|2 answer-alert 0 " STAFF "|");
	w->stage->sent_n = 1;
	say_back(w, "3", "", " my throat is closing now");
	assert_int_equal(w->stage->sent_n, 1);
	say_back(w, "4", "", " i will end my life");
	assert_int_equal(w->stage->sent_n, 3);
}

/* An alert may hold the patient's words; the patient may say them again, in another room. */
static void what_an_alert_says_is_not_what_the_bot_said(void **state)
{
	struct world *w = *state;
	struct message message = written(
		"1",
		"there is pus. i was there on monday for the third time, and where the nurse has "
		"put the needle in and the skin around it has become hot and hard and it hurts "
		"more than it did yesterday and nobody at the desk takes my calls");

	bot_end(w);
	w->with_words = true;
	bot_begin(w, true);
	hand_in(w, &message);
	run_for(w, 5);
	assert_non_null(strstr(w->stage->sent[1].text, "nobody at the desk"));
	message.id = STR("2");
	message.room = STR("another");
	hand_in(w, &message);
	run_for(w, 5);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|2 answer 0 another|2 answer-alert 0 " STAFF "|");
}

static void an_edit_into_it_changes_nothing(void **state)
{
	struct world *w = *state;
	struct message message;

	say(w, "1", "can I have a beer and when is the next course due");
	say(w, "2", BEER);
	settle(w, 0, "31");
	settle(w, 1, "32");
	snprintf(said, sizeof said, "%s", w->stage->sent[0].text);
	message = written("2:a", said);
	message.edits = STR("2");
	hand_in(w, &message);
	run_for(w, 110);
	assert_sent(w, "1 answer 0 room|2 answer 0 room|");
}

/* One message behind each reply, at once. */
static void who_answers_at_once_every_time_gets_no_more(void **state)
{
	struct world *w = *state;
	char id[8], sent[8];
	size_t before;

	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "%d", i);
		snprintf(sent, sizeof sent, "%d", 100 + i);
		before = w->stage->sent_n;
		say_as(w, id, "program", BEER);
		if (w->stage->sent_n > before)
			settle(w, before, sent);
	}
	assert_int_equal(w->stage->sent_n, 6);
	say_as(w, "30", "program", "my throat is closing");
	assert_int_equal(w->stage->sent_n, 8);
	say_as(w, "31", "program", "my throat is closing");
	assert_int_equal(w->stage->sent_n, 8);
	/* Nobody else, and not in another room. */
	say_as(w, "40", "pat", BEER);
	assert_int_equal(w->stage->sent_n, 9);
}

/* Many at once, before any reply has come. */
static void who_writes_a_lot_at_once_is_a_person(void **state)
{
	struct world *w = *state;
	char id[8], sent[8];

	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "%d", i);
		say_as(w, id, "pat", BEER);
		if (i % 2 == 0)
			continue;
		for (int k = i - 1; k <= i; k++) {
			snprintf(sent, sizeof sent, "%d", 100 + k);
			settle(w, (size_t)k, sent);
		}
	}
	assert_int_equal(w->stage->sent_n, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_the_bot_said_gets_nothing),
		CASE(what_is_urgent_in_it_is_answered_once),
		CASE(what_an_alert_says_is_not_what_the_bot_said),
		CASE(an_edit_into_it_changes_nothing),
		CASE(who_answers_at_once_every_time_gets_no_more),
		CASE(who_writes_a_lot_at_once_is_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
