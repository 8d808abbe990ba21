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

static void a_question_that_was_deleted_meanwhile_gets_no_answer(void **state)
{
	struct world *w = *state;

	say(w, "1", BEER);
	say(w, "2", BEER);
	begun_again(w);
	deleted(w, "1");
	up(w);
	assert_sent(w, "2 answer 0 room|");
	begun_again(w);
	up(w);
	assert_sent(w, "2 answer 0 room|");
}

/* The stop came between two of its pieces. */
static void what_is_out_of_it_goes_with_its_question(void **state)
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
	w->removes = true;
	begun_again(w);
	deleted(w, "1");
	up(w);
	assert_int_equal(w->stage->sent_n, 1);
	assert_string_equal(w->stage->sent[0].removes, "31");
	settle(w, 0, "");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_owed_reply_waits_for_the_stream),
		CASE(what_is_urgent_does_not_wait),
		CASE(a_stream_that_does_not_come_up_holds_it_not_long),
		CASE(a_question_that_was_deleted_meanwhile_gets_no_answer),
		CASE(what_is_out_of_it_goes_with_its_question),
		CASE(a_stop_meanwhile_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
