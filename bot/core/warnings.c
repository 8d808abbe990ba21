#include "core/warnings.h"

#include "core/lexicon.h"

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

struct warnings warnings_of(const struct readings *readings, const struct book *book,
			    const struct urgent *urgent, struct arena *turn)
{
	const struct words *written = &readings->v[READING_WRITTEN];
	bool foreign = are_all_foreign(readings, book);
	bool small_talk = foreign || readings->kinds != 0;
	struct warnings w = {.signs_n = 0};

	for (size_t i = 0; i < (foreign ? 1 : READINGS_N); i++)
		if (!readings->same[i])
			w.signs[w.signs_n++] = urgent_signs_of(urgent, book->lexicon,
							       &readings->v[i], small_talk, turn);
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

struct urgency warnings_margins(const struct warnings *warnings)
{
	struct urgency margins = warnings->signs[0].highest;

	for (size_t i = 1; i < warnings->signs_n; i++)
		urgency_raise(&margins, &warnings->signs[i].highest);
	return margins;
}
