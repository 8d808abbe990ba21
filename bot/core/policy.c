#include "core/policy.h"

#include "core/align.h"
#include "core/concepts.h"

#define HITS_MAX 64

/* By the words of another reading that stand for the question and what leads in to it in its
 * sentence. */
static enum cue policy_in(const struct book *book, const struct words *asked,
			  const struct words *reading, const struct ask *ask)
{
	const struct word *words = asked->v;
	size_t first = ask->from;
	size_t from = 0, to;

	while (first > ask->context && words[first - 1].sentence == words[first].sentence)
		first--;
	while (from < reading->n && reading->v[from].place < words[first].place)
		from++;
	for (to = from; to < reading->n; to++)
		if (reading->v[to].place > words[ask->to - 1].place)
			break;
	return cues_policy(book->cues, book->lexicon, reading, from, to);
}

enum cue policy_of(const struct book *book, const struct readings *readings, const struct ask *ask)
{
	const struct words *asked = &readings->v[READING_OUT];
	enum cue written = policy_in(book, asked, &readings->v[READING_WRITTEN], ask);

	return written != CUE_NONE || readings->same[READING_MENDED]
		       ? written
		       : policy_in(book, asked, &readings->v[READING_MENDED], ask);
}

/* A reading without what stands in one of these questions. */
static struct words words_without(const struct words *asked, const struct words *reading,
				  const struct ask *asks, size_t n, struct arena *turn)
{
	struct words_making making = {.from = reading, .arena = turn};

	for (size_t i = 0; i < reading->n; i++) {
		size_t place = reading->v[i].place;
		bool inside = false;

		for (size_t k = 0; k < n && !inside; k++)
			inside = place >= asked->v[asks[k].from].place &&
				 place <= asked->v[asks[k].to - 1].place;
		if (!inside)
			words_add(&making, reading->v[i]);
	}
	return words_done(&making);
}

bool policy_is_in_part(const struct book *book, const struct readings *readings, struct arena *turn)
{
	const struct words *asked = &readings->v[READING_OUT];
	struct ask asks[ASKS_MAX], met[ASKS_MAX];
	size_t n = asks_find(book->lexicon, asked, asks, ASKS_MAX);
	size_t met_n = 0;

	for (size_t i = 0; i < n; i++) {
		struct ask alone = {asks[i].from, asks[i].to, asks[i].from, asks[i].to};

		if (policy_of(book, readings, &alone) != CUE_CONTRAINDICATION)
			continue;
		/* "I take warfarin can I wash my hair" tells it. */
		if (!wordset_has(&book->lexicon->question_starters, asked->v[alone.from].text))
			return false;
		met[met_n++] = alone;
	}
	if (met_n == 0 || met_n == n)
		return false;
	for (size_t i = 0; i < READINGS_N; i++) {
		struct words rest = words_without(asked, &readings->v[i], met, met_n, turn);

		if (cues_policy(book->cues, book->lexicon, &rest, 0, rest.n) != CUE_NONE)
			return false;
	}
	return true;
}

enum reply_id policy_reply(enum cue policy)
{
	switch (policy) {
	case CUE_MINOR:
		return REPLY_MINOR;
	case CUE_CONTRAINDICATION:
		return REPLY_CONTRAINDICATION;
	case CUE_DISTRESS:
		return REPLY_DISTRESS;
	case CUE_PERSONAL:
		return REPLY_PERSONAL;
	case CUE_BOOKING:
		return REPLY_BOOKING;
	default:
		return REPLY_NONE;
	}
}

/* The words without those of topics that the article speaks of. */
static struct words others_of(const struct book *book, const struct align *align,
			      const struct words *words, size_t from, size_t to, struct arena *turn)
{
	struct concept_hit hits[HITS_MAX];
	size_t n = concepts_find(book->concepts, words, from, to, hits, HITS_MAX);
	struct words_making making = {.from = words, .arena = turn};

	for (size_t i = from; i < to; i++) {
		bool spoken_of = false;

		for (size_t k = 0; k < n && !spoken_of; k++)
			spoken_of = i >= hits[k].first && i < hits[k].first + hits[k].count &&
				    !book->concepts->v[hits[k].concept].general &&
				    align_speaks_of(align, hits[k].concept);
		if (!spoken_of)
			words_add(&making, words->v[i]);
	}
	return words_done(&making);
}

static bool gives_benefit(const struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->given; i++)
		if (ranking->v[i].passage->benefit)
			return true;
	return false;
}

enum match_verdict policy_yields(enum cue policy, const struct book *book,
				 const struct words *words, size_t from, size_t to,
				 const struct ranking *ranking, struct arena *turn)
{
	const struct article *article;
	struct words others;

	if (ranking->verdict == MATCH_NONE || !book->concepts)
		return MATCH_NONE;
	/* Who is unhappy about their looks is not told what the treatment promises. */
	if (policy == CUE_DISTRESS)
		return ranking->verdict == MATCH_ANSWER && !gives_benefit(ranking) ? MATCH_ANSWER
										   : MATCH_NONE;
	if (policy == CUE_BOOKING && ranking->topics.supported)
		return MATCH_ANSWER;
	if (policy == CUE_BOOKING || policy == CUE_PERSONAL)
		return ranking->v[0].covered >= ranking->v[0].judge->answer ? MATCH_OFFER
									    : MATCH_NONE;
	article = ranking->v[0].passage->section->article;
	others = others_of(book, book->index->aligns[index_article(book->index, article)], words,
			   from, to, turn);
	if (cues_policy(book->cues, book->lexicon, &others, 0, others.n) != CUE_NONE ||
	    cues_policy(book->cues, book->lexicon, words, from, to) != policy)
		return MATCH_NONE;
	if (ranking->topics.supported)
		return MATCH_ANSWER;
	return policy == CUE_CONTRAINDICATION ? MATCH_OFFER : MATCH_NONE;
}
