/* The websocket of an appservice: opening, pings, acknowledgements, closes, frames of any kind. */
#include "appservice_run.h"

static void it_is_opened_with_the_token(void **state)
{
	struct run *r = as_new();
	const struct machine_step *step;

	(void)state;
	as_start(r, "");
	step = step_of(r, MACHINE_CONNECT);
	assert_text(step->call.url, "wss://proxy/_matrix/client/unstable/fi.mau.as_sync");
	assert_text(step->call.authorization, "Bearer secret");
	assert_null(step_of(r, MACHINE_CONNECT));
	no_call(r); /* the first round waits for it */
	run_free(r);
}

static void a_server_is_asked_for_signs_of_life(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	frame(r, TRANSACTION("1", ""));
	after(r, 25000);
	step = step_of(r, MACHINE_FRAME);
	assert_non_null(step);
	assert_within(step->text, "{\"id\":1,\"command\":\"ping\",\"data\":{\"timestamp\":");
	after(r, 19000);
	frame(r, "{'id':1,'command':'response','data':{'timestamp':1}}");
	after(r, 11000);
	step = step_of(r, MACHINE_FRAME);
	assert_within(step->text, "{\"id\":2,\"command\":\"ping\"");
	/* One that knows no pings is there, too. */
	frame(r, "{'id':2,'command':'error','data':{'message':'unknown command ping'}}");
	after(r, 30000);
	assert_within(step_of(r, MACHINE_FRAME)->text, "\"id\":3");
	frame(r, "{'id':2,'command':'response','data':{}}"); /* an old one */
	assert_null(step_of(r, MACHINE_CLOSE));
	after(r, 20000);
	step = step_of(r, MACHINE_CLOSE);
	assert_non_null(step);
	assert_int_equal(step->code, 0);
	closed(r, 1006, "dropped");
	assert_int_equal(step_of(r, MACHINE_STATE)->state, PLATFORM_CONNECTING);
	after_wait(r);
	connected(r);
	rooms_given(r, "'" DM "'");
	run_free(r);
}

static void a_transaction_is_acknowledged_when_it_is_recorded(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	r->holds_position = true;
	frame(r, "{'id':7,'command':'transaction','txn_id':'a/1','events':[" EVENT(DM, "$1",
										   "one") "]}");
	message_wanted(r, "$1", "one");
	assert_non_null(step_of(r, MACHINE_POSITION));
	assert_null(step_of(r, MACHINE_FRAME));
	/* What comes meanwhile waits. */
	frame(r, "{'id':8,'command':'transaction','txn_id':'a/2','events':[" EVENT(DM, "$2",
										   "two") "]}");
	no_message(r);
	matrix_recorded(r->m, r->now);
	step = step_of(r, MACHINE_FRAME);
	assert_text(step->text,
		    "{\"id\":7,\"command\":\"response\",\"data\":{\"txn_id\":\"a/1\"}}");
	message_wanted(r, "$2", "two");
	assert_null(step_of(r, MACHINE_FRAME));
	matrix_recorded(r->m, r->now);
	assert_within(step_of(r, MACHINE_FRAME)->text, "\"id\":8");
	run_free(r);
}

static void what_holds_nothing_for_us_is_acknowledged_at_once(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, "{'id':9,'command':'transaction','txn_id':'x','events':[]}");
	assert_within(step_of(r, MACHINE_FRAME)->text, "\"id\":9");
	frame(r, "{'id':10,'txn_id':'y','events':[" EVENT(GROUP, "$g", "just talk") "]}");
	no_message(r);
	assert_within(step_of(r, MACHINE_FRAME)->text, "\"id\":10");
	assert_null(step_of(r, MACHINE_POSITION)); /* nothing that could not be read again */
	frame(r, TRANSACTION("z", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	assert_null(step_of(r, MACHINE_FRAME)); /* wsproxy wants none */
	run_free(r);
}

static void no_acknowledgement_goes_over_another_connection(void **state)
{
	struct run *r = as_up();

	(void)state;
	r->holds_position = true;
	frame(r, "{'id':7,'command':'transaction','txn_id':'1','events':[" EVENT(DM, "$1",
										 "one") "]}");
	message_wanted(r, "$1", "one");
	closed(r, 1006, "the connection was lost");
	after_wait(r);
	connected(r);
	matrix_recorded(r->m, r->now);
	assert_null(step_of(r, MACHINE_FRAME));
	/* There it comes again, and is known. */
	r->holds_position = false;
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH, SAID("$1", "one", 200) "," SAID("$old", "old", 95000));
	frame(r, "{'id':1,'command':'transaction','txn_id':'1','events':[" EVENT(DM, "$1",
										 "one") "]}");
	no_message(r);
	assert_within(step_of(r, MACHINE_FRAME)->text, "\"id\":1,");
	run_free(r);
}

static void commands_that_we_do_not_know_are_refused(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	frame(r, "{'id':3,'command':'http_proxy','data':{'path':'/'}}");
	step = step_of(r, MACHINE_FRAME);
	assert_within(step->text, "{\"id\":3,\"command\":\"error\",\"data\":{");
	frame(r, "{'command':'syncproxy_error','data':{}}");
	frame(r, "{'command':'connect','data':{}}");
	frame(r, "{'id':4,'command':'response','data':{}}");
	assert_null(step_of(r, MACHINE_FRAME));
	assert_null(step_of(r, MACHINE_NOTE));
	run_free(r);
}

static void who_is_replaced_does_not_come_back(void **state)
{
	static const struct {
		int code;
		const char *why;
	} closes[] = {{4001, "{\"command\": \"disconnect\", \"status\": \"conn_replaced\"}"},
		      {4001, ""},
		      {1000, "{\"status\": \"conn_replaced\"}"}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run *r = as_up();
		const struct machine_step *step;

		closed(r, closes[i].code, closes[i].why);
		step = step_of(r, MACHINE_FATAL);
		assert_non_null(step);
		assert_within(step->why, "another program");
		assert_true(matrix_wake_ms(r->m) == INT64_MAX);
		run_free(r);
	}
}

static void other_closes_are_not_for_good(void **state)
{
	static const struct {
		int code;
		const char *why, *said;
	} closes[] = {
		{4002, "{\"status\": \"transactions_not_acknowledged\"}", "not acknowledged"},
		{1001, "{\"status\": \"server_shutting_down\"}", "server_shutting_down"},
		{1012, "{\"status\": \"server_shutting_down\"}", "server_shutting_down"},
		{1002, "", "1002"},
		{1006, "the connection was lost", "lost"},
		{0, "HTTP 403", "as_token_file"},
		{0, "HTTP 404", "address of mautrix-wsproxy"},
		{0, "proxy port 443 cannot be reached", "cannot be reached"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof closes / sizeof *closes; i++) {
		struct run *r = as_new();
		const struct machine_step *step;
		int64_t began;

		as_start(r, "");
		assert_non_null(step_of(r, MACHINE_CONNECT));
		if (closes[i].code)
			matrix_opened(r->m, r->now);
		steps_forget(r);
		closed(r, closes[i].code, closes[i].why);
		step = step_of(r, MACHINE_STATE);
		assert_int_equal(step->state, PLATFORM_CONNECTING);
		assert_within(step->why, closes[i].said);
		began = r->now.mono_ms;
		for (int tries = 0; tries < 8; tries++) {
			for (int n = 0; n < 40 && !(step = step_of(r, MACHINE_CONNECT)); n++)
				after_wait(r);
			assert_non_null(step);
			closed(r, closes[i].code, closes[i].why);
		}
		assert_true(r->now.mono_ms - began > 4000);
		run_free(r);
	}
}

/* The rooms are read all the same. */
static void without_a_websocket_rooms_are_asked(void **state)
{
	struct run *r = as_up();

	(void)state;
	closed(r, 1006, "gone");
	for (int i = 0; i < 60; i++) {
		const struct machine_step *call;

		after_wait(r);
		if (step_of(r, MACHINE_CONNECT))
			closed(r, 0, "refused");
		call = step_like(r, MACHINE_CALL, "GET", API "joined_rooms");
		if (call) {
			give(r, call->call.id, 200, "{'joined_rooms':['" DM "']}");
			history_given(r, DM_PATH,
				      SAID("$1", "one", 100) "," SAID("$old", "old", 95000));
			message_wanted(r, "$1", "one");
			run_free(r);
			return;
		}
	}
	fail_msg("no room was read");
}

static void odd_frames_do_no_harm(void **state)
{
	static const char *const frames[] = {
		"",
		"{",
		"[]",
		"null",
		"7",
		"'x'",
		"{'events':7}",
		"{'events':[]",
		"{}",
		"{'events':[7,null,{},[]]}",
		"{'id':-1,'events':[]}",
		"{'id':'1','events':[]}",
		"{'id':1e300,'events':[]}",
		"{'command':7,'events':[]}",
		"{'command':'transaction'}",
		"{'id':5,'command':''}",
		"{'status':'ok','events':[{'type':7,'room_id':8,'event_id':9,'sender':[]}]}",
		"{'events':[{'type':'m.room.message','room_id':'!dm:hs'}]}",
		"{'events':[{'type':'m.room.member','room_id':'!dm:hs','state_key':'@bot:hs'}]}",
		"{'events':[{'type':'m.room.member','state_key':'@bot:hs',"
		"'content':{'membership':'invite'}}]}",
		"{'events':[{'type':'m.room.member','room_id':'','state_key':'@bot:hs',"
		"'content':{'membership':'join'}}]}",
		"{'events':[{'type':'m.room.tombstone','room_id':'!group:hs','state_key':'',"
		"'content':{'replacement_room':7}}]}",
		"{'command':'response'}",
		"{'command':'error','id':99}",
		"{'command':'response','id':1}"};

	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct run *r = as_up();

		frame(r, frames[i]);
		assert_null(step_of(r, MACHINE_FATAL));
		no_message(r);
		/* It goes on: whatever is asked now fails, and then a message comes. */
		for (int n = 0; n < 3; n++) {
			const struct machine_step *step = step_of(r, MACHINE_CALL);

			if (step && str_find(step->call.url, STR("joined_rooms")) > 0)
				give(r, step->call.id, 200, "{'joined_rooms':['" DM "']}");
			else if (step)
				give(r, step->call.id, 200,
				     str_find(step->call.url, STR("/state?")) > 0
					     ? "[" TWO "]"
					     : "{'chunk':[" SAID("$old", "o", 95000) "]}");
		}
		frame(r, TRANSACTION("2", EVENT(DM, "$1", "one")));
		message_wanted(r, "$1", "one");
		run_free(r);
	}
}

static void a_frame_that_cannot_be_read_is_read_from_the_rooms(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, "{'events':[" EVENT(DM, "$1", "one"));
	assert_int_equal(step_of(r, MACHINE_NOTE)->state, PLATFORM_DEGRADED);
	no_call(r);
	after(r, 1000);
	rooms_given(r, "'" DM "','" GROUP "'");
	history_given(r, GROUP_PATH, SAID("$oldgroup", "old", 95000));
	history_given(r, DM_PATH, SAID("$1", "one", 100) "," SAID("$old", "old", 95000));
	message_wanted(r, "$1", "one");
	run_free(r);
}

/* While nothing can be recorded. */
static void no_more_waits_than_may(void **state)
{
	struct run *r = as_up();
	char *text = malloc(1000100);
	unsigned n = 0;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 1000100);
	memcpy(text, "{\"events\":[],\"x\":\"", 18);
	memcpy(text + 1000000, "\"}", 3);
	r->holds_position = true;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	while (!step_of(r, MACHINE_CLOSE) && n < 100) {
		matrix_frame(r->m, str_of(text), r->now);
		n++;
	}
	assert_in_range(n, 20, 40);
	assert_int_equal(step_of(r, MACHINE_NOTE)->state, PLATFORM_DEGRADED);
	free(text);
	run_free(r);
	r = as_up();
	r->holds_position = true;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	for (n = 0; !step_of(r, MACHINE_CLOSE) && n < 10000; n++)
		matrix_frame(r->m, STR("{\"events\":[]}"), r->now);
	assert_in_range(n, 1000, 3000);
	run_free(r);
}

static void it_says_goodbye(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	frame(r, TRANSACTION("1", EVENT(GROUP, "$g", "talk")));
	matrix_stop(r->m, r->now);
	step = step_of(r, MACHINE_CLOSE);
	assert_int_equal(step->code, 1000);
	step = step_of(r, MACHINE_POSITION);
	assert_within(step->text, "\"seen\":\"");
	closed(r, 1000, "");
	assert_null(step_of(r, MACHINE_STATE));
	after(r, 600000);
	assert_null(step_of(r, MACHINE_CONNECT));
	no_call(r);
	run_free(r);
}

/* When all is over already: there is nothing left to close. */
static void a_close_behind_the_end_is_one(void **state)
{
	struct run *r = as_up();

	(void)state;
	reply(r, 1, "$q", DM, 0);
	give(r, call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/")->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN'}");
	assert_non_null(step_of(r, MACHINE_FATAL));
	closed(r, 1006, "");
	steps_forget(r);
	matrix_stop(r->m, r->now);
	assert_null(step_of(r, MACHINE_CLOSE));
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_opened_with_the_token),
		cmocka_unit_test(a_server_is_asked_for_signs_of_life),
		cmocka_unit_test(a_transaction_is_acknowledged_when_it_is_recorded),
		cmocka_unit_test(what_holds_nothing_for_us_is_acknowledged_at_once),
		cmocka_unit_test(no_acknowledgement_goes_over_another_connection),
		cmocka_unit_test(commands_that_we_do_not_know_are_refused),
		cmocka_unit_test(who_is_replaced_does_not_come_back),
		cmocka_unit_test(a_close_behind_the_end_is_one),
		cmocka_unit_test(other_closes_are_not_for_good),
		cmocka_unit_test(without_a_websocket_rooms_are_asked),
		cmocka_unit_test(odd_frames_do_no_harm),
		cmocka_unit_test(a_frame_that_cannot_be_read_is_read_from_the_rooms),
		cmocka_unit_test(no_more_waits_than_may),
		cmocka_unit_test(it_says_goodbye),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
