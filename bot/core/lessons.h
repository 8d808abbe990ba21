/* What a book teaches its index with: staff's examples of questions that a passage answers, from
 * NAME.questions.md, and of questions that are not covered, from NAME.not-covered.md (not by that
 * article) and en/not-covered.md (not by any). Texts and all live in the arena they are added in,
 * which the index does not need. */
#ifndef CORE_LESSONS_H
#define CORE_LESSONS_H

#include "core/article.h"
#include "core/mistakes.h"

struct source;
struct vectors;

/* One of a whole section stands here once for each of its passages. */
struct phrasing {
	struct str text;
	struct str words; /* folded, a blank between them: lines that share them say the same */
	const struct passage *passage;
	unsigned line;
};

struct uncovered {
	struct str text;
	struct str words;
	const struct article *article; /* that does not answer it; NULL: none does */
	unsigned line;
};

struct lessons {
	struct phrasing *phrasings;
	size_t phrasings_n, phrasings_cap;
	struct uncovered *uncovered;
	size_t uncovered_n, uncovered_cap;
	const struct vectors *vectors; /* NULL: no classifier */
};

/* Adds the lists of a questions file: `## <passage id>`, or `## <section id>` for what asks about all of
 * a section. An unknown id, an item without words, and a phrasing that stands in two lists, are mistakes;
 * one that stands twice in one list is a warning. What differs in case and marks only is the same. */
void lessons_add_phrasings(struct lessons *lessons, const struct source *questions_md,
			   const struct article *article, struct arena *arena,
			   struct mistakes *mistakes);

/* Adds the `## topic` lists of a file of questions that `article` does not cover (NULL: that none does).
 * One that is a phrasing of the article, too, is a mistake, and a warning where it is said of no article in
 * particular: add those first. One that stands twice is a warning. */
void lessons_add_uncovered(struct lessons *lessons, const struct source *not_covered_md,
			   const struct article *article, struct arena *arena,
			   struct mistakes *mistakes);

#endif
