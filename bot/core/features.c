#include "core/features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define SIF_A 1e-3
#define NEAR 6 /* words from the first of a pair to the second, at most */
#define PAIR_WEIGHT 0.7f
#define LETTERS_WEIGHT 0.7f
#define LETTERS_MAX 64 /* of a word; what is behind them is not looked at */
#define THREE_LETTERS (((uint64_t)1 << 63) - 1)
/* A pair or a run of letters must occur in two texts, and in one more for each TEXTS_MORE texts: what
 * is rare says little, and so their number stays in bounds. */
#define TEXTS_LEAST 2
#define TEXTS_MORE 2048
#define SLOTS_LEAST 1024

/* The lowest two bits of a term's key; the others are a hash. So no key is 0. */
enum kind { STEM = 1, PAIR, LETTERS };
#define KIND_MASK ((uint64_t)3)

struct terms {
	uint64_t *v; /* keys */
	size_t n;
};

struct feature_slot {
	uint64_t key; /* 0: free */
	uint32_t id;
	float idf;
};

/* While the texts are counted. Most pairs occur once and are not kept. */
struct counted {
	uint64_t key;	/* 0: free */
	uint32_t texts; /* it occurs in */
	uint32_t last;	/* of them, from 1 */
};

struct counting {
	struct counted *slots; /* open addressing, at most three quarters of them taken */
	size_t slots_n, taken;
	struct arena *scratch;
};

static enum kind kind_of(uint64_t key)
{
	return (enum kind)(key & KIND_MASK);
}

/* --- terms -------------------------------------------------------------------------------- */

/* Spreads a number over all 64 bits, one to one (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, OOPSLA 2014, variant 13 of the finaliser). */
static uint64_t spread(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t key_of(uint64_t hash, enum kind kind)
{
	return (hash & ~KIND_MASK) | kind;
}

static uint64_t stem_key(const struct word *word)
{
	return key_of(str_hash(word->stem, 0), STEM);
}

static void term_add(struct terms *terms, uint64_t key)
{
	terms->v[terms->n++] = key;
}

/* Every three letters in a row, the edges of the word counted as letters. */
static void letters_add(struct terms *terms, struct str word)
{
	uint64_t three = 0; /* 21 bits each */

	for (size_t at = 0, n = 0; at < word.n && n < LETTERS_MAX; n++) {
		utf8proc_int32_t letter;
		utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)word.p + at,
							 (utf8proc_ssize_t)(word.n - at), &letter);

		if (size <= 0)
			break;
		at += (size_t)size;
		three = (three << 21 | (uint64_t)letter) & THREE_LETTERS;
		if (n > 0)
			term_add(terms, key_of(spread(three), LETTERS));
	}
	term_add(terms, key_of(spread(three << 21 & THREE_LETTERS), LETTERS));
}

/* Of words [from, to), repetitions too. */
static struct terms terms_of(const struct words *words, size_t from, size_t to, struct arena *arena)
{
	uint64_t *stems = arena_array(arena, to - from + 1, sizeof *stems);
	struct terms terms = {0};
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += 1 + NEAR + 1 + words->v[i].text.n;
	terms.v = arena_array(arena, n + 1, sizeof *terms.v);
	for (size_t i = from; i < to; i++)
		stems[i - from] = stem_key(&words->v[i]);
	for (size_t i = 0; i < to - from; i++) {
		term_add(&terms, stems[i]);
		letters_add(&terms, words->v[from + i].text);
		for (size_t k = i + 1; k < to - from && k <= i + NEAR; k++) {
			uint64_t low = stems[i] < stems[k] ? stems[i] : stems[k];
			uint64_t high = stems[i] < stems[k] ? stems[k] : stems[i];

			if (low != high)
				term_add(&terms, key_of(spread(low + spread(high)), PAIR));
		}
	}
	return terms;
}

/* --- counting ----------------------------------------------------------------------------- */

static struct counted *counted_at(const struct counting *c, uint64_t key)
{
	size_t slot = (size_t)(key >> 2) & (c->slots_n - 1);

	while (c->slots[slot].key && c->slots[slot].key != key)
		slot = (slot + 1) & (c->slots_n - 1);
	return &c->slots[slot];
}

static void counting_grow(struct counting *c)
{
	struct counted *old = c->slots;
	size_t old_n = c->slots_n;

	c->slots_n = old_n ? old_n * 2 : SLOTS_LEAST;
	c->slots = arena_array(c->scratch, c->slots_n, sizeof *c->slots);
	for (size_t i = 0; i < old_n; i++)
		if (old[i].key)
			*counted_at(c, old[i].key) = old[i];
}

static void count(struct counting *c, uint64_t key, uint32_t text)
{
	struct counted *counted = counted_at(c, key);

	if (!counted->key) {
		if (c->taken >= c->slots_n / 4 * 3) {
			counting_grow(c);
			counted = counted_at(c, key);
		}
		c->taken++;
		counted->key = key;
	}
	if (counted->last != text)
		counted->texts++;
	counted->last = text;
}

static bool is_kept(const struct counted *counted, size_t texts_n)
{
	size_t least = TEXTS_LEAST + texts_n / TEXTS_MORE;

	return counted->key && (kind_of(counted->key) == STEM || counted->texts >= least);
}

static struct feature_slot *slot_of(const struct features *f, uint64_t key)
{
	size_t slot = (size_t)(key >> 2) & (f->slots_n - 1);

	while (f->slots[slot].key && f->slots[slot].key != key)
		slot = (slot + 1) & (f->slots_n - 1);
	return &f->slots[slot];
}

/* Words before letters, so that a text's numbers come sorted block by block; then the frequent ones
 * first, so that what is used most lies together in the classifier. */
static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = *(const struct counted *const *)a;
	const struct counted *y = *(const struct counted *const *)b;

	if ((kind_of(x->key) == LETTERS) != (kind_of(y->key) == LETTERS))
		return kind_of(x->key) == LETTERS ? 1 : -1;
	if (x->texts != y->texts)
		return x->texts < y->texts ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static void terms_keep(struct features *f, const struct counting *c, size_t texts_n,
		       struct arena *arena)
{
	const struct counted **kept = arena_array(c->scratch, c->taken + 1, sizeof *kept);

	for (size_t i = 0; i < c->slots_n; i++)
		if (is_kept(&c->slots[i], texts_n))
			kept[f->terms_n++] = &c->slots[i];
	qsort(kept, f->terms_n, sizeof *kept, compare_counted);
	f->slots_n = SLOTS_LEAST;
	while (f->slots_n < f->terms_n * 2)
		f->slots_n *= 2;
	f->slots = arena_array(arena, f->slots_n, sizeof *f->slots);
	for (size_t i = 0; i < f->terms_n; i++) {
		float idf = logf((float)(texts_n + 1) / ((float)kept[i]->texts + 1)) + 1;

		f->words_n += kind_of(kept[i]->key) != LETTERS;
		*slot_of(f, kept[i]->key) = (struct feature_slot){
			kept[i]->key, (uint32_t)i,
			kind_of(kept[i]->key) == PAIR ? idf * PAIR_WEIGHT : idf};
	}
	f->idf_unseen = logf((float)(texts_n + 1)) + 1;
}

/* --- the vectors -------------------------------------------------------------------------- */

/* The unit direction of what the words are about. */
static struct vector_sum direction_of(const struct features *f, const struct words *words,
				      size_t from, size_t to)
{
	struct vector_sum sum = {{0}};

	for (size_t i = from; i < to; i++) {
		uint32_t row = vectors_find(f->vectors, words->v[i].text);
		struct vector v;

		if (row == VECTOR_NONE)
			continue;
		vector_read(f->vectors, row, &v);
		vector_sum_add(&sum, &v,
			       (float)(SIF_A / (SIF_A + vectors_probability(f->vectors, row))));
	}
	vector_sum_normalise(&sum);
	return sum;
}

/* --- what others call --------------------------------------------------------------------- */

const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena)
{
	struct features *f = arena_new(arena, struct features);
	struct arena scratch, text;
	struct counting c = {.scratch = &scratch};

	arena_init(&scratch);
	arena_init(&text);
	f->vectors = vectors;
	counting_grow(&c);
	for (size_t i = 0; i < texts_n; i++) {
		struct vector_sum direction = direction_of(f, &texts[i], 0, texts[i].n);
		struct terms terms = terms_of(&texts[i], 0, texts[i].n, &text);

		vector_sum_add_sum(&f->mean, &direction, 1.0f / (float)texts_n);
		for (size_t k = 0; k < terms.n; k++)
			count(&c, terms.v[k], (uint32_t)i + 1);
		arena_reset(&text);
	}
	terms_keep(f, &c, texts_n, arena);
	arena_done(&text);
	arena_done(&scratch);
	return f;
}

size_t features_count(const struct features *features)
{
	return features->terms_n + VECTOR_DIMENSIONS;
}

/* By number, 8 bits at a time from the lowest on. A general sort would be a tenth of the time in
 * which the bot reads its content. `spare` has room for as many. Gives where they end up. */
static struct weight *weights_sort(struct weight *v, struct weight *spare, size_t n, size_t highest)
{
	for (unsigned shift = 0; highest >> shift; shift += 8) {
		size_t starts[257] = {0};
		struct weight *sorted = spare;

		for (size_t i = 0; i < n; i++)
			starts[(v[i].term >> shift & 255) + 1]++;
		for (size_t k = 0; k < 256; k++)
			starts[k + 1] += starts[k];
		for (size_t i = 0; i < n; i++)
			sorted[starts[v[i].term >> shift & 255]++] = v[i];
		spare = v;
		v = sorted;
	}
	return v;
}

/* Those of [v, v + n) below `end` move into the bag, each number once, to this length. How many. */
static size_t block_add(struct bag *bag, const struct weight *v, size_t n, size_t end, float length)
{
	struct bag block = {bag->v + bag->n, 0};
	size_t i = 0;

	for (; i < n && v[i].term < end; i++) {
		if (block.n && block.v[block.n - 1].term == v[i].term)
			block.v[block.n - 1].w += v[i].w;
		else
			block.v[block.n++] = v[i];
	}
	bag_normalise(&block);
	for (size_t k = 0; k < block.n; k++)
		block.v[k].w *= length;
	bag->n += block.n;
	return i;
}

/* The known terms, in no order. */
static size_t weights_put(const struct features *f, const struct terms *terms, struct weight *out)
{
	size_t n = 0;

	for (size_t i = 0; i < terms->n; i++) {
		const struct feature_slot *slot = slot_of(f, terms->v[i]);

		if (slot->key)
			out[n++] = (struct weight){slot->id, slot->idf};
	}
	return n;
}

struct bag features_of(const struct features *features, const struct words *words, size_t from,
		       size_t to, struct arena *arena)
{
	struct vector_sum direction = direction_of(features, words, from, to);
	struct arena scratch;
	struct terms terms;
	struct weight *v;
	struct bag bag = {NULL, 0};
	size_t n, of_words;

	arena_init(&scratch);
	terms = terms_of(words, from, to, &scratch);
	v = arena_array(&scratch, 2 * terms.n + 1, sizeof *v);
	n = weights_put(features, &terms, v);
	v = weights_sort(v, v + terms.n, n, features->terms_n);
	bag.v = arena_array(arena, n + VECTOR_DIMENSIONS, sizeof *bag.v);
	of_words = block_add(&bag, v, n, features->words_n, 1);
	block_add(&bag, v + of_words, n - of_words, features->terms_n, LETTERS_WEIGHT);
	arena_done(&scratch);
	vector_sum_add_sum(&direction, &features->mean, -1);
	vector_sum_normalise(&direction);
	for (size_t d = 0; d < VECTOR_DIMENSIONS; d++)
		bag.v[bag.n++] = (struct weight){(uint32_t)(features->terms_n + d), direction.v[d]};
	return bag;
}

float features_known(const struct features *features, const struct words *words, size_t from,
		     size_t to)
{
	float known = 0;
	float all = 0;

	for (size_t i = from; i < to; i++) {
		const struct feature_slot *slot = slot_of(features, stem_key(&words->v[i]));

		known += slot->key ? slot->idf : 0;
		all += slot->key ? slot->idf : features->idf_unseen;
	}
	return all > 0 ? known / all : 0;
}
