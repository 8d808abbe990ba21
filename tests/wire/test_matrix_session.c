/* Signing in: which calls, with what, and what a refusal means. */
#include "matrix_run.h"

static void a_token_is_held_against_the_user(void **state)
{
	struct run *r = run_new();
	const struct machine_call *call;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	call = call_of(r, "GET", "https://hs/_matrix/client/versions");
	assert_text(call->authorization, "");
	give(r, call->id, 200, "{'versions':['v1.11']}");
	call = call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami");
	assert_text(call->authorization, "Bearer secret");
	assert_true(str_find(call->url, STR("secret")) < 0);
	give(r, call->id, 200, "{'user_id':'@other:hs','device_id':'X'}");
	no_call(r);
	assert_within(step_of(r, MACHINE_FATAL)->why, "@other:hs");
	assert_int_equal(matrix_wake_ms(r->m), INT64_MAX);
	run_free(r);
}

static void an_old_or_absent_server(void **state)
{
	struct run *r = run_new();
	int64_t began = r->now.mono_ms;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	for (int i = 0; i < 8; i++) {
		give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 0, "");
		no_call(r);
		after_wait(r);
	}
	assert_in_range(r->now.mono_ms - began, 20000, 70000);
	assert_within(step_of(r, MACHINE_STATE)->why, "connection refused");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['r0.6.1']}");
	assert_within(step_of(r, MACHINE_FATAL)->why, "too old");
	run_free(r);
}

/* The name in users' ids was taken for the server's address. */
static void it_may_be_said_where_the_server_is(void **state)
{
	struct run *r = run_new();
	const struct machine_call *call;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 404, "Not here");
	call = call_of(r, "GET", "https://hs/.well-known/matrix/client");
	assert_int_equal(call->authorization.n, 0);
	give(r, call->id, 200, "{'m.homeserver':{'base_url':'https://matrix.hs:8448/'}}");
	call = call_of(r, "GET", "https://matrix.hs:8448/_matrix/client/versions");
	give(r, call->id, 200, "{'versions':['v1.11']}");
	call_of(r, "GET", "https://matrix.hs:8448/_matrix/client/v3/account/whoami");
	run_free(r);
}

static void or_not_and_then_both_are_asked_again(void **state)
{
	static const struct {
		int status;
		const char *body;
	} answers[] = {
		{200, "{}"},
		{200, "<html>"},
		{200, ""},
		{200, "{'m.homeserver':{'base_url':7}}"},
		{200, "{'m.homeserver':{'base_url':'http://matrix.hs'}}"},
		{200, "{'m.homeserver':{'base_url':'https://hs'}}"},
		{200, "{'m.homeserver':{'base_url':'https://hs//'}}"},
		{200, "{'m.homeserver':{'base_url':'https://'}}"},
		{200, "{'m.homeserver':{'base_url':'https://a b'}}"},
		{200, "{'m.homeserver':{'base_url':'https://me@b'}}"},
		/* not there: the address that is set is the one */
		{404, "{'errcode':'M_NOT_FOUND'}"},
		{500, "{'m.homeserver':{'base_url':'https://matrix.hs'}}"},
		{301, ""},
		{0, ""},
	};
	struct run *r = run_new();

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200, "<html>");
		give(r, call_of(r, "GET", "https://hs/.well-known/matrix/client")->id,
		     answers[i].status, answers[i].body);
		no_call(r);
		/* What is the same as before is said once. */
		if (i == 0 || answers[i].status != answers[i - 1].status)
			assert_within(step_of(r, MACHINE_STATE)->why, "no homeserver answers");
		assert_null(step_of(r, MACHINE_STATE));
		after(r, 60000);
	}
	run_free(r);
}

static void an_answer_that_never_comes_is_given_up(void **state)
{
	struct run *r = run_new();
	uint64_t call;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	call = call_of(r, "GET", "https://hs/_matrix/client/versions")->id;
	after(r, 29999);
	no_call(r);
	after(r, 1);
	assert_int_equal(step_of(r, MACHINE_DROP)->call.id, call);
	after_wait(r);
	give(r, call, 200, "{'versions':['r0.1']}"); /* too late: not looked at */
	assert_null(step_of(r, MACHINE_FATAL));
	call_of(r, "GET", "https://hs/_matrix/client/versions");
	run_free(r);
}

static void a_token_that_is_refused_ends_it(void **state)
{
	struct run *r = run_up();

	(void)state;
	give(r, r->sync, 401, "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	no_call(r);
	assert_within(step_of(r, MACHINE_FATAL)->why, "matrix.token_file");
	run_free(r);
}

/* An answer of 401 that does not name the token: a proxy's, or an account that is locked for a while. */
static void any_other_401_passes(void **state)
{
	static const char *const bodies[] = {"", "<html>", "{}",
					     "{'errcode':'M_USER_LOCKED','soft_logout':true}",
					     "{'errcode':'M_FORBIDDEN'}"};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct run *r = run_up();
		int64_t began = r->now.mono_ms;
		const struct machine_step *step;
		uint64_t send;

		reply(r, 1, "$q", DM, 0);
		send = call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/send/")->id;
		for (int n = 0; n < 8; n++) {
			give(r, r->sync, 401, bodies[i]);
			after_wait(r);
			if (n == 0)
				give(r, send, 401, bodies[i]);
			while (!(step = step_like(r, MACHINE_CALL, "GET",
						  "https://hs/_matrix/client/v3/sync?")))
				after_wait(r);
			r->sync = step->call.id;
		}
		assert_in_range(r->now.mono_ms - began, 5000, 120000);
		assert_null(step_of(r, MACHINE_FATAL));
		assert_null(step_of(r, MACHINE_DELIVERED));
		call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/send/");
		run_free(r);
	}
}

/* Whatever the first questions are answered with, they are not asked at the speed of the network. */
static void a_401_on_the_versions_is_waited_for(void **state)
{
	struct run *r = run_new();
	int64_t began = r->now.mono_ms;

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	for (int n = 0; n < 6; n++) {
		give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 401,
		     n % 2 ? "{'errcode':'M_MISSING_TOKEN'}" : "<html>");
		no_call(r);
		after_wait(r);
	}
	assert_in_range(r->now.mono_ms - began, 5000, 60000);
	run_free(r);
}

static struct run *by_password(const char *session)
{
	struct matrix_settings settings = settings_plain();
	static char quoted[500];
	struct run *r;

	settings.token = STR("");
	settings.password = STR("open sesame");
	snprintf(quoted, sizeof quoted, "%s", session);
	for (char *c = quoted; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	settings.session = str_of(quoted);
	r = run_with(&settings);
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.2']}");
	return r;
}

#define LOGIN "https://hs/_matrix/client/v3/login"
#define REFRESH "https://hs/_matrix/client/v3/refresh"
#define WHOAMI "https://hs/_matrix/client/v3/account/whoami"

static void nothing_is_asked_before_a_login_is_kept(void **state)
{
	struct run *r = by_password("");
	const struct machine_call *call = call_of(r, "POST", LOGIN);
	struct json *body = json_parse(call->body, 10000, NULL);

	(void)state;
	assert_text(json_text(body, "type"), "m.login.password");
	assert_text(json_text(json_object(body, "identifier"), "user"), ME);
	assert_text(json_text(body, "password"), "open sesame");
	assert_null(json_get(body, "device_id"));
	assert_true(json_true(body, "refresh_token"));
	json_free(body);
	assert_text(call->authorization, "");
	give(r, call->id, 200,
	     "{'user_id':'" ME "','access_token':'T1','refresh_token':'R1','device_id':'D1'}");
	no_call(r);
	body = json_parse(step_of(r, MATRIX_KEEP)->text, 10000, NULL);
	assert_text(json_text(body, "token"), "T1");
	assert_text(json_text(body, "refresh"), "R1");
	assert_text(json_text(body, "device"), "D1");
	json_free(body);
	matrix_kept(r->m, true, STR(""), r->now);
	assert_text(call_of(r, "GET", WHOAMI)->authorization, "Bearer T1");
	run_free(r);
}

/* A disk that is full meanwhile stops no answer. */
static void a_session_that_cannot_be_kept_is_used_and_kept_later(void **state)
{
	struct run *r = by_password("");
	unsigned keeps = 0;

	(void)state;
	give(r, call_of(r, "POST", LOGIN)->id, 200, "{'access_token':'T1','device_id':'D1'}");
	for (int64_t until = r->now.mono_ms + 600000; r->now.mono_ms < until;) {
		const struct machine_step *step = step_of(r, MATRIX_KEEP);

		if (step) {
			assert_within(step->text, "T1");
			matrix_kept(r->m, false, STR("the disk is full"), r->now);
			keeps++;
		}
		step = step_like(r, MACHINE_CALL, "GET", WHOAMI);
		if (step) {
			assert_text(step->call.authorization, "Bearer T1");
			give(r, step->call.id, 200, "{'user_id':'" ME "','device_id':'D1'}");
		}
		after_wait(r);
	}
	assert_in_range(keeps, 10, 30);
	assert_within(step_of(r, MACHINE_NOTE)->why, "the disk is full");
	assert_null(step_of(r, MACHINE_FATAL));
	assert_null(step_of(r, MACHINE_NOTE)); /* said once */
	while (!step_of(r, MATRIX_KEEP))
		after_wait(r);
	matrix_kept(r->m, true, STR(""), r->now);
	assert_within(step_of(r, MACHINE_NOTE)->why, "kept again");
	after(r, 3600000);
	assert_null(step_of(r, MATRIX_KEEP));
	run_free(r);
}

#define KEPT "{'user':'" ME "','device':'D1','token':'T1','refresh':'R1'}"

static void a_kept_session_is_taken_up(void **state)
{
	struct run *r = by_password(KEPT);

	(void)state;
	assert_text(call_of(r, "GET", WHOAMI)->authorization, "Bearer T1");
	run_free(r);
	r = by_password("{'user':'@else:hs','device':'D1','token':'T1','refresh':'R1'}");
	call_of(r, "POST", LOGIN);
	run_free(r);
}

static void an_expired_token_is_renewed(void **state)
{
	struct run *r = by_password(KEPT);
	const struct machine_call *call;

	(void)state;
	give(r, call_of(r, "GET", WHOAMI)->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	after_wait(r);
	call = call_of(r, "POST", REFRESH);
	assert_text(call->body, "{\"refresh_token\":\"R1\"}");
	assert_text(call->authorization, "");
	give(r, call->id, 404, "{'errcode':'M_UNRECOGNIZED'}");
	call = call_of(r, "POST", "https://hs/_matrix/client/v1/refresh");
	give(r, call->id, 200, "{'access_token':'T2','refresh_token':'R2'}");
	no_call(r);
	assert_within(step_of(r, MATRIX_KEEP)->text, "R2");
	matrix_kept(r->m, true, STR(""), r->now);
	assert_text(call_of(r, "GET", WHOAMI)->authorization, "Bearer T2");
	run_free(r);
}

static void a_refused_renewal_signs_in_as_the_same_device(void **state)
{
	struct run *r = by_password(KEPT);
	const struct machine_call *call;

	(void)state;
	give(r, call_of(r, "GET", WHOAMI)->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	after_wait(r);
	give(r, call_of(r, "POST", REFRESH)->id, 403, "{'errcode':'M_FORBIDDEN'}");
	call = call_of(r, "POST", LOGIN);
	assert_within(call->body, "\"device_id\":\"D1\"");
	run_free(r);
}

static void a_session_that_was_ended_signs_in_as_another_device(void **state)
{
	struct run *r = by_password(KEPT);

	(void)state;
	give(r, call_of(r, "GET", WHOAMI)->id, 401, "{'errcode':'M_UNKNOWN_TOKEN'}");
	after_wait(r);
	assert_true(str_find(call_of(r, "POST", LOGIN)->body, STR("device_id")) < 0);
	assert_non_null(step_of(r, MACHINE_NOTE));
	run_free(r);
}

static void a_renewal_waits_while_the_server_is_away(void **state)
{
	struct run *r = by_password(KEPT);

	(void)state;
	give(r, call_of(r, "GET", WHOAMI)->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	after_wait(r);
	for (int i = 0; i < 5; i++) {
		give(r, call_of(r, "POST", REFRESH)->id, 502, "<html>");
		after_wait(r);
	}
	call_of(r, "POST", REFRESH);
	run_free(r);
}

static void a_login_may_be_refused(void **state)
{
	static const struct {
		int status;
		const char *body, *why;
	} cases[] = {
		{403, "{'errcode':'M_FORBIDDEN'}", "matrix.password_file"},
		{403, "{'errcode':'M_USER_DEACTIVATED'}", "M_USER_DEACTIVATED"},
		{404, "{'errcode':'M_UNRECOGNIZED'}", "matrix.token_file"},
		{400, "{'errcode':'M_UNKNOWN'}", "matrix.token_file"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = by_password("");

		give(r, call_of(r, "POST", LOGIN)->id, cases[i].status, cases[i].body);
		assert_within(step_of(r, MACHINE_FATAL)->why, cases[i].why);
		run_free(r);
	}
}

/* Its session is good again when it is unlocked; nothing is thrown away meanwhile. */
static void a_locked_account_is_waited_for(void **state)
{
	static const char locked[] = "{'errcode':'M_USER_LOCKED','soft_logout':true}";
	struct run *r = by_password("");
	int64_t began = r->now.mono_ms;

	(void)state;
	for (int i = 0; i < 8; i++) {
		give(r, call_of(r, "POST", LOGIN)->id, 401, locked);
		no_call(r);
		after_wait(r);
	}
	assert_within(step_of(r, MACHINE_STATE)->why, "can unlock it");
	assert_null(step_of(r, MACHINE_FATAL));
	assert_in_range(r->now.mono_ms - began, 5000, 200000);
	call_of(r, "POST", LOGIN);
	run_free(r);
	r = by_password(KEPT);
	give(r, call_of(r, "GET", WHOAMI)->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	after_wait(r);
	give(r, call_of(r, "POST", REFRESH)->id, 401, locked);
	no_call(r);
	after_wait(r);
	assert_text(call_of(r, "POST", REFRESH)->body, "{\"refresh_token\":\"R1\"}");
	run_free(r);
}

/* The old pair is good until the new one is used for the first time, which is behind its being kept. */
static void killed_before_the_new_pair_was_kept_the_old_one_renews_again(void **state)
{
	(void)state;
	for (int run = 0; run < 2; run++) {
		struct run *r = by_password(KEPT);
		const struct machine_call *call;

		give(r, call_of(r, "GET", WHOAMI)->id, 401,
		     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
		after_wait(r);
		call = call_of(r, "POST", REFRESH);
		assert_text(call->body, "{\"refresh_token\":\"R1\"}");
		give(r, call->id, 200, "{'access_token':'T2','refresh_token':'R2'}");
		assert_within(step_of(r, MATRIX_KEEP)->text, "T2");
		no_call(r);
		after(r, 60000);
		no_call(r);
		run_free(r); /* killed */
	}
}

/* A proxy in front of the server says nothing about the account. */
static void errors_that_are_not_the_servers_pass(void **state)
{
	struct run *r = by_password("");

	(void)state;
	give(r, call_of(r, "POST", LOGIN)->id, 403, "<html>");
	after_wait(r);
	call_of(r, "POST", LOGIN);
	run_free(r);
	r = by_password(KEPT);
	give(r, call_of(r, "GET", WHOAMI)->id, 401,
	     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	after_wait(r);
	give(r, call_of(r, "POST", REFRESH)->id, 403, "<html>");
	after_wait(r);
	give(r, call_of(r, "POST", REFRESH)->id, 401, "");
	after_wait(r);
	call_of(r, "POST", REFRESH);
	run_free(r);
}

/* A server that signs in and then does not know its own tokens. */
static void tokens_that_are_never_good_are_asked_for_slowly(void **state)
{
	struct run *r = by_password("");
	int64_t began = r->now.mono_ms;

	(void)state;
	for (int n = 0; n < 6; n++) {
		give(r, call_of(r, "POST", LOGIN)->id, 200, "{'access_token':'T','device_id':'D'}");
		matrix_kept(r->m, true, STR(""), r->now);
		give(r, call_of(r, "GET", WHOAMI)->id, 401,
		     "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
		after_wait(r);
	}
	assert_in_range(r->now.mono_ms - began, 5000, 60000);
	run_free(r);
}

static void a_login_obeys_the_limit(void **state)
{
	struct run *r = by_password("");
	const struct machine_response response = {
		.status = 429,
		.headers = STR("HTTP/1.1 429 x\r\nretry-after: 333\r\n"),
		.body = STR("{}")};

	(void)state;
	matrix_answer(r->m, call_of(r, "POST", LOGIN)->id, &response, r->now);
	assert_within(step_of(r, MACHINE_STATE)->why, "signing in fails: HTTP 429");
	assert_null(step_of(r, MACHINE_STATE)); /* it is said once */
	after(r, 332999);
	no_call(r);
	after(r, 1);
	call_of(r, "POST", LOGIN);
	run_free(r);
}

/* Each of these calls had the old token; only the first may cost the session. */
static void late_refusals_of_an_old_token_are_no_news(void **state)
{
	struct matrix_settings settings = settings_plain();
	struct run *r;
	uint64_t send, again;

	(void)state;
	settings.token = STR("");
	settings.password = STR("open sesame");
	settings.session =
		STR("{\"user\":\"" ME "\",\"device\":\"DEV\",\"token\":\"T1\",\"refresh\":\"R1\"}");
	r = run_up_with(&settings);
	reply(r, 1, "$q", DM, 0);
	reply(r, 2, "$r", GROUP, 0);
	send = call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21dm%3Ahs/send/")->id;
	again = call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21group%3Ahs/send/")->id;
	give(r, send, 401, "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	assert_int_equal(step_of(r, MACHINE_DROP)->call.id, r->sync); /* replies wait for no poll */
	give(r, call_of(r, "POST", REFRESH)->id, 200, "{'access_token':'T2','refresh_token':'R2'}");
	matrix_kept(r->m, true, STR(""), r->now);
	give(r, again, 401, "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}");
	give(r, call_of(r, "GET", WHOAMI)->id, 200, "{'user_id':'" ME "','device_id':'DEV'}");
	sync_wanted(r);
	assert_text(call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21dm")->authorization,
		    "Bearer T2");
	call_of(r, "PUT", "https://hs/_matrix/client/v3/rooms/%21group");
	no_call(r);
	run_free(r);
}

static void another_device_is_said(void **state)
{
	struct run *r = run_new();

	(void)state;
	run_start(r, "{\"user\":\"" ME "\",\"device\":\"OLD\",\"since\":\"s5\"}");
	assert_within(step_of(r, MACHINE_NOTE)->why, "another device");
	run_free(r);
}

static void settings_that_cannot_be_right(void **state)
{
	struct matrix_settings s = settings_plain();
	struct err err;

	(void)state;
	s.homeserver = STR("hs");
	assert_null(matrix_new(&s, &err));
	s = settings_plain();
	s.user = STR("bot");
	assert_null(matrix_new(&s, &err));
	assert_within(str_of(err.text), "@bot:example.org");
	s = settings_plain();
	s.token = STR("");
	assert_null(matrix_new(&s, &err));
}

/* A limit or a failure is no answer; a refusal is one. */
static void the_name_is_asked_for_until_it_is_told(void **state)
{
	const char *const url = "https://hs/_matrix/client/v3/profile/";
	struct run *r = run_new();

	(void)state;
	matrix_start(r->m, STR(""), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami")->id, 200,
	     "{'user_id':'" ME "'}");
	give(r, call_of(r, "GET", url)->id, 429,
	     "{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':300}");
	no_call(r);
	after_wait(r);
	give(r, call_of(r, "GET", url)->id, 500, "{'errcode':'M_UNKNOWN'}");
	no_call(r);
	after_wait(r);
	give(r, call_of(r, "GET", url)->id, 403, "{'errcode':'M_FORBIDDEN'}");
	nobody_ignored(r);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_held_against_the_user),
		cmocka_unit_test(an_old_or_absent_server),
		cmocka_unit_test(it_may_be_said_where_the_server_is),
		cmocka_unit_test(or_not_and_then_both_are_asked_again),
		cmocka_unit_test(an_answer_that_never_comes_is_given_up),
		cmocka_unit_test(a_token_that_is_refused_ends_it),
		cmocka_unit_test(nothing_is_asked_before_a_login_is_kept),
		cmocka_unit_test(a_session_that_cannot_be_kept_is_used_and_kept_later),
		cmocka_unit_test(a_kept_session_is_taken_up),
		cmocka_unit_test(an_expired_token_is_renewed),
		cmocka_unit_test(a_refused_renewal_signs_in_as_the_same_device),
		cmocka_unit_test(a_session_that_was_ended_signs_in_as_another_device),
		cmocka_unit_test(a_renewal_waits_while_the_server_is_away),
		cmocka_unit_test(a_login_may_be_refused),
		cmocka_unit_test(a_locked_account_is_waited_for),
		cmocka_unit_test(killed_before_the_new_pair_was_kept_the_old_one_renews_again),
		cmocka_unit_test(any_other_401_passes),
		cmocka_unit_test(a_401_on_the_versions_is_waited_for),
		cmocka_unit_test(errors_that_are_not_the_servers_pass),
		cmocka_unit_test(tokens_that_are_never_good_are_asked_for_slowly),
		cmocka_unit_test(a_login_obeys_the_limit),
		cmocka_unit_test(late_refusals_of_an_old_token_are_no_news),
		cmocka_unit_test(another_device_is_said),
		cmocka_unit_test(settings_that_cannot_be_right),
		cmocka_unit_test(the_name_is_asked_for_until_it_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
