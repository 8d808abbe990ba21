/* What was read from somebody's page, as blocks: headings, paragraphs and list items in their order,
 * and beside them what was left out and why. Readers of each format fill it (page_read_text,
 * page_read_markdown, wire/html.h), and import.h makes an article of it. Everything lives in the
 * arena of the page. */
#ifndef CORE_PAGE_H
#define CORE_PAGE_H

#include "core/arena.h"

#define PAGE_BLOCKS_MAX 20000

enum block_kind { BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_ITEM };

struct block {
	enum block_kind kind;
	unsigned level;	     /* of a heading, 1 to 6 */
	unsigned line;	     /* where it begins in the file, 0 when that is not known */
	struct str plain;    /* without markup */
	struct str markdown; /* as it is written into the article, behind #s or a bullet */
	struct str id;	     /* a heading's, when the file gave one */
	struct str as_is;    /* how the file wrote the whole block, where that can stay */
	bool is_gone;	     /* left out */
};

struct page_note {
	unsigned line;
	struct str text; /* the beginning of what was left out; empty for a warning */
	struct str why;
};

struct page {
	struct arena *arena;
	struct str title, language, source, version; /* empty when the file does not say */
	bool is_markdown;			     /* its structure is the author's, and stays */
	bool is_guessed;			     /* its headings were told by their looks */
	struct block *blocks;
	size_t blocks_n, blocks_cap;
	struct page_note *dropped;
	size_t dropped_n, dropped_cap;
	struct page_note *warnings;
	size_t warnings_n, warnings_cap;
	bool is_full; /* there were more than PAGE_BLOCKS_MAX blocks */
};

void page_init(struct page *page, struct arena *arena);

/* Text with its emphasis, in the order of reading. */
enum run_style { RUN_PLAIN, RUN_EMPHASIS, RUN_STRONG };

/* In an item the text may go on as a list inside of it, and that in one more. */
enum run_inner { RUN_SAME, RUN_INNER_ITEM, RUN_INNER_TEXT };

struct run {
	struct str text; /* any white space; control and invisible characters are left out */
	enum run_style style;
	enum run_inner inner; /* but for RUN_SAME without text: what begins here */
	unsigned depth;	      /* of what begins: 0 is the item itself */
};

struct runs {
	struct run *v;
	size_t n, cap;
};

void runs_add(struct runs *runs, enum run_style style, struct str text, struct arena *arena);
/* What follows is an item of the item's inner list at this depth, from 1; or, with RUN_INNER_TEXT, goes
 * on behind such a list as a paragraph of what holds it. */
void runs_add_inner(struct runs *runs, enum run_inner inner, unsigned depth, struct arena *arena);
/* All its text on one line, single blanks between words. */
struct str runs_plain(const struct runs *runs, struct arena *arena);

/* Adds a block; nothing when the runs are blank. What could be read as markup is escaped, and
 * emphasis that Markdown cannot express is given up. */
void page_add(struct page *page, enum block_kind kind, unsigned level, unsigned line,
	      const struct runs *runs);
/* The same for text without emphasis. */
void page_add_text(struct page *page, enum block_kind kind, unsigned level, unsigned line,
		   struct str text);
/* A block that is already Markdown. */
void page_add_block(struct page *page, struct block block);

/* Says that something was left out; blank text is not worth a word. */
void page_drop(struct page *page, unsigned line, struct str text, struct str why);
void page_warn(struct page *page, unsigned line, struct str why);

/* A table, row by row. A row becomes a list item, "Header: cell; Header: cell". */
struct table_row {
	struct str *cells; /* plain text; blank ones are passed over */
	size_t n;
	unsigned line;
	bool has_lead; /* the first cell names the row */
};

struct table {
	struct table_row *rows;
	size_t n, cap;
	bool has_header; /* the first row names the columns */
};

void page_add_table(struct page *page, const struct table *table);

/* Plain text as it is pasted from a web page: headings are short lines, lines may be wrapped, lists
 * have any kind of bullet. `text` as charset_decode() gives it. */
void page_read_text(struct page *page, struct str text);
/* CommonMark, with or without a front matter. What is an article's already is taken as it stands. */
void page_read_markdown(struct page *page, struct str text);

/* Helpers of the readers. */

/* Words apart by blanks. */
size_t page_words(struct str plain);
/* Short, begins like a sentence and does not end like one; or a short question. */
bool page_is_heading(struct str plain);
/* The bytes of a bullet with its blanks at the start of a line: "• ", "- ", "* ", "– "; 0 when there
 * is none. */
size_t page_bullet(struct str line);

#endif
