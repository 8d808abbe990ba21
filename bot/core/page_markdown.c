#include "core/page.h"

#include <cmark.h>
#include <string.h>

#include "core/buf.h"
#include "core/front_value.h"
#include "core/markdown.h"
#include "core/page_render.h"

#define BLOCK_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct reading {
	struct page *page;
	unsigned line0;	     /* lines above what cmark sees */
	const size_t *lines; /* where each of its lines begins; one more for the end */
	size_t lines_n;
	struct str text; /* what cmark sees */
};

static unsigned line_of(const struct reading *r, cmark_node *node)
{
	return r->line0 + (unsigned)cmark_node_get_start_line(node);
}

/* --- front matter ------------------------------------------------------------------------- */

static struct str *field_of(struct page *page, struct str key)
{
	if (str_eq(key, STR("title")))
		return &page->title;
	if (str_eq(key, STR("language")))
		return &page->language;
	if (str_eq(key, STR("version")))
		return &page->version;
	if (str_eq(key, STR("source")))
		return &page->source;
	return NULL;
}

static bool is_approval(struct str key)
{
	return str_eq(key, STR("approved_by")) || str_eq(key, STR("approved_on")) ||
	       str_eq(key, STR("review_by"));
}

static void front_line(struct page *page, struct str line, unsigned number)
{
	struct str value = line;
	struct str key;
	struct str *field;

	if (str_find(line, STR(":")) < 0) {
		page_drop(page, number, line, STR("front matter"));
		return;
	}
	str_cut(&value, ':', &key);
	key = str_trim(key);
	value = str_trim(value);
	front_value_read(value, page->arena, &value);
	field = field_of(page, key);
	if (field && !field->n && value.n)
		*field = value;
	else if (is_approval(key))
		page_drop(page, number, line, STR("what is imported is not approved yet"));
	else
		page_drop(page, number, line, STR("front matter"));
}

/* Reads the front matter off `*text`, if there is one with an end; gives its lines. */
static unsigned front_read(struct page *page, struct str *text)
{
	struct str rest = *text;
	struct str line;
	unsigned end = 0;

	if (!str_cut(&rest, '\n', &line) || !str_eq(str_trim(line), STR("---")))
		return 0;
	for (unsigned n = 2; !end && str_cut(&rest, '\n', &line); n++)
		if (str_eq(str_trim(line), STR("---")))
			end = n;
	if (!end)
		return 0;
	rest = *text;
	for (unsigned n = 1; n <= end && str_cut(&rest, '\n', &line); n++)
		if (n > 1 && n < end)
			front_line(page, line, n);
	*text = rest;
	return end;
}

/* --- what an article does not hold -------------------------------------------------------- */

static bool is_absolute(struct str url)
{
	return str_starts(url, STR("https://")) || str_starts(url, STR("http://")) ||
	       str_starts(url, STR("mailto:")) || str_starts(url, STR("tel:"));
}

static bool is_unwanted(cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_IMAGE:
	case CMARK_NODE_HTML_INLINE:
		return true;
	case CMARK_NODE_LINK:
		return !is_absolute(str_of(cmark_node_get_url(node)));
	default:
		return false;
	}
}

static bool is_leaf(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE;
}

/* <br>, and the ends of paragraphs and cells, part words. */
static bool is_break(struct str tag)
{
	static const char *const names[] = {"br", "p", "div", "li", "td", "th", "tr", "hr"};

	tag = str_sub(tag, 1, tag.n);
	if (str_starts(tag, STR("/")))
		tag = str_sub(tag, 1, tag.n);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str name = str_of(names[i]);

		if (str_eq_nocase(str_sub(tag, 0, name.n), name) && tag.n > name.n &&
		    strchr(" \t\n/>", tag.p[name.n]))
			return true;
	}
	return false;
}

static void tag_out(cmark_node *tag)
{
	cmark_node *blank;

	if (is_break(str_of(cmark_node_get_literal(tag)))) {
		blank = cmark_node_new(CMARK_NODE_TEXT);
		cmark_node_set_literal(blank, " ");
		cmark_node_insert_before(tag, blank);
	}
	cmark_node_unlink(tag);
	cmark_node_free(tag);
}

/* Images go; of links that lead nowhere in a chat, and of raw tags, the text stays. */
static void node_clean(struct reading *r, cmark_node *node, unsigned line)
{
	struct page *page = r->page;

	if (cmark_node_get_type(node) == CMARK_NODE_IMAGE) {
		struct str alt = markdown_node_plain(node, page->arena);

		page_drop(page, line,
			  alt.n ? alt : arena_str(page->arena, str_of(cmark_node_get_url(node))),
			  STR("image"));
		cmark_node_unlink(node);
		cmark_node_free(node);
	} else if (cmark_node_get_type(node) == CMARK_NODE_LINK) {
		page_drop(page, line, arena_str(page->arena, str_of(cmark_node_get_url(node))),
			  STR("link target"));
		for (cmark_node *child; (child = cmark_node_first_child(node));)
			cmark_node_insert_before(node, child);
		cmark_node_unlink(node);
		cmark_node_free(node);
	} else {
		tag_out(node);
	}
}

/* Gives whether anything was taken out. */
static bool block_clean(struct reading *r, cmark_node *block)
{
	cmark_iter *iter = cmark_iter_new(block);
	cmark_node **found = NULL;
	size_t n = 0;
	size_t cap = 0;
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		/* When it is left, so that what stands inside comes first. */
		if ((event != CMARK_EVENT_EXIT && !is_leaf(node)) || !is_unwanted(node))
			continue;
		found = arena_grow(r->page->arena, found, &n, &cap, sizeof(cmark_node *));
		found[n - 1] = node;
	}
	cmark_iter_free(iter);
	for (size_t i = 0; i < n; i++)
		node_clean(r, found[i], line_of(r, block));
	if (n)
		cmark_consolidate_text_nodes(block);
	return n > 0;
}

/* --- as it stands ------------------------------------------------------------------------- */

/* The node's lines, without blank ones at the end. */
static struct str slice_of(const struct reading *r, cmark_node *node)
{
	int from = cmark_node_get_start_line(node);
	int to = cmark_node_get_end_line(node);
	struct str slice;

	if (from < 1 || to < from || (size_t)to > r->lines_n)
		return STR("");
	slice = str_sub(r->text, r->lines[from - 1], r->lines[to] - r->lines[from - 1]);
	while (slice.n && strchr(" \t\n", slice.p[slice.n - 1]))
		slice.n--;
	return slice;
}

/* A paragraph or a part of an item, for the article. */
static struct str rendered(cmark_node *node, struct arena *arena)
{
	struct str plain = markdown_node_plain(node, arena);
	struct str out;

	if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH &&
	    (render_paragraph(node, plain, true, arena, &out) ||
	     render_paragraph(node, plain, false, arena, &out)))
		return out;
	return render_block(node, arena);
}

/* The words and markup of a block; of an item, of all that stands in it. */
static struct str content_of(cmark_node *node, struct arena *arena)
{
	struct str all = STR("");

	if (cmark_node_get_type(node) != CMARK_NODE_ITEM)
		return render_block(node, arena);
	for (cmark_node *child = cmark_node_first_child(node); child;
	     child = cmark_node_next(child))
		all = arena_fmt(arena, STR_FMT "\n\n" STR_FMT, STR_ARG(all),
				STR_ARG(render_block(child, arena)));
	return all;
}

/* The block as the file has it, when it means the same alone: not where a link's target stands
 * elsewhere, and not indented, as it would belong to an item before it once what parts them is gone. */
static struct str as_it_stands(const struct reading *r, cmark_node *node)
{
	struct arena *arena = r->page->arena;
	struct str slice = slice_of(r, node);
	cmark_node *root;
	cmark_node *alone;
	bool same;

	if (slice.n == 0 || *slice.p == ' ')
		return STR("");
	root = cmark_parse_document(slice.p, slice.n, CMARK_OPT_DEFAULT);
	cmark_consolidate_text_nodes(root);
	alone = cmark_node_first_child(root);
	same = alone && !cmark_node_next(alone);
	if (same && cmark_node_get_type(node) == CMARK_NODE_ITEM)
		alone = cmark_node_first_child(alone);
	same = same && alone && cmark_node_get_type(alone) == cmark_node_get_type(node) &&
	       str_eq(content_of(alone, arena), content_of(node, arena));
	cmark_node_free(root);
	return same ? slice : STR("");
}

/* --- tables ------------------------------------------------------------------------------- */

/* "| --- | :--: |" */
static bool is_ruler(struct str line)
{
	bool dash = false;
	bool bar = false;

	for (size_t i = 0; i < line.n; i++) {
		if (!strchr("|:- \t", line.p[i]))
			return false;
		dash = dash || line.p[i] == '-';
		bar = bar || line.p[i] == '|';
	}
	return dash && bar;
}

/* What it says, with a blank for each <br>. */
static struct str cell_of(struct str markdown, struct arena *arena)
{
	cmark_node *root = cmark_parse_document(markdown.p, markdown.n, CMARK_OPT_DEFAULT);
	cmark_iter *iter = cmark_iter_new(root);
	struct str plain;

	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE)
			tag_out(node);
	}
	cmark_iter_free(iter);
	plain = markdown_node_plain(root, arena);
	cmark_node_free(root);
	return plain;
}

static struct table_row row_of(struct str line, unsigned number, struct arena *arena)
{
	struct table_row row = {.line = number};
	size_t cap = 0;
	size_t from = 0;

	line = str_trim(line);
	if (str_starts(line, STR("|")))
		line = str_sub(line, 1, line.n);
	if (str_ends(line, STR("|")) && !str_ends(line, STR("\\|")))
		line.n--;
	for (size_t i = 0; i <= line.n; i++) {
		if (i < line.n && (line.p[i] != '|' || (i && line.p[i - 1] == '\\')))
			continue;
		row.cells = arena_grow(arena, row.cells, &row.n, &cap, sizeof *row.cells);
		row.cells[row.n - 1] = cell_of(str_trim(str_sub(line, from, i - from)), arena);
		from = i + 1;
	}
	return row;
}

/* Whether a paragraph of these lines, the first of them with this number, is a table; reads it. */
static bool table_read(struct reading *r, struct str lines, unsigned number)
{
	struct arena *arena = r->page->arena;
	struct table table = {.has_header = true};
	struct str second = lines;
	struct str line;

	if (!str_cut(&second, '\n', &line) || str_find(line, STR("|")) < 0 ||
	    !str_cut(&second, '\n', &line) || !is_ruler(line))
		return false;
	for (unsigned i = 0; str_cut(&lines, '\n', &line); i++) {
		if (i == 1)
			continue;
		table.rows =
			arena_grow(arena, table.rows, &table.n, &table.cap, sizeof *table.rows);
		table.rows[table.n - 1] = row_of(line, number + i, arena);
	}
	page_add_table(r->page, &table);
	return true;
}

/* --- blocks ------------------------------------------------------------------------------- */

/* Takes a well-formed `{#id}` off the end of a heading. */
static struct str id_take(cmark_node *heading, struct arena *arena)
{
	cmark_node *last = cmark_node_last_child(heading);
	struct str text;
	struct str id;
	ptrdiff_t open;

	if (!last || cmark_node_get_type(last) != CMARK_NODE_TEXT)
		return STR("");
	text = str_trim(arena_str(arena, str_of(cmark_node_get_literal(last))));
	open = str_find(text, STR("{#"));
	if (open < 0 || !str_ends(text, STR("}")))
		return STR("");
	id = str_sub(text, (size_t)open + 2, text.n - (size_t)open - 3);
	for (size_t i = 0; i < id.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_", id.p[i]))
			return STR("");
	cmark_node_set_literal(last, arena_cstr(arena, str_trim(str_sub(text, 0, (size_t)open))));
	return id;
}

static void heading_read(struct reading *r, cmark_node *node, bool is_top)
{
	struct arena *arena = r->page->arena;
	struct block b = {.kind = BLOCK_HEADING,
			  .level = (unsigned)cmark_node_get_heading_level(node),
			  .line = line_of(r, node)};
	struct str markdown;

	if (!block_clean(r, node) && is_top)
		b.as_is = as_it_stands(r, node);
	if (!str_starts(b.as_is, STR("#")))
		b.as_is = STR("");
	b.id = id_take(node, arena);
	b.plain = markdown_node_plain(node, arena);
	markdown = render_block(node, arena);
	while (str_starts(markdown, STR("#")))
		markdown = str_sub(markdown, 1, markdown.n);
	b.markdown = str_trim(markdown);
	if (b.plain.n)
		page_add_block(r->page, b);
}

static void paragraph_read(struct reading *r, cmark_node *node, bool is_top)
{
	struct block b = {.kind = BLOCK_PARAGRAPH, .line = line_of(r, node)};
	bool changed;

	if (is_top && table_read(r, slice_of(r, node), b.line))
		return;
	changed = block_clean(r, node);
	/* In a quotation, or once a tag is out of its ruler. */
	if ((changed || !is_top) && table_read(r, render_block(node, r->page->arena), b.line))
		return;
	if (!changed && is_top)
		b.as_is = as_it_stands(r, node);
	b.plain = markdown_node_plain(node, r->page->arena);
	b.markdown = rendered(node, r->page->arena);
	if (b.plain.n)
		page_add_block(r->page, b);
}

/* Paragraphs, and lists of such items: what an article's item may hold (article.h). */
static bool item_is_plain(cmark_node *item)
{
	cmark_iter *iter = cmark_iter_new(item);
	bool plain = true;

	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node_type type = cmark_node_get_type(cmark_iter_get_node(iter));

		plain = plain && (type > CMARK_NODE_LAST_BLOCK || type == CMARK_NODE_PARAGRAPH ||
				  type == CMARK_NODE_LIST || type == CMARK_NODE_ITEM);
	}
	cmark_iter_free(iter);
	return plain;
}

static struct str leaves_text(cmark_node *block, struct arena *arena)
{
	cmark_iter *iter = cmark_iter_new(block);
	struct buf out;
	struct str text;

	buf_init(&out, BLOCK_BYTES_MAX);
	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);

		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE ||
		    type == CMARK_NODE_CODE_BLOCK)
			buf_add(&out, str_of(cmark_node_get_literal(node)));
		else if (type <= CMARK_NODE_LAST_BLOCK || type == CMARK_NODE_SOFTBREAK ||
			 type == CMARK_NODE_LINEBREAK)
			buf_add_char(&out, ' ');
	}
	cmark_iter_free(iter);
	text = arena_str(arena, str_trim(buf_str(&out)));
	buf_done(&out);
	return text;
}

static void item_read(struct reading *r, cmark_node *item, bool is_top)
{
	struct arena *arena = r->page->arena;
	struct block b = {.kind = BLOCK_ITEM, .line = line_of(r, item)};
	bool changed = block_clean(r, item);

	if (!item_is_plain(item)) {
		page_add_text(r->page, BLOCK_ITEM, 0, b.line, leaves_text(item, arena));
		return;
	}
	if (!changed && is_top)
		b.as_is = as_it_stands(r, item);
	b.plain = leaves_text(item, arena);
	for (cmark_node *child = cmark_node_first_child(item); child;
	     child = cmark_node_next(child))
		b.markdown = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(b.markdown),
				       b.markdown.n ? "\n\n" : "", STR_ARG(rendered(child, arena)));
	if (b.plain.n)
		page_add_block(r->page, b);
}

static void quote_read(struct reading *r, cmark_node *quote);

static void block_read(struct reading *r, cmark_node *node, bool is_top)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		heading_read(r, node, is_top);
		break;
	case CMARK_NODE_PARAGRAPH:
		paragraph_read(r, node, is_top);
		break;
	case CMARK_NODE_LIST:
		for (cmark_node *item = cmark_node_first_child(node); item;
		     item = cmark_node_next(item))
			item_read(r, item, is_top);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		quote_read(r, node);
		break;
	case CMARK_NODE_CODE_BLOCK:
		page_add_text(r->page, BLOCK_PARAGRAPH, 0, line_of(r, node),
			      arena_str(r->page->arena, str_of(cmark_node_get_literal(node))));
		break;
	case CMARK_NODE_HTML_BLOCK:
		page_drop(r->page, line_of(r, node),
			  arena_str(r->page->arena, str_of(cmark_node_get_literal(node))),
			  STR("raw HTML"));
		break;
	default:
		break;
	}
}

/* A quotation is read as what stands in it; one in another one is one paragraph. */
static void quote_read(struct reading *r, cmark_node *quote)
{
	for (cmark_node *node = cmark_node_first_child(quote); node; node = cmark_node_next(node)) {
		if (cmark_node_get_type(node) == CMARK_NODE_BLOCK_QUOTE)
			page_add_text(r->page, BLOCK_PARAGRAPH, 0, line_of(r, node),
				      leaves_text(node, r->page->arena));
		else
			block_read(r, node, false);
	}
}

/* --- the whole ---------------------------------------------------------------------------- */

static void lines_find(struct reading *r)
{
	struct arena *arena = r->page->arena;
	size_t *lines = NULL;
	size_t n = 0;
	size_t cap = 0;

	for (size_t at = 0; at <= r->text.n; at++) {
		if (at && at < r->text.n && r->text.p[at - 1] != '\n')
			continue;
		lines = arena_grow(arena, lines, &n, &cap, sizeof *lines);
		lines[n - 1] = at;
	}
	r->lines = lines;
	r->lines_n = n ? n - 1 : 0;
}

void page_read_markdown(struct page *page, struct str text)
{
	struct reading r = {.page = page};
	cmark_node *root;

	page->is_markdown = true;
	r.line0 = front_read(page, &text);
	r.text = text;
	lines_find(&r);
	root = cmark_parse_document(text.p ? text.p : "", text.n, CMARK_OPT_DEFAULT);
	cmark_consolidate_text_nodes(root);
	for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node))
		block_read(&r, node, true);
	cmark_node_free(root);
}
