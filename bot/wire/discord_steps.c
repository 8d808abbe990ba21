#include "wire/discord_steps.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/secret.h"

struct step_node {
	struct step_node *next;
	struct discord_step step;
	bool secret;
	size_t n;
	char texts[];
};

/* Moves `*s` into the node's own memory. */
static void keep_text(struct step_node *node, struct str *s)
{
	char *at = node->texts + node->n;

	if (s->n)
		memcpy(at, s->p, s->n);
	node->n += s->n;
	s->p = at;
}

void steps_add(struct steps *steps, const struct discord_step *step, bool secret)
{
	const struct message *m = &step->message;
	size_t n = step->text.n + m->id.n + m->edits.n + m->room.n + m->person.n + m->text.n +
		   m->link.n + m->replies_to.n;
	struct step_node *node = malloc(sizeof *node + n);

	if (!node)
		out_of_memory();
	node->next = NULL;
	node->step = *step;
	node->secret = secret;
	node->n = 0;
	keep_text(node, &node->step.text);
	keep_text(node, &node->step.message.id);
	keep_text(node, &node->step.message.edits);
	keep_text(node, &node->step.message.room);
	keep_text(node, &node->step.message.person);
	keep_text(node, &node->step.message.text);
	keep_text(node, &node->step.message.link);
	keep_text(node, &node->step.message.replies_to);
	if (steps->last)
		steps->last->next = node;
	else
		steps->first = node;
	steps->last = node;
}

static void node_free(struct step_node *node)
{
	if (node && node->secret)
		secret_wipe((struct str){node->texts, node->n});
	free(node);
}

bool steps_take(struct steps *steps, struct discord_step *out)
{
	node_free(steps->taken);
	steps->taken = steps->first;
	if (!steps->taken)
		return false;
	steps->first = steps->taken->next;
	if (!steps->first)
		steps->last = NULL;
	*out = steps->taken->step;
	return true;
}

void steps_done(struct steps *steps)
{
	struct discord_step step;

	while (steps_take(steps, &step))
		;
}
