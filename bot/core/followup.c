#include "core/followup.h"

#include <math.h>

#include "core/lean.h"
#include "core/part.h"

#define SHARE_LEAST 0.3 /* what leans less stands alone */
#define SAME 0.5	/* without a topic of its own: that just the passage given is meant */
#define P_LEAST 1e-4	/* no reading rules a passage out for good */
#define TOPICS_MAX DIALOG_OFFERED_MAX
#define POOLED_MAX (RANKED_MAX * (2 * TOPICS_MAX + 1) + TOPICS_MAX)

struct leaning {
	const struct book *book;
	const struct words *words;
	const struct ask *ask;
	const struct ranking *alone;
	struct lean lean;
	struct told topics[TOPICS_MAX]; /* to lean on */
	size_t topics_n;
	struct arena *turn;
};

static const struct article *article_of(const struct told *topic)
{
	return topic->passage->section->article;
}

static bool is_spoken_of(const struct leaning *l, const struct match *match)
{
	for (size_t i = 0; i < l->topics_n; i++)
		if (article_of(&l->topics[i]) == match->passage->section->article)
			return true;
	return false;
}

static double clamped(double p)
{
	return fmin(fmax(p, P_LEAST), 1 - P_LEAST);
}

/* --- as going on with what was said --------------------------------------------------------- */

/* What the readings say of the passages of one article. */
struct pooled {
	struct match v[POOLED_MAX]; /* `p` while the readings are added up, pooled at last */
	double alone[POOLED_MAX];
	size_t n;
	double covered, covered_alone;
};

static size_t pooled_place(struct pooled *pooled, const struct match *match)
{
	size_t i = 0;

	while (i < pooled->n && pooled->v[i].passage != match->passage)
		i++;
	if (i < pooled->n)
		return i;
	pooled->v[i] = *match;
	pooled->v[i].p = 0;
	pooled->alone[i] = 0;
	pooled->n++;
	return i;
}

/* The question's words behind a sentence of others. */
static struct ranking behind(const struct leaning *l, struct str text)
{
	struct words lead = lexicon_words(l->book->lexicon, text, l->turn);
	size_t asked = l->ask->to - l->ask->from;
	struct words all = {.v = arena_array(l->turn, lead.n + asked + 1, sizeof *all.v),
			    .n = lead.n + asked};
	unsigned clause = lead.n ? lead.v[lead.n - 1].clause + 1 : 0;
	unsigned sentence = lead.n ? lead.v[lead.n - 1].sentence + 1 : 0;

	for (size_t i = 0; i < all.n; i++) {
		if (i < lead.n) {
			all.v[i] = lead.v[i];
			continue;
		}
		all.v[i] = l->words->v[l->ask->from + i - lead.n];
		all.v[i].clause = clause;
		all.v[i].sentence = sentence;
	}
	return ranking_of(l->book->index, &all, 0, all.n, l->turn);
}

static void behind_add(struct pooled *pooled, const struct leaning *l, const struct told *topic,
		       struct str text, double weight)
{
	struct ranking r;
	double covered = 0;

	if (weight <= 0)
		return;
	r = behind(l, text);
	for (size_t i = 0; i < r.n; i++) {
		if (r.v[i].passage->section->article != article_of(topic))
			continue;
		pooled->v[pooled_place(pooled, &r.v[i])].p += weight * r.v[i].p;
		covered = r.v[i].covered;
	}
	pooled->covered += weight * covered;
}

/* An item without a name of its own is known by what it says. */
static struct str topic_text(const struct told *topic)
{
	const struct passage *p = topic->passage;

	return p->named || topic->whole ? p->topic : p->plain;
}

/* All passages of an article have the same judge; the stricter one where nothing was found. */
static const struct judge *judge_of(const struct pooled *pooled, const struct ranking *alone,
				    const struct article *article)
{
	if (pooled->n)
		return pooled->v[0].judge;
	for (size_t i = 0; i < alone->n; i++)
		if (alone->v[i].passage->section->article == article)
			return alone->v[i].judge;
	return &judge_untaught;
}

static void topic_add(struct pooled *pooled, const struct leaning *l, const struct told *topic,
		      double weight)
{
	double own = fmin(l->lean.topics, 1);
	double same = SAME * (1 - own);
	struct match given = {.passage = topic->passage};

	behind_add(pooled, l, topic, topic_text(topic), weight * (1 - same) * (1 - own));
	behind_add(pooled, l, topic, topic->passage->section->title, weight * (1 - same) * own);
	given.judge = judge_of(pooled, l->alone, article_of(topic));
	pooled->v[pooled_place(pooled, &given)].p += weight * same;
	pooled->covered += weight * same;
}

/* --- both readings together ----------------------------------------------------------------- */

static void alone_add(struct pooled *pooled, const struct ranking *alone,
		      const struct article *article)
{
	for (size_t i = 0; i < alone->n; i++) {
		const struct match *m = &alone->v[i];

		if (m->passage->section->article != article)
			continue;
		pooled->alone[pooled_place(pooled, m)] = m->p;
		pooled->covered_alone = m->covered;
	}
}

static double pool(double going_on, double alone, double share)
{
	return pow(clamped(going_on), share) * pow(clamped(alone), 1 - share);
}

/* Turns what was added up into probabilities; they add up to `part` at most. */
static void pooled_settle(struct pooled *pooled, const struct lean *lean, double part)
{
	double share = lean_share(lean);
	double some = pool(pooled->covered, pooled->covered_alone, share);
	double none = pool(1 - pooled->covered, 1 - pooled->covered_alone, share);
	double covered = some / (some + none);
	double sum = 0;

	for (size_t i = 0; i < pooled->n; i++) {
		pooled->v[i].p = pool(pooled->v[i].p / clamped(pooled->covered),
				      pooled->alone[i] / clamped(pooled->covered_alone), share);
		sum += pooled->v[i].p;
	}
	for (size_t i = 0; i < pooled->n; i++) {
		pooled->v[i].p *= part * covered / sum;
		pooled->v[i].covered = part * covered;
	}
}

/* Keeps the best, best first. */
static void ranking_add(struct ranking *ranking, const struct match *one)
{
	size_t at = ranking->n;

	while (at > 0 && ranking->v[at - 1].p < one->p)
		at--;
	if (at == RANKED_MAX)
		return;
	if (ranking->n < RANKED_MAX)
		ranking->n++;
	for (size_t i = ranking->n - 1; i > at; i--)
		ranking->v[i] = ranking->v[i - 1];
	ranking->v[at] = *one;
}

/* All of one article that was spoken of. */
static void article_rank(const struct leaning *l, const struct article *article,
			 struct ranking *ranking)
{
	struct pooled *pooled = arena_array(l->turn, 1, sizeof *pooled);
	size_t n = 0;

	for (size_t i = 0; i < l->topics_n; i++)
		n += article_of(&l->topics[i]) == article;
	for (size_t i = 0; i < l->topics_n; i++)
		if (article_of(&l->topics[i]) == article)
			topic_add(pooled, l, &l->topics[i], 1.0 / (double)n);
	alone_add(pooled, l->alone, article);
	pooled_settle(pooled, &l->lean, (double)n / (double)l->topics_n);
	for (size_t i = 0; i < pooled->n; i++)
		ranking_add(ranking, &pooled->v[i]);
}

static struct ranking rank_leaning(const struct leaning *l)
{
	struct ranking r = {.topics = l->alone->topics};

	for (size_t i = 0; i < l->topics_n; i++) {
		bool met = false;

		for (size_t k = 0; k < i && !met; k++)
			met = article_of(&l->topics[k]) == article_of(&l->topics[i]);
		if (!met)
			article_rank(l, article_of(&l->topics[i]), &r);
	}
	ranking_judge(&r);
	return r;
}

/* --- what came before ----------------------------------------------------------------------- */

static struct ranking at_most(struct ranking r, enum match_verdict verdict)
{
	if (r.verdict > verdict)
		r.verdict = verdict;
	return r;
}

/* Somebody who did not choose is asked again, among the same. */
static struct ranking rank_unchosen(const struct leaning *l)
{
	struct ranking r = {.topics = l->alone->topics, .verdict = MATCH_OFFER};

	for (size_t i = 0; i < l->topics_n && r.n < RANKED_MAX; i++)
		r.v[r.n++] = (struct match){.passage = l->topics[i].passage,
					    .p = 1.0 / (double)l->topics_n,
					    .covered = 1};
	return r;
}

static struct ranking rank_offered(const struct leaning *l, const struct ranking *pooled)
{
	bool agreed = pooled->verdict == MATCH_ANSWER && l->alone->verdict >= MATCH_OFFER &&
		      pooled->v[0].passage == l->alone->v[0].passage;

	if (agreed)
		return *pooled;
	if (l->lean.topics <= 0)
		return rank_unchosen(l);
	return at_most(*pooled, MATCH_OFFER);
}

/* "how often can it be done" behind an answer about the sauna may ask for the treatment: both are
 * offered. */
static struct ranking rank_torn(const struct ranking *pooled, const struct ranking *alone)
{
	struct ranking r = {.topics = alone->topics, .verdict = MATCH_OFFER};

	r.v[r.n++] = pooled->v[0];
	r.v[r.n++] = alone->v[0];
	return r;
}

static bool is_torn(const struct leaning *l, const struct ranking *pooled)
{
	return lean_is_whole(&l->lean) && !l->lean.doubts && l->alone->verdict >= MATCH_SECTION &&
	       l->alone->v[0].passage != pooled->v[0].passage && is_spoken_of(l, &l->alone->v[0]);
}

static struct ranking rank_answered(const struct leaning *l, const struct ranking *pooled)
{
	if (l->lean.topics > 0 || pooled->verdict == MATCH_NONE)
		return *pooled;
	if (is_torn(l, pooled))
		return rank_torn(pooled, l->alone);
	/* "how long?" behind answers to two questions may mean either. */
	if (l->topics[l->topics_n - 1].part != l->topics[0].part)
		return at_most(*pooled, MATCH_OFFER);
	return *pooled;
}

/* "sorry, the sauna" is ranked as "the sauna". */
static struct ranking rank_corrected(const struct leaning *l)
{
	size_t from = l->lean.corrected > l->ask->from ? l->lean.corrected : l->ask->from;
	struct ranking r = *l->alone;
	struct ranking left = {.topics = r.topics};

	if (from < l->ask->to)
		r = ranking_of(l->book->index, l->words, from, l->ask->to, l->turn);
	if (r.verdict < l->alone->verdict)
		r = r.n && r.v[0].passage == l->alone->v[0].passage
			    ? *l->alone
			    : at_most(*l->alone, MATCH_OFFER);
	for (size_t i = 0; i < r.n; i++)
		if (l->topics_n == 0 || is_spoken_of(l, &r.v[i]))
			left.v[left.n++] = r.v[i];
	if (left.n == r.n)
		return r;
	ranking_judge(&left);
	return left;
}

static struct ranking rank_refused(const struct leaning *l)
{
	struct ranking r = *l->alone;

	if (l->lean.topics > 0)
		return r;
	if (r.verdict == MATCH_OFFER)
		r.verdict = MATCH_NONE;
	return l->lean.points || l->lean.is_clipped ? at_most(r, MATCH_OFFER) : r;
}

bool followup_asks_back(const struct book *book, const struct words *words)
{
	struct lean lean = lean_of(book, words);

	bool asks = words->sentences_n && words->sentences[words->sentences_n - 1].asks;

	return lean.topics <= 0 && (asks || (lean.doubts && !lean.is_clipped));
}

/* Answers, or else what was offered. */
static void topics_take(struct leaning *l, const struct dialog *dialog)
{
	for (size_t i = 0; i < dialog->answered_n; i++)
		l->topics[l->topics_n++] = dialog->answered[i];
	for (size_t i = 0;
	     dialog->answered_n == 0 && dialog->is_offer_open && i < dialog->offered_n; i++)
		l->topics[l->topics_n++] = (struct told){.passage = dialog->offered[i]};
}

struct ranking followup_rank(const struct book *book, const struct dialog *dialog,
			     const struct words *words, const struct ask *ask,
			     const struct ranking *alone, struct arena *turn)
{
	struct leaning l = {.book = book, .words = words, .ask = ask, .alone = alone, .turn = turn};
	struct ranking r;

	l.lean = lean_of(book, words);
	topics_take(&l, dialog);
	if (l.lean.corrects && (l.topics_n || dialog->refused))
		return rank_corrected(&l);
	if (lean_share(&l.lean) < SHARE_LEAST)
		return *alone;
	if (dialog->refused)
		return rank_refused(&l);
	if (l.topics_n == 0)
		return *alone;
	r = rank_leaning(&l);
	/* "and cigarettes" names by itself what the article does not cover. */
	if (r.verdict < MATCH_ANSWER && part_names_missing(alone))
		return *alone;
	r = dialog->answered_n || l.topics_n == 1 ? rank_answered(&l, &r) : rank_offered(&l, &r);
	/* What only another article answers is not what was spoken of. */
	return r.verdict > MATCH_NONE ? r : at_most(*alone, MATCH_OFFER);
}
