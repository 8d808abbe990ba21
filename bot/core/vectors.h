/* The table of word vectors, `en/words.vec`: for each word a direction in a space where words used
 * alike lie near one another. A view of the file's bytes, which somebody else keeps alive and
 * unchanged (a mapped file, see io/files.h); what is built beside it lives in an arena.
 *
 * The file, every number little-endian (`make vectors` writes it, tests/vectors/build.js):
 *
 *      0   8  "wordvec\n"
 *      8   8  checksum of bytes 16 to the end: FNV-1a of 64 bits taken 8 bytes at a time,
 *             h = (h ^ 8 bytes) * 0x100000001b3; h ^= h >> 32
 *     16   4  version, 1
 *     20   4  N, words in the table
 *     24   4  dimensions, 100
 *     28   4  T, bytes of text
 *     32   4  words that were ranked when the table was cut out of them
 *     36  28  zero
 *     64      N rows of 100 signed bytes
 *             N ranks of 4 bytes, rising: 0 is the most frequent word
 *             N lengths of 1 byte, 1 to 63
 *             T bytes: the words one behind the other, a to z
 *             zeros up to a multiple of 8
 *
 * A row is a direction times any length, so no scale is stored: row / |row| is the word's unit
 * vector. Rows are in order of frequency, so that the pages in use are few and lie together.
 * The search index is not stored but built when the table is opened, in 4 ms: stored, it would be a
 * tenth of the file, and each of its slots would have to be checked anyway. */
#ifndef CORE_VECTORS_H
#define CORE_VECTORS_H

#include "core/arena.h"
#include "core/err.h"

#define VECTORS_BYTES_MAX ((size_t)128 * 1024 * 1024)
#define VECTORS_CHECKSUM_END 16 /* the checksum stands in the first bytes */
#define VECTOR_DIMENSIONS 100
/* Dimensions with zeros behind them, to whole registers: 13 of eight 16-bit numbers. */
#define VECTOR_LANES 104
#define VECTOR_NONE UINT32_MAX

struct vectors {
	size_t n;
	uint32_t ranked; /* words that ranks were counted over */

	/* In the file: */
	const int8_t *rows;
	const unsigned char *ranks;
	const char *text;

	/* In the arena: */
	uint32_t *starts; /* n + 1 positions in `text` */
	uint32_t *slots;  /* open addressing by str_hash; VECTOR_NONE where free */
	size_t slots_n;	  /* a power of two, twice n or more */
};

/* Checks the whole file, checksum too, and builds the index: 7 ms for 13 MB in memory. ERR_INPUT says what is
 * wrong with it; then `out` is as it was. Every byte is read: whoever mapped the file may want to
 * give its pages back afterwards. */
bool vectors_open(struct str file, struct arena *arena, struct vectors *out, struct err *err);

/* The row of a folded word (struct word's text), or VECTOR_NONE. */
uint32_t vectors_find(const struct vectors *vectors, struct str word);

/* Each for a row below `n`. */
struct str vectors_word(const struct vectors *vectors, uint32_t row);
/* Its place among all words by frequency, from 0. */
uint32_t vectors_rank(const struct vectors *vectors, uint32_t row);

/* How often the word of this row is used, as a share of all words in running text: Zipf's law with
 * Mandelbrot's offset, 1 / ((rank + 2.7) ln(1.78 * 400000)). VECTOR_NONE is as rare as the last of
 * the ranked. */
double vectors_probability(const struct vectors *vectors, uint32_t row);

/* A row made ready for many comparisons. `inverse` is 1 / |v|, and 0 for a row of zeros, which is
 * like nothing. */
struct vector {
	_Alignas(16) int16_t v[VECTOR_LANES];
	float inverse;
};

void vector_read(const struct vectors *vectors, uint32_t row, struct vector *out);
/* -1 to 1. */
float vector_cosine(const struct vector *a, const struct vector *b);
/* The cosines of one word with each of `n`, for soft matching. */
void vector_cosines(const struct vector *word, const struct vector *others, size_t n, float *out);

/* Sums of weighted unit vectors: what a text is about. */
struct vector_sum {
	_Alignas(16) float v[VECTOR_LANES];
};

void vector_sum_add(struct vector_sum *sum, const struct vector *vector, float weight);
/* sum += weight * other; the other's length counts. */
void vector_sum_add_sum(struct vector_sum *sum, const struct vector_sum *other, float weight);
float vector_sum_dot(const struct vector_sum *a, const struct vector_sum *b);
/* To length 1; a sum of zeros stays as it is. */
void vector_sum_normalise(struct vector_sum *sum);

#endif
