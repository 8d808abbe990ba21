#include "wire/discord_lanes.h"

#include <stdlib.h>

#include "core/arena.h"

static struct lane *lane_for(struct lanes *lanes, const struct request *request)
{
	struct lane **end = &lanes->first;
	struct lane *lane;

	for (; *end; end = &(*end)->next)
		if ((*end)->kind == request->kind && (*end)->urgent == request->urgent &&
		    str_eq((*end)->channel, request->channel))
			return *end;
	lane = calloc(1, sizeof *lane);
	if (!lane)
		out_of_memory();
	lane->kind = request->kind;
	lane->urgent = request->urgent;
	*end = lane;
	return lane;
}

/* Nobody's requests take no turns: they keep their order. */
static unsigned round_of(const struct lane *lane, const struct request *request)
{
	unsigned round = request->person ? lane->first->round : lane->last->round;

	for (const struct request *r = lane->first; r; r = r->next)
		if (request->person && r->person == request->person && r->round >= round)
			round = r->round + 1;
	return round;
}

void lanes_put(struct lanes *lanes, struct request *request)
{
	struct lane *lane = lane_for(lanes, request);
	struct request *before;

	if (!lane->first) {
		lane->first = lane->last = request;
		lane->channel = request->channel;
		return;
	}
	request->round = round_of(lane, request);
	/* Never in front of the first, which may be under way, and has the lowest round anyway. */
	for (before = lane->first; before->next && before->next->round <= request->round;)
		before = before->next;
	request->next = before->next;
	before->next = request;
	if (!request->next)
		lane->last = request;
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
		lane->channel = lane->first->channel;
		return false;
	}
	*at = lane->next;
	free(lane);
	return true;
}

void lanes_pop(struct lane **at)
{
	struct request *request = (*at)->first;

	(*at)->first = request->next;
	lane_drop_if_empty(at);
	free(request);
}

static void lane_withdraw(struct lane *lane,
			  bool (*is_one)(const struct request *request, struct str message),
			  struct str message,
			  void (*gone)(void *arg, const struct request *request), void *arg)
{
	struct request **at = &lane->first;

	lane->last = NULL;
	while (*at) {
		struct request *request = *at;

		if (!is_one(request, message)) {
			lane->last = request;
			at = &request->next;
			continue;
		}
		gone(arg, request);
		*at = request->next;
		free(request);
	}
}

void lanes_withdraw(struct lanes *lanes,
		    bool (*is_one)(const struct request *request, struct str message),
		    struct str message, void (*gone)(void *arg, const struct request *request),
		    void *arg)
{
	struct lane **at = &lanes->first;

	while (*at) {
		lane_withdraw(*at, is_one, message, gone, arg);
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
		lanes_pop(&lanes->first);
}
