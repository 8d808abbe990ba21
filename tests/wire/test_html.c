/* From web pages to blocks. */
#include "core/book_fixture.h"
#include "core/page_show.h"
#include "wire/html.h"
#include "wire/html_noise.h"

/* Of 23 words, so that parts around it are small beside it. */
#define REAL                                                                                  \
	"Rest for a day or two, drink plenty of water, and do not touch the place with your " \
	"hands before it has healed."
#define P "<p>" REAL "</p>"

struct sample {
	const char *html, *blocks, *dropped;
};

static void samples_read(const struct sample *table, size_t n)
{
	struct arena a;
	struct err err;

	arena_init(&a);
	for (size_t i = 0; i < n; i++) {
		struct page page;
		struct buf wanted;

		page_init(&page, &a);
		if (!html_read(str_of(table[i].html), &page, &err))
			fail_msg("%s: %s", table[i].html, err.text);
		/* P stands for the paragraph as it is wrapped. */
		buf_init(&wanted, 100000);
		for (const char *c = table[i].blocks; *c; c++) {
			if (*c == '@')
				buf_addf(&wanted,
					 "Rest for a day or two, drink plenty of water, and "
					 "do not touch the place with your hands before\nit "
					 "has healed.");
			else
				buf_add_char(&wanted, *c);
		}
		assert_str(page_show(&page), wanted.p ? wanted.p : "");
		assert_str(page_show_dropped(&page), table[i].dropped);
		buf_done(&wanted);
	}
	arena_done(&a);
}

static void text_and_lists(void **state)
{
	static const struct sample table[] = {
		{"<p>a <b>b</b> <i>c</i> <a href=/x>d</a></p>", "a **b** *c* d\n", ""},
		{"a<p>b<div>c<span> d</span></div>e", "a\nb\nc d\ne\n", ""},
		{"<h1>A</h1><h2>B <b>c</b></h2><h6>D</h6>", "1# A\n2# B c\n6# D\n", ""},
		{"<p>a<br>b</p><p>c<br><br>d</p>", "a b\nc\nd\n", ""},
		{"<p>Bring:<br>• card<br>- shoes<br>and more</p>",
		 "Bring:\n- card\n- shoes and more\n", ""},
		{"<p>\xe2\x80\xa2 one</p>", "- one\n", ""},
		/* Lists: unclosed, nested, in paragraphs. */
		{"<ul><li>a<li>b</ul><ol><li>c</ol>", "- a\n- b\n- c\n", ""},
		{"<ul><li><p>a</p><p>b</p></li></ul>", "- a b\n", ""},
		{"<ul><li>Avoid <ul><li>sun</li><li>heat</li></ul></li></ul>",
		 "- Avoid\n- sun\n- heat\n", ""},
		{"<ul><li>Use cool water<ul><li>no scrubs</ul></ul>",
		 "- Use cool water\n- no scrubs\n", ""},
		{"<ul><li>Avoid:<ul><li>Sun.</li><li>Heat.</li></ul> Then rest.</li></ul>",
		 "- Avoid:\n- Sun.\n- Heat.\n\nThen rest.\n", ""},
		{"<ul><li>a<ol><li>b<ul><li>c</ul>d<li>e</ol></ul>",
		 "- a\n- b\n  - c\n\n  d\n- e\n", ""},
		/* Breaks in any writing part words. */
		{"<p>a.</br>b<BR/>c</BR >d<b>e<br></b>f</p>", "a. b c d**e** f\n", ""},
		{"<ul><li><ul><li>a</li><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c\n",
		 ""},
		{"<ul><li><h3>A?</h3><p>b</p></li></ul>", "3# A?\nb\n", ""},
		{"<dl><dt>A</dt><dd>b</dd><dt>C?</dt><dd><p>d</p><p>e</p></dd></dl>",
		 "- **A.** b\n- **C?** d e\n", ""},
		{"<details><summary>May I?</summary>Yes.</details>", "3# May I?\nYes.\n", ""},
		{"<h3><button>May I?</button></h3><p>Yes.</p>", "3# May I?\nYes.\n", ""},
		/* Bold paragraphs are headings. */
		{"<p><strong>Side effects:</strong></p><p>Some.</p>", "3# Side effects\nSome.\n",
		 ""},
		{"<p><b>Do not smoke.</b></p>", "**Do not smoke.**\n", ""},
		{"<blockquote><p>a</p></blockquote><pre>b\n  c</pre>", "a\nb c\n", ""},
		/* Entities, quotes, marks of footnotes, and what nobody sees. */
		{"&lt;b&gt; &amp;amp; &eacute; &#8211; &#146; &hellip; a&shy;b&nbsp;c",
		 "\\<b> \\&amp; é – ’ … ab c\n", ""},
		{"<q>a</q> m<sup>2</sup>b<sup><a href='#n1'>[1]</a></sup>", "“a” m2b\n", ""},
		{"<script>x()</script><style>y</style><!-- z --><noscript>v</noscript>a<svg>"
		 "<title>t</title></svg>",
		 "a\n", ""},
	};

	(void)state;
	samples_read(table, sizeof table / sizeof *table);
}

static void tables(void **state)
{
	static const struct sample table[] = {
		{"<table><tr><th>What<th>When<tr><td>Walk<td>day 1<tr><td>Run<td></table>",
		 "- What: Walk; When: day 1\n- What: Run\n", ""},
		{"<table><tr><td>Phone<td>555<tr><td>Open:<td>8</table>",
		 "- Phone: 555\n- Open: 8\n", ""},
		{"<table><tr><th><th>A<th>B<tr><th>Drops<td>4<td>2</table>",
		 "- **Drops.** A: 4; B: 2\n", ""},
		{"<table><tr><td>a<td>b<td>c</table>", "- a; b; c\n", ""},
		{"<table><caption>Times</caption><thead><tr><td>A<td>B</thead><tr><td "
		 "rowspan=2>x<td>y<tr><td>z</table>",
		 "Times\n- A: x; B: y\n- A: x; B: z\n", ""},
		{"<table><tr><td colspan=9999999999 rowspan=-1>x<td>y</table>", "- x\n", ""},
		/* Tables that lay a page out. */
		{"<table><tr><td>a<tr><td>b</table>", "a\nb\n", ""},
		{"<table><tr><td><h2>A</h2><td><p>b</p></table>", "2# A\nb\n", ""},
		{"<table role=presentation><tr><td>a<td>b</table>", "a\nb\n", ""},
		{"<ul><li>a<table><tr><td>b<td>c</table>d</ul>", "- a\n- b: c\n- d\n", ""},
	};

	(void)state;
	samples_read(table, sizeof table / sizeof *table);
}

static void what_is_around(void **state)
{
	static const struct sample table[] = {
		{"<nav>Home</nav>" P "<footer>(c)</footer>", "@\n",
		 "1 Home (navigation)\n1 (c) (footer)\n"},
		{"<div role=navigation>Home</div>" P "<aside>Buy</aside>", "@\n",
		 "1 Home (navigation)\n1 Buy (aside)\n"},
		{P "\n<form>Name <input value=x><button>Send</button></form>", "@\n",
		 "2 Name Send (form)\n"},
		{P "<div class='c share-bar'>Tell</div><div id=cookie-note>Mmh</div>", "@\n",
		 "1 Tell (sharing)\n1 Mmh (cookies)\n"},
		{P "<p hidden>a</p><p aria-hidden=true>b</p><p style='x:y; display : none'>c</p>"
		   "<span class=sr-only>d</span>",
		 "@\n", "1 a (hidden)\n1 b (hidden)\n1 c (hidden)\n1 d (hidden)\n"},
		{P "<figure><img src=x alt=y><figcaption>Face</figcaption></figure>", "@\n",
		 "1 Face (caption)\n"},
		/* Only links. */
		{P "<ul><li><a href=/a>A</a></li><li><a href=/b>B</a></li></ul><p><a href=/c>C</a>"
		   "</p>",
		 "@\n", "1 A B (only links)\n1 C (only links)\n"},
		{P "<p>Signs are:</p><ul><li><a href=/a>Fever</a></li></ul>",
		 "@\nSigns are:\n- Fever\n", ""},
		/* What is around <main> or the only <article>. */
		{"<h1>T</h1><p>a</p><main>" P "</main><p>b</p>", "@\n",
		 "1 a (outside of the article)\n1 b (outside of the article)\n"},
		{"<main><article><h1>T</h1>" P "</article><p>b</p></main>", "1# T\n@\n",
		 "1 b (outside of the article)\n"},
		{"<article>a</article><article>b</article>", "a\nb\n", ""},
		{"<main></main>" P, "@\n", ""},
		/* What only looks like it. */
		{"<body class='nav-open cookies'><div class='with-sidebar'>" P "</div>", "@\n", ""},
		{"<h2 id=related>Related pains</h2>" P "<section id=social-life>a</section>",
		 "2# Related pains\n@\na\n", ""},
		{"<nav>" P "</nav>", "@\n", ""},
		{"<form>" P "</form>", "@\n", ""},
		{"<header class=top><h1>T</h1></header>" P, "1# T\n@\n", ""},
		{"<section><header><h2>A</h2></header>" P "</section>", "2# A\n@\n", ""},
	};

	(void)state;
	samples_read(table, sizeof table / sizeof *table);
}

static void signs(void **state)
{
	static const struct {
		const char *element, *role, *class, *id, *why;
	} table[] = {
		{"div", "", "", "", ""},
		{"nav", "", "", "", "navigation"},
		{"div", "banner", "", "", "header"},
		{"div", "", "Main_Menu", "", "navigation"},
		{"div", "", "", "onetrust-consent-sdk", "cookies"},
		{"div", "", "cookiebar", "", "cookies"},
		{"div", "", "ad-slot", "", "advert"},
		{"div", "", "", "ad-slot", ""},
		{"div", "", "adult shareholders", "", ""},
		{"div", "", "no-sidebar", "", ""},
		{"div", "", "has sidebar", "", "aside"},
		{"body", "", "sidebar", "sidebar", ""},
		{"h2", "", "related", "", ""},
		{"span", "", "u-visually-hidden", "", "hidden"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct html_signs signs = {str_of(table[i].element), str_of(table[i].role),
					   str_of(table[i].class), str_of(table[i].id)};

		assert_str(html_noise_of(&signs).why, table[i].why);
	}
}

static void what_it_says_of_itself(void **state)
{
	static const struct {
		const char *html, *title, *language, *source;
	} table[] = {
		{"<title>A - B | C</title><p>x", "A - B", "", ""},
		{"<title>A – Clinic</title><p>x", "A", "", ""},
		{"<title>Post-op</title><p>x", "Post-op", "", ""},
		{"<title> A\n b &amp; c </title><p>x", "A b & c", "", ""},
		{"<html lang=en-GB><p>x", "", "en", ""},
		{"<html lang='DE'><p>x", "", "de", ""},
		{"<html lang=english><p>x", "", "", ""},
		{"<link rel=canonical href='https://a.example/b?c=d&amp;e'><p>x", "", "",
		 "https://a.example/b?c=d&e"},
		{"<link rel=canonical href='javascript:x'><p>x", "", "", ""},
		{"<link rel=canonical href='https://a b'><p>x", "", "", ""},
		{"<title>W</title><h1>T</h1><main><p>" REAL "</main>", "T", "", ""},
	};
	struct arena a;
	struct err err;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct page page;

		page_init(&page, &a);
		assert_true(html_read(str_of(table[i].html), &page, &err));
		assert_str(page.title, table[i].title);
		assert_str(page.language, table[i].language);
		assert_str(page.source, table[i].source);
	}
	arena_done(&a);
}

static void charsets(void **state)
{
	static const struct {
		const char *html, *blocks;
		bool warns;
	} table[] = {
		{"<meta charset=utf-8><p>\xc3\xa9", "é\n", false},
		/* What the page says of itself does not count where the bytes say more. */
		{"<meta charset=iso-8859-1><p>\xc3\xa9", "é\n", false},
		{"<meta charset='windows-1252'><p>\xe9\x92", "é’\n", false},
		{"<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-1'><p>\xe9",
		 "é\n", false},
		{"<p>\xe9\x80", "é€\n", false},
		{"\xef\xbb\xbf<p>\xc3\xa9", "é\n", false},
		{"<meta charset=utf-8><p>\xe9", "é\n", true},
	};
	struct arena a;
	struct err err;
	struct page page;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		page_init(&page, &a);
		assert_true(html_read(str_of(table[i].html), &page, &err));
		assert_str(page_show(&page), table[i].blocks);
		assert_int_equal(page.warnings_n, table[i].warns);
	}
	assert_false(
		html_read(STR("<?xml version='1.0' encoding='koi8-r'?><p>\xcf\xf0"), &page, &err));
	assert_non_null(strstr(err.text, "koi8-r"));
	arena_done(&a);
}

static struct str filled(struct arena *arena, const char *start, const char *text, size_t n)
{
	struct buf b;
	struct str out;

	buf_init(&b, HTML_BYTES_MAX + 100);
	buf_add(&b, str_of(start));
	while (n-- && buf_add(&b, str_of(text)))
		;
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static void limits(void **state)
{
	struct arena a;
	struct err err;
	struct page page;

	(void)state;
	arena_init(&a);
	page_init(&page, &a);
	assert_false(html_read(STR(""), &page, &err));
	assert_false(html_read(STR(" \n"), &page, &err));
	assert_non_null(strstr(err.text, "nothing"));
	assert_false(html_read(filled(&a, "", "<p>a", HTML_BYTES_MAX / 4 + 1), &page, &err));
	assert_non_null(strstr(err.text, "larger than 4194304 bytes"));
	assert_false(html_read(filled(&a, "", "<div>", 5000), &page, &err));
	assert_non_null(strstr(err.text, "nested too deep"));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(html_read(filled(&a, "", "<div>a", 200), &page, &err));
	assert_int_equal(page.blocks_n, 200);
	/* Entities that the page declares itself are not expanded, files are not read. */
	page_init(&page, &a);
	assert_true(html_read(STR("<!DOCTYPE html [<!ENTITY a \"bomb\">\n<!ENTITY x SYSTEM "
				  "\"/etc/passwd\">]><p>&a;&x;</p>"),
			      &page, &err));
	assert_true(str_find(page_show(&page), STR("root:")) < 0);
	assert_true(str_find(page_show(&page), STR("\\&a;\\&x;\n")) >= 0);
	arena_done(&a);
}

/* Whatever is in the page, nothing breaks. */
static void anything_is_read(void **state)
{
	static const char *const pieces[] = {
		"<p>",	      "</p>",	    "<ul>",
		"</ul>",      "<li>",	    "<div class=nav>",
		"<table>",    "<tr>",	    "<td>",
		"<th>",	      "</table>",   "<td rowspan=3>",
		"<h1>",	      "<h2>",	    "</h2>",
		"<main>",     "<article>",  "</article>",
		"<dl>",	      "<dt>",	    "<dd>",
		"<b>",	      "</b>",	    "<i>",
		"<br>",	      "<a href=x>", "</a>",
		"<script>",   "</script>",  "<!--",
		"-->",	      "<![CDATA[",  "]]>",
		"&#0;",	      "&#x110000;", "&amp",
		"<body>",     "</body>",    "</html>",
		"<head>",     "<title>",    "</title>",
		"<frameset>", "<details>",  "<summary>",
		"<q>",	      "<sup>",	    "words of it ",
		"<",	      ">",	    "\"",
		"<x y='",     "<svg>",	    "<select>",
		"<header>",   "<nav>",	    "</nav>",
		"<caption>",  "<thead>",    "\xe2\x80\xa2 x",
		"<?x",	      "<!DOCTYPE ", "\xff",
		"{#a}",	      "<ol>",	    "<template>",
	};
	uint64_t seed = 11;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (int i = 0; i < 5000; i++) {
		struct page page;
		struct err err;
		struct buf b;

		buf_init(&b, 100000);
		for (uint32_t n = 1 + next_random(&seed) % 60; n; n--)
			buf_add(&b, str_of(pieces[next_random(&seed) %
						  (sizeof pieces / sizeof *pieces)]));
		page_init(&page, &a);
		if (html_read(buf_str(&b), &page, &err))
			for (size_t k = 0; k < page.blocks_n; k++)
				assert_true(page.blocks[k].plain.n > 0);
		else
			assert_int_equal(err.kind, ERR_INPUT);
		buf_done(&b);
		arena_reset(&a);
	}
	arena_done(&a);
}

static void sniffed(void **state)
{
	static const struct {
		const char *text;
		bool is_html;
	} table[] = {
		{"", false},
		{"<!DOCTYPE HTML><p>", true},
		{"\n  <html lang=en>", true},
		{"\xef\xbb\xbf<body>", true},
		{"<p>a", true},
		{"a <p>", false},
		{"# A\n<div>", false},
		{"<3 hearts", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(html_is_likely(str_of(table[i].text)), table[i].is_html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_lists),
		cmocka_unit_test(tables),
		cmocka_unit_test(what_is_around),
		cmocka_unit_test(signs),
		cmocka_unit_test(what_it_says_of_itself),
		cmocka_unit_test(charsets),
		cmocka_unit_test(limits),
		cmocka_unit_test(anything_is_read),
		cmocka_unit_test(sniffed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
