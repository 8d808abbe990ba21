#include "online_world.h"
#include "wire/online_matrix.h"

#define VERSIONS "{'versions':['r0.6.1','v1.1']}"
#define WHOAMI "{'user_id':'@bot:hs','device_id':'DEV'}"
#define NOTHING "{'errcode':'M_NOT_FOUND'}"

/* Behind these rows everything is good. */
#define GOOD_ROWS                                                                       \
	{"/_matrix/client/versions", 200, VERSIONS, NULL, 0},                           \
		{"/login", 200, "{'flows':[{},{'type':'m.login.password'}]}", NULL, 0}, \
		{"/account/whoami", 200, WHOAMI, NULL, 0},                              \
		{"/keys/query", 200, "{'device_keys':{'@bot:hs':{}}}", NULL, 0},        \
		{"/joined_rooms", 200, "{'joined_rooms':['!a:hs']}", NULL, 0},          \
		{"/state/m.room.name", 404, NOTHING, NULL, 0},                          \
		{"/state/m.room.tombstone", 404, NOTHING, NULL, 0},                     \
		{"/state/m.room.encryption", 404, NOTHING, NULL, 0},                    \
	{                                                                               \
		"/state/m.room.power_levels", 404, NOTHING, NULL, 0                     \
	}
#define GOOD_N 9

static const struct str friends = {"*:hs", 4};
static const struct online_matrix_settings plain = {.homeserver = {"https://hs/", 11},
						    .user = {"@bot:hs", 7},
						    .token = {"syt_secret", 10},
						    .invite_from = &friends,
						    .invite_from_n = 1};

static void run_with(const struct online_matrix_settings *settings, struct answer_row first,
		     struct found *found, struct online **o)
{
	struct answer_row rows[GOOD_N + 1] = {first, GOOD_ROWS};

	*o = online_matrix_new(settings);
	world_run(*o, first.end ? rows : rows + 1, first.end ? GOOD_N + 1 : GOOD_N, found);
}

static void all_good(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain, (struct answer_row){0}, &found, &o);
	found_is(&found, NULL);
	assert_int_equal(found_n(&found, FINDING_GOOD), 7);
	assert_int_equal(found_n(&found, FINDING_NOTE), 1);
	assert_true(
		found_has(&found, FINDING_NOTE,
			  "POST https://hs/_synapse/admin/v1/users/@bot:hs/override_ratelimit with "
			  "{\"messages_per_second\": 0, \"burst_count\": 0}"));
	assert_int_equal(found.asked, 8);
	assert_false(found.greeted);
	assert_string_equal(
		found.last_url,
		"https://hs/_matrix/client/v3/rooms/%21a%3Ahs/state/m.room.power_levels");
	assert_string_equal(found.last_authorization, "Bearer syt_secret");
	online_free(o);
}

#define AS "?user_id=%40bot%3Ahs"

static void an_appservice_is_asked_about_as_one(void **state)
{
	static const struct answer_row good[] = {
		{"/_matrix/client/versions", 200, VERSIONS, NULL, 0},
		{"/account/whoami" AS, 200, "{'user_id':'@bot:hs'}", NULL, 0},
		{"/keys/query" AS, 200, "{'device_keys':{'@bot:hs':{}}}", NULL, 0},
		{"/joined_rooms" AS, 200, "{'joined_rooms':['!a:hs']}", NULL, 0},
		{"/state/m.room.name" AS, 404, NOTHING, NULL, 0},
		{"/state/m.room.tombstone" AS, 404, NOTHING, NULL, 0},
		{"/state/m.room.encryption" AS, 404, NOTHING, NULL, 0},
		{"/state/m.room.power_levels" AS, 404, NOTHING, NULL, 0}};
	static const struct {
		int status;
		const char *body, *mend;
	} bad[] = {{401, "{'errcode':'M_UNKNOWN_TOKEN'}", "restart it"},
		   {403, "{'errcode':'M_FORBIDDEN'}", "sender_localpart"},
		   {200, "{'user_id':'@other:hs'}", "is one of @other:hs"}};
	struct online_matrix_settings settings = plain;
	struct answer_row rows[sizeof good / sizeof *good];
	struct found found;
	struct online *o;

	(void)state;
	settings.is_appservice = true;
	o = online_matrix_new(&settings);
	memcpy(rows, good, sizeof rows);
	world_run(o, rows, sizeof good / sizeof *good, &found);
	found_is(&found, NULL);
	assert_true(found_has(&found, FINDING_GOOD, "the registration covers it"));
	assert_true(found_has(&found, FINDING_NOTE, "wsproxy was not tried"));
	assert_int_equal(found_n(&found, FINDING_NOTE), 1);
	online_free(o);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		memcpy(rows, good, sizeof rows);
		rows[1].status = bad[i].status;
		rows[1].body = bad[i].body;
		o = online_matrix_new(&settings);
		world_run(o, rows, sizeof good / sizeof *good, &found);
		found_is(&found, bad[i].mend);
		online_free(o);
	}
}

static void each_answer(void **state)
{
	static const struct {
		struct answer_row row;
		const char *mend;
	} cases[] = {
		{{"/versions", 200, "{'versions':['r0.6.1']}", NULL, 0}, "too old"},
		{{"/versions", 200, "{'versions':[]}", NULL, 0}, "too old"},
		{{"/versions", 200, "[]", NULL, 0}, "no homeserver answers"},
		{{"/versions", 502, "<html>", NULL, 0}, "the homeserver: HTTP 502"},
		{{"/versions", 0, "", "", 0}, "the homeserver: no answer (nobody"},
		{{"/whoami", 401, "{'errcode':'M_UNKNOWN_TOKEN'}", NULL, 0},
		 "does not accept the access token"},
		{{"/whoami", 401, "<html>", NULL, 0}, "whose token this is: HTTP 401"},
		{{"/whoami", 200, "{}", NULL, 0}, "whose token this is: HTTP 200"},
		{{"/whoami", 200, "{'user_id':'@BOT:hs','device_id':'DEV'}", NULL, 0},
		 "is one of @BOT:hs, and matrix.user is @bot:hs"},
		{{"/whoami", 200, "{'user_id':'@bot:hs'}", NULL, 0}, "belongs to no device"},
		{{"/keys/query", 200, "{'device_keys':{'@bot:hs':{'A':{},'B':{}}}}", NULL, 0},
		 "(device A, B)"},
		{{"/keys/query", 200,
		  "{'device_keys':{'@bot:hs':{'1':1,'2':1,'3':1,'4':1,'5':1,'6':1}}}", NULL, 0},
		 "(device 1, 2, 3, 4, 5 and others)"},
		{{"/keys/query", 200, "{'device_keys':{'@ann:hs':{'A':{}}}}", NULL, 0}, NULL},
		{{"/keys/query", 200, "{'device_keys':[]}", NULL, 0}, "the account's devices"},
		{{"/keys/query", 403, "{}", NULL, 0}, "the account's devices"},
		{{"/joined_rooms", 500, "{}", NULL, 0}, "the rooms that the bot is in"},
		{{"/joined_rooms", 200, "{'joined_rooms':[]}", NULL, 0}, NULL},
		{{"/state/m.room.name", 403, "{'errcode':'M_FORBIDDEN'}", NULL, 0},
		 "room !a:hs: HTTP 403"},
		{{"/state/m.room.name", 404, "<html>", NULL, 0}, "room !a:hs: HTTP 404"},
		{{"/state/m.room.encryption", 200, "{}", NULL, 0}, NULL},
		{{"/state/m.room.power_levels", 200, "{'events_default':1}", NULL, 0},
		 "power level 0, and 1 is needed"},
		{{"/state/m.room.power_levels", 200,
		  "{'events_default':50,'users':{'@bot:hs':50,'@ann:hs':'x'}}", NULL, 0},
		 NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct found found;
		struct online *o;

		run_with(&plain, cases[i].row, &found, &o);
		found_is(&found, cases[i].mend);
		online_free(o);
	}
}

static void nobody_there(void **state)
{
	static const char *const ends[] = {"/versions",
					   "/whoami",
					   "/keys/query",
					   "/joined_rooms",
					   "/state/m.room.name",
					   "/state/m.room.tombstone",
					   "/state/m.room.encryption",
					   "/state/m.room.power_levels"};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct found found;
		struct online *o;

		run_with(&plain, (struct answer_row){ends[i], 0, "", "", 0}, &found, &o);
		found_is(&found, "nothing more was asked");
		assert_true(str_ends(str_of(found.last_url), str_of(ends[i])));
		online_free(o);
	}
}

/* Where the users' ids are from is not always where the server is. */
static void where_it_is(void **state)
{
	static const struct {
		int status;
		const char *body, *mend;
	} cases[] = {
		{200, "{'m.homeserver':{'base_url':'https://m.hs'}}",
		 "homeserver = \"https://m.hs\""},
		{200, "{'m.homeserver':{}}", "write the address"},
		{200, "<html>", "write the address"},
		{404, "", "write the address"},
		{301, "", "write the address"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer_row rows[] = {
			{"/versions", 404, "<html>", NULL, 0},
			{"hs/.well-known/matrix/client", cases[i].status, cases[i].body, NULL, 0}};
		struct online *o = online_matrix_new(&plain);
		struct found found;

		world_run(o, rows, 2, &found);
		found_is(&found, cases[i].mend);
		assert_int_equal(found.asked, 2);
		assert_string_equal(found.last_authorization, "");
		online_free(o);
	}
}

#define KEPT "{'user':'@bot:hs','device':'DEV','token':'syt_kept','refresh':'syr_kept'}"

/* Signed in by password: what was kept, what the server says of it, what comes of it. */
static void sessions(void **state)
{
	static const struct {
		const char *kept;
		struct answer_row row;
		enum finding_kind kind;
		const char *what;
		size_t asked, to_mend;
	} cases[] = {
		{"", {0}, FINDING_GOOD, "takes sign-in by password", 2, 0},
		{"no JSON", {0}, FINDING_GOOD, "takes sign-in by password", 2, 0},
		{"{'user':'@ann:hs','token':'x'}",
		 {0},
		 FINDING_NOTE,
		 "the password was not tried",
		 2,
		 0},
		{"",
		 {"/login", 200, "{'flows':[{'type':'m.login.sso'}]}", NULL, 0},
		 FINDING_MEND,
		 "takes no sign-in by password",
		 2,
		 1},
		{"", {"/login", 404, "{}", NULL, 0}, FINDING_MEND, "takes no sign-in", 2, 1},
		{"",
		 {"/login", 503, "{}", NULL, 0},
		 FINDING_MEND,
		 "lets programs sign in: HTTP 503",
		 2,
		 1},
		{KEPT, {0}, FINDING_GOOD, "its device is DEV, as in the kept session", 8, 0},
		{KEPT,
		 {"/whoami", 200, "{'user_id':'@bot:hs','device_id':'NEW'}", NULL, 0},
		 FINDING_MEND,
		 "of the device DEV, and the homeserver says NEW",
		 8,
		 1},
		{KEPT,
		 {"/whoami", 401, "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}", NULL, 0},
		 FINDING_NOTE,
		 "the next start renews it",
		 2,
		 0},
		{"{'user':'@bot:hs','device':'DEV','token':'syt_kept'}",
		 {"/whoami", 401, "{'errcode':'M_UNKNOWN_TOKEN','soft_logout':true}", NULL, 0},
		 FINDING_NOTE,
		 "the next start signs in anew",
		 3,
		 0},
		{KEPT,
		 {"/whoami", 401, "{'errcode':'M_UNKNOWN_TOKEN'}", NULL, 0},
		 FINDING_NOTE,
		 "the next start signs in anew",
		 3,
		 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct online_matrix_settings settings = plain;
		struct found found;
		struct online *o;
		char kept[200];

		settings.token = STR("");
		settings.session = json_of(cases[i].kept, kept, sizeof kept);
		run_with(&settings, cases[i].row, &found, &o);
		assert_true(found_has(&found, cases[i].kind, cases[i].what));
		assert_int_equal(found.asked, cases[i].asked);
		assert_int_equal(found_n(&found, FINDING_MEND), cases[i].to_mend);
		online_free(o);
	}
}

static void power(void **state)
{
	static const struct {
		const char *levels;
		int64_t own, needed;
	} cases[] = {
		{"{}", 0, 0},
		{"{'users_default':10,'events_default':20}", 10, 20},
		{"{'users':{'@bot:hs':-1},'users_default':10}", -1, 0},
		{"{'users':{'@bot:hs':'100'},'events_default':' 50 '}", 100, 50},
		{"{'users':{'@ann:hs':100},'events':{'m.room.message':5},'events_default':50}", 0,
		 5},
		{"{'users':{'@bot:hs':1.5},'users_default':{},'events':[],'events_default':null}",
		 0, 0},
	};

	(void)state;
	assert_int_equal(online_power(NULL, "@bot:hs").own, 0);
	assert_int_equal(online_power(NULL, "@bot:hs").needed, 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[300];
		struct json *levels =
			json_parse(json_of(cases[i].levels, text, sizeof text), sizeof text, NULL);
		struct online_power got = online_power(levels, "@bot:hs");

		assert_non_null(levels);
		assert_int_equal(got.own, cases[i].own);
		assert_int_equal(got.needed, cases[i].needed);
		json_free(levels);
	}
}

static void rooms(void **state)
{
	struct online_matrix_settings settings = plain;
	struct found found;
	struct online *o;

	(void)state;
	settings.staff[0] = STR("!a:hs");
	settings.staff[1] = STR("!far:hs");
	run_with(&settings, (struct answer_row){0}, &found, &o);
	found_is(&found, "staff_room_second !far:hs: the bot is not in it");
	assert_true(found_has(&found, FINDING_GOOD, "staff_room !a:hs: not encrypted"));
	assert_true(found_has(&found, FINDING_NOTE, "in no room for patients yet"));
	online_free(o);
	settings.staff[1] = STR("");
	run_with(&settings,
		 (struct answer_row){"/state/m.room.encryption", 200, "{'algorithm':'m.x'}", NULL,
				     0},
		 &found, &o);
	found_is(&found, "staff_room !a:hs: it is encrypted, and alerts cannot be sent there");
	online_free(o);
	run_with(&plain,
		 (struct answer_row){"/state/m.room.encryption", 200, "{'algorithm':'m.x'}", NULL,
				     0},
		 &found, &o);
	found_is(&found, NULL);
	assert_true(
		found_has(&found, FINDING_NOTE, "room !a:hs: it is encrypted: the bot says there"));
	online_free(o);
	run_with(&plain,
		 (struct answer_row){"/state/m.room.name", 200, "{'name':'Hall syt_secret'}", NULL,
				     0},
		 &found, &o);
	assert_true(found_has(&found, FINDING_GOOD, "room !a:hs (Hall [struck]): not encrypted"));
	online_free(o);
}

/* A server raises the level that writing there needs, so that nobody goes on in the old one. */
static void a_replaced_room(void **state)
{
	const struct answer_row tombstone = {"/state/m.room.tombstone", 200,
					     "{'body':'x','replacement_room':'!new:hs'}", NULL, 0};
	struct online_matrix_settings settings = plain;
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain, tombstone, &found, &o);
	found_is(&found, NULL);
	assert_true(found_has(&found, FINDING_NOTE, "room !a:hs: it was replaced by !new:hs"));
	assert_false(found_has(&found, FINDING_GOOD, "room !a:hs"));
	online_free(o);
	settings.staff[0] = STR("!a:hs");
	run_with(&settings, tombstone, &found, &o);
	found_is(&found, "staff_room !a:hs: it was replaced: invite the bot to !new:hs");
	online_free(o);
	run_with(&plain, (struct answer_row){"/state/m.room.tombstone", 200, "{}", NULL, 0}, &found,
		 &o);
	assert_true(found_has(&found, FINDING_GOOD, "room !a:hs: not encrypted"));
	online_free(o);
}

/* Of many the first, and staff's though it is the last. */
static void many_rooms(void **state)
{
	struct online_matrix_settings settings = plain;
	char list[4000] = "{'joined_rooms':['!0:hs'";
	struct found found;
	struct online *o;

	(void)state;
	for (int i = 1; i < 120; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), ",'!%d:hs'", i);
	snprintf(list + strlen(list), sizeof list - strlen(list), "]}");
	settings.staff[0] = STR("!119:hs");
	run_with(&settings, (struct answer_row){"/joined_rooms", 200, list, NULL, 0}, &found, &o);
	found_is(&found, NULL);
	assert_true(found_has(&found, FINDING_NOTE, "in 119 rooms; 49 of them are looked at"));
	assert_true(found_has(&found, FINDING_GOOD, "staff_room !119:hs"));
	assert_true(found_has(&found, FINDING_GOOD, "room !48:hs"));
	assert_false(found_has(&found, FINDING_GOOD, "room !49:hs"));
	assert_int_equal(found.asked, 4 + 4 * ONLINE_ROOMS_MAX);
	online_free(o);
}

static void invitations(void **state)
{
	static const struct {
		const char *patterns[7];
		enum finding_kind kind;
		const char *what;
	} cases[] = {
		{{NULL}, FINDING_NOTE, "every invitation is declined"},
		{{"@ann:far", "*", NULL}, FINDING_NOTE, "anybody on any server"},
		{{"*:*", NULL}, FINDING_NOTE, "anybody on any server"},
		{{"*:sh", "*:hs.org", NULL},
		 FINDING_NOTE,
		 "accepted from *:sh, *:hs.org, nobody of whom"},
		{{"@ann:far", "@bob:hs", NULL}, FINDING_GOOD, "accepted from @ann:far, @bob:hs"},
		{{"@a:hs", "@b:hs", "@c:hs", "@d:hs", "@e:hs", "@f:hs", NULL},
		 FINDING_GOOD,
		 "@d:hs, @e:hs and others"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct online_matrix_settings settings = plain;
		struct str patterns[7];
		struct found found;
		struct online *o;

		settings.invite_from = patterns;
		for (settings.invite_from_n = 0; cases[i].patterns[settings.invite_from_n];
		     settings.invite_from_n++)
			patterns[settings.invite_from_n] =
				str_of(cases[i].patterns[settings.invite_from_n]);
		run_with(&settings, (struct answer_row){0}, &found, &o);
		assert_true(found_has(&found, cases[i].kind, cases[i].what));
		found_is(&found, NULL);
		online_free(o);
	}
}

static void limits_are_kept(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain,
		 (struct answer_row){"/joined_rooms", 429,
				     "{'errcode':'M_LIMIT_EXCEEDED','retry_after_ms':2500}", NULL,
				     1},
		 &found, &o);
	found_is(&found, NULL);
	assert_int_equal(found.waited_ms, 2500);
	online_free(o);
	run_with(&plain,
		 (struct answer_row){"/keys/query", 429, "{}", DATED "Retry-After: 333\r\n", 0},
		 &found, &o);
	found_is(&found,
		 "the account's devices: the homeserver asks this machine to wait 333 seconds");
	assert_int_equal(found.waited_ms, 0);
	online_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_good),
		cmocka_unit_test(an_appservice_is_asked_about_as_one),
		cmocka_unit_test(each_answer),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(where_it_is),
		cmocka_unit_test(sessions),
		cmocka_unit_test(power),
		cmocka_unit_test(rooms),
		cmocka_unit_test(a_replaced_room),
		cmocka_unit_test(many_rooms),
		cmocka_unit_test(invitations),
		cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
