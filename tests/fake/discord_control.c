/* /fake/: what a test asks for. tests/fake/README.md lists it. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

#define LOAD_MAX 200000
#define LOAD_RATE_MAX 2000
#define LOAD_SECONDS_MAX 600
#define TIMES_MAX 1000

static void refuse(struct exchange *exchange, const char *why)
{
	exchange_reply(exchange, 400, json_pack("{s:s}", "error", why));
}

static void done(struct exchange *exchange)
{
	exchange_reply(exchange, 200, json_object());
}

/* --- messages --------------------------------------------------------------------------------- */

/* `template` with every {n} filled in; to be freed. */
static char *text_fill(const char *template, json_int_t n)
{
	char number[24];
	int digits = snprintf(number, sizeof number, "%lld", (long long)n);
	char *out = malloc(strlen(template) * (size_t)digits + 1), *to = out;
	if (!out)
		abort();
	while (*template) {
		if (strncmp(template, "{n}", 3) == 0) {
			memcpy(to, number, (size_t)digits);
			to += digits;
			template += 3;
		} else {
			*to++ = *template ++;
		}
	}
	*to = 0;
	return out;
}

/* The text of a member, filled in; numbers as their digits; else `otherwise`. To be freed. */
static char *member_text(const json_t *json, const char *name, const char *otherwise, json_int_t n)
{
	const json_t *member = json_object_get(json, name);
	char digits[24];
	if (json_is_integer(member)) {
		snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(member));
		return strdup(digits);
	}
	return text_fill(json_is_string(member) ? json_string_value(member) : otherwise, n);
}

static bool member_true(const json_t *json, const char *name, bool otherwise)
{
	const json_t *member = json_object_get(json, name);
	return member ? json_is_true(member) : otherwise;
}

static struct channel *thread_open(struct fake *fake, uint64_t id, uint64_t parent)
{
	struct channel *thread = world_channel(fake, id);
	if (thread)
		return thread;
	thread = world_channel_add(fake, id, CHANNEL_THREAD, "thread");
	thread->parent = parent;
	json_t *json = channel_json(thread);
	json_object_set_new(json, "newly_created", json_true());
	event_dispatch(fake, "THREAD_CREATE", json, INTENT_GUILDS);
	json_decref(json);
	return thread;
}

/* Where the message is written, or NULL. */
static struct channel *message_channel(struct fake *fake, const json_t *request, uint64_t author,
				       json_int_t n)
{
	const json_t *dm = json_object_get(request, "dm");
	const json_t *thread = json_object_get(request, "thread");
	uint64_t id = json_id(json_object_get(request, "channel"));
	if (dm && !json_is_false(dm)) {
		char *name = member_text(request, "dm", "", n);
		uint64_t user = name[0] ? world_person(name) : author;
		free(name);
		return world_dm(fake, user);
	}
	if (thread)
		return json_id(thread) ? thread_open(fake, json_id(thread), id ? id : 100) : NULL;
	return world_channel(fake, id ? id : 100);
}

static json_t *attachments_json(const json_t *given)
{
	json_t *list = json_array();
	if (json_is_array(given)) {
		json_array_extend(list, (json_t *)given);
		return list;
	}
	for (json_int_t i = 0; i < json_integer_value(given) && i < 10; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "id", "7",
						      "filename", "photo.jpg", "size", 1000, "url",
						      "http://127.0.0.1/photo.jpg", "proxy_url",
						      "http://127.0.0.1/photo.jpg", "content_type",
						      "image/jpeg"));
	return list;
}

static void message_announce(struct fake *fake, struct message *message)
{
	event_message(fake, "MESSAGE_CREATE", message);
	if (fake->faults.duplicate_next > 0) {
		fake->faults.duplicate_next--;
		event_message(fake, "MESSAGE_CREATE", message);
	}
	fault_message_sent(fake);
}

/* Puts a mention of the bot, or of its role, in front; takes `content` over. */
static char *content_mentioning(char *content, const json_t *mention)
{
	bool role = json_is_string(mention) && strcmp(json_string_value(mention), "role") == 0;
	if (!role && !json_is_true(mention))
		return content;
	size_t size = strlen(content) + 32;
	char *with = malloc(size);
	if (!with)
		abort();
	snprintf(with, size, "<@%s%llu> %s", role ? "&" : "", role ? ROLE_ID : BOT_ID, content);
	free(content);
	return with;
}

/* Writes the n-th message of a request; NULL: there is no such channel. */
static struct message *message_write(struct fake *fake, const json_t *request, json_int_t n)
{
	char fallback[32];
	snprintf(fallback, sizeof fallback, "patient%u", ++fake->people);
	char *author = member_text(request, "author", fallback, n);
	char *content = member_text(request, "content", "", n);
	struct draft draft = {.author = world_person(author), .username = author};
	draft.channel = message_channel(fake, request, draft.author, n);
	content = content_mentioning(content, json_object_get(request, "mention"));
	draft.content = content;
	if (draft.channel && draft.channel->type == CHANNEL_DM &&
	    !json_object_get(request, "author"))
		draft.author = draft.channel->recipient;
	draft.bot = member_true(request, "author_bot", false);
	draft.webhook = member_true(request, "webhook", false);
	draft.ping = member_true(request, "ping", true);
	draft.reply_to = json_id(json_object_get(request, "reply_to"));
	draft.type = draft.reply_to ? 19 : 0;
	if (json_object_get(request, "type"))
		draft.type = (int)json_integer_value(json_object_get(request, "type"));
	draft.attachments = attachments_json(json_object_get(request, "attachments"));
	draft.extra = json_object_get(request, "extra");
	if (json_object_get(request, "offset_ms"))
		draft.at_ms =
			clock_ms() + json_integer_value(json_object_get(request, "offset_ms"));
	struct message *message = draft.channel ? world_write(fake, &draft) : NULL;
	if (message && !draft.bot && !draft.webhook)
		report_question(fake, message);
	if (message && member_true(request, "event", true))
		message_announce(fake, message);
	json_decref(draft.attachments);
	free(content);
	free(author);
	return message;
}

static void control_message(struct exchange *exchange, json_t *request)
{
	const json_t *given = json_object_get(request, "times");
	json_int_t times = given ? json_integer_value(given) : 1;
	json_t *ids = json_array();
	const struct message *message = NULL;
	if (times < 1 || times > TIMES_MAX) {
		json_decref(ids);
		refuse(exchange, "times is 1 to 1000");
		return;
	}
	for (json_int_t n = 1; n <= times; n++) {
		message = message_write(exchange->fake, request, n);
		if (!message) {
			json_decref(ids);
			refuse(exchange, "no such channel");
			return;
		}
		json_array_append_new(ids, id_json(message->id));
	}
	exchange_reply(
		exchange, 200,
		json_pack("{s:o, s:o}", "ids", ids, "channel", id_json(message->channel->id)));
}

/* --- loads ------------------------------------------------------------------------------------ */

static void load_tick(lws_sorted_usec_list_t *sul)
{
	struct load *load = lws_container_of(sul, struct load, tick);
	double seconds = (double)(clock_us() - load->start_us) / 1e6;
	json_int_t due = (json_int_t)(seconds * load->per_second) + 1;
	if (due > load->total)
		due = load->total;
	while (load->sent < due) {
		const struct message *message =
			message_write(load->fake, load->request, ++load->sent);
		if (message)
			json_array_append_new(load->ids, id_json(message->id));
	}
	if (load->sent < load->total) {
		double next = (double)load->sent / load->per_second - seconds;
		lws_sul_schedule(load->fake->context, 0, &load->tick, load_tick,
				 next > 0.0002 ? (lws_usec_t)(next * 1e6) : 200);
	}
}

static void control_load(struct exchange *exchange, json_t *request)
{
	struct fake *fake = exchange->fake;
	json_int_t n = json_integer_value(json_object_get(request, "n"));
	double rate = json_number_value(json_object_get(request, "per_second"));
	if (n < 1 || n > LOAD_MAX || rate <= 0 || rate > LOAD_RATE_MAX ||
	    (double)n / rate > LOAD_SECONDS_MAX) {
		refuse(exchange, "n is 1 to 200000, per_second to 2000, for at most 600 s");
		return;
	}
	struct load *load = calloc(1, sizeof *load);
	if (!load)
		abort();
	load->fake = fake;
	load->request = json_incref(request);
	load->ids = json_array();
	load->id = ++fake->load_ids;
	load->total = n;
	load->per_second = rate;
	load->start_us = clock_us();
	load->next = fake->loads;
	fake->loads = load;
	lws_sul_schedule(fake->context, 0, &load->tick, load_tick, 1);
	exchange_reply(exchange, 200, json_pack("{s:I}", "load", load->id));
}

/* {"load": N} -> {"ids": [...]}: what it sent so far. */
static void control_load_ids(struct exchange *exchange, json_t *request)
{
	json_int_t id = json_integer_value(json_object_get(request, "load"));
	const struct load *load = exchange->fake->loads;
	while (load && load->id != id)
		load = load->next;
	if (load)
		exchange_reply(exchange, 200, json_pack("{s:O}", "ids", load->ids));
	else
		refuse(exchange, "no such load");
}

void control_done(struct fake *fake)
{
	while (fake->loads) {
		struct load *load = fake->loads;
		fake->loads = load->next;
		lws_sul_cancel(&load->tick);
		json_decref(load->request);
		json_decref(load->ids);
		free(load);
	}
}

/* --- changes ---------------------------------------------------------------------------------- */

static void control_edit(struct exchange *exchange, json_t *request)
{
	struct message *message =
		world_find(exchange->fake, json_id(json_object_get(request, "id")));
	const char *content = json_string_value(json_object_get(request, "content"));
	if (!message) {
		refuse(exchange, "no such message");
		return;
	}
	if (content)
		message_set_content(message, content);
	/* Discord unfurls a link: MESSAGE_UPDATE, but nobody edited anything. */
	if (!member_true(request, "unfurl", false))
		json_object_set_new(message->body, "edited_timestamp", time_now_json());
	event_message(exchange->fake, "MESSAGE_UPDATE", message);
	done(exchange);
}

static void control_delete(struct exchange *exchange, json_t *request)
{
	struct fake *fake = exchange->fake;
	json_t *ids = json_object_get(request, "ids"), *id;
	struct message *message = world_find(fake, json_id(json_object_get(request, "id")));
	size_t i;
	if (message) {
		message_remove(fake, message, member_true(request, "event", true));
		done(exchange);
		return;
	}
	json_array_foreach(ids, i, id)
	{
		message = world_find(fake, json_id(id));
		if (message)
			message_remove(fake, message, false);
	}
	if (!message) {
		refuse(exchange, "no such message");
		return;
	}
	json_t *event = json_pack("{s:O, s:o, s:o}", "ids", ids, "channel_id",
				  id_json(message->channel->id), "guild_id", id_json(GUILD_ID));
	event_dispatch(fake, "MESSAGE_DELETE_BULK", event, INTENT_GUILD_MESSAGES);
	json_decref(event);
	done(exchange);
}

static void control_channel(struct exchange *exchange, json_t *request)
{
	uint64_t id = json_id(json_object_get(request, "id"));
	const char *name = json_string_value(json_object_get(request, "name"));
	if (!id || world_channel(exchange->fake, id)) {
		refuse(exchange, "id is needed, and must be new");
		return;
	}
	struct channel *channel = world_channel_add(
		exchange->fake, id, (int)json_integer_value(json_object_get(request, "type")),
		name ? name : "new");
	channel->parent = json_id(json_object_get(request, "parent"));
	json_t *event = channel_json(channel);
	event_dispatch(exchange->fake, "CHANNEL_CREATE", event, INTENT_GUILDS);
	json_decref(event);
	done(exchange);
}

static void control_rights(struct exchange *exchange, json_t *request)
{
	const char *why = rights_set(exchange->fake, request);
	if (why)
		refuse(exchange, why);
	else
		done(exchange);
}

static void control_dispatch(struct exchange *exchange, json_t *request)
{
	const char *t = json_string_value(json_object_get(request, "t"));
	json_t *d = json_object_get(request, "d");
	if (!t) {
		refuse(exchange, "t is needed");
		return;
	}
	event_dispatch(exchange->fake, t, d ? d : json_null(), 0);
	done(exchange);
}

/* --- settings, faults, looks ------------------------------------------------------------------ */

#define SETTING(name, low, high)                                  \
	{                                                         \
#name, offsetof(struct settings, name), low, high \
	}

static const struct {
	const char *name;
	size_t offset;
	int64_t low, high;
} settings[] = {
	SETTING(heartbeat_interval, 50, 3600000),
	SETTING(identify_window_ms, 0, 60000),
	SETTING(resume_window_ms, 0, 3600000),
	SETTING(nonce_window_ms, 0, 3600000),
	SETTING(granted_content, 0, 1),
	SETTING(session_start_remaining, 0, 1000),
	SETTING(rate_limit, 1, 1000000),
	SETTING(rate_window_ms, 1, 600000),
	SETTING(in_flight_ms, 0, 10000),
	SETTING(global_per_second, 0, 1000000),
	SETTING(hello_delay_ms, 0, 600000),
	SETTING(split_frames, 0, 100),
	SETTING(d_first, 0, 1),
	SETTING(date_off_ms, -1000000000, 1000000000),
	SETTING(clock_off_ms, -100000000000, 100000000000),
	SETTING(bare_headers, 0, 1),
};

static bool setting_set(struct settings *to, const char *name, const json_t *value)
{
	int64_t number = json_is_boolean(value) ? json_is_true(value) : json_integer_value(value);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		if (strcmp(settings[i].name, name) != 0)
			continue;
		if (number < settings[i].low || number > settings[i].high)
			return false;
		*(int64_t *)(void *)((char *)to + settings[i].offset) = number;
		return true;
	}
	return false;
}

static void control_settings(struct exchange *exchange, json_t *request)
{
	const char *name;
	json_t *value;
	json_object_foreach(request, name, value)
	{
		if (!setting_set(&exchange->fake->settings, name, value)) {
			refuse(exchange, name);
			return;
		}
	}
	clock_set_off(exchange->fake->settings.clock_off_ms);
	done(exchange);
}

static void control_fault(struct exchange *exchange, json_t *request)
{
	const char *why = fault_add(exchange->fake, request);
	if (why)
		refuse(exchange, why);
	else
		done(exchange);
}

static void control_clear(struct exchange *exchange, json_t *request)
{
	(void)request;
	faults_clear(exchange->fake);
	done(exchange);
}

static void control_reset(struct exchange *exchange, json_t *request)
{
	(void)request;
	report_reset(exchange->fake);
	exchange->fake->unauthorized_us = 0;
	done(exchange);
}

static void control_report(struct exchange *exchange, json_t *request)
{
	(void)request;
	exchange_reply(exchange, 200, report_json(exchange->fake));
}

static void control_state(struct exchange *exchange, json_t *request)
{
	(void)request;
	exchange_reply(exchange, 200, report_state(exchange->fake));
}

/* {"ids": [...]} -> {"id": [ids of its replies]} */
static void control_replies(struct exchange *exchange, json_t *request)
{
	json_t *out = json_object(), *id;
	size_t i;
	json_array_foreach(json_object_get(request, "ids"), i, id)
	{
		const struct message *message = world_find(exchange->fake, json_id(id));
		char *key = json_string_value(id) ? strdup(json_string_value(id)) : NULL;
		if (key)
			json_object_set_new(out, key,
					    message && message->replies
						    ? json_incref(message->replies)
						    : json_array());
		free(key);
	}
	exchange_reply(exchange, 200, out);
}

static const struct {
	const char *method, *path;
	void (*handle)(struct exchange *exchange, json_t *request);
} controls[] = {
	{"GET", "/fake/report", control_report},
	{"GET", "/fake/state", control_state},
	{"POST", "/fake/replies", control_replies},
	{"POST", "/fake/reset_report", control_reset},
	{"POST", "/fake/settings", control_settings},
	{"POST", "/fake/message", control_message},
	{"POST", "/fake/messages", control_load},
	{"POST", "/fake/load", control_load_ids},
	{"POST", "/fake/edit", control_edit},
	{"POST", "/fake/delete", control_delete},
	{"POST", "/fake/channel", control_channel},
	{"POST", "/fake/dispatch", control_dispatch},
	{"POST", "/fake/rights", control_rights},
	{"POST", "/fake/fault", control_fault},
	{"POST", "/fake/clear_faults", control_clear},
};

void control_handle(struct exchange *exchange)
{
	json_t *request = exchange->length ? json_loadb(exchange->body, exchange->length, 0, NULL)
					   : json_object();
	if (!json_is_object(request)) {
		json_decref(request);
		refuse(exchange, "the body is no JSON object");
		return;
	}
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
		if (strcmp(controls[i].method, exchange->method) == 0 &&
		    strcmp(controls[i].path, exchange->path) == 0) {
			controls[i].handle(exchange, request);
			json_decref(request);
			return;
		}
	}
	json_decref(request);
	exchange_reply(exchange, 404, json_pack("{s:s}", "error", "no such control"));
}
