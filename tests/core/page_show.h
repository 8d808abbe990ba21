/* A page as short text, for tests: one line a block, "2# Heading", "- item", "paragraph". */
#ifndef TESTS_PAGE_SHOW_H
#define TESTS_PAGE_SHOW_H

#include "core/buf.h"
#include "core/page.h"

static inline struct str page_show(const struct page *page)
{
	struct buf b;
	struct str out;

	buf_init(&b, 1000000);
	for (size_t i = 0; i < page->blocks_n; i++) {
		const struct block *block = &page->blocks[i];

		if (block->is_gone)
			continue;
		if (block->kind == BLOCK_HEADING)
			buf_addf(&b, "%u# ", block->level);
		else if (block->kind == BLOCK_ITEM)
			buf_addf(&b, "- ");
		buf_addf(&b, STR_FMT "\n", STR_ARG(block->markdown));
	}
	out = arena_str(page->arena, buf_str(&b));
	buf_done(&b);
	return out;
}

/* "12 Banner Ad (advert)", one a line. */
static inline struct str page_show_dropped(const struct page *page)
{
	struct buf b;
	struct str out;

	buf_init(&b, 1000000);
	for (size_t i = 0; i < page->dropped_n; i++) {
		const struct page_note *note = &page->dropped[i];

		buf_addf(&b, "%u " STR_FMT " (" STR_FMT ")\n", note->line, STR_ARG(note->text),
			 STR_ARG(note->why));
	}
	out = arena_str(page->arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static inline bool page_has_warning(const struct page *page, const char *part)
{
	for (size_t i = 0; i < page->warnings_n; i++)
		if (str_find(page->warnings[i].why, str_of(part)) >= 0)
			return true;
	return false;
}

#endif
