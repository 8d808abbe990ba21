/* The gateway machine against transcripts: tests/wire/transcripts/NAME.txt, one test a file.
 *
 *   --- title            a new machine
 *   : channels 1 2       settings: channels, gateway URL; missed N: so many messages of a room, of a
 *                        day, are read from the history; staff ROOM; forgets
 *   & file.inc           the lines of another file
 *   + start POSITION     inputs: start, opened, closed CODE WHY, gateway JSON, no-gateway WHY,
 *                        application FLAGS, no-application WHY, restart (from the last position),
 *                        stop, fail WHY, history ROOM JSON, no-history ROOM WHY; history ROOM MANY N
 *                        ID: so many messages that say nothing, from this id on
 *   < FRAME              a frame from Discord
 *   @ MS                 time passes, the machine is woken whenever it wants to
 *   ~ MS                 the clock of the wall is set on by so much, or back
 *   > PATTERN            it sends a frame that holds this JSON
 *   ! connect URL        it wants a connection; also: close CODE, ask gateway, ask application
 *   ! history ROOM AFTER LIMIT   it wants this page of the room's history
 *   ! note TEXT          TEXT is somewhere in it
 *   ! deleted ID
 *   ! message PATTERN    a message for the bot that holds this JSON
 *   ! position PATTERN
 *   ! state NAME TEXT    ready, degraded, connecting; TEXT is somewhere in the sentence
 *   = fatal TEXT
 *
 * Steps must come in this order. States and positions that no line asks for are passed over, every
 * other step must be asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/discord.h"
#include "wire/json.h"

#define FOLDER "tests/wire/transcripts/"
#define WALL_START_MS 1750000000000

struct runner {
	const char *file;
	unsigned line;
	struct discord *d;
	struct machine_time at;
	struct str channels[8];
	char channel_texts[8][24];
	size_t channels_n;
	struct str gateway_url;
	char gateway_text[128];
	unsigned missed;
	bool forgets;
	char staff[24];
	char position[8192];
	bool over;
};

static void fail_at(struct runner *r, const char *what, struct str detail)
{
	fail_msg("%s:%u: %s " STR_FMT, r->file, r->line, what, STR_ARG(detail));
}

static bool holds(const cJSON *pattern, const cJSON *actual)
{
	const cJSON *v;

	if (cJSON_IsObject(pattern)) {
		cJSON_ArrayForEach(v, pattern)
		{
			const cJSON *other = cJSON_GetObjectItemCaseSensitive(actual, v->string);

			if (!other || !holds(v, other))
				return false;
		}
		return cJSON_IsObject(actual);
	}
	return cJSON_Compare(pattern, actual, true);
}

static void expect_json(struct runner *r, const char *pattern, struct str actual)
{
	cJSON *want = cJSON_Parse(pattern);
	cJSON *got = cJSON_ParseWithLength(actual.p, actual.n);

	if (!want)
		fail_at(r, "the transcript's pattern is no JSON:", str_of(pattern));
	if (!got || !holds(want, got))
		fail_at(r, "got", actual);
	cJSON_Delete(want);
	cJSON_Delete(got);
}

static void write_message(const struct message *m, struct buf *out)
{
	struct json_writer w;

	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "id", m->id);
	json_put_text(&w, "edits", m->edits);
	json_put_text(&w, "link", m->link);
	json_put_text(&w, "replies_to", m->replies_to);
	json_put_text(&w, "room", m->room);
	json_put_text(&w, "person", m->person);
	json_put_text(&w, "text", m->text);
	json_put_bool(&w, "addressed", m->addressed);
	json_put_bool(&w, "to_other", m->to_other);
	json_put_bool(&w, "attachment", m->attachment);
	json_put_bool(&w, "replayed", m->replayed);
	json_put_int(&w, "sent_ms", m->sent_ms);
	json_close(&w);
}

static const char *const step_names[] = {
	[MACHINE_CONNECT] = "connect",
	[MACHINE_FRAME] = "send",
	[MACHINE_CLOSE] = "close",
	[DISCORD_ASK_GATEWAY] = "ask gateway",
	[DISCORD_ASK_APPLICATION] = "ask application",
	[DISCORD_ASK_HISTORY] = "history",
	[MACHINE_NOTE] = "note",
	[MACHINE_DELETED] = "deleted",
	[MACHINE_MESSAGE] = "message",
	[MACHINE_POSITION] = "position",
	[MACHINE_STATE] = "state",
	[MACHINE_FATAL] = "fatal",
};
static const char *const state_names[] = {
	[PLATFORM_CONNECTING] = "connecting",
	[PLATFORM_READY] = "ready",
	[PLATFORM_DEGRADED] = "degraded",
	[PLATFORM_FAILED] = "failed",
};

/* What it says, for a failure. */
static struct str said(const struct machine_step *step)
{
	return step->why.n ? step->why : step->text;
}

static bool may_pass_over(const struct machine_step *step)
{
	return step->kind == MACHINE_STATE || step->kind == MACHINE_POSITION;
}

static void keep_position(struct runner *r, const struct machine_step *step)
{
	if (step->kind == MACHINE_POSITION)
		snprintf(r->position, sizeof r->position, STR_FMT, STR_ARG(step->text));
}

/* Everything that was expected is there; nothing else may be. */
static void nothing_left(struct runner *r)
{
	struct machine_step step;

	while (r->d && discord_next(r->d, &step)) {
		keep_position(r, &step);
		if (!may_pass_over(&step)) {
			char what[64];

			snprintf(what, sizeof what, "before this line came an unexpected %s %d",
				 step_names[step.kind], step.code);
			fail_at(r, what, said(&step));
		}
	}
}

/* Compares the rest of an expecting line with the step; false when a state or a position was not
 * the one that is looked for. */
static bool matches(struct runner *r, const struct machine_step *step, const char *rest)
{
	char name[32], asked[80];
	struct buf text;
	size_t n;

	switch (step->kind) {
	case MACHINE_CONNECT:
		if (!str_eq(step->call.url, str_of(rest)))
			fail_at(r, "it connects to", step->call.url);
		return true;
	case MACHINE_CLOSE:
		if (step->code != atoi(rest))
			fail_at(r, "it closes with another code", STR(""));
		return true;
	case MACHINE_FRAME:
		expect_json(r, rest, step->text);
		return true;
	case MACHINE_POSITION:
		expect_json(r, rest, step->text);
		return true;
	case MACHINE_MESSAGE:
		buf_init(&text, 1 << 20);
		write_message(&step->message, &text);
		expect_json(r, rest, buf_str(&text));
		buf_done(&text);
		return true;
	case MACHINE_STATE:
		n = strcspn(rest, " ");
		snprintf(name, sizeof name, "%.*s", (int)n, rest);
		return strcmp(name, state_names[step->state]) == 0 &&
		       str_find(step->why, str_trim(str_of(rest + n))) >= 0;
	case DISCORD_ASK_HISTORY:
		snprintf(name, sizeof name, STR_FMT, STR_ARG(step->text));
		snprintf(asked, sizeof asked, "%s %" PRIu64 " %u", name, step->after, step->limit);
		if (strcmp(asked, rest) != 0)
			fail_at(r, "it asks for", str_of(asked));
		return true;
	case MACHINE_DELETED:
		if (!str_eq(step->text, str_of(rest)))
			fail_at(r, "deleted is", step->text);
		return true;
	case MACHINE_NOTE:
	case MACHINE_FATAL:
		if (str_find(step->why, str_of(rest)) < 0)
			fail_at(r, "fatal or a note, but", step->why);
		return true;
	default:
		return true;
	}
}

static void expect(struct runner *r, int kind, const char *rest)
{
	struct machine_step step;
	struct buf passed;

	buf_init(&passed, 4096);
	while (discord_next(r->d, &step)) {
		keep_position(r, &step);
		if (step.kind == kind && matches(r, &step, rest)) {
			buf_done(&passed);
			return;
		}
		buf_addf(&passed, "[%s " STR_FMT "]", step_names[step.kind], STR_ARG(said(&step)));
		if (!may_pass_over(&step))
			break;
	}
	fail_at(r, "it did not come; instead:", buf_str(&passed));
}

static void make(struct runner *r)
{
	struct discord_settings settings = {
		.token = STR("t0ken.of-the_bot"),
		.gateway_url = r->gateway_url,
		.channels = r->channels,
		.channels_n = r->channels_n,
		.seed = 42,
		.missed_messages = r->missed,
		.forgets = r->forgets,
		.missed_age_ms = 86400000,
		.staff = {STR(""), str_of(r->staff)},
	};
	struct err err = {0};

	discord_free(r->d);
	r->d = discord_new(&settings, &err);
	if (!r->d)
		fail_at(r, "no machine:", str_of(err.text));
}

static void reset(struct runner *r)
{
	nothing_left(r);
	discord_free(r->d);
	r->d = NULL;
	r->at = (struct machine_time){.mono_ms = 1000000, .wall_ms = WALL_START_MS};
	r->channels_n = 0;
	r->gateway_url = STR("");
	r->missed = 0;
	r->forgets = false;
	r->staff[0] = '\0';
	r->position[0] = '\0';
}

static void set(struct runner *r, char *line)
{
	char *word = strtok(line, " ");

	if (strcmp(word, "gateway") == 0) {
		snprintf(r->gateway_text, sizeof r->gateway_text, "%s", strtok(NULL, " "));
		r->gateway_url = str_of(r->gateway_text);
		return;
	}
	if (strcmp(word, "forgets") == 0) {
		r->forgets = true;
		return;
	}
	if (strcmp(word, "missed") == 0) {
		r->missed = (unsigned)atoi(strtok(NULL, " "));
		return;
	}
	if (strcmp(word, "staff") == 0) {
		snprintf(r->staff, sizeof r->staff, "%s", strtok(NULL, " "));
		return;
	}
	if (strcmp(word, "channels") != 0)
		fail_at(r, "no such setting:", str_of(word));
	while ((word = strtok(NULL, " "))) {
		snprintf(r->channel_texts[r->channels_n], 24, "%s", word);
		r->channels[r->channels_n] = str_of(r->channel_texts[r->channels_n]);
		r->channels_n++;
	}
}

static void pass_time(struct runner *r, int64_t ms)
{
	int64_t end = r->at.mono_ms + ms;

	for (;;) {
		int64_t wake = discord_wake_ms(r->d);
		int64_t next = wake > end ? end : wake;

		if (next > r->at.mono_ms) {
			r->at.wall_ms += next - r->at.mono_ms;
			r->at.mono_ms = next;
		}
		if (wake > end)
			return;
		discord_tick(r->d, r->at);
		if (discord_wake_ms(r->d) == wake && wake < end)
			fail_at(r, "it wants to be woken at the same time again", STR(""));
		if (wake == end)
			return;
	}
}

static void give_gateway(struct runner *r, const char *text)
{
	struct json *v = json_parse(str_of(text), 10000, NULL);
	struct discord_gateway g = {
		.url = json_text(v, "url"), .total = -1, .remaining = -1, .reset_after_ms = -1};

	json_int(v, "total", 0, 1000000, &g.total);
	json_int(v, "remaining", 0, 1000000, &g.remaining);
	json_int(v, "reset_after", 0, 86400000, &g.reset_after_ms);
	discord_gateway_is(r->d, &g, r->at);
	json_free(v);
}

static void many_write(struct str room, const char *many, struct buf *out)
{
	unsigned n = 0;
	uint64_t id = 0;

	assert_int_equal(sscanf(many, "MANY %u %" SCNu64, &n, &id), 2);
	for (unsigned i = n; i-- > 0;)
		buf_addf(out,
			 "%c{\"id\":\"%" PRIu64 "\",\"channel_id\":\"" STR_FMT
			 "\",\"author\":{\"id\":\"7\"},\"type\":0,\"content\":\"\"}",
			 i == n - 1 ? '[' : ',', id + i, STR_ARG(room));
	buf_add_char(out, ']');
}

static void give_history(struct runner *r, const char *rest, bool good)
{
	size_t n = strcspn(rest, " ");
	struct str room = {rest, n};
	struct str text = str_of(rest[n] ? rest + n + 1 : "");
	struct buf page;

	buf_init(&page, 1 << 16);
	if (str_starts(text, STR("MANY ")))
		many_write(room, text.p, &page);
	else
		buf_add(&page, text);
	discord_history_is(r->d, room, good ? buf_str(&page) : STR(""), good ? STR("") : text,
			   r->at);
	buf_done(&page);
}

static void input(struct runner *r, char *line)
{
	size_t n = strcspn(line, " ");
	const char *rest = line[n] ? line + n + 1 : "";

	line[n] = '\0';
	if (strcmp(line, "start") == 0) {
		make(r);
		discord_start(r->d, str_of(rest), r->at);
	} else if (strcmp(line, "restart") == 0) {
		make(r);
		discord_start(r->d, str_of(r->position), r->at);
	} else if (strcmp(line, "opened") == 0) {
		discord_opened(r->d, r->at);
	} else if (strcmp(line, "closed") == 0) {
		const char *why = strchr(rest, ' ');

		discord_closed(r->d, atoi(rest), str_of(why ? why + 1 : ""), r->at);
	} else if (strcmp(line, "gateway") == 0) {
		give_gateway(r, rest);
	} else if (strcmp(line, "no-gateway") == 0) {
		discord_gateway_unknown(r->d, str_of(rest), r->at);
	} else if (strcmp(line, "application") == 0) {
		discord_application_is(r->d, atoi(rest), r->at);
	} else if (strcmp(line, "no-application") == 0) {
		discord_application_unknown(r->d, str_of(rest), r->at);
	} else if (strcmp(line, "history") == 0 || strcmp(line, "no-history") == 0) {
		give_history(r, rest, line[0] == 'h');
	} else if (strcmp(line, "stop") == 0) {
		discord_stop(r->d);
	} else if (strcmp(line, "fail") == 0) {
		discord_fail(r->d, str_of(rest));
	} else {
		fail_at(r, "no such input:", str_of(line));
	}
}

static void expect_named(struct runner *r, const char *line)
{
	for (size_t k = 0; k < sizeof step_names / sizeof *step_names; k++) {
		size_t n = step_names[k] ? strlen(step_names[k]) : 0;

		if (n && strncmp(line, step_names[k], n) == 0 && (line[n] == ' ' || !line[n])) {
			expect(r, (int)k, line[n] ? line + n + 1 : "");
			return;
		}
	}
	fail_at(r, "no such step:", str_of(line));
}

static void run_file(struct runner *r, const char *name);

static void run_line(struct runner *r, char *line)
{
	char *rest = line + (line[0] && line[1] == ' ' ? 2 : 1);
	char included[64];

	if (strchr(":+<@&-", line[0]))
		nothing_left(r);
	switch (line[0]) {
	case '-':
		reset(r);
		break;
	case ':':
		set(r, rest);
		break;
	case '&':
		snprintf(included, sizeof included, "%s", rest);
		run_file(r, included);
		break;
	case '+':
		input(r, rest);
		break;
	case '<':
		discord_frame(r->d, str_of(rest), r->at);
		break;
	case '@':
		pass_time(r, strtoll(rest, NULL, 10));
		break;
	case '~':
		r->at.wall_ms += strtoll(rest, NULL, 10);
		break;
	case '>':
		expect(r, MACHINE_FRAME, rest);
		break;
	case '!':
	case '=':
		expect_named(r, rest);
		break;
	default:
		fail_at(r, "what is this line?", str_of(line));
	}
}

static void run_file(struct runner *r, const char *name)
{
	const char *outer = r->file;
	unsigned outer_line = r->line;
	char path[256], line[8192];
	FILE *f;

	snprintf(path, sizeof path, FOLDER "%s", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s cannot be read (tests run in the project's root)", path);
	r->file = name;
	r->line = 0;
	while (f && fgets(line, sizeof line, f)) {
		r->line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] && line[0] != '#')
			run_line(r, line);
	}
	if (f)
		fclose(f);
	r->file = outer;
	r->line = outer_line;
}

static void transcript(void **state)
{
	struct runner r = {.file = *state};

	run_file(&r, *state);
	r.file = *state;
	nothing_left(&r);
	discord_free(r.d);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
	static struct CMUnitTest tests[64];
	static char names[64][64];
	size_t n = 0;
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;

	while (folder && n < 64 && (entry = readdir(folder))) {
		if (!str_ends(str_of(entry->d_name), STR(".txt")))
			continue;
		snprintf(names[n], sizeof names[n], "%.63s", entry->d_name);
		tests[n] = (struct CMUnitTest){
			.name = names[n], .test_func = transcript, .initial_state = names[n]};
		n++;
	}
	if (folder)
		closedir(folder);
	if (n == 0) {
		printf("Bail out! no transcripts in " FOLDER "\n");
		return 1;
	}
	qsort(tests, n, sizeof *tests, by_name);
	return _cmocka_run_group_tests("transcripts", tests, n, NULL, NULL);
}
