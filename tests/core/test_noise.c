/* What is no part of an article: phrases and their lists. */
#include "book_fixture.h"
#include "core/noise.h"

#define ALL ((1u << NOISE_N) - 1)

static const char small_file[] = "# For the reader\n\n- not read\n\n"
				 "## advert\n\n- banner ad, Advertisement\n- sponsored by *\n\n"
				 "## sharing\n\n- # shares, share *\n\n"
				 "## cookies\n\n- * uses cookies *\n\n"
				 "## navigation\n\n- home\n- e mail\n\n"
				 "## byline\n\n- by *\n\n"
				 "## months\n\n- january may\n- at am\n\n"
				 "## related\n\n- see also *\n\n"
				 "## end\n\n- * all rights reserved\n\n"
				 "## publisher\n\n- * is a leading *\n";

static const struct noise *parse(struct fixture *f, const char *text)
{
	struct source source = {STR("en/noise.md"), str_of(text)};

	mistakes_init(&f->mistakes, &f->arena);
	return noise_parse(&source, &f->arena, &f->mistakes);
}

static void kinds(void **state)
{
	static const struct {
		const char *text;
		enum noise_kind kind;
	} table[] = {
		{"", NOISE_N},
		{"...", NOISE_N},
		{"Banner Ad", NOISE_ADVERT},
		{"- Advertisement -", NOISE_ADVERT},
		{"ADVERTISEMENT:", NOISE_ADVERT},
		{"Banner ad of ours", NOISE_N},
		{"Our banner ad", NOISE_N},
		{"Sponsored by a bank", NOISE_ADVERT},
		{"Sponsored by", NOISE_ADVERT},
		{"It is sponsored by a bank", NOISE_N},
		{"12 shares", NOISE_SHARING},
		{"twelve shares", NOISE_N},
		{"This page uses cookies for you", NOISE_COOKIES},
		{"E-mail", NOISE_NAVIGATION},
		{"\xc2\xa9 2024 A Clinic. All rights reserved.", NOISE_END},
		{"All rights are reserved", NOISE_N},
		{"We are not the leading clinic", NOISE_N},
		{"Skin Today is a leading magazine", NOISE_PUBLISHER},
		/* Dates. */
		{"May 3, 2024", NOISE_DATE},
		{"3 January", NOISE_DATE},
		{"12.05.2024", NOISE_DATE},
		{"12/05/24 at 9:15 am", NOISE_DATE},
		{"2024", NOISE_N},
		{"May", NOISE_N},
		{"In May 2024", NOISE_N},
		{"You may at 2", NOISE_N},
	};
	struct fixture f;
	const struct noise *noise;

	(void)state;
	fixture_init(&f);
	noise = parse(&f, small_file);
	mistakes_show(&f.mistakes);
	assert_non_null(noise);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum noise_kind kind = noise_of(noise, str_of(table[i].text), ALL, &f.arena);

		if (kind != table[i].kind)
			fail_msg("%s: " STR_FMT, table[i].text, STR_ARG(noise_name(kind)));
	}
	/* Only the kinds that are asked for. */
	assert_int_equal(noise_of(noise, STR("home"), 1u << NOISE_ADVERT, &f.arena), NOISE_N);
	assert_int_equal(noise_of(noise, STR("home"), 1u << NOISE_NAVIGATION, &f.arena),
			 NOISE_NAVIGATION);
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_null(parse(&f, "## advert\n\n- ad\n\n## colours\n\n- red\n"));
	assert_true(
		mistakes_have(&f.mistakes, "en/noise.md:5: \"colours\" is not the name of a list"));
	assert_null(parse(&f, "## advert\n\n- ad\n"));
	assert_true(mistakes_have(&f.mistakes, "en/noise.md: no phrases under \"## sharing\""));
	assert_true(mistakes_have(&f.mistakes, "en/noise.md: no phrases under \"## months\""));
	assert_null(parse(&f, "## advert\n\n- ad, , b\n- *\n"));
	assert_true(mistakes_have(&f.mistakes, "en/noise.md:3: a phrase without a word in it"));
	assert_true(mistakes_have(&f.mistakes, "en/noise.md:4: a phrase without a word in it"));
	fixture_done(&f);
}

/* The shipped lists are good, and none takes a sentence of the shipped article. */
static void shipped(void **state)
{
	struct fixture f;
	const struct noise *noise;
	const struct article *article;
	char *text = file_text("intents/en/noise.md");
	char *body = file_text("intents/mesotherapy.md");

	(void)state;
	assert_non_null(text);
	assert_non_null(body);
	fixture_init(&f);
	noise = parse(&f, text);
	mistakes_show(&f.mistakes);
	assert_non_null(noise);
	article = article_parse(STR("mesotherapy.md"), str_of(body), &f.arena, &f.mistakes);
	assert_non_null(article);
	assert_true(article->passages_n > 0);
	for (size_t i = 0; i < article->passages_n; i++)
		assert_int_equal(noise_of(noise, article->passages[i].plain, ALL, &f.arena),
				 NOISE_N);
	free(text);
	free(body);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
