#include "core/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/larger.h"

#define SAME 0.95f     /* cosine of two texts that say the same in the same words */
#define SAME_LEAD 0.1f /* over every example that says something else */
#define SURE 0.99
#define NEAR_LEAST 0.3 /* less may come from words that carry no meaning */
#define LENGTH_MAX 8.0
#define SUPPORTED_LEAST \
	0.8f /* a topic that more than a fifth of the passages name supports nothing */
#define SECTION_GIVEN_MAX 8 /* passages; a longer list is offered */

struct query {
	struct bag known; /* by term: weight times idf */
	float reachable;  /* sum over all words, known or not */
	float length;	  /* of the vector over all words, known or not */
};

static int compare_terms(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	if (x->term != y->term)
		return (x->term > y->term) - (x->term < y->term);
	return (x->w < y->w) - (x->w > y->w); /* the first of equal ones is kept */
}

/* A word that stands nowhere in the book. */
struct unknown {
	struct str stem;
	float w;
};

static int compare_unknown(const void *a, const void *b)
{
	const struct unknown *x = a, *y = b;
	int order = str_compare(x->stem, y->stem);

	return order ? order : (x->w < y->w) - (x->w > y->w);
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

/* Of numbers of which none is below 0. Four at a time, as each comparison waits for the one before it. */
static float largest(const float *v, size_t n)
{
	float best[4] = {0};
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		for (size_t lane = 0; lane < 4; lane++)
			best[lane] = larger(v[i + lane], best[lane]);
	for (; i < n; i++)
		best[0] = larger(v[i], best[0]);
	return larger(larger(best[0], best[1]), larger(best[2], best[3]));
}

/* The products of the query with each bag. */
static float *products_of(const struct postings *postings, const struct query *q, size_t bags_n,
			  struct arena *turn)
{
	float *sums = arena_array(turn, bags_n, sizeof *sums);

	for (size_t i = 0; i < q->known.n; i++) {
		const struct weight *term = &q->known.v[i];
		uint32_t end = postings->starts[term->term + 1];

		for (uint32_t k = postings->starts[term->term]; k < end; k++)
			sums[postings->v[k].term] += term->w * postings->v[k].w;
	}
	return sums;
}

/* The highest cosine with any example, by class. */
static const float *near_of(const struct index *index, const struct query *q, struct arena *turn)
{
	float *near = arena_array(turn, index->classes_n, sizeof *near);
	const float *dots = products_of(&index->examples, q, index->examples_n, turn);

	for (size_t i = 0, from = 0; q->length > 0 && i < index->runs_n; i++) {
		const struct run *run = &index->runs[i];
		float best = largest(dots + from, run->end - from) / q->length;

		near[run->class] = larger(best, near[run->class]);
		from = run->end;
	}
	return near;
}

/* BM25F by passage, as a share of what the query could reach. */
static const float *lexical_of(const struct index *index, const struct query *q, struct arena *turn)
{
	float *lexical = products_of(&index->fields, q, index->passages_n, turn);

	for (size_t i = 0; q->reachable > 0 && i < index->passages_n; i++)
		lexical[i] = fminf(lexical[i] / q->reachable, 1);
	return lexical;
}

/* The classifier's margins, by class. NULL without one. */
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

/* What all articles share: one question held against the whole book. */
struct asked {
	const float *near, *lexical;
	const float *margins; /* NULL without a classifier */
};

static void passage_signals(const struct index *index, const struct asked *asked, size_t passage,
			    const struct fit *fit, double *out)
{
	out[SIGNAL_WORDS] = fit->words;
	out[SIGNAL_TITLE_WORDS] = fit->title_words;
	out[SIGNAL_MEAN] = fit->mean;
	out[SIGNAL_CONCEPTS] = fit->concepts;
	out[SIGNAL_TITLE_CONCEPTS] = fit->title_concepts;
	out[SIGNAL_LEXICAL] = asked->lexical[passage];
	out[SIGNAL_NEAR] = asked->near[passage];
	if (!asked->margins || !index->taught[passage])
		return;
	out[SIGNAL_MARGIN] = asked->margins[passage];
}

/* How much speaks for "this article does not cover it": that none does, or that it does not itself. */
static float none_of(const struct index *index, const float *by_class, size_t article)
{
	return larger(by_class[index->passages_n], by_class[index->none[article]]);
}

/* What staff wrote for a passage is answered with it, however little else is known of the article: a
 * question that says the same as one example, and as no example of another passage or of what its article does
 * not cover. Gives the place of the passage in the index, or passages_n. */
static size_t same_as_example(const struct index *index, const float *near)
{
	size_t best = 0;
	float second;

	for (size_t i = 1; i < index->passages_n; i++)
		if (near[i] > near[best])
			best = i;
	second =
		none_of(index, near, index_article(index, index->passages[best]->section->article));
	for (size_t i = 0; i < index->passages_n; i++)
		if (i != best)
			second = larger(second, near[i]);
	return near[best] >= SAME && near[best] - second >= SAME_LEAD ? best : index->passages_n;
}

static double highest(const double *signals, size_t n, enum signal which)
{
	double best = signals[which];

	for (size_t i = 1; i < n; i++)
		best = fmax(best, signals[i * SIGNALS_N + which]);
	return best;
}

static void doubts_read(const struct index *index, const struct asked *asked, size_t article,
			const struct reach *reach, struct weighed *w)
{
	size_t n = w->article->passages_n;

	w->doubts[DOUBT_ALWAYS] = 1;
	w->doubts[DOUBT_NEAR_NONE] = none_of(index, asked->near, article);
	w->doubts[DOUBT_NEAR_BEST] = highest(w->signals, n, SIGNAL_NEAR);
	if (w->taught) {
		w->doubts[DOUBT_MARGIN_NONE] = none_of(index, asked->margins, article);
		w->doubts[DOUBT_MARGIN_BEST] = highest(w->signals, n, SIGNAL_MARGIN);
	}
	w->doubts[DOUBT_LEXICAL_BEST] = highest(w->signals, n, SIGNAL_LEXICAL);
	w->doubts[DOUBT_KNOWN] = reach->known;
	w->doubts[DOUBT_UNSUPPORTED] = reach->unsupported;
	w->doubts[DOUBT_SUPPORTED] = reach->supported;
	w->doubts[DOUBT_LENGTH] = fmin((double)reach->content, LENGTH_MAX) / LENGTH_MAX;
	w->doubts[DOUBT_EMPTY] = reach->content == 0;
}

static struct topics topics_of(const struct reach *reach)
{
	bool telling = reach->supported >= SUPPORTED_LEAST;

	return (struct topics){.missing = telling ? CONCEPT_NONE : reach->missing,
			       .supported = telling && reach->unsupported <= 0};
}

const struct weighed *match_weigh(const struct index *index, const struct words *words, size_t from,
				  size_t to, struct arena *turn)
{
	struct weighed *all = arena_array(turn, index->articles_n, sizeof *all);
	struct query query = query_of(index, words, from, to, turn);
	struct asked asked = {.near = near_of(index, &query, turn),
			      .lexical = lexical_of(index, &query, turn),
			      .margins = margins_of(index, words, from, to, turn)};
	size_t first = 0, same;

	same = same_as_example(index, asked.near);
	for (size_t i = 0; i < index->articles_n; i++) {
		struct weighed *w = &all[i];
		size_t n = index->articles[i]->passages_n;
		double *signals = arena_array(turn, n * SIGNALS_N, sizeof *signals);
		struct reach reach;
		const struct fit *fits =
			align_fits(index->aligns[i], words, from, to, &reach, turn);

		*w = (struct weighed){.article = index->articles[i],
				      .signals = signals,
				      .topics = topics_of(&reach),
				      .taught = asked.margins && index->taught[first]};
		for (size_t k = 0; k < n; k++)
			passage_signals(index, &asked, first + k, &fits[k],
					&signals[k * SIGNALS_N]);
		doubts_read(index, &asked, i, &reach, w);
		if (same >= first && same < first + n)
			w->same = &w->article->passages[same - first];
		first += n;
	}
	return all;
}

/* Something that carries meaning is in both, or the classifier was taught to tell. */
static bool is_touched(const struct weighed *w, const double *signals)
{
	return w->taught || signals[SIGNAL_WORDS] > 0 || signals[SIGNAL_TITLE_WORDS] > 0 ||
	       signals[SIGNAL_CONCEPTS] > 0 || signals[SIGNAL_TITLE_CONCEPTS] > 0 ||
	       signals[SIGNAL_NEAR] >= NEAR_LEAST;
}

/* Inserts into the best so far; an equal one keeps the earlier in front. */
static size_t best_insert(struct match *best, size_t n, size_t max, const struct match *one)
{
	size_t at = n;

	while (at > 0 && best[at - 1].p < one->p)
		at--;
	if (at == max)
		return n;
	if (n < max)
		n++;
	for (size_t i = n - 1; i > at; i--)
		best[i] = best[i - 1];
	best[at] = *one;
	return n;
}

size_t match_rank(const struct index *index, const struct words *words, size_t from, size_t to,
		  struct match *out, size_t max, struct topics *topics, struct arena *turn)
{
	const struct weighed *all = match_weigh(index, words, from, to, turn);
	double *p = arena_array(turn, index->passages_n, sizeof *p);
	double surest = -1;
	size_t n = 0;

	*topics = (struct topics){.missing = CONCEPT_NONE};
	for (size_t i = 0; i < index->articles_n; i++) {
		const struct weighed *w = &all[i];
		size_t passages_n = w->article->passages_n;
		struct match one = {.judge = w->taught ? &judge_taught : &judge_untaught};

		one.covered =
			1 - judge_probabilities(one.judge, w->signals, passages_n, w->doubts, p);
		if (w->same)
			one.covered = fmax(one.covered, SURE);
		if (one.covered > surest)
			*topics = w->topics;
		surest = fmax(surest, one.covered);
		for (size_t k = 0; k < passages_n; k++) {
			if (!is_touched(w, &w->signals[k * SIGNALS_N]))
				continue;
			one.passage = &w->article->passages[k];
			one.p = one.passage == w->same ? SURE : fmin(p[k], w->same ? 1 - SURE : 1);
			memcpy(one.signals, &w->signals[k * SIGNALS_N], sizeof one.signals);
			n = best_insert(out, n, max, &one);
		}
	}
	return n;
}

/* The probability of the first `given` with what leads them. */
static double given_p(const struct match *ranked, size_t n, size_t given)
{
	double p = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_given = i < given;

		for (size_t k = 0; k < given && !is_given; k++)
			is_given = passage_intro(ranked[k].passage) == ranked[i].passage;
		p += is_given ? ranked[i].p : 0;
	}
	return p;
}

/* "what must I not do afterwards" */
static bool is_of_section(const struct match *ranked, size_t n)
{
	const struct section *section = ranked[0].passage->section;
	size_t each = 0;
	double p = 0;

	for (size_t i = 0; i < n; i++) {
		if (ranked[i].passage->section != section)
			continue;
		p += ranked[i].p;
		each += ranked[i].p >= JUDGE_EACH_LEAST;
	}
	return section->count > 1 && section->count <= SECTION_GIVEN_MAX &&
	       p >= ranked[0].judge->answer && ranked[0].p <= JUDGE_EACH_MOST * p &&
	       (each >= JUDGE_EACH_COUNT || each == section->count);
}

enum match_verdict match_judge(const struct match *ranked, size_t *n)
{
	size_t all = *n;
	bool second;

	if (all == 0)
		return MATCH_NONE;
	second = all > 1 && ranked[1].judge == ranked[0].judge && ranked[1].p >= JUDGE_BOTH_LEAST;
	*n = second ? 2 : 1;
	if (given_p(ranked, all, 1) >= ranked[0].judge->answer)
		return MATCH_ANSWER;
	if (is_of_section(ranked, all)) {
		*n = all;
		return MATCH_SECTION;
	}
	if (second && given_p(ranked, all, 2) >= ranked[0].judge->answer)
		return MATCH_ANSWER;
	*n = all;
	return ranked[0].covered >= ranked[0].judge->offer ? MATCH_OFFER : MATCH_NONE;
}
