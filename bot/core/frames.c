#include "core/frames.h"

#define RUN 3 /* words of the longest frame */

/* What stands in for words in a frame. */
enum { EDGE = 1, GAP };

struct framing {
	struct bag bag;
	uint64_t last[RUN]; /* of the sentence, the latest first */
};

/* Fibonacci hashing: the high bits depend on all. */
static uint32_t number_of(uint64_t hash)
{
	return (uint32_t)(hash >> (64 - FRAMES_BITS));
}

/* One more word, or what stands in for it: the frames that end with it. */
static void framing_add(struct framing *f, uint64_t word)
{
	uint64_t hash = 0;

	if (word == GAP && f->last[0] == GAP)
		return;
	for (size_t i = RUN - 1; i > 0; i--)
		f->last[i] = f->last[i - 1];
	f->last[0] = word;
	for (size_t i = 0; i < RUN && f->last[i]; i++) {
		hash = (hash ^ f->last[i]) * UINT64_C(0x9e3779b97f4a7c15);
		f->bag.v[f->bag.n++] = (struct weight){number_of(hash), 1};
	}
}

static void sentence_begin(struct framing *f)
{
	for (size_t i = 0; i < RUN; i++)
		f->last[i] = 0;
	framing_add(f, EDGE);
}

struct bag frames_of(const struct lexicon *lexicon, const struct words *words, size_t from,
		     size_t to, struct arena *arena)
{
	struct framing f = {
		.bag = {arena_array(arena, 2 * FRAMES_MAX(to - from), sizeof *f.bag.v), 0}};

	for (size_t i = from; i < to; i++) {
		const struct word *word = &words->v[i];

		if (i == from || word->sentence != word[-1].sentence)
			sentence_begin(&f);
		framing_add(&f, wordset_has(&lexicon->topicless, word->text)
					? str_hash(word->text, 0)
					: GAP);
		if (i + 1 == to || word->sentence != word[1].sentence)
			framing_add(&f, EDGE);
	}
	f.bag = bag_sum(f.bag.v, f.bag.v + f.bag.n, f.bag.n);
	for (size_t i = 0; i < f.bag.n; i++)
		f.bag.v[i].w = 1;
	bag_normalise(&f.bag);
	return f.bag;
}
