/* One turn against a platform and a store that can fail: nothing is lost, doubled or piled up. */
#include "moody.h"
#include "stage.h"

struct world {
	struct fixture fixture;
	struct loop *loop;
	struct stage *stage;
	struct moody moody;
	struct bot *bot;
	bool silent;  /* does not say what it is */
	bool leaves;  /* what waited long, unless it is urgent */
	bool removes; /* the reply with its question */
};

static void bot_begin(struct world *w)
{
	struct err err = {0};
	struct fixture *f = &w->fixture;

	fixture_init(f);
	w->stage = stage_new();
	w->bot = bot_new(&(struct bot_settings){.loop = w->loop,
						.store = &w->moody.base,
						.book = fixture_book(f),
						.late_after_ms = 600000,
						.hold_ms = 60000,
						.answers_late = !w->leaves,
						.removes = w->removes,
						.greets = !w->silent});
	bot_platform_add(w->bot, &w->stage->base, NULL);
	assert_true(bot_start(w->bot, &err));
}

static void bot_end(struct world *w)
{
	bot_free(w->bot);
	w->fixture.book = NULL; /* was the bot's */
	fixture_done(&w->fixture);
}

static int world_begin(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct err err = {0};

	assert_non_null(w);
	log_level_set(LOG_LEVEL_ERROR);
	w->loop = loop_new(&err);
	assert_non_null(w->loop);
	w->moody.base.ops = &moody_ops;
	w->moody.inner = store_memory_new();
	bot_begin(w);
	*state = w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	bot_end(w);
	loop_free(w->loop);
	w->moody.inner->ops->free(w->moody.inner);
	free(w);
	return 0;
}

static struct message message_named(const char *id)
{
	return (struct message){.id = str_of(id),
				.room = STR("room"),
				.person = str_of(id),
				.text = STR("can I have a beer"),
				.addressed = true,
				.sent_ms = loop_wall_ms()};
}

static void say(struct world *w, const char *id)
{
	struct platform *p = &w->stage->base;
	struct message message = message_named(id);

	p->sink->message(p->sink, p, &message);
}

static void run_for(struct world *w, int ms)
{
	loop_run_for(w->loop, ms);
}

static void a_full_disk_holds_replies_back(void **state)
{
	struct world *w = *state;

	w->moody.full = true;
	say(w, "1");
	say(w, "2");
	run_for(w, 1500);
	say(w, "3");
	run_for(w, 100);
	assert_int_equal(w->stage->sent_n, 0);
	assert_int_equal(w->moody.refused, 2); /* at once, and a second later */
	w->moody.full = false;
	w->moody.empty = 0;
	run_for(w, 1000);
	assert_int_equal(w->stage->sent_n, 3);
	for (size_t i = 0; i < 3; i++) {
		char id[2] = {(char)('1' + (int)i), 0};

		assert_string_equal(w->stage->sent[i].message, id);
	}
	/* a commit of nothing succeeds on a full disk too, and would tell nothing */
	assert_int_equal(w->moody.empty, 0);
}

/* What an edit that waits reads of the store would stay in memory until the disk has room. */
static void an_edit_waits_for_the_disk(void **state)
{
	struct world *w = *state;
	struct platform *p = &w->stage->base;
	struct message message = message_named("1:a");

	say(w, "1");
	run_for(w, 20);
	message.edits = STR("1");
	message.text = STR("when is the next course due");
	p->sink->message(p->sink, p, &message);
	run_for(w, 20);
	assert_true(w->moody.replies > 0); /* its reply is on its way */
	w->moody.full = true;
	say(w, "2");
	run_for(w, 20);
	w->moody.replies = 0;
	p->sink->delivered(p->sink, p, w->stage->sent[0].id, DELIVERY_SENT, STR("31"), STR(""));
	run_for(w, 1300);
	assert_int_equal(w->moody.replies, 0);
	w->moody.full = false;
	run_for(w, 1600);
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(w->stage->sent[1].message, "2");
	assert_string_equal(w->stage->sent[2].changes, "31");
}

static void a_read_error_on_the_way_doubles_nothing(void **state)
{
	struct world *w = *state;

	say(w, "1");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 1);
	w->moody.seen_calls = 0;
	w->moody.seen_fails_at = 3;
	say(w, "1"); /* delivered twice */
	say(w, "2");
	say(w, "3");
	run_for(w, 1200);
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(w->stage->sent[1].message, "2");
	assert_string_equal(w->stage->sent[2].message, "3");
}

/* What was pending turns out to have been answered: the store is not taken for broken for ever. */
static void a_read_error_over_a_duplicate_ends(void **state)
{
	struct world *w = *state;

	say(w, "1");
	run_for(w, 20);
	w->moody.seen_calls = 0;
	w->moody.seen_fails_at = 1;
	say(w, "1");
	run_for(w, 1200);
	say(w, "2");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 2);
}

/* Handed in when it was written so many minutes ago, while the bot was away. */
static void say_late(struct world *w, const char *id, const char *text, int minutes)
{
	struct platform *p = &w->stage->base;
	struct message message = message_named(id);

	message.text = str_of(text);
	message.replayed = true;
	message.sent_ms -= (int64_t)minutes * 60000;
	p->sink->message(p->sink, p, &message);
}

static bool is_excused(const struct world *w, size_t nth)
{
	return str_starts(str_of(w->stage->sent[nth].text), STR("(delay)"));
}

static void what_waited_is_answered_with_an_excuse(void **state)
{
	struct world *w = *state;

	say_late(w, "1", "can I have a beer", 11);
	say_late(w, "2", "can I have a beer", 9);
	say_late(w, "3", "I cannot breathe", 11);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 3);
	assert_true(is_excused(w, 0));
	assert_false(is_excused(w, 1));
	assert_false(is_excused(w, 2));
	/* Owed still: the same words again. */
	bot_end(w);
	bot_begin(w);
	stage_up(w->stage);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(is_excused(w, i), strcmp(w->stage->sent[i].message, "1") == 0);
}

static void what_waited_may_be_left_unless_it_is_urgent(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->leaves = true;
	bot_begin(w);
	say_late(w, "1", "can I have a beer", 11);
	say_late(w, "2", "can I have a beer", 9);
	say_late(w, "3", "I cannot breathe", 600);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 2);
	assert_string_equal(w->stage->sent[0].message, "2");
	assert_string_equal(w->stage->sent[1].message, "3");
}

static void take_back(struct world *w, const char *id)
{
	struct platform *p = &w->stage->base;

	p->sink->deleted(p->sink, p, str_of(id));
}

static void what_is_deleted_at_once_is_not_answered(void **state)
{
	struct world *w = *state;

	say(w, "1");
	say(w, "2");
	take_back(w, "1");
	take_back(w, "none of ours");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 1);
	assert_string_equal(w->stage->sent[0].message, "2");
}

static void what_is_deleted_while_the_disk_is_full_is_not_answered(void **state)
{
	struct world *w = *state;

	say(w, "1");
	run_for(w, 20);
	w->moody.full = true;
	say(w, "2");
	say(w, "3");
	run_for(w, 20);
	take_back(w, "2");
	w->moody.full = false;
	run_for(w, 1200);
	assert_int_equal(w->stage->sent_n, 2);
	assert_string_equal(w->stage->sent[1].message, "3");
	bot_end(w);
	bot_begin(w);
	assert_int_equal(w->stage->fetches_n, 0);
}

static void a_reply_that_waits_is_withdrawn_and_not_owed_any_more(void **state)
{
	struct world *w = *state;
	struct platform *p = &w->stage->base;

	say(w, "1");
	run_for(w, 20);
	take_back(w, "1");
	assert_string_equal(w->stage->withdrawn, "1");
	p->sink->delivered(p->sink, p, w->stage->sent[0].id, DELIVERY_REFUSED, STR(""),
			   STR("deleted"));
	run_for(w, 20);
	bot_end(w);
	bot_begin(w);
	stage_up(w->stage);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 0);
}

/* The stream showed the reply and went on: when the bot dies behind that commit, nobody shows it again. */
static void a_reply_that_is_out_is_recorded_with_the_position(void **state)
{
	struct world *w = *state;
	struct platform *p = &w->stage->base;

	say(w, "1");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 1);
	w->moody.stops_behind = true;
	p->sink->delivered(p->sink, p, w->stage->sent[0].id, DELIVERY_SENT, STR("r1"), STR(""));
	p->sink->position(p->sink, p, STR("behind it"));
	run_for(w, 20);
	bot_end(w);
	w->moody.stops_behind = w->moody.full = false;
	bot_begin(w);
	stage_up(w->stage);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 0);
}

static void ask_as(struct world *w, const char *id, const char *person, const char *text)
{
	struct platform *p = &w->stage->base;
	struct message message = message_named(id);

	message.person = str_of(person);
	message.text = str_of(text);
	p->sink->message(p->sink, p, &message);
}

static void settle(struct world *w, size_t n, enum delivery_outcome outcome, const char *sent_as)
{
	struct platform *p = &w->stage->base;

	p->sink->delivered(p->sink, p, w->stage->sent[n].id, outcome, str_of(sent_as), STR("why"));
	run_for(w, 20);
}

static void a_reply_goes_with_its_question_when_that_is_set(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->removes = true;
	bot_begin(w);
	say(w, "1");
	ask_as(w, "2", "bob", "I cannot breathe");
	run_for(w, 20);
	settle(w, 0, DELIVERY_SENT, "101");
	settle(w, 1, DELIVERY_SENT, "102");
	take_back(w, "1");
	take_back(w, "2"); /* a safety text stays */
	take_back(w, "101");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 3);
	assert_string_equal(w->stage->sent[2].removes, "101");
	assert_string_equal(w->stage->sent[2].text, "");
	/* Until it is done it is taken up again. */
	bot_end(w);
	bot_begin(w);
	stage_up(w->stage);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 1);
	assert_string_equal(w->stage->sent[0].removes, "101");
	settle(w, 0, DELIVERY_REFUSED, "");
	bot_end(w);
	bot_begin(w);
	stage_up(w->stage);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 0);
}

static void a_reply_that_was_on_its_way_goes_too(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->removes = true;
	bot_begin(w);
	say(w, "1");
	run_for(w, 20);
	take_back(w, "1");
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, 1);
	settle(w, 0, DELIVERY_SENT, "101");
	assert_int_equal(w->stage->sent_n, 2);
	assert_string_equal(w->stage->sent[1].removes, "101");
	settle(w, 1, DELIVERY_SENT, "");
	assert_int_equal(w->stage->sent_n, 2);
}

static void undecided_add(struct world *w, const char *id, unsigned tries)
{
	struct store_inbox row = {.platform = STR("stage"),
				  .message = str_of(id),
				  .room = STR("room"),
				  .received_ms = loop_wall_ms(),
				  .tries = tries};
	struct store_batch batch = {.inbox = &row, .inbox_n = 1};
	struct err err = {0};

	assert_true(w->moody.inner->ops->commit(w->moody.inner, &batch, &err));
}

/* Restarts during an outage of the platform are no tries at deciding. */
static void restarts_alone_give_no_message_up(void **state)
{
	struct world *w = *state;
	struct platform *p;
	struct message message = message_named("7");

	undecided_add(w, "7", 0);
	for (int i = 0; i < 5; i++) {
		bot_end(w);
		bot_begin(w);
		assert_int_equal(w->stage->fetches_n, 1);
		run_for(w, 5);
	}
	assert_int_equal(w->moody.retried, 0);
	p = &w->stage->base;
	p->sink->fetched(p->sink, p, message.id, &message);
	run_for(w, 20);
	assert_int_equal(w->moody.retried, 1);
	assert_int_equal(w->stage->sent_n, 1);
}

/* A run recorded it and was killed: the stream brings it, and so does what asks for it, in one turn. */
static void what_comes_by_the_stream_too_is_no_duplicate(void **state)
{
	for (int stream_first = 0; stream_first <= 1; stream_first++) {
		struct world *w = *state;
		struct message message = message_named(stream_first ? "8" : "7");
		struct platform *p;

		undecided_add(w, message.id.p, 0);
		bot_end(w);
		bot_begin(w);
		p = &w->stage->base;
		if (stream_first)
			p->sink->message(p->sink, p, &message);
		p->sink->fetched(p->sink, p, message.id, &message);
		if (!stream_first)
			p->sink->message(p->sink, p, &message);
		run_for(w, 20);
		assert_int_equal(w->stage->sent_n, 1);
		settle(w, 0, DELIVERY_SENT, "");
	}
}

static void a_message_that_is_never_decided_is_given_up(void **state)
{
	struct world *w = *state;

	undecided_add(w, "7", 6);
	for (int i = 0; i < 2; i++) {
		bot_end(w);
		bot_begin(w);
		assert_int_equal(w->stage->fetches_n, 0);
	}
}

/* --- what the bot is, said once in thirty days --- */

/* Of each reply since the last call, whether it says so: "yn" of two. */
static void assert_greets(struct world *w, const char *wanted)
{
	struct stage *s = w->stage;
	char seen[SENT_MAX + 1] = {0};

	run_for(w, 20);
	for (size_t i = 0; i < s->sent_n; i++)
		seen[i] = strstr(s->sent[i].text, "(first-contact)") ? 'y' : 'n';
	assert_string_equal(seen, wanted);
	s->sent_n = 0;
}

static void a_person_is_greeted_once(void **state)
{
	struct world *w = *state;

	ask_as(w, "1", "ada", "can I have a beer");
	ask_as(w, "2", "ada", "is wine allowed");
	ask_as(w, "3", "bob", "hello");
	/* People take turns: hers, his, and then her second. */
	assert_greets(w, "yyn");
	ask_as(w, "4", "ada", "is wine allowed");
	assert_greets(w, "n");
	bot_end(w);
	bot_begin(w);
	stage_up(w->stage);
	ask_as(w, "5", "bob", "can I have a beer");
	ask_as(w, "6", "eve", "can I have a beer");
	/* What was owed is sent again as it was decided, word by word: then the new ones. */
	assert_greets(w, "yyn"
			 "n"
			 "ny");
}

static void a_safety_text_stays_alone(void **state)
{
	struct world *w = *state;

	ask_as(w, "1", "ada", "I cannot breathe");
	assert_greets(w, "n");
	ask_as(w, "2", "ada", "can I have a beer");
	assert_greets(w, "y");
}

static void after_thirty_days_it_is_said_again(void **state)
{
	struct world *w = *state;
	int64_t today = loop_wall_ms() / (24 * 3600 * 1000);
	struct store_greeting rows[] = {{STR("stage"), STR("ada"), today - 30},
					{STR("stage"), STR("bob"), today - 28}};
	struct store_batch batch = {.greetings = rows, .greetings_n = 2};
	struct err err = {0};

	assert_true(w->moody.inner->ops->commit(w->moody.inner, &batch, &err));
	ask_as(w, "1", "ada", "can I have a beer");
	ask_as(w, "2", "bob", "can I have a beer");
	assert_greets(w, "yn");
}

static void it_may_be_switched_off(void **state)
{
	struct world *w = *state;

	bot_end(w);
	w->silent = true;
	bot_begin(w);
	ask_as(w, "1", "ada", "can I have a beer");
	assert_greets(w, "n");
}

/* A reply that the store did not take is not said to have been given. */
static void what_was_not_stored_is_said_later(void **state)
{
	struct world *w = *state;

	w->moody.full = true;
	ask_as(w, "1", "ada", "can I have a beer");
	run_for(w, 20);
	bot_end(w);
	w->moody.full = false;
	bot_begin(w);
	ask_as(w, "2", "ada", "can I have a beer");
	assert_greets(w, "y");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_full_disk_holds_replies_back),
		CASE(an_edit_waits_for_the_disk),
		CASE(a_read_error_on_the_way_doubles_nothing),
		CASE(a_read_error_over_a_duplicate_ends),
		CASE(what_is_deleted_at_once_is_not_answered),
		CASE(what_is_deleted_while_the_disk_is_full_is_not_answered),
		CASE(a_reply_that_waits_is_withdrawn_and_not_owed_any_more),
		CASE(a_reply_that_is_out_is_recorded_with_the_position),
		CASE(a_reply_goes_with_its_question_when_that_is_set),
		CASE(a_reply_that_was_on_its_way_goes_too),
		CASE(what_waited_is_answered_with_an_excuse),
		CASE(what_waited_may_be_left_unless_it_is_urgent),
		CASE(restarts_alone_give_no_message_up),
		CASE(what_comes_by_the_stream_too_is_no_duplicate),
		CASE(a_message_that_is_never_decided_is_given_up),
		CASE(a_person_is_greeted_once),
		CASE(a_safety_text_stays_alone),
		CASE(after_thirty_days_it_is_said_again),
		CASE(it_may_be_switched_off),
		CASE(what_was_not_stored_is_said_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
