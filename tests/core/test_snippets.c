/* Snippets of a sentence: each margin against the classifier's own, and which of them there are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/snippets.h"
#include "vectors_made.h"

static const char *const signs[] = {"my throat is closing", "blood is dripping from my ear",
				    "throat swelling and no air", "green stuff drips out"};
static const char *const others[] = {"when can i wash my hair", "is a beer fine after it",
				     "how long until my hair grows", "my ear itches when i wash",
				     "can i dye my hair green"};
#define SIGNS_N (sizeof signs / sizeof *signs)
#define OTHERS_N (sizeof others / sizeof *others)

struct world {
	struct arena arena, turn;
	struct made table;
	struct vectors vectors;
	struct lexicon lexicon;
	const struct features *features;
	const struct classifier *lane; /* class 0: signs; 1: none */
	struct words texts[SIGNS_N + OTHERS_N];
};

static void table_made(struct world *w)
{
	static const char *const words[] = {"hair", "throat", "wash", "blood", "beer", "ear"};
	const size_t n = sizeof words / sizeof *words;
	struct err err;

	make_empty(&w->table, words, n);
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < 6; d++)
			put_row(&w->table, i, d, (int)((i * 37 + d * 61) % 100) - 40);
	seal(&w->table);
	assert_true(vectors_open((struct str){(const char *)w->table.bytes, w->table.n}, &w->arena,
				 &w->vectors, &err));
}

static void world_init(struct world *w)
{
	struct example examples[SIGNS_N + OTHERS_N] = {{{NULL, 0}, 0, 0, 0, NULL, {NULL, 0}}};
	const size_t n = SIGNS_N + OTHERS_N;

	arena_init(&w->arena);
	arena_init(&w->turn);
	table_made(w);
	w->lexicon = (struct lexicon){.language = STR("en")};
	textset_add(&w->lexicon.topicless.words, STR("my"), &w->arena);
	textset_add(&w->lexicon.topicless.words, STR("is"), &w->arena);
	for (size_t i = 0; i < n; i++)
		w->texts[i] = text_words(str_of(i < SIGNS_N ? signs[i] : others[i - SIGNS_N]),
					 STR("en"), &w->arena);
	w->features = features_new(w->texts, n, &w->vectors, &w->arena, NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		examples[i].features =
			features_of(w->features, &w->texts[i], 0, w->texts[i].n, &w->arena);
		examples[i].class = i >= SIGNS_N;
	}
	w->lane = classify_train(examples, n, features_count(w->features), 2, 1, &w->arena);
}

static void world_done(struct world *w)
{
	arena_done(&w->arena);
	arena_done(&w->turn);
}

static struct snippets taught(struct world *w)
{
	struct snippet_text texts[SIGNS_N + OTHERS_N];

	for (size_t i = 0; i < SIGNS_N + OTHERS_N; i++) {
		texts[i].words = &w->texts[i];
		texts[i].kind = i < SIGNS_N ? SNIPPETS_SIGN : SNIPPETS_ORDINARY;
	}
	return snippets_teach(w->features, w->lane, 1, &w->lexicon, texts, SIGNS_N + OTHERS_N,
			      &w->arena);
}

#define MET_MAX 128

struct met {
	struct snippet v[MET_MAX];
	size_t n;
};

static void meet(void *self, const struct snippet *snippet)
{
	struct met *met = self;

	assert_true(met->n < MET_MAX);
	met->v[met->n++] = *snippet;
}

static struct met met_in(struct world *w, const struct snippets *snippets,
			 const struct words *words, const struct snippet_edges *edges)
{
	struct met met = {.n = 0};
	struct snippet_listener listener = {meet, &met};

	snippets_each(snippets, &w->lexicon, words, 0, words->n, edges, &listener, &w->turn);
	return met;
}

static bool has(const struct met *met, size_t from, size_t to)
{
	for (size_t i = 0; i < met->n; i++)
		if (met->v[i].from == from && met->v[i].to == to)
			return true;
	return false;
}

static void margins_are_the_classifiers(void **state)
{
	struct world w;
	struct snippets snippets;
	struct words words;
	struct met met;

	(void)state;
	world_init(&w);
	snippets = taught(&w);
	words = text_words(STR("wash my hair throat closing blood blood unheardof green beer"),
			   STR("en"), &w.arena);
	met = met_in(&w, &snippets, &words, NULL);
	assert_int_equal(met.n, 9 * 10 / 2 - 1);
	for (size_t i = 0; i < met.n; i++) {
		const struct snippet *one = &met.v[i];
		struct bag bag = features_of(w.features, &words, one->from, one->to, &w.arena);
		float scores[8];

		classify_scores(w.lane, &bag, scores);
		assert_true(fabsf(one->margins[EAR_LANE] + scores[1]) < 1e-4F);
	}
	world_done(&w);
}

/* What was taught as a sign sounds worse by both ears than what was not. */
static void signs_sound_worse(void **state)
{
	struct world w;
	struct snippets snippets;
	struct words words;
	struct met met;

	(void)state;
	world_init(&w);
	snippets = taught(&w);
	words = text_words(STR("when can i wash my hair throat is closing"), STR("en"), &w.arena);
	met = met_in(&w, &snippets, &words, NULL);
	for (size_t ear = 0; ear < SNIPPET_EARS; ear++) {
		float sign = -INFINITY, question = -INFINITY;

		for (size_t i = 0; i < met.n; i++) {
			if (met.v[i].from == 6 && met.v[i].to == 9)
				sign = met.v[i].margins[ear];
			if (met.v[i].from == 0 && met.v[i].to == 6)
				question = met.v[i].margins[ear];
		}
		assert_true(sign > 0 && question < 0);
	}
	world_done(&w);
}

static void only_some_are_snippets(void **state)
{
	struct world w;
	struct snippets snippets;
	struct words words;
	struct snippet_edges edges[16] = {{0, 0, false}};
	struct met met;

	(void)state;
	world_init(&w);
	snippets = taught(&w);
	words = text_words(STR("my is hair wash"), STR("en"), &w.arena);
	met = met_in(&w, &snippets, &words, NULL);
	assert_false(has(&met, 0, 2)); /* no topic */
	assert_false(has(&met, 0, 4)); /* all of it */
	assert_false(has(&met, 2, 3)); /* one word */
	assert_true(has(&met, 0, 3) && has(&met, 1, 3) && has(&met, 1, 4) && has(&met, 2, 4));
	assert_int_equal(met.n, 4);
	edges[2].barred = true;
	assert_int_equal(met_in(&w, &snippets, &words, edges).n, 0);
	words = text_words(STR("a b c d e f g h j k l m n o p q"), STR("en"), &w.arena);
	met = met_in(&w, &snippets, &words, NULL);
	assert_true(has(&met, 0, SNIPPET_WORDS_MOST) && has(&met, 2, 16));
	assert_false(has(&met, 0, SNIPPET_WORDS_MOST + 1));
	words = text_words(STR(""), STR("en"), &w.arena);
	assert_int_equal(met_in(&w, &snippets, &words, NULL).n, 0);
	assert_int_equal(met_in(&w, &(struct snippets){NULL}, &w.texts[0], NULL).n, 0);
	world_done(&w);
}

static void kinds(void **state)
{
	static const struct {
		unsigned char begins, ends;
		enum snippet_kind kind;
	} table[] = {
		{EDGE_IS, EDGE_IS, SNIPPET_STANDS},	{EDGE_IS, EDGE_PARTS, SNIPPET_LEANS},
		{EDGE_PARTS, EDGE_IS, SNIPPET_LEANS},	{EDGE_IS, EDGE_TEARS, SNIPPET_TORN},
		{EDGE_TEARS, EDGE_IS, SNIPPET_TORN},	{EDGE_PARTS, EDGE_PARTS, SNIPPET_TORN},
		{EDGE_TEARS, EDGE_TEARS, SNIPPET_TORN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct snippet_edges edges[3] = {
			{table[i].begins, 0, false}, {0, 0, false}, {0, table[i].ends, false}};
		struct snippet one = {0, 3, {0}};

		assert_int_equal(snippet_kind_of(edges, &one), table[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(margins_are_the_classifiers),
		cmocka_unit_test(signs_sound_worse),
		cmocka_unit_test(only_some_are_snippets),
		cmocka_unit_test(kinds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
