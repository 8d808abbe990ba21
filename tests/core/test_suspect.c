/* What the words of a message may have been meant for, and above all which are not asked about. */
#include "book_fixture.h"
#include "core/readings.h"
#include "core/suspect.h"

static const char *suspected(const struct fixture *f, const char *text, struct arena *turn)
{
	struct readings readings = readings_of(f->book, str_of(text), turn);
	struct str line = {0};
	struct words out;

	if (!suspect_read(f->book->speller, &readings.v[READING_WRITTEN], turn, &out))
		return "";
	for (size_t i = 0; i < out.n; i++)
		line = arena_fmt(turn, STR_FMT "%s" STR_FMT, STR_ARG(line), i ? " " : "",
				 STR_ARG(out.v[i].text));
	return arena_cstr(turn, line);
}

static const struct {
	const char *text, *suspected; /* "": nothing in it is doubtful */
} table[] = {
	/* run together */
	{"helpus", "help us"},
	{"imnot safe", "im not safe"},
	{"tonight iwill do it", "tonight i will do it"},
	{"help me mytongue", "help me my tongue"},
	{"please forgive meall", "please forgive me all"},
	{"my throteis swelling", "my throte is swelling"},
	{"geta doctor to room 3", "get a doctor to room 3"},
	/* a number and a word */
	{"temp38.9 help", "temp 38.9 help"},
	{"999now", "999 now"},
	{"hr 160sitting down", "hr 160 sitting down"},
	/* a sign word, and the next word is mended as always */
	{"chets pain", "chest pain"},
	{"my thoat hurts", "my throat hurts"},
	{"chets pian", "chest pain"},
	/* what is common, and what has no sign near it */
	{"my chest hurts", ""},
	{"can i wash my hair tomorrow", ""},
	{"where the bleep did i put my bleeping phone", ""},
	{"budgeting", ""},
	{"finasteride and minoxidil", ""},
	{"batiste", ""},
	{"xqzvplk", ""},
	{"20mg", ""},
	{"b12", ""},
	{"2nd", ""},
	{"10am", ""},
	{"covid19x", ""},
	{"39.8", ""},
	{"0x1f", ""},
	{"a1b2c3", ""},
	{"\xd1\x88\xd0\xb0\xd0\xbc\xd0\xbf\xd1\x83\xd0\xbd\xd1\x8c", ""},
	{"abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc", ""},
	{"", ""},
};

static void what_is_suspected(void **state)
{
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *read = suspected(&f, table[i].text, &turn);

		if (strcmp(read, table[i].suspected) != 0)
			fail_msg("%s is suspected to be \"%s\", not \"%s\"", table[i].text, read,
				 table[i].suspected);
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
}

static void places_and_clauses_stay(void **state)
{
	struct fixture f;
	struct arena turn;
	struct readings readings;
	struct words out;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	readings = readings_of(f.book, STR("no. well, mythroat hurts"), &turn);
	assert_true(suspect_read(f.book->speller, &readings.v[READING_WRITTEN], &turn, &out));
	assert_int_equal(out.n, 5);
	assert_str(out.v[3].text, "throat");
	assert_int_equal(out.v[2].mark, MARK_COMMA);
	assert_int_equal(out.v[3].mark, MARK_NONE);
	assert_int_equal(out.v[2].place, 2);
	assert_int_equal(out.v[3].place, 2);
	assert_int_equal(out.v[3].clause, readings.v[READING_WRITTEN].v[2].clause);
	assert_int_equal(out.sentences_n, 2);
	assert_int_equal(out.sentences[1].count, 4);
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_suspected),
		cmocka_unit_test(places_and_clauses_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
