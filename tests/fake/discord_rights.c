/* What the bot may do, as Discord tells it. The fake does not enforce it: refusals are faults. */
#include <stdio.h>
#include <string.h>

#include "discord.h"

/* Everybody may see, send, send in threads, read back, embed and attach. */
#define PERMISSIONS "274878024704"

void rights_init(struct fake *fake)
{
	snprintf(fake->rights.everyone, sizeof fake->rights.everyone, PERMISSIONS);
	snprintf(fake->rights.own_role, sizeof fake->rights.own_role, PERMISSIONS);
}

void rights_servers(struct exchange *exchange, const struct route_ids *ids)
{
	(void)ids;
	if (exchange->fake->rights.no_server)
		exchange_reply(exchange, 200, json_array());
	else
		exchange_reply(exchange, 200,
			       json_pack("[{s:o, s:s, s:n, s:b, s:s, s:[]}]", "id",
					 id_json(GUILD_ID), "name", "Test Clinic", "icon", "owner",
					 0, "permissions", exchange->fake->rights.own_role,
					 "features"));
}

static bool is_known(struct exchange *exchange, uint64_t guild)
{
	if (guild == GUILD_ID && !exchange->fake->rights.no_server)
		return true;
	rest_error(exchange, 403, 50001, "Missing Access");
	return false;
}

void rights_roles(struct exchange *exchange, const struct route_ids *ids)
{
	if (is_known(exchange, ids->guild))
		exchange_reply(exchange, 200, roles_json(exchange->fake));
}

void rights_member(struct exchange *exchange, const struct route_ids *ids)
{
	if (!is_known(exchange, ids->guild))
		return;
	if (ids->user == BOT_ID)
		exchange_reply(exchange, 200, member_json(exchange->fake));
	else
		rest_error(exchange, 404, 10007, "Unknown Member");
}

static void text_take(const json_t *request, const char *name, char *to, size_t size)
{
	const char *text = json_string_value(json_object_get(request, name));
	if (text)
		snprintf(to, size, "%s", text);
}

const char *rights_set(struct fake *fake, json_t *request)
{
	json_t *overwrites = json_object_get(request, "overwrites");
	uint64_t id = json_id(json_object_get(request, "channel"));
	struct channel *channel = id ? world_channel(fake, id) : NULL;
	if (id && !channel)
		return "no such channel";
	text_take(request, "everyone", fake->rights.everyone, sizeof fake->rights.everyone);
	text_take(request, "own_role", fake->rights.own_role, sizeof fake->rights.own_role);
	text_take(request, "timed_out", fake->rights.timed_out, sizeof fake->rights.timed_out);
	if (json_object_get(request, "no_server"))
		fake->rights.no_server = json_is_true(json_object_get(request, "no_server"));
	if (channel && overwrites) {
		json_decref(channel->overwrites);
		channel->overwrites = json_incref(overwrites);
	}
	if (channel && json_object_get(request, "locked"))
		channel->locked = json_is_true(json_object_get(request, "locked"));
	return NULL;
}
