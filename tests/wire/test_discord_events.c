/* What the transcripts cannot say: every field of every event broken in turn, compressed streams,
 * messages that were fetched again, settings that cannot be right. */
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

/* --- every field broken in turn --- */

static const char *const events[] = {
	READY,
	"{\"op\":0,\"t\":\"RESUMED\",\"s\":2,\"d\":{\"_trace\":[\"x\"]}}",
	"{\"op\":0,\"t\":\"GUILD_CREATE\",\"s\":3,\"d\":{\"id\":\"1\",\"unavailable\":false,"
	"\"channels\":[{\"id\":\"500\",\"type\":0,\"parent_id\":\"10\"}],\"threads\":[{\"id\":"
	"\"501\",\"parent_id\":\"500\"}],\"roles\":[{\"id\":\"77\",\"tags\":{\"bot_id\":\"100\"}}]"
	"}}",
	"{\"op\":0,\"t\":\"GUILD_DELETE\",\"s\":4,\"d\":{\"id\":\"2\",\"unavailable\":true}}",
	"{\"op\":0,\"t\":\"CHANNEL_CREATE\",\"s\":5,\"d\":{\"id\":\"60\",\"guild_id\":\"1\","
	"\"parent_id\":\"500\"}}",
	"{\"op\":0,\"t\":\"CHANNEL_UPDATE\",\"s\":6,\"d\":{\"id\":\"60\",\"guild_id\":\"1\","
	"\"parent_id\":\"501\"}}",
	"{\"op\":0,\"t\":\"CHANNEL_DELETE\",\"s\":7,\"d\":{\"id\":\"60\",\"guild_id\":\"1\"}}",
	"{\"op\":0,\"t\":\"THREAD_CREATE\",\"s\":8,\"d\":{\"id\":\"61\",\"guild_id\":\"1\","
	"\"parent_id\":\"500\",\"thread_metadata\":{\"archived\":false}}}",
	"{\"op\":0,\"t\":\"THREAD_UPDATE\",\"s\":9,\"d\":{\"id\":\"61\",\"guild_id\":\"1\","
	"\"parent_id\":\"500\"}}",
	"{\"op\":0,\"t\":\"THREAD_DELETE\",\"s\":10,\"d\":{\"id\":\"61\",\"guild_id\":\"1\"}}",
	"{\"op\":0,\"t\":\"THREAD_LIST_SYNC\",\"s\":11,\"d\":{\"guild_id\":\"1\",\"threads\":["
	"{\"id\":\"62\",\"parent_id\":\"500\"}]}}",
	"{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":12,\"d\":{\"id\":\"9000\",\"channel_id\":\"500\","
	"\"guild_id\":\"1\",\"author\":{\"id\":\"7\",\"bot\":false,\"system\":false},\"type\":19,"
	"\"webhook_id\":null,\"flags\":0,\"content\":\"hello "
	"<@100>\",\"mentions\":[{\"id\":\"8\"}],"
	"\"mention_roles\":[\"77\"],\"attachments\":[{\"id\":\"1\"}],\"sticker_items\":[{\"id\":"
	"\"1\"}],\"message_reference\":{\"type\":0,\"message_id\":\"5\"},\"referenced_message\":{"
	"\"id\":\"5\",\"author\":{\"id\":\"8\"}},\"message_snapshots\":[],\"poll\":{}}}",
	"{\"op\":0,\"t\":\"MESSAGE_UPDATE\",\"s\":13,\"d\":{\"id\":\"9000\",\"channel_id\":\"500\","
	"\"guild_id\":\"1\",\"author\":{\"id\":\"7\"},\"type\":0,\"content\":\"x\","
	"\"edited_timestamp\":\"2026-01-01T00:00:00Z\"}}",
	"{\"op\":0,\"t\":\"MESSAGE_DELETE\",\"s\":14,\"d\":{\"id\":\"9000\",\"channel_id\":\"500\","
	"\"guild_id\":\"1\"}}",
	"{\"op\":0,\"t\":\"MESSAGE_DELETE_BULK\",\"s\":15,\"d\":{\"ids\":[\"9000\",\"9001\"],"
	"\"channel_id\":\"500\",\"guild_id\":\"1\"}}",
	"{\"op\":1,\"d\":null}",
	"{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}",
	"{\"op\":11}",
};

static const char *const odd_values[] = {
	"null",	       "true",
	"-1",	       "0",
	"1e300",       "18446744073709551616",
	"\"\"",	       "\"x\"",
	"[]",	       "{}",
	"[null]",      "[[]]",
	"{\"id\":{}}", "\"18446744073709551615\"",
};

struct breaker {
	unsigned tried, wanted; /* which place is broken in this round */
	const char *value;	/* NULL: the field is left out */
};

/* Walks all places in the same order each time and breaks one of them; true when it was found. */
static bool break_place(struct breaker *b, cJSON *parent)
{
	for (cJSON *v = parent->child; v; v = v->next) {
		if (b->tried++ != b->wanted) {
			if (break_place(b, v))
				return true;
			continue;
		}
		if (!b->value) {
			cJSON_Delete(cJSON_DetachItemViaPointer(parent, v));
		} else if (v->string) {
			char key[64];

			snprintf(key, sizeof key, "%s", v->string);
			cJSON_ReplaceItemInObjectCaseSensitive(parent, key, cJSON_Parse(b->value));
		} else {
			cJSON_ReplaceItemViaPointer(parent, v, cJSON_Parse(b->value));
		}
		return true;
	}
	return false;
}

static void feed_broken(const char *event, unsigned place, const char *value, bool *found)
{
	struct breaker b = {.wanted = place, .value = value};
	cJSON *broken = cJSON_Parse(event);
	struct discord *d = ready_machine();
	struct seen seen;
	char *text;

	*found = break_place(&b, broken);
	text = cJSON_PrintUnformatted(broken);
	discord_frame(d, str_of(text), now);
	seen = take_steps(d);
	if (seen.closes || seen.fatals)
		fail_msg("closed by %s", text);
	discord_frame(d, STR(ASKED("99", "still there")), now);
	seen = take_steps(d);
	if (seen.messages != 1 || strcmp(seen.text, "still there") != 0)
		fail_msg("not there any more after %s", text);
	free(text);
	cJSON_Delete(broken);
	discord_free(d);
}

static void broken_fields_do_no_harm(void **state)
{
	unsigned rounds = 0;

	(void)state;
	for (size_t e = 0; e < sizeof events / sizeof *events; e++) {
		for (unsigned place = 0;; place++) {
			bool found = false;

			feed_broken(events[e], place, NULL, &found);
			for (size_t i = 0; found && i < sizeof odd_values / sizeof *odd_values; i++)
				feed_broken(events[e], place, odd_values[i], &found);
			if (!found)
				break;
			rounds++;
		}
	}
	assert_true(rounds > 100);
}

static void cut_frames_do_no_harm(void **state)
{
	(void)state;
	for (size_t e = 0; e < sizeof events / sizeof *events; e++) {
		struct discord *d = ready_machine();
		struct str whole = str_of(events[e]);

		for (size_t n = 0; n < whole.n; n++)
			discord_frame(d, str_sub(whole, 0, n), now);
		assert_int_equal(discord_counts(d)->malformed, whole.n);
		discord_frame(d, STR(ASKED("99", "still there")), now);
		assert_int_equal(take_steps(d).messages, 1);
		discord_free(d);
	}
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
		cmocka_unit_test(broken_fields_do_no_harm),
		cmocka_unit_test(cut_frames_do_no_harm),
		cmocka_unit_test(streams_are_inflated_in_any_pieces),
		cmocka_unit_test(damaged_streams_reconnect),
		cmocka_unit_test(endless_events_are_cut_off),
		cmocka_unit_test(fetched_messages_are_read_by_the_same_rules),
		cmocka_unit_test(wrong_settings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
