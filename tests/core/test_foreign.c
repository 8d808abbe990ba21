/* Messages in other languages: told by short lists of words. */
#include "book_fixture.h"
#include "core/foreign.h"

static const char lists[] = "# For people\n\n"
			    "## German\n\n- ich darf nicht waschen haare wie was im\n\n"
			    "## French\n\n- je peux laver mes cheveux\n- qué can\n";

static void fixture_foreign(struct fixture *f)
{
	fixture_init(f);
	fixture_set(f, "en/foreign.md", lists);
	fixture_book(f);
}

static bool reads(struct fixture *f, const char *text)
{
	struct words words = lexicon_written(f->book->lexicon, str_of(text), &f->arena);

	return foreign_reads(f->book->foreign, f->book->lexicon, f->book->speller, &words);
}

/* The fixture's article knows "hair", "wash", "alcohol", "sauna", "week"; among its stop words are "what",
 * "can", "my" and "the". */
static void by_the_lists(void **state)
{
	static const struct {
		const char *text;
		bool foreign;
	} table[] = {
		{"", false},
		{"!?", false},
		{"12 38.5 \xf0\x9f\x99\x8f", false},
		{"hair", false},
		{"xyzzy plugh", false},
		/* all of one list, or not known */
		{"Haare waschen?", true},
		{"WASCHEN", true},
		{"Je peux laver mes cheveux", true},
		{"que", true},
		{"darf xyzzy plugh", true},
		{"darf hair", false},
		{"darf sauna xyzzy", true},
		{"darf sauna hair", false},
		{"darf i xyzzy", false},
		/* two of one list, a third of all, and more than of its own */
		{"ich darf the beer", true},
		{"ich darf the beer my hair", false},
		{"ich darf sauna week alcohol hair wash", false},
		{"ich peux the beer", false},
		/* what stands in both speaks for neither */
		{"can je peux it", true},
		{"can je hair it", false},
		{"can can can", false},
		/* another alphabet */
		{"\xd0\xbc\xd0\xbe\xd0\xb6\xd0\xbd\xd0\xbe", true},
		{"\xd0\xbc\xd0\xbe\xd0\xb6\xd0\xbd\xd0\xbe hair", false},
		{"\xd0\xbc\xd0\xbe\xd0\xb6\xd0\xbd\xd0\xbe \xd0\xbb\xd0\xb8 hair", true},
		{"what is the \xd0\xbc\xd0\xbe\xd0\xb6\xd0\xbd\xd0\xbe", false},
		{"\xe8\xaf\xb7\xe9\x97\xae\xe6\xb4\x97\xe5\xa4\xb4\xe5\x90\x97", true},
		{"\xce\xb2 hair", false},
		{"\xce\xb2", false},
		/* letters of Latin with their accents */
		{"t\xc3\xb4i \xc6\xa1n", false},
		/* single letters are no words */
		{"k", false},
		{"darf k k k k k", true},
		/* no word that anybody knows */
		{"xyzzy plugh frobnicate quux", false},
		{"xyzzy plugh frobnicate quux barfoo", true},
		{"xyzzy plugh frobnicate quux my", false},
		{"xyzzy plugh frobnicate hair sauna", true},
		{"xyzzy plugh alcohol hair sauna", false},
	};
	struct fixture f;

	(void)state;
	fixture_foreign(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (reads(&f, table[i].text) != table[i].foreign)
			fail_msg("\"%s\" is %sforeign", table[i].text,
				 table[i].foreign ? "not " : "");
	fixture_done(&f);
}

/* It comes behind urgent messages and small talk, and before everything else. */
static void its_place_in_talk(void **state)
{
	static const struct {
		const char *text, *answer;
	} table[] = {
		{"ich darf nicht waschen", "1 - uncovered:foreign:-"},
		{"ich darf nicht breathe, cant breathe", "1 emergency urgent:emergency:-"},
		{"ich darf nicht pregnant", "1 - uncovered:foreign:-"},
		{"can I have a beer", "1 - answer:-:scalp/after.alcohol"},
		{"hi", "1 - social:greeting:-"},
	};
	struct fixture f;

	(void)state;
	fixture_foreign(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct answer answer = ask_in(f.book, NULL, table[i].text, &f.arena);

		if (strcmp(encoded(&answer, &f.arena), table[i].answer) != 0)
			fail_msg("\"%s\": %s", table[i].text, encoded(&answer, &f.arena));
	}
	fixture_done(&f);
}

static void mistakes_in_the_lists(void **state)
{
	struct fixture f;
	struct buf many;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/foreign.md",
		    "## German\n\n- ich\n\n## Dutch\n\nTo come.\n\n## French\n\n- ?\n");
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes, "en/foreign.md:5: no words under \"## Dutch\""));
	assert_true(mistakes_have(&f.mistakes, "en/foreign.md:9: no words under \"## French\""));
	buf_init(&many, 10000);
	for (int i = 0; i < FOREIGN_LANGUAGES_MAX; i++)
		buf_addf(&many, "## L%d\n\n- ich\n\n", i);
	fixture_set_str(&f, "en/foreign.md", buf_str(&many));
	assert_int_equal(fixture_book(&f)->foreign->languages_n, FOREIGN_LANGUAGES_MAX);
	assert_true(reads(&f, "ich"));
	buf_add(&many, STR("## Last\n\n- ich\n"));
	fixture_set_str(&f, "en/foreign.md", buf_str(&many));
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes, "en/foreign.md:257: more than 64 languages"));
	buf_done(&many);
	fixture_set(&f, "en/foreign.md", "");
	assert_false(reads((fixture_book(&f), &f), "ich"));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_lists),
		cmocka_unit_test(its_place_in_talk),
		cmocka_unit_test(mistakes_in_the_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
