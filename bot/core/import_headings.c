#include "core/import_inside.h"

#include <string.h>

#include "core/article.h"

#define ID_BYTES_MAX ((size_t)80)

/* --- the title ---------------------------------------------------------------------------- */

/* "after-care_2.html" to "After care 2". */
static struct str title_from_name(struct str name, struct arena *arena)
{
	char *p;
	size_t n = name.n;

	for (size_t i = 1; i < name.n; i++)
		if (name.p[i] == '.')
			n = i;
	p = arena_cstr(arena, str_sub(name, 0, n));
	for (size_t i = 0; i < n; i++)
		if (p[i] == '-' || p[i] == '_')
			p[i] = ' ';
	if (n && p[0] >= 'a' && p[0] <= 'z')
		p[0] = (char)(p[0] - 'a' + 'A');
	return str_trim((struct str){p, n});
}

/* The first heading of level 1, which is no heading of a section then. The title of a front matter
 * counts more, the one of a browser's window less. */
static void title_find(struct page *page, struct str name)
{
	size_t i = 0;

	while (i < page->blocks_n && (page->blocks[i].is_gone || page->blocks[i].level != 1))
		i++;
	if (i < page->blocks_n && (!page->is_markdown || page->title.n == 0))
		page->title = page->blocks[i].plain;
	if (i < page->blocks_n && str_eq(page->blocks[i].plain, page->title))
		page->blocks[i].is_gone = true;
	if (page->title.n)
		return;
	page->title = title_from_name(name, page->arena);
	page_warn(page, 0,
		  arena_fmt(page->arena, "no title found: \"" STR_FMT "\" is the file's name",
			    STR_ARG(page->title)));
}

/* --- headings ----------------------------------------------------------------------------- */

static bool is_heading(const struct page *page, size_t i)
{
	return i < page->blocks_n && page->blocks[i].kind == BLOCK_HEADING;
}

/* From the end, so that a heading over nothing but such headings goes too. */
static void bare_headings_drop(struct page *page)
{
	size_t end = page->blocks_n;

	for (size_t i = import_before(page, end); i < end; i = import_before(page, i)) {
		size_t next = import_next(page, i);

		if (!is_heading(page, i))
			continue;
		if (next == end ||
		    (is_heading(page, next) && page->blocks[next].level <= page->blocks[i].level))
			import_drop(page, i, STR("nothing stands under it"));
	}
}

/* The highest level that is used below the title's becomes 2, those under it 3. */
static void levels_set(struct page *page)
{
	unsigned top = page->is_markdown ? 2 : 6;

	for (size_t i = 0; i < page->blocks_n; i++)
		if (!page->blocks[i].is_gone && is_heading(page, i) && page->blocks[i].level < top)
			top = page->blocks[i].level;
	if (top < 2)
		top = 2;
	for (size_t i = 0; i < page->blocks_n; i++) {
		struct block *b = &page->blocks[i];
		unsigned level = b->level <= top ? 2 : 3;

		if (!is_heading(page, i))
			continue;
		if (level != b->level)
			b->as_is = STR("");
		b->level = level;
	}
}

/* --- ids ---------------------------------------------------------------------------------- */

struct slugs {
	struct str *v;
	size_t n, cap;
};

static bool slugs_have(const struct slugs *slugs, struct str slug)
{
	for (size_t i = 0; i < slugs->n; i++)
		if (str_eq(slugs->v[i], slug))
			return true;
	return false;
}

static void slugs_add(struct slugs *slugs, struct str slug, struct arena *arena)
{
	slugs->v = arena_grow(arena, slugs->v, &slugs->n, &slugs->cap, sizeof *slugs->v);
	slugs->v[slugs->n - 1] = slug;
}

/* An id is of small ASCII letters, digits and hyphens (article.h). */
static struct str id_base(struct str slug)
{
	for (size_t i = 0; i < slug.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", slug.p[i]))
			return STR("section");
	return slug.n && slug.n <= ID_BYTES_MAX ? slug : STR("section");
}

static struct str id_new(const struct slugs *slugs, struct str slug, struct arena *arena)
{
	struct str base = id_base(slug);
	struct str id;

	for (unsigned n = 2;; n++) {
		id = arena_fmt(arena, STR_FMT "-%u", STR_ARG(base), n);
		if (!slugs_have(slugs, id))
			return id;
	}
}

static void id_give(struct page *page, struct slugs *slugs, struct block *b)
{
	struct str slug = b->id.n ? b->id : slug_of(b->plain, page->arena);

	if (slug.n == 0 || slugs_have(slugs, slug)) {
		b->id = id_new(slugs, slug, page->arena);
		b->as_is = STR("");
		page_warn(page, b->line,
			  arena_fmt(page->arena,
				    "the heading \"" STR_FMT "\" %s; it got the id " STR_FMT,
				    STR_ARG(b->plain), slug.n ? "stands twice" : "has no letters",
				    STR_ARG(b->id)));
		slug = b->id;
	}
	slugs_add(slugs, slug, page->arena);
}

static void ids_give(struct page *page)
{
	struct slugs slugs = {0};
	size_t first = import_next(page, SIZE_MAX);

	/* Text above the first heading belongs to a section named after the article. */
	if (first < page->blocks_n && !is_heading(page, first))
		slugs_add(&slugs, slug_of(page->title, page->arena), page->arena);
	for (size_t i = first; i < page->blocks_n; i = import_next(page, i))
		if (is_heading(page, i))
			id_give(page, &slugs, &page->blocks[i]);
}

/* --- the whole ---------------------------------------------------------------------------- */

/* What stands between the title and the first heading gets a heading of its own, so that the person
 * who looks the article over sees it and gives it a better one. Not in Markdown: there that place is
 * the author's choice. */
static void intro_name(struct page *page)
{
	struct block heading;
	struct runs runs = {0};
	size_t first = import_next(page, SIZE_MAX);

	if (page->is_markdown || first == page->blocks_n || is_heading(page, first))
		return;
	runs_add(&runs, RUN_PLAIN, page->title, page->arena);
	page_add(page, BLOCK_HEADING, 2, page->blocks[first].line, &runs);
	if (page->blocks_n == 0)
		return;
	heading = page->blocks[page->blocks_n - 1];
	memmove(&page->blocks[1], &page->blocks[0], (page->blocks_n - 1) * sizeof heading);
	page->blocks[0] = heading;
}

void import_headings(struct page *page, struct str name)
{
	bool has_heading = false;

	title_find(page, name);
	bare_headings_drop(page);
	levels_set(page);
	/* Those that are of one level only now. */
	bare_headings_drop(page);
	for (size_t i = 0; i < page->blocks_n; i++)
		has_heading = has_heading || (is_heading(page, i) && !page->blocks[i].is_gone);
	if (!has_heading)
		page_warn(page, 0,
			  STR("no headings found: everything is one section; add ## headings"));
	intro_name(page);
	ids_give(page);
}
