/* core/concepts: any file as en/concepts.txt, and what it finds in a text: in the file itself.
 * Options: -max_len=4096 */
#include "core/concepts.h"
#include "fuzz/fuzz.h"

#define HITS_MAX 64

static void hits_hold(const struct concepts *concepts, const struct words *words)
{
	struct concept_hit hits[HITS_MAX];
	size_t n = concepts_find(concepts, words, 0, words->n, hits, HITS_MAX);
	struct concept_set set = concepts_in(concepts, words, 0, words->n);

	HOLDS(n <= HITS_MAX, STR("hits"));
	for (size_t i = 0; i < n; i++) {
		HOLDS(hits[i].concept < concepts->n, STR("concept"));
		HOLDS(hits[i].count && hits[i].first + hits[i].count <= words->n, STR("words"));
		HOLDS(i == 0 || hits[i].first >= hits[i - 1].first, STR("order"));
		HOLDS(concept_set_has(&set, hits[i].concept), STR("set"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct source file = {STR("en/concepts.txt"), fuzz_text(bytes, n)};
	struct concepts concepts;
	struct mistakes mistakes;
	struct arena arena;
	bool good;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	good = concepts_parse(&file, &arena, &concepts, &mistakes);
	fuzz_mistakes_hold(&mistakes, file.name, file.text);
	HOLDS(good == (mistakes.errors == 0), file.text);
	if (good) {
		struct words words = text_words(file.text, STR("en"), &arena);

		for (size_t i = 0; i < concepts.n; i++) {
			HOLDS(concepts.v[i].name.n && concepts.v[i].title.n, concepts.v[i].name);
			HOLDS(concepts_named(&concepts, concepts.v[i].name) == i,
			      concepts.v[i].name);
		}
		hits_hold(&concepts, &words);
	}
	arena_done(&arena);
	return 0;
}
