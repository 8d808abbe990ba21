/* What the tests of the preview share: a platform on a loop, with a sink that notes what it is told. */
#ifndef TESTS_IO_PREVIEW_WORLD_H
#define TESTS_IO_PREVIEW_WORLD_H

#include "io/preview_client.h"

#include "core/book.h"
#include "io/platform_preview.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SESSION "6f1c1b0a-3c6e-4a57-9d1e-0123456789ab"
#define HELLO "{\"type\":\"hello\",\"session\":\"" SESSION "\"}"
#define QUESTION "{\"type\":\"question\",\"id\":\"1\",\"text\":\"Is it safe?\"}"
#define RECONNECT_MS 200

static struct article article = {
	.title = {"Mesotherapy", 11}, .language = {"en", 2}, .version = {"7", 1}};
static const struct article *articles[] = {&article};
static struct book book = {.version = {"00ff", 4},
			   .clinic = {.name = {"Harbour Clinic", 14}},
			   .articles = articles,
			   .articles_n = 1};

/* A test's world: a platform on a loop, and what its sink was told. */
struct world {
	struct loop *loop;
	struct platform *platform;
	struct platform_sink sink;
	unsigned port;
	unsigned messages, fetched, fetched_gone, sent, refused, ready;
	uint64_t last_delivery;
	bool stopped;
	char id[128], room[64], text[256], fetched_text[256];
};

static struct world *world;

static inline void keep(char *to, size_t to_n, struct str from)
{
	(void)snprintf(to, to_n, STR_FMT, STR_ARG(from));
}

static inline void on_message(struct platform_sink *sink, struct platform *from,
			      const struct message *message)
{
	(void)sink;
	(void)from;
	world->messages++;
	keep(world->id, sizeof world->id, message->id);
	keep(world->room, sizeof world->room, message->room);
	keep(world->text, sizeof world->text, message->text);
	assert_true(message->addressed);
	assert_true(message->sent_ms > 1600000000000);
	assert_true(str_eq(message->person, message->room));
}

static inline void on_position(struct platform_sink *sink, struct platform *from,
			       struct str position)
{
	(void)sink;
	(void)from;
	(void)position;
	fail_msg("the preview has no position");
}

static inline void on_delivered(struct platform_sink *sink, struct platform *from,
				uint64_t delivery, enum delivery_outcome outcome,
				struct str sent_as, struct str why)
{
	(void)sink;
	(void)from;
	assert_int_equal(sent_as.n, 0);
	world->last_delivery = delivery;
	if (outcome == DELIVERY_SENT)
		world->sent++;
	else
		world->refused++;
	assert_int_equal(outcome == DELIVERY_REFUSED, why.n > 0);
}

static inline void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
			      const struct message *message)
{
	(void)sink;
	(void)from;
	world->fetched++;
	if (message == NULL) {
		world->fetched_gone++;
		return;
	}
	assert_true(str_eq(id, message->id));
	keep(world->fetched_text, sizeof world->fetched_text, message->text);
}

static inline void on_state(struct platform_sink *sink, struct platform *from,
			    enum platform_state state, struct str why)
{
	(void)sink;
	(void)from;
	(void)why;
	world->ready += state == PLATFORM_READY;
}

static inline void on_stopped(void *arg)
{
	(void)arg;
	world->stopped = true;
}

static const struct book *book_now(void *arg)
{
	return arg;
}

static struct platform_preview_settings settings_default(void)
{
	return (struct platform_preview_settings){
		.listen = STR("127.0.0.1:0"),
		.book = book_now,
		.book_arg = &book,
		.reconnect_ms = RECONNECT_MS,
	};
}

static inline void turn_for(int ms)
{
	int64_t until_ms = loop_now_ms(world->loop) + ms;
	while (loop_now_ms(world->loop) < until_ms)
		loop_turn(world->loop);
}

static inline int set_up(void **state)
{
	struct err err;
	world = calloc(1, sizeof *world);
	*state = world;
	world->sink = (struct platform_sink){.message = on_message,
					     .position = on_position,
					     .delivered = on_delivered,
					     .fetched = on_fetched,
					     .state = on_state};
	world->loop = loop_new(&err);
	assert_non_null(world->loop);
	struct platform_preview_settings settings = settings_default();
	world->platform = platform_preview_new(world->loop, &settings, &err);
	assert_non_null(world->platform);
	world->platform->sink = &world->sink;
	assert_true(world->platform->ops->start(world->platform, STR(""), &err));
	world->port = platform_preview_port(world->platform);
	return 0;
}

static inline void stop(unsigned grace_ms)
{
	world->platform->ops->stop(world->platform, grace_ms, on_stopped, NULL);
	assert_false(world->stopped);
}

static inline void turn_until_stopped(void)
{
	for (int i = 0; i < WAIT_MS && !world->stopped; i++)
		loop_turn(world->loop);
	assert_true(world->stopped);
}

static inline int tear_down(void **state)
{
	(void)state;
	if (!world->stopped) {
		stop(0);
		turn_until_stopped();
	}
	world->platform->ops->free(world->platform);
	loop_free(world->loop);
	free(world);
	return 0;
}

static inline const char *host(void)
{
	static char text[64];
	(void)snprintf(text, sizeof text, "127.0.0.1:%u", world->port);
	return text;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
