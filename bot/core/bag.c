#include "core/bag.h"

#include <math.h>
#include <stdlib.h>

static int compare_terms(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	return (x->term > y->term) - (x->term < y->term);
}

struct bag bag_sum(struct weight *v, size_t n)
{
	struct bag bag = {v, 0};

	if (n)
		qsort(v, n, sizeof *v, compare_terms);
	for (size_t i = 0; i < n; i++) {
		if (bag.n && v[bag.n - 1].term == v[i].term)
			v[bag.n - 1].w += v[i].w;
		else
			v[bag.n++] = v[i];
	}
	return bag;
}

float bag_dot(const struct bag *a, const struct bag *b)
{
	float sum = 0;

	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		if (a->v[i].term < b->v[k].term)
			i++;
		else if (a->v[i].term > b->v[k].term)
			k++;
		else
			sum += a->v[i++].w * b->v[k++].w;
	}
	return sum;
}

void bag_normalise(struct bag *bag)
{
	float square = bag_dot(bag, bag);

	for (size_t i = 0; i < bag->n && square > 0; i++)
		bag->v[i].w /= sqrtf(square);
}
