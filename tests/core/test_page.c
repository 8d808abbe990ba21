/* From a text or Markdown to blocks. */
#include "book_fixture.h"
#include "core/page.h"
#include "core/page_show.h"

/* --- inline text -------------------------------------------------------------------------- */

#define RUN(literal, how)                            \
	{                                            \
		.text = STR(literal), .style = (how) \
	}

static void runs_to_markdown(void **state)
{
	const struct {
		struct run runs[4];
		const char *markdown, *plain;
	} table[] = {
		{{RUN(" a \n\t b ", RUN_PLAIN)}, "a b", "a b"},
		{{RUN("a ", RUN_PLAIN), RUN(" b ", RUN_STRONG), RUN("c", RUN_PLAIN)},
		 "a **b** c",
		 "a b c"},
		{{RUN("a", RUN_STRONG), RUN(" b", RUN_STRONG)}, "**a b**", "a b"},
		{{RUN("a", RUN_EMPHASIS), RUN(" b", RUN_STRONG)}, "*a* **b**", "a b"},
		{{RUN("a", RUN_PLAIN), RUN("  ", RUN_STRONG), RUN("b", RUN_PLAIN)}, "a b", "a b"},
		/* Emphasis that Markdown cannot express is given up. */
		{{RUN("Note:", RUN_STRONG), RUN("text", RUN_PLAIN)}, "Note:text", "Note:text"},
		/* What looks like markup is text. */
		{{RUN("- 2*3*4 _x_ [a](b) <b>", RUN_PLAIN)},
		 "\\- 2\\*3\\*4 \\_x\\_ \\[a\\](b) \\<b>",
		 "- 2*3*4 _x_ [a](b) <b>"},
		{{RUN("1. x", RUN_PLAIN)}, "1\\. x", "1. x"},
		{{RUN("x {#id}", RUN_PLAIN)}, "x { \\#id}", "x { #id}"},
		{{RUN("x {.risk}", RUN_PLAIN)}, "x { .risk}", "x { .risk}"},
		/* Unseen: soft hyphen, zero width, direction, an icon font. C1 is windows-1252. */
		{{RUN("a\xc2\xad"
		      "b\xe2\x80\x8b"
		      "c\xe2\x80\xae"
		      "d\xee\x80\x81 \xc2\x92",
		      RUN_PLAIN)},
		 "abcd ’",
		 "abcd ’"},
		{{RUN("a\xc2\xa0\xe2\x80\x83"
		      "b",
		      RUN_PLAIN)},
		 "a b",
		 "a b"},
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct runs runs = {0};
		struct page page;

		page_init(&page, &a);
		for (size_t k = 0; k < 4; k++)
			runs_add(&runs, table[i].runs[k].style, table[i].runs[k].text, &a);
		page_add(&page, BLOCK_PARAGRAPH, 0, 7, &runs);
		assert_int_equal(page.blocks_n, 1);
		assert_str(page.blocks[0].markdown, table[i].markdown);
		assert_str(page.blocks[0].plain, table[i].plain);
		assert_int_equal(page.blocks[0].line, 7);
	}
	arena_done(&a);
}

/* A wrapped line must not begin like a list; it is rather not wrapped. */
static void wrapping_makes_no_list(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t n = 60; n < 110; n++) {
		struct page page;
		struct buf b;

		page_init(&page, &a);
		buf_init(&b, 1000);
		while (b.n < n)
			buf_add_char(&b, b.n % 7 == 6 ? ' ' : 'x');
		buf_add(&b, STR(" - y + z 1. w # v "));
		page_add_text(&page, BLOCK_PARAGRAPH, 0, 0, buf_str(&b));
		buf_done(&b);
		page.blocks_n = 0;
		page_read_markdown(&page, page.blocks[0].markdown);
		assert_int_equal(page.blocks_n, 1);
		assert_int_equal(page.blocks[0].kind, BLOCK_PARAGRAPH);
	}
	arena_done(&a);
}

static void headings_by_their_looks(void **state)
{
	static const struct {
		const char *text;
		bool is_heading;
	} table[] = {
		{"", false},
		{"Benefits of the treatment", true},
		{"Benefits of the treatment.", false},
		{"benefits of the treatment", false},
		{"how often?", true},
		{"3 things to know", true},
		{"Avoid:", false},
		{"Call us now!", false},
		{"One two three four five six seven eight nine ten eleven twelve thirteen fourteen "
		 "fifteen",
		 false},
		{"Élan after surgery", true},
		{"\"Quoted\"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (page_is_heading(str_of(table[i].text)) != table[i].is_heading)
			fail_msg("%s", table[i].text);
}

/* --- plain text --------------------------------------------------------------------------- */

struct sample {
	const char *text, *blocks, *dropped;
};

static void samples_read(const struct sample *table, size_t n,
			 void read(struct page *page, struct str text))
{
	struct arena a;

	arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		struct page page;

		page_init(&page, &a);
		read(&page, str_of(table[i].text));
		assert_str(page_show(&page), table[i].blocks);
		assert_str(page_show_dropped(&page), table[i].dropped);
	}
	arena_done(&a);
}

#define LONG_A "Rest for a day, and drink some water in the"
#define LONG_B "week after it. Your skin needs it more"

static void text(void **state)
{
	static const struct sample table[] = {
		{"", "", ""},
		{"\n \n\t\n", "", ""},
		{"One. Two.\n\nThree.\n", "One. Two.\nThree.\n", ""},
		/* Hard-wrapped. */
		{LONG_A "\n" LONG_B "\nthan usual.\nHolm says so.\n",
		 LONG_A " " LONG_B " than usual.\nHolm says so.\n", ""},
		/* Not wrapped: each line is a paragraph. */
		{"This is short.\nThis too.\n", "This is short.\nThis too.\n", ""},
		/* Headings. */
		{"What is it?\n\nIt is this.\n", "2# What is it?\nIt is this.\n", ""},
		{"What is it?\nIt is this.\n", "2# What is it?\nIt is this.\n", ""},
		{"1. What is it?\n\nIt is this.\n\n2. How often?\n\nTwice.\n",
		 "2# What is it?\nIt is this.\n2# How often?\nTwice.\n", ""},
		{"Side effects:\n\nThere are some.\n", "2# Side effects\nThere are some.\n", ""},
		/* Bullets of all kinds. */
		{"• a\n\xe2\x80\xa2 b\n- c\n* d\n– e\n· f\n‣ g\n•h\n",
		 "- a\n- b\n- c\n- d\n- e\n- f\n- g\n- h\n", ""},
		{"1. a\n2) b\n(3) c\n", "- a\n- b\n- c\n", ""},
		{"2024. A year.\n\n7. No list.\n", "2024\\. A year.\n7\\. No list.\n", ""},
		{"•\nalone on its line\n•\n\nand again\n", "- alone on its line\n- and again\n",
		 ""},
		{"- an item\n  that goes on\n- next\nand on\n",
		 "- an item that goes on\n- next and on\n", ""},
		{"-5 degrees are cold.\n", "\\-5 degrees are cold.\n", ""},
		/* A list that lost its bullets. */
		{"It depends on:\n\nGenes\nHormones\nFood\n\nDone.\n",
		 "It depends on:\n- Genes\n- Hormones\n- Food\nDone.\n", ""},
		/* A copied table. */
		{"Walk\tday 1\nSport\tday 9\n", "- Walk: day 1\n- Sport: day 9\n", ""},
		{"What\tA\tB\nEat\tno\tyes\nDrink\t\tyes\n",
		 "- What: Eat; A: no; B: yes\n- What: Drink; B: yes\n", ""},
		/* Menus. */
		{"Home | About | Contact us\n\nText.\n", "Text.\n",
		 "1 Home | About | Contact us (navigation)\n"},
		{"Home\nAbout us\nContact\n\nText.\n", "Text.\n",
		 "1 Home (navigation)\n2 About us (navigation)\n3 Contact (navigation)\n"},
		{"Home > Skin > Peels\n", "", "1 Home > Skin > Peels (navigation)\n"},
	};

	(void)state;
	samples_read(table, sizeof table / sizeof *table, page_read_text);
}

/* --- Markdown ----------------------------------------------------------------------------- */

static void markdown(void **state)
{
	static const struct sample table[] = {
		{"", "", ""},
		{"# T\n\nText\n*x*.\n", "1# T\nText *x*.\n", ""},
		{"T\n=\n\nU\n-\n", "1# T\n2# U\n", ""},
		{"## A {#a.b}\n", "2# A\n", ""},
		{"##\n\n## \n", "", ""},
		{"- a\n- b\n\n1. c\n", "- a\n- b\n- c\n", ""},
		{"-\n- a\n", "- a\n", ""},
		{"> quoted\n>\n> > twice\n", "quoted\ntwice\n", ""},
		{"    code\n    more\n", "code more\n", ""},
		{"a\n\n---\n\nb\n", "a\nb\n", ""},
		/* Links. */
		{"[a](https://x.example) [b](/b) [c](#c)\n", "[a](https://x.example) b c\n",
		 "1 /b (link target)\n1 #c (link target)\n"},
		{"[a][1]\n\n[1]: https://x.example\n", "[a](https://x.example)\n", ""},
		{"[*a* ![i](i.png)](b)\n", "*a*\n", "1 i (image)\n1 b (link target)\n"},
		{"![the clinic](a.png)\n", "", "1 the clinic (image)\n"},
		/* HTML. */
		{"a<br>b <span>c</span><!-- d -->\n", "a b c\n", ""},
		{"<div>\nx\n</div>\n\ny\n", "y\n", "1 <div> x </div> (raw HTML)\n"},
		/* Tables. */
		{"| A | B |\n|---|:-:|\n| x \\| y | **z** |\n| w | |\n",
		 "- A: x | y; B: z\n- A: w\n", ""},
		{"a | b\n", "a | b\n", ""},
		{"| A |\n|--<nav>-|\n| x |\n", "- A: x\n", ""},
		{"> | A |\n> |---|\n> | x<br>y |\n", "- A: x y\n", ""},
		/* An item with blocks that no answer shows. */
		{"- a\n\n  ```\n  code\n  ```\n- # b\n", "- a code\n- b\n", ""},
	};

	(void)state;
	samples_read(table, sizeof table / sizeof *table, page_read_markdown);
}

/* Words that a tag parts stay apart, wherever it stands. */
static void tags_part_words(void **state)
{
	static const struct {
		const char *text, *blocks;
	} table[] = {
		{"colour.<br>Keep\n", "colour. Keep\n"},
		{"colour.<BR />Keep\n", "colour. Keep\n"},
		{"colour.</p><p>Keep\n", "colour. Keep\n"},
		{"co<b>lo</b>ur\n", "colour\n"},
		{"co<picture>lour\n", "colour\n"},
		{"- colour.<br/>Keep\n", "- colour. Keep\n"},
		{"| a | b |\n|---|---|\n| colour.<br>Keep | x<br>y |\n",
		 "- a: colour. Keep; b: x y\n"},
	};
	struct arena a;
	struct page page;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct runs runs = {0};

		page_init(&page, &a);
		page_read_markdown(&page, str_of(table[i].text));
		runs_add(&runs, RUN_PLAIN, page_show(&page), &a);
		assert_str(arena_fmt(&a, STR_FMT "\n", STR_ARG(runs_plain(&runs, &a))),
			   table[i].blocks);
	}
	arena_done(&a);
}

/* A list in an item stays one, however deep, and what stands behind it stays in the item. */
static void lists_in_items(void **state)
{
	struct arena a;
	struct page page;
	struct runs runs = {0};

	(void)state;
	arena_init(&a);
	page_init(&page, &a);
	runs_add(&runs, RUN_PLAIN, STR("Use cool water: "), &a);
	runs_add_inner(&runs, RUN_INNER_ITEM, 1, &a);
	runs_add(&runs, RUN_STRONG, STR("no scrubs"), &a);
	runs_add_inner(&runs, RUN_INNER_ITEM, 2, &a);
	runs_add(&runs, RUN_PLAIN, STR("of any kind"), &a);
	runs_add_inner(&runs, RUN_INNER_TEXT, 1, &a);
	runs_add(&runs, RUN_PLAIN, STR("for a week"), &a);
	runs_add_inner(&runs, RUN_INNER_ITEM, 1, &a);
	runs_add(&runs, RUN_PLAIN, STR(" \n"), &a);
	runs_add_inner(&runs, RUN_INNER_ITEM, 1, &a);
	runs_add(&runs, RUN_PLAIN, STR("no soap"), &a);
	runs_add_inner(&runs, RUN_INNER_TEXT, 0, &a);
	runs_add(&runs, RUN_PLAIN, STR("Then rest."), &a);
	page_add(&page, BLOCK_ITEM, 0, 1, &runs);
	assert_int_equal(page.blocks_n, 1);
	assert_str(page.blocks[0].plain,
		   "Use cool water: no scrubs of any kind for a week no soap Then rest.");
	assert_str(
		page.blocks[0].markdown,
		"Use cool water:\n- **no scrubs**\n  - of any kind\n\n  for a week\n- no soap\n\n"
		"Then rest.");
	runs = (struct runs){0};
	runs_add_inner(&runs, RUN_INNER_ITEM, 1, &a);
	page_add(&page, BLOCK_ITEM, 0, 1, &runs);
	assert_int_equal(page.blocks_n, 1);
	arena_done(&a);
}

static void front_matter(void **state)
{
	struct arena a;
	struct page page;

	(void)state;
	arena_init(&a);
	page_init(&page, &a);
	page_read_markdown(&page, STR("---\ntitle: \"A: b\"\nlanguage: en\nsource: x\n"
				      "approved_by: Dr X\ntags:\n  - a\n---\n\ntext\n"));
	assert_str(page.title, "A: b");
	assert_str(page.language, "en");
	assert_str(page.source, "x");
	assert_str(page.version, "");
	assert_str(page_show(&page), "text\n");
	assert_int_equal(page.blocks[0].line, 10);
	assert_str(page_show_dropped(&page),
		   "5 approved_by: Dr X (what is imported is not approved yet)\n"
		   "6 tags: (front matter)\n7 - a (front matter)\n");
	/* Without an end it is none. */
	page_init(&page, &a);
	page_read_markdown(&page, STR("---\ntitle: x\n\ntext\n"));
	assert_str(page.title, "");
	assert_str(page_show(&page), "title: x\ntext\n");
	arena_done(&a);
}

/* The author's lines stay as they are where they mean the same alone. */
static void as_it_stands(void **state)
{
	static const struct {
		const char *text, *as_is;
	} table[] = {
		{"  a\n", ""},
		{"  - a\n", ""},
		{"Some\nlines *here*. {#a.b .risk}\n", "Some\nlines *here*. {#a.b .risk}"},
		{"## A *b* {#c}\n", "## A *b* {#c}"},
		{"A\n-\n", ""},
		{"*   wide\n    item\n", "*   wide\n    item"},
		{"1. a\n\n   b\n   - c\n", "1. a\n\n   b\n   - c"},
		{"see [a]\n\n[a]: https://x.example\n", ""},
		{"see ![i](i.png) it\n", ""},
		{"- see [a](b)\n", ""},
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct page page;

		page_init(&page, &a);
		page_read_markdown(&page, str_of(table[i].text));
		assert_int_equal(page.blocks_n, 1);
		assert_str(page.blocks[0].as_is, table[i].as_is);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_to_markdown),
		cmocka_unit_test(wrapping_makes_no_list),
		cmocka_unit_test(headings_by_their_looks),
		cmocka_unit_test(text),
		cmocka_unit_test(markdown),
		cmocka_unit_test(tags_part_words),
		cmocka_unit_test(lists_in_items),
		cmocka_unit_test(front_matter),
		cmocka_unit_test(as_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
