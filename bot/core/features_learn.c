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
	uint32_t last;	/* of them, from 1; in the end the feature, or UNKEPT */
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
	/* On the heap, where they can grow in place: they are the largest by far. */
	struct counted *counted;
	size_t counted_n;
	uint32_t *slots; /* of `counted` by key: place + 1; at most half of them taken */
	size_t slots_n;
	struct textset words;
	struct met *met; /* by number of the word */
	size_t met_n, met_cap;
	uint32_t *letters;
	size_t letters_n, letters_cap;
	/* Of one text: */
	uint64_t *stems, *pairs;
	uint32_t *terms;
	struct weight *weights; /* twice as many */
	struct arena scratch;
};

/* --- counting ----------------------------------------------------------------------------- */

static size_t slot_first(const struct learning *l, uint64_t key)
{
	return (size_t)(key >> 2) & (l->slots_n - 1);
}

static uint32_t *slot_of(const struct learning *l, uint64_t key)
{
	size_t slot = slot_first(l, key);

	while (l->slots[slot] && l->counted[l->slots[slot] - 1].key != key)
		slot = (slot + 1) & (l->slots_n - 1);
	return &l->slots[slot];
}

/* Room in `counted` for all that the slots may hold. */
static void slots_grow(struct learning *l)
{
	free(l->slots);
	l->slots_n = l->slots_n ? l->slots_n * 2 : FEATURES_SLOTS_LEAST;
	l->slots = calloc(l->slots_n, sizeof *l->slots);
	l->counted = realloc(l->counted, l->slots_n / 2 * sizeof *l->counted);
	if (!l->slots || !l->counted)
		out_of_memory();
	for (size_t i = 0; i < l->counted_n; i++)
		*slot_of(l, l->counted[i].key) = (uint32_t)i + 1;
}

/* The term's place in `counted`. */
static uint32_t term_number(struct learning *l, uint64_t key)
{
	uint32_t *slot;

	if (l->counted_n >= l->slots_n / 2)
		slots_grow(l);
	slot = slot_of(l, key);
	if (*slot == 0) {
		l->counted[l->counted_n++] = (struct counted){.key = key};
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

/* The slots of a text's pairs lie anywhere: they are asked for before the first is looked at, as
 * waiting for one after the other would take most of the time. */
static void pairs_count(struct learning *l, struct read *read, size_t words_n)
{
	size_t n = 0;

	for (size_t i = 0; i < words_n; i++)
		for (size_t k = i + 1; k < words_n && k <= i + FEATURES_NEAR; k++) {
			uint64_t key = term_of_pair(l->stems[i], l->stems[k]);

			if (key == 0)
				continue;
			l->pairs[n++] = key;
			__builtin_prefetch(&l->slots[slot_first(l, key)]);
		}
	for (size_t i = 0; i < n; i++)
		count(l, read, term_number(l, l->pairs[i]));
}

static size_t terms_most(const struct words *words)
{
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++)
		n += 1 + FEATURES_NEAR + words->v[i].text.n + 1;
	return n;
}

/* Counts the text's terms and keeps their places in `read`. Gives its direction. */
static struct vector_sum text_read(struct learning *l, const struct words *words, struct read *read)
{
	struct vector_sum direction = {{0}};

	read->terms = l->terms;
	for (size_t i = 0; i < words->n; i++) {
		const struct met *met = met_of(l, words->v[i].text);

		if (met->vector)
			vector_sum_add(&direction, met->vector, met->weight);
		for (size_t k = 0; k < met->letters_n; k++)
			count(l, read, l->letters[met->letters + k]);
		l->stems[i] = term_of_stem(words->v[i].stem);
		count(l, read, term_number(l, l->stems[i]));
	}
	pairs_count(l, read, words->n);
	read->terms = arena_array(&l->scratch, read->n, sizeof *read->terms);
	memcpy(read->terms, l->terms, read->n * sizeof *read->terms);
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

/* Numbers the terms that are kept; `last` of each says how. Gives the idf by feature. */
static const float *terms_keep(struct learning *l, size_t texts_n, struct arena *arena)
{
	struct features *f = l->features;
	struct counted **kept;
	float *idf;
	size_t n = 0;

	for (size_t i = 0; i < l->counted_n; i++)
		f->terms_n += is_kept(&l->counted[i], texts_n);
	kept = arena_array(&l->scratch, f->terms_n + 1, sizeof *kept);
	idf = arena_array(&l->scratch, f->terms_n + 1, sizeof *idf);
	for (size_t i = 0; i < l->counted_n; i++) {
		l->counted[i].last = UNKEPT;
		if (is_kept(&l->counted[i], texts_n))
			kept[n++] = &l->counted[i];
	}
	if (n)
		qsort(kept, n, sizeof *kept, compare_counted);
	f->slots_n = FEATURES_SLOTS_LEAST;
	while (f->slots_n < n * 2)
		f->slots_n *= 2;
	f->slots = arena_array(arena, f->slots_n, sizeof *f->slots);
	for (size_t i = 0; i < n; i++) {
		idf[i] = logf((float)(texts_n + 1) / ((float)kept[i]->texts + 1)) + 1;
		f->words_n += term_kind(kept[i]->key) != TERM_LETTERS;
		if (term_kind(kept[i]->key) == TERM_PAIR)
			idf[i] *= FEATURES_PAIR_WEIGHT;
		*feature_slot(f, kept[i]->key) =
			(struct feature_slot){kept[i]->key, (uint32_t)i, idf[i]};
		kept[i]->last = (uint32_t)i;
	}
	f->idf_unseen = logf((float)(texts_n + 1)) + 1;
	return idf;
}

/* What features_of() would give, from what was read. */
static void text_weigh(const struct learning *l, const float *idf, const struct read *read,
		       struct text_features *out, struct arena *arena)
{
	struct weight *v = l->weights;
	struct vector_sum direction = {{0}};
	size_t n = 0;

	for (size_t i = 0; i < read->n; i++) {
		uint32_t feature = l->counted[read->terms[i]].last;

		if (feature != UNKEPT)
			v[n++] = (struct weight){feature, idf[feature]};
	}
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
	l->stems = arena_array(&l->scratch, words, sizeof *l->stems);
	l->pairs = arena_array(&l->scratch, words * FEATURES_NEAR, sizeof *l->pairs);
	l->terms = arena_array(&l->scratch, terms, sizeof *l->terms);
	l->weights = arena_array(&l->scratch, 2 * terms, sizeof *l->weights);
}

const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena,
				    struct text_features *out, struct arena *out_arena)
{
	struct learning l = {.features = arena_new(arena, struct features)};
	const float *idf;
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
	free(l.slots);
	idf = terms_keep(&l, texts_n, arena);
	for (size_t i = 0; out && i < texts_n; i++)
		text_weigh(&l, idf, &reads[i], &out[i], out_arena);
	free(l.counted);
	arena_done(&l.scratch);
	return l.features;
}
