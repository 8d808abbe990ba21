/* Requests that wait for their turn. What must keep an order stands in one lane, of which only the
 * first request moves: the messages to one channel, the histories of one channel, and so on. Lanes are
 * served in turn, so that one busy channel does not hold up the rest.
 *
 * What is urgent has a lane of its own beside the others of its channel, and these lanes come first: a
 * safety text waits neither behind answers nor for one that is under way.
 *
 * Among the messages to one channel people take turns (start-time fair queueing, Goyal, Vin and Cheng,
 * 1996, with every message of one length): each gets a round, the one that is being served now or the one
 * behind the last of the same person, and lower rounds go first. Whoever asked twenty things is answered
 * one, and then everybody else one; the order of one person's messages stays. */
#ifndef WIRE_DISCORD_LANES_H
#define WIRE_DISCORD_LANES_H

#include "wire/discord_requests.h"

struct lane {
	struct lane *next;
	enum request_kind kind;
	bool urgent;
	struct str channel; /* of its requests */
	struct request *first, *last;
};

struct lanes {
	struct lane *first; /* a ring walked in turn: served lanes move to the end */
};

/* Takes the request over. */
void lanes_put(struct lanes *lanes, struct request *request);
/* The lane goes behind the others. */
void lanes_served(struct lanes *lanes, struct lane **at);
/* The first request of the lane is done with; the lane goes when it was the last. */
void lanes_pop(struct lane **at);
/* Takes out and frees every request of which `is_one` is true; `gone` is told of each before. */
void lanes_withdraw(struct lanes *lanes,
		    bool (*is_one)(const struct request *request, struct str message),
		    struct str message, void (*gone)(void *arg, const struct request *request),
		    void *arg);
/* Where the lane stands whose first request makes this call; it points to NULL when none does. */
struct lane **lanes_of_call(struct lanes *lanes, uint64_t call);
void lanes_drop(struct lanes *lanes);

#endif
