/* What the bot's account itself holds: whom it ignores, its direct rooms. */
#include "matrix_run.h"

#define SAID_BY(by, id, more)                                             \
	"{'type':'m.room.message','event_id':'" id "','sender':'" by "'," \
	"'content':{'msgtype':'m.text','body':'can i swim'" more "}}"
#define ACCOUNT(type, content) \
	"'account_data':{'events':[{'type':'" type "','content':" content "}]}"
#define INVITED_BY(by)                                                                     \
	"'rooms':{'invite':{'!new:hs':{'invite_state':{'events':[{'type':'m.room.member'," \
	"'state_key':'" ME "','sender':'" by "','content':{'membership':'invite'}}]}}}}"

/* Signed in; the list is being asked for. */
static struct run *run_asking(void)
{
	struct run *r = run_new();

	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami")->id, 200,
	     "{'user_id':'" ME "','device_id':'DEV'}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/profile/")->id, 404, "{}");
	return r;
}

/* It stands in the first poll of an account alone: each run asks for it. */
static void the_list_is_asked_for_at_every_start(void **state)
{
	struct run *r = run_asking();
	const struct machine_call *call;

	(void)state;
	give(r, call_of(r, "GET", IGNORED_URL)->id, 502, "<html>");
	no_call(r);
	after_wait(r);
	give(r, call_of(r, "GET", IGNORED_URL)->id, 429,
	     "{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':300}");
	after_wait(r);
	give(r, call_of(r, "GET", IGNORED_URL)->id, 200, "{'ignored_users':{'@eve:hs':{}}}");
	call = call_of(r, "POST", "https://hs/_matrix/client/v3/user/%40bot%3Ahs/filter");
	assert_within(call->body,
		      "\"account_data\":{\"types\":[\"m.direct\",\"m.ignored_user_list\"]}");
	give(r, call->id, 200, "{'filter_id':'7'}");
	sync_wanted(r);
	give(r, r->sync, 200, "{'next_batch':'s1','rooms':{'join':{'" DM "':{" SUMMARY(2) "}}}}");
	sync_wanted(r);
	events_give(r, "s2", DM, SAID_BY("@eve:hs", "$1", "") "," SAID_BY("@ann:hs", "$2", ""));
	message_wanted(r, "$2", "can i swim");
	no_message(r);
	run_free(r);
}

/* A server that has no list is believed; one of no sense is empty. */
static void lists_of_no_sense_ignore_nobody(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {
		{200, "{}"},
		{200, "{'ignored_users':['@ann:hs']}"},
		{200, "{'ignored_users':7}"},
		{404, "{'errcode':'M_NOT_FOUND'}"},
		{403, "{'errcode':'M_FORBIDDEN'}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_asking();

		give(r, call_of(r, "GET", IGNORED_URL)->id, cases[i].status, cases[i].body);
		give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/user/")->id, 200,
		     "{'filter_id':'7'}");
		sync_wanted(r);
		give(r, r->sync, 200,
		     "{'next_batch':'s1','rooms':{'join':{'" DM "':{" SUMMARY(2) "}}}}");
		sync_wanted(r);
		events_give(r, "s2", DM, SAID_BY("@ann:hs", "$1", ""));
		message_wanted(r, "$1", "can i swim");
		run_free(r);
	}
}

/* Messages, mentions, edits, and what was asked and is read again; a deletion counts all the same. */
static void who_is_ignored_is_not_read(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", DM, SAID_BY("@eve:hs", "$0", ""));
	message_wanted(r, "$0", "can i swim");
	sync_wanted(r);
	give(r, r->sync, 200,
	     "{'next_batch':'s3'," ACCOUNT("m.ignored_user_list",
					   "{'ignored_users':{'@eve:hs':{},'@x:hs':{}}}") "}");
	after_wait(r);
	sync_wanted(r);
	events_give(r, "s4", DM,
		    SAID_BY("@eve:hs", "$1",
			    "") "," SAID_BY("@eve:hs", "$2",
					    ",'m.new_content':{'msgtype':'m.text','body':'y'},"
					    "'m.relates_to':{'rel_type':'m.replace','event_id':'$0'"
					    "}") ","
						 "{'type':'m.room.redaction','event_id':'$r','"
						 "sender':'@eve:hs',"
						 "'redacts':'$0'}");
	no_message(r);
	assert_text(step_of(r, MACHINE_DELETED)->text, "$0");
	sync_wanted(r);
	events_give(r, "s5", GROUP,
		    SAID_BY("@eve:hs", "$3", ",'m.mentions':{'user_ids':['" ME "']}"));
	no_message(r);
	sync_wanted(r);
	matrix_fetch(r->m, STR(DM), STR("$0"), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/event/%240")->id,
	     200, SAID_BY("@eve:hs", "$0", ""));
	assert_false(step_of(r, MACHINE_FETCHED)->found);
	/* Taken off the list they are answered again. */
	give(r, r->sync, 200, "{'next_batch':'s6'," ACCOUNT("m.ignored_user_list", "{}") "}");
	after_wait(r);
	sync_wanted(r);
	events_give(r, "s7", DM, SAID_BY("@eve:hs", "$4", ""));
	message_wanted(r, "$4", "can i swim");
	run_free(r);
}

/* In the poll that brings the list, too. */
static void invitations_of_the_ignored_are_declined(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 200,
	     "{'next_batch':'s2'," INVITED_BY("@eve:hs") "," ACCOUNT(
		     "m.ignored_user_list", "{'ignored_users':{'@eve:hs':{}}}") "}");
	assert_within(step_of(r, MACHINE_NOTE)->why, "ignores its sender");
	sync_wanted(r);
	call_of(r, "POST", "https://hs/_matrix/client/v3/rooms/%21new%3Ahs/leave");
	no_call(r);
	run_free(r);
}

/* --- direct rooms --- */

#define DIRECT_URL "https://hs/_matrix/client/v3/user/%40bot%3Ahs/account_data/m.direct"
#define INVITE_TO(room, by, direct)                                                      \
	"'" room "':{'invite_state':{'events':[{'type':'m.room.member','state_key':'" ME \
	"','sender':'" by "','content':{'membership':'invite','is_direct':" direct "}}]}}"
#define CAME_INTO(room, by, direct)                                                    \
	"'" room "':{" SUMMARY(2) ",'timeline':{'events':[{'type':'m.room.member',"    \
				  "'event_id':'$i','state_key':'" ME "','sender':'" by \
				  "','content':{'membership':"                         \
				  "'invite','is_direct':" direct                       \
				  "}},{'type':'m.room.member','event_id':'$j',"        \
				  "'state_key':'" ME "','sender':'" ME                 \
				  "','content':{'membership':'join'}}]}}"

/* Invited to two direct rooms and in both; their reading is due. */
static struct run *run_in_two(void)
{
	struct run *r = run_up();

	give(r, r->sync, 200,
	     "{'next_batch':'s2','rooms':{'invite':{" INVITE_TO(
		     "!a:hs", "@ann:hs", "true") "," INVITE_TO("!b:hs", "@ben:hs", "true") "}}}");
	sync_wanted(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/rooms/%21a%3Ahs/join")->id, 200,
	     "{}");
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/rooms/%21b%3Ahs/join")->id, 200,
	     "{}");
	no_call(r); /* not before we are there */
	give(r, r->sync, 200,
	     "{'next_batch':'s3','rooms':{'join':{" CAME_INTO(
		     "!a:hs", "@ann:hs", "true") "," CAME_INTO("!b:hs", "@ben:hs", "true") "}}}");
	sync_wanted(r);
	return r;
}

/* One after the other, each on what the one before wrote; what else is there stays. */
static void direct_rooms_are_recorded(void **state)
{
	struct run *r = run_in_two();
	const struct machine_call *call;

	(void)state;
	call = call_of(r, "GET", DIRECT_URL);
	no_call(r);
	give(r, call->id, 200, "{'@ann:hs':['!old:hs'],'@x':{'y':[1.5,true,null,'z']}}");
	call = call_of(r, "PUT", DIRECT_URL);
	assert_text(call->body,
		    "{\"@ann:hs\":[\"!old:hs\",\"!a:hs\"],\"@x\":{\"y\":[1.5,true,null,\"z\"]}}");
	no_call(r);
	give(r, call->id, 503, "");
	no_call(r);
	after_wait(r);
	give(r, call_of(r, "PUT", DIRECT_URL)->id, 200, "{}");
	give(r, call_of(r, "GET", DIRECT_URL)->id, 404, "{'errcode':'M_NOT_FOUND'}");
	call = call_of(r, "PUT", DIRECT_URL);
	assert_text(call->body, "{\"@ben:hs\":[\"!b:hs\"]}");
	give(r, call->id, 200, "{}");
	no_call(r);
	assert_null(step_of(r, MACHINE_NOTE));
	run_free(r);
}

static void what_is_recorded_is_not_written_again(void **state)
{
	struct run *r = run_in_two();

	(void)state;
	give(r, call_of(r, "GET", DIRECT_URL)->id, 200, "{'@ann:hs':['!a:hs']}");
	give(r, call_of(r, "GET", DIRECT_URL)->id, 200, "{'@ben:hs':['!old:hs','!b:hs']}");
	no_call(r);
	run_free(r);
}

/* What is there is never overwritten; that it failed is said once, and others do not wait. */
static void a_list_that_cannot_be_read_is_left_alone(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {
		{200, "[]"},
		{200, "{'@ann:hs':'x','@ben:hs':{}}"},
		{403, "{'errcode':'M_FORBIDDEN'}"},
		{404, "{'errcode':'M_UNRECOGNIZED'}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_in_two();

		reply(r, 1, "$q", "!a:hs", 0);
		call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21a%3Ahs/send/");
		give(r, call_of(r, "GET", DIRECT_URL)->id, cases[i].status, cases[i].body);
		give(r, call_of(r, "GET", DIRECT_URL)->id, cases[i].status, cases[i].body);
		no_call(r);
		assert_within(step_of(r, MACHINE_NOTE)->why, "not recorded");
		assert_null(step_of(r, MACHINE_NOTE));
		run_free(r);
	}
}

static void other_rooms_are_not_recorded(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 200,
	     "{'next_batch':'s2','rooms':{'invite':{" INVITE_TO("!a:hs", "@ann:hs", "false") "}}}");
	sync_wanted(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/rooms/%21a%3Ahs/join")->id, 200,
	     "{}");
	/* Another one's invitation, to a room that we find ourselves in. */
	give(r, r->sync, 200,
	     "{'next_batch':'s3','rooms':{'join':{" CAME_INTO(
		     "!a:hs", "@ann:hs", "false") "," CAME_INTO("!b:hs", "@eve:far", "true") "}}}");
	sync_wanted(r);
	no_call(r);
	run_free(r);
}

/* A room of which it is not told how many are there is direct when the account's list says so. */
static void the_list_tells_of_direct_rooms(void **state)
{
	(void)state;
	for (int listed = 0; listed <= 1; listed++) {
		struct run *r = run_up();

		give(r, r->sync, 200, "{'next_batch':'s2','rooms':{'join':{'!a:hs':{}}}}");
		sync_wanted(r);
		give(r, r->sync, 200,
		     listed ? "{'next_batch':'s3'," ACCOUNT("m.direct",
							    "{'@x:hs':[7,'!a:hs'],'y':1}") "}"
			    : "{'next_batch':'s3'}");
		if (listed)
			assert_within(step_of(r, MACHINE_POSITION)->text, "!a:hs");
		after(r, 5000);
		sync_wanted(r);
		events_give(r, "s4", "!a:hs", SAID_BY("@ann:hs", "$1", ""));
		if (listed)
			message_wanted(r, "$1", "can i swim");
		no_message(r);
		/* A count says more. */
		sync_wanted(r);
		give(r, r->sync, 200,
		     "{'next_batch':'s5','rooms':{'join':{'!a:hs':{" SUMMARY(3) "}}}}");
		after(r, 5000);
		sync_wanted(r);
		events_give(r, "s6", "!a:hs", SAID_BY("@ben:hs", "$2", ""));
		no_message(r);
		run_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_asked_for_at_every_start),
		cmocka_unit_test(lists_of_no_sense_ignore_nobody),
		cmocka_unit_test(who_is_ignored_is_not_read),
		cmocka_unit_test(invitations_of_the_ignored_are_declined),
		cmocka_unit_test(direct_rooms_are_recorded),
		cmocka_unit_test(what_is_recorded_is_not_written_again),
		cmocka_unit_test(a_list_that_cannot_be_read_is_left_alone),
		cmocka_unit_test(other_rooms_are_not_recorded),
		cmocka_unit_test(the_list_tells_of_direct_rooms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
