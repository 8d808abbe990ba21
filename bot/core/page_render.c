#include "core/page_render.h"

#include <cmark.h>
#include <stdlib.h>

#include "core/markdown.h"

#define LINE_WIDTH 96 /* an item's lines are indented by two */

static struct str rendered(cmark_node *node, int width, struct arena *arena)
{
	char *text = cmark_render_commonmark(node, CMARK_OPT_DEFAULT, width);
	struct str out = arena_str(arena, str_trim(str_of(text)));

	free(text);
	return out;
}

/* Whether the backslash at `at` can go: "!" is escaped for images only, ">" for the start of a line,
 * and an id in braces means the same with and without. */
static bool is_needless(struct str s, size_t at, bool line_start)
{
	char next = at + 1 < s.n ? s.p[at + 1] : '\0';

	if (next == '!')
		return at + 2 >= s.n || s.p[at + 2] != '[';
	if (next == '>')
		return !line_start;
	return next == '#' && at > 0 && s.p[at - 1] == '{';
}

static struct str without_needless(struct str s, struct arena *arena)
{
	char *p = arena_alloc(arena, s.n + 1);
	bool line_start = true;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\' || !is_needless(s, i, line_start))
			p[n++] = s.p[i];
		/* What an escape is made of is no escape. */
		if (s.p[i] == '\\' && i + 1 < s.n)
			p[n++] = s.p[++i];
		line_start = s.p[i] == '\n' || (line_start && s.p[i] == ' ');
	}
	return (struct str){p, n};
}

static bool reads_as(struct str markdown, struct str plain, struct arena *arena)
{
	cmark_node *root = cmark_parse_document(markdown.p, markdown.n, CMARK_OPT_DEFAULT);
	cmark_node *first = cmark_node_first_child(root);
	bool same = first && !cmark_node_next(first) &&
		    cmark_node_get_type(first) == CMARK_NODE_PARAGRAPH &&
		    str_eq(markdown_node_plain(first, arena), plain);

	cmark_node_free(root);
	return same;
}

bool render_paragraph(cmark_node *paragraph, struct str plain, bool wrapped, struct arena *arena,
		      struct str *out)
{
	*out = rendered(paragraph, wrapped ? LINE_WIDTH : 0, arena);
	*out = without_needless(*out, arena);
	return reads_as(*out, plain, arena);
}

struct str render_block(cmark_node *block, struct arena *arena)
{
	return rendered(block, 0, arena);
}
