/* What the Matrix machine knows of each room. What of it must survive a restart stands in the position.
 * No names of people do.
 * That a room is encrypted is never forgotten while we are in it: a server could say otherwise later. */
#ifndef WIRE_MATRIX_ROOMS_H
#define WIRE_MATRIX_ROOMS_H

#include "core/buf.h"
#include "wire/json.h"

struct matrix_room {
	struct matrix_room *next;
	struct str id;
	struct str replaces; /* the room that this one is said to replace; or empty */
	struct str via;	     /* ... and a server that knows it */
	uint64_t hash;
	uint64_t inviter; /* hash of who invited us, until we are there; 0: not known */
	bool recalled;	  /* by whom we were invited stands in the timeline alone */
	bool joined;	  /* else invited, and we are about to join */
	bool encrypted;	  /* was so, ever */
	bool told;	  /* ... and it was said there that we cannot read */
	bool direct;	  /* the invitation said so */
	bool closed;	  /* replaced by another room */
	bool leaving;
	int64_t mute_ms; /* the server lets us write nothing: until then only what is urgent tries */
	/* As an appservice (matrix_appservice.h): */
	uint64_t seen;	   /* hash of the newest event that was read; 0: none yet */
	bool state_due;	   /* its state must be read ... */
	bool events_due;   /* ... and what was written since `seen` */
	bool ready;	   /* both were read in this run: what is owed there may go out */
	bool listed;	   /* by the server as one of ours, last time */
	unsigned failures; /* of reading it */
	int64_t joined_ms; /* when we came; 0: before this run */
	int64_t members;   /* joined and invited, us too; -1: not known */
	char texts[];
};

struct matrix_rooms {
	struct matrix_room *first;
	size_t n;
};

void matrix_rooms_done(struct matrix_rooms *rooms);
/* NULL when it is not known. */
struct matrix_room *matrix_room_find(const struct matrix_rooms *rooms, struct str id);
/* The one that is said to replace it; NULL when there is none. */
struct matrix_room *matrix_room_after(const struct matrix_rooms *rooms, struct str id);
/* A new one, with the texts of `like`; NULL when one is too long or there are MATRIX_ROOMS_MAX
 * already. */
struct matrix_room *matrix_room_add(struct matrix_rooms *rooms, const struct matrix_room *like);
void matrix_room_drop(struct matrix_rooms *rooms, struct matrix_room *room);
/* Two people at most: whatever is written there is for us. */
bool matrix_room_is_direct(const struct matrix_room *room);

/* As a member "rooms" of an object; and back. */
void matrix_rooms_write(const struct matrix_rooms *rooms, struct json_writer *w);
void matrix_rooms_read(struct matrix_rooms *rooms, const struct json *object);

/* "!a:b $c" is the room "!a:b" and the thread "$c". */
struct str room_of(struct str place);
struct str thread_of(struct str place);

#endif
