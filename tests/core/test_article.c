/* Articles: Markdown in, sections and passages out. */
#include "book_fixture.h"

#define HEAD "---\ntitle: T\n---\n"

static const struct article *parse_str(struct fixture *f, struct str text)
{
	mistakes_init(&f->mistakes, &f->arena);
	return article_parse(STR("a.md"), text, &f->arena, &f->mistakes);
}

static const struct article *parse(struct fixture *f, const char *text)
{
	return parse_str(f, str_of(text));
}

static void front_matter_sections_and_ids(void **state)
{
	struct fixture f;
	const struct article *a;

	(void)state;
	fixture_init(&f);
	a = parse(&f, "---\ntitle: Hair: a guide\nlanguage: de\nversion: 2\nsource: me\n"
		      "approved_by: Dr A\napproved_on: 2026-01-01\nreview_by: 2027-01-01\n---\n"
		      "Above.\n\n## First *one*\n\nText one\non two lines.\n\nMore. {.benefit}\n\n"
		      "Own. {#own.id .risk}\n\n- item a\n- item b {#item.b .benefit}\n\n"
		      "### Deeper {#deep}\n\n1. **Lead.** rest\n2. second\n");
	if (!a)
		mistakes_show(&f.mistakes);
	assert_non_null(a);
	assert_int_equal(f.mistakes.n, 0);
	assert_str(a->name, "a");
	assert_str(a->title, "Hair: a guide");
	assert_str(a->language, "de");
	assert_str(a->version, "2");
	assert_str(a->source, "me");
	assert_str(a->approved_by, "Dr A");
	assert_str(a->approved_on, "2026-01-01");
	assert_str(a->review_by, "2027-01-01");
	assert_int_equal(a->sections_n, 3);
	assert_str(a->sections[0].title, "Hair: a guide");
	assert_str(a->sections[1].title, "First one");
	assert_str(a->sections[1].slug, "first-one");
	assert_str(a->sections[2].slug, "deep");
	assert_int_equal(a->passages_n, 7);
	assert_str(a->passages[0].id, "hair-a-guide");
	assert_str(a->passages[1].id, "first-one");
	assert_str(a->passages[1].plain, "Text one on two lines.\n\nMore.");
	assert_true(a->passages[1].benefit);
	assert_int_equal(a->passages[1].line, 14);
	assert_str(a->passages[2].id, "own.id");
	assert_ptr_equal(a->risk, &a->passages[2]);
	assert_str(a->passages[3].id, "first-one/1");
	assert_true(a->passages[3].item);
	assert_str(a->passages[4].id, "item.b");
	assert_str(a->passages[4].markdown, "item b");
	assert_str(a->passages[5].id, "deep/1");
	assert_str(a->passages[5].topic, "Lead");
	assert_str(a->passages[6].id, "deep/2");
	assert_ptr_equal(a->passages[6].section, &a->sections[2]);
	assert_ptr_equal(article_passage(a, STR("item.b")), &a->passages[4]);
	assert_null(article_passage(a, STR("item")));
	fixture_done(&f);
}

/* As YAML reads them. */
static void front_matter_quotes(void **state)
{
	static const struct {
		const char *written, *value;
	} table[] = {
		{"\"After your visit\"", "After your visit"},
		{"'After your visit'", "After your visit"},
		{"\"Hair: a guide\"  ", "Hair: a guide"},
		{"\"The \\\"soft\\\" one \\\\ two\"", "The \"soft\" one \\ two"},
		{"'It''s \"this\"'", "It's \"this\""},
		{"\"It's\"", "It's"},
		{"The \"soft\" one", "The \"soft\" one"},
		{"What's new", "What's new"},
		{"C:\\leaflets", "C:\\leaflets"},
		{"\"open", NULL},
		{"'open", NULL},
		{"\"", NULL},
		{"\"open\\\"", NULL},
		{"\"two\" words", NULL},
		{"\"two\" \"words\"", NULL},
		{"'it's'", NULL},
		{"\"tab\\t\"", NULL},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str text = arena_fmt(&f.arena, "---\ntitle: %s\n---\n## S\n\nText.\n",
					    table[i].written);
		const struct article *a = parse_str(&f, text);

		if (!a != !table[i].value)
			fail_msg("%s: %s", table[i].written, a ? "taken" : "not taken");
		if (a)
			assert_str(a->title, table[i].value);
	}
	fixture_done(&f);
}

static void windows_and_unix_line_ends_give_the_same(void **state)
{
	static const char text[] = "\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n\r\n## A b\r\n\r\none\r\n"
				   "two {#x.y}\r\n\r\n- three\r\n  four\r\n";
	struct fixture f;
	const struct article *a;

	(void)state;
	fixture_init(&f);
	a = parse(&f, text);
	assert_non_null(a);
	assert_str(a->title, "T");
	assert_int_equal(a->passages_n, 2);
	assert_str(a->passages[0].id, "x.y");
	assert_str(a->passages[0].markdown, "one two");
	assert_int_equal(a->passages[0].line, 7);
	assert_str(a->passages[1].id, "a-b/1");
	assert_str(a->passages[1].markdown, "three four");
	fixture_done(&f);
}

static void the_first_heading_can_be_the_title(void **state)
{
	struct fixture f;
	const struct article *a;

	(void)state;
	fixture_init(&f);
	a = parse(&f, "# My title\n\nIntro.\n\n## S\n\nText.\n");
	assert_non_null(a);
	assert_str(a->title, "My title");
	assert_str(a->language, "en");
	assert_int_equal(a->sections_n, 2);
	assert_str(a->passages[0].topic, "My title");
	fixture_done(&f);
}

static void nested_lists_stay_with_their_item(void **state)
{
	struct fixture f;
	const struct article *a;

	(void)state;
	fixture_init(&f);
	a = parse(&f,
		  HEAD "## S\n\n- outer\n  - inner one\n  - inner two\n- next\n\n  more {#n}\n");
	assert_non_null(a);
	assert_int_equal(a->passages_n, 2);
	assert_str(a->passages[0].plain, "outer\n\n- inner one\n- inner two");
	assert_str(a->passages[1].id, "n");
	assert_str(a->passages[1].plain, "next\n\nmore");
	fixture_done(&f);
}

static void topics(void **state)
{
	struct fixture f;
	const struct article *a;

	(void)state;
	fixture_init(&f);
	a = parse(&f, HEAD "## Alone\n\nText.\n\n## Many\n\n- one two three four five six seven "
			   "eight {#first}\n- **Bold lead:** text {#bold}\n- short\n");
	assert_non_null(a);
	assert_str(a->passages[2].plain, "Bold lead: text");
	assert_str(a->passages[2].markdown, "**Bold lead:** text");
	assert_str(a->passages[0].topic, "Alone");
	assert_str(a->passages[1].topic, "Many");
	assert_str(a->passages[2].topic, "Bold lead");
	assert_str(a->passages[3].topic, "Many");
	assert_true(a->passages[0].named && !a->passages[1].named && a->passages[2].named);
	fixture_done(&f);
}

/* A passage without a name stands for its section, if that is not too long to give whole. */
static void sections_as_topics(void **state)
{
	struct fixture f;
	const struct article *a;
	const struct passage *first;
	struct buf b;

	(void)state;
	fixture_init(&f);
	a = parse(&f, HEAD "## S\n\nCall us if:\n\n- one\n- **Two.** two\n\n## T\n\n- three\n");
	assert_non_null(a);
	assert_int_equal(passage_topic(&a->passages[1], &first), 3);
	assert_ptr_equal(first, &a->passages[0]);
	assert_int_equal(passage_topic(&a->passages[2], &first), 1);
	assert_ptr_equal(first, &a->passages[2]);
	assert_ptr_equal(passage_intro(&a->passages[1]), &a->passages[0]);
	assert_null(passage_intro(&a->passages[0]));
	assert_null(passage_intro(&a->passages[2]));
	assert_null(passage_intro(&a->passages[3]));

	buf_init(&b, 10000);
	buf_addf(&b, HEAD "## S\n\n");
	for (int i = 0; i <= TOPIC_PASSAGES_MAX; i++)
		buf_addf(&b, "- one two three four five six seven eight %d\n", i);
	a = parse(&f, arena_cstr(&f.arena, buf_str(&b)));
	buf_done(&b);
	assert_non_null(a);
	assert_str(a->passages[1].topic, "one two three four five six seven\xe2\x80\xa6");
	assert_int_equal(passage_topic(&a->passages[1], &first), 1);
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	static const struct {
		const char *text, *line;
	} table[] = {
		{"", "a.md:1: the article has no title"},
		{"", "a.md: the article has no sections with text under them"},
		{"## S\n\nText.\n", "a.md:1: the article has no title"},
		{HEAD, "a.md: the article has no sections with text under them"},
		{HEAD "## S\n", "a.md: the article has no sections with text under them"},
		{"---\ntitle: T\n\n## S\n\nText.\n", "a.md:1: the front matter has no closing ---"},
		{"---\ntitle: T\nauthor: x\n---\n## S\n\nText\n", "a.md:3: unknown key \"author\""},
		{"---\ntitle: T\ntitle: x\n---\n## S\n\nText\n", "a.md:3: \"title\" stands twice"},
		{"---\ntitle: \"T\n---\n## S\n\nText\n",
		 "a.md:2: the quotes around \"title\" do not close at the line's end, or hold a "
		 "backslash before anything but \", \\ and /"},
		{"---\ntitle: T\nhello\n---\n## S\n\nText\n",
		 "a.md:3: expected \"key: value\" here"},
		{HEAD "## S\n\nOne. {#a}\n\nTwo. {#a}\n", "a.md:8: the id \"a\" stands twice"},
		{HEAD "## S\n\nOne.\n\n## S\n\nTwo.\n", "a.md:10: the id \"s\" stands twice"},
		{HEAD "## S\n\nOne. {#A}\n",
		 "a.md:6: \"#A\" is neither an #id (small letters, digits, . - _) nor .benefit nor "
		 ".risk"},
		{HEAD "## S\n\nOne. {.good}\n",
		 "a.md:6: \".good\" is neither an #id (small letters, digits, . - _) nor .benefit "
		 "nor .risk"},
		{HEAD "## S\n\n{#only.id}\n", "a.md:6: an empty passage"},
		{HEAD "## S\n\n- a\n-\n", "a.md:7: an empty list item"},
		{HEAD "##\n\nText\n", "a.md:4: an empty heading"},
		{HEAD "## ???\n\nText\n",
		 "a.md:4: a heading without letters needs an id: {#some.id}"},
		{HEAD "## S\n\nA. {#a .benefit}\n",
		 "a.md:6: a .benefit passage, but no passage is marked .risk to go with it"},
		{HEAD "## S\n\nA. {#a .risk}\n\nB. {#b .risk}\n", "a.md:8: a second .risk passage"},
		{HEAD "## S {.benefit}\n\nA.\n", "a.md:4: a class marks a passage, not a heading"},
		{HEAD "## S\n\nA.\n\n```\ncode\n```\n",
		 "a.md:8: a code_block is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\nA.\n\n    code\n",
		 "a.md:8: a code_block is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\nA.\n\n> said\n",
		 "a.md:8: a block_quote is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\nA.\n\n<div>x</div>\n",
		 "a.md:8: a html_block is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\n- A.\n\n  ```\n  code\n  ```\n",
		 "a.md:8: a code_block is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\n- A.\n  - B\n    > said\n",
		 "a.md:8: a block_quote is not shown in answers: use paragraphs and lists"},
		{HEAD "## S\n\nA {#a} b.\n",
		 "a.md:6: an id or class in braces is taken only at the end of a paragraph or of a "
		 "whole list item"},
		{HEAD "## S\n\n- a\n  - b {#b}\n",
		 "a.md:6: an id or class in braces is taken only at the end of a paragraph or of a "
		 "whole list item"},
		{HEAD "## S\n\ncaf\xe9\n", "a.md:6: this is not UTF-8 text"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (parse(&f, table[i].text))
			fail_msg("taken: %s", table[i].text);
		if (!mistakes_have(&f.mistakes, table[i].line))
			fail_msg("no \"%s\"", table[i].line);
	}
	assert_null(parse_str(&f, (struct str){HEAD "## S\n\na\0b", sizeof HEAD + 8}));
	fixture_done(&f);
}

/* One cause, one line. */
static void one_mistake_is_said_once(void **state)
{
	static const char *const texts[] = {
		"---\ntitle: T\n\n## S\n\nText.\n\nOther text.\n",
		HEAD "## S\n\ncaf\xe9\n",
		HEAD "## S\n\nOne. {#a}\n\nTwo. {#a}\n",
		HEAD "## S\n\nA.\n\n```\ncode\n```\n",
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_null(parse(&f, texts[i]));
		if (f.mistakes.n != 1) {
			mistakes_show(&f.mistakes);
			fail_msg("%zu mistakes for: %s", f.mistakes.n, texts[i]);
		}
	}
	fixture_done(&f);
}

static void a_heading_without_text_is_a_warning(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_non_null(parse(&f, HEAD "\n## Empty\n\n## S\n\nText.\n"));
	assert_int_equal(f.mistakes.n, 1);
	assert_true(
		mistakes_have(&f.mistakes, "a.md:5: warning: nothing stands under this heading"));
	fixture_done(&f);
}

/* `unit` again and again up to `bytes`. */
static struct str repeated(struct fixture *f, const char *head, const char *unit, size_t bytes)
{
	struct buf b;
	struct str out;

	buf_init(&b, bytes + 1000);
	buf_add(&b, str_of(head));
	while (b.n + strlen(unit) < bytes)
		buf_add(&b, str_of(unit));
	out = arena_str(&f->arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static void huge_articles_end_in_a_mistake(void **state)
{
	static const struct {
		const char *unit;
		size_t bytes;
		size_t mistakes_max;
	} table[] = {
		{"a", ARTICLE_BYTES_MAX + 2, 1},
		{"word ", ARTICLE_BYTES_MAX, 1},
		{"- x\n", 60000, 1},
		{"-\n", 60000, PASSAGES_MAX + 1},
		{"## a\n", 30000, SECTIONS_MAX + 10},
		{"> ", 60000, 10},
		{"[", 60000, 10},
		{"*a **", 60000, 10},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		fixture_init(&f);
		assert_null(parse_str(
			&f, repeated(&f, HEAD "## S\n\n", table[i].unit, table[i].bytes)));
		assert_in_range(f.mistakes.n, 1, table[i].mistakes_max);
		fixture_done(&f);
	}
}

static void slugs(void **state)
{
	static const struct {
		const char *title, *slug;
	} table[] = {
		{"How often can it be done?", "how-often-can-it-be-done"},
		{"Wann? How often...", "wann-how-often"},
		{"  --a   b--  ", "a-b"},
		{"\xc3\x9c"
		 "ber Caf\xc3\xa9s",
		 "uber-cafes"},
		{"\xd0\x9a\xd0\xbe\xd0\xb3\xd0\xb4\xd0\xb0?",
		 "\xd0\xba\xd0\xbe\xd0\xb3\xd0\xb4\xd0\xb0"},
		{"Don't", "dont"},
		{"!?", ""},
	};
	struct fixture f;
	struct str slug;

	(void)state;
	fixture_init(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(slug_of(str_of(table[i].title), &f.arena), table[i].slug);
	slug = slug_of(repeated(&f, "", "abcdefghi ", 1000), &f.arena);
	assert_in_range(slug.n, 150, 200);
	assert_true(slug.p[slug.n - 1] != '-');
	assert_true(str_find(slug, STR("--")) < 0);
	fixture_done(&f);
}

/* Whatever stands in the file: an article or mistakes, and what an article promises. */
static void flipped_bytes_do_no_harm(void **state)
{
	static const char alphabet[] = "{}#.-*_[]()`<>!&\\\n\n \t:|~0a\xc3\xa9\xff";
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 1500; round++) {
		struct fixture f;
		char text[sizeof fixture_article];
		const struct article *a;

		fixture_init(&f);
		memcpy(text, fixture_article, sizeof text);
		for (uint32_t k = next_random(&seed) % 8 + 1; k; k--)
			text[next_random(&seed) % (sizeof text - 1)] =
				alphabet[next_random(&seed) % (sizeof alphabet - 1)];
		a = parse_str(&f, (struct str){text, sizeof text - 1});
		assert_true(a || f.mistakes.errors);
		for (size_t i = 0; a && i < a->passages_n; i++) {
			assert_true(a->passages[i].id.n && a->passages[i].markdown.n);
			assert_true(a->passages[i].topic.n && a->passages[i].line);
			assert_ptr_equal(article_passage(a, a->passages[i].id), &a->passages[i]);
			assert_true(!a->passages[i].benefit || a->risk);
		}
		fixture_done(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(front_matter_sections_and_ids),
		cmocka_unit_test(front_matter_quotes),
		cmocka_unit_test(windows_and_unix_line_ends_give_the_same),
		cmocka_unit_test(the_first_heading_can_be_the_title),
		cmocka_unit_test(nested_lists_stay_with_their_item),
		cmocka_unit_test(topics),
		cmocka_unit_test(sections_as_topics),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(one_mistake_is_said_once),
		cmocka_unit_test(a_heading_without_text_is_a_warning),
		cmocka_unit_test(huge_articles_end_in_a_mistake),
		cmocka_unit_test(slugs),
		cmocka_unit_test(flipped_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
