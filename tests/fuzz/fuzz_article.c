/* core/article: any file as an article.
 * Options: -max_len=4096 -dict=tests/fuzz/seeds/markdown.dict */
#include "core/article.h"
#include "fuzz/fuzz.h"

static void passage_holds(const struct article *article, size_t i)
{
	const struct passage *p = &article->passages[i], *first;
	size_t topic = passage_topic(p, &first);

	HOLDS(p->id.n && p->plain.n && p->topic.n && p->markdown.n, p->id);
	HOLDS(p->plain.n <= PASSAGE_BYTES_MAX && p->markdown.n <= PASSAGE_BYTES_MAX, p->id);
	HOLDS(text_is_utf8(p->id) && text_is_utf8(p->plain) && text_is_utf8(p->markdown), p->id);
	HOLDS(article_passage(article, p->id) == p, p->id);
	HOLDS(p->section->article == article, p->id);
	HOLDS(p >= &article->passages[p->section->first] &&
		      p < &article->passages[p->section->first + p->section->count],
	      p->id);
	HOLDS(topic && first <= p && p < first + topic, p->id);
	HOLDS(!p->benefit || article->risk, p->id);
	HOLDS(passages_named(article, p->id, &first) == 1 && first == p, p->id);
	(void)passage_intro(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str text = fuzz_text(bytes, n);
	const struct article *article;
	struct mistakes mistakes;
	struct arena arena;

	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	article = article_parse(STR("a.md"), text, &arena, &mistakes);
	fuzz_mistakes_hold(&mistakes, STR("a.md"), text);
	HOLDS((article == NULL) == (mistakes.errors > 0), text);
	if (article) {
		HOLDS(article->title.n && article->passages_n, text);
		HOLDS(article->passages_n <= PASSAGES_MAX && article->sections_n <= SECTIONS_MAX,
		      text);
		for (size_t i = 0; i < article->passages_n; i++)
			passage_holds(article, i);
	}
	arena_done(&arena);
	return 0;
}
