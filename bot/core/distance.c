#include "core/distance.h"

#include <stdlib.h>
#include <string.h>

#define ROW (DISTANCE_LETTERS_MAX + 1)
#define WHOLE 10 /* slips are counted in tenths */
#define FORGOTTEN 9
#define SLIGHT 8
#define DOUBLED 6

/* Costs of one row of the alignment: all prefixes of one word against one prefix of the other. */
struct rows {
	int older[ROW], old[ROW], new[ROW];
};

static void rows_turn(struct rows *r, size_t n)
{
	memcpy(r->older, r->old, (n + 1) * sizeof *r->old);
	memcpy(r->old, r->new, (n + 1) * sizeof *r->old);
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static bool is_swapped(struct str a, struct str b, size_t i, size_t k)
{
	return i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1];
}

/* Only the band in which a distance up to DISTANCE_MAX can lie. */
int distance_edits(struct str typed, struct str word)
{
	const int far = DISTANCE_MAX + 1;
	struct rows r;

	if (typed.n > DISTANCE_LETTERS_MAX || word.n > DISTANCE_LETTERS_MAX ||
	    typed.n > word.n + DISTANCE_MAX || word.n > typed.n + DISTANCE_MAX)
		return far;
	for (size_t k = 0; k <= word.n; k++)
		r.older[k] = r.old[k] = r.new[k] = k > DISTANCE_MAX ? far : (int)k;
	for (size_t i = 1; i <= typed.n; i++) {
		size_t from = i > DISTANCE_MAX ? i - DISTANCE_MAX : 1;
		size_t to = i + DISTANCE_MAX < word.n ? i + DISTANCE_MAX : word.n;
		int best;

		r.new[from - 1] = best = from == 1 && i <= DISTANCE_MAX ? (int)i : far;
		for (size_t k = from; k <= to; k++) {
			int above = k == i + DISTANCE_MAX ? far : r.old[k] + 1;
			int cost = least(above, r.new[k - 1] + 1);

			cost = least(cost, r.old[k - 1] + (typed.p[i - 1] != word.p[k - 1]));
			if (is_swapped(typed, word, i, k))
				cost = least(cost, r.older[k - 2] + 1);
			r.new[k] = least(cost, far);
			best = least(best, r.new[k]);
		}
		if (best == far)
			return far;
		rows_turn(&r, word.n);
	}
	return r.old[word.n];
}

static bool is_vowel(char c)
{
	return strchr("aeiouy", c) != NULL;
}

/* Next to one another on the rows of a qwerty keyboard. */
static bool are_neighbours(char a, char b)
{
	static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
	int row_a = 0, row_b = 0;
	long at_a = 0, at_b = 0;

	for (int row = 0; row < 3; row++) {
		const char *in_a = strchr(rows[row], a), *in_b = strchr(rows[row], b);

		if (in_a) {
			row_a = row;
			at_a = in_a - rows[row];
		}
		if (in_b) {
			row_b = row;
			at_b = in_b - rows[row];
		}
	}
	if (row_a == row_b)
		return at_a - at_b == 1 || at_b - at_a == 1;
	if (abs(row_a - row_b) != 1)
		return false;
	/* Each row stands half a key to the right of the one above it. */
	return row_a < row_b ? at_a == at_b || at_a == at_b + 1 : at_b == at_a || at_b == at_a + 1;
}

static int change_cost(char a, char b)
{
	if (a == b)
		return 0;
	return (is_vowel(a) && is_vowel(b)) || are_neighbours(a, b) ? SLIGHT : WHOLE;
}

/* Of a letter too many at `i`, from 1, in `s`. */
static int doubled_or(struct str s, size_t i, int cost)
{
	bool doubled = (i > 1 && s.p[i - 2] == s.p[i - 1]) || (i < s.n && s.p[i] == s.p[i - 1]);

	return doubled ? DOUBLED : cost;
}

float distance_slips(struct str typed, struct str word)
{
	struct rows r;

	if (typed.n > DISTANCE_LETTERS_MAX || word.n > DISTANCE_LETTERS_MAX)
		return DISTANCE_MAX + 1;
	r.old[0] = 0;
	for (size_t k = 1; k <= word.n; k++)
		r.old[k] = r.old[k - 1] + doubled_or(word, k, FORGOTTEN);
	memcpy(r.older, r.old, sizeof r.old);
	for (size_t i = 1; i <= typed.n; i++) {
		r.new[0] = r.old[0] + doubled_or(typed, i, WHOLE);
		for (size_t k = 1; k <= word.n; k++) {
			int cost = least(r.old[k] + doubled_or(typed, i, WHOLE),
					 r.new[k - 1] + doubled_or(word, k, FORGOTTEN));

			cost = least(cost,
				     r.old[k - 1] + change_cost(typed.p[i - 1], word.p[k - 1]));
			if (is_swapped(typed, word, i, k))
				cost = least(cost, r.older[k - 2] + SLIGHT);
			r.new[k] = cost;
		}
		rows_turn(&r, word.n);
	}
	return (float)r.old[word.n] / WHOLE;
}
