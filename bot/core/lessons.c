#include "core/lessons.h"

#include <string.h>

#include "core/lists.h"

/* --- one line ----------------------------------------------------------------------------- */

/* The words with a blank between them, whatever their case and the marks around them: what two lines
 * must share to say the same. */
static struct str joined(const struct words *words, struct arena *arena)
{
	size_t n = 0, size = 1;
	char *p;

	for (size_t i = 0; i < words->n; i++)
		size += words->v[i].text.n + 1;
	p = arena_alloc(arena, size);
	for (size_t i = 0; i < words->n; i++) {
		struct str word = words->v[i].text;

		if (i)
			p[n++] = ' ';
		memcpy(p + n, word.p, word.n);
		n += word.n;
	}
	return (struct str){p, n};
}

static struct lesson lesson_read(struct lessons *l, const struct list_item *item, struct str file,
				 struct mistakes *mistakes)
{
	struct lesson lesson = {.text = item->text, .line = item->line};

	lesson.words = lexicon_written_by(l->lexicon, item->text, l->stems, l->arena);
	if (lesson.words.n == 0)
		mistake_add(mistakes, file, item->line, "no words in this list item");
	lesson.saying = textset_add(&l->said, joined(&lesson.words, l->arena), l->arena);
	if (lesson.saying == l->sayings_n)
		l->sayings = arena_grow(l->arena, l->sayings, &l->sayings_n, &l->sayings_cap,
					sizeof *l->sayings);
	return lesson;
}

/* --- phrasings ---------------------------------------------------------------------------- */

/* The same phrasing twice helps nobody, and under two passages it says two things. */
static void phrasing_check(const struct lessons *l, size_t first, size_t list,
			   const struct lesson *one, struct str file, struct mistakes *mistakes)
{
	size_t before = 0; /* the first in this file, + 1 */

	for (size_t i = l->sayings[one->saying].phrasing; i > first;
	     i = l->phrasings[i - 1].lesson.alike)
		before = i;
	if (before == 0)
		return;
	if (before > list)
		mistake_warn(mistakes, file, one->line, "this phrasing stands in line %u too",
			     l->phrasings[before - 1].lesson.line);
	else
		mistake_add(mistakes, file, one->line,
			    "this phrasing stands in line %u too, for another passage",
			    l->phrasings[before - 1].lesson.line);
}

static void phrasing_add(struct lessons *l, struct lesson lesson, const struct passage *passage)
{
	struct saying *saying = &l->sayings[lesson.saying];

	lesson.alike = saying->phrasing;
	l->phrasings = arena_grow(l->arena, l->phrasings, &l->phrasings_n, &l->phrasings_cap,
				  sizeof *l->phrasings);
	l->phrasings[l->phrasings_n - 1] = (struct phrasing){lesson, passage};
	saying->phrasing = l->phrasings_n;
}

/* Adds the items of one list, each once for each passage. `first` is the file's first phrasing. */
static void list_add(struct lessons *l, const struct list *list, const struct passage *passages,
		     size_t n, size_t first, struct str file, struct mistakes *mistakes)
{
	size_t list_first = l->phrasings_n;

	for (size_t k = 0; k < list->items_n; k++) {
		struct lesson lesson = lesson_read(l, &list->items[k], file, mistakes);

		phrasing_check(l, first, list_first, &lesson, file, mistakes);
		for (size_t p = 0; p < n; p++)
			phrasing_add(l, lesson, &passages[p]);
	}
}

void lessons_add_phrasings(struct lessons *lessons, const struct source *questions_md,
			   const struct article *article, struct mistakes *mistakes)
{
	struct lists lists = lists_parse(questions_md, lessons->arena, mistakes);
	size_t first = lessons->phrasings_n;

	for (size_t i = 0; i < lists.n; i++) {
		const struct list *list = &lists.v[i];
		const struct passage *passages;
		size_t n = passages_named(article, list->title, &passages);

		if (n == 0)
			mistake_add(mistakes, questions_md->name, list->line,
				    "\"" STR_FMT
				    "\" is not the id of a passage or section in " STR_FMT,
				    STR_ARG(list->title), STR_ARG(article->file));
		else
			list_add(lessons, list, passages, n, first, questions_md->name, mistakes);
	}
}

/* --- what is not covered ------------------------------------------------------------------ */

/* A question that an article answers, said not to be covered by it, teaches nothing; said not to be covered
 * by any, it may stand in a list for articles that are not here. */
static void answered_check(const struct lessons *l, const struct lesson *one,
			   const struct article *article, struct str file,
			   struct mistakes *mistakes)
{
	const struct phrasing *found = NULL; /* the first */
	const struct article *of;

	for (size_t i = l->sayings[one->saying].phrasing; i; i = l->phrasings[i - 1].lesson.alike)
		if (!article || l->phrasings[i - 1].passage->section->article == article)
			found = &l->phrasings[i - 1];
	if (!found)
		return;
	of = found->passage->section->article;
	if (article)
		mistake_add(mistakes, file, one->line,
			    "this question stands in " STR_FMT
			    ".questions.md:%u too, as one that is answered",
			    STR_ARG(of->name), found->lesson.line);
	else
		mistake_warn(mistakes, file, one->line,
			     "this question stands in " STR_FMT
			     ".questions.md:%u too, as one that is answered",
			     STR_ARG(of->name), found->lesson.line);
}

/* `first` is the file's first. */
static void repeated_check(const struct lessons *l, const struct lesson *one, size_t first,
			   struct str file, struct mistakes *mistakes)
{
	size_t before = 0;

	for (size_t i = l->sayings[one->saying].uncovered; i > first;
	     i = l->uncovered[i - 1].lesson.alike)
		before = i;
	if (before)
		mistake_warn(mistakes, file, one->line, "this question stands in line %u too",
			     l->uncovered[before - 1].lesson.line);
}

static void uncovered_add(struct lessons *l, struct lesson lesson, const struct article *article)
{
	struct saying *saying = &l->sayings[lesson.saying];

	lesson.alike = saying->uncovered;
	l->uncovered = arena_grow(l->arena, l->uncovered, &l->uncovered_n, &l->uncovered_cap,
				  sizeof *l->uncovered);
	l->uncovered[l->uncovered_n - 1] = (struct uncovered){lesson, article};
	saying->uncovered = l->uncovered_n;
}

void lessons_add_uncovered(struct lessons *lessons, const struct source *not_covered_md,
			   const struct article *article, struct mistakes *mistakes)
{
	struct lists lists = lists_parse(not_covered_md, lessons->arena, mistakes);
	size_t first = lessons->uncovered_n;

	for (size_t i = 0; i < lists.n; i++)
		for (size_t k = 0; k < lists.v[i].items_n; k++) {
			struct lesson lesson = lesson_read(lessons, &lists.v[i].items[k],
							   not_covered_md->name, mistakes);

			answered_check(lessons, &lesson, article, not_covered_md->name, mistakes);
			repeated_check(lessons, &lesson, first, not_covered_md->name, mistakes);
			uncovered_add(lessons, lesson, article);
		}
}
