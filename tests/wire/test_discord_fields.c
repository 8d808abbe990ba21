/* Every field of everything that the gateway machine reads, missed out or of another type in turn, where
 * the machine reads it: a hello as the connection opens, READY while it identifies after a lost session,
 * RESUMED while it resumes, a server while its channels are awaited, a page of a history that was asked
 * for. It never gives up, closes only for the reasons named here, and answers the next question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/discord.h"

#define WALL_MS 1750000000000
#define LATER_MS 300000 /* more than any wait before a connection */

#define HELLO "{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}"
#define READY(id)                                                                            \
	"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"v\":10,\"user\":{\"id\":\"100\",\"bot\"" \
	":true},\"session_id\":\"" id "\",\"resume_gateway_url\":\"wss://resume.example\","  \
	"\"guilds\":[{\"id\":\"1\",\"unavailable\":true},{\"id\":\"2\"}]}}"
#define RESUMED "{\"op\":0,\"t\":\"RESUMED\",\"s\":2,\"d\":{\"_trace\":[\"x\"]}}"
#define ASKED(id, text)                                                                   \
	"{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":9,\"d\":{\"id\":\"13838250451927040" id \
	"\",\"channel_id\":\"40\",\"author\":{\"id\":\"7\"},\"type\":0,\"content\":\"" text "\"}}"
#define SERVER                                                                                \
	"{\"op\":0,\"t\":\"GUILD_CREATE\",\"s\":3,\"d\":{\"id\":\"1\",\"unavailable\":false," \
	"\"channels\":[{\"id\":\"500\",\"type\":0,\"parent_id\":\"10\"}],\"threads\":[{"      \
	"\"id\":\"501\",\"type\":11,\"parent_id\":\"500\"}],\"roles\":[{\"id\":\"77\","       \
	"\"tags\":{\"bot_id\":\"100\"}}]}}"
/* What a message holds, but for where and by whom. */
#define MESSAGE                                                                                   \
	"\"id\":\"1383825049387008000\",\"channel_id\":\"500\",\"type\":19,\"webhook_id\":null,"  \
	"\"flags\":0,\"content\":\"hello <@100>\",\"mentions\":[{\"id\":\"8\"}],"                 \
	"\"mention_roles\":[\"77\"],\"attachments\":[{\"id\":\"1\"}],\"sticker_items\":[{\"id\":" \
	"\"1\"}],\"message_reference\":{\"type\":0,\"message_id\":\"5\"},"                        \
	"\"referenced_message\":{\"id\":\"5\",\"author\":{\"id\":\"8\"}},"                        \
	"\"message_snapshots\":[],\"poll\":{},\"author\":{\"id\":\"7\",\"bot\":false,"            \
	"\"system\":false}"

struct world {
	struct discord *d;
	struct machine_time at;
	bool connects, closes, fatal;
	unsigned sends, readies, asks, messages, deleted;
	char room[24]; /* whose history was asked for last */
	char text[64]; /* of the last message */
};

static void take_steps(struct world *w)
{
	struct machine_step step;

	while (discord_next(w->d, &step)) {
		w->connects |= step.kind == MACHINE_CONNECT;
		w->closes |= step.kind == MACHINE_CLOSE;
		w->fatal |= step.kind == MACHINE_FATAL;
		w->sends += step.kind == MACHINE_FRAME;
		w->readies += step.kind == MACHINE_STATE && step.state == PLATFORM_READY;
		w->messages += step.kind == MACHINE_MESSAGE;
		w->deleted += step.kind == MACHINE_DELETED;
		if (step.kind == MACHINE_MESSAGE) {
			assert_true(step.message.id.n && step.message.room.n &&
				    step.message.person.n);
			snprintf(w->text, sizeof w->text, STR_FMT, STR_ARG(step.message.text));
		}
		if (step.kind != DISCORD_ASK_HISTORY)
			continue;
		w->asks++;
		snprintf(w->room, sizeof w->room, STR_FMT, STR_ARG(step.text));
	}
}

/* Forgets what was seen. */
static void look_anew(struct world *w)
{
	take_steps(w);
	w->connects = w->closes = w->fatal = false;
	w->sends = w->readies = w->asks = w->messages = w->deleted = 0;
	w->text[0] = '\0';
}

static void feed(struct world *w, const char *frame)
{
	discord_frame(w->d, str_of(frame), w->at);
	take_steps(w);
}

static void open_again(struct world *w)
{
	w->at.mono_ms += LATER_MS;
	w->at.wall_ms += LATER_MS;
	discord_tick(w->d, w->at);
	take_steps(w);
	assert_true(w->connects);
	discord_opened(w->d, w->at);
	look_anew(w);
}

/* --- where each is read --- */

static void before_hello(struct world *w)
{
	static const struct str channels[] = {{"500", 3}};
	const struct discord_settings settings = {
		.token = STR("token"),
		.gateway_url = STR("wss://gateway.example"),
		.channels = channels,
		.channels_n = 1,
		.missed_messages = 500,
		.missed_age_ms = 86400000,
		.seed = 1,
	};

	*w = (struct world){.at = {.mono_ms = 1000, .wall_ms = WALL_MS}};
	w->d = discord_new(&settings, NULL);
	assert_non_null(w->d);
	discord_start(w->d, STR(""), w->at);
	discord_application_is(w->d, 1 << 19, w->at);
	discord_opened(w->d, w->at);
	look_anew(w);
}

static void identifying(struct world *w)
{
	before_hello(w);
	feed(w, HELLO);
	look_anew(w);
}

static void up(struct world *w)
{
	identifying(w);
	feed(w, READY("one"));
	feed(w, SERVER);
	feed(w, ASKED("00", "for the first time"));
	assert_int_equal(w->messages, 1);
	look_anew(w);
}

static void before_the_hello_of_a_resume(struct world *w)
{
	up(w);
	discord_closed(w->d, 1006, STR(""), w->at);
	open_again(w);
}

static void resuming(struct world *w)
{
	before_the_hello_of_a_resume(w);
	feed(w, HELLO);
	look_anew(w);
}

static void identifying_after_a_loss(struct world *w)
{
	up(w);
	discord_closed(w->d, 4009, STR(""), w->at);
	open_again(w);
	feed(w, HELLO);
	look_anew(w);
}

/* The room that somebody wrote in directly is read, and then its server is told. */
static void awaiting_a_server(struct world *w)
{
	identifying_after_a_loss(w);
	feed(w, READY("two"));
	for (unsigned asks = 0; asks != w->asks;) {
		asks = w->asks;
		discord_history_is(w->d, str_of(w->room), STR("[]"), STR(""), w->at);
		take_steps(w);
	}
	look_anew(w);
}

static void awaiting_a_page(struct world *w)
{
	awaiting_a_server(w);
	feed(w, SERVER);
	assert_string_equal(w->room, "500");
	look_anew(w);
}

struct reading {
	void (*where)(struct world *w);
	const char *text;
	unsigned sends, readies, asks, messages, deleted; /* when it is whole */
	bool may_close;
};

#define PAGE .where = awaiting_a_page
#define UP .where = up

static const struct reading readings[] = {
	{.where = before_hello, HELLO, .sends = 1},
	{.where = before_the_hello_of_a_resume, HELLO, .sends = 1},
	{.where = identifying, READY("one"), .readies = 1, .may_close = true},
	{.where = identifying_after_a_loss,
	 READY("two"),
	 .readies = 1,
	 .asks = 1,
	 .may_close = true},
	{.where = resuming, RESUMED, .readies = 1},
	{.where = resuming, ASKED("50", "while it was away"), .messages = 1},
	{.where = awaiting_a_server, SERVER, .asks = 1},
	{PAGE, "[{" MESSAGE ",\"edited_timestamp\":\"2025-06-15T15:06:42Z\"},{" MESSAGE "}]",
	 .asks = 1, .messages = 3},
	{UP, "{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":12,\"d\":{\"guild_id\":\"1\"," MESSAGE "}}",
	 .messages = 1},
	{UP,
	 "{\"op\":0,\"t\":\"MESSAGE_UPDATE\",\"s\":13,\"d\":{\"guild_id\":\"1\","
	 "\"edited_timestamp\":\"2025-06-15T15:06:42Z\"," MESSAGE "}}",
	 .messages = 1},
	{UP,
	 "{\"op\":0,\"t\":\"MESSAGE_DELETE\",\"s\":14,\"d\":{\"id\":\"9000\",\"channel_id\":"
	 "\"500\",\"guild_id\":\"1\"}}",
	 .deleted = 1},
	{UP,
	 "{\"op\":0,\"t\":\"MESSAGE_DELETE_BULK\",\"s\":15,\"d\":{\"ids\":[\"9000\",\"9001\"],"
	 "\"channel_id\":\"500\",\"guild_id\":\"1\"}}",
	 .deleted = 2},
	{UP, "{\"op\":0,\"t\":\"GUILD_DELETE\",\"s\":4,\"d\":{\"id\":\"1\",\"unavailable\":true}}"},
	{UP, "{\"op\":0,\"t\":\"CHANNEL_CREATE\",\"s\":5,\"d\":{\"id\":\"60\",\"guild_id\":\"1\","
	     "\"parent_id\":\"500\"}}"},
	{UP, "{\"op\":0,\"t\":\"CHANNEL_UPDATE\",\"s\":6,\"d\":{\"id\":\"60\",\"guild_id\":\"1\","
	     "\"parent_id\":\"501\"}}"},
	{UP, "{\"op\":0,\"t\":\"CHANNEL_DELETE\",\"s\":7,\"d\":{\"id\":\"500\",\"guild_id\":\"1\"}"
	     "}"},
	{UP, "{\"op\":0,\"t\":\"THREAD_CREATE\",\"s\":8,\"d\":{\"id\":\"61\",\"guild_id\":\"1\","
	     "\"parent_id\":\"500\",\"thread_metadata\":{\"archived\":false}}}"},
	{UP, "{\"op\":0,\"t\":\"THREAD_UPDATE\",\"s\":9,\"d\":{\"id\":\"501\",\"guild_id\":\"1\","
	     "\"parent_id\":\"500\"}}"},
	{UP, "{\"op\":0,\"t\":\"THREAD_DELETE\",\"s\":10,\"d\":{\"id\":\"501\",\"guild_id\":\"1\"}"
	     "}"},
	{UP, "{\"op\":0,\"t\":\"THREAD_LIST_SYNC\",\"s\":11,\"d\":{\"guild_id\":\"1\",\"threads\":["
	     "{\"id\":\"62\",\"parent_id\":\"500\"}]}}"},
	{UP, "{\"op\":1,\"d\":null}", .sends = 1},
	{UP, "{\"op\":7,\"d\":null}", .may_close = true},
	{UP, "{\"op\":9,\"d\":true}", .may_close = true},
	{UP, "{\"op\":11}"},
};

static void give(struct world *w, const struct reading *reading, const char *text)
{
	if (reading->where == awaiting_a_page)
		discord_history_is(w->d, STR("500"), str_of(text), STR(""), w->at);
	else
		discord_frame(w->d, str_of(text), w->at);
	take_steps(w);
}

/* Else what follows would say nothing. */
static void each_is_read_where_it_is_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
		const struct reading *r = &readings[i];
		struct world w;

		r->where(&w);
		give(&w, r, r->text);
		if (w.sends != r->sends || w.readies != r->readies || w.asks != r->asks ||
		    w.messages != r->messages || w.deleted != r->deleted)
			fail_msg("%s: %u sends, %u ready, %u asks, %u messages, %u deleted",
				 r->text, w.sends, w.readies, w.asks, w.messages, w.deleted);
		discord_free(w.d);
	}
}

/* --- every field broken in turn --- */

static const char *const odd_values[] = {
	NULL, /* left out */
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

/* Brings it up from wherever it is, and asks. What does not belong where it is, it passes over. */
static void assert_answers(struct world *w, const char *after)
{
	if (w->closes) {
		discord_closed(w->d, DISCORD_CLOSE_RESUMABLE, STR(""), w->at);
		open_again(w);
	}
	feed(w, HELLO);
	feed(w, READY("three"));
	feed(w, RESUMED);
	look_anew(w);
	feed(w, ASKED("99", "still there"));
	if (w->messages != 1 || strcmp(w->text, "still there") != 0)
		fail_msg("not there any more after %s", after);
}

static bool give_broken(const struct reading *reading, unsigned place, const char *value)
{
	struct breaker b = {.wanted = place, .value = value};
	cJSON *broken = cJSON_Parse(reading->text);
	bool found = break_place(&b, broken);
	struct world w;
	char *text;

	if (found) {
		text = cJSON_PrintUnformatted(broken);
		reading->where(&w);
		give(&w, reading, text);
		if (w.fatal || (w.closes && !reading->may_close))
			fail_msg("closed by %s", text);
		if (w.messages > reading->messages || w.deleted > reading->deleted)
			fail_msg("%u messages, %u deleted by %s", w.messages, w.deleted, text);
		assert_answers(&w, text);
		discord_free(w.d);
		cJSON_free(text);
	}
	cJSON_Delete(broken);
	return found;
}

static void broken_fields_do_no_harm(void **state)
{
	const size_t values = sizeof odd_values / sizeof *odd_values;
	unsigned rounds = 0;

	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
		for (unsigned place = 0; give_broken(&readings[i], place, NULL); place++)
			for (size_t v = 1; v < values; v++, rounds++)
				give_broken(&readings[i], place, odd_values[v]);
	printf("# %u variants\n", rounds);
	assert_true(rounds > 2000);
}

/* A page that is no list, or none that was asked for. */
static void odd_pages_do_no_harm(void **state)
{
	(void)state;
	for (size_t v = 1; v < sizeof odd_values / sizeof *odd_values; v++) {
		struct world w;

		awaiting_a_page(&w);
		discord_history_is(w.d, STR("77"), str_of(odd_values[v]), STR(""), w.at);
		take_steps(&w);
		assert_int_equal(w.asks, 0);
		discord_history_is(w.d, STR("500"), str_of(odd_values[v]), STR("odd"), w.at);
		take_steps(&w);
		assert_int_equal(w.asks, 1);
		assert_string_equal(w.room, "501");
		assert_answers(&w, odd_values[v]);
		discord_free(w.d);
	}
}

static void cut_frames_do_no_harm(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
		struct str whole = str_of(readings[i].text);
		struct world w;

		if (readings[i].where == awaiting_a_page)
			continue;
		readings[i].where(&w);
		for (size_t n = 0; n < whole.n; n++)
			discord_frame(w.d, str_sub(whole, 0, n), w.at);
		assert_int_equal(discord_counts(w.d)->malformed, whole.n);
		give(&w, &readings[i], readings[i].text);
		assert_answers(&w, readings[i].text);
		discord_free(w.d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_read_where_it_is_given),
		cmocka_unit_test(broken_fields_do_no_harm),
		cmocka_unit_test(odd_pages_do_no_harm),
		cmocka_unit_test(cut_frames_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
