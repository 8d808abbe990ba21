/* The stream: where it begins, what a poll left out, invitations, rooms that end. */
#include "matrix_run.h"

#define ROOMS "https://hs/_matrix/client/v3/rooms/"
#define INVITE(by, direct, more)                                                           \
	"{'next_batch':'s2','rooms':{'invite':{'!new:hs':{'invite_state':{'events':[" more \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" by                       \
	"','content':{'membership':'invite','is_direct':" direct "}}]}}}}}"
#define OWN_JOIN                                                     \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" ME \
	"','event_id':'$j','content':{'membership':'join'}}"
#define OWN_LEAVE                                                    \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" ME \
	"','event_id':'$l','content':{'membership':'leave'}}"
#define EVE(id, body)                                                      \
	"{'type':'m.room.message','event_id':'" id "','sender':'@eve:hs'," \
	"'content':{'msgtype':'m.text','body':'" body "'}}"
#define OWN_INVITE                                                                         \
	"{'type':'m.room.member','state_key':'" ME "','sender':'@ann:hs','event_id':'$i'," \
	"'content':{'membership':'invite'}}"
#define BACK(from) ROOMS "%21new%3Ahs/messages?dir=b&limit=100&from=" from
#define JOINED(members, events)                                    \
	"{'next_batch':'s3','rooms':{'join':{'!new:hs':{" SUMMARY( \
		members) ",'timeline':{'limited':true,'prev_batch':'p','events':[" events "]}}}}}"

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

/* --- invitations --- */

static void invitations_of_the_listed_are_accepted(void **state)
{
	struct run *r = run_up();
	struct str position;

	(void)state;
	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	position = step_of(r, MACHINE_POSITION)->text;
	assert_within(position, "!new:hs");
	assert_true(str_find(position, STR("@ann")) < 0); /* no names */
	call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
	assert_text(call_of(r, "POST", ROOMS "%21new%3Ahs/join")->body, "{}");
	no_call(r);
	run_free(r);
}

static void others_are_declined(void **state)
{
	static const char *const by[] = {"@ann:far", "@x:hs.evil", "@friend:far.org"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run *r = run_up();
		char body[600];

		snprintf(body, sizeof body,
			 "{'next_batch':'s2','rooms':{'invite':{'!new:hs':{'invite_state':{'events'"
			 ":["
			 "{'type':'m.room.member','state_key':'" ME "','sender':'%s',"
			 "'content':{'membership':'invite'}}]}}}}}",
			 by[i]);
		give(r, r->sync, 200, body);
		assert_within(step_of(r, MACHINE_NOTE)->why, "matrix.invite_from");
		call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
		call_of(r, "POST", ROOMS "%21new%3Ahs/leave");
		no_call(r);
		run_free(r);
	}
}

static void an_invitation_is_not_lost_with_a_crash(void **state)
{
	struct run *r = run_up();
	static char position[sizeof r->position];

	(void)state;
	give(r, r->sync, 200, INVITE("@friend:far", "true", ""));
	memcpy(position, r->position, sizeof position);
	run_free(r);
	r = run_new();
	run_start(r, position);
	give(r, r->sync, 200, "{'next_batch':'s3'}");
	call_of(r, "POST", ROOMS "%21new%3Ahs/join");
	sync_wanted(r);
	events_give(r, "s4", "!new:hs", TEXT("$q", "before") "," OWN_JOIN);
	no_message(r); /* not by who invited */
	run_free(r);
	/* Who invited is not in the position, nor any trace of them; it stands in the timeline. */
	assert_true(str_find(str_of(position), STR("\"by\"")) < 0);
	r = run_new();
	run_start(r, position);
	give(r, r->sync, 200, "{'next_batch':'s3'}");
	call_of(r, "POST", ROOMS "%21new%3Ahs/join");
	sync_wanted(r);
	events_give(r, "s4", "!new:hs",
		    TEXT("$o", "older") "," OWN_INVITE "," TEXT("$q", "before") "," OWN_JOIN);
	message_wanted(r, "$q", "before");
	no_message(r);
	run_free(r);
}

/* Of the first poll nothing is answered, but who waits there is not left waiting. */
static void an_invitation_in_the_first_poll_is_accepted(void **state)
{
	struct run *r = run_new();

	(void)state;
	run_start(r, "");
	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	sync_wanted(r);
	call_of(r, "POST", ROOMS "%21new%3Ahs/join");
	give(r, r->sync, 200, JOINED(2, OWN_INVITE "," TEXT("$1", "can i swim") "," OWN_JOIN));
	message_wanted(r, "$1", "can i swim");
	run_free(r);
}

/* What there may be in an id is the server's affair, but for its length; since room version 12 it names no
 * server. */
static void ids_of_rooms_are_any_text_of_255_bytes(void **state)
{
	(void)state;
	for (int n = 255; n <= 256; n++) {
		struct run *r = run_up();
		char id[300] = "!";

		memset(id + 1, 'x', (size_t)n - 1);
		give(r, r->sync, 200,
		     arena_fmt(&r->arena,
			       "{'next_batch':'s2','rooms':{'invite':{'%s':{'invite_state':"
			       "{'events':[{'type':'m.room.member','state_key':'" ME
			       "','sender':'@ann:hs','content':{'membership':'invite'}}]}}}}}",
			       id)
			     .p);
		sync_wanted(r);
		call_of(r, "POST",
			arena_fmt(&r->arena, ROOMS "%%21%s/%s", id + 1, n == 255 ? "join" : "leave")
				.p);
		run_free(r);
	}
}

static void in_no_more_rooms_than_it_can_be(void **state)
{
	struct run *r = run_new();
	struct buf position;

	(void)state;
	buf_init(&position, 100000);
	buf_addf(&position, "{'user':'" ME "','since':'s1','rooms':[{'id':'!0'}");
	for (int i = 1; i < MATRIX_ROOMS_MAX; i++)
		buf_addf(&position, ",{'id':'!%d'}", i);
	buf_add(&position, STR("]}"));
	run_start(r, json_of(r, arena_cstr(&r->arena, buf_str(&position))).p);
	buf_done(&position);
	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	assert_within(step_of(r, MACHINE_NOTE)->why, "too many rooms");
	sync_wanted(r);
	call_of(r, "POST", ROOMS "%21new%3Ahs/leave");
	run_free(r);
}

/* Killed in between, it would be in a room and not know why. */
static void no_join_before_the_invitation_is_recorded(void **state)
{
	struct run *r = run_up();

	(void)state;
	r->holds_position = true;
	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	no_call(r);
	assert_true(matrix_wake_ms(r->m) > r->now.mono_ms);
	matrix_recorded(r->m, r->now);
	sync_wanted(r);
	call_of(r, "POST", ROOMS "%21new%3Ahs/join");
	run_free(r);
}

static struct run *invited(void)
{
	struct run *r = run_up();

	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	sync_wanted(r);
	give(r, call_of(r, "POST", ROOMS "%21new%3Ahs/join")->id, 200, "{'room_id':'!new:hs'}");
	steps_forget(r);
	return r;
}

/* Patients ask and the bot joins after that. */
static void the_question_before_we_joined_is_answered(void **state)
{
	struct run *r = invited();

	(void)state;
	give(r, r->sync, 200,
	     JOINED(2,
		    TEXT("$0", "before the invitation") "," OWN_INVITE "," TEXT(
			    "$1", "hello") "," TEXT("$2", "can i swim") "," OWN_JOIN "," OWN_JOIN
									"," TEXT("$3", "and run")));
	overheard_wanted(r, "$1", "hello");
	message_wanted(r, "$2", "can i swim");
	message_wanted(r, "$3", "and run");
	no_message(r);
	assert_non_null(step_of(r, MACHINE_POSITION));
	sync_wanted(r); /* no gap of before our time is read */
	run_free(r);
}

/* ... and so is what they wrote in front of it, when it is urgent: it is handed in as what one who spoke to us
 * writes to others. */
static void what_stands_before_that_question_is_overheard(void **state)
{
	struct run *r = invited();
	const struct message *m;

	(void)state;
	give(r, r->sync, 200,
	     JOINED(2, OWN_INVITE "," TEXT("$1", "chest pain since the shots") "," EVE(
			       "$2", "hi") "," TEXT("$3", "hello?") "," OWN_JOIN));
	overheard_wanted(r, "$1", "chest pain since the shots");
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->id, "$3");
	assert_true(m->addressed && !m->to_other);
	no_message(r);
	run_free(r);
}

static void a_question_that_comes_twice_is_not_overheard(void **state)
{
	struct run *r = invited();

	(void)state;
	give(r, r->sync, 200,
	     JOINED(2, OWN_INVITE "," OWN_INVITE "," TEXT("$1", "can i swim") "," TEXT(
			       "$1", "can i swim") "," OWN_JOIN));
	message_wanted(r, "$1", "can i swim");
	no_message(r);
	run_free(r);
}

/* A stay that ended, a joining that comes twice, a name that changed: what is behind the first joining of
 * this stay is for us. */
static void a_stay_begins_with_its_first_joining(void **state)
{
	struct run *r = invited();

	(void)state;
	give(r, r->sync, 200,
	     JOINED(2, OWN_JOIN "," TEXT("$0", "long ago") "," OWN_LEAVE "," OWN_INVITE "," TEXT(
			       "$1", "can i swim") "," OWN_JOIN
						   "," TEXT("$2", "and run") "," OWN_JOIN));
	message_wanted(r, "$1", "can i swim");
	message_wanted(r, "$2", "and run");
	no_message(r);
	run_free(r);
}

/* More than a poll gives was written since the invitation: it is read back to there. */
static void the_question_is_read_back_for(void **state)
{
	struct run *r = invited();
	const struct machine_call *call;

	(void)state;
	give(r, r->sync, 200, JOINED(2, OWN_JOIN "," TEXT("$9", "and run")));
	no_message(r);
	call = call_of(r, "GET", BACK("p"));
	assert_true(str_find(call->url, STR("&to=")) < 0);
	give(r, call->id, 503, "");
	no_call(r);
	after_wait(r);
	/* The newest first. */
	give(r, call_of(r, "GET", BACK("p"))->id, 200,
	     "{'end':'b1','chunk':[" TEXT("$2", "can i swim") "," TEXT("$1", "chest pain") "]}");
	assert_null(step_of(r, MACHINE_POSITION)); /* a crash now loses nothing */
	give(r, call_of(r, "GET", BACK("b1"))->id, 200,
	     "{'end':'b2','chunk':[" EVE("$e", "x") "," OWN_INVITE
						    "," TEXT("$0", "before the invitation") "]}");
	overheard_wanted(r, "$1", "chest pain");
	message_wanted(r, "$2", "can i swim");
	message_wanted(r, "$9", "and run");
	no_message(r);
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"since\":\"s3\"");
	sync_wanted(r);
	run_free(r);
}

/* ... also when our joining itself is cut off, with all that followed it. */
static void the_joining_is_read_back_for(void **state)
{
	struct run *r = invited();

	(void)state;
	give(r, r->sync, 200, JOINED(2, TEXT("$9", "nine")));
	give(r, call_of(r, "GET", BACK("p"))->id, 200,
	     "{'chunk':[" TEXT("$3", "three") "," OWN_JOIN "," TEXT("$2", "two") "," OWN_INVITE
										 "]}");
	message_wanted(r, "$2", "two");
	message_wanted(r, "$3", "three");
	message_wanted(r, "$9", "nine");
	no_message(r);
	run_free(r);
}

/* Not past the invitation, the room's first event, a day, or as much as may be read; nor where the server does
 * not show it. */
static void reading_back_ends_somewhere(void **state)
{
	static const struct {
		int status;
		const char *page;
		const char *note; /* NULL: none */
	} cases[] = {
		{200, "{'end':'b','chunk':[" OWN_INVITE "]}", NULL},
		{200, "{'end':'b','chunk':[{'type':'m.room.create','state_key':''}]}", NULL},
		{200,
		 "{'end':'b','chunk':[{'type':'m.room.message','event_id':'$o',"
		 "'unsigned':{'age':86400001}}]}",
		 NULL},
		{200, "{'end':'b','chunk':[]}", NULL},
		{200, "{'end':'p','chunk':[" TEXT("$o", "o") "]}", NULL},
		{200, "{'chunk':[" TEXT("$o", "o") "]}", NULL},
		{200, "[]", NULL},
		{403, "{'errcode':'M_FORBIDDEN'}", "does not show it"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = invited();
		const struct machine_step *note;

		give(r, r->sync, 200, JOINED(2, TEXT("$1", "one") "," OWN_JOIN));
		give(r, call_of(r, "GET", BACK("p"))->id, cases[i].status, cases[i].page);
		note = step_of(r, MACHINE_NOTE);
		assert_int_equal(note != NULL, cases[i].note != NULL);
		if (note)
			assert_within(note->why, cases[i].note);
		sync_wanted(r);
		while (step_like(r, MACHINE_MESSAGE, NULL, NULL))
			;
		run_free(r);
	}
}

static void not_more_is_read_back_than_may(void **state)
{
	struct run *r = invited();
	const struct machine_step *step;
	struct str body;
	int pages = 0;

	(void)state;
	give(r, r->sync, 200, JOINED(2, TEXT("$1", "one") "," OWN_JOIN));
	while ((step = step_of(r, MACHINE_CALL)) &&
	       str_find(step->call.url, STR("/messages?dir=b")) > 0) {
		struct buf page;

		buf_init(&page, 40000);
		buf_addf(&page, "{'end':'b%d','chunk':[{}", pages++);
		for (int i = 0; i < 99; i++)
			buf_add(&page, STR(",{'type':'m.room.message','sender':'@eve:hs'}"));
		buf_add(&page, STR("]}"));
		body = arena_str(&r->arena, buf_str(&page));
		buf_done(&page);
		give(r, step->call.id, 200, arena_cstr(&r->arena, body));
	}
	assert_int_equal(pages, 3); /* 250 events */
	assert_within(step_of(r, MACHINE_NOTE)->why, "too much");
	message_wanted(r, "$1", "one");
	run_free(r);
}

/* Somebody who joins is in the clear until the state says else, wherever that stands. */
static void what_is_read_back_tells_of_encryption(void **state)
{
	struct run *r = invited();

	(void)state;
	give(r, r->sync, 200, JOINED(2, TEXT("$1", "one") "," OWN_JOIN));
	give(r, call_of(r, "GET", BACK("p"))->id, 200,
	     "{'chunk':[{'type':'m.room.encrypted','event_id':'$e','sender':'@ann:hs',"
	     "'content':{'ciphertext':'x'}}," OWN_INVITE "]}");
	no_message(r);
	sync_wanted(r);
	call_of(r, "PUT", ROOMS "%21new%3Ahs/send/m.room.message/cb.encrypted");
	run_free(r);
}

static void a_room_that_we_find_ourselves_in_has_no_question(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 200, JOINED(2, TEXT("$1", "old") "," OWN_JOIN "," TEXT("$2", "new")));
	give(r, call_of(r, "GET", BACK("p"))->id, 200, "{'chunk':[" TEXT("$0", "older") "]}");
	message_wanted(r, "$2", "new");
	no_message(r);
	run_free(r);
}

/* A power cut takes what was not synced: the invitation, and that it was accepted. */
static void an_invitation_that_is_not_remembered_stands_in_the_timeline(void **state)
{
	static const char *const inviters[] = {"@friend:far", "@eve:far"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct run *r = run_up();
		struct str body =
			arena_fmt(&r->arena,
				  "{'next_batch':'s2','rooms':{'join':{'!new:hs':"
				  "{" SUMMARY(2) ",'timeline':{'events':[" TEXT(
					  "$0", "older") ","
							 "{'type':'m.room.member','event_id':'$"
							 "i','sender':'%s',"
							 "'state_key':'" ME
							 "','content':{'membership':'invite'}},"
							 "{'type':'m.room.message','event_id':'"
							 "$1','sender':'%s',"
							 "'content':{'msgtype':'m.text','body':"
							 "'can i swim'}}," OWN_JOIN "]}}}}}",
				  inviters[i], inviters[i]);

		give(r, r->sync, 200, body.p);
		if (i == 0)
			message_wanted(r, "$1", "can i swim");
		no_message(r);
		run_free(r);
	}
}

/* How often it is tried, and for how long. */
static int joins(int status, const char *body, int64_t *ms)
{
	struct run *r = run_up();
	int64_t began = r->now.mono_ms;
	int tries = 0;

	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	sync_wanted(r);
	for (;;) {
		const struct machine_step *step;

		while (!(step = step_of(r, MACHINE_CALL)))
			after_wait(r);
		if (str_ends(step->call.url, STR("/leave")))
			break;
		if (str_ends(step->call.url, STR("/join"))) {
			tries++;
			give(r, step->call.id, status, body);
		}
	}
	*ms = r->now.mono_ms - began;
	run_free(r);
	return tries;
}

/* An outage declines nobody's invitation. */
static void a_join_that_fails_is_tried_and_given_up(void **state)
{
	int64_t ms;

	(void)state;
	assert_int_equal(joins(403, "{'errcode':'M_FORBIDDEN'}", &ms), 1);
	assert_int_equal(joins(404, "{'errcode':'M_NOT_FOUND'}", &ms), 8);
	assert_in_range(joins(504, "", &ms), 20, 80);
	assert_in_range(ms, 3600000, 3900000);
	assert_in_range(joins(500, "{'errcode':'M_UNKNOWN'}", &ms), 20, 80);
}

/* --- gaps --- */

#define LIMITED(room)                                                                 \
	"{'next_batch':'s9','rooms':{'join':{'" room "':{'timeline':{'limited':true," \
	"'prev_batch':'p9','events':[" TEXT("$9", "nine") "]}}}}}"

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

/* --- rooms --- */

static void a_kick_ends_what_is_owed_there(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;

	(void)state;
	reply(r, 1, "$a", DM, 0);
	reply(r, 2, "$a", DM, 1);
	give(r, r->sync, 200, "{'next_batch':'s2','rooms':{'leave':{'" DM "':{}}}}");
	for (uint64_t i = 1; i <= 2; i++) {
		step = step_of(r, MACHINE_DELIVERED);
		assert_int_equal(step->delivery, i);
		assert_int_equal(step->outcome, DELIVERY_REFUSED);
	}
	assert_int_equal(matrix_under_way(r->m), 0);
	steps_forget(r);
	reply(r, 3, "$a", DM, 2);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	run_free(r);
}

static void trouble_wanted(struct run *r, enum trouble kind, const char *room)
{
	const struct machine_step *step = step_of(r, MACHINE_TROUBLE);

	assert_non_null(step);
	assert_int_equal(step->trouble.kind, kind);
	assert_text(step->trouble.room, room);
	assert_true(str_starts(step->trouble.id, STR("$")));
	assert_true(str_starts(step->trouble.link, STR("https://matrix.to/#/%21")));
	assert_null(step_of(r, MACHINE_TROUBLE));
}

#define MEMBER(membership, sender)                                            \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" sender "'," \
	"'event_id':'$m','content':{'membership':'" membership "'}}"
#define LEFT(room, part, event) \
	"{'next_batch':'s2','rooms':{'leave':{'" room "':{'" part "':{'events':[" event "]}}}}}"

static void of_a_room_that_throws_us_out_staff_are_told(void **state)
{
	static const struct {
		const char *body, *room; /* no room: nobody is told */
	} cases[] = {
		{LEFT(GROUP, "timeline", MEMBER("leave", "@ann:hs")), GROUP},
		{LEFT(GROUP, "timeline", MEMBER("ban", "@ann:hs")), GROUP},
		{LEFT(GROUP, "state", MEMBER("ban", "@ann:hs")), GROUP},
		{"{'next_batch':'s2','rooms':{'leave':{'" GROUP "':{}}}}", GROUP},
		/* somebody left it with our account */
		{LEFT(GROUP, "timeline", MEMBER("leave", ME)), NULL},
		/* whoever ends a room of two wants no answers */
		{LEFT(DM, "timeline", MEMBER("leave", "@ann:hs")), NULL},
		{LEFT("!unknown:hs", "timeline", MEMBER("leave", "@ann:hs")), NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();

		give(r, r->sync, 200, cases[i].body);
		if (cases[i].room)
			trouble_wanted(r, TROUBLE_GONE, cases[i].room);
		else
			assert_null(step_of(r, MACHINE_TROUBLE));
		run_free(r);
	}
}

static void alone_it_leaves(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 200, "{'next_batch':'s2','rooms':{'join':{'" DM "':{" SUMMARY(1) "}}}}");
	after(r, 500);
	sync_wanted(r);
	call_of(r, "POST", ROOMS "%21dm%3Ahs/leave");
	run_free(r);
}

#define TOMBSTONE                                                                        \
	"{'type':'m.room.tombstone','state_key':'','sender':'@ann:far','event_id':'$t'," \
	"'content':{'replacement_room':'!next'}}"
#define NEXT(predecessor) NEXT_OF(2, predecessor)
#define NEXT_OF(members, predecessor)                                                              \
	"{'next_batch':'s4','rooms':{'join':{'!next':{" SUMMARY(                                   \
		members) ",'timeline':{'events':["                                                 \
			 "{'type':'m.room.create','state_key':'','content':{'predecessor':{'room_" \
			 "id':"                                                                    \
			 "'" predecessor "'}}}," OWN_JOIN "," TEXT("$n", "still there?") "]}}}}}"

static void a_room_that_is_replaced_is_followed(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s3", DM, TOMBSTONE);
	sync_wanted(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/join/%21next?via=far")->id, 200,
	     "{}");
	give(r, r->sync, 200, NEXT(DM));
	message_wanted(r, "$n", "still there?");
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

/* What was owed in the old room is said in the new one: the server lets nobody write in the old one. */
static void a_reply_follows_its_room(void **state)
{
	struct run *r = run_up();
	const struct machine_call *join, *call;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	events_give(r, "s3", DM, TOMBSTONE);
	sync_wanted(r);
	join = call_of(r, "POST", "https://hs/_matrix/client/v3/join/%21next?via=far");
	reply(r, 1, "$q1", DM, 0);
	give(r, call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/m.room.message/")->id, 403,
	     "{'errcode':'M_FORBIDDEN'}");
	assert_null(step_of(r, MACHINE_DELIVERED));
	give(r, join->id, 200, "{}");
	assert_null(step_like(r, MACHINE_CALL, "PUT", ROOMS));
	give(r, r->sync, 200, NEXT(DM));
	call = call_of(r, "PUT", ROOMS "%21next/send/m.room.message/cb.answer.0.q1");
	assert_true(str_find(call->body, STR("m.in_reply_to")) < 0);
	give(r, call->id, 200, "{'event_id':'$a'}");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_SENT);
	run_free(r);
}

static void but_not_to_others(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "may I swim"));
	sync_wanted(r);
	events_give(r, "s3", DM, TOMBSTONE);
	sync_wanted(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/join/%21next?via=far")->id, 200,
	     "{}");
	reply(r, 1, "$q1", DM, 0);
	give(r, call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/m.room.message/")->id, 403,
	     "{'errcode':'M_FORBIDDEN'}");
	give(r, r->sync, 200, NEXT_OF(3, DM));
	assert_null(step_like(r, MACHINE_CALL, "PUT", ROOMS));
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	run_free(r);
}

static void of_a_group_that_is_replaced_staff_are_told(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s3", GROUP, TOMBSTONE "," TOMBSTONE);
	trouble_wanted(r, TROUBLE_REPLACED, GROUP);
	sync_wanted(r);
	/* Its end is none, behind that. */
	give(r, r->sync, 200, "{'next_batch':'s4','rooms':{'leave':{'" GROUP "':{}}}}");
	assert_null(step_of(r, MACHINE_TROUBLE));
	sync_wanted(r);
	events_give(r, "s5", DM, TOMBSTONE);
	assert_null(step_of(r, MACHINE_TROUBLE));
	run_free(r);
}

static void but_not_into_a_trap(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s3", DM, TOMBSTONE);
	sync_wanted(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/join/%21next")->id, 200, "{}");
	give(r, r->sync, 200, NEXT("!other:hs"));
	no_message(r);
	sync_wanted(r);
	call_of(r, "POST", ROOMS "%21next/leave");
	run_free(r);
}

/* --- encryption --- */

static void an_encrypted_room_is_told_once_and_never_answered(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;
	static char position[sizeof r->position];

	(void)state;
	give(r, r->sync, 200,
	     INVITE("@ann:hs", "true",
		    "{'type':'m.room.encryption','state_key':'','sender':'@ann:hs','content':{}}"
		    ","));
	sync_wanted(r);
	give(r, call_of(r, "POST", ROOMS "%21new%3Ahs/join")->id, 200, "{}");
	give(r, r->sync, 200, JOINED(2, OWN_INVITE "," TEXT("$1", "in the clear") "," OWN_JOIN));
	no_message(r);
	sync_wanted(r);
	call = call_of(r, "PUT", ROOMS "%21new%3Ahs/send/m.room.message/cb.encrypted");
	assert_within(call->body, "\"body\":\"I cannot read this room.\"");
	assert_within(call->body, "\"msgtype\":\"m.notice\"");
	assert_true(str_find(call->body, STR("m.relates_to")) < 0);
	give(r, call->id, 200, "{'event_id':'$told'}");
	reply(r, 1, "$1", "!new:hs", 0);
	assert_within(step_of(r, MACHINE_DELIVERED)->why, "encrypted");
	events_give(r, "s4", "!new:hs", TEXT("$2", "still in the clear"));
	no_message(r);
	memcpy(position, r->position, sizeof position);
	run_free(r);
	/* A server that says otherwise later, or nothing, changes nothing. */
	r = run_new();
	run_start(r, position);
	events_give(r, "s5", "!new:hs", TEXT("$3", "and now?"));
	no_message(r);
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

static void a_room_that_becomes_encrypted_is_not_answered_any_more(void **state)
{
	struct run *r = run_up();

	(void)state;
	reply(r, 1, "$a", DM, 0);
	reply(r, 2, "$a", DM, 1);
	give(r, call_of(r, "PUT", ROOMS)->id, 500, "");
	events_give(
		r, "s2", DM,
		TEXT("$1", "one") ",{'type':'m.room.encrypted','event_id':'$e','sender':'@ann:hs',"
				  "'content':{'ciphertext':'x'}}");
	no_message(r);
	after(r, 200);
	assert_within(step_of(r, MACHINE_DELIVERED)->why, "encrypted");
	assert_within(step_of(r, MACHINE_DELIVERED)->why, "encrypted");
	run_free(r);
}

/* The state of the timeline's end instead of its beginning (v1.16): asked for always, read where it is. */
static void state_comes_under_three_names(void **state)
{
	static const char *const names[] = {"state", "state_after",
					    "org.matrix.msc4222.state_after"};
	const struct machine_call *call;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct run *r = run_up();

		give(r, r->sync, 200,
		     arena_fmt(&r->arena,
			       "{'next_batch':'s2','rooms':{'join':{'" DM
			       "':{'%s':{'events':[{'type':'m.room.encryption','state_key':'',"
			       "'sender':'@ann:hs','event_id':'$e','content':{}}]},"
			       "'timeline':{'events':[" TEXT("$1", "in the clear") "]}}}}}",
			       names[i])
			     .p);
		no_message(r);
		call = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?");
		assert_within(call->url, "&use_state_after=true");
		call_of(r, "PUT", ROOMS "%21dm%3Ahs/send/m.room.message/cb.encrypted");
		run_free(r);
		/* What a room replaces stands there, too. */
		r = run_up();
		events_give(r, "s3", DM, TOMBSTONE);
		sync_wanted(r);
		give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/join/%21next?via=far")->id,
		     200, "{}");
		give(r, r->sync, 200,
		     arena_fmt(&r->arena,
			       "{'next_batch':'s4','rooms':{'join':{'!next':{" SUMMARY(
				       2) ",'%s':{'events':[{'type':'m.room.create',"
					  "'state_key':'','content':{'predecessor':"
					  "{'room_id':'" DM "'}}}]},"
					  "'timeline':{'events':[" OWN_JOIN
					  "," TEXT("$n", "still there?") "]}}}}}",
			       names[i])
			     .p);
		message_wanted(r, "$n", "still there?");
		run_free(r);
	}
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
		cmocka_unit_test(invitations_of_the_listed_are_accepted),
		cmocka_unit_test(others_are_declined),
		cmocka_unit_test(an_invitation_is_not_lost_with_a_crash),
		cmocka_unit_test(an_invitation_in_the_first_poll_is_accepted),
		cmocka_unit_test(ids_of_rooms_are_any_text_of_255_bytes),
		cmocka_unit_test(in_no_more_rooms_than_it_can_be),
		cmocka_unit_test(no_join_before_the_invitation_is_recorded),
		cmocka_unit_test(the_question_before_we_joined_is_answered),
		cmocka_unit_test(what_stands_before_that_question_is_overheard),
		cmocka_unit_test(a_question_that_comes_twice_is_not_overheard),
		cmocka_unit_test(a_stay_begins_with_its_first_joining),
		cmocka_unit_test(the_question_is_read_back_for),
		cmocka_unit_test(the_joining_is_read_back_for),
		cmocka_unit_test(reading_back_ends_somewhere),
		cmocka_unit_test(not_more_is_read_back_than_may),
		cmocka_unit_test(what_is_read_back_tells_of_encryption),
		cmocka_unit_test(a_room_that_we_find_ourselves_in_has_no_question),
		cmocka_unit_test(an_invitation_that_is_not_remembered_stands_in_the_timeline),
		cmocka_unit_test(a_join_that_fails_is_tried_and_given_up),
		cmocka_unit_test(a_gap_is_read_page_by_page),
		cmocka_unit_test(a_gap_ends_somewhere),
		cmocka_unit_test(a_gap_outlasts_an_outage),
		cmocka_unit_test(a_gap_that_is_not_shown_is_passed_over),
		cmocka_unit_test(a_poll_that_is_too_long_comes_in_pages),
		cmocka_unit_test(a_stream_token_that_the_server_forgot),
		cmocka_unit_test(what_was_written_meanwhile_is_read_back),
		cmocka_unit_test(a_server_that_always_forgets_is_not_hammered),
		cmocka_unit_test(a_kick_ends_what_is_owed_there),
		cmocka_unit_test(of_a_room_that_throws_us_out_staff_are_told),
		cmocka_unit_test(of_a_group_that_is_replaced_staff_are_told),
		cmocka_unit_test(alone_it_leaves),
		cmocka_unit_test(a_room_that_is_replaced_is_followed),
		cmocka_unit_test(a_reply_follows_its_room),
		cmocka_unit_test(but_not_to_others),
		cmocka_unit_test(but_not_into_a_trap),
		cmocka_unit_test(an_encrypted_room_is_told_once_and_never_answered),
		cmocka_unit_test(state_comes_under_three_names),
		cmocka_unit_test(a_room_that_becomes_encrypted_is_not_answered_any_more),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
