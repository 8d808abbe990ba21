/* The words a speller knows, which of them are sign words (seen in urgent messages more often than in all
 * others), and what each costs to be mended to, in edits: little for the book's
 * words, and for those of the table of vectors 0.35 + 0.08 ln(rank). Lives in an
 * arena: 1.7 MB with the shipped content. */
#ifndef CORE_VOCABULARY_H
#define CORE_VOCABULARY_H

#include "core/text.h"
#include "core/vectors.h"

#define LETTERS_MIN 4  /* shorter words are not mended */
#define LETTERS_MAX 24 /* nor are longer ones */

enum spelling_how {
	SPELLING_SURE,	 /* the article's: left alone, and others are mended to it */
	SPELLING_SEEN,	 /* as patients type: the same once it was seen often or has a vector */
	SPELLING_SIGN,	 /* as SPELLING_SEEN, in a message that is urgent */
	SPELLING_LISTED, /* of the trade: the same, but rarer */
	SPELLING_KNOWN,	 /* left alone; nothing is mended to it for that */
};

/* A word that the book or the language pack holds, folded. May be given many times. */
struct spelling {
	struct str word;
	enum spelling_how how;
};

/* What was told of a word. */
struct own {
	struct str word;
	uint32_t seen, signs; /* of those seen, in urgent messages */
	bool sure, listed, known;
};

/* Words to mend to that have the same first letter and the same length, the cheapest first, one behind the
 * other. */
struct shelf {
	size_t n;
	char *text;
	uint32_t *letters; /* bit by letter that occurs */
	float *costs;
};

struct vocabulary {
	const struct vectors *vectors; /* or NULL */
	struct own *own;	       /* open addressing by str_hash; empty where free */
	size_t slots;		       /* a power of two */
	struct shelf shelves['z' - 'a' + 1][LETTERS_MAX + 1];
	struct shelf signs[LETTERS_MAX + 1]; /* sign words, by length only */
};

/* `vectors` may be NULL: then only the book's words are known. They must live as long; the words are
 * copied. */
void vocabulary_init(struct vocabulary *v, const struct spelling *words, size_t words_n,
		     const struct vectors *vectors, struct arena *arena);

/* Nothing but a to z, and something. */
bool word_is_letters(struct str word);
/* Bit by letter; only for such words. */
uint32_t word_letters(struct str word);

/* Whether the letters that only one of two words has are so few that `edits` may be all between them. */
bool letters_near(uint32_t a, uint32_t b, int edits);

bool vocabulary_has(const struct vocabulary *v, struct str word);
/* Whether it was seen in phrasings, however seldom. */
bool vocabulary_saw(const struct vocabulary *v, struct str word);
/* What being this word costs beside the edits, in edits; false, and a cost above all others, when
 * nothing is mended to it. */
bool vocabulary_cost(const struct vocabulary *v, struct str word, float *cost);
/* What it costs as a part of words run together; false when it cannot be one. */
bool vocabulary_part_cost(const struct vocabulary *v, struct str word, float *cost);

/* The same for words that may have been run together in an urgent message: what stands in the language pack
 * can be a part, too. */
bool vocabulary_piece_cost(const struct vocabulary *v, struct str word, float *cost);
/* Three letters at most, and typed often: "my", "now". */
bool vocabulary_is_small(const struct vocabulary *v, struct str word);
/* Whether it is one of the book's words, or of the table and not rare: no typo for all that can be told. */
bool vocabulary_is_common(const struct vocabulary *v, struct str word);
/* Whether it is such a word with an ending. */
bool vocabulary_is_form(const struct vocabulary *v, struct str word);

#endif
