#include "core/classify.h"

#include <math.h>
#include <string.h>

#define ROUNDS_MAX 20
#define MOVE_ENOUGH 0.05f /* largest change of a round at which a group is done */
#define MOVE_LEAST 0.003f /* a smaller change is not made, ... */
#define REST_ROUNDS 2	  /* ... and the example is left alone for some rounds */
#define NEVER (-4.0f)	  /* the margin of a class without examples */
#define LANES 8		  /* classes that are trained side by side */
#define AHEAD ((size_t)4) /* examples that the memory is asked for in advance */
#define LINE_WEIGHTS 8	  /* in a line of the cache */
#define LINE_FLOATS 16

/* Four numbers that every machine we run on adds and multiplies at once. */
typedef float four __attribute__((vector_size(16)));

/* The numbers of LANES classes. */
struct lanes {
	four low, high;
};

/* LANES classes, each against the rest: what an example weighs is read once for all of them. */
struct group {
	const struct example *examples;
	size_t n;
	size_t first;	      /* class of lane 0 */
	float diagonal;	      /* D_ii */
	const float *inverse; /* by example: 1 / Q_ii */
	float *alpha;	      /* by example, then by lane */
	unsigned char *rests; /* by example: rounds in which it is not looked at */
	struct lanes *w;      /* by feature; the last one is the bias */
	size_t bias;
	bool lives[LANES]; /* has examples */
};

/* Two sums in turn, as each addition waits for the one before it. */
struct sums {
	struct lanes even, odd;
};

static inline void lanes_add(struct lanes *sum, const struct lanes *w, float by)
{
	sum->low += w->low * by;
	sum->high += w->high * by;
}

static inline struct sums sums_swapped(struct sums s)
{
	return (struct sums){s.odd, s.even};
}

/* Goes on with the sums where a block ended: behind an odd number of features they are swapped. */
static inline struct sums sparse_add(struct sums s, const struct lanes *w, const struct bag *x)
{
	size_t i = 0;

	for (; i + 1 < x->n; i += 2) {
		lanes_add(&s.even, &w[x->v[i].term], x->v[i].w);
		lanes_add(&s.odd, &w[x->v[i + 1].term], x->v[i + 1].w);
	}
	if (i == x->n)
		return s;
	lanes_add(&s.even, &w[x->v[i].term], x->v[i].w);
	return sums_swapped(s);
}

static inline struct sums dense_add(struct sums s, const struct lanes *w, const float *x, size_t n)
{
	size_t i = 0;

	for (; i + 1 < n; i += 2) {
		lanes_add(&s.even, &w[i], x[i]);
		lanes_add(&s.odd, &w[i + 1], x[i + 1]);
	}
	if (i == n)
		return s;
	lanes_add(&s.even, &w[i], x[i]);
	return sums_swapped(s);
}

static struct lanes margins_of(const struct lanes *w, const struct lanes *bias,
			       const struct example *x)
{
	struct sums s = {*bias, {{0}, {0}}};

	s = sparse_add(s, w, &x->features);
	s = dense_add(s, w + x->dense_first, x->dense, x->dense_n);
	s = sparse_add(s, w, &x->more);
	s.even.low += s.odd.low;
	s.even.high += s.odd.high;
	return s.even;
}

static void sparse_move(struct lanes *w, const struct bag *x, const struct lanes *by)
{
	struct lanes s = *by;

	for (size_t i = 0; i < x->n; i++)
		lanes_add(&w[x->v[i].term], &s, x->v[i].w);
}

static void step(struct group *g, const struct example *x, const float *by)
{
	struct lanes s;

	memcpy(&s, by, sizeof s);
	sparse_move(g->w, &x->features, &s);
	for (size_t i = 0; i < x->dense_n; i++)
		lanes_add(&g->w[x->dense_first + i], &s, x->dense[i]);
	sparse_move(g->w, &x->more, &s);
	g->w[g->bias].low += s.low;
	g->w[g->bias].high += s.high;
}

/* Improves the multipliers of one example, and with them `w`. Gives the largest change of a
 * multiplier that would bring its class nearer to the best; one below MOVE_LEAST is not made. */
static float example_improve(struct group *g, size_t i)
{
	const struct example *example = &g->examples[i];
	struct lanes margins = margins_of(g->w, &g->w[g->bias], example);
	float *alpha = g->alpha + i * LANES;
	float m[LANES], by[LANES];
	float largest = 0;

	memcpy(m, &margins, sizeof m);
	for (size_t lane = 0; lane < LANES; lane++) {
		float y = g->first + lane == example->class ? 1.0f : -1.0f;
		float gradient = y * m[lane] - 1 + g->diagonal * alpha[lane];
		float next = alpha[lane] - gradient * g->inverse[i];

		next = next > 0 ? next : 0;
		by[lane] = next - alpha[lane];
		largest = by[lane] > largest ? by[lane] : largest;
		largest = -by[lane] > largest ? -by[lane] : largest;
	}
	if (largest < MOVE_LEAST)
		return largest;
	for (size_t lane = 0; lane < LANES; lane++) {
		alpha[lane] += by[lane];
		by[lane] = g->first + lane == example->class ? by[lane] : -by[lane];
	}
	step(g, example, by);
	return largest;
}

/* Asks the memory for an example that is soon looked at: examples lie far apart in the order of a
 * round, and waiting for them would take a third of the time. */
static void example_fetch(const struct example *example)
{
	for (size_t i = 0; i < example->features.n; i += LINE_WEIGHTS)
		__builtin_prefetch(&example->features.v[i]);
	for (size_t i = 0; i < example->dense_n; i += LINE_FLOATS)
		__builtin_prefetch(&example->dense[i]);
	for (size_t i = 0; i < example->more.n; i += LINE_WEIGHTS)
		__builtin_prefetch(&example->more.v[i]);
}

/* One pass over the examples in the order given, but for those that rest. Gives the largest change. */
static float round_run(struct group *g, const uint32_t *order)
{
	float largest = 0;

	for (size_t k = 0; k < g->n; k++) {
		float change;

		if (k + 2 * AHEAD < g->n)
			__builtin_prefetch(&g->examples[order[k + 2 * AHEAD]]);
		if (k + AHEAD < g->n && !g->rests[order[k + AHEAD]])
			example_fetch(&g->examples[order[k + AHEAD]]);
		if (g->rests[order[k]]) {
			g->rests[order[k]]--;
			continue;
		}
		change = example_improve(g, order[k]);
		if (change < MOVE_LEAST)
			g->rests[order[k]] = REST_ROUNDS;
		largest = change > largest ? change : largest;
	}
	return largest;
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

static void group_keep(const struct group *g, struct classifier *out)
{
	for (size_t lane = 0; lane < LANES; lane++) {
		size_t class = g->first + lane;

		if (!g->lives[lane]) {
			out->bias[class] = NEVER;
			continue;
		}
		for (size_t f = 0; f < out->features_n; f++)
			memcpy(&out->rows[f * out->stride + class],
			       (const char *)&g->w[f] + lane * sizeof(float), sizeof(float));
		memcpy(&out->bias[class], (const char *)&g->w[g->bias] + lane * sizeof(float),
		       sizeof(float));
	}
}

static void group_train(struct group *g, uint32_t *order, struct classifier *out)
{
	uint64_t state = 1 + g->first;

	memset(g->lives, 0, sizeof g->lives);
	for (size_t i = 0; i < g->n; i++)
		if (g->examples[i].class - g->first < LANES)
			g->lives[g->examples[i].class - g->first] = true;
	memset(g->alpha, 0, g->n * LANES * sizeof *g->alpha);
	memset(g->rests, 0, g->n);
	memset(g->w, 0, (g->bias + 1) * sizeof *g->w);
	for (int r = 0; r < ROUNDS_MAX; r++) {
		shuffle(order, g->n, &state);
		if (round_run(g, order) < MOVE_ENOUGH)
			break;
	}
	group_keep(g, out);
}

static float bag_length2(const struct bag *x, float from)
{
	for (size_t k = 0; k < x->n; k++)
		from += x->v[k].w * x->v[k].w;
	return from;
}

static float length2(const struct example *x, float from)
{
	from = bag_length2(&x->features, from);
	for (size_t k = 0; k < x->dense_n; k++)
		from += x->dense[k] * x->dense[k];
	return bag_length2(&x->more, from);
}

const struct classifier *classify_train(const struct example *examples, size_t n, size_t features_n,
					size_t classes_n, float cost, struct arena *arena)
{
	struct classifier *out = arena_new(arena, struct classifier);
	struct group g = {.examples = examples, .n = n, .bias = features_n};
	float *inverse;
	uint32_t *order;
	struct arena work;

	arena_init(&work);
	*out = (struct classifier){.features_n = features_n,
				   .classes_n = classes_n,
				   .stride = (classes_n + LANES - 1) / LANES * LANES};
	out->rows = arena_array(arena, features_n * out->stride, sizeof *out->rows);
	out->bias = arena_array(arena, out->stride, sizeof *out->bias);
	inverse = arena_array(&work, n + 1, sizeof *inverse);
	order = arena_array(&work, n + 1, sizeof *order);
	g.alpha = arena_array(&work, n + 1, LANES * sizeof *g.alpha);
	g.rests = arena_array(&work, n + 1, sizeof *g.rests);
	g.w = arena_array(&work, features_n + 1, sizeof *g.w);
	g.diagonal = 0.5f / cost;
	g.inverse = inverse;
	for (size_t i = 0; i < n; i++) {
		order[i] = (uint32_t)i;
		inverse[i] = 1 / length2(&examples[i], 1 + g.diagonal);
	}
	for (g.first = 0; g.first < classes_n; g.first += LANES)
		group_train(&g, order, out);
	arena_done(&work);
	return out;
}

/* Class by class LANES at a time: their sums stay in registers while the features go by. */
void classify_add(const struct classifier *classifier, const struct bag *features, float *out)
{
	for (size_t c = 0; c < classifier->stride; c += LANES) {
		const float *rows = classifier->rows + c;
		struct lanes sum;

		memcpy(&sum, out + c, sizeof sum);
		for (size_t i = 0; i < features->n; i++) {
			struct lanes row;

			memcpy(&row, rows + features->v[i].term * classifier->stride, sizeof row);
			lanes_add(&sum, &row, features->v[i].w);
		}
		memcpy(out + c, &sum, sizeof sum);
	}
}

void classify_scores(const struct classifier *classifier, const struct bag *features, float *out)
{
	memcpy(out, classifier->bias, classifier->stride * sizeof *out);
	classify_add(classifier, features, out);
}
