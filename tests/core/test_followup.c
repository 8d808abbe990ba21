/* Follow-ups: what leans on the answer before, and what is made of it. */
#include "book_fixture.h"
#include "core/followup.h"

static void how_much_a_message_leans(void **state)
{
	static const struct {
		const char *text;
		enum lean lean;
	} table[] = {
		{"", LEAN_NONE},
		{"how long", LEAN_CLIPPED},
		{"when not", LEAN_CLIPPED},
		{"how long should I do that for", LEAN_WHOLLY},
		{"6?", LEAN_CLIPPED},
		{"for 2 weeks or 3 weeks", LEAN_CLIPPED},
		{"can I then", LEAN_WHOLLY},
		/* no question by its words: it may mean anything */
		{"weeks", LEAN_PARTLY},
		{"and wine", LEAN_PARTLY},
		{"what about a hot bath then", LEAN_PARTLY},
		{"and can I swim", LEAN_PARTLY},
		{"wine", LEAN_PARTLY},
		{"red wine, beer", LEAN_PARTLY},
		{"does that go for wine", LEAN_PARTLY},
		{"can I drink wine", LEAN_NONE},
		{"how long does the sauna close", LEAN_NONE},
		{"red wine, white wine, gin, beer", LEAN_NONE},
		{"and red wine, white wine, gin", LEAN_NONE},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct words w = lexicon_words(f.book->lexicon, str_of(table[i].text), &f.arena);
		enum lean lean = followup_lean(f.book->lexicon, &w);

		if (lean != table[i].lean)
			fail_msg("\"%s\" leans %d", table[i].text, lean);
	}
	fixture_done(&f);
}

struct line {
	const char *text;
	const char *ids; /* given, "?" before offered ones; "?": any offer */
};

static const char *ids_of(const struct answer *answer, struct arena *arena)
{
	struct str out = STR("");

	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];

		if (part->kind < ANSWER_OFFER)
			continue;
		for (size_t k = 0; k < part->passages_n; k++)
			out = arena_fmt(arena, STR_FMT "%s%s" STR_FMT, STR_ARG(out),
					out.n ? " " : "", part->kind == ANSWER_OFFER ? "?" : "",
					STR_ARG(part->passages[k]->id));
	}
	return arena_cstr(arena, out);
}

/* Each in one dialog. */
static void say(struct fixture *f, const struct line *lines, size_t n)
{
	struct dialog dialog = {0};
	struct arena turn;

	arena_init(&turn);
	for (size_t i = 0; i < n && lines[i].text; i++) {
		struct answer answer = ask_in(f->book, &dialog, lines[i].text, &turn);
		const char *got = ids_of(&answer, &turn);
		bool any = strcmp(lines[i].ids, "?") == 0;

		if (any ? got[0] != '?' : strcmp(got, lines[i].ids) != 0)
			fail_msg("%s ... \"%s\": %s, not %s", lines[0].text, lines[i].text, got,
				 lines[i].ids);
	}
	arena_done(&turn);
}

#define LINES_MAX 8

/* On the shipped article, with all that it is answered by. */
static void in_a_dialog(void **state)
{
	static const struct line dialogs[][LINES_MAX] = {
		{{"can I go to the sauna", "after.sauna"},
		 {"how long for?", "after.sauna"},
		 {"why?", "after.sauna"},
		 {"until when", "after.sauna"},
		 {"for how many weeks", "after.sauna"},
		 {"and after that?", "?"},
		 {"and wine?", "after.alcohol"},
		 {"how long?", "after.alcohol"}},
		{{"can I drink beer", "after.alcohol"},
		 {"thanks", ""},
		 {"and a hot bath?", "after.sauna"}},
		/* what stands on its own is not pulled to it */
		{{"can I go to the sauna", "after.sauna"},
		 {"what does it cost", ""},
		 {"why?", ""},
		 {"how often can it be done", "often.interval"}},
		/* nor what leans on it and is not in the article */
		{{"can I drink beer", "after.alcohol"}, {"and coffee?", ""}, {"why", ""}},
		/* behind a refusal nothing is known */
		{{"can I smoke", ""}, {"how long?", ""}, {"and wine?", "after.alcohol"}},
		/* two answers, or two ways to read it */
		{{"can i wash my hair and can i drink beer", "after.washing after.alcohol"},
		 {"how long?", "?after.washing ?after.alcohol"},
		 {"the second one", "after.alcohol"}},
		{{"can I go to the sauna", "after.sauna"},
		 {"when can I do that again", "?after.sauna ?often.interval"},
		 {"the first", "after.sauna"},
		 {"how many weeks is it", "?after.sauna ?benefits.results"}},
		/* behind an offer it is asked again */
		{{"meso suits everybody?", "?"},
		 {"for how long?", "?"},
		 {"wine?", "after.alcohol"}},
		/* behind a safety text no article text */
		{{"can I go to the sauna", "after.sauna"},
		 {"I cant breathe", ""},
		 {"how long?", ""},
		 {"and wine?", ""}},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++)
		say(&f, dialogs[i], LINES_MAX);
	fixture_done(&f);
}

/* Two articles that both speak of the sauna, in items without names. */
static void in_the_article_that_was_spoken_of(void **state)
{
	static const struct line dialogs[][LINES_MAX] = {
		{{"is wine allowed", "after.alcohol"}, {"and the sauna?", "?after.sauna"}},
		{{"can I run with a mole dressing", "mole-care/2"},
		 {"and the sauna?", "mole-care/3"},
		 {"how long?", "?mole-care/3"}},
		{{"can I run with a mole dressing", "mole-care/2"},
		 /* only the other article speaks of it */
		 {"and wine?", "?after.alcohol"}},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "moles.md",
		    "---\ntitle: Moles\nlanguage: en\n---\n\n## Mole care\n\n"
		    "- Keep the mole dressing dry.\n- Do not run for two days.\n"
		    "- Do not go to the sauna for three weeks.\n");
	fixture_set(&f, "moles.questions.md",
		    "## mole-care/2\n\n- can I run with a mole dressing\n\n"
		    "## mole-care/3\n\n- sauna\n- and the sauna\n");
	fixture_book(&f);
	for (size_t i = 0; i < sizeof dialogs / sizeof *dialogs; i++)
		say(&f, dialogs[i], LINES_MAX);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_much_a_message_leans),
		cmocka_unit_test(in_a_dialog),
		cmocka_unit_test(in_the_article_that_was_spoken_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
