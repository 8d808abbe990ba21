/* How much a message leans on what was said before it. */
#include "book_fixture.h"

#include <math.h>

#include "core/lean.h"

static void book_with_concepts(struct fixture *f)
{
	fixture_init(f);
	fixture_set(
		f, "en/concepts.txt",
		"wine: wine beer\nsauna: sauna\nswimming: swim\n~leg: leg\n+after: afterwards\n");
	fixture_book(f);
}

static struct lean lean_in(struct fixture *f, const char *text)
{
	struct words words = lexicon_words(f->book->lexicon, str_of(text), &f->arena);

	return lean_of(f->book, &words);
}

static void topics_of_its_own(void **state)
{
	static const struct {
		const char *text;
		double topics;
	} table[] = {
		{"how long", 0},
		{"6?", 0},
		{"why that", 0},
		{"and wine", 1},
		{"beer or wine", 2},
		/* a part of the body, what is said beside a topic, a word of no list: perhaps */
		{"and the leg", 0.5},
		{"and afterwards", 0.5},
		{"and zeppelins", 0.5},
		{"can I swim with zeppelins", 1.5},
		/* small words that ask nothing may mean anything; with a question mark they do ask */
		{"long", 0.5},
		{"long?", 0},
	};
	struct fixture f;

	(void)state;
	book_with_concepts(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		double topics = lean_in(&f, table[i].text).topics;

		if (fabs(topics - table[i].topics) > 1e-9)
			fail_msg("\"%s\": %g topics", table[i].text, topics);
	}
	fixture_done(&f);
}

/* From what leans least to what leans most; those in one row alike. */
static void more_signs_and_fewer_topics_lean_more(void **state)
{
	static const char *const rows[][3] = {
		{"can I swim in wine", "is the sauna for wine"},
		{"can I drink wine", NULL},
		{"can I swim", "can it swim"},
		{"does that do for wine", "wine"},
		{"and wine", "or wine"},
		{"and that wine", NULL},
		{"how long", "should I do it again", "why that"},
	};
	struct fixture f;
	double before = 0;

	(void)state;
	book_with_concepts(&f);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t k = 0; k < 3 && rows[i][k]; k++) {
			struct lean lean = lean_in(&f, rows[i][k]);
			double share = lean_share(&lean);

			if (k ? fabs(share - before) > 1e-9 : share <= before)
				fail_msg("\"%s\" leans %g after %g", rows[i][k], share, before);
			before = share;
		}
	fixture_done(&f);
}

static void what_names_only_another_time(void **state)
{
	static const struct {
		const char *text;
		bool moves;
	} table[] = {
		{"", false},
		{"and tomorrow", true},
		{"tomorrow?", true},
		{"in 3 weeks", true},
		{"is it tomorrow", true},
		{"how many weeks", false},
		{"when tomorrow", false},
		{"why not tomorrow", false},
		{"wine tomorrow", false},
		{"the leg tomorrow", false},
		{"3", false},
		{"and that", false},
	};
	struct fixture f;

	(void)state;
	book_with_concepts(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_words(f.book->lexicon, str_of(table[i].text), &f.arena);

		if (lean_moves(f.book, &w) != table[i].moves ||
		    lean_of(f.book, &w).moves != table[i].moves)
			fail_msg("\"%s\"", table[i].text);
	}
	fixture_done(&f);
}

static void what_leans_not_at_all(void **state)
{
	struct buf b;
	struct fixture f;
	struct lean lean;

	(void)state;
	book_with_concepts(&f);
	lean = lean_in(&f, "");
	assert_true(lean_share(&lean) <= 0);
	buf_init(&b, 10000);
	for (int i = 0; i < 100; i++)
		buf_add(&b, STR("and then "));
	lean = lean_in(&f, arena_cstr(&f.arena, buf_str(&b)));
	assert_true(lean_share(&lean) <= 0);
	buf_done(&b);
	fixture_done(&f);
}

static void whole_questions_doubts_and_corrections(void **state)
{
	static const struct {
		const char *text;
		bool whole, doubts, corrects;
		size_t from;
	} table[] = {
		{"how long is it", true, false, false, 0},
		{"how long", false, false, false, 0},
		{"how long is that", false, false, false, 0},
		{"why is it", false, true, false, 0},
		{"sorry wine", false, false, true, 1},
		{"no I meant the wine", false, false, true, 4},
		{"not sauna", false, false, true, 1},
		{"not sauna, sorry, wine", false, false, true, 3},
		/* what stands against something else needs no list to be meant */
		{"not sauna, the zeppelin", false, false, true, 3},
		{"sorry how long", false, false, false, 0},
		/* only perhaps a topic */
		{"sorry the leg", false, false, false, 0},
		/* a question of its own */
		{"is wine sorry", true, false, false, 0},
		{"what is meant with wine", true, false, false, 0},
	};
	struct fixture f;

	(void)state;
	book_with_concepts(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct lean lean = lean_in(&f, table[i].text);

		if (lean_is_whole(&lean) != table[i].whole || lean.doubts != table[i].doubts ||
		    lean.corrects != table[i].corrects ||
		    (lean.corrects && lean.corrected != table[i].from))
			fail_msg("\"%s\": whole %d doubts %d corrects %d from %zu", table[i].text,
				 lean_is_whole(&lean), lean.doubts, lean.corrects, lean.corrected);
	}
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(topics_of_its_own),
		cmocka_unit_test(more_signs_and_fewer_topics_lean_more),
		cmocka_unit_test(what_names_only_another_time),
		cmocka_unit_test(what_leans_not_at_all),
		cmocka_unit_test(whole_questions_doubts_and_corrections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
