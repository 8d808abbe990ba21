/* The guild, its channels, people and messages. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "discord.h"

#define EPOCH_MS 1420070400000LL

/* --- ids and times ---------------------------------------------------------------------------- */

json_t *id_json(uint64_t id)
{
	return json_sprintf("%" PRIu64, id);
}

uint64_t text_id(const char *text)
{
	uint64_t id = 0;
	if (!text || !*text)
		return 0;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text) || id > (UINT64_MAX - 9) / 10)
			return 0;
		id = id * 10 + (uint64_t)(*text - '0');
	}
	return id;
}

uint64_t json_id(const json_t *json)
{
	if (json_is_integer(json))
		return json_integer_value(json) > 0 ? (uint64_t)json_integer_value(json) : 0;
	return text_id(json_string_value(json));
}

json_t *time_json(int64_t at_ms)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm parts;
	char text[32];
	gmtime_r(&seconds, &parts);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	return json_sprintf("%s.%03d000+00:00", text, (int)(at_ms % 1000));
}

/* Discord's are in microseconds; two edits of a message never have the same time. */
json_t *time_now_json(void)
{
	struct timespec now;
	struct tm parts;
	time_t seconds = (time_t)(clock_ms() / 1000);
	char text[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&seconds, &parts);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	return json_sprintf("%s.%06d+00:00", text, (int)(now.tv_nsec / 1000));
}

size_t text_points(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

uint64_t world_person(const char *name)
{
	uint64_t id = text_id(name);
	if (id)
		return id;
	id = 14695981039346656037ULL;
	for (const char *c = name; *c; c++)
		id = (id ^ (unsigned char)*c) * 1099511628211ULL;
	return 500000000000000000ULL + id % 400000000000000000ULL;
}

uint64_t world_snowflake(struct fake *fake, int64_t at_ms)
{
	uint64_t id = (uint64_t)(at_ms - EPOCH_MS) << 22;
	if (at_ms >= clock_ms() - 1000) {
		/* Ids made now ascend. */
		if (id <= fake->last_id)
			id = fake->last_id + 1;
		fake->last_id = id;
		return id;
	}
	while (world_find(fake, id))
		id++;
	return id;
}

/* --- channels --------------------------------------------------------------------------------- */

void world_init(struct fake *fake)
{
	fake->nonces = json_object();
	rights_init(fake);
	world_channel_add(fake, 100, CHANNEL_TEXT, "ask");
	world_channel_add(fake, 101, CHANNEL_TEXT, "general");
}

static void message_free(struct message *message)
{
	json_decref(message->body);
	json_decref(message->replies);
	json_decref(message->nonce);
	free(message);
}

void world_done(struct fake *fake)
{
	json_decref(fake->nonces);
	while (fake->channels) {
		struct channel *channel = fake->channels;
		fake->channels = channel->next;
		for (size_t i = 0; i < channel->count; i++)
			message_free(channel->messages[i]);
		free(channel->messages);
		json_decref(channel->overwrites);
		free(channel);
	}
}

struct channel *world_channel(struct fake *fake, uint64_t id)
{
	struct channel *channel = fake->channels;
	while (channel && channel->id != id)
		channel = channel->next;
	return channel;
}

struct channel *world_channel_add(struct fake *fake, uint64_t id, int type, const char *name)
{
	struct channel *channel = calloc(1, sizeof *channel);
	if (!channel)
		abort();
	channel->id = id;
	channel->type = type;
	snprintf(channel->name, sizeof channel->name, "%s", name);
	channel->next = fake->channels;
	fake->channels = channel;
	return channel;
}

struct channel *world_dm(struct fake *fake, uint64_t user)
{
	struct channel *channel = fake->channels;
	while (channel && !(channel->type == CHANNEL_DM && channel->recipient == user))
		channel = channel->next;
	if (!channel) {
		channel = world_channel_add(fake, user + 1000000007ULL, CHANNEL_DM, "");
		channel->recipient = user;
	}
	return channel;
}

/* --- messages --------------------------------------------------------------------------------- */

size_t world_position(const struct channel *channel, uint64_t id)
{
	size_t low = 0, high = channel->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (channel->messages[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct message *world_message(struct channel *channel, uint64_t id)
{
	size_t at = world_position(channel, id);
	return at < channel->count && channel->messages[at]->id == id ? channel->messages[at]
								      : NULL;
}

struct message *world_find(struct fake *fake, uint64_t id)
{
	for (struct channel *channel = fake->channels; channel; channel = channel->next) {
		struct message *message = world_message(channel, id);
		if (message)
			return message;
	}
	return NULL;
}

static void channel_insert(struct channel *channel, struct message *message)
{
	size_t at = world_position(channel, message->id);
	if (channel->count == channel->room) {
		channel->room = channel->room ? 2 * channel->room : 64;
		channel->messages = realloc(channel->messages, channel->room * sizeof(void *));
		if (!channel->messages)
			abort();
	}
	memmove(channel->messages + at + 1, channel->messages + at,
		(channel->count - at) * sizeof(void *));
	channel->messages[at] = message;
	channel->count++;
}

static bool mentions_hold(json_t *mentions, uint64_t id)
{
	size_t i;
	json_t *user;
	json_array_foreach(mentions, i, user)
	{
		if (json_id(json_object_get(user, "id")) == id)
			return true;
	}
	return false;
}

/* <@ID> and <@!ID>. */
static json_t *mentions_json(const char *content, const struct message *pinged)
{
	json_t *mentions = json_array();
	for (const char *at = content; (at = strstr(at, "<@")); at += 2) {
		char digits[24] = "";
		const char *start = at + 2 + (at[2] == '!');
		size_t n = strspn(start, "0123456789");
		if (!n || n >= sizeof digits || start[n] != '>')
			continue;
		memcpy(digits, start, n);
		uint64_t id = text_id(digits);
		if (!mentions_hold(mentions, id))
			json_array_append_new(mentions, id == BOT_ID
								? bot_json()
								: user_json(id, "somebody", false));
	}
	if (pinged && !mentions_hold(mentions, pinged->author))
		json_array_append(mentions, json_object_get(pinged->body, "author"));
	return mentions;
}

/* <@&ID> of the bot's role; people's other roles are not known here. */
static json_t *mention_roles_json(const char *content)
{
	char wanted[32];
	snprintf(wanted, sizeof wanted, "<@&%llu>", ROLE_ID);
	return strstr(content, wanted) ? json_pack("[o]", id_json(ROLE_ID)) : json_array();
}

void message_set_content(struct message *message, const char *content)
{
	json_object_set_new(message->body, "content", json_string(content));
}

static json_t *draft_body(const struct draft *draft, const struct message *message,
			  const struct message *answered)
{
	json_t *mentions = mentions_json(draft->content, draft->ping ? answered : NULL);
	json_t *attachments = draft->attachments ? json_incref(draft->attachments) : json_array();
	json_t *author =
		draft->own ? bot_json() : user_json(draft->author, draft->username, draft->bot);
	json_t *body = json_pack(
		"{s:o, s:o, s:i, s:s, s:o, s:o, s:n, s:b, s:b, s:o, s:o, s:o, s:[], s:b, s:i, "
		"s:[]}",
		"id", id_json(message->id), "channel_id", id_json(message->channel->id), "type",
		draft->type, "content", draft->content, "author", author, "timestamp",
		time_json(message->at_ms), "edited_timestamp", "tts", 0, "mention_everyone",
		strstr(draft->content, "@everyone") != NULL, "mentions", mentions, "mention_roles",
		mention_roles_json(draft->content), "attachments", attachments, "embeds", "pinned",
		0, "flags", 0, "components");
	if (!body)
		abort();
	if (draft->webhook)
		json_object_set_new(body, "webhook_id", id_json(draft->author));
	if (draft->nonce)
		json_object_set(body, "nonce", draft->nonce);
	if (draft->reply_to) {
		json_t *reference = json_pack("{s:i, s:o, s:o}", "type", 0, "message_id",
					      id_json(draft->reply_to), "channel_id",
					      id_json(message->channel->id));
		if (message->channel->type != CHANNEL_DM)
			json_object_set_new(reference, "guild_id", id_json(GUILD_ID));
		json_object_set_new(body, "message_reference", reference);
	}
	if (draft->extra)
		json_object_update(body, draft->extra);
	return body;
}

static void nonce_keep(struct fake *fake, const struct message *message)
{
	char *key = json_dumps(message->nonce, JSON_ENCODE_ANY);
	json_object_set_new(
		fake->nonces, key,
		json_pack("[I, I]", (json_int_t)message->channel->id, (json_int_t)message->id));
	free(key);
}

struct message *world_write(struct fake *fake, const struct draft *draft)
{
	struct message *message = calloc(1, sizeof *message);
	struct message *answered =
		draft->reply_to ? world_message(draft->channel, draft->reply_to) : NULL;
	if (!message)
		abort();
	message->at_ms = draft->at_ms ? draft->at_ms : clock_ms();
	message->id = world_snowflake(fake, message->at_ms);
	message->channel = draft->channel;
	message->author = draft->own ? BOT_ID : draft->author;
	message->reply_to = draft->reply_to;
	message->own = draft->own;
	message->nonce = draft->nonce ? json_incref(draft->nonce) : NULL;
	message->body = draft_body(draft, message, answered);
	message->exempt = draft->own || draft->channel->type == CHANNEL_DM ||
			  mentions_hold(json_object_get(message->body, "mentions"), BOT_ID);
	channel_insert(draft->channel, message);
	if (message->own && message->nonce)
		nonce_keep(fake, message);
	return message;
}

struct message *world_nonce(struct fake *fake, const json_t *nonce)
{
	if (!nonce || json_is_null(nonce))
		return NULL;
	char *key = json_dumps(nonce, JSON_ENCODE_ANY);
	const json_t *place = json_object_get(fake->nonces, key);
	free(key);
	struct channel *channel = world_channel(fake, json_id(json_array_get(place, 0)));
	return channel ? world_message(channel, json_id(json_array_get(place, 1))) : NULL;
}

static void view_event(json_t *view, const struct message *message)
{
	json_object_set_new(view, "channel_type", json_integer(message->channel->type));
	if (message->channel->type == CHANNEL_DM)
		return;
	json_object_set_new(view, "guild_id", id_json(GUILD_ID));
	if (!json_object_get(view, "webhook_id"))
		json_object_set_new(view, "member",
				    json_pack("{s:[], s:s, s:b, s:b, s:n, s:i}", "roles",
					      "joined_at", "2024-01-01T00:00:00.000000+00:00",
					      "deaf", 0, "mute", 0, "nick", "flags", 0));
}

json_t *message_view(const struct message *message, bool content, bool event)
{
	json_t *view = json_copy(message->body);
	if (!content && !message->exempt) {
		json_object_set_new(view, "content", json_string(""));
		json_object_set_new(view, "attachments", json_array());
		json_object_set_new(view, "embeds", json_array());
		json_object_set_new(view, "components", json_array());
		json_object_del(view, "poll");
	}
	if (message->reply_to) {
		struct message *answered = world_message(message->channel, message->reply_to);
		json_t *inner = json_null();
		if (answered && !answered->deleted) {
			inner = json_copy(answered->body);
			if (!content && !answered->exempt)
				json_object_set_new(inner, "content", json_string(""));
		}
		json_object_set_new(view, "referenced_message", inner);
	}
	if (event)
		view_event(view, message);
	return view;
}

/* --- objects ---------------------------------------------------------------------------------- */

json_t *user_json(uint64_t id, const char *name, bool bot)
{
	json_t *user = json_pack("{s:o, s:s, s:s, s:s, s:n, s:i, s:b}", "id", id_json(id),
				 "username", name, "discriminator", "0", "global_name", name,
				 "avatar", "public_flags", 0, "bot", bot);
	if (!bot)
		json_object_del(user, "bot");
	return user;
}

json_t *bot_json(void)
{
	return user_json(BOT_ID, "clinicbot", true);
}

json_t *channel_json(const struct channel *channel)
{
	if (channel->type == CHANNEL_DM)
		return json_pack("{s:o, s:i, s:n, s:[o]}", "id", id_json(channel->id), "type",
				 CHANNEL_DM, "last_message_id", "recipients",
				 user_json(channel->recipient, "patient", false));
	json_t *json = json_pack("{s:o, s:i, s:o, s:s, s:n, s:i}", "id", id_json(channel->id),
				 "type", channel->type, "guild_id", id_json(GUILD_ID), "name",
				 channel->name, "last_message_id", "rate_limit_per_user", 0);
	json_object_set_new(json, "parent_id",
			    channel->parent ? id_json(channel->parent) : json_null());
	if (channel->type != CHANNEL_THREAD) {
		json_object_set_new(json, "position", json_integer(0));
		json_object_set_new(json, "permission_overwrites",
				    channel->overwrites ? json_incref(channel->overwrites)
							: json_array());
		json_object_set_new(json, "topic", json_null());
		json_object_set_new(json, "nsfw", json_false());
		return json;
	}
	json_object_set_new(json, "owner_id", id_json(OWNER_ID));
	json_object_set_new(json, "message_count", json_integer((json_int_t)channel->count));
	json_object_set_new(json, "member_count", json_integer(1));
	json_object_set_new(json, "thread_metadata",
			    json_pack("{s:b, s:i, s:s, s:b}", "archived", 0,
				      "auto_archive_duration", 1440, "archive_timestamp",
				      "2024-01-01T00:00:00.000000+00:00", "locked",
				      channel->locked));
	return json;
}

static json_t *role_json(const struct fake *fake, uint64_t id, const char *name, bool own)
{
	json_t *role = json_pack("{s:o, s:s, s:i, s:b, s:i, s:s, s:b, s:b, s:i}", "id", id_json(id),
				 "name", name, "color", 0, "hoist", 0, "position", (int)own,
				 "permissions", own ? fake->rights.own_role : fake->rights.everyone,
				 "managed", own, "mentionable", 0, "flags", 0);
	if (own)
		json_object_set_new(role, "tags", json_pack("{s:o}", "bot_id", id_json(BOT_ID)));
	return role;
}

json_t *roles_json(const struct fake *fake)
{
	return json_pack("[o, o]", role_json(fake, GUILD_ID, "@everyone", false),
			 role_json(fake, ROLE_ID, "clinicbot", true));
}

json_t *member_json(const struct fake *fake)
{
	json_t *member =
		json_pack("{s:o, s:[o], s:s, s:b, s:b, s:n, s:i, s:n}", "user", bot_json(), "roles",
			  id_json(ROLE_ID), "joined_at", "2024-01-01T00:00:00.000000+00:00", "deaf",
			  0, "mute", 0, "nick", "flags", 0, "communication_disabled_until");

	if (fake->rights.timed_out[0])
		json_object_set_new(member, "communication_disabled_until",
				    json_string(fake->rights.timed_out));
	return member;
}

json_t *guild_json(struct fake *fake)
{
	json_t *channels = json_array(), *threads = json_array();
	for (const struct channel *channel = fake->channels; channel; channel = channel->next) {
		if (channel->type != CHANNEL_DM)
			json_array_append_new(channel->type == CHANNEL_THREAD ? threads : channels,
					      channel_json(channel));
	}
	json_t *guild = json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:[o], s:[], s:[], s:[], s:[], "
				  "s:[], s:[], s:[]}",
				  "id", id_json(GUILD_ID), "name", "Test Clinic", "owner_id",
				  id_json(OWNER_ID), "roles", roles_json(fake), "channels",
				  channels, "threads", threads, "members", member_json(fake),
				  "emojis", "stickers", "features", "presences", "voice_states",
				  "stage_instances", "guild_scheduled_events");
	json_t *rest = json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:i, s:i, s:i, s:i, s:i, s:i, "
				 "s:i, s:i, s:s, s:s, s:b, s:b, "
				 "s:i}",
				 "icon", "splash", "description", "banner", "afk_channel_id",
				 "system_channel_id", "afk_timeout", 300, "verification_level", 0,
				 "default_message_notifications", 0, "explicit_content_filter", 0,
				 "mfa_level", 0, "premium_tier", 0, "nsfw_level", 0,
				 "system_channel_flags", 0, "preferred_locale", "en-US",
				 "joined_at", "2024-01-01T00:00:00.000000+00:00", "large", 0,
				 "unavailable", 0, "member_count", 2);
	if (!guild || !rest)
		abort();
	json_object_update(guild, rest);
	json_decref(rest);
	return guild;
}

json_int_t application_flags(const struct fake *fake)
{
	/* GATEWAY_MESSAGE_CONTENT and its limited form for small applications. */
	return fake->settings.granted_content ? 1 << 19 : 0;
}
