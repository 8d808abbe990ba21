/* The walk over a page's tree that finds its article and fills the page's blocks (html.h). */
#ifndef WIRE_HTML_BLOCKS_H
#define WIRE_HTML_BLOCKS_H

#include <libxml/tree.h>

#include "core/page.h"

/* Reads `doc` into page->blocks and page->dropped, and an <h1> from outside of the article into
 * page->title. Recurses as deep as elements are nested, which libxml2 limits to 256. */
void html_blocks(xmlDoc *doc, struct page *page);

/* A table of data into list items (html_table.c); false for one that only lays a page out, or that is
 * too large. */
bool html_table(xmlNode *table, struct page *page);

#endif
