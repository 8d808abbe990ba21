/* What is told in a few words, one message behind the other. */
#include "book_fixture.h"
#include "core/alarm.h"
#include "core/concepts.h"
#include "core/trail.h"

static const char concepts[] = "redness: red redness\nlump: lump*\nfever: fever*\npus: pus\n"
			       "~any: thing*\nheat: heat\n";

static struct trail behind(const struct book *book, const struct trail *before, const char *text,
			   struct arena *turn)
{
	struct words words = lexicon_words(book->lexicon, str_of(text), turn);

	return trail_after(before, book, &words);
}

static void the_latest_are_kept_each_once(void **state)
{
	struct fixture f;
	struct arena turn;
	struct trail trail = {.n = 0};

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_set(&f, "en/concepts.txt", concepts);
	fixture_book(&f);
	trail = behind(f.book, &trail, "it is red", &turn);
	trail = behind(f.book, &trail, "red, and a lump", &turn);
	assert_int_equal(trail.n, 2);
	assert_str(trail.v[0]->name, "redness");
	assert_str(trail.v[1]->name, "lump");
	trail = behind(f.book, &trail, "some thing on and on", &turn); /* too general */
	assert_int_equal(trail.n, 2);
	trail = behind(f.book, &trail, "fever pus heat", &turn);
	assert_int_equal(trail.n, TRAIL_MAX);
	assert_str(trail.v[0]->name, "lump");
	assert_str(trail.v[TRAIL_MAX - 1]->name, "heat");
	arena_done(&turn);
	fixture_done(&f);
}

static void together_they_alarm(void **state)
{
	struct fixture f;
	struct arena turn;
	struct trail none = {.n = 0};
	struct trail trail;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_set(&f, "en/concepts.txt", concepts);
	fixture_book(&f);
	trail = behind(f.book, &none, "a lump", &turn);
	assert_int_equal(trail_alarm(&none, f.book, STR("hot now"), &turn).level, URGENT_NONE);
	assert_int_equal(trail_alarm(&trail, f.book, STR("then"), &turn).level, URGENT_NONE);
	assert_int_equal(trail_alarm(&trail, f.book, STR("hot now"), &turn).level, URGENT_SAME_DAY);
	arena_done(&turn);
	fixture_done(&f);
}

static void questions_and_long_stories_are_no_part(void **state)
{
	static const struct {
		const char *text;
		bool goes_on;
	} table[] = {
		{"", false},
		{"and hot now", true},
		{"can i wash it", false},
		{"hot now?", false},
		{"my scalp is hot and red and it hurts", false},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	arena_init(&turn);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words words = lexicon_words(f.book->lexicon, str_of(table[i].text), &turn);

		if (trail_goes_on(f.book, &words) != table[i].goes_on)
			fail_msg("\"%s\"", table[i].text);
	}
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_latest_are_kept_each_once),
		cmocka_unit_test(together_they_alarm),
		cmocka_unit_test(questions_and_long_stories_are_no_part),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
