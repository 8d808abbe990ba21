#include "core/book.h"

#include <stdlib.h>

#include "core/concepts.h"
#include "core/cues.h"
#include "core/err.h"
#include "core/foreign.h"
#include "core/index.h"
#include "core/replies.h"
#include "core/spellings.h"
#include "core/tongues.h"
#include "core/urgent.h"

struct building {
	struct book *book;
	const struct source *sources;
	size_t sources_n;
	struct mistakes *mistakes;
	size_t errors; /* among them before */
	struct urgent *urgent;
	struct stems stems;
	struct lessons lessons;
	struct arena scratch; /* of both; gone once the book stands */
};

/* The files beside NAME.md. */
#define QUESTIONS STR(".questions.md")
#define NOT_COVERED STR(".not-covered.md")

static const struct source *source_find(const struct building *b, struct str name)
{
	for (size_t i = 0; i < b->sources_n; i++)
		if (str_eq(b->sources[i].name, name))
			return &b->sources[i];
	return NULL;
}

static bool is_pack(struct str name)
{
	return str_find(name, STR("/")) >= 0;
}

static bool is_vectors(struct str name)
{
	return str_eq(name, STR("en/words.vec"));
}

static bool is_beside(struct str name, struct str suffix)
{
	return !is_pack(name) && str_ends(name, suffix);
}

static bool is_article(struct str name)
{
	return is_beside(name, STR(".md")) && !is_beside(name, QUESTIONS) &&
	       !is_beside(name, NOT_COVERED);
}

static int compare_articles(const void *a, const void *b)
{
	const struct article *const *x = a, *const *y = b;

	return str_compare((*x)->name, (*y)->name);
}

static void articles_read(struct building *b)
{
	struct book *book = b->book;
	size_t cap = 0;

	for (size_t i = 0; i < b->sources_n; i++) {
		const struct source *s = &b->sources[i];
		const struct article *article;

		if (!is_article(s->name))
			continue;
		article = article_parse(s->name, s->text, &book->arena, b->mistakes);
		if (!article)
			continue;
		book->articles = arena_grow(&book->arena, book->articles, &book->articles_n, &cap,
					    sizeof *book->articles);
		book->articles[book->articles_n - 1] = article;
	}
	if (book->articles_n)
		qsort(book->articles, book->articles_n, sizeof *book->articles, compare_articles);
	else if (b->mistakes->errors == 0)
		mistake_add(b->mistakes, STR(""), 0, "there is no article (NAME.md) here");
}

/* The article that a file stands beside. NULL when there is none, which is a mistake, or when it has
 * mistakes of its own. */
static const struct article *article_beside(struct building *b, struct str file, struct str suffix)
{
	struct str name = str_sub(file, 0, file.n - suffix.n);

	for (size_t i = 0; i < b->book->articles_n; i++)
		if (str_eq(b->book->articles[i]->name, name))
			return b->book->articles[i];
	if (!source_find(b, arena_fmt(&b->book->arena, STR_FMT ".md", STR_ARG(name))))
		mistake_add(b->mistakes, file, 0, "there is no article " STR_FMT ".md",
			    STR_ARG(name));
	return NULL;
}

typedef void (*lessons_add)(struct lessons *, const struct source *, const struct article *,
			    struct mistakes *);

static void beside_read(struct building *b, struct str suffix, lessons_add add)
{
	for (size_t i = 0; i < b->sources_n; i++) {
		const struct source *s = &b->sources[i];
		const struct article *article;

		if (!is_beside(s->name, suffix))
			continue;
		article = article_beside(b, s->name, suffix);
		if (article)
			add(&b->lessons, s, article, b->mistakes);
	}
}

static const struct source *pack_file(struct building *b, struct str name)
{
	const struct source *source = source_find(b, name);

	if (!source)
		mistake_add(b->mistakes, name, 0, "the file is missing");
	return source;
}

/* Before the lists, which are read by it. */
static void lexicon_read(struct building *b)
{
	const struct source *words = pack_file(b, STR("en/words.md"));
	struct lexicon *lexicon = arena_new(&b->book->arena, struct lexicon);

	if (words)
		lexicon_parse(words, &b->book->arena, lexicon, b->mistakes);
	b->book->lexicon = lexicon;
	stems_init(&b->stems, lexicon->language, &b->scratch);
	b->lessons.lexicon = lexicon;
	b->lessons.stems = &b->stems;
	b->lessons.arena = &b->scratch;
}

static void pack_read(struct building *b, const struct clinic *clinic)
{
	const struct source *replies = pack_file(b, STR("en/replies.md"));
	const struct source *urgent = pack_file(b, STR("en/urgent.md"));
	const struct source *cues = pack_file(b, STR("en/cues.md"));
	struct arena *arena = &b->book->arena;
	struct replies *replies_of = arena_new(arena, struct replies);
	struct urgent *urgent_of = arena_new(arena, struct urgent);
	struct cues *cues_of = arena_new(arena, struct cues);

	if (replies && urgent)
		replies_parse(replies, urgent, clinic, arena, replies_of, b->mistakes);
	if (urgent)
		urgent_parse(urgent, arena, urgent_of, b->mistakes);
	if (cues)
		cues_parse(cues, arena, cues_of, b->mistakes);
	b->book->replies = replies_of;
	b->book->urgent = b->urgent = urgent_of;
	b->book->cues = cues_of;
}

/* A pack without other languages (tests make such) does without them. */
static void tongues_read(struct building *b)
{
	struct tongues *tongues = arena_new(&b->book->arena, struct tongues);

	for (size_t i = 0; i < b->sources_n; i++)
		if (tongue_is_file(b->sources[i].name))
			tongues_add(tongues, &b->sources[i], &b->book->clinic, &b->book->arena,
				    b->mistakes);
	b->book->tongues = tongues;
}

/* A pack without the table (tests make such) does without it. */
static void concepts_read(struct building *b)
{
	const struct source *table = source_find(b, STR("en/concepts.txt"));
	struct concepts *concepts;

	if (!table)
		return;
	concepts = arena_new(&b->book->arena, struct concepts);
	if (concepts_parse(table, &b->book->arena, concepts, b->mistakes))
		b->book->concepts = concepts;
}

static void foreign_read(struct building *b)
{
	const struct source *lists = source_find(b, STR("en/foreign.md"));
	struct foreign *foreign;

	if (!lists)
		return;
	foreign = arena_new(&b->book->arena, struct foreign);
	if (foreign_parse(lists, &b->book->arena, foreign, b->mistakes))
		b->book->foreign = foreign;
}

static bool vectors_read(struct building *b, const struct source *table, struct vectors *out)
{
	struct err err;

	if (vectors_open(table->text, &b->book->arena, out, &err))
		return true;
	mistake_add(b->mistakes, table->name, 0, "%s", err.text);
	return false;
}

/* What staff wrote for other purposes shows the urgent lane what ordinary messages are. */
static void lane_teach(struct building *b)
{
	const struct source *examples = pack_file(b, STR("en/urgent-examples.md"));

	if (examples)
		urgency_teach(&b->urgent->model, examples, &b->lessons, &b->book->arena,
			      b->mistakes);
}

/* What the two classifiers learn from beside the articles' own files. A pack without word vectors
 * (tests make such) does without them. */
static void pack_lessons_read(struct building *b)
{
	const struct source *table = source_find(b, STR("en/words.vec"));
	struct vectors *vectors = arena_new(&b->book->arena, struct vectors);
	const struct source *bank;

	if (!table || !vectors_read(b, table, vectors))
		return;
	b->lessons.vectors = vectors;
	bank = pack_file(b, STR("en/not-covered.md"));
	if (bank)
		lessons_add_uncovered(&b->lessons, bank, NULL, b->mistakes);
	if (b->mistakes->errors == b->errors)
		lane_teach(b);
}

static const struct speller *speller_of(struct building *b)
{
	struct arena scratch;
	struct spellings spellings;
	const struct speller *speller;

	arena_init(&scratch);
	spellings_init(&spellings, &scratch);
	for (size_t i = 0; i < b->book->articles_n; i++)
		spellings_add_article(&spellings, b->book->articles[i]);
	for (size_t i = 0; i < b->lessons.phrasings_n; i++)
		spellings_add_words(&spellings, &b->lessons.phrasings[i].lesson.words,
				    SPELLING_SEEN);
	spellings_add_lists(&spellings, source_find(b, STR("en/words.md")), SPELLING_KNOWN);
	spellings_add_lists(&spellings, source_find(b, STR("en/cues.md")), SPELLING_KNOWN);
	spellings_add_lists(&spellings, source_find(b, STR("en/urgent.md")), SPELLING_KNOWN);
	spellings_add_messages(&spellings, source_find(b, STR("en/urgent-examples.md")));
	spellings_add_concepts(&spellings, source_find(b, STR("en/concepts.txt")));
	speller = speller_new(spellings.v, spellings.n, b->lessons.vectors,
			      b->book->lexicon->language, &b->book->arena);
	arena_done(&scratch);
	return speller;
}

static struct clinic clinic_copy(const struct clinic *from, struct arena *arena)
{
	return (struct clinic){
		.name = arena_str(arena, from->name),
		.phone = arena_str(arena, from->phone),
		.emergency = arena_str(arena, from->emergency),
		.crisis_line = arena_str(arena, from->crisis_line),
		.staff = arena_str(arena, from->staff),
	};
}

/* Over everything that can change an answer, in the order of the names. */
static struct str version_of(const struct building *b)
{
	const struct clinic *c = &b->book->clinic;
	const struct str details[] = {c->name, c->phone, c->emergency, c->crisis_line, c->staff};
	uint64_t sum = 0;
	uint64_t clinic = 0;

	for (size_t i = 0; i < b->sources_n; i++)
		sum += str_hash(is_vectors(b->sources[i].name)
					? str_sub(b->sources[i].text, 0, VECTORS_CHECKSUM_END)
					: b->sources[i].text,
				str_hash(b->sources[i].name, 0));
	for (size_t i = 0; i < sizeof details / sizeof *details; i++)
		clinic = str_hash(STR("\n"), str_hash(details[i], clinic));
	return arena_fmt(&b->book->arena, "%016llx", (unsigned long long)(sum ^ clinic));
}

const struct book *book_new(const struct source *sources, size_t sources_n,
			    const struct clinic *clinic, struct mistakes *mistakes)
{
	struct book *book = calloc(1, sizeof *book);
	struct building b = {.book = book,
			     .sources = sources,
			     .sources_n = sources_n,
			     .mistakes = mistakes,
			     .errors = mistakes->errors};

	if (!book)
		out_of_memory();
	arena_init(&book->arena);
	arena_init(&b.scratch);
	book->clinic = clinic_copy(clinic, &book->arena);
	articles_read(&b);
	lexicon_read(&b);
	beside_read(&b, QUESTIONS, lessons_add_phrasings);
	beside_read(&b, NOT_COVERED, lessons_add_uncovered);
	if (book->articles_n)
		book->clinic.article = book->articles[0]->title;
	pack_read(&b, &book->clinic);
	tongues_read(&b);
	concepts_read(&b);
	foreign_read(&b);
	pack_lessons_read(&b);
	if (mistakes->errors > b.errors) {
		book_free(book);
		book = NULL;
	} else {
		book->speller = speller_of(&b);
		book->index = index_new(book, book->lexicon, &b.lessons, &book->arena);
		book->version = version_of(&b);
	}
	stems_done(&b.stems);
	arena_done(&b.scratch);
	return book;
}

void book_free(const struct book *book)
{
	struct book *own = (struct book *)(uintptr_t)book;

	if (!own)
		return;
	arena_done(&own->arena);
	free(own);
}

const struct passage *book_passage(const struct book *book, struct str qualified)
{
	struct str id = qualified;
	struct str name;

	if (!str_cut(&id, '/', &name))
		return NULL;
	for (size_t i = 0; i < book->articles_n; i++)
		if (str_eq(book->articles[i]->name, name))
			return article_passage(book->articles[i], id);
	return NULL;
}
