#include "wire/html_tree.h"

#include <string.h>

#include "core/buf.h"
#include "core/page.h"
#include "wire/html_noise.h"

#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)

bool html_is(const xmlNode *node, const char *element)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, element) == 0;
}

unsigned html_heading_level(const xmlNode *node)
{
	const char *name = node->type == XML_ELEMENT_NODE ? (const char *)node->name : "";

	return name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && name[2] == '\0'
		       ? (unsigned)(name[1] - '0')
		       : 0;
}

struct str html_attribute(xmlNode *node, const char *name, struct arena *arena)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	struct str out = arena_str(arena, str_trim(str_of((const char *)value)));

	if (value)
		xmlFree(value);
	return out;
}

struct str html_own_text(const xmlNode *node)
{
	bool is_text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;

	return is_text ? str_of((const char *)node->content) : STR("");
}

xmlNode *html_after(xmlNode *node, const xmlNode *top)
{
	while (node && node != top && !node->next) {
		node = node->parent;
		if (node && node->type == XML_HTML_DOCUMENT_NODE)
			return NULL;
	}
	return node && node != top ? node->next : NULL;
}

xmlNode *html_next(xmlNode *node, const xmlNode *top)
{
	/* Below an entity's reference stands its declaration. */
	if (node->type == XML_ELEMENT_NODE && node->children)
		return node->children;
	return html_after(node, top);
}

bool html_contains(const xmlNode *outer, const xmlNode *inner)
{
	while (inner && inner != outer)
		inner = inner->parent;
	return inner != NULL;
}

static bool is_mute(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE && html_is_mute(str_of((const char *)node->name));
}

/* html_next() without what is never shown. */
static xmlNode *next_shown(xmlNode *node, const xmlNode *top)
{
	node = html_next(node, top);
	while (node && is_mute(node))
		node = html_after(node, top);
	return node;
}

xmlNode *html_find(xmlNode *top, const char *element)
{
	xmlNode *node = next_shown(top, top);

	while (node && !html_is(node, element))
		node = next_shown(node, top);
	return node;
}

bool html_has_heading(xmlNode *top)
{
	xmlNode *node = next_shown(top, top);

	while (node && !html_heading_level(node))
		node = next_shown(node, top);
	return node != NULL;
}

struct str html_text(xmlNode *top, struct arena *arena)
{
	struct runs runs = {0};

	for (xmlNode *node = next_shown(top, top); node; node = next_shown(node, top)) {
		bool apart =
			node->type == XML_ELEMENT_NODE &&
			(html_is(node, "br") || html_is_block(str_of((const char *)node->name)));

		runs_add(&runs, RUN_PLAIN, apart ? STR(" ") : html_own_text(node), arena);
	}
	return runs_plain(&runs, arena);
}

size_t html_letters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		n += c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
	}
	return n;
}

struct html_weight html_weight_of(xmlNode *top)
{
	struct html_weight weight = {0};
	const xmlNode *link = NULL;

	for (xmlNode *node = next_shown(top, top); node; node = next_shown(node, top)) {
		size_t n = html_letters(html_own_text(node));

		if (html_is(node, "a") && xmlHasProp(node, (const xmlChar *)"href"))
			link = node;
		if (n && link && html_contains(link, node))
			weight.linked += n;
		else
			weight.plain += n;
	}
	return weight;
}
