/* Ranks passages for a question, and says how sure that is.
 *
 *     words(p) = 0.5 near(p) + 0.5 lexical(p)
 *
 * near: the highest cosine of idf-weighted stems between the question and one example for p (a
 * phrasing of the staff's, the section's title, a sentence of the passage). lexical: BM25F over section
 * title, passage and phrasings, as a share of what the question's words could reach at most. Words
 * that stand nowhere in the book count in both as not found, so a question about something else
 * scores low on every passage.
 *
 * Where an article has phrasings, the classifier trained on them (classify.h) ranks together with
 * the words, and two logistic regressions turn its margins into the probability that the best
 * passage is right, and that the article covers the question at all. */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "core/index.h"

struct match {
	const struct passage *passage;
	double score;	    /* 0 to 1; of a taught article: the probability that it is right */
	double covered;	    /* of the best one of a taught article: that it covers the question */
	double words;	    /* what the words alone say */
	double margin;	    /* of the classifier; above 0 it claims the passage */
	double not_covered; /* its margin for "no article covers this" */
	bool taught;	    /* the classifier knows this article */
};

/* The best `max` passages, best first, equal ones in the order of the articles; fewer when fewer
 * share a word with the question. Words [from, to) of `words` are the question. */
size_t match_rank(const struct index *index, const struct words *words, size_t from, size_t to,
		  struct match *out, size_t max, struct arena *turn);

enum match_verdict { MATCH_NONE, MATCH_OFFER, MATCH_ANSWER };

/* How sure the ranking is. */
enum match_verdict match_judge(const struct match *ranked, size_t n);
/* How many of the ranked ones are worth offering, at most three. */
size_t match_offer_count(const struct match *ranked, size_t n);

#endif
