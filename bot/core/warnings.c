#include "core/warnings.h"

#include "core/lexicon.h"
#include "core/suspect.h"

/* Without a small word of the bot's own language among words of another one. */
static bool are_all_foreign(const struct readings *readings, const struct book *book)
{
	const struct words *written = &readings->v[READING_WRITTEN];

	for (size_t i = 0; i < written->n; i++)
		if (wordset_has(&book->lexicon->stop_words, written->v[i].text))
			return false;
	return readings->foreign;
}

/* Looks at each sentence that is not all foreign by itself as if it were the message. */
static void sentences_look(struct warnings *w, const struct readings *readings,
			   const struct book *book, const struct urgent *urgent, struct arena *turn)
{
	const struct words *written = &readings->v[READING_WRITTEN];

	for (size_t i = 0; i < written->n; i++) {
		unsigned sentence = written->v[i].sentence;
		struct readings one;

		if (i > 0 && written->v[i - 1].sentence == sentence)
			continue;
		one = readings_sentence(readings, book, sentence, turn);
		for (size_t k = 0; k < READINGS_N && !are_all_foreign(&one, book); k++) {
			struct urgent_signs signs;

			if (one.same[k])
				continue;
			signs = urgent_signs_of(urgent, book->lexicon, &one.v[k], one.kinds != 0,
						turn);
			urgent_signs_raise(&w->signs[0], &signs);
		}
	}
}

/* Of words with a greeting in front, what stands behind it. */
static struct words behind_greeting(const struct words *words, const struct book *book,
				    struct arena *turn)
{
	struct words_making making = {.from = words, .arena = turn};
	size_t greeting = words->n ? flags_longest(&book->cues->whole[CUE_GREETING], words, 0) : 0;

	for (size_t i = greeting; greeting && i < words->n; i++)
		words_add(&making, words->v[i]);
	return words_done(&making);
}

/* The signs of words as they stand, and of what stands behind a greeting: "hi" makes nothing less urgent. */
static struct urgent_signs signs_of(const struct words *words, const struct book *book,
				    const struct urgent *urgent, bool small_talk,
				    struct arena *turn)
{
	struct urgent_signs signs = urgent_signs_of(urgent, book->lexicon, words, small_talk, turn);
	struct words rest = behind_greeting(words, book, turn);

	if (rest.n && !small_talk) {
		struct urgent_signs of_rest =
			urgent_signs_of(urgent, book->lexicon, &rest, small_talk, turn);

		urgent_signs_raise(&signs, &of_rest);
	}
	return signs;
}

struct warnings warnings_of(const struct readings *readings, const struct book *book,
			    const struct urgent *urgent, struct arena *turn)
{
	const struct words *written = &readings->v[READING_WRITTEN];
	bool foreign = are_all_foreign(readings, book);
	bool small_talk = foreign || readings->kinds != 0;
	struct warnings w = {.signs_n = 0};
	struct words suspected;

	for (size_t i = 0; i < (foreign ? 1 : READINGS_N); i++)
		if (!readings->same[i])
			w.signs[w.signs_n++] =
				signs_of(&readings->v[i], book, urgent, small_talk, turn);
	if (!foreign && !readings->unmended &&
	    suspect_read(book->speller, written, turn, &suspected) &&
	    !words_same(&readings->v[READING_MENDED], &suspected))
		w.signs[w.signs_n++] = signs_of(&suspected, book, urgent, small_talk, turn);
	if (written->sentences_n > 1 && (foreign || readings->unmended))
		sentences_look(&w, readings, book, urgent, turn);
	w.found = tongues_find(book->tongues, written, turn);
	return w;
}

enum urgent_level warnings_level(const struct warnings *warnings,
				 const struct urgent_bounds *bounds)
{
	enum urgent_level highest = warnings->found.level;

	for (size_t i = 0; i < warnings->signs_n; i++) {
		enum urgent_level level = urgent_judge(bounds, &warnings->signs[i]);

		highest = level > highest ? level : highest;
	}
	return highest;
}

bool warnings_crisis_too(const struct warnings *warnings)
{
	for (size_t i = 0; i < warnings->signs_n; i++)
		if (urgent_is_crisis_too(&warnings->signs[i]))
			return true;
	return warnings->found.level == URGENT_CRISIS;
}

struct urgency warnings_margins(const struct warnings *warnings)
{
	struct urgency margins = warnings->signs[0].highest;

	for (size_t i = 1; i < warnings->signs_n; i++)
		urgency_raise(&margins, &warnings->signs[i].highest);
	return margins;
}
