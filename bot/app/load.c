#include "app/load.h"

#include <malloc.h>
#include <stdio.h>

#include "core/err.h"
#include "core/vectors.h"
#include "io/files.h"

struct loading {
	struct arena arena;
	struct str dir;	 /* of the articles */
	struct str pack; /* whose `en/` is read: the same, or the shipped one */
	struct source *sources;
	size_t n, cap;
	struct mistakes *mistakes;
};

void mistake_file(struct mistakes *mistakes, struct str path, const struct err *err)
{
	struct str what = str_of(err->text);

	if (str_starts(what, path) && str_starts(str_sub(what, path.n, what.n), STR(": ")))
		what = str_sub(what, path.n + 2, what.n);
	mistake_add(mistakes, path, 0, STR_FMT, STR_ARG(what));
}

#define SHIPPED STR("intents")

static bool is_pack(struct str inner)
{
	return str_starts(inner, STR("en/"));
}

/* Where a file of a book lies: "en/replies.md" in the pack's folder, the others beside the articles. */
static struct str path_of(const struct loading *l, struct str inner, struct arena *arena)
{
	return arena_fmt(arena, STR_FMT "/" STR_FMT, STR_ARG(is_pack(inner) ? l->pack : l->dir),
			 STR_ARG(inner));
}

/* A folder with nothing but articles is read with the language pack that was shipped. */
static void pack_find(struct loading *l)
{
	struct str *names;
	size_t n;

	l->pack = l->dir;
	if (!files_list(l->dir, STR(".md"), &l->arena, &names, &n, NULL) ||
	    files_list(path_of(l, STR("en/"), &l->arena), STR(".md"), &l->arena, &names, &n, NULL))
		return;
	l->pack = SHIPPED;
	if (files_list(path_of(l, STR("en/"), &l->arena), STR(".md"), &l->arena, &names, &n, NULL))
		mistake_warn(l->mistakes, l->dir, 0,
			     "no language pack en/ in it: the one in intents/ is used");
	else
		l->pack = l->dir;
}

static void file_load(struct loading *l, struct str folder, struct str name)
{
	struct str inner = arena_fmt(&l->arena, STR_FMT STR_FMT, STR_ARG(folder), STR_ARG(name));
	struct str path = path_of(l, inner, &l->arena);
	struct str text;
	struct err err;

	if (!file_read(path, FILE_BYTES_MAX, &l->arena, &text, &err)) {
		mistake_file(l->mistakes, path, &err);
		return;
	}
	l->sources = arena_grow(&l->arena, l->sources, &l->n, &l->cap, sizeof *l->sources);
	l->sources[l->n - 1] = (struct source){inner, text};
}

/* False when the folder cannot be read. */
static bool folder_load(struct loading *l, struct str folder, struct str suffix)
{
	struct str path = path_of(l, folder, &l->arena);
	struct str *names;
	size_t n;
	struct err err;

	if (!files_list(path, suffix, &l->arena, &names, &n, &err)) {
		mistake_file(l->mistakes, path, &err);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		file_load(l, folder, names[i]);
	return true;
}

/* The table of word vectors is mapped once for the whole run: books read it where it lies, and it is
 * too large to be read again for each of them. A new table is taken up by a restart. */
static struct str vectors_mapped;

static void vectors_load(struct loading *l)
{
	struct str name = STR("en/words.vec");
	struct str path = path_of(l, name, &l->arena);
	struct err err;

	if (!vectors_mapped.n &&
	    !file_map(path, VECTORS_BYTES_MAX, &l->arena, &vectors_mapped, &err)) {
		mistake_file(l->mistakes, path, &err);
		return;
	}
	l->sources = arena_grow(&l->arena, l->sources, &l->n, &l->cap, sizeof *l->sources);
	l->sources[l->n - 1] = (struct source){name, vectors_mapped};
}

/* core knows files by their name inside `intents/`; people want the path they can open. */
static void paths_add(const struct loading *l, struct mistakes *found)
{
	struct mistakes *to = l->mistakes;

	for (size_t i = 0; i < found->n; i++) {
		const struct mistake *m = &found->v[i];
		struct str path = path_of(l, m->file, found->arena);

		if (m->warning)
			mistake_warn(to, path, m->line, STR_FMT, STR_ARG(m->what));
		else
			mistake_add(to, path, m->line, STR_FMT, STR_ARG(m->what));
	}
}

const struct book *book_load(struct str dir, const struct clinic *clinic, struct mistakes *mistakes)
{
	struct loading l = {.dir = dir, .mistakes = mistakes};
	const struct book *book = NULL;
	size_t errors = mistakes->errors;
	struct mistakes found;

	arena_init(&l.arena);
	mistakes_init(&found, &l.arena);
	pack_find(&l);
	folder_load(&l, STR(""), STR(".md"));
	if (folder_load(&l, STR("en/"), STR(".md")))
		folder_load(&l, STR("en/"), STR(".txt"));
	vectors_load(&l);
	if (mistakes->errors == errors)
		book = book_new(l.sources, l.n, clinic, &found);
	if (vectors_mapped.n)
		file_map_rest(vectors_mapped);
	paths_add(&l, &found);
	arena_done(&l.arena);
	/* Building takes several times what is kept: give that back to the system. */
	malloc_trim(0);
	return book;
}

size_t mistakes_print(const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->n; i++)
		fprintf(stderr, STR_FMT "\n", STR_ARG(mistake_line(mistakes, i)));
	return mistakes->errors;
}
