#include "core/match.h"

#include <math.h>
#include <stdlib.h>

#define BM25_K1 1.2f
#define NEAR_SHARE 0.5f

/* Words alone: thresholds on the score and its lead. */
#define ANSWER_SCORE 0.48
#define ANSWER_LEAD 0.14
#define SURE_SCORE 0.70
#define OFFER_SCORE 0.30
#define OFFER_SHARE 0.6 /* of the best score */

/* With the classifier: thresholds on probabilities. */
#define WORDS_SHARE 0.5 /* in what ranks, beside the margin */
#define ANSWER_RIGHT 0.68
#define OFFER_COVERED 0.27
#define OFFER_RIGHT_SHARE 0.3 /* of the best one's probability */
#define STEEPNESS 3.0	      /* how fast the probability falls with the rank's value */

#define OFFER_MAX 3

/* Logistic regressions over the best passage: that it is right, and that the article covers the
 * question at all. Fitted on phrasings that are in no file of intents/. */
static const struct {
	double constant, margin, words, lead, not_covered;
} right_is = {-1.45, 1.87, 1.49, 0.72, -1.35}, covered_is = {-0.04, 1.74, 1.07, -0.17, -1.74};

struct query {
	struct bag known; /* by term: weight times idf */
	float reachable;  /* sum over all words, known or not */
	float length;	  /* of the vector over all words, known or not */
};

static int compare_terms(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	return (x->term > y->term) - (x->term < y->term);
}

/* A word that stands nowhere in the book. */
struct unknown {
	struct str stem;
	float w;
};

static int compare_unknown(const void *a, const void *b)
{
	const struct unknown *x = a, *y = b;

	return str_compare(x->stem, y->stem);
}

/* A word said twice counts once. */
static struct query query_of(const struct index *index, const struct words *words, size_t from,
			     size_t to, struct arena *turn)
{
	struct query q = {.known.v = arena_array(turn, to - from + 1, sizeof *q.known.v)};
	struct unknown *unknown = arena_array(turn, to - from + 1, sizeof *unknown);
	float square = 0;
	size_t n = 0, unknown_n = 0;

	for (size_t i = from; i < to; i++) {
		uint32_t term = index_term(index, words->v[i].stem);
		float idf = term == TERM_NONE ? index->idf_max : index->idf[term];
		float w = index_word_weight(index, &words->v[i]) * idf;

		if (term != TERM_NONE)
			q.known.v[n++] = (struct weight){term, w};
		else
			unknown[unknown_n++] = (struct unknown){words->v[i].stem, w};
	}
	if (unknown_n)
		qsort(unknown, unknown_n, sizeof *unknown, compare_unknown);
	for (size_t i = 0; i < unknown_n; i++) {
		if (i && str_eq(unknown[i].stem, unknown[i - 1].stem))
			continue;
		q.reachable += unknown[i].w;
		square += unknown[i].w * unknown[i].w;
	}
	if (n)
		qsort(q.known.v, n, sizeof *q.known.v, compare_terms);
	for (size_t i = 0; i < n; i++) {
		if (q.known.n && q.known.v[q.known.n - 1].term == q.known.v[i].term)
			continue;
		q.known.v[q.known.n++] = q.known.v[i];
		q.reachable += q.known.v[i].w;
		square += q.known.v[i].w * q.known.v[i].w;
	}
	q.length = sqrtf(square);
	return q;
}

/* The highest cosine with any example, by passage. */
static const float *near_of(const struct index *index, const struct query *q, struct arena *turn)
{
	float *near = arena_array(turn, index->passages_n, sizeof *near);
	float *dots = arena_array(turn, index->examples_n, sizeof *dots);

	for (size_t i = 0; i < q->known.n; i++) {
		const struct weight *term = &q->known.v[i];

		for (uint32_t k = index->starts[term->term]; k < index->starts[term->term + 1]; k++)
			dots[index->postings[k].term] += term->w * index->postings[k].w;
	}
	for (size_t i = 0; i < index->examples_n; i++) {
		float *best = &near[index->example_passage[i]];

		*best = fmaxf(*best, q->length > 0 ? dots[i] / q->length : 0);
	}
	return near;
}

static float lexical_of(const struct query *q, const struct bag *fields)
{
	float sum = 0;

	for (size_t i = 0, k = 0; i < q->known.n && k < fields->n;) {
		if (q->known.v[i].term < fields->v[k].term) {
			i++;
		} else if (q->known.v[i].term > fields->v[k].term) {
			k++;
		} else {
			float tf = fields->v[k].w;

			sum += q->known.v[i].w * tf * (BM25_K1 + 1) / (tf + BM25_K1);
			i++;
			k++;
		}
	}
	return q->reachable > 0 ? fminf(sum / q->reachable, 1) : 0;
}

/* Inserts into the best so far; an equal score keeps the earlier one in front. */
static size_t best_insert(struct match *best, size_t n, size_t max, struct match one)
{
	size_t at = n;

	while (at > 0 && best[at - 1].score < one.score)
		at--;
	if (at == max)
		return n;
	if (n < max)
		n++;
	for (size_t i = n - 1; i > at; i--)
		best[i] = best[i - 1];
	best[at] = one;
	return n;
}

/* The classifier's margins: by passage, and last for what no article covers. NULL without one. */
static const float *margins_of(const struct index *index, const struct words *words, size_t from,
			       size_t to, struct arena *turn)
{
	struct bag features;
	float *margins;

	if (!index->classifier)
		return NULL;
	features = features_of(index->features, words, from, to, turn);
	margins = arena_array(turn, index->classifier->stride, sizeof *margins);
	classify_scores(index->classifier, &features, margins);
	return margins;
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* Turns what ranked into probabilities. */
static void probabilities_set(struct match *ranked, size_t n)
{
	const struct match *best = &ranked[0];
	double top = best->score;
	double lead = n > 1 ? top - ranked[1].score : 1;
	double right = logistic(right_is.constant + right_is.margin * best->margin +
				right_is.words * best->words + right_is.lead * lead +
				right_is.not_covered * best->not_covered);

	ranked[0].covered = logistic(covered_is.constant + covered_is.margin * best->margin +
				     covered_is.words * best->words + covered_is.lead * lead +
				     covered_is.not_covered * best->not_covered);
	for (size_t i = 0; i < n; i++)
		ranked[i].score = right * exp(STEEPNESS * (ranked[i].score - top));
}

size_t match_rank(const struct index *index, const struct words *words, size_t from, size_t to,
		  struct match *out, size_t max, struct arena *turn)
{
	struct query q = query_of(index, words, from, to, turn);
	const float *near = near_of(index, &q, turn);
	const float *margins = margins_of(index, words, from, to, turn);
	size_t n = 0;

	for (size_t i = 0; i < index->passages_n; i++) {
		float lexical = lexical_of(&q, &index->fields[i]);
		struct match one = {.passage = index->passages[i],
				    .words = NEAR_SHARE * near[i] + (1 - NEAR_SHARE) * lexical};

		one.score = one.words;
		if (margins && index->taught[i]) {
			one.taught = true;
			one.margin = margins[i];
			one.not_covered = margins[index->passages_n];
			one.score = one.margin + WORDS_SHARE * one.words;
		}
		if (one.words > 0 || one.taught)
			n = best_insert(out, n, max, one);
	}
	if (n && out[0].taught)
		probabilities_set(out, n);
	return n;
}

/* By words alone: an article that has no phrasings. */
static enum match_verdict judge_words(const struct match *ranked, size_t n)
{
	double lead = ranked[0].score - (n > 1 ? ranked[1].score : 0);

	if (ranked[0].score < OFFER_SCORE)
		return MATCH_NONE;
	if (ranked[0].score >= SURE_SCORE ||
	    (ranked[0].score >= ANSWER_SCORE && lead >= ANSWER_LEAD))
		return MATCH_ANSWER;
	return MATCH_OFFER;
}

enum match_verdict match_judge(const struct match *ranked, size_t n)
{
	if (n == 0)
		return MATCH_NONE;
	if (!ranked[0].taught)
		return judge_words(ranked, n);
	if (ranked[0].score >= ANSWER_RIGHT)
		return MATCH_ANSWER;
	return ranked[0].covered >= OFFER_COVERED ? MATCH_OFFER : MATCH_NONE;
}

size_t match_offer_count(const struct match *ranked, size_t n)
{
	double share = n && ranked[0].taught ? OFFER_RIGHT_SHARE : OFFER_SHARE;
	size_t count = 0;

	while (count < n && count < OFFER_MAX && ranked[count].score >= share * ranked[0].score)
		count++;
	return count;
}
