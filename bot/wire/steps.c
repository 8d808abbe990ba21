#include "wire/steps.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/secret.h"

struct steps_node {
	struct steps_node *next;
	size_t texts_n;			    /* bytes of texts, behind the step */
	_Alignas(max_align_t) char bytes[]; /* the step, its texts */
};

/* The text at this offset in the step. */
static struct str text_of(const void *step, size_t offset)
{
	struct str text;

	memcpy(&text, (const char *)step + offset, sizeof text);
	return text;
}

void steps_add(struct steps *steps, const void *step)
{
	const struct steps_shape *shape = steps->shape;
	struct steps_node *node;
	size_t n = 0;
	char *at;

	for (size_t i = 0; i < shape->texts_n; i++)
		n += text_of(step, shape->texts[i]).n;
	node = malloc(sizeof *node + shape->size + n);
	if (!node)
		out_of_memory();
	node->next = NULL;
	node->texts_n = n;
	memcpy(node->bytes, step, shape->size);
	at = node->bytes + shape->size;
	for (size_t i = 0; i < shape->texts_n; i++) {
		const struct str copy = str_keep(&at, text_of(step, shape->texts[i]));

		memcpy(node->bytes + shape->texts[i], &copy, sizeof copy);
	}
	if (steps->last)
		steps->last->next = node;
	else
		steps->first = node;
	steps->last = node;
}

static void node_free(const struct steps *steps, struct steps_node *node)
{
	if (node)
		secret_wipe((struct str){node->bytes + steps->shape->size, node->texts_n});
	free(node);
}

bool steps_take(struct steps *steps, void *step)
{
	node_free(steps, steps->taken);
	steps->taken = steps->first;
	if (!steps->taken)
		return false;
	steps->first = steps->taken->next;
	if (!steps->first)
		steps->last = NULL;
	memcpy(step, steps->taken->bytes, steps->shape->size);
	return true;
}

void steps_done(struct steps *steps)
{
	struct steps_node *next;

	node_free(steps, steps->taken);
	for (struct steps_node *node = steps->first; node; node = next) {
		next = node->next;
		node_free(steps, node);
	}
	steps->first = steps->last = steps->taken = NULL;
}
