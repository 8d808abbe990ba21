/* How well each passage fits a question: a small article, worked out by hand from core/align.h. */
#include <math.h>

#include "book_fixture.h"
#include "core/align.h"
#include "core/vectors.h"
#include "vectors_made.h"

/* Passages a, b under "Drinking", c, d under "Sauna heat". */
static const char article[] = "---\ntitle: Scalp care\n---\n"
			      "## Drinking\n\n- Beer foam. {#a}\n- Wine. {#b}\n\n"
			      "## Sauna heat\n\n- Steam room, scalp. {#c}\n- Wine cellar. {#d}\n";
enum { A, B, C, D, PASSAGES };

static const char topics[] = "alcohol (drinking alcohol): beer wine ale pub\n"
			     "sauna: sauna steam*\n"
			     "price (what it costs): cost* price\n"
			     "~skin: skin\n"
			     "+before (before the treatment): before\n"
			     "q_when: when\n";

struct asked {
	struct fixture f;
	const struct align *align;
	struct reach reach;
};

static void asked_init(struct asked *a, const struct vectors *vectors)
{
	const struct book *book;

	fixture_init(&a->f);
	fixture_set(&a->f, "scalp.md", article);
	fixture_set(&a->f, "scalp.questions.md", "");
	fixture_set(&a->f, "en/concepts.txt", topics);
	book = fixture_book(&a->f);
	a->align =
		align_new(book->articles[0], book->lexicon, vectors, book->concepts, &a->f.arena);
}

static const struct fit *fits(struct asked *a, const char *question)
{
	struct words w = lexicon_words(a->f.book->lexicon, str_of(question), &a->f.arena);

	return align_fits(a->align, &w, 0, w.n, &a->reach, &a->f.arena);
}

static void near_in(double seen, double wanted, const char *what)
{
	if (!(fabs(seen - wanted) < 1e-5))
		fail_msg("%s: %.7f is not %.7f", what, seen, wanted);
}
#define assert_near(seen, wanted) near_in((seen), (wanted), #seen)

/* A word of one passage in four weighs 1 - 1.2/4 = 0.7, of two 0.4, of none 1. */
static void words_by_their_stem(void **state)
{
	struct asked a;
	const struct fit *f;

	(void)state;
	asked_init(&a, NULL);
	f = fits(&a, "STEAMING in the sauna?");
	assert_near(f[C].words, 0.7 / 1.1);
	assert_near(f[C].title_words, 0.4 / 1.1);
	assert_near(f[D].words, 0);
	assert_near(f[D].title_words, 0.4 / 1.1);
	assert_near(f[A].words + f[A].title_words + f[B].words + f[B].title_words, 0);
	assert_near(a.reach.known, 1);
	assert_int_equal(a.reach.content, 2);
	/* another word meets nothing, and counts as not met */
	f = fits(&a, "steam elephant");
	assert_near(f[C].words, 0.7 / 1.7);
	assert_near(a.reach.known, 0.7 / 1.7);
	/* without vectors nothing is alike that has another stem */
	f = fits(&a, "ale");
	for (size_t i = 0; i < PASSAGES; i++)
		assert_true(f[i].words == 0 && f[i].title_words == 0 && f[i].mean == 0);
	fixture_done(&a.f);
}

static void what_carries_no_meaning_does_not_count(void **state)
{
	static const char *const same[] = {"steam", "can I do the steam", "steam 12 3.5",
					   "steam, steams, steaming"};
	static const char *const nothing[] = {"", "?!", "can I do it", "12", "1.5 2"};
	struct asked a;

	(void)state;
	asked_init(&a, NULL);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		const struct fit *f = fits(&a, same[i]);

		assert_near(f[C].words, 1);
		assert_near(a.reach.known, 1);
		assert_int_equal(a.reach.content, 1);
	}
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		const struct fit *f = fits(&a, nothing[i]);

		for (size_t p = 0; p < PASSAGES; p++)
			assert_memory_equal(&f[p], &(struct fit){0}, sizeof *f);
		assert_true(a.reach.known == 0 && a.reach.content == 0);
		assert_true(a.reach.unsupported == 0 && a.reach.supported == 0);
		assert_int_equal(a.reach.missing, CONCEPT_NONE);
	}
	fixture_done(&a.f);
}

/* "scalp" stands in one passage (0.7) and in the article's title (times 0.4): too little to be all
 * of a question, which weighs 0.3 at least. */
static void a_word_of_the_articles_title_says_little(void **state)
{
	struct asked a;
	const struct fit *f;

	(void)state;
	asked_init(&a, NULL);
	f = fits(&a, "scalp");
	assert_near(f[C].words, 0.28 / 0.3);
	f = fits(&a, "scalp steam");
	assert_near(f[C].words, 1);
	f = fits(&a, "scalp beer");
	assert_near(f[C].words, 0.28 / 0.98);
	assert_near(f[A].words, 0.7 / 0.98);
	fixture_done(&a.f);
}

static void only_the_words_asked_for_are_read(void **state)
{
	struct asked a;
	struct words w;
	const struct fit *f;

	(void)state;
	asked_init(&a, NULL);
	w = lexicon_words(a.f.book->lexicon, STR("beer, steam, elephant"), &a.f.arena);
	f = align_fits(a.align, &w, 1, 2, &a.reach, &a.f.arena);
	assert_near(f[C].words, 1);
	assert_near(f[A].words, 0);
	assert_near(f[A].concepts, 0);
	assert_near(f[C].concepts, 1);
	f = align_fits(a.align, &w, 2, 2, &a.reach, &a.f.arena);
	assert_near(f[C].words, 0);
	assert_int_equal(a.reach.content, 0);
	fixture_done(&a.f);
}

/* Three passages of four speak of alcohol: it weighs 0.25; two of the sauna: 0.5; what none speaks of
 * weighs 1, a way to ask 0.3 of that. */
static void concepts_by_how_few_speak_of_them(void **state)
{
	struct asked a;
	const struct fit *f;

	(void)state;
	asked_init(&a, NULL);
	f = fits(&a, "a pub, then the sauna");
	assert_near(f[A].concepts, 0.25 / 0.75);
	assert_near(f[B].concepts, 0.25 / 0.75);
	assert_near(f[C].concepts, 0.5 / 0.75);
	assert_near(f[D].concepts, 0.25 / 0.75);
	assert_near(f[A].title_concepts, 0);
	assert_near(f[C].title_concepts, 0.5 / 0.75);
	assert_near(f[D].title_concepts, 0.5 / 0.75);
	assert_near(a.reach.supported, 0.5);
	assert_near(a.reach.unsupported, 0);
	assert_int_equal(a.reach.missing, CONCEPT_NONE);
	/* said twice in other words it is one */
	f = fits(&a, "the pub: beer, wine, ale, sauna");
	assert_near(f[C].concepts, 0.5 / 0.75);
	f = fits(&a, "when the sauna");
	assert_near(f[C].concepts, 0.5 / 0.8);
	assert_near(a.reach.unsupported, 0);
	fixture_done(&a.f);
}

static void assert_missing(struct asked *a, const char *question, const char *missing,
			   double unsupported, double supported)
{
	const struct concepts *concepts = a->f.book->concepts;

	fits(a, question);
	near_in(a->reach.unsupported, unsupported, question);
	near_in(a->reach.supported, supported, question);
	if (!missing)
		assert_int_equal(a->reach.missing, CONCEPT_NONE);
	else
		assert_str(concepts->v[a->reach.missing].name, missing);
}

static void topics_that_the_article_never_mentions(void **state)
{
	struct asked a;

	(void)state;
	asked_init(&a, NULL);
	assert_missing(&a, "what does it cost", "price", 1, 0);
	assert_missing(&a, "what is the price of a beer", "price", 0.5, 0.25);
	assert_missing(&a, "a beer before the sauna", "before", 1.0 / 3, 0.5);
	assert_missing(&a, "the price before", "price", 1, 0);
	/* too general to be missed, and no topic at all */
	assert_missing(&a, "my skin", NULL, 0, 0);
	assert_missing(&a, "when", NULL, 0, 0);
	assert_missing(&a, "elephants", NULL, 0, 0);
	fixture_done(&a.f);
}

/* What the article's own title names it speaks of everywhere. */
static void a_topic_of_the_articles_title(void **state)
{
	struct asked a;

	(void)state;
	fixture_init(&a.f);
	fixture_set(&a.f, "scalp.md",
		    "---\ntitle: What it costs\n---\n## S\n\n- Wine. {#a}\n- Tea. {#b}\n");
	fixture_set(&a.f, "scalp.questions.md", "");
	fixture_set(&a.f, "en/concepts.txt", topics);
	fixture_book(&a.f);
	a.align = align_new(a.f.book->articles[0], a.f.book->lexicon, NULL, a.f.book->concepts,
			    &a.f.arena);
	assert_missing(&a, "the price", NULL, 0, 0.4);
	assert_missing(&a, "the price of wine", NULL, 0, 0.5);
	fixture_done(&a.f);
}

static void without_a_table_of_concepts_they_fit_nowhere(void **state)
{
	struct asked a;
	const struct fit *f;

	(void)state;
	asked_init(&a, NULL);
	a.align = align_new(a.f.book->articles[0], a.f.book->lexicon, NULL, NULL, &a.f.arena);
	f = fits(&a, "the price of a beer in the sauna");
	for (size_t i = 0; i < PASSAGES; i++)
		assert_true(f[i].concepts == 0 && f[i].title_concepts == 0);
	assert_int_equal(a.reach.missing, CONCEPT_NONE);
	assert_true(a.reach.supported == 0 && a.reach.unsupported == 0);
	fixture_done(&a.f);
}

/* --- with vectors ----------------------------------------------------------------------------- */

/* beer, wine and steam stand at right angles; "ale" is like beer by 0.8 and like wine by 0.6, "mead" like
 * wine by 0.28, which is as good as not at all. */
static const char *const words[] = {"wine", "beer", "steam", "ale", "mead"};
enum { WINE, BEER, STEAM, ALE, MEAD, WORDS };

static void vectors_of(struct vectors *v, struct made *m, struct arena *arena)
{
	struct err err;

	make_empty(m, words, WORDS);
	put_row(m, BEER, 0, 100);
	put_row(m, WINE, 1, 100);
	put_row(m, STEAM, 2, 100);
	put_row(m, ALE, 0, 80);
	put_row(m, ALE, 1, 60);
	put_row(m, MEAD, 1, 28);
	put_row(m, MEAD, 3, 96);
	seal(m);
	if (!vectors_open((struct str){(const char *)m->bytes, m->n}, arena, v, &err))
		fail_msg("%s", err.text);
}

/* How much a word counts for being rare in the language: 5e-5 / (5e-5 + p). */
static double rarity(const struct vectors *v, uint32_t row)
{
	return 5e-5 / (5e-5 + vectors_probability(v, row));
}

static void words_that_are_alike(void **state)
{
	struct made m;
	struct vectors v = {0};
	struct arena arena;
	struct asked a;
	const struct fit *f;
	/* 0.9 (cos - 0.45) / 0.55; "wine" stands in two of four passages: 1 - 0.7/3 of it */
	double beer = 0.9 * 0.35 / 0.55, wine = 0.9 * 0.15 / 0.55 * (1 - 0.7 / 3);
	double ale, steam;

	(void)state;
	arena_init(&arena);
	vectors_of(&v, &m, &arena);
	asked_init(&a, &v);
	/* a weight below 0.3 counts as 0.3 */
	ale = rarity(&v, ALE);
	assert_true(ale < 0.3);
	f = fits(&a, "ale");
	assert_near(f[A].words, beer * ale / 0.3);
	assert_near(f[B].words, wine * ale / 0.3);
	assert_near(f[D].words, wine * ale / 0.3);
	assert_near(f[C].words, 0);
	assert_near(a.reach.known, beer * ale / 0.3);
	f = fits(&a, "mead");
	for (size_t i = 0; i < PASSAGES; i++)
		assert_near(f[i].words, 0);
	/* the same word counts whole, a word that is not in the table as the rarest */
	steam = 0.7 * rarity(&v, STEAM);
	f = fits(&a, "steam elephant ale");
	assert_near(f[C].words, steam / (steam + 1 + ale));
	assert_near(f[A].words, beer * ale / (steam + 1 + ale));
	fixture_done(&a.f);
	arena_done(&arena);
}

/* The means of the passages are e0, e1, e2, e1 (words outside the table do not count); 0.7 of their
 * mean (1/4, 1/2, 1/4) is taken out of each. */
static void means_without_what_all_passages_share(void **state)
{
	struct made m;
	struct vectors v = {0};
	struct arena arena;
	struct asked a;
	const struct fit *f;
	double beer = sqrt(0.825 * 0.825 + 0.35 * 0.35 + 0.175 * 0.175);
	double wine = sqrt(0.65 * 0.65 + 2 * 0.175 * 0.175);

	(void)state;
	arena_init(&arena);
	vectors_of(&v, &m, &arena);
	asked_init(&a, &v);
	f = fits(&a, "can I have the ale");
	assert_near(f[A].mean, (0.825 * 0.8 - 0.35 * 0.6) / beer);
	assert_near(f[B].mean, (0.65 * 0.6 - 0.175 * 0.8) / wine);
	assert_near(f[C].mean, (-0.175 * 0.8 - 0.35 * 0.6) / beer);
	assert_near(f[D].mean, f[B].mean);
	f = fits(&a, "elephants");
	for (size_t i = 0; i < PASSAGES; i++)
		assert_true(f[i].mean == 0);
	fixture_done(&a.f);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_by_their_stem),
		cmocka_unit_test(what_carries_no_meaning_does_not_count),
		cmocka_unit_test(a_word_of_the_articles_title_says_little),
		cmocka_unit_test(only_the_words_asked_for_are_read),
		cmocka_unit_test(concepts_by_how_few_speak_of_them),
		cmocka_unit_test(topics_that_the_article_never_mentions),
		cmocka_unit_test(a_topic_of_the_articles_title),
		cmocka_unit_test(without_a_table_of_concepts_they_fit_nowhere),
		cmocka_unit_test(words_that_are_alike),
		cmocka_unit_test(means_without_what_all_passages_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
