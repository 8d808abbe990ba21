/* Flags: how they are written, and what they meet. */
#include "book_fixture.h"
#include "core/flags.h"

struct setting {
	struct fixture f;
	struct lexicon lexicon;
};

static void setting_init(struct setting *s)
{
	struct source words = {STR("en/words.md"), STR("")};

	fixture_init(&s->f);
	words.text = str_of(fixture_words);
	assert_true(lexicon_parse(&words, &s->f.arena, &s->lexicon, &s->f.mistakes));
}

static struct flags flags_of(struct setting *s, const char *lines)
{
	struct arena *a = &s->f.arena;
	struct source source = {STR("en/x.md"), arena_fmt(a, "## list\n%s\n", lines)};
	struct lists lists = lists_parse(&source, a, &s->f.mistakes);

	return flags_parse(lists_find(&lists, STR("list")), STR("en/x.md"), a, &s->f.mistakes);
}

/* In any clause. */
static unsigned met(struct setting *s, const struct flags *flags, const char *text)
{
	struct words w = lexicon_written(&s->lexicon, str_of(text), &s->f.arena);

	for (size_t from = 0, to; from < w.n; from = to) {
		unsigned line;

		for (to = from + 1; to < w.n && w.v[to].clause == w.v[from].clause; to++)
			;
		line = flags_match(flags, &s->lexicon, &w, from, to, NULL);
		if (line)
			return line;
	}
	return 0;
}

static void what_is_met(void **state)
{
	static const struct {
		const char *flag, *text;
		bool met;
	} table[] = {
		{"fever", "I have a FEVER", true},
		{"fever", "feverish", false},
		{"fever*", "feverish", true},
		{"fever|chills", "the chills", true},
		{"throat tight*", "my throat feels tight", true},
		{"throat tight*", "tightness in the throat", true},
		{"throat tight*", "my throat. a tight hat", false},
		{"throat tight*", "my throat; a tight hat", false},
		{"throat tight*", "my throat but a tight hat", false},
		{"throat tight* !hat", "my throat feels tight", true},
		{"throat tight* !hat", "throat tight hat", false},
		{"throat tight* !hat", "throat tight. hat", true},
		{"cold_sweat", "in a cold sweat", true},
		{"cold_sweat", "cold and sweat", false},
		{"cold_sweat*", "cold sweats", true},
		{"col*_sweat", "cold sweat", false},
		/* numbers */
		{"took #", "took 5", true},
		{"took #", "took 4", false},
		{"took #", "took 20", true},
		{"#1-17", "17", true},
		{"#1-17", "18", false},
		{"#1-17", "0", false},
		{"#38-43", "39.8", true},
		{"#38-43", "39,8", true},
		{"#38-43", "37.9", false},
		{"#38-43", "38,500", false},
		{"#", "1,000", true},
		{"#", "five", false},
		{"#1-17_years", "he is 9 years", true},
		{"#1-17_years", "he is 19 years", false},
		/* negations reach three words */
		{"swelling", "no swelling", false},
		{"swelling", "no pain or swelling", false},
		{"swelling", "no pain or other swelling", true},
		{"swelling", "no pain. swelling", true},
		{"swelling", "no pain but swelling", true},
		{"swelling", "swelling no", true},
		{"swelling", "not swelling swelling bad big swelling", true},
		/* a phrase or a flag that holds the negation itself */
		{"not_healing", "it is not healing", true},
		{"cant_breathe", "I can't breathe", true},
		{"cant_breathe", "I can\xe2\x80\x99t breathe", true},
		{"cant|cannot breathe", "I can't breathe", true},
		{"cant|cannot breathe", "breathe I cannot", true},
		{"not|isnt breathing", "he is not breathing", true},
		{"cant_even breathe", "I cant even breathe", true},
		{"cant breathe", "no I cant breathe", true},
		/* and a comma ends its reach */
		{"throat clos*", "no rash, throat closing", true},
		{"throat clos*", "no rash throat closing", false},
		{"fever", "no rash, no fever", false},
		/* the end of a clause */
		{"help_me_$", "please help me", true},
		{"help_me_$", "help me. my trip", true},
		{"help_me_$", "help me but fast", true},
		{"help_me_$", "help me plan my trip", false},
		{"help*_$", "he was helpless", true},
		{"help*_$", "helpless he was", false},
		{"took_#_$", "I took 20", true},
		{"took_#_$", "I took 20 steps", false},
		/* what must be absent counts negated or not */
		{"throat !sore", "throat not sore", false},
	};
	struct setting s;

	(void)state;
	setting_init(&s);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str line = arena_fmt(&s.f.arena, "- %s", table[i].flag);
		struct flags flags = flags_of(&s, line.p);

		if ((met(&s, &flags, table[i].text) != 0) != table[i].met)
			fail_msg("\"%s\" on \"%s\"", table[i].flag, table[i].text);
	}
	fixture_done(&s.f);
}

static void the_line_is_that_of_the_first_flag_met(void **state)
{
	struct setting s;
	struct flags flags;

	(void)state;
	setting_init(&s);
	flags = flags_of(&s, "- aa\n- bb\n  cc\n\n- dd|cc");
	assert_int_equal(flags.n, 3);
	assert_int_equal(met(&s, &flags, "aa dd"), 2);
	assert_int_equal(met(&s, &flags, "cc bb"), 3);
	assert_int_equal(met(&s, &flags, "cc"), 6);
	assert_int_equal(met(&s, &flags, "bb"), 0);
	fixture_done(&s.f);
}

static void hidden_words_do_not_count(void **state)
{
	static const struct {
		const char *text;
		size_t hide, hide_n;
		bool met;
	} table[] = {
		{"chest pain", 0, 0, true},
		{"chest pain", 0, 1, false},
		/* nor do they negate: "cant wait, chest pain" */
		{"cant wait chest pain", 0, 0, false},
		{"cant wait chest pain", 0, 2, true},
	};
	struct setting s;
	struct flags flags;

	(void)state;
	setting_init(&s);
	flags = flags_of(&s, "- chest pain");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_written(&s.lexicon, str_of(table[i].text), &s.f.arena);
		bool hidden[8] = {false};

		for (size_t k = 0; k < table[i].hide_n; k++)
			hidden[table[i].hide + k] = true;
		assert_int_equal(flags_match(&flags, &s.lexicon, &w, 0, w.n, hidden) != 0,
				 table[i].met);
	}
	fixture_done(&s.f);
}

static void covering_ignores_negations(void **state)
{
	struct setting s;
	struct flags flags;
	struct words w;
	bool covered[8] = {false};

	(void)state;
	setting_init(&s);
	flags = flags_of(&s, "- thank_you|thanks");
	w = lexicon_written(&s.lexicon, STR("no thank you much"), &s.f.arena);
	assert_true(flags_cover(&flags, &w, covered));
	assert_false(covered[0]);
	assert_true(covered[1] && covered[2]);
	assert_false(covered[3]);
	w = lexicon_written(&s.lexicon, STR("thank"), &s.f.arena);
	assert_false(flags_cover(&flags, &w, covered + 4));
	fixture_done(&s.f);
}

static void mistakes_name_their_line(void **state)
{
	static const char *const wrong[] = {
		"a||b",	  "|a",
		"a|",	  "!",
		"!a",	  "*",
		"a__b",	  "_a",
		"a_",	  "a_*",
		"#5",	  "#5-",
		"#-5",	  "#9-5",
		"#x",	  "hot-dog",
		"a b|",	  "a b_",
		"a*b",	  "**",
		"#1-2-3", "a_b_c_d_e_f_g_h_i_j_k",
		"$",	  "_$",
		"a$",	  "a_$_b",
	};
	struct setting s;

	(void)state;
	setting_init(&s);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct str lines = arena_fmt(&s.f.arena, "- good\n- %s\n- fine", wrong[i]);
		struct flags flags;
		size_t before = s.f.mistakes.n;

		mistakes_init(&s.f.mistakes, &s.f.arena);
		before = 0;
		flags = flags_of(&s, lines.p);
		if (s.f.mistakes.n != before + 1 || s.f.mistakes.v[before].line != 3)
			fail_msg("\"%s\" is taken for a flag", wrong[i]);
		assert_int_equal(flags.n, 2);
	}
	fixture_done(&s.f);
}

static struct flags many_flags(struct setting *s, unsigned n)
{
	struct list list = {.title = STR("list")};

	list.items_n = n;
	list.items = arena_array(&s->f.arena, n, sizeof *list.items);
	for (unsigned i = 0; i < n; i++)
		list.items[i] = (struct list_item){
			arena_fmt(&s->f.arena, i % 2 ? "a|b%u x%u*" : "p%u_z", i, i), i + 1};
	return flags_parse(&list, STR("x"), &s->f.arena, &s->f.mistakes);
}

static void each_of_many_is_found(void **state)
{
	struct setting s;
	struct flags flags;

	(void)state;
	setting_init(&s);
	flags = many_flags(&s, 2048);
	assert_int_equal(s.f.mistakes.n, 0);
	for (unsigned i = 0; i < 2048; i += 7) {
		struct str text = arena_fmt(&s.f.arena, i % 2 ? "a x%u" : "the p%u z", i);

		/* "x12" is met by "x1*" too, which may stand further up. */
		assert_in_range(met(&s, &flags, text.p), 1, i + 1);
		if (i % 2 == 0)
			assert_int_equal(met(&s, &flags, text.p), i + 1);
	}
	assert_int_equal(met(&s, &flags, "p2048 z"), 0);
	many_flags(&s, 2049);
	assert_int_equal(s.f.mistakes.n, 1);
	assert_int_equal(s.f.mistakes.v[0].line, 2049);
	fixture_done(&s.f);
}

static void no_list_has_no_flags(void **state)
{
	struct setting s;
	struct flags flags;

	(void)state;
	setting_init(&s);
	flags = flags_parse(NULL, STR("x"), &s.f.arena, &s.f.mistakes);
	assert_int_equal(flags.n, 0);
	assert_int_equal(met(&s, &flags, "anything"), 0);
	fixture_done(&s.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_met),
		cmocka_unit_test(the_line_is_that_of_the_first_flag_met),
		cmocka_unit_test(hidden_words_do_not_count),
		cmocka_unit_test(covering_ignores_negations),
		cmocka_unit_test(mistakes_name_their_line),
		cmocka_unit_test(each_of_many_is_found),
		cmocka_unit_test(no_list_has_no_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
