/* Markdown to what a platform shows, by cmark. Input is text of ours (passages, replies), never a
 * patient's. */
#ifndef CORE_MARKDOWN_H
#define CORE_MARKDOWN_H

#include "core/arena.h"

/* HTML with raw HTML and unsafe links left out: paragraphs, lists, emphasis, links. */
struct str markdown_html(struct str markdown, struct arena *arena);
/* Without markup; lists keep their dashes, paragraphs their blank lines. */
struct str markdown_plain(struct str markdown, struct arena *arena);

#endif
