/* Small talk, picks and what no bot may answer. */
#include "book_fixture.h"
#include "core/cues.h"

static enum cue whole_of(struct fixture *f, const char *text)
{
	struct words w = lexicon_written(f->book->lexicon, str_of(text), &f->arena);

	return cues_heaviest(cues_kinds(f->book->cues, &w));
}

static void whole_messages(void **state)
{
	static const struct {
		const char *text;
		enum cue cue;
	} table[] = {
		{"hi", CUE_GREETING},
		{"Good morning!", CUE_GREETING},
		{"hi hi hello", CUE_GREETING},
		{"hello there", CUE_NONE},
		{"hi can I wash", CUE_NONE},
		{"thank you", CUE_THANKS},
		{"thank", CUE_NONE},
		{"ok", CUE_FILLER},
		{"ok thanks", CUE_THANKS},
		{"hi, thanks, bye", CUE_THANKS},
		{"2", CUE_PICK_2},
		{"the second one please", CUE_PICK_2},
		{"hi, the third", CUE_PICK_3},
		{"1 and 2", CUE_NONE},
		{"1 2", CUE_PICK_1},
		{"the last", CUE_PICK_LAST},
		{"maybe 2", CUE_PICK_2},
		{"maybe yes", CUE_MAYBE},
		{"both, thanks", CUE_PICK_ALL},
		{"first, the first", CUE_PICK_1},
		{"none of these", CUE_PICK_NONE},
		{"1, none", CUE_PICK_NONE},
		{"thanks, show me the article", CUE_SHOW_ARTICLE},
		{"yes", CUE_YES},
		{"no", CUE_NO},
		{"no thanks", CUE_NO},
		{"how much please", CUE_PRICE},
		{"hi, how much", CUE_PRICE},
		{"how much beer", CUE_NONE},
		{"the others", CUE_PICK_OTHERS},
		{"can you repeat please", CUE_AGAIN},
		{"simpler, thanks", CUE_OTHER_WORDS},
		{"repeat simpler", CUE_AGAIN},
		{"this is rats", CUE_CURSE},
		/* what stands around them is nothing by itself */
		{"can you", CUE_NONE},
		{"can you please", CUE_NONE},
		{"hi, can you", CUE_NONE},
		{"this is one", CUE_NONE},
		{"", CUE_NONE},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (whole_of(&f, table[i].text) != table[i].cue)
			fail_msg("\"%s\" is %d", table[i].text, whole_of(&f, table[i].text));
	fixture_done(&f);
}

static void a_message_holds_several_kinds(void **state)
{
	static const struct {
		const char *text;
		unsigned kinds;
	} table[] = {
		{"", 0},
		{"1 sauna", 0},
		{"1 2", CUE_BIT(CUE_PICK_1) | CUE_BIT(CUE_PICK_2)},
		{"thanks, both: 3 1", CUE_BIT(CUE_THANKS) | CUE_BIT(CUE_PICK_ALL) |
					      CUE_BIT(CUE_PICK_1) | CUE_BIT(CUE_PICK_3)},
		{"ok, the second", CUE_BIT(CUE_FILLER) | CUE_BIT(CUE_PICK_2)},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_written(f.book->lexicon, str_of(table[i].text), &f.arena);
		unsigned kinds = cues_kinds(f.book->cues, &w);

		if (kinds != table[i].kinds)
			fail_msg("\"%s\" is %x", table[i].text, kinds);
	}
	assert_int_equal(cues_heaviest(0), CUE_NONE);
	fixture_done(&f);
}

static void contained_and_policy(void **state)
{
	static const struct {
		const char *text;
		enum cue contained, policy;
	} table[] = {
		{"so tell me, are you a bot?", CUE_ABOUT_BOT, CUE_NONE},
		{"useless. are you a bot", CUE_ABOUT_BOT, CUE_NONE},
		{"you are useless", CUE_COMPLAINT, CUE_NONE},
		{"not useless", CUE_NONE, CUE_NONE},
		{"should I take it", CUE_NONE, CUE_PERSONAL},
		{"I am pregnant", CUE_NONE, CUE_CONTRAINDICATION},
		{"I am not pregnant", CUE_NONE, CUE_NONE},
		{"should I tell my child", CUE_NONE, CUE_MINOR},
		{"he is 15 years", CUE_NONE, CUE_MINOR},
		{"he is 18 years", CUE_NONE, CUE_NONE},
		{"price? and I am pregnant", CUE_NONE, CUE_CONTRAINDICATION},
		{"the price", CUE_NONE, CUE_BOOKING},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_written(f.book->lexicon, str_of(table[i].text), &f.arena);

		if (cues_contained(f.book->cues, f.book->lexicon, &w) != table[i].contained ||
		    cues_policy(f.book->cues, f.book->lexicon, &w, 0, w.n) != table[i].policy)
			fail_msg("\"%s\" is %d, %d", table[i].text,
				 cues_contained(f.book->cues, f.book->lexicon, &w),
				 cues_policy(f.book->cues, f.book->lexicon, &w, 0, w.n));
	}
	fixture_done(&f);
}

static void only_the_words_asked_about_count(void **state)
{
	struct fixture f;
	struct words w;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	w = lexicon_written(f.book->lexicon, STR("should I go. the price"), &f.arena);
	assert_int_equal(cues_policy(f.book->cues, f.book->lexicon, &w, 0, 3), CUE_PERSONAL);
	assert_int_equal(cues_policy(f.book->cues, f.book->lexicon, &w, 3, 5), CUE_BOOKING);
	assert_int_equal(cues_policy(f.book->cues, f.book->lexicon, &w, 1, 3), CUE_NONE);
	assert_int_equal(cues_policy(f.book->cues, f.book->lexicon, &w, 2, 2), CUE_NONE);
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	struct fixture f;
	struct cues cues;
	struct source source = {STR("en/cues.md"),
				STR("## greeting\n\n- hi|\n\n## gretting\n\n- a\n")};

	(void)state;
	fixture_init(&f);
	assert_false(cues_parse(&source, &f.arena, &cues, &f.mistakes));
	assert_true(mistakes_have(&f.mistakes, "en/cues.md:3: an empty alternative: \"hi|\""));
	assert_true(
		mistakes_have(&f.mistakes, "en/cues.md:5: \"gretting\" is not the name of a list"));
	assert_true(mistakes_have(&f.mistakes, "en/cues.md: nothing listed under \"## thanks\""));
	fixture_done(&f);
}

static void the_shipped_cues(void **state)
{
	static const struct {
		const char *text;
		enum cue cue;
	} table[] = {
		{"hi", CUE_GREETING},
		{"thank you so much", CUE_THANKS},
		{"the first one", CUE_PICK_1},
		{"the second one", CUE_PICK_2},
		{"the last one", CUE_PICK_LAST},
		{"option b please", CUE_PICK_2},
		{"both of them", CUE_PICK_ALL},
		{"not sure", CUE_MAYBE},
		{"not yet", CUE_NO},
		{"show me the article", CUE_SHOW_ARTICLE},
		{"how often", CUE_NONE},
	};
	struct fixture f;
	char *text = file_text("intents/en/cues.md");

	(void)state;
	assert_non_null(text);
	fixture_init(&f);
	fixture_set(&f, "en/cues.md", text);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (whole_of(&f, table[i].text) != table[i].cue)
			fail_msg("\"%s\" is %d", table[i].text, whole_of(&f, table[i].text));
	free(text);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_messages),
		cmocka_unit_test(a_message_holds_several_kinds),
		cmocka_unit_test(contained_and_policy),
		cmocka_unit_test(only_the_words_asked_about_count),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(the_shipped_cues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
