/* The table of word vectors: small made ones with every kind of damage, and the shipped one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/vectors.h"
#include "vectors_made.h"

#define SHIPPED "intents/en/words.vec"

static struct arena arena;
static struct err err;

/* --- made tables ------------------------------------------------------------------------------ */

/* Row r is 10, 10 + r, 10 + 2r, ... but for the last one, which is zeros. */
static void make(struct made *m, const char *const *words, size_t n)
{
	make_empty(m, words, n);
	for (size_t r = 0; r + 1 < n; r++)
		for (size_t i = 0; i + 1 < n && i < 100; i++)
			put_row(m, r, i, (int)(10 + r * i));
	seal(m);
}

static const char *const words[] = {"the", "scalp", "a", "needle", "nothing"};
#define WORDS_N (sizeof words / sizeof *words)

static bool open_made(const struct made *m, struct vectors *out)
{
	err = (struct err){0};
	return vectors_open((struct str){(const char *)m->bytes, m->n}, &arena, out, &err);
}

static void assert_refused(const struct made *m, const char *why)
{
	struct vectors v = {.n = 12345};

	assert_false(open_made(m, &v));
	assert_int_equal(err.kind, ERR_INPUT);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	assert_int_equal(v.n, 12345);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void test_made_table(void **state)
{
	struct made m;
	struct vectors v = {0};

	(void)state;
	make(&m, words, WORDS_N);
	if (!open_made(&m, &v))
		fail_msg("%s", err.text);
	assert_int_equal(v.n, WORDS_N);
	for (uint32_t row = 0; row < WORDS_N; row++) {
		assert_int_equal(vectors_find(&v, str_of(words[row])), row);
		assert_true(str_eq(vectors_word(&v, row), str_of(words[row])));
		assert_int_equal(vectors_rank(&v, row), 7 * row + 3);
	}
	assert_int_equal(vectors_find(&v, STR("scal")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, STR("scalps")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, STR("scalpa")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, STR("th\0")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, STR("Scalp")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, STR("")), VECTOR_NONE);
	assert_int_equal(vectors_find(&v, (struct str){0}), VECTOR_NONE);
}

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) < 1e-5))
		fail_msg("%.7f is not %.7f", a, b);
}

/* The cosine of two rows of a made table, in doubles and from the bytes. */
static double cosine_of(const struct made *m, uint32_t a, uint32_t b)
{
	double ab = 0;
	double aa = 0;
	double bb = 0;

	for (size_t i = 0; i < 100; i++) {
		double x = (signed char)m->bytes[64 + 100 * a + i];
		double y = (signed char)m->bytes[64 + 100 * b + i];

		ab += x * y;
		aa += x * x;
		bb += y * y;
	}
	return ab / sqrt(aa * bb);
}

static void test_cosines(void **state)
{
	struct made m;
	struct vectors v = {0};
	struct vector rows[WORDS_N];
	float cosines[WORDS_N];

	(void)state;
	make(&m, words, WORDS_N);
	/* The longest dot product there is, and one of opposite signs. */
	memset(m.bytes + 64, 0x80, 100);
	memset(m.bytes + 164, 0x7f, 100);
	seal(&m);
	assert_true(open_made(&m, &v));
	for (uint32_t row = 0; row < WORDS_N; row++)
		vector_read(&v, row, &rows[row]);
	assert_near(vector_cosine(&rows[0], &rows[0]), 1);
	assert_near(vector_cosine(&rows[0], &rows[1]), -1);
	for (uint32_t a = 0; a + 1 < WORDS_N; a++) {
		vector_cosines(&rows[a], rows, WORDS_N, cosines);
		for (uint32_t b = 0; b + 1 < WORDS_N; b++)
			assert_near(cosines[b], cosine_of(&m, a, b));
		/* A row of zeros is like nothing, not like itself either. */
		assert_true(cosines[WORDS_N - 1] == 0);
	}
	assert_true(vector_cosine(&rows[WORDS_N - 1], &rows[WORDS_N - 1]) == 0);
}

static void test_sums(void **state)
{
	struct made m;
	struct vectors v = {0};
	struct vector rows[WORDS_N];
	struct vector_sum sum = {0};
	struct vector_sum other = {0};

	(void)state;
	make(&m, words, WORDS_N);
	assert_true(open_made(&m, &v));
	for (uint32_t row = 0; row < WORDS_N; row++)
		vector_read(&v, row, &rows[row]);
	vector_sum_normalise(&sum);
	assert_true(vector_sum_dot(&sum, &sum) == 0);
	vector_sum_add(&sum, &rows[1], 2);
	vector_sum_add(&sum, &rows[WORDS_N - 1], 5);
	assert_near(vector_sum_dot(&sum, &sum), 4);
	vector_sum_add(&sum, &rows[3], 3);
	/* |2a + 3b|^2 = 4 + 9 + 12 cos */
	assert_near(vector_sum_dot(&sum, &sum) / (13 + 12 * cosine_of(&m, 1, 3)), 1);
	vector_sum_add(&other, &rows[2], 1);
	assert_near(vector_sum_dot(&sum, &other),
		    2 * cosine_of(&m, 1, 2) + 3 * cosine_of(&m, 3, 2));
	vector_sum_add_sum(&sum, &other, -1);
	assert_near(vector_sum_dot(&sum, &other),
		    2 * cosine_of(&m, 1, 2) + 3 * cosine_of(&m, 3, 2) - 1);
	vector_sum_normalise(&sum);
	assert_near(vector_sum_dot(&sum, &sum), 1);
	for (size_t i = VECTOR_DIMENSIONS; i < VECTOR_LANES; i++)
		assert_true(sum.v[i] == 0);
}

static void test_one_word(void **state)
{
	struct made m;
	struct vectors v = {0};

	(void)state;
	make(&m, words, 1);
	assert_true(open_made(&m, &v));
	assert_int_equal(vectors_find(&v, STR("the")), 0);
	assert_int_equal(vectors_find(&v, STR("scalp")), VECTOR_NONE);
}

/* --- damage ----------------------------------------------------------------------------------- */

static void assert_refused_with(size_t at, uint64_t value, size_t size, const char *why)
{
	struct made m;

	make(&m, words, WORDS_N);
	put(&m, at, value, size);
	seal(&m);
	assert_refused(&m, why);
}

static void test_wrong_header(void **state)
{
	(void)state;
	assert_refused_with(0, 'W', 1, "not a table");
	assert_refused_with(16, 2, 4, "version 2");
	assert_refused_with(24, 96, 4, "96 dimensions");
	assert_refused_with(20, 0, 4, "0 words");
	assert_refused_with(20, UINT32_MAX, 4, "cannot hold");
	assert_refused_with(20, WORDS_N + 1, 4, "bytes and should have");
	assert_refused_with(20, WORDS_N - 1, 4, "bytes and should have");
	assert_refused_with(28, 1000, 4, "cannot hold");
	assert_refused_with(28, UINT32_MAX, 4, "cannot hold");
	assert_refused_with(28, 1, 4, "bytes and should have");
	/* Byte order of another machine. */
	assert_refused_with(16, 1u << 24, 4, "version");
	assert_refused_with(36, 1, 1, "must be zero");
	assert_refused_with(63, 1, 1, "must be zero");
}

static void test_wrong_words(void **state)
{
	static const char *const twice[] = {"scalp", "hair", "scalp", "skin"};
	struct made m;

	(void)state;
	make(&m, words, WORDS_N);
	assert_refused_with(m.ranks + 4, 3, 4, "rank of word 1");
	assert_refused_with(m.ranks + 16, RANKED, 4, "rank of word 4");
	assert_refused_with(m.ranks, RANKED + 1, 4, "rank of word 0");
	assert_refused_with(m.lengths + 2, 0, 1, "length of word 2");
	assert_refused_with(m.lengths, 64, 1, "length of word 0");
	assert_refused_with(m.lengths, 63, 1, "length of word 0");
	assert_refused_with(m.lengths + 4, 6, 1, "21 letters and should have 22");
	assert_refused_with(m.text, 'T', 1, "byte 0");
	assert_refused_with(m.text + 21, 0, 1, "byte 21");
	assert_refused_with(m.text + 22, 'x', 1, "must be zero");
	make(&m, twice, 4);
	assert_refused(&m, "\"scalp\" stands in it twice");
}

/* Exactly as many bytes as there are, so that the sanitizer sees a read behind them. */
static bool open_exact(const unsigned char *bytes, size_t n, struct vectors *out, char **copy)
{
	*copy = malloc(n ? n : 1);
	assert_non_null(*copy);
	memcpy(*copy, bytes, n);
	err = (struct err){0};
	return vectors_open((struct str){*copy, n}, &arena, out, &err);
}

static void test_cut_short(void **state)
{
	struct made m;
	struct vectors v;
	char *copy;

	(void)state;
	make(&m, words, WORDS_N);
	for (size_t n = 0; n < m.n; n++) {
		assert_false(open_exact(m.bytes, n, &v, &copy));
		free(copy);
		assert_int_equal(err.kind, ERR_INPUT);
	}
	assert_false(vectors_open((struct str){0}, &arena, &v, &err));
	assert_false(open_exact(m.bytes, m.n + 8, &v, &copy));
	free(copy);
	assert_true(open_exact(m.bytes, m.n, &v, &copy));
	free(copy);
}

static void test_every_bit_counts(void **state)
{
	struct made m;
	struct vectors v;

	(void)state;
	make(&m, words, WORDS_N);
	for (size_t i = 0; i < m.n * 8; i++) {
		m.bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_false(open_made(&m, &v));
		m.bytes[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	assert_true(open_made(&m, &v));
}

static void use_all(const struct vectors *v)
{
	struct vector word;
	struct vector_sum sum = {0};

	for (uint32_t row = 0; row < v->n; row++) {
		assert_int_equal(vectors_find(v, vectors_word(v, row)), row);
		assert_true(vectors_probability(v, row) > 0);
		vector_read(v, row, &word);
		assert_true(fabsf(vector_cosine(&word, &word)) < 1.0001F);
		vector_sum_add(&sum, &word, 1);
	}
	vector_sum_normalise(&sum);
	assert_true(vector_sum_dot(&sum, &sum) < 1.0001F);
}

/* Damage under a checksum that is right: refused, or a table that can be used whole. */
static void test_sealed_damage(void **state)
{
	uint32_t random = 1;
	size_t opened = 0;

	(void)state;
	for (size_t run = 0; run < 20000; run++) {
		struct made m;
		struct vectors v = {0};
		char *copy;

		make(&m, words, WORDS_N);
		for (size_t k = 0; k <= run % 4; k++) {
			random = random * 1664525u + 1013904223u;
			/* Mostly where there is more than rows. */
			m.bytes[run % 8 ? (random >> 8) % 2
						  ? 16 + (random >> 9) % 48
						  : m.ranks + (random >> 9) % (m.n - m.ranks)
					: (random >> 8) % m.n] = (unsigned char)(random >> 24);
		}
		seal(&m);
		if (open_exact(m.bytes, m.n, &v, &copy)) {
			use_all(&v);
			opened++;
		} else {
			assert_int_equal(err.kind, ERR_INPUT);
		}
		free(copy);
		arena_reset(&arena);
	}
	assert_true(opened > 100 && opened < 19000);
}

/* --- the shipped table ------------------------------------------------------------------------ */

static struct arena shipped_arena;
static char *shipped_bytes;
static struct vectors shipped;

static int open_shipped(void **state)
{
	FILE *f = fopen(SHIPPED, "rb");
	size_t n;

	(void)state;
	if (!f)
		return -1;
	arena_init(&shipped_arena);
	shipped_bytes = malloc(VECTORS_BYTES_MAX / 8);
	n = fread(shipped_bytes, 1, VECTORS_BYTES_MAX / 8, f);
	fclose(f);
	if (vectors_open((struct str){shipped_bytes, n}, &shipped_arena, &shipped, &err))
		return 0;
	print_error("%s: %s\n", SHIPPED, err.text);
	return -1;
}

static int close_shipped(void **state)
{
	(void)state;
	arena_done(&shipped_arena);
	free(shipped_bytes);
	return 0;
}

static void test_shipped(void **state)
{
	(void)state;
	assert_true(shipped.n > 110000 && shipped.n < 125000);
	for (uint32_t row = 0; row < shipped.n; row++) {
		struct vector word;

		assert_int_equal(vectors_find(&shipped, vectors_word(&shipped, row)), row);
		vector_read(&shipped, row, &word);
		assert_true(word.inverse > 0);
	}
}

static void test_shipped_words(void **state)
{
	static const char *const there[] = {
		"hair",	       "alopecia",    "finasteride",  "minoxidil",
		"mesotherapy", "dutasteride", "folliculitis", "microdermabrasion",
		"colour",      "haemophilia", "anaesthetic",  "paracetamol",
		"moisturizer", "sunbathe",    "sunbathing",   "swimming",
		"itchiness",   "dandruff",    "hairdryer",    "prosecco",
		"dont",	       "cant",	      "botox",	      "fibromyalgia"};
	static const char *const missing[] = {"mezotherapy", "microneedling", "loyly",
					      "xqzvplk",     "don't",	      "Hair",
					      "39.8",	     "caf\xc3\xa9"};

	(void)state;
	for (size_t i = 0; i < sizeof there / sizeof *there; i++)
		if (vectors_find(&shipped, str_of(there[i])) == VECTOR_NONE)
			fail_msg("%s is missing", there[i]);
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
		assert_int_equal(vectors_find(&shipped, str_of(missing[i])), VECTOR_NONE);
}

static struct vector vector_of(const char *word)
{
	uint32_t row = vectors_find(&shipped, str_of(word));
	struct vector out;

	if (row == VECTOR_NONE)
		fail_msg("%s is missing", word);
	vector_read(&shipped, row, &out);
	return out;
}

/* What patients say is nearer to what articles say than to something else, by far. */
static void test_shipped_neighbours(void **state)
{
	static const char *const near_far[][3] = {
		{"beer", "wine", "table"},
		{"sauna", "steam", "parliament"},
		{"shampoo", "conditioner", "bridge"},
		{"doctor", "nurse", "guitar"},
		{"alcohol", "drinking", "railway"},
		{"massage", "spa", "election"},
		{"itching", "redness", "football"},
		{"hair", "scalp", "treaty"},
		{"injection", "needle", "orchestra"},
		{"pregnant", "pregnancy", "asphalt"},
		{"finasteride", "alopecia", "tractor"},
		{"colour", "color", "piano"},
		{"prosecco", "champagne", "concrete"},
		{"swollen", "swelling", "senate"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof near_far / sizeof *near_far; i++) {
		struct vector word = vector_of(near_far[i][0]);
		struct vector near = vector_of(near_far[i][1]);
		struct vector far = vector_of(near_far[i][2]);

		if (!(vector_cosine(&word, &near) > vector_cosine(&word, &far) + 0.2F))
			fail_msg("%s: %s %.2f, %s %.2f", near_far[i][0], near_far[i][1],
				 (double)vector_cosine(&word, &near), near_far[i][2],
				 (double)vector_cosine(&word, &far));
	}
}

static void test_probability(void **state)
{
	uint32_t the = vectors_find(&shipped, STR("the"));
	uint32_t scalp = vectors_find(&shipped, STR("scalp"));
	uint32_t alopecia = vectors_find(&shipped, STR("alopecia"));

	(void)state;
	assert_int_equal(the, 0);
	assert_int_equal(vectors_rank(&shipped, the), 0);
	assert_int_equal(vectors_rank(&shipped, alopecia), 91080);
	assert_near(vectors_probability(&shipped, the), 1 / (2.7 * 13.4758332));
	assert_true(vectors_probability(&shipped, scalp) > vectors_probability(&shipped, alopecia));
	assert_true(vectors_probability(&shipped, alopecia) >
		    vectors_probability(&shipped, VECTOR_NONE));
	assert_near(1e6 * vectors_probability(&shipped, VECTOR_NONE),
		    1e6 / ((341479 + 2.7) * 13.4758332));
}

#define ALONE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(test_made_table),
		ALONE(test_cosines),
		ALONE(test_sums),
		ALONE(test_one_word),
		ALONE(test_wrong_header),
		ALONE(test_wrong_words),
		ALONE(test_cut_short),
		ALONE(test_every_bit_counts),
		ALONE(test_sealed_damage),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_shipped_words),
		cmocka_unit_test(test_shipped_neighbours),
		cmocka_unit_test(test_probability),
	};

	return cmocka_run_group_tests_name("vectors", tests, open_shipped, close_shipped);
}
