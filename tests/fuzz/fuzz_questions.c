/* core/lessons: any file as NAME.questions.md, as NAME.not-covered.md, and as en/not-covered.md.
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/markdown.dict */
#include "core/book.h"
#include "core/lessons.h"
#include "fuzz/fuzz.h"

static const char scalp_md[] = "---\ntitle: Scalp care\nlanguage: en\n---\n\n"
			       "## What to avoid\n\n"
			       "- No alcohol for two days. {#after.alcohol}\n"
			       "- No sauna for a week. {#after.sauna}\n\n"
			       "## How often?\n\nAfter nine months. {#often.interval}\n";

static void lessons_hold(const struct lessons *lessons)
{
	for (size_t i = 0; i < lessons->phrasings_n; i++) {
		const struct phrasing *p = &lessons->phrasings[i];

		HOLDS(p->passage && p->lesson.line, p->lesson.text);
		HOLDS(p->lesson.text.n, p->lesson.text);
	}
	for (size_t i = 0; i < lessons->uncovered_n; i++) {
		const struct lesson *l = &lessons->uncovered[i].lesson;

		HOLDS(l->line && l->text.n, l->text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct source file = {STR("scalp.questions.md"), fuzz_text(bytes, n)};
	const struct lexicon lexicon = {0};
	const struct article *article;
	struct mistakes mistakes;
	struct arena arena;
	struct stems stems;
	struct lessons lessons = {.lexicon = &lexicon, .stems = &stems, .arena = &arena};

	arena_init(&arena);
	stems_init(&stems, STR("en"), &arena);
	mistakes_init(&mistakes, &arena);
	article = article_parse(STR("scalp.md"), str_of(scalp_md), &arena, &mistakes);
	HOLDS(article, STR("scalp.md"));
	lessons_add_phrasings(&lessons, &file, article, &mistakes);
	lessons_add_uncovered(&lessons, &file, article, &mistakes);
	lessons_add_uncovered(&lessons, &file, NULL, &mistakes);
	lessons_hold(&lessons);
	fuzz_mistakes_hold(&mistakes, file.name, file.text);
	stems_done(&stems);
	arena_done(&arena);
	return 0;
}
