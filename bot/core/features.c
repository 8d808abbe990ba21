#include "core/features.h"

#include <math.h>
#include <string.h>

#define SIF_A 1e-3

/* Every stem and pair of the texts, counted; most pairs occur once and are not kept. */
struct counting {
	uint64_t *keys; /* open addressing; 0 where free */
	uint32_t *df;	/* by slot: texts it occurs in */
	uint32_t *last; /* by slot: the last text it was counted in, from 1 */
	bool *pair;
	size_t slots;
};

/* A stem alone, or together with the one behind it. Never 0. */
static uint64_t key_of(const struct words *words, size_t at, bool pair)
{
	uint64_t h = str_hash(words->v[at].stem, 0);

	if (pair)
		h = str_hash(words->v[at + 1].stem, str_hash(STR(" "), h));
	return h ? h : 1;
}

static size_t slot_of(const uint64_t *keys, size_t slots, uint64_t key)
{
	size_t slot = (size_t)key & (slots - 1);

	while (keys[slot] && keys[slot] != key)
		slot = (slot + 1) & (slots - 1);
	return slot;
}

static void count(struct counting *c, uint64_t key, bool pair, uint32_t text)
{
	size_t slot = slot_of(c->keys, c->slots, key);

	c->keys[slot] = key;
	c->pair[slot] = pair;
	if (c->last[slot] != text)
		c->df[slot]++;
	c->last[slot] = text;
}

static size_t power_of_two(size_t at_least)
{
	size_t n = 64;

	while (n < at_least)
		n *= 2;
	return n;
}

static void counting_init(struct counting *c, size_t words_n, struct arena *scratch)
{
	c->slots = power_of_two(words_n * 3);
	c->keys = arena_array(scratch, c->slots, sizeof *c->keys);
	c->df = arena_array(scratch, c->slots, sizeof *c->df);
	c->last = arena_array(scratch, c->slots, sizeof *c->last);
	c->pair = arena_array(scratch, c->slots, sizeof *c->pair);
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

static bool is_kept(const struct counting *c, size_t slot)
{
	return c->keys[slot] && (!c->pair[slot] || c->df[slot] >= 2);
}

static void terms_keep(struct features *f, const struct counting *c, size_t texts_n,
		       struct arena *arena)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->slots; i++)
		kept += is_kept(c, i);
	f->slots = power_of_two(kept * 2);
	f->keys = arena_array(arena, f->slots, sizeof *f->keys);
	f->ids = arena_array(arena, f->slots, sizeof *f->ids);
	f->idf = arena_array(arena, f->slots, sizeof *f->idf);
	for (size_t i = 0; i < c->slots; i++) {
		size_t slot = slot_of(f->keys, f->slots, c->keys[i]);

		if (!is_kept(c, i))
			continue;
		f->keys[slot] = c->keys[i];
		f->ids[slot] = (uint32_t)f->terms_n++;
		f->idf[slot] = logf((float)(texts_n + 1) / ((float)c->df[i] + 1)) + 1;
	}
}

const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena)
{
	struct features *f = arena_new(arena, struct features);
	struct counting c = {0};
	struct arena scratch;
	size_t words_n = 0;

	arena_init(&scratch);
	f->vectors = vectors;
	for (size_t i = 0; i < texts_n; i++)
		words_n += texts[i].n;
	counting_init(&c, words_n, &scratch);
	for (size_t i = 0; i < texts_n; i++) {
		struct vector_sum direction = direction_of(f, &texts[i], 0, texts[i].n);

		vector_sum_add_sum(&f->mean, &direction, 1.0f / (float)texts_n);
		for (size_t k = 0; k < texts[i].n; k++) {
			count(&c, key_of(&texts[i], k, false), false, (uint32_t)i + 1);
			if (k + 1 < texts[i].n)
				count(&c, key_of(&texts[i], k, true), true, (uint32_t)i + 1);
		}
	}
	terms_keep(f, &c, texts_n, arena);
	arena_done(&scratch);
	return f;
}

size_t features_count(const struct features *features)
{
	return features->terms_n + VECTOR_DIMENSIONS;
}

static size_t term_put(const struct features *f, uint64_t key, struct weight *out)
{
	size_t slot = slot_of(f->keys, f->slots, key);

	if (!f->keys[slot])
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
