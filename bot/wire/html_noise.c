#include "wire/html_noise.h"

struct sign {
	struct str word;
	struct html_noise noise;
	bool class_only; /* an id may be made of a heading's words: "social-life-afterwards" */
};

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
#define SIGNS_END                              \
	{                                      \
		TEXT(""), {TEXT(""), 0}, false \
	}

#define NAVIGATION TEXT("navigation")
#define COOKIES TEXT("cookies")
#define ADVERT TEXT("advert")
#define SHARING TEXT("sharing")
#define RELATED TEXT("related")
#define BYLINE TEXT("byline")
#define ASIDE TEXT("aside")
#define FOOTER TEXT("footer")
#define HEADER TEXT("header")
#define FORM TEXT("form")
#define COMMENTS TEXT("comments")
#define HIDDEN TEXT("hidden")

/* Shares: a <nav> that was never closed holds the whole page, and then it is none. */
static const struct sign elements[] = {
	{TEXT("nav"), {NAVIGATION, 60}, false},
	{TEXT("aside"), {ASIDE, 60}, false},
	{TEXT("footer"), {FOOTER, 60}, false},
	{TEXT("header"), {HEADER, 60}, false},
	{TEXT("form"), {FORM, 40}, false},
	{TEXT("button"), {FORM, 40}, false},
	{TEXT("select"), {FORM, 60}, false},
	{TEXT("dialog"), {HIDDEN, 90}, false},
	{TEXT("menu"), {NAVIGATION, 60}, false},
	{TEXT("textarea"), {FORM, 60}, false},
	{TEXT("fieldset"), {FORM, 40}, false},
	{TEXT("figcaption"), {TEXT("caption"), 40}, false},
	SIGNS_END,
};

static const struct sign roles[] = {
	{TEXT("navigation"), {NAVIGATION, 60}, false},
	{TEXT("banner"), {HEADER, 60}, false},
	{TEXT("contentinfo"), {FOOTER, 60}, false},
	{TEXT("complementary"), {ASIDE, 60}, false},
	{TEXT("search"), {FORM, 60}, false},
	{TEXT("dialog"), {COOKIES, 90}, false},
	{TEXT("alertdialog"), {COOKIES, 90}, false},
	{TEXT("menu"), {NAVIGATION, 60}, false},
	{TEXT("menubar"), {NAVIGATION, 60}, false},
	{TEXT("toolbar"), {SHARING, 60}, false},
	SIGNS_END,
};

/* Words of classes and ids, apart by hyphens and the like. */
static const struct sign words[] = {
	{TEXT("nav"), {NAVIGATION, 40}, false},
	{TEXT("navbar"), {NAVIGATION, 40}, false},
	{TEXT("navigation"), {NAVIGATION, 40}, false},
	{TEXT("menu"), {NAVIGATION, 40}, false},
	{TEXT("submenu"), {NAVIGATION, 40}, false},
	{TEXT("skip"), {NAVIGATION, 20}, true},
	{TEXT("skiplink"), {NAVIGATION, 20}, false},
	{TEXT("toc"), {NAVIGATION, 30}, true},
	{TEXT("pagination"), {NAVIGATION, 30}, false},
	{TEXT("pager"), {NAVIGATION, 30}, true},
	{TEXT("gdpr"), {COOKIES, 90}, false},
	{TEXT("ad"), {ADVERT, 30}, true},
	{TEXT("ads"), {ADVERT, 30}, true},
	{TEXT("adsbygoogle"), {ADVERT, 30}, false},
	{TEXT("promo"), {ADVERT, 30}, true},
	{TEXT("dfp"), {ADVERT, 30}, false},
	{TEXT("share"), {SHARING, 30}, true},
	{TEXT("sharing"), {SHARING, 30}, true},
	{TEXT("sharedaddy"), {SHARING, 30}, false},
	{TEXT("addtoany"), {SHARING, 30}, false},
	{TEXT("social"), {SHARING, 30}, true},
	{TEXT("socials"), {SHARING, 30}, true},
	{TEXT("related"), {RELATED, 40}, true},
	{TEXT("recommended"), {RELATED, 40}, true},
	{TEXT("recommendations"), {RELATED, 40}, true},
	{TEXT("byline"), {BYLINE, 20}, true},
	{TEXT("author"), {BYLINE, 30}, true},
	{TEXT("tags"), {BYLINE, 20}, true},
	{TEXT("sidebar"), {ASIDE, 40}, false},
	{TEXT("footer"), {FOOTER, 40}, false},
	{TEXT("comments"), {COMMENTS, 60}, false},
	{TEXT("disqus"), {COMMENTS, 60}, false},
	{TEXT("respond"), {COMMENTS, 40}, true},
	{TEXT("popup"), {HIDDEN, 40}, true},
	{TEXT("modal"), {HIDDEN, 40}, true},
	SIGNS_END,
};

static const struct sign beginnings[] = {
	{TEXT("cookie"), {COOKIES, 90}, false},	       {TEXT("onetrust"), {COOKIES, 90}, false},
	{TEXT("breadcrumb"), {NAVIGATION, 30}, false}, {TEXT("advert"), {ADVERT, 30}, true},
	{TEXT("sponsor"), {ADVERT, 30}, true},	       {TEXT("newsletter"), {SHARING, 30}, true},
	{TEXT("subscribe"), {SHARING, 30}, true},      SIGNS_END,
};

/* Said for those who listen to the page, or to machines. */
static const struct sign unseen[] = {
	{TEXT("sr-only"), {HIDDEN, 20}, false},
	{TEXT("visually-hidden"), {HIDDEN, 20}, false},
	{TEXT("visuallyhidden"), {HIDDEN, 20}, false},
	{TEXT("screen-reader"), {HIDDEN, 20}, false},
	{TEXT("noprint"), {NAVIGATION, 20}, false},
	SIGNS_END,
};

static struct html_noise exact(const struct sign *signs, struct str word, bool is_class)
{
	for (; signs->word.n; signs++)
		if (str_eq_nocase(signs->word, word) && (is_class || !signs->class_only))
			return signs->noise;
	return (struct html_noise){0};
}

static struct html_noise by_beginning(struct str word, bool is_class)
{
	for (const struct sign *s = beginnings; s->word.n; s++)
		if (str_eq_nocase(str_sub(word, 0, s->word.n), s->word) &&
		    (is_class || !s->class_only))
			return s->noise;
	return (struct html_noise){0};
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* "with-sidebar" and "has-ads" are said of what stands around it. */
static bool is_about_inside(struct str word)
{
	static const char *const about[] = {"with", "has", "no", "without"};

	for (size_t i = 0; i < sizeof about / sizeof *about; i++)
		if (str_eq_nocase(word, str_of(about[i])))
			return true;
	return false;
}

static struct html_noise in_name(struct str name, bool is_class)
{
	struct html_noise noise = {0};
	bool skip = false;
	size_t at = 0;

	for (const struct sign *s = unseen; s->word.n; s++)
		if (str_find(name, s->word) >= 0)
			return s->noise;
	while (at < name.n && !noise.why.n) {
		size_t end = at;
		struct str word;

		while (end < name.n && is_letter(name.p[end]))
			end++;
		word = str_sub(name, at, end - at);
		if (word.n && !skip) {
			noise = exact(words, word, is_class);
			if (!noise.why.n)
				noise = by_beginning(word, is_class);
		}
		skip = word.n ? is_about_inside(word) : skip && name.p[at] != ' ';
		at = end > at ? end : at + 1;
	}
	return noise;
}

static bool is_among(struct str element, const char *const *names)
{
	for (; *names; names++)
		if (str_eq(element, str_of(*names)))
			return true;
	return false;
}

struct html_noise html_noise_of(const struct html_signs *signs)
{
	static const char *const whole[] = {"html", "body", "main", "article", "h1", "h2",
					    "h3",   "h4",   "h5",   "h6",      NULL};
	struct html_noise noise = exact(elements, signs->element, true);

	/* What these are called is said of the page, or of the text itself. */
	if (is_among(signs->element, whole))
		return noise;
	if (!noise.why.n)
		noise = exact(roles, signs->role, true);
	if (!noise.why.n)
		noise = in_name(signs->class, true);
	if (!noise.why.n)
		noise = in_name(signs->id, false);
	return noise;
}

bool html_is_mute(struct str element)
{
	static const char *const names[] = {
		"script",   "style",  "noscript", "template", "svg",	  "math",    "canvas",
		"iframe",   "object", "embed",	  "audio",    "video",	  "picture", "map",
		"head",	    "img",    "input",	  "option",   "datalist", "meter",   "progress",
		"link",	    "meta",   "title",	  "area",     "source",	  "track",   "col",
		"colgroup", "base",   "noframes", NULL};

	return is_among(element, names);
}

bool html_is_block(struct str element)
{
	static const char *const names[] = {
		"address", "article",  "aside",	     "blockquote", "body",   "caption", "center",
		"dd",	   "details",  "dialog",     "dir",	   "div",    "dl",	"dt",
		"figure",  "fieldset", "figcaption", "footer",	   "form",   "h1",	"h2",
		"h3",	   "h4",       "h5",	     "h6",	   "header", "hgroup",	"hr",
		"html",	   "legend",   "li",	     "main",	   "menu",   "nav",	"ol",
		"p",	   "pre",      "section",    "summary",	   "table",  "tbody",	"td",
		"tfoot",   "th",       "thead",	     "tr",	   "ul",     NULL};

	return is_among(element, names);
}
