#include "core/logistic.h"

#include <math.h>
#include <string.h>

#define SIDE (LOGISTIC_SIGNALS_MAX + 1) /* the constant is the first */
#define ROUNDS_MAX 100
#define HALVINGS_MAX 40
/* Both as a share of the summed weights. Where no coefficients are best, gradient and curvature
 * vanish together; the curvature is found too small before the gradient is found small enough. */
#define GRADIENT_ENOUGH 1e-11
#define CURVATURE_LEAST 1e-9

struct fit {
	const struct logistic_cases *cases;
	double ridge;
	size_t side;  /* signals and the constant */
	double total; /* of the weights */
	double mean[SIDE], deviation[SIDE];
	double b[SIDE]; /* of the standardised signals */
	double gradient[SIDE];
	double curvature[SIDE][SIDE]; /* lower half */
};

static double weight_of(const struct logistic_cases *cases, size_t i)
{
	return cases->weights ? cases->weights[i] : 1;
}

static double probability(double z)
{
	return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));
}

static bool cases_are_sound(const struct logistic_cases *cases, struct err *err)
{
	double weight[2] = {0};

	if (cases->signals_n > LOGISTIC_SIGNALS_MAX)
		return err_set(err, ERR_INPUT, "%zu signals are more than %d", cases->signals_n,
			       LOGISTIC_SIGNALS_MAX);
	for (size_t i = 0; i < cases->n; i++) {
		double w = weight_of(cases, i);

		if (!isfinite(w) || w < 0)
			return err_set(err, ERR_INPUT, "the weight of case %zu is %g", i + 1, w);
		for (size_t k = 0; k < cases->signals_n; k++)
			if (!isfinite(cases->rows[i * cases->signals_n + k]))
				return err_set(err, ERR_INPUT,
					       "signal %zu of case %zu is not a number", k + 1,
					       i + 1);
		weight[cases->labels[i]] += w;
	}
	if (weight[0] <= 0 || weight[1] <= 0)
		return err_set(err, ERR_INPUT, "there is no case with the label \"%s\"",
			       weight[0] <= 0 ? "no" : "yes");
	return true;
}

/* Weighted mean and standard deviation of each signal; 1 for one that never varies. */
static void scales_measure(struct fit *f)
{
	const struct logistic_cases *c = f->cases;
	double sum[SIDE] = {0};

	for (size_t i = 0; i < c->n; i++) {
		f->total += weight_of(c, i);
		for (size_t k = 0; k < c->signals_n; k++)
			sum[k] += weight_of(c, i) * c->rows[i * c->signals_n + k];
	}
	for (size_t k = 0; k < c->signals_n; k++)
		f->mean[k] = sum[k] / f->total;
	memset(sum, 0, sizeof sum);
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->signals_n; k++) {
			double d = c->rows[i * c->signals_n + k] - f->mean[k];

			sum[k] += weight_of(c, i) * d * d;
		}
	for (size_t k = 0; k < c->signals_n; k++) {
		f->deviation[k] = sqrt(sum[k] / f->total);
		/* What is left of a constant is rounding. */
		if (f->deviation[k] <= 1e-12 * fabs(f->mean[k]))
			f->deviation[k] = 0;
	}
}

/* Case `i` standardised, behind a 1 for the constant. */
static void row_read(const struct fit *f, size_t i, double *x)
{
	const double *row = f->cases->rows + i * f->cases->signals_n;

	x[0] = 1;
	for (size_t k = 0; k + 1 < f->side; k++)
		x[k + 1] = f->deviation[k] > 0 ? (row[k] - f->mean[k]) / f->deviation[k] : 0;
}

static double product(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static double loss_at(const struct fit *f, const double *b)
{
	double loss = f->ridge / 2 * product(b + 1, b + 1, f->side - 1);
	double x[SIDE];

	for (size_t i = 0; i < f->cases->n; i++) {
		double z;

		row_read(f, i, x);
		z = product(b, x, f->side);
		if (f->cases->labels[i])
			z = -z;
		loss += weight_of(f->cases, i) * (fmax(z, 0) + log(1 + exp(-fabs(z))));
	}
	return loss;
}

static void slopes_measure(struct fit *f)
{
	double x[SIDE];

	memset(f->gradient, 0, sizeof f->gradient);
	memset(f->curvature, 0, sizeof f->curvature);
	for (size_t k = 1; k < f->side; k++) {
		f->gradient[k] = f->ridge * f->b[k];
		f->curvature[k][k] = f->ridge;
	}
	for (size_t i = 0; i < f->cases->n; i++) {
		double w = weight_of(f->cases, i);
		double p;

		row_read(f, i, x);
		p = probability(product(f->b, x, f->side));
		for (size_t k = 0; k < f->side; k++) {
			f->gradient[k] += w * (p - f->cases->labels[i]) * x[k];
			for (size_t l = 0; l <= k; l++)
				f->curvature[k][l] += w * p * (1 - p) * x[k] * x[l];
		}
	}
}

/* Cholesky: curvature = L L', in its place. False where it is not clearly positive. */
static bool curvature_split(struct fit *f)
{
	for (size_t k = 0; k < f->side; k++) {
		double *row = f->curvature[k];
		double pivot;

		for (size_t l = 0; l < k; l++)
			row[l] = (row[l] - product(row, f->curvature[l], l)) / f->curvature[l][l];
		pivot = row[k] - product(row, row, k);
		if (!(pivot > CURVATURE_LEAST * f->total))
			return false;
		row[k] = sqrt(pivot);
	}
	return true;
}

/* Newton's step: what (L L') step = gradient solves. */
static void step_solve(const struct fit *f, double *step)
{
	for (size_t k = 0; k < f->side; k++)
		step[k] = (f->gradient[k] - product(f->curvature[k], step, k)) / f->curvature[k][k];
	for (size_t k = f->side; k-- > 0;) {
		for (size_t l = k + 1; l < f->side; l++)
			step[k] -= f->curvature[l][k] * step[l];
		step[k] /= f->curvature[k][k];
	}
}

/* Takes the step, halved until the loss falls. False when no part of it helps: this is the lowest
 * point that numbers of this precision can tell. */
static bool step_take(struct fit *f, const double *step)
{
	double before = loss_at(f, f->b);
	double share = 1;

	for (int halvings = 0; halvings < HALVINGS_MAX; halvings++, share /= 2) {
		double b[SIDE];

		for (size_t k = 0; k < f->side; k++)
			b[k] = f->b[k] - share * step[k];
		if (loss_at(f, b) < before) {
			memcpy(f->b, b, f->side * sizeof *b);
			return true;
		}
	}
	return false;
}

static bool is_level(const struct fit *f)
{
	for (size_t k = 0; k < f->side; k++)
		if (fabs(f->gradient[k]) > GRADIENT_ENOUGH * f->total)
			return false;
	return true;
}

static bool minimise(struct fit *f, struct err *err)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		double step[SIDE];

		slopes_measure(f);
		if (!curvature_split(f))
			break;
		if (is_level(f))
			return true;
		step_solve(f, step);
		if (!step_take(f, step))
			return true;
	}
	return err_set(err, ERR_INPUT,
		       "the signals settle nothing: one of them follows from the others or never "
		       "varies, or they tell all cases apart; a ridge above %g may help",
		       f->ridge);
}

bool logistic_fit(const struct logistic_cases *cases, double ridge, double *out, struct err *err)
{
	struct fit f = {.cases = cases, .ridge = ridge, .side = cases->signals_n + 1};

	if (!isfinite(ridge) || ridge < 0)
		return err_set(err, ERR_INPUT, "a ridge of %g is not 0 or more", ridge);
	if (!cases_are_sound(cases, err))
		return false;
	scales_measure(&f);
	if (!minimise(&f, err))
		return false;
	out[0] = f.b[0];
	for (size_t k = 0; k < cases->signals_n; k++) {
		out[k + 1] = f.deviation[k] > 0 ? f.b[k + 1] / f.deviation[k] : 0;
		out[0] -= out[k + 1] * f.mean[k];
	}
	return true;
}

double logistic_predict(const double *coefficients, const double *signals, size_t signals_n)
{
	return probability(coefficients[0] + product(coefficients + 1, signals, signals_n));
}
