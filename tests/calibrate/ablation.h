/* What each part of the signals brings: the judge fitted again without it. */
#ifndef CALIBRATE_ABLATION_H
#define CALIBRATE_ABLATION_H

#include "calibrate/tally.h"

/* Prints a table to standard output: all signals, without each group of them, without each single one.
 * Thresholds are chosen anew each time, so that as much goes wrong as before. */
void ablation_print(const struct cases *cases, const char *title, const struct limits *limits);

#endif
