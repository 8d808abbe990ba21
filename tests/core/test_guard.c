/* A clinic adds red flags and removes none, but for overrides that say who, when and why (M26). */
#include "core/guard.h"

#include "book_fixture.h"

#define SHIPPED_URGENT                                                                    \
	"## emergency\n\nCall {emergency}.\n\n"                                           \
	"## emergency flags\n\n- cant breathe\n- throat clos*|tight*\n\n"                 \
	"## crisis flags\n\n- kill_myself\n\n## urgent flags\n\n- pus|abscess\n- lump*\n" \
	"\n## not flags\n\n- cant_wait\n"
#define SHIPPED_WORDS "## negations\n\n- no not\n\n## joiners\n\n- and\n"

static const char urgent_md[] = SHIPPED_URGENT, words_md[] = SHIPPED_WORDS,
		  es_md[] = "## emergency flags\n\n- no_puedo respirar\n\n## negations\n\n- no\n";

#define OVERRIDE(line, who, when, why) \
	"## One\n\n- file: en/urgent.md\n- list: urgent flags\n- " line "\n" who when why

struct guarded {
	struct arena arena;
	struct mistakes mistakes;
};

static void guard(struct guarded *g, const char *urgent, const char *words, const char *es,
		  const char *overrides)
{
	const struct shipped shipped[] = {
		{"en/urgent.md", (const unsigned char *)urgent_md, sizeof urgent_md - 1},
		{"en/urgent/es.md", (const unsigned char *)es_md, sizeof es_md - 1},
		{"en/words.md", (const unsigned char *)words_md, sizeof words_md - 1},
		{NULL, NULL, 0},
	};
	const struct source sources[] = {
		{STR("en/words.md"), str_of(words)},
		{STR("en/urgent.md"), str_of(urgent)},
		{es ? STR("en/urgent/es.md") : STR("en/urgent/xx.md"), str_of(es ? es : "")},
		{overrides ? STR(OVERRIDES_FILE) : STR("x.md"), str_of(overrides ? overrides : "")},
	};

	arena_init(&g->arena);
	mistakes_init(&g->mistakes, &g->arena);
	guard_check(shipped, sources, sizeof sources / sizeof *sources, &g->arena, &g->mistakes);
}

static void additions_and_other_words_are_free_m26(void **state)
{
	struct guarded g;

	(void)state;
	guard(&g, urgent_md, words_md, es_md, NULL);
	assert_int_equal(g.mistakes.n, 0);
	arena_done(&g.arena);
	guard(&g,
	      "## emergency\n\nRing {emergency} at once.\n\n"
	      "## crisis flags\n\n- end_it\n-   kill_myself\n\n"
	      "## emergency flags\n\n* throat clos*|tight*\n* cant breathe\n* my_own\n\n"
	      "## urgent flags\n\n- pus|abscess\n- lump*\n- more\n",
	      "## negations\n\n- no not\n\n## joiners\n\n- plus\n", es_md, "for later\n");
	mistakes_show(&g.mistakes);
	assert_int_equal(g.mistakes.n, 0);
	arena_done(&g.arena);
}

static void what_is_missing_is_said_m26(void **state)
{
	struct guarded g;

	(void)state;
	guard(&g,
	      "## emergency flags\n\n- cant breathe\n- throat clos*\n\n## urgent flags\n\n- "
	      "lump*\n",
	      words_md, "## emergency flags\n\n- no_puedo\n", NULL);
	assert_int_equal(g.mistakes.errors, 4);
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent.md:1: a built-in red flag is missing; put it back under "
		"\"## emergency flags\", or say in en/urgent-overrides.md who decided that, when "
		"and why: throat clos*|tight*"));
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent.md: a built-in red flag is missing; put it back under "
		"\"## crisis flags\", or say in en/urgent-overrides.md who decided that, when "
		"and why: kill_myself"));
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent.md:6: a built-in red flag is missing; put it back under "
		"\"## urgent flags\", or say in en/urgent-overrides.md who decided that, when "
		"and why: pus|abscess"));
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent/es.md:1: a built-in red flag is missing; put it back under "
		"\"## emergency flags\", or say in en/urgent-overrides.md who decided that, when "
		"and why: no_puedo respirar"));
	arena_done(&g.arena);
	guard(&g, urgent_md, words_md, NULL, NULL);
	assert_int_equal(g.mistakes.errors, 1);
	assert_true(mistakes_have(&g.mistakes,
				  "en/urgent/es.md: the file is missing: it holds what is built "
				  "in"));
	arena_done(&g.arena);
}

/* A flag can be silenced without touching it. */
static void what_would_silence_is_said_m26(void **state)
{
	struct guarded g;

	(void)state;
	guard(&g, SHIPPED_URGENT "- cant_breathe\n", "## negations\n\n- no not\n- i my\n",
	      "## emergency flags\n\n- no_puedo respirar\n\n## negations\n\n- no\n- puedo\n\n"
	      "## hypothetical\n\n- respirar\n",
	      NULL);
	assert_int_equal(g.mistakes.errors, 4);
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent.md:22: this line would silence built-in red flags; take it out of "
		"\"## not flags\", or say in en/urgent-overrides.md who decided that, when and "
		"why: cant_breathe"));
	assert_true(mistakes_have(
		&g.mistakes,
		"en/words.md:4: this line would silence built-in red flags; take it out of "
		"\"## negations\", or say in en/urgent-overrides.md who decided that, when and "
		"why: i my"));
	assert_true(mistakes_have(
		&g.mistakes,
		"en/urgent/es.md:12: this line would silence built-in red flags; take it out of "
		"\"## hypothetical\", or say in en/urgent-overrides.md who decided that, when and "
		"why: respirar"));
	arena_done(&g.arena);
}

#define WITHOUT_PUS                                                       \
	"## emergency flags\n\n- cant breathe\n- throat clos*|tight*\n\n" \
	"## crisis flags\n\n- kill_myself\n\n## urgent flags\n\n- lump*\n"

static void an_override_lets_one_line_go_m26(void **state)
{
	struct guarded g;

	(void)state;
	guard(&g, WITHOUT_PUS, words_md, es_md,
	      OVERRIDE("removed: pus|abscess", "- who: Dr Jane Example\n", "- when: 2026-11-20\n",
		       "- why: our patients call\n  every wet plaster pus\n"));
	mistakes_show(&g.mistakes);
	assert_int_equal(g.mistakes.n, 0);
	arena_done(&g.arena);
	guard(&g, SHIPPED_URGENT "- pus_coloured\n", words_md, es_md,
	      "## A colour\n\n- file: en/urgent.md\n- list: not flags\n- added: pus_coloured\n"
	      "- who: Dr Jane Example\n- when: 2026-11-20\n- why: a shade of paint\n");
	assert_int_equal(g.mistakes.n, 0);
	arena_done(&g.arena);
}

static void an_override_that_is_not_whole_lets_nothing_go_m26(void **state)
{
	static const struct {
		const char *overrides, *said;
	} table[] = {
		{OVERRIDE("removed: pus|abscess", "", "- when: 2026-11-20\n", "- why: x\n"),
		 "en/urgent-overrides.md:1: the override does not say \"who\""},
		{OVERRIDE("removed: pus|abscess", "- who:\n", "- when: 2026-11-20\n", "- why: x\n"),
		 "en/urgent-overrides.md:1: the override does not say \"who\""},
		{OVERRIDE("removed: pus|abscess", "- who: x\n", "", "- why: x\n"),
		 "en/urgent-overrides.md:1: the override does not say \"when\""},
		{OVERRIDE("removed: pus|abscess", "- who: x\n", "- when: last week\n",
			  "- why: x\n"),
		 "en/urgent-overrides.md:7: \"when\" is a day like 2026-11-20"},
		{OVERRIDE("removed: pus|abscess", "- who: x\n", "- when: 2026-11-20\n", ""),
		 "en/urgent-overrides.md:1: the override does not say \"why\""},
		{OVERRIDE("line: pus|abscess", "- who: x\n", "- when: 2026-11-20\n", "- why: x\n"),
		 "en/urgent-overrides.md:5: not one of file, list, removed or added, who, when, "
		 "why, each once: \"line: pus|abscess\""},
		{OVERRIDE("removed: pus", "- who: x\n", "- when: 2026-11-20\n", "- why: x\n"),
		 "en/urgent-overrides.md:1: the override is about no line that is missing: look "
		 "at its file, its list and the line"},
		{OVERRIDE("removed: lump*", "- who: x\n", "- when: 2026-11-20\n", "- why: x\n"),
		 "en/urgent-overrides.md:1: the override is about no line that is missing: look "
		 "at its file, its list and the line"},
		{OVERRIDE("removed: pus|abscess\n- added: x", "- who: x\n", "- when: 2026-11-20\n",
			  "- why: x\n"),
		 "en/urgent-overrides.md:1: the override says one line as \"removed\" or as "
		 "\"added\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct guarded g;

		guard(&g, WITHOUT_PUS, words_md, es_md, table[i].overrides);
		assert_true(mistakes_have(&g.mistakes, table[i].said));
		assert_true(mistakes_have(
			&g.mistakes,
			"en/urgent.md:10: a built-in red flag is missing; put it back under "
			"\"## urgent flags\", or say in en/urgent-overrides.md who decided that, "
			"when and why: pus|abscess"));
		arena_done(&g.arena);
	}
}

/* What the Makefile built in is what lies in intents/. */
static void the_shipped_files_are_built_in_m26(void **state)
{
	size_t n = 0;
	bool spanish = false;

	(void)state;
	for (const struct shipped *s = shipped_files; s->name; s++, n++) {
		char path[200];
		char *text;

		snprintf(path, sizeof path, "intents/%s", s->name);
		text = file_text(path);
		if (!text)
			fail_msg("%s is missing", path);
		assert_true(str_eq(str_of(text), (struct str){(const char *)s->bytes, s->n}));
		spanish = spanish || strcmp(s->name, "en/urgent/es.md") == 0;
		free(text);
	}
	assert_true(n > 20 && spanish);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(additions_and_other_words_are_free_m26),
		cmocka_unit_test(what_is_missing_is_said_m26),
		cmocka_unit_test(what_would_silence_is_said_m26),
		cmocka_unit_test(an_override_lets_one_line_go_m26),
		cmocka_unit_test(an_override_that_is_not_whole_lets_nothing_go_m26),
		cmocka_unit_test(the_shipped_files_are_built_in_m26),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
