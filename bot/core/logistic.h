/* Logistic regression: how likely something is, from a few signals, learnt from cases with known
 * outcome. Fitted by Newton's method (iteratively reweighted least squares: McCullagh and Nelder,
 * Generalized Linear Models, 2nd ed., 2.5) with halved steps where a full one would overshoot, so
 * that the same cases give the same coefficients. Owns nothing.
 *
 *     P(yes) = 1 / (1 + exp(-(b0 + b1 x1 + ... + bk xk)))
 *
 * minimises
 *
 *     sum over cases of weight * -log P(what it was) + ridge/2 * sum over j >= 1 of (bj sj)^2
 *
 * where sj is the weighted standard deviation of signal j: the ridge asks the same of a signal in
 * whatever unit it comes, and nothing of the constant b0. That is scikit-learn's StandardScaler
 * followed by LogisticRegression(C = 1/ridge). */
#ifndef CORE_LOGISTIC_H
#define CORE_LOGISTIC_H

#include "core/err.h"

#define LOGISTIC_SIGNALS_MAX 64

struct logistic_cases {
	const double *rows;    /* `n` rows of `signals_n` numbers, one behind the other */
	const bool *labels;    /* `n`; true: yes */
	const double *weights; /* `n`, 0 or more; a case of weight 2 counts as two. NULL: 1 each */
	size_t n, signals_n;
};

/* The constant b0, then b1 to bk in the units of the signals, in `out` (signals_n + 1 numbers).
 * `ridge` is 0 or more; 1 is a good start. Takes n * k^2 steps a round, mostly 5 to 10 rounds.
 * ERR_INPUT, with the place of a bad case counted from 1: a number that is not finite, a weight
 * below 0, too many signals, no case of one of the two labels; or signals that settle nothing (one is
 * the sum of others or never varies, or they tell all cases apart, so that no coefficients are the
 * best), which a larger ridge cures. */
bool logistic_fit(const struct logistic_cases *cases, double ridge, double *out, struct err *err);

/* P(yes), from what logistic_fit() gave and `signals_n` signals. */
double logistic_predict(const double *coefficients, const double *signals, size_t signals_n);

#endif
