#include "core/charset.h"

#include <utf8proc.h>

#include "core/text.h"

#define BAD 0xfffd /* U+FFFD REPLACEMENT CHARACTER */
/* One stray control byte in so many is mended; more of them are no text. */
#define BYTES_PER_CONTROL 200

uint32_t charset_windows(uint32_t c)
{
	static const uint16_t high[32] = {0x20ac, BAD,	  0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
					  0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, BAD,
					  0x017d, BAD,	  BAD,	  0x2018, 0x2019, 0x201c, 0x201d,
					  0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
					  0x0153, BAD,	  0x017e, 0x0178};

	return c >= 0x80 && c <= 0x9f ? high[c - 0x80] : c;
}

/* Text that is written code point by code point; `p` has room for all of it. */
struct writing {
	char *p;
	size_t n;
	size_t controls; /* left out */
	bool after_return;
};

static void put(struct writing *w, uint32_t c)
{
	bool after_return = w->after_return;

	w->after_return = c == '\r';
	if (c == '\n' && after_return)
		return;
	if (c == '\r')
		c = '\n';
	if (c == '\f' || c == '\v')
		c = '\n';
	if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) {
		w->controls++;
		return;
	}
	w->n += (size_t)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)w->p + w->n);
}

static void utf8_put(struct writing *w, struct str s)
{
	utf8proc_int32_t c;

	for (size_t at = 0; at < s.n;) {
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
						      (utf8proc_ssize_t)(s.n - at), &c);

		put(w, n > 0 ? (uint32_t)c : BAD);
		at += n > 0 ? (size_t)n : 1;
	}
}

static void windows_put(struct writing *w, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		put(w, charset_windows((unsigned char)s.p[i]));
}

static uint32_t unit_at(struct str s, size_t at, bool little)
{
	unsigned a = (unsigned char)s.p[at];
	unsigned b = (unsigned char)s.p[at + 1];

	return little ? b << 8 | a : a << 8 | b;
}

static void utf16_put(struct writing *w, struct str s, bool little)
{
	for (size_t at = 0; at + 1 < s.n; at += 2) {
		uint32_t c = unit_at(s, at, little);
		uint32_t low = at + 3 < s.n ? unit_at(s, at + 2, little) : 0;

		if (c >= 0xd800 && c <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			at += 2;
		} else if (c >= 0xd800 && c <= 0xdfff) {
			c = BAD;
		}
		put(w, c);
	}
}

/* Characters of more than one byte, and bytes that belong to none. */
static void utf8_count(struct str s, size_t *wide, size_t *bad)
{
	utf8proc_int32_t c;

	*wide = *bad = 0;
	for (size_t at = 0; at < s.n;) {
		utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
						      (utf8proc_ssize_t)(s.n - at), &c);

		*wide += n > 1;
		*bad += n <= 0;
		at += n > 0 ? (size_t)n : 1;
	}
}

static bool is_one_of(struct str name, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_nocase(name, str_of(*names)))
			return true;
	return false;
}

static bool is_known(struct str name)
{
	static const char *const names[] = {"utf-8",	  "utf8",      "windows-1252", "cp1252",
					    "iso-8859-1", "iso8859-1", "latin1",       "us-ascii",
					    "ascii",	  NULL};

	return name.n == 0 || is_one_of(name, names);
}

/* What people try to import and is no text. */
static const char *kind_of(struct str bytes)
{
	static const struct {
		struct str start;
		const char *what;
	} kinds[] = {
		{{"%PDF-", 5}, "a PDF"},
		{{"PK\x03\x04", 4}, "an office document or a zip archive"},
		{{"\xd0\xcf\x11\xe0", 4}, "an old office document"},
		{{"{\\rtf", 5}, "an RTF document"},
		{{"\x89PNG", 4}, "an image"},
		{{"\xff\xd8\xff", 3}, "an image"},
		{{"\x1f\x8b", 2}, "a compressed file"},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(bytes, kinds[i].start))
			return kinds[i].what;
	return NULL;
}

static struct str without(struct str s, size_t n)
{
	return str_sub(s, n, s.n);
}

/* False when the declared character set would be needed and is not known here. */
static bool bytes_put(struct writing *w, struct str bytes, struct str declared, struct str *why)
{
	size_t wide;
	size_t bad;

	if (str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"))) {
		utf16_put(w, without(bytes, 2), bytes.p[0] == '\xff');
		return true;
	}
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = without(bytes, 3);
	utf8_count(bytes, &wide, &bad);
	if (bad <= wide) {
		utf8_put(w, bytes);
		if (bad)
			*why = STR("some bytes are not UTF-8; U+FFFD stands in their place");
		return true;
	}
	if (!is_known(declared))
		return false;
	windows_put(w, bytes);
	if (str_eq_nocase(declared, STR("utf-8")))
		*why = STR("the file says that it is UTF-8 and is not; it was read as "
			   "windows-1252");
	return true;
}

bool charset_decode(struct str bytes, struct str declared, struct arena *arena,
		    struct charset_text *out, struct err *err)
{
	const char *kind = kind_of(bytes);
	struct writing w = {0};
	struct str why = STR("");

	if (kind)
		return err_set(err, ERR_INPUT,
			       "this is %s; copy its text into a .txt file and import that", kind);
	/* The widest step: a byte of windows-1252 to three of UTF-8. */
	w.p = arena_alloc(arena, bytes.n * 3 + 4);
	if (!bytes_put(&w, bytes, declared, &why))
		return err_set(err, ERR_INPUT,
			       "it says that its character set is \"" STR_FMT
			       "\", which is not read here; save it as UTF-8",
			       STR_ARG(str_sub(declared, 0, 40)));
	if (w.controls * BYTES_PER_CONTROL > bytes.n)
		return err_set(err, ERR_INPUT, "this is no text: it is full of control bytes");
	*out = (struct charset_text){{w.p, w.n}, why};
	return true;
}
