/* Replies that an earlier run owes: they wait for the stream, in case that their question was deleted. */
#include "staff_world.h"

#define BEER "can I have a beer"
#define CHOKES "my throat is closing"

/* Killed and started. */
static void begun_again(struct world *w)
{
	bot_end(w);
	bot_begin(w, true);
	run_for(w, 5);
}

static void up(struct world *w)
{
	stage_up(w->stage);
	run_for(w, 5);
}

static void deleted(struct world *w, const char *id)
{
	struct platform *p = &w->stage->base;

	p->sink->deleted(p->sink, p, str_of(id));
	run_for(w, 5);
}

static void an_owed_reply_waits_for_the_stream(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	begun_again(w);
	assert_sent(w, "");
	up(w);
	assert_sent(w, "1 answer 0 room|");
	up(w);
	assert_sent(w, "1 answer 0 room|");
}

static void what_is_urgent_does_not_wait(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	say(w, "2", CHOKES);
	begun_again(w);
	assert_sent(w, "2 answer 0 room|2 answer-alert 0 " STAFF "|");
}

static void a_stream_that_does_not_come_up_holds_it_not_long(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	begun_again(w);
	assert_sent(w, "");
	run_for(w, 600);
	assert_sent(w, "1 answer 0 room|");
	up(w);
	assert_sent(w, "1 answer 0 room|");
}

/* It may have gone out before the stop, which the platform alone can find out. */
static void of_a_question_that_was_deleted_meanwhile_it_is_withdrawn(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	say(w, "2", BEER);
	begun_again(w);
	deleted(w, "1");
	assert_sent(w, "1 answer 0 room|");
	assert_string_equal(w->stage->withdrawn, "1");
	up(w);
	assert_sent(w, "1 answer 0 room|2 answer 0 room|");
	settle(w, 0, NULL);
	begun_again(w);
	up(w);
	assert_sent(w, "2 answer 0 room|");
}

static void and_what_is_found_of_it_goes_by_setting(void **state)
{
	struct world *w = *state;

	w->removes = true;
	say(w, "1", BEER);
	begun_again(w);
	deleted(w, "1");
	settle(w, 0, "31");
	assert_int_equal(w->stage->sent_n, 2);
	assert_string_equal(w->stage->sent[1].removes, "31");
	settle(w, 1, "");
	begun_again(w);
	up(w);
	assert_sent(w, "");
}

static void a_stop_meanwhile_loses_nothing(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	begun_again(w);
	bot_stop(w->bot);
	stage_up(w->stage);
	run_for(w, 5);
	assert_sent(w, "");
	begun_again(w);
	up(w);
	assert_sent(w, "1 answer 0 room|");
}

/* Killed, and started so many minutes later. */
static void begun_minutes_later(struct world *w, int minutes)
{
	w->zero_ms = loop_wall_ms() - loop_now_ms(w->loop) + (int64_t)minutes * 60000;
	begun_again(w);
	up(w);
}

static bool is_excused(const struct world *w, size_t nth)
{
	return str_starts(str_of(w->stage->sent[nth].text), STR("(delay)"));
}

static void one_that_is_late_by_then_has_a_word_of_excuse(void **state)
{
	struct world *w = *state;

	char plain[1024];

	say(w, "1", BEER);
	stage_keep(plain, sizeof plain, str_of(w->stage->sent[0].text));
	say(w, "2", CHOKES);
	begun_minutes_later(w, 9);
	assert_int_equal(w->stage->sent_n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_false(is_excused(w, i));
	begun_minutes_later(w, 11);
	assert_sent(w, "2 answer 0 room|2 answer-alert 0 " STAFF "|1 answer 0 room|");
	assert_false(is_excused(w, 0));
	assert_true(is_excused(w, 2));
	assert_non_null(strstr(w->stage->sent[2].text, plain));
	/* The same words again, even where it would not be late. */
	begun_minutes_later(w, 1);
	assert_true(is_excused(w, 2));
	settle(w, 2, "31");
	begun_minutes_later(w, 12);
	assert_sent(w, "2 answer 0 room|2 answer-alert 0 " STAFF "|");
}

static void or_is_left_by_setting(void **state)
{
	struct world *w = *state;

	w->leaves = true;
	say(w, "1", BEER);
	say(w, "2", CHOKES);
	begun_minutes_later(w, 11);
	assert_sent(w, "2 answer 0 room|2 answer-alert 0 " STAFF "|");
	/* For good. */
	begun_minutes_later(w, 1);
	assert_sent(w, "2 answer 0 room|2 answer-alert 0 " STAFF "|");
}

static void what_is_begun_goes_on_as_it_is(void **state)
{
	struct world *w = *state;
	struct store_mark mark = {.platform = STR("stage"),
				  .message = STR("1"),
				  .kind = STR("answer"),
				  .pieces_sent = 1,
				  .state = OUTBOX_OWED,
				  .sent_as = STR("31")};
	struct err err;

	say(w, "1", BEER);
	assert_true(w->store->ops->commit(
		w->store, &(struct store_batch){.marks = &mark, .marks_n = 1}, &err));
	w->leaves = true;
	begun_minutes_later(w, 11);
	assert_sent(w, "1 answer 0 room|");
	assert_false(is_excused(w, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_owed_reply_waits_for_the_stream),
		CASE(what_is_urgent_does_not_wait),
		CASE(a_stream_that_does_not_come_up_holds_it_not_long),
		CASE(of_a_question_that_was_deleted_meanwhile_it_is_withdrawn),
		CASE(and_what_is_found_of_it_goes_by_setting),
		CASE(a_stop_meanwhile_loses_nothing),
		CASE(one_that_is_late_by_then_has_a_word_of_excuse),
		CASE(or_is_left_by_setting),
		CASE(what_is_begun_goes_on_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
