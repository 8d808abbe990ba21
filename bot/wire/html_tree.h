/* The tree that libxml2 gives, asked what the rooms of html.h need to know. */
#ifndef WIRE_HTML_TREE_H
#define WIRE_HTML_TREE_H

#include <libxml/tree.h>

#include "core/arena.h"

/* Whether it is an element of this name. Accepts NULL. */
bool html_is(const xmlNode *node, const char *element);
/* The level of <h1> to <h6>, else 0. */
unsigned html_heading_level(const xmlNode *node);
/* An attribute's value without blanks at its ends; empty when there is none. */
struct str html_attribute(xmlNode *node, const char *name, struct arena *arena);
/* The text of a text node, borrowed; empty for any other node. */
struct str html_own_text(const xmlNode *node);

/* In the order of the page, inside of `top` (NULL: the whole page). html_after() passes over what
 * stands in `node`. NULL behind the last one. */
xmlNode *html_next(xmlNode *node, const xmlNode *top);
xmlNode *html_after(xmlNode *node, const xmlNode *top);

bool html_contains(const xmlNode *outer, const xmlNode *inner);
/* The first element inside of `top` of this name. */
xmlNode *html_find(xmlNode *top, const char *element);
/* Whether a heading stands in it. */
bool html_has_heading(xmlNode *top);

/* All text in it that is shown, on one line, scripts and the like left out. */
struct str html_text(xmlNode *top, struct arena *arena);

/* Letters and digits (bytes) in it, inside of links and outside. */
struct html_weight {
	size_t linked, plain;
};
struct html_weight html_weight_of(xmlNode *top);
/* The same for a piece of text. */
size_t html_letters(struct str text);

#endif
