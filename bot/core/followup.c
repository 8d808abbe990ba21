#include "core/followup.h"

#include <math.h>
#include <string.h>

#define TOPIC_WORDS_MAX 3 /* more words of its own, and a message is whole */
#define TAKEN_UP_WORDS 4  /* the same where it begins with "and", "what about" */

/* --- how much it leans --------------------------------------------------------------------- */

static bool is_number(struct str word)
{
	return word.n && word.p[0] >= '0' && word.p[0] <= '9';
}

static bool has_topic(const struct lexicon *lexicon, struct str word)
{
	return !wordset_has(&lexicon->stop_words, word) &&
	       !wordset_has(&lexicon->followup_words, word) &&
	       !wordset_has(&lexicon->pointing_words, word) && !is_number(word);
}

static bool points_back(const struct lexicon *lexicon, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (wordset_has(&lexicon->pointing_words, words->v[i].text))
			return true;
	return false;
}

/* "minutes", by itself, may ask for the clinic's hours. */
static bool asks(const struct lexicon *lexicon, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (wordset_has(&lexicon->question_starters, words->v[i].text) ||
		    wordset_has(&lexicon->negations, words->v[i].text) ||
		    is_number(words->v[i].text))
			return true;
	return points_back(lexicon, words);
}

static bool has_verb(const struct lexicon *lexicon, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (wordset_has(&lexicon->question_verbs, words->v[i].text))
			return true;
	return false;
}

static bool takes_up(const struct lexicon *lexicon, const struct words *words)
{
	struct str first = words->v[0].text;

	return wordset_has(&lexicon->joiners, first) ||
	       wordset_has(&lexicon->alternatives, first) ||
	       lexicon_phrase_at(lexicon, words, 0, words->n);
}

enum lean followup_lean(const struct lexicon *lexicon, const struct words *words)
{
	size_t topics = 0;

	if (words->n == 0)
		return LEAN_NONE;
	for (size_t i = 0; i < words->n; i++)
		topics += has_topic(lexicon, words->v[i].text);
	if (topics == 0 && asks(lexicon, words))
		return has_verb(lexicon, words) ? LEAN_WHOLLY : LEAN_CLIPPED;
	if (takes_up(lexicon, words))
		return topics <= TAKEN_UP_WORDS ? LEAN_PARTLY : LEAN_NONE;
	if (topics > TOPIC_WORDS_MAX)
		return LEAN_NONE;
	/* "does that go for massage" */
	return !wordset_has(&lexicon->question_starters, words->v[0].text) ||
			       points_back(lexicon, words)
		       ? LEAN_PARTLY
		       : LEAN_NONE;
}

/* --- what it leans on ----------------------------------------------------------------------- */

struct leaning {
	const struct book *book;
	const struct words *words;
	const struct ask *ask;
	const struct ranking *alone;
	struct arena *turn;
};

static bool speaks_of(const struct told *topics, size_t n, const struct passage *passage)
{
	for (size_t i = 0; i < n; i++)
		if (topics[i].passage->section->article == passage->section->article)
			return true;
	return false;
}

/* What is left of a ranking in the articles of these topics. */
static struct ranking within(const struct ranking *r, const struct told *topics, size_t n)
{
	struct ranking left = {.topics = r->topics};

	for (size_t i = 0; i < r->n; i++)
		if (speaks_of(topics, n, r->v[i].passage))
			left.v[left.n++] = r->v[i];
	if (left.n == r->n)
		return *r;
	ranking_judge(&left);
	return left;
}

/* The question's words behind a sentence of others, in the article of the topic. */
static struct ranking behind(const struct leaning *l, const struct told *topic, struct str text)
{
	struct ranking r;
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
	r = ranking_of(l->book->index, &all, 0, all.n, l->turn);
	return within(&r, topic, 1);
}

/* An item without a name of its own is known by what it says. */
static struct str topic_text(const struct told *topic)
{
	const struct passage *p = topic->passage;

	return p->named || topic->whole ? p->topic : p->plain;
}

static double covered_in(const struct ranking *r, const struct article *article)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].passage->section->article == article)
			return r->v[i].covered;
	return 0;
}

static double probability_of(const struct ranking *r, const struct passage *passage)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].passage == passage)
			return r->v[i].p;
	return 0;
}

static void best_first(struct match *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct match one = v[i];
		size_t at = i;

		for (; at > 0 && v[at - 1].p < one.p; at--)
			v[at] = v[at - 1];
		v[at] = one;
	}
}

/* Pools what both readings say of the passages of `r`, article by article. Those that only stand
 * alone have nothing to do with the other reading and drop out. */
static void pool(struct ranking *r, const struct ranking *alone)
{
	double none[RANKED_MAX], shares[RANKED_MAX];

	for (size_t i = 0; i < r->n; i++) {
		const struct passage *passage = r->v[i].passage;
		double covered = covered_in(alone, passage->section->article);

		shares[i] = sqrt(r->v[i].p * probability_of(alone, passage));
		none[i] = sqrt((1 - r->v[i].covered) * (1 - covered));
	}
	for (size_t i = 0; i < r->n; i++) {
		double sum = none[i];

		for (size_t k = 0; k < r->n; k++)
			if (r->v[k].passage->section->article == r->v[i].passage->section->article)
				sum += shares[k];
		if (sum <= 0)
			continue;
		r->v[i].p = shares[i] / sum;
		r->v[i].covered = 1 - none[i] / sum;
	}
	best_first(r->v, r->n);
	ranking_judge(r);
}

static bool is_surer(const struct ranking *a, const struct ranking *b)
{
	if (a->verdict != b->verdict)
		return a->verdict > b->verdict;
	return a->n && (b->n == 0 || a->v[0].p > b->v[0].p);
}

/* --- the ways to read it -------------------------------------------------------------------- */

static struct ranking rank_partly(const struct leaning *l, const struct told *topics, size_t n)
{
	struct ranking best = {.verdict = MATCH_NONE};

	for (size_t i = 0; i < n; i++) {
		const struct section *section = topics[i].passage->section;
		struct ranking r;

		if (i > 0 && section == topics[i - 1].passage->section)
			continue;
		r = behind(l, &topics[i], section->title);
		pool(&r, l->alone);
		if (i == 0 || is_surer(&r, &best))
			best = r;
	}
	return best;
}

static bool is_of(const struct passage *passage, const struct told *topics, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (topics[i].passage == passage ||
		    (!passage->named && topics[i].passage->section == passage->section))
			return true;
	return false;
}

/* Adds a passage to those that are offered. */
static void offer_add(struct ranking *offer, const struct match *match)
{
	offer->v[offer->n++] = *match;
	offer->verdict = MATCH_OFFER;
}

/* Without a topic of its own: with several to lean on, it may mean any of those that fit. */
static struct ranking rank_wholly(const struct leaning *l, const struct told *topics, size_t n)
{
	struct ranking best = {.verdict = MATCH_NONE}, fitting = {.verdict = MATCH_NONE};

	for (size_t i = 0; i < n; i++) {
		struct ranking r = behind(l, &topics[i], topic_text(&topics[i]));

		if (i == 0 || is_surer(&r, &best))
			best = r;
		if (r.verdict == MATCH_ANSWER && is_of(r.v[0].passage, &topics[i], 1))
			offer_add(&fitting, &r.v[0]);
	}
	fitting.topics = best.topics;
	return fitting.n > 1 ? fitting : best;
}

/* Somebody who did not choose is asked again, among the same. */
static struct ranking rank_unchosen(const struct ranking *alone, const struct told *topics,
				    size_t n)
{
	struct ranking r = {.topics = alone->topics};

	for (size_t i = 0; i < n && r.n < RANKED_MAX; i++)
		offer_add(&r, &(struct match){.passage = topics[i].passage,
					      .p = 1.0 / (double)n,
					      .covered = 1});
	return r;
}

/* Whether its own reading is as good as the one that leans: "when can I do that again", where the article
 * says when to do the treatment again; "how many weeks is it", which may ask for the results. */
static bool is_torn(const struct leaning *l, enum lean lean, const struct told *topics, size_t n)
{
	bool points = points_back(l->book->lexicon, l->words);

	if (lean < LEAN_WHOLLY || l->alone->verdict == MATCH_NONE ||
	    is_of(l->alone->v[0].passage, topics, n))
		return false;
	return l->alone->verdict == MATCH_ANSWER ? points : lean == LEAN_WHOLLY && !points;
}

static struct ranking rank_either(const struct leaning *l, const struct told *topics, size_t n)
{
	struct ranking leaning = rank_wholly(l, topics, n);
	struct ranking either = {.topics = l->alone->topics};

	if (leaning.verdict != MATCH_ANSWER || leaning.v[0].passage == l->alone->v[0].passage)
		return *l->alone;
	offer_add(&either, &leaning.v[0]);
	offer_add(&either, &l->alone->v[0]);
	return either;
}

/* Behind a refusal what was asked about stays unknown. */
static struct ranking rank_refused(const struct leaning *l, enum lean lean)
{
	struct ranking r = *l->alone;

	if (r.verdict == MATCH_OFFER && lean >= LEAN_WHOLLY)
		r.verdict = MATCH_NONE;
	if (r.verdict == MATCH_ANSWER &&
	    (lean == LEAN_CLIPPED ||
	     (lean == LEAN_WHOLLY && points_back(l->book->lexicon, l->words))))
		r.verdict = MATCH_OFFER;
	return r;
}

static struct ranking rank_leaning(const struct leaning *l, enum lean lean,
				   const struct told *topics, size_t n)
{
	struct ranking r;

	if (is_torn(l, lean, topics, n))
		return rank_either(l, topics, n);
	if (l->alone->verdict == MATCH_ANSWER)
		return *l->alone;
	r = lean == LEAN_PARTLY ? rank_partly(l, topics, n) : rank_wholly(l, topics, n);
	return r.verdict < l->alone->verdict ? *l->alone : r;
}

static bool in_several_articles(const struct told *topics, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!speaks_of(topics, 1, topics[i].passage))
			return true;
	return false;
}

/* Behind an offer. What has no topic may be answered alone only where all of the offer is about the
 * same thing. */
static struct ranking rank_offered(const struct leaning *l, enum lean lean,
				   const struct told *topics, size_t n)
{
	struct ranking r;

	if (lean >= LEAN_WHOLLY &&
	    (l->alone->verdict < MATCH_ANSWER || in_several_articles(topics, n)))
		return rank_unchosen(l->alone, topics, n);
	if (l->alone->verdict == MATCH_ANSWER)
		return *l->alone;
	r = rank_partly(l, topics, n);
	if (r.verdict < l->alone->verdict)
		return *l->alone;
	if (r.verdict == MATCH_ANSWER)
		r.verdict = MATCH_OFFER;
	return r;
}

struct ranking followup_rank(const struct book *book, const struct dialog *dialog,
			     const struct words *words, const struct ask *ask,
			     const struct ranking *alone, struct arena *turn)
{
	enum lean lean = followup_lean(book->lexicon, words);
	struct leaning l = {book, words, ask, alone, turn};
	struct told topics[DIALOG_OFFERED_MAX];
	struct ranking here, r;
	size_t n = 0;

	if (lean == LEAN_NONE)
		return *alone;
	if (dialog->refused)
		return rank_refused(&l, lean);
	for (; n < dialog->answered_n; n++)
		topics[n] = dialog->answered[n];
	for (; dialog->answered_n == 0 && n < dialog->offered_n; n++)
		topics[n] = (struct told){.passage = dialog->offered[n]};
	if (n == 0)
		return *alone;
	here = within(alone, topics, n);
	l.alone = &here;
	r = dialog->answered_n ? rank_leaning(&l, lean, topics, n)
			       : rank_offered(&l, lean, topics, n);
	if (r.verdict > MATCH_NONE)
		return r;
	/* What only another article answers is not what was spoken of. */
	r = *alone;
	if (r.verdict == MATCH_ANSWER)
		r.verdict = MATCH_OFFER;
	return r;
}
