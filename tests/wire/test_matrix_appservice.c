/* As an appservice: what transactions and rounds bring is one stream, and nothing of it is lost. */
#include "appservice_run.h"

#define OWN(is, sender, more)                                                                   \
	"{'type':'m.room.member','room_id':'!new:hs','state_key':'" ME "','sender':'" sender    \
	"','event_id':'$own-" is "','unsigned':{'age':50" more "},'content':{'membership':'" is \
	"','is_direct':true}}"
#define STRIPPED ",'invite_room_state':[{'type':'m.room.encryption','state_key':'','content':{}}]"
#define JOINS(room, user, is)                                                                 \
	"{'type':'m.room.member','room_id':'" room "','state_key':'" user "','sender':'" user \
	"','event_id':'$" user is "','content':{'membership':'" is "'}}"
#define ENCRYPTION "{'type':'m.room.encryption','state_key':'','content':{'algorithm':'x'}}"

static const struct machine_step *fatal_of(struct run *r)
{
	const struct machine_step *step = step_of(r, MACHINE_FATAL);

	assert_non_null(step);
	return step;
}

/* --- signing in --- */

static void the_account_is_made_and_acted_for(void **state)
{
	struct run *r = as_new();
	const struct machine_call *call;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	call = call_of(r, "POST", API "register");
	assert_text(call->url, API "register");
	assert_text(call->authorization, "Bearer secret");
	assert_text(call->body, "{\"type\":\"m.login.application_service\",\"username\":\"bot\","
				"\"inhibit_login\":true}");
	give(r, call->id, 502, "<html>");
	after_wait(r);
	give(r, call_of(r, "POST", API "register")->id, 200, "{'user_id':'" ME "'}");
	give(r, call_of(r, "GET", API "account/whoami?" AS)->id, 403, "{'errcode':'M_FORBIDDEN'}");
	assert_within(fatal_of(r)->why, "sender_localpart");
	run_free(r);
}

static void a_token_that_is_not_known_ends_it(void **state)
{
	struct run *r = as_new();

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "POST", API "register")->id, 401, "{'errcode':'M_UNKNOWN_TOKEN'}");
	while (!step_like(r, MACHINE_FATAL, NULL, NULL)) {
		const struct machine_step *step = step_of(r, MACHINE_CALL);

		if (step)
			give(r, step->call.id, 401, "{'errcode':'M_UNKNOWN_TOKEN'}");
		else
			after_wait(r);
	}
	run_free(r);
}

static void settings_must_fit(void **state)
{
	struct matrix_settings s = settings_appservice();
	struct err err = {0};

	(void)state;
	s.wsproxy = STR("https://proxy");
	assert_null(matrix_new(&s, &err));
	assert_within(str_of(err.text), "wsproxy");
	s = settings_appservice();
	s.token = STR("");
	s.password = STR("p");
	assert_null(matrix_new(&s, &err));
	assert_within(str_of(err.text), "as_token");
}

/* --- the stream --- */

static void at_the_first_start_no_history_is_answered(void **state)
{
	struct run *r = as_new();
	const struct machine_step *position;

	(void)state;
	as_start(r, "");
	connected(r);
	/* A homeserver may have kept events of weeks for us. */
	frame(r, TRANSACTION("1", "{'type':'m.room.message','room_id':'" DM
				  "','event_id':'$weeks','sender':'@ann:hs','unsigned':{'age':"
				  "5000},'content':{'msgtype':'m.text','body':'old'}}"));
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH, SAID("$b", "b", 2000) "," SAID("$a", "a", 4000));
	no_message(r);
	assert_int_equal(step_of(r, MACHINE_STATE)->state, PLATFORM_READY);
	position = step_of(r, MACHINE_POSITION);
	assert_within(position->text, "\"began\":1800000000000");
	assert_within(position->text, "\"seen\":\"");
	/* What is written from now on is. */
	after(r, 1000);
	frame(r, TRANSACTION("2", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	run_free(r);
}

static void an_event_that_comes_twice_is_one(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one") "," EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	no_message(r);
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	frame(r, TRANSACTION("2", EVENT(DM, "$1", "one") "," EVENT(DM, "$2", "two")));
	message_wanted(r, "$2", "two");
	no_message(r);
	run_free(r);
}

/* Written to the proxy, which told the homeserver that we have it, when we were killed. */
static void what_the_proxy_lost_is_read_from_the_rooms(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	after(r, 700000);
	r = as_again(r);
	rooms_given(r, "'" DM "','" GROUP "'");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH,
		      SAID("$3", "three", 100) "," SAID("$2", "two", 200) "," SAID(
			      "$1", "one", 700100) "," SAID("$old", "old", 800000));
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	no_message(r);
	assert_non_null(step_of(r, MACHINE_POSITION));
	run_free(r);
}

/* Events of other servers may stand in front of one that came here before them. */
static void what_is_quite_new_is_handed_in_again(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	r = as_again(r);
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH,
		      SAID("$1", "one", 150) "," SAID("$0", "from afar",
						      500) "," SAID("$old", "old", 95000));
	message_wanted(r, "$0", "from afar");
	message_wanted(r, "$1", "one"); /* the store knows it */
	no_message(r);			/* $old is older than our first start */
	run_free(r);
}

static void much_is_read_in_pages(void **state)
{
	struct run *r = as_up();
	const struct machine_call *call;

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	r = as_again(r);
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	call = call_of(r, "GET", DM_PATH "messages?dir=b&limit=20&" AS);
	give(r, call->id, 200,
	     "{'end':'t/3','chunk':[" SAID("$4", "four", 10) "," SAID("$3", "three", 20) "]}");
	no_message(r); /* not before what is older */
	call = call_of(r, "GET", DM_PATH "messages?dir=b&limit=100&from=t%2F3&" AS);
	give(r, call->id, 503, "");
	after_wait(r);
	call = call_of(r, "GET", DM_PATH "messages?dir=b&limit=100&from=t%2F3&" AS);
	give(r, call->id, 200,
	     "{'end':'t1','chunk':[" SAID("$2", "two", 30) "," SAID("$1", "one", 700000) "]}");
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	message_wanted(r, "$4", "four");
	no_message(r);
	run_free(r);
}

static void not_more_is_read_than_may(void **state)
{
	struct matrix_settings settings = settings_appservice();
	struct run *r;
	int pages = 0;

	(void)state;
	settings.missed_messages = 10;
	r = run_with(&settings);
	as_start(r, "{'user':'x'}");
	run_free(r);
	r = run_with(&settings);
	as_start(r, json_of(r, "{'user':'" ME "','began':1,'rooms':[{'id':'" DM
			       "','members':2,'seen':'00000000000000aa'}]}")
			    .p);
	connected(r);
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	while (pages < 100) {
		const struct machine_step *step = step_like(r, MACHINE_CALL, "GET", DM_PATH);
		struct str body;

		if (!step)
			break;
		pages++;
		body = arena_fmt(&r->arena,
				 "{'end':'t%d','chunk':[{'type':'m.room.message','event_id':'$%d',"
				 "'sender':'@ann:hs','unsigned':{'age':%d},'content':"
				 "{'msgtype':'m.text','body':'x'}}]}",
				 pages, pages, pages);
		give(r, step->call.id, 200, body.p);
	}
	assert_int_equal(pages, 10);
	assert_within(step_of(r, MACHINE_NOTE)->why, "too much");
	message_wanted(r, "$10", "x");
	run_free(r);
}

static void a_transaction_waits_for_its_room(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	r = as_again(r);
	frame(r, TRANSACTION("2", EVENT(DM, "$3", "three")));
	rooms_given(r, "'" DM "','" GROUP "'");
	/* Its room comes first. */
	no_message(r);
	state_given(r, DM_PATH, TWO);
	no_message(r);
	history_given(r, DM_PATH, SAID("$2", "two", 100) "," SAID("$1", "one", 700000));
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	no_message(r);
	state_given(r, GROUP_PATH, MANY);
	run_free(r);
}

static void nothing_waits_for_a_room_that_cannot_be_read(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step = NULL;
	int failed = 0;

	(void)state;
	r = as_again(r);
	rooms_given(r, "'" DM "','" GROUP "'");
	while (failed < 5) {
		step = step_of(r, MACHINE_CALL);
		if (!step) {
			after_wait(r);
		} else if (str_starts(step->call.url, STR(GROUP_PATH))) {
			give(r, step->call.id, 500, "{'errcode':'M_UNKNOWN'}");
			failed++;
		} else if (str_find(step->call.url, STR("/state?")) > 0) {
			give(r, step->call.id, 200, "[" TWO "]");
		} else {
			give(r, step->call.id, 200, "{'chunk':[" SAID("$old", "old", 95000) "]}");
		}
	}
	steps_forget(r);
	frame(r, TRANSACTION("2", "{'type':'m.room.message','room_id':'" GROUP
				  "','event_id':'$g','sender':'@ann:hs','content':{'msgtype':"
				  "'m.text','body':'Clinic','m.mentions':{'user_ids':['" ME
				  "']}}}," EVENT(DM, "$1", "one")));
	message_wanted(r, "$1", "one");
	no_message(r);
	/* Whenever it can be read, what was written there is read with it. */
	for (int i = 0; i < 10 && !(step = step_like(r, MACHINE_CALL, "GET", GROUP_PATH)); i++)
		after_wait(r);
	assert_non_null(step);
	give(r, step->call.id, 200, "[" MANY "]");
	history_given(r, GROUP_PATH,
		      "{'type':'m.room.message','event_id':'$g','sender':'@ann:hs','unsigned':"
		      "{'age':900},'content':{'msgtype':'m.text','body':'Clinic','m.mentions':"
		      "{'user_ids':['" ME "']}}}," SAID("$oldgroup", "old", 95000));
	message_wanted(r, "$g", "Clinic");
	run_free(r);
}

/* A homeserver that was told for minutes that nobody is there waits up to nine before it tries again. */
static void rooms_are_asked_until_transactions_come(void **state)
{
	struct run *r = as_up();
	int64_t began = r->now.mono_ms, waits[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		const struct machine_step *step = NULL;

		while (!(step = step_like(r, MACHINE_CALL, "GET", API "joined_rooms"))) {
			after_wait(r);
			ponged(r);
		}
		waits[i] = r->now.mono_ms - began;
		began = r->now.mono_ms;
		give(r, step->call.id, 200, "{'joined_rooms':['" DM "']}");
		history_given(r, DM_PATH, SAID("$1", "one", 10500) "," SAID("$old", "old", 95000));
		if (i == 0) {
			step = step_of(r, MACHINE_STATE);
			assert_int_equal(step->state, PLATFORM_DEGRADED);
			assert_within(step->why, "hs_token");
		}
		if (i == 0)
			message_wanted(r, "$1", "one");
		no_message(r);
		steps_forget(r);
	}
	assert_true(waits[1] > waits[0] && waits[2] > waits[1] && waits[3] > waits[2]);
	frame(r, TRANSACTION("1", EVENT(DM, "$2", "two")));
	message_wanted(r, "$2", "two");
	assert_int_equal(step_of(r, MACHINE_STATE)->state, PLATFORM_READY);
	for (int i = 0; i < 200; i++) {
		after(r, 10000);
		ponged(r);
	}
	assert_null(step_like(r, MACHINE_CALL, "GET", API "joined_rooms"));
	run_free(r);
}

/* --- rooms --- */

static void an_invitation_and_the_question_in_front_of_it(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", OWN("invite", "@ann:hs", "")));
	give(r, call_of(r, "POST", NEW_PATH "join?" AS)->id, 200, "{'room_id':'!new:hs'}");
	state_given(r, NEW_PATH, TWO);
	history_given(r, NEW_PATH,
		      SAID("$after", "and then", 20) "," OWN("join", ME, "") "," SAID(
			      "$q", "my question",
			      60) "," SAID("$1", "chest pain",
					   70) "," OWN("invite", "@ann:hs",
						       "") "," SAID("$before", "not for us", 90));
	overheard_wanted(r, "$1", "chest pain");
	message_wanted(r, "$q", "my question");
	message_wanted(r, "$after", "and then");
	no_message(r);
	/* The transaction says the same. */
	frame(r, TRANSACTION("2", OWN("join", ME, "") "," EVENT("!new:hs", "$after", "and then")));
	no_message(r);
	give(r, call_of(r, "GET", API "user/%40bot%3Ahs/account_data/m.direct?" AS)->id, 200,
	     "{'@ann:hs':['!new:hs']}");
	no_call(r);
	reply(r, 1, "$q", "!new:hs", 0);
	call_of(r, "PUT", NEW_PATH "send/m.room.message/cb.answer.0.q?" AS);
	run_free(r);
}

/* Killed when it had joined and not read the room: it still knows that somebody waits there. */
static void the_question_in_front_of_a_join_outlives_us(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", OWN("invite", "@ann:hs", "")));
	give(r, call_of(r, "POST", NEW_PATH "join?" AS)->id, 200, "{'room_id':'!new:hs'}");
	call_of(r, "GET", NEW_PATH "state?" AS);
	r = as_again(r);
	rooms_given(r, "'!new:hs'");
	state_given(r, NEW_PATH, TWO);
	history_given(r, NEW_PATH,
		      OWN("join", ME, "") "," SAID("$q", "my question", 60) "," OWN(
			      "invite", "@ann:hs", "") "," SAID("$before", "not for us", 90));
	message_wanted(r, "$q", "my question");
	no_message(r);
	run_free(r);
}

/* A join goes out when it is recorded why. */
static void an_invitation_is_recorded_before_it_is_accepted(void **state)
{
	struct run *r = as_up();

	(void)state;
	r->holds_position = true;
	frame(r, TRANSACTION("1", OWN("invite", "@ann:hs", "")));
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"id\":\"!new:hs\",\"invited\":true");
	no_call(r);
	matrix_recorded(r->m, r->now);
	call_of(r, "POST", NEW_PATH "join?" AS);
	run_free(r);
}

/* It is told once: it does not wait for a round, in which we could be killed. */
static void an_invitation_waits_for_no_round(void **state)
{
	struct run *r = as_again(as_up());
	const struct machine_step *step;

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$1", "one") "," OWN("invite", "@ann:hs", "")));
	no_message(r);
	step = step_of(r, MACHINE_POSITION);
	assert_within(step->text, "\"id\":\"!new:hs\",\"invited\":true");
	rooms_given(r, "'" DM "'");
	give(r, call_of(r, "POST", NEW_PATH "join?" AS)->id, 200, "{}");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH, SAID("$1", "one", 100) "," SAID("$old", "old", 95000));
	message_wanted(r, "$1", "one");
	state_given(r, NEW_PATH, TWO);
	run_free(r);
	/* But behind what else waits to be said of that room. */
	r = as_again(as_up());
	frame(r, TRANSACTION("1", JOINS("!new:hs", ME, "leave")));
	frame(r, TRANSACTION("2", OWN("invite", "@ann:hs", "")));
	assert_null(step_of(r, MACHINE_POSITION));
	rooms_given(r, "");
	call_of(r, "POST", NEW_PATH "join?" AS);
	run_free(r);
}

static void who_is_not_to_invite_is_declined(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", OWN("invite", "@eve:else", "")));
	call_of(r, "POST", NEW_PATH "leave?" AS);
	no_call(r);
	run_free(r);
}

/* A room that we are in and never heard of: the transaction with the join was lost. */
static void a_join_that_nobody_told_of(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", EVENT("!new:hs", "$1", "hello")));
	rooms_given(r, "'" DM "','" GROUP "','!new:hs'");
	state_given(r, NEW_PATH, TWO);
	history_given(r, NEW_PATH, SAID("$1", "hello", 10) "," OWN("join", ME, ""));
	message_wanted(r, "$1", "hello");
	no_message(r);
	history_given(r, GROUP_PATH, SAID("$oldgroup", "old", 95000));
	history_given(r, DM_PATH, SAID("$old", "old", 95000));
	/* A registration may cover rooms that are none of ours: they do not begin a round each. */
	frame(r, TRANSACTION("2", EVENT("!other:hs", "$2", "hello")));
	frame(r, TRANSACTION("3", EVENT("!third:hs", "$3", "hello")));
	no_call(r);
	no_message(r);
	run_free(r);
}

static void the_end_of_a_stay(void **state)
{
	struct run *r = as_up();

	(void)state;
	reply(r, 1, "$q", GROUP, 0);
	call_of(r, "PUT", GROUP_PATH "send/");
	reply(r, 2, "$q", GROUP, 1);
	frame(r, TRANSACTION("1", "{'type':'m.room.member','room_id':'" GROUP "','state_key':'" ME
				  "','sender':'@ann:hs','event_id':'$k','content':{'membership':"
				  "'ban'}}"));
	assert_int_equal(step_of(r, MACHINE_TROUBLE)->trouble.kind, TROUBLE_GONE);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	/* Also when nobody told. */
	closed(r, 1006, "gone");
	reply(r, 3, "$q", DM, 0);
	call_of(r, "PUT", DM_PATH "send/");
	after_wait(r);
	connected(r);
	rooms_given(r, "");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	assert_non_null(step_of(r, MACHINE_POSITION));
	no_call(r);
	run_free(r);
}

static void who_leaves_with_our_account_has_a_reason(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", "{'type':'m.room.member','room_id':'" GROUP "','state_key':'" ME
				  "','sender':'" ME "','event_id':'$k','content':{'membership':"
				  "'leave'}}"));
	assert_null(step_of(r, MACHINE_TROUBLE));
	reply(r, 1, "$q", GROUP, 0);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	run_free(r);
}

static void an_encrypted_room_gets_one_word(void **state)
{
	struct run *r = as_up();
	const struct machine_call *call;

	(void)state;
	closed(r, 1006, "gone");
	after_wait(r);
	connected(r);
	rooms_given(r, "'" DM "'");
	/* It was made so while nobody listened. */
	state_given(r, DM_PATH, TWO "," ENCRYPTION);
	history_given(r, DM_PATH, SAID("$1", "one", 100) "," SAID("$old", "old", 95000));
	no_message(r);
	call = call_of(r, "PUT", DM_PATH "send/m.room.message/cb.encrypted?" AS);
	assert_within(call->body, "I cannot read");
	give(r, call->id, 200, "{'event_id':'$told'}");
	frame(r, TRANSACTION("1", EVENT(DM, "$2", "in the clear")));
	no_message(r);
	no_call(r);
	reply(r, 1, "$1", DM, 0);
	assert_within(step_of(r, MACHINE_DELIVERED)->why, "encrypted");
	run_free(r);
	r = as_up();
	frame(r, TRANSACTION("1", OWN("invite", "@ann:hs", STRIPPED)));
	give(r, call_of(r, "POST", NEW_PATH "join?" AS)->id, 200, "{}");
	state_given(r, NEW_PATH, TWO);
	history_given(r, NEW_PATH,
		      OWN("join", ME, "") "," SAID("$q", "my question", 60) "," OWN("invite",
										    "@ann:hs", ""));
	no_message(r);
	call_of(r, "PUT", NEW_PATH "send/m.room.message/cb.encrypted?" AS);
	run_free(r);
	/* By a transaction. */
	r = as_up();
	frame(r, TRANSACTION("1", "{'type':'m.room.encryption','room_id':'" DM
				  "','state_key':'','event_id':'$e','sender':'@ann:hs','content':"
				  "{}}," EVENT(DM, "$2", "in the clear")));
	no_message(r);
	call_of(r, "PUT", DM_PATH "send/m.room.message/cb.encrypted?" AS);
	run_free(r);
}

static void a_room_of_two_that_grows_is_no_longer_one(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", JOINS(DM, "@ben:hs", "join") "," EVENT(DM, "$1", "hi ben")));
	no_message(r);
	state_given(r, DM_PATH, TWO "," MEMBER("@ben:hs", "join"));
	no_message(r); /* to ben */
	frame(r, TRANSACTION("2", JOINS(DM, "@ben:hs", "leave") "," EVENT(DM, "$2", "hi bot")));
	state_given(r, DM_PATH, TWO "," MEMBER("@ben:hs", "leave"));
	message_wanted(r, "$2", "hi bot");
	/* One of many who goes changes nothing. */
	frame(r, TRANSACTION("3", JOINS(GROUP, "@cem:hs", "leave")));
	no_call(r);
	frame(r, TRANSACTION("4", JOINS(GROUP, "@ben:hs", "leave") "," JOINS(GROUP, "@ann:hs",
									     "leave")));
	state_given(r, GROUP_PATH, MEMBER(ME, "join"));
	call_of(r, "POST", GROUP_PATH "leave?" AS); /* alone */
	run_free(r);
}

static void a_room_that_is_replaced_is_followed(void **state)
{
	static const char *const creates[] = {
		"{'type':'m.room.create','content':{'predecessor':{'room_id':'" DM "'}}}",
		"{'type':'m.room.create','content':{}}"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct run *r = as_up();
		struct str state_events = arena_fmt(&r->arena, "%s,%s", creates[i], TWO);

		frame(r, TRANSACTION("1", "{'type':'m.room.tombstone','room_id':'" DM
					  "','state_key':'','event_id':'$t','sender':'@ann:hs',"
					  "'content':{'replacement_room':'!new:hs'}}"));
		give(r, call_of(r, "POST", API "join/%21new%3Ahs?via=hs&" AS)->id, 200, "{}");
		state_given(r, NEW_PATH, state_events.p);
		if (i == 0) {
			history_given(r, NEW_PATH,
				      OWN("join", ME, "") "," SAID("$q", "moved?", 60));
			message_wanted(r, "$q", "moved?");
		} else {
			call_of(r, "POST", NEW_PATH "leave?" AS);
			no_call(r);
		}
		run_free(r);
	}
}

static void a_room_without_end_is_left(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	r = as_again(r);
	rooms_given(r, "'" DM "'");
	step = step_like(r, MACHINE_CALL, "GET", DM_PATH "state");
	matrix_answer(r->m, step->call.id,
		      &(struct machine_response){.too_long = true, .why = STR("too long")}, r->now);
	reply(r, 1, "$old", DM, 0);
	give(r, call_of(r, "POST", DM_PATH "leave?" AS)->id, 200, "{}");
	assert_within(step_of(r, MACHINE_DELIVERED)->why, "leaves the room");
	no_call(r);
	run_free(r);
}

/* What is owed in such a room does not keep us there. */
static void a_reply_holds_no_leaving_up(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	r = as_again(r);
	reply(r, 1, "$old", DM, 0);
	rooms_given(r, "'" DM "'");
	step = step_like(r, MACHINE_CALL, "GET", DM_PATH "state");
	matrix_answer(r->m, step->call.id,
		      &(struct machine_response){.too_long = true, .why = STR("too long")}, r->now);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	call_of(r, "POST", DM_PATH "leave?" AS);
	run_free(r);
}

/* --- replies --- */

static void what_is_owed_waits_until_its_room_is_read(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	frame(r, TRANSACTION("1", EVENT(DM, "$q", "one")));
	r = as_again(r);
	reply(r, 1, "$q", DM, 0);
	reply(r, 2, "$q2", GROUP, 0);
	rooms_given(r, "'" DM "','" GROUP "'");
	state_given(r, DM_PATH, TWO);
	assert_null(step_like(r, MACHINE_CALL, "PUT", API));
	/* It went out before we were killed. */
	history_given(r, DM_PATH,
		      "{'type':'m.room.message','event_id':'$sent','sender':'" ME
		      "','content':{'msgtype':'m.text','body':'Sun. Wait < two days & "
		      "\\\"rest\\\".\\n\\n- one\\n- two','m.relates_to':{'m.in_reply_to':"
		      "{'event_id':'$q'}}}}," SAID("$q", "one", 300));
	step = step_of(r, MACHINE_DELIVERED);
	if (!step)
		fail_msg("%s", "it was not known again");
	assert_int_equal(step->delivery, 1);
	assert_text(step->text, "$sent");
	state_given(r, GROUP_PATH, MANY);
	assert_null(step_like(r, MACHINE_CALL, "PUT", API));
	history_given(r, GROUP_PATH, SAID("$oldgroup", "old", 95000));
	call_of(r, "PUT", GROUP_PATH "send/m.room.message/cb.answer.0.q2?" AS);
	run_free(r);
}

static void an_edit_of_what_is_not_known_is_looked_up(void **state)
{
	struct run *r = as_up();
	const struct machine_step *step;

	(void)state;
	frame(r, TRANSACTION("1", "{'type':'m.room.message','room_id':'" DM
				  "','event_id':'$e','sender':'@ann:hs','unsigned':{'age':10},"
				  "'content':{'msgtype':'m.text','body':'* new','m.new_content':"
				  "{'msgtype':'m.text','body':'new'},'m.relates_to':{'rel_type':"
				  "'m.replace','event_id':'$o'}}}"));
	no_message(r);
	give(r, call_of(r, "GET", DM_PATH "event/%24o?" AS)->id, 200, SAID("$o", "was", 9000));
	step = step_of(r, MACHINE_MESSAGE);
	assert_text(step->message.edits, "$o");
	assert_text(step->message.text, "new");
	run_free(r);
}

static void a_redaction_is_told(void **state)
{
	struct run *r = as_up();

	(void)state;
	frame(r, TRANSACTION("1", "{'type':'m.room.redaction','room_id':'" DM
				  "','event_id':'$r','sender':'@ann:hs','redacts':'$1','content':"
				  "{}}"));
	assert_text(step_of(r, MACHINE_DELETED)->text, "$1");
	assert_non_null(step_of(r, MACHINE_POSITION));
	run_free(r);
}

/* --- the other transport --- */

static void the_place_in_the_stream_of_sync_is_kept(void **state)
{
	struct run *r = as_new();

	(void)state;
	as_start(r, json_of(r, "{'user':'" ME "','device':'DEV','since':'s77','rooms':[{'id':'" DM
			       "','members':2,'encrypted':true,'told':true}]}")
			    .p);
	assert_int_equal(step_of(r, MACHINE_NOTE)->state, PLATFORM_DEGRADED); /* another device */
	connected(r);
	rooms_given(r, "'" DM "'");
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH, SAID("$1", "one", 10));
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"since\":\"s77\",\"began\":");
	no_message(r);
	frame(r, TRANSACTION("1", EVENT(DM, "$2", "two")));
	no_message(r); /* it is still an encrypted room */
	no_call(r);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_account_is_made_and_acted_for),
		cmocka_unit_test(a_token_that_is_not_known_ends_it),
		cmocka_unit_test(settings_must_fit),
		cmocka_unit_test(at_the_first_start_no_history_is_answered),
		cmocka_unit_test(an_event_that_comes_twice_is_one),
		cmocka_unit_test(what_the_proxy_lost_is_read_from_the_rooms),
		cmocka_unit_test(what_is_quite_new_is_handed_in_again),
		cmocka_unit_test(much_is_read_in_pages),
		cmocka_unit_test(not_more_is_read_than_may),
		cmocka_unit_test(a_transaction_waits_for_its_room),
		cmocka_unit_test(nothing_waits_for_a_room_that_cannot_be_read),
		cmocka_unit_test(rooms_are_asked_until_transactions_come),
		cmocka_unit_test(an_invitation_and_the_question_in_front_of_it),
		cmocka_unit_test(the_question_in_front_of_a_join_outlives_us),
		cmocka_unit_test(an_invitation_is_recorded_before_it_is_accepted),
		cmocka_unit_test(an_invitation_waits_for_no_round),
		cmocka_unit_test(who_is_not_to_invite_is_declined),
		cmocka_unit_test(a_join_that_nobody_told_of),
		cmocka_unit_test(the_end_of_a_stay),
		cmocka_unit_test(who_leaves_with_our_account_has_a_reason),
		cmocka_unit_test(an_encrypted_room_gets_one_word),
		cmocka_unit_test(a_room_of_two_that_grows_is_no_longer_one),
		cmocka_unit_test(a_room_that_is_replaced_is_followed),
		cmocka_unit_test(a_room_without_end_is_left),
		cmocka_unit_test(a_reply_holds_no_leaving_up),
		cmocka_unit_test(what_is_owed_waits_until_its_room_is_read),
		cmocka_unit_test(an_edit_of_what_is_not_known_is_looked_up),
		cmocka_unit_test(a_redaction_is_told),
		cmocka_unit_test(the_place_in_the_stream_of_sync_is_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
