/* The urgent lane in other languages (M19). */
#include "core/tongues.h"

#include "book_fixture.h"

static const char spanish[] =
	"# Spanish\n\n"
	"## emergency\n\nLlame al {emergency}.\n\n## crisis\n\nLlame al {crisis_line}.\n\n"
	"## urgent\n\nLlame hoy: {phone} o {emergency}.\n\n"
	"## emergency flags\n\n- no_puedo|cuesta respirar\n- lengua hinchada|hincha*\n\n"
	"## crisis flags\n\n- quiero morir|morirme\n\n"
	"## urgent flags\n\n- fiebre #38-42|tengo\n\n"
	"## not flags\n\n- morirme_de_risa\n\n"
	"## hypothetical\n\n- puede|si_me\n\n"
	"## negations\n\n- no sin\n\n## common words\n\n- el la de que me tengo y\n";

static const char turkish[] =
	"## emergency\n\n{emergency} arayın.\n\n## crisis\n\n{crisis_line} arayın.\n\n"
	"## urgent\n\n{phone} {emergency} arayın.\n\n"
	"## emergency flags\n\n- nefes alamıyor*\n\n## crisis flags\n\n- ölmek istiyorum\n\n"
	"## urgent flags\n\n- ateş*|ateşim\n\n"
	"## negations behind\n\n- yok değil\n\n## common words\n\n- ve bir bu çok var\n";

static const char chinese[] =
	"## emergency\n\n拨打 {emergency}。\n\n## crisis\n\n拨打 {crisis_line}。\n\n"
	"## urgent\n\n拨打 {phone} {emergency}。\n\n"
	"## emergency flags\n\n- 喘不过气|呼吸困难\n- 发烧 #40-42\n\n## crisis flags\n\n- 想死\n\n"
	"## urgent flags\n\n- 化脓\n\n## not flags\n\n- 忙得喘不过气\n\n"
	"## negations\n\n- 没\n\n## common words\n\n- 我 的 了 是\n";

static const char japanese[] =
	"## emergency\n\n{emergency} に電話。\n\n## crisis\n\n{crisis_line} に電話。\n\n"
	"## urgent\n\n{phone} {emergency} に電話。\n\n"
	"## emergency flags\n\n- 息が できな|苦し\n- 呼吸困難\n\n## crisis flags\n\n- 死にたい\n\n"
	"## urgent flags\n\n- 膿\n\n## common words\n\n- の に は が を で です\n";

static const char hindi[] =
	"## emergency\n\n{emergency} पर फ़ोन करें।\n\n## crisis\n\n{crisis_line} पर फ़ोन करें।\n\n"
	"## urgent\n\n{phone} {emergency} पर फ़ोन करें।\n\n"
	"## emergency flags\n\n- सांस नहीं\n- saans nahi\n\n"
	"## crisis flags\n\n- जीना नहीं\n\n## urgent flags\n\n- बुखार है\n\n"
	"## common words\n\n- है मैं को\n";

static void world(struct fixture *f)
{
	fixture_init(f);
	fixture_set(f, TONGUES_FOLDER "es.md", spanish);
	fixture_set(f, TONGUES_FOLDER "hi.md", hindi);
	fixture_set(f, TONGUES_FOLDER "ja.md", japanese);
	fixture_set(f, TONGUES_FOLDER "tr.md", turkish);
	fixture_set(f, TONGUES_FOLDER "zh.md", chinese);
	fixture_book(f);
}

static void what_calls_which_level_in_which_language_m19(void **state)
{
	static const struct {
		const char *text, *answer;
	} table[] = {
		{"no puedo respirar", "1 emergency/es urgent:emergency:-"},
		{"RESPIRAR NO PUEDO", "1 emergency/es urgent:emergency:-"},
		{"hello dear clinic, thank you for today. me cuesta mucho respirar",
		 "1 emergency/es urgent:emergency:-"},
		{"tengo la lengua muy hinchada", "1 emergency/es urgent:emergency:-"},
		{"ya me quiero morir", "1 crisis/es urgent:crisis:-"},
		{"tengo fiebre", "1 urgent/es urgent:urgent:-"},
		/* the highest of all, wherever it stands */
		{"tengo fiebre. no puedo respirar", "1 emergency/es urgent:emergency:-"},
		{"quiero morir, I cannot breathe",
		 "1 emergency/es urgent:emergency:- urgent:crisis-too:-"},
		/* without accents, with a dotless i, in capitals */
		{"nefes alamıyorum", "1 emergency/tr urgent:emergency:-"},
		{"NEFES ALAMIYORUM", "1 emergency/tr urgent:emergency:-"},
		{"nefes alamiyorum", "1 emergency/tr urgent:emergency:-"},
		{"olmek istiyorum", "1 crisis/tr urgent:crisis:-"},
		/* no blanks between words, or some */
		{"打完针我喘不过气了怎么办", "1 emergency/zh urgent:emergency:-"},
		{"我 喘 不过 气", "1 emergency/zh urgent:emergency:-"},
		{"我发烧40度", "1 emergency/zh urgent:emergency:-"},
		{"我发烧４１度", "1 emergency/zh urgent:emergency:-"},
		{"昨日から息がとても苦しいです", "1 emergency/ja urgent:emergency:-"},
		{"もう死にたいです", "1 crisis/ja urgent:crisis:-"},
		/* one phrase in two languages: by the words around it */
		{"我呼吸困难了", "1 emergency/zh urgent:emergency:-"},
		{"呼吸困難です", "1 emergency/ja urgent:emergency:-"},
		/* vowel signs make the word, nukta and candrabindu do not */
		{"मुझे साँस नहीं आ रही", "1 emergency/hi urgent:emergency:-"},
		{"mujhe saans nahi aa rahi", "1 emergency/hi urgent:emergency:-"},
		{"मैं जीना नहीं चाहता", "1 crisis/hi urgent:crisis:-"},
		/* the pack's own language alone */
		{"I cannot breathe", "1 emergency urgent:emergency:-"},
	};
	struct fixture f;

	(void)state;
	world(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct answer a = ask_in(f.book, NULL, table[i].text, &f.arena);

		if (strcmp(encoded(&a, &f.arena), table[i].answer) != 0)
			fail_msg("\"%s\": %s", table[i].text, encoded(&a, &f.arena));
	}
	fixture_done(&f);
}

static void what_calls_none_m19(void **state)
{
	static const char *const texts[] = {
		"no tengo fiebre",
		"sin nada de fiebre",
		"¿puede dar fiebre? tengo cita",
		"si me sube la fiebre tengo que llamar",
		"quiero morirme de risa",
		"¿puedo respirar tranquilo?",
		"respirar bien. no puedo dormir",
		"ateşim yok",
		"ateş değil",
		"最近忙得喘不过气",
		"没化脓",
		"息が臭いのは苦手。生活は苦しくない", /* in two clauses */
		"मैं जाना नहीं चाहता",		      /* goes, does not live */
		"मैं जाना नहीं चाहती",
	};
	struct fixture f;

	(void)state;
	world(&f);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct answer a = ask_in(f.book, NULL, texts[i], &f.arena);

		if (a.level != URGENT_NONE || a.tongue)
			fail_msg("\"%s\": %s", texts[i], encoded(&a, &f.arena));
	}
	fixture_done(&f);
}

static void the_reply_is_in_both_languages_m19(void **state)
{
	struct fixture f;
	struct answer a, back;
	struct reply reply;

	(void)state;
	world(&f);
	a = ask_in(f.book, NULL, "quiero morir", &f.arena);
	reply = reply_build(f.book, &a, REPLY_WITH_FIRST, 2000, &f.arena);
	assert_int_equal(reply.pieces_n, 1);
	assert_str(reply.pieces[0],
		   "Llame al 116 123.\n\nPlease call 116 123.\n\n(note-short, 112)");
	assert_true(answer_decode(f.book, str_of(encoded(&a, &f.arena)), &back, NULL));
	reply = reply_build(f.book, &back, REPLY_WITH_FIRST, 2000, &f.arena);
	assert_str(reply.pieces[0],
		   "Llame al 116 123.\n\nPlease call 116 123.\n\n(note-short, 112)");
	fixture_done(&f);
}

/* A reply that waited across a reload in which the language went is still given, in English. */
static void a_language_that_went_leaves_the_text_m19(void **state)
{
	struct fixture f;
	struct answer a;

	(void)state;
	world(&f);
	assert_true(answer_decode(f.book, STR("1 emergency/xx urgent:emergency:-"), &a, NULL));
	assert_string_equal(encoded(&a, &f.arena), "1 emergency urgent:emergency:-");
	assert_false(answer_decode(f.book, STR("1 emergency/ urgent:emergency:-"), &a, NULL));
	assert_false(answer_decode(f.book, STR("1 -/es social:greeting:-"), &a, NULL));
	assert_false(answer_decode(f.book, STR("1 /es urgent:emergency:-"), &a, NULL));
	fixture_done(&f);
}

static void mistakes_have_lines(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, TONGUES_FOLDER "Spanish.md", spanish);
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes,
				  "en/urgent/Spanish.md: the name is not the code of a language, "
				  "like es.md or zh-hant.md"));
	fixture_set(&f, TONGUES_FOLDER "Spanish.md", "");
	f.sources[f.sources_n - 1].name = STR(TONGUES_FOLDER "es.md");
	fixture_set(&f, TONGUES_FOLDER "es.md",
		    "## emergency\n\nLlame.\n\n## crisis\n\nLlame al {nobody}.\n\n"
		    "## emergency flags\n\n- a||b\n\n## colours\n\n- rojo\n");
	assert_null(fixture_try(&f));
	assert_true(mistakes_have(&f.mistakes,
				  "en/urgent/es.md:1: the text does not name {emergency}"));
	assert_true(mistakes_have(&f.mistakes,
				  "en/urgent/es.md:5: the text does not name {crisis_line}"));
	assert_true(mistakes_have(&f.mistakes, "en/urgent/es.md: nothing under \"## urgent\""));
	assert_true(
		mistakes_have(&f.mistakes, "en/urgent/es.md: nothing under \"## urgent flags\""));
	assert_true(mistakes_have(&f.mistakes, "en/urgent/es.md:11: an empty alternative: \"\""));
	assert_true(mistakes_have(&f.mistakes,
				  "en/urgent/es.md:13: \"colours\" is not the name of a list"));
	assert_true(
		mistakes_have(&f.mistakes, "en/urgent/es.md: nothing under \"## common words\""));
	fixture_done(&f);
}

static void any_bytes_can_be_held_against_it(void **state)
{
	static const char *const bits[] = {"喘",   "不过气", "息が", "no ",  "puedo", " respirar",
					   "\xff", "\xe5",   "सांस",  "नहीं ", ", ",    "ー",
					   "40",   "?",	     "ﾊﾟ",   "\n",   "'",     "𠀀"};
	struct fixture f;
	uint64_t seed = 7;

	(void)state;
	world(&f);
	for (int round = 0; round < 3000; round++) {
		struct arena turn;
		struct buf b;
		struct question q = {.addressed = true};

		arena_init(&turn);
		buf_init(&b, 10000);
		for (uint32_t k = next_random(&seed) % 12; k; k--)
			buf_add(&b,
				str_of(bits[next_random(&seed) % (sizeof bits / sizeof *bits)]));
		q.text = buf_str(&b);
		talk(f.book, NULL, &q, &turn);
		buf_done(&b);
		arena_done(&turn);
	}
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_calls_which_level_in_which_language_m19),
		cmocka_unit_test(what_calls_none_m19),
		cmocka_unit_test(the_reply_is_in_both_languages_m19),
		cmocka_unit_test(a_language_that_went_leaves_the_text_m19),
		cmocka_unit_test(mistakes_have_lines),
		cmocka_unit_test(any_bytes_can_be_held_against_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
