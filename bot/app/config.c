#include "app/config_inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "app/load.h"
#include "core/text.h"
#include "io/files.h"

#define ALERT_AGAIN_S 300
#define NOT_GIVEN LONG_MIN
#define ALERT_AGAIN_MAX_S 86400L /* a day */
#define MISSED_H 24
#define MISSED_MAX_H 24L /* as long as the store knows what was answered */
#define MISSED_MESSAGES 500
#define MISSED_MESSAGES_MAX 10000L
#define PERSON_PER_MINUTE 20
#define ROOM_PER_MINUTE 120
#define PER_MINUTE_MAX 100000L
#define LATE_AFTER_MIN 10
#define LATE_AFTER_MAX_MIN 10080L /* a week */

/* libconfuse's error callback carries no argument of ours: the one place for it to look. */
static struct {
	struct mistakes *mistakes;
	struct str file;
} reading;

static void confuse_error(cfg_t *cfg, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void confuse_error(cfg_t *cfg, const char *format, va_list args)
{
	char what[300];

	vsnprintf(what, sizeof what, format, args);
	mistake_add(reading.mistakes, reading.file, (unsigned)cfg->line, "%s", what);
}

void config_default(struct config *out)
{
	*out = (struct config){
		.intents = STR("intents"),
		.clinic = {.name = STR("Example Clinic"),
			   .phone = STR("555 0100"),
			   .emergency = STR("112"),
			   .crisis_line = STR("116 123"),
			   .staff = STR("Example Clinic")},
		.preview = {.on = true, .listen = STR("127.0.0.1:8080")},
		.alert_again_s = ALERT_AGAIN_S,
		.late_after_min = LATE_AFTER_MIN,
		.answer_late = true,
		.first_contact = true,
	};
	arena_init(&out->arena);
}

struct str config_text(struct config *c, cfg_t *section, const char *key)
{
	return arena_str(&c->arena, str_of(cfg_getstr(section, key)));
}

static void clinic_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	cfg_t *section = cfg_size(cfg, "clinic") ? cfg_getsec(cfg, "clinic") : NULL;
	static const char *const needed[] = {"name", "phone", "emergency", "crisis_line"};

	c->clinic = (struct clinic){0};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!section || !str_trim(str_of(cfg_getstr(section, needed[i]))).n)
			mistake_add(mistakes, c->file, 0,
				    "clinic.%s is missing: every reply says where help is",
				    needed[i]);
	if (!section)
		return;
	c->clinic = (struct clinic){
		.name = config_text(c, section, "name"),
		.phone = config_text(c, section, "phone"),
		.emergency = config_text(c, section, "emergency"),
		.crisis_line = config_text(c, section, "crisis_line"),
		.staff = config_text(c, section, "staff"),
	};
	if (c->clinic.staff.n == 0)
		c->clinic.staff = c->clinic.name;
}

static bool is_snowflake(struct str s)
{
	uint64_t id;

	return str_to_u64(s, &id) && id > 0;
}

/* What holds of either of staff's channels. */
static void staff_check(struct config *c, const char *key, struct str channel,
			struct mistakes *mistakes)
{
	const struct config_discord *d = &c->discord;

	if (!is_snowflake(channel))
		mistake_add(mistakes, c->file, 0, "discord.%s: \"" STR_FMT "\" is not a channel id",
			    key, STR_ARG(channel));
	for (size_t i = 0; i < d->channels_n; i++)
		if (str_eq(d->channels[i], channel))
			mistake_add(mistakes, c->file, 0,
				    "discord.%s: patients ask in this channel: it is one of "
				    "discord.channels",
				    key);
}

static void staff_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	struct config_discord *d = &c->discord;

	d->staff_channel = config_text(c, section, "staff_channel");
	d->staff_second = config_text(c, section, "staff_channel_second");
	d->alert_with_text = cfg_getbool(section, "alert_with_text");
	if (!d->staff_channel.n) {
		if (d->alert_with_text)
			mistake_add(mistakes, c->file, 0,
				    "discord.alert_with_text: there is no discord.staff_channel "
				    "that alerts go to");
		if (d->staff_second.n)
			mistake_add(mistakes, c->file, 0,
				    "discord.staff_channel_second: there is no "
				    "discord.staff_channel that it is the second of");
		return;
	}
	staff_check(c, "staff_channel", d->staff_channel, mistakes);
	if (!d->staff_second.n)
		return;
	staff_check(c, "staff_channel_second", d->staff_second, mistakes);
	if (str_eq(d->staff_second, d->staff_channel))
		mistake_add(
			mistakes, c->file, 0,
			"discord.staff_channel_second: this is discord.staff_channel, where the "
			"alert has been shown already");
}

static void missed_take(struct config *c, cfg_t *section, struct mistakes *mistakes)
{
	long hours = cfg_getint(section, "missed_hours");
	long messages = cfg_getint(section, "missed_messages");

	if (hours < 1 || hours > MISSED_MAX_H)
		mistake_add(mistakes, c->file, 0, "discord.missed_hours: from 1 to %ld",
			    MISSED_MAX_H);
	else
		c->discord.missed_h = (unsigned)hours;
	if (messages < 0 || messages > MISSED_MESSAGES_MAX)
		mistake_add(mistakes, c->file, 0,
			    "discord.missed_messages: from 0 (none is read back) to %ld",
			    MISSED_MESSAGES_MAX);
	else
		c->discord.missed_messages = (unsigned)messages;
}

static void discord_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	struct config_discord *d = &c->discord;
	cfg_t *section;

	if (!cfg_size(cfg, "discord"))
		return;
	section = cfg_getsec(cfg, "discord");
	*d = (struct config_discord){
		.on = true,
		.token_file = config_text(c, section, "token_file"),
		.api_url = config_text(c, section, "api_url"),
		.gateway_url = config_text(c, section, "gateway_url"),
		.ca_file = config_text(c, section, "ca_file"),
		.compress = cfg_getbool(section, "compress"),
		.channels_n = cfg_size(section, "channels"),
	};
	if (d->token_file.n == 0)
		mistake_add(mistakes, c->file, 0,
			    "discord.token_file is missing: the file with the bot's token");
	d->channels = arena_array(&c->arena, d->channels_n, sizeof *d->channels);
	for (size_t i = 0; i < d->channels_n; i++) {
		const char *id = cfg_getnstr(section, "channels", (unsigned)i);

		d->channels[i] = arena_str(&c->arena, str_of(id));
		if (!is_snowflake(d->channels[i]))
			mistake_add(mistakes, c->file, 0,
				    "discord.channels: \"%s\" is not a channel id (digits only; in "
				    "Discord: right click on the channel, Copy Channel ID)",
				    id);
	}
	c->discord.remove_with_question = cfg_getbool(section, "remove_with_question");
	missed_take(c, section, mistakes);
	staff_take(c, section, mistakes);
}

static unsigned limit_take(struct config *c, cfg_t *section, const char *key,
			   struct mistakes *mistakes)
{
	long n = cfg_getint(section, key);

	if (n >= 0 && n <= PER_MINUTE_MAX)
		return (unsigned)n;
	mistake_add(mistakes, c->file, 0, "limits.%s: from 0 (no limit) to %ld", key,
		    PER_MINUTE_MAX);
	return 0;
}

/* Alerts of all platforms are shown again after the same time: whichever section says it. */
static void alert_again_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	static const char *const sections[] = {"discord", "matrix"};
	long taken = NOT_GIVEN;

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		long again = cfg_size(cfg, sections[i]) ? cfg_getint(cfg_getsec(cfg, sections[i]),
								     "alert_again_seconds")
							: NOT_GIVEN;

		if (again == NOT_GIVEN)
			continue;
		if (again < 1 || again > ALERT_AGAIN_MAX_S)
			mistake_add(mistakes, c->file, 0, "%s.alert_again_seconds: from 1 to 86400",
				    sections[i]);
		else if (taken != NOT_GIVEN && taken != again)
			mistake_add(mistakes, c->file, 0,
				    "alert_again_seconds: discord says %ld and matrix %ld, and it "
				    "counts for both",
				    taken, again);
		else
			c->alert_again_s = (unsigned)again;
		taken = again;
	}
}

static void limits_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	cfg_t *section;

	c->person_per_minute = PERSON_PER_MINUTE;
	c->room_per_minute = ROOM_PER_MINUTE;
	if (!cfg_size(cfg, "limits"))
		return;
	section = cfg_getsec(cfg, "limits");
	c->person_per_minute = limit_take(c, section, "per_person_per_minute", mistakes);
	c->room_per_minute = limit_take(c, section, "per_room_per_minute", mistakes);
}

static void preview_take(struct config *c, cfg_t *cfg)
{
	cfg_t *section;

	c->preview.on = !c->discord.on && !c->matrix.on;
	if (!cfg_size(cfg, "preview"))
		return;
	section = cfg_getsec(cfg, "preview");
	c->preview = (struct config_preview){
		.on = true,
		.listen = config_text(c, section, "listen"),
		.public_host = config_text(c, section, "public_host"),
	};
}

/* Sections of the plan that this version has no part for: better said than passed over. */
static void others_check(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	if (cfg_size(cfg, "metrics"))
		mistake_warn(mistakes, c->file, 0, "metrics: this version serves none");
}

static void config_take(struct config *c, cfg_t *cfg, struct mistakes *mistakes)
{
	long late = cfg_getint(cfg, "late_after_minutes");

	c->intents = config_text(c, cfg, "intents");
	c->state = config_text(c, cfg, "state");
	c->answer_late = cfg_getbool(cfg, "answer_late");
	c->first_contact = cfg_getbool(cfg, "first_contact");
	if (late < 1 || late > LATE_AFTER_MAX_MIN)
		mistake_add(mistakes, c->file, 0, "late_after_minutes: from 1 to 10080");
	else
		c->late_after_min = (unsigned)late;
	clinic_take(c, cfg, mistakes);
	discord_take(c, cfg, mistakes);
	config_matrix_take(c, cfg, mistakes);
	preview_take(c, cfg);
	limits_take(c, cfg, mistakes);
	alert_again_take(c, cfg, mistakes);
	others_check(c, cfg, mistakes);
}

/* Behind the quoted text that begins at `at`. */
static size_t quoted_end(struct str text, size_t at)
{
	char mark = text.p[at++];

	while (at < text.n && text.p[at] != mark)
		at += text.p[at] == '\\' ? 2 : 1;
	return at < text.n ? at + 1 : text.n;
}

/* Behind the comment that begins at `at`; `at` itself where none begins. Within a word without quotes
 * slashes begin none: http://a. */
static size_t comment_end(struct str text, size_t at)
{
	struct str rest = str_sub(text, at, text.n);
	bool in_word = at > 0 && !strchr(" \t\r\n={}(),+\"'", text.p[at - 1]);
	bool is_block = !in_word && str_starts(rest, STR("/*"));
	bool is_line = str_starts(rest, STR("#")) || (!in_word && str_starts(rest, STR("//")));
	ptrdiff_t end;

	if (!is_block && !is_line)
		return at;
	end = is_block ? str_find(str_sub(rest, 2, rest.n), STR("*/")) : str_find(rest, STR("\n"));
	if (end < 0)
		return text.n;
	return at + (size_t)end + (is_block ? 4 : 0);
}

/* With blanks for comments: behind each of them libconfuse 3.3 counts lines wrong. In place. */
static void comments_blank(char *p, struct str text)
{
	for (size_t at = 0; at < text.n;) {
		size_t end = comment_end(text, at);

		if (text.p[at] == '"' || text.p[at] == '\'')
			at = quoted_end(text, at);
		else if (end == at)
			at++;
		for (; at < end; at++)
			if (text.p[at] != '\n')
				p[at] = ' ';
	}
}

/* libconfuse takes the end of the file for the brace that is missing. Gives the line of the last
 * brace that was opened and not closed; 0 when all are closed. The text has no comments. */
static unsigned brace_left_open(struct str text)
{
	unsigned lines[8];
	unsigned line = 1;
	size_t depth = 0;

	for (size_t at = 0; at < text.n;) {
		bool quoted = text.p[at] == '"' || text.p[at] == '\'';
		size_t to = quoted ? quoted_end(text, at) : at + 1;

		if (text.p[at] == '{' && depth < sizeof lines / sizeof *lines)
			lines[depth++] = line;
		else if (text.p[at] == '}' && depth)
			depth--;
		for (; at < to; at++)
			line += text.p[at] == '\n';
	}
	return depth ? lines[depth - 1] : 0;
}

/* What libconfuse is given: NUL-terminated, without comments. NULL, with a mistake, when there is
 * nothing to give. */
static const char *text_read(struct str path, struct config *out, struct mistakes *mistakes)
{
	struct str text;
	struct err err;
	unsigned line;
	char *p;

	if (!file_read(path, FILE_BYTES_MAX, &out->arena, &text, &err)) {
		mistake_file(mistakes, path, &err);
		return NULL;
	}
	line = text_bad_line(text);
	if (line) {
		mistake_add(mistakes, path, line, "this is not UTF-8 text");
		return NULL;
	}
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	p = arena_cstr(&out->arena, text);
	text.p = p;
	comments_blank(p, text);
	line = brace_left_open(text);
	if (line)
		mistake_add(mistakes, path, line, "this { is not closed");
	return p;
}

/* Every setting there is. libconfuse copies the lists. */
static cfg_t *settings_new(void)
{
	char none[] = "{}";
	cfg_opt_t clinic[] = {
		CFG_STR("name", "", CFGF_NONE),	     CFG_STR("phone", "", CFGF_NONE),
		CFG_STR("emergency", "", CFGF_NONE), CFG_STR("crisis_line", "", CFGF_NONE),
		CFG_STR("staff", "", CFGF_NONE),     CFG_END()};
	cfg_opt_t discord[] = {CFG_STR("token_file", "", CFGF_NONE),
			       CFG_STR("api_url", "https://discord.com/api", CFGF_NONE),
			       CFG_STR("gateway_url", "", CFGF_NONE),
			       CFG_STR("ca_file", "", CFGF_NONE),
			       CFG_STR_LIST("channels", none, CFGF_NONE),
			       CFG_BOOL("compress", cfg_false, CFGF_NONE),
			       CFG_BOOL("remove_with_question", cfg_false, CFGF_NONE),
			       CFG_INT("missed_hours", MISSED_H, CFGF_NONE),
			       CFG_INT("missed_messages", MISSED_MESSAGES, CFGF_NONE),
			       CFG_STR("staff_channel", "", CFGF_NONE),
			       CFG_STR("staff_channel_second", "", CFGF_NONE),
			       CFG_BOOL("alert_with_text", cfg_false, CFGF_NONE),
			       CFG_INT("alert_again_seconds", NOT_GIVEN, CFGF_NONE),
			       CFG_END()};
	cfg_opt_t matrix[] = {CFG_STR("homeserver", "", CFGF_NONE),
			      CFG_STR("user", "", CFGF_NONE),
			      CFG_STR("token_file", "", CFGF_NONE),
			      CFG_STR("ca_file", "", CFGF_NONE),
			      CFG_STR("password_file", "", CFGF_NONE),
			      CFG_STR("transport", "sync", CFGF_NONE),
			      CFG_STR("wsproxy", "", CFGF_NONE),
			      CFG_STR("as_token_file", "", CFGF_NONE),
			      CFG_BOOL("receipts", cfg_true, CFGF_NONE),
			      CFG_BOOL("groups_get_text", cfg_false, CFGF_NONE),
			      CFG_BOOL("remove_with_question", cfg_false, CFGF_NONE),
			      CFG_STR("staff_room", "", CFGF_NONE),
			      CFG_STR("staff_room_second", "", CFGF_NONE),
			      CFG_INT("alert_again_seconds", NOT_GIVEN, CFGF_NONE),
			      CFG_BOOL("alert_with_text", cfg_false, CFGF_NONE),
			      CFG_STR_LIST("invite_from", none, CFGF_NONE),
			      CFG_END()};
	cfg_opt_t preview[] = {CFG_STR("listen", "127.0.0.1:8080", CFGF_NONE),
			       CFG_STR("public_host", "", CFGF_NONE), CFG_END()};
	cfg_opt_t metrics[] = {CFG_STR("listen", "", CFGF_NONE), CFG_END()};
	cfg_opt_t limits[] = {CFG_INT("per_person_per_minute", PERSON_PER_MINUTE, CFGF_NONE),
			      CFG_INT("per_room_per_minute", ROOM_PER_MINUTE, CFGF_NONE),
			      CFG_END()};
	cfg_opt_t all[] = {CFG_STR("intents", "intents", CFGF_NONE),
			   CFG_STR("state", "state.db", CFGF_NONE),
			   CFG_INT("late_after_minutes", LATE_AFTER_MIN, CFGF_NONE),
			   CFG_BOOL("answer_late", cfg_true, CFGF_NONE),
			   CFG_BOOL("first_contact", cfg_true, CFGF_NONE),
			   CFG_SEC("clinic", clinic, CFGF_NODEFAULT),
			   CFG_SEC("discord", discord, CFGF_NODEFAULT),
			   CFG_SEC("matrix", matrix, CFGF_NODEFAULT),
			   CFG_SEC("preview", preview, CFGF_NODEFAULT),
			   CFG_SEC("metrics", metrics, CFGF_NODEFAULT),
			   CFG_SEC("limits", limits, CFGF_NODEFAULT),
			   CFG_END()};
	cfg_t *cfg = cfg_init(all, CFGF_NONE);

	if (!cfg)
		out_of_memory();
	return cfg;
}

bool config_read(struct str path, struct config *out, struct mistakes *mistakes)
{
	size_t errors = mistakes->errors;
	cfg_t *cfg = settings_new();
	const char *text;

	config_default(out);
	out->file = arena_str(&out->arena, path);
	reading.mistakes = mistakes;
	reading.file = out->file;
	cfg_set_error_function(cfg, confuse_error);
	text = text_read(path, out, mistakes);
	errno = 0;
	if (text && cfg_parse_buf(cfg, text) == CFG_SUCCESS)
		config_take(out, cfg, mistakes);
	else if (text && errno == ENOMEM)
		out_of_memory(); /* what libconfuse has made by half it cannot free */
	else if (mistakes->errors == errors)
		mistake_add(mistakes, path, 0, "cannot be read");
	reading.mistakes = NULL;
	cfg_free(cfg);
	return mistakes->errors == errors;
}

void config_done(struct config *config)
{
	arena_done(&config->arena);
}
