/* Discord as a platform, against the fake Discord (tests/fake), which runs as a child. The bot's
 * side is a sink that writes down what it is told and, when wanted, answers every message. */
#ifndef TESTS_DISCORD_WORLD_H
#define TESTS_DISCORD_WORLD_H

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

static inline struct bot *from_sink(struct platform_sink *sink)
{
	return (struct bot *)sink;
}

static inline void on_message(struct platform_sink *sink, struct platform *from,
			      const struct message *m)
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

static inline void on_position(struct platform_sink *sink, struct platform *from,
			       struct str position)
{
	(void)from;
	snprintf(from_sink(sink)->position, sizeof from_sink(sink)->position, STR_FMT,
		 STR_ARG(position));
}

static inline void on_delivered(struct platform_sink *sink, struct platform *from,
				uint64_t delivery, enum delivery_outcome outcome,
				struct str sent_as, struct str why)
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

static inline void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
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

/* None of these worlds has one. */
static inline void on_trouble(struct platform_sink *sink, struct platform *from,
			      const struct room_trouble *trouble)
{
	(void)sink, (void)from;
	fail_msg("a trouble in " STR_FMT, STR_ARG(trouble->room));
}

static inline void on_state(struct platform_sink *sink, struct platform *from,
			    enum platform_state state, struct str why)
{
	struct bot *b = from_sink(sink);

	(void)from;
	b->state = state;
	snprintf(b->why, sizeof b->why, STR_FMT, STR_ARG(why));
}

static inline void reply_to(struct bot *b, const struct message *m, unsigned piece)
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
static inline void before_sleep(void *arg)
{
	struct bot *b = arg;

	while (b->answers && b->answered < b->messages_n)
		reply_to(b, &b->messages[b->answered++], 0);
	if (b->until && b->until(b))
		loop_stop(b->loop);
}

static inline void on_time(void *arg)
{
	struct bot *b = arg;

	b->timed_out = true;
	loop_stop(b->loop);
}

static inline void run_until(struct bot *b, bool (*until)(struct bot *bot))
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

static inline bool is_ready(struct bot *b)
{
	return b->state == PLATFORM_READY;
}

static inline bool one_sent(struct bot *b)
{
	return b->sent >= 1;
}

static inline bool two_sent(struct bot *b)
{
	return b->sent >= 2;
}

static inline bool one_message(struct bot *b)
{
	return b->messages_n >= 1;
}

static inline bool is_stopped(struct bot *b)
{
	return b->stopped;
}

static inline void on_stopped(void *arg)
{
	struct bot *b = arg;

	b->stopped = true;
}

static inline void fake_start(struct bot *b)
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
static inline char *ask(const struct bot *b, const char *method, const char *path, const char *body)
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

static inline void tell(const struct bot *b, const char *path, const char *body)
{
	free(ask(b, "POST", path, body));
}

/* A number in the report; the names are a path in the JSON. */
static inline int reported(const struct bot *b, const char *first, const char *second)
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

static inline void no_violations(const struct bot *b)
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

static inline void platform_make(struct bot *b, struct platform_discord_settings settings)
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

static inline void platform_stop(struct bot *b, unsigned grace_ms)
{
	if (!b->platform)
		return;
	b->platform->ops->stop(b->platform, grace_ms, on_stopped, b);
	run_until(b, is_stopped);
	b->platform->ops->free(b->platform);
	b->platform = NULL;
}

static inline int start(void **state)
{
	struct bot *b = calloc(1, sizeof *b);

	b->sink = (struct platform_sink){.message = on_message,
					 .position = on_position,
					 .delivered = on_delivered,
					 .fetched = on_fetched,
					 .trouble = on_trouble,
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

static inline int stop(void **state)
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

#define WITH_FAKE(test) cmocka_unit_test_setup_teardown(test, start, stop)

#endif
