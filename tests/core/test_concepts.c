/* The table of concepts: found in text. */
#include "concepts_table.h"

static void entries_are_found(void **state)
{
	static const struct {
		const char *text, *hits;
	} table[] = {
		{"", ""},
		{"nothing of the kind", ""},
		/* whole words, in any case, with any marks around them */
		{"A BEER?", "alcohol@1+1"},
		{"beery", ""},
		{"beer, beers... b\xc3\xa9\xc3\xa9r!", "alcohol@0+1 alcohol@1+1 alcohol@2+1"},
		/* any ending */
		{"winery", "alcohol@0+1"},
		{"win", ""},
		{"ointment ointments", "cream@0+1 cream@1+1"},
		/* one hit for a word that two entries of a concept fit */
		{"pint", "alcohol@0+1"},
		{"pints", "alcohol@0+1"},
		/* phrases: every word, in order, together, in one sentence */
		{"to the pub", "alcohol@1+2"},
		{"the-pub", "alcohol@0+2"},
		{"the old pub", ""},
		{"pub the", ""},
		{"the, pub", "alcohol@0+2"},
		{"the. Pub", ""},
		{"the", ""},
		{"a cold drinking place", "cold@1+2"},
		/* a line that goes on */
		{"rinse my wet hair", "hair_wash@0+1 hair_wash@2+2"},
		/* the longest entry wins */
		{"ice cream", "cold@0+2"},
		{"cream ice", "cream@0+1"},
		{"ice creams", "cream@1+1"},
		/* of the same length all count; what is general is not hidden */
		{"sore head", "head@0+2 pain@0+2 headache@0+2 head@1+1"},
		{"sore skin", "skin@0+2 skin@1+1"},
		/* what is said beside a topic hides nothing, and is not hidden */
		{"before beer", "before@0+2 before@0+1 alcohol@1+1"},
		/* ways to ask hide ways to ask */
		{"where is the pub", "q_what@0+3 alcohol@2+2"},
		{"where is a pub", "q_where@0+2"},
	};
	struct table t;

	(void)state;
	assert_true(table_parse(&t, str_of(small)));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(found(&t, table[i].text, 0, SIZE_MAX, 99), table[i].hits);
	table_done(&t);
}

static void only_the_range_is_looked_at(void **state)
{
	static const char text[] = "beer in the pub with ice cream";
	struct table t;

	(void)state;
	assert_true(table_parse(&t, str_of(small)));
	assert_string_equal(found(&t, text, 0, 7, 9), "alcohol@0+1 alcohol@2+2 cold@5+2");
	assert_string_equal(found(&t, text, 0, 7, 2), "alcohol@0+1 alcohol@2+2");
	assert_string_equal(found(&t, text, 0, 7, 0), "");
	assert_string_equal(found(&t, text, 1, 3, 9), "");
	assert_string_equal(found(&t, text, 1, 4, 9), "alcohol@2+2");
	assert_string_equal(found(&t, text, 3, 6, 9), "");
	/* what begins before the range hides nothing in it */
	assert_string_equal(found(&t, text, 6, 7, 9), "cream@6+1");
	assert_string_equal(found(&t, text, 7, 9, 9), "");
	assert_string_equal(found(&t, text, 5, 3, 9), "");
	table_done(&t);
}

static void a_set_holds_each_once(void **state)
{
	struct table t;
	struct words words;
	struct concept_set set, more = {0};
	size_t n = 0;

	(void)state;
	assert_true(table_parse(&t, str_of(small)));
	words = text_words(STR("beer, wine and ice cream; beer"), STR("en"), &t.arena);
	set = concepts_in(&t.concepts, &words, 0, words.n);
	for (size_t i = 0; i < CONCEPTS_MAX; i++)
		n += concept_set_has(&set, i);
	assert_int_equal(n, 2);
	assert_true(concept_set_has(&set, concepts_named(&t.concepts, STR("alcohol"))));
	assert_true(concept_set_has(&set, concepts_named(&t.concepts, STR("cold"))));
	concept_set_add(&more, CONCEPTS_MAX - 1);
	concept_set_add(&more, 64);
	concept_set_join(&more, &set);
	assert_true(concept_set_has(&more, CONCEPTS_MAX - 1) && concept_set_has(&more, 64));
	assert_true(concept_set_has(&more, concepts_named(&t.concepts, STR("cold"))));
	assert_false(concept_set_has(&set, 64));
	table_done(&t);
}

/* Hiding is by the words that an entry lies in, wherever that one begins. */
static void hiding_reaches_from_words_before(void **state)
{
	static const char text[] = "a: one_two_three_four\nb: two_three\nc: three_four_five\n"
				   "d: four\ne: five\nf: four_five\n";
	struct table t;

	(void)state;
	assert_true(table_parse(&t, str_of(text)));
	assert_string_equal(found(&t, "one two three four five", 0, 5, 99), "a@0+4 c@2+3");
	assert_string_equal(found(&t, "two three four", 0, 5, 99), "b@0+2 d@2+1");
	assert_string_equal(found(&t, "three four five five", 0, 5, 99), "c@0+3 e@3+1");
	table_done(&t);
}

/* Every hit of concepts_find, by looking at each entry of the file. */
struct plain_entry {
	struct str words[CONCEPT_WORDS_MAX];
	size_t n, concept;
	bool any_ending;
};

struct plain {
	struct plain_entry entries[40];
	size_t n;
	const struct concepts *concepts;
	const struct words *words;
};

static bool plain_fits(const struct plain *p, const struct plain_entry *e, size_t at)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct word *word = &p->words->v[at + i];

		if (at + i >= p->words->n || word->sentence != p->words->v[at].sentence)
			return false;
		if (!(i + 1 == e->n && e->any_ending ? str_starts(word->text, e->words[i])
						     : str_eq(word->text, e->words[i])))
			return false;
	}
	return true;
}

static bool plain_hidden(const struct plain *p, size_t concept, size_t at, size_t count)
{
	const struct concept *of = &p->concepts->v[concept];

	for (size_t i = 0; i < p->n && !of->general && !of->beside; i++)
		for (size_t k = 0; k <= at; k++)
			if (p->entries[i].n > count && k + p->entries[i].n >= at + count &&
			    p->concepts->v[p->entries[i].concept].question == of->question &&
			    !p->concepts->v[p->entries[i].concept].beside &&
			    plain_fits(p, &p->entries[i], k))
				return true;
	return false;
}

static bool plain_has(const struct plain *p, size_t concept, size_t at, size_t count)
{
	bool fits = false;

	for (size_t i = 0; i < p->n; i++)
		fits = fits || (p->entries[i].concept == concept && p->entries[i].n == count &&
				plain_fits(p, &p->entries[i], at));
	return fits && !plain_hidden(p, concept, at, count);
}

#define PLAIN_CONCEPTS 8
#define PLAIN_WORDS 4
static const char *const plain_vocabulary[] = {"abc", "abcd", "abcde", "b", "c", "ab"};
static const char *const plain_names[PLAIN_CONCEPTS] = {"a",   "b",   "c",  "~d",
							"q_e", "q_f", "+g", "h"};

/* A small table of few words, so that entries overlap in every way. */
static void plain_table(struct plain *p, struct buf *text, uint64_t *random)
{
	p->n = 0;
	for (size_t concept = 0; concept < PLAIN_CONCEPTS; concept ++) {
		buf_addf(text, "%s%s:", concept ? "\n" : "", plain_names[concept]);
		for (size_t count = 1 + next_random(random) % 4; count > 0; count--) {
			struct plain_entry *e = &p->entries[p->n++];

			*e = (struct plain_entry){.concept = concept,
						  .n = 1 + next_random(random) % PLAIN_WORDS};
			for (size_t k = 0; k < e->n; k++) {
				e->words[k] = str_of(plain_vocabulary[next_random(random) % 6]);
				buf_addf(text, "%s" STR_FMT, k ? "_" : " ", STR_ARG(e->words[k]));
			}
			e->any_ending = e->words[e->n - 1].n >= 3 && next_random(random) % 2;
			buf_addf(text, "%s", e->any_ending ? "*" : "");
		}
	}
}

/* How many hits there are, each seen by both searches. */
static size_t plain_compare(const struct plain *p)
{
	struct concept_set set = concepts_in(p->concepts, p->words, 0, p->words->n);
	struct concept_hit hits[400];
	size_t n = concepts_find(p->concepts, p->words, 0, p->words->n, hits, 400);
	size_t wanted = 0;

	for (size_t i = 0; i < n; i++) {
		assert_true(plain_has(p, hits[i].concept, hits[i].first, hits[i].count));
		assert_true(concept_set_has(&set, hits[i].concept));
		if (i == 0)
			continue;
		assert_true(
			hits[i - 1].first < hits[i].first ||
			(hits[i - 1].first == hits[i].first && hits[i - 1].count >= hits[i].count));
		assert_memory_not_equal(&hits[i - 1], &hits[i], sizeof *hits);
	}
	for (size_t concept = 0; concept < PLAIN_CONCEPTS; concept ++)
		for (size_t at = 0; at < p->words->n; at++)
			for (size_t count = 1; count <= PLAIN_WORDS; count++)
				wanted += plain_has(p, concept, at, count);
	assert_int_equal(wanted, n);
	return n;
}

static void hits_are_those_of_a_plain_search(void **state)
{
	uint64_t random = 3;
	size_t tables = 0, hits = 0;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct plain plain;
		struct buf text, question;
		struct table t;
		struct words words;

		buf_init(&text, 10000);
		buf_init(&question, 10000);
		plain_table(&plain, &text, &random);
		for (int i = 0; i < 12; i++)
			buf_addf(&question, "%s%s", plain_vocabulary[next_random(&random) % 6],
				 next_random(&random) % 8 ? " " : ". ");
		if (table_parse(&t, buf_str(&text))) {
			words = text_words(buf_str(&question), STR(""), &t.arena);
			plain.concepts = &t.concepts;
			plain.words = &words;
			hits += plain_compare(&plain);
			tables++;
		} else {
			assert_non_null(strstr(t.mistakes.v[0].what.p, "stands twice"));
		}
		table_done(&t);
		buf_done(&text);
		buf_done(&question);
	}
	assert_true(tables > 500 && hits > 5000);
}

/* What the shipped table says to questions: all of `has`, nothing of `has_not`. */
static void the_shipped_table_knows_questions(void **state)
{
	static const struct {
		const char *question, *has, *has_not;
	} table[] = {
		{"How much is one session?", "cost", ""},
		{"can i have prosecco tonight", "alcohol q_is_it_allowed", ""},
		{"ice cream for dinner?", "soft_food food", "cream"},
		{"I had a Red Bull", "caffeine", "redness"},
		{"sore throat", "sore_throat throat", "pain"},
		{"Sauna the day BEFORE the injections, ok?", "sauna before needle", "after"},
		{"sauna the day after my injections", "sauna after", "before"},
		{"how many injections will I get", "needle_count", ""},
		{"what size of needle, 30G?", "needle_size", ""},
		{"will it be numbed with EMLA cream", "local_anaesthetic", "cream"},
		{"how many sessions do i need", "session_count", ""},
		{"how long does a session last", "session_length", ""},
		{"can i wear my hat", "headwear", ""},
		{"can I comb it? or a haircut", "combing cutting", ""},
		{"when may i dye my roots", "dyeing", ""},
		{"which vitamin tablets should i take", "oral_vitamins", ""},
		{"minoxidil or finasteride or PRP", "minoxidil finasteride prp", ""},
		{"I'm pregnant, and breast-feeding my first", "pregnancy breastfeeding", ""},
		{"she's a 15-year-old", "children", ""},
		{"where can i park my car", "parking", "driving"},
		{"whats the wi-fi password", "wifi", ""},
		{"do you have before and after photos", "photos", "before"},
		{"is there any evidence, studies?", "evidence", ""},
		{"does it hurt", "pain q_does_it_hurt", ""},
		{"hello, thank you", "chitchat", ""},
	};
	struct table t;
	char *text = file_text("intents/en/concepts.txt");

	(void)state;
	assert_non_null(text);
	assert_true(table_parse(&t, str_of(text)));
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words words = text_words(str_of(table[i].question), STR("en"), &t.arena);
		struct concept_set set = concepts_in(&t.concepts, &words, 0, words.n);

		for (int unwanted = 0; unwanted < 2; unwanted++) {
			struct str rest = str_of(unwanted ? table[i].has_not : table[i].has);
			struct str name;

			while (str_cut(&rest, ' ', &name)) {
				size_t concept = concepts_named(&t.concepts, name);

				if (concept == CONCEPT_NONE ||
				    concept_set_has(&set, concept) == unwanted)
					fail_msg("%s: " STR_FMT, table[i].question, STR_ARG(name));
			}
		}
	}
	free(text);
	table_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_found),
		cmocka_unit_test(only_the_range_is_looked_at),
		cmocka_unit_test(a_set_holds_each_once),
		cmocka_unit_test(hiding_reaches_from_words_before),
		cmocka_unit_test(hits_are_those_of_a_plain_search),
		cmocka_unit_test(the_shipped_table_knows_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
