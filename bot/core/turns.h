/* Whose turn it is: things that wait, each of a person and of a room, and the order in which they are
 * served. People take turns, whatever the room: everybody's first thing comes before anybody's second.
 * Among the things of one turn rooms take turns, so that a crowd in one room does not hold up the
 * others. One person's things keep their order.
 *
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996), with everything of one length: a thing gets
 * the turn that is being served now, or the one behind the last of the same person. Who was served in
 * this turn is remembered until it is over: nobody comes twice in it, however fast they write.
 *
 * Putting and taking look at everything that waits: the caller keeps that to some thousands. */
#ifndef CORE_TURNS_H
#define CORE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct turns_place {
	uint64_t person, room;
	uint64_t turn, room_turn;
	void *thing; /* NULL: served in this turn */
};

/* All zero: nothing waits. Things are the caller's. */
struct turns {
	struct turns_place *places; /* in the order in which they came */
	size_t places_n, places_cap;
	size_t waiting_n;
	uint64_t turn, room_turn; /* of what was taken last */
};

void turns_done(struct turns *turns);

/* `person` and `room` are hashes or ids; `thing` is not NULL. */
void turns_put(struct turns *turns, uint64_t person, uint64_t room, void *thing);
/* The next one; NULL: nothing waits. */
void *turns_take(struct turns *turns);
/* Asks `goes` about each thing, in the order in which they came; what goes is let go of. */
void turns_remove(struct turns *turns, bool (*goes)(void *arg, void *thing), void *arg);

#endif
