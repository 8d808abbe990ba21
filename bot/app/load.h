/* From the folder `intents/` to a book. */
#ifndef APP_LOAD_H
#define APP_LOAD_H

#include "core/book.h"
#include "core/err.h"

/* The content as it was shipped, seen from where the bot is started. */
#define BOOK_SHIPPED "intents"

/* Reads every *.md in `dir` and the language pack in `dir`/en, or the one in intents/en when `dir` has
 * none (said as a warning), holds it against the red flags that are built in (core/guard.h), and builds
 * the book. NULL when a file cannot be read or any mistake is
 * an error; `mistakes` names the files as they can be opened. */
const struct book *book_load(struct str dir, const struct clinic *clinic,
			     struct mistakes *mistakes);
/* The same as if no NAME.questions.md and no NAME.not-covered.md were there: what the articles can do by themselves. */
const struct book *book_load_untaught(struct str dir, const struct clinic *clinic,
				      struct mistakes *mistakes);

/* The same without the items of `leave_out` in what is learnt from: phrasings, what is not covered, and
 * urgent examples. */
struct leave_out;
const struct book *book_load_without(struct str dir, struct leave_out *leave_out,
				     const struct clinic *clinic, struct mistakes *mistakes);

/* What io/files.h says of `path`; the path in front of its words is not said twice. */
void mistake_file(struct mistakes *mistakes, struct str path, const struct err *err);

/* Prints them one a line on standard error; gives the number of errors. */
size_t mistakes_print(const struct mistakes *mistakes);

/* Gives back to the system what was freed: building a book takes several times what is kept. To be called
 * after one was freed, as well. */
void memory_rest(void);

/* The same, and the pages of word vectors that questions have touched: one by one they would come to
 * hold the whole table. The next question takes those that it needs from the system's cache. To be
 * called now and then. */
void vectors_rest(void);

#endif
