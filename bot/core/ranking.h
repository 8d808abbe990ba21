/* What was found for one question: the best passages, and what to make of them. */
#ifndef CORE_RANKING_H
#define CORE_RANKING_H

#include "core/match.h"

#define RANKED_MAX 12 /* so that three topics are among them where sections are offered whole */

struct ranking {
	struct match v[RANKED_MAX]; /* best first */
	size_t n;
	enum match_verdict verdict;
	size_t given; /* with MATCH_ANSWER: how many of them are given */
	struct topics topics;
};

/* For words [from, to). */
struct ranking ranking_of(const struct index *index, const struct words *words, size_t from,
			  size_t to, struct arena *turn);
/* Sets the verdict and how many are given by what stands in `v`. */
void ranking_judge(struct ranking *ranking);
/* The passages in the order of both rankings' probabilities together; a verdict stays as it is. */
void ranking_join(struct ranking *ranking, const struct ranking *other);

#endif
