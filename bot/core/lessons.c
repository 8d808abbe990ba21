#include "core/lessons.h"

#include "core/lists.h"

/* The same phrasing twice helps nobody, and under two passages it says two things. */
static void phrasing_check(const struct lessons *lessons, size_t first, size_t list,
			   const struct list_item *one, struct str file, struct mistakes *mistakes)
{
	for (size_t i = first; i < lessons->phrasings_n; i++) {
		const struct phrasing *before = &lessons->phrasings[i];

		if (!str_eq_nocase(before->text, one->text))
			continue;
		if (i >= list)
			mistake_warn(mistakes, file, one->line,
				     "this phrasing stands in line %u too", before->line);
		else
			mistake_add(mistakes, file, one->line,
				    "this phrasing stands in line %u too, for another passage",
				    before->line);
		return;
	}
}

static void phrasing_add(struct lessons *lessons, const struct list_item *item,
			 const struct passage *passage, struct arena *arena)
{
	lessons->phrasings = arena_grow(arena, lessons->phrasings, &lessons->phrasings_n,
					&lessons->phrasings_cap, sizeof *lessons->phrasings);
	lessons->phrasings[lessons->phrasings_n - 1] =
		(struct phrasing){item->text, passage, item->line};
}

void lessons_add_phrasings(struct lessons *lessons, const struct source *questions_md,
			   const struct article *article, struct arena *arena,
			   struct mistakes *mistakes)
{
	struct lists lists = lists_parse(questions_md, arena, mistakes);
	size_t first = lessons->phrasings_n;

	for (size_t i = 0; i < lists.n; i++) {
		const struct list *list = &lists.v[i];
		const struct passage *passages;
		size_t n = passages_named(article, list->title, &passages);
		size_t list_first = lessons->phrasings_n;

		if (n == 0)
			mistake_add(mistakes, questions_md->name, list->line,
				    "\"" STR_FMT "\" is not the id of a passage or section in " STR_FMT,
				    STR_ARG(list->title), STR_ARG(article->file));
		for (size_t k = 0; n && k < list->items_n; k++) {
			phrasing_check(lessons, first, list_first, &list->items[k],
				       questions_md->name, mistakes);
			for (size_t p = 0; p < n; p++)
				phrasing_add(lessons, &list->items[k], &passages[p], arena);
		}
	}
}

/* A question that the article answers, said not to be covered by it, teaches nothing. */
static void answered_check(const struct lessons *lessons, const struct uncovered *one,
			   struct str file, struct mistakes *mistakes)
{
	for (size_t i = 0; i < lessons->phrasings_n; i++) {
		const struct phrasing *p = &lessons->phrasings[i];

		if (p->passage->section->article == one->article &&
		    str_eq_nocase(p->text, one->text))
			mistake_add(mistakes, file, one->line,
				    "this question stands in " STR_FMT
				    ".questions.md:%u too, as one that is answered",
				    STR_ARG(one->article->name), p->line);
	}
}

static void uncovered_check(const struct lessons *lessons, size_t first,
			    const struct uncovered *one, struct str file, struct mistakes *mistakes)
{
	if (one->article)
		answered_check(lessons, one, file, mistakes);
	for (size_t i = first; &lessons->uncovered[i] != one; i++)
		if (str_eq_nocase(lessons->uncovered[i].text, one->text)) {
			mistake_warn(mistakes, file, one->line,
				     "this question stands in line %u too",
				     lessons->uncovered[i].line);
			return;
		}
}

void lessons_add_uncovered(struct lessons *lessons, const struct source *not_covered_md,
			   const struct article *article, struct arena *arena,
			   struct mistakes *mistakes)
{
	struct lists lists = lists_parse(not_covered_md, arena, mistakes);
	size_t first = lessons->uncovered_n;

	for (size_t i = 0; i < lists.n; i++)
		for (size_t k = 0; k < lists.v[i].items_n; k++) {
			const struct list_item *item = &lists.v[i].items[k];
			struct uncovered *one;

			lessons->uncovered =
				arena_grow(arena, lessons->uncovered, &lessons->uncovered_n,
					   &lessons->uncovered_cap, sizeof *lessons->uncovered);
			one = &lessons->uncovered[lessons->uncovered_n - 1];
			*one = (struct uncovered){item->text, article, item->line};
			uncovered_check(lessons, first, one, not_covered_md->name, mistakes);
		}
}
