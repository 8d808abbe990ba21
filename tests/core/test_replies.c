/* The fixed texts. */
#include "book_fixture.h"

static void details_are_filled_in(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	assert_str(f.book->replies->text[REPLY_EMERGENCY], "Call 112 now.");
	assert_str(f.book->replies->text[REPLY_CRISIS], "Please call 116 123.");
	assert_str(f.book->replies->text[REPLY_URGENT],
		   "Contact The Clinic today: 555 0100. Worse: 112.");
	assert_str(f.book->replies->text[REPLY_NOTE], "(note, 112)");
	assert_str(f.book->clinic.article, "Scalp care");
	fixture_done(&f);
}

static void every_id_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < REPLY_IDS_N; i++) {
		struct str name = reply_id_name((enum reply_id)i);

		assert_true(name.n > 0);
		assert_int_equal(reply_id_of(name), i);
	}
	assert_int_equal(reply_id_of(STR("nothing")), REPLY_NONE);
	assert_int_equal(reply_id_of(STR("")), REPLY_NONE);
	assert_int_equal(reply_id_name(REPLY_NONE).n, 0);
}

/* The fixture's replies with `from` put in the place of the text of thanks. */
static void thanks_set(struct fixture *f, const char *text)
{
	struct str all = fixture_replies(&f->arena);
	struct str mark = STR("(thanks)");
	size_t at = (size_t)str_find(all, mark);
	struct str before = str_sub(all, 0, at);
	struct str after = str_sub(all, at + mark.n, all.n);

	fixture_set_str(
		f, "en/replies.md",
		arena_fmt(&f->arena, STR_FMT "%s" STR_FMT, STR_ARG(before), text, STR_ARG(after)));
}

static void mistakes_have_lines(void **state)
{
	static const char *const table[][2] = {
		{"", "en/replies.md:17: no text under this heading"},
		{"{nobody}", "en/replies.md:17: {nobody} is not known: use {clinic}, {phone}, "
			     "{emergency}, {crisis_line}, {staff} or {article}"},
		{"{}", "en/replies.md:17: {} is not known: use {clinic}, {phone}, {emergency}, "
		       "{crisis_line}, {staff} or {article}"},
		{"call {phone", "en/replies.md:17: a { without its }"},
		{"call {", "en/replies.md:17: a { without its }"},
		{"x\n\n## hello\n\ny", "en/replies.md:21: \"hello\" is not the name of a reply"},
		{"x\n\n## greeting\n\ny",
		 "en/replies.md:21: the heading \"greeting\" stands twice"},
		{"x\n\n## emergency\n\ny", "en/urgent.md:1: \"emergency\" stands twice"},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		fixture_init(&f);
		thanks_set(&f, table[i][0]);
		assert_null(fixture_try(&f));
		if (f.mistakes.n != 1)
			mistakes_show(&f.mistakes);
		assert_int_equal(f.mistakes.n, 1);
		assert_true(mistakes_have(&f.mistakes, table[i][1]));
		fixture_done(&f);
	}
}

static void all_that_is_missing_is_told(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/replies.md", "## note\n\nNote.\n");
	assert_null(fixture_try(&f));
	assert_int_equal(f.mistakes.n, REPLY_EMERGENCY - 1);
	assert_true(mistakes_have(&f.mistakes,
				  "en/replies.md: no text with the heading \"## thanks\""));
	assert_true(mistakes_have(&f.mistakes,
				  "en/replies.md: no text with the heading \"## after-urgent\""));
	fixture_done(&f);
}

static void what_is_filled_in_later(void **state)
{
	const struct reply_late late[] = {{STR("level"), STR("crisis")},
					  {STR("link"), STR("https://x")},
					  {STR("time"), STR("noon")},
					  {STR("number"), STR("2")},
					  {STR("of"), STR("4")}};
	const struct replies *replies;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	replies = fixture_book(&f)->replies;
	assert_true(str_eq(replies_text(replies, REPLY_STAFF_AGAIN, late, 5, &f.arena),
			   STR("(staff-again crisis noon https://x 2/4)")));
	assert_true(str_eq(replies_text(replies, REPLY_STAFF_ALERT, late, 2, &f.arena),
			   STR("(staff-alert crisis  https://x)")));
	assert_true(
		str_eq(replies_text(replies, REPLY_THANKS, late, 5, &f.arena), STR("(thanks)")));
	assert_true(str_eq(replies_topic(replies, STR("prices"), &f.arena),
			   STR("(not-covered-topic prices)")));
	fixture_done(&f);
}

/* A name that must be there is not; one that may not be there is. */
static void names_stand_where_they_belong(void **state)
{
	static const char *const table[][2] = {
		{"staff-again {level} {time} {link} {number}/{of}",
		 "en/replies.md: \"staff-again\" does not name the {number}"},
		{"staff-alert {level} {time} {link}",
		 "en/replies.md: \"staff-alert\" does not name the {link}"},
		{"thanks", "en/replies.md:17: {level} is not known: use {clinic}, {phone}, "
			   "{emergency}, {crisis_line}, {staff} or {article}"},
	};
	static const char *const puts[] = {"{level} {time} {link} {of}", "{level} {time}",
					   "{level}"};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str all;
		size_t at;

		fixture_init(&f);
		all = fixture_replies(&f.arena);
		at = (size_t)str_find(all, arena_fmt(&f.arena, "(%s)", table[i][0]));
		fixture_set_str(
			&f, "en/replies.md",
			arena_fmt(&f.arena, STR_FMT "%s" STR_FMT, STR_ARG(str_sub(all, 0, at)),
				  puts[i],
				  STR_ARG(str_sub(all, at + strlen(table[i][0]) + 2, all.n))));
		assert_null(fixture_try(&f));
		assert_int_equal(f.mistakes.n, 1);
		if (!mistakes_have(&f.mistakes, table[i][1]))
			mistakes_show(&f.mistakes);
		assert_true(mistakes_have(&f.mistakes, table[i][1]));
		fixture_done(&f);
	}
}

static void texts_have_limits(void **state)
{
	struct fixture f;
	struct buf b;

	(void)state;
	fixture_init(&f);
	buf_init(&b, 10000);
	while (b.n < 1600)
		buf_add(&b, STR("word "));
	thanks_set(&f, b.p);
	assert_null(fixture_try(&f));
	assert_true(
		mistakes_have(&f.mistakes, "en/replies.md:17: the text is longer than 1500 bytes"));
	b.n = 600;
	b.p[b.n] = '\0';
	fixture_set_str(&f, "en/replies.md",
			arena_fmt(&f.arena, "## note\n\n%s\n" STR_FMT, b.p,
				  STR_ARG(str_sub(fixture_replies(&f.arena),
						  (size_t)str_find(fixture_replies(&f.arena),
								   STR("## note-short")),
						  100000))));
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes, "en/replies.md: a note is longer than 500 bytes"));
	buf_done(&b);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(details_are_filled_in),
		cmocka_unit_test(every_id_has_a_name),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(all_that_is_missing_is_told),
		cmocka_unit_test(what_is_filled_in_later),
		cmocka_unit_test(names_stand_where_they_belong),
		cmocka_unit_test(texts_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
