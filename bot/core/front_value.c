#include "core/front_value.h"

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* One letter from `at` on, which it moves behind it; false where the closing quote stands or nothing
 * may stand. */
static bool letter_read(struct str s, size_t *at, char quote, char *out)
{
	char c = s.p[*at];
	bool pair = (quote == '\'' && c == quote) || (quote == '"' && c == '\\');

	if (!pair && c == quote)
		return false;
	if (pair) {
		char next = *at + 1 < s.n ? s.p[*at + 1] : '\0';
		bool known =
			quote == '\'' ? next == quote : next == '"' || next == '\\' || next == '/';

		if (!known)
			return false;
		c = next;
		++*at;
	}
	++*at;
	*out = c;
	return true;
}

bool front_value_read(struct str written, struct arena *arena, struct str *out)
{
	struct str s = str_trim(written);
	size_t at = 1, n = 0;
	char *text;

	if (s.n == 0 || !is_quote(s.p[0])) {
		*out = s;
		return true;
	}
	text = arena_alloc(arena, s.n + 1);
	while (at < s.n && letter_read(s, &at, s.p[0], &text[n]))
		n++;
	if (at + 1 != s.n || s.p[at] != s.p[0])
		return false;
	*out = str_trim((struct str){text, n});
	return true;
}

struct str front_value_write(struct str value, struct arena *arena)
{
	size_t n = 0;
	char *text;

	if (value.n == 0 || !is_quote(value.p[0]))
		return value;
	text = arena_alloc(arena, 2 * value.n + 3);
	text[n++] = '"';
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			text[n++] = '\\';
		text[n++] = value.p[i];
	}
	text[n++] = '"';
	return (struct str){text, n};
}
