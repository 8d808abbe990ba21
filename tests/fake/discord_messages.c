/* The routes that make, read, change and delete messages (resources/message.mdx). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

#define CONTENT_MAX 2000
#define NONCE_MAX 25

static json_t *body_json(const struct exchange *exchange)
{
	json_t *json =
		exchange->length ? json_loadb(exchange->body, exchange->length, 0, NULL) : NULL;
	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

static void form_error(struct exchange *exchange, const char *message)
{
	rest_error(exchange, 400, 50035, message);
}

/* --- what a message may say ------------------------------------------------------------------- */

static bool content_fits(struct exchange *exchange, const json_t *body)
{
	const char *content = json_string_value(json_object_get(body, "content"));
	bool blank = !content || !content[strspn(content, " \t\r\n")];
	if (blank && !json_array_size(json_object_get(body, "embeds"))) {
		report_hard(exchange->fake, "content_empty", "%s", exchange->route);
		rest_error(exchange, 400, 50006, "Cannot send an empty message");
		return false;
	}
	if (content && text_points(content) > CONTENT_MAX) {
		report_hard(exchange->fake, "content_too_long", "%zu code points",
			    text_points(content));
		form_error(exchange, "Must be 2000 or fewer in length.");
		return false;
	}
	return true;
}

static bool pings_fit(struct exchange *exchange, const json_t *body)
{
	const json_t *allowed = json_object_get(body, "allowed_mentions");
	const json_t *parse = json_object_get(allowed, "parse"), *kind;
	const json_t *users = json_object_get(allowed, "users");
	const json_t *roles = json_object_get(allowed, "roles");
	size_t i;
	if (!json_is_object(allowed)) {
		report_soft(exchange->fake, "allowed_mentions_missing", "%s", exchange->route);
		return true;
	}
	if (!json_is_array(parse) || json_array_size(parse) || json_array_size(users) ||
	    json_array_size(roles))
		report_soft(exchange->fake, "allowed_mentions_would_ping", "%s", exchange->route);
	json_array_foreach(parse, i, kind)
	{
		const char *name = json_string_value(kind);
		if ((name && !strcmp(name, "users") && json_array_size(users)) ||
		    (name && !strcmp(name, "roles") && json_array_size(roles))) {
			report_hard(exchange->fake, "allowed_mentions_form",
				    "parse and a list of the same kind");
			form_error(exchange, "parse and users or roles exclude each other");
			return false;
		}
	}
	return true;
}

static bool nonce_fits(struct exchange *exchange, const json_t *body)
{
	const json_t *nonce = json_object_get(body, "nonce");
	if (!nonce || json_is_null(nonce))
		report_soft(exchange->fake, "nonce_missing", "%s", exchange->route);
	else if (!json_is_string(nonce) && !json_is_integer(nonce))
		report_hard(exchange->fake, "nonce_form", "neither a string nor an integer");
	else if (json_is_string(nonce) && text_points(json_string_value(nonce)) > NONCE_MAX) {
		report_hard(exchange->fake, "nonce_too_long", "%s", json_string_value(nonce));
		form_error(exchange, "Must be 25 or fewer in length.");
		return false;
	}
	if (!json_is_true(json_object_get(body, "enforce_nonce")))
		report_soft(exchange->fake, "enforce_nonce_missing", "%s", exchange->route);
	return true;
}

/* False: refused. `*id` is 0 for no reference, and for a question that is gone where the client
 * accepts that. */
static bool reference_fits(struct exchange *exchange, const json_t *body, struct channel *channel,
			   uint64_t *id)
{
	const json_t *reference = json_object_get(body, "message_reference");
	const json_t *given = json_object_get(reference, "message_id");
	bool fail = !json_is_false(json_object_get(reference, "fail_if_not_exists"));
	*id = 0;
	if (!reference || json_is_null(reference))
		return true;
	if (json_is_integer(given))
		report_soft(exchange->fake, "id_not_string", "message_reference.message_id");
	if (fail)
		report_soft(exchange->fake, "fail_if_not_exists", "not false");
	*id = json_id(given);
	if (!*id) {
		report_hard(exchange->fake, "reference_form", "message_id is no id");
		form_error(exchange, "message_reference.message_id is not a snowflake");
		return false;
	}
	const json_t *where = json_object_get(reference, "channel_id");
	if (where && json_id(where) != channel->id) {
		report_hard(exchange->fake, "reference_elsewhere",
			    "to a message in another channel");
		form_error(exchange, "message_reference.channel_id is another channel");
		return false;
	}
	struct message *answered = world_message(channel, *id);
	if (answered && !answered->deleted)
		return true;
	if (fail) {
		form_error(exchange, "Unknown message");
		return false;
	}
	report_count(exchange->fake, "reference_gone");
	*id = 0;
	return true;
}

/* --- create ----------------------------------------------------------------------------------- */

/* True: the nonce decided the response. */
static bool nonce_answers(struct exchange *exchange, const json_t *body, struct message *old)
{
	struct fake *fake = exchange->fake;
	if (!old || !json_is_true(json_object_get(body, "enforce_nonce")) ||
	    clock_ms() - old->at_ms > fake->settings.nonce_window_ms)
		return false;
	if (!json_equal(json_object_get(old->body, "content"), json_object_get(body, "content")))
		report_soft(fake, "nonce_of_other_content", "message %llu",
			    (unsigned long long)old->id);
	if (old->deleted) {
		rest_error(exchange, 404, 10008, "Unknown Message");
		return true;
	}
	report_add(fake->report.nonce_hits,
		   json_pack("{s:o, s:O}", "id", id_json(old->id), "nonce", old->nonce));
	exchange_reply(exchange, 200, message_view(old, true, false));
	return true;
}

void messages_create(struct exchange *exchange, const struct route_ids *ids)
{
	struct fake *fake = exchange->fake;
	struct channel *channel = world_channel(fake, ids->channel);
	json_t *body = body_json(exchange);
	uint64_t reference;
	if (!body) {
		report_hard(fake, "body_form", "%s", exchange->route);
		rest_error(exchange, 400, 50109, "The request body contains invalid JSON.");
		return;
	}
	if (content_fits(exchange, body) && pings_fit(exchange, body) &&
	    nonce_fits(exchange, body) && reference_fits(exchange, body, channel, &reference)) {
		const char *content = json_string_value(json_object_get(body, "content"));
		json_t *nonce = json_object_get(body, "nonce");
		struct message *old = world_nonce(fake, nonce);
		if (!nonce_answers(exchange, body, old)) {
			struct draft draft = {.channel = channel,
					      .own = true,
					      .content = content ? content : "",
					      .type = reference ? 19 : 0,
					      .reply_to = reference,
					      .nonce = json_is_null(nonce) ? NULL : nonce};
			struct message *made = world_write(fake, &draft);
			report_created(fake, made, old ? old->id : 0);
			event_message(fake, "MESSAGE_CREATE", made);
			exchange_reply(exchange, 200, message_view(made, true, false));
		}
	}
	json_decref(body);
}

/* --- read ------------------------------------------------------------------------------------- */

void messages_list(struct exchange *exchange, const struct route_ids *ids)
{
	struct channel *channel = world_channel(exchange->fake, ids->channel);
	const char *text = exchange_query(exchange, "limit");
	long limit = text ? strtol(text, NULL, 10) : 50;
	uint64_t after = text_id(exchange_query(exchange, "after"));
	uint64_t before = text_id(exchange_query(exchange, "before"));
	bool forward = exchange_query(exchange, "after") != NULL;
	if (limit < 1 || limit > 100) {
		report_hard(exchange->fake, "limit_range", "%ld", limit);
		form_error(exchange, "limit is 1 to 100");
		return;
	}
	json_t *list = json_array();
	size_t from = forward ? world_position(channel, after + 1) : 0;
	size_t to = before ? world_position(channel, before) : channel->count;
	/* Newest first; with `after`, the ones that follow it. */
	for (size_t i = forward ? from : to; json_array_size(list) < (size_t)limit;) {
		if (forward ? i >= to : i == 0)
			break;
		const struct message *message = channel->messages[forward ? i : i - 1];
		i = forward ? i + 1 : i - 1;
		if (message->deleted)
			continue;
		json_t *view =
			message_view(message, exchange->fake->settings.granted_content, false);
		if (forward)
			json_array_insert_new(list, 0, view);
		else
			json_array_append_new(list, view);
	}
	exchange_reply(exchange, 200, list);
}

static struct message *message_named(struct exchange *exchange, const struct route_ids *ids)
{
	struct message *message =
		world_message(world_channel(exchange->fake, ids->channel), ids->message);
	if (message && !message->deleted)
		return message;
	rest_error(exchange, 404, 10008, "Unknown Message");
	return NULL;
}

void messages_get(struct exchange *exchange, const struct route_ids *ids)
{
	const struct message *message = message_named(exchange, ids);
	if (message)
		exchange_reply(
			exchange, 200,
			message_view(message, exchange->fake->settings.granted_content, false));
}

/* --- change ----------------------------------------------------------------------------------- */

void messages_edit(struct exchange *exchange, const struct route_ids *ids)
{
	struct fake *fake = exchange->fake;
	struct message *message = message_named(exchange, ids);
	json_t *body = body_json(exchange);
	if (!message) {
		json_decref(body);
		return;
	}
	if (!message->own) {
		report_count(fake, "invalid_requests");
		rest_error(exchange, 403, 50005, "Cannot edit a message authored by another user");
	} else if (!body) {
		report_hard(fake, "body_form", "%s", exchange->route);
		rest_error(exchange, 400, 50109, "The request body contains invalid JSON.");
	} else if (content_fits(exchange, body) && pings_fit(exchange, body)) {
		const char *content = json_string_value(json_object_get(body, "content"));
		message_set_content(message, content ? content : "");
		json_object_set_new(message->body, "edited_timestamp", time_now_json());
		report_add(fake->report.edits, json_pack("{s:o, s:s}", "id", id_json(message->id),
							 "content", content ? content : ""));
		event_message(fake, "MESSAGE_UPDATE", message);
		exchange_reply(exchange, 200, message_view(message, true, false));
	}
	json_decref(body);
}

void message_remove(struct fake *fake, struct message *message, bool announce)
{
	bool dm = message->channel->type == CHANNEL_DM;
	message->deleted = true;
	if (!announce)
		return;
	json_t *event = json_pack("{s:o, s:o}", "id", id_json(message->id), "channel_id",
				  id_json(message->channel->id));
	if (!dm)
		json_object_set_new(event, "guild_id", id_json(GUILD_ID));
	event_dispatch(fake, "MESSAGE_DELETE", event,
		       dm ? INTENT_DIRECT_MESSAGES : INTENT_GUILD_MESSAGES);
	json_decref(event);
}

void messages_delete(struct exchange *exchange, const struct route_ids *ids)
{
	struct fake *fake = exchange->fake;
	struct message *message = message_named(exchange, ids);
	if (!message)
		return;
	if (!message->own) {
		report_count(fake, "invalid_requests");
		rest_error(exchange, 403, 50013, "Missing Permissions");
		return;
	}
	report_add(fake->report.deletes, json_pack("{s:o}", "id", id_json(message->id)));
	message_remove(fake, message, true);
	exchange_reply(exchange, 204, NULL);
}
