/* Who gets an answer, and what is read of a message. */
#include "matrix_run.h"

#define MESSAGE(content, more)                                                                    \
	"{'type':'m.room.message','event_id':'$1','sender':'@ann:hs'," more "'content':{" content \
	"}}"
#define PLAIN(body) "'msgtype':'m.text','body':'" body "'"
#define TO_US "'m.mentions':{'user_ids':['" ME "']}"
#define TO_NOBODY "'m.mentions':{}"

struct event_case {
	const char *room, *event;
	const char *text; /* NULL: not for the bot */
};

static const struct event_case events[] = {
	{DM, MESSAGE(PLAIN("can i swim"), ""), "can i swim"},
	{DM, MESSAGE("'msgtype':'m.notice','body':'x'", ""), NULL},
	{DM, MESSAGE("'msgtype':'m.emote','body':'x'", ""), NULL},
	{DM, MESSAGE("'msgtype':'m.image','body':'x.png'", ""), ""},
	{DM, MESSAGE("'msgtype':'m.image','body':'x.png','filename':'x.png'", ""), ""},
	{DM, MESSAGE("'msgtype':'m.file','body':'is this bad','filename':'x.png'", ""),
	 "is this bad"},
	{DM, MESSAGE("'msgtype':'m.location','body':'x','geo_uri':'geo:1,2'", ""), NULL},
	{GROUP, MESSAGE("'msgtype':'m.image','body':'x.png'", ""), NULL},
	{DM, MESSAGE("'msgtype':'m.text','body':7", ""), NULL},
	{DM, MESSAGE("'msgtype':'m.text'", ""), NULL},
	{DM, MESSAGE("", ""), NULL},
	{DM, MESSAGE("", "'unsigned':{'redacted_because':{'type':'m.room.redaction'}},"), NULL},
	{DM, MESSAGE(PLAIN("x"), "'state_key':'',"), NULL},
	{DM, MESSAGE(PLAIN("nul \\u0000, half \\ud800"), ""),
	 "nul \xEF\xBF\xBD, half \xEF\xBF\xBD"},
	{DM, MESSAGE(PLAIN("x"), "'sender':7,"), "x"}, /* of two equal keys the first counts */
	{DM,
	 "{'type':'m.room.message','event_id':'$1','sender':'" ME
	 "','content':{" PLAIN("ours") "}}",
	 NULL},
	{DM, "{'type':'m.room.message','sender':'@ann:hs','content':{" PLAIN("no id") "}}", NULL},
	{DM,
	 "{'type':'m.room.message','event_id':'$a b','sender':'@ann:hs','content':{" PLAIN(
		 "blank") "}}",
	 NULL},
	{DM, "{'type':'m.sticker','event_id':'$1','sender':'@ann:hs','content':{" PLAIN("x") "}}",
	 NULL},
	{DM, "7", NULL},
	{DM, "{'type':'m.room.message','event_id':'$1','sender':'@ann:hs','content':[]}", NULL},
	/* in a room of many only when it is meant */
	{GROUP, MESSAGE(PLAIN("can i swim"), ""), NULL},
	{GROUP, MESSAGE(PLAIN("can i swim") "," TO_US, ""), "can i swim"},
	{GROUP, MESSAGE(PLAIN("Clinic Bot: can i swim") "," TO_US, ""), "can i swim"},
	{GROUP, MESSAGE(PLAIN("@clinic bot, can i swim"), ""), "can i swim"},
	{GROUP, MESSAGE(PLAIN("" ME " can i swim"), ""), "can i swim"},
	{GROUP, MESSAGE(PLAIN("Clinic Bots are fun"), ""), NULL},
	{GROUP, MESSAGE(PLAIN("ask Clinic Bot"), ""), NULL},
	{GROUP, MESSAGE(PLAIN("Clinic Bot: can i swim") "," TO_NOBODY, ""), NULL},
	{GROUP, MESSAGE(PLAIN("Clinic Bot"), ""), ""},
	{GROUP,
	 MESSAGE(PLAIN("hey bot can i swim") ",'formatted_body':'<a "
					     "href=\\'https://matrix.to/#/" ME "\\'>bot</a>'",
		 ""),
	 "hey bot can i swim"},
	{GROUP,
	 MESSAGE(PLAIN("hey") ",'formatted_body':'<a "
			      "href=\\'https://matrix.to/#/%40bot%3Ahs\\'>b</a>'",
		 ""),
	 "hey"},
	{GROUP,
	 MESSAGE(PLAIN("hey") ",'formatted_body':'<a href=\\'https://matrix.to/#/" ME
			      ".evil\\'>b</a>'",
		 ""),
	 NULL},
	/* what old clients put in front of a reply */
	{GROUP,
	 MESSAGE(PLAIN("> <" ME
		       "> two days\\n\\nand then?") ",'formatted_body':'<mx-reply>"
						    "<blockquote><a "
						    "href=\\'https://matrix.to/#/" GROUP
						    "/$0\\'>In reply to</a> "
						    "<a href=\\'https://matrix.to/#/" ME
						    "\\'>bot</a></blockquote></mx-reply>and then?',"
						    "'m.relates_to':{'m.in_reply_to':{'event_id':'$"
						    "0'}}",
		 ""),
	 "and then?"},
	{DM,
	 MESSAGE(PLAIN("> <@bot:hs> two days\\n> or three\\n\\nand then?") ",'m.relates_to'"
									   ":{'m.in_reply_"
									   "to':{'event_id'"
									   ":'$0'}}",
		 ""),
	 "and then?"},
	{DM, MESSAGE(PLAIN("> i quote\\n\\nmyself"), ""), "> i quote\n\nmyself"},
	{DM,
	 MESSAGE(PLAIN("> only a quote") ",'m.relates_to':{'m.in_reply_to':{'event_id':'$0'"
					 "}}",
		 ""),
	 ""},
};
static void which_are_for_the_bot(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		struct run *r = run_up();
		const struct machine_step *step;

		events_give(r, "s2", events[i].room, events[i].event);
		step = step_of(r, MACHINE_MESSAGE);
		if (!events[i].text && step)
			fail_msg("case %zu is for the bot: " STR_FMT, i,
				 STR_ARG(step->message.text));
		if (events[i].text && !step)
			fail_msg("case %zu is not for the bot", i);
		if (step) {
			assert_text(step->message.text, events[i].text);
			assert_true(step->message.addressed && !step->message.to_other);
			assert_text(step->message.room, events[i].room);
			assert_text(step->message.person, "@ann:hs");
			assert_int_equal(step->message.attachment,
					 strstr(events[i].event, "m.image") ||
						 strstr(events[i].event, "m.file"));
		}
		/* One bad event holds nothing up. */
		sync_wanted(r);
		run_free(r);
	}
}

static void where_when_and_whom(void **state)
{
	struct run *r = run_up();
	const struct message *m;

	(void)state;
	events_give(r, "s2", DM,
		    MESSAGE(PLAIN("x") ",'m.relates_to':{'m.in_reply_to':{'event_id':'$ours'}}",
			    "'origin_server_ts':5,'unsigned':{'age':90000},"));
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->link, "https://matrix.to/#/%21dm%3Ahs/%241");
	assert_text(m->replies_to, "$ours");
	assert_true(m->sent_ms == WALL - 90000); /* whatever the sender's clock says */
	assert_true(m->replayed);
	sync_wanted(r);
	events_give(r, "s3", DM,
		    MESSAGE(PLAIN("x") ",'m.relates_to':{'rel_type':'m.thread','event_id':'$root',"
				       "'is_falling_back':true,'m.in_reply_to':{'event_id':'$p'}}",
			    "'origin_server_ts':1799999999000,"));
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->room, DM " $root");
	assert_text(m->replies_to, "");
	assert_true(m->sent_ms == WALL - 1000);
	assert_false(m->replayed);
	run_free(r);
}

static void what_is_a_day_old_is_not_handed_in(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", DM, MESSAGE(PLAIN("x"), "'unsigned':{'age':86400001},"));
	no_message(r);
	assert_within(step_of(r, MACHINE_NOTE)->why, "1 messages were too old");
	run_free(r);
}

#define EDIT(id, by, of, body)                                                 \
	"{'type':'m.room.message','event_id':'" id "','sender':'" by           \
	"','content':{'msgtype':'m.text',"                                     \
	"'body':'* x','m.new_content':{'msgtype':'m.text','body':'" body "'}," \
	"'m.relates_to':{'rel_type':'m.replace','event_id':'" of "'}}}"

#define ORIGINAL "https://hs/_matrix/client/v3/rooms/%21group%3Ahs/event/%24"

static void edits(void **state)
{
	struct run *r = run_up();
	const struct message *m;

	(void)state;
	events_give(r, "s2", GROUP,
		    MESSAGE(PLAIN("x") "," TO_US, "'unsigned':{'age':7000},") "," EDIT(
			    "$2", "@ann:hs", "$1", "y") "," EDIT("$3", "@eve:hs", "$1",
								 "z") "," EDIT("$4", "@ann:hs",
									       "$other", "w"));
	give(r, call_of(r, "GET", ORIGINAL "other")->id, 404, "{'errcode':'M_NOT_FOUND'}");
	message_wanted(r, "$1", "x");
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->id, "$2");
	assert_text(m->edits, "$1");
	assert_text(m->text, "y");
	assert_true(m->sent_ms == WALL - 7000); /* the message's */
	no_message(r); /* not of somebody else's message, nor of one that was not for us */
	sync_wanted(r);
	events_give(r, "s3", DM, EDIT("$5", "@ann:hs", "$long.ago", "y"));
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/event/")->id, 404,
	     "{'errcode':'M_NOT_FOUND'}");
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->id, "$5");
	assert_true(m->sent_ms == 0);
	run_free(r);
}

/* Its message is deleted, and the edit still carries its words. */
static void an_edit_of_what_is_deleted_is_not_read(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(
		r, "s2", DM,
		MESSAGE("", "'unsigned':{'redacted_because':{'type':'m.room.redaction'}},") "," EDIT(
			"$2", "@ann:hs", "$1", "y"));
	no_message(r);
	sync_wanted(r);
	no_call(r);
	events_give(r, "s3", DM, EDIT("$3", "@ann:hs", "$1", "z"));
	no_message(r);
	run_free(r);
}

/* ... or stands elsewhere, where others would see what becomes of the answer. */
static void an_edit_stands_in_the_room_of_its_message(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", GROUP, MESSAGE(PLAIN("x") "," TO_US, ""));
	message_wanted(r, "$1", "x");
	sync_wanted(r);
	events_give(r, "s3", DM, EDIT("$2", "@ann:hs", "$1", "y"));
	no_message(r);
	sync_wanted(r);
	events_give(r, "s4", GROUP, EDIT("$3", "@ann:hs", "$1", "z"));
	message_wanted(r, "$3", "z");
	run_free(r);
}

/* A message may be as long as an event. */
static void long_messages_are_whole(void **state)
{
	struct run *r = run_up();
	struct buf body;

	(void)state;
	buf_init(&body, 61000);
	for (int i = 0; i < 6000; i++)
		buf_add(&body, STR("can i swim"));
	events_give(r, "s2", DM,
		    arena_fmt(&r->arena, MESSAGE(PLAIN("%s"), ""),
			      arena_cstr(&r->arena, buf_str(&body)))
			    .p);
	assert_true(str_eq(step_of(r, MACHINE_MESSAGE)->message.text, buf_str(&body)));
	buf_done(&body);
	run_free(r);
}

/* After a restart: what an edit is one of is asked for before it is handed in. */
static void edits_of_what_an_earlier_run_heard(void **state)
{
	static const struct {
		const char *by, *original;
		bool heard;
	} cases[] = {
		{"@ann:hs", MESSAGE(PLAIN("x") "," TO_US, "'unsigned':{'age':7000},"), true},
		{"@eve:hs", MESSAGE(PLAIN("x") "," TO_US, "'unsigned':{'age':7000},"), false},
		{"@ann:hs", MESSAGE(PLAIN("x"), ""), false},
		{"@ann:hs", MESSAGE("", ""), false},
		{"@ann:hs", EDIT("$1", "@ann:hs", "$0", "Clinic Bot: x"), false},
		{"@ann:hs", "{'event_id':'$1','sender':7}", false},
		{"@ann:hs", "[]", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();
		const struct machine_step *step;

		events_give(r, "s2", GROUP,
			    arena_fmt(&r->arena, EDIT("$2", "%s", "$1", "y"), cases[i].by).p);
		no_message(r);
		assert_null(step_of(r, MACHINE_POSITION)); /* a crash now loses nothing */
		give(r, call_of(r, "GET", ORIGINAL "1")->id, 200, cases[i].original);
		step = step_of(r, MACHINE_MESSAGE);
		assert_int_equal(step != NULL, cases[i].heard);
		if (step) {
			assert_text(step->message.id, "$2");
			assert_text(step->message.edits, "$1");
			assert_true(step->message.addressed);
			assert_true(step->message.sent_ms == WALL - 7000);
		}
		assert_non_null(step_of(r, MACHINE_POSITION));
		run_free(r);
	}
}

static void an_original_is_asked_for_once(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", GROUP,
		    EDIT("$2", "@ann:hs", "$1", "y") "," EDIT("$3", "@ann:hs", "$1", "z"));
	give(r, call_of(r, "GET", ORIGINAL "1")->id, 200, MESSAGE(PLAIN("x"), ""));
	sync_wanted(r);
	events_give(r, "s3", GROUP, EDIT("$4", "@ann:hs", "$1", "y"));
	sync_wanted(r);
	/* One that stands beside its edit is not asked for. */
	events_give(r, "s4", GROUP, TEXT("$5", "x") "," EDIT("$6", "@ann:hs", "$5", "y"));
	sync_wanted(r);
	no_message(r);
	run_free(r);
}

static void an_original_that_is_not_shown_holds_nothing_up(void **state)
{
	struct run *r = run_up();
	int64_t began = r->now.mono_ms;

	(void)state;
	events_give(r, "s2", GROUP,
		    EDIT("$2", "@ann:hs", "$0", "y") "," MESSAGE(PLAIN("help") "," TO_US, ""));
	for (int tries = 0; tries < 5; tries++) {
		no_message(r);
		give(r, call_of(r, "GET", ORIGINAL "0")->id, 500, "{}");
		if (tries < 4)
			after_wait(r);
	}
	assert_in_range(r->now.mono_ms - began, 0, 10000);
	assert_non_null(step_of(r, MACHINE_NOTE));
	message_wanted(r, "$1", "help");
	no_message(r);
	run_free(r);
}

/* Clients name no thread in an edit. */
static void an_edit_stands_where_its_message_does(void **state)
{
	struct run *r = run_up();
	const struct message *m;

	(void)state;
	events_give(r, "s2", DM,
		    MESSAGE(PLAIN("x") ",'m.relates_to':{'rel_type':'m.thread','event_id':'$root'}",
			    "") "," EDIT("$2", "@ann:hs", "$1", "y"));
	message_wanted(r, "$1", "x");
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->edits, "$1");
	assert_text(m->room, DM " $root");
	run_free(r);
	r = run_up();
	events_give(r, "s2", GROUP, EDIT("$2", "@ann:hs", "$1", "y"));
	give(r, call_of(r, "GET", ORIGINAL "1")->id, 200,
	     MESSAGE(PLAIN("x") "," TO_US
				",'m.relates_to':{'rel_type':'m.thread','event_id':'$root'}",
		     ""));
	assert_text(step_of(r, MACHINE_MESSAGE)->message.room, GROUP " $root");
	run_free(r);
}

/* In what a poll left out, too. */
static void an_edit_in_a_gap_waits_for_its_message(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;

	(void)state;
	give(r, r->sync, 200,
	     "{'next_batch':'s9','rooms':{'join':{'" GROUP "':{'timeline':{'limited':true,"
	     "'prev_batch':'p9','events':[]}}}}}");
	call = call_of(r, "GET", "https://hs/_matrix/client/v3/rooms/%21group%3Ahs/messages?");
	give(r, call->id, 200, "{'chunk':[" EDIT("$2", "@ann:hs", "$1", "y") "]}");
	no_message(r);
	give(r, call_of(r, "GET", ORIGINAL "1")->id, 200, MESSAGE(PLAIN("x") "," TO_US, ""));
	message_wanted(r, "$2", "y");
	sync_wanted(r);
	run_free(r);
}

/* In a room of many, after a mention: to be answered when it is urgent, for ten minutes. */
static void who_spoke_to_us_is_heard_on(void **state)
{
	struct run *r = run_up();
	const struct message *m;

	(void)state;
	events_give(r, "s2", GROUP, MESSAGE(PLAIN("x") "," TO_US, ""));
	message_wanted(r, "$1", "x");
	sync_wanted(r);
	after(r, 20000);
	events_give(r, "s3", GROUP, TEXT("$2", "i feel bad") "," EDIT("$3", "@ann:hs", "$2", "y"));
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->id, "$2");
	assert_false(m->addressed);
	assert_true(m->to_other);
	m = &step_of(r, MACHINE_MESSAGE)->message;
	assert_text(m->edits, "$2");
	assert_false(m->addressed);
	sync_wanted(r);
	events_give(r, "s4", GROUP,
		    "{'type':'m.room.message','event_id':'$4','sender':'@eve:hs',"
		    "'content':{'msgtype':'m.text','body':'me too'}}");
	no_message(r);
	r->now.mono_ms += 600000;
	r->now.wall_ms += 600000;
	matrix_tick(r->m, r->now);
	after_wait(r);
	sync_wanted(r);
	events_give(r, "s5", GROUP, TEXT("$5", "i feel bad"));
	no_message(r);
	run_free(r);
}

static void redactions(void **state)
{
	struct run *r = run_up();

	(void)state;
	events_give(r, "s2", DM,
		    "{'type':'m.room.redaction','event_id':'$r','sender':'@ann:hs','redacts':'$1'},"
		    "{'type':'m.room.redaction','event_id':'$s','sender':'@ann:hs',"
		    "'content':{'redacts':'$2'}},"
		    "{'type':'m.room.redaction','event_id':'$t','sender':'@ann:hs','content':{}}");
	assert_text(step_of(r, MACHINE_DELETED)->text, "$1");
	assert_text(step_of(r, MACHINE_DELETED)->text, "$2");
	assert_null(step_of(r, MACHINE_DELETED));
	run_free(r);
}

/* Replies to us in staff's rooms are heard without a mention, also in a thread under ours. */
static void staff_answer_alerts(void **state)
{
	static const struct {
		const char *relation;
		const char *replies_to; /* NULL: not heard */
	} cases[] = {
		{"'m.in_reply_to':{'event_id':'$ours'}", "$ours"},
		{"'rel_type':'m.thread','event_id':'$ours','is_falling_back':true,"
		 "'m.in_reply_to':{'event_id':'$other'}",
		 "$ours"},
		{"'rel_type':'m.annotation','event_id':'$ours'", NULL},
		{"", NULL},
	};
	struct matrix_settings settings = settings_plain();

	(void)state;
	settings.staff[1] = STR(GROUP);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up_with(&settings);
		const struct machine_step *step;

		events_give(r, "s2", GROUP,
			    arena_fmt(&r->arena, MESSAGE(PLAIN("on it") ",'m.relates_to':{%s}", ""),
				      cases[i].relation)
				    .p);
		step = step_of(r, MACHINE_MESSAGE);
		assert_int_equal(step != NULL, cases[i].replies_to != NULL);
		if (step) {
			assert_text(step->message.replies_to, cases[i].replies_to);
			assert_text(step->message.room, GROUP);
			assert_false(step->message.addressed);
		}
		run_free(r);
	}
}

static void reading_again(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;
	const char *const url = "https://hs/_matrix/client/v3/rooms/%21group%3Ahs/event/%241";

	(void)state;
	matrix_fetch(r->m, STR(GROUP " $root"), STR("$1"), r->now);
	give(r, call_of(r, "GET", url)->id, 200,
	     MESSAGE(PLAIN("Clinic Bot: can i swim") ",'m.relates_to':{'rel_type':'m.thread','"
						     "event_id':'$root'}",
		     ""));
	step = step_of(r, MACHINE_FETCHED);
	assert_text(step->text, "$1");
	assert_true(step->found);
	assert_text(step->message.text, "can i swim");
	assert_text(step->message.room, GROUP " $root");
	matrix_fetch(r->m, STR(GROUP), STR("$1"), r->now);
	give(r, call_of(r, "GET", url)->id, 404, "{'errcode':'M_NOT_FOUND'}");
	assert_false(step_of(r, MACHINE_FETCHED)->found);
	matrix_fetch(r->m, STR(GROUP), STR("$1"), r->now);
	give(r, call_of(r, "GET", url)->id, 200, MESSAGE("", "")); /* redacted meanwhile */
	assert_false(step_of(r, MACHINE_FETCHED)->found);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_are_for_the_bot),
		cmocka_unit_test(where_when_and_whom),
		cmocka_unit_test(what_is_a_day_old_is_not_handed_in),
		cmocka_unit_test(edits),
		cmocka_unit_test(an_edit_of_what_is_deleted_is_not_read),
		cmocka_unit_test(an_edit_stands_in_the_room_of_its_message),
		cmocka_unit_test(long_messages_are_whole),
		cmocka_unit_test(edits_of_what_an_earlier_run_heard),
		cmocka_unit_test(an_original_is_asked_for_once),
		cmocka_unit_test(an_original_that_is_not_shown_holds_nothing_up),
		cmocka_unit_test(an_edit_stands_where_its_message_does),
		cmocka_unit_test(an_edit_in_a_gap_waits_for_its_message),
		cmocka_unit_test(who_spoke_to_us_is_heard_on),
		cmocka_unit_test(redactions),
		cmocka_unit_test(staff_answer_alerts),
		cmocka_unit_test(reading_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
