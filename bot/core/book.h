/* The book: everything the bot can say and all it needs to choose, built once from the files in
 * `intents/`, immutable, and swapped whole on reload. */
#ifndef CORE_BOOK_H
#define CORE_BOOK_H

#include "core/article.h"
#include "core/mistakes.h"

struct index;
struct lexicon;
struct replies;
struct urgent;
struct cues;
struct concepts;
struct foreign;
struct speller;
struct tongues;

/* A file as it was read: name relative to `intents/` ("en/replies.md"), and its text. */
struct source {
	struct str name;
	struct str text;
};

/* What the fixed texts fill in. All from the configuration. */
struct clinic {
	struct str name, phone, emergency, crisis_line, staff;
	struct str article; /* set by book_new: the title of the first article */
};

struct book {
	struct arena arena;
	struct str version; /* 16 hex digits over all files and the clinic's details */
	struct clinic clinic;
	const struct article **articles; /* sorted by name */
	size_t articles_n;
	const struct lexicon *lexicon;
	const struct replies *replies;
	const struct urgent *urgent;
	const struct tongues *tongues; /* the urgent lane in other languages */
	const struct cues *cues;
	const struct concepts *concepts; /* NULL without en/concepts.txt */
	const struct foreign *foreign;	 /* NULL without en/foreign.md */
	const struct index *index;
	const struct speller *speller; /* knows all of the above */
};

/* Builds a book from all files: NAME.md articles, beside them NAME.questions.md (what they answer) and
 * NAME.not-covered.md (what they do not), and the language pack in en/. NULL when any mistake is an
 * error; `mistakes` then says which (it must not live in the book). The texts in `sources` need not
 * outlive the call, but for en/words.vec, which the book goes on reading. */
const struct book *book_new(const struct source *sources, size_t sources_n,
			    const struct clinic *clinic, struct mistakes *mistakes);
/* Accepts NULL. */
void book_free(const struct book *book);

/* The passage `article/id`, or NULL. */
const struct passage *book_passage(const struct book *book, struct str qualified);

#endif
