/* core/reply: text_split(). The first two characters are the limits, the rest is the text.
 * Options: -max_len=4096 */
#include "core/reply.h"
#include "fuzz/fuzz.h"

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* All of `piece` stands at the front of `rest`, behind white space at most; it is taken off. */
static bool take(struct str *rest, struct str piece)
{
	while (rest->n && is_blank(*rest->p))
		*rest = str_sub(*rest, 1, rest->n);
	if (!str_starts(*rest, piece))
		return false;
	*rest = str_sub(*rest, piece.n, rest->n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	/* What a piece must hold at least is the largest grapheme cluster: text comes from files
	 * and is cut to REPLY_TEXT_MIN or more. */
	static const size_t limits[] = {1000, 100, 64, 40, 300, 2000, 10, 20};
	struct str text = fuzz_text(bytes, n);
	size_t first_max = limits[program_choice(&text, 8)];
	size_t max = limits[program_choice(&text, 8)];
	struct arena arena;
	struct str *pieces;
	size_t pieces_n;
	struct str rest;

	arena_init(&arena);
	text = rest = text_repair(text, &arena);
	text_split(text, first_max, max, &arena, &pieces, &pieces_n);
	for (size_t i = 0; i < pieces_n; i++) {
		HOLDS(pieces[i].n, text);
		HOLDS(text_is_utf8(pieces[i]), pieces[i]);
		HOLDS(text_length(pieces[i]) <= (i ? max : first_max), pieces[i]);
		HOLDS(take(&rest, pieces[i]), rest);
	}
	HOLDS(str_trim(rest).n == 0, rest);
	arena_done(&arena);
	return 0;
}
