/* Small made tables of word vectors, written from the description in core/vectors.h. */
#ifndef TESTS_VECTORS_MADE_H
#define TESTS_VECTORS_MADE_H

#include <stdint.h>
#include <string.h>

#define MADE_MAX 4096
#define RANKED 1000

struct made {
	unsigned char bytes[MADE_MAX];
	size_t n;
	size_t ranks, lengths, text;
};

static inline void put(struct made *m, size_t at, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		m->bytes[at + i] = (unsigned char)(value >> (8 * i));
}

static inline void seal(struct made *m)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 16; i + 8 <= m->n; i += 8) {
		uint64_t part = 0;

		for (size_t k = 8; k-- > 0;)
			part = part << 8 | m->bytes[i + k];
		h = (h ^ part) * 0x100000001b3u;
		h ^= h >> 32;
	}
	put(m, 8, h, 8);
}

/* One byte of a row, -128 to 127. */
static inline void put_row(struct made *m, size_t row, size_t dimension, int value)
{
	m->bytes[64 + 100 * row + dimension] = (unsigned char)value;
}

/* The table of these words, in this order of frequency (rank 3, 10, 17, ...), all rows zeros; to be
 * sealed when they are filled. */
static inline void make_empty(struct made *m, const char *const *words, size_t n)
{
	size_t at;

	memset(m, 0, sizeof *m);
	memcpy(m->bytes, "wordvec\n", 8);
	m->ranks = 64 + 100 * n;
	m->lengths = m->ranks + 4 * n;
	m->text = at = m->lengths + n;
	for (size_t r = 0; r < n; r++) {
		put(m, m->ranks + 4 * r, 7 * r + 3, 4);
		m->bytes[m->lengths + r] = (unsigned char)strlen(words[r]);
		memcpy(m->bytes + at, words[r], strlen(words[r]));
		at += strlen(words[r]);
	}
	m->n = (at + 7) / 8 * 8;
	put(m, 16, 1, 4);
	put(m, 20, n, 4);
	put(m, 24, 100, 4);
	put(m, 28, at - m->text, 4);
	put(m, 32, RANKED, 4);
}

#endif
