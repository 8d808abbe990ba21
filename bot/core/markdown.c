#include "core/markdown.h"

#include <cmark.h>
#include <stdlib.h>

#include "core/buf.h"

/* No CMARK_OPT_UNSAFE: raw HTML and script links are left out. */
#define OPTIONS (CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)
#define PLAIN_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct str markdown_html(struct str markdown, struct arena *arena)
{
	char *html = cmark_markdown_to_html(markdown.p ? markdown.p : "", markdown.n, OPTIONS);
	struct str out = arena_str(arena, str_trim(str_of(html)));

	free(html);
	return out;
}

static void block_end(struct buf *out, cmark_node *node)
{
	cmark_node *parent = cmark_node_parent(node);
	bool tight = parent && cmark_node_get_type(parent) == CMARK_NODE_ITEM &&
		     cmark_node_get_list_tight(cmark_node_parent(parent));

	buf_add(out, tight ? STR("\n") : STR("\n\n"));
}

static void item_begin(struct buf *out, cmark_node *item)
{
	cmark_node *list = cmark_node_parent(item);
	int number;

	if (!list || cmark_node_get_list_type(list) != CMARK_ORDERED_LIST) {
		buf_add(out, STR("- "));
		return;
	}
	number = cmark_node_get_list_start(list);
	for (cmark_node *before = cmark_node_previous(item); before;
	     before = cmark_node_previous(before))
		number++;
	buf_addf(out, "%d. ", number);
}

static void node_enter(struct buf *out, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
	case CMARK_NODE_CODE_BLOCK:
		buf_add(out, str_of(cmark_node_get_literal(node)));
		break;
	case CMARK_NODE_SOFTBREAK:
		buf_add_char(out, ' ');
		break;
	case CMARK_NODE_LINEBREAK:
		buf_add_char(out, '\n');
		break;
	case CMARK_NODE_ITEM:
		item_begin(out, node);
		break;
	default:
		break;
	}
}

static void node_leave(struct buf *out, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_PARAGRAPH:
	case CMARK_NODE_HEADING:
		block_end(out, node);
		break;
	case CMARK_NODE_LIST:
		if (cmark_node_get_list_tight(node))
			buf_add_char(out, '\n');
		break;
	case CMARK_NODE_LINK:
		buf_addf(out, " (%s)", cmark_node_get_url(node));
		break;
	default:
		break;
	}
}

struct str markdown_node_plain(cmark_node *node, struct arena *arena)
{
	cmark_iter *iter = cmark_iter_new(node);
	cmark_event_type event;
	struct buf out;
	struct str plain;

	buf_init(&out, PLAIN_BYTES_MAX);
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		if (event == CMARK_EVENT_ENTER)
			node_enter(&out, cmark_iter_get_node(iter));
		else
			node_leave(&out, cmark_iter_get_node(iter));
	}
	cmark_iter_free(iter);
	plain = arena_str(arena, str_trim(buf_str(&out)));
	buf_done(&out);
	return plain;
}

struct str markdown_plain(struct str markdown, struct arena *arena)
{
	cmark_node *root = cmark_parse_document(markdown.p ? markdown.p : "", markdown.n, OPTIONS);
	struct str out = markdown_node_plain(root, arena);

	cmark_node_free(root);
	return out;
}
