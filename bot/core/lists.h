/* The language pack's files: Markdown with `## heading` blocks, each with text and a bullet list
 * that the program reads. Line numbers are kept for mistakes. */
#ifndef CORE_LISTS_H
#define CORE_LISTS_H

#include "core/arena.h"
#include "core/book.h"

#define LISTS_MAX 4000 /* in one file: as many as an article has ids, and more */

struct list_item {
	struct str text; /* without the bullet, trimmed; the lines below it, up to a blank one, are
			    joined to it */
	unsigned line;
};

struct list {
	struct str title; /* of the `##` heading */
	unsigned line;
	struct str text; /* everything between this heading and the next, trimmed, as written */
	struct list_item *items;
	size_t items_n;
};

struct lists {
	struct str file;
	struct list *v;
	size_t n;
};

/* Cuts a file up. Anything above the first `##` heading is for the reader of the file only. A
 * heading that stands twice, more than LISTS_MAX of them, an empty bullet and text that is not UTF-8 are mistakes; what could
 * be read is given all the same. A byte order mark and carriage returns are passed over. */
struct lists lists_parse(const struct source *source, struct arena *arena,
			 struct mistakes *mistakes);

/* Whether a line begins an item, `*text` being what stands behind its bullet, trimmed; and whether one goes on
 * with the item above it. */
bool lists_begins_item(struct str line, struct str *text);
bool lists_goes_on(struct str line);

/* The first block with this title, or NULL. */
const struct list *lists_find(const struct lists *lists, struct str title);

#endif
