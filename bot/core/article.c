#include "core/article.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/front_value.h"
#include "core/markdown.h"
#include "core/text.h"

#define TOPIC_WORDS 7
#define SLUG_BYTES_MAX ((size_t)200)

struct reading {
	struct article *article;
	struct arena *arena;
	struct mistakes *mistakes;
	unsigned line0; /* lines above what cmark sees */
	size_t sections_cap, passages_cap;
	struct section *section; /* being read, NULL above the first heading */
	size_t items;		 /* of this section so far */
	bool has_risk, is_full;	 /* said once */
};

/* What stands in braces at the end of a heading or passage. */
struct marks {
	struct str id;
	bool benefit, risk;
};

static void wrong(struct reading *r, cmark_node *node, struct str what)
{
	mistake_add(r->mistakes, r->article->file,
		    r->line0 + (unsigned)cmark_node_get_start_line(node), STR_FMT, STR_ARG(what));
}

static struct str rendered(char *text, struct arena *arena)
{
	struct str out = arena_str(arena, str_trim(str_of(text)));

	free(text);
	return out;
}

/* --- front matter ------------------------------------------------------------------------- */

static struct str *front_field(struct article *a, struct str key)
{
	const struct {
		struct str key;
		struct str *field;
	} fields[] = {
		{STR("title"), &a->title},
		{STR("language"), &a->language},
		{STR("version"), &a->version},
		{STR("source"), &a->source},
		{STR("approved_by"), &a->approved_by},
		{STR("approved_on"), &a->approved_on},
		{STR("review_by"), &a->review_by},
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (str_eq(fields[i].key, key))
			return fields[i].field;
	return NULL;
}

static void front_line(struct reading *r, struct str line, unsigned number)
{
	struct article *a = r->article;
	struct str value = line;
	struct str key;
	struct str *field;

	if (str_trim(line).n == 0)
		return;
	if (str_find(line, STR(":")) < 0) {
		mistake_add(r->mistakes, a->file, number, "expected \"key: value\" here");
		return;
	}
	str_cut(&value, ':', &key);
	key = str_trim(key);
	value = str_trim(value);
	field = front_field(a, key);
	if (!field)
		mistake_add(r->mistakes, a->file, number, "unknown key \"" STR_FMT "\"",
			    STR_ARG(key));
	else if (field->n)
		mistake_add(r->mistakes, a->file, number, "\"" STR_FMT "\" stands twice",
			    STR_ARG(key));
	else if (!front_value_read(value, r->arena, field))
		mistake_add(r->mistakes, a->file, number,
			    "the quotes around \"" STR_FMT "\" do not close at the line's end, or "
			    "hold a backslash before anything but \", \\ and /",
			    STR_ARG(key));
}

/* The line of the front matter's end, 0 when there is none. */
static unsigned front_end(struct str rest)
{
	struct str line;

	for (unsigned number = 2; str_cut(&rest, '\n', &line); number++)
		if (str_eq(str_trim(line), STR("---")))
			return number;
	return 0;
}

/* Reads the front matter off `*text`, if there is one. False when it has no end. */
static bool front_matter(struct reading *r, struct str *text)
{
	struct str rest = *text;
	struct str line;

	if (!str_cut(&rest, '\n', &line) || !str_eq(str_trim(line), STR("---")))
		return true;
	r->line0 = front_end(rest);
	if (!r->line0) {
		mistake_add(r->mistakes, r->article->file, 1,
			    "the front matter has no closing ---");
		return false;
	}
	for (unsigned number = 2; str_cut(&rest, '\n', &line) && number < r->line0; number++)
		front_line(r, line, number);
	*text = rest;
	return true;
}

/* --- ids ---------------------------------------------------------------------------------- */

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-_", s.p[i]))
			return false;
	return s.n > 0 && s.n <= 100;
}

static void mark_read(struct reading *r, cmark_node *node, struct str mark, struct marks *marks)
{
	if (str_starts(mark, STR("#")) && is_id(str_sub(mark, 1, mark.n)))
		marks->id = arena_str(r->arena, str_sub(mark, 1, mark.n));
	else if (str_eq(mark, STR(".benefit")))
		marks->benefit = true;
	else if (str_eq(mark, STR(".risk")))
		marks->risk = true;
	else
		wrong(r, node,
		      arena_fmt(r->arena,
				"\"" STR_FMT "\" is neither an #id (small letters, digits, . - _) "
				"nor .benefit nor .risk",
				STR_ARG(mark)));
}

/* A blank in front stands between the text and a bold lead. */
static struct str trimmed_behind(struct str text)
{
	while (text.n && text.p[text.n - 1] == ' ')
		text.n--;
	return text;
}

/* Takes `{#id .class}` off the end of a node's last text. */
static struct marks marks_take(struct reading *r, cmark_node *node)
{
	cmark_node *last = cmark_node_last_child(node);
	struct marks marks = {0};
	struct str text, inside, mark;
	ptrdiff_t open;

	if (!last || cmark_node_get_type(last) != CMARK_NODE_TEXT)
		return marks;
	text = trimmed_behind(arena_str(r->arena, str_of(cmark_node_get_literal(last))));
	if (!str_ends(text, STR("}")))
		return marks;
	for (open = (ptrdiff_t)text.n - 1; open >= 0 && text.p[open] != '{'; open--)
		;
	if (open < 0 || (text.p[open + 1] != '#' && text.p[open + 1] != '.'))
		return marks;
	inside = str_sub(text, (size_t)open + 1, text.n - (size_t)open - 2);
	while (str_cut(&inside, ' ', &mark))
		if (mark.n)
			mark_read(r, node, mark, &marks);
	text = trimmed_behind(str_sub(text, 0, (size_t)open));
	cmark_node_set_literal(last, arena_cstr(r->arena, text));
	return marks;
}

struct str slug_of(struct str title, struct arena *arena)
{
	struct words words = text_words(title, STR(""), arena);
	struct buf b;
	struct str out;

	buf_init(&b, SLUG_BYTES_MAX);
	for (size_t i = 0; i < words.n && b.n + 1 + words.v[i].text.n <= SLUG_BYTES_MAX; i++) {
		if (b.n)
			buf_add_char(&b, '-');
		buf_add(&b, words.v[i].text);
	}
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

/* --- passages ----------------------------------------------------------------------------- */

const struct passage *article_passage(const struct article *article, struct str id)
{
	for (size_t i = 0; i < article->passages_n; i++)
		if (str_eq(article->passages[i].id, id))
			return &article->passages[i];
	return NULL;
}

size_t passages_named(const struct article *article, struct str id, const struct passage **first)
{
	*first = article_passage(article, id);
	if (*first)
		return 1;
	for (size_t i = 0; i < article->sections_n; i++) {
		const struct section *section = &article->sections[i];

		if (!str_eq(section->slug, id))
			continue;
		*first = &article->passages[section->first];
		return section->count;
	}
	return 0;
}

static void section_add(struct reading *r, struct str title, unsigned line)
{
	struct article *a = r->article;

	a->sections = arena_grow(r->arena, a->sections, &a->sections_n, &r->sections_cap,
				 sizeof *a->sections);
	r->section = &a->sections[a->sections_n - 1];
	*r->section = (struct section){.title = title,
				       .slug = slug_of(title, r->arena),
				       .article = a,
				       .line = line,
				       .first = a->passages_n};
	r->items = 0;
}

/* Text above the first heading belongs to a section named after the article. */
static void section_need(struct reading *r)
{
	if (!r->section)
		section_add(r, r->article->title, r->line0 + 1);
}

/* The paragraphs of a section that have no id of their own are one passage. */
static struct passage *joined_passage(struct reading *r, struct str id)
{
	struct article *a = r->article;

	for (size_t i = r->section->first; i < a->passages_n; i++)
		if (str_eq(a->passages[i].id, id) && !a->passages[i].item)
			return &a->passages[i];
	return NULL;
}

static void passage_text(struct passage *p, cmark_node *node, struct arena *arena)
{
	struct str markdown = rendered(cmark_render_commonmark(node, CMARK_OPT_NOBREAKS, 0), arena);
	struct str plain = markdown_node_plain(node, arena);

	if (p->markdown.n) {
		markdown = arena_fmt(arena, STR_FMT "\n\n" STR_FMT, STR_ARG(p->markdown),
				     STR_ARG(markdown));
		plain = arena_fmt(arena, STR_FMT "\n\n" STR_FMT, STR_ARG(p->plain), STR_ARG(plain));
	}
	p->markdown = markdown;
	p->plain = plain;
}

static struct passage *passage_add(struct reading *r, cmark_node *node, struct str id)
{
	struct article *a = r->article;
	struct passage *p;

	if (a->passages_n >= PASSAGES_MAX) {
		if (!r->is_full)
			wrong(r, node, STR("too many passages in one article"));
		r->is_full = true;
		return NULL;
	}
	if (article_passage(a, id))
		wrong(r, node,
		      arena_fmt(r->arena, "the id \"" STR_FMT "\" stands twice", STR_ARG(id)));
	a->passages = arena_grow(r->arena, a->passages, &a->passages_n, &r->passages_cap,
				 sizeof *a->passages);
	p = &a->passages[a->passages_n - 1];
	p->id = id;
	p->line = r->line0 + (unsigned)cmark_node_get_start_line(node);
	return p;
}

static void marks_put(struct reading *r, cmark_node *node, struct passage *p, struct marks marks)
{
	p->benefit = p->benefit || marks.benefit;
	if (!marks.risk || p->risk)
		return;
	p->risk = true;
	if (r->has_risk)
		wrong(r, node, STR("a second .risk passage"));
	r->has_risk = true;
}

static void passage_check(struct reading *r, cmark_node *node, const struct passage *p,
			  struct str what_when_empty)
{
	static const struct str marks[] = {{"{#", 2}, {"{.benefit", 9}, {"{.risk", 6}};

	if (p->markdown.n == 0)
		wrong(r, node, what_when_empty);
	if (p->markdown.n > PASSAGE_BYTES_MAX)
		wrong(r, node,
		      arena_fmt(r->arena, "the passage is longer than %zu bytes",
				PASSAGE_BYTES_MAX));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_find(p->plain, marks[i]) >= 0)
			wrong(r, node,
			      STR("an id or class in braces is taken only at the end of a "
				  "paragraph or of a "
				  "whole list item"));
}

/* Bold words at the start of a passage name its topic. */
static struct str lead_of(cmark_node *block, struct arena *arena)
{
	cmark_node *first = cmark_node_first_child(block);
	struct str lead;

	if (!first || cmark_node_get_type(first) != CMARK_NODE_STRONG)
		return STR("");
	lead = markdown_node_plain(first, arena);
	while (lead.n && strchr(".:", lead.p[lead.n - 1]))
		lead.n--;
	return lead;
}

static void paragraph_read(struct reading *r, cmark_node *node)
{
	struct marks marks;
	struct passage *p;
	struct str id;

	section_need(r);
	marks = marks_take(r, node);
	id = marks.id.n ? marks.id : r->section->slug;
	p = marks.id.n ? NULL : joined_passage(r, id);
	if (!p)
		p = passage_add(r, node, id);
	if (!p)
		return;
	marks_put(r, node, p, marks);
	passage_text(p, node, r->arena);
	if (!p->topic.n)
		p->topic = lead_of(node, r->arena);
	passage_check(r, node, p, STR("an empty passage"));
}

static void block_refuse(struct reading *r, cmark_node *node)
{
	wrong(r, node,
	      arena_fmt(r->arena, "a %s is not shown in answers: use paragraphs and lists",
			cmark_node_get_type_string(node)));
}

/* In a list item stand paragraphs and lists of such items. */
static void blocks_check(struct reading *r, cmark_node *block)
{
	cmark_iter *iter = cmark_iter_new(block);
	cmark_event_type event;

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(node);

		if (event == CMARK_EVENT_ENTER && type <= CMARK_NODE_LAST_BLOCK &&
		    type != CMARK_NODE_PARAGRAPH && type != CMARK_NODE_LIST &&
		    type != CMARK_NODE_ITEM)
			block_refuse(r, node);
	}
	cmark_iter_free(iter);
}

static void item_read(struct reading *r, cmark_node *item)
{
	cmark_node *last = cmark_node_last_child(item);
	struct marks marks = {0};
	struct passage *p;
	struct str id;

	section_need(r);
	r->items++;
	if (last && cmark_node_get_type(last) == CMARK_NODE_PARAGRAPH)
		marks = marks_take(r, last);
	id = marks.id.n ? marks.id
			: arena_fmt(r->arena, STR_FMT "/%zu", STR_ARG(r->section->slug), r->items);
	p = passage_add(r, item, id);
	if (!p)
		return;
	marks_put(r, item, p, marks);
	p->item = true;
	for (cmark_node *block = cmark_node_first_child(item); block;
	     block = cmark_node_next(block)) {
		blocks_check(r, block);
		passage_text(p, block, r->arena);
	}
	if (last)
		p->topic = lead_of(cmark_node_first_child(item), r->arena);
	passage_check(r, item, p, STR("an empty list item"));
}

static void heading_read(struct reading *r, cmark_node *node)
{
	struct marks marks = marks_take(r, node);
	struct str title = markdown_node_plain(node, r->arena);
	unsigned line = r->line0 + (unsigned)cmark_node_get_start_line(node);

	if (title.n == 0) {
		wrong(r, node, STR("an empty heading"));
		return;
	}
	if (cmark_node_get_heading_level(node) == 1 && !r->article->title.n)
		r->article->title = title;
	if (marks.benefit || marks.risk)
		wrong(r, node, STR("a class marks a passage, not a heading"));
	if (r->article->sections_n == SECTIONS_MAX) {
		if (!r->is_full)
			wrong(r, node, STR("too many headings in one article"));
		r->is_full = true;
		return;
	}
	section_add(r, title, line);
	if (marks.id.n)
		r->section->slug = marks.id;
}

static void block_read(struct reading *r, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		heading_read(r, node);
		break;
	case CMARK_NODE_PARAGRAPH:
		paragraph_read(r, node);
		break;
	case CMARK_NODE_LIST:
		for (cmark_node *item = cmark_node_first_child(node); item;
		     item = cmark_node_next(item))
			item_read(r, item);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		break;
	default:
		block_refuse(r, node);
	}
}

/* --- the whole ---------------------------------------------------------------------------- */

static struct str first_words(struct str plain, struct arena *arena)
{
	size_t end = 0;
	int words = 0;

	while (end < plain.n && words < TOPIC_WORDS && plain.p[end] != '\n') {
		words += plain.p[end] == ' ';
		end++;
	}
	if (end == plain.n)
		return plain;
	return arena_fmt(arena, STR_FMT "…", STR_ARG(str_trim(str_sub(plain, 0, end))));
}

/* Every passage gets the name under which it is offered: its bold lead; else its section's title, which
 * then stands for all of the section; but its first words where the section is too long to be given
 * whole. An id is for staff and changes nothing of what patients see. */
static void topics_name(struct reading *r)
{
	struct article *a = r->article;

	for (size_t i = 0; i < a->passages_n; i++) {
		struct passage *p = &a->passages[i];
		bool whole = p->section->count <= TOPIC_PASSAGES_MAX;

		p->named = p->topic.n || p->section->count == 1 || !whole;
		if (!p->topic.n)
			p->topic = whole ? p->section->title : first_words(p->plain, r->arena);
	}
}

/* The lists have moved while they grew: now that they stand, tie them together. */
static void tie(struct reading *r)
{
	struct article *a = r->article;

	for (size_t i = 0; i < a->sections_n; i++) {
		struct section *s = &a->sections[i];
		size_t end = i + 1 < a->sections_n ? s[1].first : a->passages_n;

		s->count = end - s->first;
		for (size_t k = s->first; k < end; k++) {
			a->passages[k].section = s;
			if (a->passages[k].risk)
				a->risk = &a->passages[k];
		}
	}
}

static void whole_check(struct reading *r)
{
	struct article *a = r->article;

	if (!a->title.n)
		mistake_add(r->mistakes, a->file, 1, "the article has no title");
	if (!a->language.n)
		a->language = STR("en");
	if (a->sections_n == 0 || a->passages_n == 0)
		mistake_add(r->mistakes, a->file, 0,
			    "the article has no sections with text under them");
	for (size_t i = 0; i < a->passages_n; i++)
		if (a->passages[i].benefit && !a->risk)
			mistake_add(r->mistakes, a->file, a->passages[i].line,
				    "a .benefit passage, but no passage is marked .risk to go "
				    "with it");
	for (size_t i = 0; i < a->sections_n; i++)
		if (a->sections[i].slug.n == 0)
			mistake_add(r->mistakes, a->file, a->sections[i].line,
				    "a heading without letters needs an id: {#some.id}");
	for (size_t i = 0; i < a->sections_n; i++)
		if (a->sections[i].count == 0 && a->sections[i].line > r->line0 + 1)
			mistake_warn(r->mistakes, a->file, a->sections[i].line,
				     "nothing stands under this heading");
}

static void document_read(struct reading *r, struct str text)
{
	cmark_node *root = cmark_parse_document(text.p ? text.p : "", text.n, CMARK_OPT_DEFAULT);

	cmark_consolidate_text_nodes(root);
	for (cmark_node *node = cmark_node_first_child(root); node; node = cmark_node_next(node))
		block_read(r, node);
	cmark_node_free(root);
}

const struct article *article_parse(struct str file, struct str text, struct arena *arena,
				    struct mistakes *mistakes)
{
	struct article *a = arena_new(arena, struct article);
	struct reading r = {.article = a, .arena = arena, .mistakes = mistakes};
	size_t errors = mistakes->errors;

	a->file = arena_str(arena, file);
	a->name = str_ends(a->file, STR(".md")) ? str_sub(a->file, 0, a->file.n - 3) : a->file;
	if (text.n > ARTICLE_BYTES_MAX)
		mistake_add(mistakes, file, 0, "the file is larger than %zu bytes",
			    ARTICLE_BYTES_MAX);
	else if (text_bad_line(text))
		mistake_add(mistakes, file, text_bad_line(text), "this is not UTF-8 text");
	if (mistakes->errors > errors)
		return NULL;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	text = arena_str(arena, text);
	if (!front_matter(&r, &text))
		return NULL;
	document_read(&r, text);
	tie(&r);
	topics_name(&r);
	whole_check(&r);
	return mistakes->errors > errors ? NULL : a;
}

size_t passage_topic(const struct passage *p, const struct passage **first)
{
	*first = p->named ? p : &p->section->article->passages[p->section->first];
	return p->named ? 1 : p->section->count;
}

const struct passage *passage_intro(const struct passage *p)
{
	const struct passage *first;

	if (p->named || !p->item)
		return NULL;
	passage_topic(p, &first);
	return first->item ? NULL : first;
}
