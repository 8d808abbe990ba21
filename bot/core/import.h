/* From somebody's page to an article in the form of article.h: what is no part of the article is left
 * out (noise.h), a title is found, headings get two levels and slugs of their own, and all of it is
 * written with a front matter. Importing the result again changes nothing. */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "core/err.h"
#include "core/noise.h"
#include "core/page.h"

struct imported {
	struct str text; /* in the page's arena */
	size_t sections, passages;
};

/* `name` is the file's base name ("aftercare.html"): the source where the page names none, and the
 * title where it has none. What was left out and what deserves a look stands in the page afterwards,
 * also on failure. ERR_INPUT when too little text is left, when the article would be larger than
 * ARTICLE_BYTES_MAX, or when it would hold a mistake that only a person can mend. */
bool import_article(struct page *page, const struct noise *noise, struct str name,
		    struct imported *out, struct err *err);

#endif
