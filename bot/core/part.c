#include "core/part.h"

#include "core/concepts.h"

#define OFFER_SHARE 0.02 /* of the best topic's probability, to be worth offering */

static bool part_has(const struct answer_part *part, const struct passage *passage)
{
	for (size_t i = 0; i < part->passages_n; i++)
		if (part->passages[i] == passage)
			return true;
	return false;
}

struct answer_part part_given(const struct ranking *ranking)
{
	struct answer_part part = {.kind = ANSWER_PASSAGES, .reply = REPLY_NONE};

	for (size_t i = 0; i < ranking->given; i++) {
		const struct passage *passage = ranking->v[i].passage;
		const struct passage *intro = passage_intro(passage);

		if (intro && !part_has(&part, intro))
			part.passages[part.passages_n++] = intro;
		if (!part_has(&part, passage))
			part.passages[part.passages_n++] = passage;
	}
	return part;
}

struct answer_part part_of_section(const struct section *section)
{
	struct answer_part part = {.kind = ANSWER_PASSAGES, .reply = REPLY_NONE};

	for (size_t i = 0; i < section->count && i < PART_PASSAGES_MAX; i++)
		part.passages[part.passages_n++] = &section->article->passages[section->first + i];
	return part;
}

struct topic {
	const struct passage *best;
	double p; /* of all its passages together */
};

static bool are_one_topic(const struct passage *a, const struct passage *b)
{
	return a == b || (!a->named && !b->named && a->section == b->section);
}

/* Puts the last of `n` where it belongs; equal ones stay in their order. */
static void topic_sort_in(struct topic *topics, size_t n)
{
	for (size_t i = n - 1; i > 0 && topics[i - 1].p < topics[i].p; i--) {
		struct topic other = topics[i - 1];

		topics[i - 1] = topics[i];
		topics[i] = other;
	}
}

struct answer_part part_offered(const struct ranking *ranking)
{
	struct answer_part part = {.kind = ANSWER_OFFER, .reply = REPLY_OFFER};
	struct topic topics[RANKED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < ranking->n; i++) {
		const struct match *match = &ranking->v[i];
		size_t at = 0;

		while (at < n && !are_one_topic(topics[at].best, match->passage))
			at++;
		if (at == n)
			topics[n++] = (struct topic){.best = match->passage};
		topics[at].p += match->p;
		topic_sort_in(topics, at + 1);
	}
	for (size_t i = 0; i < n && i < OFFER_TOPICS_MAX; i++)
		if (topics[i].p >= OFFER_SHARE * topics[0].p)
			part.passages[part.passages_n++] = topics[i].best;
	return part;
}

/* "The article does not cover X" is said only where that is as good as sure. */
#define NAMED_COVERED 0.1
#define OTHERS_MAX 1 /* words that say something else, beside a name of as many words or fewer */
#define HITS_MAX 64

/* Whether the topic is what the words are about, and not one of their words: "check how many miles I
 * walked" is not about walking. */
static bool is_main_topic(const struct book *book, const struct words *words, size_t from,
			  size_t to, unsigned topic)
{
	struct concept_hit hits[HITS_MAX];
	size_t n = concepts_find(book->concepts, words, from, to, hits, HITS_MAX);
	size_t named = 0, others = 0;

	for (size_t i = from; i < to; i++) {
		bool known = wordset_has(&book->lexicon->topicless, words->v[i].text) ||
			     wordset_has(&book->lexicon->correcting_words, words->v[i].text);

		for (size_t k = 0; k < n; k++) {
			bool inside = i >= hits[k].first && i < hits[k].first + hits[k].count;

			known = known || inside;
			named += inside && hits[k].concept == topic;
		}
		others += !known;
	}
	return others <= OTHERS_MAX || others < named;
}

bool part_names_missing(const struct ranking *ranking)
{
	return ranking->topics.missing != CONCEPT_NONE &&
	       (ranking->n == 0 || ranking->v[0].covered <= NAMED_COVERED);
}

struct answer_part part_refused(const struct book *book, const struct words *words, size_t from,
				size_t to, const struct ranking *ranking)
{
	struct answer_part part = {.kind = ANSWER_UNCOVERED, .reply = REPLY_NOT_COVERED};
	unsigned topic = ranking->topics.missing;
	const struct concept *missing;

	if (!part_names_missing(ranking))
		return part;
	missing = &book->concepts->v[topic];
	if (missing->desk) {
		part.reply = REPLY_BOOKING;
	} else if (is_main_topic(book, words, from, to, topic)) {
		part.reply = REPLY_NOT_COVERED_TOPIC;
		part.topic = missing;
	}
	return part;
}

void offer_merge(struct answer_part *offer, const struct answer_part *more)
{
	struct answer_part merged = *offer;

	merged.passages_n = 0;
	for (size_t i = 0; i < (size_t)2 * OFFER_TOPICS_MAX; i++) {
		const struct answer_part *from = i % 2 ? more : offer;
		bool known = i / 2 >= from->passages_n;

		for (size_t k = 0; !known && k < merged.passages_n; k++)
			known = merged.passages[k] == from->passages[i / 2];
		if (!known && merged.passages_n < OFFER_TOPICS_MAX)
			merged.passages[merged.passages_n++] = from->passages[i / 2];
	}
	*offer = merged;
}

void offer_add(struct answer_part *offer, const struct passage *passage)
{
	for (size_t i = 0; i < offer->passages_n; i++)
		if (are_one_topic(offer->passages[i], passage))
			return;
	if (offer->passages_n < OFFER_TOPICS_MAX)
		offer->passages[offer->passages_n++] = passage;
}
