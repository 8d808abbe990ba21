#include "wire/html.h"

#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include "core/buf.h"
#include "core/charset.h"
#include "wire/html_blocks.h"
#include "wire/html_tree.h"

#define HEAD_BYTES 4096 /* in which a page names its character set */
#define URL_BYTES_MAX 500
#define LANGUAGE_BYTES_MAX 3

/* --- what the page says of itself --------------------------------------------------------- */

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Behind `word`, in any case; or -1. */
static ptrdiff_t find_behind(struct str text, struct str word)
{
	for (size_t at = 0; at + word.n <= text.n; at++)
		if (str_eq_nocase(str_sub(text, at, word.n), word))
			return (ptrdiff_t)(at + word.n);
	return -1;
}

/* "utf-8" of `<meta charset=utf-8>`, of the older form of it, or of an XML declaration. */
static struct str charset_of(struct str bytes)
{
	struct str head = str_sub(bytes, 0, HEAD_BYTES);
	ptrdiff_t at = find_behind(head, STR("charset="));
	size_t n = 0;

	if (at < 0 && str_starts(head, STR("<?xml")))
		at = find_behind(head, STR("encoding="));
	if (at < 0)
		return STR("");
	head = str_sub(head, (size_t)at, head.n);
	if (str_starts(head, STR("\"")) || str_starts(head, STR("'")))
		head = str_sub(head, 1, head.n);
	while (n < head.n && !strchr("\"' ;/>\t\r\n", head.p[n]))
		n++;
	return str_sub(head, 0, n);
}

static struct str language_of(xmlDoc *doc, struct arena *arena)
{
	xmlNode *html = xmlDocGetRootElement(doc);
	struct str lang = html ? html_attribute(html, "lang", arena) : STR("");
	char *out = arena_cstr(arena, lang);
	size_t n = 0;

	while (n < lang.n && small(lang.p[n]) >= 'a' && small(lang.p[n]) <= 'z') {
		out[n] = small(lang.p[n]);
		n++;
	}
	return n <= LANGUAGE_BYTES_MAX ? (struct str){out, n} : STR("");
}

static struct str canonical_of(xmlDoc *doc, struct arena *arena)
{
	xmlNode *node = xmlDocGetRootElement(doc);

	for (; node; node = html_next(node, NULL)) {
		struct str href;

		if (!html_is(node, "link") ||
		    !str_eq_nocase(html_attribute(node, "rel", arena), STR("canonical")))
			continue;
		href = html_attribute(node, "href", arena);
		if (href.n <= URL_BYTES_MAX && str_find(href, STR(" ")) < 0 &&
		    (str_starts(href, STR("https://")) || str_starts(href, STR("http://"))))
			return href;
	}
	return STR("");
}

/* "Aftercare" of "Aftercare | City Clinic" and "Aftercare - City Clinic": what stands behind the last
 * mark is the site's name. */
static struct str without_site(struct str title)
{
	static const char *const marks[] = {" | ", " - ", " – ", " — ", " :: ", " « ", " » "};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct str mark = str_of(marks[i]);

		for (size_t at = title.n; at-- > 1;)
			if (str_starts(str_sub(title, at, title.n), mark))
				return str_sub(title, 0, at);
	}
	return title;
}

static struct str window_title(xmlDoc *doc, struct arena *arena)
{
	xmlNode *node = xmlDocGetRootElement(doc);

	/* Drawings have titles of their own. */
	while (node && (!html_is(node, "title") || html_is(node->parent, "svg")))
		node = html_next(node, NULL);
	return node ? without_site(html_text(node, arena)) : STR("");
}

/* --- reading ------------------------------------------------------------------------------ */

/* A parser that was stopped has read a part only. */
static bool is_whole(htmlParserCtxt *parser, xmlDoc *doc, struct err *err)
{
	if (parser->disableSAX)
		return err_set(err, ERR_INPUT,
			       "its elements are nested too deep around line %d to be read",
			       parser->lastError.line);
	if (!doc || !xmlDocGetRootElement(doc))
		return err_set(err, ERR_INPUT, "there is nothing in it");
	return true;
}

/* Browsers read `</br>` as `<br>`, libxml2 as nothing. In as many bytes, so that lines stay. */
static struct str breaks_mended(struct str text, struct arena *arena)
{
	char *p = arena_cstr(arena, text);

	for (size_t i = 0; i + 5 <= text.n; i++) {
		if (!str_eq_nocase((struct str){p + i, 4}, STR("</br")) ||
		    !strchr("> \t\n/", p[i + 4]))
			continue;
		p[i + 1] = 'b';
		p[i + 2] = 'r';
		p[i + 3] = ' ';
	}
	return (struct str){p, text.n};
}

static bool document_read(struct page *page, struct str text, struct err *err)
{
	htmlParserCtxt *parser = htmlNewParserCtxt();
	xmlDoc *doc;
	bool whole;

	if (!parser)
		out_of_memory();
	text = breaks_mended(text, page->arena);
	doc = htmlCtxtReadMemory(parser, text.p, (int)text.n, NULL, "UTF-8",
				 HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
					 HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
	whole = is_whole(parser, doc, err);
	if (whole) {
		page->title = window_title(doc, page->arena);
		page->language = language_of(doc, page->arena);
		page->source = canonical_of(doc, page->arena);
		html_blocks(doc, page);
	}
	xmlFreeDoc(doc);
	htmlFreeParserCtxt(parser);
	return whole;
}

bool html_read(struct str bytes, struct page *page, struct err *err)
{
	struct charset_text decoded;

	if (bytes.n > HTML_BYTES_MAX)
		return err_set(err, ERR_INPUT, "it is larger than %zu bytes", HTML_BYTES_MAX);
	if (!charset_decode(bytes, charset_of(bytes), page->arena, &decoded, err))
		return false;
	if (str_trim(decoded.text).n == 0)
		return err_set(err, ERR_INPUT, "there is nothing in it");
	if (!document_read(page, decoded.text, err))
		return false;
	if (decoded.why.n)
		page_warn(page, 0, decoded.why);
	return true;
}

bool html_is_likely(struct str text)
{
	static const char *const starts[] = {
		"<!doctype html", "<html",    "<head", "<body", "<?xml", "<article", "<main",
		"<div",		  "<section", "<p>",   "<h1",	"<h2",	 "<!--"};

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	text = str_trim(text);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		struct str start = str_of(starts[i]);

		if (str_eq_nocase(str_sub(text, 0, start.n), start))
			return true;
	}
	return false;
}
