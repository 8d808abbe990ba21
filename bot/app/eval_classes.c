#include <stdlib.h>

#include "app/eval_score.h"

/* In the order in which they are told. */
static const struct {
	unsigned trait;
	const char *name;
} groups[] = {
	{EVAL_EMERGENCY, "emergency"},
	{EVAL_CRISIS, "crisis"},
	{EVAL_SAME_DAY, "same day"},
	{EVAL_URGENT, "urgent"},
	{EVAL_LOOKALIKE, "only sounds urgent"},
};
#define GROUPS (sizeof groups / sizeof *groups)

static size_t group_of(unsigned traits)
{
	size_t i = 0;

	while (i < GROUPS && !(groups[i].trait & traits))
		i++;
	return i;
}

const char *eval_trait_name(unsigned trait)
{
	size_t i = group_of(trait);

	return i < GROUPS ? groups[i].name : "";
}

static struct eval_class *class_find(struct eval_class *all, size_t n, unsigned trait,
				     struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].trait == trait && str_eq(all[i].name, name))
			return &all[i];
	return NULL;
}

static void class_count(struct eval_class *c, const struct eval_result *r)
{
	c->total++;
	c->alarmed += r->answer.kind == ANSWER_URGENT;
	c->lower += r->grade == GRADE_LOWER;
	c->careful += r->careful;
	c->unsafe += r->grade == GRADE_UNSAFE;
}

static unsigned class_wrong(const struct eval_class *c)
{
	return c->trait == EVAL_LOOKALIKE ? c->alarmed : c->total - c->alarmed;
}

static int compare_classes(const void *a, const void *b)
{
	const struct eval_class *x = a, *y = b;
	size_t gx = group_of(x->trait), gy = group_of(y->trait);

	if (gx != gy)
		return gx < gy ? -1 : 1;
	if (class_wrong(x) != class_wrong(y))
		return class_wrong(x) > class_wrong(y) ? -1 : 1;
	return str_compare(x->name, y->name);
}

size_t eval_classes(const struct eval_questions *questions, const struct eval_side *side,
		    struct arena *arena, struct eval_class **out)
{
	struct eval_class *all = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < questions->n; i++) {
		const struct eval_question *q = &questions->v[i];
		size_t group = group_of(q->traits);
		struct eval_class *c;

		if (group == GROUPS || q->class_name.n == 0)
			continue;
		c = class_find(all, n, groups[group].trait, q->class_name);
		if (!c) {
			all = arena_grow(arena, all, &n, &cap, sizeof *all);
			c = &all[n - 1];
			*c = (struct eval_class){.trait = groups[group].trait,
						 .name = q->class_name};
		}
		class_count(c, &side->results[i]);
	}
	if (n)
		qsort(all, n, sizeof *all, compare_classes);
	*out = all;
	return n;
}
