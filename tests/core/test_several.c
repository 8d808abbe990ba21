/* Several things asked in one question, cut up by what the shipped article says to the pieces. */
#include "book_fixture.h"
#include "core/several.h"

/* The questions' words, " | " between them, " ..." behind them where some are left. */
static const char *cut_shown(const struct fixture *f, const char *text, size_t max,
			     struct arena *arena)
{
	struct words w = lexicon_words(f->book->lexicon, str_of(text), arena);
	struct ask asks[3];
	size_t n = asks_find(f->book->lexicon, &w, asks, max);
	struct str line = {0};
	bool left;

	n = several_cut(f->book, &w, asks, n, max, &left, arena);
	assert_in_range(n, 0, max);
	for (size_t i = 0; i < n; i++) {
		assert_true(asks[i].context <= asks[i].from && asks[i].from < asks[i].to &&
			    asks[i].to <= asks[i].context_end);
		for (size_t k = asks[i].from; k < asks[i].to; k++)
			line = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(line),
					 k > asks[i].from ? " "
					 : i		  ? " | "
							  : "",
					 STR_ARG(w.v[k].text));
	}
	if (left)
		line = arena_fmt(arena, STR_FMT " ...", STR_ARG(line));
	return arena_cstr(arena, line);
}

struct row {
	const char *text, *asks;
};

static void table_check(const struct fixture *f, const struct row *table, size_t n, size_t max)
{
	struct arena turn;

	arena_init(&turn);
	for (size_t i = 0; i < n; i++) {
		const char *got = cut_shown(f, table[i].text, max, &turn);

		if (strcmp(got, table[i].asks) != 0)
			fail_msg("\"%s\": \"%s\", not \"%s\"", table[i].text, got, table[i].asks);
		arena_reset(&turn);
	}
	arena_done(&turn);
}

/* The whole content is learnt from once: some seconds. */
static int content_init(void **state)
{
	static struct fixture f;

	fixture_init(&f);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	*state = &f;
	return 0;
}

static int content_done(void **state)
{
	fixture_done(*state);
	return 0;
}

static void each_thing_is_a_question(void **state)
{
	static const struct row table[] = {
		{"can i wash my hair and drink wine", "can i wash my hair | drink wine"},
		{"hair wash & sauna", "hair wash | sauna"},
		{"hair wash + sauna?", "hair wash | sauna"},
		{"hair wash / sauna", "hair wash | sauna"},
		{"sauna or sunbathing tomorrow", "sauna | sunbathing tomorrow"},
		{"can i have a sauna, a head massage and a beer",
		 "can i have a sauna | a head massage | a beer"},
		/* one that is nothing by itself, beside two that are */
		{"sauna, my tattoo and wine", "sauna | my tattoo | wine"},
		/* what no bot may answer beside what it may */
		{"side effects and price", "side effects | price"},
		/* short sentences are the points of a list, longer ones tell a story */
		{"hair wash\nsauna\nwine", "hair wash | sauna | wine"},
		{"hair wash\nsauna\nwine\nsunbathing", "hair wash | sauna | wine sunbathing ..."},
		/* what was told is asked about too, where the question is none without it */
		{"my gym has a sauna and a solarium. which are ok",
		 "my gym has a sauna | a solarium which are ok"},
		/* "what is it" has no word for a topic and is a whole question */
		{"what is it and how often is it done", "what is it | how often is it done"},
	};

	table_check(*state, table, sizeof table / sizeof *table, 3);
}

static void what_belongs_together_stays_together(void **state)
{
	static const struct row table[] = {
		{"", ""},
		{"and", "and"},
		{"and and and", "and and and"},
		{"sauna and", "sauna and"},
		{"does everyone get the same mix or what",
		 "does everyone get the same mix or what"},
		{"can i have beer and wine", "can i have beer and wine"},
		{"can i wash and blow dry my hair", "can i wash and blow dry my hair"},
		{"can my wife and i go to the sauna", "can my wife and i go to the sauna"},
		{"nausea and vomiting", "nausea and vomiting"},
		{"is a hot bath, a steam room or a sauna ok",
		 "is a hot bath a steam room or a sauna ok"},
		/* a comma cuts only what is a list */
		{"just had it done, can i wash my hair", "just had it done can i wash my hair"},
	};

	table_check(*state, table, sizeof table / sizeof *table, 3);
}

static void there_are_no_more_than_wanted(void **state)
{
	static const struct row three[] = {
		{"sauna and wine and sunbathing and hair wash",
		 "sauna | wine | sunbathing and hair wash"},
		{"sauna, wine, sunbathing, head massage and hair wash",
		 "sauna | wine | sunbathing head massage and hair wash ..."},
	};
	static const struct row one[] = {{"sauna and wine", "sauna and wine"}};

	table_check(*state, three, 1, 3);
	table_check(*state, one, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_thing_is_a_question),
		cmocka_unit_test(what_belongs_together_stays_together),
		cmocka_unit_test(there_are_no_more_than_wanted),
	};

	return cmocka_run_group_tests(tests, content_init, content_done);
}
