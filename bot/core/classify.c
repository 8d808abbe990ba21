#include "core/classify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 12
#define GAP_ENOUGH 0.1f /* spread of the projected gradients at which a class is done */
#define NEVER (-4.0f)	/* the margin of a class without examples */
#define LANES 8

/* One class against the rest. */
struct problem {
	const struct example *examples;
	size_t n;
	uint32_t class;
	float diagonal;	     /* D_ii */
	const float *square; /* by example: Q_ii */
	float *alpha;	     /* by example */
	float *w;	     /* by feature; the last one is the bias */
	size_t bias;
};

static float margin(const struct problem *p, const struct bag *x)
{
	float sum = p->w[p->bias];

	for (size_t i = 0; i < x->n; i++)
		sum += p->w[x->v[i].term] * x->v[i].w;
	return sum;
}

static void step(struct problem *p, const struct bag *x, float by)
{
	for (size_t i = 0; i < x->n; i++)
		p->w[x->v[i].term] += by * x->v[i].w;
	p->w[p->bias] += by;
}

/* One pass over the examples in the order given; the spread of the projected gradients. */
static float round_run(struct problem *p, const uint32_t *order)
{
	float highest = -INFINITY;
	float lowest = INFINITY;

	for (size_t k = 0; k < p->n; k++) {
		size_t i = order[k];
		const struct bag *x = &p->examples[i].features;
		float y = p->examples[i].class == p->class ? 1.0f : -1.0f;
		float g = y * margin(p, x) - 1 + p->diagonal * p->alpha[i];
		float projected = p->alpha[i] == 0 ? fminf(g, 0) : g;
		float before = p->alpha[i];

		highest = fmaxf(highest, projected);
		lowest = fminf(lowest, projected);
		if (fabsf(projected) < 1e-12f)
			continue;
		p->alpha[i] = fmaxf(before - g / p->square[i], 0);
		step(p, x, (p->alpha[i] - before) * y);
	}
	return highest - lowest;
}

/* Fisher and Yates, by a 64 bit linear congruence (Knuth's MMIX constants). */
static void shuffle(uint32_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t k;
		uint32_t kept;

		*state = *state * 6364136223846793005u + 1442695040888963407u;
		k = (size_t)((*state >> 33) % i);
		kept = order[i - 1];
		order[i - 1] = order[k];
		order[k] = kept;
	}
}

static bool has_examples(const struct problem *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->examples[i].class == p->class)
			return true;
	return false;
}

static void problem_solve(struct problem *p, uint32_t *order, struct classifier *out)
{
	uint64_t state = 1 + p->class;

	if (!has_examples(p)) {
		out->bias[p->class] = NEVER;
		return;
	}
	memset(p->alpha, 0, p->n * sizeof *p->alpha);
	memset(p->w, 0, (p->bias + 1) * sizeof *p->w);
	for (int r = 0; r < ROUNDS_MAX; r++) {
		shuffle(order, p->n, &state);
		if (round_run(p, order) < GAP_ENOUGH)
			break;
	}
	for (size_t f = 0; f < out->features_n; f++)
		out->rows[f * out->stride + p->class] = p->w[f];
	out->bias[p->class] = p->w[p->bias];
}

const struct classifier *classify_train(const struct example *examples, size_t n, size_t features_n,
					size_t classes_n, float cost, struct arena *arena)
{
	struct classifier *out = arena_new(arena, struct classifier);
	struct problem p = {.examples = examples, .n = n, .bias = features_n};
	float *square;
	uint32_t *order;
	struct arena work;

	arena_init(&work);
	*out = (struct classifier){.features_n = features_n,
				   .classes_n = classes_n,
				   .stride = (classes_n + LANES - 1) / LANES * LANES};
	out->rows = arena_array(arena, features_n * out->stride, sizeof *out->rows);
	out->bias = arena_array(arena, out->stride, sizeof *out->bias);
	square = arena_array(&work, n + 1, sizeof *square);
	order = arena_array(&work, n + 1, sizeof *order);
	p.alpha = arena_array(&work, n + 1, sizeof *p.alpha);
	p.w = arena_array(&work, features_n + 1, sizeof *p.w);
	p.diagonal = 0.5f / cost;
	p.square = square;
	for (size_t i = 0; i < n; i++) {
		order[i] = (uint32_t)i;
		square[i] = 1 + p.diagonal;
		for (size_t k = 0; k < examples[i].features.n; k++)
			square[i] += examples[i].features.v[k].w * examples[i].features.v[k].w;
	}
	for (size_t c = 0; c < classes_n; c++) {
		p.class = (uint32_t)c;
		problem_solve(&p, order, out);
	}
	arena_done(&work);
	return out;
}

void classify_scores(const struct classifier *classifier, const struct bag *features, float *out)
{
	memcpy(out, classifier->bias, classifier->stride * sizeof *out);
	for (size_t i = 0; i < features->n; i++) {
		const float *row = classifier->rows + features->v[i].term * classifier->stride;
		float w = features->v[i].w;

		for (size_t c = 0; c < classifier->stride; c++)
			out[c] += w * row[c];
	}
}
