#include "core/policy.h"

#include "core/align.h"
#include "core/concepts.h"

#define HITS_MAX 64

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
