/* `make calibrate`: fits the judge (core/judge.h) on the shipped article and four of the samples, for
 * articles with phrasings and for those without, chooses the thresholds, and writes
 * bot/core/judge_fitted.h. Run from the top of the tree; deterministic. What it reaches on each set, and
 * on the two samples that are in no fit, goes to standard error.
 *
 *     calibrate --check      is the judge in the tree still a good one for the content? TAP
 *     calibrate --ablation   what each part of the signals brings */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calibrate/ablation.h"
#include "calibrate/fit.h"
#include "calibrate/tally.h"

/* Staff change content without fitting again: what that may cost before it is a mistake. */
#define LOSS_SLACK 0.02
#define WRONG_SLACK 0.01

struct kind {
	const char *name, *plain;
	bool taught;
	struct limits limits;
	const struct judge *in_tree;
};

static const struct kind kinds[] = {
	{"JUDGE_TAUGHT",
	 "articles with phrasings",
	 true,
	 {.wrong = 0.02, .near = 0.06, .far = 0.035, .refused = 0.021},
	 &judge_taught},
	{"JUDGE_UNTAUGHT",
	 "articles without phrasings",
	 false,
	 {.wrong = 0.02, .near = 0.02, .far = 0.02, .refused = 0.01},
	 &judge_untaught},
};
#define KINDS_N (sizeof kinds / sizeof *kinds)

static void tally_print(const char *name, const struct tally *t)
{
	fprintf(stderr,
		"%-26s %5zu %5.1f/%5.1f | %5.1f (%4.1f) %5.1f %5.1f %5.1f %5.1f | %5zu %5.1f %5.1f "
		"%5.1f | %5zu %5.1f %5.1f\n",
		name, t->covered, 100 * t->first, 100 * t->among_three, 100 * t->right,
		100 * t->both, 100 * t->wrong, 100 * t->offered, 100 * t->offered_other,
		100 * t->refused, t->near, 100 * t->near_text, 100 * t->near_offered,
		100 * t->near_refused, t->far, 100 * t->far_text, 100 * t->far_offered);
}

static void report(const struct cases *cases, const struct ranked *ranked,
		   const struct judge *judge)
{
	fprintf(stderr,
		"%-26s %5s  first/three | right (both) wrong offer+ offer- refused |  near: text "
		"offered refused |   far: text offered\n",
		"", "asked");
	for (size_t s = 0; s < cases->sets_n; s++) {
		struct tally t = tally_set(ranked, cases->n, s, judge);
		char name[NAME_MAX_BYTES + 8];

		snprintf(name, sizeof name, "%s%s", cases->sets[s].name,
			 cases->sets[s].kept_out ? " *" : "");
		tally_print(name, &t);
	}
}

static void judge_write(const char *name, const struct judge *judge)
{
	printf("#define %s \\\n\t{ \\\n\t\t.signals = { \\\n", name);
	for (int k = 0; k < SIGNALS_N; k++)
		printf("\t\t\t%.3f, /* %s */ \\\n", judge->signals[k], signal_name((enum signal)k));
	printf("\t\t}, \\\n\t\t.doubts = { \\\n");
	for (int k = 0; k < DOUBTS_N; k++)
		printf("\t\t\t%.3f, /* %s */ \\\n", judge->doubts[k], doubt_name((enum doubt)k));
	printf("\t\t}, \\\n\t\t.answer = %.2f, .offer = %.2f \\\n\t}\n", judge->answer,
	       judge->offer);
}

static void rounded(struct judge *judge)
{
	for (int k = 0; k < SIGNALS_N; k++)
		judge->signals[k] = round(judge->signals[k] * 1000) / 1000;
	for (int k = 0; k < DOUBTS_N; k++)
		judge->doubts[k] = round(judge->doubts[k] * 1000) / 1000;
}

/* The judge as it would be written. */
static struct judge judge_best(const struct cases *cases, const struct kind *kind,
			       struct ranked *ranked, double *loss)
{
	struct judge judge;

	*loss = judge_fit(cases, RIDGE, &judge);
	rounded(&judge);
	ranked_read(cases, &judge, ranked);
	thresholds_choose(ranked, cases->n, &kind->limits, &judge);
	return judge;
}

static void fit(const struct cases *cases, const struct kind *kind)
{
	struct ranked *ranked = arena_array(cases->arena, cases->n, sizeof *ranked);
	double loss;
	struct judge judge = judge_best(cases, kind, ranked, &loss);

	fprintf(stderr, "%s: loss %.4f, answer from %.2f, offer from %.2f\n", kind->name, loss,
		judge.answer, judge.offer);
	report(cases, ranked, &judge);
	judge_write(kind->name, &judge);
}

static bool is_same(const struct judge *a, const struct judge *b)
{
	bool same = a->answer == b->answer && a->offer == b->offer;

	for (int k = 0; k < SIGNALS_N; k++)
		same = same && a->signals[k] == b->signals[k];
	for (int k = 0; k < DOUBTS_N; k++)
		same = same && a->doubts[k] == b->doubts[k];
	return same;
}

/* Two results for each kind: is the judge in the tree nearly as good as a new one would be, and does
 * it keep the limits? That it is not the very one that a new fit gives is a warning. */
static bool check(const struct cases *cases, const struct kind *kind, size_t number)
{
	struct ranked *ranked = arena_array(cases->arena, cases->n, sizeof *ranked);
	double best, loss = judge_loss(cases, RIDGE, kind->in_tree);
	struct judge judge = judge_best(cases, kind, ranked, &best);
	struct tally t;
	bool good, kept;

	if (!is_same(&judge, kind->in_tree))
		fprintf(stderr,
			"WARNING: the content or the signals of %s have changed since the judge "
			"was "
			"fitted; `make calibrate` fits it again\n",
			kind->plain);
	ranked_read(cases, kind->in_tree, ranked);
	t = tally_fit(ranked, cases->n, kind->in_tree);
	good = loss - best <= LOSS_SLACK;
	kept = t.wrong <= kind->limits.wrong + WRONG_SLACK &&
	       t.near_text <= kind->limits.near + WRONG_SLACK &&
	       t.far_text <= kind->limits.far + WRONG_SLACK;
	printf("%s %zu - %s: loss %.4f, fitted again %.4f\n", good ? "ok" : "not ok",
	       2 * number + 1, kind->plain, loss, best);
	printf("%s %zu - %s: wrong text to %.1f %%, of near misses to %.1f %%, of others to %.1f "
	       "%%, "
	       "at most %.1f, %.1f and %.1f\n",
	       kept ? "ok" : "not ok", 2 * number + 2, kind->plain, 100 * t.wrong,
	       100 * t.near_text, 100 * t.far_text, 100 * (kind->limits.wrong + WRONG_SLACK),
	       100 * (kind->limits.near + WRONG_SLACK), 100 * (kind->limits.far + WRONG_SLACK));
	return good && kept;
}

int main(int argc, char **argv)
{
	const char *mode = argc == 2 ? argv[1] : "";
	bool checking = strcmp(mode, "--check") == 0, ablating = strcmp(mode, "--ablation") == 0;
	bool good = true;

	if (argc > 1 && !checking && !ablating) {
		fprintf(stderr, "usage: calibrate [--check|--ablation]\n");
		return 2;
	}
	if (!checking && !ablating)
		printf("/* Written by `make calibrate`; do not edit. */\n");
	for (size_t i = 0; i < KINDS_N; i++) {
		struct arena arena;
		struct cases cases = {.arena = &arena};

		arena_init(&arena);
		cases_collect(&cases, kinds[i].taught);
		if (checking)
			good = check(&cases, &kinds[i], i) && good;
		else if (ablating)
			ablation_print(&cases, kinds[i].plain, &kinds[i].limits);
		else
			fit(&cases, &kinds[i]);
		arena_done(&arena);
	}
	if (checking)
		printf("1..%zu\n", 2 * KINDS_N);
	return good ? 0 : 1;
}
