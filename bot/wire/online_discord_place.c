#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wire/discord_rooms.h"
#include "wire/iso_time.h"
#include "wire/online_discord.h"

#define OVERWRITES_MAX 1000
#define SERVER_ROLES_MAX 1000
#define SERVERS_NAMED 5

/* Source: resources/channel, Channel Types. */
enum {
	TYPE_TEXT = 0,
	TYPE_DM = 1,
	TYPE_VOICE = 2,
	TYPE_GROUP = 3,
	TYPE_CATEGORY = 4,
	TYPE_ANNOUNCEMENT = 5,
	TYPE_THREAD_FIRST = 10,
	TYPE_THREAD_LAST = 12,
	TYPE_STAGE = 13,
	TYPE_FORUM = 15,
	TYPE_MEDIA = 16,
};

/* --- servers --- */

static struct online_server *server_of(struct online_discord *d, uint64_t id)
{
	struct online_server *server = d->servers;

	while (server && server->id != id)
		server = server->next;
	if (server)
		return server;
	server = arena_new(&d->base.arena, struct online_server);
	server->id = id;
	server->next = d->servers;
	d->servers = server;
	return server;
}

static void invite_tell(struct online_discord *d)
{
	online_mend(&d->base,
		    "the bot is on no server: open "
		    "https://discord.com/oauth2/authorize?client_id=" STR_FMT
		    "&scope=bot&permissions=%" PRIu64 " and invite it",
		    STR_ARG(d->application.n ? d->application : STR("APPLICATION_ID")),
		    RIGHTS_INVITED);
}

static void place_begin(struct online_discord *d, size_t place)
{
	d->place = place;
	d->next = place < d->places_n ? ASK_CHANNEL : ASKED_ALL;
	d->overwrites = NULL;
	d->overwrites_n = 0;
	d->is_locked = false;
	d->server = d->parent = 0;
}

void online_servers_take(struct online_discord *d, const struct machine_response *answer,
			 const struct json *body)
{
	struct online *o = &d->base;
	struct buf names;
	size_t n = 0;

	place_begin(d, 0);
	if (answer->status != 200 || !json_is_array(body)) {
		online_unanswered(o, answer, body, "the servers that the bot is on");
		return;
	}
	buf_init(&names, (SERVERS_NAMED + 1) * (ONLINE_SHOWN_MAX + 2));
	for (const struct json *v = json_first(body); v; v = json_next(v), n++) {
		struct online_server *server = server_of(d, json_snowflake(v, "id"));

		server->name = arena_str(&o->arena, online_shown(json_text(v, "name")));
		server->member.is_owner = json_true(v, "owner");
		if (n < SERVERS_NAMED)
			buf_addf(&names, "%s" STR_FMT, n ? ", " : "", STR_ARG(server->name));
	}
	if (n == 0)
		invite_tell(d);
	else
		online_good(o, "the bot is on %zu server%s: " STR_FMT "%s", n, n == 1 ? "" : "s",
			    STR_ARG(buf_str(&names)), n > SERVERS_NAMED ? " and others" : "");
	buf_done(&names);
}

/* --- one channel --- */

static bool is_thread(int64_t type)
{
	return type >= TYPE_THREAD_FIRST && type <= TYPE_THREAD_LAST;
}

/* What the bot needs there; 0 when nobody can write in such a channel. */
static uint64_t rights_needed(int64_t type, bool is_staff)
{
	const uint64_t always = RIGHT_VIEW | RIGHT_HISTORY;

	if (is_thread(type) || type == TYPE_FORUM || type == TYPE_MEDIA)
		return always | RIGHT_SEND_IN_THREADS;
	if (type == TYPE_TEXT || type == TYPE_ANNOUNCEMENT || type == TYPE_VOICE ||
	    type == TYPE_STAGE || type == TYPE_CATEGORY)
		return always | RIGHT_SEND | (is_staff ? 0 : RIGHT_SEND_IN_THREADS);
	return 0;
}

static void overwrites_take(struct online_discord *d, const struct json *channel)
{
	const struct json *v = json_first(json_array(channel, "permission_overwrites"));
	size_t cap = 0;

	for (; v && d->overwrites_n < OVERWRITES_MAX; v = json_next(v)) {
		struct rights_overwrite *o;
		int64_t type = 0;

		d->overwrites = arena_grow(&d->base.arena, d->overwrites, &d->overwrites_n, &cap,
					   sizeof *d->overwrites);
		o = &d->overwrites[d->overwrites_n - 1];
		json_int(v, "type", 0, 1, &type);
		o->id = json_snowflake(v, "id");
		o->is_member = type == 1;
		str_to_u64(json_text(v, "allow"), &o->allow);
		str_to_u64(json_text(v, "deny"), &o->deny);
	}
}

static const struct online_place *place_of(const struct online_discord *d)
{
	return &d->places[d->place];
}

static void place_name(struct online_discord *d, struct str name)
{
	const struct online_place *place = place_of(d);

	d->name = name.n ? arena_fmt(&d->base.arena, "%s #" STR_FMT " (" STR_FMT ")", place->key,
				     STR_ARG(online_shown(name)), STR_ARG(place->id))
			 : arena_fmt(&d->base.arena, "%s " STR_FMT, place->key, STR_ARG(place->id));
}

static void place_refused(struct online_discord *d, const struct machine_response *answer,
			  const struct json *body)
{
	struct online *o = &d->base;
	const char *subject = arena_cstr(&o->arena, d->name);

	if (answer->status == 404 || answer->status == 400)
		online_mend(o,
			    "%s: Discord knows no such channel: copy its id anew (right click on "
			    "it, Copy Channel ID) into discord.%s",
			    subject, place_of(d)->is_staff ? place_of(d)->key : "channels");
	else if (answer->status == 403)
		online_mend(o,
			    "%s: the bot cannot see it: invite the bot to its server, and give its "
			    "role View Channel there",
			    subject);
	else
		online_unanswered(o, answer, body, subject);
	place_begin(d, d->place + 1);
}

/* Of a direct message there are no rights to look at. */
static void place_without_server(struct online_discord *d)
{
	struct online *o = &d->base;

	if (place_of(d)->is_staff && d->type == TYPE_DM)
		online_good(o, STR_FMT ": a direct message to one person", STR_ARG(d->name));
	else
		online_mend(o,
			    STR_FMT
			    ": it is no channel of a server: copy the id of a text channel; "
			    "direct messages are answered without being named",
			    STR_ARG(d->name));
	place_begin(d, d->place + 1);
}

static void channel_take(struct online_discord *d, const struct machine_response *answer,
			 const struct json *body)
{
	const struct json *thread = json_object(body, "thread_metadata");

	place_name(d, json_text(body, "name"));
	if (answer->status != 200 || !json_int(body, "type", 0, INT32_MAX, &d->type)) {
		place_refused(d, answer, body);
		return;
	}
	d->server = json_snowflake(body, "guild_id");
	d->parent = json_snowflake(body, "parent_id");
	d->is_locked = json_true(thread, "locked");
	if (!d->server || !rights_needed(d->type, place_of(d)->is_staff)) {
		place_without_server(d);
	} else if (is_thread(d->type)) {
		d->next = ASK_PARENT;
	} else {
		overwrites_take(d, body);
		d->next = ASK_ROLES;
	}
}

/* --- what the bot may do there --- */

static void rights_tell(struct online_discord *d, const struct online_server *server,
			uint64_t rights)
{
	struct online *o = &d->base;
	uint64_t missing = rights_needed(d->type, place_of(d)->is_staff) & ~rights;
	struct buf names;

	/* Discord un-archives a thread that is written in, unless it is locked. */
	if (d->is_locked)
		missing |= RIGHT_MANAGE_THREADS & ~rights;
	buf_init(&names, 200);
	rights_write(missing, &names);
	if (server->member.is_timed_out)
		online_mend(o, STR_FMT ": the bot is in a time-out on this server: end it",
			    STR_ARG(d->name));
	else if (missing)
		online_mend(o,
			    STR_FMT ": permissions are missing: give the bot's role " STR_FMT
				    " there (Edit Channel, Permissions)",
			    STR_ARG(d->name), STR_ARG(buf_str(&names)));
	else if (d->type == TYPE_CATEGORY)
		online_good(o,
			    STR_FMT ": the bot may see it, write and read back in channels of this "
				    "category that have no permissions of their own",
			    STR_ARG(d->name));
	else
		online_good(o, STR_FMT ": the bot may see it, write and read back",
			    STR_ARG(d->name));
	buf_done(&names);
}

static void place_judge(struct online_discord *d)
{
	struct online_server *server = server_of(d, d->server);

	rights_tell(
		d, server,
		rights_in_channel(&server->member, server->rights, d->overwrites, d->overwrites_n));
	place_begin(d, d->place + 1);
}

static void parent_take(struct online_discord *d, const struct machine_response *answer,
			const struct json *body)
{
	if (answer->status != 200) {
		place_refused(d, answer, body);
		return;
	}
	overwrites_take(d, body);
	d->next = ASK_ROLES;
}

static void roles_take(struct online_discord *d, struct online_server *server,
		       const struct json *body)
{
	size_t cap = 0;

	server->roles = NULL;
	server->roles_n = 0;
	for (const struct json *v = json_first(body); v && server->roles_n < SERVER_ROLES_MAX;
	     v = json_next(v)) {
		struct rights_role *role;

		server->roles = arena_grow(&d->base.arena, server->roles, &server->roles_n, &cap,
					   sizeof *server->roles);
		role = &server->roles[server->roles_n - 1];
		role->id = json_snowflake(v, "id");
		str_to_u64(json_text(v, "permissions"), &role->allow);
	}
	d->next = ASK_MEMBER;
}

static void administrator_tell(struct online_discord *d, const struct online_server *server)
{
	if (server->rights == UINT64_MAX && !server->member.is_owner)
		online_note(
			&d->base,
			"on the server " STR_FMT " the bot is an administrator: take that from "
			"its role, it needs View Channel, Send Messages, Send Messages in Threads "
			"and Read Message History",
			STR_ARG(server->name));
}

static void member_take(struct online_discord *d, struct online_server *server,
			const struct json *body)
{
	const struct json *v = json_first(json_array(body, "roles"));
	struct rights_member *member = &server->member;
	uint64_t *roles = NULL;
	int64_t until_ms = 0;
	size_t cap = 0;

	member->roles_n = 0;
	for (; v && member->roles_n < SERVER_ROLES_MAX; v = json_next(v)) {
		roles = arena_grow(&d->base.arena, roles, &member->roles_n, &cap, sizeof *roles);
		roles[member->roles_n - 1] = snowflake(json_text_of(v));
	}
	member->roles = roles;
	member->user = d->me;
	member->server = server->id;
	iso_time_read(json_text(body, "communication_disabled_until"), &until_ms);
	server->rights = rights_on_server(member, server->roles, server->roles_n);
	/* topics/permissions, Permissions for Timed Out Members. */
	member->is_timed_out = until_ms > d->base.now_ms && server->rights != UINT64_MAX;
	server->is_known = true;
	administrator_tell(d, server);
}

/* --- the order --- */

static void path_ask(struct online_discord *d, const char *format, uint64_t id)
{
	struct buf path;

	buf_init(&path, 100);
	buf_addf(&path, "%s%" PRIu64, format, id);
	if (d->next == ASK_ROLES)
		buf_add(&path, STR("/roles"));
	if (d->next == ASK_MEMBER)
		buf_addf(&path, "/members/%" PRIu64, d->me);
	online_url(&d->base, d->api_url, "/v10" STR_FMT, STR_ARG(buf_str(&path)));
	online_ask(&d->base, "GET", true);
	buf_done(&path);
}

void online_place_ask(struct online_discord *d)
{
	if (d->next == ASK_CHANNEL)
		path_ask(d, "/channels/", snowflake(place_of(d)->id));
	else if (d->next == ASK_PARENT)
		path_ask(d, "/channels/", d->parent);
	else
		path_ask(d, "/guilds/", d->server);
}

static void server_take(struct online_discord *d, const struct machine_response *answer,
			const struct json *body)
{
	struct online_server *server = server_of(d, d->server);

	if (answer->status != 200) {
		online_unanswered(&d->base, answer, body, "the bot's roles on the server");
		place_begin(d, d->place + 1);
	} else if (d->next == ASK_ROLES) {
		roles_take(d, server, body);
	} else {
		member_take(d, server, body);
		place_judge(d);
	}
}

void online_place_take(struct online_discord *d, const struct machine_response *answer,
		       const struct json *body)
{
	if (d->next == ASK_CHANNEL)
		channel_take(d, answer, body);
	else if (d->next == ASK_PARENT)
		parent_take(d, answer, body);
	else
		server_take(d, answer, body);
	/* Another channel of this server was looked at before. */
	if (d->next == ASK_ROLES && server_of(d, d->server)->is_known)
		place_judge(d);
}
