/* The one decision: which answer a message gets. Answers are compared as answer_encode writes them. */
#include "book_fixture.h"
#include "core/text.h"

#define ALCOHOL "1 - answer:-:scalp/after.alcohol"
#define ALL_OFFERED "1 - offer:offer:scalp/after.alcohol,scalp/after.sauna,scalp/after.washing"

struct line {
	const char *text;
	const char *answer;
};

/* Asks one after the other in one dialog. */
static void say(struct fixture *f, struct dialog *dialog, const struct line *lines, size_t n)
{
	struct arena turn;

	arena_init(&turn);
	for (size_t i = 0; i < n; i++) {
		struct answer answer = ask_in(f->book, dialog, lines[i].text, &turn);
		const char *got = encoded(&answer, &turn);

		if (strcmp(got, lines[i].answer) != 0)
			fail_msg("\"%s\": %s, not %s", lines[i].text, got, lines[i].answer);
		arena_reset(&turn);
	}
	arena_done(&turn);
}
#define SAY(f, dialog, ...)                                  \
	say((f), (dialog), (const struct line[])__VA_ARGS__, \
	    sizeof((const struct line[])__VA_ARGS__) / sizeof(struct line))

static void one_message_alone(void **state)
{
	static const struct line lines[] = {
		{"can I have a beer", ALCOHOL},
		{"CAN I HAVE A BEER???", ALCOHOL},
		{"", "1 - social:vague:-"},
		{" \n\t ", "1 - social:vague:-"},
		{"?!", "1 - social:vague:-"},
		{"\xff\xfe", "1 - social:vague:-"},
		{"hi", "1 - social:greeting:-"},
		{"thanks", "1 - social:thanks:-"},
		{"bye", "1 - social:goodbye:-"},
		{"ok", "1 - social:greeting:-"},
		{"1", "1 - social:vague:-"},
		{"yes", "1 - social:vague:-"},
		{"no", "1 - social:vague:-"},
		{"none of these", "1 - social:vague:-"},
		{"show me the article", "1 - social:help:-"},
		{"how much", "1 - uncovered:booking:-"},
		{"are you a bot", "1 - social:about-the-bot:-"},
		{"you are useless", "1 - social:complaint:-"},
		{"what can you do", "1 - social:help:-"},
		{"is quantum physics hard", "1 - uncovered:not-covered:-"},
		{"should I have a beer", "1 - uncovered:personal-advice:-"},
		{"what is the price of the course", "1 - uncovered:booking:-"},
		/* who must not have it is asked about in any sentence */
		{"I am pregnant. can I have a beer", "1 - uncovered:contraindication:-"},
		{"my child wants it. can I have a beer?", "1 - uncovered:minor:-"},
		{"my child is pregnant", "1 - uncovered:minor:-"},
		/* urgent comes before everything */
		{"hi, I cant breathe", "1 emergency urgent:emergency:-"},
		{"I am pregnant and cant breathe. can I have a beer?",
		 "1 emergency urgent:emergency:-"},
		{"there is pus, are you a bot", "1 urgent urgent:urgent:-"},
		{"I want to end my life", "1 crisis urgent:crisis:-"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		say(&f, NULL, &lines[i], 1);
	fixture_done(&f);
}

static void several_questions(void **state)
{
	static const struct line lines[] = {
		{"can I have a beer? when is the next course due?",
		 "1 - answer:-:scalp/after.alcohol answer:-:scalp/often.interval"},
		{"can I have a beer and when is the next course due",
		 "1 - answer:-:scalp/after.alcohol answer:-:scalp/often.interval"},
		/* twice the same is answered once */
		{"can I have a beer? is wine allowed?", ALCOHOL},
		/* one known and one unknown */
		{"is quantum physics hard? can I have a beer?",
		 "1 - uncovered:not-covered:- answer:-:scalp/after.alcohol"},
		{"should I take it? can I have a beer?",
		 "1 - uncovered:personal-advice:- answer:-:scalp/after.alcohol"},
		/* no more than three, and no word of more where what is left says nothing or nothing new */
		{"can I have a beer? when is the next course due? should I take it? what is the "
		 "price?",
		 "1 - answer:-:scalp/after.alcohol answer:-:scalp/often.interval "
		 "uncovered:personal-advice:- social:rest:-"},
		{"can I have a beer? when is the next course due? should I take it? is quantum "
		 "physics hard?",
		 "1 - answer:-:scalp/after.alcohol answer:-:scalp/often.interval "
		 "uncovered:personal-advice:- social:rest:-"},
		{"can I have a beer? when is the next course due? should I take it? how long is "
		 "it? is wine allowed?",
		 "1 - answer:-:scalp/after.alcohol answer:-:scalp/often.interval "
		 "uncovered:personal-advice:-"},
		/* what is only said is not asked, small talk beside a question is passed over */
		{"I walked my dog. can I have a beer?", ALCOHOL},
		{"hello! can I have a beer? thanks", ALCOHOL},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		say(&f, NULL, &lines[i], 1);
	fixture_done(&f);
}

/* The topic is named where the article never mentions it, and nowhere else; what is for staff to say is
 * left to the article only where it speaks of the very thing. */
static void topics_of_concepts(void **state)
{
	static const char concepts[] = "scuba (scuba diving): scuba scuba_diving\n"
				       "sauna: sauna* steam_bath\n"
				       "!price (what it costs): cost costs rip_off\n"
				       "~skin: skin\n";
	static const struct line lines[] = {
		{"is scuba diving okay", "1 - uncovered:not-covered-topic:+scuba"},
		/* what is not about it names it in passing */
		{"is scuba music on radio stations okay", "1 - uncovered:not-covered:-"},
		{"may I ride a horse", "1 - uncovered:not-covered:-"},
		/* too general to be named */
		{"is green skin okay", "1 - uncovered:not-covered:-"},
		/* the fixture's cue is "price" or "appointment" */
		{"an appointment for scuba diving", "1 - uncovered:booking:-"},
		{"an appointment, what does it cost", "1 - uncovered:booking:-"},
		{"price of horses", "1 - uncovered:booking:-"},
		/* of the desk: no name, and the same text as a cue calls */
		{"is it a rip off", "1 - uncovered:booking:-"},
		{"is the sauna an appointment", "1 - answer:-:scalp/after.sauna"},
		{"should I go to the sauna", "1 - offer:offer:scalp/after.sauna"},
		{"is it safe in the sauna if I am pregnant", "1 - uncovered:contraindication:-"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/concepts.txt", concepts);
	fixture_set(&f, "scalp.questions.md", "## after.sauna\n\n- is the sauna an appointment\n");
	fixture_book(&f);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		say(&f, NULL, &lines[i], 1);
	/* an article that speaks of it does not lack it, whatever else it is asked */
	fixture_set(&f, "dive.md", "---\ntitle: Diving\n---\n## Water\n\n- No scuba. {#no}\n");
	fixture_book(&f);
	assert_null(ask_in(f.book, NULL, "is scuba with sharks and horses and lions okay", &f.arena)
			    .parts[0]
			    .topic);
	fixture_set(&f, "en/concepts.txt", "sauna: sauna*\n");
	fixture_set(&f, "dive.md", "---\ntitle: Diving\n---\n## Water\n\n- No fins. {#no}\n");
	fixture_book(&f);
	SAY(&f, NULL, {{"is scuba diving okay", "1 - uncovered:not-covered:-"}});
	fixture_done(&f);
}

/* A dialog in which the first answer is an offer of three topics. */
static struct dialog offered(const struct fixture *f)
{
	static const char *const ids[] = {"scalp/after.alcohol", "scalp/after.sauna",
					  "scalp/after.washing"};
	struct answer answer = {.kind = ANSWER_OFFER,
				.parts = {{.kind = ANSWER_OFFER, .reply = REPLY_OFFER}},
				.parts_n = 1};

	for (size_t i = 0; i < 3; i++)
		answer.parts[0].passages[answer.parts[0].passages_n++] =
			book_passage(f->book, str_of(ids[i]));
	return dialog_after(NULL, f->book, &answer);
}

static void picks(void **state)
{
	static const struct line lines[] = {
		{"1", ALCOHOL},
		{"the second please", "1 - answer:-:scalp/after.sauna"},
		{"hi, 3", "1 - answer:-:scalp/after.washing"},
		{"none of these", "1 - uncovered:offer-none:-"},
		{"no", "1 - uncovered:offer-none:-"},
		{"yes", ALL_OFFERED},
		{"maybe", ALL_OFFERED},
		{"maybe the second", "1 - answer:-:scalp/after.sauna"},
		{"the last one", "1 - answer:-:scalp/after.washing"},
		{"1 3", ALCOHOL " answer:-:scalp/after.washing"},
		{"both, 3 1", ALCOHOL " answer:-:scalp/after.washing"},
		{"all please", ALCOHOL " answer:-:scalp/after.sauna answer:-:scalp/after.washing"},
		{"thanks, 2", "1 - answer:-:scalp/after.sauna"},
		{"when is the next course due", "1 - answer:-:scalp/often.interval"},
		{"I cant breathe", "1 emergency urgent:emergency:-"},
	};
	struct fixture f;
	struct dialog dialog;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		dialog = offered(&f);
		say(&f, &dialog, &lines[i], 1);
	}
	/* nothing in between takes the offer back but another; "no" and "yes" speak of what was last */
	dialog = offered(&f);
	SAY(&f, &dialog,
	    {{"the others", "1 - uncovered:offer-none:-"},
	     {"thanks", "1 - social:thanks:-"},
	     {"2", "1 - answer:-:scalp/after.sauna"},
	     {"1", ALCOHOL},
	     {"no", "1 - social:vague:-"},
	     {"yes", "1 - social:vague:-"},
	     {"none of these", "1 - social:vague:-"},
	     {"the others please", "1 - answer:-:scalp/after.washing"},
	     {"the others", ALL_OFFERED},
	     {"the second", "1 - answer:-:scalp/after.sauna"},
	     {"when is the next course due", "1 - answer:-:scalp/often.interval"},
	     {"2", "1 - answer:-:scalp/after.sauna"}});
	dialog = offered(&f);
	dialog.offered_n = 1;
	SAY(&f, &dialog, {{"yes", ALCOHOL}});
	dialog = offered(&f);
	dialog.offered_n = 2;
	SAY(&f, &dialog,
	    {{"3", "1 - offer:offer:scalp/after.alcohol,scalp/after.sauna"},
	     {"2 3", "1 - answer:-:scalp/after.sauna"},
	     {"all, thanks", ALCOHOL " answer:-:scalp/after.sauna"}});
	dialog = offered(&f);
	SAY(&f, &dialog,
	    {{"there is pus", "1 urgent urgent:urgent:-"}, {"1", "1 - uncovered:after-urgent:-"}});
	fixture_done(&f);
}

/* "again" and "simpler" are about the last answer, and a time without a topic is too. */
static void the_last_answer(void **state)
{
	struct fixture f;
	struct dialog dialog = {0};

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "en/concepts.txt", "scuba (scuba diving): scuba\n");
	fixture_book(&f);
	SAY(&f, &dialog,
	    {{"simpler please", "1 - social:vague:-"},
	     {"repeat", "1 - social:vague:-"},
	     {"tomorrow", "1 - social:vague:-"},
	     {"can I have a beer? price?", ALCOHOL " uncovered:booking:-"},
	     {"and tomorrow", ALCOHOL " uncovered:booking:-"},
	     {"in 3 weeks", ALCOHOL " uncovered:booking:-"},
	     {"simpler please", "1 - social:own-words:-"},
	     {"can you say it again", ALCOHOL " uncovered:booking:-"},
	     {"can you", "1 - uncovered:not-covered:-"},
	     {"simpler", "1 - uncovered:not-covered:-"},
	     {"is scuba okay", "1 - uncovered:not-covered-topic:+scuba"},
	     {"and tomorrow", "1 - uncovered:not-covered-topic:+scuba"},
	     {"in short", "1 - uncovered:not-covered-topic:+scuba"},
	     {"this is rats", "1 - social:complaint:-"},
	     {"should I tomorrow", "1 - uncovered:personal-advice:-"}});
	dialog = offered(&f);
	SAY(&f, &dialog,
	    {{"repeat", ALL_OFFERED},
	     {"simpler", ALL_OFFERED},
	     {"and tomorrow", ALL_OFFERED},
	     {"there is pus", "1 urgent urgent:urgent:-"},
	     {"repeat", "1 - uncovered:after-urgent:-"},
	     {"and tomorrow", "1 - uncovered:after-urgent:-"}});
	fixture_done(&f);
}

/* Nobody reads a link; what is written around one is answered where it asks something. */
static void links(void **state)
{
	static const struct line lines[] = {
		{"https://a.example/beer", "1 - uncovered:attachment:-"},
		{"what about https://a.example/beer", "1 - uncovered:attachment:-"},
		{"is quantum physics hard? www.a.example", "1 - uncovered:attachment:-"},
		{"can I have a beer https://a.example/sauna", ALCOHOL},
		{"thanks https://a.example/beer", "1 - social:thanks:-"},
		{"what is the price https://a.example", "1 - uncovered:booking:-"},
		{"https://a.example/beer I cant breathe", "1 emergency urgent:emergency:-"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		say(&f, NULL, &lines[i], 1);
	fixture_done(&f);
}

static void offers_of_several_questions_become_one(void **state)
{
	struct fixture f;
	struct answer a;
	struct arena turn;
	const struct answer_part *offer = NULL;
	bool follicles = false, course = false;

	(void)state;
	fixture_init(&f);
	fixture_set(&f, "scalp.questions.md",
		    "## after.alcohol\n\n- beer wine gin rum\n\n"
		    "## after.sauna\n\n- beer steam cider heat\n\n"
		    "## often.interval\n\n- months years weeks cycles\n\n"
		    "## about.doctor\n\n- cycles surgeon licence name\n");
	fixture_book(&f);
	arena_init(&turn);
	a = ask_in(f.book, NULL, "beer? cycles?", &turn);
	for (size_t i = 0; i < a.parts_n; i++)
		if (a.parts[i].kind == ANSWER_OFFER) {
			assert_null(offer);
			offer = &a.parts[i];
		}
	if (!offer)
		fail_msg("%s", encoded(&a, &turn));
	assert_in_range(offer->passages_n, 2, 3);
	for (size_t i = 0; i < offer->passages_n; i++) {
		struct str id = offer->passages[i]->id;

		follicles = follicles || str_starts(id, STR("after."));
		course = course || str_starts(id, STR("often.")) || str_starts(id, STR("about."));
	}
	if (!follicles || !course)
		fail_msg("%s", encoded(&a, &turn));
	arena_done(&turn);
	fixture_done(&f);
}

/* M13: after a safety text no article text, until it is asked for by name. */
static void after_a_safety_text(void **state)
{
	struct fixture f;
	struct dialog dialog = {0};

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	SAY(&f, &dialog,
	    {{"there is pus", "1 urgent urgent:urgent:-"},
	     {"can I have a beer?", "1 - uncovered:after-urgent:scalp/after.alcohol"},
	     {"when is the next course due", "1 - uncovered:after-urgent:scalp/often.interval"},
	     /* whatever is said, nothing cheerful and nothing about what is covered */
	     {"thanks", "1 - uncovered:after-urgent:-"},
	     {"is quantum physics hard", "1 - uncovered:after-urgent:-"},
	     {"what is the price", "1 - uncovered:after-urgent:-"},
	     {"I am pregnant, may I have it", "1 - uncovered:after-urgent:-"},
	     {"what about blockchain zeppelins", "1 - uncovered:after-urgent:-"},
	     {"are you a bot", "1 - social:about-the-bot:-"},
	     {"can I have a beer?", "1 - uncovered:after-urgent:scalp/after.alcohol"},
	     {"show me the article", ALCOHOL},
	     {"can I have a beer?", ALCOHOL},
	     {"I cant breathe", "1 emergency urgent:emergency:-"},
	     {"show me the article", "1 - social:help:-"},
	     {"can I have a beer?", ALCOHOL}});
	fixture_done(&f);
}

static void who_is_spoken_to_and_when(void **state)
{
	const struct {
		struct question question;
		const char *answer;
	} table[] = {
		{{.text = STR("thanks")}, "1 -"},
		{{.text = STR("ok")}, "1 -"},
		{{.text = STR("")}, "1 -"},
		{{.text = STR("1")}, "1 -"},
		{{.text = STR("show me the article")}, "1 -"},
		{{.text = STR("can I have a beer")}, ALCOHOL},
		{{.text = STR("is quantum physics hard")}, "1 - uncovered:not-covered:-"},
		{{.text = STR("I cant breathe")}, "1 emergency urgent:emergency:-"},
		{{.text = STR("can I have a beer"), .to_other = true}, "1 -"},
		{{.text = STR("can I have a beer"), .to_other = true, .addressed = true}, "1 -"},
		{{.text = STR("there is pus"), .to_other = true}, "1 urgent urgent:urgent:-"},
		{{.text = STR("can I have a beer"), .late = true}, "1 -"},
		{{.text = STR("hi"), .late = true, .addressed = true}, "1 -"},
		{{.text = STR("hi"), .late = true}, "1 -"},
		{{.text = STR("there is pus"), .late = true}, "1 urgent urgent:urgent:-"},
		{{.text = STR(""), .attachment = true, .addressed = true},
		 "1 - uncovered:attachment:-"},
		{{.text = STR("can I have a beer"), .attachment = true}, ALCOHOL},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct answer a = talk(f.book, NULL, &table[i].question, &f.arena);
		const char *got = encoded(&a, &f.arena);

		if (strcmp(got, table[i].answer) != 0)
			fail_msg("%zu \"" STR_FMT "\": %s, not %s", i,
				 STR_ARG(table[i].question.text), got, table[i].answer);
	}
	fixture_done(&f);
}

/* An urgent part is found in a long message, and one that is too long to read says so. */
static void long_messages(void **state)
{
	static const struct {
		const char *unit, *end;
		size_t bytes;
		const char *answer;
	} table[] = {
		{"beer ", "", QUESTION_BYTES_MAX + 10, "1 - uncovered:too-long:-"},
		{"beer ", ". I cant breathe", QUESTION_BYTES_MAX + 10,
		 "1 emergency urgent:emergency:-"},
		{"a ", "", 8100, "1 - uncovered:too-long:-"},
		{"a ", ". I cant breathe", 8100, "1 emergency urgent:emergency:-"},
		{"wine and beer ", ". I cant breathe", 60000, "1 emergency urgent:emergency:-"},
		{"wine and beer. ", "I cant breathe", 60000, "1 emergency urgent:emergency:-"},
		{"\xef\xb7\xba", "", 6000, "1 - uncovered:too-long:-"},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_book(&f);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buf b;
		struct answer a;

		buf_init(&b, 100000);
		while (b.n < table[i].bytes)
			buf_add(&b, str_of(table[i].unit));
		buf_add(&b, str_of(table[i].end));
		a = ask_in(f.book, NULL, b.p, &f.arena);
		assert_string_equal(encoded(&a, &f.arena), table[i].answer);
		buf_done(&b);
	}
	fixture_done(&f);
}

static const char *const pieces[] = {
	"can I",
	"have a beer",
	"?",
	"and",
	"when is",
	"the next course",
	"sauna",
	"wash",
	" ",
	"\n",
	"hi",
	"thanks",
	"1",
	"2",
	"none",
	"pus",
	"I cant breathe",
	"pregnant",
	"price",
	"doctor",
	"burns",
	"follicles",
	"\xf0\x9f\x98\x80",
	"\xc3\xa9",
	"\xff",
	"show me the article",
	"but",
	"not",
	".",
	"15 years",
	"are you a bot",
	"yes",
	"no",
	"xyzzy",
};

static const char *generated(uint64_t *seed, struct arena *arena)
{
	struct buf b;
	const char *out;

	buf_init(&b, 10000);
	for (uint32_t n = next_random(seed) % 12 + 1; n; n--) {
		buf_add(&b, str_of(pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)]));
		if (next_random(seed) % 4)
			buf_add_char(&b, ' ');
	}
	out = arena_cstr(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

/* The same again, and from another book of the same files. */
static void answers_are_the_same_every_time(void **state)
{
	struct fixture f, g;
	struct dialog here = {0}, there = {0};
	uint64_t seed = 11;
	struct arena turn;

	(void)state;
	fixture_init(&f);
	fixture_init(&g);
	/* the order of the files does not matter either */
	for (size_t i = 0; i < g.sources_n / 2; i++) {
		struct source s = g.sources[i];

		g.sources[i] = g.sources[g.sources_n - 1 - i];
		g.sources[g.sources_n - 1 - i] = s;
	}
	fixture_book(&f);
	fixture_book(&g);
	assert_true(str_eq(f.book->version, g.book->version));
	arena_init(&turn);
	for (int i = 0; i < 4000; i++) {
		const char *text = generated(&seed, &turn);
		struct dialog twice = here;
		struct answer a = ask_in(f.book, &here, text, &turn);
		struct answer b = ask_in(f.book, &twice, text, &turn);
		struct answer c = ask_in(g.book, &there, text, &turn);
		const char *one = encoded(&a, &turn);

		assert_string_equal(one, encoded(&b, &turn));
		assert_string_equal(one, encoded(&c, &turn));
		assert_true(a.kind == ANSWER_SILENT || a.parts_n > 0);
		assert_true((a.kind == ANSWER_URGENT) == (a.level != URGENT_NONE));
		for (size_t k = 0; a.level && k < a.parts_n; k++)
			assert_int_equal(a.parts[k].passages_n, 0);
		if (i % 7 == 0)
			here = there = (struct dialog){0};
		arena_reset(&turn);
	}
	arena_done(&turn);
	fixture_done(&f);
	fixture_done(&g);
}

static void the_issues_question_finds_its_passage(void **state)
{
	struct fixture f;
	struct answer a;

	(void)state;
	fixture_init(&f);
	fixture_shipped_whole(&f);
	fixture_book(&f);
	a = ask_in(f.book, NULL, "can i have a beer tonight, i had my injections at noon",
		   &f.arena);
	assert_string_equal(encoded(&a, &f.arena), "1 - answer:-:mesotherapy/after.alcohol");
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_message_alone),
		cmocka_unit_test(several_questions),
		cmocka_unit_test(topics_of_concepts),
		cmocka_unit_test(picks),
		cmocka_unit_test(the_last_answer),
		cmocka_unit_test(links),
		cmocka_unit_test(offers_of_several_questions_become_one),
		cmocka_unit_test(after_a_safety_text),
		cmocka_unit_test(who_is_spoken_to_and_when),
		cmocka_unit_test(long_messages),
		cmocka_unit_test(answers_are_the_same_every_time),
		cmocka_unit_test(the_issues_question_finds_its_passage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
