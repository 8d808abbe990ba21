#include "core/readings.h"

#include "core/foreign.h"
#include "core/lexicon.h"
#include "core/speller.h"

static struct readings read_words(const struct book *book, struct words written, struct arena *turn)
{
	struct readings r = {.kinds = 0};

	r.v[READING_WRITTEN] = written;
	r.v[READING_MENDED] = speller_mend(book->speller, &written, turn);
	r.v[READING_OUT] = lexicon_lengthen(book->lexicon, &r.v[READING_MENDED], turn);
	r.unmended = r.v[READING_MENDED].v == written.v;
	for (size_t i = 1; i < READINGS_N; i++)
		r.same[i] = words_same(&r.v[i - 1], &r.v[i]);
	for (size_t i = 0; i < READINGS_N && !r.kinds; i++)
		if (!r.same[i])
			r.kinds = cues_kinds(book->cues, &r.v[i]);
	r.foreign = book->foreign &&
		    foreign_reads(book->foreign, book->lexicon, book->speller, &written);
	return r;
}

struct readings readings_of(const struct book *book, struct str text, struct arena *turn)
{
	return read_words(book, lexicon_written(book->lexicon, text, turn), turn);
}

struct readings readings_sentence(const struct readings *whole, const struct book *book,
				  unsigned sentence, struct arena *turn)
{
	const struct words *words = &whole->v[READING_WRITTEN];
	struct words_making making = {.from = words, .arena = turn};

	for (size_t i = 0; i < words->n; i++)
		if (words->v[i].sentence == sentence)
			words_add(&making, words->v[i]);
	return read_words(book, words_done(&making), turn);
}

enum cue readings_contained(const struct readings *readings, const struct book *book)
{
	enum cue cue = CUE_NONE;

	for (size_t i = 0; i < READINGS_N && cue == CUE_NONE; i++)
		if (!readings->same[i])
			cue = cues_contained(book->cues, book->lexicon, &readings->v[i]);
	return cue;
}
