#include "core/judge.h"

#include <math.h>

#include "core/judge_fitted.h"

const struct judge judge_taught = JUDGE_TAUGHT;
const struct judge judge_untaught = JUDGE_UNTAUGHT;

const char *signal_name(enum signal signal)
{
#define SIGNAL_NAME(name, text) text,
	static const char *const names[] = {SIGNALS(SIGNAL_NAME)};
#undef SIGNAL_NAME

	return names[signal];
}

const char *doubt_name(enum doubt doubt)
{
#define DOUBT_NAME(name, text) text,
	static const char *const names[] = {DOUBTS(DOUBT_NAME)};
#undef DOUBT_NAME

	return names[doubt];
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

double judge_probabilities(const struct judge *judge, const double *signals, size_t n,
			   const double *doubts, double *p)
{
	double none = dot(judge->doubts, doubts, DOUBTS_N);
	double highest = none;
	double sum;

	for (size_t i = 0; i < n; i++) {
		p[i] = dot(judge->signals, signals + i * SIGNALS_N, SIGNALS_N);
		highest = fmax(highest, p[i]);
	}
	none = exp(none - highest);
	sum = none;
	for (size_t i = 0; i < n; i++) {
		p[i] = exp(p[i] - highest);
		sum += p[i];
	}
	for (size_t i = 0; i < n; i++)
		p[i] /= sum;
	return none / sum;
}
