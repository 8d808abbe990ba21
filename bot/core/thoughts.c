#include "core/thoughts.h"

#include "core/asks.h"

/* Does a question begin at `at`, with its verb? In "i can swim" none does. */
static bool is_question_verb(const struct lexicon *lexicon, const struct words *words, size_t from,
			     size_t at)
{
	return wordset_has(&lexicon->question_verbs, words->v[at].text) &&
	       (at == from || !wordset_has(&lexicon->subjects, words->v[at - 1].text));
}

/* "can it cause", "will the injections cause": behind a question's verb and its subject stands what is asked,
 * and no reason. */
static bool is_asked(const struct lexicon *lexicon, const struct words *words, size_t from,
		     size_t at)
{
	if (at >= from + 2 && is_question_verb(lexicon, words, from, at - 2))
		return true;
	return at >= from + 3 && is_question_verb(lexicon, words, from, at - 3) &&
	       !wordset_has(&lexicon->subjects, words->v[at - 2].text);
}

static bool joins(const struct lexicon *lexicon, const struct words *words, size_t from, size_t at)
{
	struct str word = words->v[at].text;

	return wordset_has(&lexicon->joiners, word) ||
	       (wordset_has(&lexicon->reason_words, word) && !is_asked(lexicon, words, from, at));
}

static bool takes_in(const struct lexicon *lexicon, struct str word)
{
	return wordset_has(&lexicon->subordinators, word) ||
	       wordset_has(&lexicon->question_verbs, word);
}

/* "what are", "when will": a question even where no subject follows that asks.h knows. */
static bool asks_at(const struct lexicon *lexicon, const struct words *words, size_t at, size_t to)
{
	return at + 1 < to && wordset_has(&lexicon->question_starters, words->v[at].text) &&
	       !wordset_has(&lexicon->question_verbs, words->v[at].text) &&
	       wordset_has(&lexicon->question_verbs, words->v[at + 1].text);
}

static bool begins(const struct lexicon *lexicon, const struct words *words, size_t at)
{
	const struct word *word = &words->v[at];

	return word->mark != MARK_NONE || (wordset_has(&lexicon->clause_subjects, word->text) &&
					   !takes_in(lexicon, words->v[at - 1].text));
}

size_t thoughts_of(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to,
		   struct thought *out)
{
	size_t question = asks_next(lexicon, words, from, to, false);
	size_t n = 0;

	for (size_t at = from; at < to; at++) {
		bool is_joiner = joins(lexicon, words, from, at);
		bool is_new = n == 0 || out[n - 1].to < at || at == question ||
			      begins(lexicon, words, at) || asks_at(lexicon, words, at, to);

		if (at == question)
			question = asks_next(lexicon, words, at, to, true);
		if (is_joiner)
			continue;
		if (is_new)
			out[n++] = (struct thought){at, at + 1};
		else
			out[n - 1].to = at + 1;
	}
	return n;
}
