/* Cutting text to a platform's limit. */
#include <utf8proc.h>

#include "book_fixture.h"
#include "core/text.h"

static void split(struct arena *arena, const char *text, size_t first, size_t max,
		  struct str **pieces, size_t *n)
{
	text_split(str_of(text), first, max, arena, pieces, n);
}

static void where_it_is_cut(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *pieces[4];
	} table[] = {
		/* Never inside of what is marked. */
		{"aaaa bbbb **cc dd** ee", 16, {"aaaa bbbb", "**cc dd** ee"}},
		{"aaaa **bb cc** dd ee", 16, {"aaaa **bb cc**", "dd ee"}},
		{"a **bb cc dd ee ff** g", 18, {"a", "**bb cc dd ee ff**", "g"}},
		{"a b*bb cc dd ee ff* g", 18, {"a", "b*bb cc dd ee ff*", "g"}},
		{"aaaa bbbb *cc dd* ee", 15, {"aaaa bbbb", "*cc dd* ee"}},
		{"aaaa bbbb *c **d e** f* g", 20, {"aaaa bbbb", "*c **d e** f* g"}},
		{"aaaa bbbb _cc dd_ ee", 15, {"aaaa bbbb", "_cc dd_ ee"}},
		{"aaaa bbbb `cc * dd` ee", 17, {"aaaa bbbb", "`cc * dd` ee"}},
		{"aaaa bbbb [cc dd](e f) g", 20, {"aaaa bbbb", "[cc dd](e f) g"}},
		{"aaaa. **Bb bb. cc**", 16, {"aaaa.", "**Bb bb. cc**"}},
		/* What only looks marked. */
		{"aaaa 5 * bb cc * dd", 14, {"aaaa 5 * bb cc", "* dd"}},
		{"aaaa \\*bb cc* dd", 12, {"aaaa \\*bb", "cc* dd"}},
		{"aaaa [bb cc dd ee", 13, {"aaaa [bb cc", "dd ee"}},
		{"aaaa **bb\n\ncc** dd", 16, {"aaaa **bb", "cc** dd"}},
		{"aaaa `bb cc dd ee", 13, {"aaaa `bb cc", "dd ee"}},
		/* Longer than a piece. */
		{"**bb cc dd ee**", 10, {"**bb cc dd", "ee**"}},
		{"", 10, {NULL}},
		{" \n ", 10, {NULL}},
		{"1234567890", 10, {"1234567890"}},
		{"  1234567890  ", 10, {"1234567890"}},
		{"12345678901", 10, {"1234567890", "1"}},
		{"12345 67890 1", 10, {"12345", "67890 1"}},
		{"1234567890 1", 10, {"1234567890", "1"}},
		{"aaa\n\nbbbb cc dd", 12, {"aaa\n\nbbbb cc", "dd"}},
		{"aaaaa\n\nbbb cc dd", 12, {"aaaaa", "bbb cc dd"}},
		{"aaaaa\nbbb cc dd", 12, {"aaaaa", "bbb cc dd"}},
		{"Aaa a. Bbb b cc", 12, {"Aaa a.", "Bbb b cc"}},
		{"A. Bbbbb bbbb bb", 12, {"A. Bbbbb", "bbbb bb"}},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str *pieces;
		size_t n, want = 0;

		split(&arena, table[i].text, table[i].max, table[i].max, &pieces, &n);
		while (want < 4 && table[i].pieces[want])
			want++;
		if (n != want)
			fail_msg("\"%s\": %zu pieces", table[i].text, n);
		for (size_t k = 0; k < n; k++)
			assert_str(pieces[k], table[i].pieces[k]);
	}
	arena_done(&arena);
}

static void the_first_piece_has_its_own_limit(void **state)
{
	struct arena arena;
	struct str *pieces;
	size_t n;

	(void)state;
	arena_init(&arena);
	split(&arena, "aaaabbbbbbcc", 4, 6, &pieces, &n);
	assert_int_equal(n, 3);
	assert_str(pieces[0], "aaaa");
	assert_str(pieces[1], "bbbbbb");
	assert_str(pieces[2], "cc");
	arena_done(&arena);
}

/* One cluster each. */
static const char *const clusters[] = {
	"a",
	"b",
	".",
	"\xc3\xa9",
	"e\xcc\x81",
	/* family, flag, skin tone, keycap */
	"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
	"\xf0\x9f\x91\x8b\xf0\x9f\x8f\xbd",
	"1\xef\xb8\x8f\xe2\x83\xa3",
	/* Devanagari, Hangul in parts, a letter with many marks */
	"\xe0\xa4\xa8\xe0\xa4\xbf",
	"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab",
	"z\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86",
	"\xe4\xbd\xa0",
};

static bool is_border(const size_t *borders, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		if (borders[i] == at)
			return true;
	return false;
}

/* Any mix of clusters and blanks, any limit that the largest cluster fits into. */
static void never_inside_a_grapheme(void **state)
{
	uint64_t seed = 17;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t borders[301];
		size_t count = next_random(&seed) % 300 + 1;
		size_t max = next_random(&seed) % 40 + 8;
		struct arena arena;
		struct buf text;
		struct str *pieces, rest;
		size_t n;

		arena_init(&arena);
		buf_init(&text, 100000);
		for (size_t i = 0; i < count; i++) {
			borders[i] = text.n;
			if (i && next_random(&seed) % 6 == 0)
				buf_add(&text, next_random(&seed) % 4 ? STR(" ") : STR("\n\n"));
			else
				buf_add(&text,
					str_of(clusters[next_random(&seed) %
							(sizeof clusters / sizeof *clusters)]));
		}
		borders[count] = text.n;
		text_split(buf_str(&text), max, max, &arena, &pieces, &n);
		rest = buf_str(&text);
		for (size_t i = 0; i < n; i++) {
			size_t from = (size_t)(pieces[i].p - text.p);

			assert_true(pieces[i].n > 0);
			assert_true(text_length(pieces[i]) <= max);
			assert_true(is_border(borders, count + 1, from));
			assert_true(is_border(borders, count + 1, from + pieces[i].n));
			/* only white space is left out */
			rest = str_trim(rest);
			assert_true(str_starts(rest, pieces[i]));
			rest = str_sub(rest, pieces[i].n, rest.n);
		}
		assert_int_equal(str_trim(rest).n, 0);
		buf_done(&text);
		arena_done(&arena);
	}
}

/* A row of flags: two regional letters each. */
static void flags_stay_whole(void **state)
{
	struct arena arena;
	struct buf text;
	struct str *pieces;
	size_t n;

	(void)state;
	arena_init(&arena);
	buf_init(&text, 10000);
	for (int i = 0; i < 50; i++)
		buf_add(&text, STR("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"));
	text_split(buf_str(&text), 15, 15, &arena, &pieces, &n);
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(pieces[i].n % 8, 0);
	buf_done(&text);
	arena_done(&arena);
}

/* One cluster longer than the limit: between code points, and it goes on. */
static void a_cluster_that_is_too_large(void **state)
{
	struct arena arena;
	struct buf text;
	struct str *pieces;
	size_t n, total = 0;

	(void)state;
	arena_init(&arena);
	buf_init(&text, 10000);
	buf_add_char(&text, 'z');
	for (int i = 0; i < 100; i++)
		buf_add(&text, STR("\xcc\x81"));
	text_split(buf_str(&text), 30, 30, &arena, &pieces, &n);
	for (size_t i = 0; i < n; i++) {
		assert_true(text_length(pieces[i]) <= 30);
		assert_true(text_is_utf8(pieces[i]));
		total += pieces[i].n;
	}
	assert_int_equal(total, text.n);
	buf_done(&text);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_is_cut),
		cmocka_unit_test(the_first_piece_has_its_own_limit),
		cmocka_unit_test(never_inside_a_grapheme),
		cmocka_unit_test(flags_stay_whole),
		cmocka_unit_test(a_cluster_that_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
