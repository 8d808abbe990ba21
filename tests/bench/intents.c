/* Learns intents from a file of examples and tells the intent of every line of other files, so that
 * others can count what was right (compare.py does; `make bench DATA=FOLDER`):
 *
 *     intents VECTORS TRAIN TEST [OUT_OF_SCOPE]
 *
 * VECTORS is a table of word vectors, the rest are files of lines `label<TAB>text`. On standard output a
 * line for each line of TEST and of OUT_OF_SCOPE:
 *
 *     test|oos <TAB> label <TAB> how likely the text is in scope
 *
 * and what it cost, in seconds of the processor, and what was learnt of refusing:
 *
 *     cost <TAB> train|train_refusing|ask|threshold <TAB> number */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/reject.h"
#include "io/files.h"

#define KEEP 0.95

struct labels {
	struct str *v;
	size_t n, cap;
};

struct set {
	struct str *texts;
	uint32_t *classes;
	size_t n;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "intents: %s\n", what);
	exit(1);
}

static uint32_t label_number(struct labels *labels, struct str label, struct arena *arena)
{
	for (size_t i = 0; i < labels->n; i++)
		if (str_eq(labels->v[i], label))
			return (uint32_t)i;
	labels->v = arena_grow(arena, labels->v, &labels->n, &labels->cap, sizeof *labels->v);
	labels->v[labels->n - 1] = label;
	return (uint32_t)labels->n - 1;
}

static struct set set_read(const char *path, struct labels *labels, struct arena *arena)
{
	struct set set = {0};
	struct str text, rest, line;
	struct err err;
	size_t lines = 0;

	if (!file_read(str_of(path), FILE_BYTES_MAX, arena, &text, &err))
		fail(err.text);
	for (rest = text; str_cut(&rest, '\n', &line);)
		lines++;
	set.texts = arena_array(arena, lines + 1, sizeof *set.texts);
	set.classes = arena_array(arena, lines + 1, sizeof *set.classes);
	for (size_t at = 1; str_cut(&text, '\n', &line); at++) {
		struct str label;

		if (line.n == 0)
			continue;
		if (str_find(line, STR("\t")) <= 0) {
			fprintf(stderr, "intents: %s:%zu: no label and tab before the text\n", path,
				at);
			exit(1);
		}
		str_cut(&line, '\t', &label);
		set.texts[set.n] = line;
		set.classes[set.n++] = label_number(labels, label, arena);
	}
	return set;
}

static void cost_print(const char *what, double number)
{
	printf("cost\t%s\t%.9f\n", what, number);
}

/* The classifier alone, as a book trains it: for its time. */
static void train_alone(const struct set *set, const struct taught *taught)
{
	double start = now();
	struct words *texts;
	struct example *examples;
	const struct features *features;
	struct arena arena;

	arena_init(&arena);
	texts = arena_array(&arena, set->n, sizeof *texts);
	examples = arena_array(&arena, set->n, sizeof *examples);
	for (size_t i = 0; i < set->n; i++)
		texts[i] = text_words(set->texts[i], STR("en"), &arena);
	features = features_new(texts, set->n, taught->vectors, &arena, NULL, NULL);
	for (size_t i = 0; i < set->n; i++)
		examples[i] = (struct example){
			.features = features_of(features, &texts[i], 0, texts[i].n, &arena),
			.class = set->classes[i]};
	classify_train(examples, set->n, features_count(features), taught->classes_n, 1, &arena);
	cost_print("train", now() - start);
	arena_done(&arena);
}

static struct rejector train(const struct set *set, size_t classes_n, const struct vectors *vectors,
			     struct arena *arena)
{
	struct taught taught = {
		.classes = set->classes, .n = set->n, .classes_n = classes_n, .vectors = vectors};
	struct rejector rejector;
	struct words *texts;
	struct arena work;
	struct err err;
	double start;

	train_alone(set, &taught);
	start = now();
	arena_init(&work);
	texts = arena_array(&work, set->n, sizeof *texts);
	for (size_t i = 0; i < set->n; i++)
		texts[i] = text_words(set->texts[i], STR("en"), &work);
	taught.texts = texts;
	if (!reject_learn(&taught, KEEP, arena, &rejector, &err))
		fail(err.text);
	arena_done(&work);
	cost_print("train_refusing", now() - start);
	cost_print("threshold", rejector.threshold);
	return rejector;
}

/* Gives the seconds it took, printing left out. */
static double judge(const char *part, const struct set *set, const struct labels *labels,
		    const struct rejector *rejector)
{
	struct verdict *verdicts;
	struct arena arena, turn;
	double start, took;

	arena_init(&arena);
	arena_init(&turn);
	verdicts = arena_array(&arena, set->n + 1, sizeof *verdicts);
	start = now();
	for (size_t i = 0; i < set->n; i++) {
		struct words words = text_words(set->texts[i], STR("en"), &turn);

		verdicts[i] = reject_judge(rejector, &words, 0, words.n, &turn);
		arena_reset(&turn);
	}
	took = now() - start;
	for (size_t i = 0; i < set->n; i++)
		printf("%s\t" STR_FMT "\t%.9f\n", part, STR_ARG(labels->v[verdicts[i].class]),
		       verdicts[i].in_scope);
	arena_done(&turn);
	arena_done(&arena);
	return took;
}

int main(int argc, char **argv)
{
	struct labels labels = {0};
	struct rejector rejector;
	struct vectors vectors;
	struct set taught, test;
	struct arena arena;
	struct str file;
	struct err err;
	size_t classes_n;

	if (argc < 4 || argc > 5)
		fail("usage: intents VECTORS TRAIN TEST [OUT_OF_SCOPE]");
	arena_init(&arena);
	if (!file_map(str_of(argv[1]), VECTORS_BYTES_MAX, &arena, &file, &err) ||
	    !vectors_open(file, &arena, &vectors, &err))
		fail(err.text);
	file_map_rest(file);
	taught = set_read(argv[2], &labels, &arena);
	classes_n = labels.n;
	test = set_read(argv[3], &labels, &arena);
	rejector = train(&taught, classes_n, &vectors, &arena);
	if (test.n)
		cost_print("ask", judge("test", &test, &labels, &rejector) / (double)test.n);
	if (argc > 4) {
		struct set out = set_read(argv[4], &labels, &arena);

		judge("oos", &out, &labels, &rejector);
	}
	file_unmap(file);
	arena_done(&arena);
	return 0;
}
