/* How well each passage of one article fits a question, by nothing but the article: what is asked of a
 * clinic's new article on its first day. Built once for an article, lives in the book's arena.
 *
 * Every content word of the question looks for the word of the passage that is most like it: 1 for
 * the same stem, else by the cosine of their vectors. With w the weight of a question's word (rare in
 * the language, rare in the article),
 *
 *     fit(p) = sum w max_v sim(word, v) / sum w
 *
 * once over the passage and once over its section's title. Beside it the cosine of the weighted mean
 * vectors of question and passage (smooth inverse frequency, see features.h), and the share of the
 * question's concepts (concepts.h) that passage or title speak of. */
#ifndef CORE_ALIGN_H
#define CORE_ALIGN_H

#include "core/article.h"
#include "core/concepts.h"
#include "core/lexicon.h"
#include "core/vectors.h"

struct align;

/* `vectors` and `concepts` may be NULL: then words are alike by stem only, and concepts fit nowhere.
 * All must live as long. */
const struct align *align_new(const struct article *article, const struct lexicon *lexicon,
			      const struct vectors *vectors, const struct concepts *concepts,
			      struct arena *arena);

/* Of one passage, each 0 to 1 but for `mean`, a cosine. */
struct fit {
	float words, title_words;
	float mean;
	float concepts, title_concepts;
};

/* Of the question and the article as a whole. */
struct reach {
	float known;	   /* the share of its words that the article meets anywhere */
	float unsupported; /* of the topics it names, the share that the article never mentions */
	float supported;   /* how telling the most telling topic is that both name, 0 to 1 */
	size_t content;	   /* different words that carry meaning */
	unsigned
		missing; /* the first topic that can be named and is not in the article, or CONCEPT_NONE */
};

/* Words [from, to) of the question against every passage of the article: one fit each, in `turn`. */
const struct fit *align_fits(const struct align *align, const struct words *words, size_t from,
			     size_t to, struct reach *reach, struct arena *turn);

/* Sets `met[i]` for every word i that a passage, or its section's title, speaks of: by its stem, where it is no
 * everyday word, or by a concept. The others stay. */
void align_meets(const struct align *align, const struct words *words, size_t passage,
		 struct arena *turn, bool *met);

/* Whether the article mentions a concept, in a passage or a title. */
bool align_speaks_of(const struct align *align, unsigned concept);

#endif
