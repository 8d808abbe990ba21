/* reply.h: text_split. */
#include <utf8proc.h>

#include "core/reply.h"

/* Where a piece may end: byte offsets of the last border of each kind that fits, 0 for none. */
struct borders {
	size_t paragraph, line, sentence, word, grapheme, codepoint;
};

static bool is_end(char c)
{
	return c == '.' || c == '?' || c == '!';
}

static void border_note(struct borders *b, struct str s, size_t at)
{
	char before = s.p[at - 1];

	if (at + 1 < s.n && s.p[at] == '\n' && s.p[at + 1] == '\n')
		b->paragraph = at;
	if (s.p[at] == '\n')
		b->line = at;
	if ((s.p[at] == ' ' || s.p[at] == '\n') && is_end(before))
		b->sentence = at;
	if (s.p[at] == ' ' || s.p[at] == '\n')
		b->word = at;
}

/* Walks over at most `max` code points. True when the whole text fits. */
static bool borders_find(struct str s, size_t max, struct borders *b)
{
	utf8proc_int32_t state = 0;
	utf8proc_int32_t before = -1;
	size_t at = 0;

	for (size_t n = 0; at < s.n; n++) {
		utf8proc_int32_t c;
		utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
							  (utf8proc_ssize_t)(s.n - at), &c);

		if (at > 0) {
			b->codepoint = at;
			border_note(b, s, at);
			if (before < 0 || c < 0 ||
			    utf8proc_grapheme_break_stateful(before, c, &state))
				b->grapheme = at;
		}
		if (n == max)
			return false;
		before = c;
		at += bytes > 0 ? (size_t)bytes : 1;
	}
	return true;
}

/* A border that would leave a piece less than a third full is not worth it. */
static size_t best_cut(const struct borders *b)
{
	const size_t choices[] = {b->paragraph, b->line, b->sentence, b->word};

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		if (choices[i] > b->codepoint / 3)
			return choices[i];
	return b->grapheme ? b->grapheme : b->codepoint;
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
		struct borders b = {0};
		size_t cut = borders_find(rest, limit, &b) ? rest.n : best_cut(&b);

		*pieces = arena_grow(arena, *pieces, pieces_n, &cap, sizeof **pieces);
		(*pieces)[*pieces_n - 1] = str_trim(str_sub(rest, 0, cut));
		rest = str_trim(str_sub(rest, cut, rest.n));
		limit = max;
	}
}
