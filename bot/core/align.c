#include "core/align.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/larger.h"

/* Figures of the reference measurements, chosen there on other articles than any that is shipped. */
#define BACKGROUND 5e-5	    /* a of a / (a + p(word)) */
#define ALIKE_FROM 0.45f    /* cosine below which words have nothing to do with each other */
#define ALIKE_SHARE 0.9f    /* what the best word that is not the same is worth */
#define SPREAD_LOSS 0.7f    /* of an article's word that stands in every passage */
#define COMMON_LOSS 1.2f    /* of a question's word, by the share of passages it stands in */
#define COMMON_LEAST 0.1f   /* what is left of it at least */
#define TITLE_LOSS 0.4f	    /* of a word in the article's own title */
#define WEIGHT_LEAST 0.3f   /* below it a question has hardly a word with meaning */
#define MEAN_SHARE (-0.7f)  /* of the article's mean that is taken out of each passage's */
#define CONCEPT_LEAST 0.2f  /* of a topic that every passage speaks of */
#define QUESTION_SHARE 0.3f /* of a way to ask, beside a topic */
#define MET_LEAST 0.15f	    /* weight of a word that is no everyday word */
#define HITS_MAX 128

/* A word of the article, as it is written. */
struct align_word {
	struct str text, stem;
	uint32_t like;	/* the word before it with the same stem, + 1; 0 for the first */
	bool in_title;	/* its stem stands in that of the article */
	uint32_t last;	/* while building: the passage it was counted in, from 1 */
	uint32_t df;	/* passages that its stem stands in, titles included */
	float specific; /* 1 where it stands in one passage only */
};

/* Numbers of words, each once. */
struct align_text {
	uint32_t *words;
	size_t n;
	struct concept_set concepts;
};

struct align {
	const struct lexicon *lexicon;
	const struct vectors *vectors;
	const struct concepts *concepts;
	struct align_word *words;
	struct vector *directions; /* by word */
	size_t words_n;
	/* Open addressing by hash; number + 1, 0 where free. */
	uint32_t *slots;      /* by text */
	uint32_t *stem_slots; /* by stem: the last word with it */
	size_t slots_n;
	struct align_text *passages;
	struct align_text *titles; /* by section */
	struct vector_sum *means;  /* by passage, of length 1 */
	size_t passages_n, sections_n;
	uint32_t *section; /* by passage */
	struct concept_set all, title;
	uint16_t *concept_df; /* by concept: passages that speak of it, titles included */
};

static bool is_number(struct str word)
{
	return word.n && isdigit((unsigned char)word.p[0]);
}

static bool has_meaning(const struct align *a, const struct word *word)
{
	return !is_number(word->text) && !wordset_has(&a->lexicon->stop_words, word->text);
}

static uint32_t row_of(const struct align *a, struct str word)
{
	return a->vectors ? vectors_find(a->vectors, word) : VECTOR_NONE;
}

static float background_weight(const struct align *a, uint32_t row)
{
	if (row == VECTOR_NONE)
		return 1;
	return (float)(BACKGROUND / (BACKGROUND + vectors_probability(a->vectors, row)));
}

static struct vector_sum mean_of(const struct align *a, const struct words *words, size_t from,
				 size_t to)
{
	struct vector_sum sum = {{0}};

	for (size_t i = from; i < to; i++) {
		uint32_t row =
			has_meaning(a, &words->v[i]) ? row_of(a, words->v[i].text) : VECTOR_NONE;
		struct vector v;

		if (row == VECTOR_NONE)
			continue;
		vector_read(a->vectors, row, &v);
		vector_sum_add(&sum, &v, background_weight(a, row));
	}
	vector_sum_normalise(&sum);
	return sum;
}

/* --- building ----------------------------------------------------------------------------- */

static size_t slot_of(const struct align *a, struct str text)
{
	size_t slot = (size_t)str_hash(text, 0) & (a->slots_n - 1);

	while (a->slots[slot] && !str_eq(a->words[a->slots[slot] - 1].text, text))
		slot = (slot + 1) & (a->slots_n - 1);
	return slot;
}

/* Where the words with this stem begin. */
static uint32_t *stem_slot(const struct align *a, struct str stem)
{
	size_t slot = (size_t)str_hash(stem, 0) & (a->slots_n - 1);

	while (a->stem_slots[slot] && !str_eq(a->words[a->stem_slots[slot] - 1].stem, stem))
		slot = (slot + 1) & (a->slots_n - 1);
	return &a->stem_slots[slot];
}

static uint32_t word_number(struct align *a, const struct word *word, struct arena *arena)
{
	size_t slot = slot_of(a, word->text);

	if (!a->slots[slot]) {
		uint32_t *same = stem_slot(a, word->stem);

		a->words[a->words_n] = (struct align_word){.text = arena_str(arena, word->text),
							   .stem = arena_str(arena, word->stem),
							   .like = *same};
		a->slots[slot] = *same = (uint32_t)++a->words_n;
	}
	return a->slots[slot] - 1;
}

static void text_read(struct align *a, const struct words *words, struct align_text *out,
		      struct arena *arena)
{
	out->words = arena_array(arena, words->n, sizeof *out->words);
	for (size_t i = 0; i < words->n; i++) {
		uint32_t number;
		bool known = false;

		if (!has_meaning(a, &words->v[i]))
			continue;
		number = word_number(a, &words->v[i], arena);
		for (size_t k = 0; k < out->n && !known; k++)
			known = out->words[k] == number;
		if (!known)
			out->words[out->n++] = number;
	}
	if (a->concepts)
		out->concepts = concepts_in(a->concepts, words, 0, words->n);
}

/* What all passages share is taken out of each: what is left says how they differ. */
static void means_read(struct align *a, const struct words *texts, struct arena *arena)
{
	struct vector_sum mean = {{0}};

	a->means = arena_array(arena, a->passages_n, sizeof *a->means);
	for (size_t i = 0; i < a->passages_n; i++) {
		a->means[i] = mean_of(a, &texts[i], 0, texts[i].n);
		vector_sum_add_sum(&mean, &a->means[i], 1.0f / (float)a->passages_n);
	}
	for (size_t i = 0; i < a->passages_n; i++) {
		vector_sum_add_sum(&a->means[i], &mean, MEAN_SHARE);
		vector_sum_normalise(&a->means[i]);
	}
}

/* Counts `passage` for every word with the same stem as one of the text's. */
static void text_count(struct align *a, const struct align_text *text, uint32_t passage)
{
	for (size_t i = 0; i < text->n; i++)
		for (uint32_t k = *stem_slot(a, a->words[text->words[i]].stem); k;
		     k = a->words[k - 1].like) {
			struct align_word *w = &a->words[k - 1];

			w->df += w->last != passage;
			w->last = passage;
		}
}

static void counts_read(struct align *a, const struct words *title, struct arena *arena)
{
	a->concept_df = arena_array(arena, CONCEPTS_MAX, sizeof *a->concept_df);
	for (size_t i = 0; i < a->passages_n; i++) {
		struct concept_set both = a->passages[i].concepts;

		text_count(a, &a->passages[i], (uint32_t)i + 1);
		text_count(a, &a->titles[a->section[i]], (uint32_t)i + 1);
		concept_set_join(&both, &a->titles[a->section[i]].concepts);
		concept_set_join(&a->all, &both);
		for (size_t c = 0; c < CONCEPTS_MAX; c++)
			a->concept_df[c] += concept_set_has(&both, c);
	}
	if (a->concepts)
		a->title = concepts_in(a->concepts, title, 0, title->n);
	for (size_t i = 0; i < a->words_n; i++) {
		struct align_word *w = &a->words[i];
		float others = w->df > 1 ? (float)(w->df - 1) / (float)(a->passages_n - 1) : 0;

		w->specific = 1 - SPREAD_LOSS * others;
		for (size_t k = 0; k < title->n; k++)
			w->in_title = w->in_title || str_eq(title->v[k].stem, w->stem);
	}
}

static void directions_read(struct align *a, struct arena *arena)
{
	a->directions = arena_array(arena, a->words_n, sizeof *a->directions);
	for (size_t i = 0; a->vectors && i < a->words_n; i++) {
		uint32_t row = vectors_find(a->vectors, a->words[i].text);

		if (row != VECTOR_NONE)
			vector_read(a->vectors, row, &a->directions[i]);
	}
}

static size_t words_bound(const struct words *texts, size_t n)
{
	size_t words = 0;

	for (size_t i = 0; i < n; i++)
		words += texts[i].n;
	return words;
}

/* The words of every passage, then those of every title. */
static struct words *texts_of(const struct article *article, const struct lexicon *lexicon,
			      struct arena *arena)
{
	struct words *texts =
		arena_array(arena, article->passages_n + article->sections_n, sizeof *texts);

	for (size_t i = 0; i < article->passages_n; i++)
		texts[i] = lexicon_words(lexicon, article->passages[i].plain, arena);
	for (size_t i = 0; i < article->sections_n; i++)
		texts[article->passages_n + i] =
			lexicon_words(lexicon, article->sections[i].title, arena);
	return texts;
}

const struct align *align_new(const struct article *article, const struct lexicon *lexicon,
			      const struct vectors *vectors, const struct concepts *concepts,
			      struct arena *arena)
{
	struct align *a = arena_new(arena, struct align);
	size_t n = article->passages_n;
	struct arena scratch;
	struct words *texts;
	struct words title;
	size_t bound;

	arena_init(&scratch);
	*a = (struct align){.lexicon = lexicon,
			    .vectors = vectors,
			    .concepts = concepts,
			    .passages_n = n,
			    .sections_n = article->sections_n};
	texts = texts_of(article, lexicon, &scratch);
	title = lexicon_words(lexicon, article->title, &scratch);
	bound = words_bound(texts, n + article->sections_n);
	for (a->slots_n = 64; a->slots_n < 2 * bound; a->slots_n *= 2)
		;
	a->slots = arena_array(arena, a->slots_n, sizeof *a->slots);
	a->stem_slots = arena_array(arena, a->slots_n, sizeof *a->stem_slots);
	a->words = arena_array(arena, bound, sizeof *a->words);
	a->passages = arena_array(arena, n, sizeof *a->passages);
	a->titles = arena_array(arena, a->sections_n, sizeof *a->titles);
	a->section = arena_array(arena, n, sizeof *a->section);
	for (size_t i = 0; i < n; i++) {
		text_read(a, &texts[i], &a->passages[i], arena);
		a->section[i] = (uint32_t)(article->passages[i].section - article->sections);
	}
	for (size_t i = 0; i < a->sections_n; i++)
		text_read(a, &texts[n + i], &a->titles[i], arena);
	means_read(a, texts, arena);
	counts_read(a, &title, arena);
	directions_read(a, arena);
	arena_done(&scratch);
	return a;
}

/* --- a question --------------------------------------------------------------------------- */

/* A question's word that carries meaning, and how like it every word of the article is. */
struct asked_word {
	struct str stem;
	float weight;
	float *alike; /* by word of the article */
};

struct asking {
	const struct align *align;
	struct asked_word *words;
	size_t n;
	float weight; /* of all, WEIGHT_LEAST at least */
	struct arena *turn;
};

/* By the vectors of the words. */
static void alike_by_use(const struct align *a, uint32_t row, float *alike)
{
	struct vector v;

	vector_read(a->vectors, row, &v);
	vector_cosines(&v, a->directions, a->words_n, alike);
	for (size_t i = 0; i < a->words_n; i++) {
		float above = (alike[i] - ALIKE_FROM) / (1 - ALIKE_FROM);

		alike[i] = ALIKE_SHARE * larger(above, 0) * a->words[i].specific;
	}
}

static void alike_read(const struct align *a, const struct word *word, struct asked_word *out)
{
	uint32_t row = row_of(a, word->text);
	uint32_t same = *stem_slot(a, word->stem);
	struct align_word last = {0};

	if (same)
		last = a->words[same - 1];
	if (row != VECTOR_NONE)
		alike_by_use(a, row, out->alike);
	for (; same; same = a->words[same - 1].like)
		out->alike[same - 1] = 1;
	out->weight =
		background_weight(a, row) *
		larger(COMMON_LEAST, 1 - COMMON_LOSS * (float)last.df / (float)a->passages_n) *
		(last.in_title ? TITLE_LOSS : 1);
}

static struct asking asking_of(const struct align *a, const struct words *words, size_t from,
			       size_t to, struct arena *turn)
{
	struct asking q = {
		.align = a, .words = arena_array(turn, to - from, sizeof *q.words), .turn = turn};
	float weight = 0;

	for (size_t i = from; i < to; i++) {
		struct asked_word *one = &q.words[q.n];
		bool known = false;

		if (!has_meaning(a, &words->v[i]))
			continue;
		for (size_t k = 0; k < q.n && !known; k++)
			known = str_eq(q.words[k].stem, words->v[i].stem);
		if (known)
			continue;
		one->stem = words->v[i].stem;
		one->alike = arena_array(turn, a->words_n, sizeof *one->alike);
		alike_read(a, &words->v[i], one);
		weight += one->weight;
		q.n++;
	}
	q.weight = larger(weight, WEIGHT_LEAST);
	return q;
}

static float best_alike(const struct asked_word *word, const struct align_text *text)
{
	float best = 0;

	for (size_t i = 0; i < text->n; i++)
		best = larger(best, word->alike[text->words[i]]);
	return best;
}

/* Words of the question met by each title, by section and word. */
static float *titles_met(const struct asking *q)
{
	const struct align *a = q->align;
	float *met = arena_array(q->turn, a->sections_n * (q->n + 1), sizeof *met);

	for (size_t s = 0; s < a->sections_n; s++)
		for (size_t i = 0; i < q->n; i++)
			met[s * q->n + i] = best_alike(&q->words[i], &a->titles[s]);
	return met;
}

static void words_fit(const struct asking *q, struct fit *fits, struct reach *reach)
{
	const struct align *a = q->align;
	const float *titles = titles_met(q);
	float *anywhere = arena_array(q->turn, q->n + 1, sizeof *anywhere);

	for (size_t p = 0; p < a->passages_n; p++) {
		for (size_t i = 0; i < q->n; i++) {
			float met = best_alike(&q->words[i], &a->passages[p]);
			float title = titles[a->section[p] * q->n + i];
			float w = q->words[i].weight / q->weight;

			fits[p].words += w * met;
			fits[p].title_words += w * title;
			anywhere[i] = larger(anywhere[i], larger(met, title));
		}
	}
	for (size_t i = 0; i < q->n; i++)
		reach->known += q->words[i].weight / q->weight * anywhere[i];
	reach->content = q->n;
}

static float concept_weight(const struct align *a, size_t concept)
{
	float spread = (float)a->concept_df[concept] / (float)a->passages_n;

	return larger(CONCEPT_LEAST, 1 - spread) *
	       (a->concepts->v[concept].question ? QUESTION_SHARE : 1) *
	       (concept_set_has(&a->title, concept) ? TITLE_LOSS : 1);
}

bool align_speaks_of(const struct align *align, unsigned concept)
{
	return concept_set_has(&align->all, concept) || concept_set_has(&align->title, concept);
}

/* What the article never mentions, among the topics that the question names. */
static void topics_reach(const struct align *a, const struct concept_hit *hits, size_t n,
			 struct reach *reach)
{
	float named = 0, missing = 0;

	reach->missing = CONCEPT_NONE;
	for (size_t i = 0; i < n; i++) {
		size_t c = hits[i].concept;
		const struct concept *concept = &a->concepts->v[c];

		if (concept->question)
			continue;
		if (align_speaks_of(a, hits[i].concept)) {
			if (!concept->beside)
				reach->supported = larger(reach->supported, concept_weight(a, c));
			named += 1;
		} else if (concept_is_nameable(concept)) {
			named += 1;
			missing += 1;
			if (reach->missing == CONCEPT_NONE)
				reach->missing = (unsigned)c;
		}
	}
	reach->unsupported = named > 0 ? missing / named : 0;
}

static void concepts_fit(const struct asking *q, const struct words *words, size_t from, size_t to,
			 struct fit *fits, struct reach *reach)
{
	const struct align *a = q->align;
	struct concept_hit *hits = arena_array(q->turn, HITS_MAX, sizeof *hits);
	size_t n = concepts_find(a->concepts, words, from, to, hits, HITS_MAX);
	struct concept_set asked = {{0}};
	size_t kept = 0;
	float sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (concept_set_has(&asked, hits[i].concept))
			continue;
		concept_set_add(&asked, hits[i].concept);
		sum += concept_weight(a, hits[i].concept);
		hits[kept++] = hits[i];
	}
	topics_reach(a, hits, kept, reach);
	for (size_t i = 0; i < kept; i++) {
		size_t c = hits[i].concept;
		float share = concept_weight(a, c) / sum;

		for (size_t p = 0; p < a->passages_n; p++) {
			if (concept_set_has(&a->passages[p].concepts, c))
				fits[p].concepts += share;
			if (concept_set_has(&a->titles[a->section[p]].concepts, c))
				fits[p].title_concepts += share;
		}
	}
}

const struct fit *align_fits(const struct align *align, const struct words *words, size_t from,
			     size_t to, struct reach *reach, struct arena *turn)
{
	struct fit *fits = arena_array(turn, align->passages_n, sizeof *fits);
	struct asking q = asking_of(align, words, from, to, turn);
	struct vector_sum mean = mean_of(align, words, from, to);

	*reach = (struct reach){.missing = CONCEPT_NONE};
	words_fit(&q, fits, reach);
	if (align->concepts)
		concepts_fit(&q, words, from, to, fits, reach);
	for (size_t p = 0; p < align->passages_n; p++)
		fits[p].mean = vector_sum_dot(&mean, &align->means[p]);
	return fits;
}

/* --- what is spoken of -------------------------------------------------------------------- */

static bool has_stem(const struct align *a, const struct align_text *text, struct str stem)
{
	for (size_t i = 0; i < text->n; i++)
		if (str_eq(a->words[text->words[i]].stem, stem))
			return true;
	return false;
}

static bool is_met(const struct align *a, const struct align_text *text,
		   const struct align_text *title, const struct word *word)
{
	return has_meaning(a, word) && background_weight(a, row_of(a, word->text)) >= MET_LEAST &&
	       (has_stem(a, text, word->stem) || has_stem(a, title, word->stem));
}

void align_meets(const struct align *align, const struct words *words, size_t passage,
		 struct arena *turn, bool *met)
{
	const struct align_text *text = &align->passages[passage];
	const struct align_text *title = &align->titles[align->section[passage]];
	struct concept_hit *hits = arena_array(turn, HITS_MAX, sizeof *hits);
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++)
		met[i] = met[i] || is_met(align, text, title, &words->v[i]);
	if (align->concepts)
		n = concepts_find(align->concepts, words, 0, words->n, hits, HITS_MAX);
	for (size_t i = 0; i < n; i++)
		if (concept_set_has(&text->concepts, hits[i].concept) ||
		    concept_set_has(&title->concepts, hits[i].concept))
			for (unsigned k = 0; k < hits[i].count; k++)
				met[hits[i].first + k] = true;
}
