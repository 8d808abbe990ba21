/* A text as numbers for the classifier (classify.h): idf-weighted stems and pairs of neighbouring stems,
 * to length 1, and behind them the mean of its words' vectors without what all texts share (smooth
 * inverse frequency: Arora, Liang, Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings,
 * ICLR 2017, weight a / (a + p(w)) with a = 1e-3), to length 1 as well. Lives in an arena. */
#ifndef CORE_FEATURES_H
#define CORE_FEATURES_H

#include "core/bag.h"
#include "core/text.h"
#include "core/vectors.h"

struct features {
	const struct vectors *vectors;
	uint64_t *keys; /* open addressing by the hash of a stem or a pair; 0 where free */
	uint32_t *ids;
	float *idf; /* by slot */
	size_t slots;
	size_t terms_n;
	struct vector_sum mean; /* of all texts it was made from */
};

/* Made from the texts that the classifier will be trained on. A pair that occurs in one text only is
 * left out. `vectors` must live as long. */
const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena);

/* How many numbers a text may have: terms first, then VECTOR_DIMENSIONS. */
size_t features_count(const struct features *features);

/* Words [from, to). Sorted by number, in `arena`. */
struct bag features_of(const struct features *features, const struct words *words, size_t from,
		       size_t to, struct arena *arena);

#endif
