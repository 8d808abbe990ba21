/* Which questions a message holds. */
#include "book_fixture.h"
#include "core/asks.h"

static void lexicon_shipped(struct fixture *f, struct lexicon *out)
{
	char *text = file_text("intents/en/words.md");
	struct source source = {STR("en/words.md"), str_of(text)};

	assert_non_null(text);
	assert_true(lexicon_parse(&source, &f->arena, out, &f->mistakes));
	free(text);
}

/* The questions' words, " | " between them; "(" words of the context ")" where it holds more. */
static const char *asks_shown(const struct lexicon *l, const char *text, bool contexts,
			      struct arena *arena)
{
	struct words w = lexicon_words(l, str_of(text), arena);
	struct ask asks[3];
	size_t n = asks_find(l, &w, asks, 3);
	struct str line = {0};

	for (size_t i = 0; i < n; i++) {
		size_t from = contexts ? asks[i].context : asks[i].from;
		size_t to = contexts ? asks[i].context_end : asks[i].to;

		for (size_t k = from; k < to; k++)
			line = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(line),
					 k > from ? " "
					 : i	  ? " | "
						  : "",
					 STR_ARG(w.v[k].text));
	}
	return arena_cstr(arena, line);
}

static void questions_are_found(void **state)
{
	static const struct {
		const char *text, *asks;
	} table[] = {
		{"", ""},
		{"can i shower", "can i shower"},
		{"sauna", "sauna"},
		{"no question here", "no question here"},
		/* by sentences */
		{"Can I shower? And wine?", "can i shower | wine"},
		{"shower? sauna? wine?", "shower | sauna | wine"},
		{"one? two? three? four?", "one | two | three"},
		{"can i shower? also how long", "can i shower | how long"},
		{"1) can i shower 2) is sauna ok", "can i shower 2 | is sauna ok"},
		{"my son (24) asks can he shower", "my son 24 asks can he shower"},
		{"I like it. Can I shower. Thanks.", "can i shower"},
		{"What is it for", "what is it for"},
		/* what is told is not asked */
		{"Had my session on Monday. Was told no alcohol. When can I swim?",
		 "when can i swim"},
		{"have a wedding on saturday", "have a wedding on saturday"},
		{"have you got a minute. the sauna is hot", "have you got a minute"},
		/* by joiners */
		{"can i shower tomorrow and also is sauna ok and what about wine",
		 "can i shower tomorrow | is sauna ok | what about wine"},
		{"when can i wash my hair and can i use conditioner",
		 "when can i wash my hair | can i use conditioner"},
		{"my scalp is red and is itchy", "my scalp is red and is itchy"},
		{"can i go to the sauna and the gym", "can i go to the sauna and the gym"},
		/* without marks or joiners */
		{"can i shower can i swim", "can i shower | can i swim"},
		{"can i shower tomorrow what about wine",
		 "can i shower tomorrow | what about wine"},
		{"can i shower how many days should i wait",
		 "can i shower | how many days should i wait"},
		{"how painful is it can i drink after", "how painful is it | can i drink after"},
		/* a verb that belongs to the question it stands in */
		{"what shampoo should i use", "what shampoo should i use"},
		{"how long should i wait before i can wash",
		 "how long should i wait before i can wash"},
		{"I am told it bruises if some cowboy does it. what then", "what then"},
		{"is it fine if they can i go", "is it fine if they can i go"},
		{"is it ok to swim or do i have to wait", "is it ok to swim or do i have to wait"},
		{"is it ok, or what about wine", "is it ok or what about wine"},
		/* what says nothing by itself */
		{"could you tell me when can i drink", "could you tell me when can i drink"},
		{"can i drink wine, is it", "can i drink wine is it"},
		{"is that ok", "is that ok"},
		/* a lead-in belongs to it; a story and what is denied do not */
		{"no pain no fever when can i swim", "when can i swim"},
		{"i have no fever and no pain, can i swim", "can i swim"},
		{"no sauna how long is it", "no sauna how long is it"},
		{"after the jabs can i drink", "after the jabs can i drink"},
		{"hi i had my session on monday and my scalp is a bit tender and i wanted to ask "
		 "can i wash my hair",
		 "can i wash my hair"},
		{"We are flying to Rome on Sunday and my aunt gave me a voucher for a spa so is it "
		 "too early for the sauna?",
		 "is it too early for the sauna"},
	};
	struct fixture f;
	struct lexicon l;

	(void)state;
	fixture_init(&f);
	lexicon_shipped(&f, &l);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = asks_shown(&l, table[i].text, false, &f.arena);

		if (strcmp(got, table[i].asks) != 0)
			fail_msg("\"%s\" asks \"%s\", not \"%s\"", table[i].text, got,
				 table[i].asks);
	}
	fixture_done(&f);
}

static void contexts_hold_what_is_said_around(void **state)
{
	static const struct {
		const char *text, *contexts;
	} table[] = {
		{"I want to swim. is that ok?", "i want to swim is that ok"},
		{"can i? I mean swim.", "can i i mean swim"},
		{"I swim. can i? I drive. may i? I ride.", "i swim can i | i drive may i i ride"},
		{"we fly on sunday and i had the jabs can i swim",
		 "we fly on sunday and i had the jabs can i swim"},
	};
	struct fixture f;
	struct lexicon l;

	(void)state;
	fixture_init(&f);
	lexicon_shipped(&f, &l);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(asks_shown(&l, table[i].text, true, &f.arena),
				    table[i].contexts);
	fixture_done(&f);
}

/* Any words in any order: questions are in order, do not overlap and are never empty. */
static void any_words_can_be_asked(void **state)
{
	static const char *const words[] = {"can",  "i",    "what", "about", "is",   "it",
					    "and",  "also", "how",  "do",    "they", "or",
					    "wine", "?",    ".",    ",",     "hair", "my",
					    "but",  "had",  "you",  "ok",    "\n"};
	uint64_t seed = 77;
	struct fixture f;
	struct lexicon l;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	lexicon_shipped(&f, &l);
	arena_init(&turn);
	for (int round = 0; round < 20000; round++) {
		struct str text = {0};
		struct words w;
		struct ask asks[3];
		size_t n;

		for (uint32_t k = next_random(&seed) % 16; k; k--)
			text = arena_fmt(
				&turn, STR_FMT " %s", STR_ARG(text),
				words[next_random(&seed) % (sizeof words / sizeof *words)]);
		w = lexicon_words(&l, text, &turn);
		n = asks_find(&l, &w, asks, 3);
		assert_int_equal(n > 0, w.n > 0);
		for (size_t i = 0; i < n; i++) {
			assert_true(asks[i].from < asks[i].to);
			assert_true(asks[i].to <= w.n);
			assert_true(asks[i].context <= asks[i].from);
			assert_true(asks[i].context_end >= asks[i].to);
			assert_true(asks[i].context_end <= w.n);
			assert_true(i == 0 || asks[i].context >= asks[i - 1].to);
		}
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_found),
		cmocka_unit_test(contexts_hold_what_is_said_around),
		cmocka_unit_test(any_words_can_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
