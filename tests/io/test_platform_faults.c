/* Discord as a platform when something fails: nothing is lost or doubled, and it stops in time. */
#include "io/discord_world.h"

static void faults_lose_and_double_nothing(void **state)
{
	static const char *const faults[] = {
		"{\"name\":\"drop\"}",
		"{\"name\":\"drop\",\"mid_frame\":true}",
		"{\"name\":\"op7\"}",
		"{\"name\":\"op9\",\"resumable\":true}",
		"{\"name\":\"close\",\"code\":4000}",
		"{\"name\":\"rest\",\"method\":\"POST\",\"status\":502,\"after_create\":true}",
		"{\"name\":\"rest\",\"method\":\"POST\",\"reset\":true,\"after_create\":true}",
		"{\"name\":\"rest\",\"method\":\"POST\",\"status\":503}",
		"{\"name\":\"rest\",\"method\":\"POST\",\"status\":429,\"html\":true,\"retry_"
		"after\":"
		"1}",
		"{\"name\":\"rest\",\"method\":\"POST\",\"status\":429,\"global\":true,"
		"\"retry_after\":0.5}",
		"{\"name\":\"duplicate_next\",\"n\":1}",
		"{\"name\":\"unknown_event\"}",
	};
	struct bot *b = *state;

	platform_make(b, plain);
	run_until(b, is_ready);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		print_message("# %s\n", faults[i]);
		tell(b, "fault", faults[i]);
		tell(b, "message", "{\"content\":\"q\",\"dm\":true}");
		b->sent = 0;
		/* The platform hands a doubled message in twice; its replies share their key. */
		run_until(b, strstr(faults[i], "duplicate") ? two_sent : one_sent);
	}
	assert_int_equal(reported(b, "counts", "identify"), 1);
	assert_int_equal(reported(b, "created", NULL), sizeof faults / sizeof *faults);
	no_violations(b);
}

/* Each fault, then a question; the session is kept where Discord keeps it. */
static void a_bad_gateway_is_outlived(void **state)
{
	static const char *const faults[] = {
		"{\"name\":\"op1\"}",
		"{\"name\":\"bad_frame\",\"text\":\"{not json\"}",
		"{\"name\":\"bad_binary\"}",
		"{\"name\":\"silence\"}",
		"{\"name\":\"stop_acks\"}",
		"{\"name\":\"resume_host_dead\",\"ms\":8000}",
		"{\"name\":\"drop\"}",
		"{\"name\":\"gateway_down\",\"ms\":1500}",
		"{\"name\":\"drop\"}",
		"{\"name\":\"hello_delay\",\"ms\":500}",
		"{\"name\":\"hello_interval\",\"value\":-1}",
		"{\"name\":\"op7\"}",
		"{\"name\":\"op9\",\"resumable\":false}",
	};
	struct bot *b = *state;

	tell(b, "settings", "{\"heartbeat_interval\":1000}");
	platform_make(b, plain);
	run_until(b, is_ready);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		print_message("# %s\n", faults[i]);
		tell(b, "fault", faults[i]);
		if (strstr(faults[i], "op9")) {
			b->state = PLATFORM_CONNECTING; /* what is asked in the hole is lost */
			run_until(b, is_ready);
		}
		tell(b, "message", "{\"content\":\"q\",\"dm\":true}");
		b->sent = 0;
		run_until(b, one_sent);
	}
	assert_int_equal(reported(b, "counts", "identify"), 2);
	no_violations(b);
}

/* The same question is answered again by the next process; what comes `between` is told first. */
static void old_reply_again(struct bot *b, const char *between)
{
	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "settings", "{\"nonce_window_ms\":1}");
	tell(b, "message", "{\"content\":\"q\",\"dm\":\"ada\",\"offset_ms\":-600000}");
	run_until(b, one_sent);
	if (between)
		tell(b, "message", between);
	platform_stop(b, 1000);
	platform_make(b, plain);
	b->answered = 0;
	run_until(b, two_sent);
	assert_int_equal(reported(b, "created", NULL), 1);
	no_violations(b);
}

/* Discord has forgotten the nonce of such an old reply: the channel's history shows that it is there. */
static void an_old_reply_is_not_doubled(void **state)
{
	old_reply_again(*state, NULL);
}

/* ... also behind more messages than one look gives. */
static void an_old_reply_in_a_busy_channel_is_not_doubled(void **state)
{
	old_reply_again(*state, "{\"content\":\"busy\",\"dm\":\"ada\",\"times\":250,"
				"\"offset_ms\":-300000,\"event\":false}");
}

/* A reply hangs, and the platform is stopped; how long that takes. */
static int64_t stopped_after_ms(struct bot *b, unsigned hang_ms, unsigned grace_ms)
{
	char fault[100];
	int64_t begun;

	snprintf(fault, sizeof fault, "{\"name\":\"rest\",\"method\":\"POST\",\"hang_ms\":%u}",
		 hang_ms);
	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "fault", fault);
	tell(b, "message", "{\"content\":\"q\",\"dm\":true}");
	run_until(b, one_message);
	begun = loop_now_ms(b->loop);
	platform_stop(b, grace_ms);
	return loop_now_ms(b->loop) - begun;
}

static void stopping_waits_for_replies_under_way(void **state)
{
	struct bot *b = *state;

	assert_in_range(stopped_after_ms(b, 700, 5000), 300, 4000);
	assert_int_equal(b->sent, 1);
}

static void stopping_does_not_wait_longer_than_allowed(void **state)
{
	struct bot *b = *state;

	assert_in_range(stopped_after_ms(b, 8000, 300), 250, 2000);
	assert_int_equal(b->sent, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FAKE(faults_lose_and_double_nothing),
		WITH_FAKE(a_bad_gateway_is_outlived),
		WITH_FAKE(an_old_reply_is_not_doubled),
		WITH_FAKE(an_old_reply_in_a_busy_channel_is_not_doubled),
		WITH_FAKE(stopping_waits_for_replies_under_way),
		WITH_FAKE(stopping_does_not_wait_longer_than_allowed),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
