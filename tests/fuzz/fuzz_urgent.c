/* M12: nothing that is added to a message as sentences of its own lowers its level. The first two
 * characters say what is added, the rest is the message.
 * Runs in make test: 600
 * Options: -max_len=512 -dict=tests/fuzz/seeds/words.dict */
#include "core/buf.h"
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
	struct str text = fuzz_text(bytes, n);
	size_t outer = program_choice(&text, ADDITIONS_N);
	size_t inner = program_choice(&text, ADDITIONS_N);
	struct arena turn;
	struct buf more;

	arena_init(&turn);
	buf_init(&more, QUESTION_BYTES_MAX);
	text = str_trim(text_repair(text, &turn));
	buf_add(&more, str_of(additions[outer].before));
	buf_add(&more, str_of(additions[inner].before));
	buf_add(&more, text);
	buf_add(&more, str_of(additions[inner].after));
	buf_add(&more, str_of(additions[outer].after));
	HOLDS(level_of(buf_str(&more), &turn) >= level_of(text, &turn), buf_str(&more));
	buf_done(&more);
	arena_done(&turn);
	return 0;
}
