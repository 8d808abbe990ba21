#include "wire/html_blocks.h"
#include "wire/html_tree.h"

#define COLUMNS_MAX 20
#define ROWS_MAX 500
#define CELL_LETTERS_MAX 1500 /* more in one cell is a page that a table lays out */

/* A cell that reaches down into the next rows. */
struct reach {
	struct str text;
	size_t rows;
};

struct reading {
	struct table table;
	struct reach reach[COLUMNS_MAX];
	struct arena *arena;
};

static bool is_cell(const xmlNode *node)
{
	return html_is(node, "td") || html_is(node, "th");
}

static bool is_layout(xmlNode *table, struct arena *arena)
{
	struct str role = html_attribute(table, "role", arena);

	if (str_eq(role, STR("presentation")) || str_eq(role, STR("none")) ||
	    html_find(table, "table") || html_has_heading(table))
		return true;
	for (xmlNode *node = html_next(table, table); node; node = html_next(node, table))
		if (is_cell(node) && html_weight_of(node).plain > CELL_LETTERS_MAX)
			return true;
	return false;
}

/* colspan and rowspan: 1 when it is not a sensible number. */
static size_t span_of(xmlNode *cell, const char *name, size_t max, struct arena *arena)
{
	uint64_t n;

	if (!str_to_u64(html_attribute(cell, name, arena), &n) || n < 1)
		return 1;
	return n < max ? (size_t)n : max;
}

static void cell_put(struct table_row *row, struct str text)
{
	if (row->n < COLUMNS_MAX)
		row->cells[row->n++] = text;
}

/* What reaches down from the rows above, up to the next free column. */
static void reach_put(struct reading *r, struct table_row *row)
{
	while (row->n < COLUMNS_MAX && r->reach[row->n].rows) {
		r->reach[row->n].rows--;
		cell_put(row, r->reach[row->n].text);
	}
}

static void cell_read(struct reading *r, struct table_row *row, xmlNode *cell)
{
	size_t columns = span_of(cell, "colspan", COLUMNS_MAX, r->arena);
	size_t rows = span_of(cell, "rowspan", ROWS_MAX, r->arena);
	struct str text = html_text(cell, r->arena);

	for (size_t i = 0; i < columns && row->n < COLUMNS_MAX; i++) {
		r->reach[row->n] = (struct reach){text, rows - 1};
		/* Said once. */
		cell_put(row, i == 0 ? text : STR(""));
	}
}

static void row_read(struct reading *r, xmlNode *tr)
{
	struct table_row row = {.line = (unsigned)xmlGetLineNo(tr)};
	bool all_headers = true;
	bool filled = false;

	row.cells = arena_array(r->arena, COLUMNS_MAX, sizeof *row.cells);
	for (xmlNode *cell = tr->children; cell; cell = cell->next) {
		if (!is_cell(cell))
			continue;
		reach_put(r, &row);
		row.has_lead = row.has_lead || (row.n == 0 && html_is(cell, "th"));
		all_headers = all_headers && html_is(cell, "th");
		cell_read(r, &row, cell);
		filled = true;
	}
	reach_put(r, &row);
	if (!filled)
		return;
	if (r->table.n == 0)
		r->table.has_header = (all_headers && row.n > 1) || html_is(tr->parent, "thead");
	r->table.rows = arena_grow(r->arena, r->table.rows, &r->table.n, &r->table.cap,
				   sizeof *r->table.rows);
	r->table.rows[r->table.n - 1] = row;
}

bool html_table(xmlNode *table, struct page *page)
{
	struct reading r = {.arena = page->arena};
	bool has_columns = false;
	xmlNode *caption;

	if (is_layout(table, page->arena))
		return false;
	for (xmlNode *node = html_next(table, table); node; node = html_next(node, table))
		if (html_is(node, "tr") && r.table.n < ROWS_MAX)
			row_read(&r, node);
	for (size_t i = 0; i < r.table.n; i++) {
		has_columns = has_columns || r.table.rows[i].n > 1;
		/* A first column without a name holds the names of the rows. */
		if (r.table.has_header && r.table.rows[0].n &&
		    !str_trim(r.table.rows[0].cells[0]).n)
			r.table.rows[i].has_lead = true;
	}
	if (!has_columns || r.table.n == ROWS_MAX)
		return false;
	caption = html_find(table, "caption");
	if (caption)
		page_add_text(page, BLOCK_PARAGRAPH, 0, (unsigned)xmlGetLineNo(caption),
			      html_text(caption, page->arena));
	page_add_table(page, &r.table);
	return true;
}
