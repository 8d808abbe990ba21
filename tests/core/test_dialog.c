/* What is remembered of what was said. */
#include "book_fixture.h"

static struct answer decoded(struct fixture *f, const char *text)
{
	struct answer answer;

	if (!answer_decode(f->book, str_of(text), &answer, NULL))
		fail_msg("not read: %s", text);
	return answer;
}

static struct dialog after(struct fixture *f, const struct dialog *before, const char *text)
{
	struct answer answer = decoded(f, text);

	return dialog_after(before, f->book, &answer);
}

static void what_each_answer_leaves(void **state)
{
	struct fixture f;
	struct dialog d;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	d = dialog_for(NULL, f.book);
	assert_false(d.met);
	assert_ptr_equal(d.book, f.book);
	d = after(&f, NULL, "1 -");
	assert_false(d.met);
	d = after(&f, NULL, "1 - social:greeting:-");
	assert_true(d.met);
	d = after(&f, &d, "1 - answer:-:scalp/after.sauna answer:-:scalp/after.alcohol");
	assert_int_equal(d.answered_n, 2);
	assert_str(d.answered[1].passage->id, "after.alcohol");
	assert_false(d.answered[1].whole);
	assert_false(d.refused);
	d = after(&f, &d, "1 - social:thanks:-");
	assert_int_equal(d.answered_n, 2);
	d = after(&f, &d, "1 - offer:offer:scalp/after.alcohol,scalp/after.washing");
	assert_int_equal(d.offered_n, 2);
	assert_str(d.offered[1]->id, "after.washing");
	assert_int_equal(d.answered_n, 0);
	d = after(&f, &d, "1 - social:thanks:-");
	assert_int_equal(d.offered_n, 2);
	assert_true(d.is_offer_open);
	d = after(&f, &d, "1 - uncovered:not-covered:-");
	assert_int_equal(d.offered_n, 2);
	assert_false(d.is_offer_open);
	assert_true(d.refused);
	d = after(&f, &d, "1 - social:thanks:-");
	assert_true(d.refused);
	d = after(&f, &d, "1 - answer:-:scalp/after.sauna");
	assert_false(d.refused);
	d = after(&f, &d, "1 urgent urgent:urgent:-");
	assert_int_equal(d.urgent, URGENT_SAME_DAY);
	assert_int_equal(d.answered_n, 0);
	assert_false(d.refused);
	d = after(&f, &d, "1 - uncovered:after-urgent:scalp/after.alcohol,scalp/after.sauna");
	assert_int_equal(d.said[0].passages_n, 2);
	assert_int_equal(d.urgent, URGENT_SAME_DAY);
	d = after(&f, &d, "1 - uncovered:not-covered:-");
	assert_int_equal(d.said[0].passages_n, 0);
	assert_int_equal(d.urgent, URGENT_SAME_DAY);
	fixture_done(&f);
}

/* Until others are offered, or a safety text is sent. */
static void what_was_offered_can_be_picked(void **state)
{
	struct fixture f;
	struct dialog d;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	d = after(&f, NULL, "1 - offer:offer:scalp/after.alcohol,scalp/after.washing");
	assert_int_equal(d.taken, 0);
	d = after(&f, &d, "1 - answer:-:scalp/after.washing");
	assert_int_equal(d.offered_n, 2);
	assert_int_equal(d.taken, 2);
	assert_false(d.is_offer_open);
	assert_true(d.is_offer_near);
	d = after(&f, &d, "1 - uncovered:not-covered:-");
	assert_true(d.is_offer_near);
	d = after(&f, &d, "1 - answer:-:scalp/often.interval");
	assert_false(d.is_offer_near);
	assert_int_equal(d.taken, 2);
	d = after(&f, &d, "1 - answer:-:scalp/after.sauna answer:-:scalp/after.alcohol");
	assert_int_equal(d.taken, 3);
	d = after(&f, &d, "1 - offer:offer:scalp/after.sauna");
	assert_int_equal(d.offered_n, 1);
	assert_int_equal(d.taken, 0);
	assert_true(d.is_offer_open);
	d = after(&f, &d, "1 urgent urgent:urgent:-");
	assert_int_equal(d.offered_n, 0);
	assert_false(d.is_offer_open);
	fixture_done(&f);
}

/* All of it, so that it can be said again. */
static void what_was_said_last(void **state)
{
	struct fixture f;
	struct dialog d;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	d = after(&f, NULL, "1 - social:greeting:-");
	assert_int_equal(d.said_n, 0);
	d = after(&f, &d, "1 - uncovered:booking:- answer:-:scalp/after.sauna social:rest:-");
	assert_int_equal(d.said_n, 3);
	assert_int_equal(d.said[0].reply, REPLY_BOOKING);
	assert_str(d.said[1].passages[0]->id, "after.sauna");
	assert_int_equal(d.said[2].reply, REPLY_REST);
	d = after(&f, &d, "1 - social:thanks:-");
	assert_int_equal(d.said_n, 3);
	d = after(&f, &d, "1 - uncovered:not-covered:-");
	assert_int_equal(d.said_n, 1);
	d = after(&f, &d, "1 urgent urgent:urgent:-");
	assert_int_equal(d.said_n, 0);
	fixture_done(&f);
}

/* A list without names: an item is given behind what leads it, the section by one pick. */
static void what_leads_an_item_is_no_topic(void **state)
{
	struct fixture f;
	struct dialog d;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "moles.md",
		    "---\ntitle: Moles\nlanguage: en\n---\n\n## After it\n\nFor two days:\n\n"
		    "- Keep it dry.\n- Do not run.\n");
	fixture_book(&f);
	d = after(&f, NULL, "1 - answer:-:moles/after-it,moles/after-it/2");
	assert_int_equal(d.answered_n, 1);
	assert_str(d.answered[0].passage->id, "after-it/2");
	assert_false(d.answered[0].whole);
	d = after(&f, NULL, "1 - answer:-:moles/after-it,moles/after-it/1,moles/after-it/2");
	assert_int_equal(d.answered_n, 1);
	assert_str(d.answered[0].passage->id, "after-it");
	assert_true(d.answered[0].whole);
	fixture_done(&f);
}

static void asking_for_the_article_ends_the_holding_back(void **state)
{
	struct fixture f;
	struct dialog d;
	struct answer a;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	d = after(&f, NULL, "1 crisis urgent:crisis:-");
	a = decoded(&f, "1 - answer:-:scalp/after.sauna");
	a.unlocks = true;
	d = dialog_after(&d, f.book, &a);
	assert_int_equal(d.urgent, URGENT_NONE);
	fixture_done(&f);
}

static void another_book_takes_the_passages_away(void **state)
{
	struct fixture f, g;
	struct dialog d, e;

	(void)state;
	fixture_init(&f);
	fixture_init(&g);
	fixture_book(&f);
	fixture_book(&g);
	d = after(&f, NULL, "1 urgent urgent:urgent:-");
	d = after(&f, &d, "1 - offer:offer:scalp/after.alcohol");
	d.answered[0].passage = d.offered[0];
	d.answered_n = 1;
	e = dialog_for(&d, f.book);
	assert_int_equal(e.offered_n, 1);
	e = dialog_for(&d, g.book);
	assert_int_equal(e.offered_n, 0);
	assert_int_equal(e.answered_n, 0);
	assert_null(e.answered[0].passage);
	assert_int_equal(e.said_n, 0);
	assert_true(e.met);
	assert_int_equal(e.urgent, URGENT_SAME_DAY);
	fixture_done(&f);
	fixture_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_answer_leaves),
		cmocka_unit_test(what_was_offered_can_be_picked),
		cmocka_unit_test(what_was_said_last),
		cmocka_unit_test(what_leads_an_item_is_no_topic),
		cmocka_unit_test(asking_for_the_article_ends_the_holding_back),
		cmocka_unit_test(another_book_takes_the_passages_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
