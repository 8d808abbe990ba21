/* features.h: features_new. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/features_inside.h"

/* A pair or a run of letters must occur in two texts, and in one more for each TEXTS_MORE texts: what
 * is rare says little, and so their number stays in bounds. */
#define TEXTS_LEAST 2
#define TEXTS_MORE 2048
#define UNKEPT UINT32_MAX

/* A term of any text. Most pairs occur once and are not kept. */
struct counted {
	uint64_t key;
	uint32_t texts; /* it occurs in */
	uint32_t last;	/* of them, from 1 */
};

/* A word of any text, looked up once. */
struct met {
	uint32_t letters, letters_n; /* its terms are [letters, letters + letters_n) of them */
	const struct vector *vector; /* NULL: none */
	float weight;		     /* of the vector in a direction */
};

/* A text as it is known before it is known which terms are kept: counted by their places. */
struct read {
	uint32_t *terms;
	uint32_t n;
	uint32_t text; /* its number, from 1 */
};

struct learning {
	struct features *features;
	struct counted *counted;
	size_t counted_n, counted_cap;
	uint32_t *slots; /* of `counted` by key: place + 1; at most half of them taken */
	size_t slots_n;
	struct textset words;
	struct met *met; /* by number of the word */
	size_t met_n, met_cap;
	uint32_t *letters;
	size_t letters_n, letters_cap;
	uint64_t *stems;	/* of one text */
	struct weight *weights; /* of one text, twice */
	struct arena scratch;
};

/* --- counting ----------------------------------------------------------------------------- */

static uint32_t *slot_of(const struct learning *l, uint64_t key)
{
	size_t slot = (size_t)(key >> 2) & (l->slots_n - 1);

	while (l->slots[slot] && l->counted[l->slots[slot] - 1].key != key)
		slot = (slot + 1) & (l->slots_n - 1);
	return &l->slots[slot];
}

static void slots_grow(struct learning *l)
{
	l->slots_n = l->slots_n ? l->slots_n * 4 : FEATURES_SLOTS_LEAST;
	l->slots = arena_array(&l->scratch, l->slots_n, sizeof *l->slots);
	for (size_t i = 0; i < l->counted_n; i++)
		*slot_of(l, l->counted[i].key) = (uint32_t)i + 1;
}

/* The term's place in `counted`. */
static uint32_t term_number(struct learning *l, uint64_t key)
{
	uint32_t *slot;

	if (2 * l->counted_n >= l->slots_n)
		slots_grow(l);
	slot = slot_of(l, key);
	if (*slot == 0) {
		l->counted = arena_grow(&l->scratch, l->counted, &l->counted_n, &l->counted_cap,
					sizeof *l->counted);
		l->counted[l->counted_n - 1].key = key;
		*slot = (uint32_t)l->counted_n;
	}
	return *slot - 1;
}

/* --- reading ------------------------------------------------------------------------------ */

static struct met met_new(struct learning *l, struct str word)
{
	const struct vectors *vectors = l->features->vectors;
	struct met met = {.letters = (uint32_t)l->letters_n};
	uint32_t row = vectors_find(vectors, word);
	uint64_t keys[FEATURES_LETTERS_MAX];

	met.letters_n = (uint32_t)terms_of_letters(word, keys);
	for (size_t i = 0; i < met.letters_n; i++) {
		l->letters = arena_grow(&l->scratch, l->letters, &l->letters_n, &l->letters_cap,
					sizeof *l->letters);
		l->letters[l->letters_n - 1] = term_number(l, keys[i]);
	}
	if (row != VECTOR_NONE) {
		struct vector *vector = arena_new(&l->scratch, struct vector);

		vector_read(vectors, row, vector);
		met.vector = vector;
		met.weight = feature_row_weight(vectors, row);
	}
	return met;
}

static const struct met *met_of(struct learning *l, struct str word)
{
	size_t known = l->words.n;
	size_t number = textset_add(&l->words, word, &l->scratch);

	if (number == known) {
		struct met met = met_new(l, word);

		l->met = arena_grow(&l->scratch, l->met, &l->met_n, &l->met_cap, sizeof *l->met);
		l->met[number] = met;
	}
	return &l->met[number];
}

static void count(struct learning *l, struct read *read, uint32_t term)
{
	struct counted *counted = &l->counted[term];

	counted->texts += counted->last != read->text;
	counted->last = read->text;
	read->terms[read->n++] = term;
}

static void pairs_count(struct learning *l, struct read *read, const uint64_t *stems, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && k <= i + FEATURES_NEAR; k++) {
			uint64_t key = term_of_pair(stems[i], stems[k]);

			if (key)
				count(l, read, term_number(l, key));
		}
}

static size_t terms_most(const struct words *words)
{
	size_t n = 1;

	for (size_t i = 0; i < words->n; i++)
		n += 1 + FEATURES_NEAR + words->v[i].text.n + 1;
	return n;
}

/* Counts the text's terms and keeps their places in `read`. Gives its direction. */
static struct vector_sum text_read(struct learning *l, const struct words *words, struct read *read)
{
	struct vector_sum direction = {{0}};

	read->terms = arena_array(&l->scratch, terms_most(words), sizeof *read->terms);
	for (size_t i = 0; i < words->n; i++) {
		const struct met *met = met_of(l, words->v[i].text);

		if (met->vector)
			vector_sum_add(&direction, met->vector, met->weight);
		for (size_t k = 0; k < met->letters_n; k++)
			count(l, read, l->letters[met->letters + k]);
		l->stems[i] = term_of_stem(words->v[i].stem);
		count(l, read, term_number(l, l->stems[i]));
	}
	pairs_count(l, read, l->stems, words->n);
	vector_sum_normalise(&direction);
	return direction;
}

/* --- keeping ------------------------------------------------------------------------------ */

static bool is_kept(const struct counted *counted, size_t texts_n)
{
	size_t least = TEXTS_LEAST + texts_n / TEXTS_MORE;

	return term_kind(counted->key) == TERM_STEM || counted->texts >= least;
}

/* Words before letters, so that a text's numbers come sorted block by block; then the frequent ones
 * first, so that what is used most lies together in the classifier. */
static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = *(const struct counted *const *)a;
	const struct counted *y = *(const struct counted *const *)b;

	if ((term_kind(x->key) == TERM_LETTERS) != (term_kind(y->key) == TERM_LETTERS))
		return term_kind(x->key) == TERM_LETTERS ? 1 : -1;
	if (x->texts != y->texts)
		return x->texts < y->texts ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

/* Numbers the terms that are kept. Gives number and idf by place in `counted`. */
static const struct weight *terms_keep(struct learning *l, size_t texts_n, struct arena *arena)
{
	struct features *f = l->features;
	const struct counted **kept = arena_array(&l->scratch, l->counted_n + 1, sizeof *kept);
	struct weight *weights = arena_array(&l->scratch, l->counted_n + 1, sizeof *weights);

	for (size_t i = 0; i < l->counted_n; i++) {
		weights[i].term = UNKEPT;
		if (is_kept(&l->counted[i], texts_n))
			kept[f->terms_n++] = &l->counted[i];
	}
	qsort(kept, f->terms_n, sizeof *kept, compare_counted);
	f->slots_n = FEATURES_SLOTS_LEAST;
	while (f->slots_n < f->terms_n * 2)
		f->slots_n *= 2;
	f->slots = arena_array(arena, f->slots_n, sizeof *f->slots);
	for (size_t i = 0; i < f->terms_n; i++) {
		float idf = logf((float)(texts_n + 1) / ((float)kept[i]->texts + 1)) + 1;

		f->words_n += term_kind(kept[i]->key) != TERM_LETTERS;
		if (term_kind(kept[i]->key) == TERM_PAIR)
			idf *= FEATURES_PAIR_WEIGHT;
		*feature_slot(f, kept[i]->key) =
			(struct feature_slot){kept[i]->key, (uint32_t)i, idf};
		weights[kept[i] - l->counted] = (struct weight){(uint32_t)i, idf};
	}
	f->idf_unseen = logf((float)(texts_n + 1)) + 1;
	return weights;
}

/* What features_of() would give, from what was read. */
static void text_weigh(const struct learning *l, const struct weight *weights,
		       const struct read *read, struct text_features *out, struct arena *arena)
{
	struct weight *v = l->weights;
	struct vector_sum direction = {{0}};
	size_t n = 0;

	for (size_t i = 0; i < read->n; i++)
		if (weights[read->terms[i]].term != UNKEPT)
			v[n++] = weights[read->terms[i]];
	out->terms = features_terms(l->features, v, n, 0, arena);
	memcpy(direction.v, out->meaning, VECTOR_DIMENSIONS * sizeof *out->meaning);
	features_turn(l->features, &direction);
	memcpy(out->meaning, direction.v, VECTOR_DIMENSIONS * sizeof *out->meaning);
}

/* --- what others call --------------------------------------------------------------------- */

static void room_make(struct learning *l, const struct words *texts, size_t texts_n)
{
	size_t words = 0, terms = 0;

	for (size_t i = 0; i < texts_n; i++) {
		words = texts[i].n > words ? texts[i].n : words;
		terms = terms_most(&texts[i]) > terms ? terms_most(&texts[i]) : terms;
	}
	l->stems = arena_array(&l->scratch, words + 1, sizeof *l->stems);
	l->weights = arena_array(&l->scratch, 2 * terms + 1, sizeof *l->weights);
}

const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena,
				    struct text_features *out, struct arena *out_arena)
{
	struct learning l = {.features = arena_new(arena, struct features)};
	const struct weight *weights;
	struct read *reads;

	arena_init(&l.scratch);
	l.features->vectors = vectors;
	room_make(&l, texts, texts_n);
	reads = arena_array(&l.scratch, texts_n + 1, sizeof *reads);
	for (size_t i = 0; i < texts_n; i++) {
		struct vector_sum direction;

		reads[i].text = (uint32_t)i + 1;
		direction = text_read(&l, &texts[i], &reads[i]);
		vector_sum_add_sum(&l.features->mean, &direction, 1.0f / (float)texts_n);
		if (!out)
			continue;
		out[i].meaning = arena_array(out_arena, VECTOR_DIMENSIONS, sizeof *out[i].meaning);
		memcpy(out[i].meaning, direction.v, VECTOR_DIMENSIONS * sizeof *direction.v);
	}
	weights = terms_keep(&l, texts_n, arena);
	for (size_t i = 0; out && i < texts_n; i++)
		text_weigh(&l, weights, &reads[i], &out[i], out_arena);
	arena_done(&l.scratch);
	return l.features;
}
