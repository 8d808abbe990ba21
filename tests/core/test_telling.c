/* Whether a message says anything that an answer could be found by. */
#include "book_fixture.h"
#include "core/lexicon.h"
#include "core/telling.h"

static enum telling telling(struct fixture *f, const char *text)
{
	struct words words = lexicon_words(f->book->lexicon, str_of(text), &f->arena);

	return telling_of(f->book, &words);
}

/* Among the fixture's stop words are "what", "is", "it", "for", "how"; "that" points back. */
static void messages(void **state)
{
	static const struct {
		const char *text;
		enum telling telling;
	} table[] = {
		{"", TELLING_NOTHING},
		{"????", TELLING_NOTHING},
		{"asdkjh", TELLING_NOTHING},
		{"jjjj kkkk", TELLING_NOTHING},
		{"k k k", TELLING_NOTHING},
		{"x", TELLING_NOTHING},
		{"12 34.5", TELLING_NOTHING},
		{"12 asdkjh", TELLING_NOTHING},
		{"how", TELLING_LITTLE},
		{"how? how?? how???", TELLING_LITTLE},
		{"what for", TELLING_LITTLE},
		{"that", TELLING_LITTLE},
		{"not", TELLING_LITTLE},
		{"how 12", TELLING_LITTLE},
		{"what is asdkjh", TELLING_UNKNOWN},
		{"asdkjh is it for what", TELLING_UNKNOWN},
		{"what is it", TELLING},
		{"is it for asdkjh alcohol", TELLING},
		{"alcohol", TELLING},
		{"sauna asdkjh", TELLING},
		{"\xf0\x9f\x8d\xba", TELLING},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (telling(&f, table[i].text) != table[i].telling)
			fail_msg("\"%s\" is %d", table[i].text, telling(&f, table[i].text));
	fixture_done(&f);
}

/* What says nothing is asked back, and a question without a topic where nothing was said before it; what
 * no bot may answer, small talk and what was asked before come first. */
static void in_talk(void **state)
{
	static const struct {
		const char *before, *text, *answer;
	} table[] = {
		{NULL, "asdkjh", "1 - social:vague:-"},
		{NULL, "asdkjh?? jjjj", "1 - social:vague:-"},
		{NULL, "how", "1 - social:vague:-"},
		{NULL, "what is asdkjh", "1 - uncovered:not-covered:-"},
		{NULL, "asdkjh 15 years", "1 - uncovered:minor:-"},
		{NULL, "asdkjh price", "1 - uncovered:booking:-"},
		{NULL, "asdkjh useless", "1 - social:complaint:-"},
		{NULL, "asdkjh pus", "1 urgent urgent:urgent:-"},
		{"can I have a beer", "asdkjh", "1 - social:vague:-"},
		{"can I have a beer", "how", "1 - answer:-:scalp/after.alcohol"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct dialog dialog = {0};
		struct answer answer;

		if (table[i].before)
			ask_in(f.book, &dialog, table[i].before, &f.arena);
		answer = ask_in(f.book, &dialog, table[i].text, &f.arena);
		if (strcmp(encoded(&answer, &f.arena), table[i].answer) != 0)
			fail_msg("\"%s\": %s", table[i].text, encoded(&answer, &f.arena));
	}
	/* In a room that the bot only watches it is silent on it. */
	assert_int_equal(
		talk(f.book, NULL, &(struct question){.text = STR("asdkjh")}, &f.arena).kind,
		ANSWER_SILENT);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		cmocka_unit_test(in_talk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
