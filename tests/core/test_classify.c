#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/classify.h"

#define FEATURES 12
#define PER_CLASS 20
#define CLASSES 3

static uint32_t chance(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

/* Class c shows itself by feature c; the others come by chance. */
static struct bag sample(struct arena *a, uint32_t class, uint64_t *state)
{
	struct weight *v = arena_array(a, 8, sizeof *v);

	v[0] = (struct weight){class, 1};
	for (size_t i = 1; i < 4; i++)
		v[i] = (struct weight){CLASSES + chance(state, FEATURES - CLASSES), 0.5f};
	return bag_sum(v, v + 4, 4);
}

static struct example *examples_of(struct arena *a)
{
	struct example *examples = arena_array(a, CLASSES * PER_CLASS, sizeof *examples);
	uint64_t state = 7;

	for (uint32_t i = 0; i < CLASSES * PER_CLASS; i++)
		examples[i] = (struct example){.features = sample(a, i % CLASSES, &state),
					       .class = i % CLASSES};
	return examples;
}

static size_t best_of(const struct classifier *c, const struct bag *bag)
{
	float scores[8];
	size_t best = 0;

	classify_scores(c, bag, scores);
	for (size_t i = 1; i < c->classes_n; i++)
		if (scores[i] > scores[best])
			best = i;
	return best;
}

static void classes_are_told_apart(void **state)
{
	struct arena a;
	const struct classifier *c;
	uint64_t seed = 99;

	(void)state;
	arena_init(&a);
	c = classify_train(examples_of(&a), CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &a);
	for (uint32_t i = 0; i < 300; i++) {
		struct bag unseen = sample(&a, i % CLASSES, &seed);

		assert_int_equal(best_of(c, &unseen), i % CLASSES);
	}
	arena_done(&a);
}

static void only_its_own_class_is_claimed(void **state)
{
	struct arena a;
	const struct classifier *c;
	uint64_t seed = 5;
	float scores[8];

	(void)state;
	arena_init(&a);
	c = classify_train(examples_of(&a), CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &a);
	for (uint32_t i = 0; i < 60; i++) {
		struct bag unseen = sample(&a, i % CLASSES, &seed);

		classify_scores(c, &unseen, scores);
		for (uint32_t k = 0; k < CLASSES; k++)
			assert_int_equal(scores[k] > 0, k == i % CLASSES);
	}
	arena_done(&a);
}

static void the_same_examples_give_the_same_numbers(void **state)
{
	struct arena a, b;
	const struct classifier *c, *d;

	(void)state;
	arena_init(&a);
	arena_init(&b);
	c = classify_train(examples_of(&a), CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &a);
	d = classify_train(examples_of(&b), CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &b);
	assert_memory_equal(c->rows, d->rows, FEATURES * c->stride * sizeof *c->rows);
	assert_memory_equal(c->bias, d->bias, c->stride * sizeof *c->bias);
	arena_done(&a);
	arena_done(&b);
}

static float weight_at(const struct bag *bag, uint32_t term)
{
	for (size_t i = 0; i < bag->n; i++)
		if (bag->v[i].term == term)
			return bag->v[i].w;
	return 0;
}

/* The same examples with features [4, 4 + n) in a row, n even and odd: what is written otherwise only
 * is learnt alike. */
static void some_features_may_be_dense(void **state)
{
	(void)state;
	for (uint32_t n = 3; n <= 4; n++) {
		const uint32_t first = 4;
		struct arena a;
		const struct classifier *c, *d;
		struct example *sparse, *dense;

		arena_init(&a);
		sparse = examples_of(&a);
		dense = arena_array(&a, CLASSES * PER_CLASS, sizeof *dense);
		for (size_t i = 0; i < CLASSES * PER_CLASS; i++) {
			struct bag all = sparse[i].features;
			float *row = arena_array(&a, n, sizeof *row);
			size_t before = 0, behind;

			while (before < all.n && all.v[before].term < first)
				before++;
			for (behind = before; behind < all.n && all.v[behind].term < first + n;)
				behind++;
			for (uint32_t k = 0; k < n; k++)
				row[k] = weight_at(&all, first + k);
			dense[i] = (struct example){.features = {all.v, before},
						    .class = sparse[i].class,
						    .dense_first = first,
						    .dense_n = n,
						    .dense = row,
						    .more = {all.v + behind, all.n - behind}};
		}
		c = classify_train(sparse, CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &a);
		d = classify_train(dense, CLASSES * PER_CLASS, FEATURES, CLASSES, 1, &a);
		for (size_t i = 0; i < FEATURES * c->stride; i++)
			assert_float_equal(c->rows[i], d->rows[i], 1e-3F);
		arena_done(&a);
	}
}

static void a_class_without_examples_is_never_claimed(void **state)
{
	struct arena a;
	const struct classifier *c;
	float scores[8];
	struct weight one[] = {{0, 1}};
	struct bag bag = {one, 1};

	(void)state;
	arena_init(&a);
	c = classify_train(examples_of(&a), CLASSES * PER_CLASS, FEATURES, CLASSES + 1, 1, &a);
	classify_scores(c, &bag, scores);
	for (size_t i = 0; i < CLASSES; i++)
		assert_true(scores[CLASSES] < scores[i]);
	arena_done(&a);
}

static void bags_are_sums(void **state)
{
	struct weight v[] = {{5, 1}, {2, 0.5f}, {5, 2}, {1, -1}};
	struct weight w[] = {{5, 2}, {9, 4}};
	struct weight spare[4];
	struct bag a = bag_sum(v, spare, 4);
	struct bag b = bag_sum(w, spare, 2);
	struct bag nothing = {NULL, 0};

	(void)state;
	assert_int_equal(a.n, 3);
	assert_int_equal(a.v[0].term, 1);
	assert_int_equal(a.v[2].term, 5);
	assert_true(fabsf(a.v[2].w - 3) < 1e-6f);
	assert_true(fabsf(bag_dot(&a, &b) - 6) < 1e-6f);
	assert_true(bag_dot(&a, &nothing) == 0);
	bag_normalise(&b);
	assert_true(fabsf(bag_dot(&b, &b) - 1) < 1e-6f);
	bag_normalise(&nothing);
}

/* Of every number of them up to three hundred: sorted, and in the order they came where terms are equal;
 * of few terms, of many, and of such as have all their bytes or the highest alone. */
static void weights_are_sorted(void **state)
{
	static const uint32_t kinds[][2] = {{30, 1}, {100000, 1}, {70000, 61356}, {200, 1u << 24}};
	struct weight v[300], spare[300];
	uint64_t seed = 3;

	(void)state;
	for (size_t n = 0; n <= 300; n++) {
		const uint32_t *kind = kinds[n % 4];
		const struct weight *sorted;

		for (size_t i = 0; i < n; i++)
			v[i] = (struct weight){chance(&seed, kind[0]) * kind[1], (float)i};
		sorted = weights_sort(v, spare, n);
		for (size_t i = 1; i < n; i++)
			assert_true(sorted[i - 1].term < sorted[i].term ||
				    (sorted[i - 1].term == sorted[i].term &&
				     sorted[i - 1].w < sorted[i].w));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_are_told_apart),
		cmocka_unit_test(only_its_own_class_is_claimed),
		cmocka_unit_test(the_same_examples_give_the_same_numbers),
		cmocka_unit_test(some_features_may_be_dense),
		cmocka_unit_test(a_class_without_examples_is_never_claimed),
		cmocka_unit_test(bags_are_sums),
		cmocka_unit_test(weights_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
