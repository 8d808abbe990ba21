/* The concepts: the table `en/concepts.txt`, in which staff put the words that people use beside the
 * thing they mean ("beer", "prosecco" and "the pub" beside alcohol). With it a question meets the
 * passage that says the same in other words, and is seen to ask for what no passage speaks of.
 *
 *     # a comment
 *     alcohol: beer wine* the_pub
 *     hair_wash (washing your hair): wash shampoo*
 *             wet_hair
 *     ~skin: skin complexion
 *     q_where: where_is where_are
 *
 * A concept is a name, the title that patients read (left out: the name with blanks), and entries;
 * a line that begins with a blank goes on with the one above it. An entry is a word, or words that
 * stand one behind the other, joined by "_"; a "*" behind the last lets it go on. Entries are written
 * as words are compared: small letters, no accents, no apostrophes, "_" for a hyphen.
 *
 * "~" marks what is too general to be called missing (parts of the body, "treatment"), "+" what is
 * said beside a topic (before_the_injection), "!" what the clinic's desk is asked: where an article
 * lacks it, the reply is the text on bookings and prices and no name. A concept may have two of these
 * marks. Names with "q_" are ways to ask, not topics.
 *
 * The longest entry wins: an entry that lies inside a longer one found there does not count, so that
 * ice_cream is not about cream. Entries of the same length count all. Ways to ask and topics do not
 * hide each other, concepts with "~" are not hidden by any, and those with "+" neither hide nor are
 * hidden.
 *
 * The table is part of the book and lives in its arena: 450 kB for 12,000 entries. */
#ifndef CORE_CONCEPTS_H
#define CORE_CONCEPTS_H

#include "core/book.h"
#include "core/text.h"

#define CONCEPTS_MAX 1024
#define CONCEPT_ENTRIES_MAX 40000
#define CONCEPT_WORDS_MAX 8 /* in an entry */
#define CONCEPT_NONE CONCEPTS_MAX

struct concept {
	struct str name;  /* "hair_wash": for code and staff */
	struct str title; /* "washing your hair": for patients */
	bool general;	  /* "~" */
	bool beside;	  /* "+" */
	bool desk;	  /* "!" */
	bool question;	  /* "q_" */
	unsigned line;
};

struct concept_entry;

struct concepts {
	struct concept *v; /* in the order of the file; a concept's number is its place, from 0 */
	size_t n;

	/* Within concepts*.c: entries by first word, and a hash of the first words. */
	struct concept_entry *entries;
	size_t entries_n;
	const char *texts;
	uint32_t *slots;
	size_t slots_n; /* a power of two */
};

/* Reads the table. False, with mistakes by file and line, when any part of it is wrong; `out` then
 * is not to be used. The source's text need not outlive the call. */
bool concepts_parse(const struct source *concepts_txt, struct arena *arena, struct concepts *out,
		    struct mistakes *mistakes);

/* The number of the concept with this name, or CONCEPT_NONE. */
size_t concepts_named(const struct concepts *concepts, struct str name);

/* Whether a reply may say that an article does not cover it: a topic, and not too general. */
static inline bool concept_is_nameable(const struct concept *c)
{
	return !c->general && !c->question;
}

struct concept_hit {
	unsigned concept;
	unsigned first, count; /* its words */
};

/* The entries found in words `from` to before `to`, by first word, longer ones first. A phrase does
 * not reach over the end of a sentence. Gives how many were written: at most `max`, those behind
 * are left out. */
size_t concepts_find(const struct concepts *concepts, const struct words *words, size_t from,
		     size_t to, struct concept_hit *out, size_t max);

/* Concepts by number, each once. */
struct concept_set {
	uint64_t bits[CONCEPTS_MAX / 64];
};

static inline void concept_set_add(struct concept_set *set, size_t concept)
{
	set->bits[concept / 64] |= UINT64_C(1) << concept % 64;
}

static inline bool concept_set_has(const struct concept_set *set, size_t concept)
{
	return set->bits[concept / 64] >> concept % 64 & 1;
}

/* Adds those of `other`. */
static inline void concept_set_join(struct concept_set *set, const struct concept_set *other)
{
	for (size_t i = 0; i < CONCEPTS_MAX / 64; i++)
		set->bits[i] |= other->bits[i];
}

/* All of concepts_find's. */
struct concept_set concepts_in(const struct concepts *concepts, const struct words *words,
			       size_t from, size_t to);

#endif
