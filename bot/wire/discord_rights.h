/* What the bot may do in a channel: its roles on the server, then what the channel allows and forbids.
 * Source: Discord's developer documentation, topics/permissions. */
#ifndef WIRE_DISCORD_RIGHTS_H
#define WIRE_DISCORD_RIGHTS_H

#include "core/buf.h"

#define RIGHT_ADMINISTRATOR ((uint64_t)1 << 3)
#define RIGHT_VIEW ((uint64_t)1 << 10)
#define RIGHT_SEND ((uint64_t)1 << 11)
#define RIGHT_HISTORY ((uint64_t)1 << 16)
#define RIGHT_MANAGE_THREADS ((uint64_t)1 << 34)
#define RIGHT_SEND_IN_THREADS ((uint64_t)1 << 38)
/* What the invitation in README.md asks for. */
#define RIGHTS_INVITED (RIGHT_VIEW | RIGHT_SEND | RIGHT_HISTORY | RIGHT_SEND_IN_THREADS)

/* A role of the server; everybody has the one whose id is the server's. */
struct rights_role {
	uint64_t id, allow;
};

/* What a channel allows and forbids to a role, or to one member. */
struct rights_overwrite {
	uint64_t id;
	bool is_member;
	uint64_t allow, deny;
};

struct rights_member {
	uint64_t user, server;
	const uint64_t *roles; /* ids */
	size_t roles_n;
	bool is_owner;
	bool is_timed_out; /* may only look and read back */
};

/* What the roles give on the whole server; all bits for the owner and for administrators. */
uint64_t rights_on_server(const struct rights_member *member, const struct rights_role *roles,
			  size_t roles_n);

/* ... and in one of its channels. 0 where the channel cannot be seen. */
uint64_t rights_in_channel(const struct rights_member *member, uint64_t on_server,
			   const struct rights_overwrite *overwrites, size_t overwrites_n);

/* The names that Discord shows, parted by commas; of the bits above only. */
void rights_write(uint64_t rights, struct buf *out);

#endif
