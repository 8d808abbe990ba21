/* What a book teaches its index with: staff's examples of questions that a passage answers, from
 * NAME.questions.md, and of questions that are not covered, from NAME.not-covered.md (not by that
 * article) and en/not-covered.md (not by any). Each is cut into words here, once for all who
 * learn from it. All lives in one arena, which the index does not need. */
#ifndef CORE_LESSONS_H
#define CORE_LESSONS_H

#include "core/article.h"
#include "core/lexicon.h"
#include "core/mistakes.h"

struct source;
struct vectors;

/* A line of a list. */
struct lesson {
	struct str text;
	struct words words; /* as they are written (lexicon.h) */
	size_t saying;	    /* lines with the same words, whatever their case and marks, share it */
	size_t alike;	    /* the phrasing or uncovered before it with this saying, + 1; 0: none */
	unsigned line;
};

/* One of a whole section stands here once for each of its passages. */
struct phrasing {
	struct lesson lesson;
	const struct passage *passage;
};

struct uncovered {
	struct lesson lesson;
	const struct article *article; /* that does not answer it; NULL: none does */
};

/* The last line of each kind that says this, + 1; 0 where none does. */
struct saying {
	size_t phrasing, uncovered;
};

struct lessons {
	const struct lexicon *lexicon;
	struct stems *stems; /* of its language */
	struct arena *arena;
	struct phrasing *phrasings;
	size_t phrasings_n, phrasings_cap;
	struct uncovered *uncovered;
	size_t uncovered_n, uncovered_cap;
	struct textset said; /* folded words, a blank between them: sayings */
	struct saying *sayings;
	size_t sayings_n, sayings_cap;
	const struct vectors *vectors; /* NULL: no classifier */
};

/* Adds the lists of a questions file: `## <passage id>`, or `## <section id>` for what asks about all of
 * a section. An unknown id, an item without words, and a phrasing that stands in two lists, are mistakes;
 * one that stands twice in one list is a warning. What differs in case and marks only is the same. */
void lessons_add_phrasings(struct lessons *lessons, const struct source *questions_md,
			   const struct article *article, struct mistakes *mistakes);

/* Adds the `## topic` lists of a file of questions that `article` does not cover (NULL: that none does).
 * One that is a phrasing of the article, too, is a mistake, and a warning where it is said of no article in
 * particular: add those first. One that stands twice is a warning. */
void lessons_add_uncovered(struct lessons *lessons, const struct source *not_covered_md,
			   const struct article *article, struct mistakes *mistakes);

#endif
