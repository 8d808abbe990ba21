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
			  "## question verbs\n- can\n## subjects\n- i\n## nominatives\n- i\n## "
			  "question phrases\n- "
			  "what about\n## joiners\n- and\n## alternatives\n- or\n## stop words\n- "
			  "the\n## follow-up words\n- long\n## pointing words\n- that\n"
			  "## reason words\n- so\n## subordinators\n- if\n## clause subjects\n- i\n"
			  "## doubting words\n- why\n"
			  "## correcting words\n- sorry\n## time words\n- monday\n"
			  "## question words\n- how\n"
			  "## written short\n- u = you\n"));
	assert_str(l.language, "en");
	assert_int_equal(l.negations.words.n, 4);
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
	w = lexicon_written(&l, STR("no rash but pain however bad. But: so"), &f.arena);
	assert_int_equal(w.n, 8);
	for (size_t i = 0; i < w.n; i++)
		assert_int_equal(w.v[i].clause, clauses[i]);
	w = lexicon_written(&l, STR("but but"), &f.arena);
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
	assert_int_equal(f.mistakes.n, 20);
	assert_true(
		mistakes_have(&f.mistakes, "en/words.md:4: no words under \"## clause starters\""));
	assert_true(mistakes_have(&f.mistakes, "en/words.md: no words under \"## joiners\""));
	assert_true(
		mistakes_have(&f.mistakes, "en/words.md:6: \"joyners\" is not the name of a list"));
	assert_false(parse(&f, &l, "## negations\n- \xff\n"));
	assert_int_equal(f.mistakes.n, 1);
	fixture_done(&f);
}

static const char short_forms[] =
	"## negations\n- no\n## clause starters\n- but\n## question starters\n- can\n"
	"## question verbs\n- can\n## subjects\n- i\n## nominatives\n- i\n## question phrases\n- "
	"what about\n## joiners\n- and\n## alternatives\n- or\n## stop words\n- the\n"
	"## follow-up words\n- long\n## pointing words\n- that\n## doubting words\n- why\n"
	"## reason words\n- so\n## subordinators\n- if\n## clause subjects\n- i\n"
	"## correcting words\n- sorry\n## time words\n- monday\n## question words\n- how\n"
	"## written short\n";

static bool parse_forms(struct fixture *f, struct lexicon *out, const char *forms)
{
	struct str text = arena_fmt(&f->arena, "%s%s", short_forms, forms);

	return parse(f, out, arena_cstr(&f->arena, text));
}

/* Words by blanks, " | " where a clause ends. */
static const char *lengthened(const struct lexicon *l, const char *text, struct arena *arena)
{
	struct words w = lexicon_words(l, str_of(text), arena);
	struct str line = {0};

	for (size_t i = 0; i < w.n; i++)
		line = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(line),
				 i == 0				      ? ""
				 : w.v[i].clause != w.v[i - 1].clause ? " | "
								      : " ",
				 STR_ARG(w.v[i].text));
	return arena_cstr(arena, line);
}

static void short_forms_are_read_in_long(void **state)
{
	static const struct {
		const char *text, *words;
	} table[] = {
		{"can u go", "can you go"},
		{"U r", "you r"},
		{"I can't, cant", "i can not can not"},
		{"I'll be ill", "i will be ill"},
		{"i\xe2\x80\x99ll", "i will"},
		{"w/o food", "without food"},
		{"w o", "without"},
		{"w, o", "with o"},
		{"w. o", "with | o"},
		{"w/ wine", "with wine"},
		{"b/c u", "because you"},
		{"in 2hrs or 48h", "in 2 hours or 48 hours"},
		{"hrs 2 hrs", "hrs 2 hrs"}, /* only with a number */
		{"b12 2x", "b12 2x"},
		{"a \xf0\x9f\x8d\xba\xf0\x9f\x98\x80 ok", "a beer ok"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"\xf0\x9f\x98\x80 \xf0\x9f\x98\x80.", "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80"},
		{"", ""},
	};
	struct fixture f;
	struct lexicon l;
	struct words w;

	(void)state;
	fixture_init(&f);
	assert_true(parse_forms(&f, &l,
				"- u = you\n- cant = can not\n- i'll = I will\n- w/o|without = "
				"without\n- w = with\n- b/c = because\n- #hrs|#h|# hr = # hours\n"
				"- \xf0\x9f\x8d\xba|\xf0\x9f\x8d\xbb = beer\n"));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(lengthened(&l, table[i].text, &f.arena), table[i].words);

	w = lexicon_words(&l, STR("\xf0\x9f\x98\x80. Well, I can't go in 2hrs? u"), &f.arena);
	assert_int_equal(w.n, 9);
	assert_str(w.v[8].stem, "you");
	assert_int_equal(w.sentences_n, 2); /* that of the smile is gone */
	assert_int_equal(w.sentences[0].first, 0);
	assert_int_equal(w.sentences[0].count, 8);
	assert_true(w.sentences[0].asks);
	assert_int_equal(w.v[8].sentence, 1);
	assert_int_equal(w.v[0].place, 1);
	assert_int_equal(w.v[2].place, 3);
	assert_int_equal(w.v[3].place, 3);
	assert_str(w.v[7].stem, "hour");
	assert_int_equal(w.v[1].mark, MARK_COMMA);
	fixture_done(&f);
}

static void short_forms_that_cannot_be_read(void **state)
{
	static const struct {
		const char *forms, *mistake;
	} table[] = {
		{"", "en/words.md:39: no lines under \"## written short\""},
		{"- u\n", "en/words.md:40: a short form is written `short = what it means`"},
		{"- u =\n", "en/words.md:40: a short form is written `short = what it means`"},
		{"- u = ?\n", "en/words.md:40: no words behind the ="},
		{"- | = you\n", "en/words.md:40: \"\" is not one to 3 words"},
		{"- u|? = you\n", "en/words.md:40: \"?\" is not one to 3 words"},
		{"- a b c d = you\n", "en/words.md:40: \"a b c d\" is not one to 3 words"},
		{"- #a b = # you\n", "en/words.md:40: \"a b\" is not one to 1 words"},
		{"- #h = hours\n",
		 "en/words.md:40: a # must stand on both sides of the = or on none"},
		{"- h = # hours\n",
		 "en/words.md:40: a # must stand on both sides of the = or on none"},
		{"- b|u = you\n- r = are\n- u = your\n",
		 "en/words.md:42: \"u\" stands in line 40 too"},
	};
	struct fixture f;
	struct lexicon l;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_false(parse_forms(&f, &l, table[i].forms));
		assert_true(mistakes_have(&f.mistakes, table[i].mistake));
	}
	/* with and without an apostrophe, with and without a number: different forms */
	assert_true(parse_forms(&f, &l, "- ill = sick\n- i'll = i will\n- #ill = # sick\n"));
	assert_string_equal(lengthened(&l, "ill i'll 2ill", &f.arena), "sick i will 2 sick");
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
	assert_string_equal(lengthened(&l,
				       "pls can u tell me whats ok, I'm ill & can't w/o meds "
				       "b4 2hrs tmrw \xf0\x9f\x8d\xb7\xf0\x9f\x98\x80",
				       &f.arena),
			    "please can you tell me what is ok i am ill can not without medicines "
			    "before 2 hours tomorrow wine");
	free(text);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_folded),
		cmocka_unit_test(clauses_begin_at_starters),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(short_forms_are_read_in_long),
		cmocka_unit_test(short_forms_that_cannot_be_read),
		cmocka_unit_test(the_shipped_words_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
