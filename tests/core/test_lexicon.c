/* The words that steer reading. */
#include "book_fixture.h"
#include "core/lexicon.h"

static bool parse(struct fixture *f, struct lexicon *out, const char *text)
{
	struct source source = {STR("en/words.md"), str_of(text)};

	mistakes_init(&f->mistakes, &f->arena);
	return lexicon_parse(&source, &f->arena, out, &f->mistakes);
}

static void words_are_found_folded(void **state)
{
	struct fixture f;
	struct lexicon l;

	(void)state;
	fixture_init(&f);
	assert_true(parse(&f, &l,
			  "## negations\n- No, NOT can't\n- \xc3\xa9t\xc3\xa9\n"
			  "## clause starters\n- but\n## question starters\n- can\n"
			  "## joiners\n- and\n## stop words\n- the\n"));
	assert_str(l.language, "en");
	assert_int_equal(l.negations.n, 4);
	assert_true(wordset_has(&l.negations, STR("no")));
	assert_true(wordset_has(&l.negations, STR("not")));
	assert_true(wordset_has(&l.negations, STR("cant")));
	assert_true(wordset_has(&l.negations, STR("ete")));
	assert_false(wordset_has(&l.negations, STR("n")));
	assert_false(wordset_has(&l.negations, STR("note")));
	assert_false(wordset_has(&l.negations, STR("")));
	assert_false(wordset_has(&(struct wordset){0}, STR("no")));
	fixture_done(&f);
}

static void clauses_begin_at_starters(void **state)
{
	struct fixture f;
	struct lexicon l;
	struct words w;
	static const unsigned clauses[] = {0, 0, 1, 1, 2, 2, 3, 4};

	(void)state;
	fixture_init(&f);
	assert_true(parse(&f, &l, fixture_words));
	w = lexicon_words(&l, STR("no rash but pain however bad. But: so"), &f.arena);
	assert_int_equal(w.n, 8);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(w.v[i].clause, clauses[i]);
	w = lexicon_words(&l, STR("but but"), &f.arena);
	assert_int_equal(w.v[0].clause, 0);
	assert_int_equal(w.v[1].clause, 1);
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	struct fixture f;
	struct lexicon l;

	(void)state;
	fixture_init(&f);
	assert_false(
		parse(&f, &l, "## negations\n- no\n\n## clause starters\n\n## joyners\n- and\n"));
	assert_int_equal(f.mistakes.n, 5);
	assert_true(
		mistakes_have(&f.mistakes, "en/words.md:4: no words under \"## clause starters\""));
	assert_true(mistakes_have(&f.mistakes, "en/words.md: no words under \"## joiners\""));
	assert_true(
		mistakes_have(&f.mistakes, "en/words.md:6: \"joyners\" is not the name of a list"));
	assert_false(parse(&f, &l, "## negations\n- \xff\n"));
	assert_int_equal(f.mistakes.n, 1);
	fixture_done(&f);
}

static void the_shipped_words_can_be_read(void **state)
{
	struct fixture f;
	struct lexicon l;
	char *text = file_text("intents/en/words.md");

	(void)state;
	assert_non_null(text);
	fixture_init(&f);
	assert_true(parse(&f, &l, text));
	assert_int_equal(f.mistakes.n, 0);
	assert_true(wordset_has(&l.negations, STR("cant")));
	assert_true(wordset_has(&l.stop_words, STR("the")));
	free(text);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_folded),
		cmocka_unit_test(clauses_begin_at_starters),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(the_shipped_words_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
