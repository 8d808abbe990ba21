/* Text as people type it, made comparable: folded, cut into words, clauses and sentences, stemmed;
 * and cut to length without harm. By utf8proc (Unicode normalisation, categories, graphemes);
 * stems.h stems. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/stems.h"

#define WORDS_MAX 4000 /* in one text; what is behind them is not read */

bool text_is_utf8(struct str s);
/* The line, from 1, of the first byte that no text file holds: not UTF-8, or NUL. 0 when there is
 * none. */
unsigned text_bad_line(struct str s);
/* With U+FFFD in place of what is not UTF-8. */
struct str text_repair(struct str s, struct arena *arena);

/* Case, compatibility forms, accents, invisible characters and kinds of quotes folded away: NFKC
 * casefold (Unicode 3.13, UAX 15) with default ignorables left out, combining marks too where they
 * are accents, and letters as the plain ones that they are written for on another keyboard
 * (letters.h). Any bytes in, UTF-8 out. Folding twice changes nothing. */
struct str text_fold(struct str s, struct arena *arena);

enum mark { MARK_NONE, MARK_COMMA, MARK_AND }; /* MARK_AND: & + / */

struct word {
	struct str text; /* folded, apostrophes inside left out: "can't" is "cant" */
	struct str stem; /* of `text` */
	unsigned clause; /* from 0; ends at . ? ! ; : a line's end and "2)" */
	unsigned sentence;
	unsigned place;	 /* which word of the text it is, from 0; kept when it is read as others */
	enum mark mark;	 /* between it and the word before */
	bool apostrophe; /* one stands inside */
};

struct sentence {
	size_t first, count; /* its words */
	bool asks;	     /* ends in a question mark */
};

struct words {
	struct word *v;
	size_t n;
	struct sentence *sentences;
	size_t sentences_n;
};

/* `language` is an ISO 639 code that libstemmer knows ("en"); words of others are their own stem.
 * A word is a run of letters, marks and digits, with full stops and commas between digits; a
 * pictograph is a word of its own. Cyrillic and Greek letters that look like Latin ones are read as
 * those where they stand beside Latin letters. */
struct words text_words(struct str text, struct str language, struct arena *arena);
/* The same for one of many texts. The letters of its words are in the arena of `stems`. */
struct words text_words_by(struct str text, struct stems *stems, struct arena *arena);

struct str text_stem(struct str word, struct str language, struct arena *arena);
/* A single pictograph, as text_words() cuts them. */
bool text_is_pictograph(struct str word);

/* Another reading of `from` is made word by word. Words must be added in order, each with the
 * sentence it has in `from`; words_done() then cuts them into sentences as in `from`, without those
 * that have lost all their words. */
struct words_making {
	struct words out;
	size_t cap;
	const struct words *from;
	struct arena *arena;
};

/* Whether they are the same word by word, however they are cut into clauses. */
bool words_same(const struct words *a, const struct words *b);

void words_add(struct words_making *making, struct word word);
struct words words_done(struct words_making *making);

/* Code points. Bytes that are not UTF-8 count one each. */
size_t text_length(struct str s);

#endif
