/* What matching needs, built once for a book: every passage of every article with its section's
 * title and its phrasings, as bags of stems with their weights. */
#ifndef CORE_INDEX_H
#define CORE_INDEX_H

#include "core/align.h"
#include "core/bag.h"
#include "core/classify.h"
#include "core/features.h"
#include "core/lessons.h"
#include "core/lexicon.h"

/* Neighbouring examples that stand for the same. */
struct run {
	uint32_t class;
	uint32_t end; /* the first example behind it */
};

/* Bags turned round, by term: `v[starts[t]]` to `v[starts[t + 1]]` are of term t, and `term` in them is the
 * number of the bag. */
struct postings {
	uint32_t *starts;
	struct weight *v;
};

struct index {
	const struct lexicon *lexicon;
	struct str *terms; /* every stem of the texts; a term's number is its place */
	size_t terms_n;
	uint32_t *slots; /* open addressing by str_hash: the term + 1, 0 where free */
	size_t slots_n;	 /* a power of two */
	float *idf;	 /* by term */
	float idf_max;	 /* of a stem that stands nowhere */

	const struct article *const *articles;
	const struct align **aligns; /* by article */
	size_t articles_n;
	const struct passage **passages; /* of all articles, in their order */
	size_t passages_n;
	struct postings
		fields; /* of the passages: what BM25F gives a term there, without its idf */

	/* What an example stands for: class i is passage i, class passages_n is "no article covers
	 * this", and above it are "article k does not cover this", for the articles that have such
	 * examples. Those of one article say nothing about another. */
	size_t classes_n;
	uint32_t *none; /* by article: its own such class; passages_n when it has none */

	/* What a question is held against one by one: phrasings, titles, the passages' sentences, and
	 * what is not covered, each a unit vector of idf. */
	struct run *runs; /* all examples, in their order */
	size_t runs_n;
	size_t examples_n;
	struct postings examples;

	/* What the staff's examples teach; NULL without a table of word vectors. */
	const struct features *features;
	const struct classifier *classifier;
	bool *taught; /* by passage: its article has phrasings enough to learn from */
};

const struct index *index_new(const struct book *book, const struct lexicon *lexicon,
			      const struct lessons *lessons, struct arena *arena);

#define TERM_NONE UINT32_MAX
/* The term of a stem, or TERM_NONE. */
uint32_t index_term(const struct index *index, struct str stem);

/* The number of one of its articles. */
size_t index_article(const struct index *index, const struct article *article);

/* How much a word counts by itself: less when it is a stop word. */
float index_word_weight(const struct index *index, const struct word *word);

#endif
