#include "app/leave_out.h"

#include <stdlib.h>

#include "core/buf.h"
#include "core/lists.h"
#include "core/text.h"

static struct str words_of(struct str text, struct arena *arena)
{
	struct words words = text_words(text, STR(""), arena);
	struct buf b;
	struct str out;

	buf_init(&b, 4 * text.n + 16);
	for (size_t i = 0; i < words.n; i++) {
		if (i)
			buf_add_char(&b, ' ');
		buf_add(&b, words.v[i].text);
	}
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static int compare(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct leave_out leave_out_of(const struct str *messages, size_t n, struct arena *arena)
{
	struct leave_out out = {.v = arena_array(arena, n + 1, sizeof *out.v), .n = n};

	for (size_t i = 0; i < n; i++)
		out.v[i] = words_of(messages[i], arena);
	qsort(out.v, n, sizeof *out.v, compare);
	return out;
}

static bool is_left_out(const struct leave_out *l, struct str item, struct arena *scratch)
{
	struct str words = words_of(item, scratch);

	return words.n && bsearch(&words, l->v, l->n, sizeof *l->v, compare);
}

static bool goes_on(struct str text)
{
	struct str line;

	return str_cut(&text, '\n', &line) && lists_goes_on(line);
}

/* The next item with the lines that go on with it, or else the next line, as it is written. */
static struct str piece_cut(struct str *text, bool *is_item)
{
	struct str all = *text, line, item;

	str_cut(text, '\n', &line);
	*is_item = lists_begins_item(line, &item);
	while (*is_item && goes_on(*text))
		str_cut(text, '\n', &line);
	return str_sub(all, 0, all.n - text->n);
}

struct str leave_out_apply(struct leave_out *leave_out, struct str text, struct arena *arena)
{
	struct arena scratch;
	struct buf out;
	struct str kept;

	arena_init(&scratch);
	buf_init(&out, text.n + 1);
	while (text.n) {
		bool is_item;
		struct str piece = piece_cut(&text, &is_item);

		/* Its bullet is no word. */
		if (is_item && is_left_out(leave_out, piece, &scratch))
			leave_out->left_out++;
		else
			buf_add(&out, piece);
		arena_reset(&scratch);
	}
	kept = arena_str(arena, buf_str(&out));
	buf_done(&out);
	arena_done(&scratch);
	return kept;
}
