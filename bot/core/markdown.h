/* Markdown to what a platform shows, by cmark. Input is text of ours (passages, replies), never a
 * patient's. */
#ifndef CORE_MARKDOWN_H
#define CORE_MARKDOWN_H

#include "core/arena.h"

struct cmark_node;

/* HTML with raw HTML and unsafe links left out: paragraphs, lists, emphasis, links. */
struct str markdown_html(struct str markdown, struct arena *arena);
/* Without markup; lists keep their dashes, paragraphs their blank lines. */
struct str markdown_plain(struct str markdown, struct arena *arena);

/* The same for a part of a document that cmark has read. */
struct str markdown_node_plain(struct cmark_node *node, struct arena *arena);

#endif
