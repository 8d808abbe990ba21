#include "core/features.h"

#include <math.h>
#include <string.h>

#define SIF_A 1e-3

struct building {
	struct features *out;
	uint32_t *df;	/* by slot: texts it occurs in */
	uint32_t *last; /* by slot: the last text it was counted in, from 1 */
	bool *pair;
};

/* A stem alone, or together with the one behind it. Never 0. */
static uint64_t key_of(const struct words *words, size_t at, bool pair)
{
	uint64_t h = str_hash(words->v[at].stem, 0);

	if (pair)
		h = str_hash(words->v[at + 1].stem, str_hash(STR(" "), h));
	return h ? h : 1;
}

static size_t slot_of(const struct features *f, uint64_t key)
{
	size_t slot = (size_t)key & (f->slots - 1);

	while (f->keys[slot] && f->keys[slot] != key)
		slot = (slot + 1) & (f->slots - 1);
	return slot;
}

static void count(struct building *b, uint64_t key, bool pair, uint32_t text)
{
	size_t slot = slot_of(b->out, key);

	b->out->keys[slot] = key;
	b->pair[slot] = pair;
	if (b->last[slot] != text)
		b->df[slot]++;
	b->last[slot] = text;
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
		vector_sum_add(&sum, &v,
			       (float)(SIF_A / (SIF_A + vectors_probability(f->vectors, row))));
	}
	vector_sum_normalise(&sum);
	return sum;
}

static void terms_number(struct building *b, size_t texts_n)
{
	struct features *f = b->out;

	for (size_t slot = 0; slot < f->slots; slot++) {
		f->ids[slot] = UINT32_MAX;
		if (!f->keys[slot] || (b->pair[slot] && b->df[slot] < 2))
			continue;
		f->ids[slot] = (uint32_t)f->terms_n++;
		f->idf[slot] = logf((float)(texts_n + 1) / ((float)b->df[slot] + 1)) + 1;
	}
}

static void slots_make(struct building *b, size_t words_n, struct arena *arena,
		       struct arena *scratch)
{
	struct features *f = b->out;

	for (f->slots = 64; f->slots < words_n * 3; f->slots *= 2)
		;
	f->keys = arena_array(arena, f->slots, sizeof *f->keys);
	f->ids = arena_array(arena, f->slots, sizeof *f->ids);
	f->idf = arena_array(arena, f->slots, sizeof *f->idf);
	b->df = arena_array(scratch, f->slots, sizeof *b->df);
	b->last = arena_array(scratch, f->slots, sizeof *b->last);
	b->pair = arena_array(scratch, f->slots, sizeof *b->pair);
}

const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena)
{
	struct features *f = arena_new(arena, struct features);
	struct building b = {.out = f};
	struct arena scratch;
	size_t words_n = 0;

	arena_init(&scratch);
	f->vectors = vectors;
	for (size_t i = 0; i < texts_n; i++)
		words_n += texts[i].n;
	slots_make(&b, words_n, arena, &scratch);
	for (size_t i = 0; i < texts_n; i++) {
		struct vector_sum direction = direction_of(f, &texts[i], 0, texts[i].n);

		vector_sum_add_sum(&f->mean, &direction, 1.0f / (float)texts_n);
		for (size_t k = 0; k < texts[i].n; k++) {
			count(&b, key_of(&texts[i], k, false), false, (uint32_t)i + 1);
			if (k + 1 < texts[i].n)
				count(&b, key_of(&texts[i], k, true), true, (uint32_t)i + 1);
		}
	}
	terms_number(&b, texts_n);
	arena_done(&scratch);
	return f;
}

size_t features_count(const struct features *features)
{
	return features->terms_n + VECTOR_DIMENSIONS;
}

static size_t term_put(const struct features *f, uint64_t key, struct weight *out)
{
	size_t slot = slot_of(f, key);

	if (!f->keys[slot] || f->ids[slot] == UINT32_MAX)
		return 0;
	*out = (struct weight){f->ids[slot], f->idf[slot]};
	return 1;
}

struct bag features_of(const struct features *features, const struct words *words, size_t from,
		       size_t to, struct arena *arena)
{
	struct weight *v = arena_array(arena, 2 * (to - from) + VECTOR_DIMENSIONS, sizeof *v);
	struct vector_sum direction = direction_of(features, words, from, to);
	struct bag bag;
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		n += term_put(features, key_of(words, i, false), v + n);
		if (i + 1 < to)
			n += term_put(features, key_of(words, i, true), v + n);
	}
	bag = bag_sum(v, n);
	bag_normalise(&bag);
	vector_sum_add_sum(&direction, &features->mean, -1);
	vector_sum_normalise(&direction);
	for (size_t d = 0; d < VECTOR_DIMENSIONS; d++)
		bag.v[bag.n++] = (struct weight){(uint32_t)(features->terms_n + d), direction.v[d]};
	return bag;
}
