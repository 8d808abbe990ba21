/* What the rooms of Discord's online check share; nobody else includes it:
 *   online_discord.c        the order of the questions; the token, the application, the gateway
 *   online_discord_place.c  one configured channel: where it is, and what the bot may do there */
#ifndef WIRE_ONLINE_DISCORD_H
#define WIRE_ONLINE_DISCORD_H

#include "wire/discord_rights.h"
#include "wire/online_inside.h"

enum discord_question {
	ASK_ME,
	ASK_APPLICATION,
	ASK_GATEWAY,
	ASK_HELLO,
	ASK_SERVERS,
	ASK_CHANNEL,
	ASK_PARENT, /* of a thread, whose rights are those of its channel */
	ASK_ROLES,
	ASK_MEMBER,
	ASKED_ALL,
};

/* A server that the bot is in. */
struct online_server {
	struct online_server *next;
	uint64_t id;
	struct str name;
	struct rights_role *roles;
	size_t roles_n;
	bool is_known; /* and the next two are filled */
	struct rights_member member;
	uint64_t rights;
};

/* What one configured channel is for. */
struct online_place {
	struct str id;
	const char *key; /* "channel": in the configuration */
	bool is_staff;
};

struct online_discord {
	struct online base; /* first */
	struct str token, api_url, gateway_url;
	struct online_place *places;
	size_t places_n, place; /* the one that is being looked at */
	enum discord_question next;
	uint64_t me;
	struct str application;
	bool watches; /* there are channels in which every question counts */
	bool limits_seen;
	struct online_server *servers;
	/* of the place */
	struct str name; /* for findings: "channel #ask (100)" */
	int64_t type;
	bool is_locked;
	uint64_t server, parent;
	struct rights_overwrite *overwrites;
	size_t overwrites_n;
};

/* Asks for what the place at `d->place` still needs. */
void online_place_ask(struct online_discord *d);
/* One of ASK_CHANNEL to ASK_MEMBER was answered. */
void online_place_take(struct online_discord *d, const struct machine_response *answer,
		       const struct json *body);
/* The servers that the bot is in. */
void online_servers_take(struct online_discord *d, const struct machine_response *answer,
			 const struct json *body);

#endif
