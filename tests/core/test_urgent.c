/* The urgent lane. */
#include "book_fixture.h"
#include "core/urgent.h"

static enum urgent_level level_in(const struct book *book, const char *text, struct arena *turn)
{
	struct words words = lexicon_written(book->lexicon, str_of(text), turn);
	enum urgent_level level =
		urgent_level_of(book->urgent, book->lexicon, &words, false, NULL, turn);

	arena_reset(turn);
	return level;
}

static void levels(void **state)
{
	static const struct {
		const char *text;
		enum urgent_level level;
	} table[] = {
		{"", URGENT_NONE},
		{"???", URGENT_NONE},
		{"when can I wash my hair", URGENT_NONE},
		{"I can't breathe", URGENT_EMERGENCY},
		{"I CAN\xe2\x80\x99T BREATHE", URGENT_EMERGENCY},
		{"i can\xe2\x80\x8bt bre\xc2\xad"
		 "athe",
		 URGENT_EMERGENCY},
		{"\xef\xbd\x89 \xef\xbd\x83\xef\xbd\x81nt breathe", URGENT_EMERGENCY},
		{"he is not breathing", URGENT_EMERGENCY},
		{"fever of 39.5", URGENT_EMERGENCY},
		{"fever of 37.5", URGENT_NONE},
		{"I want to end my life", URGENT_CRISIS},
		{"there is pus", URGENT_SAME_DAY},
		{"no pus", URGENT_NONE},
		{"no rash but pus", URGENT_SAME_DAY},
		/* the highest clause counts, in any order */
		{"there is pus. I can't breathe", URGENT_EMERGENCY},
		{"I can't breathe. there is pus", URGENT_EMERGENCY},
		{"there is pus; I want to end my life", URGENT_CRISIS},
		{"I want to end my life\nand I can't breathe", URGENT_EMERGENCY},
		/* idioms */
		{"I cant wait", URGENT_NONE},
		{"a throat lozenge for the swelling of the throat", URGENT_EMERGENCY},
		{"my throat song swells", URGENT_NONE},
		{"I cant wait, there is pus", URGENT_SAME_DAY},
		/* words of two clauses are no idiom */
		{"swelling of the throat. song", URGENT_EMERGENCY},
		{"swelling of the throat; lozenge?", URGENT_EMERGENCY},
		{"swelling of the throat\nlozenge", URGENT_EMERGENCY},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (level_in(f.book, table[i].text, &turn) != table[i].level)
			fail_msg("\"%s\" is %d", table[i].text,
				 level_in(f.book, table[i].text, &turn));
	arena_done(&turn);
	fixture_done(&f);
}

static void every_list_is_needed_and_known(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/urgent.md",
		    "## emergency\n\nA\n\n## crisis\n\nB\n\n## urgent\n\nC\n\n"
		    "## emergency flags\n\n- a\n\n## crisis flags\n\n- b\n\n## urgent flags\n\n"
		    "## emergncy flags\n\n- c\n");
	assert_null(fixture_try(&f));
	assert_true(
		mistakes_have(&f.mistakes, "en/urgent.md:21: no flags under \"## urgent flags\""));
	assert_true(mistakes_have(&f.mistakes, "en/urgent.md: no flags under \"## not flags\""));
	assert_true(mistakes_have(&f.mistakes,
				  "en/urgent.md:23: \"emergncy flags\" is not the name of a list"));
	fixture_done(&f);
}

/* A sentence that meets a flag: the first alternative of each condition that must be met. */
static bool example_of(struct str flag, struct buf *out)
{
	struct str rest = flag;
	struct str condition;

	buf_clear(out);
	while (str_cut(&rest, ' ', &condition)) {
		struct str first;

		if (condition.n == 0 || condition.p[0] == '!')
			continue;
		str_cut(&condition, '|', &first);
		for (size_t i = 0; i < first.n; i++) {
			if (first.p[i] == '#')
				return false;
			if (first.p[i] != '*')
				buf_add_char(out, first.p[i] == '_' ? ' ' : first.p[i]);
		}
		buf_add_char(out, ' ');
	}
	return out->n > 0;
}

static const char *const additions[][2] = {
	{"Hello! ", ""},
	{"hi there.\n", "\nthank you"},
	{"", ". Can I wash my hair today?"},
	{"when can I go to the sauna? ", ""},
	{"", "\n\n> what about alcohol"},
	{"", "\n```\ncode\n```"},
	{"\xf0\x9f\x98\xad ", " \xf0\x9f\x98\xad\xf0\x9f\x98\xad"},
	{"", " \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
	{"", "!!!"},
	{"no worries. ", ". no problem at all"},
	{"I cant wait for the results; ", "; not dying to know"},
	{"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82. ", ""},
	{"face mask. hot. black. ", ". mask. dye. water. tea. test"},
};

/* Words added in clauses of their own never lower the level (M12), over every shipped flag. */
static void additions_never_lower_the_level(void **state)
{
	struct fixture f;
	struct arena turn;
	struct buf example;
	char *text;
	struct lists lists;
	size_t tried = 0;

	(void)state;
	fixture_init(&f);
	fixture_shipped(&f);
	fixture_book(&f);
	arena_init(&turn);
	buf_init(&example, 10000);
	text = file_text("intents/en/urgent.md");
	lists = lists_parse(&(struct source){STR("urgent.md"), str_of(text)}, &f.arena,
			    &f.mistakes);
	for (size_t i = 0; i < lists.n * sizeof additions / sizeof *additions; i++) {
		const struct list *list = &lists.v[i % lists.n];
		const char *const *add = additions[i / lists.n];

		for (size_t k = 0; str_ends(list->title, STR(" flags")) && k < list->items_n; k++) {
			enum urgent_level alone, added;
			struct str message;

			if (!example_of(list->items[k].text, &example))
				continue;
			alone = level_in(f.book, example.p, &turn);
			message = arena_fmt(&turn, "%s%s%s", add[0], example.p, add[1]);
			added = level_in(f.book, arena_cstr(&f.arena, message), &turn);
			if (added < alone)
				fail_msg("\"%s\": %d, with \"%s\" and \"%s\": %d", example.p, alone,
					 add[0], add[1], added);
			tried += alone != URGENT_NONE;
		}
	}
	assert_true(tried > 1000);
	buf_done(&example);
	free(text);
	arena_done(&turn);
	fixture_done(&f);
}

static void what_people_write(void **state)
{
	static const struct {
		const char *text;
		enum urgent_level at_least, at_most;
	} table[] = {
		{"I can't breathe", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"he is not breathing", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"my throat is closing up", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"cannot swallow and my tongue is huge", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"no rash but I cannot breathe", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"I want to kill myself", URGENT_CRISIS, URGENT_EMERGENCY},
		{"there is pus coming out of my scalp", URGENT_SAME_DAY, URGENT_EMERGENCY},
		{"how often can it be done", URGENT_NONE, URGENT_NONE},
		{"can i have a beer tonight, i had my injections at noon", URGENT_NONE,
		 URGENT_NONE},
		{"I can't wait to see the results", URGENT_NONE, URGENT_NONE},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	fixture_shipped(&f);
	fixture_book(&f);
	arena_init(&turn);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum urgent_level level = level_in(f.book, table[i].text, &turn);

		if (level < table[i].at_least || level > table[i].at_most)
			fail_msg("\"%s\" is %d", table[i].text, level);
	}
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(every_list_is_needed_and_known),
		cmocka_unit_test(additions_never_lower_the_level),
		cmocka_unit_test(what_people_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
