/* The state of alerts to staff, against scripts: what happens on the left, what is to be done then on
 * the right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/alerts.h"

#define AGAIN_MS 300
#define STEPS_MAX 24

static struct alerts alerts;

/* The alert about message `name` on the platform "p". */
static struct alert *named(struct str name)
{
	return alerts_find(&alerts, STR("p"), name, STR("answer-alert"));
}

static void add(struct str name, bool on_its_way, unsigned shown, int64_t settled_ms,
		struct str sent_as)
{
	alerts_add(&alerts,
		   &(struct alert){.platform = STR("p"),
				   .message = name,
				   .kind = STR("answer-alert"),
				   .room = STR("700"),
				   .notice = STR("notice"),
				   .shown = shown,
				   .on_its_way = on_its_way,
				   .settled_ms = settled_ms},
		   sent_as);
}

/* Everything that is due now: "show a 2|", "give up a|". */
static void due(int64_t now, struct buf *out)
{
	bool given_up = false;
	struct alert *a;

	while ((a = alerts_due(&alerts, now, &given_up))) {
		if (given_up)
			buf_addf(out, "give up " STR_FMT "|", STR_ARG(a->message));
		else
			buf_addf(out, "show " STR_FMT " %u|", STR_ARG(a->message), a->shown + 1);
		if (given_up)
			alerts_drop(&alerts, a);
	}
}

static void sent(struct str name, struct str id, int64_t now, struct buf *out)
{
	struct alert *a = named(name);
	bool first, claimed;

	if (!a) {
		buf_add(out, STR("gone|"));
		return;
	}
	alerts_sent(&alerts, a, id, now, &first, &claimed);
	buf_add(out, first ? STR("tell|") : STR(""));
	buf_add(out, claimed ? STR("taken|") : STR(""));
	if (claimed)
		alerts_drop(&alerts, a);
}

/* One line: "NOW VERB NAME [ID]". */
static void step(const char *line, struct buf *out)
{
	struct str rest = str_of(line), now_text, verb, name, id = STR("");
	uint64_t now;
	struct alert *a;

	str_cut(&rest, ' ', &now_text);
	assert_true(str_to_u64(now_text, &now));
	str_cut(&rest, ' ', &verb);
	str_cut(&rest, ' ', &name);
	str_cut(&rest, ' ', &id);
	if (str_eq(verb, STR("add"))) {
		add(name, true, 0, 0, STR(""));
	} else if (str_eq(verb, STR("sent"))) {
		sent(name, id, (int64_t)now, out);
	} else if (str_eq(verb, STR("refused"))) {
		alerts_refused(named(name), (int64_t)now);
	} else if (str_eq(verb, STR("reply"))) {
		a = alerts_claimed(&alerts, STR("p"), name);
		buf_addf(out, "%s" STR_FMT "|", a ? "taken " : "nothing",
			 STR_ARG(a ? a->message : STR("")));
		if (a)
			alerts_drop(&alerts, a);
	} else {
		assert_true(str_eq(verb, STR("time")));
		due((int64_t)now, out);
	}
}

struct script {
	const char *title;
	const char *steps[STEPS_MAX][2];
};

static const struct script scripts[] = {
	{"the patient is told when an alert was sent, and only once",
	 {{"0 add a", ""},
	  {"9 sent a 31", "tell|"},
	  {"309 time", "show a 2|"},
	  {"310 sent a 32", ""}}},
	{"an alert that is refused tells nobody, one that is sent later does",
	 {{"0 add a", ""},
	  {"9 refused a", ""},
	  {"308 time", ""},
	  {"309 time", "show a 2|"},
	  {"400 sent a 32", "tell|"}}},
	{"nothing is shown again while a showing is on its way",
	 {{"0 add a", ""},
	  {"5000 time", ""},
	  {"6000 sent a 31", "tell|"},
	  {"6299 time", ""},
	  {"6300 time", "show a 2|"},
	  {"9000 time", ""}}},
	{"four showings, then it is given up",
	 {{"0 add a", ""},
	  {"0 sent a 31", "tell|"},
	  {"300 time", "show a 2|"},
	  {"300 sent a 32", ""},
	  {"600 time", "show a 3|"},
	  {"600 refused a", ""},
	  {"900 time", "show a 4|"},
	  {"900 sent a 34", ""},
	  {"1199 time", ""},
	  {"1200 time", "give up a|"},
	  {"9999 time", ""}}},
	{"a reply ends it",
	 {{"0 add a", ""},
	  {"0 sent a 31", "tell|"},
	  {"9 reply 31", "taken a|"},
	  {"9 reply 31", "nothing|"},
	  {"9999 time", ""}}},
	{"a reply to any of its showings",
	 {{"0 add a", ""},
	  {"0 sent a 31", "tell|"},
	  {"300 time", "show a 2|"},
	  {"300 sent a 32", ""},
	  {"301 reply 31", "taken a|"},
	  {"9999 time", ""}}},
	{"... while another one is on its way, which changes nothing any more",
	 {{"0 add a", ""},
	  {"0 sent a 31", "tell|"},
	  {"300 time", "show a 2|"},
	  {"301 reply 31", "taken a|"},
	  {"302 sent a 32", "gone|"},
	  {"9999 time", ""}}},
	{"a reply to something else ends nothing",
	 {{"0 add a", ""},
	  {"0 sent a 31", "tell|"},
	  {"9 reply 3", "nothing|"},
	  {"9 reply 311", "nothing|"},
	  {"9 reply -", "nothing|"},
	  {"300 time", "show a 2|"}}},
	{"a reply that overtakes the word that it was sent",
	 {{"0 add a", ""},
	  {"9 reply 31", "nothing|"},
	  {"10 sent a 31", "tell|taken|"},
	  {"9999 time", ""}}},
	{"... only where something is on its way",
	 {{"0 reply 31", "nothing|"},
	  {"1 add a", ""},
	  {"2 sent a 31", "tell|"},
	  {"302 time", "show a 2|"}}},
	{"each alert for itself",
	 {{"0 add a", ""},
	  {"0 add b", ""},
	  {"0 add c", ""},
	  {"0 sent a 31", "tell|"},
	  {"100 sent b 32", "tell|"},
	  {"200 sent c 33", "tell|"},
	  {"250 reply 32", "taken b|"},
	  {"300 time", "show a 2|"},
	  {"500 time", "show c 2|"}}},
	{"the clock is set back: it waits no longer than it should",
	 {{"9000 add a", ""},
	  {"9000 sent a 31", "tell|"},
	  {"100 time", ""},
	  {"399 time", ""},
	  {"400 time", "show a 2|"}}},
	{"a platform that has no ids: told all the same, and only once",
	 {{"0 add a", ""}, {"0 sent a", "tell|"}, {"300 time", "show a 2|"}, {"301 sent a", ""}}},
};

static void run(const struct script *script)
{
	alerts_init(&alerts, AGAIN_MS);
	for (size_t i = 0; i < STEPS_MAX && script->steps[i][0]; i++) {
		struct buf got;

		buf_init(&got, 1000);
		buf_add(&got, STR(""));
		step(script->steps[i][0], &got);
		if (strcmp(got.p, script->steps[i][1]) != 0)
			fail_msg("%s: \"%s\": got \"%s\", wanted \"%s\"", script->title,
				 script->steps[i][0], got.p, script->steps[i][1]);
		buf_done(&got);
	}
	alerts_done(&alerts);
}

static void scripts_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
		run(&scripts[i]);
}

/* As they are read from the store: each goes on where it stood. */
static void a_restart_goes_on(void **state)
{
	struct buf got;

	(void)state;
	alerts_init(&alerts, AGAIN_MS);
	add(STR("a"), true, 0, 0, STR(""));
	add(STR("b"), false, 1, 1000, STR("31"));
	add(STR("c"), true, 2, 700, STR("32 33"));
	add(STR("d"), false, 1, 900, STR(""));
	assert_int_equal(alerts_wake_ms(&alerts), 1200);
	buf_init(&got, 1000);
	due(1300, &got);
	assert_string_equal(got.p, "show b 2|show d 2|");
	assert_int_equal(alerts_wake_ms(&alerts), INT64_MAX);
	buf_clear(&got);
	sent(STR("a"), STR("41"), 1301, &got);
	sent(STR("b"), STR("42"), 1302, &got);
	sent(STR("d"), STR("43"), 1303, &got);
	assert_string_equal(got.p, "tell|tell|"); /* of a and d: b was sent before */
	assert_int_equal(named(STR("c"))->shown, 2);
	assert_ptr_equal(alerts_claimed(&alerts, STR("p"), STR("33")), named(STR("c")));
	assert_ptr_equal(alerts_claimed(&alerts, STR("p"), STR("42")), named(STR("b")));
	assert_null(alerts_claimed(&alerts, STR("q"), STR("42")));
	assert_null(alerts_claimed(&alerts, STR("p"), STR("")));
	assert_true(str_eq(buf_str(&named(STR("b"))->sent_as), STR("31 42")));
	assert_int_equal(alerts_wake_ms(&alerts), 1601);
	buf_done(&got);
	alerts_done(&alerts);
	assert_int_equal(alerts_wake_ms(&alerts), INT64_MAX);
}

/* More early replies than are kept: the last ones count, and odd ones do no harm. */
static void early_replies_are_bounded(void **state)
{
	char id[300];
	struct buf got;

	(void)state;
	alerts_init(&alerts, AGAIN_MS);
	add(STR("a"), true, 0, 0, STR(""));
	add(STR("b"), true, 0, 0, STR(""));
	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "%d", i);
		assert_null(alerts_claimed(&alerts, STR("p"), str_of(id)));
	}
	memset(id, '9', sizeof id - 1);
	id[sizeof id - 1] = '\0';
	assert_null(alerts_claimed(&alerts, STR("p"), str_of(id)));
	buf_init(&got, 1000);
	sent(STR("a"), STR("3"), 1, &got);
	sent(STR("b"), STR("19"), 1, &got);
	assert_string_equal(got.p, "tell|tell|taken|");
	buf_done(&got);
	alerts_done(&alerts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_hold),
		cmocka_unit_test(a_restart_goes_on),
		cmocka_unit_test(early_replies_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
