/* A text as numbers for the classifier (classify.h), in three blocks:
 *
 *   words    its stems, and the pairs of stems at most six words apart, in any order (a pair weighs
 *            0.7 of a stem): by how few texts have them (idf), together of length 1;
 *   letters  the runs of three letters in its words, edges included, so that misspelt and unknown
 *            words still say something: by idf too, together of length 0.7;
 *   meaning  the mean of its words' vectors without what all texts share, of length 1 (smooth inverse
 *            frequency: Arora, Liang, Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings,
 *            ICLR 2017, weight a / (a + p(w)) with a = 1e-3).
 *
 * Lives in an arena. */
#ifndef CORE_FEATURES_H
#define CORE_FEATURES_H

#include "core/bag.h"
#include "core/text.h"
#include "core/vectors.h"

struct feature_slot;

struct features {
	const struct vectors *vectors;
	struct feature_slot *slots; /* of stems, pairs and runs of letters, open addressing */
	size_t slots_n;
	size_t words_n;		/* numbers [0, words_n) are of words, */
	size_t terms_n;		/* [words_n, terms_n) of letters, and the vectors follow */
	float idf_unseen;	/* of what no text has */
	struct vector_sum mean; /* of all texts it was made from */
};

/* A text by its blocks: as features_of() gives it, but that the meaning is without its numbers, which
 * are [terms_n, terms_n + VECTOR_DIMENSIONS) for all texts. */
struct text_features {
	struct bag terms; /* words and letters */
	float *meaning;	  /* VECTOR_DIMENSIONS */
};

/* Made from the texts that the classifier will be trained on. Every stem of theirs is kept, but pairs and
 * runs of letters only when two texts have them, and one more for each 2,048 texts. `vectors` must
 * live as long. The texts' own features are written to `out`, what they hold lives in `out_arena`; both
 * may be NULL. */
const struct features *features_new(const struct words *texts, size_t texts_n,
				    const struct vectors *vectors, struct arena *arena,
				    struct text_features *out, struct arena *out_arena);

/* How many numbers a text may have: terms first, then VECTOR_DIMENSIONS. */
size_t features_count(const struct features *features);

/* Words [from, to). Sorted by number, in `arena`. */
struct bag features_of(const struct features *features, const struct words *words, size_t from,
		       size_t to, struct arena *arena);

/* The share, 0 to 1, that words [from, to) with a known stem have in all of them, each counted by its
 * idf; what no text has weighs most. 0 for no words. */
float features_known(const struct features *features, const struct words *words, size_t from,
		     size_t to);

#endif
