#include "calibrate/fit.h"

#include <math.h>
#include <string.h>

#define COEFFICIENTS (SIGNALS_N + DOUBTS_N)
#define ROUNDS_MAX 100
#define HALVINGS_MAX 30
#define ENOUGH 1e-9

/* What Newton's method needs at one point. */
struct slope {
	double loss;
	double first[COEFFICIENTS];
	double second[COEFFICIENTS][COEFFICIENTS];
};

static double case_loss(const struct kase *one, const double *p, double none)
{
	double right = one->covered ? 0 : none;

	for (size_t i = 0; i < one->n; i++)
		right += one->right[i] ? p[i] : 0;
	return -log(fmax(right, 1e-300));
}

/* `p` holds as many as any case has passages. */
static double loss_of(const struct cases *cases, double ridge, const struct judge *judge, double *p)
{
	double loss = 0;

	for (size_t i = 0; i < cases->n; i++) {
		const struct kase *one = &cases->v[i];
		double none;

		if (one->weight <= 0)
			continue;
		none = judge_probabilities(judge, one->signals, one->n, one->doubts, p);
		loss += one->weight * case_loss(one, p, none);
	}
	for (size_t k = 0; k < SIGNALS_N; k++)
		loss += ridge / 2 * judge->signals[k] * judge->signals[k];
	for (size_t k = 0; k < DOUBTS_N; k++)
		loss += ridge / 2 * judge->doubts[k] * judge->doubts[k];
	return loss;
}

/* Adds w * (x x' - m m') where x runs over the alternatives with probability p and m is their mean. The
 * part that comes from which right passage it was is left out: so the matrix stays positive. */
static void case_slope(const struct kase *one, const double *p, double none, struct slope *s)
{
	double mean[COEFFICIENTS] = {0}, target[COEFFICIENTS] = {0};
	double right = one->covered ? 0 : none;
	double w = one->weight;

	for (size_t i = 0; i < one->n; i++)
		right += one->right[i] ? p[i] : 0;
	right = fmax(right, 1e-300);
	for (size_t i = 0; i < one->n; i++) {
		const double *x = one->signals + i * SIGNALS_N;

		for (size_t k = 0; k < SIGNALS_N; k++) {
			mean[k] += p[i] * x[k];
			target[k] += one->right[i] ? p[i] / right * x[k] : 0;
			for (size_t l = 0; l <= k; l++)
				s->second[k][l] += w * p[i] * x[k] * x[l];
		}
	}
	for (size_t k = 0; k < DOUBTS_N; k++) {
		mean[SIGNALS_N + k] = none * one->doubts[k];
		target[SIGNALS_N + k] = one->covered ? 0 : one->doubts[k];
		for (size_t l = 0; l <= k; l++)
			s->second[SIGNALS_N + k][SIGNALS_N + l] +=
				w * none * one->doubts[k] * one->doubts[l];
	}
	for (size_t k = 0; k < COEFFICIENTS; k++) {
		s->first[k] += w * (mean[k] - target[k]);
		for (size_t l = 0; l <= k; l++)
			s->second[k][l] -= w * mean[k] * mean[l];
	}
}

static void slope_of(const struct cases *cases, double ridge, const struct judge *judge,
		     struct slope *s, double *p)
{
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < cases->n; i++) {
		const struct kase *one = &cases->v[i];
		double none;

		if (one->weight <= 0)
			continue;
		none = judge_probabilities(judge, one->signals, one->n, one->doubts, p);
		case_slope(one, p, none, s);
	}
	for (size_t k = 0; k < COEFFICIENTS; k++) {
		s->first[k] +=
			ridge * (k < SIGNALS_N ? judge->signals[k] : judge->doubts[k - SIGNALS_N]);
		s->second[k][k] += ridge;
	}
}

/* Solves second * step = first by Cholesky's decomposition, in place. */
static void step_solve(struct slope *s, double *step)
{
	for (size_t k = 0; k < COEFFICIENTS; k++)
		for (size_t l = 0; l <= k; l++) {
			double sum = s->second[k][l];

			for (size_t m = 0; m < l; m++)
				sum -= s->second[k][m] * s->second[l][m];
			s->second[k][l] = k == l ? sqrt(fmax(sum, 1e-12)) : sum / s->second[l][l];
		}
	for (size_t k = 0; k < COEFFICIENTS; k++) {
		step[k] = s->first[k];
		for (size_t m = 0; m < k; m++)
			step[k] -= s->second[k][m] * step[m];
		step[k] /= s->second[k][k];
	}
	for (size_t k = COEFFICIENTS; k-- > 0;) {
		for (size_t m = k + 1; m < COEFFICIENTS; m++)
			step[k] -= s->second[m][k] * step[m];
		step[k] /= s->second[k][k];
	}
}

static struct judge stepped(const struct judge *from, const double *step, double share)
{
	struct judge to = *from;

	for (size_t k = 0; k < SIGNALS_N; k++)
		to.signals[k] -= share * step[k];
	for (size_t k = 0; k < DOUBTS_N; k++)
		to.doubts[k] -= share * step[SIGNALS_N + k];
	return to;
}

static double *room_for_one(const struct cases *cases)
{
	size_t most = 0;

	for (size_t i = 0; i < cases->n; i++)
		most = cases->v[i].n > most ? cases->v[i].n : most;
	return arena_array(cases->arena, most, sizeof(double));
}

double judge_loss(const struct cases *cases, double ridge, const struct judge *judge)
{
	return loss_of(cases, ridge, judge, room_for_one(cases));
}

double judge_fit(const struct cases *cases, double ridge, struct judge *out)
{
	struct judge judge = {.signals = {0}};
	static struct slope s;
	double step[COEFFICIENTS];
	double *p = room_for_one(cases);
	double loss = loss_of(cases, ridge, &judge, p);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		double share = 1, before = loss;

		slope_of(cases, ridge, &judge, &s, p);
		step_solve(&s, step);
		for (int i = 0; i < HALVINGS_MAX; i++, share /= 2) {
			struct judge next = stepped(&judge, step, share);
			double lower = loss_of(cases, ridge, &next, p);

			if (lower >= loss)
				continue;
			judge = next;
			loss = lower;
			break;
		}
		if (before - loss < ENOUGH)
			break;
	}
	*out = judge;
	return loss;
}
