/* snippets.h: snippets_teach. */
#include <string.h>

#include "core/snippets.h"

/* A sign stands in a snippet that sounds at least so bad. */
#define SIGN_LEAST 0.1f
/* Of an ordinary text so many are learnt. */
#define ORDINARY_SNIPPETS 2
/* Most snippets are like none of those that are learnt: a low cost keeps the weights even. */
#define COST 0.2f

enum { CLASS_SIGN, CLASS_OTHER, CLASSES_N };

struct teaching {
	struct snippets snippets; /* while it is taught, the lane's ear stands for both */
	const struct lexicon *lexicon;
	struct example *v;
	size_t n, cap;
	struct arena scratch, turn;
};

/* The features in as little room as they need: there are tens of thousands of them. */
static struct example example_of(struct teaching *t, const struct words *words, size_t from,
				 size_t to)
{
	const struct features *features = t->snippets.features;
	struct bag all = features_of(features, words, from, to, &t->turn);
	size_t terms = all.n - VECTOR_DIMENSIONS;
	struct example one = {.features = {arena_array(&t->scratch, terms, sizeof *all.v), terms},
			      .dense_first = (uint32_t)features->terms_n,
			      .dense_n = VECTOR_DIMENSIONS};
	float *dense = arena_array(&t->scratch, VECTOR_DIMENSIONS, sizeof *dense);

	memcpy(one.features.v, all.v, terms * sizeof *all.v);
	for (size_t i = 0; i < VECTOR_DIMENSIONS; i++)
		dense[i] = all.v[terms + i].w;
	one.dense = dense;
	arena_reset(&t->turn);
	return one;
}

static void example_add(struct teaching *t, const struct words *words, size_t from, size_t to,
			uint32_t class)
{
	struct example one;

	if (to - from < SNIPPET_WORDS_LEAST)
		return;
	one = example_of(t, words, from, to);
	one.class = class;
	t->v = arena_grow(&t->scratch, t->v, &t->n, &t->cap, sizeof *t->v);
	t->v[t->n - 1] = one;
}

/* The snippets of a text that sound worst to the lane's ear, the worst first. */
struct worst {
	struct snippet v[ORDINARY_SNIPPETS];
	size_t n, max;
};

static void worst_meet(void *self, const struct snippet *snippet)
{
	struct worst *worst = self;
	size_t at = worst->n < worst->max ? worst->n++ : worst->max;

	for (; at > 0 && worst->v[at - 1].margins[EAR_LANE] < snippet->margins[EAR_LANE]; at--)
		if (at < worst->max)
			worst->v[at] = worst->v[at - 1];
	if (at < worst->max)
		worst->v[at] = *snippet;
}

static struct worst worst_find(struct teaching *t, const struct words *words, size_t max)
{
	struct worst worst = {.max = max};
	struct snippet_listener listener = {worst_meet, &worst};

	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t first = words->sentences[i].first;

		snippets_each(&t->snippets, t->lexicon, words, first,
			      first + words->sentences[i].count, NULL, &listener, &t->turn);
		arena_reset(&t->turn);
	}
	return worst;
}

static void text_read(struct teaching *t, const struct snippet_text *text)
{
	const struct words *words = text->words;
	bool is_sign = text->kind == SNIPPETS_SIGN;
	struct worst worst;

	if (text->kind != SNIPPETS_ORDINARY)
		example_add(t, words, 0, words->n, is_sign ? CLASS_SIGN : CLASS_OTHER);
	if (text->kind == SNIPPETS_ALIKE)
		return;
	worst = worst_find(t, words, is_sign ? 1 : ORDINARY_SNIPPETS);
	for (size_t i = 0; i < worst.n; i++)
		if (!is_sign || worst.v[i].margins[EAR_LANE] >= SIGN_LEAST)
			example_add(t, words, worst.v[i].from, worst.v[i].to,
				    is_sign ? CLASS_SIGN : CLASS_OTHER);
}

struct snippets snippets_teach(const struct features *features, const struct classifier *lane,
			       size_t none, const struct lexicon *lexicon,
			       const struct snippet_text *texts, size_t n, struct arena *arena)
{
	struct teaching t = {.snippets = {.features = features}, .lexicon = lexicon};
	const struct classifier *classifier;

	t.snippets.ears[EAR_LANE] = snippet_weights_of(features, lane, none, -1, arena);
	t.snippets.ears[EAR_SNIPPETS] = t.snippets.ears[EAR_LANE];
	arena_init(&t.scratch);
	arena_init(&t.turn);
	for (size_t i = 0; i < n; i++)
		text_read(&t, &texts[i]);
	classifier =
		classify_train(t.v, t.n, features_count(features), CLASSES_N, COST, &t.scratch);
	t.snippets.ears[EAR_SNIPPETS] =
		snippet_weights_of(features, classifier, CLASS_SIGN, 1, arena);
	arena_done(&t.turn);
	arena_done(&t.scratch);
	return t.snippets;
}
