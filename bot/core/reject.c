#include "core/reject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/logistic.h"

#define COST 1
#define TEMPERATURE 0.12
#define HELD_OUT 4 /* every fourth example of a class is not trained on, but judged */
#define NEAREST 3
#define RIDGE 1

/* A classifier with its examples at hand. */
struct reject_model {
	const struct features *features;
	const struct classifier *classifier;
	struct bag *examples; /* by class */
	float *inverse;	      /* by example: 1 / its length */
	size_t *starts;	      /* by class: its first example; classes_n + 1 of them */
	unsigned char *holds; /* by class, then by number of a word or pair, a bit each */
	size_t holds_bytes;   /* of one class */
};

/* What is still to be told from what, and what came of it. */
struct calibration {
	const struct taught *taught;
	const size_t *rank; /* by text: how many of its class come before it */
	double *rows;
	bool *labels;
	double *weights;
	size_t n;
};

/* --- the model ---------------------------------------------------------------------------- */

static void examples_sort(struct reject_model *m, const struct example *examples, size_t n,
			  size_t classes_n, struct arena *arena)
{
	size_t *next = arena_array(arena, classes_n + 1, sizeof *next);

	m->examples = arena_array(arena, n + 1, sizeof *m->examples);
	m->inverse = arena_array(arena, n + 1, sizeof *m->inverse);
	m->starts = arena_array(arena, classes_n + 2, sizeof *m->starts);
	for (size_t i = 0; i < n; i++)
		m->starts[examples[i].class + 1]++;
	for (size_t c = 0; c < classes_n; c++)
		m->starts[c + 1] += m->starts[c];
	memcpy(next, m->starts, classes_n * sizeof *next);
	for (size_t i = 0; i < n; i++) {
		const struct bag *bag = &examples[i].features;
		size_t at = next[examples[i].class]++;
		float length2 = bag_dot(bag, bag);

		m->examples[at] = *bag;
		m->inverse[at] = length2 > 0 ? 1 / sqrtf(length2) : 0;
	}
}

static void holds_mark(struct reject_model *m, size_t classes_n, struct arena *arena)
{
	m->holds_bytes = m->features->words_n / 8 + 1;
	m->holds = arena_array(arena, classes_n + 1, m->holds_bytes);
	for (size_t c = 0; c < classes_n; c++)
		for (size_t i = m->starts[c]; i < m->starts[c + 1]; i++) {
			const struct bag *bag = &m->examples[i];

			for (size_t k = 0; k < bag->n && bag->v[k].term < m->features->words_n; k++)
				m->holds[c * m->holds_bytes + bag->v[k].term / 8] |=
					(unsigned char)(1u << bag->v[k].term % 8);
		}
}

static const struct reject_model *model_new(const struct taught *taught, struct arena *arena)
{
	struct reject_model *m = arena_new(arena, struct reject_model);
	struct example *examples = arena_array(arena, taught->n + 1, sizeof *examples);

	m->features = features_new(taught->texts, taught->n, taught->vectors, arena, NULL, NULL);
	for (size_t i = 0; i < taught->n; i++)
		examples[i] =
			(struct example){.features = features_of(m->features, &taught->texts[i], 0,
								 taught->texts[i].n, arena),
					 .class = taught->classes[i]};
	m->classifier = classify_train(examples, taught->n, features_count(m->features),
				       taught->classes_n, COST, arena);
	examples_sort(m, examples, taught->n, taught->classes_n, arena);
	holds_mark(m, taught->classes_n, arena);
	return m;
}

/* --- signals ------------------------------------------------------------------------------ */

/* The mean over the NEAREST most alike examples of the class, or over all when there are fewer. */
static double nearest_cosine(const struct reject_model *m, const struct bag *bag, size_t class)
{
	float highest[NEAREST] = {0};
	float length2 = bag_dot(bag, bag);
	size_t n = m->starts[class + 1] - m->starts[class];
	double sum = 0;

	for (size_t i = m->starts[class]; i < m->starts[class + 1]; i++) {
		float cosine = bag_dot(bag, &m->examples[i]) * m->inverse[i];

		for (size_t k = 0; k < NEAREST; k++) {
			float kept = highest[k];

			if (cosine <= kept)
				continue;
			highest[k] = cosine;
			cosine = kept;
		}
	}
	n = n < NEAREST ? n : NEAREST;
	for (size_t k = 0; k < n; k++)
		sum += highest[k];
	return n && length2 > 0 ? sum / (double)n / (double)sqrtf(length2) : 0;
}

/* The share of the weights of words and pairs that the class's examples hold. */
static double held_share(const struct reject_model *m, const struct bag *bag, size_t class)
{
	const unsigned char *holds = m->holds + class * m->holds_bytes;
	double held = 0;
	double all = 0;

	for (size_t k = 0; k < bag->n && bag->v[k].term < m->features->words_n; k++) {
		all += bag->v[k].w;
		if (holds[bag->v[k].term / 8] >> bag->v[k].term % 8 & 1)
			held += bag->v[k].w;
	}
	return all > 0 ? held / all : 0;
}

/* Writes the signals; gives the best class and its margin. */
static struct verdict signals_read(const struct reject_model *m, const struct words *words,
				   size_t from, size_t to, double *signals, struct arena *turn)
{
	struct bag bag = features_of(m->features, words, from, to, turn);
	float *margins = arena_array(turn, m->classifier->stride + 1, sizeof *margins);
	size_t classes_n = m->classifier->classes_n;
	size_t best = 0;
	double sum = 0;

	classify_scores(m->classifier, &bag, margins);
	for (size_t c = 1; c < classes_n; c++)
		if (margins[c] > margins[best])
			best = c;
	for (size_t c = 0; c < classes_n; c++)
		sum += exp((margins[c] - margins[best]) / TEMPERATURE);
	signals[0] = -log(sum);
	signals[1] = margins[best];
	signals[2] = nearest_cosine(m, &bag, best);
	signals[3] = features_known(m->features, words, from, to);
	signals[4] = held_share(m, &bag, best);
	return (struct verdict){.class = (uint32_t)best, .margin = margins[best]};
}

/* --- calibration -------------------------------------------------------------------------- */

enum part { TRAINED, IN_SCOPE, OUT_OF_SCOPE };

static enum part part_of(const struct calibration *c, size_t text, size_t group)
{
	if (c->taught->classes[text] % REJECT_GROUPS == group)
		return OUT_OF_SCOPE;
	return c->rank[text] % HELD_OUT == HELD_OUT - 1 ? IN_SCOPE : TRAINED;
}

/* Trains without one group of classes, and judges what was left out. */
static void group_judge(struct calibration *c, size_t group)
{
	const struct taught *all = c->taught;
	struct taught part = {.classes_n = all->classes_n, .vectors = all->vectors};
	const struct reject_model *model;
	struct words *texts;
	uint32_t *classes;
	struct arena work, turn;

	arena_init(&work);
	arena_init(&turn);
	texts = arena_array(&work, all->n + 1, sizeof *texts);
	classes = arena_array(&work, all->n + 1, sizeof *classes);
	for (size_t i = 0; i < all->n; i++)
		if (part_of(c, i, group) == TRAINED) {
			texts[part.n] = all->texts[i];
			classes[part.n++] = all->classes[i];
		}
	part.texts = texts;
	part.classes = classes;
	model = model_new(&part, &work);
	for (size_t i = 0; i < all->n; i++) {
		if (part_of(c, i, group) == TRAINED)
			continue;
		signals_read(model, &all->texts[i], 0, all->texts[i].n,
			     c->rows + c->n * REJECT_SIGNALS, &turn);
		c->labels[c->n++] = part_of(c, i, group) == IN_SCOPE;
		arena_reset(&turn);
	}
	arena_done(&turn);
	arena_done(&work);
}

/* Those in scope count as much as those out of scope. */
static void weights_set(struct calibration *c)
{
	size_t in_scope = 0;

	for (size_t i = 0; i < c->n; i++)
		in_scope += c->labels[i];
	for (size_t i = 0; i < c->n; i++)
		c->weights[i] =
			(double)c->n / 2 / (double)(c->labels[i] ? in_scope : c->n - in_scope);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What the share `keep` of the cases in scope reaches. */
static double threshold_of(const struct calibration *c, const double *coefficients, double keep,
			   struct arena *work)
{
	double *reached = arena_array(work, c->n, sizeof *reached);
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->labels[i])
			reached[n++] = logistic_predict(coefficients, c->rows + i * REJECT_SIGNALS,
							REJECT_SIGNALS);
	qsort(reached, n, sizeof *reached, compare_doubles);
	return reached[(size_t)floor((1 - keep) * (double)(n - 1))];
}

static bool taught_is_enough(const struct calibration *c, size_t *rank, struct arena *work,
			     struct err *err)
{
	size_t *examples = arena_array(work, c->taught->classes_n + 1, sizeof *examples);
	size_t classes = 0;
	bool held_out = false;

	for (size_t i = 0; i < c->taught->n; i++) {
		rank[i] = examples[c->taught->classes[i]]++;
		classes += rank[i] == 0;
		held_out = held_out || rank[i] == HELD_OUT - 1;
	}
	if (classes < REJECT_GROUPS)
		return err_set(err, ERR_INPUT,
			       "%zu intents with examples are too few to learn what to refuse; it "
			       "takes %d",
			       classes, REJECT_GROUPS);
	if (!held_out)
		return err_set(err, ERR_INPUT,
			       "no intent has %d examples, which it takes to learn what to refuse",
			       HELD_OUT);
	return true;
}

static bool calibrate(struct calibration *c, double keep, struct arena *work, struct rejector *out,
		      struct err *err)
{
	size_t most = c->taught->n * REJECT_GROUPS;
	struct logistic_cases cases = {.signals_n = REJECT_SIGNALS};

	c->rows = arena_array(work, most, REJECT_SIGNALS * sizeof *c->rows);
	c->labels = arena_array(work, most, sizeof *c->labels);
	c->weights = arena_array(work, most, sizeof *c->weights);
	for (size_t group = 0; group < REJECT_GROUPS; group++)
		group_judge(c, group);
	weights_set(c);
	cases.rows = c->rows;
	cases.labels = c->labels;
	cases.weights = c->weights;
	cases.n = c->n;
	if (!logistic_fit(&cases, RIDGE, out->coefficients, err))
		return false;
	out->threshold = threshold_of(c, out->coefficients, keep, work);
	return true;
}

bool reject_learn(const struct taught *taught, double keep, struct arena *arena,
		  struct rejector *out, struct err *err)
{
	struct calibration c = {.taught = taught};
	struct rejector learnt = {0};
	struct arena work;
	size_t *rank;
	bool ok;

	if (!(keep >= 0 && keep <= 1))
		return err_set(err, ERR_INPUT, "a share of %g to keep is not between 0 and 1",
			       keep);
	arena_init(&work);
	rank = arena_array(&work, taught->n + 1, sizeof *rank);
	c.rank = rank;
	ok = taught_is_enough(&c, rank, &work, err) && calibrate(&c, keep, &work, &learnt, err);
	arena_done(&work);
	if (!ok)
		return false;
	learnt.model = model_new(taught, arena);
	*out = learnt;
	return true;
}

struct verdict reject_judge(const struct rejector *rejector, const struct words *words, size_t from,
			    size_t to, struct arena *turn)
{
	double signals[REJECT_SIGNALS];
	struct verdict verdict = signals_read(rejector->model, words, from, to, signals, turn);

	verdict.in_scope = logistic_predict(rejector->coefficients, signals, REJECT_SIGNALS);
	return verdict;
}
