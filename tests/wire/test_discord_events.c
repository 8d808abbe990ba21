/* What the transcripts cannot say: compressed streams, messages that were fetched again, settings
 * that cannot be right. Broken fields are in test_discord_fields.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "wire/discord.h"

static const struct machine_time now = {.mono_ms = 1000, .wall_ms = 1750000000000};

struct seen {
	unsigned messages, closes, fatals, sends;
	char text[256]; /* of the last message */
};

static struct seen take_steps(struct discord *d)
{
	struct machine_step step;
	struct seen seen = {0};

	while (discord_next(d, &step)) {
		seen.messages += step.kind == MACHINE_MESSAGE;
		seen.closes += step.kind == MACHINE_CLOSE;
		seen.fatals += step.kind == MACHINE_FATAL;
		seen.sends += step.kind == MACHINE_FRAME;
		if (step.kind == MACHINE_MESSAGE)
			snprintf(seen.text, sizeof seen.text, STR_FMT, STR_ARG(step.message.text));
	}
	return seen;
}

static struct discord *machine(bool compress)
{
	static const struct str channels[] = {{"500", 3}};
	const struct discord_settings settings = {
		.token = STR("token"),
		.gateway_url = STR("wss://gateway.example"),
		.channels = channels,
		.channels_n = 1,
		.compress = compress,
		.seed = 1,
	};
	struct discord *d = discord_new(&settings, NULL);

	assert_non_null(d);
	discord_start(d, STR(""), now);
	discord_application_is(d, 1 << 19, now);
	discord_opened(d, now);
	return d;
}

#define HELLO "{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}"
#define READY                                                                                \
	"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"user\":{\"id\":\"100\"},\"session_id\":" \
	"\"sess\",\"resume_gateway_url\":\"wss://resume.example\"}}"
#define ASKED(id, text)                                                       \
	"{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":" id ",\"d\":{\"id\":\"" id \
	"\",\"channel_id\":\"40\",\"author\":{\"id\":\"7\"},\"type\":0,\"content\":\"" text "\"}}"

static struct discord *ready_machine(void)
{
	struct discord *d = machine(false);

	discord_frame(d, STR(HELLO), now);
	discord_frame(d, STR(READY), now);
	take_steps(d);
	return d;
}

/* --- the compressed stream --- */

struct packer {
	z_stream z;
	unsigned char bytes[65536];
	size_t n;
};

static void pack(struct packer *p, const char *text)
{
	union {
		const char *from;
		unsigned char *to;
	} in = {.from = text}; /* zlib takes it without const */

	p->z.next_in = in.to;
	p->z.avail_in = (uInt)strlen(text);
	p->z.next_out = p->bytes;
	p->z.avail_out = sizeof p->bytes;
	assert_int_equal(deflate(&p->z, Z_SYNC_FLUSH), Z_OK);
	p->n = sizeof p->bytes - p->z.avail_out;
}

static void feed_pieces(struct discord *d, const struct packer *p, size_t piece)
{
	struct str all = {(const char *)p->bytes, p->n};

	for (size_t i = 0; i < all.n; i += piece)
		discord_frame(d, str_sub(all, i, piece), now);
}

static void streams_are_inflated_in_any_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 40; piece += 3) {
		struct discord *d = machine(true);
		struct packer p = {0};

		assert_int_equal(deflateInit(&p.z, 9), Z_OK);
		take_steps(d);
		pack(&p, HELLO);
		feed_pieces(d, &p, piece);
		assert_int_equal(take_steps(d).sends, 1);
		pack(&p, READY);
		feed_pieces(d, &p, piece);
		pack(&p, ASKED("99", "one"));
		feed_pieces(d, &p, piece);
		assert_string_equal(take_steps(d).text, "one");
		pack(&p, ASKED("100", "two"));
		feed_pieces(d, &p, piece);
		assert_string_equal(take_steps(d).text, "two");
		deflateEnd(&p.z);
		discord_free(d);
	}
}

static void damaged_streams_reconnect(void **state)
{
	struct discord *d = machine(true);

	(void)state;
	take_steps(d);
	discord_frame(d, STR("this is not compressed"), now);
	assert_int_equal(take_steps(d).closes, 1);
	discord_frame(d, STR("and goes on"), now);
	assert_int_equal(take_steps(d).closes, 0);
	discord_free(d);
}

static void endless_events_are_cut_off(void **state)
{
	struct discord *d = machine(true);
	struct packer p = {0};
	char *blanks = malloc(1 << 20);
	struct seen seen = {0};

	(void)state;
	assert_non_null(blanks);
	memset(blanks, ' ', (1 << 20) - 1);
	blanks[(1 << 20) - 1] = '\0';
	assert_int_equal(deflateInit(&p.z, 9), Z_OK);
	take_steps(d);
	for (int i = 0; i < 20 && !seen.closes; i++) {
		p.z.next_in = (unsigned char *)blanks;
		p.z.avail_in = 1 << 20;
		p.z.next_out = p.bytes;
		p.z.avail_out = sizeof p.bytes;
		assert_int_equal(deflate(&p.z, Z_NO_FLUSH), Z_OK);
		discord_frame(d,
			      (struct str){(const char *)p.bytes, sizeof p.bytes - p.z.avail_out},
			      now);
		seen = take_steps(d);
	}
	assert_int_equal(seen.closes, 1);
	deflateEnd(&p.z);
	free(blanks);
	discord_free(d);
}

/* --- fetched messages --- */

#define IN_DM "https://discord.com/channels/@me/40/5"
#define IN_SERVER "https://discord.com/channels/1/40/5"
#define OF_EDIT                                                                     \
	"{\"id\":\"5\",\"channel_id\":\"40\",\"author\":{\"id\":\"7\"},\"type\":0," \
	"\"content\":\"sun?\"}"

static void fetched_messages_are_read_by_the_same_rules(void **state)
{
	struct discord *d = ready_machine();
	struct message m;

	(void)state;
	assert_true(
		discord_read_fetched(d, STR("5"), STR(""),
				     STR("{\"id\":\"5\",\"channel_id\":\"500\",\"author\":{\"id\":"
					 "\"7\"},\"type\":0,\"content\":\"sun?\"}"),
				     &m));
	assert_false(m.addressed); /* watched; guild_id never comes by REST */
	assert_true(str_eq(m.text, STR("sun?")));
	assert_true(
		discord_read_fetched(d, STR("5"), STR(""),
				     STR("{\"id\":\"5\",\"channel_id\":\"40\",\"author\":{\"id\":"
					 "\"7\"},\"type\":0,\"content\":\"sun?\"}"),
				     &m));
	assert_true(m.addressed);
	assert_true(str_eq(m.room, STR("40")));
	assert_true(
		discord_read_fetched(d, STR("5"), STR(""),
				     STR("{\"id\":\"5\",\"channel_id\":\"41\",\"author\":{\"id\":"
					 "\"7\"},\"type\":0,\"content\":\"<@100> sun?\"}"),
				     &m));
	assert_true(m.addressed);
	assert_true(str_eq(m.text, STR("sun?")));
	assert_false(
		discord_read_fetched(d, STR("5"), STR(""),
				     STR("{\"id\":\"5\",\"channel_id\":\"41\",\"author\":{\"id\":"
					 "\"7\",\"bot\":true},\"type\":0,\"content\":\"x\"}"),
				     &m));
	assert_false(discord_read_fetched(d, STR("5"), STR(""),
					  STR("{\"message\":\"Unknown\",\"code\":10008}"), &m));
	assert_false(discord_read_fetched(d, STR("5"), STR(""), STR("<html>"), &m));
	assert_true(discord_read_fetched(d, STR("5:2026-01-01"), STR(IN_DM), STR(OF_EDIT), &m));
	assert_true(str_eq(m.id, STR("5:2026-01-01"))); /* as it was given, to be known again */
	assert_true(str_eq(m.edits, STR("5")));
	assert_true(str_eq(m.link, STR(IN_DM)));
	assert_true(m.addressed);
	/* In a server, without the mention that it came with: heard, and answered only when urgent. */
	assert_true(discord_read_fetched(d, STR("5"), STR(IN_SERVER), STR(OF_EDIT), &m));
	assert_true(str_eq(m.link, STR(IN_SERVER)));
	assert_false(m.addressed);
	assert_true(m.to_other);
	assert_false(discord_read_fetched(d, STR("6:2026-01-01"), STR(IN_DM), STR(OF_EDIT), &m));
	assert_false(discord_read_fetched(d, STR("5"), STR(""), STR(""), &m));
	discord_free(d);
}

static void wrong_settings_are_refused(void **state)
{
	static const struct str channels[] = {{"general", 7}};
	struct discord_settings settings = {.token = STR("")};
	struct err err = {0};

	(void)state;
	assert_null(discord_new(&settings, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	settings.token = STR("tok en");
	assert_null(discord_new(&settings, &err));
	settings.token = STR("token");
	settings.channels = channels;
	settings.channels_n = 1;
	assert_null(discord_new(&settings, &err));
	assert_true(str_find(str_of(err.text), STR("Copy Channel ID")) > 0);
	discord_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_inflated_in_any_pieces),
		cmocka_unit_test(damaged_streams_reconnect),
		cmocka_unit_test(endless_events_are_cut_off),
		cmocka_unit_test(fetched_messages_are_read_by_the_same_rules),
		cmocka_unit_test(wrong_settings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
