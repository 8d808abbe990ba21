/* The book, built from all the files at once. */
#include "book_fixture.h"
#include "core/index.h"

static void the_version_is_that_of_the_content(void **state)
{
	static const char *const names[] = {
		"scalp.md",    "scalp.questions.md", "scalp.not-covered.md",
		"en/words.md", "en/replies.md",	     "en/urgent.md",
		"en/cues.md"};
	struct fixture f;
	struct str first;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- which serum\n");
	first = arena_str(&f.arena, fixture_book(&f)->version);
	assert_int_equal(first.n, 16);
	assert_true(str_eq(fixture_book(&f)->version, first));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str was = {0};

		for (size_t k = 0; k < f.sources_n; k++)
			if (str_eq(f.sources[k].name, str_of(names[i])))
				was = f.sources[k].text;
		fixture_set_str(&f, names[i], arena_fmt(&f.arena, STR_FMT "\n", STR_ARG(was)));
		assert_false(str_eq(fixture_book(&f)->version, first));
		fixture_set_str(&f, names[i], was);
		assert_true(str_eq(fixture_book(&f)->version, first));
	}
	f.clinic.phone = STR("555 0101");
	assert_false(str_eq(fixture_book(&f)->version, first));
	/* what is moved from one detail to the next is another book */
	f.clinic.name = STR("The Clinic555");
	f.clinic.phone = STR(" 0100");
	assert_false(str_eq(fixture_book(&f)->version, first));
	fixture_done(&f);
}

static void nothing_is_kept_of_the_sources(void **state)
{
	struct fixture f;
	char *texts[FIXTURE_SOURCES_MAX];

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- which serum\n");
	for (size_t i = 0; i < f.sources_n; i++) {
		texts[i] = malloc(f.sources[i].text.n);
		memcpy(texts[i], f.sources[i].text.p, f.sources[i].text.n);
		f.sources[i].text.p = texts[i];
	}
	fixture_book(&f);
	for (size_t i = 0; i < f.sources_n; i++)
		free(texts[i]);
	assert_str(book_passage(f.book, STR("scalp/after.sauna"))->plain,
		   "Sauna. Do not go to the sauna for a week.");
	assert_str(book_passage(f.book, STR("scalp/after.sauna"))->section->article->title,
		   "Scalp care");
	fixture_done(&f);
}

static void passages_are_found_by_name(void **state)
{
	static const char *const none[] = {
		"", "/", "scalp", "scalp/", "after.sauna", "scalp/after.saun", "other/after.sauna"};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "a.md", "---\ntitle: A\n---\n## S\n\n- one\n- two\n");
	fixture_book(&f);
	assert_int_equal(f.book->articles_n, 2);
	assert_str(f.book->articles[0]->name, "a");
	assert_str(f.book->clinic.article, "A");
	assert_str(book_passage(f.book, STR("a/s/2"))->plain, "two");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_null(book_passage(f.book, str_of(none[i])));
	fixture_done(&f);
}

static void mistakes_have_files_and_lines(void **state)
{
	static const struct {
		const char *name, *text, *line;
	} table[] = {
		{"scalp.questions.md", "## after.sauna\n\n- hot\n\n## after.saun\n\n- x\n",
		 "scalp.questions.md:5: \"after.saun\" is not the id of a passage or section in "
		 "scalp.md"},
		{"scalp.questions.md", "## after.sauna\n\n- Hot?\n\n## after.alcohol\n\n- hot?\n",
		 "scalp.questions.md:7: this phrasing stands in line 3 too, for another passage"},
		{"scalp.questions.md",
		 "## after.sauna\n\n- is it hot\n\n## after.alcohol\n\n- Is it, \"H\xc3\xb6T\"?\n",
		 "scalp.questions.md:7: this phrasing stands in line 3 too, for another passage"},
		{"scalp.questions.md", "## after.sauna\n\n- hot\n-\n",
		 "scalp.questions.md:4: an empty list item"},
		{"scalp.questions.md", "## after.sauna\n\n- hot\n- ???\n",
		 "scalp.questions.md:4: no words in this list item"},
		{"scalp.not-covered.md", "## wine\n\n- ...\n",
		 "scalp.not-covered.md:3: no words in this list item"},
		{"scalp.not-covered.md", "## wine\n\n- Is wine - allowed?!\n",
		 "scalp.not-covered.md:3: this question stands in scalp.questions.md:4 too, as one "
		 "that is answered"},
		{"scalp.questions.md", "## after.sauna\n\n- hot\n- hot \xff\n",
		 "scalp.questions.md:4: this is not UTF-8 text"},
		{"other.questions.md", "## x\n\n- y\n",
		 "other.questions.md: there is no article other.md"},
		{"other.not-covered.md", "## x\n\n- y\n",
		 "other.not-covered.md: there is no article other.md"},
		{"scalp.not-covered.md", "## wine\n\n- which wine\n- IS wine allowed\n",
		 "scalp.not-covered.md:4: this question stands in scalp.questions.md:4 too, as one "
		 "that is answered"},
		{"scalp.not-covered.md", "## x\n\n- hot\n\n## x\n\n- cold\n",
		 "scalp.not-covered.md:5: the heading \"x\" stands twice"},
		{"scalp.not-covered.md", "## x\n\n- hot \xff\n",
		 "scalp.not-covered.md:3: this is not UTF-8 text"},
		{"scalp.md", "text", "scalp.md:1: the article has no title"},
		{"en/words.md", "", "en/words.md: no words under \"## negations\""},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		fixture_init(&f);
		fixture_set(&f, table[i].name, table[i].text);
		assert_null(fixture_try(&f));
		assert_true(mistakes_have(&f.mistakes, table[i].line));
		fixture_done(&f);
	}
}

static void a_doubled_phrasing_of_one_passage_is_a_warning(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", "## after.sauna\n\n- hot\n- HOT?\n");
	assert_non_null(fixture_try(&f));
	assert_int_equal(f.mistakes.n, 1);
	assert_true(mistakes_have(
		&f.mistakes, "scalp.questions.md:4: warning: this phrasing stands in line 3 too"));
	fixture_done(&f);
}

static void a_doubled_question_that_is_not_covered_is_a_warning(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- which serum\n\n## y\n\n- Which serum\n");
	assert_non_null(fixture_try(&f));
	assert_int_equal(f.mistakes.n, 1);
	assert_true(mistakes_have(
		&f.mistakes,
		"scalp.not-covered.md:7: warning: this question stands in line 3 too"));
	fixture_done(&f);
}

/* What one article answers, another may leave out. */
static void questions_not_covered_are_those_of_their_article(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "tooth.md", "---\ntitle: Tooth\n---\n## S\n\n- salt water {#rinse}\n");
	fixture_set(&f, "tooth.not-covered.md", "## x\n\n- is wine allowed\n");
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- is wine allowed at home\n");
	fixture_book(&f);
	assert_int_equal(f.mistakes.n, 0);
	assert_int_equal(f.book->articles_n, 2);
	fixture_done(&f);
}

static void every_file_of_the_pack_is_needed(void **state)
{
	static const char *const names[] = {"en/words.md", "en/replies.md", "en/urgent.md",
					    "en/cues.md"};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct str line;

		fixture_init(&f);
		for (size_t k = 0; k < f.sources_n; k++)
			if (str_eq(f.sources[k].name, str_of(names[i])))
				f.sources[k] = f.sources[--f.sources_n];
		assert_null(fixture_try(&f));
		line = arena_fmt(&f.arena, "%s: the file is missing", names[i]);
		assert_true(mistakes_have(&f.mistakes, line.p));
		fixture_done(&f);
	}
}

static void a_book_needs_an_article(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.sources[0] = f.sources[--f.sources_n];
	f.sources[1] = f.sources[--f.sources_n];
	assert_null(fixture_try(&f));
	assert_true(f.mistakes.n >= 1);
	assert_str(f.mistakes.v[0].what, "there is no article (NAME.md) here");
	book_free(NULL);
	fixture_done(&f);
}

static void the_shipped_files_are_a_book(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_shipped(&f);
	fixture_book(&f);
	mistakes_show(&f.mistakes);
	assert_int_equal(f.mistakes.n, 0);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_that_of_the_content),
		cmocka_unit_test(nothing_is_kept_of_the_sources),
		cmocka_unit_test(passages_are_found_by_name),
		cmocka_unit_test(mistakes_have_files_and_lines),
		cmocka_unit_test(a_doubled_phrasing_of_one_passage_is_a_warning),
		cmocka_unit_test(a_doubled_question_that_is_not_covered_is_a_warning),
		cmocka_unit_test(questions_not_covered_are_those_of_their_article),
		cmocka_unit_test(every_file_of_the_pack_is_needed),
		cmocka_unit_test(a_book_needs_an_article),
		cmocka_unit_test(the_shipped_files_are_a_book),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
