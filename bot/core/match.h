/* Ranks passages for a question, and says how sure that is: what the words, the word vectors, the
 * concepts and the classifier say about each passage (signals) becomes the probability that it
 * answers, beside the probability that none does (judge.h).
 *
 * near: the highest cosine of idf-weighted stems between the question and one example for the passage
 * (a phrasing of the staff's, the section's title, a sentence). lexical: BM25F over section title,
 * passage and phrasings, as a share of what the question's words could reach at most; words that
 * stand nowhere in the book count in both as not found. The rest: align.h, classify.h. */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "core/index.h"
#include "core/judge.h"

struct match {
	const struct passage *passage;
	double p;	/* the probability that it answers */
	double covered; /* that any passage of its article does */
	double signals[SIGNALS_N];
	const struct judge *judge; /* that said so */
};

/* What the question names, held against one article. */
struct topics {
	unsigned missing; /* a concept that the article never mentions, where it names none that the
			     article speaks of in particular; or CONCEPT_NONE */
	bool supported;	  /* the article mentions all of them, and one in particular */
};

/* Words [from, to) against one article of the book, nothing left out. */
struct weighed {
	const struct article *article;
	const double *signals; /* by passage, SIGNALS_N each */
	double doubts[DOUBTS_N];
	struct topics topics;
	bool taught;		    /* the article has phrasings enough */
	const struct passage *same; /* an example of it says the same as the question, or NULL */
};

/* As many as the book has articles, in their order, in `turn`. */
const struct weighed *match_weigh(const struct index *index, const struct words *words, size_t from,
				  size_t to, struct arena *turn);

/* The best `max` passages, best first, equal ones in the order of the articles; fewer when fewer have
 * anything to do with the question. `topics` as the surest article has them. */
size_t match_rank(const struct index *index, const struct words *words, size_t from, size_t to,
		  struct match *out, size_t max, struct topics *topics, struct arena *turn);

/* From the least to the most that is known. */
enum match_verdict {
	MATCH_NONE,
	MATCH_OFFER,
	MATCH_SECTION, /* all of the section that the first passage stands in answers it */
	MATCH_ANSWER,
};

/* How sure the ranking is. With MATCH_ANSWER `*n` becomes how many of the first are given: 1, or 2 where
 * the second is not unlikely either. What leads them (passage_intro()) is given with them and counts.
 * With the other verdicts `*n` stays. */
enum match_verdict match_judge(const struct match *ranked, size_t *n);

#endif
