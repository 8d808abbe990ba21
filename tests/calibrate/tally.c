#include "calibrate/tally.h"

/* The places of the three highest. */
static void best_three(const double *p, size_t n, size_t best[OFFER_MAX])
{
	best[0] = 0;
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

void ranked_read(const struct cases *cases, const struct judge *judge, struct ranked *out)
{
	size_t most = 0;
	double *p;

	for (size_t i = 0; i < cases->n; i++)
		most = cases->v[i].n > most ? cases->v[i].n : most;
	p = arena_array(cases->arena, most, sizeof *p);
	for (size_t i = 0; i < cases->n; i++) {
		const struct kase *one = &cases->v[i];
		struct ranked *r = &out[i];
		size_t best[OFFER_MAX];

		r->of = one;
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
	bool both = r->p[1] >= JUDGE_BOTH_LEAST && r->p[0] + r->p[1] >= judge->answer;
	bool right = r->right[0] || (both && r->right[1]);
	bool among = r->right[0] || r->right[1] || r->right[2];

	if (r->of->far) {
		if (one || both)
			t->far_text += w;
		else if (r->covered >= judge->offer)
			t->far_offered += w;
		return;
	}
	if (!r->of->covered) {
		if (one || both)
			t->near_text += w;
		else if (r->covered >= judge->offer)
			t->near_offered += w;
		else
			t->near_refused += w;
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

/* Covered, near or far. */
static size_t kind_of(const struct kase *one)
{
	return one->covered ? 0 : 1 + (size_t)one->far;
}

struct tally tally_fit(const struct ranked *ranked, size_t n, const struct judge *judge)
{
	struct tally t = {0};
	double all[3] = {0};

	for (size_t i = 0; i < n; i++)
		all[kind_of(ranked[i].of)] += ranked[i].of->weight;
	for (size_t i = 0; i < n; i++)
		if (ranked[i].of->weight > 0)
			tally_add(&t, &ranked[i], judge,
				  ranked[i].of->weight / all[kind_of(ranked[i].of)]);
	return t;
}

typedef bool tally_of(const struct kase *one, size_t set);

static bool is_of_set(const struct kase *one, size_t set)
{
	return one->set == set;
}

static bool is_kept_out(const struct kase *one, size_t set)
{
	(void)set;
	return one->weight <= 0;
}

/* Over the cases that `counts`, each alike. */
static struct tally tally_alike(const struct ranked *ranked, size_t n, tally_of *counts, size_t set,
				const struct judge *judge)
{
	struct tally t = {0};
	size_t all[3] = {0};

	for (size_t i = 0; i < n; i++)
		if (counts(ranked[i].of, set))
			all[kind_of(ranked[i].of)]++;
	t.covered = all[0];
	t.near = all[1];
	t.far = all[2];
	for (size_t i = 0; i < n; i++)
		if (counts(ranked[i].of, set))
			tally_add(&t, &ranked[i], judge, 1.0 / (double)all[kind_of(ranked[i].of)]);
	return t;
}

struct tally tally_set(const struct ranked *ranked, size_t n, size_t set, const struct judge *judge)
{
	return tally_alike(ranked, n, is_of_set, set, judge);
}

struct tally tally_kept_out(const struct ranked *ranked, size_t n, const struct judge *judge)
{
	return tally_alike(ranked, n, is_kept_out, 0, judge);
}

void thresholds_choose(const struct ranked *ranked, size_t n, const struct limits *limits,
		       struct judge *judge)
{
	judge->offer = 0;
	for (int percent = 30; percent < 100; percent++) {
		struct tally t;

		judge->answer = percent / 100.0;
		t = tally_fit(ranked, n, judge);
		if (t.wrong <= limits->wrong && t.near_text <= limits->near &&
		    t.far_text <= limits->far)
			break;
	}
	for (int percent = 95; percent >= 0; percent--) {
		judge->offer = percent / 100.0;
		if (tally_fit(ranked, n, judge).refused <= limits->refused)
			break;
	}
}
