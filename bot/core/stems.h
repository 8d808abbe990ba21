/* The stems of words, by libstemmer (Snowball). Made for the texts of one language; a word that it has
 * met is not stemmed again. What it gives lives in its arena, which must outlive it. */
#ifndef CORE_STEMS_H
#define CORE_STEMS_H

#include "core/textset.h"

struct sb_stemmer;

struct stems {
	struct sb_stemmer *stemmer; /* NULL: words are their own stems */
	struct arena *arena;
	struct textset words;
	struct str *of; /* by number of the word */
	size_t of_n, of_cap;
};

/* `language` is an ISO 639 code that libstemmer knows ("en"); words of others are their own stem. */
void stems_init(struct stems *stems, struct str language, struct arena *arena);
/* Accepts what is zeroed. */
void stems_done(struct stems *stems);

/* A word as text_words() folds it, and its stem. */
struct stemmed {
	struct str text, stem;
};

/* `word` itself need not outlive the call. */
struct stemmed stems_of(struct stems *stems, struct str word);

#endif
