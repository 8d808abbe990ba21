/* Flags: lines that clinic staff can read and edit, each a set of conditions on the words of one
 * clause. Used for the first list of red flags, for small talk and for what no bot may answer.
 *
 *     - throat|airway clos*|tight* !sore_throat_spray
 *
 * Conditions are apart by blanks and must all be met within one clause, in any order. A condition
 * is alternatives joined by `|`: a word, a word with a final `*` for any ending, a phrase of words
 * joined by `_`, where `#` stands for a number of 5 or more and `#1-17` for one in a range; with `_$`
 * behind it, it must end the clause ("help_me_$" is not "help me plan my trip"). A
 * condition that begins with `!` must not be met. A negation at most three words before a match inside the same
 * clause (or behind it, in languages that negate so) switches that match off, unless the phrase holds the negation itself or the negation meets
 * a condition of the same flag ("cant breathe"). */
#ifndef CORE_FLAGS_H
#define CORE_FLAGS_H

#include "core/lexicon.h"

struct flag;
struct flag_entry;
struct flag_slot;

struct flags {
	const struct flag *v;
	size_t n;

	/* Within flags*.c: every alternative by what it begins with, as hundreds of flags are held
	 * against every clause and few have a word in it. */
	const struct flag_entry *entries;
	const struct flag_slot *slots; /* by key, open addressing */
	size_t slots_n;		       /* a power of two */
	uint64_t starts[16]; /* how the words of the list begin, hashed; see flag_start() */
	uint64_t prefixes;   /* a bit for each number of letters before a "*" */
	bool numbers;	     /* some begin with a number */
};

/* Compiles a list. What cannot be read is a mistake and left out. `list` may be NULL: no flags. */
struct flags flags_parse(const struct list *list, struct str file, struct arena *arena,
			 struct mistakes *mistakes);

/* The line in the file of the first flag that is met within words [from, to), which must belong to
 * one clause; 0 when none is. `hidden` (may be NULL) tells for every word of `words` that it does not count. */
unsigned flags_match(const struct flags *flags, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to, const bool *hidden);

/* False where words [from, to) hold nothing that flags_match() could find in any part of them. */
bool flags_may_match(const struct flags *flags, const struct words *words, size_t from, size_t to);

/* Sets `covered[i]` for every word that an alternative of some condition matches, as a word or as
 * part of a phrase; negations do not matter. `covered` has `words->n` elements. True when any was. */
bool flags_cover(const struct flags *flags, const struct words *words, bool *covered);
/* How many words from `at` on the longest alternative of any condition matches, as a word or a
 * phrase; 0 for none. Negations do not matter. */
size_t flags_longest(const struct flags *flags, const struct words *words, size_t at);

#endif
