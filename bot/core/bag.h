/* Sparse vectors: what a text is about, as weighted terms. */
#ifndef CORE_BAG_H
#define CORE_BAG_H

#include <stddef.h>
#include <stdint.h>

struct weight {
	uint32_t term;
	float w;
};

/* Sorted by term, each term once. Borrowed memory. */
struct bag {
	struct weight *v;
	size_t n;
};

/* Sorts `n` weights in place and adds up those of the same term. */
struct bag bag_sum(struct weight *v, size_t n);
float bag_dot(const struct bag *a, const struct bag *b);
/* To length 1; a bag of zeros stays as it is. */
void bag_normalise(struct bag *bag);

#endif
