/* A saved web page to the blocks of its article. The only room that knows libxml2; its parser reads
 * what browsers read, unclosed tags and all. Nothing is fetched and no script is run.
 *
 * The article is looked for in <main> or <article>, else in the whole body. Left out, each with a
 * word in page->dropped: what surrounds it; navigation, cookie banners, adverts, sharing, asides,
 * forms, told by element, role or class; lists and paragraphs that are nothing but links; what is not
 * shown. Bold, italics and the text of links stay. Nested lists are joined to the item they stand
 * in, and a row of a table becomes an item (page.h). */
#ifndef WIRE_HTML_H
#define WIRE_HTML_H

#include "core/err.h"
#include "core/page.h"

#define HTML_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* Fills the page: blocks, title (of <h1> outside of the article, else of <title>), language, and the
 * canonical link as its source. ERR_INPUT for more than HTML_BYTES_MAX, for what is no text or of an
 * unknown character set, and for a page that is nested too deep to be a real one. */
bool html_read(struct str bytes, struct page *page, struct err *err);

/* Whether text that nobody named looks like HTML. */
bool html_is_likely(struct str text);

#endif
