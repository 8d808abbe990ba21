/* The queue of what a machine has decided and nobody has taken yet, oldest first. What a step looks like
 * is the machine's; here it is so many bytes, of which some are texts. Each step owns copies of its texts
 * until it is taken and the next one is asked for; then they are wiped, as tokens and patients' words
 * pass here. Lives inside the machine. */
#ifndef WIRE_STEPS_H
#define WIRE_STEPS_H

#include <stddef.h>

#include "core/str.h"

/* Of one kind of steps, the same for all of a queue. */
struct steps_shape {
	size_t size;	     /* of a step, in bytes */
	const size_t *texts; /* offsets of those members that are a `struct str` */
	size_t texts_n;
};

struct steps_node;

struct steps {
	const struct steps_shape *shape;
	struct steps_node *first, *last;
	struct steps_node *taken; /* given out; its texts are still read */
};

/* Copies the step and its texts. */
void steps_add(struct steps *steps, const void *step);
/* False when there is none. The texts of `*step` live until the next call. */
bool steps_take(struct steps *steps, void *step);
/* Lets all of them go. */
void steps_done(struct steps *steps);

#endif
