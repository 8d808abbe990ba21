/* What the bot must know about the servers it is in, and nothing more: which channel or thread
 * lies under which, so that a message in a thread of a watched channel is recognised, and which
 * roles are the bot's own, so that a mention of them is. */
#ifndef WIRE_DISCORD_ROOMS_H
#define WIRE_DISCORD_ROOMS_H

#include "wire/discord.h"
#include "wire/json.h"

#define ROOMS_MAX 10000	    /* known at once; the oldest go first */
#define ROOMS_KEPT_MAX 1000 /* written into a position */
#define ROLES_MAX 100

struct room {
	uint64_t id;
	uint64_t parent; /* 0: none */
	uint64_t guild;	 /* 0: not known, after a restart */
	bool is_thread;
};

struct role {
	uint64_t id;
	uint64_t guild;
};

struct rooms {
	uint64_t watched[DISCORD_CHANNELS_MAX]; /* as configured, sorted */
	size_t watched_n;
	struct room *v; /* sorted by id; kept only while something is watched */
	size_t n, cap;
	struct role roles[ROLES_MAX];
	size_t roles_n;
	bool changed; /* what rooms_write() writes is not what it was */
};

/* A snowflake, or 0 when the text is none. */
uint64_t snowflake(struct str s);
uint64_t json_snowflake(const struct json *object, const char *key);
/* Unix time in ms at which it was made. */
int64_t snowflake_ms(uint64_t id);

/* ERR_INPUT when a channel is no id, or there are too many. */
bool rooms_init(struct rooms *rooms, const struct discord_settings *settings, struct err *err);
void rooms_done(struct rooms *rooms);

/* True for a configured channel and for what lies under one. */
bool rooms_is_watched(const struct rooms *rooms, uint64_t id);
bool rooms_is_own_role(const struct rooms *rooms, uint64_t role);

/* From events. `me` is the bot's user. */
void rooms_forget_all(struct rooms *rooms);
void rooms_guild_create(struct rooms *rooms, const struct json *guild, uint64_t me);
void rooms_guild_delete(struct rooms *rooms, const struct json *guild);
/* A channel, or a thread, in the server `guild` (0: as the object says). */
void rooms_put(struct rooms *rooms, const struct json *channel, uint64_t guild, bool is_thread);
void rooms_remove(struct rooms *rooms, uint64_t id);

/* The part that a resumed session does not tell again: into an open object, and back from it. */
void rooms_write(const struct rooms *rooms, struct json_writer *w);
void rooms_read(struct rooms *rooms, const struct json *position);

#endif
