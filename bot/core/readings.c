#include "core/readings.h"

#include "core/foreign.h"
#include "core/lexicon.h"
#include "core/speller.h"

static bool are_same(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!str_eq(a->v[i].text, b->v[i].text))
			return false;
	return a->n == b->n;
}

struct readings readings_of(const struct book *book, struct str text, struct arena *turn)
{
	struct readings r = {.kinds = 0};
	const struct words *written = &r.v[READING_WRITTEN];

	r.v[READING_WRITTEN] = lexicon_written(book->lexicon, text, turn);
	r.v[READING_MENDED] = speller_mend(book->speller, written, turn);
	r.v[READING_OUT] = lexicon_lengthen(book->lexicon, &r.v[READING_MENDED], turn);
	for (size_t i = 1; i < READINGS_N; i++)
		r.same[i] = are_same(&r.v[i - 1], &r.v[i]);
	for (size_t i = 0; i < READINGS_N && !r.kinds; i++)
		if (!r.same[i])
			r.kinds = cues_kinds(book->cues, &r.v[i]);
	r.foreign = book->foreign &&
		    foreign_reads(book->foreign, book->lexicon, book->speller, written);
	return r;
}

enum cue readings_contained(const struct readings *readings, const struct book *book)
{
	enum cue cue = CUE_NONE;

	for (size_t i = 0; i < READINGS_N && cue == CUE_NONE; i++)
		if (!readings->same[i])
			cue = cues_contained(book->cues, book->lexicon, &readings->v[i]);
	return cue;
}
