#include "core/telling.h"

#include "core/index.h"
#include "core/lexicon.h"
#include "core/speller.h"

#define SENTENCE_WORDS 3 /* different small words that ask something: "what is it" */

static bool is_number(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((word.p[i] < '0' || word.p[i] > '9') && word.p[i] != '.' && word.p[i] != ',')
			return false;
	return true;
}

static bool is_small(const struct lexicon *lexicon, struct str word)
{
	return wordset_has(&lexicon->stop_words, word) || wordset_has(&lexicon->negations, word) ||
	       wordset_has(&lexicon->pointing_words, word);
}

/* A single letter has a direction in the table of vectors, and no meaning. */
static bool is_known(const struct book *book, const struct word *word)
{
	return word->text.n > 1 && (text_is_pictograph(word->text) ||
				    index_term(book->index, word->stem) != TERM_NONE ||
				    speller_knows(book->speller, word->text));
}

static bool said_before(const struct words *words, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(words->v[i].text, words->v[at].text))
			return true;
	return false;
}

enum telling telling_of(const struct book *book, const struct words *words)
{
	size_t small = 0, unknown = 0;

	for (size_t i = 0; i < words->n; i++) {
		const struct word *word = &words->v[i];

		if (is_number(word->text))
			continue;
		if (is_small(book->lexicon, word->text))
			small += !said_before(words, i);
		else if (is_known(book, word))
			return TELLING;
		else
			unknown++;
	}
	if (small == 0)
		return TELLING_NOTHING;
	if (unknown)
		return TELLING_UNKNOWN;
	return small < SENTENCE_WORDS ? TELLING_LITTLE : TELLING;
}
