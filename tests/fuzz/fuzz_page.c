/* The import of pages: core/page*, core/import*, wire/html*, core/charset. The first character says
 * what the page is written in: h HTML, m Markdown, anything else plain text.
 * Runs in make test: 600
 * Options: -max_len=2048 -dict=tests/fuzz/seeds/page.dict */
#include "core/article.h"
#include "core/charset.h"
#include "core/import.h"
#include "fuzz/fuzz.h"
#include "wire/html.h"

static const struct noise *noise;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct arena arena; /* as long as the program */
	struct source source = {.name = STR("en/noise.md")};
	struct mistakes mistakes;

	(void)argc, (void)argv;
	arena_init(&arena);
	mistakes_init(&mistakes, &arena);
	source.text = fuzz_file("intents/en/noise.md", &arena);
	noise = noise_parse(&source, &arena, &mistakes);
	HOLDS(noise, STR("en/noise.md"));
	return 0;
}

/* A note is printed as one line. */
static void notes_hold(const struct page *page)
{
	for (size_t i = 0; i < page->dropped_n; i++)
		HOLDS(page->dropped[i].why.n && text_is_utf8(page->dropped[i].text),
		      page->dropped[i].text);
	for (size_t i = 0; i < page->warnings_n; i++)
		HOLDS(page->warnings[i].why.n && text_is_utf8(page->warnings[i].why),
		      page->warnings[i].why);
}

/* What was imported is an article, and importing it changes nothing. */
static void imported_holds(struct str article, struct arena *arena)
{
	struct imported again = {0};
	struct mistakes mistakes;
	struct page page;
	struct err err = {0};

	HOLDS(text_is_utf8(article), article);
	mistakes_init(&mistakes, arena);
	HOLDS(article_parse(STR("page.md"), article, arena, &mistakes),
	      mistakes.n ? mistake_line(&mistakes, 0) : article);
	page_init(&page, arena);
	page_read_markdown(&page, article);
	HOLDS(import_article(&page, noise, STR("page.md"), &again, &err), str_of(err.text));
	if (!str_eq(again.text, article))
		fprintf(stderr, "again:\n" STR_FMT "\n", STR_ARG(again.text));
	HOLDS(str_eq(again.text, article), article);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str input = fuzz_text(bytes, n);
	char format = program_char(&input);
	struct charset_text decoded;
	struct imported imported;
	struct err err = {0};
	struct arena arena;
	struct page page;
	bool good;

	arena_init(&arena);
	page_init(&page, &arena);
	if (format == 'h') {
		good = html_read(input, &page, &err);
	} else {
		good = charset_decode(input, STR(""), &arena, &decoded, &err);
		if (good && format == 'm')
			page_read_markdown(&page, decoded.text);
		else if (good)
			page_read_text(&page, decoded.text);
	}
	HOLDS(good == (err.kind == ERR_NONE), input);
	if (good && import_article(&page, noise, STR("my-page.x"), &imported, &err))
		imported_holds(imported.text, &arena);
	notes_hold(&page);
	arena_done(&arena);
	return 0;
}
