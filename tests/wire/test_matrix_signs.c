/* Signs of life: what was read, and that a reply is on its way; never in the way of one. */
#include "matrix_run.h"

#define ROOMS "https://hs/_matrix/client/v3/rooms/"
#define RECEIPT ROOMS "%21dm%3Ahs/receipt/m.read/"
#define TYPING ROOMS "%21dm%3Ahs/typing/%40bot%3Ahs"

static struct run *run_with_signs(void)
{
	struct matrix_settings settings = settings_plain();

	settings.signs = true;
	return run_up_with(&settings);
}

static void a_message_is_shown_to_be_read(void **state)
{
	struct run *r = run_with_signs();
	const struct machine_call *call;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	call = call_of(r, "POST", RECEIPT "%24q1");
	assert_text(call->body, "{}");
	give(r, call->id, 200, "{}");
	after(r, 60000);
	assert_null(step_like(r, MACHINE_CALL, "POST", ROOMS));
	assert_null(step_like(r, MACHINE_CALL, "PUT", ROOMS));
	run_free(r);
}

static void of_a_thread_in_the_thread(void **state)
{
	struct run *r = run_with_signs();

	(void)state;
	events_give(r, "s2", DM,
		    "{'type':'m.room.message','event_id':'$q1','sender':'@ann:hs','content':{"
		    "'msgtype':'m.text','body':'x','m.relates_to':{'rel_type':'m.thread',"
		    "'event_id':'$root'}}}");
	assert_text(call_of(r, "POST", RECEIPT "%24q1")->body, "{\"thread_id\":\"$root\"}");
	run_free(r);
}

/* Nobody is told before it is recorded that it was read: killed there, we read it anew. */
static void not_before_it_is_recorded(void **state)
{
	struct run *r = run_with_signs();

	(void)state;
	r->holds_position = true;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	no_call(r);
	matrix_recorded(r->m, r->now);
	sync_wanted(r);
	call_of(r, "POST", RECEIPT "%24q1");
	run_free(r);
}

/* What is not meant for the bot is read, too, but nobody waits for it. */
static void not_of_what_others_say_to_one_another(void **state)
{
	struct run *r = run_with_signs();

	(void)state;
	events_give(r, "s2", GROUP, TEXT("$q1", "lunch anyone"));
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

static void typing_shows_when_the_reply_waits(void **state)
{
	struct run *r = run_with_signs();
	const struct machine_call *reply_call, *call;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	give(r, call_of(r, "POST", RECEIPT)->id, 200, "{}");
	reply(r, 1, "$q1", DM, 0);
	reply_call = call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/");
	after(r, 400);
	assert_null(step_like(r, MACHINE_CALL, "PUT", ROOMS));
	after(r, 200);
	call = call_of(r, "PUT", TYPING);
	assert_text(call->body, "{\"typing\":true,\"timeout\":5000}");
	give(r, call->id, 200, "{}");
	give(r, reply_call->id, 200, "{'event_id':'$a'}");
	after(r, 5000);
	assert_null(step_like(r, MACHINE_CALL, "PUT", ROOMS));
	run_free(r);
}

/* Signs cost nobody a reply, and are not tried again. */
static void a_limit_ends_them(void **state)
{
	struct run *r = run_with_signs();

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	give(r, call_of(r, "POST", RECEIPT)->id, 429, "{'retry_after_ms':30000}");
	reply(r, 1, "$q1", DM, 0);
	give(r, call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/")->id, 200, "{'event_id':'$a'}");
	events_give(r, "s3", DM, TEXT("$q2", "may I run"));
	sync_wanted(r);
	after(r, 60000);
	assert_null(step_like(r, MACHINE_CALL, "POST", ROOMS));
	run_free(r);
}

static void a_failure_is_not_tried_again(void **state)
{
	struct run *r = run_with_signs();

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	give(r, call_of(r, "POST", RECEIPT)->id, 404, "{'errcode':'M_UNRECOGNIZED'}");
	after(r, 5000);
	assert_null(step_like(r, MACHINE_CALL, "POST", ROOMS));
	run_free(r);
}

/* One that is never answered is given up, and holds up nothing. */
static void silence_is_outlasted(void **state)
{
	struct run *r = run_with_signs();
	uint64_t first;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	first = call_of(r, "POST", RECEIPT "%24q1")->id;
	reply(r, 1, "$q1", DM, 0);
	give(r, call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/")->id, 200, "{'event_id':'$a'}");
	after(r, 30000);
	assert_int_equal(step_of(r, MACHINE_DROP)->call.id, first);
	events_give(r, "s3", DM, TEXT("$q2", "may I run"));
	call_of(r, "POST", RECEIPT "%24q2");
	run_free(r);
}

static void not_when_they_are_not_wanted(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_shown_to_be_read),
		cmocka_unit_test(of_a_thread_in_the_thread),
		cmocka_unit_test(not_before_it_is_recorded),
		cmocka_unit_test(not_of_what_others_say_to_one_another),
		cmocka_unit_test(typing_shows_when_the_reply_waits),
		cmocka_unit_test(a_limit_ends_them),
		cmocka_unit_test(a_failure_is_not_tried_again),
		cmocka_unit_test(silence_is_outlasted),
		cmocka_unit_test(not_when_they_are_not_wanted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
