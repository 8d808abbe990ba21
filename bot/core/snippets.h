/* Snippets: a few words in a row, wherever they stand in a sentence. What was typed in one breath has no
 * marks to cut it by ("hi when will i see results green stuff coming out thanks"), and whoever looks at
 * all of it hears the question. So every snippet of a message is judged: how much does it sound like a
 * sign of an emergency, if it were all that was written?
 *
 * Two ears listen, as each alone misses signs that the other meets. One is the urgent lane's classifier
 * (urgency.h), as far as it knows the blocks of features.h: a torn out piece has no form. The other is
 * taught with snippets. Its signs are the urgent messages, and the snippet of each that sounds worst; the
 * others are the messages that only sound urgent, and of every ordinary one the snippets that sound
 * worst: it has to tell signs from what is torn out of questions.
 *
 * Each block of a snippet is a sum over its words and its pairs of words that stand close by, and so is the
 * square of the block's length: the next longer snippet costs a few additions. Lives in an arena; pure. */
#ifndef CORE_SNIPPETS_H
#define CORE_SNIPPETS_H

#include "core/classify.h"
#include "core/features.h"
#include "core/lexicon.h"

#define SNIPPET_WORDS_LEAST 2
#define SNIPPET_WORDS_MOST 14

enum snippet_ear { EAR_LANE, EAR_SNIPPETS, SNIPPET_EARS };

/* What an ear knows: weights by number of the feature, those of the meaning apart. */
struct snippet_weights {
	float *terms;
	struct vector_sum meaning;
	float mean; /* its product with the features' mean */
	float bias;
};

struct snippets {
	const struct features *features; /* NULL when nothing was taught: then there are none */
	struct snippet_weights ears[SNIPPET_EARS];
};

/* A text that is learnt from. */
struct snippet_text {
	const struct words *words;
	enum { SNIPPETS_SIGN, SNIPPETS_ALIKE, SNIPPETS_ORDINARY } kind;
};

/* The class `none` of the lane's classifier over these features, and perhaps more behind them, is what
 * speaks against a sign. */
struct snippets snippets_teach(const struct features *features, const struct classifier *lane,
			       size_t none, const struct lexicon *lexicon,
			       const struct snippet_text *texts, size_t n, struct arena *arena);

/* Words [from, to). Margins are above 0 where it is more like a sign than not. Of a pair of words that it
 * holds twice each counts as a pair of its own; else they are what the classifiers make of features_of(). */
struct snippet {
	size_t from, to;
	float margins[SNIPPET_EARS];
};

/* How well a snippet stands by itself: it begins and ends where something does, or does so on one side and
 * tears nothing apart on the other, or is torn out. The better it stands the more its margins say. */
enum snippet_kind { SNIPPET_STANDS, SNIPPET_LEANS, SNIPPET_TORN, SNIPPET_KINDS };

/* Where it stands, and what the reply has to say on it: in a sentence that asks nothing; in one that asks; or
 * in such a one, with two or more words that carry a topic, and of none of them does the reply speak. */
enum snippet_place { SNIPPET_TOLD, SNIPPET_ASKED, SNIPPET_ASIDE, SNIPPET_PLACES };

/* How well one may begin with a word, or end with it. */
enum snippet_edge { EDGE_TEARS, EDGE_PARTS, EDGE_IS };
struct snippet_edges {
	unsigned char begins, ends; /* enum snippet_edge */
	bool barred;		    /* no snippet holds the word */
};

enum snippet_kind snippet_kind_of(const struct snippet_edges *edges, const struct snippet *snippet);

/* Who is told of snippets. */
struct snippet_listener {
	void (*meet)(void *self, const struct snippet *snippet);
	void *self;
};

/* Tells of every snippet in the sentence [from, to). The whole sentence is none, nor are words that carry
 * no topic; none holds a word that `edges`, by word, bars; it may be NULL. */
void snippets_each(const struct snippets *snippets, const struct lexicon *lexicon,
		   const struct words *words, size_t from, size_t to,
		   const struct snippet_edges *edges, const struct snippet_listener *listener,
		   struct arena *turn);

/* Shared with snippets_learn.c only: the weights of a class, times `factor`. */
struct snippet_weights snippet_weights_of(const struct features *features,
					  const struct classifier *classifier, size_t class,
					  float factor, struct arena *arena);

#endif
