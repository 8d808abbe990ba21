#include "core/vectors.h"

#include <math.h>
#include <string.h>

#define HEADER_BYTES ((size_t)64)
#define WORD_BYTES_MAX 63
#define VECTOR_PADDED 112 /* VECTOR_LANES, to whole registers of bytes */
/* More would pass VECTORS_BYTES_MAX; sums of sizes below cannot overflow. */
#define WORDS_IN_TABLE_MAX (VECTORS_BYTES_MAX / VECTOR_DIMENSIONS)

static uint32_t u32_at(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t u64_at(const unsigned char *p)
{
	return (uint64_t)u32_at(p) | (uint64_t)u32_at(p + 4) << 32;
}

/* Byte by byte it would take six times as long: each step waits for the one before. The shift lets
 * the high bits of each step reach the low ones. `n` is a multiple of 8. */
static uint64_t checksum(const unsigned char *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i += 8) {
		h = (h ^ u64_at(p + i)) * 0x100000001b3u;
		h ^= h >> 32;
	}
	return h;
}

/* Where everything lies. */
struct layout {
	size_t n, text_bytes;
	size_t ranks, lengths, text, end;
	uint32_t ranked;
};

static bool bytes_are_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static bool header_read(const unsigned char *p, size_t size, struct layout *out, struct err *err)
{
	struct layout l;

	if (size < HEADER_BYTES || memcmp(p, "wordvec\n", 8) != 0)
		return err_set(err, ERR_INPUT, "it is not a table of word vectors");
	if (u32_at(p + 16) != 1 || u32_at(p + 24) != VECTOR_DIMENSIONS)
		return err_set(err, ERR_INPUT,
			       "it is of version %u with %u dimensions; this program reads version "
			       "1 with %d",
			       (unsigned)u32_at(p + 16), (unsigned)u32_at(p + 24),
			       VECTOR_DIMENSIONS);
	l.n = u32_at(p + 20);
	l.text_bytes = u32_at(p + 28);
	l.ranked = u32_at(p + 32);
	if (l.n == 0 || l.n > WORDS_IN_TABLE_MAX || l.text_bytes > l.n * WORD_BYTES_MAX)
		return err_set(err, ERR_INPUT, "it cannot hold %zu words in %zu letters", l.n,
			       l.text_bytes);
	l.ranks = HEADER_BYTES + l.n * VECTOR_DIMENSIONS;
	l.lengths = l.ranks + l.n * 4;
	l.text = l.lengths + l.n;
	l.end = l.text + l.text_bytes;
	if (size != (l.end + 7) / 8 * 8)
		return err_set(err, ERR_INPUT, "it has %zu bytes and should have %zu", size,
			       (l.end + 7) / 8 * 8);
	*out = l;
	return true;
}

static bool table_is_whole(const unsigned char *p, size_t size, const struct layout *l,
			   struct err *err)
{
	if (checksum(p + 16, size - 16) != u64_at(p + 8))
		return err_set(err, ERR_INPUT, "its checksum is wrong: it was damaged");
	if (!bytes_are_zero(p + 36, HEADER_BYTES - 36) ||
	    !bytes_are_zero(p + l->end, size - l->end))
		return err_set(err, ERR_INPUT, "bytes that must be zero are not");
	for (size_t i = 0; i < l->n; i++) {
		uint32_t rank = u32_at(p + l->ranks + 4 * i);

		if (rank >= l->ranked || (i && rank <= u32_at(p + l->ranks + 4 * (i - 1))))
			return err_set(err, ERR_INPUT, "the rank of word %zu is wrong", i);
	}
	for (size_t i = 0; i < l->text_bytes; i++)
		if (p[l->text + i] < 'a' || p[l->text + i] > 'z')
			return err_set(err, ERR_INPUT, "byte %zu of its words is no letter", i);
	return true;
}

/* n + 1 positions, or NULL with `err` set. */
static uint32_t *starts_new(const unsigned char *lengths, const struct layout *l,
			    struct arena *arena, struct err *err)
{
	uint32_t *starts = arena_array(arena, l->n + 1, sizeof *starts);
	uint32_t at = 0;

	for (size_t i = 0; i < l->n; i++) {
		starts[i] = at;
		at += lengths[i];
		if (lengths[i] == 0 || lengths[i] > WORD_BYTES_MAX || at > l->text_bytes) {
			err_set(err, ERR_INPUT, "the length of word %zu is wrong", i);
			return NULL;
		}
	}
	if (at != l->text_bytes) {
		err_set(err, ERR_INPUT, "its words have %u letters and should have %zu",
			(unsigned)at, l->text_bytes);
		return NULL;
	}
	starts[l->n] = at;
	return starts;
}

/* The slot that holds the word, or the free one where it belongs. Half of the slots are free. */
static uint32_t *slot_of(const struct vectors *v, struct str word)
{
	size_t i = (size_t)str_hash(word, 0) & (v->slots_n - 1);

	while (v->slots[i] != VECTOR_NONE && !str_eq(vectors_word(v, v->slots[i]), word))
		i = (i + 1) & (v->slots_n - 1);
	return &v->slots[i];
}

static bool slots_fill(struct vectors *v, struct arena *arena, struct err *err)
{
	v->slots_n = 2;
	while (v->slots_n < 2 * v->n)
		v->slots_n *= 2;
	v->slots = arena_array(arena, v->slots_n, sizeof *v->slots);
	memset(v->slots, 0xff, v->slots_n * sizeof *v->slots);
	for (uint32_t row = 0; row < v->n; row++) {
		uint32_t *slot = slot_of(v, vectors_word(v, row));

		if (*slot != VECTOR_NONE)
			return err_set(err, ERR_INPUT, "\"" STR_FMT "\" stands in it twice",
				       STR_ARG(vectors_word(v, row)));
		*slot = row;
	}
	return true;
}

bool vectors_open(struct str file, struct arena *arena, struct vectors *out, struct err *err)
{
	const unsigned char *p = (const unsigned char *)file.p;
	struct vectors v = {0};
	struct layout l = {0};

	if (!header_read(p, file.n, &l, err) || !table_is_whole(p, file.n, &l, err))
		return false;
	v.n = l.n;
	v.ranked = l.ranked;
	v.rows = (const int8_t *)(p + HEADER_BYTES);
	v.ranks = p + l.ranks;
	v.text = file.p + l.text;
	v.starts = starts_new(p + l.lengths, &l, arena, err);
	if (!v.starts || !slots_fill(&v, arena, err))
		return false;
	*out = v;
	return true;
}

uint32_t vectors_find(const struct vectors *vectors, struct str word)
{
	if (word.n == 0 || word.n > WORD_BYTES_MAX)
		return VECTOR_NONE;
	return *slot_of(vectors, word);
}

struct str vectors_word(const struct vectors *vectors, uint32_t row)
{
	const uint32_t *start = vectors->starts + row;

	return (struct str){vectors->text + start[0], start[1] - start[0]};
}

uint32_t vectors_rank(const struct vectors *vectors, uint32_t row)
{
	return u32_at(vectors->ranks + (size_t)4 * row);
}

double vectors_probability(const struct vectors *vectors, uint32_t row)
{
	uint32_t rank = row == VECTOR_NONE ? vectors->ranked : vectors_rank(vectors, row);

	return 1 / ((rank + 2.7) * log(1.78 * 400000));
}

/* At most 104 * 128 * 128, far inside of int. */
static int dot(const int16_t *a, const int16_t *b)
{
	int sum = 0;

	for (int i = 0; i < VECTOR_LANES; i++)
		sum += a[i] * b[i];
	return sum;
}

void vector_read(const struct vectors *vectors, uint32_t row, struct vector *out)
{
	/* So many that compilers take them by whole registers. */
	int8_t padded[VECTOR_PADDED] = {0};
	int16_t wide[VECTOR_PADDED];
	int length2;

	memcpy(padded, vectors->rows + (size_t)row * VECTOR_DIMENSIONS, VECTOR_DIMENSIONS);
	for (int i = 0; i < VECTOR_PADDED; i++)
		wide[i] = (int16_t)padded[i];
	memcpy(out->v, wide, sizeof out->v);
	length2 = dot(out->v, out->v);
	out->inverse = length2 ? 1 / sqrtf((float)length2) : 0;
}

float vector_cosine(const struct vector *a, const struct vector *b)
{
	return (float)dot(a->v, b->v) * a->inverse * b->inverse;
}

/* Four at a time, so that each part of the word is fetched once for them and no sum waits for another. */
static void cosines_of_four(const struct vector *word, const struct vector others[4], float out[4])
{
	int sums[4] = {0};

	for (int i = 0; i < VECTOR_LANES; i++) {
		sums[0] += word->v[i] * others[0].v[i];
		sums[1] += word->v[i] * others[1].v[i];
		sums[2] += word->v[i] * others[2].v[i];
		sums[3] += word->v[i] * others[3].v[i];
	}
	for (int k = 0; k < 4; k++)
		out[k] = (float)sums[k] * word->inverse * others[k].inverse;
}

void vector_cosines(const struct vector *word, const struct vector *others, size_t n, float *out)
{
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		cosines_of_four(word, &others[i], &out[i]);
	for (; i < n; i++)
		out[i] = vector_cosine(word, &others[i]);
}

void vector_sum_add(struct vector_sum *sum, const struct vector *vector, float weight)
{
	float factor = weight * vector->inverse;

	for (int i = 0; i < VECTOR_LANES; i++)
		sum->v[i] += factor * vector->v[i];
}

void vector_sum_add_sum(struct vector_sum *sum, const struct vector_sum *other, float weight)
{
	for (int i = 0; i < VECTOR_LANES; i++)
		sum->v[i] += weight * other->v[i];
}

/* Eight sums side by side: floats may not be added in another order than the one written, so that
 * one sum alone would keep the compiler from using whole registers. */
float vector_sum_dot(const struct vector_sum *a, const struct vector_sum *b)
{
	float part[8] = {0};

	for (int i = 0; i < VECTOR_LANES; i += 8)
		for (int k = 0; k < 8; k++)
			part[k] += a->v[i + k] * b->v[i + k];
	return ((part[0] + part[4]) + (part[1] + part[5])) +
	       ((part[2] + part[6]) + (part[3] + part[7]));
}

void vector_sum_normalise(struct vector_sum *sum)
{
	float length2 = vector_sum_dot(sum, sum);
	float factor;

	if (length2 <= 0)
		return;
	factor = 1 / sqrtf(length2);
	for (int i = 0; i < VECTOR_LANES; i++)
		sum->v[i] *= factor;
}
