/* What matching needs, built once for a book: every passage of every article with its section's
 * title and its phrasings, as bags of stems with their weights. */
#ifndef CORE_INDEX_H
#define CORE_INDEX_H

#include "core/align.h"
#include "core/bag.h"
#include "core/classify.h"
#include "core/features.h"
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

struct index {
	const struct lexicon *lexicon;
	struct str *terms; /* open addressing by str_hash; empty where free */
	float *idf;	   /* by slot */
	size_t slots;	   /* a power of two */
	float idf_max;	   /* of a stem that stands nowhere */

	const struct article *const *articles;
	const struct align **aligns; /* by article */
	size_t articles_n;
	const struct passage **passages; /* of all articles, in their order */
	struct bag *fields; /* by passage: BM25F's summed and length-normalised counts */
	size_t passages_n;

	/* What a question is held against one by one: phrasings, titles, the passages' sentences, and
	 * what no article covers, each a unit vector of idf. Kept by term: `postings` of slot s are [starts[s], starts[s + 1]), and
	 * `term` in them is the number of the example. */
	uint32_t *example_passage; /* by example: which of `passages`; passages_n: none */
	size_t examples_n;
	uint32_t *starts;
	struct weight *postings;

	/* What the staff's phrasings teach; NULL without a table of word vectors. Class i is passage i,
	 * class passages_n is "no article covers this". */
	const struct features *features;
	const struct classifier *classifier;
	bool *taught; /* by passage: its article has phrasings enough to learn from */
};

/* What a book teaches its index with. */
struct lessons {
	const struct phrasing *phrasings;
	size_t phrasings_n;
	const struct list_item *not_covered; /* questions that no article answers */
	size_t not_covered_n;
	const struct vectors *vectors; /* NULL: no classifier */
};

/* Reads en/not-covered.md: lists of questions under `## topic` headings. */
bool not_covered_parse(const struct source *not_covered_md, struct arena *arena,
		       struct lessons *out, struct mistakes *mistakes);

const struct index *index_new(const struct book *book, const struct lexicon *lexicon,
			      const struct lessons *lessons, struct arena *arena);

#define TERM_NONE UINT32_MAX
/* The term of a stem, or TERM_NONE. */
uint32_t index_term(const struct index *index, struct str stem);

/* How much a word counts by itself: less when it is a stop word. */
float index_word_weight(const struct index *index, const struct word *word);

#endif
