/* The other files of the language pack: any file as each of words.md, cues.md, replies.md, foreign.md,
 * noise.md and urgent-examples.md.
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/markdown.dict */
#include "core/cues.h"
#include "core/foreign.h"
#include "core/lexicon.h"
#include "core/noise.h"
#include "core/replies.h"
#include "core/urgency.h"
#include "fuzz/fuzz.h"

static const struct clinic clinic = {.name = {"The Clinic", 10},
				     .phone = {"555 0100", 8},
				     .emergency = {"112", 3},
				     .crisis_line = {"116 123", 7},
				     .staff = {"The Team", 8},
				     .article = {"Scalp care", 10}};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct source file = {STR("en/a.md"), fuzz_text(bytes, n)};
	struct lexicon lexicon = {0};
	struct replies replies = {0};
	struct foreign foreign = {0};
	struct mistakes mistakes;
	struct cues cues = {0};
	struct arena arena;
	struct words words;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	if (lexicon_parse(&file, &arena, &lexicon, &mistakes)) {
		words = lexicon_words(&lexicon, file.text, &arena);
		HOLDS(words.n <= WORDS_MAX, file.text);
	}
	(void)cues_parse(&file, &arena, &cues, &mistakes);
	(void)replies_parse(&file, &file, &clinic, &arena, &replies, &mistakes);
	(void)foreign_parse(&file, &arena, &foreign, &mistakes);
	(void)noise_parse(&file, &arena, &mistakes);
	fuzz_mistakes_hold(&mistakes, file.name, file.text);
	arena_done(&arena);
	return 0;
}
