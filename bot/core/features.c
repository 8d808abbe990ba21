#include "core/features_inside.h"

#include <math.h>

#include <utf8proc.h>

#define SIF_A 1e-3
#define THREE_LETTERS (((uint64_t)1 << 63) - 1)

/* --- terms -------------------------------------------------------------------------------- */

/* Spreads a number over all 64 bits, one to one (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, OOPSLA 2014, variant 13 of the finaliser). */
static uint64_t spread(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t key_of(uint64_t hash, enum term_kind kind)
{
	return (hash & ~TERM_KIND_MASK) | kind;
}

uint64_t term_of_stem(struct str stem)
{
	return key_of(str_hash(stem, 0), TERM_STEM);
}

uint64_t term_of_pair(uint64_t stem, uint64_t other)
{
	uint64_t low = stem < other ? stem : other;
	uint64_t high = stem < other ? other : stem;

	return low == high ? 0 : key_of(spread(low + spread(high)), TERM_PAIR);
}

size_t terms_of_letters(struct str word, uint64_t *out)
{
	uint64_t three = 0; /* 21 bits each */
	size_t written = 0;

	for (size_t at = 0, n = 0; at < word.n && n < FEATURES_LETTERS_MAX; n++) {
		utf8proc_int32_t letter;
		utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)word.p + at,
							 (utf8proc_ssize_t)(word.n - at), &letter);

		if (size <= 0)
			break;
		at += (size_t)size;
		three = (three << 21 | (uint64_t)letter) & THREE_LETTERS;
		if (n > 0)
			out[written++] = key_of(spread(three), TERM_LETTERS);
	}
	out[written++] = key_of(spread(three << 21 & THREE_LETTERS), TERM_LETTERS);
	return written;
}

struct feature_slot *feature_slot(const struct features *f, uint64_t key)
{
	size_t slot = (size_t)(key >> 2) & (f->slots_n - 1);

	while (f->slots[slot].key && f->slots[slot].key != key)
		slot = (slot + 1) & (f->slots_n - 1);
	return &f->slots[slot];
}

/* --- the blocks --------------------------------------------------------------------------- */

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

struct bag features_terms(const struct features *f, struct weight *v, size_t n, size_t room,
			  struct arena *arena)
{
	const struct weight *sorted = weights_sort(v, v + n, n);
	struct bag bag = {NULL, 0};
	size_t of_words, different = 0;

	for (size_t i = 0; i < n; i++)
		different += i == 0 || sorted[i].term != sorted[i - 1].term;
	bag.v = arena_array(arena, different + room, sizeof *bag.v);
	of_words = block_add(&bag, sorted, n, f->words_n, 1);
	block_add(&bag, sorted + of_words, n - of_words, f->terms_n, FEATURES_LETTERS_WEIGHT);
	return bag;
}

float feature_row_weight(const struct vectors *vectors, uint32_t row)
{
	return (float)(SIF_A / (SIF_A + vectors_probability(vectors, row)));
}

void features_turn(const struct features *f, struct vector_sum *direction)
{
	vector_sum_add_sum(direction, &f->mean, -1);
	vector_sum_normalise(direction);
}

/* --- a text ------------------------------------------------------------------------------- */

size_t features_count(const struct features *features)
{
	return features->terms_n + VECTOR_DIMENSIONS;
}

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
		vector_sum_add(&sum, &v, feature_row_weight(f->vectors, row));
	}
	vector_sum_normalise(&sum);
	return sum;
}

/* The known ones among `n` terms are added to `out`. */
static size_t known_put(const struct features *f, const uint64_t *terms, size_t n,
			struct weight *out)
{
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		const struct feature_slot *slot = feature_slot(f, terms[i]);

		if (slot->key)
			out[known++] = (struct weight){slot->id, slot->idf};
	}
	return known;
}

/* The known terms of words [from, to), repetitions too, in no order. */
static size_t terms_put(const struct features *f, const struct words *words, size_t from, size_t to,
			struct weight *out)
{
	uint64_t stems[FEATURES_NEAR + 1]; /* of the last words, by place */
	uint64_t letters[FEATURES_LETTERS_MAX];
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		uint64_t stem = term_of_stem(words->v[i].stem);
		size_t first = i - from > FEATURES_NEAR ? i - FEATURES_NEAR : from;

		n += known_put(f, &stem, 1, out + n);
		n += known_put(f, letters, terms_of_letters(words->v[i].text, letters), out + n);
		for (size_t k = first; k < i; k++) {
			uint64_t pair = term_of_pair(stems[k % (FEATURES_NEAR + 1)], stem);

			n += pair ? known_put(f, &pair, 1, out + n) : 0;
		}
		stems[i % (FEATURES_NEAR + 1)] = stem;
	}
	return n;
}

struct bag features_of(const struct features *features, const struct words *words, size_t from,
		       size_t to, struct arena *arena)
{
	struct vector_sum direction = direction_of(features, words, from, to);
	struct weight *v;
	struct bag bag;
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += 1 + FEATURES_NEAR + words->v[i].text.n + 1;
	v = arena_array(arena, 2 * n, sizeof *v);
	n = terms_put(features, words, from, to, v);
	bag = features_terms(features, v, n, VECTOR_DIMENSIONS, arena);
	features_turn(features, &direction);
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
		const struct feature_slot *slot =
			feature_slot(features, term_of_stem(words->v[i].stem));

		known += slot->key ? slot->idf : 0;
		all += slot->key ? slot->idf : features->idf_unseen;
	}
	return all > 0 ? known / all : 0;
}
