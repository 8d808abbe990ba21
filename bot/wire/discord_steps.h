/* The queue of steps that the gateway machine has decided and nobody has taken yet. Each step owns
 * copies of its texts until it is taken and the next one is asked for. */
#ifndef WIRE_DISCORD_STEPS_H
#define WIRE_DISCORD_STEPS_H

#include "wire/discord.h"

struct step_node;

struct steps {
	struct step_node *first, *last;
	struct step_node *taken; /* given out; its texts are still read */
};

/* Copies the step and its texts; `secret` texts are wiped when they are given back. */
void steps_add(struct steps *steps, const struct discord_step *step, bool secret);
bool steps_take(struct steps *steps, struct discord_step *out);
void steps_done(struct steps *steps);

#endif
