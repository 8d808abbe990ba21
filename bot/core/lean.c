#include "core/lean.h"

#include "core/concepts.h"

#define WORDS_LEAN_MAX 64 /* what is longer stands on its own */
#define HITS_MAX 64
#define TOPIC_SURE 1.0
#define TOPIC_MAYBE 0.5
/* What one topic weighs against one sign: "and wine?" leans with half of its weight, "can I drink
 * wine" with a seventh. */
#define TOPIC_WEIGHT 3.0

/* Marks the words of concepts that are topics of their own. */
static void topics_mark(const struct concepts *concepts, const struct words *words, bool *marks)
{
	struct concept_hit hits[HITS_MAX];
	size_t n = concepts ? concepts_find(concepts, words, 0, words->n, hits, HITS_MAX) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct concept *c = &concepts->v[hits[i].concept];

		if (!concept_is_nameable(c) || c->beside)
			continue;
		for (size_t k = 0; k < hits[i].count; k++)
			marks[hits[i].first + k] = true;
	}
}

static bool is_number(struct str word)
{
	return word.n && word.p[0] >= '0' && word.p[0] <= '9';
}

static bool is_light(const struct lexicon *lexicon, struct str word)
{
	return wordset_has(&lexicon->stop_words, word) ||
	       wordset_has(&lexicon->followup_words, word) ||
	       wordset_has(&lexicon->pointing_words, word) ||
	       wordset_has(&lexicon->doubting_words, word) ||
	       wordset_has(&lexicon->correcting_words, word) ||
	       wordset_has(&lexicon->time_words, word) || is_number(word);
}

/* What each word counts as a topic, into `weights`. */
static double topics_weigh(const struct book *book, const struct words *words, double *weights)
{
	bool marks[WORDS_LEAN_MAX] = {false};
	double sum = 0;

	topics_mark(book->concepts, words, marks);
	for (size_t i = 0; i < words->n; i++) {
		weights[i] = marks[i] ? TOPIC_SURE : TOPIC_MAYBE;
		if (is_light(book->lexicon, words->v[i].text))
			weights[i] = 0;
		sum += weights[i];
	}
	return sum;
}

static bool has_any(const struct wordset *set, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (wordset_has(set, words->v[i].text))
			return true;
	return false;
}

static bool has_number(const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (is_number(words->v[i].text))
			return true;
	return false;
}

static bool has_question_mark(const struct words *words)
{
	for (size_t i = 0; i < words->sentences_n; i++)
		if (words->sentences[i].asks)
			return true;
	return false;
}

/* A time is named, and nothing is asked for but by "what about". */
static bool moves(const struct lexicon *lexicon, const struct words *words)
{
	bool named = false;

	for (size_t i = 0; i < words->n; i++) {
		named = named || wordset_has(&lexicon->time_words, words->v[i].text);
		if (wordset_has(&lexicon->question_words, words->v[i].text) &&
		    !lexicon_phrase_at(lexicon, words, i, words->n))
			return false;
	}
	return named;
}

/* "minutes", by itself, may ask for anything. */
static bool asks(const struct lexicon *lexicon, const struct words *words)
{
	return has_question_mark(words) || has_number(words) ||
	       has_any(&lexicon->question_starters, words) || has_any(&lexicon->negations, words) ||
	       has_any(&lexicon->pointing_words, words);
}

static bool takes_up(const struct lexicon *lexicon, const struct words *words)
{
	struct str first = words->v[0].text;

	return wordset_has(&lexicon->joiners, first) ||
	       wordset_has(&lexicon->alternatives, first) ||
	       lexicon_phrase_at(lexicon, words, 0, words->n);
}

/* "not washing, dry shampoo": behind the comma. */
static size_t negated_end(const struct lexicon *lexicon, const struct words *words)
{
	if (!wordset_has(&lexicon->negations, words->v[0].text))
		return 0;
	for (size_t i = 1; i < words->n; i++)
		if (words->v[i].mark == MARK_COMMA)
			return i;
	return 0;
}

/* A correcting word before any topic. In a question "not" and "mean" are ordinary words. */
static bool corrects(const struct lexicon *lexicon, const struct words *words,
		     const double *weights)
{
	if (wordset_has(&lexicon->question_starters, words->v[0].text))
		return false;
	for (size_t i = 0; i < words->n && weights[i] <= 0; i++)
		if (wordset_has(&lexicon->correcting_words, words->v[i].text))
			return true;
	return false;
}

static void correction_read(const struct lexicon *lexicon, const struct words *words,
			    const double *weights, struct lean *lean)
{
	size_t at = negated_end(lexicon, words);
	double least = at ? TOPIC_MAYBE : TOPIC_SURE;

	if (!corrects(lexicon, words, weights))
		return;
	while (at < words->n && weights[at] <= 0)
		at++;
	for (size_t i = at; i < words->n; i++)
		lean->corrects = lean->corrects || weights[i] >= least;
	lean->corrected = at;
}

bool lean_moves(const struct book *book, const struct words *words)
{
	if (words->n == 0 || words->n > WORDS_LEAN_MAX)
		return false;
	for (size_t i = 0; i < words->n; i++)
		if (!is_light(book->lexicon, words->v[i].text))
			return false;
	return moves(book->lexicon, words);
}

struct lean lean_of(const struct book *book, const struct words *words)
{
	const struct lexicon *lexicon = book->lexicon;
	double weights[WORDS_LEAN_MAX];
	struct lean lean = {0};

	if (words->n == 0 || words->n > WORDS_LEAN_MAX)
		return lean;
	lean.topics = topics_weigh(book, words, weights);
	lean.moves = lean.topics <= 0 && moves(lexicon, words);
	if (lean.topics <= 0 && !lean.moves && !asks(lexicon, words))
		lean.topics = TOPIC_MAYBE;
	lean.points = has_any(&lexicon->pointing_words, words);
	lean.is_clipped = !wordset_has(&lexicon->question_starters, words->v[0].text) ||
			  !has_any(&lexicon->question_verbs, words);
	lean.doubts = has_any(&lexicon->doubting_words, words);
	lean.signs = 1 + lean.points + lean.is_clipped + takes_up(lexicon, words);
	correction_read(lexicon, words, weights, &lean);
	return lean;
}

double lean_share(const struct lean *lean)
{
	return lean->signs > 0 ? lean->signs / (lean->signs + TOPIC_WEIGHT * lean->topics) : 0;
}
