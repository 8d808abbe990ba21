/* Rooms that throw us out, end, are replaced or encrypted. */
#include "rooms_run.h"

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
