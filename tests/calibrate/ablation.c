#include "calibrate/ablation.h"

#include <stdio.h>
#include <string.h>

#include "calibrate/fit.h"

/* Coefficients by number: signals, then doubts. */
#define SIGNAL(name) (1u << SIGNAL_##name)
#define DOUBT(name) (1u << (SIGNALS_N + DOUBT_##name))
_Static_assert(SIGNALS_N + DOUBTS_N <= 32, "a set of coefficients is an unsigned");

static const struct {
	const char *name;
	unsigned out;
} groups[] = {
	{"all", 0},
	{"no alignment", SIGNAL(WORDS) | SIGNAL(TITLE_WORDS) | DOUBT(KNOWN) | DOUBT(EMPTY)},
	{"no mean vectors", SIGNAL(MEAN)},
	{"no concepts",
	 SIGNAL(CONCEPTS) | SIGNAL(TITLE_CONCEPTS) | DOUBT(UNSUPPORTED) | DOUBT(SUPPORTED)},
	{"no BM25F", SIGNAL(LEXICAL) | DOUBT(LEXICAL_BEST)},
	{"no nearest example", SIGNAL(NEAR) | DOUBT(NEAR_BEST) | DOUBT(NEAR_NONE)},
	{"no classifier", SIGNAL(MARGIN) | DOUBT(MARGIN_BEST) | DOUBT(MARGIN_NONE)},
};

/* The same cases with 0 in place of what is left out; its coefficients then stay 0. */
static struct cases cases_without(const struct cases *cases, unsigned out, struct arena *arena)
{
	struct cases less = *cases;

	less.arena = arena;
	less.v = arena_array(arena, cases->n, sizeof *less.v);
	memcpy(less.v, cases->v, cases->n * sizeof *less.v);
	for (size_t i = 0; i < less.n; i++) {
		struct kase *one = &less.v[i];
		double *signals = arena_array(arena, one->n * SIGNALS_N, sizeof *signals);

		memcpy(signals, one->signals, one->n * SIGNALS_N * sizeof *signals);
		for (size_t k = 0; k < one->n * SIGNALS_N; k++)
			if (out >> (k % SIGNALS_N) & 1)
				signals[k] = 0;
		for (size_t k = 0; k < DOUBTS_N; k++)
			if (out >> (SIGNALS_N + k) & 1)
				one->doubts[k] = 0;
		one->signals = signals;
	}
	return less;
}

static void row_print(const struct cases *cases, const char *name, unsigned out,
		      const struct limits *limits, double *all)
{
	struct arena arena;
	struct cases less;
	struct judge judge;
	struct ranked *ranked;
	struct tally fit, kept_out;
	double loss;

	arena_init(&arena);
	less = cases_without(cases, out, &arena);
	loss = judge_fit(&less, RIDGE, &judge);
	ranked = arena_array(&arena, less.n, sizeof *ranked);
	ranked_read(&less, &judge, ranked);
	thresholds_choose(ranked, less.n, limits, &judge);
	fit = tally_fit(ranked, less.n, &judge);
	kept_out = tally_kept_out(ranked, less.n, &judge);
	if (!out)
		*all = loss;
	printf("%-24s %7.4f %+8.4f | %5.1f %5.1f | %5.1f %5.1f %5.1f %5.1f\n", name, loss,
	       loss - *all, 100 * fit.right, 100 * (fit.right + fit.offered), 100 * kept_out.right,
	       100 * (kept_out.right + kept_out.offered), 100 * kept_out.wrong,
	       100 * kept_out.near_text);
	fflush(stdout);
	arena_done(&arena);
}

void ablation_print(const struct cases *cases, const char *title, const struct limits *limits)
{
	double all = 0;

	printf("%s\n%-24s %7s %8s | in the fit  | kept out: right, or offered, wrong, text to "
	       "near misses\n",
	       title, "", "loss", "");
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		row_print(cases, groups[i].name, groups[i].out, limits, &all);
	for (unsigned k = 0; k < SIGNALS_N + DOUBTS_N; k++)
		row_print(cases,
			  k < SIGNALS_N ? signal_name((enum signal)k)
					: doubt_name((enum doubt)(k - SIGNALS_N)),
			  1u << k, limits, &all);
}
