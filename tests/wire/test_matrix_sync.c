/* The stream: where it begins, what a poll left out. */
#include "rooms_run.h"

static void at_the_first_start_no_history_is_answered(void **state)
{
	struct run *r = run_new();
	const struct machine_call *call;
	int64_t seconds;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami")->id, 200,
	     "{'user_id':'" ME "'}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/profile/")->id, 404, "{}");
	nobody_ignored(r);
	call = call_of(r, "POST", "https://hs/_matrix/client/v3/user/");
	assert_within(call->body, "\"limit\":50");
	assert_within(call->body, "\"lazy_load_members\":true");
	assert_within(call->body, "\"presence\":{\"types\":[]}");
	give(r, call->id, 200, "{'filter_id':'f/1'}");
	call = call_of(
		r, "GET",
		"https://hs/_matrix/client/v3/sync?set_presence=offline&filter=f%2F1&timeout=0");
	assert_true(str_find(call->url, STR("since")) < 0);
	assert_within(call->url, "&use_state_after=true");
	seconds = (matrix_wake_ms(r->m) - r->now.mono_ms) / 1000;
	assert_int_equal(seconds, 600); /* all rooms at once take long */
	give(r, call->id, 200,
	     "{'next_batch':'s1','rooms':{'join':{'" DM
	     "':{" SUMMARY(2) ",'timeline':{'limited':true,'prev_batch':'p','events':[" TEXT(
		     "$old", "old") "]}}}}}");
	no_message(r);
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"since\":\"s1\"");
	call = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
	assert_within(call->url, "timeout=30000&since=s1");
	run_free(r);
}

static void a_position_is_taken_up(void **state)
{
	struct run *r = run_up();
	static char position[sizeof r->position];
	const struct machine_call *call;

	(void)state;
	memcpy(position, r->position, sizeof position);
	run_free(r);
	r = run_new();
	matrix_start(r->m, str_of(position), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami")->id, 200,
	     "{'user_id':'" ME "','device_id':'DEV'}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/profile/")->id, 404, "{}");
	nobody_ignored(r);
	reply(r, 1, "$owed", DM, 0);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/user/")->id, 200,
	     "{'filter_id':'7'}");
	/* What is owed waits for the first poll, which is short: our own message may be in it. */
	call = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
	assert_within(call->url, "timeout=500&since=s1");
	no_call(r);
	r->sync = call->id;
	events_give(r, "s2", DM, TEXT("$missed", "missed"));
	message_wanted(r, "$missed", "missed");
	sync_wanted(r);
	call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/m.room.message/cb.answer.0.owed");
	assert_null(step_of(r, MACHINE_NOTE));
	run_free(r);
}

static void no_poll_before_the_last_one_is_recorded(void **state)
{
	struct run *r = run_up();

	(void)state;
	r->holds_position = true;
	events_give(r, "s2", DM, TEXT("$1", "one"));
	message_wanted(r, "$1", "one");
	no_call(r);
	after(r, 3600000);
	no_call(r);
	matrix_recorded(r->m, r->now);
	assert_within(call_of(r, "GET", "https://hs/_matrix/client/v3/sync?")->url, "since=s2");
	run_free(r);
}

static void a_poll_without_news_writes_nothing(void **state)
{
	struct run *r = run_up();

	(void)state;
	after(r, 20000);
	give(r, r->sync, 200, "{'next_batch':'s2'}");
	assert_null(step_of(r, MACHINE_POSITION));
	sync_wanted(r);
	after(r, 29000);
	give(r, r->sync, 200, "{'next_batch':'s3','rooms':{}}");
	assert_null(step_of(r, MACHINE_POSITION));
	sync_wanted(r);
	after(r, 29000);
	give(r, r->sync, 200, "{'next_batch':'s4'}");
	assert_within(step_of(r, MACHINE_POSITION)->text, "s4");
	run_free(r);
}

/* opsdroid sent one server two million requests a day. */
/* How often it is asked in a minute that answers at once, always the same. */
static unsigned polls_in_a_minute(const char *answer)
{
	struct run *r = run_up();
	int64_t began = r->now.mono_ms;
	unsigned n = 0;

	for (; r->now.mono_ms - began < 60000; n++) {
		give(r, r->sync, 200, answer);
		no_call(r);
		after_wait(r);
		sync_wanted(r);
		steps_forget(r);
	}
	/* News come at once again. */
	events_give(r, "s9", DM, TEXT("$9", "news"));
	sync_wanted(r);
	run_free(r);
	return n;
}

static void a_server_that_answers_at_once_is_not_hammered(void **state)
{
	(void)state;
	assert_true(polls_in_a_minute("{'next_batch':'s2'}") <= 30);
	assert_true(polls_in_a_minute("{'next_batch':'s1','rooms':{'join':{'" DM
				      "':{'timeline':{'events':[" TEXT("$1", "again") "]}}}}}") <=
		    30);
}

static void failures_are_backed_off(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{0, ""},	  {502, "<html>"}, {200, "<html>"},
		     {200, "{}"}, {403, "{}"},	   {200, "[]"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();
		int64_t began = r->now.mono_ms;

		for (int k = 0; k < 12; k++) {
			give(r, r->sync, cases[i].status, cases[i].body);
			while (!r->steps_n ||
			       !str_eq(r->steps[r->steps_n - 1].call.method, STR("GET"))) {
				const struct machine_step *filter = step_of(r, MACHINE_CALL);

				if (filter)
					give(r, filter->call.id, 200, "{'filter_id':'8'}");
				else
					after_wait(r);
				steps_take(r);
			}
			sync_wanted(r);
			steps_forget(r);
		}
		assert_in_range(r->now.mono_ms - began, 90000, 700000);
		events_give(r, "s2", DM, TEXT("$1", "one"));
		message_wanted(r, "$1", "one");
		run_free(r);
	}
}

static void a_429_is_obeyed(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 429, "{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':4331}");
	after(r, 4330);
	no_call(r);
	after(r, 1);
	sync_wanted(r);
	run_free(r);
}

/* --- gaps --- */

#define LIMITED(room)                                                                 \
	"{'next_batch':'s9','rooms':{'join':{'" room "':{'timeline':{'limited':true," \
	"'prev_batch':'p9','events':[" TEXT("$9", "nine") "]}}}}}"

/* The poll tells what became of the room; in front of it lies what was missed. */
#define LIMITED_NOW(room, now, events)                                                        \
	"{'next_batch':'s9','rooms':{'join':{'" room "':{" now ",'timeline':{'limited':true," \
	"'prev_batch':'p9','events':[" events TEXT("$9", "nine") "]}}}}}"
#define ENCRYPTION "{'type':'m.room.encryption','event_id':'$e','state_key':'','content':{}}"

static void what_was_missed_is_read_as_the_room_is_now(void **state)
{
	static const struct {
		const char *poll;
		bool read;
	} cases[] = {
		{LIMITED_NOW(DM, SUMMARY(2), ""), true},
		{LIMITED_NOW(DM, SUMMARY(4), ""), false},
		{LIMITED_NOW(GROUP, SUMMARY(2), ""), true},
		{LIMITED_NOW(GROUP, SUMMARY(9), ""), false},
		{LIMITED_NOW(DM, "'state':{'events':[" ENCRYPTION "]}", ""), false},
		{LIMITED_NOW(DM, "'state_after':{'events':[" ENCRYPTION "]}", ""), false},
		{LIMITED_NOW(DM, SUMMARY(2), ENCRYPTION ","), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();

		give(r, r->sync, 200, cases[i].poll);
		give(r, call_of(r, "GET", ROOMS)->id, 200,
		     "{'start':'s1','end':'e1','chunk':[" TEXT("$1", "one") "]}");
		assert_int_equal(step_of(r, MACHINE_MESSAGE) != NULL, cases[i].read);
		run_free(r);
	}
}

static void a_gap_is_read_page_by_page(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;

	(void)state;
	give(r, r->sync, 200, LIMITED(DM));
	no_message(r);
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=f&limit=100&from=s1&to=p9");
	give(r, call->id, 200, "{'start':'s1','end':'e1','chunk':[" TEXT("$1", "one") "]}");
	message_wanted(r, "$1", "one");
	assert_null(step_of(r, MACHINE_POSITION));
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=f&limit=100&from=e1&to=p9");
	give(r, call->id, 503, "");
	no_call(r);
	after_wait(r);
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=f&limit=100&from=e1&to=p9");
	give(r, call->id, 200, "{'end':'e2','chunk':[" TEXT("$2", "two") "]}");
	message_wanted(r, "$2", "two");
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=f&limit=100&from=e2&to=p9");
	/* The end stands on the last page too. */
	give(r, call->id, 200, "{'end':'e3','chunk':[]}");
	message_wanted(r, "$9", "nine");
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"since\":\"s9\"");
	run_free(r);
}

static void a_gap_ends_somewhere(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;
	char page[24000] = "{'end':'%d','chunk':[", *at = page + strlen(page);
	int pages = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		at += sprintf(at, "%s{'type':'m.room.message','event_id':'$x%d'}", i ? "," : "", i);
	strcpy(at, "]}");
	give(r, r->sync, 200, LIMITED(DM));
	while ((step = step_of(r, MACHINE_CALL)) &&
	       str_find(step->call.url, STR("/messages?")) > 0) {
		struct str body = json_of(r, page);
		ptrdiff_t mark = str_find(body, STR("%d"));

		((char *)(uintptr_t)body.p)[mark] = 'e';
		((char *)(uintptr_t)body.p)[mark + 1] = (char)('a' + pages++);
		give(r, step->call.id, 200, body.p);
	}
	assert_int_equal(pages, 3); /* 250 events */
	assert_within(step_of(r, MACHINE_NOTE)->why, "too much");
	message_wanted(r, "$9", "nine");
	run_free(r);
}

static void a_gap_outlasts_an_outage(void **state)
{
	struct run *r = run_up();
	int64_t began = r->now.mono_ms;

	(void)state;
	give(r, r->sync, 200, LIMITED(DM));
	while (r->now.mono_ms - began < 60000) {
		give(r, call_of(r, "GET", ROOMS)->id, 500, "{'errcode':'M_UNKNOWN'}");
		after_wait(r);
	}
	give(r, call_of(r, "GET", ROOMS)->id, 200, "{'chunk':[" TEXT("$1", "one") "]}");
	message_wanted(r, "$1", "one");
	message_wanted(r, "$9", "nine");
	run_free(r);
	/* ... but holds the rest up for some minutes only. */
	r = run_up();
	give(r, r->sync, 200, LIMITED(DM));
	for (int i = 0; i < 10; i++) {
		give(r, call_of(r, "GET", ROOMS)->id, 500, "{'errcode':'M_UNKNOWN'}");
		if (i < 9)
			after_wait(r);
	}
	message_wanted(r, "$9", "nine");
	run_free(r);
}

/* However often it is told to wait, or meets nobody: no question is passed over for that. */
static void a_gap_is_waited_for(void **state)
{
	static const int statuses[] = {429, 0};

	(void)state;
	for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) {
		struct run *r = run_up();

		give(r, r->sync, 200, LIMITED(DM));
		for (int i = 0; i < 25; i++) {
			give(r, call_of(r, "GET", ROOMS)->id, statuses[k],
			     statuses[k] ? "{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':300}"
					 : "");
			after_wait(r);
		}
		give(r, call_of(r, "GET", ROOMS)->id, 200, "{'chunk':[" TEXT("$1", "one") "]}");
		message_wanted(r, "$1", "one");
		message_wanted(r, "$9", "nine");
		run_free(r);
	}
}

static void a_gap_that_is_not_shown_is_passed_over(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 200, LIMITED(DM));
	give(r, call_of(r, "GET", ROOMS)->id, 403, "{'errcode':'M_FORBIDDEN'}");
	assert_non_null(step_of(r, MACHINE_NOTE));
	message_wanted(r, "$9", "nine");
	run_free(r);
}

static void a_poll_that_is_too_long_comes_in_pages(void **state)
{
	struct run *r = run_up();
	const struct machine_response response = {.why = STR("the response is too long"),
						  .too_long = true};
	const struct machine_call *call;

	(void)state;
	matrix_answer(r->m, r->sync, &response, r->now);
	after_wait(r);
	call = call_of(r, "POST", "https://hs/_matrix/client/v3/user/");
	assert_within(call->body, "\"limit\":1,");
	give(r, call->id, 200, "{'filter_id':'small'}");
	call = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
	assert_within(call->url, "filter=small&");
	assert_within(call->url, "&since=s1");
	give(r, call->id, 200, LIMITED(DM));
	give(r, call_of(r, "GET", ROOMS)->id, 200, "{'chunk':[]}");
	call = call_of(r, "POST", "https://hs/_matrix/client/v3/user/");
	assert_within(call->body, "\"limit\":50,");
	run_free(r);
}

/* The filter may be what the server does not know: it is made anew, and then the position is given up. */
static void token_forget(struct run *r)
{
	const struct machine_call *call = NULL;

	for (int i = 0; i < 2; i++) {
		give(r, r->sync, 400, "{'errcode':'M_UNKNOWN','error':'Invalid stream token'}");
		give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/user/")->id, 200,
		     "{'filter_id':'8'}");
		call = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
		r->sync = call->id;
	}
	assert_true(str_find(call->url, STR("since")) < 0);
	assert_within(step_of(r, MACHINE_NOTE)->why, "looked for in the rooms");
}

static void a_stream_token_that_the_server_forgot(void **state)
{
	struct run *r = run_up();

	(void)state;
	token_forget(r);
	/* It is in GROUP no more. What is too old, or in a room that we did not know, is history. */
	give(r, r->sync, 200,
	     "{'next_batch':'t1','rooms':{'join':{'" DM "':{'timeline':{'events':["
	     "{'type':'m.room.message','event_id':'$0','sender':'@ann:hs',"
	     "'unsigned':{'age':86500000},'content':{'msgtype':'m.text','body':'old'}}," TEXT(
		     "$1", "one") "]}},"
				  "'!other:hs':{'timeline':{'events':[" TEXT("$x", "x") "]}}}}}");
	message_wanted(r, "$1", "one");
	no_message(r);
	assert_text(step_of(r, MACHINE_TROUBLE)->trouble.room, GROUP);
	assert_null(step_of(r, MACHINE_NOTE));
	assert_non_null(strstr(r->position, "\"t1\""));
	assert_null(strstr(r->position, GROUP));
	sync_wanted(r);
	events_give(r, "t2", DM, TEXT("$2", "two"));
	message_wanted(r, "$2", "two");
	no_message(r);
	run_free(r);
}

static void a_server_that_always_forgets_is_not_hammered(void **state)
{
	struct run *r = run_up();
	int64_t until = r->now.mono_ms + 600000;
	const struct machine_step *step = NULL;
	unsigned asked = 0;

	(void)state;
	give(r, r->sync, 400, "{'errcode':'M_UNKNOWN','error':'Invalid stream token'}");
	while (r->now.mono_ms < until) {
		step = step_of(r, MACHINE_CALL);
		if (!step) {
			steps_forget(r);
			after_wait(r);
			continue;
		}
		asked++;
		if (str_find(step->call.url, STR("/filter")) > 0)
			give(r, step->call.id, 200, "{'filter_id':'8'}");
		else if (str_find(step->call.url, STR("since=")) > 0)
			give(r, step->call.id, 400, "{'errcode':'M_UNKNOWN'}");
		else
			give(r, step->call.id, 200, "{'next_batch':'t1'}");
	}
	assert_in_range(asked, 20, 300); /* thirty a minute */
	run_free(r);
}

#define CUT "'limited':true,'prev_batch':'p1'"

/* What the poll leaves out is read back, page by page, as long as it is young enough. */
static void what_was_written_meanwhile_is_read_back(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;

	(void)state;
	token_forget(r);
	give(r, r->sync, 200,
	     "{'next_batch':'t1','rooms':{'join':{'" DM "':{'timeline':{'events':[" TEXT(
		     "$4", "four") "]," CUT "}},"
				   "'" GROUP "':{'timeline':{'events':["
				   "{'type':'m.room.message','event_id':'$0','sender':'@ann:hs',"
				   "'unsigned':{'age':86500000},'content':{'body':'old'}}]," CUT
				   "}},"
				   "'!other:hs':{'timeline':{'events':[" TEXT("$x", "x") "]," CUT
											 "}}}}}");
	no_message(r);
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=b");
	assert_within(call->url, "from=p1");
	give(r, call->id, 200,
	     "{'chunk':[" TEXT("$3", "three") "," TEXT("$2", "two") "],'end':'p0'}");
	call = call_of(r, "GET", ROOMS "%21dm%3Ahs/messages?dir=b");
	assert_within(call->url, "from=p0");
	give(r, call->id, 200,
	     "{'chunk':[{'type':'m.room.message','event_id':'$1','sender':'@ann:hs',"
	     "'unsigned':{'age':86500000},'content':{'msgtype':'m.text','body':'one'}}],"
	     "'end':'p00'}");
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	message_wanted(r, "$4", "four");
	no_message(r);
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

/* ... and the question of who invited us meanwhile is answered. */
static void a_room_that_we_came_into_when_it_forgot(void **state)
{
	struct run *r = invited();

	(void)state;
	token_forget(r);
	give(r, r->sync, 200,
	     "{'next_batch':'t1','rooms':{'join':{'!new:hs':{" SUMMARY(
		     2) ",'timeline':{'events':[" OWN_JOIN
			"," TEXT("$3", "three") "]," CUT
						"}},'!other:hs':{'timeline':{'events':[" OWN_JOIN
						"," TEXT("$x", "x") "]," CUT "}}}}}");
	give(r, call_of(r, "GET", BACK("p1"))->id, 200,
	     "{'chunk':[" TEXT("$2", "two") "," OWN_INVITE "," TEXT("$1", "one") "],'end':'p0'}");
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	no_message(r);
	sync_wanted(r);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_first_start_no_history_is_answered),
		cmocka_unit_test(a_position_is_taken_up),
		cmocka_unit_test(no_poll_before_the_last_one_is_recorded),
		cmocka_unit_test(a_poll_without_news_writes_nothing),
		cmocka_unit_test(a_server_that_answers_at_once_is_not_hammered),
		cmocka_unit_test(failures_are_backed_off),
		cmocka_unit_test(a_429_is_obeyed),
		cmocka_unit_test(what_was_missed_is_read_as_the_room_is_now),
		cmocka_unit_test(a_gap_is_read_page_by_page),
		cmocka_unit_test(a_gap_ends_somewhere),
		cmocka_unit_test(a_gap_outlasts_an_outage),
		cmocka_unit_test(a_gap_is_waited_for),
		cmocka_unit_test(a_gap_that_is_not_shown_is_passed_over),
		cmocka_unit_test(a_poll_that_is_too_long_comes_in_pages),
		cmocka_unit_test(a_stream_token_that_the_server_forgot),
		cmocka_unit_test(what_was_written_meanwhile_is_read_back),
		cmocka_unit_test(a_server_that_always_forgets_is_not_hammered),
		cmocka_unit_test(a_room_that_we_came_into_when_it_forgot),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
