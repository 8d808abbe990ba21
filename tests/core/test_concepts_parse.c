/* The table of concepts: read, with every mistake told. */
#include "concepts_table.h"

static void a_table_is_read(void **state)
{
	struct table t;
	const struct concept *c;

	(void)state;
	assert_true(table_parse(&t, str_of(small)));
	assert_int_equal(t.mistakes.n, 0);
	assert_int_equal(t.concepts.n, 13);
	c = &t.concepts.v[concepts_named(&t.concepts, STR("hair_wash"))];
	assert_str(c->title, "washing your hair");
	assert_int_equal(c->line, 4);
	assert_true(concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("skin"))];
	assert_str(c->name, "skin");
	assert_str(c->title, "skin");
	assert_true(c->general && !c->question && !concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("before"))];
	assert_true(c->beside && !c->general && !c->question && concept_is_nameable(c));
	assert_false(c->desk);
	c = &t.concepts.v[concepts_named(&t.concepts, STR("bill"))];
	assert_str(c->title, "what it costs");
	assert_true(c->desk && !c->general && !c->beside && concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("way_home"))];
	assert_true(c->general && c->beside && !c->desk && !concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("q_where"))];
	assert_str(c->title, "q where");
	assert_true(c->question && !c->general && !concept_is_nameable(c));
	assert_int_equal(concepts_named(&t.concepts, STR("hair")), CONCEPT_NONE);
	table_done(&t);
}

#define X8 "xxxxxxxx"
#define X40 X8 X8 X8 X8 X8

static void mistakes_have_lines(void **state)
{
	static const struct {
		const char *text, *line;
	} table[] = {
		{"", ": there is no concept in it"},
		{"# only this\n\n", ": there is no concept in it"},
		{"a: b\n\xff: c\n", ":2: this is not UTF-8 text"},
		{"a: b\nbeer wine\n",
		 ":2: a concept is written \"name: words\"; a line that goes on with the one above "
		 "begins with a blank"},
		{" beer\na: b\n",
		 ":1: this line goes on with a concept, and there is none above it"},
		{"a: b\n: c\n", ":2: \"\" is no name: a letter, then letters, digits and _, all "
				"small, at most 40"},
		{"a: b\n\nHair: c\n", ":3: \"Hair\" is no name: a letter, then letters, digits and "
				      "_, all small, at most 40"},
		{"2nd: c\n", ":1: \"2nd\" is no name: a letter, then letters, digits and _, all "
			     "small, at most 40"},
		{"hair wash: c\n", ":1: \"hair wash\" is no name: a letter, then letters, digits "
				   "and _, all small, at most 40"},
		{X40 "x: c\n", ":1: \"" X40 "x\" is no name: a letter, then letters, digits and _, "
			       "all small, at most 40"},
		{"a: b\n\n~a: c\n", ":3: \"a\" is the name of the concept in line 1 too"},
		{"a (): b\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a ( ): b\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (b: c\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (b) c: d\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (" X40 X8 X8 "xxxxx): d\n",
		 ":1: a title is written (like this), with at most 60 letters"},
		{"a: b\nc:\n# d\ne: f\n", ":2: \"c\" has no words"},
		{"a: b\nc:   \n", ":2: \"c\" has no words"},
		{"a: b\n\tPRP\n", ":2: \"PRP\" is written \"prp\" here"},
		{"a: x-ray*\n", ":1: \"x-ray*\" is written \"x_ray*\" here"},
		{"a: can't_sleep\n", ":1: \"can't_sleep\" is written \"cant_sleep\" here"},
		{"a: caf\xc3\xa9\n", ":1: \"caf\xc3\xa9\" is written \"cafe\" here"},
		{"a: b,\n", ":1: \"b,\" is written \"b\" here"},
		{"a: b__c\n", ":1: \"b__c\" is written \"b_c\" here"},
		{"a: _b\n", ":1: \"_b\" is written \"b\" here"},
		{"a: (b)\n", ":1: \"(b)\" is written \"b\" here"},
		{"a: *\n", ":1: \"*\" has no word in it"},
		{"a: b ... c\n", ":1: \"...\" has no word in it"},
		{"a: w*ne\n", ":1: \"w*ne\" has a * that is not at its end"},
		{"a: wine**\n", ":1: \"wine**\" has a * that is not at its end"},
		{"a: wi*\n", ":1: \"wi*\" fits too much: at least 3 letters before the *"},
		{"a: red_wi*\n", ":1: \"red_wi*\" fits too much: at least 3 letters before the *"},
		{"a: b_b_b_b_b_b_b_b_b\n", ":1: \"b_b_b_b_b_b_b_b_b\" is too long"},
		{"a: " X40 X40 X40 "x\n", ":1: \"" X40 X40 X40 "x\" is too long"},
		{"a: beer\n\twine\n\n beer\n", ":4: \"beer\" stands twice in \"a\""},
		{"a: beer* beer beer*\n", ":1: \"beer*\" stands twice in \"a\""},
		{"a: the_pub the_pub\n", ":1: \"the_pub\" stands twice in \"a\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct table t;
		struct str line;

		assert_false(table_parse(&t, str_of(table[i].text)));
		line = arena_fmt(&t.arena, "en/concepts.txt%s", table[i].line);
		assert_true(mistakes_have(&t.mistakes, line.p));
		assert_int_equal(t.mistakes.n, 1);
		table_done(&t);
	}
}

static void all_mistakes_are_told_at_once(void **state)
{
	static const char text[] = "a: B\nC: d\n\tE f\nb: g*\nd: h h\n";
	struct table t;

	(void)state;
	assert_false(table_parse(&t, str_of(text)));
	/* what goes on with a concept that is no good is passed over */
	assert_int_equal(t.mistakes.n, 4);
	assert_int_equal(t.mistakes.v[0].line, 1);
	assert_int_equal(t.mistakes.v[1].line, 2);
	assert_int_equal(t.mistakes.v[2].line, 4);
	assert_int_equal(t.mistakes.v[3].line, 5);
	table_done(&t);
}

static void what_is_at_the_limit_is_read(void **state)
{
	struct table t;

	(void)state;
	assert_true(table_parse(&t, str_of("\xef\xbb\xbf" X40 " (" X40 X8 X8 "xxxx): abc*\r\n"
					   " b_b_b_b_b_b_b_b " X40 X40 X40)));
	assert_int_equal(t.mistakes.n, 0);
	assert_int_equal(t.concepts.v[0].name.n, 40);
	assert_int_equal(t.concepts.v[0].title.n, 60);
	assert_string_equal(found(&t, "b b b b b b b b", 0, 8, 9), X40 "@0+8");
	assert_string_equal(found(&t, X40 X40 X40, 0, 1, 9), X40 "@0+1");
	table_done(&t);
}

static void there_is_an_end_to_tables(void **state)
{
	struct table t;
	struct buf b;

	(void)state;
	buf_init(&b, 1000000);
	for (int i = 0; i < CONCEPTS_MAX; i++)
		buf_addf(&b, "c%d: word%d\n", i, i);
	assert_true(table_parse(&t, buf_str(&b)));
	assert_string_equal(found(&t, "word1023 word1024", 0, 2, 9), "c1023@0+1");
	table_done(&t);
	buf_addf(&b, "more: words\nstill_more: words\n\twords words\n");
	assert_false(table_parse(&t, buf_str(&b)));
	assert_int_equal(t.mistakes.n, 1);
	assert_true(mistakes_have(&t.mistakes, "en/concepts.txt:1025: more than 1024 concepts"));
	table_done(&t);
	buf_done(&b);

	buf_init(&b, 1000000);
	buf_addf(&b, "a:");
	for (int i = 0; i < CONCEPT_ENTRIES_MAX; i++)
		buf_addf(&b, " w%d", i);
	assert_true(table_parse(&t, buf_str(&b)));
	assert_string_equal(found(&t, "w39999", 0, 1, 9), "a@0+1");
	table_done(&t);
	buf_addf(&b, "\n more still_more\n");
	assert_false(table_parse(&t, buf_str(&b)));
	assert_int_equal(t.mistakes.n, 1);
	assert_true(mistakes_have(&t.mistakes, "en/concepts.txt:2: more than 40000 entries"));
	table_done(&t);
	buf_done(&b);
}

/* Junk that looks like a table is read or refused, and text of any kind is searched. */
static void junk_does_no_harm(void **state)
{
	static const char *const pieces[] = {":",
					     "\n",
					     " ",
					     "\t",
					     "~",
					     "(",
					     ")",
					     "*",
					     "_",
					     "#",
					     "q_",
					     "a",
					     "abc",
					     "wine",
					     "'",
					     "-",
					     "\r",
					     "\xc3",
					     "\xc3\xa9",
					     "\xf0\x9f\x8d\xba",
					     "\xe2\x80\x8b",
					     "",
					     "1.5",
					     "\xef\xbb\xbf",
					     "x: y"};
	uint64_t random = 11;
	size_t read = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[200] = "";
		struct table t;
		struct concept_hit hits[8];
		struct words words;
		size_t count = next_random(&random) % 14;

		for (size_t i = 0; i < count; i++)
			strcat(text,
			       pieces[next_random(&random) % (sizeof pieces / sizeof *pieces)]);
		if (table_parse(&t, str_of(text))) {
			read++;
			assert_int_equal(t.mistakes.n, 0);
			words = text_words(str_of(text), STR("en"), &t.arena);
			concepts_find(&t.concepts, &words, 0, words.n, hits, 8);
		} else {
			assert_true(t.mistakes.errors > 0);
		}
		table_done(&t);
	}
	assert_true(read > 100);
}

static void a_book_has_the_table_when_it_is_there(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_null(fixture_book(&f)->concepts);
	fixture_set(&f, "en/concepts.txt", small);
	assert_int_equal(fixture_book(&f)->concepts->n, 13);
	fixture_set(&f, "en/concepts.txt", "a: b\nc: B\n");
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes, "en/concepts.txt:2: \"B\" is written \"b\" here"));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_read),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(all_mistakes_are_told_at_once),
		cmocka_unit_test(what_is_at_the_limit_is_read),
		cmocka_unit_test(there_is_an_end_to_tables),
		cmocka_unit_test(junk_does_no_harm),
		cmocka_unit_test(a_book_has_the_table_when_it_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
