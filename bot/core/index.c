#include "core/index.h"

#include <math.h>
#include <stdlib.h>

#define STOP_WEIGHT 0.12f
#define BM25_K1 1.2f
/* BM25F: weight and length normalisation of each field. Robertson, Zaragoza: The Probabilistic
 * Relevance Framework, 2009, section 3.6. */
static const struct {
	float weight, b;
} fields[] = {
	{0.5f, 0.3f}, /* section title */
	{1.0f, 0.6f}, /* passage */
	{0.6f, 0.7f}, /* phrasings, put together */
};
#define FIELDS_N (sizeof fields / sizeof *fields)

/* --- terms -------------------------------------------------------------------------------- */

uint32_t index_term(const struct index *index, struct str stem)
{
	size_t slot = (size_t)str_hash(stem, 0) & (index->slots_n - 1);

	for (; index->slots[slot]; slot = (slot + 1) & (index->slots_n - 1))
		if (str_eq(index->terms[index->slots[slot] - 1], stem))
			return index->slots[slot] - 1;
	return TERM_NONE;
}

size_t index_article(const struct index *index, const struct article *article)
{
	size_t i = 0;

	while (index->articles[i] != article)
		i++;
	return i;
}

float index_word_weight(const struct index *index, const struct word *word)
{
	return wordset_has(&index->lexicon->stop_words, word->text) ? STOP_WEIGHT : 1.0f;
}

/* --- building ----------------------------------------------------------------------------- */

struct texts {
	struct words title, text, phrasings;
};

struct example_text {
	struct words words;
	uint32_t class; /* index.h */
};

struct building {
	struct index *index;
	struct arena *arena;
	struct arena scratch; /* the words of every text; gone once the index stands */
	struct texts *texts;  /* by passage */
	struct example_text *examples;
	size_t examples_n, examples_cap;
	uint32_t *df; /* by term */
	size_t documents;
	float average[FIELDS_N]; /* words in the field */
};

static const struct words *field_of(const struct texts *t, size_t field)
{
	const struct words *all[FIELDS_N] = {&t->title, &t->text, &t->phrasings};

	return all[field];
}

/* Every stem once; most words of the texts repeat one. */
struct stem_table {
	struct str *v; /* open addressing by str_hash; empty where free */
	size_t slots;  /* a power of two */
	size_t n;
};

static void stems_add(struct stem_table *stems, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++) {
		struct str stem = words->v[i].stem;
		size_t slot = (size_t)str_hash(stem, 0) & (stems->slots - 1);

		while (stems->v[slot].n && !str_eq(stems->v[slot], stem))
			slot = (slot + 1) & (stems->slots - 1);
		stems->n += stems->v[slot].n == 0;
		stems->v[slot] = stem;
	}
}

static void terms_number(struct building *b, const struct stem_table *stems)
{
	struct index *index = b->index;

	for (index->slots_n = 64; index->slots_n < stems->n * 2; index->slots_n *= 2)
		;
	index->terms = arena_array(b->arena, stems->n, sizeof *index->terms);
	index->slots = arena_array(b->arena, index->slots_n, sizeof *index->slots);
	for (size_t i = 0; i < stems->slots; i++) {
		size_t slot = (size_t)str_hash(stems->v[i], 0) & (index->slots_n - 1);

		if (stems->v[i].n == 0)
			continue;
		while (index->slots[slot])
			slot = (slot + 1) & (index->slots_n - 1);
		index->terms[index->terms_n++] = arena_str(b->arena, stems->v[i]);
		index->slots[slot] = (uint32_t)index->terms_n;
	}
}

static struct bag words_bag(struct building *b, struct words words)
{
	struct weight *v = arena_array(&b->scratch, 2 * words.n, sizeof *v);

	for (size_t i = 0; i < words.n; i++)
		v[i] = (struct weight){index_term(b->index, words.v[i].stem), 1};
	return bag_sum(v, v + words.n, words.n);
}

static void document_count(struct building *b, const struct bag *bag)
{
	b->documents++;
	for (size_t i = 0; i < bag->n; i++)
		b->df[bag->v[i].term]++;
}

static float idf_of(const struct building *b, uint32_t df)
{
	return logf(1.0f + ((float)(b->documents - df) + 0.5f) / ((float)df + 0.5f));
}

/* BM25F's tf': each field's count, weighted and divided by its relative length. */
static struct bag fields_bag(struct building *b, const struct texts *t)
{
	size_t n = t->title.n + t->text.n + t->phrasings.n;
	struct weight *v = arena_array(&b->scratch, 2 * n, sizeof *v);

	n = 0;
	for (size_t f = 0; f < FIELDS_N; f++) {
		const struct words *words = field_of(t, f);
		float relative = b->average[f] > 0 ? (float)words->n / b->average[f] : 1;
		float w = fields[f].weight / (1 - fields[f].b + fields[f].b * relative);

		for (size_t i = 0; i < words->n; i++)
			v[n++] = (struct weight){index_term(b->index, words->v[i].stem), w};
	}
	return bag_sum(v, v + n, n);
}

static struct bag unit_bag(struct building *b, const struct words *words)
{
	struct weight *v = arena_array(&b->scratch, 2 * words->n, sizeof *v);
	struct bag bag;

	for (size_t i = 0; i < words->n; i++) {
		v[i].term = index_term(b->index, words->v[i].stem);
		v[i].w = index_word_weight(b->index, &words->v[i]) * b->index->idf[v[i].term];
	}
	bag = bag_sum(v, v + words->n, words->n);
	bag_normalise(&bag);
	return bag;
}

static void words_append(struct words *to, size_t *cap, const struct words *more,
			 struct arena *arena)
{
	for (size_t i = 0; i < more->n; i++) {
		to->v = arena_grow(arena, to->v, &to->n, cap, sizeof *to->v);
		to->v[to->n - 1] = more->v[i];
	}
}

static void example_add(struct building *b, uint32_t class, struct words words)
{
	b->examples = arena_grow(&b->scratch, b->examples, &b->examples_n, &b->examples_cap,
				 sizeof *b->examples);
	b->examples[b->examples_n - 1] = (struct example_text){words, class};
}

/* A passage's title and its own sentences are examples too: of a new article there are no others. */
static void passage_read(struct building *b, size_t i)
{
	const struct passage *p = b->index->passages[i];
	struct texts *t = &b->texts[i];

	t->title = lexicon_words(b->index->lexicon, p->section->title, &b->scratch);
	t->text = lexicon_words(b->index->lexicon, p->plain, &b->scratch);
	example_add(b, (uint32_t)i, t->title);
	for (size_t k = 0; k < t->text.sentences_n; k++)
		example_add(b, (uint32_t)i,
			    (struct words){.v = t->text.v + t->text.sentences[k].first,
					   .n = t->text.sentences[k].count});
}

static void texts_read(struct building *b, const struct lessons *lessons)
{
	struct index *index = b->index;
	size_t *caps = arena_array(&b->scratch, index->passages_n, sizeof *caps);

	for (size_t i = 0; i < index->passages_n; i++)
		passage_read(b, i);
	for (size_t i = 0; i < lessons->phrasings_n; i++) {
		const struct phrasing *phrasing = &lessons->phrasings[i];
		struct words words =
			lexicon_lengthen(index->lexicon, &phrasing->lesson.words, &b->scratch);
		size_t of = 0;

		while (index->passages[of] != phrasing->passage)
			of++;
		example_add(b, (uint32_t)of, words);
		words_append(&b->texts[of].phrasings, &caps[of], &words, &b->scratch);
	}
}

/* Articles that have questions of their own which they do not cover get a class for them. */
static void classes_number(struct building *b, const struct lessons *lessons)
{
	struct index *index = b->index;

	index->classes_n = index->passages_n + 1;
	index->none = arena_array(b->arena, index->articles_n, sizeof *index->none);
	for (size_t i = 0; i < index->articles_n; i++) {
		size_t k = 0;

		while (k < lessons->uncovered_n &&
		       lessons->uncovered[k].article != index->articles[i])
			k++;
		index->none[i] = (uint32_t)(k < lessons->uncovered_n ? index->classes_n++
								     : index->passages_n);
	}
}

static void uncovered_add(struct building *b, const struct lessons *lessons)
{
	const struct index *index = b->index;

	for (size_t i = 0; i < lessons->uncovered_n; i++) {
		const struct uncovered *one = &lessons->uncovered[i];

		example_add(b,
			    one->article ? index->none[index_article(index, one->article)]
					 : (uint32_t)index->passages_n,
			    lexicon_lengthen(index->lexicon, &one->lesson.words, &b->scratch));
	}
}

static void terms_read(struct building *b)
{
	struct index *index = b->index;
	struct stem_table stems = {0};
	size_t words = 0;

	for (size_t i = 0; i < index->passages_n; i++)
		for (size_t f = 0; f < FIELDS_N; f++) {
			words += field_of(&b->texts[i], f)->n;
			b->average[f] +=
				(float)field_of(&b->texts[i], f)->n / (float)index->passages_n;
		}
	for (size_t i = 0; i < b->examples_n; i++)
		if (b->examples[i].class >= index->passages_n)
			words += b->examples[i].words.n;
	for (stems.slots = 64; stems.slots < words * 2; stems.slots *= 2)
		;
	stems.v = arena_array(&b->scratch, stems.slots, sizeof *stems.v);
	for (size_t i = 0; i < index->passages_n; i++)
		for (size_t f = 0; f < FIELDS_N; f++)
			stems_add(&stems, field_of(&b->texts[i], f));
	for (size_t i = 0; i < b->examples_n; i++)
		stems_add(&stems, &b->examples[i].words);
	terms_number(b, &stems);
	index->idf = arena_array(b->arena, index->terms_n, sizeof *index->idf);
	b->df = arena_array(&b->scratch, index->terms_n, sizeof *b->df);
}

/* Neighbouring examples of one class. */
static void runs_find(struct building *b)
{
	struct index *index = b->index;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < b->examples_n; i++) {
		uint32_t class = b->examples[i].class;

		if (n == 0 || index->runs[n - 1].class != class) {
			index->runs =
				arena_grow(b->arena, index->runs, &n, &cap, sizeof *index->runs);
			index->runs[n - 1].class = class;
		}
		index->runs[n - 1].end = (uint32_t)i + 1;
	}
	index->runs_n = n;
	index->examples_n = b->examples_n;
}

static struct postings postings_of(const struct building *b, const struct bag *bags, size_t n)
{
	size_t terms_n = b->index->terms_n;
	struct postings p = {.starts = arena_array(b->arena, terms_n + 1, sizeof *p.starts)};
	uint32_t end = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < bags[i].n; k++)
			p.starts[bags[i].v[k].term]++;
	/* From how many to where they end; filled from the end, they come to begin there. */
	for (size_t i = 0; i < terms_n; i++)
		p.starts[i] = end += p.starts[i];
	p.starts[terms_n] = end;
	p.v = arena_array(b->arena, end, sizeof *p.v);
	for (size_t i = n; i-- > 0;)
		for (size_t k = 0; k < bags[i].n; k++)
			p.v[--p.starts[bags[i].v[k].term]] =
				(struct weight){(uint32_t)i, bags[i].v[k].w};
	return p;
}

/* The counts matter less the more there are. */
static void fields_read(struct building *b)
{
	struct index *index = b->index;
	struct bag *bags = arena_array(&b->scratch, index->passages_n, sizeof *bags);

	for (size_t i = 0; i < index->passages_n; i++) {
		bags[i] = fields_bag(b, &b->texts[i]);
		document_count(b, &bags[i]);
		for (size_t k = 0; k < bags[i].n; k++) {
			float tf = bags[i].v[k].w;

			bags[i].v[k].w = tf * (BM25_K1 + 1) / (tf + BM25_K1);
		}
	}
	index->fields = postings_of(b, bags, index->passages_n);
}

static void weights_read(struct building *b)
{
	struct index *index = b->index;
	struct bag *bags = arena_array(&b->scratch, b->examples_n, sizeof *bags);

	fields_read(b);
	/* What is not covered does not count: how rare a word is among what is covered decides. */
	for (size_t i = 0; i < b->examples_n; i++) {
		struct bag bag = words_bag(b, b->examples[i].words);

		if (b->examples[i].class < index->passages_n)
			document_count(b, &bag);
	}
	for (size_t i = 0; i < index->terms_n; i++)
		index->idf[i] = idf_of(b, b->df[i]);
	index->idf_max = idf_of(b, 0);
	runs_find(b);
	for (size_t i = 0; i < b->examples_n; i++)
		bags[i] = unit_bag(b, &b->examples[i].words);
	index->examples = postings_of(b, bags, b->examples_n);
}

/* --- the classifier ----------------------------------------------------------------------- */

/* An article is taught when most of its passages have a few phrasings: below that the classifier would
 * know some passages and guess at the others, and the article's own words judge better. */
#define TAUGHT_PHRASINGS 5
#define TAUGHT_SHARE 0.7

static bool article_is_taught(const struct article *article, const struct lessons *lessons,
			      size_t *counts)
{
	size_t taught = 0;

	for (size_t i = 0; i < article->passages_n; i++)
		counts[i] = 0;
	for (size_t i = 0; i < lessons->phrasings_n; i++)
		if (lessons->phrasings[i].passage->section->article == article)
			counts[lessons->phrasings[i].passage - article->passages]++;
	for (size_t i = 0; i < article->passages_n; i++)
		taught += counts[i] >= TAUGHT_PHRASINGS;
	return (double)taught >= TAUGHT_SHARE * (double)article->passages_n;
}

static void taught_mark(struct building *b, const struct lessons *lessons)
{
	struct index *index = b->index;
	size_t *counts = arena_array(&b->scratch, index->passages_n, sizeof *counts);
	size_t first = 0;

	index->taught = arena_array(b->arena, index->passages_n, sizeof *index->taught);
	for (size_t i = 0; i < index->articles_n; i++) {
		const struct article *article = index->articles[i];
		bool taught = article_is_taught(article, lessons, counts);

		for (size_t k = 0; k < article->passages_n; k++)
			index->taught[first + k] = taught;
		first += article->passages_n;
	}
}

/* Trains on every example that texts_read() found and on what is not covered. */
static void classifier_train(struct building *b, const struct lessons *lessons)
{
	struct index *index = b->index;
	struct words *texts;
	struct text_features *features;
	struct example *examples;

	if (!lessons->vectors || !lessons->phrasings_n)
		return;
	texts = arena_array(&b->scratch, b->examples_n, sizeof *texts);
	features = arena_array(&b->scratch, b->examples_n, sizeof *features);
	examples = arena_array(&b->scratch, b->examples_n, sizeof *examples);
	for (size_t i = 0; i < b->examples_n; i++)
		texts[i] = b->examples[i].words;
	index->features = features_new(texts, b->examples_n, lessons->vectors, b->arena, features,
				       &b->scratch);
	for (size_t i = 0; i < b->examples_n; i++)
		examples[i] = (struct example){.features = features[i].terms,
					       .dense_first = (uint32_t)index->features->terms_n,
					       .dense_n = VECTOR_DIMENSIONS,
					       .dense = features[i].meaning,
					       .class = b->examples[i].class};
	index->classifier = classify_train(examples, b->examples_n, features_count(index->features),
					   index->classes_n, 1, b->arena);
	taught_mark(b, lessons);
}

const struct index *index_new(const struct book *book, const struct lexicon *lexicon,
			      const struct lessons *lessons, struct arena *arena)
{
	struct index *index = arena_new(arena, struct index);
	struct building b = {.index = index, .arena = arena};
	size_t cap = 0;

	index->lexicon = lexicon;
	index->articles = book->articles;
	index->articles_n = book->articles_n;
	index->aligns = arena_array(arena, book->articles_n, sizeof *index->aligns);
	for (size_t i = 0; i < book->articles_n; i++)
		index->aligns[i] = align_new(book->articles[i], lexicon, lessons->vectors,
					     book->concepts, arena);
	for (size_t i = 0; i < book->articles_n; i++)
		for (size_t k = 0; k < book->articles[i]->passages_n; k++) {
			index->passages = arena_grow(arena, index->passages, &index->passages_n,
						     &cap, sizeof *index->passages);
			index->passages[index->passages_n - 1] = &book->articles[i]->passages[k];
		}
	arena_init(&b.scratch);
	b.texts = arena_array(&b.scratch, index->passages_n, sizeof *b.texts);
	texts_read(&b, lessons);
	classes_number(&b, lessons);
	uncovered_add(&b, lessons);
	terms_read(&b);
	weights_read(&b);
	classifier_train(&b, lessons);
	arena_done(&b.scratch);
	return index;
}
