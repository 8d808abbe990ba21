#include "app/load.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/leave_out.h"
#include "core/err.h"
#include "core/guard.h"
#include "core/tongues.h"
#include "core/vectors.h"
#include "io/files.h"

struct loading {
	struct arena arena;
	struct str dir;	 /* of the articles */
	struct str pack; /* whose `en/` is read: the same, or the shipped one */
	struct source *sources;
	size_t n, cap;
	bool untaught;		     /* what stands beside the articles is left out */
	struct leave_out *leave_out; /* or NULL */
	struct mistakes *mistakes;
};

void mistake_file(struct mistakes *mistakes, struct str path, const struct err *err)
{
	struct str what = str_of(err->text);

	if (str_starts(what, path) && str_starts(str_sub(what, path.n, what.n), STR(": ")))
		what = str_sub(what, path.n + 2, what.n);
	mistake_add(mistakes, path, 0, STR_FMT, STR_ARG(what));
	mistakes->passing += err->kind == ERR_LATER;
}

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
	l->pack = STR(BOOK_SHIPPED);
	if (files_list(path_of(l, STR("en/"), &l->arena), STR(".md"), &l->arena, &names, &n, NULL))
		mistake_warn(l->mistakes, l->dir, 0,
			     "no language pack en/ in it: the one in intents/ is used");
	else
		l->pack = l->dir;
}

/* Of the files beside an article (core/lessons.h). */
static bool is_lesson(struct str name)
{
	return str_ends(name, STR(".questions.md")) || str_ends(name, STR(".not-covered.md"));
}

/* Of those and the pack's lists of messages: what classifiers learn from. */
static bool is_learnt(struct str inner)
{
	return is_lesson(inner) || str_eq(inner, STR("en/not-covered.md")) ||
	       str_eq(inner, STR("en/urgent-examples.md"));
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
	if (l->leave_out && is_learnt(inner))
		text = leave_out_apply(l->leave_out, text, &l->arena);
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
		if (!l->untaught || !is_lesson(names[i]))
			file_load(l, folder, names[i]);
	return true;
}

/* A table of word vectors is mapped once for the whole run: books read it where it lies, and it is
 * too large to be read again for each of them. A new table at the same path is taken up by a
 * restart. Two paths are met only by who compares two contents. */
struct mapped {
	struct mapped *next;
	struct str bytes;
	size_t path_n;
	char path[];
};

static struct mapped *vectors_mapped;

static const struct mapped *mapped_find(struct str path)
{
	for (const struct mapped *m = vectors_mapped; m; m = m->next)
		if (str_eq((struct str){m->path, m->path_n}, path))
			return m;
	return NULL;
}

static const struct mapped *mapped_add(struct str path, struct arena *arena, struct err *err)
{
	struct mapped *m;
	struct str bytes;

	if (!file_map(path, VECTORS_BYTES_MAX, arena, &bytes, err))
		return NULL;
	m = malloc(sizeof *m + path.n);
	if (!m)
		out_of_memory();
	m->next = vectors_mapped;
	m->bytes = bytes;
	m->path_n = path.n;
	memcpy(m->path, path.p, path.n);
	vectors_mapped = m;
	return m;
}

void memory_rest(void)
{
	malloc_trim(0);
}

void vectors_rest(void)
{
	for (const struct mapped *m = vectors_mapped; m; m = m->next)
		file_map_rest(m->bytes);
	memory_rest();
}

/* Gives the bytes, empty when they cannot be read. */
static struct str vectors_load(struct loading *l)
{
	struct str name = STR("en/words.vec");
	struct str path = path_of(l, name, &l->arena);
	const struct mapped *m = mapped_find(path);
	struct err err;

	if (!m)
		m = mapped_add(path, &l->arena, &err);
	if (!m) {
		mistake_file(l->mistakes, path, &err);
		return STR("");
	}
	l->sources = arena_grow(&l->arena, l->sources, &l->n, &l->cap, sizeof *l->sources);
	l->sources[l->n - 1] = (struct source){name, m->bytes};
	return m->bytes;
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

static const struct book *load(struct str dir, bool untaught, struct leave_out *leave_out,
			       const struct clinic *clinic, struct mistakes *mistakes)
{
	struct loading l = {
		.dir = dir, .untaught = untaught, .leave_out = leave_out, .mistakes = mistakes};
	const struct book *book = NULL;
	size_t errors = mistakes->errors;
	struct mistakes found;
	struct str vectors;

	arena_init(&l.arena);
	mistakes_init(&found, &l.arena);
	pack_find(&l);
	folder_load(&l, STR(""), STR(".md"));
	if (folder_load(&l, STR("en/"), STR(".md")))
		folder_load(&l, STR("en/"), STR(".txt"));
	folder_load(&l, STR(TONGUES_FOLDER), STR(".md"));
	vectors = vectors_load(&l);
	if (mistakes->errors == errors) {
		guard_check(shipped_files, l.sources, l.n, &l.arena, &found);
		book = book_new(l.sources, l.n, clinic, &found);
	}
	if (found.errors) {
		book_free(book);
		book = NULL;
	}
	if (vectors.n)
		file_map_rest(vectors);
	paths_add(&l, &found);
	arena_done(&l.arena);
	memory_rest();
	return book;
}

const struct book *book_load(struct str dir, const struct clinic *clinic, struct mistakes *mistakes)
{
	return load(dir, false, NULL, clinic, mistakes);
}

const struct book *book_load_untaught(struct str dir, const struct clinic *clinic,
				      struct mistakes *mistakes)
{
	return load(dir, true, NULL, clinic, mistakes);
}

const struct book *book_load_without(struct str dir, struct leave_out *leave_out,
				     const struct clinic *clinic, struct mistakes *mistakes)
{
	return load(dir, false, leave_out, clinic, mistakes);
}

size_t mistakes_print(const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->n; i++)
		fprintf(stderr, STR_FMT "\n", STR_ARG(mistake_line(mistakes, i)));
	return mistakes->errors;
}
