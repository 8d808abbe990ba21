#include "core/match.h"

#include <math.h>
#include <stdlib.h>

#define BM25_K1 1.2f
#define NEAR_SHARE 0.5f

#define ANSWER_SCORE 0.48
#define ANSWER_LEAD 0.14
#define SURE_SCORE 0.70
#define OFFER_SCORE 0.30
#define OFFER_SHARE 0.6 /* of the best score */
#define OFFER_MAX 3

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

static float near_of(const struct query *q, const struct bag *example)
{
	float dot = 0;

	for (size_t i = 0, k = 0; i < q->known.n && k < example->n;) {
		if (q->known.v[i].term < example->v[k].term)
			i++;
		else if (q->known.v[i].term > example->v[k].term)
			k++;
		else
			dot += q->known.v[i++].w * example->v[k++].w;
	}
	return q->length > 0 ? dot / q->length : 0;
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

size_t match_rank(const struct index *index, const struct words *words, size_t from, size_t to,
		  struct match *out, size_t max, struct arena *turn)
{
	struct query q = query_of(index, words, from, to, turn);
	float *near = arena_array(turn, index->passages_n, sizeof *near);
	size_t n = 0;

	for (size_t i = 0; i < index->examples_n; i++) {
		float *best = &near[index->example_passage[i]];

		*best = fmaxf(*best, near_of(&q, &index->examples[i]));
	}
	for (size_t i = 0; i < index->passages_n; i++) {
		float lexical = lexical_of(&q, &index->fields[i]);
		float score = NEAR_SHARE * near[i] + (1 - NEAR_SHARE) * lexical;

		if (score > 0)
			n = best_insert(out, n, max, (struct match){index->passages[i], score});
	}
	return n;
}

enum match_verdict match_judge(const struct match *ranked, size_t n)
{
	double lead;

	if (n == 0 || ranked[0].score < OFFER_SCORE)
		return MATCH_NONE;
	lead = ranked[0].score - (n > 1 ? ranked[1].score : 0);
	if (ranked[0].score >= SURE_SCORE ||
	    (ranked[0].score >= ANSWER_SCORE && lead >= ANSWER_LEAD))
		return MATCH_ANSWER;
	return MATCH_OFFER;
}

size_t match_offer_count(const struct match *ranked, size_t n)
{
	size_t count = 0;

	while (count < n && count < OFFER_MAX &&
	       ranked[count].score >= OFFER_SHARE * ranked[0].score)
		count++;
	return count;
}
