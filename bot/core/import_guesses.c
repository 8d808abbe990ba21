#include "core/import_inside.h"

#define SENTENCE_WORDS 5 /* a line that heads nothing and has so many is a paragraph */

static bool is_heading(const struct page *page, size_t i)
{
	return i < page->blocks_n && page->blocks[i].kind == BLOCK_HEADING;
}

/* The lines on top that look like headings: what the site puts there, the title, the first heading.
 * One is the title; of more the last is taken for the first section's heading, and the one above it
 * for the title. */
static void title_settle(struct page *page)
{
	size_t first = import_next(page, SIZE_MAX);
	size_t title = first;
	size_t i = first;
	size_t n = 0;

	for (; is_heading(page, i); i = import_next(page, i))
		n++;
	if (n == 0 || i == page->blocks_n)
		return;
	for (size_t k = 2; k < n; k++) {
		size_t next = import_next(page, title);

		import_drop(page, title, STR("above the title"));
		title = next;
	}
	page->blocks[title].level = 1;
}

/* A line under which nothing stands is no heading. */
static void headings_settle(struct page *page)
{
	size_t end = page->blocks_n;

	for (size_t i = import_next(page, SIZE_MAX); i < end; i = import_next(page, i)) {
		struct block *b = &page->blocks[i];
		size_t next = import_next(page, i);

		if (!is_heading(page, i) || b->level == 1)
			continue;
		if ((next == end || is_heading(page, next)) &&
		    page_words(b->plain) >= SENTENCE_WORDS && !str_ends(b->plain, STR("?")))
			b->kind = BLOCK_PARAGRAPH;
	}
}

void import_guesses(struct page *page)
{
	title_settle(page);
	headings_settle(page);
}
