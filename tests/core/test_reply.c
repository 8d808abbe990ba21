/* Replies: what must stand in every one of them. */
#include "book_fixture.h"
#include "core/text.h"

static struct reply reply_to(struct fixture *f, const char *encoded_answer, bool first,
			     size_t text_max)
{
	struct answer answer;

	if (!answer_decode(f->book, str_of(encoded_answer), &answer, NULL))
		fail_msg("not read: %s", encoded_answer);
	return reply_build(f->book, &answer, first, text_max, &f->arena);
}

static void whole_replies(void **state)
{
	static const struct {
		const char *answer;
		bool first;
		const char *text;
	} table[] = {
		{"1 - answer:-:scalp/after.alcohol", false,
		 "**What to avoid afterwards**\n\n**Alcohol.** Do not drink alcohol for two "
		 "days.\n\n(note, "
		 "112)"},
		{"1 - answer:-:scalp/after.alcohol", true,
		 "**What to avoid afterwards**\n\n**Alcohol.** Do not drink alcohol for two "
		 "days.\n\n"
		 "(first-contact)\n\n(note, 112)"},
		/* one title above passages of one section */
		{"1 - answer:-:scalp/after.alcohol answer:-:scalp/after.sauna", false,
		 "**What to avoid afterwards**\n\n**Alcohol.** Do not drink alcohol for two "
		 "days.\n\n"
		 "**Sauna.** Do not go to the sauna for a week.\n\n(note, 112)"},
		/* again behind another text */
		{"1 - answer:-:scalp/after.alcohol uncovered:booking:- answer:-:scalp/after.sauna",
		 false,
		 "**What to avoid afterwards**\n\n**Alcohol.** Do not drink alcohol for two "
		 "days.\n\n(booking)\n\n"
		 "**What to avoid afterwards**\n\n**Sauna.** Do not go to the sauna for a week.\n\n"
		 "(note, 112)"},
		/* M4 */
		{"1 - answer:-:scalp/about.aims", false,
		 "**What is it for?**\n\nSerum feeds the follicles.\n\n(balance)\n\n"
		 "Choose the doctor with care. Burns and bruises can follow.\n\n(note, 112)"},
		{"1 - answer:-:scalp/about.aims answer:-:scalp/about.doctor", false,
		 "**What is it for?**\n\nSerum feeds the follicles.\n\n"
		 "Choose the doctor with care. Burns and bruises can follow.\n\n(note, 112)"},
		{"1 - answer:-:scalp/about.doctor", false,
		 "**What is it for?**\n\nChoose the doctor with care. Burns and bruises can "
		 "follow.\n\n(note, 112)"},
		{"1 - uncovered:not-covered:-", false, "(not-covered)\n\n(note, 112)"},
		{"1 - social:thanks:-", false, "(thanks)\n\n(note-short, 112)"},
		{"1 - social:greeting:-", true,
		 "(greeting)\n\n(first-contact)\n\n(note-short, 112)"},
		/* what is held back is not told */
		{"1 - uncovered:after-urgent:scalp/after.alcohol", false,
		 "(after-urgent)\n\n(note, 112)"},
		/* a safety text stays alone */
		{"1 emergency urgent:emergency:-", true, "Call 112 now.\n\n(note-short, 112)"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct reply r = reply_to(&f, table[i].answer, table[i].first, 2000);

		assert_int_equal(r.pieces_n, 1);
		assert_str(r.pieces[0], table[i].text);
	}
	fixture_done(&f);
}

static void offers_are_numbered(void **state)
{
	struct fixture f;
	struct reply r;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	r = reply_to(&f, "1 - offer:offer:scalp/after.sauna,scalp/often.interval", false, 2000);
	assert_int_equal(r.pieces_n, 1);
	assert_true(str_starts(r.pieces[0], STR("(offer)\n\n1. **")));
	assert_true(str_find(r.pieces[0], STR("\n2. **How often is it repeated?**\n\n(note")) > 0);
	fixture_done(&f);
}

static void silence_has_no_pieces(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	assert_int_equal(reply_to(&f, "1 -", true, 2000).pieces_n, 0);
	fixture_done(&f);
}

/* A title is text, whatever Markdown would make of its signs. */
static void titles_are_escaped(void **state)
{
	struct fixture f;
	struct reply r;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", "");
	fixture_set(&f, "scalp.md",
		    "---\ntitle: T\n---\n## A \\*b\\* \\_c\\_ \\`d\\` \\[e\\] \\<f\\> \\~g "
		    "{#x}\n\nText.\n");
	fixture_book(&f);
	r = reply_to(&f, "1 - answer:-:scalp/x", false, 2000);
	assert_true(str_starts(r.pieces[0],
			       STR("**A \\*b\\* \\_c\\_ \\`d\\` \\[e\\] \\<f\\> \\~g**\n\nText.")));
	fixture_done(&f);
}

/* A book of two articles that both praise: each brings its own risks. */
static void every_article_brings_its_risks(void **state)
{
	struct fixture f;
	struct reply r;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "other.md",
		    "---\ntitle: O\n---\n## Other\n\nIt shines. {#good .benefit}\n\n"
		    "It may sting. {#bad .risk}\n");
	fixture_book(&f);
	r = reply_to(&f, "1 - answer:-:scalp/about.doctor answer:-:other/good", false, 2000);
	assert_true(str_find(r.pieces[0], STR("It may sting.")) > 0);
	r = reply_to(&f, "1 - answer:-:scalp/about.aims answer:-:other/good", false, 2000);
	assert_true(str_find(r.pieces[0], STR("It may sting.")) > 0);
	assert_true(str_find(r.pieces[0], STR("Burns and bruises can follow.")) > 0);
	fixture_done(&f);
}

static bool answer_gives(const struct answer *a, bool (*is)(const struct passage *))
{
	for (size_t i = 0; i < a->parts_n; i++)
		for (size_t k = 0; k < a->parts[i].passages_n; k++)
			if (a->parts[i].kind == ANSWER_PASSAGES && is(a->parts[i].passages[k]))
				return true;
	return false;
}

static bool is_benefit(const struct passage *p)
{
	return p->benefit;
}

/* M1, M2, M4 on answers of every make, over the shipped files, at several limits. */
static void every_reply_keeps_the_rules(void **state)
{
	static const size_t limits[] = {REPLY_TEXT_MIN, 1200, 2000, 100000};
	struct fixture f;
	uint64_t seed = 5;
	struct arena turn;
	const struct article *article;

	(void)state;
	fixture_init(&f);
	fixture_shipped(&f);
	fixture_book(&f);
	article = f.book->articles[0];
	arena_init(&turn);
	for (int round = 0; round < 6000; round++) {
		struct answer a = {.kind = ANSWER_UNCOVERED};
		size_t limit = limits[next_random(&seed) % 4];
		struct buf whole;
		struct reply r;

		for (size_t n = next_random(&seed) % ANSWER_PARTS_MAX + 1; n; n--) {
			struct answer_part *part = &a.parts[a.parts_n++];

			*part = (struct answer_part){
				.kind = next_random(&seed) % 3 ? ANSWER_PASSAGES : ANSWER_OFFER,
				.reply = REPLY_NONE};
			if (part->kind == ANSWER_OFFER)
				part->reply = (enum reply_id)(next_random(&seed) % REPLY_EMERGENCY);
			for (size_t k = next_random(&seed) % PART_PASSAGES_MAX + 1; k; k--)
				part->passages[part->passages_n++] =
					&article->passages[next_random(&seed) %
							   article->passages_n];
			a.kind = part->kind > a.kind ? part->kind : a.kind;
		}
		r = reply_build(f.book, &a, next_random(&seed) % 2, limit, &turn);
		assert_true(r.pieces_n > 0);
		buf_init(&whole, 1000000);
		for (size_t i = 0; i < r.pieces_n; i++) {
			assert_true(text_length(r.pieces[i]) <= limit);
			assert_true(str_ends(r.pieces[i], f.book->replies->text[REPLY_NOTE]));
			buf_add(&whole, r.pieces[i]);
		}
		for (size_t i = 0; r.pieces_n == 1 && i < a.parts_n; i++)
			for (size_t k = 0;
			     a.parts[i].kind == ANSWER_PASSAGES && k < a.parts[i].passages_n; k++)
				assert_true(str_find(buf_str(&whole),
						     a.parts[i].passages[k]->markdown) >= 0);
		if (r.pieces_n == 1 && answer_gives(&a, is_benefit))
			assert_true(str_find(buf_str(&whole), article->risk->markdown) >= 0);
		buf_done(&whole);
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
}

static void long_replies_are_numbered(void **state)
{
	struct fixture f;
	struct buf text;
	struct reply r;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md", "");
	buf_init(&text, 100000);
	buf_add(&text, STR("---\ntitle: T\n---\n## S\n\n"));
	for (int i = 0; i < 120; i++)
		buf_addf(&text, "This is sentence number %d of a long passage.\n", i);
	fixture_set(&f, "scalp.md", text.p);
	fixture_book(&f);
	r = reply_to(&f, "1 - answer:-:scalp/s", false, 2000);
	assert_int_equal(r.pieces_n, 3);
	assert_true(str_ends(r.pieces[0], STR("\n\n1/3\n\n(note, 112)")));
	assert_true(str_ends(r.pieces[1], STR("\n\n2/3\n\n(note, 112)")));
	assert_true(str_ends(r.pieces[2], STR("\n\n3/3\n\n(note, 112)")));
	/* cut behind sentences */
	for (size_t i = 0; i < 3; i++)
		assert_true(str_find(r.pieces[i], STR("passage.\n\n")) > 0);
	buf_done(&text);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_replies),
		cmocka_unit_test(offers_are_numbered),
		cmocka_unit_test(silence_has_no_pieces),
		cmocka_unit_test(titles_are_escaped),
		cmocka_unit_test(every_article_brings_its_risks),
		cmocka_unit_test(every_reply_keeps_the_rules),
		cmocka_unit_test(long_replies_are_numbered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
