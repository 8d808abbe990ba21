/* Which passage a question means, and how sure that is. */
#include "book_fixture.h"
#include "core/concepts.h"
#include "core/match.h"
#include "vectors_made.h"

static size_t rank(struct fixture *f, const char *text, struct match *out, size_t max)
{
	struct words w = lexicon_words(f->book->lexicon, str_of(text), &f->arena);
	struct topics topics;

	return match_rank(f->book->index, &w, 0, w.n, out, max, &topics, &f->arena);
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
		assert_true(best[0].p > 0 && best[0].p <= best[0].covered);
		for (size_t k = 1; k < n; k++)
			assert_true(best[k].p <= best[k - 1].p);
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
	assert_true(a[0].p > b[0].p);
	assert_true(b[0].p == c[0].p);
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
	assert_true(best[0].p == best[2].p);
	assert_int_equal(rank(&f, "apple", best, 2), 2);
	assert_str(best[1].passage->id, "a");
	fixture_done(&f);
}

static void verdicts(void **state)
{
	static const struct section section = {.count = 5};
	static const struct passage named = {.named = true, .section = &section};
	static const struct judge judge = {.answer = 0.7, .offer = 0.3};
	static const struct {
		double p[4], covered;
		size_t n;
		enum match_verdict verdict;
		size_t given;
	} table[] = {
		{{0}, 0, 0, MATCH_NONE, 0},
		{{0.05}, 0.1, 1, MATCH_NONE, 1},
		{{0.25, 0.02}, 0.29, 2, MATCH_NONE, 2},
		{{0.15, 0.10, 0.06}, 0.31, 3, MATCH_OFFER, 3},
		{{0.40, 0.20, 0.03}, 0.7, 3, MATCH_OFFER, 3},
		{{0.69}, 0.7, 1, MATCH_OFFER, 1},
		{{0.50, 0.14, 0.1}, 0.9, 3, MATCH_OFFER, 3},
		/* the section is sure: all alike; one above the rest; too few of it */
		{{0.20, 0.19, 0.18, 0.17}, 0.9, 4, MATCH_SECTION, 4},
		{{0.60, 0.06, 0.06, 0.05}, 0.9, 4, MATCH_OFFER, 4},
		{{0.49, 0.14, 0.04, 0.04}, 0.9, 4, MATCH_OFFER, 4},
		{{0.45, 0.30, 0.1}, 0.9, 3, MATCH_ANSWER, 2},
		{{0.61, 0.12, 0.1}, 0.9, 3, MATCH_OFFER, 3},
		{{0.70, 0.29}, 1, 2, MATCH_ANSWER, 2},
		{{0.86, 0.14}, 1, 2, MATCH_ANSWER, 1},
		{{0.99}, 1, 1, MATCH_ANSWER, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct match ranked[4] = {{0}};
		size_t given = table[i].n;
		enum match_verdict verdict;

		for (size_t k = 0; k < table[i].n; k++)
			ranked[k] = (struct match){.passage = &named,
						   .p = table[i].p[k],
						   .covered = table[i].covered,
						   .judge = &judge};
		verdict = match_judge(ranked, &given);
		if (verdict != table[i].verdict || given != table[i].given)
			fail_msg("%zu is judged %d, %zu given", i, verdict, given);
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
	for (size_t i = 0; i < index->terms_n; i++)
		assert_true(index->idf[i] > 0 && index->idf[i] <= index->idf_max);
	fixture_done(&f);
}

/* The doubts of every article, in their order, about one question. */
static const struct weighed *weigh(struct fixture *f, const char *text)
{
	struct words w = lexicon_words(f->book->lexicon, str_of(text), &f->arena);

	return match_weigh(f->book->index, &w, 0, w.n, &f->arena);
}

static const char tooth_article[] = "---\ntitle: After the tooth\n---\n"
				    "## Care\n\n- Rinse with salt water. {#rinse}\n"
				    "- Bite on the gauze. {#gauze}\n";

/* "scalp" comes before "tooth". */
static void what_one_article_leaves_out_is_no_doubt_about_another(void **state)
{
	struct fixture f;
	const struct weighed *w;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "tooth.md", tooth_article);
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- may I rinse with salt water\n");
	fixture_book(&f);
	assert_int_equal(f.book->index->classes_n, f.book->index->passages_n + 2);
	w = weigh(&f, "may I rinse with salt water");
	assert_true(w[0].doubts[DOUBT_NEAR_NONE] > 0.99);
	assert_true(w[1].doubts[DOUBT_NEAR_NONE] == 0);
	w = weigh(&f, "bite on the gauze");
	assert_true(w[0].doubts[DOUBT_NEAR_NONE] < 0.5);
	fixture_set(&f, "tooth.not-covered.md", "## x\n\n- which gauze do you sell\n");
	fixture_book(&f);
	assert_int_equal(f.book->index->classes_n, f.book->index->passages_n + 3);
	w = weigh(&f, "which gauze do you sell");
	assert_true(w[0].doubts[DOUBT_NEAR_NONE] < w[1].doubts[DOUBT_NEAR_NONE]);
	assert_true(w[1].doubts[DOUBT_NEAR_NONE] > 0.99);
	fixture_done(&f);
}

/* An example of the staff's is believed, but not when the same stands among what is not covered. */
static void an_example_counts_until_its_own_article_leaves_it_out(void **state)
{
	static const struct {
		const char *file, *text;
		bool same;
	} table[] = {
		{"tooth.questions.md", "## rinse\n\n- may I rinse with salt water\n", true},
		{"scalp.not-covered.md", "## x\n\n- may I rinse with salt water\n", true},
		{"tooth.not-covered.md", "## x\n\n- may I rinse with the salt water\n", false},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "tooth.md", tooth_article);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct weighed *w;

		fixture_set(&f, table[i].file, table[i].text);
		fixture_book(&f);
		w = weigh(&f, "may I rinse with salt water");
		assert_null(w[0].same);
		assert_true((w[1].same != NULL) == table[i].same);
	}
	fixture_done(&f);
}

/* What match_judge() makes of a question, with the passages that are given. */
struct judged {
	enum match_verdict verdict;
	struct match best[5];
	size_t n, given;
};

static struct judged judge(struct fixture *f, const char *text)
{
	struct judged j;

	j.n = rank(f, text, j.best, 5);
	j.given = j.n;
	j.verdict = match_judge(j.best, &j.given);
	return j;
}

/* One example is enough for the very same words, but for no others; and not when the same words
 * stand for something else too. */
static void an_example_word_for_word_is_answered(void **state)
{
	static const char hammam[] = "## after.sauna\n\n- is the hammam okay\n";
	static const char twice[] = "## after.sauna\n\n- is the hammam okay\n\n"
				    "## after.washing\n\n- is the hammam okay okay\n";
	static const char *const word = "table";
	static struct made table;
	struct fixture f;
	struct judged j;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", hammam);
	fixture_book(&f);
	assert_false(weigh(&f, "is the hammam okay")[0].taught);
	j = judge(&f, "Is the HAMMAM okay?");
	assert_int_equal(j.verdict, MATCH_ANSWER);
	assert_int_equal(j.given, 1);
	assert_str(j.best[0].passage->id, "after.sauna");
	assert_true(j.best[0].p >= 0.99 && j.best[0].covered >= 0.99);
	for (size_t i = 1; i < j.n; i++)
		assert_true(j.best[i].p <= 0.0101);
	j = judge(&f, "is the hammam okay near the railway museum");
	assert_int_not_equal(j.verdict, MATCH_ANSWER);
	/* only a pack with word vectors has its list of what no article answers read */
	make_empty(&table, &word, 1);
	put_row(&table, 0, 0, 1);
	seal(&table);
	fixture_set_str(&f, "en/words.vec", (struct str){(const char *)table.bytes, table.n});
	fixture_set(&f, "en/urgent-examples.md",
		    "## emergency\n\n- no air\n\n## crisis\n\n- to die\n\n## urgent\n\n- a boil\n\n"
		    "## none\n\n- a hat\n");
	fixture_set(&f, "en/not-covered.md", "## x\n\n- is the hammam okay?\n");
	fixture_set(&f, "scalp.not-covered.md", "## x\n\n- which hat shop\n");
	fixture_book(&f);
	assert_null(weigh(&f, "is the hammam okay")[0].same);
	assert_int_not_equal(judge(&f, "is the hammam okay").verdict, MATCH_ANSWER);
	fixture_set(&f, "en/not-covered.md", "## x\n\n- is the museum okay\n");
	fixture_book(&f);
	assert_int_equal(judge(&f, "is the hammam okay").verdict, MATCH_ANSWER);
	fixture_set(&f, "scalp.questions.md", twice);
	fixture_book(&f);
	assert_null(weigh(&f, "is the hammam okay")[0].same);
	j = judge(&f, "is the hammam okay");
	assert_true(j.best[0].p < 0.99 && j.best[0].p + j.best[1].p < 0.99);
	fixture_done(&f);
}

/* The table of concepts finds what the same question without it does not. */
static void a_concept_in_common_is_something_in_common(void **state)
{
	struct fixture f;
	struct match best[5];

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	assert_int_equal(rank(&f, "prosecco", best, 5), 0);
	fixture_set(&f, "en/concepts.txt", "alcohol: alcohol prosecco\n");
	fixture_book(&f);
	assert_int_equal(rank(&f, "prosecco", best, 5), 1);
	assert_str(best[0].passage->id, "after.alcohol");
	assert_true(best[0].signals[SIGNAL_CONCEPTS] > 0.99);
	fixture_done(&f);
}

static void what_the_article_lacks_is_told(void **state)
{
	struct fixture f;
	struct words w;
	struct match best[5];
	struct topics topics;
	static const struct {
		const char *text, *missing;
		bool supported;
	} table[] = {
		{"scuba diving", "scuba", false},
		{"scuba diving and sauna", NULL, false},
		{"sauna", NULL, true},
		{"quantum physics", NULL, false},
	};

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/concepts.txt", "sauna: sauna*\nscuba: scuba_diving\n");
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		w = lexicon_words(f.book->lexicon, str_of(table[i].text), &f.arena);
		match_rank(f.book->index, &w, 0, w.n, best, 5, &topics, &f.arena);
		assert_int_equal(topics.supported, table[i].supported);
		if (table[i].missing)
			assert_str(f.book->concepts->v[topics.missing].name, table[i].missing);
		else
			assert_int_equal(topics.missing, CONCEPT_NONE);
	}
	fixture_done(&f);
}

/* A paragraph that leads a list is given with its item, so its probability counts for the item. */
static void what_leads_an_item_counts_with_it(void **state)
{
	static const struct judge judge = {.answer = 0.7, .offer = 0.3};
	struct fixture f;
	const struct passage *led, *items;
	struct match ranked[3] = {{0}};
	size_t given = 3;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "tooth.md",
		    "---\ntitle: T\n---\n## Care\n\nOn the first day:\n\n- rinse\n- rest\n");
	fixture_book(&f);
	led = book_passage(f.book, STR("tooth/care"));
	items = book_passage(f.book, STR("tooth/care/1"));
	assert_true(led && items && passage_intro(items) == led);
	for (size_t i = 0; i < 3; i++)
		ranked[i] =
			(struct match){.p = 0.45 - 0.15 * (double)i, .covered = 1, .judge = &judge};
	ranked[0].passage = items;
	ranked[1].passage = items + 1;
	ranked[2].passage = led;
	ranked[2].p = 0.26;
	ranked[1].p = 0.14;
	assert_int_equal(match_judge(ranked, &given), MATCH_ANSWER);
	assert_int_equal(given, 1);
	ranked[1].p = 0.30;
	/* an item does not count for what leads it */
	ranked[0].passage = led;
	ranked[2].passage = items;
	ranked[2].p = 0.04; /* or it would be the whole section */
	given = 3;
	assert_int_equal(match_judge(ranked, &given), MATCH_ANSWER);
	assert_int_equal(given, 2);
	fixture_done(&f);
}

/* Two are given together only when one judge has weighed both. */
static void two_of_different_judges_are_not_given_together(void **state)
{
	static const struct section section = {.count = 5};
	static const struct passage named = {.named = true, .section = &section};
	static const struct judge judges[2] = {{.answer = 0.7, .offer = 0.3},
					       {.answer = 0.7, .offer = 0.3}};
	struct match ranked[2] = {
		{.passage = &named, .p = 0.5, .covered = 0.9, .judge = &judges[0]},
		{.passage = &named, .p = 0.3, .covered = 0.9, .judge = &judges[1]}};
	size_t given = 2;

	(void)state;
	assert_int_equal(match_judge(ranked, &given), MATCH_OFFER);
	ranked[1].judge = &judges[0];
	given = 2;
	assert_int_equal(match_judge(ranked, &given), MATCH_ANSWER);
	assert_int_equal(given, 2);
}

/* The classifier knows whose question it is that is not covered. */
static void the_classifier_tells_whose_questions_are_not_covered(void **state)
{
	static const char rinsing[] = "## rinse\n\n- salt water rinse\n- may I rinse my mouth\n"
				      "- how do I rinse\n- rinsing with salt\n- when to rinse\n\n"
				      "## gauze\n\n- how long the gauze\n- bite on gauze\n"
				      "- may I take the gauze out\n- new gauze\n- gauze fell out\n";
	static const char questions[] = "## x\n\n- which denture glue holds best\n"
					"- denture cleaning tablets, which brand\n"
					"- my denture is loose\n- denture glue brand\n"
					"- a new denture, which glue\n";
	struct fixture f;
	const struct weighed *w;

	(void)state;
	fixture_init(&f);
	fixture_shipped_whole(&f);
	fixture_set(&f, "tooth.md", tooth_article);
	fixture_set(&f, "tooth.questions.md", rinsing);
	fixture_set(&f, "tooth.not-covered.md", questions);
	fixture_book(&f);
	w = weigh(&f, "which brand of denture glue");
	assert_true(w[0].taught && w[1].taught);
	assert_true(w[1].doubts[DOUBT_MARGIN_NONE] > 0);
	assert_true(w[0].doubts[DOUBT_MARGIN_NONE] < 0);
	w = weigh(&f, "bobby pins the next day, yes or no");
	assert_true(w[0].doubts[DOUBT_MARGIN_NONE] > 0);
	assert_true(w[1].doubts[DOUBT_MARGIN_NONE] < 0);
	w = weigh(&f, "what does it cost");
	assert_true(w[0].doubts[DOUBT_MARGIN_NONE] > 0);
	assert_true(w[0].doubts[DOUBT_MARGIN_NONE] == w[1].doubts[DOUBT_MARGIN_NONE]);
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
		cmocka_unit_test(what_one_article_leaves_out_is_no_doubt_about_another),
		cmocka_unit_test(an_example_counts_until_its_own_article_leaves_it_out),
		cmocka_unit_test(an_example_word_for_word_is_answered),
		cmocka_unit_test(a_concept_in_common_is_something_in_common),
		cmocka_unit_test(what_the_article_lacks_is_told),
		cmocka_unit_test(what_leads_an_item_counts_with_it),
		cmocka_unit_test(two_of_different_judges_are_not_given_together),
		cmocka_unit_test(the_classifier_tells_whose_questions_are_not_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
