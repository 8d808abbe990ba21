#include "core/page.h"

static struct str cell_text(const struct table_row *row, size_t column)
{
	return column < row->n ? str_trim(row->cells[column]) : STR("");
}

static bool ends_clause(struct str s)
{
	return str_ends(s, STR(".")) || str_ends(s, STR(":")) || str_ends(s, STR("?")) ||
	       str_ends(s, STR("!"));
}

/* "Header:", once. */
static struct str label(struct str header)
{
	return str_trim(str_ends(header, STR(":")) ? str_sub(header, 0, header.n - 1) : header);
}

static void cell_add(struct runs *runs, struct str header, struct str cell, bool is_first,
		     struct arena *arena)
{
	if (!is_first)
		runs_add(runs, RUN_PLAIN, STR("; "), arena);
	if (header.n) {
		runs_add(runs, RUN_PLAIN, label(header), arena);
		runs_add(runs, RUN_PLAIN, STR(": "), arena);
	}
	runs_add(runs, RUN_PLAIN, cell, arena);
}

static void row_add(struct page *page, const struct table_row *header, const struct table_row *row)
{
	struct runs runs = {0};
	struct str lead = cell_text(row, 0);
	bool has_lead = row->has_lead && lead.n && row->n > 1;
	bool is_first = true;

	if (has_lead) {
		runs_add(&runs, RUN_STRONG, lead, page->arena);
		if (!ends_clause(lead))
			runs_add(&runs, RUN_STRONG, STR("."), page->arena);
		runs_add(&runs, RUN_PLAIN, STR(" "), page->arena);
	}
	for (size_t i = has_lead; i < row->n; i++) {
		struct str cell = cell_text(row, i);
		struct str name = header ? cell_text(header, i) : STR("");

		if (cell.n == 0)
			continue;
		/* Two columns without names are a name and what is said of it. */
		if (!header && row->n == 2 && i == 1 && lead.n && !has_lead) {
			runs_add(&runs, RUN_PLAIN, ends_clause(lead) ? STR(" ") : STR(": "),
				 page->arena);
			is_first = true;
		}
		cell_add(&runs, name, cell, is_first, page->arena);
		is_first = false;
	}
	page_add(page, BLOCK_ITEM, 0, row->line, &runs);
}

void page_add_table(struct page *page, const struct table *table)
{
	const struct table_row *header = table->has_header && table->n > 1 ? table->rows : NULL;

	if (!table->rows)
		return;
	for (size_t i = header != NULL; i < table->n; i++)
		row_add(page, header, &table->rows[i]);
}
