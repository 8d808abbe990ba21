#include "core/lexicon.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

bool wordset_has(const struct wordset *set, struct str word)
{
	return set->n && bsearch(&word, set->v, set->n, sizeof *set->v, compare);
}

/* Each item is a line of words; commas and blanks part them. */
static void wordset_read(struct wordset *set, const struct list *list, struct arena *arena)
{
	size_t cap = 0;

	for (size_t i = 0; i < list->items_n; i++) {
		struct words words = text_words(list->items[i].text, STR(""), arena);

		for (size_t k = 0; k < words.n; k++) {
			set->v = arena_grow(arena, set->v, &set->n, &cap, sizeof *set->v);
			set->v[set->n - 1] = words.v[k].text;
		}
	}
	if (set->n)
		qsort(set->v, set->n, sizeof *set->v, compare);
}

bool lexicon_parse(const struct source *words_md, struct arena *arena, struct lexicon *out,
		   struct mistakes *mistakes)
{
	const struct {
		struct str title;
		struct wordset *set;
	} sets[] = {
		{STR("negations"), &out->negations},
		{STR("clause starters"), &out->clause_starters},
		{STR("question starters"), &out->question_starters},
		{STR("joiners"), &out->joiners},
		{STR("stop words"), &out->stop_words},
	};
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(words_md, arena, mistakes);

	*out = (struct lexicon){.language = STR("en")};
	if (mistakes->errors > errors)
		return false;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		const struct list *list = lists_find(&lists, sets[i].title);

		if (list)
			wordset_read(sets[i].set, list, arena);
		if (sets[i].set->n == 0)
			mistake_add(mistakes, words_md->name, list ? list->line : 0,
				    "no words under \"## " STR_FMT "\"", STR_ARG(sets[i].title));
	}
	for (size_t i = 0; i < lists.n; i++) {
		bool known = false;

		for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
			known = known || str_eq(sets[k].title, lists.v[i].title);
		if (!known)
			mistake_add(mistakes, words_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	}
	return mistakes->errors == errors;
}

struct words lexicon_words(const struct lexicon *lexicon, struct str text, struct arena *arena)
{
	struct words words = text_words(text, lexicon->language, arena);
	unsigned added = 0;

	for (size_t i = 0; i < words.n; i++) {
		bool inside = i > 0 && words.v[i - 1].clause == words.v[i].clause + added;

		added += inside && wordset_has(&lexicon->clause_starters, words.v[i].text);
		words.v[i].clause += added;
	}
	return words;
}
