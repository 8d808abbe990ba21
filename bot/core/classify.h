/* A linear classifier: one against the rest, L2-regularised L2-loss support vector machines, trained by
 * dual coordinate descent (Hsieh, Chang, Lin, Keerthi, Sundararajan: A Dual Coordinate Descent Method
 * for Large-scale Linear SVM, ICML 2008, algorithm 1 with D_ii = 1/2C). Eight classes are trained side
 * by side, so that what an example weighs is read once for eight. Deterministic: the order of the
 * examples in each round comes from a fixed seed. Lives in an arena. */
#ifndef CORE_CLASSIFY_H
#define CORE_CLASSIFY_H

#include "core/arena.h"
#include "core/bag.h"

/* Its features, none of them twice: sparse ones, then maybe some in a row that all examples have, then
 * maybe more sparse ones. */
struct example {
	struct bag features;
	uint32_t class;
	uint32_t dense_first, dense_n; /* numbers [dense_first, dense_first + dense_n) */
	const float *dense;
	struct bag more;
};

struct classifier {
	size_t features_n, classes_n;
	size_t stride; /* classes_n rounded up, so that rows are aligned for vector loads */
	float *rows;   /* by feature, then by class */
	float *bias;   /* by class */
};

/* `cost` is C of the paper; 1 is a good start. Feature numbers are below `features_n`, classes below
 * `classes_n`. A class without examples scores below every other. */
const struct classifier *classify_train(const struct example *examples, size_t n, size_t features_n,
					size_t classes_n, float cost, struct arena *arena);

/* The margin of every class in `out` (`stride` floats): above 0 the class is claimed. */
void classify_scores(const struct classifier *classifier, const struct bag *features, float *out);
/* The same for more features of the same text: adds to what is in `out`. */
void classify_add(const struct classifier *classifier, const struct bag *features, float *out);

#endif
