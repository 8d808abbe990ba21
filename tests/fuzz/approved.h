/* Every sentence that a reply may hold, by line: the passages, titles and topics of the articles, the
 * fixed texts, the safety texts in all languages. What is only lay-out (bold, backslashes, numbers of a
 * list, doubled blanks) is passed over. */
#ifndef TESTS_FUZZ_APPROVED_H
#define TESTS_FUZZ_APPROVED_H

#include "core/buf.h"
#include "core/concepts.h"
#include "core/replies.h"
#include "core/tongues.h"
#include "fuzz/fuzz.h"

struct approved {
	struct arena arena;
	struct str *lines; /* sorted */
	size_t n, cap;
	struct buf all;
};

static inline int approved_order(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Without lay-out; in `arena`. */
static inline struct str approved_bare(struct str line, struct arena *arena)
{
	char *p = arena_alloc(arena, line.n + 1);
	size_t n = 0;

	line = str_trim(line);
	for (size_t i = 0; i < line.n; i++) {
		bool blank = line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r';

		if (line.p[i] == '*' || line.p[i] == '\\' || (blank && (!n || p[n - 1] == ' ')))
			continue;
		p[n++] = blank ? ' ' : line.p[i];
	}
	return str_trim((struct str){p, n});
}

static inline void approved_add(struct approved *a, struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		line = approved_bare(line, &a->arena);
		if (line.n == 0)
			continue;
		a->lines = arena_grow(&a->arena, a->lines, &a->n, &a->cap, sizeof *a->lines);
		a->lines[a->n - 1] = line;
		buf_add(&a->all, line);
		buf_add_char(&a->all, '\n');
	}
}

static inline void approved_init(struct approved *a, const struct book *book)
{
	*a = (struct approved){0};
	arena_init(&a->arena);
	buf_init(&a->all, (size_t)64 * 1024 * 1024);
	for (size_t i = 0; i < book->articles_n; i++) {
		const struct article *article = book->articles[i];

		for (size_t k = 0; k < article->sections_n; k++)
			approved_add(a, article->sections[k].title);
		for (size_t k = 0; k < article->passages_n; k++) {
			approved_add(a, article->passages[k].markdown);
			approved_add(a, article->passages[k].topic);
		}
	}
	for (int i = 0; i < REPLY_IDS_N; i++)
		approved_add(a, book->replies->text[i]);
	for (size_t i = 0; book->concepts && i < book->concepts->n; i++)
		approved_add(a,
			     replies_topic(book->replies, book->concepts->v[i].title, &a->arena));
	for (size_t i = 0; i < book->tongues->n; i++)
		for (size_t k = 0; k < URGENT_LEVELS; k++)
			approved_add(a, book->tongues->v[i].text[k]);
	HOLDS(!a->all.full && a->n, STR("approved"));
	qsort(a->lines, a->n, sizeof *a->lines, approved_order);
}

/* "2. ", of a topic that can be picked; or all of "1/2". */
static inline struct str approved_unnumbered(struct str line)
{
	size_t digits = 0;

	while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '9')
		digits++;
	if (digits && str_starts(str_sub(line, digits, line.n), STR(". ")))
		return str_sub(line, digits + 2, line.n);
	if (digits && str_starts(str_sub(line, digits, line.n), STR("/")) && line.n <= 7)
		return STR("");
	return line;
}

static inline bool approved_line(const struct approved *a, struct str line)
{
	return line.n == 0 || bsearch(&line, a->lines, a->n, sizeof line, approved_order);
}

/* A long line is cut between pieces: then a part of it stands. */
static inline bool approved_part(const struct approved *a, struct str line)
{
	return memmem(a->all.p, a->all.n, line.p, line.n) != NULL;
}

static inline void approved_hold(const struct approved *a, struct str piece, struct arena *turn)
{
	struct str line;

	while (str_cut(&piece, '\n', &line)) {
		struct str bare = approved_bare(line, turn);
		struct str unnumbered = approved_unnumbered(bare);

		HOLDS(approved_line(a, bare) || approved_line(a, unnumbered) ||
			      approved_part(a, bare) || approved_part(a, unnumbered),
		      bare);
	}
}

#endif
