/* Text as people type it. */
#include "book_fixture.h"
#include "core/text.h"

static void folding(void **state)
{
	static const struct {
		const char *text, *folded;
	} table[] = {
		{"", ""},
		{"Hello", "hello"},
		{"\xef\xbc\xa8\xef\xbd\x89", "hi"}, /* full width */
		{"\xef\xac\x81x", "fix"},	    /* ligature */
		{"STRA\xc3\x9f"
		 "E",
		 "strasse"},
		{"Caf\xc3\xa9", "cafe"},
		{"Cafe\xcc\x81", "cafe"},
		{"\xc4\xb0stanbul", "istanbul"},
		{"ca\xe2\x80\x8bn\xc2\xadt", "cant"}, /* invisible */
		{"can\xe2\x80\x99t", "can't"},
		{"can`t \xe2\x80\x98x\xe2\x80\x99 \xca\xbc \xc2\xb4", "can't 'x' ' '"},
		{"\xc5\x89", "'n"},
		{"\xce\xa3\xce\x95\xce\xa3", "\xcf\x83\xce\xb5\xcf\x83"},
		{"a\xff"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"},
		{"\xc3", "\xef\xbf\xbd"},
		{"g\xc3\xbcnayd\xc4\xb1n \xc5\x82\xc3\xb3 \xc3\x98",
		 "gunaydin lo o"},			    /* no decomposition */
		{"\xf0\x9d\x90\xa1\xf0\x9d\x92\x8a", "hi"}, /* mathematical */
		{"\xe2\x93\x97\xe2\x93\x98", "hi"},	    /* circled */
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"साँस ज़ख़्म ४०", "सांस जख्म 40"}, /* vowel signs stay, nukta and candrabindu do not */
		{"أخـتنق إغماء ٤٠", "اختنق اغماء 40"}, /* hamza, tatweel */
		{"مدرسة على کی", "مدرسه علي كي"},
		{"ﾊﾟパは", "パパは"}, /* voicing stays */
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(text_fold(str_of(table[i].text), &arena), table[i].folded);
	arena_done(&arena);
}

static struct str bytes(char *out, size_t max, uint64_t *seed)
{
	size_t n = next_random(seed) % max;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)next_random(seed);
	return (struct str){out, n};
}

/* Code points from the blocks where folding does most. */
static struct str codepoints(char *out, uint64_t *seed)
{
	static const uint32_t starts[] = {0x20,	  0xa0,	   0x250,   0x300,  0x370,  0x400,
					  0x900,  0x1100,  0x1e00,  0x1f00, 0x2000, 0x2070,
					  0x2100, 0x2460,  0x3040,  0xac00, 0xf900, 0xfb00,
					  0xff00, 0x1d400, 0x1f1e0, 0x1f600};
	size_t n = 0;

	for (uint32_t k = next_random(seed) % 12 + 1; k; k--) {
		uint32_t c = starts[next_random(seed) % (sizeof starts / sizeof *starts)] +
			     next_random(seed) % 0xa0;

		if (c < 0x80) {
			out[n++] = (char)c;
		} else if (c < 0x800) {
			out[n++] = (char)(0xc0 | c >> 6);
			out[n++] = (char)(0x80 | (c & 63));
		} else if (c < 0x10000) {
			out[n++] = (char)(0xe0 | c >> 12);
			out[n++] = (char)(0x80 | (c >> 6 & 63));
			out[n++] = (char)(0x80 | (c & 63));
		} else {
			out[n++] = (char)(0xf0 | c >> 18);
			out[n++] = (char)(0x80 | (c >> 12 & 63));
			out[n++] = (char)(0x80 | (c >> 6 & 63));
			out[n++] = (char)(0x80 | (c & 63));
		}
	}
	return (struct str){out, n};
}

/* A text with nothing but ASCII takes a shorter way: to where the long one leads. */
static void ascii_folds_alike_alone_and_among_others(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int c = 0; c < 0x80; c++) {
		char text[] = {'a', (char)c, 'B', '\xc3', '\x9f'}; /* sharp s: folds to "ss" */
		struct str alone = text_fold((struct str){text, 3}, &arena);
		struct str among = text_fold((struct str){text, sizeof text}, &arena);

		assert_true(str_ends(among, STR("ss")));
		if (!str_eq(alone, str_sub(among, 0, among.n - 2)))
			fail_msg("character %d", c);
	}
	arena_done(&arena);
}

static void folding_twice_changes_nothing(void **state)
{
	uint64_t seed = 23;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int round = 0; round < 20000; round++) {
		char text[64];
		struct str s = round % 4 ? codepoints(text, &seed) : bytes(text, 60, &seed);
		struct str once = text_fold(s, &arena);

		assert_true(text_is_utf8(once));
		if (!str_eq(text_fold(once, &arena), once)) {
			for (size_t i = 0; i < s.n; i++)
				print_message("# %02x\n", (unsigned char)s.p[i]);
			fail_msg("round %d", round);
		}
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static void words_clauses_and_sentences(void **state)
{
	static const struct {
		const char *text;
		const char *words; /* with / between clauses and // between sentences */
	} table[] = {
		{"", ""},
		{"...", ""},
		{"Hello, world", "hello world"},
		{"One. Two! Three? Four", "one // two // three // four"},
		{"a; b: c", "a / b / c"},
		{"a\nb\r\nc", "a // b // c"},
		{"don't", "dont"},
		{"it's 39.8 or 1,5. 3.", "its 39.8 or 1,5 // 3"},
		{"a.b", "a // b"},
		{"x-ray", "x ray"},
		/* letters that look Latin */
		{"\xd1\x81\xd0\xb0n I \xd1\x80\xd0\xb0int", "can i paint"},
		{"H\xce\x91IR s\xce\xb1un\xce\xb1", "hair sauna"},
		{"\xd1\x81\xd0\xb0\xd1\x83\xd0\xbd\xd0\xb0",
		 "\xd1\x81\xd0\xb0\xd1\x83\xd0\xbd\xd0\xb0"}, /* a Russian word */
		{"x\xd1\x88", "x\xd1\x88"},		      /* no such look */
		{"\xe2\x80\x9c"
		 "can"
		 "\xe2\x80\x9d",
		 "can"},
		{"hi\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "hi \xf0\x9f\x98\x80 \xf0\x9f\x98\x80"},
		{"\xe2\x9c\x85 ok", "\xe2\x9c\x85 ok"},
		{"\xff\xfe", ""},
		{"a\xe3\x80\x82"
		 "b",
		 "a // b"},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = text_words(str_of(table[i].text), STR("en"), &arena);
		struct buf b;

		buf_init(&b, 1000);
		for (size_t k = 0; k < w.n; k++) {
			if (k && w.v[k].sentence != w.v[k - 1].sentence)
				buf_add(&b, STR(" // "));
			else if (k && w.v[k].clause != w.v[k - 1].clause)
				buf_add(&b, STR(" / "));
			else if (k)
				buf_add(&b, STR(" "));
			buf_add(&b, w.v[k].text);
		}
		assert_str(buf_str(&b), table[i].words);
		buf_done(&b);
	}
	arena_done(&arena);
}

static void which_sentences_ask(void **state)
{
	static const struct {
		const char *text;
		bool asks[3];
	} table[] = {
		{"one? two. three", {true, false, false}},
		{"one. two?! three", {false, true, false}},
		{"one!? two", {true, false}},
		{"one\xd8\x9f two", {true, false}},
		{"one", {false}},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = text_words(str_of(table[i].text), STR("en"), &arena);

		for (size_t k = 0; k < w.sentences_n; k++)
			assert_int_equal(w.sentences[k].asks, table[i].asks[k]);
	}
	assert_int_equal(text_words(STR("???"), STR("en"), &arena).sentences_n, 0);
	arena_done(&arena);
}

static void stems(void **state)
{
	static const char *const table[][2] = {
		{"washing", "wash"}, {"washed", "wash"}, {"injections", "inject"},
		{"hair", "hair"},    {"39.8", "39.8"},
	};
	struct arena arena;
	struct words w;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		w = text_words(str_of(table[i][0]), STR("en"), &arena);
		assert_str(w.v[0].stem, table[i][1]);
	}
	w = text_words(STR("washing"), STR("tlh"), &arena);
	assert_str(w.v[0].stem, "washing");
	arena_done(&arena);
}

/* The index takes a stem without bytes for a free slot: there must be none. */
static void no_stem_is_empty(void **state)
{
	static const char letters[] = "aeiousyltdngr'";
	uint64_t seed = 31;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int round = 0; round < 30000; round++) {
		char text[9] = {0};
		struct words w;

		for (uint32_t n = next_random(&seed) % 7 + 1, i = 0; i < n; i++)
			text[i] = letters[next_random(&seed) % (sizeof letters - 1)];
		w = text_words(str_of(text), STR("en"), &arena);
		for (size_t i = 0; i < w.n; i++)
			assert_true(w.v[i].text.n && w.v[i].stem.n);
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static void what_is_too_much_is_not_read(void **state)
{
	struct arena arena;
	struct buf b;
	struct words w;
	size_t counted = 0;

	(void)state;
	arena_init(&arena);
	buf_init(&b, 100000);
	for (int i = 0; i < WORDS_MAX + 100; i++)
		buf_add(&b, i % 10 ? STR("word ") : STR("word. "));
	w = text_words(buf_str(&b), STR("en"), &arena);
	assert_int_equal(w.n, WORDS_MAX);
	for (size_t i = 0; i < w.sentences_n; i++)
		counted += w.sentences[i].count;
	assert_int_equal(counted, WORDS_MAX);
	buf_clear(&b);
	for (int i = 0; i < 90000; i++)
		buf_add_char(&b, 'x');
	assert_int_equal(text_words(buf_str(&b), STR("en"), &arena).n, 1);
	buf_done(&b);
	arena_done(&arena);
}

static void any_bytes_give_sound_words(void **state)
{
	uint64_t seed = 41;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (int round = 0; round < 5000; round++) {
		char text[80];
		struct str s = bytes(text, sizeof text, &seed);
		struct words w = text_words(s, STR("en"), &arena);

		for (size_t i = 0; i < w.n; i++) {
			assert_true(text_is_utf8(w.v[i].text) && w.v[i].text.n);
			assert_true(w.v[i].sentence < w.sentences_n);
			assert_true(i == 0 || w.v[i].clause >= w.v[i - 1].clause);
		}
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static void lengths_and_lines(void **state)
{
	(void)state;
	assert_int_equal(text_length(STR("")), 0);
	assert_int_equal(text_length(STR("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
	assert_int_equal(text_length(STR("a\xff\xfe")), 3);
	assert_true(text_is_utf8(STR("")));
	assert_false(text_is_utf8(STR("\xc0\x80")));
	assert_false(text_is_utf8(STR("\xf4\x90\x80\x80")));
	assert_int_equal(text_bad_line(STR("a\nb\n")), 0);
	assert_int_equal(text_bad_line(STR("a\nb\n\xff")), 3);
	assert_int_equal(text_bad_line(STR("a\n\0b")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folding),
		cmocka_unit_test(ascii_folds_alike_alone_and_among_others),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(words_clauses_and_sentences),
		cmocka_unit_test(which_sentences_ask),
		cmocka_unit_test(stems),
		cmocka_unit_test(no_stem_is_empty),
		cmocka_unit_test(what_is_too_much_is_not_read),
		cmocka_unit_test(any_bytes_give_sound_words),
		cmocka_unit_test(lengths_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
