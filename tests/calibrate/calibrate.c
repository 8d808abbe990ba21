/* `make calibrate`: fits the judge (core/judge.h) on the shipped article and four of the samples, for
 * articles with phrasings and for those without, chooses the thresholds, and writes
 * bot/core/judge_fitted.h. Run from the top of the tree; deterministic. What it reaches on each set, and
 * on the two samples that are in no fit, goes to standard error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "calibrate/fit.h"

#define RIDGE 2e-4

/* What may go wrong at most, as shares, with room below the floors that the README names. */
struct limits {
	double wrong;	  /* of covered questions: another passage given */
	double uncovered; /* of others: a passage given. Those in the fit are near misses in the main,
			     several times harder than what patients ask */
	double refused;	  /* of covered questions: neither answered nor offered topics */
};

static const struct limits limits_taught = {.wrong = 0.025, .uncovered = 0.07, .refused = 0.02};
static const struct limits limits_untaught = {.wrong = 0.02, .uncovered = 0.025, .refused = 0.02};

#define BOTH_LEAST 0.15 /* as in core/match.c */
#define OFFER_MAX 3

/* What comes of a question; shares of all covered, or of all others. */
struct tally {
	double right, both, wrong, offered, offered_other, refused;
	double text, offered_uncovered, refused_uncovered;
	double first, among_three; /* ranking alone */
	size_t covered, uncovered;
};

/* The places of the three highest. */
static void best_three(const double *p, size_t n, size_t best[OFFER_MAX])
{
	for (size_t k = 0; k < OFFER_MAX; k++) {
		size_t at = SIZE_MAX;

		for (size_t i = 0; i < n; i++) {
			bool taken = false;

			for (size_t l = 0; l < k; l++)
				taken = taken || best[l] == i;
			if (!taken && (at == SIZE_MAX || p[i] > p[at]))
				at = i;
		}
		best[k] = at == SIZE_MAX ? best[0] : at;
	}
}

/* How a case ranks under a judge; worked out once for all thresholds. */
struct ranked {
	double p[OFFER_MAX], covered;
	bool right[OFFER_MAX];
	const struct kase *of;
	double weight; /* in the choice of thresholds: its share among covered, or others */
};

static void ranked_read(const struct cases *cases, const struct judge *judge, struct ranked *out)
{
	double *p = arena_array(cases->arena, 4096, sizeof *p);

	for (size_t i = 0; i < cases->n; i++) {
		const struct kase *one = &cases->v[i];
		struct ranked *r = &out[i];
		size_t best[OFFER_MAX];

		r->of = one;
		r->weight = one->weight;
		r->covered = 1 - judge_probabilities(judge, one->signals, one->n, one->doubts, p);
		best_three(p, one->n, best);
		for (size_t k = 0; k < OFFER_MAX; k++) {
			r->p[k] = p[best[k]];
			r->right[k] = one->right[best[k]];
		}
	}
}

static void tally_add(struct tally *t, const struct ranked *r, const struct judge *judge, double w)
{
	bool one = r->p[0] >= judge->answer;
	bool both = !one && r->p[1] >= BOTH_LEAST && r->p[0] + r->p[1] >= judge->answer;
	bool right = r->right[0] || (both && r->right[1]);
	bool among = r->right[0] || r->right[1] || r->right[2];

	if (!r->of->covered) {
		if (one || both)
			t->text += w;
		else if (r->covered >= judge->offer)
			t->offered_uncovered += w;
		else
			t->refused_uncovered += w;
		return;
	}
	t->first += r->right[0] ? w : 0;
	t->among_three += among ? w : 0;
	if (one || both) {
		*(right ? &t->right : &t->wrong) += w;
		t->both += both ? w : 0;
	} else if (r->covered >= judge->offer) {
		*(among ? &t->offered : &t->offered_other) += w;
	} else {
		t->refused += w;
	}
}

/* Over the fit, by its weights, made shares. */
static struct tally tally_fit(const struct ranked *ranked, size_t n, const struct judge *judge)
{
	struct tally t = {0};
	double covered = 0, uncovered = 0;

	for (size_t i = 0; i < n; i++)
		*(ranked[i].of->covered ? &covered : &uncovered) += ranked[i].weight;
	for (size_t i = 0; i < n; i++)
		if (ranked[i].weight > 0)
			tally_add(&t, &ranked[i], judge,
				  ranked[i].weight / (ranked[i].of->covered ? covered : uncovered));
	return t;
}

static struct tally tally_set(const struct ranked *ranked, size_t n, size_t set,
			      const struct judge *judge)
{
	struct tally t = {0};

	for (size_t i = 0; i < n; i++)
		if (ranked[i].of->set == set)
			*(ranked[i].of->covered ? &t.covered : &t.uncovered) += 1;
	for (size_t i = 0; i < n; i++)
		if (ranked[i].of->set == set)
			tally_add(&t, &ranked[i], judge,
				  1.0 / (double)(ranked[i].of->covered ? t.covered : t.uncovered));
	return t;
}

/* The lowest threshold for giving text that keeps both limits, then the highest for offering topics
 * that refuses no more than it may. */
static void thresholds_choose(const struct ranked *ranked, size_t n, const struct limits *limits,
			      struct judge *judge)
{
	judge->offer = 0;
	for (int percent = 30; percent < 100; percent++) {
		struct tally t;

		judge->answer = percent / 100.0;
		t = tally_fit(ranked, n, judge);
		if (t.wrong <= limits->wrong && t.text <= limits->uncovered)
			break;
	}
	for (int percent = 95; percent >= 0; percent--) {
		judge->offer = percent / 100.0;
		if (tally_fit(ranked, n, judge).refused <= limits->refused)
			break;
	}
}

static void tally_print(const char *name, const struct tally *t)
{
	fprintf(stderr,
		"%-26s %5zu %5.1f/%5.1f | %5.1f (%4.1f) %5.1f %5.1f %5.1f %5.1f | %5zu %5.1f %5.1f "
		"%5.1f\n",
		name, t->covered, 100 * t->first, 100 * t->among_three, 100 * t->right,
		100 * t->both, 100 * t->wrong, 100 * t->offered, 100 * t->offered_other,
		100 * t->refused, t->uncovered, 100 * t->text, 100 * t->offered_uncovered,
		100 * t->refused_uncovered);
}

static void report(const struct cases *cases, const struct ranked *ranked,
		   const struct judge *judge)
{
	fprintf(stderr,
		"%-26s %5s  first/three | right (both) wrong offer+ offer- refused |   not: text "
		"offered refused\n",
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

static void calibrate(bool taught, const char *name)
{
	struct arena arena;
	struct cases cases = {.arena = &arena};
	struct judge judge;
	struct ranked *ranked;
	double loss;

	arena_init(&arena);
	cases_collect(&cases, taught);
	loss = judge_fit(&cases, RIDGE, &judge);
	rounded(&judge);
	ranked = arena_array(&arena, cases.n, sizeof *ranked);
	ranked_read(&cases, &judge, ranked);
	thresholds_choose(ranked, cases.n, taught ? &limits_taught : &limits_untaught, &judge);
	fprintf(stderr, "%s: loss %.4f, answer from %.2f, offer from %.2f\n", name, loss,
		judge.answer, judge.offer);
	report(&cases, ranked, &judge);
	judge_write(name, &judge);
	arena_done(&arena);
}

int main(void)
{
	printf("/* Written by `make calibrate`; do not edit. */\n");
	calibrate(true, "JUDGE_TAUGHT");
	calibrate(false, "JUDGE_UNTAUGHT");
	return 0;
}
