/* The urgent lane. */
#include "book_fixture.h"
#include "core/urgent.h"

#include <math.h>

static enum urgent_level level_in(const struct book *book, const char *text, struct arena *turn)
{
	struct words words = lexicon_written(book->lexicon, str_of(text), turn);
	struct urgent_signs signs =
		urgent_signs_of(book->urgent, book->lexicon, &words, false, turn);

	arena_reset(turn);
	return urgent_judge(&urgent_bounds, &signs);
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
	assert_true(mistakes_have(&f.mistakes, "en/urgent.md: no flags under \"## harm flags\""));
	assert_true(mistakes_have(&f.mistakes, "en/urgent.md: no flags under \"## frame flags\""));
	assert_true(mistakes_have(&f.mistakes, "en/urgent.md: no flags under \"## now flags\""));
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

/* Bounds used below: alarms 0.5 (same day), 0.4 (crisis), 0.3 (emergency); flags -0.8, -0.9 and -1;
 * framed flags 0.2, -0.3 and -0.4; doubts 0.1 when asked, -0.1 when told. */
static void signs_are_judged(void **state)
{
	static const struct urgent_bounds bounds = {
		{0.5F, 0.4F, 0.3F}, {-0.8F, -0.9F, -1}, {0.2F, -0.3F, -0.4F}, 0.1F, -0.1F, {{0}}};
	static const float none = -INFINITY, full = INFINITY;
	const struct {
		const char *what;
		float likely[URGENT_LEVELS], flagged[URGENT_LEVELS], framed[URGENT_LEVELS];
		float asked, told;
		enum urgent_level level;
	} table[] = {
#define NONE {none, none, none}
		{"nothing", NONE, NONE, NONE, none, none, URGENT_NONE},
		{"just below each alarm", {0.5F, 0.4F, 0.3F}, NONE, NONE, 0.1F, none, URGENT_NONE},
		{"same day, by likeness", {0.51F, none, none}, NONE, NONE, 1, 1, URGENT_LIKELY},
		{"and a flag",
		 {0.51F, none, none},
		 {-0.8F, none, none},
		 NONE,
		 1,
		 1,
		 URGENT_SAME_DAY},
		{"crisis", {2, 0.41F, none}, NONE, NONE, 1, 1, URGENT_CRISIS},
		{"emergency", {2, 2, 0.31F}, NONE, NONE, 1, 1, URGENT_EMERGENCY},
		{"doubt, asked", {0.2F, none, none}, NONE, NONE, 0.11F, none, URGENT_DOUBTFUL},
		{"doubt, told", {none, none, 0}, NONE, NONE, none, -0.09F, URGENT_DOUBTFUL},
		{"told too little", {none, 0, none}, NONE, NONE, none, -0.1F, URGENT_NONE},
		{"flag", NONE, {-0.8F, none, none}, NONE, none, none, URGENT_SAME_DAY},
		{"another flag", NONE, {none, -0.9F, none}, NONE, none, none, URGENT_CRISIS},
		{"a short flag", NONE, {none, none, full}, NONE, none, none, URGENT_EMERGENCY},
		{"a flag among ordinary words",
		 NONE,
		 {none, none, -1.1F},
		 NONE,
		 none,
		 none,
		 URGENT_DOUBTFUL},
		{"and likeness to a lower level",
		 {0.6F, none, none},
		 {none, none, -1.1F},
		 NONE,
		 none,
		 none,
		 URGENT_SAME_DAY},
		{"framed", NONE, NONE, {none, none, -0.4F}, none, none, URGENT_EMERGENCY},
		{"framed, less", NONE, NONE, {0.19F, none, none}, none, none, URGENT_DOUBTFUL},
		{"framed, ordinary", NONE, NONE, {-0.2F, none, none}, none, none, URGENT_NONE},
#undef NONE
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct urgent_signs signs = {.asked = table[i].asked, .told = table[i].told};

		memcpy(signs.likely, table[i].likely, sizeof signs.likely);
		memcpy(signs.flagged, table[i].flagged, sizeof signs.flagged);
		memcpy(signs.framed, table[i].framed, sizeof signs.framed);
		if (urgent_judge(&bounds, &signs) != table[i].level)
			fail_msg("%s: %d", table[i].what, urgent_judge(&bounds, &signs));
	}
}

/* Which flags are framed; without examples a flag has the margin INFINITY. */
static void flags_are_framed(void **state)
{
	static const struct {
		const char *text;
		bool flagged, framed;
	} table[] = {
		{"there is pus", true, false},
		{"what if pus comes", false, true},
		{"can pus come", false, true},
		{"pus years ago", false, true},
		{"pus years ago and again", true, true},
		{"is pus normal since monday", true, false},
		{"there is pus. what if it stays", true, false},
		{"what if pus comes. there is pus", true, true},
		{"nothing at all", false, false},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_written(f.book->lexicon, str_of(table[i].text), &f.arena);
		struct urgent_signs s =
			urgent_signs_of(f.book->urgent, f.book->lexicon, &w, false, &f.arena);

		if ((s.flagged[0] > -INFINITY) != table[i].flagged ||
		    (s.framed[0] > -INFINITY) != table[i].framed)
			fail_msg("\"%s\"", table[i].text);
	}
	fixture_done(&f);
}

static void forms(void **state)
{
	static const struct {
		const char *text;
		bool asks;
	} table[] = {
		{"can I wash it", true},	{"it is sore", false},
		{"it is sore?", true},		{"it is sore. can I wash it", true},
		{"it is sore. really?", true},	{"it is sore. really.", false},
		{"what a day. it burns", true},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_written(f.book->lexicon, str_of(table[i].text), &f.arena);

		if (urgency_asks(f.book->lexicon, &w, 0, w.n) != table[i].asks)
			fail_msg("\"%s\"", table[i].text);
	}
	fixture_done(&f);
}

/* Written for this test; in no file of intents/. */
static const char *const urgent_or_doubtful[] = {
	"everything on the left looks smeared since lunch",
	"she slid off the seat and does not react",
	"my lips feel like tyres and I sound hoarse",
	"there is a band round my ribs and I am pouring with sweat",
	"nan swallowed her whole week of heart pills",
	"he is burning up and talks rubbish",
	"the bleeding has gone through the third cloth",
	"I have written letters to everyone and I am ready to go",
	"my flatmate says she will hang herself tonight",
	"I cannot see a reason to wake up again",
	"green stuff runs out of two of the holes",
	"my forehead is hot and thick and it throbs all night",
	"a numb strip above my ear since the jabs a fortnight ago",
	"I have been sick every hour since the session",
	"just learnt that I am expecting and I had injections on Monday",
	"what are the signs of a stroke",
	"woke up with a puffy forehead",
	"the skin there looks odd today",
	"something is off with my eye",
	"it is worse than yesterday",
};

static const char *const more_additions[][2] = {
	{"", ". Thanks."},
	{"thank you so much. ", ""},
	{"", "\nthank you"},
	{"good morning! ", ""},
	{"", " \xf0\x9f\x98\xad"},
	{"\xf0\x9f\x99\x8f ", " \xf0\x9f\x99\x8f\xf0\x9f\x99\x8f"},
	{"", "!!!"},
	{"", ". Can I wash my hair today?"},
	{"when can I go to the sauna? ", ""},
	{"", "\nhow often should I come"},
	{"", ". what does it cost? where do I park?"},
	{"I love the results so far. ", ""},
	{"My cousin had it done last spring and is happy. ", ". Greetings to the team"},
	{"no worries. ", ". no problem at all"},
};

/* With all that is taught: no level of a message, and no doubt about it, goes away when something that
 * is ordinary is said beside it. */
static void additions_never_lower_what_was_taught(void **state)
{
	struct fixture f;
	struct arena turn;
	size_t urgent = 0, doubtful = 0;

	(void)state;
	fixture_init(&f);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	arena_init(&turn);
	for (size_t i = 0; i < sizeof urgent_or_doubtful / sizeof *urgent_or_doubtful; i++) {
		const char *text = urgent_or_doubtful[i];
		enum urgent_level alone = level_in(f.book, text, &turn);

		urgent += alone > URGENT_DOUBTFUL;
		doubtful += alone == URGENT_DOUBTFUL;
		for (size_t k = 0; k < sizeof more_additions / sizeof *more_additions; k++) {
			struct str message = arena_fmt(&f.arena, "%s%s%s", more_additions[k][0],
						       text, more_additions[k][1]);
			enum urgent_level added =
				level_in(f.book, arena_cstr(&f.arena, message), &turn);

			if (added < alone)
				fail_msg("\"%s\": %d, but " STR_FMT ": %d", text, alone,
					 STR_ARG(message), added);
		}
	}
	assert_true(urgent >= 12);
	assert_true(doubtful >= 2);
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
		{"my fingers are blue", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"lips swelling and when can i wash", URGENT_EMERGENCY, URGENT_EMERGENCY},
		{"i was out and had a bottle of wine last night is that ok", URGENT_NONE,
		 URGENT_DOUBTFUL},
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
		cmocka_unit_test(signs_are_judged),
		cmocka_unit_test(flags_are_framed),
		cmocka_unit_test(forms),
		cmocka_unit_test(additions_never_lower_what_was_taught),
		cmocka_unit_test(what_people_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
