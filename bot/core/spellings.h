/* The words that the speller of a book shall know, gathered from the files it is made of. Lives in a
 * scratch arena until the speller stands. */
#ifndef CORE_SPELLINGS_H
#define CORE_SPELLINGS_H

#include "core/book.h"
#include "core/speller.h"

struct spellings {
	struct spelling *v;
	size_t n, cap;
	struct arena *scratch;
	struct stems words; /* of no language: a word met again is not kept again */
};

void spellings_init(struct spellings *spellings, struct arena *scratch);

void spellings_add(struct spellings *spellings, struct str text, enum spelling_how how);
/* The letters of the words must live as long as the arena. */
void spellings_add_words(struct spellings *spellings, const struct words *words,
			 enum spelling_how how);
/* Titles and passages: spelt right. */
void spellings_add_article(struct spellings *spellings, const struct article *article);
/* The lists of a file of the language pack: flags are met as they are written there (SPELLING_KNOWN),
 * examples are as people type (SPELLING_SEEN). NULL adds nothing. */
void spellings_add_lists(struct spellings *spellings, const struct source *lists_md,
			 enum spelling_how how);
/* The messages of en/urgent-examples.md: as people type, and signs but for those under `## none`. */
void spellings_add_messages(struct spellings *spellings, const struct source *examples_md);
/* The entries of en/concepts.txt: spelt right, but for the beginnings of words ("wine*"), which are
 * words only if the vectors say so. NULL adds nothing. */
void spellings_add_concepts(struct spellings *spellings, const struct source *concepts_txt);

#endif
