/* Invitations, and what was written before the bot came. */
#include "rooms_run.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
