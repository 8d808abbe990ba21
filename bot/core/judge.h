/* How sure: what was found for each passage of an article, turned into the probability that it is the
 * one that answers, beside the probability that none does. A conditional logit with an outside
 * option (McFadden, Conditional Logit Analysis of Qualitative Choice Behavior, 1974):
 *
 *     P(passage) = exp(a . signals(passage)) / (exp(b . doubts) + sum over passages exp(a . signals))
 *     P(none)    = exp(b . doubts)           / (the same)
 *
 * a and b are fitted by `make calibrate` across several articles and stand in judge_fitted.h with
 * the thresholds, once for articles that staff gave phrasings for and once for those without. They
 * are constants: a phrasing more or less changes signals, never a threshold. */
#ifndef CORE_JUDGE_H
#define CORE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* Of one passage. */
#define SIGNALS(X)                                                                    \
	X(WORDS, "words") /* align.h: struct fit */                                   \
	X(TITLE_WORDS, "title_words")                                                 \
	X(MEAN, "mean")                                                               \
	X(CONCEPTS, "concepts")                                                       \
	X(TITLE_CONCEPTS, "title_concepts")                                           \
	X(LEXICAL, "lexical") /* BM25F */                                             \
	X(NEAR, "near")	      /* cosine to the nearest phrasing, title or sentence */ \
	X(MARGIN, "margin")   /* the classifier's; 0 where it knows no phrasings */

/* Of the question: what speaks for "none". */
#define DOUBTS(X)                                                                                  \
	X(ALWAYS, "always")	      /* 1 */                                                      \
	X(NEAR_NONE, "near_none")     /* cosine to the nearest question that no article answers */ \
	X(NEAR_BEST, "near_best")     /* the highest NEAR */                                       \
	X(MARGIN_NONE, "margin_none") /* the classifier's margin for "no article answers this" */  \
	X(MARGIN_BEST, "margin_best") /* the highest MARGIN */                                     \
	X(LEXICAL_BEST, "lexical_best") /* the highest LEXICAL */                                  \
	X(KNOWN, "known")		/* align.h: struct reach */                                \
	X(UNSUPPORTED, "unsupported")                                                              \
	X(SUPPORTED, "supported")                                                                  \
	X(LENGTH, "length") /* content words, of 8 at most */                                      \
	X(EMPTY, "empty")   /* 1 without any */

enum signal {
#define SIGNAL_ENUM(name, text) SIGNAL_##name,
	SIGNALS(SIGNAL_ENUM)
#undef SIGNAL_ENUM
		SIGNALS_N
};

enum doubt {
#define DOUBT_ENUM(name, text) DOUBT_##name,
	DOUBTS(DOUBT_ENUM)
#undef DOUBT_ENUM
		DOUBTS_N
};

/* The second of two passages given together is at least so probable. */
#define JUDGE_BOTH_LEAST 0.15

/* A section is given whole when it is sure, and as likely by one of its passages as by another: none has
 * more than this share, and so many, or all, are at least so probable. */
#define JUDGE_EACH_MOST 0.5
#define JUDGE_EACH_LEAST 0.05
#define JUDGE_EACH_COUNT 3

struct judge {
	double signals[SIGNALS_N];
	double doubts[DOUBTS_N];
	double answer; /* give a passage, two, or a section, whose probability is at least this */
	double offer;  /* offer topics when the article covers the question at least so probably */
};

/* "words", "title_words" ... */
const char *signal_name(enum signal signal);
const char *doubt_name(enum doubt doubt);

extern const struct judge judge_taught, judge_untaught;

/* `signals` is `n` rows of SIGNALS_N. Writes the probability of each row to `p`, gives that of none. */
double judge_probabilities(const struct judge *judge, const double *signals, size_t n,
			   const double *doubts, double *p);

#endif
