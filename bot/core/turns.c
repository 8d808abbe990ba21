#include "core/turns.h"

#include <stdlib.h>

#include "core/arena.h"

#define SERVED_MAX 4096 /* of one turn, of whom is known that they were */

void turns_done(struct turns *turns)
{
	free(turns->places);
	*turns = (struct turns){0};
}

/* Keeps the places that are still of use: of what waits, and of who was served in this turn. */
static void places_tidy(struct turns *turns)
{
	size_t served = turns->places_n - turns->waiting_n, kept = 0;
	bool remember = turns->waiting_n > 0 && served <= SERVED_MAX;

	for (size_t i = 0; i < turns->places_n; i++)
		if (turns->places[i].thing || (remember && turns->places[i].turn == turns->turn))
			turns->places[kept++] = turns->places[i];
	turns->places_n = kept;
	if (turns->waiting_n == 0)
		turns->turn = turns->room_turn = 0;
}

static void place_add(struct turns *turns, const struct turns_place *place)
{
	if (turns->places_n == turns->places_cap) {
		size_t cap = turns->places_cap ? turns->places_cap * 2 : 16;
		struct turns_place *more = realloc(turns->places, cap * sizeof *more);

		if (!more)
			out_of_memory();
		turns->places = more;
		turns->places_cap = cap;
	}
	turns->places[turns->places_n++] = *place;
}

void turns_put(struct turns *turns, uint64_t person, uint64_t room, void *thing)
{
	struct turns_place place = {
		.person = person, .room = room, .turn = turns->turn, .thing = thing};

	for (size_t i = 0; i < turns->places_n; i++)
		if (turns->places[i].person == person && turns->places[i].turn >= place.turn)
			place.turn = turns->places[i].turn + 1;
	place.room_turn = place.turn == turns->turn ? turns->room_turn : 0;
	for (size_t i = 0; i < turns->places_n; i++)
		if (turns->places[i].room == room && turns->places[i].turn == place.turn &&
		    turns->places[i].room_turn >= place.room_turn)
			place.room_turn = turns->places[i].room_turn + 1;
	place_add(turns, &place);
	turns->waiting_n++;
}

static bool is_sooner(const struct turns_place *a, const struct turns_place *b)
{
	return a->turn < b->turn || (a->turn == b->turn && a->room_turn < b->room_turn);
}

void *turns_take(struct turns *turns)
{
	struct turns_place *next = NULL;
	bool begins;
	void *thing;

	for (size_t i = 0; i < turns->places_n; i++)
		if (turns->places[i].thing && (!next || is_sooner(&turns->places[i], next)))
			next = &turns->places[i];
	if (!next)
		return NULL;
	thing = next->thing;
	next->thing = NULL;
	turns->waiting_n--;
	begins = next->turn > turns->turn;
	turns->turn = next->turn;
	turns->room_turn = next->room_turn;
	if (begins || turns->waiting_n == 0 || turns->places_n - turns->waiting_n > SERVED_MAX)
		places_tidy(turns);
	return thing;
}

void turns_remove(struct turns *turns, bool (*goes)(void *arg, void *thing), void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < turns->places_n; i++) {
		if (turns->places[i].thing && goes(arg, turns->places[i].thing))
			turns->waiting_n--;
		else
			turns->places[kept++] = turns->places[i];
	}
	turns->places_n = kept;
	if (turns->waiting_n == 0)
		places_tidy(turns);
}
