#include "core/page.h"

#include <utf8proc.h>

#include "core/buf.h"
#include "core/text.h"

#define WRAP_MAX 120 /* longer lines were not wrapped by anybody */
#define WRAP_MIN 40  /* shorter ones ended by themselves */
#define MENU_LINES 3
#define MENU_WORDS 4
#define LIST_WORDS 8
#define NUMBER_MAX 99
#define LINES_MAX 200000
#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct line {
	struct str text; /* trimmed */
	unsigned number;
	size_t indent, length; /* in characters */
	size_t bullet;	       /* bytes of the bullet or number in front */
	unsigned ordinal;      /* of "3. text", else 0 */
	size_t width;	       /* the longest line of those around it without a blank one between */
};

struct reading {
	struct page *page;
	struct line *lines;
	size_t n, cap;
	unsigned ordinal; /* the last one of a list */
	bool list_due;	  /* the paragraph before ended in a colon */
};

/* --- lines -------------------------------------------------------------------------------- */

/* The bytes of "3. ", "3) " or "(3) " in front, with the number in `*ordinal`; else 0. */
static size_t number_of(struct str text, unsigned *ordinal)
{
	size_t at = str_starts(text, STR("("));
	bool open = at > 0;
	unsigned value = 0;
	size_t digits = 0;

	for (; at < text.n && text.p[at] >= '0' && text.p[at] <= '9' && digits < 3; at++, digits++)
		value = value * 10 + (unsigned)(text.p[at] - '0');
	if (digits == 0 || value == 0 || value > NUMBER_MAX || at + 1 >= text.n)
		return 0;
	if (text.p[at] != ')' && (open || text.p[at] != '.'))
		return 0;
	if (text.p[at + 1] != ' ' && text.p[at + 1] != '\t')
		return 0;
	*ordinal = value;
	for (at++; at < text.n && (text.p[at] == ' ' || text.p[at] == '\t'); at++)
		;
	return at;
}

/* The blanks that people cannot tell from others are ASCII afterwards. */
static struct str blanks_even(struct str text, struct arena *arena)
{
	static const struct str blanks[] = {
		{"\xc2\xa0", 2}, {"\xe2\x80\x83", 3}, {"\xe2\x80\x82", 3}, {"\xe2\x80\xa8", 3}};
	struct buf out;
	struct str even;

	buf_init(&out, text.n + 1);
	while (text.n) {
		size_t n = 0;

		for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
			if (str_starts(text, blanks[i]))
				n = blanks[i].n;
		buf_add_char(&out, n ? ' ' : text.p[0]);
		text = str_sub(text, n ? n : 1, text.n);
	}
	even = arena_str(arena, buf_str(&out));
	buf_done(&out);
	return even;
}

static void lines_read(struct reading *r, struct str text)
{
	struct arena *arena = r->page->arena;
	struct str rest = blanks_even(text, arena);
	struct str raw;
	unsigned number = 0;

	while (r->n < LINES_MAX && str_cut(&rest, '\n', &raw)) {
		struct line line = {.text = str_trim(raw), .number = ++number};

		line.indent = line.text.n ? (size_t)(line.text.p - raw.p) : 0;
		line.length = text_length(line.text);
		line.bullet = page_bullet(line.text);
		if (!line.bullet)
			line.bullet = number_of(line.text, &line.ordinal);
		r->lines = arena_grow(arena, r->lines, &r->n, &r->cap, sizeof *r->lines);
		r->lines[r->n - 1] = line;
	}
	if (rest.n)
		page_warn(r->page, number, STR("too many lines: the rest was not read"));
}

/* The end of the lines from `i` on without a blank one between. */
static size_t stanza_end(const struct reading *r, size_t i)
{
	while (i < r->n && r->lines[i].text.n)
		i++;
	return i;
}

static void widths_set(struct reading *r)
{
	for (size_t from = 0; from < r->n;) {
		size_t end = stanza_end(r, from);
		size_t width = 0;

		for (size_t i = from; i < end; i++)
			if (r->lines[i].indent + r->lines[i].length > width)
				width = r->lines[i].indent + r->lines[i].length;
		for (size_t i = from; i < end; i++)
			r->lines[i].width = width;
		from = end > from ? end : from + 1;
	}
}

static size_t next_line(const struct reading *r, size_t i)
{
	while (i < r->n && r->lines[i].text.n == 0)
		i++;
	return i;
}

static bool begins_small(struct str text)
{
	utf8proc_int32_t c;

	return text.n &&
	       utf8proc_iterate((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &c) >
		       0 &&
	       utf8proc_category(c) == UTF8PROC_CATEGORY_LL;
}

static bool ends_with_any(struct str text, const char *marks)
{
	for (; *marks; marks++)
		if (text.n && text.p[text.n - 1] == *marks)
			return true;
	return false;
}

/* Whether line `i` + 1 goes on with the sentence or the paragraph of line `i`: it begins small, or its
 * first word had no more room on the line above. */
static bool goes_on(const struct reading *r, size_t i)
{
	const struct line *line = &r->lines[i];
	const struct line *next = line + 1;
	struct str rest;
	struct str word;

	if (i + 1 >= r->n || next->text.n == 0 || next->bullet)
		return false;
	if (begins_small(next->text) && !ends_with_any(line->text, ".!?:"))
		return true;
	rest = next->text;
	str_cut(&rest, ' ', &word);
	return line->length >= WRAP_MIN && line->width <= WRAP_MAX &&
	       line->indent + line->length + 1 + text_length(word) > line->width;
}

/* --- items -------------------------------------------------------------------------------- */

static bool is_numbered(const struct reading *r, size_t i)
{
	return i < r->n && r->lines[i].ordinal > 0;
}

static size_t line_before(const struct reading *r, size_t i)
{
	while (i-- > 0)
		if (r->lines[i].text.n)
			return i;
	return r->n;
}

static struct str unmarked(const struct line *line)
{
	return str_sub(line->text, line->bullet, line->text.n);
}

/* "2. How often?" with text under it and no other number beside it is a heading. */
static bool is_numbered_heading(const struct reading *r, size_t i)
{
	size_t next = next_line(r, i + 1);

	return is_numbered(r, i) && page_is_heading(unmarked(&r->lines[i])) && next < r->n &&
	       !is_numbered(r, next) && !is_numbered(r, line_before(r, i)) &&
	       !begins_small(r->lines[next].text) &&
	       (next > i + 1 || r->lines[next].indent <= r->lines[i].indent);
}

static bool is_item(const struct reading *r, size_t i)
{
	const struct line *line = &r->lines[i];

	if (!line->bullet || is_numbered_heading(r, i))
		return false;
	return !line->ordinal || line->ordinal == 1 || line->ordinal == r->ordinal + 1;
}

/* Joins line `i` and those that go on with it into one text, from byte `from` of the first on; gives
 * the line behind. Lines that are indented deeper than an item's bullet go on with the item. */
static size_t lines_join(struct reading *r, size_t i, size_t from, bool in_item, struct str *out)
{
	size_t indent = r->lines[i].indent;
	size_t first = i;
	struct buf text;

	buf_init(&text, TEXT_BYTES_MAX);
	buf_add(&text, str_sub(r->lines[i].text, from, r->lines[i].text.n));
	for (;; i++) {
		const struct line *next = i + 1 < r->n ? &r->lines[i + 1] : NULL;
		bool under =
			in_item && next && next->text.n && !next->bullet && next->indent > indent;

		/* In the middle of a wrapped paragraph only the end of a sentence ends it. */
		bool inside = !in_item && i > first && next && next->text.n && !next->bullet &&
			      !ends_with_any(r->lines[i].text, ".!?:");

		if (!under && !inside && !goes_on(r, i))
			break;
		buf_add_char(&text, ' ');
		buf_add(&text, next->text);
	}
	*out = arena_str(r->page->arena, buf_str(&text));
	buf_done(&text);
	return i + 1;
}

static size_t item_read(struct reading *r, size_t i)
{
	const struct line *line = &r->lines[i];
	size_t from = line->bullet;
	struct str text;

	r->ordinal = line->ordinal;
	/* The bullet alone on a line: its text stands on the next one. */
	if (from >= line->text.n) {
		i = next_line(r, i + 1);
		if (i == r->n || r->lines[i].bullet)
			return i;
		from = 0;
	}
	i = lines_join(r, i, from, true, &text);
	page_add_text(r->page, BLOCK_ITEM, 0, line->number, text);
	return i;
}

/* --- menus, tables, lists without bullets --------------------------------------------------- */

/* "Home | About us | Contact" */
static bool is_menu_row(struct str text)
{
	static const struct str marks[] = {{"|", 1},   {"»", 2},   {"›", 3},   {" > ", 3},
					   {" / ", 3}, {" · ", 4}, {" • ", 5}, {" → ", 5}};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct str rest = text;
		ptrdiff_t at;
		size_t parts = 0;
		bool is_short = true;

		while (is_short && (at = str_find(rest, marks[i])) >= 0) {
			is_short = page_words(str_sub(rest, 0, (size_t)at)) <= MENU_WORDS;
			rest = str_sub(rest, (size_t)at + marks[i].n, rest.n);
			parts++;
		}
		if (is_short && parts >= 2 && page_words(rest) <= LIST_WORDS &&
		    !ends_with_any(rest, ".!?"))
			return true;
	}
	return false;
}

/* Whether all lines from `i` to `end` are of few words and no sentences. */
static bool are_short(const struct reading *r, size_t i, size_t end, size_t words)
{
	for (; i < end; i++) {
		const struct line *line = &r->lines[i];

		if (line->bullet || page_words(line->text) > words ||
		    ends_with_any(line->text, "?:") ||
		    (line->length >= WRAP_MIN && goes_on(r, i)) ||
		    (words == MENU_WORDS && ends_with_any(line->text, ".!")))
			return false;
	}
	return true;
}

static size_t menu_read(struct reading *r, size_t i)
{
	size_t end = stanza_end(r, i);

	for (; i < end; i++)
		page_drop(r->page, r->lines[i].number, r->lines[i].text, STR("navigation"));
	return i;
}

static size_t tabs_in(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\t';
	return n;
}

/* Browsers put tabs between the cells of a copied table. The end of the rows that begin at `i`; `i` when
 * there are fewer than two. */
static size_t table_end(const struct reading *r, size_t i)
{
	size_t tabs = tabs_in(r->lines[i].text);
	size_t end = i;

	while (tabs && end < r->n && !r->lines[end].bullet && tabs_in(r->lines[end].text) == tabs)
		end++;
	return end >= i + 2 ? end : i;
}

static size_t table_read(struct reading *r, size_t i, size_t end)
{
	struct arena *arena = r->page->arena;
	struct table table = {.has_header = tabs_in(r->lines[i].text) > 1};

	for (; i < end; i++) {
		struct table_row row = {.line = r->lines[i].number};
		struct str rest = r->lines[i].text;
		struct str cell;
		size_t cap = 0;

		while (str_cut(&rest, '\t', &cell)) {
			row.cells = arena_grow(arena, row.cells, &row.n, &cap, sizeof *row.cells);
			row.cells[row.n - 1] = cell;
		}
		table.rows =
			arena_grow(arena, table.rows, &table.n, &table.cap, sizeof *table.rows);
		table.rows[table.n - 1] = row;
	}
	page_add_table(r->page, &table);
	return i;
}

/* Lines that the bullets were lost from. */
static bool is_bare_list(const struct reading *r, size_t i)
{
	size_t end = stanza_end(r, i);

	return end >= i + 2 && are_short(r, i, end, LIST_WORDS);
}

static size_t bare_list_read(struct reading *r, size_t i)
{
	size_t end = stanza_end(r, i);

	for (; i < end; i++)
		page_add_text(r->page, BLOCK_ITEM, 0, r->lines[i].number, r->lines[i].text);
	r->list_due = false;
	return i;
}

/* --- the whole ---------------------------------------------------------------------------- */

/* "Side effects:" on a line of its own, with a text under it. */
static bool is_label(const struct reading *r, size_t i, size_t end, struct str text)
{
	size_t next = next_line(r, end);

	return ends_with_any(text, ":") && end == i + 1 && next > end && next < r->n &&
	       !r->lines[next].bullet && !is_bare_list(r, next) && page_words(text) <= MENU_WORDS &&
	       page_is_heading(str_sub(text, 0, text.n - 1));
}

static size_t paragraph_read(struct reading *r, size_t i)
{
	unsigned number = r->lines[i].number;
	size_t from = is_numbered_heading(r, i) ? r->lines[i].bullet : 0;
	struct str text;
	size_t end = lines_join(r, i, from, false, &text);

	if (is_label(r, i, end, text))
		text.n--;
	if (page_is_heading(text) && end <= i + 2)
		page_add_text(r->page, BLOCK_HEADING, 2, number, text);
	else
		page_add_text(r->page, BLOCK_PARAGRAPH, 0, number, text);
	r->list_due = ends_with_any(text, ":");
	return end;
}

static size_t stanza_read(struct reading *r, size_t i)
{
	size_t end = stanza_end(r, i);
	bool is_first = i == 0 || r->lines[i - 1].text.n == 0;

	if (table_end(r, i) > i)
		return table_read(r, i, table_end(r, i));
	if (is_menu_row(r->lines[i].text)) {
		page_drop(r->page, r->lines[i].number, r->lines[i].text, STR("navigation"));
		return i + 1;
	}
	if (r->list_due && is_bare_list(r, i))
		return bare_list_read(r, i);
	if (is_first && end >= i + MENU_LINES && are_short(r, i, end, MENU_WORDS))
		return menu_read(r, i);
	return paragraph_read(r, i);
}

void page_read_text(struct page *page, struct str text)
{
	struct reading r = {.page = page};

	page->is_guessed = true;
	lines_read(&r, text);
	widths_set(&r);
	for (size_t i = next_line(&r, 0); i < r.n; i = next_line(&r, i)) {
		if (is_item(&r, i)) {
			r.list_due = false;
			i = item_read(&r, i);
		} else {
			r.ordinal = r.lines[i].bullet ? r.ordinal : 0;
			i = stanza_read(&r, i);
		}
	}
}
