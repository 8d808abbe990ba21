/* Where an article is heard on what no bot may answer. */
#include "book_fixture.h"
#include "core/policy.h"

static const char article[] = "---\ntitle: The test\nlanguage: en\n---\n\n"
			      "## Before the test\n\n"
			      "- Tell us if you take a blood thinner such as warfarin.\n"
			      "- Do not eat for six hours.\n"
			      "- Bring somebody along.\n"
			      "- Wear loose clothes.\n"
			      "- Leave rings at home.\n"
			      "- Come ten minutes early.\n";

static const char concepts[] = "blood_thinner (blood thinners): warfarin apixaban blood_thinner*\n"
			       "pregnancy (pregnancy): pregnan*\n"
			       "food (eating): eat food breakfast\n"
			       "garden (gardening): garden*\n";

/* The fixture's, where a medicine calls the fixed text too. */
static struct str cues(struct arena *arena)
{
	static const char heading[] = "## contraindication\n\n";
	const char *at = strstr(fixture_cues, heading) + sizeof heading - 1;

	return arena_fmt(arena, "%.*s- apixaban|warfarin\n%s", (int)(at - fixture_cues),
			 fixture_cues, at);
}

static enum match_verdict yields(const struct fixture *f, const char *text, enum cue policy,
				 struct arena *turn)
{
	struct words w = lexicon_words(f->book->lexicon, str_of(text), turn);
	struct ranking r = ranking_of(f->book->index, &w, 0, w.n, turn);

	r.verdict = r.n ? MATCH_ANSWER : MATCH_NONE;
	return policy_yields(policy, f->book, &w, 0, w.n, &r, turn);
}

static void the_article_is_heard_on_what_it_speaks_of(void **state)
{
	static const struct {
		const char *text;
		enum cue policy;
		enum match_verdict most;
	} table[] = {
		/* all that it names is in the article */
		{"I take apixaban", CUE_CONTRAINDICATION, MATCH_ANSWER},
		{"apixaban and food", CUE_CONTRAINDICATION, MATCH_ANSWER},
		/* the medicine is, the garden is not */
		{"I take apixaban in the garden", CUE_CONTRAINDICATION, MATCH_OFFER},
		/* what calls the fixed text is not, whatever else is */
		{"I am pregnant", CUE_CONTRAINDICATION, MATCH_NONE},
		{"I am pregnant and want breakfast", CUE_CONTRAINDICATION, MATCH_NONE},
		{"pregnant and on apixaban", CUE_CONTRAINDICATION, MATCH_NONE},
		{"what is the price of food", CUE_BOOKING, MATCH_ANSWER},
		{"what is the price of food and gardening", CUE_BOOKING, MATCH_NONE},
		/* no advice for the person */
		{"should I take apixaban", CUE_PERSONAL, MATCH_NONE},
	};
	struct fixture f;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.md", article);
	fixture_set(&f, "scalp.questions.md", "");
	fixture_set(&f, "en/concepts.txt", concepts);
	fixture_set_str(&f, "en/cues.md", cues(&f.arena));
	fixture_book(&f);
	arena_init(&turn);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		enum match_verdict got = yields(&f, table[i].text, table[i].policy, &turn);

		if (got != table[i].most)
			fail_msg("\"%s\": %d, not %d", table[i].text, got, table[i].most);
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
}

static void nothing_found_yields_nothing(void **state)
{
	struct fixture f;
	struct ranking none = {.verdict = MATCH_NONE};
	struct arena turn;
	struct words w;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	arena_init(&turn);
	w = lexicon_words(f.book->lexicon, STR("pregnant"), &turn);
	assert_int_equal(policy_yields(CUE_CONTRAINDICATION, f.book, &w, 0, w.n, &none, &turn),
			 MATCH_NONE);
	arena_done(&turn);
	fixture_done(&f);
}

static void each_policy_has_its_text(void **state)
{
	(void)state;
	assert_int_equal(policy_reply(CUE_MINOR), REPLY_MINOR);
	assert_int_equal(policy_reply(CUE_CONTRAINDICATION), REPLY_CONTRAINDICATION);
	assert_int_equal(policy_reply(CUE_DISTRESS), REPLY_DISTRESS);
	assert_int_equal(policy_reply(CUE_PERSONAL), REPLY_PERSONAL);
	assert_int_equal(policy_reply(CUE_BOOKING), REPLY_BOOKING);
	assert_int_equal(policy_reply(CUE_THANKS), REPLY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_article_is_heard_on_what_it_speaks_of),
		cmocka_unit_test(nothing_found_yields_nothing),
		cmocka_unit_test(each_policy_has_its_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
