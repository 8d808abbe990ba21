/* Which passage a question means, and how sure that is. */
#include "book_fixture.h"
#include "core/match.h"

static size_t rank(struct fixture *f, const char *text, struct match *out, size_t max)
{
	struct words w = lexicon_words(f->book->lexicon, str_of(text), &f->arena);

	return match_rank(f->book->index, &w, 0, w.n, out, max, &f->arena);
}

static void the_best_passage_comes_first(void **state)
{
	static const char *const table[][2] = {
		{"can I have a beer", "after.alcohol"},
		{"is wine allowed", "after.alcohol"},
		{"may I drink alcohol", "after.alcohol"},
		{"sauna", "after.sauna"},
		{"washing my hair", "after.washing"},
		{"when is the next course due", "often.interval"},
		{"burns or bruises", "about.doctor"},
		{"what do the follicles get", "about.aims"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct match best[5];
		size_t n = rank(&f, table[i][0], best, 5);

		assert_true(n > 0);
		assert_str(best[0].passage->id, table[i][1]);
		assert_true(best[0].score > 0 && best[0].score <= 1.0001);
		for (size_t k = 1; k < n; k++)
			assert_true(best[k].score <= best[k - 1].score);
	}
	fixture_done(&f);
}

static void nothing_in_common_nothing_found(void **state)
{
	static const char *const texts[] = {"", "???", "quantum physics", "\xf0\x9f\x98\x80"};
	struct fixture f;
	struct match best[5];

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(rank(&f, texts[i], best, 5), 0);
	fixture_done(&f);
}

/* Words of something else bring the score down; the same one said again does not. */
static void unknown_words_count_as_not_found(void **state)
{
	struct fixture f;
	struct match a[5], b[5], c[5];

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	assert_true(rank(&f, "beer", a, 5) && rank(&f, "beer quantum", b, 5) &&
		    rank(&f, "quantum beer quantum quantum beer", c, 5));
	assert_true(a[0].score > b[0].score);
	assert_true(b[0].score == c[0].score);
	fixture_done(&f);
}

static void equal_ones_keep_the_order_of_the_article(void **state)
{
	struct fixture f;
	struct match best[5];

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", "");
	fixture_set(&f, "scalp.md",
		    "---\ntitle: T\n---\n## S\n\n- apple one {#b}\n- apple one {#a}\n"
		    "- apple one {#c}\n");
	fixture_book(&f);
	assert_int_equal(rank(&f, "apple", best, 5), 3);
	assert_str(best[0].passage->id, "b");
	assert_str(best[1].passage->id, "a");
	assert_str(best[2].passage->id, "c");
	assert_true(best[0].score == best[2].score);
	assert_int_equal(rank(&f, "apple", best, 2), 2);
	assert_str(best[1].passage->id, "a");
	fixture_done(&f);
}

static void verdicts(void **state)
{
	static const struct {
		double scores[3];
		size_t n;
		enum match_verdict verdict;
		size_t offered;
	} table[] = {
		{{0}, 0, MATCH_NONE, 0},
		{{0.05}, 1, MATCH_NONE, 1},
		{{0.29, 0.28, 0.1}, 3, MATCH_NONE, 2},
		{{0.35, 0.34, 0.33}, 3, MATCH_OFFER, 3},
		{{0.40, 0.34, 0.10}, 3, MATCH_OFFER, 2},
		{{0.60, 0.59}, 2, MATCH_OFFER, 2},
		{{0.60, 0.10}, 2, MATCH_ANSWER, 1},
		{{0.60}, 1, MATCH_ANSWER, 1},
		{{1.00, 0.10}, 2, MATCH_ANSWER, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct match ranked[3] = {{0}};

		for (size_t k = 0; k < table[i].n; k++)
			ranked[k].score = table[i].scores[k];
		if (match_judge(ranked, table[i].n) != table[i].verdict)
			fail_msg("%zu is judged %d", i, match_judge(ranked, table[i].n));
		assert_int_equal(match_offer_count(ranked, table[i].n), table[i].offered);
	}
}

static void terms_of_the_index(void **state)
{
	struct fixture f;
	const struct index *index;
	struct words w;

	(void)state;
	fixture_init(&f);
	index = fixture_book(&f)->index;
	assert_int_not_equal(index_term(index, STR("sauna")), TERM_NONE);
	assert_int_equal(index_term(index, STR("quantum")), TERM_NONE);
	assert_int_equal(index_term(index, STR("")), TERM_NONE);
	w = lexicon_words(f.book->lexicon, STR("the sauna"), &f.arena);
	assert_true(index_word_weight(index, &w.v[0]) < index_word_weight(index, &w.v[1]));
	for (size_t i = 0; i < index->slots; i++)
		assert_true(index->idf[i] > 0 && index->idf[i] <= index->idf_max);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_passage_comes_first),
		cmocka_unit_test(nothing_in_common_nothing_found),
		cmocka_unit_test(unknown_words_count_as_not_found),
		cmocka_unit_test(equal_ones_keep_the_order_of_the_article),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(terms_of_the_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
