#include "wire/discord_rights.h"

static bool has_role(const struct rights_member *member, uint64_t role)
{
	for (size_t i = 0; i < member->roles_n; i++)
		if (member->roles[i] == role)
			return true;
	return role == member->server;
}

uint64_t rights_on_server(const struct rights_member *member, const struct rights_role *roles,
			  size_t roles_n)
{
	uint64_t rights = 0;

	for (size_t i = 0; i < roles_n; i++)
		if (has_role(member, roles[i].id))
			rights |= roles[i].allow;
	return member->is_owner || (rights & RIGHT_ADMINISTRATOR) ? UINT64_MAX : rights;
}

/* First what holds for everybody, then for all its roles together, then for itself. */
uint64_t rights_in_channel(const struct rights_member *member, uint64_t on_server,
			   const struct rights_overwrite *overwrites, size_t overwrites_n)
{
	uint64_t allow[3] = {0}, deny[3] = {0}, rights = on_server;

	if (rights & RIGHT_ADMINISTRATOR)
		return rights;
	for (size_t i = 0; i < overwrites_n; i++) {
		const struct rights_overwrite *o = &overwrites[i];
		bool is_ours = o->is_member ? o->id == member->user : has_role(member, o->id);
		int step = o->is_member ? 2 : o->id != member->server;

		if (!is_ours)
			continue;
		allow[step] |= o->allow;
		deny[step] |= o->deny;
	}
	for (int step = 0; step < 3; step++)
		rights = (rights & ~deny[step]) | allow[step];
	if (member->is_timed_out)
		rights &= RIGHT_VIEW | RIGHT_HISTORY;
	return rights & RIGHT_VIEW ? rights : 0;
}

void rights_write(uint64_t rights, struct buf *out)
{
	static const struct {
		uint64_t right;
		const char *what;
	} names[] = {
		{RIGHT_VIEW, "View Channel"},
		{RIGHT_SEND, "Send Messages"},
		{RIGHT_SEND_IN_THREADS, "Send Messages in Threads"},
		{RIGHT_HISTORY, "Read Message History"},
		{RIGHT_MANAGE_THREADS, "Manage Threads"},
		{RIGHT_ADMINISTRATOR, "Administrator"},
	};
	const char *before = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!(rights & names[i].right))
			continue;
		buf_addf(out, "%s%s", before, names[i].what);
		before = ", ";
	}
}
