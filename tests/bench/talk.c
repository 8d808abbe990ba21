/* What a question costs: loading a folder of articles, then every phrasing in it asked once, from the
 * message to the reply, and the memory that stays. Times are of the processor, so that others on the
 * machine count little. `make bench`; another folder: build/tests/bench/talk DIR. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/lists.h"
#include "core/reply.h"
#include "core/talk.h"
#include "core/vectors.h"
#include "io/files.h"

#define SOURCES_MAX 64
#define QUESTIONS_MAX 100000
#define REPLY_MAX 2000 /* code points, as on Discord */

struct sources {
	struct source v[SOURCES_MAX];
	size_t n;
	struct str vectors;
	struct arena arena;
};

struct asked {
	struct str *v;
	size_t n, cap;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double memory_mb(const char *what)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[256];

	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, what, strlen(what)) == 0)
			kb = strtoul(line + strlen(what), NULL, 10);
	if (f)
		fclose(f);
	return (double)kb / 1024;
}

static _Noreturn void fail(struct str what)
{
	fprintf(stderr, "talk: " STR_FMT "\n", STR_ARG(what));
	exit(1);
}

static void source_add(struct sources *s, struct str name, struct str text)
{
	if (s->n == SOURCES_MAX)
		fail(STR("too many files"));
	s->v[s->n++] = (struct source){name, text};
}

/* The files in `dir` that end so, as `prefix`NAME. */
static void folder_read(struct sources *s, struct str dir, struct str prefix, struct str suffix)
{
	struct str *names;
	size_t n;
	struct err err;

	if (!files_list(dir, suffix, &s->arena, &names, &n, &err))
		fail(str_of(err.text));
	for (size_t i = 0; i < n; i++) {
		struct str path =
			arena_fmt(&s->arena, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(names[i]));
		struct str text;

		if (!file_read(path, FILE_BYTES_MAX, &s->arena, &text, &err))
			fail(str_of(err.text));
		source_add(
			s,
			arena_fmt(&s->arena, STR_FMT STR_FMT, STR_ARG(prefix), STR_ARG(names[i])),
			text);
	}
}

static void sources_read(struct sources *s, struct str dir)
{
	struct str pack = STR("intents/en");
	struct err err;

	arena_init(&s->arena);
	folder_read(s, dir, STR(""), STR(".md"));
	folder_read(s, pack, STR("en/"), STR(".md"));
	folder_read(s, pack, STR("en/"), STR(".txt"));
	if (!file_map(STR("intents/en/words.vec"), VECTORS_BYTES_MAX, &s->arena, &s->vectors, &err))
		fail(str_of(err.text));
	source_add(s, STR("en/words.vec"), s->vectors);
}

static void questions_read(const struct sources *s, struct arena *arena, struct asked *out)
{
	struct mistakes mistakes;

	mistakes_init(&mistakes, arena);
	for (size_t i = 0; i < s->n; i++) {
		struct lists lists;

		if (!str_ends(s->v[i].name, STR(".questions.md")))
			continue;
		lists = lists_parse(&s->v[i], arena, &mistakes);
		for (size_t k = 0; k < lists.n; k++)
			for (size_t m = 0; m < lists.v[k].items_n; m++) {
				out->v = arena_grow(arena, out->v, &out->n, &out->cap,
						    sizeof *out->v);
				out->v[out->n - 1] = arena_str(arena, lists.v[k].items[m].text);
			}
	}
	if (out->n == 0)
		fail(STR("there is no phrasing in this folder"));
}

/* As the bot does it (app/load.c): what was only needed for building is given back. */
static const struct book *book_measure(struct str dir, struct asked *questions, struct arena *arena)
{
	static struct sources sources;
	const struct clinic clinic = {.name = STR("Clinic"),
				      .phone = STR("555 0100"),
				      .emergency = STR("112"),
				      .crisis_line = STR("116 123"),
				      .staff = STR("the front desk")};
	struct mistakes mistakes;
	const struct book *book;
	double start = now_us();

	mistakes_init(&mistakes, arena);
	sources_read(&sources, dir);
	book = book_new(sources.v, sources.n, &clinic, &mistakes);
	if (!book)
		fail(mistakes.n ? mistake_line(&mistakes, 0) : STR("no book"));
	file_map_rest(sources.vectors);
	questions_read(&sources, arena, questions);
	arena_done(&sources.arena);
	malloc_trim(0);
	printf("loading %.2f s; resident %.1f MB, at most %.1f MB\n", (now_us() - start) / 1e6,
	       memory_mb("VmRSS:"), memory_mb("VmHWM:"));
	return book;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void times_print(const char *what, double *us, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += us[i];
	qsort(us, n, sizeof *us, compare);
	printf("%s: mean %.0f us, p50 %.0f, p99 %.0f, longest %.0f\n", what, sum / (double)n,
	       us[n / 2], us[n * 99 / 100], us[n - 1]);
}

/* Asks each once. The first round is not measured: it fetches the words' pages into memory. */
static void questions_measure(const struct book *book, const struct asked *questions)
{
	static double talked[QUESTIONS_MAX], replied[QUESTIONS_MAX];
	struct arena turn;
	size_t largest = 0;

	arena_init(&turn);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < questions->n && i < QUESTIONS_MAX; i++) {
			struct question question = {.text = questions->v[i], .addressed = true};
			double start = now_us();
			struct answer answer = talk(book, NULL, &question, &turn);

			talked[i] = now_us() - start;
			reply_build(book, &answer, 0, REPLY_MAX, &turn);
			replied[i] = now_us() - start;
			largest = turn.most > largest ? turn.most : largest;
			arena_reset(&turn);
		}
	arena_done(&turn);
	printf("%zu questions\n", questions->n);
	times_print("to the answer", talked, questions->n);
	times_print("to the reply's text", replied, questions->n);
	printf("memory of one question at most %zu kB; resident %.1f MB\n", largest / 1024,
	       memory_mb("VmRSS:"));
}

int main(int argc, char **argv)
{
	struct asked questions = {0};
	struct arena arena;
	const struct book *book;

	arena_init(&arena);
	book = book_measure(str_of(argc > 1 ? argv[1] : "intents"), &questions, &arena);
	if (questions.n > QUESTIONS_MAX)
		questions.n = QUESTIONS_MAX;
	questions_measure(book, &questions);
	book_free(book);
	arena_done(&arena);
	return 0;
}
