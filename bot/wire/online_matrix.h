/* What the rooms of Matrix's online check share; nobody else includes it:
 *   online_matrix.c       the order of the questions; the server, the session, the account
 *   online_matrix_room.c  one room: whether the bot reads and writes there */
#ifndef WIRE_ONLINE_MATRIX_H
#define WIRE_ONLINE_MATRIX_H

#include "wire/online_inside.h"

#define ONLINE_ROOMS_MAX 50 /* that are looked at, staff's first */

enum matrix_question {
	ASK_VERSIONS,
	ASK_WELL_KNOWN, /* only when the address is wrong */
	ASK_LOGIN_FLOWS,
	ASK_WHOAMI,
	ASK_DEVICES,
	ASK_ROOMS,
	ASK_NAME,
	ASK_TOMBSTONE,
	ASK_ENCRYPTION,
	ASK_POWER,
	ASKED_ALL,
};

struct online_room {
	struct str id;
	const char *key; /* "staff_room": in the configuration; else "room" */
	bool is_staff;
};

struct online_matrix {
	struct online base; /* first */
	struct str homeserver, user;
	const struct str *invite_from;
	size_t invite_from_n;
	struct str staff[2];
	bool by_password, is_appservice;
	struct str kept_device; /* of the session that was kept; or empty */
	bool has_refresh;
	enum matrix_question next;
	bool is_known; /* whose token it is */
	struct online_room rooms[ONLINE_ROOMS_MAX];
	size_t rooms_n, room; /* the one that is being looked at */
	/* of the room */
	struct str name; /* for findings */
	bool is_encrypted;
};

/* What somebody needs to send messages into a room, and has. */
struct online_power {
	int64_t own, needed;
};

/* From the content of m.room.power_levels; NULL: the room has none. Source: Matrix client-server API,
 * m.room.power_levels. */
struct online_power online_power(const struct json *levels, const char *user);

/* The rooms that the account is in. */
void online_rooms_take(struct online_matrix *m, const struct machine_response *answer,
		       const struct json *body);
void online_room_ask(struct online_matrix *m);
/* One of ASK_NAME to ASK_POWER was answered. */
void online_room_take(struct online_matrix *m, const struct machine_response *answer,
		      const struct json *body);

#endif
