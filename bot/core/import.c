#include "core/import.h"

#include "core/article.h"
#include "core/buf.h"
#include "core/front_value.h"
#include "core/import_inside.h"

#define WORDS_MIN 20	/* of a page's text; less of it is no article */
#define LONG_BYTES 1500 /* a paragraph that fills a screen of chat */

/* --- what deserves a look ----------------------------------------------------------------- */

static size_t words_left(const struct page *page)
{
	size_t n = 0;

	for (size_t i = 0; i < page->blocks_n; i++)
		if (!page->blocks[i].is_gone && page->blocks[i].kind != BLOCK_HEADING)
			n += page_words(page->blocks[i].plain);
	return n;
}

static bool lengths_look(struct page *page, struct err *err)
{
	for (size_t i = 0; i < page->blocks_n; i++) {
		const struct block *b = &page->blocks[i];
		const char *kind = b->kind == BLOCK_ITEM ? "list item" : "paragraph";

		if (b->is_gone || b->plain.n <= LONG_BYTES)
			continue;
		if (b->markdown.n >= PASSAGE_BYTES_MAX)
			return err_set(
				err, ERR_INPUT,
				"line %u: the %s that begins here has %zu bytes, and an answer "
				"has room for %zu; cut it up first",
				b->line, kind, b->markdown.n, PASSAGE_BYTES_MAX);
		page_warn(page, b->line,
			  arena_fmt(page->arena,
				    "a very long %s (%zu bytes): an answer gives it whole, so cut "
				    "it up",
				    kind, b->plain.n));
	}
	return true;
}

static void language_warn(struct page *page)
{
	if (!str_starts(page->language, STR("en")))
		page_warn(page, 0,
			  arena_fmt(page->arena,
				    "its language is \"" STR_FMT "\"; the bot reads English",
				    STR_ARG(page->language)));
}

/* --- writing ------------------------------------------------------------------------------ */

struct writing {
	const struct page *page;
	struct buf out;
	size_t joint; /* bytes of the paragraphs without an id under this heading */
	size_t parts; /* ids given so far */
};

/* An item's further lines stand under its text. */
static void indented_add(struct buf *out, struct str markdown)
{
	struct str line;
	bool is_first = true;

	while (str_cut(&markdown, '\n', &line)) {
		if (!is_first)
			buf_add(out, line.n ? STR("\n  ") : STR("\n"));
		buf_add(out, line);
		is_first = false;
	}
}

static void heading_write(struct writing *w, const struct block *b)
{
	w->joint = 0;
	buf_add(&w->out, b->level == 2 ? STR("## ") : STR("### "));
	buf_add(&w->out, b->markdown);
	if (b->id.n)
		buf_addf(&w->out, " {#" STR_FMT "}", STR_ARG(b->id));
}

/* The paragraphs under a heading are one passage, which has a limit; those behind it are passages of
 * their own. A slug has no full stop, so that no heading has such an id. */
static void paragraph_write(struct writing *w, const struct block *b)
{
	buf_add(&w->out, b->markdown);
	w->joint += b->markdown.n + 2;
	if (w->joint > PASSAGE_BYTES_MAX)
		buf_addf(&w->out, " {#part.%zu}", ++w->parts);
}

static void block_write(struct writing *w, const struct block *b)
{
	if (b->as_is.n) {
		buf_add(&w->out, b->as_is);
	} else if (b->kind == BLOCK_HEADING) {
		heading_write(w, b);
	} else if (b->kind == BLOCK_ITEM) {
		buf_add(&w->out, STR("- "));
		indented_add(&w->out, b->markdown);
	} else {
		paragraph_write(w, b);
	}
}

static void blocks_write(struct writing *w)
{
	const struct page *page = w->page;
	bool in_list = false;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		bool is_item = page->blocks[i].kind == BLOCK_ITEM;

		buf_add(&w->out, in_list && is_item ? STR("\n") : STR("\n\n"));
		block_write(w, &page->blocks[i]);
		in_list = is_item;
	}
	buf_add_char(&w->out, '\n');
}

static void front_write(struct buf *out, const struct page *page)
{
	buf_addf(out,
		 "---\n"
		 "title: " STR_FMT "\n"
		 "language: " STR_FMT "\n"
		 "version: " STR_FMT "\n"
		 "source: " STR_FMT "\n"
		 "---",
		 STR_ARG(front_value_write(page->title, page->arena)),
		 STR_ARG(front_value_write(page->language, page->arena)),
		 STR_ARG(front_value_write(page->version, page->arena)),
		 STR_ARG(front_value_write(page->source, page->arena)));
}

/* --- the whole ---------------------------------------------------------------------------- */

/* What was written is read as `check` will read it. */
static bool article_look(struct page *page, struct str text, struct imported *out, struct err *err)
{
	struct mistakes mistakes;
	const struct article *article;

	mistakes_init(&mistakes, page->arena);
	article = article_parse(STR("article"), text, page->arena, &mistakes);
	for (size_t i = 0; i < mistakes.n; i++)
		if (!mistakes.v[i].warning)
			return err_set(err, ERR_INPUT,
				       "line %u of the article made of it: " STR_FMT,
				       mistakes.v[i].line, STR_ARG(mistakes.v[i].what));
	*out = (struct imported){text, article->sections_n, article->passages_n};
	return true;
}

static bool article_write(struct page *page, struct imported *out, struct err *err)
{
	struct writing w = {.page = page};
	struct str text;
	bool full;

	buf_init(&w.out, ARTICLE_BYTES_MAX);
	front_write(&w.out, page);
	blocks_write(&w);
	full = w.out.full;
	text = arena_str(page->arena, buf_str(&w.out));
	buf_done(&w.out);
	if (full)
		return err_set(
			err, ERR_INPUT,
			"the article made of it is larger than %zu bytes; import it in parts",
			ARTICLE_BYTES_MAX);
	return article_look(page, text, out, err);
}

bool import_article(struct page *page, const struct noise *noise, struct str name,
		    struct imported *out, struct err *err)
{
	size_t words;

	if (page->is_full)
		return err_set(err, ERR_INPUT, "it has more than %d headings, paragraphs and items",
			       PAGE_BLOCKS_MAX);
	import_noise(page, noise);
	words = words_left(page);
	if (words == 0 || (words < WORDS_MIN && !page->is_markdown))
		return err_set(err, ERR_INPUT,
			       "no article was found in it: %zu words are left when what surrounds "
			       "an article is taken away",
			       words);
	if (!page->language.n)
		page->language = STR("en");
	if (!page->version.n)
		page->version = STR("1");
	if (!page->source.n)
		page->source = name;
	import_headings(page, name);
	language_warn(page);
	return lengths_look(page, err) && article_write(page, out, err);
}
