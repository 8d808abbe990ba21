/* A text as numbers, over a table of two words made here. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/features.h"

#define SLOTS 8

struct table {
	struct vectors vectors;
	int8_t rows[2 * VECTOR_DIMENSIONS];
	unsigned char ranks[8];
	uint32_t starts[3];
	uint32_t slots[SLOTS];
};

/* "beer" points along the first dimension, "wine" along the second. */
static void table_make(struct table *t)
{
	static const char text[] = "beerwine";

	*t = (struct table){.starts = {0, 4, 8}};
	t->rows[0] = 100;
	t->rows[VECTOR_DIMENSIONS + 1] = 50;
	t->ranks[1] = 0x10; /* both are rare: 4096, 8192 */
	t->ranks[5] = 0x20;
	memset(t->slots, 0xff, sizeof t->slots);
	for (uint32_t row = 0; row < 2; row++) {
		size_t slot = str_hash((struct str){text + row * 4, 4}, 0) & (SLOTS - 1);

		while (t->slots[slot] != VECTOR_NONE)
			slot = (slot + 1) & (SLOTS - 1);
		t->slots[slot] = row;
	}
	t->vectors = (struct vectors){.n = 2,
				      .ranked = 10000,
				      .rows = t->rows,
				      .ranks = t->ranks,
				      .text = text,
				      .starts = t->starts,
				      .slots = t->slots,
				      .slots_n = SLOTS};
}

struct made {
	struct arena arena;
	struct table table;
	struct words *texts;
	struct text_features *of; /* the texts */
	const struct features *features;
};

static void made_from(struct made *m, const char *const *texts, size_t n)
{
	arena_init(&m->arena);
	table_make(&m->table);
	m->texts = arena_array(&m->arena, n, sizeof *m->texts);
	m->of = arena_array(&m->arena, n, sizeof *m->of);
	for (size_t i = 0; i < n; i++)
		m->texts[i] = text_words(str_of(texts[i]), STR("en"), &m->arena);
	m->features = features_new(m->texts, n, &m->table.vectors, &m->arena, m->of, &m->arena);
}

static struct bag bag_of(struct made *m, const char *text)
{
	struct words words = text_words(str_of(text), STR("en"), &m->arena);

	return features_of(m->features, &words, 0, words.n, &m->arena);
}

/* The part of a bag with numbers [from, to). */
static struct bag part(const struct bag *bag, size_t from, size_t to)
{
	struct bag p = {bag->v, 0};

	while (p.v < bag->v + bag->n && p.v->term < from)
		p.v++;
	while (p.v + p.n < bag->v + bag->n && p.v[p.n].term < to)
		p.n++;
	return p;
}

static struct bag words_part(const struct made *m, const struct bag *bag)
{
	return part(bag, 0, m->features->words_n);
}

static float length(struct bag bag)
{
	return sqrtf(bag_dot(&bag, &bag));
}

static void near(float seen, float wanted)
{
	if (!(fabsf(seen - wanted) <= 1e-5f))
		fail_msg("%.7g is not %.7g", (double)seen, (double)wanted);
}

static void three_blocks_of_their_lengths(void **state)
{
	static const char *const texts[] = {"beer tonight", "beer today", "wine today"};
	struct made m;
	struct bag bag;

	(void)state;
	made_from(&m, texts, 3);
	bag = bag_of(&m, "wine and beer, beer today");
	for (size_t i = 1; i < bag.n; i++)
		assert_true(bag.v[i - 1].term < bag.v[i].term);
	assert_true(bag.v[bag.n - 1].term < features_count(m.features));
	near(length(words_part(&m, &bag)), 1);
	near(length(part(&bag, m.features->words_n, m.features->terms_n)), 0.7f);
	near(length(part(&bag, m.features->terms_n, features_count(m.features))), 1);
	arena_done(&m.arena);
}

/* By hand: idf is 1 + ln((texts + 1) / (texts that have it + 1)); a stem that comes twice weighs
 * twice. */
static void rare_stems_weigh_more(void **state)
{
	static const char *const texts[] = {"a", "a", "a b", "c"};
	const float a = 1 + logf(5.0f / 4), b = 1 + logf(5.0f / 2);
	struct made m;
	struct bag bag, words;

	(void)state;
	made_from(&m, texts, 4);
	assert_int_equal(m.features->words_n, 3);
	bag = bag_of(&m, "b a unheard b");
	words = words_part(&m, &bag);
	assert_int_equal(words.n, 2);
	/* The most frequent comes first. */
	near(words.v[0].w, a / sqrtf(a * a + 4 * b * b));
	near(words.v[1].w, 2 * b / sqrtf(a * a + 4 * b * b));
	arena_done(&m.arena);
}

static void pairs_are_near_and_in_any_order(void **state)
{
	static const char *const texts[] = {"x y",
					    "y x",
					    "p 1 2 3 4 5 q",
					    "p 6 7 8 9 10 q",
					    "s 1 2 3 4 5 6 t",
					    "s 4 5 6 7 8 9 t"};
	static const struct {
		const char *text;
		size_t n; /* stems and pairs */
	} table[] = {
		{"x y", 3}, {"y x", 3}, {"x x", 1}, {"p q", 3}, {"s t", 2}, {"x q", 2},
	};
	struct made m;

	(void)state;
	made_from(&m, texts, 6);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct bag bag = bag_of(&m, table[i].text);

		if (words_part(&m, &bag).n != table[i].n)
			fail_msg("\"%s\" has %zu", table[i].text, words_part(&m, &bag).n);
	}
	arena_done(&m.arena);
}

static void a_misspelt_word_shares_letters(void **state)
{
	static const char *const texts[] = {"dermatologist", "dermatologist", "sauna", "sauna"};
	struct made m;
	struct bag right, wrong, other;

	(void)state;
	made_from(&m, texts, 4);
	right = bag_of(&m, "dermatologist");
	wrong = bag_of(&m, "dermatolagist");
	other = bag_of(&m, "sauna");
	assert_int_equal(words_part(&m, &wrong).n, 0);
	/* 13 runs of three in either; the three around the wrong letter are new. */
	assert_int_equal(part(&right, m.features->words_n, m.features->terms_n).n, 13);
	assert_int_equal(part(&wrong, m.features->words_n, m.features->terms_n).n, 10);
	assert_true(bag_dot(&right, &wrong) > 0.3f);
	assert_true(bag_dot(&right, &other) == 0);
	arena_done(&m.arena);
}

/* Letters of another alphabet count as letters, not as bytes. */
static void letters_are_no_bytes(void **state)
{
	static const char *const texts[] = {"\xd0\xb2\xd0\xb8\xd0\xbd\xd0\xbe",
					    "\xd0\xb2\xd0\xb8\xd0\xbd\xd0\xbe"};
	struct made m;
	struct bag bag;

	(void)state;
	made_from(&m, texts, 2);
	bag = bag_of(&m, texts[0]);
	assert_int_equal(part(&bag, m.features->words_n, m.features->terms_n).n, 4);
	arena_done(&m.arena);
}

static void rare_pairs_are_left_out_of_many_texts(void **state)
{
	enum { N = 2 * 2048 };
	static const char *texts[N];
	struct made m;
	struct bag bag;

	(void)state;
	for (size_t i = 0; i < N; i++)
		texts[i] = i < 3 ? "rare thing" : i < 7 ? "known thing" : "something else";
	made_from(&m, texts, N);
	bag = bag_of(&m, "rare thing");
	assert_int_equal(words_part(&m, &bag).n, 2);
	bag = bag_of(&m, "known thing");
	assert_int_equal(words_part(&m, &bag).n, 3);
	arena_done(&m.arena);
}

/* The mean of what all texts are about is taken away: what is left of each points away from the
 * other. */
static void meaning_is_told_from_the_mean(void **state)
{
	static const char *const texts[] = {"beer", "wine"};
	struct made m;
	struct bag beer, wine, none;
	size_t from;

	(void)state;
	made_from(&m, texts, 2);
	from = m.features->terms_n;
	beer = bag_of(&m, "beer");
	wine = bag_of(&m, "wine");
	beer = part(&beer, from, from + VECTOR_DIMENSIONS);
	wine = part(&wine, from, from + VECTOR_DIMENSIONS);
	near(beer.v[0].w, sqrtf(0.5f));
	near(beer.v[1].w, -sqrtf(0.5f));
	near(bag_dot(&beer, &wine), -1);
	none = bag_of(&m, "");
	assert_int_equal(none.n, VECTOR_DIMENSIONS);
	arena_done(&m.arena);
}

static void known_words_have_a_share(void **state)
{
	static const char *const texts[] = {"a", "a b"};
	const float a = 1, b = 1 + logf(3.0f / 2), unseen = 1 + logf(3);
	static const struct {
		const char *text;
		int a, b, unseen;
	} table[] = {{"a", 1, 0, 0}, {"b zzz", 0, 1, 1}, {"a a b zzz yyy", 2, 1, 2}};
	struct made m;
	struct words nothing = {0};

	(void)state;
	made_from(&m, texts, 2);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words words = text_words(str_of(table[i].text), STR("en"), &m.arena);
		float known = (float)table[i].a * a + (float)table[i].b * b;

		near(features_known(m.features, &words, 0, words.n),
		     known / (known + (float)table[i].unseen * unseen));
	}
	near(features_known(m.features, &nothing, 0, 0), 0);
	arena_done(&m.arena);
}

/* What comes with features_new() is what features_of() gives. */
static void the_texts_own_features_are_given(void **state)
{
	static const char *const texts[] = {"beer tonight beer", "a wine, tonight", "", "wine"};
	struct made m;

	(void)state;
	made_from(&m, texts, 4);
	for (size_t i = 0; i < 4; i++) {
		struct bag bag = bag_of(&m, texts[i]);
		struct bag terms = part(&bag, 0, m.features->terms_n);

		assert_int_equal(m.of[i].terms.n, terms.n);
		assert_int_equal(bag.n, terms.n + VECTOR_DIMENSIONS);
		for (size_t k = 0; k < terms.n; k++) {
			assert_int_equal(m.of[i].terms.v[k].term, terms.v[k].term);
			assert_true(m.of[i].terms.v[k].w == terms.v[k].w);
		}
		for (size_t d = 0; d < VECTOR_DIMENSIONS; d++)
			assert_true(m.of[i].meaning[d] == bag.v[terms.n + d].w);
	}
	arena_done(&m.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_blocks_of_their_lengths),
		cmocka_unit_test(rare_stems_weigh_more),
		cmocka_unit_test(pairs_are_near_and_in_any_order),
		cmocka_unit_test(a_misspelt_word_shares_letters),
		cmocka_unit_test(letters_are_no_bytes),
		cmocka_unit_test(rare_pairs_are_left_out_of_many_texts),
		cmocka_unit_test(meaning_is_told_from_the_mean),
		cmocka_unit_test(known_words_have_a_share),
		cmocka_unit_test(the_texts_own_features_are_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
