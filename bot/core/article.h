/* An article: Markdown in, sections and passages out. A passage is what can be an answer, and is
 * given word for word.
 *
 * CommonMark with a front matter of `key: value` lines between two `---` lines. Headings of level
 * 2 and 3 are sections; text above the first one belongs to a section named after the article.
 * Each list item is a passage, and so is each paragraph that was given an id. An id stands in
 * braces at the end of a heading or passage, `{#after.alcohol}`, and is not shown; classes may
 * follow it, `{#benefits.local .benefit}`. Without an id the paragraphs under a heading are
 * together the passage `<heading-slug>`, the n-th item of its lists is `<heading-slug>/<n>`. The id of
 * a heading, or its slug, names the section.
 *
 * Classes: `.benefit` says that the passage speaks of good effects only, so a reply with it also
 * carries the passage marked `.risk` (safety requirement M4). */
#ifndef CORE_ARTICLE_H
#define CORE_ARTICLE_H

#include "core/arena.h"
#include "core/mistakes.h"

#define ARTICLE_BYTES_MAX ((size_t)1024 * 1024)
#define PASSAGES_MAX 2000 /* in one article */
#define SECTIONS_MAX 1000
#define TOPIC_PASSAGES_MAX 12		      /* a section that is offered whole */
#define PASSAGE_BYTES_MAX ((size_t)16 * 1024) /* a reply holds several */

struct article;
struct section;

struct passage {
	struct str id;
	struct str markdown; /* as Discord and cmark read it, on as few lines as can be */
	struct str plain;    /* without markup */
	const struct section *section;
	struct str topic; /* its name in a list of topics; plain text */
	bool named;	  /* the topic is its own: it has a bold lead, or stands alone in its
			     section; else its whole section is the topic */
	unsigned line;	  /* in the article's file */
	bool item;	  /* a list item */
	bool benefit, risk;
};

struct section {
	struct str title; /* plain text */
	struct str slug;  /* "how-often-can-it-be-done" */
	const struct article *article;
	unsigned line;
	size_t first, count; /* its passages in the article */
};

struct article {
	struct str name; /* the file's name without .md: "mesotherapy" */
	struct str file; /* as mistakes name it */
	struct str title, language, version, source;
	struct str approved_by, approved_on, review_by; /* empty when not given */
	struct section *sections;
	size_t sections_n;
	struct passage *passages;
	size_t passages_n;
	const struct passage *risk; /* NULL when none is marked */
};

/* Reads one article. `file` is its name with .md, used in mistakes and for article->name. Mistakes
 * (no sections, no title, an id twice, text that is not UTF-8, an empty passage, a benefit without
 * a risk passage, ...) go to `mistakes`; NULL when any of them is an error. A byte order mark is
 * passed over. */
const struct article *article_parse(struct str file, struct str text, struct arena *arena,
				    struct mistakes *mistakes);

/* What is given when a passage's topic is picked: the passage, or all of its section when it has no name
 * of its own. Gives how many, from `*first` on. */
size_t passage_topic(const struct passage *p, const struct passage **first);

/* The paragraph that leads the list an item without a name stands in, without which it may not be
 * understood ("Call us if one of these applies:"); NULL when there is none. */
const struct passage *passage_intro(const struct passage *p);

/* The passage with this id, or NULL. */
const struct passage *article_passage(const struct article *article, struct str id);

/* What an id means: a passage, or else all those of a section. Gives how many, from `*first` on; 0 when
 * it means nothing. */
size_t passages_named(const struct article *article, struct str id, const struct passage **first);

/* "Wann? How often..." to "wann-how-often": Unicode letters and digits, lower case, single
 * hyphens between. */
struct str slug_of(struct str title, struct arena *arena);

#endif
