/* What the word vectors cost: opening, look-up, reading, soft matching against an article's words,
 * and the memory of the mapped file. Times are of the processor, so that others on the machine count
 * little. `make bench`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/vectors.h"
#include "io/files.h"

#define ARTICLE_WORDS 300
#define QUERIES 4096
#define ROUNDS 50

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static unsigned long memory_kb(const char *what)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[256];

	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, what, strlen(what)) == 0)
			kb = strtoul(line + strlen(what), NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct vectors opened(struct str path, struct arena *arena, struct str *file)
{
	unsigned long file_kb = memory_kb("RssFile:");
	unsigned long anon_kb = memory_kb("RssAnon:");
	struct vectors v;
	struct err err;
	double t = now_ns();

	if (!file_map(path, VECTORS_BYTES_MAX, arena, file, &err) ||
	    !vectors_open(*file, arena, &v, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	t = now_ns() - t;
	printf("open %.1f ms; resident of the file %lu kB", t / 1e6,
	       memory_kb("RssFile:") - file_kb);
	file_map_rest(*file);
	printf(", at rest %lu kB; of the index %lu kB\n", memory_kb("RssFile:") - file_kb,
	       memory_kb("RssAnon:") - anon_kb);
	return v;
}

/* Words as often as people use them: ranks even in their logarithm. */
static uint32_t usual_row(const struct vectors *v, uint32_t *seed)
{
	uint32_t top = (uint32_t)v->n >> next_random(seed) % 12;

	return next_random(seed) % top;
}

static double lookup_ns(const struct vectors *v, const struct str *words, uint32_t *found)
{
	double t = now_ns();

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < QUERIES; i++)
			*found += vectors_find(v, words[i]);
	return (now_ns() - t) / QUERIES / ROUNDS;
}

/* What a running bot holds: the pages of the words it has met. */
static void measure_memory(const struct vectors *v, struct str file, const uint32_t *rows,
			   struct vector *article, unsigned long before_kb)
{
	struct vector word;
	uint32_t seed = 7;

	file_map_rest(file);
	for (size_t i = 0; i < ARTICLE_WORDS; i++)
		vector_read(v, usual_row(v, &seed), &article[i]);
	printf("resident of the file with %d words of an article read %lu kB", ARTICLE_WORDS,
	       memory_kb("RssFile:") - before_kb);
	for (size_t i = 0; i < QUERIES / 4; i++)
		vector_read(v, rows[i], &word);
	printf(", with %d of questions too %lu kB\n", QUERIES / 4,
	       memory_kb("RssFile:") - before_kb);
}

static float measure_matching(const struct vectors *v, const uint32_t *rows,
			      const struct vector *article)
{
	static float cosines[ARTICLE_WORDS];
	struct vector_sum sum = {0};
	struct vector word;
	float sink = 0;
	double t = now_ns();

	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < QUERIES; i++) {
			vector_read(v, rows[i], &word);
			vector_sum_add(&sum, &word, 0.5F);
		}
	printf("reading a row and adding it to a sum %.0f ns\n", (now_ns() - t) / QUERIES / ROUNDS);
	t = now_ns();
	for (size_t i = 0; i < QUERIES; i++) {
		vector_read(v, rows[i], &word);
		vector_cosines(&word, article, ARTICLE_WORDS, cosines);
		sink += cosines[i % ARTICLE_WORDS];
	}
	printf("a word against %d of an article %.2f us\n", ARTICLE_WORDS,
	       (now_ns() - t) / QUERIES / 1e3);
	return sink + sum.v[0];
}

int main(int argc, char **argv)
{
	static struct vector article[ARTICLE_WORDS];
	static struct str words[QUERIES];
	static uint32_t rows[QUERIES];
	unsigned long before_kb = memory_kb("RssFile:");
	struct arena arena;
	struct str file;
	struct vectors v;
	uint32_t seed = 1;
	uint32_t found = 0;
	float sink;

	arena_init(&arena);
	v = opened(str_of(argc > 1 ? argv[1] : "intents/en/words.vec"), &arena, &file);
	for (size_t i = 0; i < QUERIES; i++) {
		rows[i] = usual_row(&v, &seed);
		words[i] = arena_str(&arena, vectors_word(&v, rows[i]));
	}
	measure_memory(&v, file, rows, article, before_kb);
	printf("look-up of a word that is there %.0f ns", lookup_ns(&v, words, &found));
	for (size_t i = 0; i < QUERIES; i++)
		words[i] = arena_fmt(&arena, STR_FMT "qz", STR_ARG(words[i]));
	printf(", that is not %.0f ns\n", lookup_ns(&v, words, &found));
	sink = measure_matching(&v, rows, article);
	/* So that nothing is optimised away. */
	fprintf(stderr, "%u %g\n", (unsigned)found, (double)sink);
	file_unmap(file);
	arena_done(&arena);
	return 0;
}
