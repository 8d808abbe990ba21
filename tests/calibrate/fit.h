/* The conditional logit of core/judge.h, fitted by Newton's method with halved steps. */
#ifndef CALIBRATE_FIT_H
#define CALIBRATE_FIT_H

#include "calibrate/cases.h"

/* The coefficients under which the cases are likeliest, less ridge/2 times the sum of their squares;
 * of several right passages any counts. Gives the mean of -log P over the cases' weights. */
double judge_fit(const struct cases *cases, double ridge, struct judge *out);

#endif
