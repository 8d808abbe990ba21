/* Bytes of somebody's file to UTF-8. */
#include "book_fixture.h"
#include "core/charset.h"

static void decoded(void **state)
{
	const struct {
		struct str bytes;
		const char *declared, *text;
		bool says_why;
	} table[] = {
		{STR(""), "", "", false},
		{STR("plain"), "", "plain", false},
		{STR("a\r\nb\rc\n\rd"), "", "a\nb\nc\n\nd", false},
		{STR("caf\xc3\xa9"), "", "café", false},
		{STR("\xef\xbb\xbf"
		     "caf\xc3\xa9"),
		 "", "café", false},
		/* Valid UTF-8 is UTF-8, whatever the file says. */
		{STR("caf\xc3\xa9"), "iso-8859-1", "café", false},
		{STR("caf\xe9 \x93x\x94 \x80"), "", "café “x” €", false},
		{STR("caf\xe9"), "ISO-8859-1", "café", false},
		{STR("caf\xe9 \x81"), "latin1", "café \xef\xbf\xbd", false},
		{STR("caf\xe9"), "UTF-8", "café", true},
		/* UTF-8 with a broken byte stays UTF-8. */
		{STR("\xc3\xa9\xc3\xa9\xff"), "", "éé\xef\xbf\xbd", true},
		{STR("\xff\xfe"
		     "a\0\xe9\0\x3d\xd8\x00\xde"),
		 "", "aé😀", false},
		{STR("\xfe\xff"
		     "\0a\0\n\x20\xac"),
		 "", "a\n€", false},
		/* Half a pair, half a unit. */
		{STR("\xff\xfe"
		     "\x3d\xd8"
		     "a\0b"),
		 "",
		 "\xef\xbf\xbd"
		 "a",
		 false},
	};
	struct charset_text out;
	struct arena a;
	struct err err;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (!charset_decode(table[i].bytes, str_of(table[i].declared), &a, &out, &err))
			fail_msg("%zu: %s", i, err.text);
		assert_str(out.text, table[i].text);
		assert_int_equal(out.why.n > 0, table[i].says_why);
	}
	arena_done(&a);
}

/* A stray one of them is left out; many are no text. */
static void control_bytes(void **state)
{
	struct charset_text out;
	struct arena a;
	struct err err;
	char text[1000];

	(void)state;
	arena_init(&a);
	memset(text, 'x', sizeof text);
	text[500] = '\x1b';
	text[501] = '\0';
	assert_true(charset_decode((struct str){text, sizeof text}, STR(""), &a, &out, &err));
	assert_int_equal(out.text.n, sizeof text - 2);
	memset(text, '\x07', 6);
	assert_false(charset_decode((struct str){text, sizeof text}, STR(""), &a, &out, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "no text"));
	arena_done(&a);
}

static void refused(void **state)
{
	const struct {
		struct str bytes;
		const char *declared, *why;
	} table[] = {
		{STR("%PDF-1.7\n"), "", "a PDF"},
		{STR("PK\x03\x04 word"), "", "an office document"},
		{STR("{\\rtf1 x}"), "", "an RTF document"},
		{STR("\x89PNG\r\n"), "", "an image"},
		{STR("\xcf\xf0\xe8"), "koi8-r", "\"koi8-r\", which is not read here"},
	};
	struct charset_text out = {.text = STR("as it was")};
	struct arena a;
	struct err err;

	(void)state;
	arena_init(&a);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		assert_false(
			charset_decode(table[i].bytes, str_of(table[i].declared), &a, &out, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (!strstr(err.text, table[i].why))
			fail_msg("%s", err.text);
		assert_str(out.text, "as it was");
	}
	arena_done(&a);
}

static void windows(void **state)
{
	(void)state;
	assert_int_equal(charset_windows(0x80), 0x20ac);
	assert_int_equal(charset_windows(0x92), 0x2019);
	assert_int_equal(charset_windows(0x9f), 0x178);
	assert_int_equal(charset_windows(0x81), 0xfffd);
	assert_int_equal(charset_windows(0x7f), 0x7f);
	assert_int_equal(charset_windows(0xa0), 0xa0);
	assert_int_equal(charset_windows(0x1f600), 0x1f600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoded),
		cmocka_unit_test(control_bytes),
		cmocka_unit_test(refused),
		cmocka_unit_test(windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
