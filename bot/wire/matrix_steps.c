#include "wire/matrix_machine.h"

#include <stdlib.h>
#include <string.h>

struct matrix_step_node {
	struct matrix_step_node *next;
	struct matrix_step step;
	size_t n;
	char texts[];
};

#define TEXTS_N 13

/* Every text of a step. */
static void texts_of(struct matrix_step *step, struct str *texts[TEXTS_N])
{
	struct message *m = &step->message;
	struct machine_call *c = &step->call;
	struct str *const all[TEXTS_N] = {
		&step->text, &step->why, &c->method, &c->url,  &c->body, &c->authorization, &m->id,
		&m->edits,   &m->room,	 &m->person, &m->text, &m->link, &m->replies_to};

	memcpy(texts, all, sizeof all);
}

void matrix_steps_add(struct matrix_steps *steps, const struct matrix_step *step)
{
	struct matrix_step copy = *step;
	struct matrix_step_node *node;
	struct str *texts[TEXTS_N];
	size_t n = 0;

	texts_of(&copy, texts);
	for (size_t i = 0; i < TEXTS_N; i++)
		n += texts[i]->n;
	node = malloc(sizeof *node + n);
	if (!node)
		out_of_memory();
	node->next = NULL;
	node->step = copy;
	node->n = n;
	texts_of(&node->step, texts);
	n = 0;
	for (size_t i = 0; i < TEXTS_N; i++) {
		if (texts[i]->n)
			memcpy(node->texts + n, texts[i]->p, texts[i]->n);
		texts[i]->p = node->texts + n;
		n += texts[i]->n;
	}
	if (steps->last)
		steps->last->next = node;
	else
		steps->first = node;
	steps->last = node;
}

/* Tokens and patients' words pass here. */
static void node_free(struct matrix_step_node *node)
{
	if (node)
		secret_wipe((struct str){node->texts, node->n});
	free(node);
}

bool matrix_steps_take(struct matrix_steps *steps, struct matrix_step *out)
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

void matrix_steps_done(struct matrix_steps *steps)
{
	struct matrix_step step;

	while (matrix_steps_take(steps, &step))
		;
}
