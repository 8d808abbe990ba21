#include "core/page.h"

#include <cmark.h>
#include <string.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/charset.h"
#include "core/page_render.h"

#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define HEADING_WORDS_MAX 14
#define QUESTION_WORDS_MAX 20
#define HEADING_BYTES_MAX 140

void page_init(struct page *page, struct arena *arena)
{
	*page = (struct page){.arena = arena};
}

void runs_add(struct runs *runs, enum run_style style, struct str text, struct arena *arena)
{
	if (text.n == 0)
		return;
	runs->v = arena_grow(arena, runs->v, &runs->n, &runs->cap, sizeof *runs->v);
	runs->v[runs->n - 1] = (struct run){.text = text, .style = style};
}

void runs_add_inner(struct runs *runs, enum run_inner inner, unsigned depth, struct arena *arena)
{
	runs->v = arena_grow(arena, runs->v, &runs->n, &runs->cap, sizeof *runs->v);
	runs->v[runs->n - 1] = (struct run){.inner = inner, .depth = depth};
}

/* --- from runs to Markdown ---------------------------------------------------------------- */

/* A paragraph in the making: neighbouring text of one style, blanks outside of the emphasis. */
struct inlines {
	cmark_node *paragraph;
	struct buf text; /* of the style being read */
	enum run_style style;
	struct buf plain;
	bool blank_due;
};

static void inlines_flush(struct inlines *in)
{
	cmark_node *text;
	cmark_node *outer;

	if (in->text.n == 0)
		return;
	text = cmark_node_new(CMARK_NODE_TEXT);
	cmark_node_set_literal(text, in->text.p);
	if (in->style == RUN_PLAIN) {
		cmark_node_append_child(in->paragraph, text);
	} else {
		outer = cmark_node_new(in->style == RUN_STRONG ? CMARK_NODE_STRONG
							       : CMARK_NODE_EMPH);
		cmark_node_append_child(outer, text);
		cmark_node_append_child(in->paragraph, outer);
	}
	buf_clear(&in->text);
}

static void style_begin(struct inlines *in, enum run_style style)
{
	if (style == in->style)
		return;
	inlines_flush(in);
	in->style = style;
}

static void blank_add(struct inlines *in, enum run_style next)
{
	if (in->style != next)
		style_begin(in, RUN_PLAIN);
	buf_add_char(&in->text, ' ');
	buf_add_char(&in->plain, ' ');
	in->blank_due = false;
}

static bool is_blank(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	return (c >= '\t' && c <= '\r') || c == 0x85 || category == UTF8PROC_CATEGORY_ZS ||
	       category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

/* Control characters, marks that only a layout needs, and the icons of web fonts. The joiner of
 * pictographs stays. */
static bool is_unseen(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CO ||
	       (category == UTF8PROC_CATEGORY_CF && c != 0x200d);
}

static void char_add(struct inlines *in, utf8proc_int32_t c, enum run_style style)
{
	utf8proc_uint8_t bytes[4];
	struct str s;

	c = (utf8proc_int32_t)charset_windows((uint32_t)c);
	if (is_blank(c)) {
		in->blank_due = in->plain.n > 0;
		return;
	}
	if (is_unseen(c))
		return;
	/* "{#id}" and "{.class}" have a meaning in articles. */
	if ((c == '#' || c == '.') && str_ends(buf_str(&in->plain), STR("{")))
		in->blank_due = true;
	if (in->blank_due)
		blank_add(in, style);
	style_begin(in, style);
	s = (struct str){(const char *)bytes, (size_t)utf8proc_encode_char(c, bytes)};
	buf_add(&in->text, s);
	buf_add(&in->plain, s);
}

static void inlines_init(struct inlines *in, const struct runs *runs, bool with_style)
{
	*in = (struct inlines){.paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH)};
	buf_init(&in->text, TEXT_BYTES_MAX);
	buf_init(&in->plain, TEXT_BYTES_MAX);
	for (size_t i = 0; i < runs->n; i++) {
		struct str s = runs->v[i].text;
		enum run_style style = with_style ? runs->v[i].style : RUN_PLAIN;
		utf8proc_int32_t c;

		if (runs->v[i].inner != RUN_SAME)
			in->blank_due = in->plain.n > 0;
		for (size_t at = 0; at < s.n;) {
			utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
							      (utf8proc_ssize_t)(s.n - at), &c);

			char_add(in, n > 0 ? c : 0xfffd, style);
			at += n > 0 ? (size_t)n : 1;
		}
	}
	inlines_flush(in);
}

static void inlines_done(struct inlines *in)
{
	cmark_node_free(in->paragraph);
	buf_done(&in->text);
	buf_done(&in->plain);
}

/* Wrapped and with its emphasis if it then reads back as the same words, else with less. */
static struct str markdown_of(const struct runs *runs, bool wrapped, struct str *plain,
			      struct arena *arena)
{
	struct str markdown = STR("");

	for (int attempt = 0; attempt < 4; attempt++) {
		bool with_wrap = wrapped && attempt % 2 == 0;
		struct inlines in;
		bool good;

		inlines_init(&in, runs, attempt < 2);
		*plain = arena_str(arena, buf_str(&in.plain));
		good = render_paragraph(in.paragraph, *plain, with_wrap, arena, &markdown);
		inlines_done(&in);
		if (good || plain->n == 0)
			break;
	}
	return markdown;
}

struct str runs_plain(const struct runs *runs, struct arena *arena)
{
	struct inlines in;
	struct str out;

	inlines_init(&in, runs, false);
	out = arena_str(arena, buf_str(&in.plain));
	inlines_done(&in);
	return out;
}

/* --- blocks ------------------------------------------------------------------------------- */

void page_add_block(struct page *page, struct block block)
{
	if (page->blocks_n == PAGE_BLOCKS_MAX) {
		page->is_full = true;
		return;
	}
	page->blocks = arena_grow(page->arena, page->blocks, &page->blocks_n, &page->blocks_cap,
				  sizeof *page->blocks);
	page->blocks[page->blocks_n - 1] = block;
}

static void lines_add(struct buf *out, struct str text, unsigned indent)
{
	struct str line;

	for (bool is_first = true; str_cut(&text, '\n', &line); is_first = false) {
		if (!is_first)
			buf_addf(out, "\n%*s", line.n ? (int)indent : 0, "");
		buf_add(out, line);
	}
}

/* An item part by part: its own text, the items of its inner lists, and what goes on behind those. */
static struct str item_markdown(const struct runs *runs, struct str *plain, struct arena *arena)
{
	struct buf b;
	struct str out;

	buf_init(&b, TEXT_BYTES_MAX);
	for (size_t from = 0, to; from < runs->n; from = to) {
		const struct run *first = &runs->v[from];
		unsigned indent = 2 * first->depth;
		struct runs part = {.v = runs->v + from};
		struct str markdown;

		for (to = from + 1; to < runs->n && runs->v[to].inner == RUN_SAME; to++)
			;
		part.n = to - from;
		markdown = markdown_of(&part, true, plain, arena);
		if (plain->n == 0)
			continue;
		if (b.n && first->inner == RUN_INNER_ITEM)
			buf_addf(&b, "\n%*s- ", (int)indent - 2, "");
		else if (b.n)
			buf_addf(&b, "\n\n%*s", (int)indent, "");
		lines_add(&b, markdown, indent);
	}
	*plain = runs_plain(runs, arena);
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

void page_add(struct page *page, enum block_kind kind, unsigned level, unsigned line,
	      const struct runs *runs)
{
	struct block block = {.kind = kind, .level = level, .line = line};
	struct runs one = {0};
	struct str plain;

	/* A heading is shown as one: emphasis in it says nothing. */
	if (kind == BLOCK_HEADING) {
		plain = runs_plain(runs, page->arena);
		runs_add(&one, RUN_PLAIN, plain, page->arena);
		block.markdown = markdown_of(&one, false, &block.plain, page->arena);
	} else if (kind == BLOCK_ITEM) {
		block.markdown = item_markdown(runs, &block.plain, page->arena);
	} else {
		block.markdown = markdown_of(runs, true, &block.plain, page->arena);
	}
	if (block.plain.n)
		page_add_block(page, block);
}

void page_add_text(struct page *page, enum block_kind kind, unsigned level, unsigned line,
		   struct str text)
{
	struct runs runs = {0};

	runs_add(&runs, RUN_PLAIN, text, page->arena);
	page_add(page, kind, level, line, &runs);
}

void page_drop(struct page *page, unsigned line, struct str text, struct str why)
{
	struct runs runs = {0};
	struct str plain;

	runs_add(&runs, RUN_PLAIN, text, page->arena);
	plain = runs_plain(&runs, page->arena);
	if (plain.n == 0)
		return;
	page->dropped = arena_grow(page->arena, page->dropped, &page->dropped_n, &page->dropped_cap,
				   sizeof *page->dropped);
	page->dropped[page->dropped_n - 1] = (struct page_note){line, plain, why};
}

void page_warn(struct page *page, unsigned line, struct str why)
{
	page->warnings = arena_grow(page->arena, page->warnings, &page->warnings_n,
				    &page->warnings_cap, sizeof *page->warnings);
	page->warnings[page->warnings_n - 1] =
		(struct page_note){.line = line, .why = arena_str(page->arena, why)};
}

/* --- what lines look like ----------------------------------------------------------------- */

size_t page_words(struct str plain)
{
	struct str part;
	size_t n = 0;

	while (str_cut(&plain, ' ', &part))
		n += part.n > 0;
	return n;
}

bool page_is_heading(struct str plain)
{
	size_t words = page_words(plain);
	utf8proc_int32_t first;

	if (words == 0 || plain.n > HEADING_BYTES_MAX)
		return false;
	if (plain.p[plain.n - 1] == '?')
		return words <= QUESTION_WORDS_MAX;
	if (words > HEADING_WORDS_MAX || strchr(".,;:!", plain.p[plain.n - 1]) ||
	    str_ends(plain, STR("…")))
		return false;
	if (utf8proc_iterate((const utf8proc_uint8_t *)plain.p, (utf8proc_ssize_t)plain.n, &first) <
	    1)
		return false;
	return utf8proc_category(first) == UTF8PROC_CATEGORY_LU || (first >= '0' && first <= '9');
}

size_t page_bullet(struct str line)
{
	/* Those that stand for nothing else need no blank behind them. */
	static const struct {
		struct str mark;
		bool needs_blank;
	} bullets[] = {{{"•", 3}, false}, {{"‣", 3}, false},  {{"◦", 3}, false}, {{"▪", 3}, false},
		       {{"▫", 3}, false}, {{"●", 3}, false},  {{"○", 3}, false}, {{"■", 3}, false},
		       {{"□", 3}, false}, {{"►", 3}, false},  {{"➢", 3}, false}, {{"➤", 3}, false},
		       {{"✓", 3}, false}, {{"✔", 3}, false},  {{"⁃", 3}, false}, {{"·", 2}, false},
		       {{"-", 1}, true},  {{"*", 1}, true},   {{"+", 1}, true},	 {{"–", 3}, true},
		       {{"—", 3}, true},  {{"o\t", 2}, false}};

	for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
		size_t n = bullets[i].mark.n;

		if (!str_starts(line, bullets[i].mark))
			continue;
		if (bullets[i].needs_blank && n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
			continue;
		while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
			n++;
		return n;
	}
	return 0;
}
