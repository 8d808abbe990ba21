/* How pages name the parts of them that are not the article: elements, roles and classes. These are
 * words of HTML and of its authors' habits, not of a language that people speak. */
#ifndef WIRE_HTML_NOISE_H
#define WIRE_HTML_NOISE_H

#include "core/str.h"

/* What is known of an element. Texts are empty where the page does not say. */
struct html_signs {
	struct str element; /* "div" */
	struct str role, class, id;
};

struct html_noise {
	struct str why;	    /* empty: none */
	unsigned share_max; /* per cent of the page's words; with more it is the page itself */
};

struct html_noise html_noise_of(const struct html_signs *signs);

/* Elements whose text is never shown: scripts, styles. */
bool html_is_mute(struct str element);
/* Elements that begin and end a paragraph. */
bool html_is_block(struct str element);

#endif
