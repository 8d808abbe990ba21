/* Answers as text for the store, and back. */
#include "book_fixture.h"
#include "core/concepts.h"

static void every_kind_comes_back(void **state)
{
	static const char *const texts[] = {
		"1 -",
		"1 - social:greeting:-",
		"1 - uncovered:not-covered:-",
		"1 - uncovered:after-urgent:scalp/after.sauna,scalp/after.alcohol",
		"1 - uncovered:after-urgent:-",
		"1 - offer:offer:scalp/after.sauna,scalp/about.aims,scalp/after.washing",
		"1 - answer:-:scalp/after.sauna",
		"1 - uncovered:booking:- answer:-:scalp/after.sauna offer:offer:scalp/about.aims",
		"1 - answer:-:scalp/after.sauna uncovered:booking:- uncovered:not-covered:- "
		"social:rest:-",
		"1 urgent urgent:urgent:-",
		"1 crisis urgent:crisis:-",
		"1 emergency urgent:emergency:-",
	};
	static const enum answer_kind kinds[] = {
		ANSWER_SILENT,	  ANSWER_SOCIAL, ANSWER_UNCOVERED, ANSWER_UNCOVERED,
		ANSWER_UNCOVERED, ANSWER_OFFER,	 ANSWER_PASSAGES,  ANSWER_PASSAGES,
		ANSWER_PASSAGES,  ANSWER_URGENT, ANSWER_URGENT,	   ANSWER_URGENT};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct answer a;
		struct err err;

		if (!answer_decode(f.book, str_of(texts[i]), &a, &err))
			fail_msg("not read: %s", texts[i]);
		assert_int_equal(a.kind, kinds[i]);
		assert_string_equal(encoded(&a, &f.arena), texts[i]);
	}
	fixture_done(&f);
}

static void a_passage_that_went_makes_the_answer_changed(void **state)
{
	static const char *const texts[] = {
		"1 - answer:-:scalp/after.gone",
		"1 - answer:-:other/after.sauna",
		"1 - answer:-:scalp",
		"1 - answer:-:scalp/after.sauna answer:-:scalp/gone",
		"1 - offer:offer:scalp/after.sauna,scalp/gone",
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct answer a;

		assert_true(answer_decode(f.book, str_of(texts[i]), &a, NULL));
		assert_string_equal(encoded(&a, &f.arena), "1 - uncovered:changed:-");
	}
	fixture_done(&f);
}

/* A topic that is not covered is kept by the name of its concept. */
static void a_topic_comes_back_by_its_concept(void **state)
{
	static const char both[] =
		"1 - uncovered:not-covered-topic:+scuba answer:-:scalp/after.sauna";
	static const char *const wrong[] = {
		"1 - uncovered:not-covered-topic:-",
		"1 - uncovered:not-covered-topic:+",
		"1 - uncovered:not-covered-topic:+scuba,",
		"1 - uncovered:not-covered-topic:scalp/after.sauna",
		"1 - uncovered:not-covered:+scuba",
		"1 - uncovered:booking:+scuba",
		"1 - answer:-:+scuba",
		"1 - social:greeting:+scuba",
		"1 - offer:offer:scalp/after.sauna+scuba",
	};
	struct fixture f;
	struct answer a;
	struct err err;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/concepts.txt", "scuba (scuba diving): scuba\nsauna: sauna\n");
	fixture_book(&f);
	assert_true(answer_decode(f.book, str_of(both), &a, &err));
	assert_int_equal(a.parts_n, 2);
	assert_str(a.parts[0].topic->title, "scuba diving");
	assert_null(a.parts[1].topic);
	assert_string_equal(encoded(&a, &f.arena), both);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (answer_decode(f.book, str_of(wrong[i]), &a, &err) &&
		    a.parts[0].reply != REPLY_CHANGED)
			fail_msg("taken: \"%s\"", wrong[i]);
	/* the concept went, or the whole table */
	fixture_set(&f, "en/concepts.txt", "sauna: sauna\n");
	fixture_book(&f);
	assert_true(answer_decode(f.book, str_of(both), &a, &err));
	assert_string_equal(encoded(&a, &f.arena), "1 - uncovered:changed:-");
	f.sources_n--;
	fixture_book(&f);
	assert_null(f.book->concepts);
	assert_true(answer_decode(f.book, str_of(both), &a, &err));
	assert_string_equal(encoded(&a, &f.arena), "1 - uncovered:changed:-");
	fixture_done(&f);
}

static void what_was_never_written_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"1",
		"2 - social:greeting:-",
		"1 -  social:greeting:-",
		"1 - social:greeting:- ",
		"1 - social:greeting",
		"1 - social:greeting:",
		"1 - social:hello:-",
		"1 - nonsense:greeting:-",
		"1 - silent:greeting:-",
		"1 - social:-:-",
		"1 - answer:-:-",
		"1 - answer:greeting:scalp/after.sauna",
		"1 - social:greeting:scalp/after.sauna",
		"1 - offer:offer:-",
		"1 - offer:greeting:scalp/after.sauna",
		"1 emergency",
		"1 urgent social:greeting:-",
		"1 emergency answer:-:scalp/after.sauna",
		"1 - urgent:emergency:-",
		"1 high urgent:emergency:-",
		"1 - answer:-:scalp/after.sauna,",
		"1 - answer:-:scalp%2Fafter.sauna",
		"1 - answer:-:scalp/after%2Esauna",
		"1 - answer:-:scalp/after.sauna,scalp/after.sauna,scalp/after.sauna,"
		"scalp/after.sauna",
		"1 - social:greeting:- social:thanks:- social:goodbye:- social:vague:-",
		"1 - social:rest:-",
		"1 - social:rest:- social:thanks:-",
	};
	struct fixture f;
	struct answer untouched = {.kind = ANSWER_OFFER};

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err err = {0};

		if (answer_decode(f.book, str_of(texts[i]), &untouched, &err))
			fail_msg("taken: \"%s\"", texts[i]);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(untouched.kind, ANSWER_OFFER);
	}
	fixture_done(&f);
}

/* Names with blanks, commas and colons: "hair loss, men.md", a heading with "1,000". */
static void any_name_of_a_file_or_heading(void **state)
{
	struct fixture f;
	struct answer a, back;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", "");
	f.sources_n = 0;
	fixture_done(&f);
	fixture_init(&f);
	f.sources[0].name = STR("50% off: hair, loss.md");
	f.sources[1] = f.sources[--f.sources_n];
	f.sources[0].text = STR("---\ntitle: T\n---\n## Are 1,000 grafts enough?\n\n"
				"Nobody knows about grafts.\n");
	fixture_book(&f);
	arena_init(&turn);
	a = ask_in(f.book, NULL, "are 1,000 grafts enough", &turn);
	assert_string_equal(
		encoded(&a, &turn),
		"1 - answer:-:50%25%20off%3A%20hair%2C%20loss/are-1%2C000-grafts-enough");
	assert_true(answer_decode(f.book, str_of(encoded(&a, &turn)), &back, NULL));
	assert_ptr_equal(back.parts[0].passages[0], a.parts[0].passages[0]);
	arena_done(&turn);
	fixture_done(&f);
}

static void flipped_bytes_do_no_harm(void **state)
{
	static const char text[] = "1 - uncovered:booking:- answer:-:scalp/after.sauna "
				   "offer:offer:scalp/about.aims,scalp/after.washing";
	static const char alphabet[] = " :,-/%0129abcAF.\xff\n";
	struct fixture f;
	uint64_t seed = 3;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (int round = 0; round < 20000; round++) {
		char *wrong = malloc(sizeof text);
		struct str cut = {wrong, next_random(&seed) % sizeof text};
		struct answer a;

		memcpy(wrong, text, sizeof text);
		for (uint32_t k = next_random(&seed) % 4; k; k--)
			wrong[next_random(&seed) % (sizeof text - 1)] =
				alphabet[next_random(&seed) % (sizeof alphabet - 1)];
		if (answer_decode(f.book, cut, &a, NULL))
			assert_true(a.kind == ANSWER_SILENT || a.parts_n);
		free(wrong);
	}
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(a_passage_that_went_makes_the_answer_changed),
		cmocka_unit_test(a_topic_comes_back_by_its_concept),
		cmocka_unit_test(what_was_never_written_is_refused),
		cmocka_unit_test(any_name_of_a_file_or_heading),
		cmocka_unit_test(flipped_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
