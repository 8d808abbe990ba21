#include "core/trail.h"

#include "core/alarm.h"
#include "core/concepts.h"
#include "core/talk.h"

#define HITS_MAX 8
#define TRAIL_BYTES_MAX (QUESTION_BYTES_MAX + (size_t)1024)

bool trail_goes_on(const struct book *book, const struct words *words)
{
	return words->n > 0 && words->n <= TRAIL_WORDS_MAX &&
	       !urgency_asks(book->lexicon, words, 0, words->n);
}

static bool trail_has(const struct trail *trail, const struct concept *concept)
{
	for (size_t i = 0; i < trail->n; i++)
		if (trail->v[i] == concept)
			return true;
	return false;
}

static void trail_add(struct trail *trail, const struct concept *concept)
{
	if (trail_has(trail, concept))
		return;
	if (trail->n == TRAIL_MAX) {
		for (size_t i = 1; i < TRAIL_MAX; i++)
			trail->v[i - 1] = trail->v[i];
		trail->n--;
	}
	trail->v[trail->n++] = concept;
}

struct trail trail_after(const struct trail *before, const struct book *book,
			 const struct words *words)
{
	struct trail trail = *before;
	struct concept_hit hits[HITS_MAX];
	size_t n = book->concepts
			   ? concepts_find(book->concepts, words, 0, words->n, hits, HITS_MAX)
			   : 0;

	for (size_t i = 0; i < n; i++)
		if (concept_is_nameable(&book->concepts->v[hits[i].concept]))
			trail_add(&trail, &book->concepts->v[hits[i].concept]);
	return trail;
}

/* "chest_pain" is written "chest pain". */
static void name_write(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		buf_add_char(out, name.p[i] == '_' ? ' ' : name.p[i]);
	buf_add_char(out, ' ');
}

struct alarm trail_alarm(const struct trail *before, const struct book *book, struct str text,
			 struct arena *turn)
{
	struct readings readings;
	struct buf whole;

	buf_init(&whole, TRAIL_BYTES_MAX);
	for (size_t i = 0; i < before->n; i++)
		name_write(&whole, before->v[i]->name);
	buf_add(&whole, text);
	readings = readings_of(book, arena_str(turn, buf_str(&whole)), turn);
	buf_done(&whole);
	return alarm_of(&readings, book, turn);
}
