#include "core/snippets.h"

#include <math.h>

#include "core/features_inside.h"

/* What is known of a word, whatever stands around it. */
struct known {
	uint64_t stem;		/* its key */
	float stem_square;	/* of its weight; 0 for a stem that no text has */
	struct weight *letters; /* sorted by number, each with how often by its idf */
	size_t letters_n;
	float letters_square;
	struct vector vector;
	float vector_weight; /* 0 for a word without */
	float vector_mean;   /* product with what all texts share */
	float stem_products[SNIPPET_EARS], letters_products[SNIPPET_EARS];
	float vector_products[SNIPPET_EARS];
	bool topic;
};

/* The sums of a snippet: its products with the weights, and the squares of its lengths. */
struct sums {
	float words[SNIPPET_EARS], letters[SNIPPET_EARS], meaning[SNIPPET_EARS];
	float words_square, letters_square, meaning_square, mean;
	size_t topics;
};

struct search {
	const struct snippets *snippets;
	const struct lexicon *lexicon;
	const struct words *words;
	size_t from, to;
	const struct snippet_edges *edges;
	float mean_square;   /* of what all texts share */
	struct known *known; /* by word from `from` on */
	struct sums *sums;   /* of the snippet from there to where the search stands */
	const struct snippet_listener *listener;
	struct arena *turn;
};

struct snippet_weights snippet_weights_of(const struct features *features,
					  const struct classifier *classifier, size_t class,
					  float factor, struct arena *arena)
{
	struct snippet_weights w = {.bias = factor * classifier->bias[class]};
	const float *rows = classifier->rows + class;

	w.terms = arena_array(arena, features->terms_n, sizeof *w.terms);
	for (size_t i = 0; i < features->terms_n; i++)
		w.terms[i] = factor * rows[i * classifier->stride];
	for (size_t i = 0; i < VECTOR_DIMENSIONS; i++)
		w.meaning.v[i] = factor * rows[(features->terms_n + i) * classifier->stride];
	w.mean = vector_sum_dot(&w.meaning, &features->mean);
	return w;
}

/* --- words -------------------------------------------------------------------------------- */

static void products_add(const struct snippets *s, uint32_t term, float weight,
			 float products[SNIPPET_EARS])
{
	for (size_t ear = 0; ear < SNIPPET_EARS; ear++)
		products[ear] += weight * s->ears[ear].terms[term];
}

static void stem_read(const struct snippets *s, const struct word *word, struct known *out)
{
	const struct feature_slot *slot;

	out->stem = term_of_stem(word->stem);
	slot = feature_slot(s->features, out->stem);
	if (!slot->key)
		return;
	products_add(s, slot->id, slot->idf, out->stem_products);
	out->stem_square = slot->idf * slot->idf;
}

static void letters_read(const struct snippets *s, const struct word *word, struct known *out,
			 struct arena *turn)
{
	uint64_t keys[FEATURES_LETTERS_MAX + 1];
	size_t n = terms_of_letters(word->text, keys);
	struct weight *v = arena_array(turn, 2 * n, sizeof *v);
	size_t known = 0;
	struct bag bag;

	for (size_t i = 0; i < n; i++) {
		const struct feature_slot *slot = feature_slot(s->features, keys[i]);

		if (slot->key)
			v[known++] = (struct weight){slot->id, slot->idf};
	}
	bag = bag_sum(v, v + n, known);
	for (size_t i = 0; i < bag.n; i++) {
		products_add(s, bag.v[i].term, bag.v[i].w, out->letters_products);
		out->letters_square += bag.v[i].w * bag.v[i].w;
	}
	out->letters = bag.v;
	out->letters_n = bag.n;
}

static void vector_known(const struct snippets *s, const struct word *word, struct known *out)
{
	const struct vectors *vectors = s->features->vectors;
	uint32_t row = vectors_find(vectors, word->text);
	struct vector_sum weighted = {{0}};

	if (row == VECTOR_NONE)
		return;
	vector_read(vectors, row, &out->vector);
	out->vector_weight = out->vector.inverse > 0 ? feature_row_weight(vectors, row) : 0;
	vector_sum_add(&weighted, &out->vector, out->vector_weight);
	out->vector_mean = vector_sum_dot(&weighted, &s->features->mean);
	for (size_t ear = 0; ear < SNIPPET_EARS; ear++)
		out->vector_products[ear] = vector_sum_dot(&weighted, &s->ears[ear].meaning);
}

static void known_read(struct search *search)
{
	for (size_t i = search->from; i < search->to; i++) {
		const struct word *word = &search->words->v[i];
		struct known *known = &search->known[i - search->from];

		stem_read(search->snippets, word, known);
		letters_read(search->snippets, word, known, search->turn);
		vector_known(search->snippets, word, known);
		known->topic = !wordset_has(&search->lexicon->topicless, word->text);
	}
}

/* --- pairs of words ----------------------------------------------------------------------- */

static float letters_both(const struct known *a, const struct known *b)
{
	struct bag x = {a->letters, a->letters_n}, y = {b->letters, b->letters_n};

	return bag_dot(&x, &y);
}

static float vectors_both(const struct known *a, const struct known *b)
{
	if (a->vector_weight <= 0 || b->vector_weight <= 0)
		return 0;
	return a->vector_weight * b->vector_weight * vector_cosine(&a->vector, &b->vector);
}

/* What the word at `last` brings into a snippet that has the one at `first` too, beside its own. */
static void pair_add(const struct search *search, size_t first, size_t last, struct sums *sums)
{
	const struct known *a = &search->known[first], *b = &search->known[last];
	const struct features *features = search->snippets->features;
	uint64_t pair = 0;

	sums->letters_square += 2 * letters_both(a, b);
	sums->meaning_square += 2 * vectors_both(a, b);
	if (a->stem == b->stem)
		sums->words_square += 2 * b->stem_square;
	else if (last - first <= FEATURES_NEAR)
		pair = term_of_pair(a->stem, b->stem);
	if (pair) {
		const struct feature_slot *slot = feature_slot(features, pair);

		if (!slot->key)
			return;
		products_add(search->snippets, slot->id, slot->idf, sums->words);
		sums->words_square += slot->idf * slot->idf;
	}
}

/* --- snippets ----------------------------------------------------------------------------- */

static struct sums sums_of(const struct known *known)
{
	struct sums sums = {.words_square = known->stem_square,
			    .letters_square = known->letters_square,
			    .meaning_square = known->vector_weight * known->vector_weight,
			    .mean = known->vector_mean,
			    .topics = known->topic};

	for (size_t ear = 0; ear < SNIPPET_EARS; ear++) {
		sums.words[ear] = known->stem_products[ear];
		sums.letters[ear] = known->letters_products[ear];
		sums.meaning[ear] = known->vector_products[ear];
	}
	return sums;
}

static void sums_add(struct sums *sums, const struct sums *other)
{
	for (size_t ear = 0; ear < SNIPPET_EARS; ear++) {
		sums->words[ear] += other->words[ear];
		sums->letters[ear] += other->letters[ear];
		sums->meaning[ear] += other->meaning[ear];
	}
	sums->words_square += other->words_square;
	sums->letters_square += other->letters_square;
	sums->meaning_square += other->meaning_square;
	sums->mean += other->mean;
	sums->topics += other->topics;
}

static float inverse_root(float square)
{
	return square > 0 ? 1 / sqrtf(square) : 0;
}

/* The direction of the words is d; with m what all texts share, d - m is what counts (features.h). */
static void margins_of(const struct search *search, const struct sums *sums,
		       float margins[SNIPPET_EARS])
{
	float words = inverse_root(sums->words_square);
	float letters = FEATURES_LETTERS_WEIGHT * inverse_root(sums->letters_square);
	float d = inverse_root(sums->meaning_square);
	float d_square = d > 0 ? 1 : 0;
	float turned = inverse_root(d_square - 2 * sums->mean * d + search->mean_square);

	for (size_t ear = 0; ear < SNIPPET_EARS; ear++) {
		const struct snippet_weights *w = &search->snippets->ears[ear];

		margins[ear] = w->bias + sums->words[ear] * words + sums->letters[ear] * letters +
			       (sums->meaning[ear] * d - w->mean) * turned;
	}
}

enum snippet_kind snippet_kind_of(const struct snippet_edges *edges, const struct snippet *snippet)
{
	unsigned char begins = edges[snippet->from].begins;
	unsigned char ends = edges[snippet->to - 1].ends;

	if (begins == EDGE_IS && ends == EDGE_IS)
		return SNIPPET_STANDS;
	return (begins == EDGE_IS || ends == EDGE_IS) && begins && ends ? SNIPPET_LEANS
									: SNIPPET_TORN;
}

static bool is_barred(const struct search *search, size_t at)
{
	return search->edges && search->edges[search->from + at].barred;
}

/* All that end with the word at `last`. */
static void snippets_end(struct search *search, size_t last)
{
	struct sums brought = sums_of(&search->known[last]);
	size_t first = last + 1 > SNIPPET_WORDS_MOST ? last + 1 - SNIPPET_WORDS_MOST : 0;

	search->sums[last] = brought;
	if (is_barred(search, last))
		return;
	for (size_t at = last; at-- > first && !is_barred(search, at);) {
		struct snippet one = {search->from + at, search->from + last + 1, {0}};

		pair_add(search, at, last, &brought);
		sums_add(&search->sums[at], &brought);
		if (search->sums[at].topics == 0 ||
		    (one.from == search->from && one.to == search->to))
			continue;
		margins_of(search, &search->sums[at], one.margins);
		search->listener->meet(search->listener->self, &one);
	}
}

void snippets_each(const struct snippets *snippets, const struct lexicon *lexicon,
		   const struct words *words, size_t from, size_t to,
		   const struct snippet_edges *edges, const struct snippet_listener *listener,
		   struct arena *turn)
{
	struct search search = {.snippets = snippets,
				.lexicon = lexicon,
				.words = words,
				.from = from,
				.to = to,
				.edges = edges,
				.listener = listener,
				.turn = turn};

	if (!snippets->features || to - from <= SNIPPET_WORDS_LEAST)
		return;
	search.mean_square = vector_sum_dot(&snippets->features->mean, &snippets->features->mean);
	search.known = arena_array(turn, to - from, sizeof *search.known);
	search.sums = arena_array(turn, to - from, sizeof *search.sums);
	known_read(&search);
	for (size_t last = 0; last < to - from; last++)
		snippets_end(&search, last);
}
