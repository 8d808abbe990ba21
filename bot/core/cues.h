/* What kind of message is it, before an answer is looked for: small talk, a pick from an offered
 * list, or something that no bot may answer from an article. The lists stand in `en/cues.md`. */
#ifndef CORE_CUES_H
#define CORE_CUES_H

#include "core/flags.h"

/* Whole-message kinds: every word of the message is covered by the lists of these kinds and of
 * `filler`; words of `around` count only beside `again`, `other-words` or `curse`. Contained kinds: a flag is met in some clause. Policy kinds likewise, question by
 * question. Name in C, heading in the file, class. */
#define CUES(X)                                         \
	X(GREETING, "greeting", WHOLE)                  \
	X(THANKS, "thanks", WHOLE)                      \
	X(GOODBYE, "goodbye", WHOLE)                    \
	X(YES, "yes", WHOLE)                            \
	X(NO, "no", WHOLE)                              \
	X(PICK_1, "pick-1", WHOLE)                      \
	X(PICK_2, "pick-2", WHOLE)                      \
	X(PICK_3, "pick-3", WHOLE)                      \
	X(PICK_LAST, "pick-last", WHOLE)                \
	X(PICK_ALL, "pick-all", WHOLE)                  \
	X(PICK_NONE, "pick-none", WHOLE)                \
	X(PICK_OTHERS, "pick-others", WHOLE)            \
	X(SHOW_ARTICLE, "show-article", WHOLE)          \
	X(AGAIN, "again", WHOLE)                        \
	X(OTHER_WORDS, "other-words", WHOLE)            \
	X(CURSE, "curse", WHOLE)                        \
	X(AROUND, "around", WHOLE)                      \
	X(MAYBE, "maybe", WHOLE)                        \
	X(PRICE, "price", WHOLE)                        \
	X(CALL, "call-for-help", WHOLE)                 \
	X(VAGUE, "vague", WHOLE)                        \
	X(FILLER, "filler", WHOLE)                      \
	X(ABOUT_BOT, "about-the-bot", CONTAINED)        \
	X(HELP, "help", CONTAINED)                      \
	X(COMPLAINT, "complaint", CONTAINED)            \
	X(MINOR, "minor", POLICY)                       \
	X(CONTRAINDICATION, "contraindication", POLICY) \
	X(DISTRESS, "distress", POLICY)                 \
	X(PERSONAL, "personal-advice", POLICY)          \
	X(BOOKING, "booking", POLICY)

enum cue {
#define CUE_ENUM(name, heading, class) CUE_##name,
	CUES(CUE_ENUM)
#undef CUE_ENUM
		CUES_N,
	CUE_NONE = CUES_N
};

struct cues {
	struct flags whole[CUES_N];	/* by kind, of those of whole messages */
	struct flags whole_any;		/* all of them: most words are in none */
	struct flags contained, policy; /* of all kinds of that class, in the order above */
	unsigned lines[CUES_N];		/* where the list of a kind begins */
};

bool cues_parse(const struct source *cues_md, struct arena *arena, struct cues *out,
		struct mistakes *mistakes);

#define CUE_BIT(cue) (1u << (cue))
#define CUE_PICKS                                                                  \
	(CUE_BIT(CUE_PICK_1) | CUE_BIT(CUE_PICK_2) | CUE_BIT(CUE_PICK_3) |         \
	 CUE_BIT(CUE_PICK_LAST) | CUE_BIT(CUE_PICK_ALL) | CUE_BIT(CUE_PICK_NONE) | \
	 CUE_BIT(CUE_PICK_OTHERS))

/* The whole-message kinds of a message, as CUE_BITs: "thanks, 1 and 3" holds two picks beside the
 * thanks. 0 when some word belongs to none. The longest phrase at each place counts. */
unsigned cues_kinds(const struct cues *cues, const struct words *words);
/* The one that counts: what asks for something wins over politeness. CUE_FILLER when nothing else is
 * among them, CUE_NONE of none. */
enum cue cues_heaviest(unsigned kinds);
/* The contained kind of any clause, or CUE_NONE. */
enum cue cues_contained(const struct cues *cues, const struct lexicon *lexicon,
			const struct words *words);
/* The policy kind met within words [from, to), or CUE_NONE; the order above is the order of
 * weight. */
enum cue cues_policy(const struct cues *cues, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to);

#endif
