#include "core/spellings.h"

#include "core/lists.h"

void spellings_init(struct spellings *spellings, struct arena *scratch)
{
	*spellings = (struct spellings){.scratch = scratch};
	stems_init(&spellings->words, STR(""), scratch);
}

void spellings_add_words(struct spellings *spellings, const struct words *words,
			 enum spelling_how how)
{
	for (size_t i = 0; i < words->n; i++) {
		spellings->v = arena_grow(spellings->scratch, spellings->v, &spellings->n,
					  &spellings->cap, sizeof *spellings->v);
		spellings->v[spellings->n - 1] = (struct spelling){words->v[i].text, how};
	}
}

void spellings_add(struct spellings *spellings, struct str text, enum spelling_how how)
{
	struct words words = text_words_by(text, &spellings->words, spellings->scratch);

	spellings_add_words(spellings, &words, how);
}

void spellings_add_article(struct spellings *spellings, const struct article *article)
{
	spellings_add(spellings, article->title, SPELLING_SURE);
	for (size_t i = 0; i < article->passages_n; i++) {
		spellings_add(spellings, article->passages[i].section->title, SPELLING_SURE);
		spellings_add(spellings, article->passages[i].plain, SPELLING_SURE);
	}
}

static struct lists lists_read(struct spellings *spellings, const struct source *lists_md)
{
	struct mistakes told; /* by those who read the file for what it says */

	if (!lists_md)
		return (struct lists){.n = 0};
	mistakes_init(&told, spellings->scratch);
	return lists_parse(lists_md, spellings->scratch, &told);
}

static void list_add(struct spellings *spellings, const struct list *list, enum spelling_how how)
{
	for (size_t i = 0; i < list->items_n; i++)
		spellings_add(spellings, list->items[i].text, how);
}

void spellings_add_lists(struct spellings *spellings, const struct source *lists_md,
			 enum spelling_how how)
{
	struct lists lists = lists_read(spellings, lists_md);

	for (size_t i = 0; i < lists.n; i++)
		list_add(spellings, &lists.v[i], how);
}

void spellings_add_messages(struct spellings *spellings, const struct source *examples_md)
{
	struct lists lists = lists_read(spellings, examples_md);

	for (size_t i = 0; i < lists.n; i++)
		list_add(spellings, &lists.v[i],
			 str_eq(lists.v[i].title, STR("none")) ? SPELLING_SEEN : SPELLING_SIGN);
}

/* "name (title): word begin* two_words" */
static void concept_line(struct spellings *spellings, struct str line)
{
	ptrdiff_t colon = str_find(line, STR(":"));
	struct str entries = str_sub(line, colon < 0 ? 0 : (size_t)colon + 1, line.n);
	struct str entry;

	if (str_starts(line, STR("#")))
		return;
	while (str_cut(&entries, ' ', &entry))
		spellings_add(spellings, entry,
			      str_ends(str_trim(entry), STR("*")) ? SPELLING_SEEN
								  : SPELLING_LISTED);
}

void spellings_add_concepts(struct spellings *spellings, const struct source *concepts_txt)
{
	struct str rest;
	struct str line;

	if (!concepts_txt)
		return;
	rest = concepts_txt->text;
	while (str_cut(&rest, '\n', &line))
		concept_line(spellings, line);
}
