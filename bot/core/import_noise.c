#include "core/import_inside.h"

#include <string.h>

#define REAL_WORDS 20	 /* a paragraph with so many is one of the article */
#define BYLINE_WORDS 16	 /* a line about the author has no more */
#define LABEL_WORDS 8	 /* "You may also like:" */
#define MENU_WORDS 4	 /* an entry of a menu */
#define SECTION_SHARE 40 /* per cent of the page's words that a heading may take with it */
#define END_SHARE 35	 /* per cent that may stand behind the end of an article */

#define BIT(kind) (1u << (kind))
#define ALWAYS (BIT(NOISE_ADVERT) | BIT(NOISE_SHARING) | BIT(NOISE_COOKIES))

struct cleaning {
	struct page *page;
	const struct noise *noise;
	struct arena turn;
	size_t words; /* on the whole page */
};

size_t import_next(const struct page *page, size_t i)
{
	do
		i++;
	while (i < page->blocks_n && page->blocks[i].is_gone);
	return i;
}

size_t import_before(const struct page *page, size_t i)
{
	while (i-- > 0)
		if (!page->blocks[i].is_gone)
			return i;
	return page->blocks_n;
}

void import_drop(struct page *page, size_t i, struct str why)
{
	struct block *b = &page->blocks[i];

	if (b->is_gone)
		return;
	b->is_gone = true;
	page_drop(page, b->line, b->plain, why);
}

static bool is_real(const struct block *b)
{
	return b->kind == BLOCK_PARAGRAPH && page_words(b->plain) >= REAL_WORDS;
}

static bool ends_sentence(struct str plain)
{
	return plain.n && strchr(".!?", plain.p[plain.n - 1]);
}

static enum noise_kind kind_of(struct cleaning *c, const struct block *b, unsigned kinds)
{
	enum noise_kind kind = noise_of(c->noise, b->plain, kinds, &c->turn);

	arena_reset(&c->turn);
	return kind;
}

/* --- single blocks ------------------------------------------------------------------------ */

/* Headings are left to what stands under them. */
static void singles_drop(struct cleaning *c)
{
	struct page *page = c->page;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		const struct block *b = &page->blocks[i];
		unsigned kinds = ALWAYS | BIT(NOISE_NAVIGATION);
		enum noise_kind kind;

		if (b->kind == BLOCK_ITEM)
			kinds = BIT(NOISE_ADVERT) | BIT(NOISE_COOKIES);
		else if (b->kind == BLOCK_HEADING)
			kinds = page->is_guessed ? kinds & ~BIT(NOISE_COOKIES) : BIT(NOISE_ADVERT);
		kind = kind_of(c, b, kinds);
		if (kind != NOISE_N)
			import_drop(page, i, noise_name(kind));
	}
}

/* "Back" is an entry of a menu beside "Home", and a part of the body beside "Neck". */
static void items_drop(struct cleaning *c)
{
	struct page *page = c->page;
	unsigned kinds = BIT(NOISE_SHARING) | BIT(NOISE_NAVIGATION) | BIT(NOISE_END);
	size_t end = page->blocks_n;
	/* The last of each stands for "no such block". */
	bool *is_item = arena_array(page->arena, end + 1, sizeof *is_item);
	bool *is_noise = arena_array(page->arena, end + 1, sizeof *is_noise);
	bool *goes = arena_array(page->arena, end + 1, sizeof *goes);

	for (size_t i = import_next(page, SIZE_MAX); i < end; i = import_next(page, i)) {
		is_item[i] = page->blocks[i].kind == BLOCK_ITEM;
		is_noise[i] = is_item[i] && kind_of(c, &page->blocks[i], kinds) != NOISE_N;
	}
	for (size_t i = import_next(page, SIZE_MAX); i < end; i = import_next(page, i)) {
		size_t before = import_before(page, i);
		size_t next = import_next(page, i);
		bool alone = !is_item[before] && !is_item[next];

		goes[i] = is_noise[i] && (alone || is_noise[before] || is_noise[next]);
	}
	for (size_t i = 0; i < end; i++)
		if (goes[i])
			import_drop(page, i, noise_name(NOISE_NAVIGATION));
}

/* Short entries of a list before anything else. */
static void menu_drop(struct cleaning *c)
{
	struct page *page = c->page;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		const struct block *b = &page->blocks[i];

		if (b->kind != BLOCK_ITEM || page_words(b->plain) > MENU_WORDS)
			return;
		import_drop(page, i, noise_name(NOISE_NAVIGATION));
	}
}

/* --- who wrote it, and when --------------------------------------------------------------- */

static bool is_byline(struct cleaning *c, const struct block *b, bool on_top, bool at_end)
{
	bool may_be = b->kind == BLOCK_PARAGRAPH ||
		      (b->kind == BLOCK_HEADING && c->page->is_guessed && (on_top || at_end));

	if (!may_be || page_words(b->plain) > BYLINE_WORDS)
		return false;
	if (kind_of(c, b, BIT(NOISE_DATE)) != NOISE_N)
		return true;
	/* "Reviewed by Dr A. B." is one on top; "By noon you can go home." further down is none. */
	return (on_top || !ends_sentence(b->plain)) && kind_of(c, b, BIT(NOISE_BYLINE)) != NOISE_N;
}

/* Above the first and below the last paragraph of some length stands what is about the article. */
static void bylines_drop(struct cleaning *c)
{
	struct page *page = c->page;
	size_t first = page->blocks_n;
	size_t last = 0;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		if (!is_real(&page->blocks[i]))
			continue;
		if (first == page->blocks_n)
			first = i;
		last = i;
	}
	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i))
		if (is_byline(c, &page->blocks[i], i<first, i> last))
			import_drop(page, i, noise_name(NOISE_BYLINE));
}

/* --- parts of a page ---------------------------------------------------------------------- */

static size_t words_from_to(const struct page *page, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (!page->blocks[i].is_gone)
			n += page_words(page->blocks[i].plain);
	return n;
}

static void part_drop(struct cleaning *c, size_t from, size_t to, enum noise_kind kind)
{
	for (size_t i = from; i < to; i++)
		import_drop(c->page, i, noise_name(kind));
}

/* Where the section of the heading at `from` ends. Under a guessed one the titles of other articles
 * look like headings: only one with a paragraph goes on with the article. */
static size_t section_end(const struct page *page, size_t from)
{
	const struct block *heading = &page->blocks[from];
	size_t i = import_next(page, from);

	for (; i < page->blocks_n; i = import_next(page, i)) {
		const struct block *b = &page->blocks[i];
		size_t under = import_next(page, i);

		if (b->kind != BLOCK_HEADING || b->level > heading->level)
			continue;
		if (!page->is_guessed || (under < page->blocks_n && is_real(&page->blocks[under])))
			break;
	}
	return i;
}

/* "You may also like:" and the list under it. */
static size_t label_end(const struct page *page, size_t from)
{
	size_t i = import_next(page, from);

	if (page_words(page->blocks[from].plain) > LABEL_WORDS)
		return i;
	while (i < page->blocks_n && page->blocks[i].kind == BLOCK_ITEM)
		i = import_next(page, i);
	return i;
}

static void parts_drop(struct cleaning *c)
{
	struct page *page = c->page;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		const struct block *b = &page->blocks[i];
		bool is_heading = b->kind == BLOCK_HEADING;
		unsigned kinds = BIT(NOISE_RELATED) | (is_heading ? BIT(NOISE_COOKIES) : 0);
		enum noise_kind kind = b->kind == BLOCK_ITEM ? NOISE_N : kind_of(c, b, kinds);
		size_t end;

		if (kind == NOISE_N)
			continue;
		end = is_heading ? section_end(page, i) : label_end(page, i);
		/* A part of that size is the article itself: then only the words on top go. */
		if (words_from_to(page, i, end) * 100 > c->words * SECTION_SHARE)
			end = i + 1;
		part_drop(c, i, end, kind);
	}
}

static void end_drop(struct cleaning *c)
{
	struct page *page = c->page;

	for (size_t i = import_next(page, SIZE_MAX); i < page->blocks_n; i = import_next(page, i)) {
		const struct block *b = &page->blocks[i];
		size_t end = page->blocks_n;

		if (b->kind == BLOCK_ITEM || kind_of(c, b, BIT(NOISE_END)) == NOISE_N)
			continue;
		if (words_from_to(page, i, end) * 100 > c->words * END_SHARE)
			end = b->kind == BLOCK_HEADING ? i : i + 1;
		part_drop(c, i, end, NOISE_END);
	}
}

/* The last paragraphs, as long as they speak of the publisher. */
static void publisher_drop(struct cleaning *c)
{
	struct page *page = c->page;

	for (size_t i = import_before(page, page->blocks_n); i < page->blocks_n;
	     i = import_before(page, i)) {
		const struct block *b = &page->blocks[i];

		if (b->kind != BLOCK_PARAGRAPH || kind_of(c, b, BIT(NOISE_PUBLISHER)) == NOISE_N)
			return;
		import_drop(page, i, noise_name(NOISE_PUBLISHER));
	}
}

void import_noise(struct page *page, const struct noise *noise)
{
	struct cleaning c = {.page = page, .noise = noise};

	arena_init(&c.turn);
	c.words = words_from_to(page, 0, page->blocks_n);
	singles_drop(&c);
	items_drop(&c);
	/* What its author wrote as an article has its structure; only what stands out goes. */
	if (!page->is_markdown) {
		menu_drop(&c);
		bylines_drop(&c);
		if (page->is_guessed)
			import_guesses(page);
		parts_drop(&c);
		end_drop(&c);
		publisher_drop(&c);
		/* What stood below has hidden the last ones. */
		bylines_drop(&c);
		publisher_drop(&c);
	}
	arena_done(&c.turn);
}
