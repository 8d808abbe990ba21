/* The readings of a message, and what warns in them. */
#include <math.h>

#include "book_fixture.h"
#include "core/warnings.h"

static struct str texts_of(const struct words *words, struct arena *arena)
{
	struct str out = STR("");

	for (size_t i = 0; i < words->n; i++)
		out = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(out), i ? " " : "",
				STR_ARG(words->v[i].text));
	return out;
}

static void made(void **state)
{
	static const struct {
		const char *text, *readings[READINGS_N];
	} table[] = {
		{"Is wine allowed?", {"is wine allowed", "is wine allowed", "is wine allowed"}},
		{"is alchool allowed",
		 {"is alchool allowed", "is alcohol allowed", "is alcohol allowed"}},
		{"I dont", {"i dont", "i dont", "i do not"}},
		{"dont saunaa", {"dont saunaa", "dont sauna", "do not sauna"}},
		{"", {"", "", ""}},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct readings r = readings_of(f.book, str_of(table[i].text), &f.arena);

		assert_false(r.same[0]);
		for (size_t k = 0; k < READINGS_N; k++) {
			assert_str(texts_of(&r.v[k], &f.arena), table[i].readings[k]);
			if (k)
				assert_int_equal(r.same[k], strcmp(table[i].readings[k],
								   table[i].readings[k - 1]) == 0);
		}
	}
	fixture_done(&f);
}

/* Cues are met in whichever reading shows them. */
static void cued(void **state)
{
	static const struct {
		const char *text;
		unsigned kinds;
		enum cue contained;
	} table[] = {
		{"thank you", CUE_BIT(CUE_THANKS), CUE_NONE},
		{"thank u", CUE_BIT(CUE_THANKS), CUE_NONE},
		{"thank u for the wine", 0, CUE_NONE},
		{"wine, are you a bot", 0, CUE_ABOUT_BOT},
		{"wine, are u a bot", 0, CUE_ABOUT_BOT},
		{"wine", 0, CUE_NONE},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct readings r = readings_of(f.book, str_of(table[i].text), &f.arena);

		assert_int_equal(r.kinds, table[i].kinds);
		assert_int_equal(readings_contained(&r, f.book), table[i].contained);
	}
	fixture_done(&f);
}

/* What warns in any reading counts, and readings that say the same are looked at once. */
static void warned(void **state)
{
	static const struct {
		const char *text;
		enum urgent_level level;
		size_t looked_at;
	} table[] = {
		{"is wine allowed", URGENT_NONE, 1},
		{"i cannot breathe", URGENT_EMERGENCY, 1},
		{"i dont breathe", URGENT_EMERGENCY, 2}, /* written out: "not breathe" */
		{"i cannot breatheeee", URGENT_EMERGENCY, 2},
		{"i dont breatheeee", URGENT_EMERGENCY, 3},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct readings r = readings_of(f.book, str_of(table[i].text), &f.arena);
		struct warnings w = warnings_of(&r, f.book, f.book->urgent, &f.arena);

		if (warnings_level(&w, &urgent_bounds) != table[i].level ||
		    w.signs_n != table[i].looked_at)
			fail_msg("\"%s\": level %d in %zu", table[i].text,
				 warnings_level(&w, &urgent_bounds), w.signs_n);
	}
	fixture_done(&f);
}

/* Another lane than the book's own, here one without flags, and its bounds. */
static void judged_by_another_lane(void **state)
{
	struct urgent none = {.emergency = {0}};
	struct fixture f;
	struct readings r;
	struct warnings w;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	r = readings_of(f.book, STR("i cannot breathe"), &f.arena);
	w = warnings_of(&r, f.book, &none, &f.arena);
	assert_int_equal(warnings_level(&w, &urgent_bounds), URGENT_NONE);
	assert_true(warnings_margins(&w).any == -INFINITY);
	w.signs[0].told = 1;
	assert_int_equal(warnings_level(&w, &urgent_bounds), URGENT_DOUBTFUL);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made),
		cmocka_unit_test(cued),
		cmocka_unit_test(warned),
		cmocka_unit_test(judged_by_another_lane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
