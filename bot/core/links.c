#include "core/links.h"

#include <string.h>

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool begins(struct str text, size_t at, struct str small)
{
	if (text.n - at <= small.n)
		return false;
	for (size_t i = 0; i < small.n; i++) {
		char c = text.p[at + i];

		if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != small.p[i])
			return false;
	}
	return is_letter_or_digit(text.p[at + small.n]);
}

/* How long the link is that begins at `at`; 0 when none does. */
static size_t link_at(struct str text, size_t at)
{
	size_t end = at;

	if ((at > 0 && is_letter_or_digit(text.p[at - 1])) ||
	    (!begins(text, at, STR("http://")) && !begins(text, at, STR("https://")) &&
	     !begins(text, at, STR("www."))))
		return 0;
	while (end < text.n && (is_letter_or_digit(text.p[end]) ||
				(text.p[end] && strchr("-._~:/?#[]@!$&'()*+,;=%", text.p[end]))))
		end++;
	while (!is_letter_or_digit(text.p[end - 1]) && text.p[end - 1] != '/')
		end--;
	return end - at;
}

struct str links_out(struct str text, struct arena *arena, bool *any)
{
	struct str out = {0};
	char *copy = NULL;

	*any = false;
	/* Each has a stop or a colon not far from its beginning, and most messages have neither. */
	if (text.n == 0 || (!memchr(text.p, ':', text.n) && !memchr(text.p, '.', text.n)))
		return text;
	for (size_t at = 0; at < text.n; at++) {
		size_t n = link_at(text, at);

		if (n && !copy) {
			copy = arena_alloc(arena, text.n);
			memcpy(copy, text.p, at);
			out = (struct str){copy, at};
		}
		*any = *any || n;
		if (copy)
			copy[out.n++] = n ? ' ' : text.p[at];
		at += n ? n - 1 : 0;
	}
	return copy ? out : text;
}
