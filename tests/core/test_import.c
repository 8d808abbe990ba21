/* From a page to an article. */
#include "book_fixture.h"
#include "core/import.h"
#include "core/page_show.h"

struct importing {
	struct fixture f;
	const struct noise *noise;
	struct page page;
	struct imported out;
	struct err err;
};

static void importing_init(struct importing *im)
{
	char *text = file_text("intents/en/noise.md");
	struct source source = {STR("en/noise.md"), {0}};

	assert_non_null(text);
	fixture_init(&im->f);
	source.text = arena_str(&im->f.arena, str_of(text));
	free(text);
	im->noise = noise_parse(&source, &im->f.arena, &im->f.mistakes);
	assert_non_null(im->noise);
}

typedef void page_reader(struct page *page, struct str text);

static bool import_str(struct importing *im, page_reader *read, struct str text)
{
	page_init(&im->page, &im->f.arena);
	read(&im->page, text);
	return import_article(&im->page, im->noise, STR("my-page_2.x"), &im->out, &im->err);
}

/* The article's text behind the front matter. */
static struct str body_of(struct importing *im)
{
	ptrdiff_t at = str_find(im->out.text, STR("\n---\n"));

	assert_true(at > 0);
	return str_trim(str_sub(im->out.text, (size_t)at + 5, im->out.text.n));
}

/* The article, and that importing it again changes nothing and drops nothing. */
static void import_twice(struct importing *im, page_reader *read, const char *text)
{
	struct str first;

	if (!import_str(im, read, str_of(text)))
		fail_msg("%s", im->err.text);
	first = im->out.text;
	if (!import_str(im, page_read_markdown, first))
		fail_msg("%s", im->err.text);
	assert_str(im->out.text, arena_cstr(&im->f.arena, first));
	assert_int_equal(im->page.dropped_n, 0);
	assert_true(import_str(im, read, str_of(text)));
}

/* Of 24 words. */
#define REAL                                                                             \
	"Rest for a day or two, drink plenty of water, and do not touch the place with " \
	"your hands before it has healed and looks pink."
#define REAL_WRAPPED                                                                          \
	"Rest for a day or two, drink plenty of water, and do not touch the place with your " \
	"hands before\nit has healed and looks pink."

struct sample {
	const char *text, *body, *dropped;
};

static void pasted_pages(void **state)
{
	static const struct sample table[] = {
		/* The shape of a page from a magazine. */
		{"Banner Ad\n\nCare after a peel\n\n" REAL "\n\nIt takes off:\n\n  • Old skin.\n"
		 "  • Spots.\n- Advertisement -\n\nThen it grows.\n\nWhen may I wash?\n\n"
		 "• In two days.\n\nPeel Weekly is a leading online magazine about peels. Our "
		 "stories "
		 "are written by people who peel.\n\n- Advertisement -\n\nRelated Articles\n\n"
		 "Latest Articles",
		 "## Care after a peel\n\n" REAL_WRAPPED
		 "\n\nIt takes off:\n\n- Old skin.\n- Spots.\n\n"
		 "Then it grows.\n\n## When may I wash?\n\n- In two days.",
		 "1 Banner Ad (advert)\n11 Advertisement - (advert)\n21 Advertisement - (advert)\n"
		 "23 Related Articles (related)\n25 Latest Articles (related)\n"
		 "19 Peel Weekly is a leading online magazine about peels. Our stories are written "
		 "by "
		 "people who peel. (publisher)\n"},
		/* Author, dates, sharing, cookies, related titles and what stands behind the end. */
		{"Care after a peel\n\nBy Jo Holm, MD\n\n3 May 2024\n\n5 min read\n\nShare\n\n" REAL
		 "\n\nWe use cookies to know you better.\n\nRead also: Ten creams\n\nHow "
		 "long?\n\n" REAL "\n\nYou may also like\n\nIs sun good for you?\n\nAbout the "
		 "author\n\nJo peels.\n\n"
		 "© 2024 Peel Weekly\n",
		 "## Care after a peel\n\n" REAL_WRAPPED "\n\n## How long?\n\n" REAL_WRAPPED,
		 "9 Share (sharing)\n13 We use cookies to know you better. (cookies)\n"
		 "3 By Jo Holm, MD (byline)\n5 3 May 2024 (byline)\n7 5 min read (byline)\n"
		 "15 Read also: Ten creams (related)\n21 You may also like (related)\n"
		 "23 Is sun good for you? (related)\n25 About the author (related)\n"
		 "27 Jo peels. (related)\n29 \xc2\xa9 2024 Peel Weekly (related)\n"},
		/* "Back" is a place here, and "By noon" no author. */
		{"Where we treat you\n\n" REAL
		 "\n\n• Face\n• Back\n• Legs\n\nBy noon you can go home.\n",
		 "## Where we treat you\n\n" REAL_WRAPPED
		 "\n\n- Face\n- Back\n- Legs\n\nBy noon you can go home.",
		 ""},
		/* ... and a menu's there. */
		{"• Home\n• Back\n\nCare after a peel\n\n" REAL "\n",
		 "## Care after a peel\n\n" REAL_WRAPPED,
		 "1 Home (navigation)\n2 Back (navigation)\n"},
		/* What is too much to be around an article is the article. */
		{"Care after a peel\n\nIntro.\n\nReferences\n\n" REAL "\n",
		 "## Care after a peel\n\nIntro.\n\n" REAL_WRAPPED, "5 References (related)\n"},
		/* Lines above the title. */
		{"The Peel Clinic\n\nCare\n\nWhat is it?\n\n" REAL "\n",
		 "## What is it?\n\n" REAL_WRAPPED, "1 The Peel Clinic (above the title)\n"},
	};
	struct importing im;

	(void)state;
	importing_init(&im);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		import_twice(&im, page_read_text, table[i].text);
		assert_str(body_of(&im), table[i].body);
		assert_str(page_show_dropped(&im.page), table[i].dropped);
	}
	fixture_done(&im.f);
}

static void markdown_pages(void **state)
{
	static const struct sample table[] = {
		{"# Care\n\nRest.\n\n## A\n\n- b\n-   c\n\n### D\n\ne\nf\n",
		 "Rest.\n\n## A\n\n- b\n-   c\n\n### D\n\ne\nf", ""},
		/* A second title, and levels that articles do not have. */
		{"# Care\n\na\n\n# B\n\nb\n\n#### C\n\nc\n", "a\n\n## B\n\nb\n\n### C\n\nc", ""},
		{"---\ntitle: X\n---\n\n# Care\n\na\n", "## Care\n\na", ""},
		/* Only what stands out. */
		{"# Care\n\nAdvertisement\n\na\n\n## See also\n\nb\n\nBy Jo\n",
		 "a\n\n## See also\n\nb\n\nBy Jo", "3 Advertisement (advert)\n"},
		{"# Care\n\na\n\n## B\n\n## C\n\nc\n", "a\n\n## C\n\nc",
		 "5 B (nothing stands under it)\n"},
		{"# Care\n\na\n\n## B\n\n### C\n\nc\n", "a\n\n## B\n\n### C\n\nc", ""},
	};
	struct importing im;

	(void)state;
	importing_init(&im);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		import_twice(&im, page_read_markdown, table[i].text);
		assert_str(body_of(&im), table[i].body);
		assert_str(page_show_dropped(&im.page), table[i].dropped);
	}
	fixture_done(&im.f);
}

static void fronts(void **state)
{
	struct importing im;

	(void)state;
	importing_init(&im);
	assert_true(import_str(&im, page_read_markdown, STR("# Care\n\na\n")));
	assert_str(im.out.text, "---\ntitle: Care\nlanguage: en\nversion: 1\nsource: my-page_2.x\n"
				"---\n\na\n");
	assert_int_equal(im.out.sections, 1);
	assert_int_equal(im.out.passages, 1);
	assert_true(import_str(&im, page_read_markdown,
			       STR("---\ntitle: Care\nversion: 7\nsource: leaflet 3\n"
				   "approved_by: Dr X\n---\n## A\n\na\n")));
	assert_str(im.out.text, "---\ntitle: Care\nlanguage: en\nversion: 7\nsource: leaflet 3\n"
				"---\n\n## A\n\na\n");
	/* A title that begins with a quote is put in quotes, and is the same when it is read again. */
	assert_true(import_str(&im, page_read_markdown, STR("# \"Soft\" \\\\ care\n\na\n")));
	assert_true(str_starts(im.out.text, STR("---\ntitle: \"\\\"Soft\\\" \\\\ care\"\n")));
	assert_true(import_str(&im, page_read_markdown, im.out.text));
	assert_str(im.page.title, "\"Soft\" \\ care");
	assert_true(import_str(&im, page_read_markdown, STR("---\ntitle: 'it's'\n---\n\na\n")));
	assert_str(im.page.title, "'it's'");
	/* Without a title the file's name is one, and that is said. */
	assert_true(import_str(&im, page_read_text, STR(REAL)));
	assert_true(str_starts(im.out.text, STR("---\ntitle: My page 2\n")));
	assert_true(page_has_warning(&im.page, "no title found"));
	assert_true(page_has_warning(&im.page, "no headings found"));
	assert_true(import_str(&im, page_read_markdown, STR("---\nlanguage: de\n---\n# T\n\na\n")));
	assert_true(page_has_warning(&im.page, "its language is \"de\""));
	fixture_done(&im.f);
}

/* Headings that could not be told apart get ids. */
static void headings_twice(void **state)
{
	static const struct sample table[] = {
		{"# T\n\n## A\n\na\n\n## A\n\nb\n\n### A.\n\nc\n",
		 "## A\n\na\n\n## A {#a-2}\n\nb\n\n### A. {#a-3}\n\nc", ""},
		{"# T\n\n## A {#a-2}\n\na\n\n## B {#b}\n\nb\n\n## b\n\nc\n\n## A-2\n\nd\n",
		 "## A {#a-2}\n\na\n\n## B {#b}\n\nb\n\n## b {#b-2}\n\nc\n\n## A-2 {#a-2-2}\n\nd",
		 ""},
		{"# T\n\n## ???\n\na\n\n## É\n\nb\n\n## É\n\nc\n",
		 "## ??? {#section-2}\n\na\n\n## É\n\nb\n\n## É {#e-2}\n\nc", ""},
		/* The text above the first heading has the title's slug. */
		{"# T\n\na\n\n## T\n\nb\n", "a\n\n## T {#t-2}\n\nb", ""},
	};
	struct importing im;

	(void)state;
	importing_init(&im);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		import_twice(&im, page_read_markdown, table[i].text);
		assert_str(body_of(&im), table[i].body);
		assert_true(page_has_warning(&im.page, "it got the id "));
	}
	fixture_done(&im.f);
}

/* Levels as web pages have them: each letter of `text` is a heading of that level or a paragraph. */
static void levels_read(struct page *page, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool is_heading = text.p[i] >= '1' && text.p[i] <= '6';
		struct str title = arena_fmt(page->arena, "H%zu", i);

		page_add_text(page, is_heading ? BLOCK_HEADING : BLOCK_PARAGRAPH,
			      is_heading ? (unsigned)(text.p[i] - '0') : 0, 1,
			      is_heading ? title : STR(REAL));
	}
}

static void levels(void **state)
{
	static const char *const table[][2] = {
		{"1p2p3p4p", "## H0 p ## H2 p ### H4 p ### H6 p"},
		{"1p4p5p", "## H0 p ## H2 p ### H4 p"},
		{"12p", "## H1 p"},
		{"1p23p", "## H0 p ## H2 ### H3 p"},
		/* Of one level only when there are two. */
		{"1p12p", "## H0 p ## H3 p"},
		{"1p2", "## H0 p"},
		{"1p23", "## H0 p"},
	};
	struct importing im;

	(void)state;
	importing_init(&im);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str body;
		struct str line;
		struct buf b;

		import_twice(&im, levels_read, table[i][0]);
		body = body_of(&im);
		buf_init(&b, 1000);
		while (str_cut(&body, '\n', &line)) {
			if (str_starts(line, STR("#")))
				buf_addf(&b, "%s" STR_FMT, b.n ? " " : "", STR_ARG(line));
			else if (str_starts(line, STR("Rest")))
				buf_add(&b, STR(" p"));
		}
		assert_str(buf_str(&b), table[i][1]);
		buf_done(&b);
	}
	fixture_done(&im.f);
}

static struct str repeated(struct importing *im, const char *text, size_t n)
{
	struct buf b;
	struct str out;

	buf_init(&b, 8000000);
	buf_add(&b, STR("Care\n\nWhat?\n\n"));
	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_of(text));
	out = arena_str(&im->f.arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static void refused(struct importing *im, struct str text, const char *why)
{
	assert_false(import_str(im, page_read_text, text));
	assert_int_equal(im->err.kind, ERR_INPUT);
	if (!strstr(im->err.text, why))
		fail_msg("%s", im->err.text);
}

static void limits(void **state)
{
	struct importing im;

	(void)state;
	importing_init(&im);
	refused(&im, STR(""), "no article was found in it: 0 words");
	refused(&im, STR("Home\n\nHello there.\n"), "no article was found in it: 2 words");
	refused(&im, repeated(&im, "word ", 4000), "line 5: the paragraph that begins here has ");
	refused(&im, repeated(&im, REAL "\n\n", 12000), "larger than 1048576 bytes");
	refused(&im, repeated(&im, "A b.\n\n", 30000), "more than 20000 headings");
	refused(&im, repeated(&im, "- A b.\n", 3000), "too many passages");
	assert_true(import_str(&im, page_read_text, repeated(&im, "word ", 400)));
	assert_true(page_has_warning(&im.page, "a very long paragraph"));
	fixture_done(&im.f);
}

/* The paragraphs under a heading are one passage, as long as it has room. */
static void passages_have_room(void **state)
{
	struct importing im;
	struct str text;

	(void)state;
	importing_init(&im);
	text = repeated(&im, REAL "\n\n", 300);
	import_twice(&im, page_read_text, arena_cstr(&im.f.arena, text));
	assert_true(str_find(im.out.text, STR(" {#part.1}\n")) > 0);
	assert_true(im.out.passages > 2);
	fixture_done(&im.f);
}

/* Whatever is put in, what comes out is an article, and stays as it is. */
static void anything_comes_out_good(void **state)
{
	static const char *const pieces[] = {
		"Home",
		"Back",
		"Advertisement",
		"Care after it",
		"What is it?",
		"- ",
		"• ",
		"1. ",
		"\n",
		"\n\n",
		"\t",
		REAL,
		"# ",
		"## ",
		"> ",
		"*",
		"**",
		"[a](b)",
		"<b>",
		"{#id}",
		"References",
		"See also x",
		"By Jo",
		"---",
		"| a | b",
		"You may like",
		"© 2024",
		": ",
		"    ",
		"`",
		"word",
		".",
		"\\",
		"![x](y)",
		"3 May 2024",
		"_",
	};
	static page_reader *const readers[] = {page_read_text, page_read_markdown};
	uint64_t seed = 4;
	size_t good = 0;
	struct importing im;

	(void)state;
	importing_init(&im);
	for (int i = 0; i < 3000; i++) {
		struct buf b;

		buf_init(&b, 100000);
		for (uint32_t n = 2 + next_random(&seed) % 40; n; n--)
			buf_add(&b, str_of(pieces[next_random(&seed) %
						  (sizeof pieces / sizeof *pieces)]));
		if (import_str(&im, readers[i % 2], buf_str(&b))) {
			char *first = arena_cstr(&im.f.arena, im.out.text);

			good++;
			if (!import_str(&im, page_read_markdown, str_of(first)))
				fail_msg("%s\n---\n%s\n%s", b.p, first, im.err.text);
			if (!str_eq(im.out.text, str_of(first)))
				fail_msg("%s\n---\n%s\n---\n" STR_FMT, b.p, first,
					 STR_ARG(im.out.text));
		}
		buf_done(&b);
	}
	assert_true(good > 500);
	fixture_done(&im.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pasted_pages),
		cmocka_unit_test(markdown_pages),
		cmocka_unit_test(fronts),
		cmocka_unit_test(headings_twice),
		cmocka_unit_test(levels),
		cmocka_unit_test(limits),
		cmocka_unit_test(passages_have_room),
		cmocka_unit_test(anything_comes_out_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
