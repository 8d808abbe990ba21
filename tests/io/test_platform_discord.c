/* Discord as a platform, against the fake Discord (tests/fake), which runs as a child. The bot's
 * side is a sink that writes down what it is told and, when wanted, answers every message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "io/loop.h"
#include "io/platform_discord.h"

#define FAKE "build/fake/fake_discord"
#define WITHIN_MS 15000

struct bot {
	struct platform_sink sink;
	struct loop *loop;
	struct timer *timer;
	struct platform *platform;
	struct arena arena; /* of everything kept */
	bool (*until)(struct bot *bot);
	int64_t deadline_ms;
	bool timed_out;
	bool answers;
	uint64_t sends;
	struct message *messages;
	size_t messages_n, messages_cap, answered;
	char position[16384];
	enum platform_state state;
	char why[512];
	unsigned sent, refused, fetched, gone;
	char fetched_text[256];
	bool stopped;
	pid_t fake;
	int lifeline;
	unsigned port;
};

/* --- the sink --- */

static struct bot *from_sink(struct platform_sink *sink)
{
	return (struct bot *)sink;
}

static void on_message(struct platform_sink *sink, struct platform *from, const struct message *m)
{
	struct bot *b = from_sink(sink);

	assert_ptr_equal(from, b->platform);
	b->messages = arena_grow(&b->arena, b->messages, &b->messages_n, &b->messages_cap,
				 sizeof *b->messages);
	b->messages[b->messages_n - 1] = *m;
	b->messages[b->messages_n - 1].id = arena_str(&b->arena, m->id);
	b->messages[b->messages_n - 1].room = arena_str(&b->arena, m->room);
	b->messages[b->messages_n - 1].text = arena_str(&b->arena, m->text);
	b->messages[b->messages_n - 1].link = arena_str(&b->arena, m->link);
}

static void on_position(struct platform_sink *sink, struct platform *from, struct str position)
{
	(void)from;
	snprintf(from_sink(sink)->position, sizeof from_sink(sink)->position, STR_FMT,
		 STR_ARG(position));
}

static void on_delivered(struct platform_sink *sink, struct platform *from, uint64_t delivery,
			 enum delivery_outcome outcome, struct str sent_as, struct str why)
{
	struct bot *b = from_sink(sink);

	(void)from;
	assert_in_range(delivery, 1, b->sends);
	assert_int_equal(sent_as.n > 0, outcome == DELIVERY_SENT);
	if (outcome == DELIVERY_SENT) {
		b->sent++;
	} else {
		b->refused++;
		snprintf(b->why, sizeof b->why, STR_FMT, STR_ARG(why));
	}
}

static void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
		       const struct message *m)
{
	struct bot *b = from_sink(sink);

	(void)from;
	(void)id;
	b->fetched++;
	b->gone += !m;
	if (m)
		snprintf(b->fetched_text, sizeof b->fetched_text, STR_FMT "%s", STR_ARG(m->text),
			 str_eq(m->link, b->messages[0].link) ? "" : " elsewhere");
}

static void on_state(struct platform_sink *sink, struct platform *from, enum platform_state state,
		     struct str why)
{
	struct bot *b = from_sink(sink);

	(void)from;
	b->state = state;
	snprintf(b->why, sizeof b->why, STR_FMT, STR_ARG(why));
}

static void reply_to(struct bot *b, const struct message *m, unsigned piece)
{
	struct delivery d = {.id = ++b->sends,
			     .message = m->id,
			     .room = m->room,
			     .kind = STR("answer"),
			     .piece = piece,
			     .text = STR("two days")};

	b->platform->ops->send(b->platform, &d);
}

/* Replies leave before the loop sleeps, as the bot does it. */
static void before_sleep(void *arg)
{
	struct bot *b = arg;

	while (b->answers && b->answered < b->messages_n)
		reply_to(b, &b->messages[b->answered++], 0);
	if (b->until && b->until(b))
		loop_stop(b->loop);
}

static void on_time(void *arg)
{
	struct bot *b = arg;

	b->timed_out = true;
	loop_stop(b->loop);
}

static void run_until(struct bot *b, bool (*until)(struct bot *bot))
{
	b->until = until;
	timer_set(b->timer, loop_now_ms(b->loop) + WITHIN_MS);
	while (!until(b) && !b->timed_out)
		loop_run(b->loop);
	b->until = NULL;
	if (b->timed_out)
		fail_msg("it did not come; state %d, %s; %zu messages, %u sent", (int)b->state,
			 b->why, b->messages_n, b->sent);
}

static bool is_ready(struct bot *b)
{
	return b->state == PLATFORM_READY;
}

static bool is_degraded(struct bot *b)
{
	return b->state == PLATFORM_DEGRADED;
}

static bool has_failed(struct bot *b)
{
	return b->state == PLATFORM_FAILED;
}

static bool one_sent(struct bot *b)
{
	return b->sent >= 1;
}

static bool two_sent(struct bot *b)
{
	return b->sent >= 2;
}

static bool hundred_sent(struct bot *b)
{
	return b->sent >= 100;
}

static bool one_message(struct bot *b)
{
	return b->messages_n >= 1;
}

static bool two_fetched(struct bot *b)
{
	return b->fetched >= 2;
}

static bool is_stopped(struct bot *b)
{
	return b->stopped;
}

static void on_stopped(void *arg)
{
	struct bot *b = arg;

	b->stopped = true;
}

/* --- the fake --- */

static void fake_start(struct bot *b)
{
	int in[2], out[2];
	char line[64] = "";
	FILE *from;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	b->fake = fork();
	if (b->fake == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execl(FAKE, FAKE, "--stdin-lifeline", "--max-seconds", "120", "--token", "tok.en",
		      "--identify-window-ms", "100", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	b->lifeline = in[1];
	from = fdopen(out[0], "r");
	if (!fgets(line, sizeof line, from) || strncmp(line, "port ", 5) != 0)
		fail_msg("%s did not start (make fakes)", FAKE);
	fclose(from);
	b->port = (unsigned)strtoul(line + 5, NULL, 10);
}

/* One request on the control port; the body of the answer, to free. */
static char *ask(const struct bot *b, const char *method, const char *path, const char *body)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)b->port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct buf all;
	char chunk[65536];
	ptrdiff_t head;
	ssize_t n;
	char *answer;

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	buf_init(&all, 1 << 24);
	buf_addf(&all,
		 "%s /fake/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
		 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
		 method, path, strlen(body), body);
	assert_int_equal(write(fd, all.p, all.n), (ssize_t)all.n);
	buf_clear(&all);
	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_add(&all, (struct str){chunk, (size_t)n});
	close(fd);
	head = str_find(buf_str(&all), STR("\r\n\r\n"));
	assert_true(head > 0);
	if (str_find(str_sub(buf_str(&all), 0, 16), STR(" 200")) < 0)
		fail_msg("%s: %s", path, all.p);
	answer = strdup(all.p + head + 4);
	buf_done(&all);
	return answer;
}

static void tell(const struct bot *b, const char *path, const char *body)
{
	free(ask(b, "POST", path, body));
}

/* A number in the report; the names are a path in the JSON. */
static int reported(const struct bot *b, const char *first, const char *second)
{
	char *text = ask(b, "GET", "report", "");
	cJSON *report = cJSON_Parse(text);
	const cJSON *v = cJSON_GetObjectItem(report, first);
	int n;

	if (second)
		v = cJSON_GetObjectItem(v, second);
	n = cJSON_IsNumber(v) ? v->valueint : cJSON_GetArraySize(v);
	cJSON_Delete(report);
	free(text);
	return n;
}

static void no_violations(const struct bot *b)
{
	char *text = ask(b, "GET", "report", "");
	cJSON *report = cJSON_Parse(text);
	const cJSON *violations = cJSON_GetObjectItem(report, "violations");
	char *seen = cJSON_PrintUnformatted(violations);

	if (cJSON_GetArraySize(cJSON_GetObjectItem(violations, "hard")) ||
	    cJSON_GetArraySize(cJSON_GetObjectItem(violations, "soft")))
		fail_msg("%s", seen);
	free(seen);
	cJSON_Delete(report);
	free(text);
}

/* --- a bot --- */

static void platform_make(struct bot *b, struct platform_discord_settings settings)
{
	struct err err = {0};
	char api[64];

	snprintf(api, sizeof api, "http://127.0.0.1:%u/api", b->port);
	settings.api_url = str_of(api);
	if (!settings.token.n)
		settings.token = STR("tok.en");
	b->platform = platform_discord_new(b->loop, &settings, &err);
	if (!b->platform)
		fail_msg("%s", err.text);
	b->platform->sink = &b->sink;
	b->stopped = false;
	b->state = PLATFORM_CONNECTING;
	assert_true(b->platform->ops->start(b->platform, str_of(b->position), &err));
}

static void platform_stop(struct bot *b, unsigned grace_ms)
{
	if (!b->platform)
		return;
	b->platform->ops->stop(b->platform, grace_ms, on_stopped, b);
	run_until(b, is_stopped);
	b->platform->ops->free(b->platform);
	b->platform = NULL;
}

static int start(void **state)
{
	struct bot *b = calloc(1, sizeof *b);

	b->sink = (struct platform_sink){.message = on_message,
					 .position = on_position,
					 .delivered = on_delivered,
					 .fetched = on_fetched,
					 .state = on_state};
	arena_init(&b->arena);
	b->loop = loop_new(NULL);
	b->timer = timer_new(b->loop, on_time, b);
	loop_before_sleep(b->loop, before_sleep, b);
	b->answers = true;
	fake_start(b);
	*state = b;
	return 0;
}

static int stop(void **state)
{
	struct bot *b = *state;

	platform_stop(b, 0);
	timer_free(b->timer);
	loop_free(b->loop);
	arena_done(&b->arena);
	close(b->lifeline);
	waitpid(b->fake, NULL, 0);
	free(b);
	return 0;
}

static const struct platform_discord_settings plain;

/* --- tests --- */

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

static void stopping_waits_for_replies_under_way(void **state)
{
	struct bot *b = *state;
	int64_t begun;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "fault", "{\"name\":\"rest\",\"method\":\"POST\",\"hang_ms\":700}");
	tell(b, "message", "{\"content\":\"q\",\"dm\":true}");
	run_until(b, one_message);
	begun = loop_now_ms(b->loop);
	platform_stop(b, 5000);
	assert_in_range(loop_now_ms(b->loop) - begun, 300, 4000);
	assert_int_equal(b->sent, 1);
}

static void stopping_does_not_wait_longer_than_allowed(void **state)
{
	struct bot *b = *state;
	int64_t begun;

	platform_make(b, plain);
	run_until(b, is_ready);
	tell(b, "fault", "{\"name\":\"rest\",\"method\":\"POST\",\"hang_ms\":8000}");
	tell(b, "message", "{\"content\":\"q\",\"dm\":true}");
	run_until(b, one_message);
	begun = loop_now_ms(b->loop);
	platform_stop(b, 300);
	assert_in_range(loop_now_ms(b->loop) - begun, 250, 2000);
	assert_int_equal(b->sent, 0);
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
#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, start, stop)
	const struct CMUnitTest tests[] = {
		WITH_FAKE(a_question_is_answered),
		WITH_FAKE(a_hundred_questions),
		WITH_FAKE(compressed_events_are_read),
		WITH_FAKE(watched_channels_and_threads),
		WITH_FAKE(content_that_is_not_granted_degrades),
		WITH_FAKE(a_restart_resumes_and_loses_nothing),
		WITH_FAKE(faults_lose_and_double_nothing),
		WITH_FAKE(a_bad_gateway_is_outlived),
		WITH_FAKE(an_old_reply_is_not_doubled),
		WITH_FAKE(an_old_reply_in_a_busy_channel_is_not_doubled),
		WITH_FAKE(a_wrong_token_says_the_cure),
		WITH_FAKE(a_fatal_close_says_the_cure),
		WITH_FAKE(messages_are_fetched_again),
		WITH_FAKE(stopping_waits_for_replies_under_way),
		WITH_FAKE(stopping_does_not_wait_longer_than_allowed),
		WITH_FAKE(wrong_settings_are_refused),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
