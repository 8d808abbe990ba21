#include "core/vocabulary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_RANK 45000 /* frequent enough to be mended to */
#define PART_RANK 12000	  /* frequent enough to be part of words run together */
#define SMALL_RANK 280	  /* so frequent that two letters will do for a part */
#define RARE_RANK 30000	  /* from here on what stands in the table may be a typo */
#define SMALL_LETTERS 3
#define SMALL_SEEN 50 /* a small word is typed by patients so often: "my", "now" */
#define SEEN_SURE 3   /* in so many examples patients' spelling is taken for right */

/* Sign words: in so many urgent messages at least, and in that share of all at least. */
#define SIGNS_LEAST 2
#define SIGNS_SHARE 0.5f

/* Costs, in edits. */
#define RANK_COST 0.35f
#define RANK_COST_LOG 0.08f
#define COST_NEVER 9.0f
#define SEEN_COST 0.4f /* of the book's words, less the more often they were seen */
#define SEEN_COST_LOG 0.06f
#define SURE_SEEN 20	      /* what the articles say counts as often as that */
#define LISTED_LESS 0.2f      /* words of the trade beside others of their rank */
#define LISTED_COST 1.0f      /* and where they have none */
#define SHORT_COST 0.8f	      /* of becoming a word of three letters */
#define SHORT_PIECE_COST 0.3f /* of three letters that are typed seldom, in an urgent message */
#define PART_COST 0.1f	      /* of the book's words, and of "I" and "a", in words run together */

/* --- what is known ------------------------------------------------------------------------ */

static struct own *own_slot(const struct vocabulary *v, struct str word)
{
	size_t slot = (size_t)str_hash(word, 0) & (v->slots - 1);

	while (v->own[slot].word.n && !str_eq(v->own[slot].word, word))
		slot = (slot + 1) & (v->slots - 1);
	return &v->own[slot];
}

static uint32_t row_of(const struct vocabulary *v, struct str word)
{
	return v->vectors ? vectors_find(v->vectors, word) : VECTOR_NONE;
}

bool vocabulary_has(const struct vocabulary *v, struct str word)
{
	const struct own *own = own_slot(v, word);

	return own->sure || own->listed || own->known || own->seen >= SEEN_SURE ||
	       row_of(v, word) != VECTOR_NONE;
}

bool vocabulary_saw(const struct vocabulary *v, struct str word)
{
	return own_slot(v, word)->seen > 0;
}

bool word_is_letters(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'a' || word.p[i] > 'z')
			return false;
	return word.n > 0;
}

uint32_t word_letters(struct str word)
{
	uint32_t letters = 0;

	for (size_t i = 0; i < word.n; i++)
		letters |= (uint32_t)1 << (word.p[i] - 'a');
	return letters;
}

static bool more_bits_than(uint32_t x, int n)
{
	for (; n > 0; n--)
		x &= x - 1; /* without its lowest; 0 stays 0 */
	return x != 0;
}

bool letters_near(uint32_t a, uint32_t b, int edits)
{
	return !more_bits_than(a & ~b, edits) && !more_bits_than(b & ~a, edits);
}

bool vocabulary_is_common(const struct vocabulary *v, struct str word)
{
	const struct own *own = own_slot(v, word);
	uint32_t row = row_of(v, word);

	return own->sure || own->listed || own->seen >= SEEN_SURE ||
	       (row != VECTOR_NONE && vectors_rank(v->vectors, row) < RARE_RANK);
}

bool vocabulary_is_form(const struct vocabulary *v, struct str word)
{
	const struct str endings[] = {STR("s"),	 STR("es"), STR("ing"),
				      STR("ed"), STR("er"), STR("ers")};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct str base = str_sub(word, 0, word.n - endings[i].n);

		if (word.n >= endings[i].n + LETTERS_MIN && str_ends(word, endings[i]) &&
		    vocabulary_is_common(v, base))
			return true;
	}
	return false;
}

/* --- costs -------------------------------------------------------------------------------- */

/* One of the book's words, spelt right as far as can be told. */
static bool is_of_book(const struct own *own, uint32_t row)
{
	return own->sure || own->seen >= SEEN_SURE || (own->seen && row != VECTOR_NONE);
}

static float seen_cost(const struct own *own)
{
	float seen = (float)own->seen + (own->sure ? SURE_SEEN : 0);

	return fmaxf(0, SEEN_COST - SEEN_COST_LOG * logf(seen));
}

bool vocabulary_cost(const struct vocabulary *v, struct str word, float *cost)
{
	const struct own *own = own_slot(v, word);
	uint32_t row = row_of(v, word);
	uint32_t rank = row == VECTOR_NONE ? UINT32_MAX : vectors_rank(v->vectors, row);
	float ranked = RANK_COST + RANK_COST_LOG * logf((float)rank + 1);

	*cost = COST_NEVER;
	if (is_of_book(own, row))
		*cost = seen_cost(own);
	else if (own->listed)
		*cost = row == VECTOR_NONE ? LISTED_COST : ranked - LISTED_LESS;
	else if (rank < TARGET_RANK)
		*cost = ranked;
	if (*cost < COST_NEVER && word.n < LETTERS_MIN)
		*cost += SHORT_COST;
	return *cost < COST_NEVER;
}

bool vocabulary_part_cost(const struct vocabulary *v, struct str word, float *cost)
{
	uint32_t row = row_of(v, word);
	uint32_t rank = row == VECTOR_NONE ? UINT32_MAX : vectors_rank(v->vectors, row);

	*cost = PART_COST;
	if (word.n == 1)
		return word.p[0] == 'a' || word.p[0] == 'i';
	if (word.n >= 3 && is_of_book(own_slot(v, word), row))
		return true;
	*cost = RANK_COST_LOG * logf((float)rank + 1);
	return rank < (word.n == 2 ? SMALL_RANK : PART_RANK);
}

bool vocabulary_is_small(const struct vocabulary *v, struct str word)
{
	return word.n <= SMALL_LETTERS && own_slot(v, word)->seen >= SMALL_SEEN;
}

bool vocabulary_piece_cost(const struct vocabulary *v, struct str word, float *cost)
{
	const struct own *own = own_slot(v, word);

	if (word.n == 1 && word.p[0] != 'a' && word.p[0] != 'i')
		return false;
	if (vocabulary_is_small(v, word) || (word.n >= SMALL_LETTERS && own->seen >= SEEN_SURE)) {
		*cost = seen_cost(own);
		if (word.n <= SMALL_LETTERS && own->seen < SMALL_SEEN)
			*cost += SHORT_PIECE_COST;
		return true;
	}
	*cost = PART_COST;
	return (word.n >= SMALL_LETTERS && own->known) ||
	       (word.n > SMALL_LETTERS && vocabulary_part_cost(v, word, cost));
}

/* --- building ----------------------------------------------------------------------------- */

struct target {
	struct str word;
	float cost;
};

struct targets {
	struct target *v;
	size_t n, cap;
	struct arena *scratch;
};

static int compare_targets(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return str_compare(x->word, y->word);
}

static void target_add(const struct vocabulary *v, struct targets *targets, struct str word)
{
	float cost;

	if (word.n < LETTERS_MIN - 1 || word.n > LETTERS_MAX || !word_is_letters(word) ||
	    !vocabulary_cost(v, word, &cost))
		return;
	targets->v = arena_grow(targets->scratch, targets->v, &targets->n, &targets->cap,
				sizeof *targets->v);
	targets->v[targets->n - 1] = (struct target){word, cost};
}

/* Every word to mend to, the cheapest first. */
static void targets_read(const struct vocabulary *v, struct targets *targets)
{
	for (size_t i = 0; i < v->slots; i++)
		target_add(v, targets, v->own[i].word);
	for (uint32_t row = 0; v->vectors && row < v->vectors->n; row++) {
		struct str word = vectors_word(v->vectors, row);

		if (vectors_rank(v->vectors, row) >= TARGET_RANK)
			break; /* ranks rise */
		if (own_slot(v, word)->word.n == 0)
			target_add(v, targets, word);
	}
	if (targets->n)
		qsort(targets->v, targets->n, sizeof *targets->v, compare_targets);
}

static void shelf_make(struct shelf *shelf, size_t letters_n, struct arena *arena)
{
	shelf->text = arena_alloc(arena, shelf->n * letters_n);
	shelf->letters = arena_array(arena, shelf->n, sizeof *shelf->letters);
	shelf->costs = arena_array(arena, shelf->n, sizeof *shelf->costs);
	shelf->n = 0;
}

static void shelf_put(struct shelf *shelf, struct str word, float cost)
{
	memcpy(shelf->text + shelf->n * word.n, word.p, word.n);
	shelf->letters[shelf->n] = word_letters(word);
	shelf->costs[shelf->n++] = cost;
}

static struct shelf *shelf_of(struct vocabulary *v, struct str word)
{
	return &v->shelves[word.p[0] - 'a'][word.n];
}

static void shelves_fill(struct vocabulary *v, struct arena *arena)
{
	struct arena scratch;
	struct targets targets = {.scratch = &scratch};

	arena_init(&scratch);
	targets_read(v, &targets);
	for (size_t i = 0; i < targets.n; i++)
		shelf_of(v, targets.v[i].word)->n++;
	for (size_t letter = 0; letter <= 'z' - 'a'; letter++)
		for (size_t n = 0; n <= LETTERS_MAX; n++)
			shelf_make(&v->shelves[letter][n], n, arena);
	for (size_t i = 0; i < targets.n; i++)
		shelf_put(shelf_of(v, targets.v[i].word), targets.v[i].word, targets.v[i].cost);
	arena_done(&scratch);
}

static bool is_sign(const struct vocabulary *v, const struct own *own)
{
	return own->signs >= SIGNS_LEAST && (float)own->signs >= SIGNS_SHARE * (float)own->seen &&
	       own->word.n >= LETTERS_MIN && own->word.n <= LETTERS_MAX &&
	       word_is_letters(own->word) && is_of_book(own, row_of(v, own->word));
}

static void signs_fill(struct vocabulary *v, struct arena *arena)
{
	for (size_t i = 0; i < v->slots; i++)
		if (is_sign(v, &v->own[i]))
			v->signs[v->own[i].word.n].n++;
	for (size_t n = 0; n <= LETTERS_MAX; n++)
		shelf_make(&v->signs[n], n, arena);
	for (size_t i = 0; i < v->slots; i++)
		if (is_sign(v, &v->own[i]))
			shelf_put(&v->signs[v->own[i].word.n], v->own[i].word,
				  seen_cost(&v->own[i]));
}

/* --- what was told ------------------------------------------------------------------------ */

static void own_count(struct vocabulary *v, const struct spelling *spelling)
{
	struct own *own = own_slot(v, spelling->word);

	own->word = spelling->word;
	own->seen += spelling->how == SPELLING_SEEN || spelling->how == SPELLING_SIGN;
	own->signs += spelling->how == SPELLING_SIGN;
	own->listed = own->listed || spelling->how == SPELLING_LISTED;
	own->sure = own->sure || spelling->how == SPELLING_SURE;
	own->known = own->known || spelling->how == SPELLING_KNOWN;
}

static void slots_new(struct vocabulary *v, size_t words_n, struct arena *arena)
{
	for (v->slots = 64; v->slots < words_n * 2; v->slots *= 2)
		;
	v->own = arena_array(arena, v->slots, sizeof *v->own);
}

/* Counts in a table for all spellings, and keeps one for the words that differ. */
static void own_read(struct vocabulary *v, const struct spelling *words, size_t words_n,
		     struct arena *arena)
{
	struct vocabulary all = {0};
	struct arena scratch;
	size_t different = 0;

	arena_init(&scratch);
	slots_new(&all, words_n, &scratch);
	for (size_t i = 0; i < words_n; i++)
		if (words[i].word.n)
			own_count(&all, &words[i]);
	for (size_t i = 0; i < all.slots; i++)
		different += all.own[i].word.n > 0;
	slots_new(v, different, arena);
	for (size_t i = 0; i < all.slots; i++)
		if (all.own[i].word.n) {
			struct own *own = own_slot(v, all.own[i].word);

			*own = all.own[i];
			own->word = arena_str(arena, all.own[i].word);
		}
	arena_done(&scratch);
}

void vocabulary_init(struct vocabulary *v, const struct spelling *words, size_t words_n,
		     const struct vectors *vectors, struct arena *arena)
{
	v->vectors = vectors;
	own_read(v, words, words_n, arena);
	shelves_fill(v, arena);
	signs_fill(v, arena);
}
