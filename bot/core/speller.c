#include "core/speller_inside.h"

#include <math.h>
#include <string.h>

#include "core/distance.h"

#define FAR_LETTERS 8	/* from here on two edits are looked at */
#define SPLIT_LETTERS 5 /* from here on words may have been run together */
#define RUNS_MAX 3
#define FOREIGN_WORDS 4 /* with fewer nobody can tell */
#define FOREIGN_SHARE 3 /* of the unknown words one in so many at most has nothing near it */

/* Costs, in edits. */
#define SLIP_MIN 0.6f	    /* no mending costs less */
#define FAR_COST 0.3f	    /* of a second edit, beside itself */
#define FIRST_COST 0.3f	    /* of another first letter, beside the edit */
#define SPLIT_COST 1.0f	    /* of two words run together */
#define MORE_COST 0.5f	    /* of a third one */
#define SEEN_COST_MAX 1.05f /* for what was seen in phrasings */

/* Whether it is a known word with an ending, which stems alike and needs no mending. */
static bool is_form(const struct speller *s, struct str word)
{
	const struct str endings[] = {STR("s"),	 STR("es"), STR("ing"),
				      STR("ed"), STR("er"), STR("ers")};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct str base = str_sub(word, 0, word.n - endings[i].n);

		if (word.n >= endings[i].n + LETTERS_MIN && str_ends(word, endings[i]) &&
		    vocabulary_has(&s->vocabulary, base))
			return true;
	}
	return false;
}

const struct speller *speller_new(const struct spelling *words, size_t words_n,
				  const struct vectors *vectors, struct str language,
				  struct arena *arena)
{
	struct speller *s = arena_new(arena, struct speller);

	s->language = language;
	vocabulary_init(&s->vocabulary, words, words_n, vectors, arena);
	return s;
}

bool speller_knows(const struct speller *speller, struct str word)
{
	return vocabulary_has(&speller->vocabulary, word) || is_form(speller, word);
}

/* --- one word ----------------------------------------------------------------------------- */

void repair_offer(struct repair *best, const struct str *parts, size_t n, float cost)
{
	if (cost >= best->cost)
		return;
	*best = (struct repair){.parts_n = n, .cost = cost};
	memcpy(best->parts, parts, n * sizeof *parts);
}

/* Looks through one shelf. `edits_max` edits, and letters that only one of the two words has cannot be
 * more than that: most words need no alignment. */
static void shelf_search(const struct shelf *shelf, size_t letters_n, struct str typed,
			 int edits_max, bool swapped, struct repair *best)
{
	uint32_t letters = word_letters(typed);

	for (size_t i = 0; i < shelf->n && shelf->costs[i] + SLIP_MIN < best->cost; i++) {
		struct str word = {shelf->text + i * letters_n, letters_n};
		int edits;

		if (!letters_near(letters, shelf->letters[i], edits_max))
			continue;
		if (swapped && word.p[1] != typed.p[0])
			continue;
		edits = distance_edits(typed, word);
		if (edits <= edits_max)
			repair_offer(best, &word, 1,
				     distance_slips(typed, word) + shelf->costs[i] +
					     (edits > 1 ? FAR_COST : 0));
	}
}

/* Words with the same first letter; with the first two swapped, too. */
static void edits_search(const struct speller *s, struct str typed, int edits_max,
			 struct repair *best)
{
	size_t from = typed.n - (size_t)edits_max;
	size_t to = typed.n + (size_t)edits_max;

	for (size_t n = from; n <= to && n <= LETTERS_MAX; n++) {
		shelf_search(&s->vocabulary.shelves[typed.p[0] - 'a'][n], n, typed, edits_max,
			     false, best);
		if (typed.p[0] != typed.p[1])
			shelf_search(&s->vocabulary.shelves[typed.p[1] - 'a'][n], n, typed,
				     edits_max, true, best);
	}
}

static void first_offer(const struct speller *s, struct str typed, struct str word,
			struct repair *best)
{
	float cost;

	if (word.n >= LETTERS_MIN && vocabulary_cost(&s->vocabulary, word, &cost))
		repair_offer(best, &word, 1, FIRST_COST + distance_slips(typed, word) + cost);
}

/* The first letter is seldom the wrong one, so such words have no shelf: each is looked up. */
static void first_search(const struct speller *s, struct str typed, struct repair *best,
			 struct arena *arena)
{
	first_offer(s, typed, str_sub(typed, 1, typed.n), best);
	for (int letter = 'a'; letter <= 'z'; letter++) {
		char *p = arena_alloc(arena, typed.n + 1);

		p[0] = (char)letter;
		memcpy(p + 1, typed.p, typed.n);
		first_offer(s, typed, (struct str){p, typed.n + 1}, best);
		p = arena_alloc(arena, typed.n);
		memcpy(p, typed.p, typed.n);
		p[0] = (char)letter;
		first_offer(s, typed, (struct str){p, typed.n}, best);
	}
}

/* "canishower": `first` and two behind it, one of them the bulk of it. */
static void thirds_search(const struct speller *s, struct str first, struct str rest,
			  float cost_first, struct repair *best)
{
	size_t bulk = (first.n + rest.n + 1) / 2;

	for (size_t b = 1; b + 1 < rest.n; b++) {
		struct str parts[] = {first, str_sub(rest, 0, b), str_sub(rest, b, rest.n)};
		float cost_second, cost_third;

		if (first.n < bulk && b < bulk && rest.n - b < bulk)
			continue;
		if (vocabulary_part_cost(&s->vocabulary, parts[1], &cost_second) &&
		    vocabulary_part_cost(&s->vocabulary, parts[2], &cost_third))
			repair_offer(best, parts, 3,
				     SPLIT_COST + MORE_COST + cost_first + cost_second +
					     cost_third);
	}
}

/* "hairwash", "canishower". */
static void splits_search(const struct speller *s, struct str typed, struct repair *best)
{
	for (size_t a = 1; a + 1 < typed.n; a++) {
		struct str parts[] = {str_sub(typed, 0, a), str_sub(typed, a, typed.n)};
		float cost_first, cost_rest;

		if (!vocabulary_part_cost(&s->vocabulary, parts[0], &cost_first))
			continue;
		if (a > 1 && vocabulary_part_cost(&s->vocabulary, parts[1], &cost_rest))
			repair_offer(best, parts, 2, SPLIT_COST + cost_first + cost_rest);
		thirds_search(s, parts[0], parts[1], cost_first, best);
	}
}

/* --- letters typed too often, digits for letters ------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `word` with every run of three or more equal letters cut to one or two: bit r of `doubled` says
 * which for the r-th such run. Gives how many runs there are. */
static unsigned runs_cut(struct str word, unsigned doubled, char *out, size_t *n)
{
	unsigned runs = 0;

	*n = 0;
	for (size_t i = 0, end; i < word.n; i = end) {
		size_t keep;

		for (end = i + 1; end < word.n && word.p[end] == word.p[i];)
			end++;
		keep = end - i;
		if (keep >= 3 && !is_digit(word.p[i])) {
			keep = doubled >> runs & 1 ? 2 : 1;
			runs++;
		}
		memset(out + *n, word.p[i], keep);
		*n += keep;
	}
	return runs;
}

static bool has_vowel(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (strchr("aeiouy", word.p[i]))
			return true;
	return false;
}

/* "soooo", "pleeease": true when it is a known word after cutting, of several the most frequent. Else
 * `*word` has its runs cut to two, for what comes behind. */
static bool runs_mend(const struct speller *s, struct str *word, struct arena *arena)
{
	char *twice = arena_alloc(arena, word->n + 1);
	float best = INFINITY;
	size_t n;
	unsigned runs = runs_cut(*word, UINT32_MAX, twice, &n);
	struct str found = {twice, n};

	if (runs == 0 || !has_vowel(*word))
		return false;
	for (unsigned doubled = 0; runs <= RUNS_MAX && doubled < 1u << runs; doubled++) {
		char *p = arena_alloc(arena, word->n + 1);
		float cost;

		runs_cut(*word, doubled, p, &n);
		vocabulary_cost(&s->vocabulary, (struct str){p, n}, &cost);
		if (cost < best && vocabulary_has(&s->vocabulary, (struct str){p, n})) {
			best = cost;
			found = (struct str){p, n};
		}
	}
	*word = found;
	return best < INFINITY;
}

static char digit_look(char c, bool one_is_l)
{
	switch (c) {
	case '0':
		return 'o';
	case '1':
		return one_is_l ? 'l' : 'i';
	case '3':
		return 'e';
	case '4':
		return 'a';
	case '5':
		return 's';
	case '7':
		return 't';
	default:
		return c;
	}
}

/* "alc0hol": digits between letters, and a known word when they are read as letters. */
static bool digits_mend(const struct speller *s, struct str *word, struct arena *arena)
{
	bool inside = false;

	for (size_t i = 1; i + 1 < word->n; i++)
		inside = inside || digit_look(word->p[i], false) != word->p[i];
	if (!inside || word->n < LETTERS_MIN || !word_is_letters(str_sub(*word, 0, 1)) ||
	    !word_is_letters(str_sub(*word, word->n - 1, 1)))
		return false;
	for (int one_is_l = 0; one_is_l < 2; one_is_l++) {
		char *p = arena_alloc(arena, word->n + 1);

		for (size_t i = 0; i < word->n; i++)
			p[i] = digit_look(word->p[i], one_is_l);
		if (word_is_letters((struct str){p, word->n}) &&
		    vocabulary_has(&s->vocabulary, (struct str){p, word->n})) {
			*word = (struct str){p, word->n};
			return true;
		}
	}
	return false;
}

/* --- a message ---------------------------------------------------------------------------- */

/* What patients have typed in an example or two may be right all the same: only what lies very near
 * and is the book's own is taken for it. */
static float cost_max(const struct speller *s, struct str typed)
{
	/* The shorter a word, the more others are near. */
	static const float by_letters[] = {
		[4] = 1.65f, [5] = 1.9f, [6] = 2.0f, [7] = 2.1f, [8] = 2.3f};

	if (vocabulary_saw(&s->vocabulary, typed))
		return SEEN_COST_MAX;
	return by_letters[typed.n < LETTERS_MIN	  ? LETTERS_MIN
			  : typed.n < FAR_LETTERS ? typed.n
						  : FAR_LETTERS];
}

struct repair repair_of(const struct speller *s, struct str typed, struct arena *arena)
{
	struct repair best = {.cost = cost_max(s, typed)};
	struct str word = typed;

	if (vocabulary_has(&s->vocabulary, typed))
		return best;
	if (digits_mend(s, &word, arena) || runs_mend(s, &word, arena)) {
		repair_offer(&best, &word, 1, 0);
		return best;
	}
	if (word.n < LETTERS_MIN || word.n > LETTERS_MAX || !word_is_letters(word) ||
	    is_form(s, word))
		return best;
	edits_search(s, word, word.n < FAR_LETTERS ? 1 : 2, &best);
	if (word.n > LETTERS_MIN)
		first_search(s, word, &best, arena);
	if (word.n >= SPLIT_LETTERS)
		splits_search(s, word, &best);
	return best;
}

/* Most words of another language are unknown here, and few of them lie near a known one: what could
 * be mended of them would be nonsense. */
static bool is_foreign(const struct speller *s, const struct words *words,
		       const struct repair *repairs)
{
	size_t looked_at = 0, unknown = 0, mended = 0;

	for (size_t i = 0; i < words->n; i++) {
		struct str word = words->v[i].text;

		if (word.n < LETTERS_MIN || !word_is_letters(word))
			continue;
		looked_at++;
		unknown += repairs[i].parts_n || !vocabulary_has(&s->vocabulary, word);
		mended += repairs[i].parts_n > 0;
	}
	return looked_at >= FOREIGN_WORDS && unknown * 2 > looked_at &&
	       mended * FOREIGN_SHARE < unknown * (FOREIGN_SHARE - 1);
}

static void repair_put(const struct speller *s, struct words_making *m, const struct repair *repair,
		       struct word word)
{
	word.apostrophe = false;
	for (size_t k = 0; k < repair->parts_n; k++) {
		word.text = repair->parts[k];
		word.stem = text_stem(word.text, s->language, m->arena);
		words_add(m, word);
		word.mark = MARK_NONE;
	}
}

struct words repairs_put(const struct speller *speller, const struct words *words,
			 const struct repair *repairs, struct arena *arena)
{
	struct words_making m = {.from = words, .arena = arena};

	for (size_t i = 0; i < words->n; i++)
		if (repairs[i].parts_n)
			repair_put(speller, &m, &repairs[i], words->v[i]);
		else
			words_add(&m, words->v[i]);
	return words_done(&m);
}

struct words speller_mend(const struct speller *speller, const struct words *words,
			  struct arena *arena)
{
	struct repair *repairs = arena_array(arena, words->n + 1, sizeof *repairs);

	for (size_t i = 0; i < words->n; i++)
		repairs[i] = repair_of(speller, words->v[i].text, arena);
	if (is_foreign(speller, words, repairs))
		return *words;
	return repairs_put(speller, words, repairs, arena);
}
