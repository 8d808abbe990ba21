/* What is mended, and above all what is not. */
#include "book_fixture.h"
#include "core/lexicon.h"
#include "core/spellings.h"

struct world {
	struct arena arena;
	const struct speller *speller;
	char *table; /* the shipped vectors' bytes */
};

static char *bytes_read(const char *path, size_t *n)
{
	const size_t cap = (size_t)32 * 1024 * 1024;
	FILE *file = fopen(path, "rb");
	char *bytes;

	if (!file)
		fail_msg("%s is missing", path);
	bytes = malloc(cap);
	assert_non_null(bytes);
	*n = fread(bytes, 1, cap, file);
	fclose(file);
	assert_true(*n < cap);
	return bytes;
}

/* Some words of a book, beside the shipped table. */
static void world_init(struct world *w)
{
	struct spellings s;
	struct vectors *vectors;
	struct str table;
	struct err err;

	arena_init(&w->arena);
	spellings_init(&s, &w->arena);
	vectors = arena_new(&w->arena, struct vectors);
	w->table = bytes_read("intents/en/words.vec", &table.n);
	table.p = w->table;
	assert_true(vectors_open(table, &w->arena, vectors, &err));
	spellings_add(&s, STR("mesotherapy shampoo hair wash alcohol sauna injections prosecco"),
		      SPELLING_SURE);
	for (int i = 0; i < 3; i++)
		spellings_add(&s, STR("can i have a shower after the treatment tmrw"),
			      SPELLING_SEEN);
	spellings_add(&s, STR("shapmoo batista nioxin"), SPELLING_SEEN);
	spellings_add(&s, STR("shampop appt brethe"), SPELLING_KNOWN);
	spellings_add(&s, STR("trichologist"), SPELLING_LISTED);
	w->speller = speller_new(s.v, s.n, vectors, STR("en"), &w->arena);
}

static void world_done(struct world *w)
{
	arena_done(&w->arena);
	free(w->table);
}

static const char *mended(const struct speller *speller, const char *text, struct arena *arena)
{
	struct words words = text_words(str_of(text), STR("en"), arena);
	struct words out = speller_mend(speller, &words, arena);
	struct str line = {0};

	for (size_t i = 0; i < out.n; i++)
		line = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(line), i ? " " : "",
				 STR_ARG(out.v[i].text));
	return arena_cstr(arena, line);
}

static void what_is_mended(void **state)
{
	static const struct {
		const char *text, *mended;
	} table[] = {
		{"shapmoo", "shampoo"},
		{"hsampoo", "shampoo"}, /* the first two swapped */
		{"zhampoo", "shampoo"}, /* another first letter */
		{"hampoo", "shampoo"},
		{"injetcions", "injections"},
		{"mezoterapy", "mesotherapy"},
		{"alcoholl", "alcohol"},
		{"tretment", "treatment"},
		{"prosseco", "prosecco"},
		{"becuase", "because"},
		{"tommorrow", "tomorrow"},
		/* letters too many */
		{"soooo", "so"},
		{"pleeeease", "please"},
		{"sauuuuna", "sauna"},
		{"yesssss", "yes"},
		{"goooood", "good"},
		/* digits */
		{"alc0hol", "alcohol"},
		{"inject10ns", "injections"},
		{"sh4mp00", "sh4mp00"}, /* ends in one */
		{"w4sh", "wash"},
		/* run together */
		{"hairwash", "hair wash"},
		{"canishower", "can i shower"},
		{"afterinjections", "after injections"},
		{"shampoohair", "shampoo hair"},
		/* several in one message */
		{"can i hav a showr aftr the sauna", "can i hav a shower after the sauna"},
	};
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(mended(w.speller, table[i].text, &w.arena), table[i].mended) != 0)
			fail_msg("%s is read as %s, not %s", table[i].text,
				 mended(w.speller, table[i].text, &w.arena), table[i].mended);
	world_done(&w);
}

static void what_stays(void **state)
{
	static const char *const table[] = {
		/* rare, but words */
		"sunbed",
		"batiste",
		"minoxidil",
		"finasteride",
		"alopecia",
		"keratin",
		"folliculitis",
		/* of no dictionary */
		"trichologist",
		"appt",
		"brethe",
		"shampop",
		"nioxin",
		"batista",
		"saunaing",
		"kerastase",
		"olaplex",
		"nizoral",
		/* short, numbers, other scripts, digits at an end */
		"sho",
		"was",
		"10000",
		"1000",
		"39.8",
		"b12",
		"week5",
		"3days",
		"2nd",
		"10am",
		"covid19",
		"\xd1\x88\xd0\xb0\xd0\xbc\xd0\xbf\xd1\x83\xd0\xbd\xd1\x8c",
		"\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa4\xa4",
		"\xf0\x9f\x8d\xba",
		"lllt",
		"xqzvplk",
		"abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc",
		/* another language */
		"kann ich nach der behandlung meine haare waschen und schwimmen",
		"puedo tomar vino despues del tratamiento capilar manana noche",
		"",
	};
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(mended(w.speller, table[i], &w.arena), table[i]) != 0)
			fail_msg("%s is read as %s", table[i],
				 mended(w.speller, table[i], &w.arena));
	world_done(&w);
}

static void places_and_sentences_stay(void **state)
{
	struct world w;
	struct words words, out;

	(void)state;
	world_init(&w);
	words = text_words(STR("Hi, canishower? So, afterinjections; saunna."), STR("en"),
			   &w.arena);
	out = speller_mend(w.speller, &words, &w.arena);
	assert_int_equal(out.n, 8);
	assert_str(out.v[1].text, "can");
	assert_int_equal(out.v[1].mark, MARK_COMMA);
	assert_int_equal(out.v[2].mark, MARK_NONE);
	assert_str(out.v[3].text, "shower");
	assert_int_equal(out.v[1].place, 1);
	assert_int_equal(out.v[3].place, 1);
	assert_int_equal(out.v[4].place, 2);
	assert_str(out.v[6].stem, "inject");
	assert_int_equal(out.v[6].clause, words.v[3].clause);
	assert_str(out.v[7].text, "sauna");
	assert_int_equal(out.v[7].place, 4);
	assert_int_equal(out.v[7].clause, words.v[4].clause);
	assert_int_equal(out.sentences_n, 2);
	assert_int_equal(out.sentences[0].first, 0);
	assert_int_equal(out.sentences[0].count, 4);
	assert_true(out.sentences[0].asks);
	assert_int_equal(out.sentences[1].first, 4);
	assert_int_equal(out.sentences[1].count, 4);
	assert_false(out.sentences[1].asks);
	world_done(&w);
}

/* Without a table only the book's own words are known. */
static void a_small_vocabulary(void **state)
{
	struct arena arena;
	struct spellings s;
	const struct speller *speller;

	(void)state;
	arena_init(&arena);
	spellings_init(&s, &arena);
	speller = speller_new(NULL, 0, NULL, STR("en"), &arena);
	assert_string_equal(mended(speller, "shampo anything", &arena), "shampo anything");
	spellings_add(&s, STR("shampoo"), SPELLING_SURE);
	spellings_add(&s, STR("shampio sauna sauna sauna"), SPELLING_SEEN);
	speller = speller_new(s.v, s.n, NULL, STR("en"), &arena);
	assert_string_equal(mended(speller, "shampo saunna shampio", &arena),
			    "shampoo sauna shampoo");
	arena_done(&arena);
}

static void any_bytes_can_be_mended(void **state)
{
	static const char letters[] = "abcdeghilmnoprstuw  '.?0,";
	uint64_t seed = 17;
	struct world w;
	struct arena turn;

	(void)state;
	world_init(&w);
	arena_init(&turn);
	for (int round = 0; round < 3000; round++) {
		char text[120];
		size_t n = next_random(&seed) % sizeof text;
		struct words words, out;

		for (size_t i = 0; i < n; i++)
			text[i] = round % 2 ? (char)next_random(&seed)
					    : letters[next_random(&seed) % (sizeof letters - 1)];
		words = text_words((struct str){text, n}, STR("en"), &turn);
		out = speller_mend(w.speller, &words, &turn);
		assert_true(out.n >= words.n);
		assert_int_equal(out.sentences_n, words.sentences_n);
		for (size_t i = 1; i < out.n; i++)
			assert_true(out.v[i].place >= out.v[i - 1].place);
		arena_reset(&turn);
	}
	arena_done(&turn);
	world_done(&w);
}

static void words_of_a_table_of_concepts(void **state)
{
	struct arena arena;
	struct spellings s;
	struct source table = {STR("en/concepts.txt"),
			       STR("# a comment\n\nspa (the spa): sauna* hot_tub\n\tjacuzzi\n")};

	(void)state;
	arena_init(&arena);
	spellings_init(&s, &arena);
	spellings_add_concepts(&s, NULL);
	assert_int_equal(s.n, 0);
	spellings_add_concepts(&s, &table);
	assert_int_equal(s.n, 4);
	assert_str(s.v[0].word, "sauna");
	assert_int_equal(s.v[0].how, SPELLING_SEEN);
	assert_str(s.v[1].word, "hot");
	assert_int_equal(s.v[1].how, SPELLING_LISTED);
	assert_str(s.v[2].word, "tub");
	assert_str(s.v[3].word, "jacuzzi");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_mended),
		cmocka_unit_test(what_stays),
		cmocka_unit_test(places_and_sentences_stay),
		cmocka_unit_test(a_small_vocabulary),
		cmocka_unit_test(any_bytes_can_be_mended),
		cmocka_unit_test(words_of_a_table_of_concepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
