#include "calibrate/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/book.h"
#include "core/lists.h"
#include "core/match.h"
#include "core/readings.h"
#include "io/files.h"
#include "wire/json.h"

#define SOURCES_MAX 32
#define VECTORS_FILE_MAX ((size_t)64 * 1024 * 1024)
#define LINE_MAX_BYTES ((size_t)64 * 1024)
/* Of the questions about one article in the fit, those that it does not answer. */
#define UNCOVERED_SHARE 0.4
/* And of these, those that have nothing to do with it, where there are such: however long the list of
 * them grows, near misses say what is a wrong answer. */
#define FAR_SHARE 0.6
/* Of the fit for taught articles, the article with the most phrasings. */
#define MAIN_SHARE 0.5

static const char *const samples[] = {
	"blood-pressure-medicine", "cortisone-injection", "mole-removal",
	"travel-vaccines",	   "newborn-screening",	  "wisdom-tooth-removal"};
#define SAMPLES_N (sizeof samples / sizeof *samples)
#define KEPT_OUT_FROM 4 /* the last ones are in no fit */

struct asked {
	struct str text;
	struct str passages[8]; /* ids */
	size_t passages_n;
	bool far;
	unsigned fold;
};

struct asked_list {
	struct asked *v;
	size_t n, cap;
};

/* What a book is built from. */
struct parts {
	struct source v[SOURCES_MAX];
	size_t n;
	struct arena *arena;
};

static _Noreturn void fail(const char *what, const char *more)
{
	fprintf(stderr, "calibrate: %s%s\n", what, more);
	exit(1);
}

static struct str read_file(struct arena *arena, struct str path)
{
	struct str text;
	struct err err;

	if (!file_read(path, FILE_BYTES_MAX, arena, &text, &err))
		fail(err.text, "");
	return text;
}

static void part_add(struct parts *parts, struct str name, struct str text)
{
	if (parts->n == SOURCES_MAX)
		fail("too many files", "");
	parts->v[parts->n++] = (struct source){name, text};
}

static void pack_read(struct parts *parts)
{
	const struct str suffixes[] = {STR(".md"), STR(".txt")};
	struct str table;
	struct err err;

	for (size_t s = 0; s < 2; s++) {
		struct str *names;
		size_t n;

		if (!files_list(STR("intents/en"), suffixes[s], parts->arena, &names, &n, &err))
			fail(err.text, "");
		for (size_t i = 0; i < n; i++)
			part_add(parts, arena_fmt(parts->arena, "en/" STR_FMT, STR_ARG(names[i])),
				 read_file(parts->arena,
					   arena_fmt(parts->arena, "intents/en/" STR_FMT,
						     STR_ARG(names[i]))));
	}
	if (!file_map(STR("intents/en/words.vec"), VECTORS_FILE_MAX, parts->arena, &table, &err))
		fail(err.text, "");
	part_add(parts, STR("en/words.vec"), table);
}

/* A line stays in its fold when others come and go. */
static unsigned fold_of(struct str text)
{
	return (unsigned)(str_hash(text, 0) >> 32) % FOLDS;
}

enum list_kind {
	LIST_COVERED, /* the heading they stand under is the passage */
	LIST_NEAR,    /* what the article leaves out */
	LIST_FAR,     /* what no article answers */
};

/* The items of a list file. */
static void list_read(struct asked_list *out, struct str name, struct str text, enum list_kind kind,
		      struct arena *arena)
{
	struct mistakes mistakes;
	struct source source = {name, text};
	struct lists lists;

	mistakes_init(&mistakes, arena);
	lists = lists_parse(&source, arena, &mistakes);
	for (size_t i = 0; i < lists.n; i++)
		for (size_t k = 0; k < lists.v[i].items_n; k++) {
			struct asked *one;

			out->v = arena_grow(arena, out->v, &out->n, &out->cap, sizeof *out->v);
			one = &out->v[out->n - 1];
			one->text = lists.v[i].items[k].text;
			one->fold = fold_of(one->text);
			one->far = kind == LIST_FAR;
			if (kind == LIST_COVERED)
				one->passages[one->passages_n++] = lists.v[i].title;
		}
}

/* Lines of a question file that say plainly what is right: `in` and `oos`. */
static void questions_read(struct asked_list *out, struct str path, struct arena *arena)
{
	struct str text = read_file(arena, path);
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		struct err err;
		struct json *json;
		struct asked *one;

		if (line.n == 0)
			continue;
		json = json_parse(line, LINE_MAX_BYTES, &err);
		if (!json)
			fail(err.text, "");
		if (str_eq(json_text(json, "kind"), STR("in")) ||
		    str_eq(json_text(json, "kind"), STR("oos"))) {
			out->v = arena_grow(arena, out->v, &out->n, &out->cap, sizeof *out->v);
			one = &out->v[out->n - 1];
			one->text = arena_str(arena, json_text(json, "q"));
			for (const struct json *p = json_first(json_array(json, "passages"));
			     p && one->passages_n < 8; p = json_next(p))
				one->passages[one->passages_n++] =
					arena_str(arena, json_text_of(p));
		}
		json_free(json);
	}
}

/* The list without the items of one fold. */
static struct str list_without(struct str text, unsigned fold, struct arena *arena)
{
	struct buf out;
	struct str line, kept;
	bool dropping = false;

	buf_init(&out, text.n + 1);
	while (str_cut(&text, '\n', &line)) {
		if (str_starts(line, STR("- ")))
			dropping = fold_of(str_trim(str_sub(line, 2, line.n))) == fold;
		else if (!str_starts(line, STR(" ")))
			dropping = false;
		if (dropping)
			continue;
		buf_add(&out, line);
		buf_add_char(&out, '\n');
	}
	kept = arena_str(arena, buf_str(&out));
	buf_done(&out);
	return kept;
}

/* --- weighing ----------------------------------------------------------------------------- */

static const struct book *book_of(const struct parts *parts)
{
	static const struct clinic clinic = {.name = {"the clinic", 10},
					     .phone = {"0", 1},
					     .emergency = {"112", 3},
					     .crisis_line = {"0", 1},
					     .staff = {"0", 1}};
	struct arena arena;
	struct mistakes mistakes;
	const struct book *book;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	book = book_new(parts->v, parts->n, &clinic, &mistakes);
	if (!book)
		fail("the book cannot be built: ",
		     mistakes.n ? arena_cstr(&arena, mistake_line(&mistakes, 0)) : "");
	arena_done(&arena);
	return book;
}

static void case_add(struct cases *cases, const struct book *book, const struct asked *asked,
		     size_t set, struct arena *turn)
{
	struct readings readings = readings_of(book, asked->text, turn);
	const struct words *words = &readings.v[READING_OUT];
	const struct weighed *w = match_weigh(book->index, words, 0, words->n, turn);
	const struct article *article = w->article;
	double *signals =
		arena_array(cases->arena, article->passages_n * SIGNALS_N, sizeof *signals);
	struct kase *one;

	memcpy(signals, w->signals, article->passages_n * SIGNALS_N * sizeof *signals);
	cases->v = arena_grow(cases->arena, cases->v, &cases->n, &cases->cap, sizeof *cases->v);
	one = &cases->v[cases->n - 1];
	*one = (struct kase){.signals = signals,
			     .n = article->passages_n,
			     .covered = asked->passages_n > 0,
			     .far = asked->far,
			     .right = arena_array(cases->arena, article->passages_n, sizeof(bool)),
			     .set = set};
	memcpy(one->doubts, w->doubts, sizeof one->doubts);
	for (size_t i = 0; i < asked->passages_n; i++) {
		const struct passage *first;
		size_t n = passages_named(article, asked->passages[i], &first);

		if (n == 0)
			fail("no such passage: ", arena_cstr(cases->arena, asked->passages[i]));
		for (size_t k = 0; k < n; k++)
			one->right[&first[k] - article->passages] = true;
	}
}

/* Asks those of one fold, or all. */
static void book_ask(struct cases *cases, const struct parts *parts, const struct asked_list *asked,
		     size_t set, unsigned fold)
{
	const struct book *book = book_of(parts);
	struct arena turn;

	arena_init(&turn);
	for (size_t i = 0; i < asked->n; i++) {
		if (fold < FOLDS && asked->v[i].fold != fold)
			continue;
		case_add(cases, book, &asked->v[i], set, &turn);
		arena_reset(&turn);
	}
	arena_done(&turn);
	book_free(book);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu questions weighed", cases->n);
}

static size_t set_add(struct cases *cases, const char *name, double share, bool kept_out)
{
	struct kase_set *set;

	cases->sets = arena_grow(cases->arena, cases->sets, &cases->sets_n, &cases->sets_cap,
				 sizeof *cases->sets);
	set = &cases->sets[cases->sets_n - 1];
	*set = (struct kase_set){.share = share, .kept_out = kept_out};
	snprintf(set->name, sizeof set->name, "%s", name);
	return cases->sets_n - 1;
}

static struct source *part_find(struct parts *parts, struct str name)
{
	for (size_t i = 0; i < parts->n; i++)
		if (str_eq(parts->v[i].name, name))
			return &parts->v[i];
	fail("missing: ", name.p);
}

/* A file of an article: the article itself, or what stands beside it. */
static struct str beside_read(struct cases *cases, const char *article, const char *suffix)
{
	return read_file(cases->arena, arena_fmt(cases->arena, "intents/%s%s", article, suffix));
}

/* The shipped article, whose phrasings and whose questions that it, or no article, covers are asked in
 * turn. */
static void main_collect(struct cases *cases, const struct parts *pack, bool taught, double share)
{
	struct str questions = beside_read(cases, "mesotherapy", ".questions.md");
	struct str own = beside_read(cases, "mesotherapy", ".not-covered.md");
	struct parts parts = *pack;
	struct str bank = part_find(&parts, STR("en/not-covered.md"))->text;
	struct asked_list asked = {0};
	size_t set = set_add(cases, "mesotherapy", share, false);

	list_read(&asked, STR("questions"), questions, LIST_COVERED, cases->arena);
	list_read(&asked, STR("own"), own, LIST_NEAR, cases->arena);
	list_read(&asked, STR("bank"), bank, LIST_FAR, cases->arena);
	part_add(&parts, STR("mesotherapy.md"), beside_read(cases, "mesotherapy", ".md"));
	for (unsigned fold = 0; fold < FOLDS; fold++) {
		struct parts one = parts;

		part_find(&one, STR("en/not-covered.md"))->text =
			list_without(bank, fold, cases->arena);
		if (taught) {
			part_add(&one, STR("mesotherapy.questions.md"),
				 list_without(questions, fold, cases->arena));
			part_add(&one, STR("mesotherapy.not-covered.md"),
				 list_without(own, fold, cases->arena));
		}
		book_ask(cases, &one, &asked, set, fold);
	}
}

/* A sample, asked its own questions; when it is not taught, what it would be taught is asked too. */
static void sample_collect(struct cases *cases, const struct parts *pack, size_t sample,
			   bool taught, double share)
{
	const char *name = samples[sample];
	struct arena *arena = cases->arena;
	const char *path = arena_cstr(arena, arena_fmt(arena, "samples/%s", name));
	struct str questions = beside_read(cases, path, ".questions.md");
	struct str own = beside_read(cases, path, ".not-covered.md");
	struct parts parts = *pack;
	struct asked_list asked = {0};
	size_t set = set_add(cases, name, share, sample >= KEPT_OUT_FROM);

	questions_read(&asked, arena_fmt(arena, "tests/questions/samples/%s.jsonl", name), arena);
	part_add(&parts, arena_fmt(arena, "%s.md", name), beside_read(cases, path, ".md"));
	if (taught) {
		part_add(&parts, arena_fmt(arena, "%s.questions.md", name), questions);
		part_add(&parts, arena_fmt(arena, "%s.not-covered.md", name), own);
	} else {
		list_read(&asked, STR("questions"), questions, LIST_COVERED, arena);
		list_read(&asked, STR("own"), own, LIST_NEAR, arena);
	}
	book_ask(cases, &parts, &asked, set, FOLDS);
}

/* The share of its set that cases like it have together, when the set has `far_n` of the far ones. */
static double share_of(const struct kase *one, size_t far_n)
{
	if (one->covered)
		return 1 - UNCOVERED_SHARE;
	if (far_n == 0)
		return UNCOVERED_SHARE;
	return UNCOVERED_SHARE * (one->far ? FAR_SHARE : 1 - FAR_SHARE);
}

/* Each set has its share, and in it what is covered, what is nearly, and what is not at all. */
static void weights_set(struct cases *cases)
{
	for (size_t s = 0; s < cases->sets_n; s++) {
		size_t counts[3] = {0};

		for (size_t i = 0; i < cases->n; i++)
			if (cases->v[i].set == s)
				counts[cases->v[i].covered ? 0 : 1 + cases->v[i].far]++;
		for (size_t i = 0; i < cases->n; i++) {
			struct kase *one = &cases->v[i];
			size_t alike = counts[one->covered ? 0 : 1 + one->far];

			if (one->set == s && !cases->sets[s].kept_out)
				one->weight = cases->sets[s].share * share_of(one, counts[2]) /
					      (double)alike;
		}
	}
}

void cases_collect(struct cases *cases, bool taught)
{
	struct parts pack = {.arena = cases->arena};
	double main_share = taught ? MAIN_SHARE : 1.0 / (KEPT_OUT_FROM + 1);

	pack_read(&pack);
	main_collect(cases, &pack, taught, main_share);
	for (size_t i = 0; i < SAMPLES_N; i++)
		sample_collect(cases, &pack, i, taught, (1 - main_share) / KEPT_OUT_FROM);
	weights_set(cases);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\n");
}
