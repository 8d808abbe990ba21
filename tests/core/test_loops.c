/* What is said back, and who answers faster than people do, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/echoes.h"
#include "core/pace.h"

#define SAID                                                                                       \
	"**After the sauna**\n\nDo not go to the sauna for a week, and drink no alcohol for two "  \
	"days.\n\n*General information of the clinic, not medical advice: ask your doctor. In an " \
	"emergency call 112.*"

static enum echo echo_in(const struct echoes *e, struct str message, const char *own)
{
	struct buf b;
	enum echo echo;

	buf_init(&b, 1000);
	buf_add(&b, STR("old"));
	echo = echo_of(e, message, &b);
	if (own)
		assert_true(str_eq(buf_str(&b), str_of(own)));
	buf_done(&b);
	return echo;
}

static const struct {
	const char *message;
	enum echo echo;
	const char *own;
} copies[] = {
	{SAID, ECHO_WHOLE, ""},
	/* Through a bridge: other marks, lines and capitals. */
	{"AFTER THE SAUNA - do not go to the sauna for a week, and drink no alcohol for "
	 "two "
	 "days. General information of the clinic, not medical advice: ask your doctor. In "
	 "an "
	 "emergency call 112",
	 ECHO_WHOLE, ""},
	{"> " SAID, ECHO_WHOLE, ""},
	/* The end is cut off. */
	{"After the sauna. Do not go to the sauna for a week, and drink no alcohol for two "
	 "days. "
	 "General information of the clinic, not medical advice: ask your doctor. In an",
	 ECHO_WHOLE, ""},
	{"[discord] ClinicBot: " SAID, ECHO_NEARLY, "discord ClinicBot"},
	{SAID "\n\nmy throat is closing", ECHO_NEARLY, "my throat is closing"},
	/* Words of ours, said once more: somebody means them. */
	{SAID "\n\ni had alcohol for two days", ECHO_NEARLY, "i had alcohol for two days"},
	{"help " SAID, ECHO_NEARLY, "help"},
	{SAID " help", ECHO_NEARLY, "help"},
	{"**After the sauna**\n\nDo not go to the sauna, my throat is closing, for a week, "
	 "and "
	 "drink no alcohol for two days.\n\n*General information of the clinic, not "
	 "medical advice: "
	 "ask your doctor. In an emergency call 112.*",
	 ECHO_NEARLY, "my throat is closing"},
	/* Whoever asks about a line of it, or says it of their own. */
	{"do not go to the sauna for a week?", ECHO_NONE, NULL},
	{"Do not go to the sauna for a week, and drink no alcohol for two days", ECHO_NONE, NULL},
	{"why should i not go to the sauna for a week, and drink no alcohol for two days? "
	 "my "
	 "doctor said that it is fine after three days, and i have a birthday on saturday, "
	 "so what is it that can happen",
	 ECHO_NONE, NULL},
	{SAID " and " SAID " what does this mean for me, as i have been to the sauna on the "
	      "first day already and nobody has told me anything about it before, so that "
	      "now i am worried what will happen to my hair",
	 ECHO_NONE, NULL},
	{"is the sauna ok", ECHO_NONE, NULL},
	{"", ECHO_NONE, NULL},
	{"\n ** \n", ECHO_NONE, NULL},
};

static void what_is_a_copy(void **state)
{
	struct echoes *e = echoes_new();

	(void)state;
	assert_int_equal(echo_in(e, STR(SAID), NULL), ECHO_NONE);
	echoes_said(e, STR("You are welcome."));
	echoes_said(e, STR("Another text, which has nothing to do with it, of some words more."));
	echoes_said(e, STR(SAID));
	for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
		if (echo_in(e, str_of(copies[i].message), copies[i].own) != copies[i].echo)
			fail_msg("case %zu: %s", i, copies[i].message);
	assert_int_equal(echo_in(e, STR("You are welcome."), NULL), ECHO_NONE);
	echoes_free(e);
	echoes_free(NULL);
}

/* What was not kept takes nobody's place; the oldest of many does give way. */
static void so_many_are_known(void **state)
{
	struct echoes *e = echoes_new();
	char text[200];

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof text,
			 "text%d is of%d some%d words%d which%d are%d all%d its%d own%d", i, i, i,
			 i, i, i, i, i, i);
		echoes_said(e, str_of(text));
		assert_int_equal(echo_in(e, str_of(text), NULL), ECHO_WHOLE);
		echoes_said(e, STR("thanks"));
		assert_int_equal(echo_in(e, str_of(text), NULL), ECHO_WHOLE);
	}
	snprintf(text, sizeof text, "text%d is of%d some%d words%d which%d are%d all%d its%d own%d",
		 36, 36, 36, 36, 36, 36, 36, 36, 36);
	assert_int_equal(echo_in(e, str_of(text), NULL), ECHO_NONE);
	echoes_free(e);
}

static void long_texts_end_nothing(void **state)
{
	static char text[60000];
	struct echoes *e = echoes_new();
	size_t n = 0;

	(void)state;
	for (int i = 0; n < sizeof text - 20; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "w%d ", i);
	echoes_said(e, str_of(text));
	assert_int_equal(echo_in(e, str_of(text), NULL), ECHO_NONE);
	echoes_free(e);
}

/* Steps: 'r' a reply reaches them, 'w' they write and are taken for a person, 'P' for a program; 'e'
 * they wrote half a second ago and are taken for a person; digits wait as many halves of a second, 'm'
 * 59 seconds. */
static void who_is_a_program(void **state)
{
	static const char *const cases[] = {
		/* Answers everything at once. */
		"wrwrwrwrwrwrPrPPP",
		"wr1wr1wr1wr1wr1wr1P",
		/* It is let off when it has been quiet for a minute, and is known again. */
		"wrwrwrwrwrwrPmPmPm2wrwrwrwrwrwrP",
		/* People: slower, once in a while at least. */
		"wr2wr2wr2wr2wr2wr2wr2wr2w",
		"wrwrwrwrwr2wrwrwrwrwr2w",
		/* Or many at once: several without a reply between. */
		"wwwwwrwrwrwwrwrwrwwrwrwrwwrw",
		"wwwwwwwwwwwwwwwwww",
		"wrrwrrwrrwrrwrrwrrPr",
		/* What was written before the reply, and waited to be read, does not answer it. */
		"wrererererererererer",
		"wrewrewrewrewrewrewrewre",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pace pace = {0};
		int64_t now = 1000000;

		for (const char *at = cases[i]; *at; at++) {
			if (*at == 'r')
				pace_replied(&pace, now);
			else if (*at == 'm')
				now += 59000;
			else if (*at >= '0' && *at <= '9')
				now += (int64_t)(*at - '0') * 500;
			else if (pace_wrote(&pace, *at == 'e' ? now - 500 : now) != (*at == 'P'))
				fail_msg("case %zu: %s, at %s", i, cases[i], at);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_copy),
		cmocka_unit_test(so_many_are_known),
		cmocka_unit_test(long_texts_end_nothing),
		cmocka_unit_test(who_is_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
