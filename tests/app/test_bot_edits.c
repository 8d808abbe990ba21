/* A message that is edited: the reply that stands becomes the answer to the last wording. */
#include "staff_world.h"

#define BEER "can I have a beer"
#define COURSE "when is the next course due"

static void edit_as(struct world *w, const char *id, const char *of, const char *text,
		    bool addressed)
{
	struct message message = written(id, text);

	message.edits = str_of(of);
	message.addressed = addressed;
	hand_in(w, &message);
	run_for(w, 5);
}

static void edit(struct world *w, const char *id, const char *of, const char *text)
{
	edit_as(w, id, of, text, true);
}

/* Longer than an edit waits. */
static void wait(struct world *w)
{
	run_for(w, 110);
}

static const struct sent *last(const struct world *w)
{
	return &w->stage->sent[w->stage->sent_n - 1];
}

static void assert_changed(const struct world *w, const char *id, const char *words)
{
	assert_string_equal(last(w)->changes, id);
	assert_string_equal(last(w)->removes, "");
	if (!strstr(last(w)->text, words))
		fail_msg("\"%s\" is not in: %s", words, last(w)->text);
}

/* Asked and answered as "31". */
static void asked(struct world *w)
{
	say(w, "1", BEER);
	settle(w, 0, "31");
}

/* ... and edited into another question, whose answer is on its way. */
static void asked_anew(struct world *w)
{
	asked(w);
	edit(w, "1:a", "1", COURSE);
	assert_int_equal(w->stage->sent_n, 1);
	wait(w);
	assert_int_equal(w->stage->sent_n, 2);
	assert_changed(w, "31", "nine months");
}

/* Killed and started. */
static void begun_again(struct world *w)
{
	bot_end(w);
	bot_begin(w, true);
}

/* What the edit that waited at the end of the last run says, read again. */
static void fetched(struct world *w, const char *id, const char *text)
{
	struct platform *p = &w->stage->base;
	struct message message = written(id, text);

	assert_int_equal(w->stage->fetches_n, 1);
	message.edits = STR("1");
	p->sink->fetched(p->sink, p, message.id, &message);
	wait(w);
	assert_int_equal(w->stage->sent_n, 1);
}

static void deleted(struct world *w, const char *id)
{
	struct platform *p = &w->stage->base;

	p->sink->deleted(p->sink, p, str_of(id));
	run_for(w, 5);
}

static void an_edited_question_is_answered_by_changing_the_reply(void **state)
{
	struct world *w = *state;

	asked_anew(w);
	assert_string_equal(last(w)->kind, "answer");
	settle(w, 1, "");
	/* And once more. */
	edit(w, "1:b", "1", BEER);
	wait(w);
	assert_changed(w, "31", "alcohol");
	settle(w, 2, "");
	begun_again(w);
	wait(w);
	assert_sent(w, "");
}

static void a_burst_of_edits_changes_it_once_to_the_last(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", "can I go to the sauna");
	edit(w, "1:b", "1", "thanks");
	edit(w, "1:c", "1", COURSE);
	wait(w);
	wait(w);
	assert_int_equal(w->stage->sent_n, 2);
	assert_changed(w, "31", "nine months");
}

/* A run of edits that never ends does not put the answer off for ever. */
static void the_first_edit_counts_for_the_wait(void **state)
{
	struct world *w = *state;
	char id[20];

	asked(w);
	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof id, "1:%d", i);
		edit(w, id, "1", i < 7 ? COURSE : BEER);
		run_for(w, 15);
	}
	assert_int_equal(w->stage->sent_n, 2);
	assert_changed(w, "31", "nine months");
}

static void what_says_the_same_changes_nothing(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", "can I have a beer please");
	edit(w, "1:b", "1", BEER);
	wait(w);
	assert_sent(w, "1 answer 0 room|");
}

static void an_edit_waits_for_the_reply_that_is_on_its_way(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	edit(w, "1:a", "1", COURSE);
	wait(w);
	assert_int_equal(w->stage->sent_n, 1);
	settle(w, 0, "31");
	run_for(w, 600);
	assert_int_equal(w->stage->sent_n, 2);
	assert_changed(w, "31", "nine months");
	/* The change is on its way as well. */
	edit(w, "1:b", "1", BEER);
	wait(w);
	assert_int_equal(w->stage->sent_n, 2);
	settle(w, 1, "");
	run_for(w, 600);
	assert_int_equal(w->stage->sent_n, 3);
	assert_changed(w, "31", "alcohol");
}

static void an_edit_that_is_urgent_leaves_no_article_text(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", "my throat is closing");
	assert_sent(w, "1 answer 0 room|1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF
		       "|1 answer 0 room|");
	assert_string_equal(w->stage->sent[1].changes, "");
	assert_changed(w, "31", "Call 112 now");
	assert_null(strstr(last(w)->text, "alcohol"));
	settle(w, 3, "");
	/* Whatever it says later, the safety texts stand. */
	edit(w, "1:b", "1", BEER);
	wait(w);
	assert_int_equal(w->stage->sent_n, 4);
}

/* The reply is still on its way when the edit comes: the safety text does not wait, the change does. */
static void an_urgent_edit_waits_for_nothing(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	edit(w, "1:a", "1", "there is pus");
	edit(w, "1:b", "1", BEER);
	assert_sent(w, "1 answer 0 room|1 edit-urgent 0 room|1 edit-urgent-alert 0 " STAFF "|");
	settle(w, 0, "31");
	run_for(w, 600);
	assert_int_equal(w->stage->sent_n, 4);
	assert_changed(w, "31", "Contact The Clinic");
}

/* The edit comes before the answer of the edit before it. */
static void an_urgent_edit_within_the_wait(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", COURSE);
	edit(w, "1:b", "1", "there is pus");
	wait(w);
	assert_int_equal(w->stage->sent_n, 4);
	assert_changed(w, "31", "Contact The Clinic");
}

static void a_safety_text_is_not_changed(void **state)
{
	struct world *w = *state;

	say(w, "1", "there is pus");
	settle(w, 0, "31");
	edit(w, "1:a", "1", BEER);
	wait(w);
	edit(w, "1:b", "1", "i will end my life");
	wait(w);
	assert_sent(w, "1 answer 0 room|1 answer-alert 0 " STAFF
		       "|1 edit-crisis 0 room|1 edit-crisis-alert 0 " STAFF "|");
}

static void an_old_message_is_only_held_against_the_lane(void **state)
{
	struct world *w = *state;
	struct message message = written("1:a", COURSE);

	asked(w);
	message.edits = STR("1");
	message.sent_ms -= DIALOG_KEEP_MS + 1000;
	hand_in(w, &message);
	wait(w);
	assert_sent(w, "1 answer 0 room|");
	message.id = STR("1:b");
	message.text = STR("there is pus");
	hand_in(w, &message);
	wait(w);
	assert_sent(w, "1 answer 0 room|1 edit-urgent 0 room|1 edit-urgent-alert 0 " STAFF
		       "|1 answer 0 room|");
}

/* Its rows are forgotten: it is told again rather than not at all, and what stands cannot be known. */
static void what_was_forgotten_is_told_again(void **state)
{
	struct world *w = *state;
	struct err err;

	asked(w);
	say(w, "2", "there is pus");
	settle(w, 1, "32");
	settle(w, 2, "33");
	settle(w, 3, "34");
	assert_true(w->store->ops->purge(w->store, loop_wall_ms() + 1000, 0, 1000, &err));
	w->stage->sent_n = 0;
	edit(w, "2:a", "2", "there is pus here");
	edit(w, "1:a", "1", "my throat is closing");
	wait(w);
	assert_sent(w, "2 edit-urgent 0 room|2 edit-urgent-alert 0 " STAFF
		       "|1 edit-emergency 0 room|1 edit-emergency-alert 0 " STAFF "|");
}

/* In a watched room small talk gets nothing; edited into a question it does. */
static void what_had_no_reply_is_answered_anew(void **state)
{
	struct world *w = *state;
	struct message message = written("1", "hello");

	message.addressed = false;
	hand_in(w, &message);
	edit_as(w, "1:a", "1", "bye", false);
	wait(w);
	assert_sent(w, "");
	edit_as(w, "1:b", "1", COURSE, false);
	wait(w);
	assert_sent(w, "1 answer 0 room|");
	assert_string_equal(last(w)->changes, "");
	settle(w, 0, "31");
	/* And now that is what stands; an edit that calls for nothing leaves it. */
	edit_as(w, "1:c", "1", "hello", false);
	wait(w);
	assert_sent(w, "1 answer 0 room|");
	edit_as(w, "1:d", "1", BEER, false);
	wait(w);
	assert_changed(w, "31", "alcohol");
}

static void an_edit_is_read_behind_what_was_said_before_it(void **state)
{
	struct world *w = *state;

	say(w, "1", "sauna and washing");
	settle(w, 0, "31");
	say(w, "2", "can I have a beer");
	settle(w, 1, "32");
	/* "until when" follows the answer of now, the alcohol; its own was read behind the first. */
	edit(w, "2:a", "2", COURSE);
	wait(w);
	assert_changed(w, "32", "nine months");
	settle(w, 2, "");
	edit(w, "1:a", "1", "is wine allowed");
	wait(w);
	assert_changed(w, "31", "alcohol");
}

static void what_was_removed_stays_away(void **state)
{
	struct world *w = *state;

	asked_anew(w);
	settle(w, 1, NULL);
	edit(w, "1:b", "1", "can I go to the sauna");
	wait(w);
	assert_int_equal(w->stage->sent_n, 2);
	/* One that was refused at once, too. */
	say(w, "2", BEER);
	settle(w, 2, NULL);
	edit(w, "2:a", "2", COURSE);
	wait(w);
	assert_int_equal(w->stage->sent_n, 3);
}

static void a_change_survives_the_run(void **state)
{
	struct world *w = *state;

	asked_anew(w);
	begun_again(w);
	assert_int_equal(w->stage->sent_n, 1);
	assert_changed(w, "31", "nine months");
	assert_int_equal(w->stage->fetches_n, 0);
	settle(w, 0, "");
	begun_again(w);
	wait(w);
	assert_sent(w, "");
}

/* Killed while it waits: the message is read again, as it stands then. */
static void an_edit_that_waits_survives_the_run(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", COURSE);
	begun_again(w);
	fetched(w, "1:a", "can I go to the sauna");
	assert_changed(w, "31", "Sauna");
	settle(w, 0, "");
	begun_again(w);
	assert_int_equal(w->stage->fetches_n, 0);
}

/* ... between the safety text and the change: only what is missing is done. */
static void an_urgent_edit_survives_the_run(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	edit(w, "1:a", "1", "there is pus");
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	settle(w, 3, "34");
	begun_again(w);
	fetched(w, "1:a", "there is pus");
	assert_changed(w, "31", "Contact The Clinic");
}

static void a_question_that_is_deleted_is_not_answered_anew(void **state)
{
	struct world *w = *state;

	asked(w);
	edit(w, "1:a", "1", COURSE);
	deleted(w, "1");
	wait(w);
	assert_sent(w, "1 answer 0 room|");
	begun_again(w);
	assert_int_equal(w->stage->fetches_n, 0);
}

static void a_change_on_its_way_goes_with_its_question(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->removes = true;
	bot_begin(w, true);
	asked_anew(w);
	deleted(w, "1");
	settle(w, 1, "");
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(last(w)->removes, "31");
}

/* More edits than may wait: the oldest are given up, which is said; what is urgent is not. */
static void edits_are_bounded(void **state)
{
	struct world *w = *state;
	char id[20], of[20];

	log_level_set(LOG_LEVEL_ERROR);
	for (int i = 0; i < 300; i++) {
		struct message message = written(id, "bye");

		snprintf(id, sizeof id, "%d:a", 1000 + i);
		snprintf(of, sizeof of, "%d", 1000 + i);
		message.id = str_of(id);
		message.edits = str_of(of);
		message.addressed = false;
		hand_in(w, &message);
	}
	edit(w, "1:a", "1", "there is pus");
	wait(w);
	assert_sent(w, "1 edit-urgent 0 room|1 edit-urgent-alert 0 " STAFF "|");
}

/* An article whose answer about alcohol takes three messages. */
static const char *article_of_pieces(void)
{
	static char text[8000];
	struct buf b;

	buf_init(&b, sizeof text - 1);
	for (const char *at = fixture_article; *at; at++) {
		buf_add_char(&b, *at);
		if (!str_ends(buf_str(&b), STR("alcohol for two days.")))
			continue;
		for (int i = 0; i < 90; i++)
			buf_add(&b, STR(" Nor is anything else that holds spirits allowed."));
	}
	snprintf(text, sizeof text, STR_FMT, STR_ARG(buf_str(&b)));
	buf_done(&b);
	return text;
}

/* Three messages become one: the first changes, the others go. */
static void pieces_that_are_too_many_go(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->article = article_of_pieces();
	bot_begin(w, true);
	say(w, "1", BEER);
	settle(w, 0, "31");
	settle(w, 1, "32");
	settle(w, 2, "33");
	edit(w, "1:a", "1", COURSE);
	wait(w);
	assert_changed(w, "31", "nine months");
	settle(w, 3, "");
	assert_string_equal(last(w)->removes, "32");
	settle(w, 4, "");
	assert_string_equal(last(w)->removes, "33");
	/* Killed before it is known: done again. */
	begun_again(w);
	assert_int_equal(w->stage->sent_n, 1);
	assert_changed(w, "31", "nine months");
	settle(w, 0, "");
	assert_string_equal(last(w)->removes, "33");
	settle(w, 1, NULL); /* gone already */
	/* And three again: at places that were not used before. */
	edit(w, "1:b", "1", BEER);
	wait(w);
	assert_changed(w, "31", "spirits");
	settle(w, 2, "");
	assert_string_equal(last(w)->changes, "");
	assert_int_equal(last(w)->piece, 3);
	assert_non_null(strstr(last(w)->text, "spirits"));
	settle(w, 3, "34");
	assert_int_equal(last(w)->piece, 4);
	settle(w, 4, "35");
	assert_int_equal(w->stage->sent_n, 5);
	/* All of it goes with its question. */
	bot_end(w);
	w->removes = true;
	bot_begin(w, true);
	deleted(w, "1");
	assert_string_equal(last(w)->removes, "31");
	settle(w, 0, "");
	assert_string_equal(last(w)->removes, "34");
	settle(w, 1, "");
	assert_string_equal(last(w)->removes, "35");
	settle(w, 2, "");
	assert_int_equal(w->stage->sent_n, 3);
}

/* The second of three pieces is refused: the first stands, and article text must not under what is urgent. */
static void in_pieces(struct world *w, bool removes)
{
	bot_end(w);
	w->article = article_of_pieces();
	w->removes = removes;
	bot_begin(w, true);
	say(w, "1", BEER);
	settle(w, 0, "31");
	assert_int_equal(w->stage->sent_n, 2);
}

static void a_part_whose_rest_was_refused_is_known(void **state)
{
	struct world *w = *state;

	in_pieces(w, false);
	settle(w, 1, NULL);
	edit(w, "1:a", "1", "there is pus");
	wait(w);
	assert_int_equal(w->stage->sent_n, 5);
	assert_changed(w, "31", "Contact The Clinic");
}

static void a_part_goes_with_its_question(void **state)
{
	struct world *w = *state;

	in_pieces(w, true);
	settle(w, 1, NULL);
	deleted(w, "1");
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(last(w)->removes, "31");
}

static void a_part_goes_when_its_question_went_meanwhile(void **state)
{
	struct world *w = *state;

	in_pieces(w, true);
	deleted(w, "1");
	settle(w, 1, NULL);
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(last(w)->removes, "31");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_edited_question_is_answered_by_changing_the_reply),
		CASE(a_burst_of_edits_changes_it_once_to_the_last),
		CASE(the_first_edit_counts_for_the_wait),
		CASE(what_says_the_same_changes_nothing),
		CASE(an_edit_waits_for_the_reply_that_is_on_its_way),
		CASE(an_edit_that_is_urgent_leaves_no_article_text),
		CASE(an_urgent_edit_waits_for_nothing),
		CASE(an_urgent_edit_within_the_wait),
		CASE(a_safety_text_is_not_changed),
		CASE(an_old_message_is_only_held_against_the_lane),
		CASE(what_was_forgotten_is_told_again),
		CASE(what_had_no_reply_is_answered_anew),
		CASE(an_edit_is_read_behind_what_was_said_before_it),
		CASE(what_was_removed_stays_away),
		CASE(a_change_survives_the_run),
		CASE(an_edit_that_waits_survives_the_run),
		CASE(an_urgent_edit_survives_the_run),
		CASE(a_question_that_is_deleted_is_not_answered_anew),
		CASE(a_change_on_its_way_goes_with_its_question),
		CASE(edits_are_bounded),
		CASE(pieces_that_are_too_many_go),
		CASE(a_part_whose_rest_was_refused_is_known),
		CASE(a_part_goes_with_its_question),
		CASE(a_part_goes_when_its_question_went_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
