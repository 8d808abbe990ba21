/* Whether a message says anything that an answer could be found by. "asdkjh" does not, and "why?" only
 * where something was said before it. Pure. */
#ifndef CORE_TELLING_H
#define CORE_TELLING_H

#include "core/book.h"
#include "core/text.h"

enum telling {
	TELLING_NOTHING, /* no word that anybody knows: a cat on the keyboard, or numbers */
	TELLING_LITTLE,	 /* small words, two different ones at most: "why", "can i" */
	TELLING_UNKNOWN, /* small words, and some that nobody knows: "what is xyzzy" */
	TELLING,	 /* a word with a meaning of its own, or a whole sentence: "what is it" */
};

/* Of words that were mended and written in long. */
enum telling telling_of(const struct book *book, const struct words *words);

#endif
