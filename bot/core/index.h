/* What matching needs, built once for a book: every passage of every article with its section's
 * title and its phrasings, as bags of stems with their weights. */
#ifndef CORE_INDEX_H
#define CORE_INDEX_H

#include "core/lexicon.h"

/* Staff's examples of how patients ask, from NAME.questions.md. */
struct phrasing {
	struct str text;
	const struct passage *passage;
	unsigned line;
};

/* Reads the `## <passage id>` blocks of a questions file. Unknown ids and doubled phrasings are
 * mistakes (a warning within one passage). `out` and `*n` are grown. */
bool phrasings_parse(const struct source *questions_md, const struct article *article,
		     struct arena *arena, struct phrasing **out, size_t *n, size_t *cap,
		     struct mistakes *mistakes);

struct weight {
	uint32_t term;
	float w;
};

/* A bag of terms, sorted by term. */
struct bag {
	struct weight *v;
	size_t n;
};

struct index {
	const struct lexicon *lexicon;
	struct str *terms; /* open addressing by str_hash; empty where free */
	float *idf;	   /* by slot */
	size_t slots;	   /* a power of two */
	float idf_max;	   /* of a stem that stands nowhere */

	const struct passage **passages;
	struct bag *fields; /* by passage: BM25F's summed and length-normalised counts */
	size_t passages_n;

	/* What a question is held against one by one: phrasings, titles, the passages' sentences. */
	uint32_t *example_passage; /* by example: which of `passages` */
	struct bag *examples;	   /* unit vectors of idf */
	size_t examples_n;
};

const struct index *index_new(const struct book *book, const struct lexicon *lexicon,
			      const struct phrasing *phrasings, size_t phrasings_n,
			      struct arena *arena);

#define TERM_NONE UINT32_MAX
/* The term of a stem, or TERM_NONE. */
uint32_t index_term(const struct index *index, struct str stem);

/* How much a word counts by itself: less when it is a stop word. */
float index_word_weight(const struct index *index, const struct word *word);

#endif
