/* Whether a text is about anything that was taught, where many intents are taught by examples and there
 * are no examples of what is out of scope. (A book of one article has its own judge, see match.h.)
 *
 * How sure: a logistic regression (logistic.h) over five signals of the classifier's verdict,
 *
 *     log of the best class's share, when margins m are turned into shares as exp(m / 0.12);
 *     the best margin;
 *     the mean cosine with the three nearest examples of the best class;
 *     the share of the text's words that were taught at all, weighed by idf;
 *     the share of its known words and pairs that the best class's examples hold, weighed by idf;
 *
 * fitted on left-out intents: these are dealt into five groups, and each group in turn is left out of
 * training. Its examples then play the part of texts out of scope, and every fourth example of the
 * others, left out too, that of texts in scope. Both parts count the same in sum, whatever their
 * numbers: the probability is that of a text which is as likely in scope as not.
 *
 * Costs: six trainings instead of one, five of them on three fifths of the examples, one after the
 * other, and the examples' bags stay in memory (1 to 2 kB each). Judging adds one bag_dot() for each
 * example of the best class. Lives in an arena. */
#ifndef CORE_REJECT_H
#define CORE_REJECT_H

#include "core/classify.h"
#include "core/err.h"
#include "core/features.h"

#define REJECT_GROUPS 5
#define REJECT_SIGNALS 5

/* What is taught: `n` texts, each of a class below `classes_n`. */
struct taught {
	const struct words *texts;
	const uint32_t *classes;
	size_t n, classes_n;
	const struct vectors *vectors; /* must live as long as the rejector */
};

struct reject_model;

struct rejector {
	const struct reject_model *model;
	double coefficients[REJECT_SIGNALS + 1];
	/* Of texts in scope that were left out of training, the share `keep` is as likely in scope
	 * as this or more so. */
	double threshold;
};

struct verdict {
	uint32_t class;
	float margin;
	double in_scope; /* probability; below the threshold: better refused */
};

/* `keep` is between 0 and 1, say 0.95. ERR_INPUT when fewer than REJECT_GROUPS classes have examples,
 * when no class has four, or when nothing can be learnt from them (see logistic_fit()). The words of
 * the texts are not needed afterwards. */
bool reject_learn(const struct taught *taught, double keep, struct arena *arena,
		  struct rejector *out, struct err *err);

/* For words [from, to). */
struct verdict reject_judge(const struct rejector *rejector, const struct words *words, size_t from,
			    size_t to, struct arena *turn);

#endif
