/* The files of the urgent lane: any file as en/urgent.md, as en/urgent/de.md, as
 * en/urgent-overrides.md (core/guard), and its flags held against a message: the file itself.
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/markdown.dict */
#include "core/guard.h"
#include "core/tongues.h"
#include "core/urgent.h"
#include "fuzz/fuzz.h"

static const struct clinic clinic = {.name = {"The Clinic", 10},
				     .phone = {"555 0100", 8},
				     .emergency = {"112", 3},
				     .crisis_line = {"116 123", 7},
				     .staff = {"The Team", 8}};

static void urgent_read(struct str text, struct arena *arena)
{
	const struct source file = {STR("en/urgent.md"), text};
	struct lexicon lexicon = {.language = STR("en")};
	struct mistakes mistakes;
	struct urgent urgent = {0};
	struct urgent_signs signs;
	struct words words;
	bool good;

	mistakes_init(&mistakes, arena);
	good = urgent_parse(&file, arena, &urgent, &mistakes);
	fuzz_mistakes_hold(&mistakes, file.name, text);
	HOLDS(good == (mistakes.errors == 0), text);
	if (!good)
		return;
	words = lexicon_written(&lexicon, text, arena);
	signs = urgent_signs_of(&urgent, &lexicon, &words, false, arena);
	(void)urgent_judge(&urgent_bounds, &signs);
}

static void tongue_read(struct str text, struct arena *arena)
{
	const struct source file = {STR("en/urgent/de.md"), text};
	struct tongues tongues = {0};
	struct mistakes mistakes;
	struct words words = text_words(text, STR(""), arena);
	struct tongue_found found;

	mistakes_init(&mistakes, arena);
	tongues_add(&tongues, &file, &clinic, arena, &mistakes);
	fuzz_mistakes_hold(&mistakes, file.name, text);
	found = tongues_find(&tongues, &words, arena);
	HOLDS((found.tongue == NULL) == (found.level == URGENT_NONE), text);
}

static void overrides_read(struct str text, struct arena *arena)
{
	static const unsigned char shipped_md[] = "## urgent flags\n\n- pus|abscess\n- hot lump*\n";
	static const struct shipped shipped[] = {
		{"en/urgent.md", shipped_md, sizeof shipped_md - 1}, {0}};
	const struct source files[] = {{STR("en/urgent.md"), text}, {STR(OVERRIDES_FILE), text}};
	struct mistakes mistakes;

	mistakes_init(&mistakes, arena);
	guard_check(shipped, files, 2, arena, &mistakes);
	fuzz_mistakes_hold(&mistakes, STR(OVERRIDES_FILE), text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena;

	arena_init(&arena);
	urgent_read(fuzz_text(bytes, n), &arena);
	tongue_read(fuzz_text(bytes, n), &arena);
	overrides_read(fuzz_text(bytes, n), &arena);
	arena_done(&arena);
	return 0;
}
