/* Discord as a platform on a good day: who is heard and answered, over a restart too; settings and tokens
 * that are wrong. */
#include "io/discord_world.h"

static bool is_degraded(struct bot *b)
{
	return b->state == PLATFORM_DEGRADED;
}

static bool has_failed(struct bot *b)
{
	return b->state == PLATFORM_FAILED;
}

static bool hundred_sent(struct bot *b)
{
	return b->sent >= 100;
}

static bool two_fetched(struct bot *b)
{
	return b->fetched >= 2;
}

static void a_question_is_answered(void **state)
{
	struct bot *b = *state;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "message", "{\"content\":\"is sun ok?\",\"dm\":true}");
	run_until(b, one_sent);
	assert_true(b->messages[0].addressed);
	assert_true(str_eq(b->messages[0].text, STR("is sun ok?")));
	tell(b, "message", "{\"content\":\"and sauna?\",\"mention\":true}");
	run_until(b, two_sent);
	assert_true(str_eq(b->messages[1].text, STR("and sauna?")));
	assert_int_equal(reported(b, "created", NULL), 2);
	no_violations(b);
}

static void a_hundred_questions(void **state)
{
	struct bot *b = *state;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "messages",
	     "{\"n\":100,\"per_second\":200,\"content\":\"q {n}\",\"dm\":\"person {n}\"}");
	run_until(b, hundred_sent);
	assert_int_equal(b->messages_n, 100);
	assert_int_equal(reported(b, "created", NULL), 100);
	no_violations(b);
}

static void compressed_events_are_read(void **state)
{
	struct bot *b = *state;

	platform_make(b, (struct platform_discord_settings){.compress = true});
	run_until(b, is_ready);
	tell(b, "message", "{\"content\":\"is sun ok?\",\"dm\":true}");
	run_until(b, one_sent);
	tell(b, "fault", "{\"name\":\"split_frames\",\"pieces\":3}");
	tell(b, "message", "{\"content\":\"and sauna?\",\"dm\":true}");
	run_until(b, two_sent);
	no_violations(b);
}

static void watched_channels_and_threads(void **state)
{
	static const struct str channels[] = {{"101", 3}};
	struct bot *b = *state;

	platform_make(b, (struct platform_discord_settings){.channels = channels, .channels_n = 1});
	run_until(b, is_ready);
	tell(b, "message", "{\"content\":\"not watched\",\"channel\":\"100\"}");
	tell(b, "message", "{\"content\":\"watched\",\"channel\":\"101\"}");
	tell(b, "message",
	     "{\"content\":\"in a thread\",\"channel\":\"101\",\"thread\":\"900000000000000001\"}");
	run_until(b, two_sent);
	assert_int_equal(b->messages_n, 2);
	assert_true(str_eq(b->messages[0].text, STR("watched")));
	assert_false(b->messages[0].addressed);
	assert_true(str_eq(b->messages[1].text, STR("in a thread")));
	no_violations(b);
}

static void content_that_is_not_granted_degrades(void **state)
{
	static const struct str channels[] = {{"101", 3}};
	struct bot *b = *state;

	tell(b, "settings", "{\"granted_content\":0}");
	platform_make(b, (struct platform_discord_settings){.channels = channels, .channels_n = 1});
	run_until(b, is_degraded);
	assert_non_null(strstr(b->why, "Message Content Intent"));
	tell(b, "message", "{\"content\":\"nobody hears this\",\"channel\":\"101\"}");
	tell(b, "message", "{\"content\":\"but this\",\"channel\":\"101\",\"mention\":true}");
	run_until(b, one_sent);
	assert_int_equal(b->messages_n, 1);
	no_violations(b);
}

static void a_restart_resumes_and_loses_nothing(void **state)
{
	struct bot *b = *state;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "message", "{\"content\":\"before\",\"dm\":\"pat\"}");
	run_until(b, one_sent);
	platform_stop(b, 1000);
	tell(b, "message", "{\"content\":\"meanwhile\",\"dm\":\"pat\"}");
	platform_make(b, plain);
	run_until(b, two_sent);
	assert_true(str_eq(b->messages[b->messages_n - 1].text, STR("meanwhile")));
	assert_true(b->messages[b->messages_n - 1].replayed);
	run_until(b, is_ready);
	assert_int_equal(reported(b, "counts", "identify"), 1);
	assert_int_equal(reported(b, "counts", "resumed"), 1);
	assert_int_equal(reported(b, "created", NULL), 2);
	no_violations(b);
}

static void a_wrong_token_says_the_cure(void **state)
{
	struct bot *b = *state;

	platform_make(b, (struct platform_discord_settings){.token = STR("wrong")});
	run_until(b, has_failed);
	assert_non_null(strstr(b->why, "token_file"));
}

static void a_fatal_close_says_the_cure(void **state)
{
	struct bot *b = *state;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "fault", "{\"name\":\"close\",\"code\":4014}");
	run_until(b, has_failed);
	assert_non_null(strstr(b->why, "Privileged Gateway Intents"));
}

static void messages_are_fetched_again(void **state)
{
	struct bot *b = *state;

	b->answers = false;
	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "message", "{\"content\":\"is sun ok?\",\"dm\":true}");
	run_until(b, one_message);
	b->platform->ops->fetch(b->platform, b->messages[0].room, b->messages[0].id,
				b->messages[0].link);
	b->platform->ops->fetch(b->platform, b->messages[0].room, STR("5"), STR(""));
	assert_int_equal(b->fetched, 0);
	run_until(b, two_fetched);
	assert_int_equal(b->gone, 1);
	assert_string_equal(b->fetched_text, "is sun ok?");
	no_violations(b);
}

static void wrong_settings_are_refused(void **state)
{
	struct bot *b = *state;
	struct err err = {0};
	struct platform_discord_settings settings = {.token = STR("t"),
						     .api_url = STR("discord.com")};

	assert_null(platform_discord_new(b->loop, &settings, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	settings.api_url = STR("https://discord.com/api");
	settings.ca_file = STR("/nowhere/ca.pem");
	assert_null(platform_discord_new(b->loop, &settings, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FAKE(a_question_is_answered),
		WITH_FAKE(a_hundred_questions),
		WITH_FAKE(compressed_events_are_read),
		WITH_FAKE(watched_channels_and_threads),
		WITH_FAKE(content_that_is_not_granted_degrades),
		WITH_FAKE(a_restart_resumes_and_loses_nothing),
		WITH_FAKE(a_wrong_token_says_the_cure),
		WITH_FAKE(a_fatal_close_says_the_cure),
		WITH_FAKE(messages_are_fetched_again),
		WITH_FAKE(wrong_settings_are_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
