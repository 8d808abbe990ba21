/* Which message in a channel's history is the reply that may have gone out. The bot is 100, the question
 * QUESTION. */
#include "rest_calls.h"

#include "wire/discord_copies.h"

#define ME 100
#define OWN(id, question, content)                                                            \
	"{\"id\":\"" id "\",\"author\":{\"id\":\"100\",\"bot\":true},\"message_reference\":{" \
	"\"message_id\":\"" question "\"},\"content\":\"" content "\"}"
#define BARE(id, content) \
	"{\"id\":\"" id "\",\"author\":{\"id\":\"100\",\"bot\":true},\"content\":\"" content "\"}"
#define OTHERS(id, question, content)                                                         \
	"{\"id\":\"" id "\",\"author\":{\"id\":\"200\",\"bot\":true},\"message_reference\":{" \
	"\"message_id\":\"" question "\"},\"content\":\"" content "\"}"

#define WORDS "Do not wash your hair for two days. Call 112 if you feel very unwell."
#define CHANGED "Please do not wash your hair for two days. Call 911 if you feel very unwell."
#define LATE "Sorry for the delay: I was away. " WORDS
#define SECOND "The scars heal within a week; use sunscreen outside."
#define SAFETY "This may be an emergency. Go to the nearest hospital now, or call 112."

struct look_case {
	const char *history; /* newest first, as Discord gives it */
	const char *found;   /* NULL: none, and it is sent */
	const char *text;    /* NULL: WORDS */
	unsigned piece;
	bool urgent, elsewhere;
	uint64_t me_else; /* the bot's id, where it is not ME: 1 for not known */
};

static const struct look_case look_cases[] = {
	/* Its words, and whose reply it is. */
	{"[" OWN("10", QUESTION, WORDS) "]", "10", NULL, 0, false, false, 0},
	{"[" OWN("10", QUESTION, WORDS) "]", "10", NULL, 0, true, false, 0},
	{"[" OWN("10", "77", WORDS) "]", NULL, NULL, 0, false, false, 0},
	{"[" BARE("10", WORDS) "]", NULL, NULL, 0, false, false, 0},
	{"[" BARE("10", WORDS) "]", NULL, NULL, 0, true, false, 0},
	{"[" OTHERS("10", QUESTION, WORDS) "]", NULL, NULL, 0, false, false, 0},
	{"[" OTHERS("10", QUESTION, WORDS) "]", "10", NULL, 0, false, false, 1},
	/* Other words than those of the earlier run. */
	{"[" OWN("10", QUESTION, CHANGED) "]", "10", NULL, 0, false, false, 0},
	{"[" OWN("10", QUESTION, WORDS) "]", "10", LATE, 0, false, false, 0},
	{"[" OTHERS("10", QUESTION, CHANGED) "]", NULL, NULL, 0, false, false, 0},
	{"[" OWN("10", QUESTION, CHANGED) "]", NULL, NULL, 0, false, false, 1},
	{"[" OWN("10", "77", CHANGED) "]", NULL, NULL, 0, false, false, 0},
	{"[" OWN("10", QUESTION, "") "]", NULL, NULL, 0, false, false, 0},
	/* The same words win, wherever they stand, and then the most alike. */
	{"[" OWN("11", QUESTION, WORDS) "," OWN("10", QUESTION, CHANGED) "]", "11", NULL, 0, false,
	 false, 0},
	{"[" OWN("11", QUESTION, CHANGED) "," OWN("10", QUESTION, WORDS) "]", "10", NULL, 0, false,
	 false, 0},
	{"[" OWN("11", QUESTION, CHANGED) "," OWN("10", QUESTION, LATE) "]", "10",
	 "I was away. " WORDS, 0, false, false, 0},
	/* A safety text stands for no other reply, and no other for it. */
	{"[" OWN("10", QUESTION, SAFETY) "]", NULL, NULL, 0, false, false, 0},
	{"[" OWN("11", QUESTION, CHANGED) "," OWN("10", QUESTION, SAFETY) "]", "11", NULL, 0, false,
	 false, 0},
	{"[" OWN("10", QUESTION, CHANGED) "]", NULL, NULL, 0, true, false, 0},
	{"[" OWN("10", QUESTION, SAFETY " Hurry.") "]", NULL, SAFETY, 0, true, false, 0},
	/* Pieces. */
	{"[" OWN("10", QUESTION, WORDS) "]", NULL, SECOND, 1, false, false, 0},
	{"[" OWN("10", QUESTION, CHANGED) "]", NULL, WORDS, 1, false, false, 0},
	{"[" OWN("11", QUESTION, SECOND " Old.") "," OWN("10", QUESTION, CHANGED) "]", "10", NULL,
	 0, false, false, 0},
	{"[" OWN("11", QUESTION, SECOND " Old.") "," OWN("10", QUESTION, CHANGED) "]", "11", SECOND,
	 1, false, false, 0},
	/* Told elsewhere. */
	{"[" BARE("10", WORDS) "]", "10", NULL, 0, true, true, 0},
	{"[" BARE("10", CHANGED) "]", NULL, NULL, 0, true, true, 0},
	{"[" OWN("10", QUESTION, WORDS) "]", NULL, NULL, 0, true, true, 0},
};

static void put_case(struct discord_rest *r, const struct look_case *c, const char *text)
{
	struct delivery d = {.id = 5,
			     .message = STR(QUESTION),
			     .room = STR("500"),
			     .kind = STR("answer"),
			     .piece = c->piece,
			     .urgent = c->urgent,
			     .elsewhere = c->elsewhere,
			     .text = str_of(text)};

	discord_rest_send(r, &d, when(LATER));
}

static void the_look(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof look_cases / sizeof *look_cases; i++) {
		const struct look_case *c = &look_cases[i];
		struct discord_rest *r = rest_started_again();
		struct discord_result got;
		struct machine_call call;

		discord_rest_me(r, c->me_else == 1 ? 0 : ME);
		put_case(r, c, c->text ? c->text : WORDS);
		answer(r, next(r, LATER).id, 200, c->history, LATER);
		if (c->found && discord_rest_under_way(r) == 0 &&
		    discord_rest_next(r, &call, when(LATER)))
			fail_msg("case %zu: not found", i);
		if (!c->found) {
			if (!discord_rest_next(r, &call, when(LATER)))
				fail_msg("case %zu: found", i);
			assert_text(call.method, "POST");
			answer(r, call.id, 200, "{\"id\":\"31\"}", LATER);
		}
		got = result(r, DISCORD_DELIVERED);
		assert_text(got.message, c->found ? c->found : "31");
		discord_rest_free(r);
	}
}

/* The one of which the words may have changed stands on an earlier page than the last. */
static void all_pages_are_looked_at_for_the_same_words(void **state)
{
	static const struct {
		const char *second, *found;
	} cases[] = {
		{"[" OWN("1385000000000000200", QUESTION, WORDS) "]", "1385000000000000200"},
		{"[" OWN("1385000000000000200", QUESTION, SECOND) "]", "1385000000000000001"},
		{"[]", "1385000000000000001"},
	};
	static const struct look_case plain = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_started_again();
		struct buf page;

		discord_rest_me(r, ME);
		put_case(r, &plain, WORDS);
		buf_init(&page, 65536);
		buf_add(&page, STR("["));
		for (int k = 100; k > 1; k--)
			buf_addf(&page, "{\"id\":\"1385000000000000%03d\"},", k);
		buf_add(&page, STR(OWN("1385000000000000001", QUESTION, CHANGED) "]"));
		answer(r, next(r, LATER).id, 200, page.p, LATER);
		buf_done(&page);
		no_result(r);
		answer(r, next(r, LATER).id, 200, cases[i].second, LATER);
		assert_text(result(r, DISCORD_DELIVERED).message, cases[i].found);
		discord_rest_free(r);
	}
}

/* What this run made is nobody else's; and of this run's own tries the words are known. */
static void what_this_run_made(void **state)
{
	static const struct look_case plain = {0}, alert = {.elsewhere = true};
	struct discord_rest *r = rest_started_again();
	struct machine_call call;

	(void)state;
	discord_rest_me(r, ME);
	put_case(r, &alert, WORDS);
	answer(r, next(r, LATER).id, 200, "[" BARE("10", WORDS) "]", LATER);
	assert_text(result(r, DISCORD_DELIVERED).message, "10");
	put_case(r, &alert, WORDS);
	answer(r, next(r, LATER).id, 200, "[" BARE("10", WORDS) "]", LATER);
	assert_text(next(r, LATER).method, "POST");
	discord_rest_free(r);

	r = rest_started_again();
	discord_rest_me(r, ME);
	put_case(r, &plain, WORDS);
	answer(r, next(r, LATER).id, 200, "[]", LATER);
	answer(r, next(r, LATER).id, 0, "", LATER);
	call = next(r, LATER + 200000);
	assert_text(call.method, "GET");
	answer(r, call.id, 200, "[" OWN("10", QUESTION, CHANGED) "]", LATER + 200000);
	assert_text(next(r, LATER + 200000).method, "POST");
	discord_rest_free(r);
}

/* Where Discord does not take it with its question's name, no name is asked of it. */
static void a_reply_without_its_name(void **state)
{
	static const struct {
		const char *history, *method;
	} cases[] = {
		{"[" BARE("10", WORDS) "]", NULL},
		{"[" OWN("10", QUESTION, WORDS) "]", NULL},
		{"[" OWN("10", "77", WORDS) "]", "POST"},
	};
	static const struct look_case plain = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct discord_rest *r = rest_started_again();
		int64_t now = LATER;

		discord_rest_me(r, ME);
		put_case(r, &plain, WORDS);
		answer(r, next(r, now).id, 200, "[]", now);
		answer(r, next(r, now).id, 400, "{\"code\":160002}", now);
		now = wake(r, now);
		answer(r, next(r, now).id, 0, "", now);
		now += 200000;
		answer(r, next(r, now).id, 200, cases[i].history, now);
		if (cases[i].method)
			assert_text(next(r, now).method, cases[i].method);
		else
			assert_text(result(r, DISCORD_DELIVERED).message, "10");
		discord_rest_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_look),
		cmocka_unit_test(all_pages_are_looked_at_for_the_same_words),
		cmocka_unit_test(what_this_run_made),
		cmocka_unit_test(a_reply_without_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
