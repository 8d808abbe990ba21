/* Markdown to what a platform shows. */
#include "book_fixture.h"
#include "core/markdown.h"

static void html(void **state)
{
	static const char *const table[][2] = {
		{"", ""},
		{"a *b* **c**", "<p>a <em>b</em> <strong>c</strong></p>"},
		{"a < b & c", "<p>a &lt; b &amp; c</p>"},
		{"<script>x</script>", "<!-- raw HTML omitted -->"},
		{"a <b>x</b>", "<p>a <!-- raw HTML omitted -->x<!-- raw HTML omitted --></p>"},
		{"[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>"},
		{"[x](https://a.example)", "<p><a href=\"https://a.example\">x</a></p>"},
		{"a\xff", "<p>a\xef\xbf\xbd</p>"},
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(markdown_html(str_of(table[i][0]), &a), table[i][1]);
	assert_int_equal(markdown_html((struct str){0}, &a).n, 0);
	arena_done(&a);
}

static void plain(void **state)
{
	static const char *const table[][2] = {
		{"", ""},
		{"a *b* **c** `d`", "a b c d"},
		{"one\ntwo\n\nthree", "one two\n\nthree"},
		{"a  \nb", "a\nb"},
		{"- a\n- b\n", "- a\n- b"},
		{"x\n\n3. a\n4. b\n\ny", "x\n\n3. a\n4. b\n\ny"},
		{"# T\n\nx", "T\n\nx"},
		{"[x](https://a.example)", "x (https://a.example)"},
		{"a\\*b", "a*b"},
		{"a &amp; b", "a & b"},
	};
	struct arena a;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(markdown_plain(str_of(table[i][0]), &a), table[i][1]);
	assert_int_equal(markdown_plain((struct str){0}, &a).n, 0);
	arena_done(&a);
}

static void any_bytes(void **state)
{
	static const char alphabet[] = "*_`[]()<>#-+1.\n\n  \\&;!ab\xc3\xff~|\"'";
	uint64_t seed = 9;
	struct arena a;

	(void)state;
	arena_init(&a);
	for (int round = 0; round < 5000; round++) {
		char text[80];
		size_t n = next_random(&seed) % sizeof text;
		struct str out;

		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
		out = markdown_html((struct str){text, n}, &a);
		assert_true(str_find(out, STR("<a<")) < 0);
		markdown_plain((struct str){text, n}, &a);
		arena_reset(&a);
	}
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html),
		cmocka_unit_test(plain),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
