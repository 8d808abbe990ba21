/* How the rooms of import.h work together: each takes the page one step further. */
#ifndef CORE_IMPORT_INSIDE_H
#define CORE_IMPORT_INSIDE_H

#include "core/noise.h"
#include "core/page.h"

/* Marks what is no part of the article as gone, and says why. (import_noise.c) */
void import_noise(struct page *page, const struct noise *noise);

/* Settles which of the lines that look like headings are, and which is the title.
 * (import_guesses.c) */
void import_guesses(struct page *page);

/* Finds the title, takes headings with nothing under them out, brings the others to levels 2 and 3
 * and gives an id to those that could not be told apart. (import_headings.c) */
void import_headings(struct page *page, struct str name);

/* Helpers: the block before or behind number `i` that is not gone; the number of blocks when there is
 * none. The first is behind SIZE_MAX, the last before the number of blocks:
 *     for (i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) ... */
size_t import_next(const struct page *page, size_t i);
size_t import_before(const struct page *page, size_t i);
/* Leaves a block out and says so. */
void import_drop(struct page *page, size_t i, struct str why);

#endif
