/* The language pack's files, cut up. */
#include "book_fixture.h"
#include "core/lists.h"

static struct lists parse(struct fixture *f, const char *text)
{
	struct source source = {STR("en/x.md"), str_of(text)};

	mistakes_init(&f->mistakes, &f->arena);
	return lists_parse(&source, &f->arena, &f->mistakes);
}

static void headings_texts_and_items(void **state)
{
	struct fixture f;
	struct lists l;

	(void)state;
	fixture_init(&f);
	l = parse(&f,
		  "# Title\n- not read\n## one \n\n Text\n more.\n\n- a\n  b\n\tc\n\n  apart\n- d\n"
		  "## two\n## three\n* star\n+ plus\nand on\n### deeper\n");
	assert_int_equal(f.mistakes.n, 0);
	assert_int_equal(l.n, 3);
	assert_str(l.v[0].title, "one");
	assert_int_equal(l.v[0].line, 3);
	assert_str(l.v[0].text, "Text\n more.\n\n- a\n  b\n\tc\n\n  apart\n- d");
	assert_int_equal(l.v[0].items_n, 2);
	assert_str(l.v[0].items[0].text, "a b c");
	assert_int_equal(l.v[0].items[0].line, 8);
	assert_str(l.v[0].items[1].text, "d");
	assert_int_equal(l.v[0].items[1].line, 13);
	assert_int_equal(l.v[1].items_n, 0);
	assert_int_equal(l.v[1].text.n, 0);
	assert_int_equal(l.v[2].items_n, 2);
	assert_str(l.v[2].items[0].text, "star");
	assert_str(l.v[2].items[1].text, "plus and on ### deeper");
	assert_ptr_equal(lists_find(&l, STR("two")), &l.v[1]);
	assert_null(lists_find(&l, STR("four")));
	fixture_done(&f);
}

static void lines_of_items(void **state)
{
	static const struct {
		const char *line, *item; /* NULL: begins none */
		bool goes_on;
	} table[] = {
		{"- a b ", "a b", false}, {"  * a", "a", false}, {"+\ta", "a", false},
		{"-", "", false},	  {"-a", NULL, true},	 {"a", NULL, true},
		{"  a", NULL, true},	  {"", NULL, false},	 {" \t", NULL, false},
		{"## a", NULL, false},	  {"### a", NULL, true}, {" ## a", NULL, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str item = STR("?");
		bool begins = lists_begins_item(str_of(table[i].line), &item);

		if (begins != (table[i].item != NULL) ||
		    (begins && !str_eq(item, str_of(table[i].item))) ||
		    lists_goes_on(str_of(table[i].line)) != table[i].goes_on)
			fail_msg("\"%s\"", table[i].line);
	}
}

/* As editors on Windows write them. */
static void marks_and_returns_of_windows(void **state)
{
	struct fixture f;
	struct lists l;

	(void)state;
	fixture_init(&f);
	l = parse(&f, "\xef\xbb\xbf## one\r\n\r\nText\r\nmore\r\n\r\n- a\r\n  b\r\n");
	assert_int_equal(f.mistakes.n, 0);
	assert_int_equal(l.n, 1);
	assert_str(l.v[0].title, "one");
	assert_str(l.v[0].text, "Text\nmore\n\n- a\n  b");
	assert_str(l.v[0].items[0].text, "a b");
	fixture_done(&f);
}

/* Without taking memory for each way there. */
static void items_of_many_lines(void **state)
{
	struct source source = {.name = STR("en/x.md")};
	struct fixture f;
	struct lists l;
	struct buf text;

	(void)state;
	fixture_init(&f);
	buf_init(&text, 1000000);
	buf_add(&text, STR("## one\n- a\n"));
	for (int i = 0; i < 50000; i++)
		buf_add(&text, STR("b\n"));
	buf_add(&text, STR("- c\n  d\n"));
	source.text = buf_str(&text);
	mistakes_init(&f.mistakes, &f.arena);
	l = lists_parse(&source, &f.arena, &f.mistakes);
	assert_int_equal(l.v[0].items_n, 2);
	assert_int_equal(l.v[0].items[0].text.n, 100001);
	assert_true(str_ends(l.v[0].items[0].text, STR("b b b")));
	assert_str(l.v[0].items[1].text, "c d");
	assert_true(f.arena.used < 2000000);

	buf_clear(&text);
	for (int i = 0; i < LISTS_MAX + 5; i++)
		buf_addf(&text, "## h%d\n- a\n", i);
	source.text = buf_str(&text);
	l = lists_parse(&source, &f.arena, &f.mistakes);
	assert_int_equal(l.n, LISTS_MAX);
	assert_int_equal(f.mistakes.n, 1);
	assert_str(mistake_line(&f.mistakes, 0), "en/x.md:8001: more than 4000 headings");
	buf_done(&text);
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	struct fixture f;
	struct lists l;

	(void)state;
	fixture_init(&f);
	l = parse(&f, "## a\n- \n-\n- x\n## b\n## a\n- y\n");
	assert_int_equal(f.mistakes.n, 3);
	assert_true(mistakes_have(&f.mistakes, "en/x.md:2: an empty list item"));
	assert_true(mistakes_have(&f.mistakes, "en/x.md:3: an empty list item"));
	assert_true(mistakes_have(&f.mistakes, "en/x.md:6: the heading \"a\" stands twice"));
	assert_int_equal(l.n, 3);
	l = parse(&f, "## a\n\n- caf\xe9\n- b\n");
	assert_int_equal(f.mistakes.n, 1);
	assert_true(mistakes_have(&f.mistakes, "en/x.md:3: this is not UTF-8 text"));
	assert_int_equal(l.n, 0);
	fixture_done(&f);
}

static void nothing_in_nothing_out(void **state)
{
	static const char *const texts[] = {"", "\n", "text", "- a", "\xef\xbb\xbf", "##", "#"};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(parse(&f, texts[i]).n, 0);
		assert_int_equal(f.mistakes.n, 0);
	}
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_texts_and_items),
		cmocka_unit_test(lines_of_items),
		cmocka_unit_test(marks_and_returns_of_windows),
		cmocka_unit_test(items_of_many_lines),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(nothing_in_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
