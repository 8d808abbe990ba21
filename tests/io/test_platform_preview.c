/* The preview platform, driven over loopback by a fake browser, with a fake sink. */
#include "preview_client.h"

#include "core/book.h"
#include "io/platform_preview.h"
#include "io/preview_address.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SESSION "6f1c1b0a-3c6e-4a57-9d1e-0123456789ab"
#define HELLO "{\"type\":\"hello\",\"session\":\"" SESSION "\"}"
#define QUESTION "{\"type\":\"question\",\"id\":\"1\",\"text\":\"Is it safe?\"}"
#define RECONNECT_MS 200

static struct article article = {
	.title = {"Mesotherapy", 11}, .language = {"en", 2}, .version = {"7", 1}};
static struct section section = {.title = {"Is it safe?", 11}, .article = &article, .count = 1};
static struct passage passage = {.id = {"when.doctor", 11}, .section = &section};
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

static void keep(char *to, size_t to_n, struct str from)
{
	(void)snprintf(to, to_n, STR_FMT, STR_ARG(from));
}

static void on_message(struct platform_sink *sink, struct platform *from,
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

static void on_position(struct platform_sink *sink, struct platform *from, struct str position)
{
	(void)sink;
	(void)from;
	(void)position;
	fail_msg("the preview has no position");
}

static void on_delivered(struct platform_sink *sink, struct platform *from, uint64_t delivery,
			 enum delivery_outcome outcome, struct str why)
{
	(void)sink;
	(void)from;
	world->last_delivery = delivery;
	if (outcome == DELIVERY_SENT)
		world->sent++;
	else
		world->refused++;
	assert_int_equal(outcome == DELIVERY_REFUSED, why.n > 0);
}

static void on_fetched(struct platform_sink *sink, struct platform *from, struct str id,
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

static void on_state(struct platform_sink *sink, struct platform *from, enum platform_state state,
		     struct str why)
{
	(void)sink;
	(void)from;
	(void)why;
	world->ready += state == PLATFORM_READY;
}

static void on_stopped(void *arg)
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

static void turn_until(const unsigned *count, unsigned wanted)
{
	for (int i = 0; i < WAIT_MS && *count < wanted; i++)
		loop_turn(world->loop);
	assert_int_equal(*count, wanted);
}

static void turn_for(int ms)
{
	int64_t until_ms = loop_now_ms(world->loop) + ms;
	while (loop_now_ms(world->loop) < until_ms)
		loop_turn(world->loop);
}

static int set_up(void **state)
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

static void stop(unsigned grace_ms)
{
	world->platform->ops->stop(world->platform, grace_ms, on_stopped, NULL);
	assert_false(world->stopped);
}

static void turn_until_stopped(void)
{
	for (int i = 0; i < WAIT_MS && !world->stopped; i++)
		loop_turn(world->loop);
	assert_true(world->stopped);
}

static int tear_down(void **state)
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

static const char *host(void)
{
	static char text[64];
	(void)snprintf(text, sizeof text, "127.0.0.1:%u", world->port);
	return text;
}

static struct client *dial(void)
{
	return client_chat(world->loop, world->port);
}

/* A page that has said hello and was greeted. */
static struct client *page(void)
{
	char text[4096];
	struct client *client = dial();
	assert_int_equal(client_status(client), 0); /* the 101 was taken off */
	client_says(client, HELLO);
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_non_null(strstr(text, "\"type\":\"hello\""));
	return client;
}

static void reply(uint64_t id, const char *text)
{
	static struct answer answer = {
		.kind = ANSWER_PASSAGES,
		.parts = {{.kind = ANSWER_PASSAGES, .passages = {&passage}, .passages_n = 1}},
		.parts_n = 1,
		.considered = {{&passage, 4.5}},
		.considered_n = 1,
	};
	struct delivery delivery = {
		.id = id,
		.message = STR(SESSION "/1"),
		.room = STR(SESSION),
		.kind = STR("answer"),
		.text = str_of(text),
		.answer = &answer,
		.book = &book,
	};
	world->platform->ops->send(world->platform, &delivery);
}

/* --- pages ----------------------------------------------------------------------------------- */

static void serves_the_page(void **state)
{
	(void)state;
	struct client *client = client_request(world->loop, world->port, "GET", "/", host(), "");
	assert_int_equal(client_status(client), 200);
	assert_non_null(strstr(client->in, "content-type: text/html; charset=utf-8\r\n"));
	assert_non_null(strstr(client->in, "content-security-policy: default-src 'none'; "
					   "script-src 'self'; style-src 'self'; "
					   "connect-src 'self';"));
	assert_non_null(strstr(client->in, "x-content-type-options: nosniff\r\n"));
	assert_non_null(strstr(client->in, "referrer-policy: no-referrer\r\n"));
	assert_non_null(strstr(client->in, "cache-control: no-store\r\n"));
	assert_null(strstr(client->in, "libwebsockets"));
	assert_true(client_sees(client, "</html>\n"));
	/* The connection is kept, and takes the next request. */
	client->n = 0;
	char next[128];
	(void)snprintf(next, sizeof next, "GET /page.css HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
		       world->port);
	client_put(client, next, strlen(next));
	assert_true(client_sees(client, "content-type: text/css; charset=utf-8\r\n"));
	client_free(client);

	client = client_request(world->loop, world->port, "GET", "/page.js", host(), "");
	assert_int_equal(client_status(client), 200);
	assert_non_null(strstr(client->in, "content-type: text/javascript; charset=utf-8\r\n"));
	client_free(client);
}

static void serves_nothing_else(void **state)
{
	(void)state;
	const char *paths[] = {"/favicon.ico", "/page.html", "/page.js/x", "/chat"};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		assert_int_equal(status_of(world->loop, world->port, "GET", paths[i], host(), ""),
				 404);
	assert_int_equal(
		status_of(world->loop, world->port, "POST", "/", host(), "Content-Length: 0\r\n"),
		405);
	struct client *client = client_request(world->loop, world->port, "HEAD", "/", host(), "");
	assert_int_equal(client_status(client), 200);
	turn_for(30);
	client_read(client);
	assert_null(strstr(client->in, "<html"));
	client_free(client);
}

static void refuses_a_foreign_host(void **state)
{
	(void)state;
	char local[64];
	const char *wrong[] = {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example",
			       ""};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(status_of(world->loop, world->port, "GET", "/", wrong[i], ""),
				 403);
	(void)snprintf(local, sizeof local, "evil.example:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 403);
	(void)snprintf(local, sizeof local, "localhost:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 200);
	(void)snprintf(local, sizeof local, "[::1]:%u", world->port);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", local, ""), 200);
}

static void refuses_a_foreign_origin(void **state)
{
	(void)state;
	char own[256];
	const char *wrong[] = {UPGRADE, UPGRADE "Origin: null\r\n",
			       UPGRADE "Origin: http://evil.example\r\n",
			       UPGRADE "Origin: http://127.0.0.1:1\r\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(
			status_of(world->loop, world->port, "GET", "/chat", host(), wrong[i]), 403);
	(void)snprintf(own, sizeof own, UPGRADE "Origin: http://%s\r\n", host());
	assert_int_equal(status_of(world->loop, world->port, "GET", "/chat", "evil.example", own),
			 403);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/other", host(), own), 404);
	assert_int_equal(status_of(world->loop, world->port, "GET", "/chat", host(), own), 101);
}

/* --- addresses ------------------------------------------------------------------------------- */

static void says_that_a_port_is_in_use(void **state)
{
	(void)state;
	struct err err;
	struct platform_preview_settings settings = settings_default();
	settings.listen = str_of(host());
	struct platform *second = platform_preview_new(world->loop, &settings, &err);
	assert_non_null(second);
	assert_false(second->ops->start(second, STR(""), &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, host()));
	assert_non_null(strstr(err.text, "is in use"));
	second->ops->free(second);
	/* The first one goes on. */
	assert_int_equal(status_of(world->loop, world->port, "GET", "/", host(), ""), 200);
}

static void listens_on_loopback_only(void **state)
{
	(void)state;
	struct err err;
	struct preview_address address;
	const char *wrong[] = {"0.0.0.0:8080",
			       "192.0.2.1:8080",
			       "[::]:8080",
			       "8080",
			       "localhost:80",
			       "127.0.0.1",
			       "127.0.0.1:",
			       "127.0.0.1:65536",
			       "[127.0.0.1]:1",
			       "::1:8080",
			       ""};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct platform_preview_settings settings = settings_default();
		settings.listen = str_of(wrong[i]);
		assert_null(platform_preview_new(world->loop, &settings, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	assert_true(preview_address_parse(STR("[::1]:8080"), STR(""), &address, &err));
	assert_true(address.ipv6);
	assert_true(preview_host_allowed(&address, 8080, STR("[::1]:8080")));
	assert_false(preview_host_allowed(&address, 8080, STR("127.0.0.1:8080")));
}

static void behind_a_proxy_only_its_name_counts(void **state)
{
	(void)state;
	struct err err;
	struct preview_address address;
	struct str name = STR("preview.example.org");
	assert_true(preview_address_parse(STR("0.0.0.0:8080"), name, &address, &err));
	assert_true(preview_host_allowed(&address, 8080, name));
	assert_false(preview_host_allowed(&address, 8080, STR("localhost:8080")));
	assert_true(preview_origin_allowed(&address, name, STR("https://preview.example.org")));
	assert_false(preview_origin_allowed(&address, name, STR("http://preview.example.org")));
	struct platform_preview_settings settings = settings_default();
	settings.behind_proxy = true;
	assert_null(platform_preview_new(world->loop, &settings, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

/* --- questions and replies ------------------------------------------------------------------- */

static void carries_a_question_and_its_reply(void **state)
{
	(void)state;
	char text[8192];
	struct client *client = dial();
	client_says(client, HELLO);
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_string_equal(text,
			    "{\"type\":\"hello\",\"clinic\":\"Harbour Clinic\",\"articles\":"
			    "[{\"title\":\"Mesotherapy\",\"version\":\"7\"}],\"examples\":[]}");
	client_says(client, QUESTION);
	turn_until(&world->messages, 1);
	assert_string_equal(world->id, SESSION "/1");
	assert_string_equal(world->room, SESSION);
	assert_string_equal(world->text, "Is it safe?");
	reply(17, "*Ask* a <b>doctor</b>.");
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_non_null(strstr(text, "\"type\":\"reply\",\"ack\":\"17\",\"to\":\"1\","
				     "\"name\":\"answer\",\"piece\":0"));
	assert_non_null(strstr(text, "<em>Ask</em>"));
	assert_null(strstr(text, "<b>doctor</b>\\n\""));
	assert_non_null(strstr(text, "\"kind\":\"answer\",\"level\":\"\",\"lang\":\"en\","
				     "\"article\":\"Mesotherapy, version 7\""));
	assert_non_null(strstr(text, "\"passages\":[{\"id\":\"when.doctor\",\"section\":"
				     "\"Is it safe?\",\"score\":4.5}]"));
	assert_non_null(strstr(text, "\"version\":\"00ff\""));
	/* Sent is what the page has shown. */
	turn_for(20);
	assert_int_equal(world->sent, 0);
	client_says(client, "{\"type\":\"got\",\"ack\":\"17\"}");
	turn_until(&world->sent, 1);
	assert_int_equal(world->last_delivery, 17);
	assert_int_equal(world->ready, 1);
	client_free(client);
}

static void puts_fragments_together(void **state)
{
	(void)state;
	struct client *client = page();
	client_frame(client, 0x01, QUESTION, 20);
	client_frame(client, 0x80, QUESTION + 20, strlen(QUESTION) - 20);
	turn_until(&world->messages, 1);
	assert_string_equal(world->text, "Is it safe?");
	client_free(client);
}

static void refuses_an_oversized_message(void **state)
{
	(void)state;
	static char text[40 * 1024];
	memset(text, 'a', sizeof text);
	struct client *client = page();
	client_frame(client, 0x81, text, 16 * 1024 + 1);
	assert_int_equal(client_close_code(client), 1009);
	client_free(client);
	/* Nor in fragments. */
	client = page();
	client_frame(client, 0x01, text, 10 * 1024);
	client_frame(client, 0x00, text, 10 * 1024);
	assert_int_equal(client_close_code(client), 1009);
	client_free(client);
	client = page();
	client_frame(client, 0x82, text, 10);
	assert_int_equal(client_close_code(client), 1003);
	client_free(client);
	assert_int_equal(world->messages, 0);
}

static void refuses_what_it_cannot_read(void **state)
{
	(void)state;
	char text[512];
	const char *wrong[] = {
		"{\"type\":\"question\"",
		"[]",
		"{\"type\":\"other\"}",
		"{\"type\":\"question\",\"id\":\"x\",\"text\":\"a\"}",
		"{\"type\":\"question\",\"id\":\"1234567890\",\"text\":\"a\"}",
		HELLO, /* once is enough */
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct client *client = page();
		client_says(client, wrong[i]);
		assert_int_equal(client_hears(client, text, sizeof text), 1);
		assert_string_equal(text, "{\"type\":\"error\",\"what\":\"malformed\"}");
		assert_int_equal(client_close_code(client), 1007);
		client_free(client);
	}
	struct client *client = dial();
	client_says(client, QUESTION); /* before the hello */
	assert_int_equal(client_close_code(client), 1007);
	client_free(client);
	client = dial();
	client_says(client, "{\"type\":\"hello\",\"session\":\"../../etc\"}");
	assert_int_equal(client_close_code(client), 1007);
	client_free(client);
	assert_int_equal(world->messages, 0);
}

static void limits_questions_under_way(void **state)
{
	(void)state;
	char text[512];
	struct client *client = page();
	for (unsigned i = 1; i <= PREVIEW_ASKED_MAX + 1; i++) {
		(void)snprintf(text, sizeof text,
			       "{\"type\":\"question\",\"id\":\"%u\",\"text\":\"a\"}", i);
		client_says(client, text);
	}
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_string_equal(text, "{\"type\":\"error\",\"what\":\"busy\",\"to\":\"9\"}");
	assert_int_equal(world->messages, PREVIEW_ASKED_MAX);
	/* A reply makes room. */
	reply(1, "Yes.");
	client_says(client, "{\"type\":\"question\",\"id\":\"10\",\"text\":\"a\"}");
	turn_until(&world->messages, PREVIEW_ASKED_MAX + 1);
	client_free(client);
}

static void limits_pages(void **state)
{
	(void)state;
	struct client *clients[64];
	for (size_t i = 0; i < 64; i++)
		clients[i] = dial();
	struct client *last = dial();
	assert_int_equal(client_status(last), 503);
	client_free(last);
	client_free(clients[0]);
	turn_for(30);
	clients[0] = page();
	for (size_t i = 0; i < 64; i++)
		client_free(clients[i]);
}

/* --- pages that go ---------------------------------------------------------------------------- */

static void refuses_a_reply_whose_page_is_gone(void **state)
{
	(void)state;
	struct client *client = page();
	client_says(client, QUESTION);
	turn_until(&world->messages, 1);
	client_free(client);
	turn_for(20);
	reply(3, "Yes.");
	assert_int_equal(world->refused, 0);
	turn_for(RECONNECT_MS / 2);
	assert_int_equal(world->refused, 0);
	turn_until(&world->refused, 1);
	assert_int_equal(world->last_delivery, 3);
}

static void gives_the_reply_after_a_reconnect(void **state)
{
	(void)state;
	char text[8192];
	struct client *client = page();
	client_says(client, QUESTION);
	turn_until(&world->messages, 1);
	reply(4, "Yes.");
	client_free(client); /* sent, perhaps, but never shown */
	turn_for(20);
	client = page();
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_non_null(strstr(text, "\"ack\":\"4\",\"to\":\"1\""));
	client_says(client, "{\"type\":\"got\",\"ack\":\"4\"}");
	turn_until(&world->sent, 1);
	turn_for(RECONNECT_MS + 50);
	assert_int_equal(world->refused, 0);
	client_free(client);
}

/* After a restart: the bot owes a reply to a page that this process has never seen. */
static void keeps_a_reply_for_a_page_that_comes(void **state)
{
	(void)state;
	char text[8192];
	reply(5, "Yes.");
	turn_for(20);
	struct client *client = page();
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_non_null(strstr(text, "\"ack\":\"5\""));
	client_says(client, "{\"type\":\"got\",\"ack\":\"5\"}");
	turn_until(&world->sent, 1);
	client_free(client);
}

static void the_newer_of_two_connections_counts(void **state)
{
	(void)state;
	char text[8192];
	struct client *older = page();
	struct client *newer = page();
	assert_int_equal(client_close_code(older), 4001);
	client_free(older);
	turn_for(20);
	reply(6, "Yes.");
	assert_int_equal(client_hears(newer, text, sizeof text), 1);
	assert_non_null(strstr(text, "\"ack\":\"6\""));
	client_free(newer);
}

static void reads_a_message_again_when_its_page_sends_it(void **state)
{
	(void)state;
	world->platform->ops->fetch(world->platform, STR(SESSION), STR(SESSION "/1"));
	world->platform->ops->fetch(world->platform, STR(SESSION), STR(SESSION "/2"));
	assert_int_equal(world->fetched, 0);
	struct client *client = page();
	client_says(client, QUESTION);
	turn_until(&world->fetched, 1);
	assert_string_equal(world->fetched_text, "Is it safe?");
	assert_int_equal(world->messages, 0);
	turn_until(&world->fetched, 2);
	assert_int_equal(world->fetched_gone, 1);
	client_free(client);
}

static void drops_a_slow_reader(void **state)
{
	(void)state;
	static char text[4001];
	struct client *client = page();
	memset(text, 'y', sizeof text - 1);
	for (uint64_t i = 1; i <= 1000; i++)
		reply(i, text);
	assert_true(client_sees_end(client));
	client_free(client);
	turn_until(&world->refused, 1000);
}

/* --- the end --------------------------------------------------------------------------------- */

static void stops_after_replies_under_way(void **state)
{
	(void)state;
	char text[8192];
	struct client *client = page();
	client_says(client, QUESTION);
	turn_until(&world->messages, 1);
	reply(7, "Yes.");
	stop(3000);
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	client_says(client, "{\"type\":\"question\",\"id\":\"2\",\"text\":\"a\"}");
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_string_equal(text, "{\"type\":\"error\",\"what\":\"stopping\"}");
	assert_int_equal(world->messages, 1);
	client_says(client, "{\"type\":\"got\",\"ack\":\"7\"}");
	assert_int_equal(client_close_code(client), 1012);
	client_free(client);
	turn_until_stopped();
	assert_int_equal(world->sent, 1);
	client = client_dial(world->loop, world->port);
	assert_true(client->ended);
	client_free(client);
}

/* What no page has acknowledged stays owed: the store gives it to the next process. */
static void stops_in_time_and_leaves_the_rest_owed(void **state)
{
	(void)state;
	struct client *client = page();
	reply(8, "Yes.");
	int64_t from_ms = loop_now_ms(world->loop);
	stop(100);
	turn_until_stopped(); /* the page neither acknowledges nor closes */
	assert_true(loop_now_ms(world->loop) - from_ms >= 100);
	assert_true(loop_now_ms(world->loop) - from_ms < 3000);
	assert_int_equal(world->sent + world->refused, 0);
	client_free(client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(serves_the_page),
		TEST(serves_nothing_else),
		TEST(refuses_a_foreign_host),
		TEST(refuses_a_foreign_origin),
		TEST(says_that_a_port_is_in_use),
		TEST(listens_on_loopback_only),
		TEST(behind_a_proxy_only_its_name_counts),
		TEST(carries_a_question_and_its_reply),
		TEST(puts_fragments_together),
		TEST(refuses_an_oversized_message),
		TEST(refuses_what_it_cannot_read),
		TEST(limits_questions_under_way),
		TEST(limits_pages),
		TEST(refuses_a_reply_whose_page_is_gone),
		TEST(gives_the_reply_after_a_reconnect),
		TEST(keeps_a_reply_for_a_page_that_comes),
		TEST(the_newer_of_two_connections_counts),
		TEST(reads_a_message_again_when_its_page_sends_it),
		TEST(drops_a_slow_reader),
		TEST(stops_after_replies_under_way),
		TEST(stops_in_time_and_leaves_the_rest_owed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
