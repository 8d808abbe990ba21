/* The small things all else stands on: str, buf, arena, secret, err, mistakes. */
#include "book_fixture.h"
#include "core/err.h"
#include "core/secret.h"

static void str_compares(void **state)
{
	const struct str none = {0};

	(void)state;
	assert_int_equal(str_of(NULL).n, 0);
	assert_int_equal(str_of("ab").n, 2);
	assert_true(str_eq(none, STR("")));
	assert_false(str_eq(STR("a"), STR("b")));
	assert_true(str_eq_nocase(STR("HeLLo"), STR("hEllO")));
	assert_false(str_eq_nocase(STR("\xc3\x89"), STR("\xc3\xa9")));
	assert_false(str_eq_nocase(STR("@"), STR("`")));
	assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), none));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("abc"), STR("bc")) && str_ends(none, none));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_compare(STR("a"), STR("b")) < 0);
	assert_true(str_compare(STR("b"), STR("a")) > 0);
	assert_true(str_compare(STR("a"), STR("aa")) < 0);
	assert_true(str_compare(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_compare(none, STR("")), 0);
}

static void str_finds_and_cuts(void **state)
{
	static const char *const trims[][2] = {{"", ""},
					       {" \t\r\n\v\f", ""},
					       {" a b ", "a b"},
					       {"a", "a"},
					       {"\xc2\xa0", "\xc2\xa0"}};
	struct str rest = STR("a,,b,");
	struct str part;
	const char *const parts[] = {"a", "", "b"};

	(void)state;
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abc"), STR("")), 0);
	assert_int_equal(str_find((struct str){0}, STR("")), 0);
	assert_int_equal(str_find(STR("abc"), STR("abcd")), -1);
	assert_str(str_sub(STR("abc"), 1, 1), "b");
	assert_str(str_sub(STR("abc"), 2, 99), "c");
	assert_str(str_sub(STR("abc"), 9, 1), "");
	assert_str(str_sub(STR("abc"), 1, SIZE_MAX), "bc");
	for (size_t i = 0; i < sizeof trims / sizeof *trims; i++)
		assert_str(str_trim(str_of(trims[i][0])), trims[i][1]);
	for (size_t i = 0; i < 3; i++) {
		assert_true(str_cut(&rest, ',', &part));
		assert_str(part, parts[i]);
	}
	assert_false(str_cut(&rest, ',', &part));
}

static void str_keeps_texts_behind_one_another(void **state)
{
	char memory[] = "......";
	char *at = memory;
	struct str first, none, second;

	(void)state;
	first = str_keep(&at, STR("ab"));
	none = str_keep(&at, (struct str){0});
	second = str_keep(&at, STR("cde"));
	assert_str(first, "ab");
	assert_str(none, "");
	assert_str(second, "cde");
	assert_ptr_equal(at, memory + 5);
	assert_string_equal(memory, "abcde.");
}

static void str_reads_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} table[] = {
		{"0", true, 0},
		{"007", true, 7},
		{"18446744073709551615", true, UINT64_MAX},
		{"18446744073709551616", false, 0},
		{"99999999999999999999", false, 0},
		{"", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"1a", false, 0},
		{"0x1", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		uint64_t v = 42;

		assert_int_equal(str_to_u64(str_of(table[i].text), &v), table[i].good);
		assert_int_equal(v, table[i].good ? table[i].value : 42);
	}
}

static void str_hashes(void **state)
{
	(void)state;
	/* From the draft's test vectors. */
	assert_true(str_hash(STR(""), 0) == 0xcbf29ce484222325u);
	assert_true(str_hash(STR("a"), 0) == 0xaf63dc4c8601ec8cu);
	assert_true(str_hash(STR("foobar"), 0) == 0x85944171f73967e8u);
	assert_true(str_hash(STR("bar"), str_hash(STR("foo"), 0)) == str_hash(STR("foobar"), 0));
}

static void buf_keeps_its_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(buf_str(&b).n, 0);
	buf_clear(&b);
	assert_true(buf_add(&b, STR("abc")));
	assert_false(buf_add(&b, STR("def")));
	assert_true(b.full);
	assert_str(buf_str(&b), "abc");
	assert_true(buf_addf(&b, "%d", 45));
	assert_false(buf_add_char(&b, 'x'));
	assert_false(buf_addf(&b, "%d", 6));
	assert_true(buf_add(&b, STR("")));
	assert_string_equal(b.p, "abc45");
	buf_clear(&b);
	assert_string_equal(b.p, "");
	assert_false(b.full);
	buf_done(&b);
	buf_done(&b);
	buf_done(NULL);
}

static void buf_grows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	for (int i = 0; i < 100000; i++)
		assert_true(buf_add_char(&b, (char)('a' + i % 26)));
	assert_false(buf_add_char(&b, 'x'));
	for (int i = 0; i < 100000; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_int_equal(b.p[100000], 0);
	buf_done(&b);
}

static void secrets_are_overwritten(void **state)
{
	char bytes[] = "a token.";

	(void)state;
	secret_wipe((struct str){bytes, 7});
	assert_memory_equal(bytes, "\0\0\0\0\0\0\0.", 8);
	secret_wipe((struct str){0});
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	arena_reset(&a);
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 40000; n = n * 3 + 1) {
			unsigned char *p = arena_alloc(&a, n);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xaa, n);
		}
		assert_true(a.used > 40000);
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	assert_str(arena_str(&a, STR("abc")), "abc");
	assert_int_equal(arena_cstr(&a, STR("abc"))[3], 0);
	assert_string_equal(arena_cstr(&a, (struct str){0}), "");
	assert_str(arena_fmt(&a, "%s-%d", "x", 7), "x-7");
	arena_done(&a);
	arena_done(&a);
	arena_done(NULL);
}

/* So that a turn asks the system for memory only when it needs more than any before it. */
static void arena_keeps_one_block_for_the_next_turn(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (int turn = 0; turn < 3; turn++) {
		char *before = NULL;

		for (int i = 0; i < 20; i++) {
			char *p = arena_alloc(&a, 16000);

			assert_int_equal(p[0] | p[15999], 0);
			if (turn > 0 && before)
				assert_ptr_equal(p, before + 16000);
			memset(p, 1, 16000);
			before = p;
		}
		arena_reset(&a);
	}
	/* What one turn in a thousand needs is not kept. */
	arena_alloc(&a, (size_t)1024 * 1024);
	arena_reset(&a);
	assert_null(a.block);
	arena_done(&a);
}

static void arena_gives_back_to_a_mark(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (int turn = 0; turn < 3; turn++) {
		char *kept = arena_alloc(&a, 100);
		struct arena_mark mark = arena_mark(&a);

		strcpy(kept, "kept");
		for (int round = 0; round < 3; round++) {
			char *small = arena_alloc(&a, 200), *large;
			struct arena_mark inner = arena_mark(&a);

			for (size_t i = 0; i < 200; i++)
				assert_int_equal(small[i], 0);
			memset(small, 1, 200);
			large = arena_alloc(&a, 100000);
			memset(large, 1, 100000);
			arena_back(&a, inner);
			assert_int_equal(small[199], 1);
			assert_int_equal(*(char *)arena_alloc(&a, 100000), 0);
			arena_back(&a, mark);
			assert_int_equal(a.used, mark.used);
		}
		assert_string_equal(kept, "kept");
		assert_true(a.most > 100000 && a.most < 101000);
		arena_reset(&a);
		/* One block holds all of the next turn. */
		assert_non_null(a.block);
	}
	arena_reset(&a);
	arena_back(&a, arena_mark(&a));
	arena_done(&a);
}

static void arena_lists_grow(void **state)
{
	struct arena a;
	int *v = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	arena_init(&a);
	for (int i = 0; i < 1000; i++) {
		v = arena_grow(&a, v, &n, &cap, sizeof *v);
		assert_int_equal(v[n - 1], 0);
		v[n - 1] = i;
	}
	assert_int_equal(n, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	arena_done(&a);
}

#ifdef __SANITIZE_ADDRESS__
/* Freed memory stays where it was for a while under the sanitizer: look at it behind its back. */
__attribute__((no_sanitize("address"))) static bool holds(uintptr_t at, size_t n, char c)
{
	const volatile char *p = (const volatile char *)at;

	for (size_t i = 0; i < n; i++)
		if (p[i] == c)
			return true;
	return false;
}

static void arena_leaves_no_words_behind(void **state)
{
	struct arena a;
	uintptr_t at[8];

	(void)state;
	for (int done = 0; done < 2; done++) {
		arena_init(&a);
		for (size_t i = 0; i < 8; i++) {
			char *p = arena_alloc(&a, i % 3 ? 10000 : 20000);

			memset(p, '!', 10000);
			at[i] = (uintptr_t)p;
			assert_true(holds(at[i], 10000, '!'));
		}
		if (done)
			arena_done(&a);
		else
			arena_reset(&a);
		for (size_t i = 0; i < 8; i++)
			assert_false(holds(at[i], 10000, '!'));
		arena_done(&a);
	}
}
#endif

static void err_says_why(void **state)
{
	struct err err = {0};
	char large[2000];

	(void)state;
	assert_false(err_set(NULL, ERR_INPUT, "x"));
	assert_false(err_set(&err, ERR_LATER, "no %s", "way"));
	assert_int_equal(err.kind, ERR_LATER);
	assert_string_equal(err.text, "no way");
	memset(large, 'x', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	err_set(&err, ERR_INPUT, "%s", large);
	assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
}

static void mistakes_are_lines(void **state)
{
	struct arena a;
	struct mistakes m;

	(void)state;
	arena_init(&a);
	mistakes_init(&m, &a);
	mistake_add(&m, STR("f.md"), 3, "bad %s", "thing");
	mistake_warn(&m, STR("f.md"), 4, "odd");
	mistake_add(&m, STR("g.md"), 0, "gone");
	mistake_add(&m, STR("f.md"), 3, "bad %s", "thing"); /* said already */
	mistake_add(&m, STR("h.md"), 1, "\"%s\" is none", "a\r\nb\x1b[2J\xc3");
	assert_int_equal(m.n, 4);
	assert_int_equal(m.errors, 3);
	assert_str(mistake_line(&m, 0), "f.md:3: bad thing");
	assert_str(mistake_line(&m, 1), "f.md:4: warning: odd");
	assert_str(mistake_line(&m, 2), "g.md: gone");
	assert_str(mistake_line(&m, 3), "h.md:1: \"a  b [2J\xef\xbf\xbd\" is none");
	arena_done(&a);
}

static void mistakes_come_to_an_end(void **state)
{
	struct arena a;
	struct mistakes m;

	(void)state;
	arena_init(&a);
	mistakes_init(&m, &a);
	for (unsigned i = 1; i <= MISTAKES_MAX + 5; i++)
		mistake_add(&m, STR("f.md"), i, "bad");
	assert_int_equal(m.n, MISTAKES_MAX);
	assert_int_equal(m.errors, MISTAKES_MAX + 5);
	assert_str(mistake_line(&m, MISTAKES_MAX - 2), "f.md:999: bad");
	assert_str(mistake_line(&m, MISTAKES_MAX - 1),
		   "f.md: there are more mistakes; mend those above first");
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_compares),
		cmocka_unit_test(str_finds_and_cuts),
		cmocka_unit_test(str_keeps_texts_behind_one_another),
		cmocka_unit_test(str_reads_numbers),
		cmocka_unit_test(str_hashes),
		cmocka_unit_test(buf_keeps_its_limit),
		cmocka_unit_test(buf_grows),
		cmocka_unit_test(secrets_are_overwritten),
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_keeps_one_block_for_the_next_turn),
		cmocka_unit_test(arena_gives_back_to_a_mark),
		cmocka_unit_test(arena_lists_grow),
#ifdef __SANITIZE_ADDRESS__
		cmocka_unit_test(arena_leaves_no_words_behind),
#endif
		cmocka_unit_test(err_says_why),
		cmocka_unit_test(mistakes_are_lines),
		cmocka_unit_test(mistakes_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
