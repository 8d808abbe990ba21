/* How urgent words sound, by their likeness to messages of which it is known: the classifier of the
 * urgent lane (urgent.h), taught at load with `en/urgent-examples.md`, under `## emergency`,
 * `## crisis`, `## urgent` and `## none`. Besides what the words are about (features.h) it looks at how
 * it is said (frames.h), whether they ask something, and at how many they are. Lives in an arena. */
#ifndef CORE_URGENCY_H
#define CORE_URGENCY_H

#include "core/classify.h"
#include "core/features.h"
#include "core/lessons.h"
#include "core/snippets.h"

#define URGENT_LEVELS 3 /* that have a text: same day, crisis, emergency */
#define URGENCY_RUN 5	/* sentences that are judged together, beside the whole message */

/* Margins of the classifier: above 0 where it is more likely than not, mostly from -2 to 2.
 * -INFINITY for words that were not judged. */
struct urgency {
	float v[URGENT_LEVELS]; /* of this level */
	float any;		/* of any */
};

struct urgency_model {
	const struct features *features; /* NULL when nothing was taught */
	const struct classifier *classifier;
	struct snippets snippets; /* taught with the same messages */
};

/* What staff wrote for the articles shows it what messages are like that are not urgent, beside those of
 * the file; one that stands in both counts once. */
bool urgency_teach(struct urgency_model *model, const struct source *examples_md,
		   const struct lessons *lessons, struct arena *arena, struct mistakes *mistakes);

struct urgency urgency_unjudged(void);
/* Each margin of `highest` becomes the higher of the two. */
void urgency_raise(struct urgency *highest, const struct urgency *other);

/* Of words [from, to) taken by themselves. Fewer than three are not judged: a word or two ("no", "the
 * end") say too little. */
struct urgency urgency_of(const struct urgency_model *model, const struct lexicon *lexicon,
			  const struct words *words, size_t from, size_t to, struct arena *turn);

/* What the way they are said adds to `any`, whatever they are about. */
float urgency_of_manner(const struct urgency_model *model, const struct lexicon *lexicon,
			const struct words *words, size_t from, size_t to, struct arena *turn);

/* Whether words [from, to) ask by their form: they or a sentence among them begin with a question
 * starter, or a sentence that ends among them ends in a question mark. */
bool urgency_asks(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to);

#endif
