/* The words that steer reading, from `en/words.md`: which negate, which begin a clause, which begin
 * a question, which carry no topic, and how people write them short. Everything that depends on a
 * language stands in such files.
 *
 * A text is read in two ways. As it is written ("cant", "u"): so the lists of cues and flags are
 * written. In long words ("can not", "you"): for whatever compares one text with another. A message
 * is read in both, and with its spelling mended (readings.h). */
#ifndef CORE_LEXICON_H
#define CORE_LEXICON_H

#include "core/lists.h"
#include "core/text.h"

/* Folded words. */
struct wordset {
	struct textset words;
};

#define SHORT_WORDS_MAX 3

/* A line under `## written short`: `u = you`, `w/o = without`, `#hrs|#hr = # hours`. Several short
 * forms may share a line, apart by `|`. One with an apostrophe counts only where one is written:
 * "i'll" is "i will", "ill" is not. `#` is a number written together with what follows, which
 * becomes a word of its own. */
struct short_form {
	struct str written[SHORT_WORDS_MAX]; /* as text_words() cuts it */
	size_t written_n;
	bool number, apostrophe;
	unsigned line;
	const struct words *meant; /* stemmed; without the number */
};

struct lexicon {
	struct str language; /* for the stemmer: "en" */
	struct wordset negations;
	struct wordset negations_behind; /* that stand behind what they negate; none in English */
	struct wordset clause_starters, joiners, stop_words;
	struct wordset question_starters, question_verbs, subjects, nominatives, alternatives;
	struct wordset reason_words, subordinators, clause_subjects;
	struct wordset followup_words, pointing_words, doubting_words, correcting_words;
	struct wordset time_words, question_words;
	struct wordset
		topicless; /* stop words, question starters, subjects, negations, clause starters
				     and follow-up words: they carry no topic */
	struct words *question_phrases;
	size_t question_phrases_n;
	struct short_form *short_forms; /* sorted */
	size_t short_forms_n;
};

/* Reads the lists. A list that is missing or not known is a mistake, and so is a short form that
 * cannot be read or means two things; false when any is an error. */
bool lexicon_parse(const struct source *words_md, struct arena *arena, struct lexicon *out,
		   struct mistakes *mistakes);

/* The words of all items; commas and blanks part them. `list` may be NULL: none. */
struct wordset wordset_parse(const struct list *list, struct arena *arena);
bool wordset_has(const struct wordset *set, struct str word);
/* Whether one of the question phrases begins words [at, to). */
bool lexicon_phrase_at(const struct lexicon *lexicon, const struct words *words, size_t at,
		       size_t to);

/* As it is written: text_words(), with a new clause at each of the clause starters. */
struct words lexicon_written(const struct lexicon *lexicon, struct str text, struct arena *arena);
/* The same for one of many texts; `stems` are of the lexicon's language. */
struct words lexicon_written_by(const struct lexicon *lexicon, struct str text, struct stems *stems,
				struct arena *arena);
/* The same words in long: short forms as what they mean, and pictographs that mean nothing left out
 * where there are other words. May be `*written` itself. */
struct words lexicon_lengthen(const struct lexicon *lexicon, const struct words *written,
			      struct arena *arena);
/* Both: the reading of texts that are compared with others. */
struct words lexicon_words(const struct lexicon *lexicon, struct str text, struct arena *arena);

#endif
