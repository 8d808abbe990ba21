#include "wire/lanes.h"

#include <stdlib.h>

#include "core/arena.h"

static struct lane *lane_for(struct lanes *lanes, const struct waiter *waiter)
{
	struct lane **end = &lanes->first;
	struct lane *lane;

	for (; *end; end = &(*end)->next)
		if ((*end)->kind == waiter->kind && (*end)->urgent == waiter->urgent &&
		    str_eq((*end)->room, waiter->room))
			return *end;
	lane = calloc(1, sizeof *lane);
	if (!lane)
		out_of_memory();
	lane->kind = waiter->kind;
	lane->urgent = waiter->urgent;
	*end = lane;
	return lane;
}

/* Nobody's requests take no turns: they keep their order. */
static unsigned round_of(const struct lane *lane, const struct waiter *waiter)
{
	unsigned round = waiter->person ? lane->first->round : lane->last->round;

	for (const struct waiter *w = lane->first; w; w = w->next)
		if (waiter->person && w->person == waiter->person && w->round >= round)
			round = w->round + 1;
	return round;
}

void lanes_put(struct lanes *lanes, struct waiter *waiter)
{
	struct lane *lane = lane_for(lanes, waiter);
	struct waiter *before;

	if (!lane->first) {
		lane->first = lane->last = waiter;
		lane->room = waiter->room;
		return;
	}
	waiter->round = round_of(lane, waiter);
	/* Never in front of the first, which may be under way, and has the lowest round anyway. */
	for (before = lane->first; before->next && before->next->round <= waiter->round;)
		before = before->next;
	waiter->next = before->next;
	before->next = waiter;
	if (!waiter->next)
		lane->last = waiter;
}

void lanes_served(struct lanes *lanes, struct lane **at)
{
	struct lane *lane = *at, **end = &lanes->first;

	*at = lane->next;
	lane->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = lane;
}

/* True when it went: the next one stands at `at` then. */
static bool lane_drop_if_empty(struct lane **at)
{
	struct lane *lane = *at;

	if (lane->first) {
		lane->room = lane->first->room;
		return false;
	}
	*at = lane->next;
	free(lane);
	return true;
}

void lanes_pop(struct lanes *lanes, struct lane **at)
{
	struct waiter *waiter = (*at)->first;

	(*at)->first = waiter->next;
	lane_drop_if_empty(at);
	lanes->drop(waiter);
}

/* True when it was in this lane. */
static bool lane_remove(struct lane *lane, const struct waiter *waiter)
{
	struct waiter **at = &lane->first, *before = NULL;

	while (*at && *at != waiter) {
		before = *at;
		at = &before->next;
	}
	if (!*at)
		return false;
	*at = waiter->next;
	if (lane->last == waiter)
		lane->last = before;
	return true;
}

void lanes_remove(struct lanes *lanes, struct waiter *waiter)
{
	struct lane **at = &lanes->first;

	while (*at && !lane_remove(*at, waiter))
		at = &(*at)->next;
	if (!*at)
		return;
	lane_drop_if_empty(at);
	lanes->drop(waiter);
}

static void lane_withdraw(struct lanes *lanes, struct lane *lane,
			  bool (*is_one)(const struct waiter *waiter, struct str what),
			  struct str what, void (*gone)(void *arg, const struct waiter *waiter),
			  void *arg)
{
	struct waiter **at = &lane->first;

	lane->last = NULL;
	while (*at) {
		struct waiter *waiter = *at;

		if (!is_one(waiter, what)) {
			lane->last = waiter;
			at = &waiter->next;
			continue;
		}
		gone(arg, waiter);
		*at = waiter->next;
		lanes->drop(waiter);
	}
}

void lanes_withdraw(struct lanes *lanes,
		    bool (*is_one)(const struct waiter *waiter, struct str what), struct str what,
		    void (*gone)(void *arg, const struct waiter *waiter), void *arg)
{
	struct lane **at = &lanes->first;

	while (*at) {
		lane_withdraw(lanes, *at, is_one, what, gone, arg);
		if (!lane_drop_if_empty(at))
			at = &(*at)->next;
	}
}

struct lane **lanes_of_call(struct lanes *lanes, uint64_t call)
{
	struct lane **at = &lanes->first;

	while (*at && (*at)->first->call != call)
		at = &(*at)->next;
	return at;
}

void lanes_drop(struct lanes *lanes)
{
	while (lanes->first)
		lanes_pop(lanes, &lanes->first);
}
