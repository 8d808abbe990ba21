/* Follow-ups: what is made of a message that leans on what was said before. */
#include "book_fixture.h"

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

#define LINES_MAX 12

/* On the shipped article, with all that it is answered by. */
static void in_a_dialog(void **state)
{
	static const struct line dialogs[][LINES_MAX] = {
		{{"can I go to the sauna", "after.sauna"},
		 {"how long for?", "after.sauna"},
		 {"why?", "after.sauna"},
		 {"until when", "after.sauna"},
		 {"6?", "after.sauna"},
		 {"for how many weeks", "after.sauna"},
		 {"and after that?", "after.sauna"},
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
		 {"when can I do that again", "after.sauna"},
		 {"how often can it be done", "?after.sauna ?often.interval"},
		 {"the first", "after.sauna"},
		 {"how long should I stay away from there", "after.sauna"}},
		/* two passages that were given for one question stay together */
		{{"is it in the genes", "about.factors about.hormones"},
		 {"why?", "about.factors about.hormones"}},
		/* for the reason, and whether it is so */
		{{"is wine ok tonight", "after.alcohol"},
		 {"oh no, why not??", "after.alcohol"},
		 {"for what reason please", "after.alcohol"},
		 {"are you sure", "after.alcohol"},
		 {"really?", "after.alcohol"},
		 {"because?", "after.alcohol"},
		 {"thanks, really", ""},
		 {"since when", "after.alcohol"}},
		/* what says more about it, and what its section says beside it */
		{{"is head massage forbidden", "after.massage"},
		 {"until when not", "after.massage"},
		 {"can I sunbathe", "after.sun"},
		 {"and in the solarium", "after.sun"},
		 {"and wine", "after.alcohol"}},
		/* corrections */
		{{"can I go to the sauna", "after.sauna"},
		 {"no i meant wine", "after.alcohol"},
		 {"sorry, the tanning bed", "after.sun"},
		 {"not that, dry shampoo", "after.washing"},
		 {"what does it cost", ""},
		 {"I meant the sauna", "after.sauna"},
		 {"not the sauna, swimming", "?after.sauna"}},
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
		{{"is wine allowed", "after.alcohol"},
		 {"and the sauna?", "?after.sauna ?after.alcohol"}},
		{{"can I run with a mole dressing", "mole-care/2"},
		 {"and the sauna?", "?mole-care/3"},
		 {"how long?", "?mole-care/3"}},
		{{"can I run with a mole dressing", "mole-care/2"},
		 /* only the other article speaks of it */
		 {"and drinking wine?", "?after.alcohol"}},
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
		cmocka_unit_test(in_a_dialog),
		cmocka_unit_test(in_the_article_that_was_spoken_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
