/* What is said in one breath with a question that is answered. */
#include "book_fixture.h"
#include "core/beside.h"

#include <math.h>

static bool alarms(const struct book *book, const char *text, const char *passage,
		   struct arena *turn)
{
	struct words words = lexicon_words(book->lexicon, str_of(text), turn);
	struct answer answer = {.kind = passage ? ANSWER_PASSAGES : ANSWER_UNCOVERED,
				.parts = {{.kind = ANSWER_PASSAGES, .passages_n = 1}},
				.parts_n = 1};

	if (passage)
		answer.parts[0].passages[0] = book_passage(book, str_of(passage));
	return beside_alarms(book, &words, &answer, turn);
}

/* Of a book whose lane has learnt nothing: flags alone. */
static void flags(void **state)
{
	static const char alcohol[] = "scalp/after.alcohol";
	static const struct {
		const char *text, *passage;
		bool alarms;
	} table[] = {
		{"can i drink alcohol", alcohol, false},
		{"", alcohol, false},
		{"can i drink alcohol pus", alcohol, true},
		{"can i drink alcohol pus", NULL, false}, /* no article text */
		{"hi can i drink alcohol throat swelling thanks", alcohol, true},
		{"throat closing and can i drink alcohol", alcohol, true},
		{"can i drink alcohol i cant breathe", alcohol, true},
		/* an idiom, a negation, what the passage speaks of */
		{"can i drink alcohol i cant wait", alcohol, false},
		{"no pus and can i drink alcohol", alcohol, false},
		{"can i drink alcohol in the sauna", alcohol, false},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (alarms(f.book, table[i].text, table[i].passage, &turn) != table[i].alarms)
			fail_msg("\"%s\"", table[i].text);
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
}

static void bounds(void **state)
{
	struct urgent_bounds b = urgent_bounds;

	(void)state;
	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++) {
			struct beside beside = {.snippets = {{-INFINITY, -INFINITY, -INFINITY},
							     {-INFINITY, -INFINITY, -INFINITY},
							     {-INFINITY, -INFINITY, -INFINITY}},
						.flagged = false};

			assert_false(beside_doubts(&beside, &b));
			beside.snippets[place][kind] = b.snippets[place][kind];
			assert_false(beside_doubts(&beside, &b));
			beside.snippets[place][kind] += 0.01F;
			assert_true(beside_doubts(&beside, &b));
		}
}

/* Nothing was taught: nothing is heard. */
static void silence(void **state)
{
	struct fixture f;
	struct arena turn;
	struct words words;
	struct beside beside;
	bool met[5] = {false};

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_book(&f);
	words = lexicon_words(f.book->lexicon, STR("can i drink alcohol pus"), &turn);
	beside = beside_of(f.book, f.book->urgent, &words, met, &turn);
	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			assert_true(isinf(beside.snippets[place][kind]));
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags),
		cmocka_unit_test(bounds),
		cmocka_unit_test(silence),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
