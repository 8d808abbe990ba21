#include "app/leave_out.h"

#include <stdlib.h>

#include "core/buf.h"
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

/* The text of the first line's item, or nothing: "- text", as core/lists.h reads it. */
static struct str bullet_of(struct str text)
{
	struct str line;

	str_cut(&text, '\n', &line);
	line = str_trim(line);
	if (line.n < 2 || str_find(STR("-*+"), str_sub(line, 0, 1)) < 0 ||
	    (line.p[1] != ' ' && line.p[1] != '\t'))
		return STR("");
	return str_sub(line, 2, line.n);
}

static bool goes_on(struct str text)
{
	struct str line;

	return str_cut(&text, '\n', &line) && str_trim(line).n && !bullet_of(line).n &&
	       !str_starts(line, STR("## "));
}

/* The lines of an item, up to a blank one, a heading or the next. */
static struct str item_cut(struct str *text)
{
	struct str all = *text, line;

	do
		str_cut(text, '\n', &line);
	while (goes_on(*text));
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
		struct str before = text, line;

		if (bullet_of(text).n) {
			line = item_cut(&text);
			/* The bullet is no word. */
			if (is_left_out(leave_out, line, &scratch)) {
				leave_out->left_out++;
				continue;
			}
		} else {
			str_cut(&text, '\n', &line);
			line = str_sub(before, 0, before.n - text.n);
		}
		buf_add(&out, line);
		arena_reset(&scratch);
	}
	kept = arena_str(arena, buf_str(&out));
	buf_done(&out);
	arena_done(&scratch);
	return kept;
}
