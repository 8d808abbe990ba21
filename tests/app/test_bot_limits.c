/* Whoever asks too much is told so once, and then gets nothing but safety texts for a minute. */
#include "staff_world.h"

#define BEER "can I have a beer"
#define TOO_MANY "(too-many)"

static void say_as(struct world *w, const char *id, const char *person, const char *room,
		   const char *text)
{
	struct message message = written(id, text);

	message.person = str_of(person);
	message.room = str_of(room);
	hand_in(w, &message);
}

/* `n` messages of one person, called PREFIX0, PREFIX1 ... */
static void flood(struct world *w, const char *prefix, const char *person, const char *room,
		  const char *text, int n)
{
	char id[20];

	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof id, "%s%d", prefix, i);
		say_as(w, id, person, room, text);
	}
	run_until_decided(w);
}

/* How many replies there are in which these words stand. */
static int said(const struct world *w, const char *words)
{
	int n = 0;

	for (size_t i = 0; i < w->stage->sent_n; i++)
		n += strstr(w->stage->sent[i].text, words) != NULL;
	return n;
}

static void limit(struct world *w, unsigned person, unsigned room)
{
	bot_end(w);
	w->person_per_minute = person;
	w->room_per_minute = room;
	bot_begin(w, true);
}

static void a_person_is_told_once_and_then_nothing(void **state)
{
	struct world *w = *state;

	limit(w, 3, 0);
	flood(w, "a", "ann", "room", BEER, 200);
	assert_int_equal(w->stage->sent_n, 4);
	assert_int_equal(said(w, "alcohol"), 3);
	assert_int_equal(said(w, TOO_MANY), 1);
	assert_non_null(strstr(w->stage->sent[3].text, TOO_MANY));
	/* In any room; and nobody else meets it. */
	flood(w, "b", "ann", "elsewhere", BEER, 5);
	flood(w, "c", "bob", "room", BEER, 3);
	assert_int_equal(w->stage->sent_n, 7);
	assert_int_equal(said(w, "alcohol"), 6);
}

static struct str before_blank(struct str room)
{
	ptrdiff_t blank = str_find(room, STR(" "));

	return blank < 0 ? room : str_sub(room, 0, (size_t)blank);
}

/* A thread is no room of its own, however many are opened. */
static void threads_count_for_their_room(void **state)
{
	struct world *w = *state;
	struct platform_ops ops = *w->stage->base.ops;
	const struct platform_ops *plain = w->stage->base.ops;
	char room[20], id[20], person[20];

	limit(w, 0, 5);
	ops.room_of = before_blank;
	w->stage->base.ops = &ops;
	for (int i = 0; i < 12; i++) {
		snprintf(room, sizeof room, "room thread%d", i);
		snprintf(id, sizeof id, "m%d", i);
		snprintf(person, sizeof person, "person%d", i);
		say_as(w, id, person, room, BEER);
		run_for(w, 5);
	}
	assert_int_equal(said(w, "alcohol"), 5);
	assert_int_equal(said(w, TOO_MANY), 1);
	say_as(w, "other", "zoe", "hall thread1", BEER);
	run_for(w, 5);
	assert_int_equal(said(w, "alcohol"), 6);
	w->stage->base.ops = plain;
}

static void a_room_is_told_once_and_then_nothing(void **state)
{
	struct world *w = *state;

	limit(w, 2, 5);
	/* What one person is refused does not count for the room. */
	flood(w, "a", "ann", "room", BEER, 100);
	flood(w, "b", "bob", "room", BEER, 2);
	flood(w, "c", "cat", "room", BEER, 2);
	flood(w, "d", "dan", "room", BEER, 2);
	assert_int_equal(said(w, "alcohol"), 5);
	assert_int_equal(said(w, TOO_MANY), 2);
	flood(w, "e", "eve", "room", BEER, 1);
	assert_int_equal(w->stage->sent_n, 7);
	flood(w, "f", "fay", "elsewhere", BEER, 1);
	assert_int_equal(w->stage->sent_n, 8);
}

/* In a watched room, to other people. */
static void greet(struct world *w, const char *prefix, const char *person, int n)
{
	char id[20];

	for (int i = 0; i < n; i++) {
		struct message message = written(id, "hello");

		snprintf(id, sizeof id, "%s%d", prefix, i);
		message.id = str_of(id);
		message.person = str_of(person);
		message.addressed = false;
		hand_in(w, &message);
	}
	run_until_decided(w);
}

static void what_gets_no_reply_counts_for_a_fifth(void **state)
{
	struct world *w = *state;

	limit(w, 4, 2);
	greet(w, "a", "pat", 10);
	flood(w, "b", "pat", "room", BEER, 2);
	assert_int_equal(said(w, "alcohol"), 2);
	assert_int_equal(w->stage->sent_n, 2);
	/* But whoever has the bot read without end is told so, once. */
	greet(w, "c", "ann", 500);
	assert_int_equal(w->stage->sent_n, 3);
	assert_int_equal(said(w, TOO_MANY), 1);
}

/* In the middle of a flood, of a room that is over, by anybody: once a level and person. */
static void what_is_urgent_is_never_limited_away(void **state)
{
	struct world *w = *state;

	limit(w, 2, 3);
	flood(w, "a", "ann", "room", BEER, 50);
	say_as(w, "x1", "ann", "room", "my throat is closing");
	flood(w, "b", "ann", "room", BEER, 50);
	say_as(w, "x2", "ann", "room", "i will end my life");
	say_as(w, "x3", "ann", "room", "there is pus");
	say_as(w, "x4", "ann", "elsewhere", "there is pus");
	flood(w, "c", "bob", "room", BEER, 3);
	say_as(w, "x5", "cat", "room", "my throat is closing");
	run_for(w, 5);
	assert_int_equal(said(w, "Call 112 now"), 2);
	assert_int_equal(said(w, "Please call 116 123"), 1);
	assert_int_equal(said(w, "Contact The Clinic today"), 2);
	assert_int_equal(said(w, "staff-alert"), 5);
	assert_int_equal(said(w, "alcohol"), 3);
}

/* A thousand urgent messages: as many texts as there may be replies, and one of each level that was not
 * told; of the rest none comes again. */
static void a_flood_of_urgent_messages_is_told_once(void **state)
{
	struct world *w = *state;

	limit(w, 3, 0);
	flood(w, "a", "ann", "room", "there is pus", 1000);
	assert_int_equal(said(w, "Contact The Clinic today"), 3);
	say_as(w, "x", "ann", "room", "my throat is closing");
	flood(w, "b", "ann", "room", "my throat is closing", 1000);
	assert_int_equal(said(w, "Call 112 now"), 1);
	assert_int_equal(said(w, TOO_MANY), 0);
	assert_int_equal(w->stage->sent_n, 8);
}

/* The same words again and again, and then once with something urgent; and a new book looks anew. */
static void what_was_looked_at_is_not_looked_at_again(void **state)
{
	struct world *w = *state;

	limit(w, 2, 0);
	flood(w, "a", "ann", "room", BEER, 500);
	flood(w, "b", "ann", "room", "is wine allowed", 500);
	flood(w, "c", "ann", "room", "is wine allowed, there is pus", 1);
	flood(w, "d", "ann", "room", "is wine allowed", 500);
	assert_int_equal(w->stage->sent_n, 5);
	assert_int_equal(said(w, "Contact The Clinic today"), 1);
	flood(w, "e", "ann", "elsewhere", "is wine allowed, there is pus", 1);
	assert_int_equal(said(w, "Contact The Clinic today"), 2);
}

/* What was missed is counted by when it was written: an hour's questions are not too many at once. */
static void what_was_missed_is_counted_by_its_own_time(void **state)
{
	struct world *w = *state;
	char id[20];

	limit(w, 2, 2);
	for (int i = 0; i < 20; i++) {
		struct message message = written(id, BEER);

		snprintf(id, sizeof id, "%d", i);
		message.id = str_of(id);
		message.replayed = true;
		message.sent_ms -= 590000 - (int64_t)i * 30000;
		hand_in(w, &message);
	}
	flood(w, "a", "pat", "room", BEER, 2);
	assert_int_equal(said(w, "alcohol"), 22);
	flood(w, "b", "pat", "room", BEER, 2);
	assert_int_equal(w->stage->sent_n, 23);
}

static void edits_count_too(void **state)
{
	struct world *w = *state;
	static const char *const texts[] = {"when is the next course due", BEER};
	char id[20];

	limit(w, 3, 0);
	say(w, "1", BEER);
	settle(w, 0, "31");
	for (int i = 0; i < 6; i++) {
		struct message message = written(id, texts[i % 2]);

		snprintf(id, sizeof id, "1:%d", i);
		message.id = str_of(id);
		message.edits = STR("1");
		hand_in(w, &message);
		run_for(w, 110);
		if (w->stage->sent_n > 1 && !w->stage->sent[w->stage->sent_n - 1].settled)
			settle(w, w->stage->sent_n - 1, "");
	}
	assert_int_equal(w->stage->sent_n, 3);
	assert_int_equal(said(w, TOO_MANY), 0);
}

/* The edit was heard first and has the message's reply; the message itself comes when its writer has asked
 * as much as they may. Whatever it says, it gets no second reply. */
static void read_behind_its_edit(struct world *w, const char *text, bool addressed)
{
	struct message message = written("1:a", BEER);

	limit(w, 3, 0);
	message.edits = STR("1");
	hand_in(w, &message);
	run_for(w, 110);
	flood(w, "a", "pat", "room", BEER, 2);
	assert_sent(w, "1 answer 0 room|a0 answer 0 room|a1 answer 0 room|");
	message = written("1", text);
	message.addressed = addressed;
	hand_in(w, &message);
	run_for(w, 5);
	assert_int_equal(w->stage->sent_n, 3);
	/* The next one that is too many is told so. */
	flood(w, "b", "pat", "room", BEER, 2);
	assert_int_equal(w->stage->sent_n, 4);
	assert_non_null(strstr(w->stage->sent[3].text, TOO_MANY));
}

static void a_question_whose_edit_was_answered_is_not_too_many(void **state)
{
	read_behind_its_edit(*state, BEER, true);
}

static void small_talk_whose_edit_was_answered_is_not_too_many(void **state)
{
	read_behind_its_edit(*state, "hello", false);
}

/* Has the bot read ten wordings of one message, of which nothing comes: two questions' worth. */
static void edits_that_get_nothing_count_for_a_fifth(void **state)
{
	struct world *w = *state;
	char id[20];

	limit(w, 4, 0);
	say(w, "1", BEER);
	settle(w, 0, "31");
	for (int i = 0; i < 10; i++) {
		struct message message = written(id, i % 2 ? "can i have a beer" : "hello");

		snprintf(id, sizeof id, "1:%d", i);
		message.id = str_of(id);
		message.edits = STR("1");
		message.addressed = false;
		if (i < 5) /* too old to be answered; the others give way to the last */
			message.sent_ms -= DIALOG_KEEP_MS + 1000;
		hand_in(w, &message);
	}
	run_for(w, 110);
	assert_int_equal(w->stage->sent_n, 1);
	flood(w, "a", "pat", "room", BEER, 3);
	assert_int_equal(said(w, "alcohol"), 2);
	assert_int_equal(said(w, TOO_MANY), 1);
}

/* Says back what the bot said. */
static void an_echo_counts_for_a_fifth(void **state)
{
	struct world *w = *state;
	static char back[1100];

	limit(w, 4, 0);
	say(w, "1", "can I have a beer and when is the next course due");
	snprintf(back, sizeof back, "%s", w->stage->sent[0].text);
	flood(w, "b", "ann", "room", back, 15);
	flood(w, "c", "ann", "room", BEER, 3);
	assert_int_equal(w->stage->sent_n, 3);
	assert_int_equal(said(w, TOO_MANY), 1);
	/* It is not told so by what it says back. */
	flood(w, "d", "bob", "room", back, 50);
	flood(w, "e", "bob", "room", BEER, 3);
	assert_int_equal(w->stage->sent_n, 3);
}

/* Six replies, and eleven messages that get none: eight and a fifth. */
static void who_is_quick_counts_for_a_fifth(void **state)
{
	struct world *w = *state;
	char id[8];

	limit(w, 9, 0);
	for (size_t i = 0; i < 17; i++) {
		snprintf(id, sizeof id, "f%zu", i);
		say_as(w, id, "program", "room", BEER);
		run_for(w, 5);
		if (i < w->stage->sent_n)
			settle(w, i, "40");
	}
	assert_int_equal(w->stage->sent_n, 6);
	flood(w, "g", "program", "another", BEER, 1);
	assert_int_equal(said(w, TOO_MANY), 1);
	assert_int_equal(w->stage->sent_n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_person_is_told_once_and_then_nothing),
		CASE(threads_count_for_their_room),
		CASE(a_room_is_told_once_and_then_nothing),
		CASE(what_gets_no_reply_counts_for_a_fifth),
		CASE(what_is_urgent_is_never_limited_away),
		CASE(a_flood_of_urgent_messages_is_told_once),
		CASE(what_was_looked_at_is_not_looked_at_again),
		CASE(what_was_missed_is_counted_by_its_own_time),
		CASE(edits_count_too),
		CASE(edits_that_get_nothing_count_for_a_fifth),
		CASE(an_echo_counts_for_a_fifth),
		CASE(who_is_quick_counts_for_a_fifth),
		CASE(a_question_whose_edit_was_answered_is_not_too_many),
		CASE(small_talk_whose_edit_was_answered_is_not_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
