/* The preview platform, driven over loopback by a fake browser: questions, replies, pages that go
 * and come back, and the end. */
#include "io/preview_world.h"

static struct section section = {.title = {"Is it safe?", 11}, .article = &article, .count = 1};
static struct passage passage = {.id = {"when.doctor", 11}, .section = &section};

static void turn_until(const unsigned *count, unsigned wanted)
{
	for (int i = 0; i < WAIT_MS && *count < wanted; i++)
		loop_turn(world->loop);
	assert_int_equal(*count, wanted);
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

static void sends_a_reply_without_reasons_that_are_too_long(void **state)
{
	(void)state;
	static char title[200 * 1024];
	char text[8192];
	struct client *client = page();
	memset(title, 't', sizeof title);
	struct str usual = section.title;
	section.title = (struct str){title, sizeof title};
	reply(9, "Yes.");
	section.title = usual;
	assert_int_equal(client_hears(client, text, sizeof text), 1);
	assert_non_null(strstr(text, "<p>Yes.</p>"));
	assert_non_null(strstr(text, "\"passages\":[],\"considered\":[]"));
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
	world->platform->ops->fetch(world->platform, STR(SESSION), STR(SESSION "/1"), STR(""));
	world->platform->ops->fetch(world->platform, STR(SESSION), STR(SESSION "/2"), STR(""));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(carries_a_question_and_its_reply),
		TEST(sends_a_reply_without_reasons_that_are_too_long),
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
