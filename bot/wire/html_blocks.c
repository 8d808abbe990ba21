#include "wire/html_blocks.h"

#include <string.h>

#include "wire/html_noise.h"
#include "wire/html_tree.h"

#define MAIN_SHARE 25 /* per cent of the page's words: an emptier <main> is not where they stand */
#define ARTICLE_SHARE 50 /* per cent of <main>: with less its <article> is a teaser */
#define LABEL_WORDS 8	 /* "Side effects:", set in bold */
#define NOTE_BYTES 24	 /* a mark of a footnote is shorter */

struct walk {
	struct page *page;
	xmlNode *title; /* the <h1> */
	size_t weight;	/* of the page, links not counted */
	/* The block being read. */
	struct runs runs;
	enum block_kind kind;
	unsigned level, line;
	size_t letters, linked, bold; /* read so far; of these in links, in bold */
	unsigned breaks;	      /* <br> since the last words */
	/* The elements that are open. */
	unsigned strong, emphasis, links;
	unsigned depth; /* of lists in the item */
	bool in_item;	/* paragraphs inside are joined */
	bool has_term;	/* a <dt> stands before what comes */
};

static void walk_node(struct walk *w, xmlNode *node);

static void walk_children(struct walk *w, xmlNode *node)
{
	for (xmlNode *child = node->children; child; child = child->next)
		walk_node(w, child);
}

static unsigned line_of(const xmlNode *node)
{
	long line = xmlGetLineNo(node);

	/* libxml2 counts no further. */
	return line > 0 && line < 65535 ? (unsigned)line : 0;
}

static void drop(struct walk *w, xmlNode *node, struct str why)
{
	page_drop(w->page, line_of(node), html_text(node, w->page->arena), why);
}

/* --- blocks ------------------------------------------------------------------------------- */

static bool is_label(struct str plain)
{
	return str_ends(plain, STR(":")) && page_words(plain) <= LABEL_WORDS;
}

/* Many pages set their headings as bold paragraphs. */
static bool is_bold_heading(const struct walk *w, struct str plain)
{
	return w->kind == BLOCK_PARAGRAPH && w->bold == w->letters &&
	       (page_is_heading(plain) || is_label(plain));
}

static void block_begin(struct walk *w, enum block_kind kind, unsigned level, const xmlNode *node)
{
	w->kind = kind;
	w->level = level;
	w->line = node ? line_of(node) : 0;
}

static void block_put(struct walk *w)
{
	struct str plain = runs_plain(&w->runs, w->page->arena);

	if (w->kind == BLOCK_PARAGRAPH && w->linked == w->letters) {
		page_drop(w->page, w->line, plain, STR("only links"));
	} else if (is_bold_heading(w, plain)) {
		if (is_label(plain))
			plain.n--;
		page_add_text(w->page, BLOCK_HEADING, 3, w->line, plain);
	} else {
		page_add(w->page, w->kind, w->level, w->line, &w->runs);
	}
}

/* Ends the block that is being read; the next one is a paragraph until somebody says otherwise. */
static void block_end(struct walk *w)
{
	if (w->letters)
		block_put(w);
	w->runs = (struct runs){0};
	w->letters = w->linked = w->bold = 0;
	w->breaks = 0;
	w->has_term = false;
	block_begin(w, BLOCK_PARAGRAPH, 0, NULL);
}

/* Where an element begins or ends a paragraph. */
static void block_edge(struct walk *w)
{
	if (w->in_item || w->has_term)
		runs_add(&w->runs, RUN_PLAIN, STR(" "), w->page->arena);
	else
		block_end(w);
}

/* --- text --------------------------------------------------------------------------------- */

static enum run_style style_of(const struct walk *w)
{
	if (w->kind == BLOCK_HEADING)
		return RUN_PLAIN;
	return w->strong ? RUN_STRONG : w->emphasis ? RUN_EMPHASIS : RUN_PLAIN;
}

/* Two <br> part paragraphs; one does where a bullet follows. */
static void breaks_take(struct walk *w, struct str text)
{
	bool parts = w->kind != BLOCK_HEADING && !w->in_item && !w->has_term &&
		     (w->breaks >= 2 || page_bullet(text));

	if (w->breaks && parts)
		block_end(w);
	else if (w->breaks)
		runs_add(&w->runs, RUN_PLAIN, STR(" "), w->page->arena);
	w->breaks = 0;
}

static void text_add(struct walk *w, struct str text, const xmlNode *node)
{
	struct str trimmed = str_trim(text);
	size_t letters = html_letters(text);
	size_t bullet;

	if (trimmed.n)
		breaks_take(w, trimmed);
	if (trimmed.n && w->line == 0)
		w->line = line_of(node);
	bullet = page_bullet(trimmed);
	if (bullet && w->letters == 0 && w->kind == BLOCK_PARAGRAPH && !w->in_item) {
		w->kind = BLOCK_ITEM;
		text = str_sub(trimmed, bullet, trimmed.n);
	}
	runs_add(&w->runs, style_of(w), text, w->page->arena);
	w->letters += letters;
	w->linked += w->links ? letters : 0;
	w->bold += w->strong ? letters : 0;
}

/* The last visible character so far, 0 when there is none. */
static char last_char(const struct walk *w)
{
	for (size_t i = w->runs.n; i-- > 0;) {
		struct str text = str_trim(w->runs.v[i].text);

		if (text.n)
			return text.p[text.n - 1];
	}
	return '\0';
}

/* Goes on behind what was read with "; ", or only a blank where a mark stands already. */
static void join(struct walk *w, const char *mark)
{
	char last = last_char(w);

	while (w->runs.n && w->runs.v[w->runs.n - 1].inner == RUN_SAME &&
	       str_trim(w->runs.v[w->runs.n - 1].text).n == 0)
		w->runs.n--;
	if (w->runs.n && w->runs.v[w->runs.n - 1].inner == RUN_SAME) {
		struct str *text = &w->runs.v[w->runs.n - 1].text;

		while (strchr(" \t\n", text->p[text->n - 1]))
			text->n--;
	}
	if (last && !strchr(".!?;:,", last))
		runs_add(&w->runs, RUN_PLAIN, str_of(mark), w->page->arena);
	runs_add(&w->runs, RUN_PLAIN, STR(" "), w->page->arena);
}

/* --- lists -------------------------------------------------------------------------------- */

/* Whether all its words are links, as those of a menu are. What follows a colon is a list of the
 * article all the same. */
static bool is_menu(const struct walk *w, xmlNode *list)
{
	const struct page *page = w->page;
	struct html_weight weight = html_weight_of(list);

	if (page->blocks_n && str_ends(page->blocks[page->blocks_n - 1].plain, STR(":")))
		return false;
	return weight.linked > 0 && weight.plain == 0;
}

static void walk_item(struct walk *w, xmlNode *li)
{
	/* An entry of a list that is a part of the page of its own. */
	if (html_has_heading(li) || html_find(li, "details")) {
		block_end(w);
		walk_children(w, li);
		block_end(w);
		return;
	}
	block_end(w);
	block_begin(w, BLOCK_ITEM, 0, li);
	w->in_item = true;
	walk_children(w, li);
	w->in_item = false;
	block_end(w);
}

/* A list in an item stays one. Where the item has no words of its own, its inner items are items
 * themselves. */
static void walk_inner_list(struct walk *w, xmlNode *list)
{
	bool is_inner = w->letters > 0;

	w->depth += is_inner;
	for (xmlNode *li = list->children; li; li = li->next) {
		if (li->type != XML_ELEMENT_NODE)
			continue;
		w->breaks = 0;
		if (is_inner) {
			runs_add_inner(&w->runs, RUN_INNER_ITEM, w->depth, w->page->arena);
		} else if (w->letters) {
			block_end(w);
			block_begin(w, BLOCK_ITEM, 0, li);
		}
		walk_children(w, li);
	}
	w->breaks = 0;
	w->depth -= is_inner;
	if (is_inner)
		runs_add_inner(&w->runs, RUN_INNER_TEXT, w->depth, w->page->arena);
}

static void walk_list(struct walk *w, xmlNode *list)
{
	if (w->in_item) {
		walk_inner_list(w, list);
		return;
	}
	block_end(w);
	if (is_menu(w, list)) {
		drop(w, list, STR("only links"));
		return;
	}
	walk_children(w, list);
	block_end(w);
}

/* The term names the item. */
static void walk_term(struct walk *w, xmlNode *dt)
{
	block_end(w);
	if (html_has_heading(dt)) {
		walk_children(w, dt);
		return;
	}
	block_begin(w, BLOCK_ITEM, 0, dt);
	w->in_item = true;
	w->strong++;
	walk_children(w, dt);
	if (w->letters && !strchr(".:?!", last_char(w)))
		runs_add(&w->runs, RUN_STRONG, STR("."), w->page->arena);
	w->strong--;
	w->in_item = false;
	w->has_term = true;
}

static void walk_definition(struct walk *w, xmlNode *dd)
{
	if (!w->has_term) {
		block_end(w);
		walk_children(w, dd);
		block_end(w);
		return;
	}
	runs_add(&w->runs, RUN_PLAIN, STR(" "), w->page->arena);
	w->in_item = true;
	walk_children(w, dd);
	w->in_item = false;
	block_end(w);
}

/* --- elements ----------------------------------------------------------------------------- */

static void walk_heading(struct walk *w, xmlNode *node, unsigned level)
{
	/* In an item it is its first words. */
	if (w->in_item) {
		w->strong++;
		walk_children(w, node);
		w->strong--;
		join(w, ".");
		return;
	}
	block_end(w);
	block_begin(w, BLOCK_HEADING, level, node);
	walk_children(w, node);
	block_end(w);
}

static void walk_table(struct walk *w, xmlNode *node)
{
	bool in_item = w->in_item;

	/* Its rows are items; the one it stands in ends here. */
	block_end(w);
	w->in_item = false;
	if (!html_table(node, w->page))
		walk_children(w, node);
	block_end(w);
	w->in_item = in_item;
	if (in_item)
		block_begin(w, BLOCK_ITEM, 0, node);
}

static void walk_link(struct walk *w, xmlNode *node)
{
	bool is_link = xmlHasProp(node, (const xmlChar *)"href") != NULL;

	w->links += is_link;
	walk_children(w, node);
	w->links -= is_link;
}

/* "[3]" that leads to the end of the page. */
static bool is_note_mark(xmlNode *node)
{
	struct html_weight weight = html_weight_of(node);

	return html_is(node, "sup") && weight.linked && weight.linked + weight.plain < NOTE_BYTES;
}

static void walk_inline(struct walk *w, xmlNode *node)
{
	bool strong = html_is(node, "strong") || html_is(node, "b");
	bool emphasis = html_is(node, "em") || html_is(node, "i") || html_is(node, "cite");
	bool quote = html_is(node, "q");

	if (is_note_mark(node))
		return;
	w->strong += strong;
	w->emphasis += emphasis;
	if (quote)
		text_add(w, STR("“"), node);
	walk_children(w, node);
	if (quote)
		text_add(w, STR("”"), node);
	w->strong -= strong;
	w->emphasis -= emphasis;
}

static bool is_list(const xmlNode *node)
{
	return html_is(node, "ul") || html_is(node, "ol") || html_is(node, "dir");
}

static void walk_element(struct walk *w, xmlNode *node)
{
	unsigned level = html_heading_level(node);

	/* What opens and closes a part of the page heads it. */
	if (level || html_is(node, "summary")) {
		walk_heading(w, node, level ? level : 3);
	} else if (is_list(node)) {
		walk_list(w, node);
	} else if (html_is(node, "li") && !w->in_item) {
		walk_item(w, node);
	} else if (html_is(node, "dt") && !w->in_item) {
		walk_term(w, node);
	} else if (html_is(node, "dd") && !w->in_item) {
		walk_definition(w, node);
	} else if (html_is(node, "table")) {
		walk_table(w, node);
	} else if (html_is(node, "br")) {
		w->breaks++;
	} else if (html_is(node, "a")) {
		walk_link(w, node);
	} else if (html_is_block(str_of((const char *)node->name))) {
		block_edge(w);
		walk_children(w, node);
		block_edge(w);
	} else {
		walk_inline(w, node);
	}
}

/* --- what is left out --------------------------------------------------------------------- */

static bool is_unseen(xmlNode *node, struct arena *arena)
{
	struct str style = html_attribute(node, "style", arena);
	char *p;
	size_t n = 0;

	if (xmlHasProp(node, (const xmlChar *)"hidden") ||
	    str_eq(html_attribute(node, "aria-hidden", arena), STR("true")))
		return true;
	p = arena_cstr(arena, style);
	for (size_t i = 0; i < style.n; i++)
		if (style.p[i] != ' ')
			p[n++] = style.p[i];
	style = (struct str){p, n};
	return str_find(style, STR("display:none")) >= 0 ||
	       str_find(style, STR("visibility:hidden")) >= 0;
}

/* Why it is no part of the article; empty when it is one. */
static struct str noise_of(const struct walk *w, xmlNode *node)
{
	struct arena *arena = w->page->arena;
	struct html_signs signs = {.element = str_of((const char *)node->name),
				   .role = html_attribute(node, "role", arena),
				   .class = html_attribute(node, "class", arena),
				   .id = html_attribute(node, "id", arena)};
	struct html_noise noise = html_noise_of(&signs);

	if (!noise.why.n || (w->title && html_contains(node, w->title)))
		return STR("");
	/* A part of the text may have a header; one of the site has no heading. And what opens and
	 * closes a part of a page is a button in its heading. */
	if ((html_is(node, "header") && html_has_heading(node)) ||
	    (html_is(node, "button") && w->kind == BLOCK_HEADING))
		return STR("");
	if (html_weight_of(node).plain * 100 > w->weight * noise.share_max)
		return STR("");
	return noise.why;
}

static void walk_node(struct walk *w, xmlNode *node)
{
	struct str why;

	if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
		text_add(w, html_own_text(node), node);
		return;
	}
	if (node->type != XML_ELEMENT_NODE || html_is_mute(str_of((const char *)node->name)))
		return;
	if (is_unseen(node, w->page->arena)) {
		drop(w, node, STR("hidden"));
		return;
	}
	why = noise_of(w, node);
	if (why.n)
		drop(w, node, why);
	else
		walk_element(w, node);
}

/* --- where the article is ----------------------------------------------------------------- */

/* The only element of this name, or with this role; NULL when there are more or none. */
static xmlNode *only(xmlNode *top, const char *element, const char *role, struct arena *arena)
{
	xmlNode *found = NULL;

	for (xmlNode *node = html_next(top, top); node; node = html_next(node, top)) {
		bool is_it = html_is(node, element) ||
			     (role && node->type == XML_ELEMENT_NODE &&
			      str_eq(html_attribute(node, "role", arena), str_of(role)));

		if (is_it && found && !html_contains(found, node))
			return NULL;
		if (is_it && !found)
			found = node;
	}
	return found;
}

static xmlNode *article_find(xmlNode *body, size_t weight, struct arena *arena)
{
	xmlNode *root = only(body, "main", "main", arena);
	xmlNode *article;
	size_t root_weight;

	root_weight = root ? html_weight_of(root).plain : 0;
	if (!root || root_weight * 100 < weight * MAIN_SHARE) {
		root = body;
		root_weight = weight;
	}
	article = only(root, "article", NULL, arena);
	if (article && html_weight_of(article).plain * 100 >= root_weight * ARTICLE_SHARE)
		return article;
	return root;
}

/* The first <h1> of the article, else of the page. */
static xmlNode *title_find(xmlNode *root, xmlNode *body)
{
	xmlNode *title = html_find(root, "h1");

	return title ? title : html_find(body, "h1");
}

/* Says what stands around the article. */
static void around_drop(struct walk *w, xmlNode *node, const xmlNode *root)
{
	for (xmlNode *child = node->children; child; child = child->next) {
		struct str why;

		if (child == root || child == w->title || child->type != XML_ELEMENT_NODE ||
		    html_is_mute(str_of((const char *)child->name)))
			continue;
		if (html_contains(child, root)) {
			around_drop(w, child, root);
			continue;
		}
		why = noise_of(w, child);
		drop(w, child, why.n ? why : STR("outside of the article"));
	}
}

void html_blocks(xmlDoc *doc, struct page *page)
{
	xmlNode *top = xmlDocGetRootElement(doc);
	xmlNode *body = html_find(top, "body");
	struct walk w = {.page = page};
	xmlNode *root;

	if (!body)
		body = top;
	w.weight = html_weight_of(body).plain;
	root = article_find(body, w.weight, page->arena);
	w.title = title_find(root, body);
	if (w.title && !html_contains(root, w.title)) {
		struct str title = html_text(w.title, page->arena);

		page->title = title.n ? title : page->title;
	}
	if (root != body)
		around_drop(&w, body, root);
	block_begin(&w, BLOCK_PARAGRAPH, 0, NULL);
	walk_children(&w, root);
	block_end(&w);
}
