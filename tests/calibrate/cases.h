/* What the judge (core/judge.h) is fitted and measured on: questions of which it is known which passages
 * answer them, or that none does, weighed by a book that has not learnt from them. Lives in an
 * arena. */
#ifndef CALIBRATE_CASES_H
#define CALIBRATE_CASES_H

#include "core/arena.h"
#include "core/judge.h"

#define NAME_MAX_BYTES 64
#define FOLDS 8

struct kase {
	const double *signals; /* `n` rows of SIGNALS_N */
	size_t n;
	double doubts[DOUBTS_N];
	bool *right; /* by passage */
	bool covered;
	bool far;      /* nothing to do with the article; else, when not covered, a near miss */
	size_t set;    /* which of the sets below */
	double weight; /* 0: kept out of the fit, measured only */
};

/* The questions about one article. */
struct kase_set {
	char name[NAME_MAX_BYTES];
	bool kept_out;
	double share; /* of the whole fit */
};

struct cases {
	struct kase *v;
	size_t n, cap;
	struct kase_set *sets;
	size_t sets_n, sets_cap;
	struct arena *arena;
};

/* Cases of every article: with its phrasings taught (those that are asked left out in turn), or
 * by the article alone. */
void cases_collect(struct cases *cases, bool taught);

#endif
