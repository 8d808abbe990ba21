/* What the bot's account itself holds: whom it ignores. */
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
	assert_within(call->body, "\"account_data\":{\"types\":[\"m.ignored_user_list\"]}");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_asked_for_at_every_start),
		cmocka_unit_test(lists_of_no_sense_ignore_nobody),
		cmocka_unit_test(who_is_ignored_is_not_read),
		cmocka_unit_test(invitations_of_the_ignored_are_declined),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
