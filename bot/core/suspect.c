#include "core/suspect.h"

#include "core/distance.h"
#include "core/speller_inside.h"

#define FAR_LETTERS 8	/* from here on two edits are looked at */
#define MIXED_LETTERS 5 /* of a typo that was run together with a word */
#define GLUED_LETTERS 3 /* of a word that a number was run together with */

/* Costs, in edits. */
#define COST_MAX 1.9F
#define RARE_COST_MAX 0.99F /* of a word that may well be right */
#define SPLIT_COST 0.7F	    /* of each place where a space is missing */
#define FAR_COST 0.3F	    /* of a second edit, beside itself */
#define FIRST_COST 0.3F	    /* of another first letter, beside the edit */

static void typo_search(const struct speller *s, struct str typed, int edits_max,
			struct repair *best)
{
	uint32_t letters = word_letters(typed);

	for (size_t n = typed.n - (size_t)edits_max;
	     n <= typed.n + (size_t)edits_max && n <= LETTERS_MAX; n++) {
		const struct shelf *shelf = &s->vocabulary.signs[n];

		for (size_t i = 0; i < shelf->n; i++) {
			struct str word = {shelf->text + i * n, n};
			int edits;

			if (!letters_near(letters, shelf->letters[i], edits_max))
				continue;
			edits = distance_edits(typed, word);
			if (edits <= edits_max)
				repair_offer(best, &word, 1,
					     distance_slips(typed, word) + shelf->costs[i] +
						     (edits > 1 ? FAR_COST : 0) +
						     (word.p[0] != typed.p[0] ? FIRST_COST : 0));
		}
	}
}

/* The cheapest words that `typed` is made of from `at` on, behind the `n` in `parts`, which cost `cost`. */
static void split_search(const struct speller *s, struct str typed, size_t at, struct str *parts,
			 size_t n, float cost, struct repair *best)
{
	for (size_t end = at + 1; end <= typed.n; end++) {
		float all = cost;

		parts[n] = str_sub(typed, at, end - at);
		if (!vocabulary_piece_cost(&s->vocabulary, parts[n], &all))
			continue;
		all += cost;
		if (end == typed.n && n > 0)
			repair_offer(best, parts, n + 1, all);
		else if (end < typed.n && n + 1 < PARTS_MAX && all + SPLIT_COST < best->cost)
			split_search(s, typed, end, parts, n + 1, all + SPLIT_COST, best);
	}
}

static void pair_offer(struct str first, struct str second, float cost, struct repair *best)
{
	struct str parts[] = {first, second};

	repair_offer(best, parts, 2, cost);
}

/* "throteis": a sign word with a typo in `typo`, run together with `piece`, which stands first or behind. */
static void mixed_offer(const struct speller *s, struct str typo, struct str piece, bool first,
			struct repair *best)
{
	struct repair sign;
	float cost;

	if (typo.n < MIXED_LETTERS || !vocabulary_piece_cost(&s->vocabulary, piece, &cost))
		return;
	cost += SPLIT_COST;
	sign = (struct repair){.cost = best->cost - cost};
	typo_search(s, typo, 1, &sign);
	if (sign.parts_n)
		pair_offer(first ? piece : sign.parts[0], first ? sign.parts[0] : piece,
			   sign.cost + cost, best);
}

static void mixed_search(const struct speller *s, struct str typed, struct repair *best)
{
	for (size_t at = 1; at < typed.n; at++) {
		struct str first = str_sub(typed, 0, at), second = str_sub(typed, at, typed.n);

		mixed_offer(s, second, first, true, best);
		mixed_offer(s, first, second, false, best);
	}
}

/* Of the number that the word begins with, or 0: "39.8", without what only joins digits. */
static size_t number_length(struct str word)
{
	size_t n = 0;

	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] >= '0' && word.p[i] <= '9')
			n = i + 1;
		else if (word.p[i] != '.' && word.p[i] != ',')
			break;
	return n;
}

static size_t letters_length(struct str word)
{
	size_t n = 0;

	while (n < word.n && word.p[n] >= 'a' && word.p[n] <= 'z')
		n++;
	return n;
}

/* "temp38.9", "999now". */
static void number_search(const struct speller *s, struct str typed, struct repair *best)
{
	size_t at = number_length(typed);
	bool leads = at > 0;
	struct str first, second;
	float cost;

	if (!leads)
		at = letters_length(typed);
	first = str_sub(typed, 0, at);
	second = str_sub(typed, at, typed.n);
	if ((leads ? letters_length(second) : number_length(second)) != second.n ||
	    (leads ? second : first).n < GLUED_LETTERS)
		return;
	if (vocabulary_piece_cost(&s->vocabulary, leads ? second : first, &cost))
		pair_offer(first, second, cost, best);
}

/* Of a word that may well be right: one slip of a frequent kind, or else small words run together with it. */
static void rare_search(const struct speller *s, struct str typed, struct repair *best)
{
	struct repair split = {.cost = best->cost};
	struct str parts[PARTS_MAX];
	bool small = false;

	best->cost = RARE_COST_MAX;
	typo_search(s, typed, 1, best);
	split_search(s, typed, 0, parts, 0, 0, &split);
	for (size_t i = 0; i < split.parts_n; i++)
		small = small || vocabulary_is_small(&s->vocabulary, split.parts[i]);
	if (small && (best->parts_n == 0 || split.cost < best->cost))
		*best = split;
}

static void unknown_search(const struct speller *s, struct str typed, struct repair *best)
{
	struct str parts[PARTS_MAX];

	typo_search(s, typed, typed.n < FAR_LETTERS ? 1 : 2, best);
	split_search(s, typed, 0, parts, 0, 0, best);
	mixed_search(s, typed, best);
}

static struct repair suspect_of(const struct speller *s, struct str typed)
{
	struct repair best = {.cost = COST_MAX};

	if (vocabulary_is_common(&s->vocabulary, typed))
		return best;
	if (!word_is_letters(typed)) {
		number_search(s, typed, &best);
	} else if (typed.n < LETTERS_MIN || typed.n > LETTERS_MAX) {
		return best;
	} else if (vocabulary_has(&s->vocabulary, typed)) {
		rare_search(s, typed, &best);
	} else if (vocabulary_is_form(&s->vocabulary, typed)) {
		best.cost = RARE_COST_MAX;
		typo_search(s, typed, 1, &best);
	} else {
		unknown_search(s, typed, &best);
	}
	return best;
}

bool suspect_read(const struct speller *speller, const struct words *words, struct arena *arena,
		  struct words *out)
{
	struct repair *repairs = arena_array(arena, words->n + 1, sizeof *repairs);
	bool any = false;

	for (size_t i = 0; i < words->n; i++) {
		repairs[i] = suspect_of(speller, words->v[i].text);
		any = any || repairs[i].parts_n;
	}
	if (!any)
		return false;
	for (size_t i = 0; i < words->n; i++)
		if (!repairs[i].parts_n)
			repairs[i] = repair_of(speller, words->v[i].text, arena);
	*out = repairs_put(speller, words, repairs, arena);
	return true;
}
