/* M12: nothing that is added to a message as sentences of its own lowers its level. The first two
 * characters say what is added, the rest is the message.
 * Options: -max_len=512 -dict=tests/fuzz/seeds/words.dict */
#include "core/talk.h"
#include "fuzz/fuzz_book.h"

static const struct {
	const char *before, *after;
} additions[] = {
	{"Good morning! ", ""},
	{"", ". Thank you so much."},
	{"When can I wash my hair? ", ""},
	{"", "\nIs a beer tonight ok?"},
	{"\xf0\x9f\x99\x8f ", " \xf0\x9f\x98\xad\xf0\x9f\x98\xad"},
	{"> No sauna for a week. Do not wash your hair for two to three days.\n", ""},
	{"", "\n```\nint main(void) { return 0; }\n```\n"},
	{"Guten Tag, ich war heute bei Ihnen. ", ""},
	{"Hi there.\n", ""},
};
#define ADDITIONS_N (sizeof additions / sizeof *additions)

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_book_load();
	return 0;
}

static enum urgent_level level_of(struct str text, struct arena *turn)
{
	const struct question q = {.text = text, .addressed = true};
	struct answer answer = talk(fuzz_book, NULL, &q, turn);

	return answer.kind == ANSWER_URGENT ? answer.level : URGENT_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = fuzz_text(bytes, n), more;
	size_t outer = program_choice(&text, ADDITIONS_N);
	size_t inner = program_choice(&text, ADDITIONS_N);
	struct arena turn;

	arena_init(&turn);
	text = str_trim(text_repair(text, &turn));
	more = arena_fmt(&turn, "%s%s" STR_FMT "%s%s", additions[outer].before,
			 additions[inner].before, STR_ARG(text), additions[inner].after,
			 additions[outer].after);
	HOLDS(level_of(more, &turn) >= level_of(text, &turn), more);
	arena_done(&turn);
	return 0;
}
