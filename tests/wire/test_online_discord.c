#include "online_world.h"

#define ME "{'id':'42','username':'clinicbot','bot':true}"
#define APPLICATION "{'id':'43','flags':524288}"
#define GATEWAY                                                                         \
	"{'url':'wss://gateway.x','session_start_limit':{'total':1000,'remaining':999," \
	"'reset_after':3600000}}"
#define LIMITED                                                                                \
	DATED "X-RateLimit-Bucket: b\r\nX-RateLimit-Remaining: 4\r\nX-RateLimit-Reset-After: " \
	      "1\r\n"
#define CHANNEL "{'id':'100','type':0,'name':'ask','guild_id':'7','permission_overwrites':[]}"
#define ROLES                                                                       \
	"[{'id':'7','permissions':'1024'},{'id':'8','permissions':'274877974528'}," \
	"{'id':'9','permissions':'8'}]"
#define MEMBER "{'roles':['8'],'communication_disabled_until':null}"

/* Behind these rows everything is good. */
#define GOOD_ROWS                                                                              \
	{"/users/@me", 200, ME, LIMITED, 0}, {"/applications/@me", 200, APPLICATION, NULL, 0}, \
		{"/gateway/bot", 200, GATEWAY, NULL, 0},                                       \
		{"v=10&encoding=json", 101, "{'op':10,'d':{}}", NULL, 0},                      \
		{"/users/@me/guilds", 200, "[{'id':'7','name':'C'}]", NULL, 0},                \
		{"/channels/100", 200, CHANNEL, NULL, 0},                                      \
		{"/guilds/7/roles", 200, ROLES, NULL, 0},                                      \
	{                                                                                      \
		"/guilds/7/members/42", 200, MEMBER, NULL, 0                                   \
	}
#define GOOD_N 8

static const struct str channel = {"100", 3};
static const struct online_discord_settings plain = {.token = {"aa.bb.cc", 8},
						     .api_url = {"https://d.x/api/", 16},
						     .channels = &channel,
						     .channels_n = 1};

static void run_with(const struct online_discord_settings *settings, struct answer_row first,
		     struct found *found, struct online **o)
{
	struct answer_row rows[GOOD_N + 1] = {first, GOOD_ROWS};

	*o = online_discord_new(settings);
	world_run(*o, first.end ? rows : rows + 1, first.end ? GOOD_N + 1 : GOOD_N, found);
}

static void all_good(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain, (struct answer_row){0}, &found, &o);
	found_is(&found, NULL);
	assert_int_equal(found_n(&found, FINDING_GOOD), 8);
	assert_int_equal(found_n(&found, FINDING_NOTE), 0);
	assert_int_equal(found.asked, 8);
	assert_true(found.greeted);
	assert_string_equal(found.last_url, "https://d.x/api/v10/guilds/7/members/42");
	assert_string_equal(found.last_authorization, "Bot aa.bb.cc");
	online_free(o);
}

/* One answer is another one. */
static void each_answer(void **state)
{
	static const struct {
		struct answer_row row;
		const char *mend;
	} cases[] = {
		{{"/users/@me", 401, "{'code':0}", NULL, 0}, "does not accept the token: press"},
		{{"/users/@me", 403, "<html>", NULL, 0}, "turns this machine away"},
		{{"/users/@me", 200, "{}", NULL, 0}, "the token: HTTP 200"},
		{{"/users/@me", 200, "[]", NULL, 0}, "the token: HTTP 200"},
		{{"/users/@me", 500, "", NULL, 0}, "trouble"},
		{{"/users/@me", 429, "<html>", DATED "Retry-After: 3600\r\n", 0},
		 "wait 3600 seconds"},
		{{"/applications/@me", 200, "{'id':'43','flags':0}", NULL, 0}, "Intent is off"},
		{{"/applications/@me", 200, "{'id':'43','flags':262144}", NULL, 0}, NULL},
		{{"/applications/@me", 200, "{'id':'43','flags':'x'}", NULL, 0}, "the application"},
		{{"/gateway/bot", 200, "{'url':'wss://g'}", NULL, 0}, "the gateway's address"},
		{{"/gateway/bot", 200,
		  "{'url':'wss://g','session_start_limit':{'total':1000,'remaining':100,"
		  "'reset_after':3600001}}",
		  NULL, 0},
		 "100 of 1000 sessions a day are left, and the bot begins none of the last tenth: "
		 "stop "
		 "other programs that use this token, and wait 2 hours"},
		{{"/gateway/bot", 200,
		  "{'url':'wss://g','session_start_limit':{'total':1000,'remaining':101}}", NULL,
		  0},
		 NULL},
		{{"v=10&encoding=json", 101, "{'op':7}", NULL, 0}, NULL},
		{{"v=10&encoding=json", 101, "{'op':9}", NULL, 0}, "it says no hello"},
		{{"v=10&encoding=json", 101, "", NULL, 0}, "it says no hello"},
		{{"/users/@me/guilds", 200, "[]", NULL, 0}, "client_id=43&"},
		{{"/users/@me/guilds", 200, "{}", NULL, 0}, "the servers that the bot is on"},
		{{"/channels/100", 404, "{'code':10003}", NULL, 0}, "no such channel"},
		{{"/channels/100", 403, "{'code':50001}", NULL, 0}, "cannot see it"},
		{{"/channels/100", 200, "{'type':1,'name':null}", NULL, 0},
		 "channel 100: it is no channel of a server"},
		{{"/channels/100", 200, "{'type':'x'}", NULL, 0}, "channel 100: HTTP 200"},
		{{"/channels/100", 200,
		  "{'type':0,'guild_id':'7','permission_overwrites':[{'id':'8','type':0,'allow':'0'"
		  ","
		  "'deny':'2048'}]}",
		  NULL, 0},
		 "give the bot's role Send Messages there"},
		{{"/channels/100", 200,
		  "{'type':0,'guild_id':'7','permission_overwrites':[{'id':42,'type':1,'allow':"
		  "null},"
		  "7,{'id':'42','type':1,'allow':'0','deny':'65536'}]}",
		  NULL, 0},
		 "give the bot's role Read Message History there"},
		{{"/guilds/7/roles", 200, "[{'id':'7','permissions':'1024'},{'id':'8'}]", NULL, 0},
		 "Send Messages, Send Messages in Threads, Read Message History"},
		{{"/guilds/7/roles", 403, "{}", NULL, 0}, "the bot's roles"},
		{{"/guilds/7/members/42", 404, "{'code':10007}", NULL, 0}, "the bot's roles"},
		{{"/guilds/7/members/42", 200, "{'roles':[]}", NULL, 0}, "Send Messages"},
		{{"/guilds/7/members/42", 200,
		  "{'roles':['8'],'communication_disabled_until':'2026-11-22T21:00:01+00:00'}",
		  NULL, 0},
		 "time-out"},
		{{"/guilds/7/members/42", 200,
		  "{'roles':['8'],'communication_disabled_until':'2026-11-22T21:00:00+00:00'}",
		  NULL, 0},
		 NULL},
		{{"/guilds/7/members/42", 200,
		  "{'roles':['9'],'communication_disabled_until':'2027-11-22T21:00:00+00:00'}",
		  NULL, 0},
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

/* Where nobody answers nothing more is asked. */
static void nobody_there(void **state)
{
	static const char *const ends[] = {
		"/users/@me",	 "/applications/@me", "/gateway/bot",	     "/users/@me/guilds",
		"/channels/100", "/guilds/7/roles",   "/guilds/7/members/42"};

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

/* It is another server than the one that is asked. */
static void no_gateway(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain, (struct answer_row){"v=10&encoding=json", 0, "", "", 0}, &found, &o);
	found_is(&found, "let wss through the firewall, to wss://gateway.x");
	assert_int_equal(found.asked, 8);
	online_free(o);
}

static void what_it_asks(void **state)
{
	struct online_discord_settings settings = plain;
	struct found found;
	struct online *o;

	(void)state;
	/* Threads are looked up by their channel, servers once. */
	static const struct str threads[] = {{"200", 3}, {"201", 3}};
	struct answer_row rows[] = {
		{"/channels/200", 200,
		 "{'type':11,'name':'t','guild_id':'7','parent_id':'100','thread_metadata':{}}",
		 NULL, 0},
		{"/channels/201", 200,
		 "{'type':12,'guild_id':'7','parent_id':'100','thread_metadata':{'locked':true}}",
		 NULL, 0},
		GOOD_ROWS};

	settings.channels = threads;
	settings.channels_n = 2;
	settings.gateway_url = STR("wss://own.x/path?a=b");
	o = online_discord_new(&settings);
	world_run(o, rows, GOOD_N + 2, &found);
	found_is(&found,
		 "channel 201: permissions are missing: give the bot's role Manage Threads");
	assert_true(found_has(&found, FINDING_GOOD, "channel #t (200)"));
	assert_int_equal(found.asked, 5 + 2 + 2 + 2);
	assert_string_equal(found.last_url, "https://d.x/api/v10/channels/100");
	online_free(o);
}

static void gateway_addresses(void **state)
{
	static const struct {
		const char *own, *asked;
	} cases[] = {
		{"wss://a.x", "wss://a.x/?v=10&encoding=json"},
		{"wss://a.x/", "wss://a.x/?v=10&encoding=json"},
		{"wss://a.x/b", "wss://a.x/b?v=10&encoding=json"},
		{"wss://a.x/?c=d", "wss://a.x/?c=d&v=10&encoding=json"},
		{"wss://a.x?c=d", "wss://a.x?c=d&v=10&encoding=json"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct online_discord_settings settings = plain;
		struct answer_row rows[] = {GOOD_ROWS};
		struct online_step step = {0};
		struct online *o;

		settings.gateway_url = str_of(cases[i].own);
		o = online_discord_new(&settings);
		while (online_next(o, &step) && step.kind != ONLINE_GREET)
			step_answer(o, &step, rows, GOOD_N);
		assert_true(str_eq(step.call.url, str_of(cases[i].asked)));
		assert_int_equal(step.call.authorization.n, 0);
		online_free(o);
	}
}

static void limits_are_kept(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain, (struct answer_row){"/gateway/bot", 429, "{'retry_after':1.5}", NULL, 2},
		 &found, &o);
	found_is(&found, NULL);
	assert_int_equal(found.waited_ms, 3000);
	assert_int_equal(found.asked, 10);
	online_free(o);
	/* Not for ever. */
	run_with(&plain, (struct answer_row){"/gateway/bot", 429, "{'retry_after':1.5}", NULL, 0},
		 &found, &o);
	found_is(&found, "wait 2 seconds");
	assert_int_equal(found.waited_ms, 3000);
	online_free(o);
	run_with(&plain,
		 (struct answer_row){"/gateway/bot", 429, "", DATED "Retry-After: 11\r\n", 0},
		 &found, &o);
	found_is(&found, "wait 11 seconds");
	assert_int_equal(found.waited_ms, 0);
	online_free(o);
}

static void clocks(void **state)
{
	static const struct {
		const char *date, *mend;
	} cases[] = {
		{"Date: Sun, 22 Nov 2026 21:00:30 GMT\r\n", NULL},
		{"Date: Sun, 22 Nov 2026 21:00:31 GMT\r\n", "clock is 31 seconds behind Discord's"},
		{"Date: Sun, 22 Nov 2026 20:59:30 GMT\r\n", NULL},
		{"Date: Sun, 22 Nov 2026 20:59:29 GMT\r\n",
		 "clock is 31 seconds ahead of Discord's"},
		{"Date: Sat, 22 Nov 2025 21:00:00 GMT\r\n", "31536000 seconds ahead"},
		{"Date: yesterday\r\n", "X-RateLimit"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char headers[200];
		struct answer_row rows[] = {
			{"/users/@me", 401, "{}", headers, 0},
		};
		struct found found;
		struct online *o = online_discord_new(&plain);
		bool dated = i + 1 < sizeof cases / sizeof *cases;

		snprintf(headers, sizeof headers, "%s", cases[i].date);
		world_run(o, rows, 1, &found);
		assert_int_equal(found_n(&found, FINDING_MEND), dated && cases[i].mend ? 2 : 1);
		if (dated && cases[i].mend)
			assert_true(found_has(&found, FINDING_MEND, cases[i].mend));
		assert_int_equal(found_has(&found, FINDING_NOTE, "what time it is"), !dated);
		online_free(o);
	}
}

/* An answer out of a cache is old. */
static void dates_of_caches_do_not_count(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain,
		 (struct answer_row){"/users/@me", 200, ME,
				     "Date: Sun, 22 Nov 2026 20:00:00 GMT\r\nAge: "
				     "3600\r\nX-RateLimit-Bucket: b\r\n"
				     "X-RateLimit-Remaining: 4\r\nX-RateLimit-Reset-After: 1\r\n",
				     0},
		 &found, &o);
	found_is(&found, NULL);
	online_free(o);
}

static void names_do_no_harm(void **state)
{
	struct found found;
	struct online *o;

	(void)state;
	run_with(&plain,
		 (struct answer_row){"/users/@me", 200,
				     "{'id':'42','username':'a\\u001b[31m\\u009b\\u202eb aa.bb.cc "
				     "\\u2067\\n good \\u00e9'}",
				     LIMITED, 0},
		 &found, &o);
	found_is(&found, NULL);
	assert_true(found_has(&found, FINDING_GOOD,
			      "the bot is a [31m  b [struck]    good \xc3\xa9 (42)"));
	online_free(o);
	run_with(&plain,
		 (struct answer_row){"/channels/100", 200,
				     "{'type':0,'guild_id':'7','name':'"
				     "0123456789012345678901234567890123456789"
				     "012345678901234567890123456789012345678\\u00e9\\u00e9'}",
				     NULL, 0},
		 &found, &o);
	assert_true(found_has(&found, FINDING_GOOD, "012345678 (100)"));
	online_free(o);
}

static void the_time_is_up(void **state)
{
	struct online *o = online_discord_new(&plain);
	struct online_step step;
	struct found found = {0};

	(void)state;
	assert_true(online_next(o, &step));
	online_give_up(o, STR("the time is up"));
	found_take(o, &found);
	found_is(&found, "the time is up");
	/* What comes too late is nobody's. */
	online_answer(o, &(struct machine_response){.status = 200, .body = STR("{\"id\":\"42\"}")},
		      NOW_MS);
	online_give_up(o, STR("again"));
	assert_false(online_next(o, &step));
	found_take(o, &found);
	assert_int_equal(found.n, 1);
	online_free(o);
	online_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_good),
		cmocka_unit_test(each_answer),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(no_gateway),
		cmocka_unit_test(what_it_asks),
		cmocka_unit_test(gateway_addresses),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(clocks),
		cmocka_unit_test(dates_of_caches_do_not_count),
		cmocka_unit_test(names_do_no_harm),
		cmocka_unit_test(the_time_is_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
