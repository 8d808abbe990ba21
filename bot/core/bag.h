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

/* Sorts `n` weights by term; those of one term keep their order. `spare` has room for as many. Gives
 * where they end up, `v` or `spare`; the other is written over. */
struct weight *weights_sort(struct weight *v, struct weight *spare, size_t n);
/* Sorts `n` weights in place and adds up those of the same term; `spare` as above. */
struct bag bag_sum(struct weight *v, struct weight *spare, size_t n);
float bag_dot(const struct bag *a, const struct bag *b);
/* To length 1; a bag of zeros stays as it is. */
void bag_normalise(struct bag *bag);

#endif
