/* The urgent lane in other languages than the pack's own: a message that may be an emergency is told
 * by its words in any of them and answered in that language and in the pack's, whatever the language
 * of the article is. Pure.
 *
 * Each language is a file `en/urgent/CODE.md` in the form of `en/urgent.md`, CODE an ISO 639 code with
 * an ISO 15924 script where one language has two ("zh-hant"):
 *
 *   ## emergency, ## crisis, ## urgent            the fixed texts
 *   ## emergency flags, ## crisis flags, ## urgent flags, ## not flags      as in urgent.md (flags.h)
 *   ## hypothetical    flags too: a clause with one ("can it cause ...") calls no urgent flag
 *   ## negations, ## negations behind             words that negate what follows, or what they follow
 *   ## common words    by which it is told from languages that share a phrase with it
 *
 * The first six and the last must be there. Han letters and kana have no blanks between words: they
 * are taken one by one, on both sides, so a phrase is found anywhere in a run of them. */
#ifndef CORE_TONGUES_H
#define CORE_TONGUES_H

#include "core/book.h"
#include "core/flags.h"
#include "core/urgent.h"

#define TONGUES_FOLDER "en/urgent/"
#define TONGUE_CODE_MAX 12

struct tongue {
	struct str code;
	struct str text[URGENT_LEVELS]; /* by level from URGENT_SAME_DAY on, details filled in */
	struct flags flags;		/* of all levels, the most urgent first */
	struct {
		unsigned from, to;
	} lines[URGENT_LEVELS]; /* of the file, that hold the flags of a level */
	struct flags idioms, hypothetical;
	struct lexicon lexicon; /* nothing but the negations */
	struct wordset common;
};

struct tongues {
	struct tongue *v; /* in the order of their files */
	size_t n, cap;
};

struct tongue_found {
	enum urgent_level level; /* the highest that any language calls */
	const struct tongue
		*tongue; /* of those that call one, which reads most like the message; NULL
					with URGENT_NONE */
};

/* Whether a source is such a file. */
bool tongue_is_file(struct str name);
/* Reads one more language. What is missing, unknown or cannot be read is a mistake. */
void tongues_add(struct tongues *tongues, const struct source *source, const struct clinic *clinic,
		 struct arena *arena, struct mistakes *mistakes);

struct tongue_found tongues_find(const struct tongues *tongues, const struct words *written,
				 struct arena *turn);
/* NULL when there is none of this code. */
const struct tongue *tongue_of(const struct tongues *tongues, struct str code);

#endif
