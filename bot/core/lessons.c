#include "core/lessons.h"

#include <string.h>

#include "core/lists.h"
#include "core/text.h"

/* The words of a line with a blank between them, whatever their case and the marks around them: what
 * two lines must share to say the same. */
static struct str words_of(const struct list_item *item, struct str file, struct arena *arena,
			   struct mistakes *mistakes)
{
	struct words words = text_words(item->text, STR(""), arena);
	size_t n = 0, size = 1;
	char *p;

	if (words.n == 0)
		mistake_add(mistakes, file, item->line, "no words in this list item");
	for (size_t i = 0; i < words.n; i++)
		size += words.v[i].text.n + 1;
	p = arena_alloc(arena, size);
	for (size_t i = 0; i < words.n; i++) {
		struct str word = words.v[i].text;

		if (i)
			p[n++] = ' ';
		memcpy(p + n, word.p, word.n);
		n += word.n;
	}
	return (struct str){p, n};
}

/* The same phrasing twice helps nobody, and under two passages it says two things. */
static void phrasing_check(const struct lessons *lessons, size_t first, size_t list,
			   const struct phrasing *one, struct str file, struct mistakes *mistakes)
{
	for (size_t i = first; i < lessons->phrasings_n; i++) {
		const struct phrasing *before = &lessons->phrasings[i];

		if (!str_eq(before->words, one->words))
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

static void phrasing_add(struct lessons *lessons, struct phrasing phrasing, struct arena *arena)
{
	lessons->phrasings = arena_grow(arena, lessons->phrasings, &lessons->phrasings_n,
					&lessons->phrasings_cap, sizeof *lessons->phrasings);
	lessons->phrasings[lessons->phrasings_n - 1] = phrasing;
}

/* Adds the items of one list, each once for each passage. */
static void list_add(struct lessons *lessons, const struct list *list,
		     const struct passage *passages, size_t n, size_t first, struct str file,
		     struct arena *arena, struct mistakes *mistakes)
{
	size_t list_first = lessons->phrasings_n;

	for (size_t k = 0; k < list->items_n; k++) {
		const struct list_item *item = &list->items[k];
		struct phrasing one = {.text = item->text,
				       .words = words_of(item, file, arena, mistakes),
				       .line = item->line};

		phrasing_check(lessons, first, list_first, &one, file, mistakes);
		for (size_t p = 0; p < n; p++) {
			one.passage = &passages[p];
			phrasing_add(lessons, one, arena);
		}
	}
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

		if (n == 0)
			mistake_add(mistakes, questions_md->name, list->line,
				    "\"" STR_FMT
				    "\" is not the id of a passage or section in " STR_FMT,
				    STR_ARG(list->title), STR_ARG(article->file));
		else
			list_add(lessons, list, passages, n, first, questions_md->name, arena,
				 mistakes);
	}
}

/* A question that an article answers, said not to be covered by it, teaches nothing; said not to be covered
 * by any, it may stand in a list for articles that are not here. */
static void answered_check(const struct lessons *lessons, const struct uncovered *one,
			   struct str file, struct mistakes *mistakes)
{
	for (size_t i = 0; i < lessons->phrasings_n; i++) {
		const struct phrasing *p = &lessons->phrasings[i];
		const struct article *article = p->passage->section->article;

		if ((one->article && article != one->article) || !str_eq(p->words, one->words))
			continue;
		if (one->article)
			mistake_add(mistakes, file, one->line,
				    "this question stands in " STR_FMT
				    ".questions.md:%u too, as one that is answered",
				    STR_ARG(article->name), p->line);
		else
			mistake_warn(mistakes, file, one->line,
				     "this question stands in " STR_FMT
				     ".questions.md:%u too, as one that is answered",
				     STR_ARG(article->name), p->line);
		return;
	}
}

static void uncovered_check(const struct lessons *lessons, size_t first,
			    const struct uncovered *one, struct str file, struct mistakes *mistakes)
{
	answered_check(lessons, one, file, mistakes);
	for (size_t i = first; &lessons->uncovered[i] != one; i++)
		if (str_eq(lessons->uncovered[i].words, one->words)) {
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
			*one = (struct uncovered){
				.text = item->text,
				.words = words_of(item, not_covered_md->name, arena, mistakes),
				.article = article,
				.line = item->line};
			uncovered_check(lessons, first, one, not_covered_md->name, mistakes);
		}
}
