/* What is sent: its content, its order, its transaction ids, and what an answer means. */
#include "matrix_run.h"

#define SEND(room) "https://hs/_matrix/client/v3/rooms/" room "/send/m.room.message/"
#define TO_DM SEND("%21dm%3Ahs")
#define TO_GROUP SEND("%21group%3Ahs")

static void the_content_of_a_reply(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;
	const struct json *part;
	struct json *body;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q1", "x"));
	reply(r, 1, "$q1", DM, 2);
	call = call_of(r, "PUT", TO_DM "cb.answer.2.q1");
	assert_text(call->authorization, "Bearer secret");
	body = json_parse(call->body, 10000, NULL);
	assert_text(json_text(body, "msgtype"), "m.text");
	assert_text(json_text(body, "body"), "Sun. Wait < two days & \"rest\".\n\n- one\n- two");
	assert_text(json_text(body, "format"), "org.matrix.custom.html");
	assert_text(json_text(body, "formatted_body"),
		    "<p><strong>Sun.</strong> Wait &lt; two days &amp; "
		    "&quot;rest&quot;.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>");
	part = json_object(body, "m.mentions");
	assert_text(json_text_of(json_first(json_array(part, "user_ids"))), "@ann:hs");
	part = json_object(body, "m.relates_to");
	assert_null(json_get(part, "rel_type"));
	assert_text(json_text(json_object(part, "m.in_reply_to"), "event_id"), "$q1");
	json_free(body);
	give(r, call->id, 200, "{'event_id':'$a'}");
	assert_text(step_of(r, MACHINE_DELIVERED)->text, "$a");
	run_free(r);
}

static void in_a_thread_and_in_a_group(void **state)
{
	struct run *r = run_up();
	const struct machine_call *call;
	const struct json *part;
	struct json *body;

	(void)state;
	reply(r, 1, "$q/+:1", GROUP " $root", 0);
	call = call_of(r, "PUT", TO_GROUP "cb.answer.0.q~2F~2B~3A1");
	body = json_parse(call->body, 10000, NULL);
	assert_text(json_text(body, "msgtype"), "m.notice");
	part = json_object(body, "m.relates_to");
	assert_text(json_text(part, "rel_type"), "m.thread");
	assert_text(json_text(part, "event_id"), "$root");
	assert_non_null(json_get(part, "is_falling_back"));
	assert_false(json_true(part, "is_falling_back"));
	assert_text(json_text(json_object(part, "m.in_reply_to"), "event_id"), "$q/+:1");
	json_free(body);
	run_free(r);
}

static void groups_may_get_text(void **state)
{
	struct matrix_settings settings = settings_plain();
	struct run *r;

	(void)state;
	settings.groups_get_text = true;
	r = run_up_with(&settings);
	reply(r, 1, "$q", GROUP, 0);
	assert_within(call_of(r, "PUT", TO_GROUP)->body, "\"m.text\"");
	run_free(r);
}

/* A lone half of a surrogate pair makes Synapse answer 500, bad UTF-8 400. */
static void what_is_sent_is_clean(void **state)
{
	struct run *r = run_up();
	const struct delivery d = {.id = 1,
				   .message = STR("$q"),
				   .room = STR(DM),
				   .kind = STR("answer"),
				   .text = STR("a\xED\xA0\x80"
					       "b\xFF"
					       "c\0d <mx-reply>e</mx-reply> [f](javascript:g)")};
	struct json *body;
	struct str text;

	(void)state;
	matrix_send(r->m, &d, r->now);
	body = json_parse(call_of(r, "PUT", TO_DM)->body, 10000, NULL);
	/* Always there, if only to say that nobody is known to be meant. */
	assert_non_null(json_object(body, "m.mentions"));
	assert_null(json_first(json_object(body, "m.mentions")));
	text = json_text(body, "body");
	assert_true(str_find(text, STR("\xED")) < 0 && str_find(text, STR("\xFF")) < 0);
	assert_true(str_find(text, STR("\0")) < 0);
	text = json_text(body, "formatted_body");
	assert_true(str_find(text, STR("mx-reply")) < 0 && str_find(text, STR("javascript")) < 0);
	json_free(body);
	run_free(r);
}

static void the_longest_piece_fits(void **state)
{
	struct run *r = run_up();
	static char text[4 * MATRIX_TEXT_MAX + 1];
	struct delivery d = {.id = 1, .message = STR("$q"), .room = STR(DM), .kind = STR("answer")};
	const struct machine_call *call;

	(void)state;
	for (size_t i = 0; i < MATRIX_TEXT_MAX; i++)
		memcpy(text + 4 * i, "\xF0\x9F\x92\x89", 4);
	d.text = str_of(text);
	matrix_send(r->m, &d, r->now);
	call = call_of(r, "PUT", TO_DM);
	assert_in_range(call->body.n, 8 * MATRIX_TEXT_MAX, 40000);
	memset(text, '"', MATRIX_TEXT_MAX);
	text[MATRIX_TEXT_MAX] = '\0';
	d.room = STR(GROUP);
	d.text = str_of(text);
	matrix_send(r->m, &d, r->now);
	call = call_of(r, "PUT", TO_GROUP);
	assert_in_range(call->body.n, 8 * MATRIX_TEXT_MAX, 60000);
	run_free(r);
}

static void one_at_a_time_in_a_room(void **state)
{
	struct run *r = run_up();
	uint64_t first, other;

	(void)state;
	reply(r, 1, "$q", DM, 0);
	reply(r, 2, "$q", DM, 1);
	reply(r, 3, "$p", DM " $root", 0); /* a thread is no other room */
	reply(r, 4, "$o", GROUP, 0);
	first = call_of(r, "PUT", TO_DM "cb.answer.0.q")->id;
	other = call_of(r, "PUT", TO_GROUP "cb.answer.0.o")->id;
	no_call(r);
	assert_int_equal(matrix_under_way(r->m), 2);
	give(r, first, 503, "");
	no_call(r);
	after(r, 150);
	give(r, call_of(r, "PUT", TO_DM "cb.answer.0.q")->id, 200, "{'event_id':'$1'}");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, 1);
	give(r, call_of(r, "PUT", TO_DM "cb.answer.1.q")->id, 200, "{'event_id':'$2'}");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, 2);
	call_of(r, "PUT", TO_DM "cb.answer.0.p");
	give(r, other, 200, "{'event_id':'$4'}");
	give(r, other, 200, "{'event_id':'$4'}"); /* twice: ignored */
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, 4);
	assert_null(step_of(r, MACHINE_DELIVERED));
	run_free(r);
}

static void a_429_pauses_all_sends(void **state)
{
	static const struct {
		const char *headers, *body;
		int64_t wait;
	} cases[] = {
		{"", "{'retry_after_ms':4331}", 4331},
		{"Retry-After: 5\r\n", "{'retry_after_ms':4331}", 5000},
		{"", "{}", 5000},
		{"Retry-After: soon\r\n", "{}", 5000},
		{"Retry-After: 99999999999999\r\n", "{}", 3600000},
		{"", "{'retry_after_ms':-3}", 5000},
		{"Retry-After: 0\r\n", "{}", 100},
		{"", "{'retry_after_ms':31536000000}", 3600000},
		/* WALL is 08:00 */
		{"Date: Fri, 15 Jan 2027 07:59:50 GMT\r\n"
		 "Retry-After: Fri, 15 Jan 2027 08:00:02 GMT\r\n",
		 "{'retry_after_ms':99}", 12000},
		{"Retry-After: Fri, 15 Jan 2027 08:00:20 GMT\r\n", "{}", 20000},
		{"Retry-After: Fri, 15 Jan 2127 08:00:00 GMT\r\n", "{}", 3600000},
		{"Retry-After: Fri, 15 Jan 2027 07:59:59 GMT\r\n", "{'retry_after_ms':700}", 700},
		{"Retry-After: Fri, 15 Jan 2027 07:59:59 GMT\r\n", "<html>", 5000},
		{"Retry-After: Fri, 15 Jan 2027\r\n", "{}", 5000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();
		struct machine_response response = {.status = 429};

		response.headers = str_of(cases[i].headers);
		response.body = json_of(r, cases[i].body);
		reply(r, 1, "$q", DM, 0);
		matrix_answer(r->m, call_of(r, "PUT", TO_DM)->id, &response, r->now);
		reply(r, 2, "$q", GROUP, 0);
		after(r, cases[i].wait - 1);
		no_call(r);
		assert_null(step_of(r, MACHINE_DELIVERED));
		if (cases[i].wait < 30000)
			assert_int_equal(matrix_wake_ms(r->m), r->now.mono_ms + 1);
		r->now.mono_ms++;
		matrix_tick(r->m, r->now);
		/* One at a time now: the others would only be refused too. */
		give(r, call_of(r, "PUT", TO_DM "cb.answer.0.q")->id, 200, "{'event_id':'$a'}");
		call_of(r, "PUT", TO_GROUP);
		run_free(r);
	}
}

static void some_refusals_are_final(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{403, "{'errcode':'M_FORBIDDEN'}"},
		     {404, "{'errcode':'M_NOT_FOUND'}"},
		     {413, "{'errcode':'M_TOO_LARGE'}"},
		     {400, "{'errcode':'M_UNKNOWN'}"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();
		const struct machine_step *step;

		reply(r, 1, "$q", DM, 0);
		give(r, call_of(r, "PUT", TO_DM)->id, cases[i].status, cases[i].body);
		step = step_of(r, MACHINE_DELIVERED);
		assert_int_equal(step->outcome, DELIVERY_REFUSED);
		assert_within(step->why, "HTTP");
		no_call(r);
		run_free(r);
	}
}

#define FORBIDDEN "{'errcode':'M_FORBIDDEN','error':'no'}"

static void send_urgent(struct run *r, uint64_t id)
{
	const struct delivery d = {.id = id,
				   .message = STR("$u"),
				   .room = STR(GROUP),
				   .kind = STR("answer"),
				   .urgent = true,
				   .text = STR("Call 112.")};

	matrix_send(r->m, &d, r->now);
}

static void refused_unasked(struct run *r, uint64_t id)
{
	const struct machine_step *step;

	reply(r, id, "$q", GROUP, (unsigned)id);
	no_call(r);
	step = step_of(r, MACHINE_DELIVERED);
	assert_int_equal(step->delivery, id);
	assert_int_equal(step->outcome, DELIVERY_REFUSED);
	assert_within(step->why, "may not write");
}

/* Staff are told; what is calm is not tried for ten minutes, what is urgent always. */
static void where_it_may_not_write_it_does_not_try(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;

	(void)state;
	reply(r, 1, "$q", GROUP, 1);
	reply(r, 2, "$q", GROUP, 2);
	give(r, call_of(r, "PUT", TO_GROUP)->id, 403, FORBIDDEN);
	step = step_of(r, MACHINE_TROUBLE);
	assert_int_equal(step->trouble.kind, TROUBLE_MUTE);
	assert_text(step->trouble.room, GROUP);
	assert_text(step->trouble.link, "https://matrix.to/#/%21group%3Ahs");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_REFUSED);
	/* What stood behind it neither. */
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, 2);
	refused_unasked(r, 3);
	reply(r, 4, "$q", DM, 0);
	give(r, call_of(r, "PUT", TO_DM)->id, 200, "{'event_id':'$a'}");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_SENT);
	send_urgent(r, 5);
	give(r, call_of(r, "PUT", TO_GROUP)->id, 403, FORBIDDEN);
	steps_forget(r);
	after(r, 600001);
	steps_forget(r);
	reply(r, 6, "$q", GROUP, 6);
	give(r, call_of(r, "PUT", TO_GROUP)->id, 200, "{'event_id':'$b'}");
	steps_forget(r);
	reply(r, 7, "$q", GROUP, 7);
	call_of(r, "PUT", TO_GROUP);
	run_free(r);
}

static void another_refusal_of_one_reply_is_not_of_the_room(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{403, "{'errcode':'M_USER_DEACTIVATED'}"},
		     {404, "{'errcode':'M_NOT_FOUND'}"},
		     {413, "{'errcode':'M_TOO_LARGE'}"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();

		reply(r, 1, "$q", GROUP, 1);
		give(r, call_of(r, "PUT", TO_GROUP)->id, cases[i].status, cases[i].body);
		assert_null(step_of(r, MACHINE_TROUBLE));
		reply(r, 2, "$q", GROUP, 2);
		call_of(r, "PUT", TO_GROUP);
		run_free(r);
	}
}

/* Ids of old rooms have bytes that mean something in an address. */
static void ids_are_escaped_in_addresses(void **state)
{
	struct run *r = run_up();
	const struct delivery removal = {.id = 2,
					 .message = STR("$q/1+2:hs"),
					 .room = STR(DM),
					 .kind = STR("answer"),
					 .removes = STR("$a/?#:hs")};

	(void)state;
	reply(r, 1, "$q/1+2:hs", DM, 0);
	give(r, call_of(r, "PUT", TO_DM "cb.answer.0.q~2F1~2B2~3Ahs")->id, 200,
	     "{'event_id':'$a/?#:hs'}");
	matrix_send(r->m, &removal, r->now);
	give(r,
	     call_of(r, "PUT",
		     "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/redact/%24a%2F%3F%23%3Ahs/")
		     ->id,
	     200, "{}");
	matrix_fetch(r->m, STR(DM), STR("$q/1+2:hs"), r->now);
	call_of(r, "GET", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/event/%24q%2F1%2B2%3Ahs");
	run_free(r);
}

static void when_it_may_again_it_does(void **state)
{
	struct run *r = run_up();

	(void)state;
	reply(r, 1, "$q", GROUP, 1);
	give(r, call_of(r, "PUT", TO_GROUP)->id, 403, FORBIDDEN);
	steps_forget(r);
	refused_unasked(r, 2);
	events_give(r, "s2", GROUP,
		    "{'type':'m.room.power_levels','state_key':'','event_id':'$p',"
		    "'sender':'@ann:hs','content':{'events_default':0}}");
	reply(r, 3, "$q", GROUP, 3);
	call_of(r, "PUT", TO_GROUP);
	run_free(r);
}

/* Answers the reply "$q" in DM so for `ms`; gives how often it was asked for. What another room gets meanwhile
 * goes through, `others` of it. */
static unsigned tries_within(struct run *r, int64_t ms, int status, const char *body,
			     uint64_t others)
{
	int64_t until = r->now.mono_ms + ms;
	unsigned tries = 0;

	while (r->now.mono_ms < until) {
		const struct machine_step *step = step_of(r, MACHINE_CALL);

		if (!step) {
			after_wait(r);
		} else if (str_starts(step->call.url, STR(TO_GROUP))) {
			give(r, step->call.id, 200, "{'event_id':'$a'}");
			step_of(r, MACHINE_DELIVERED);
		} else if (str_starts(step->call.url, STR(TO_DM "cb.answer.0.q"))) {
			tries++;
			give(r, step->call.id, status, body);
			if (others && others-- > 0)
				reply(r, 100 + others, "$o", GROUP, 0);
		}
		for (size_t i = 0; i < r->steps_n; i++)
			if (r->steps[i].kind == MACHINE_DELIVERED && r->steps[i].delivery == 1)
				return tries;
		while (step_of(r, MACHINE_DROP) || step_of(r, MACHINE_STATE))
			;
	}
	return tries;
}

/* An outage, of hours too, loses no reply; a day does. */
static void failures_that_may_pass_are_outlasted(void **state)
{
	static const struct {
		int status;
		const char *body;
	} cases[] = {{500, "{'errcode':'M_UNKNOWN'}"},
		     {500, "{}"},
		     {0, ""},
		     {502, "<html>"},
		     {503, "{}"},
		     {504, ""},
		     {524, ""},
		     {408, ""},
		     {403, "<html>a proxy"},
		     {404, "{}"},
		     {301, ""}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_up();
		const struct machine_step *over;
		unsigned tries;

		reply(r, 1, "$q", DM, 0);
		tries = tries_within(r, DAY - 600000, cases[i].status, cases[i].body, 0);
		assert_in_range(tries, 250, 600);
		assert_null(step_of(r, MACHINE_DELIVERED));
		tries_within(r, 1200000, cases[i].status, cases[i].body, 0);
		over = step_of(r, MACHINE_DELIVERED);
		assert_non_null(over);
		assert_int_equal(over->outcome, DELIVERY_REFUSED);
		assert_within(over->why, "given up");
		run_free(r);
	}
}

/* A server that fails on one message for ever must not be asked for ever. */
static void a_reply_that_alone_fails_is_given_up(void **state)
{
	struct run *r = run_up();
	const struct machine_step *over;
	unsigned tries;

	(void)state;
	reply(r, 1, "$q", DM, 0);
	tries = tries_within(r, DAY, 500, "{}", UINT64_MAX / 2);
	over = step_of(r, MACHINE_DELIVERED);
	assert_non_null(over);
	assert_int_equal(over->delivery, 1);
	assert_int_equal(over->outcome, DELIVERY_REFUSED);
	assert_in_range(tries, 11, 40);
	/* While others go through for some minutes only, it is not clear whose fault it is. */
	reply(r, 1, "$q", DM, 0);
	tries_within(r, DAY / 2, 500, "{}", 8);
	assert_null(step_of(r, MACHINE_DELIVERED));
	run_free(r);
}

static void an_answer_that_is_lost_is_asked_for_again(void **state)
{
	struct run *r = run_up();
	uint64_t call;

	(void)state;
	r->now.mono_ms += 1000;
	reply(r, 1, "$q", DM, 0);
	call = call_of(r, "PUT", TO_DM "cb.answer.0.q")->id;
	after(r, 30000);
	assert_int_equal(step_of(r, MACHINE_DROP)->call.id, call);
	after(r, 150);
	call_of(r, "PUT", TO_DM "cb.answer.0.q"); /* the same transaction */
	run_free(r);
}

/* After a crash the stream shows what was sent already. */
static void our_own_message_in_the_stream_counts(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;

	(void)state;
	reply(r, 1, "$q", DM, 0);
	reply(r, 2, "$q", DM, 1);
	give(r, call_of(r, "PUT", TO_DM)->id, 502, "");
	events_give(r, "s2", DM,
		    "{'type':'m.room.message','event_id':'$ours','sender':'" ME
		    "','unsigned':{'transaction_id':'cb.answer.0.q'},"
		    "'content':{'msgtype':'m.text','body':'x'}}");
	step = step_of(r, MACHINE_DELIVERED);
	assert_int_equal(step->delivery, 1);
	assert_int_equal(step->outcome, DELIVERY_SENT);
	assert_text(step->text, "$ours");
	call_of(r, "PUT", TO_DM "cb.answer.1.q");
	run_free(r);
}

/* The stream may be recorded behind it before the call is answered, if ever: it is known at once, and told
 * once. */
static void also_while_its_call_is_not_answered(void **state)
{
	static const int statuses[] = {200, 0, 429, 403};

	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		struct run *r = run_up();
		uint64_t call;

		reply(r, 1, "$q", DM, 0);
		reply(r, 2, "$q", DM, 1);
		call = call_of(r, "PUT", TO_DM "cb.answer.0.q")->id;
		for (int twice = 0; twice < 2; twice++) {
			events_give(r, twice ? "s3" : "s2", DM,
				    "{'type':'m.room.message','event_id':'$ours','sender':'" ME
				    "','unsigned':{'transaction_id':'cb.answer.0.q'},"
				    "'content':{'msgtype':'m.text','body':'x'}}");
			sync_wanted(r);
		}
		assert_text(step_of(r, MACHINE_DELIVERED)->text, "$ours");
		no_call(r); /* one at a time in a room */
		give(r, call, statuses[i], "{'event_id':'$ours','errcode':'M_FORBIDDEN'}");
		after(r, 10000);
		assert_null(step_of(r, MACHINE_DELIVERED));
		call_of(r, "PUT", TO_DM "cb.answer.1.q");
		no_call(r);
		run_free(r);
	}
}

#define OURS(id, body)                                                               \
	"{'type':'m.room.message','event_id':'" id "','sender':'" ME "','content':{" \
	"'msgtype':'m.text','body':'" body                                           \
	"','m.relates_to':{'m.in_reply_to':{'event_id':'$q'}}}}"

/* After a day, or sent by another device, it is known by what it says. */
static void also_when_its_transaction_is_forgotten(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;

	(void)state;
	reply(r, 1, "$q", DM, 0);
	give(r, call_of(r, "PUT", TO_DM)->id, 502, "");
	events_give(r, "s2", DM,
		    OURS("$other", "Moon.") "," OURS(
			    "$ours", "Sun. Wait < two days & \\'rest\\'.\\n\\n- one\\n- two"));
	step = step_of(r, MACHINE_DELIVERED);
	assert_int_equal(step->delivery, 1);
	assert_text(step->text, "$ours");
	sync_wanted(r);
	after(r, 1000);
	no_call(r);
	run_free(r);
}

static void what_was_not_sent_is_withdrawn(void **state)
{
	struct run *r = run_up();
	const struct machine_step *step;

	(void)state;
	reply(r, 1, "$q", DM, 0);
	reply(r, 2, "$p", DM, 0);
	reply(r, 3, "$o", DM, 0);
	matrix_withdraw(r->m, STR("$q"), r->now); /* may have gone out */
	assert_null(step_of(r, MACHINE_DELIVERED));
	matrix_withdraw(r->m, STR("$o"), r->now);
	matrix_withdraw(r->m, STR("$p"), r->now);
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, 3);
	step = step_of(r, MACHINE_DELIVERED);
	assert_int_equal(step->delivery, 2);
	assert_int_equal(step->outcome, DELIVERY_REFUSED);
	run_free(r);
}

static void a_reply_is_removed(void **state)
{
	struct run *r = run_up();
	const struct delivery d = {.id = 1,
				   .message = STR("$q"),
				   .room = STR(DM " $root"),
				   .kind = STR("answer"),
				   .removes = STR("$a:1")};
	const struct machine_call *call;

	(void)state;
	matrix_send(r->m, &d, r->now);
	call = call_of(
		r, "PUT",
		"https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/redact/%24a%3A1/cb.remove.0.a~3A1");
	assert_text(call->body, "{}");
	give(r, call->id, 200, "{'event_id':'$x'}");
	assert_int_equal(step_of(r, MACHINE_DELIVERED)->outcome, DELIVERY_SENT);
	run_free(r);
}

static void a_reply_is_changed(void **state)
{
	struct run *r = run_up();
	const struct delivery d = {.id = 1,
				   .message = STR("$q"),
				   .room = STR(DM " $root"),
				   .kind = STR("answer"),
				   .text = STR("**No.** Rest."),
				   .changes = STR("$a")};
	const struct machine_call *call;
	const struct json *part;
	struct json *body;

	(void)state;
	events_give(r, "s2", DM, TEXT("$q", "x"));
	matrix_send(r->m, &d, r->now);
	call = call_of(r, "PUT", TO_DM "cb.change.");
	body = json_parse(call->body, 10000, NULL);
	assert_text(json_text(body, "body"), "* No. Rest.");
	assert_null(json_first(json_object(body, "m.mentions")));
	part = json_object(body, "m.new_content");
	assert_text(json_text(part, "body"), "No. Rest.");
	assert_text(json_text(part, "formatted_body"), "<p><strong>No.</strong> Rest.</p>");
	assert_text(json_text(part, "msgtype"), "m.text");
	part = json_object(body, "m.relates_to");
	assert_text(json_text(part, "rel_type"), "m.replace");
	assert_text(json_text(part, "event_id"), "$a");
	assert_null(json_get(part, "m.in_reply_to"));
	json_free(body);
	give(r, call->id, 200, "{'event_id':'$e'}");
	assert_text(step_of(r, MACHINE_DELIVERED)->text, "$a");
	/* Back to what it said before: not the same transaction. */
	matrix_send(r->m, &d, r->now);
	assert_false(str_eq(call_of(r, "PUT", TO_DM "cb.change.")->url, call->url));
	run_free(r);
}

static void what_is_none_of_matrix_is_refused(void **state)
{
	struct run *r = run_up();

	(void)state;
	reply(r, 1, "1385000000000000000", DM, 0);
	reply(r, 2, "$q", "500", 0);
	reply(r, 3, "$q", "!unknown:hs", 0);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(step_of(r, MACHINE_DELIVERED)->delivery, i);
	no_call(r);
	run_free(r);
}

static void many_rooms_at_once_but_not_too_many(void **state)
{
	struct run *r = run_up();
	char room[32], next[32];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(room, sizeof room, "!r%d:hs", i);
		snprintf(next, sizeof next, "s%d", i + 2);
		events_give(r, next, room, "");
		sync_wanted(r);
		reply(r, (uint64_t)i + 1, "$q", room, 0);
	}
	assert_int_equal(matrix_under_way(r->m),
			 MATRIX_CALLS_MAX - 3); /* one is for what is urgent */
	run_free(r);
}

static void put_for(struct run *r, uint64_t id, const char *person, bool urgent)
{
	char message[16];
	struct delivery d = {.id = id,
			     .room = STR(GROUP),
			     .person = str_of(person),
			     .kind = STR("answer"),
			     .text = STR("text"),
			     .urgent = urgent};

	snprintf(message, sizeof message, "$%d", (int)id);
	d.message = str_of(message);
	matrix_send(r->m, &d, r->now);
	steps_take(r);
}

/* Behind an answer that hangs, a limit, and thirty more. */
static void a_safety_text_goes_first(void **state)
{
	struct run *r = run_up();
	const struct machine_call *hangs;

	(void)state;
	for (uint64_t i = 1; i <= 30; i++)
		put_for(r, i, "@flood:hs", false);
	hangs = call_of(r, "PUT", TO_GROUP "cb.answer.0.1");
	no_call(r);
	put_for(r, 31, "@bea:hs", false);
	put_for(r, 32, "@ada:hs", true);
	give(r, call_of(r, "PUT", TO_GROUP "cb.answer.0.32")->id, 429, "{'retry_after_ms':1000}");
	no_call(r);
	after(r, 1000);
	give(r, call_of(r, "PUT", TO_GROUP "cb.answer.0.32")->id, 200, "{'event_id':'$a'}");
	no_call(r);
	give(r, hangs->id, 200, "{'event_id':'$b'}");
	give(r, call_of(r, "PUT", TO_GROUP "cb.answer.0.31")->id, 200, "{'event_id':'$c'}");
	call_of(r, "PUT", TO_GROUP "cb.answer.0.2");
	run_free(r);
}

static void stopping_leaves_the_position(void **state)
{
	struct run *r = run_up();

	(void)state;
	after(r, 2000);
	give(r, r->sync, 200, "{'next_batch':'s2'}");
	sync_wanted(r);
	steps_forget(r);
	matrix_stop(r->m, r->now);
	assert_int_equal(step_of(r, MACHINE_DROP)->call.id, r->sync);
	assert_within(step_of(r, MACHINE_POSITION)->text, "\"since\":\"s2\"");
	after(r, 60000);
	no_call(r);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_content_of_a_reply),
		cmocka_unit_test(in_a_thread_and_in_a_group),
		cmocka_unit_test(groups_may_get_text),
		cmocka_unit_test(what_is_sent_is_clean),
		cmocka_unit_test(the_longest_piece_fits),
		cmocka_unit_test(one_at_a_time_in_a_room),
		cmocka_unit_test(a_429_pauses_all_sends),
		cmocka_unit_test(some_refusals_are_final),
		cmocka_unit_test(where_it_may_not_write_it_does_not_try),
		cmocka_unit_test(when_it_may_again_it_does),
		cmocka_unit_test(another_refusal_of_one_reply_is_not_of_the_room),
		cmocka_unit_test(ids_are_escaped_in_addresses),
		cmocka_unit_test(failures_that_may_pass_are_outlasted),
		cmocka_unit_test(a_reply_that_alone_fails_is_given_up),
		cmocka_unit_test(an_answer_that_is_lost_is_asked_for_again),
		cmocka_unit_test(our_own_message_in_the_stream_counts),
		cmocka_unit_test(also_while_its_call_is_not_answered),
		cmocka_unit_test(also_when_its_transaction_is_forgotten),
		cmocka_unit_test(what_was_not_sent_is_withdrawn),
		cmocka_unit_test(a_reply_is_removed),
		cmocka_unit_test(a_reply_is_changed),
		cmocka_unit_test(what_is_none_of_matrix_is_refused),
		cmocka_unit_test(many_rooms_at_once_but_not_too_many),
		cmocka_unit_test(a_safety_text_goes_first),
		cmocka_unit_test(stopping_leaves_the_position),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
