#include "core/lists.h"

#include <string.h>

#include "core/text.h"

struct reading {
	struct lists *out;
	size_t lists_cap, items_cap;
	struct arena *arena;
	struct mistakes *mistakes;
	struct list *list; /* being read */
	bool in_item;	   /* an indented line goes on with the last item */
	bool is_full;	   /* said once */
	char *items;	   /* their texts, one behind the other: the last one can go on */
	size_t items_n;
};

static void heading_add(struct reading *r, struct str title, unsigned line)
{
	struct lists *out = r->out;

	if (out->n == LISTS_MAX) {
		if (!r->is_full)
			mistake_add(r->mistakes, out->file, line, "more than %d headings",
				    LISTS_MAX);
		r->is_full = true;
		r->list = NULL;
		return;
	}
	if (lists_find(out, title))
		mistake_add(r->mistakes, out->file, line,
			    "the heading \"" STR_FMT "\" stands twice", STR_ARG(title));
	out->v = arena_grow(r->arena, out->v, &out->n, &r->lists_cap, sizeof *out->v);
	r->list = &out->v[out->n - 1];
	r->list->title = title;
	r->list->line = line;
	r->items_cap = 0;
}

static void item_add(struct reading *r, struct str text, unsigned line)
{
	struct list *list = r->list;

	if (text.n == 0) {
		mistake_add(r->mistakes, r->out->file, line, "an empty list item");
		return;
	}
	list->items = arena_grow(r->arena, list->items, &list->items_n, &r->items_cap,
				 sizeof *list->items);
	list->items[list->items_n - 1] = (struct list_item){text, line};
}

static struct str item_put(struct reading *r, struct str text)
{
	struct str put = {r->items + r->items_n, text.n};

	memcpy(r->items + r->items_n, text.p, text.n);
	r->items_n += text.n;
	return put;
}

/* "- text"; Markdown's other bullets do too. */
bool lists_begins_item(struct str line, struct str *text)
{
	struct str all = str_trim(line);

	if (all.n == 0 || str_find(STR("-*+"), str_sub(all, 0, 1)) < 0 ||
	    (all.n > 1 && all.p[1] != ' ' && all.p[1] != '\t'))
		return false;
	*text = str_trim(str_sub(all, 1, all.n));
	return true;
}

static bool is_heading(struct str line)
{
	return str_starts(line, STR("## "));
}

bool lists_goes_on(struct str line)
{
	struct str text;

	return str_trim(line).n && !is_heading(line) && !lists_begins_item(line, &text);
}

static void line_read(struct reading *r, struct str raw, unsigned line)
{
	struct str text;

	if (is_heading(raw)) {
		heading_add(r, arena_str(r->arena, str_trim(str_sub(raw, 3, raw.n))), line);
		r->in_item = false;
		return;
	}
	if (!r->list)
		return;
	if (lists_begins_item(raw, &text)) {
		item_add(r, item_put(r, text), line);
		r->in_item = true;
	} else if (r->in_item && lists_goes_on(raw) && r->list->items_n) {
		struct list_item *item = &r->list->items[r->list->items_n - 1];

		item->text.n += item_put(r, STR(" ")).n;
		item->text.n += item_put(r, str_trim(raw)).n;
	} else {
		r->in_item = false;
	}
}

/* A copy without byte order mark and carriage returns, as editors on Windows write them. */
static struct str text_copy(struct str text, struct arena *arena)
{
	struct str from = str_starts(text, STR("\xef\xbb\xbf")) ? str_sub(text, 3, text.n) : text;
	char *p = arena_alloc(arena, from.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < from.n; i++)
		if (from.p[i] != '\r' || i + 1 == from.n || from.p[i + 1] != '\n')
			p[n++] = from.p[i];
	return (struct str){p, n};
}

struct lists lists_parse(const struct source *source, struct arena *arena,
			 struct mistakes *mistakes)
{
	struct lists out = {.file = arena_str(arena, source->name)};
	struct reading r = {.out = &out, .arena = arena, .mistakes = mistakes};
	struct str rest = text_copy(source->text, arena);
	unsigned bad = text_bad_line(source->text);
	struct str line;
	unsigned n = 0;

	if (bad) {
		mistake_add(mistakes, source->name, bad, "this is not UTF-8 text");
		return out;
	}
	/* A bullet or a line's end gives the place of the blank. */
	r.items = arena_alloc(arena, rest.n + 1);
	while (str_cut(&rest, '\n', &line)) {
		size_t before = out.n;

		line_read(&r, line, ++n);
		if (out.n > before && r.list)
			r.list->text = (struct str){rest.p, 0};
		else if (r.list)
			r.list->text.n = (size_t)(line.p + line.n - r.list->text.p);
	}
	for (size_t i = 0; i < out.n; i++)
		out.v[i].text = str_trim(out.v[i].text);
	return out;
}

const struct list *lists_find(const struct lists *lists, struct str title)
{
	for (size_t i = 0; i < lists->n; i++)
		if (str_eq(lists->v[i].title, title))
			return &lists->v[i];
	return NULL;
}
