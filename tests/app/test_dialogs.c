/* The table of dialogs: bounded, forgetting, and without names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "app/dialogs.h"

#define NOW ((int64_t)1000000000)

static struct dialog marked(size_t n)
{
	return (struct dialog){.answered_n = n, .met = true};
}

static void kept_for_ten_minutes(void **state)
{
	struct dialogs *d = dialogs_new();
	uint64_t key = dialogs_key(d, STR("discord"), STR("1"), STR("2"));
	struct dialog one = marked(1), two = marked(2);

	(void)state;
	assert_null(dialogs_get(d, key, NOW));
	dialogs_put(d, key, STR("m"), NULL, one, NOW);
	assert_int_equal(dialogs_get(d, key, NOW)->answered_n, 1);
	assert_non_null(dialogs_get(d, key, NOW + DIALOG_KEEP_MS - 1));
	assert_null(dialogs_get(d, key, NOW + DIALOG_KEEP_MS));
	dialogs_put(d, key, STR("m"), NULL, two, NOW + 1000);
	assert_int_equal(dialogs_get(d, key, NOW + DIALOG_KEEP_MS)->answered_n, 2);
	dialogs_free(d);
	dialogs_free(NULL);
}

static void everybody_has_their_own(void **state)
{
	struct dialogs *d = dialogs_new(), *e = dialogs_new();
	uint64_t key = dialogs_key(d, STR("discord"), STR("1"), STR("2"));

	(void)state;
	assert_true(key == dialogs_key(d, STR("discord"), STR("1"), STR("2")));
	assert_true(key != dialogs_key(d, STR("preview"), STR("1"), STR("2")));
	assert_true(key != dialogs_key(d, STR("discord"), STR("2"), STR("2")));
	assert_true(key != dialogs_key(d, STR("discord"), STR("1"), STR("3")));
	assert_true(dialogs_key(d, STR("a"), STR("bc"), STR("d")) !=
		    dialogs_key(d, STR("a"), STR("b"), STR("cd")));
	/* another process cannot tell who it was */
	assert_true(key != dialogs_key(e, STR("discord"), STR("1"), STR("2")));
	dialogs_free(d);
	dialogs_free(e);
}

/* A flood of others: the table stays as large as it is, the latest are there. */
static void the_longest_unused_give_way(void **state)
{
	struct dialogs *d = dialogs_new();
	uint64_t base = 5000;
	size_t kept = 0;

	(void)state;
	/* Five keys of one set of four, and the first one used again. */
	for (size_t i = 0; i < 4; i++) {
		struct dialog one = marked(i);

		dialogs_put(d, base + i * 1024, STR("m"), NULL, one, NOW + (int64_t)i);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(dialogs_get(d, base + i * 1024, NOW + 10)->answered_n, i);
	dialogs_put(d, base, STR("m"), NULL, (struct dialog){.answered_n = 7}, NOW + 5);
	dialogs_put(d, base + 4 * 1024, STR("m"), NULL, (struct dialog){.answered_n = 8}, NOW + 6);
	assert_int_equal(dialogs_get(d, base, NOW + 10)->answered_n, 7);
	assert_null(dialogs_get(d, base + 1024, NOW + 10));
	assert_non_null(dialogs_get(d, base + 2 * 1024, NOW + 10));
	assert_int_equal(dialogs_get(d, base + 4 * 1024, NOW + 10)->answered_n, 8);
	for (uint64_t key = 1; key <= 100000; key++) {
		struct dialog one = marked((size_t)key);

		dialogs_put(d, key, STR("m"), NULL, one, NOW + (int64_t)key);
		assert_int_equal(dialogs_get(d, key, NOW + (int64_t)key)->answered_n, key);
	}
	for (uint64_t key = 1; key <= 100000; key++)
		kept += dialogs_get(d, key, NOW + 100000) != NULL;
	assert_int_equal(kept, 4096);
	assert_non_null(dialogs_get(d, 100000 - 4095, NOW + 100000));
	dialogs_free(d);
}

static void a_book_that_goes_leaves_no_pointers(void **state)
{
	struct dialogs *d = dialogs_new();
	struct book book = {0};
	struct passage passage = {0};
	struct dialog one = {.book = &book,
			     .offered = {&passage},
			     .offered_n = 1,
			     .said = {{.passages = {&passage}}},
			     .said_n = 1,
			     .answered = {{&passage, false}},
			     .answered_n = 1,
			     .urgent = URGENT_CRISIS,
			     .met = true};
	const struct dialog *after;

	(void)state;
	dialogs_put(d, 7, STR("m"), NULL, one, NOW);
	dialogs_book_gone(d);
	after = dialogs_get(d, 7, NOW);
	assert_non_null(after);
	assert_null(after->book);
	assert_int_equal(after->offered_n, 0);
	assert_null(after->offered[0]);
	assert_int_equal(after->said_n, 0);
	assert_null(after->said[0].passages[0]);
	assert_int_equal(after->answered_n, 0);
	assert_null(after->answered[0].passage);
	assert_int_equal(after->urgent, URGENT_CRISIS);
	assert_true(after->met);
	dialogs_free(d);
}

/* "yes" to an offer: edited, it is read behind the offer again, and not behind its own answer. */
static void an_edit_is_read_behind_what_was_said_before(void **state)
{
	struct dialogs *d = dialogs_new();
	struct book book = {0};
	struct dialog first = marked(1), second = {.book = &book, .answered_n = 2};

	(void)state;
	assert_false(dialogs_before(d, 7, STR("m1"), NOW).met);
	dialogs_put(d, 7, STR("m1"), NULL, first, NOW);
	assert_int_equal(dialogs_before(d, 7, STR("m1"), NOW).answered_n, 0);
	assert_false(dialogs_before(d, 7, STR("m1"), NOW).met);
	dialogs_put(d, 7, STR("m2"), dialogs_get(d, 7, NOW), second, NOW);
	assert_int_equal(dialogs_before(d, 7, STR("m2"), NOW).answered_n, 1);
	dialogs_amend(d, 7, STR("m2"), marked(3), NOW);
	assert_int_equal(dialogs_get(d, 7, NOW)->answered_n, 3);
	assert_int_equal(dialogs_before(d, 7, STR("m2"), NOW).answered_n, 1);
	assert_int_equal(dialogs_before(d, 7, STR("m2"), NOW + DIALOG_KEEP_MS).answered_n, 0);
	dialogs_free(d);
}

/* Of an older message what was said is not known any more, but for a safety text. */
static void an_edit_of_an_older_message_is_read_alone(void **state)
{
	struct dialogs *d = dialogs_new();
	struct book book = {0};
	struct dialog last = {
		.book = &book, .answered_n = 2, .urgent = URGENT_SAME_DAY, .met = true};
	struct dialog got;

	(void)state;
	dialogs_put(d, 7, STR("m1"), NULL, marked(1), NOW);
	dialogs_put(d, 7, STR("m2"), NULL, last, NOW);
	got = dialogs_before(d, 7, STR("m1"), NOW);
	assert_int_equal(got.answered_n, 0);
	assert_int_equal(got.urgent, URGENT_SAME_DAY);
	assert_true(got.met);
	dialogs_amend(d, 7, STR("m1"), marked(3), NOW);
	assert_int_equal(dialogs_get(d, 7, NOW)->answered_n, 2);
	dialogs_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_for_ten_minutes),
		cmocka_unit_test(everybody_has_their_own),
		cmocka_unit_test(the_longest_unused_give_way),
		cmocka_unit_test(a_book_that_goes_leaves_no_pointers),
		cmocka_unit_test(an_edit_is_read_behind_what_was_said_before),
		cmocka_unit_test(an_edit_of_an_older_message_is_read_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
