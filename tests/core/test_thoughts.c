/* Where a clause without marks holds several thoughts. */
#include "book_fixture.h"
#include "core/thoughts.h"

static const char *shown(const struct lexicon *lexicon, const char *text, struct arena *arena)
{
	struct words w = lexicon_written(lexicon, str_of(text), arena);
	struct thought *v = arena_array(arena, w.n + 1, sizeof *v);
	size_t n = thoughts_of(lexicon, &w, 0, w.n, v);
	struct str line = {0};

	for (size_t i = 0; i < n; i++)
		for (size_t k = v[i].from; k < v[i].to; k++)
			line = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(line),
					 k > v[i].from ? " "
					 : i	       ? " | "
						       : "",
					 STR_ARG(w.v[k].text));
	return arena_cstr(arena, line);
}

static void thoughts_are_told_apart(void **state)
{
	static const struct {
		const char *text, *thoughts;
	} table[] = {
		{"", ""},
		{"and", ""},
		{"wine", "wine"},
		{"i cant breathe can i drink wine", "i cant breathe | can i drink wine"},
		{"can i drink wine i cant breathe", "can i drink wine | i cant breathe"},
		{"can i drink wine my throat is swelling",
		 "can i drink wine | my throat is swelling"},
		{"i cant breathe what are the risks", "i cant breathe | what are the risks"},
		{"it hurts when wet", "it hurts when wet"},
		{"is sunbathing ok i cant breathe", "is sunbathing ok | i cant breathe"},
		{"chest pain, can i wash", "chest pain | can i wash"},
		{"chest pain & wine", "chest pain | wine"},
		{"can i wash because my eye hurts", "can i wash | my eye hurts"},
		{"can i drink because my throat hurts", "can i drink | my throat hurts"},
		{"i can drink cause my throat hurts", "i can drink | my throat hurts"},
		{"can it cause clots", "can it cause clots"},
		{"will mesotherapy cause clots", "will mesotherapy cause clots"},
		{"will thin needles cause clots", "will thin needles cause clots"},
		{"i fainted so when can i wash", "i fainted | when can i wash"},
		{"and also the needle broke", "the needle broke"},
		/* taken in by what stands before */
		{"what if my throat swells", "what if my throat swells"},
		{"is it normal that she sleeps", "is it normal that she sleeps"},
		{"the pain in my chest", "the pain in my chest"},
		{"a, b, c, d, e, f, g", "a | b | c | d | e | f | g"},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	fixture_shipped(&f);
	fixture_book(&f);
	arena_init(&turn);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = shown(f.book->lexicon, table[i].text, &turn);

		if (strcmp(got, table[i].thoughts) != 0)
			fail_msg("\"%s\": \"%s\", not \"%s\"", table[i].text, got,
				 table[i].thoughts);
	}
	arena_done(&turn);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(thoughts_are_told_apart)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
