/* What staff are written, and how the store keeps it. */
#include "core/book_fixture.h"

#include "core/notice.h"
#include "core/text.h"

#define LINK "https://discord.com/channels/1/2/3"

static struct fixture f;

static int start(void **state)
{
	(void)state;
	fixture_init(&f);
	assert_non_null(fixture_book(&f));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fixture_done(&f);
	return 0;
}

static const struct notice alert = {.kind = NOTICE_ALERT,
				    .level = URGENT_CRISIS,
				    .at_ms = 1750000000123,
				    .room = {"2", 1},
				    .link = {LINK, sizeof LINK - 1}};

static struct notice_text write_one(const struct notice *notice, unsigned showing,
				    const char *words, size_t max)
{
	return notice_write(f.book->replies, notice, showing, 4, STR("noon"), str_of(words), max,
			    &f.arena);
}

static void there_and_back(void **state)
{
	struct notice notices[] = {
		alert,
		alert,
		{.kind = NOTICE_TAKEN},
		{.kind = NOTICE_TROUBLE, .link = alert.link},
		{.kind = NOTICE_TROUBLE, .trouble = TROUBLE_REPLACED, .link = alert.link},
		{.kind = NOTICE_TROUBLE, .trouble = TROUBLE_MUTE, .link = alert.link}};
	struct notice got;
	static const char *const stored[] = {"notice 1 alert crisis 1750000000123 2 - " LINK,
					     "notice 1 alert emergency 1750000000123 2 words " LINK,
					     "notice 1 taken",
					     "notice 1 room gone " LINK,
					     "notice 1 room replaced " LINK,
					     "notice 1 room mute " LINK};
	struct err err;

	(void)state;
	notices[1].level = URGENT_EMERGENCY;
	notices[1].with_words = true;
	for (size_t i = 0; i < sizeof notices / sizeof *notices; i++) {
		struct buf b;

		buf_init(&b, 1000);
		notice_encode(&notices[i], &b);
		assert_string_equal(b.p, stored[i]);
		assert_true(notice_is(buf_str(&b)));
		assert_true(notice_decode(buf_str(&b), &got, &err));
		assert_int_equal(got.kind, notices[i].kind);
		assert_int_equal(got.level, notices[i].level);
		assert_int_equal(got.trouble, notices[i].trouble);
		assert_int_equal(got.at_ms, notices[i].at_ms);
		assert_int_equal(got.with_words, notices[i].with_words);
		assert_true(str_eq(got.room, notices[i].room));
		assert_true(str_eq(got.link, notices[i].link));
		buf_done(&b);
	}
}

static void what_nobody_wrote_is_refused(void **state)
{
	static const char *const odd[] = {
		"",
		"notice",
		"notice 1 ",
		"notice 1 taken x",
		"notice 2 taken",
		"1 crisis urgent:crisis:-",
		"notice 1 alert",
		"notice 1 alert none 1 2 - x",
		"notice 1 alert crisis x 2 - x",
		"notice 1 alert crisis -1 2 - x",
		"notice 1 alert crisis 18446744073709551615 2 - x",
		"notice 1 alert crisis 1  - x",
		"notice 1 alert crisis 1 2 maybe x",
		"notice 1 alert crisis 1 2 - ",
		"notice 1 alert crisis 1 2 -",
		"notice 1 room",
		"notice 1 room gone",
		"notice 1 room gone ",
		"notice 1 room lost " LINK,
		"notice 1 room  " LINK,
	};
	struct notice got = {0};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		if (notice_decode(str_of(odd[i]), &got, &err))
			fail_msg("\"%s\" was read", odd[i]);
		assert_int_equal(got.kind, NOTICE_NONE);
	}
	assert_false(notice_is(STR("1 crisis urgent:crisis:-")));
}

static void level_time_and_link_and_no_words(void **state)
{
	struct notice_text got;

	(void)state;
	got = write_one(&alert, 0, "i want to die", 2000);
	assert_true(str_eq(got.text, STR("(staff-alert crisis noon " LINK ")")));
	assert_int_equal(got.known_by.n, 0);
	got = write_one(&alert, 2, "i want to die", 2000);
	assert_true(str_eq(got.text, STR("(staff-again crisis noon " LINK " 3/4)")));
	got = write_one(&(struct notice){.kind = NOTICE_TAKEN}, 0, "i want to die", 2000);
	assert_true(str_eq(got.text, STR("(staff-taken)")));
}

static void where_nothing_can_be_sent(void **state)
{
	static const char *const texts[] = {
		[TROUBLE_GONE] = "(staff-room-gone " LINK ")",
		[TROUBLE_REPLACED] = "(staff-room-replaced " LINK ")",
		[TROUBLE_MUTE] = "(staff-room-mute " LINK ")",
	};

	(void)state;
	for (int i = TROUBLE_GONE; i <= TROUBLE_MUTE; i++) {
		const struct notice notice = {
			.kind = NOTICE_TROUBLE, .trouble = (enum trouble)i, .link = alert.link};
		struct notice_text got = write_one(&notice, 0, "", 2000);

		assert_true(str_eq(got.text, str_of(texts[i])));
		assert_int_equal(got.known_by.n, 0);
	}
}

static void words_where_the_clinic_wants_them(void **state)
{
	struct notice with = alert;
	struct notice_text got;

	(void)state;
	with.with_words = true;
	got = write_one(&with, 0, "i want\nto die", 2000);
	assert_true(
		str_eq(got.text, STR("(staff-alert crisis noon " LINK ")\n\n> i want\n> to die")));
	assert_true(str_eq(got.known_by, STR("(staff-alert crisis noon " LINK ")")));
	/* after a restart */
	got = write_one(&with, 0, "", 2000);
	assert_true(
		str_eq(got.text, STR("(staff-alert crisis noon " LINK ")\n\n(staff-words-gone)")));
	assert_true(str_eq(got.known_by, STR("(staff-alert crisis noon " LINK ")")));
	/* shown again: no more than the link */
	got = write_one(&with, 1, "i want\nto die", 2000);
	assert_true(str_eq(got.text, STR("(staff-again crisis noon " LINK " 2/4)")));
}

static void words_are_cut_to_fit(void **state)
{
	struct notice with = alert;
	struct buf words;

	(void)state;
	with.with_words = true;
	buf_init(&words, 100000);
	for (int i = 0; i < 4000; i++)
		buf_add(&words, i % 3 ? STR("\xC3\xA4 ") : STR("x\n"));
	for (size_t max = 1000; max <= 2000; max += 50) {
		struct notice_text got = write_one(&with, 0, words.p, max);

		assert_in_range(text_length(got.text), max - 200, max);
		assert_true(str_starts(got.text, got.known_by));
	}
	buf_clear(&words);
	for (int i = 0; i < 9000; i++)
		buf_add_char(&words, i % 2 ? '\n' : '\r');
	assert_in_range(text_length(write_one(&with, 0, words.p, 1000).text), 40, 1000);
	buf_done(&words);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(there_and_back),
		CASE(what_nobody_wrote_is_refused),
		CASE(level_time_and_link_and_no_words),
		CASE(where_nothing_can_be_sent),
		CASE(words_where_the_clinic_wants_them),
		CASE(words_are_cut_to_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
