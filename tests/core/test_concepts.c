/* The table of concepts: read, with every mistake told, and found in text. */
#include "book_fixture.h"
#include "core/concepts.h"

struct table {
	struct arena arena;
	struct mistakes mistakes;
	struct concepts concepts;
};

static bool table_parse(struct table *t, struct str text)
{
	struct source source = {STR("en/concepts.txt"), text};

	arena_init(&t->arena);
	mistakes_init(&t->mistakes, &t->arena);
	return concepts_parse(&source, &t->arena, &t->concepts, &t->mistakes);
}

static void table_done(struct table *t)
{
	arena_done(&t->arena);
}

/* "alcohol@2+1 scalp@5+1": name, first word, words; all of them, but for those behind `max`. */
static const char *found(struct table *t, const char *text, size_t from, size_t to, size_t max)
{
	struct words words = text_words(str_of(text), STR("en"), &t->arena);
	struct concept_hit *hits = calloc(max ? max : 1, sizeof *hits);
	size_t n = concepts_find(&t->concepts, &words, from, to, hits, max);
	struct str out = STR("");

	assert_true(n <= max);
	for (size_t i = 0; i < n; i++)
		out = arena_fmt(&t->arena, STR_FMT "%s" STR_FMT "@%u+%u", STR_ARG(out),
				out.n ? " " : "", STR_ARG(t->concepts.v[hits[i].concept].name),
				hits[i].first, hits[i].count);
	free(hits);
	return arena_cstr(&t->arena, out);
}

static const char small[] = "# what patients drink\n"
			    "alcohol: beer beers wine* the_pub pint pint*\n"
			    "\n"
			    "hair_wash (washing your hair): wash shampoo*\n"
			    "\twet_hair hot_water\n"
			    "  # about cold things\n"
			    "  rinse\n"
			    "cold (cold food): ice_cream cold cold_drink*\n"
			    "cream: cream creams ointment*\n"
			    "~skin: skin sore_skin\n"
			    "~head: head sore_head\n"
			    "pain: sore pain* sore_head\n"
			    "headache: sore_head head_ache*\n"
			    "+before: before_beer before\n"
			    "!bill (what it costs): invoice\n"
			    "~+way_home: lift_home\n"
			    "q_where: where_is wherever\n"
			    "q_what: what_is where_is_the\n";

static void a_table_is_read(void **state)
{
	struct table t;
	const struct concept *c;

	(void)state;
	assert_true(table_parse(&t, str_of(small)));
	assert_int_equal(t.mistakes.n, 0);
	assert_int_equal(t.concepts.n, 13);
	c = &t.concepts.v[concepts_named(&t.concepts, STR("hair_wash"))];
	assert_str(c->title, "washing your hair");
	assert_int_equal(c->line, 4);
	assert_true(concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("skin"))];
	assert_str(c->name, "skin");
	assert_str(c->title, "skin");
	assert_true(c->general && !c->question && !concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("before"))];
	assert_true(c->beside && !c->general && !c->question && concept_is_nameable(c));
	assert_false(c->desk);
	c = &t.concepts.v[concepts_named(&t.concepts, STR("bill"))];
	assert_str(c->title, "what it costs");
	assert_true(c->desk && !c->general && !c->beside && concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("way_home"))];
	assert_true(c->general && c->beside && !c->desk && !concept_is_nameable(c));
	c = &t.concepts.v[concepts_named(&t.concepts, STR("q_where"))];
	assert_str(c->title, "q where");
	assert_true(c->question && !c->general && !concept_is_nameable(c));
	assert_int_equal(concepts_named(&t.concepts, STR("hair")), CONCEPT_NONE);
	table_done(&t);
}

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

#define X8 "xxxxxxxx"
#define X40 X8 X8 X8 X8 X8

static void mistakes_have_lines(void **state)
{
	static const struct {
		const char *text, *line;
	} table[] = {
		{"", ": there is no concept in it"},
		{"# only this\n\n", ": there is no concept in it"},
		{"a: b\n\xff: c\n", ":2: this is not UTF-8 text"},
		{"a: b\nbeer wine\n",
		 ":2: a concept is written \"name: words\"; a line that goes on with the one above "
		 "begins with a blank"},
		{" beer\na: b\n",
		 ":1: this line goes on with a concept, and there is none above it"},
		{"a: b\n: c\n", ":2: \"\" is no name: a letter, then letters, digits and _, all "
				"small, at most 40"},
		{"a: b\n\nHair: c\n", ":3: \"Hair\" is no name: a letter, then letters, digits and "
				      "_, all small, at most 40"},
		{"2nd: c\n", ":1: \"2nd\" is no name: a letter, then letters, digits and _, all "
			     "small, at most 40"},
		{"hair wash: c\n", ":1: \"hair wash\" is no name: a letter, then letters, digits "
				   "and _, all small, at most 40"},
		{X40 "x: c\n", ":1: \"" X40 "x\" is no name: a letter, then letters, digits and _, "
			       "all small, at most 40"},
		{"a: b\n\n~a: c\n", ":3: \"a\" is the name of the concept in line 1 too"},
		{"a (): b\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a ( ): b\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (b: c\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (b) c: d\n", ":1: a title is written (like this), with at most 60 letters"},
		{"a (" X40 X8 X8 "xxxxx): d\n",
		 ":1: a title is written (like this), with at most 60 letters"},
		{"a: b\nc:\n# d\ne: f\n", ":2: \"c\" has no words"},
		{"a: b\nc:   \n", ":2: \"c\" has no words"},
		{"a: b\n\tPRP\n", ":2: \"PRP\" is written \"prp\" here"},
		{"a: x-ray*\n", ":1: \"x-ray*\" is written \"x_ray*\" here"},
		{"a: can't_sleep\n", ":1: \"can't_sleep\" is written \"cant_sleep\" here"},
		{"a: caf\xc3\xa9\n", ":1: \"caf\xc3\xa9\" is written \"cafe\" here"},
		{"a: b,\n", ":1: \"b,\" is written \"b\" here"},
		{"a: b__c\n", ":1: \"b__c\" is written \"b_c\" here"},
		{"a: _b\n", ":1: \"_b\" is written \"b\" here"},
		{"a: (b)\n", ":1: \"(b)\" is written \"b\" here"},
		{"a: *\n", ":1: \"*\" has no word in it"},
		{"a: b ... c\n", ":1: \"...\" has no word in it"},
		{"a: w*ne\n", ":1: \"w*ne\" has a * that is not at its end"},
		{"a: wine**\n", ":1: \"wine**\" has a * that is not at its end"},
		{"a: wi*\n", ":1: \"wi*\" fits too much: at least 3 letters before the *"},
		{"a: red_wi*\n", ":1: \"red_wi*\" fits too much: at least 3 letters before the *"},
		{"a: b_b_b_b_b_b_b_b_b\n", ":1: \"b_b_b_b_b_b_b_b_b\" is too long"},
		{"a: " X40 X40 X40 "x\n", ":1: \"" X40 X40 X40 "x\" is too long"},
		{"a: beer\n\twine\n\n beer\n", ":4: \"beer\" stands twice in \"a\""},
		{"a: beer* beer beer*\n", ":1: \"beer*\" stands twice in \"a\""},
		{"a: the_pub the_pub\n", ":1: \"the_pub\" stands twice in \"a\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct table t;
		struct str line;

		assert_false(table_parse(&t, str_of(table[i].text)));
		line = arena_fmt(&t.arena, "en/concepts.txt%s", table[i].line);
		assert_true(mistakes_have(&t.mistakes, line.p));
		assert_int_equal(t.mistakes.n, 1);
		table_done(&t);
	}
}

static void all_mistakes_are_told_at_once(void **state)
{
	static const char text[] = "a: B\nC: d\n\tE f\nb: g*\nd: h h\n";
	struct table t;

	(void)state;
	assert_false(table_parse(&t, str_of(text)));
	/* what goes on with a concept that is no good is passed over */
	assert_int_equal(t.mistakes.n, 4);
	assert_int_equal(t.mistakes.v[0].line, 1);
	assert_int_equal(t.mistakes.v[1].line, 2);
	assert_int_equal(t.mistakes.v[2].line, 4);
	assert_int_equal(t.mistakes.v[3].line, 5);
	table_done(&t);
}

static void what_is_at_the_limit_is_read(void **state)
{
	struct table t;

	(void)state;
	assert_true(table_parse(&t, str_of("\xef\xbb\xbf" X40 " (" X40 X8 X8 "xxxx): abc*\r\n"
					   " b_b_b_b_b_b_b_b " X40 X40 X40)));
	assert_int_equal(t.mistakes.n, 0);
	assert_int_equal(t.concepts.v[0].name.n, 40);
	assert_int_equal(t.concepts.v[0].title.n, 60);
	assert_string_equal(found(&t, "b b b b b b b b", 0, 8, 9), X40 "@0+8");
	assert_string_equal(found(&t, X40 X40 X40, 0, 1, 9), X40 "@0+1");
	table_done(&t);
}

static void there_is_an_end_to_tables(void **state)
{
	struct table t;
	struct buf b;

	(void)state;
	buf_init(&b, 1000000);
	for (int i = 0; i < CONCEPTS_MAX; i++)
		buf_addf(&b, "c%d: word%d\n", i, i);
	assert_true(table_parse(&t, buf_str(&b)));
	assert_string_equal(found(&t, "word1023 word1024", 0, 2, 9), "c1023@0+1");
	table_done(&t);
	buf_addf(&b, "more: words\nstill_more: words\n\twords words\n");
	assert_false(table_parse(&t, buf_str(&b)));
	assert_int_equal(t.mistakes.n, 1);
	assert_true(mistakes_have(&t.mistakes, "en/concepts.txt:1025: more than 1024 concepts"));
	table_done(&t);
	buf_done(&b);

	buf_init(&b, 1000000);
	buf_addf(&b, "a:");
	for (int i = 0; i < CONCEPT_ENTRIES_MAX; i++)
		buf_addf(&b, " w%d", i);
	assert_true(table_parse(&t, buf_str(&b)));
	assert_string_equal(found(&t, "w39999", 0, 1, 9), "a@0+1");
	table_done(&t);
	buf_addf(&b, "\n more still_more\n");
	assert_false(table_parse(&t, buf_str(&b)));
	assert_int_equal(t.mistakes.n, 1);
	assert_true(mistakes_have(&t.mistakes, "en/concepts.txt:2: more than 40000 entries"));
	table_done(&t);
	buf_done(&b);
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

/* Junk that looks like a table is read or refused, and text of any kind is searched. */
static void junk_does_no_harm(void **state)
{
	static const char *const pieces[] = {":",
					     "\n",
					     " ",
					     "\t",
					     "~",
					     "(",
					     ")",
					     "*",
					     "_",
					     "#",
					     "q_",
					     "a",
					     "abc",
					     "wine",
					     "'",
					     "-",
					     "\r",
					     "\xc3",
					     "\xc3\xa9",
					     "\xf0\x9f\x8d\xba",
					     "\xe2\x80\x8b",
					     "",
					     "1.5",
					     "\xef\xbb\xbf",
					     "x: y"};
	uint64_t random = 11;
	size_t read = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[200] = "";
		struct table t;
		struct concept_hit hits[8];
		struct words words;
		size_t count = next_random(&random) % 14;

		for (size_t i = 0; i < count; i++)
			strcat(text,
			       pieces[next_random(&random) % (sizeof pieces / sizeof *pieces)]);
		if (table_parse(&t, str_of(text))) {
			read++;
			assert_int_equal(t.mistakes.n, 0);
			words = text_words(str_of(text), STR("en"), &t.arena);
			concepts_find(&t.concepts, &words, 0, words.n, hits, 8);
		} else {
			assert_true(t.mistakes.errors > 0);
		}
		table_done(&t);
	}
	assert_true(read > 100);
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

static void a_book_has_the_table_when_it_is_there(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_null(fixture_book(&f)->concepts);
	fixture_set(&f, "en/concepts.txt", small);
	assert_int_equal(fixture_book(&f)->concepts->n, 13);
	fixture_set(&f, "en/concepts.txt", "a: b\nc: B\n");
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes, "en/concepts.txt:2: \"B\" is written \"b\" here"));
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_read),
		cmocka_unit_test(entries_are_found),
		cmocka_unit_test(only_the_range_is_looked_at),
		cmocka_unit_test(a_set_holds_each_once),
		cmocka_unit_test(hiding_reaches_from_words_before),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(all_mistakes_are_told_at_once),
		cmocka_unit_test(what_is_at_the_limit_is_read),
		cmocka_unit_test(there_is_an_end_to_tables),
		cmocka_unit_test(hits_are_those_of_a_plain_search),
		cmocka_unit_test(junk_does_no_harm),
		cmocka_unit_test(the_shipped_table_knows_questions),
		cmocka_unit_test(a_book_has_the_table_when_it_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
