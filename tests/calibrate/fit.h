/* The conditional logit of core/judge.h, fitted by Newton's method with halved steps. */
#ifndef CALIBRATE_FIT_H
#define CALIBRATE_FIT_H

#include "calibrate/cases.h"

#define RIDGE 2e-4 /* of the shipped judge */

/* The mean of -log P over the cases' weights, and ridge/2 times the sum of the squared
 * coefficients; of several right passages any counts. */
double judge_loss(const struct cases *cases, double ridge, const struct judge *judge);

/* The coefficients with the least loss, which is given. */
double judge_fit(const struct cases *cases, double ridge, struct judge *out);

#endif
