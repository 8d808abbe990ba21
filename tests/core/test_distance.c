/* How far two spellings are apart. */
#include "book_fixture.h"
#include "core/distance.h"

static void edits(void **state)
{
	static const struct {
		const char *a, *b;
		int edits; /* 3: more than two */
	} table[] = {
		{"", "", 0},
		{"", "a", 1},
		{"", "abc", 3},
		{"sauna", "sauna", 0},
		{"sauna", "suana", 1},
		{"sauna", "suna", 1},
		{"sauna", "sawuna", 1},
		{"sauna", "sanua", 1},
		{"sauna", "fauna", 1},
		{"ca", "abc", 3}, /* no place is edited twice */
		{"shapmoo", "shampoo", 1},
		{"injetcions", "injections", 1},
		{"mezoterapy", "mesotherapy", 2},
		{"alchohol", "alcohol", 1},
		{"wine", "beer", 3},
		{"abcdefgh", "cdefgh", 2},
		{"abcdefgh", "abcdefghij", 2},
		{"abcdefgh", "defgh", 3},
		{"abcdefghijklmnopqrstuvwxyzabcdefg", "abcdefghijklmnopqrstuvwxyzabcdefg", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str a = str_of(table[i].a), b = str_of(table[i].b);

		if (distance_edits(a, b) != table[i].edits ||
		    distance_edits(b, a) != table[i].edits)
			fail_msg("%s, %s: %d and %d, not %d", table[i].a, table[i].b,
				 distance_edits(a, b), distance_edits(b, a), table[i].edits);
	}
}

/* The definition, without a band and without a stop. */
static int edits_plainly(struct str a, struct str b)
{
	int d[16][16];

	for (size_t i = 0; i <= a.n; i++)
		for (size_t k = 0; k <= b.n; k++) {
			int least = i == 0 ? (int)k : k == 0 ? (int)i : 1000;

			if (i && k) {
				int change = d[i - 1][k - 1] + (a.p[i - 1] != b.p[k - 1]);

				least = change < least ? change : least;
				least = d[i - 1][k] + 1 < least ? d[i - 1][k] + 1 : least;
				least = d[i][k - 1] + 1 < least ? d[i][k - 1] + 1 : least;
			}
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] &&
			    a.p[i - 2] == b.p[k - 1] && d[i - 2][k - 2] + 1 < least)
				least = d[i - 2][k - 2] + 1;
			d[i][k] = least;
		}
	return d[a.n][b.n] > 2 ? 3 : d[a.n][b.n];
}

static void edits_are_those_of_the_definition(void **state)
{
	uint64_t seed = 5;
	size_t near = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		char a[10], b[10];
		struct str x = {a, next_random(&seed) % 9}, y = {b, next_random(&seed) % 9};

		for (size_t i = 0; i < x.n; i++)
			a[i] = (char)('a' + next_random(&seed) % 3);
		for (size_t i = 0; i < y.n; i++)
			b[i] = (char)('a' + next_random(&seed) % 3);
		near += distance_edits(x, y) < 3;
		if (distance_edits(x, y) != edits_plainly(x, y))
			fail_msg(STR_FMT " " STR_FMT, STR_ARG(x), STR_ARG(y));
	}
	assert_true(near > 10000);
}

static void slips(void **state)
{
	static const struct {
		const char *typed, *word;
		int tenths;
	} table[] = {
		{"sauna", "sauna", 0},	  {"saunna", "sauna", 6}, /* doubled */
		{"shampo", "shampoo", 6},			  /* not doubled */
		{"suana", "sauna", 8},				  /* swapped */
		{"ssuna", "sauna", 8},				  /* the next key */
		{"seuna", "sauna", 8},				  /* another vowel */
		{"suna", "sauna", 9},				  /* forgotten */
		{"sakuna", "sauna", 10},  {"spuna", "sauna", 10}, {"", "a", 9},
		{"zauna", "sauna", 8},	  {"qauna", "sauna", 10}, {"sauma", "sauna", 8},
		{"saupa", "sauna", 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		float got = distance_slips(str_of(table[i].typed), str_of(table[i].word));

		if (got < (float)table[i].tenths / 10 - 0.01f ||
		    got > (float)table[i].tenths / 10 + 0.01f)
			fail_msg("%s for %s: %.2f, not 0.%d", table[i].typed, table[i].word,
				 (double)got, table[i].tenths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits),
		cmocka_unit_test(edits_are_those_of_the_definition),
		cmocka_unit_test(slips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
