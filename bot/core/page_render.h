/* What cmark has read or was given, written as Markdown for an article: wrapped, and with no more
 * backslashes than are needed. For the rooms of page.h. */
#ifndef CORE_PAGE_RENDER_H
#define CORE_PAGE_RENDER_H

#include "core/arena.h"

struct cmark_node;

/* One paragraph; true when `*out` reads back as one paragraph of the words `plain`. cmark escapes what
 * could be markup, but where it wraps a line could begin like a list, and some emphasis ("**a:**b")
 * cannot be written. */
bool render_paragraph(struct cmark_node *paragraph, struct str plain, bool wrapped,
		      struct arena *arena, struct str *out);
/* Any other block, not wrapped. */
struct str render_block(struct cmark_node *block, struct arena *arena);

#endif
