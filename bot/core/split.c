/* reply.h: text_split. */
#include <utf8proc.h>

#include "core/reply.h"

#define UTF8_BYTES_MAX ((size_t)4) /* of a code point */

/* Where a piece may end: byte offsets of the last border of each kind that fits, 0 for none. */
struct borders {
	size_t paragraph, line, sentence, word, grapheme, codepoint;
};

static bool is_end(char c)
{
	return c == '.' || c == '?' || c == '!';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* --- marked text -------------------------------------------------------------------------- */

static size_t run_length(struct str s, size_t at)
{
	size_t n = 1;

	while (at + n < s.n && s.p[at + n] == s.p[at])
		n++;
	return n;
}

/* Behind the run of marks that closes what a run of `n` at `at` opens; 0 when none does before the
 * paragraph's end. */
static size_t marks_end(struct str s, size_t at, size_t n)
{
	char mark = s.p[at];
	size_t length;

	if (at + n >= s.n || (mark != '`' && is_space(s.p[at + n])))
		return 0;
	for (size_t i = at + n; i < s.n; i += length) {
		length = 1;
		if (s.p[i] == '\n' && i + 1 < s.n && s.p[i + 1] == '\n')
			return 0;
		if (s.p[i] == '\\' && mark != '`')
			length = 2;
		if (s.p[i] != mark)
			continue;
		length = run_length(s, i);
		if (mark == '`' ? length == n
				: !is_space(s.p[i - 1]) && (length == n || length > 2))
			return i + length;
	}
	return 0;
}

/* Behind `[text](address)`. */
static size_t link_end(struct str s, size_t at)
{
	struct str rest = str_sub(s, at, s.n);
	ptrdiff_t paragraph = str_find(rest, STR("\n\n"));
	ptrdiff_t middle, close;

	if (paragraph >= 0)
		rest = str_sub(rest, 0, (size_t)paragraph);
	middle = str_find(rest, STR("]("));
	if (middle < 0)
		return 0;
	close = str_find(str_sub(rest, (size_t)middle, rest.n), STR(")"));
	return close < 0 ? 0 : at + (size_t)middle + (size_t)close + 1;
}

/* Where what is marked from `at` on ends: bold, slanted, a link, code. `at` itself when nothing is. */
static size_t marked_end(struct str s, size_t at)
{
	size_t end = 0;

	if (s.p[at] == '[')
		end = link_end(s, at);
	else if (s.p[at] == '*' || s.p[at] == '_' || s.p[at] == '`')
		end = marks_end(s, at, run_length(s, at));
	return end ? end : at;
}

/* --- borders ------------------------------------------------------------------------------ */

static void border_note(struct borders *b, struct str s, size_t at, bool between_graphemes)
{
	char before = s.p[at - 1];

	b->codepoint = at;
	if (between_graphemes)
		b->grapheme = at;
	if (at + 1 < s.n && s.p[at] == '\n' && s.p[at + 1] == '\n')
		b->paragraph = at;
	if (s.p[at] == '\n')
		b->line = at;
	if ((s.p[at] == ' ' || s.p[at] == '\n') && is_end(before))
		b->sentence = at;
	if (s.p[at] == ' ' || s.p[at] == '\n')
		b->word = at;
}

/* Walks over at most `max` code points and notes the borders outside of what is marked, and all. True
 * when the whole text fits. */
static bool borders_find(struct str s, size_t max, struct borders *outside, struct borders *all)
{
	/* What ends behind that is longer than a piece. */
	struct str near = str_sub(s, 0, 2 * UTF8_BYTES_MAX * max);
	utf8proc_int32_t state = 0;
	utf8proc_int32_t before = -1;
	size_t marked = 0; /* ends there */
	size_t at = 0;

	for (size_t n = 0; at < s.n; n++) {
		utf8proc_int32_t c;
		utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
							  (utf8proc_ssize_t)(s.n - at), &c);

		if (at > 0) {
			bool border = before < 0 || c < 0 ||
				      utf8proc_grapheme_break_stateful(before, c, &state);

			border_note(all, s, at, border);
			if (at >= marked)
				border_note(outside, s, at, border);
		}
		if (n == max)
			return false;
		if (at >= marked && !(at > 0 && s.p[at - 1] == '\\'))
			marked = marked_end(near, at);
		before = c;
		at += bytes > 0 ? (size_t)bytes : 1;
	}
	return true;
}

/* A border that would leave a piece less than a third full is not worth it, but where all behind it is
 * marked. */
static size_t best_cut(const struct borders *outside, const struct borders *all)
{
	const size_t choices[] = {outside->paragraph, outside->line, outside->sentence,
				  outside->word, outside->grapheme};

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (choices[i] > all->codepoint / 3)
			return choices[i];
	if (outside->word)
		return outside->word;
	if (outside->grapheme)
		return outside->grapheme;
	if (all->word > all->codepoint / 3)
		return all->word;
	return all->grapheme ? all->grapheme : all->codepoint;
}

void text_split(struct str markdown, size_t first_max, size_t max, struct arena *arena,
		struct str **pieces, size_t *pieces_n)
{
	struct str rest = str_trim(markdown);
	size_t cap = 0;
	size_t limit = first_max;

	*pieces = NULL;
	*pieces_n = 0;
	while (rest.n) {
		struct borders outside = {0}, all = {0};
		/* A code point has a byte or more. */
		bool fits = rest.n <= limit || borders_find(rest, limit, &outside, &all);
		size_t cut = fits ? rest.n : best_cut(&outside, &all);

		*pieces = arena_grow(arena, *pieces, pieces_n, &cap, sizeof **pieces);
		(*pieces)[*pieces_n - 1] = str_trim(str_sub(rest, 0, cut));
		rest = str_trim(str_sub(rest, cut, rest.n));
		limit = max;
	}
}
