/* Requests that wait for their turn. What must keep an order stands in one lane, of which only the
 * first request moves: the messages to one room, the histories of one room, and so on. Lanes are
 * served in turn, so that one busy room does not hold up the rest.
 *
 * What is urgent has a lane of its own beside the others of its room, and these lanes come first: a
 * safety text waits neither behind answers nor for one that is under way.
 *
 * Among the messages to one room people take turns (start-time fair queueing, Goyal, Vin and Cheng,
 * 1996, with every message of one length): each gets a round, the one that is being served now or the one
 * behind the last of the same person, and lower rounds go first. Whoever asked twenty things is answered
 * one, and then everybody else one; the order of one person's messages stays. */
#ifndef WIRE_LANES_H
#define WIRE_LANES_H

#include "core/str.h"

/* What waits: the first member of a request. */
struct waiter {
	struct waiter *next;
	unsigned kind;	 /* each of the owner's kinds has lanes of its own */
	bool urgent;	 /* goes before the others */
	unsigned round;	 /* of the turns in its lane */
	uint64_t call;	 /* under way; 0: not */
	uint64_t person; /* whose turn it takes; 0: nobody's */
	struct str room;
};

struct lane {
	struct lane *next;
	unsigned kind;
	bool urgent;
	struct str room; /* of its requests */
	struct waiter *first, *last;
};

struct lanes {
	struct lane *first; /* a ring walked in turn: served lanes move to the end */
	void (*drop)(struct waiter *waiter); /* frees a request */
};

/* Takes the request over. */
void lanes_put(struct lanes *lanes, struct waiter *waiter);
/* The lane goes behind the others. */
void lanes_served(struct lanes *lanes, struct lane **at);
/* The first request of the lane is done with; the lane goes when it was the last. */
void lanes_pop(struct lanes *lanes, struct lane **at);
/* Takes out and frees every request of which `is_one` is true; `gone` is told of each before. */
void lanes_withdraw(struct lanes *lanes,
		    bool (*is_one)(const struct waiter *waiter, struct str what), struct str what,
		    void (*gone)(void *arg, const struct waiter *waiter), void *arg);
/* Takes this one out and frees it. */
void lanes_remove(struct lanes *lanes, struct waiter *waiter);
/* Where the lane stands whose first request makes this call; it points to NULL when none does. */
struct lane **lanes_of_call(struct lanes *lanes, uint64_t call);
void lanes_drop(struct lanes *lanes);

#endif
