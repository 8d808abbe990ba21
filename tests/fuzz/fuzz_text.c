/* core/text: any bytes to text that can be compared.
 * Options: -max_len=2048 */
#include "core/lexicon.h"
#include "fuzz/fuzz.h"

static void words_hold(struct str text, struct str language, struct arena *arena)
{
	struct words words = text_words(text, language, arena);
	size_t next = 0;

	HOLDS(words.n <= WORDS_MAX, text);
	for (size_t i = 0; i < words.n; i++) {
		const struct word *w = &words.v[i];

		HOLDS(w->text.n && w->stem.n, text);
		HOLDS(text_is_utf8(w->text) && text_is_utf8(w->stem), text);
		HOLDS(i == 0 || (w->clause >= w[-1].clause && w->sentence >= w[-1].sentence), text);
	}
	for (size_t i = 0; i < words.sentences_n; i++) {
		HOLDS(words.sentences[i].first == next, text);
		next += words.sentences[i].count;
	}
	HOLDS(next == words.n, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = fuzz_text(bytes, n), repaired, folded;
	struct arena arena;

	arena_init(&arena);
	repaired = text_repair(text, &arena);
	HOLDS(text_is_utf8(repaired), text);
	HOLDS(!text_is_utf8(text) || str_eq(repaired, text), text);
	HOLDS(repaired.n <= 3 * text.n, text);
	HOLDS((text_bad_line(text) == 0) ==
		      (text_is_utf8(text) && str_find(text, (struct str){"", 1}) < 0),
	      text);
	folded = text_fold(text, &arena);
	HOLDS(text_is_utf8(folded), text);
	/* NFKC makes at most 18 characters of one of three bytes (U+FDFA, 33 bytes). */
	HOLDS(folded.n <= 12 * repaired.n, text);
	HOLDS(str_eq(text_fold(folded, &arena), folded), text);
	HOLDS(text_length(repaired) <= repaired.n, text);
	words_hold(text, STR("en"), &arena);
	words_hold(text, STR("de"), &arena);
	words_hold(text, STR("xx"), &arena);
	arena_done(&arena);
	return 0;
}
