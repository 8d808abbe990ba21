/* Books for tests, made from strings: a small article, a language pack with a cue of each kind, and
 * fixed texts that name themselves. Any file can be put in another one's place. */
#ifndef TESTS_BOOK_FIXTURE_H
#define TESTS_BOOK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/book.h"
#include "core/dialog.h"
#include "core/reply.h"

#define FIXTURE_SOURCES_MAX 16

struct fixture {
	struct arena arena; /* of the mistakes and of what tests need on the way */
	struct mistakes mistakes;
	struct source sources[FIXTURE_SOURCES_MAX];
	size_t sources_n;
	struct clinic clinic;
	const struct book *book;
};

static const char fixture_article[] =
	"---\n"
	"title: Scalp care\n"
	"language: en\n"
	"---\n"
	"\n"
	"## What is it for?\n"
	"\n"
	"Serum feeds the follicles. {#about.aims .benefit}\n"
	"\n"
	"Choose the doctor with care. Burns and bruises can follow. {#about.doctor .risk}\n"
	"\n"
	"## What to avoid afterwards\n"
	"\n"
	"- **Alcohol.** Do not drink alcohol for two days. {#after.alcohol}\n"
	"- **Sauna.** Do not go to the sauna for a week. {#after.sauna}\n"
	"- **Washing.** Do not wash your hair for three days. {#after.washing}\n"
	"\n"
	"## How often is it repeated?\n"
	"\n"
	"The course is repeated after nine months. {#often.interval}\n";

static const char fixture_questions[] = "## after.alcohol\n"
					"\n"
					"- can I have a beer\n"
					"- is wine allowed\n"
					"\n"
					"## often.interval\n"
					"\n"
					"- when is the next course due\n";

static const char fixture_words[] =
	"## negations\n\n- no not never without cant cannot dont isnt\n\n"
	"## clause starters\n\n- but however\n\n"
	"## question starters\n\n- can may what when how is do does should\n\n"
	"## question verbs\n\n- can may is do does should was had will\n\n"
	"## subjects\n\n- i you it we they my the\n\n"
	"## nominatives\n\n- i we they\n\n"
	"## question phrases\n\n- what about\n\n"
	"## joiners\n\n- and also\n\n## alternatives\n\n- or\n\n"
	"## follow-up words\n\n- long until weeks again\n\n"
	"## pointing words\n\n- that then\n\n"
	"## reason words\n\n- because so cause\n\n"
	"## subordinators\n\n- if that when\n\n"
	"## clause subjects\n\n- i my she\n\n"
	"## doubting words\n\n- why really\n\n"
	"## correcting words\n\n- sorry meant not\n\n"
	"## time words\n\n- tomorrow weeks\n\n"
	"## question words\n\n- what when how why\n\n"
	"## written short\n\n- u = you\n- w/o = without\n- dont = do not\n- i'll = i will\n"
	"- #hrs|#h = # hours\n\n"
	"## stop words\n\n- a an the i my is it to of for in and or can may do does not no what "
	"when "
	"how should with\n";

static const char fixture_urgent[] =
	"## emergency\n\nCall {emergency} now.\n\n"
	"## crisis\n\nPlease call {crisis_line}.\n\n"
	"## urgent\n\nContact {clinic} today: {phone}. Worse: {emergency}.\n\n"
	"## emergency flags\n\n- cant|cannot|not breathe|breathing\n- throat clos*|swell* !spray\n"
	"- fever #39-43\n\n"
	"## crisis flags\n\n- kill_myself|end_my_life\n\n"
	"## urgent flags\n\n- pus|abscess\n- red|hot lump*\n\n"
	"## not flags\n\n- cant_wait\n- throat_lozenge|throat_song\n- face_mask\n\n"
	"## crisis-too\n\nAlso {crisis_line}.\n\n## harm flags\n\n- took|swallowed pills\n\n"
	"## frame flags\n\n- if|years_ago\n\n"
	"## now flags\n\n- since|again\n";

static const char fixture_cues[] = "## greeting\n\n- hi|hello|good_morning\n\n"
				   "## thanks\n\n- thanks|thank_you\n\n"
				   "## goodbye\n\n- bye|see_you\n\n"
				   "## yes\n\n- yes|yep\n\n"
				   "## no\n\n- no|nope\n\n"
				   "## pick-1\n\n- 1|the_first|first\n\n"
				   "## pick-2\n\n- 2|the_second|second\n\n"
				   "## pick-3\n\n- 3|the_third|third\n\n"
				   "## pick-last\n\n- the_last\n\n"
				   "## pick-all\n\n- all|both\n\n"
				   "## pick-none\n\n- none|none_of_these\n\n"
				   "## pick-others\n\n- the_others\n\n"
				   "## show-article\n\n- show_me_the_article\n\n"
				   "## again\n\n- say_it_again|repeat\n\n"
				   "## other-words\n\n- simpler|in_short\n\n"
				   "## curse\n\n- rats\n\n"
				   "## around\n\n- this_is|can_you\n\n"
				   "## maybe\n\n- maybe|not_sure\n\n"
				   "## price\n\n- how_much\n\n"
				   "## call-for-help\n\n- help\n\n"
				   "## vague\n\n- help_me|i_have_a_question\n\n"
				   "## filler\n\n- please|one|ok\n\n"
				   "## about-the-bot\n\n- are_you_a_bot|are_you_human\n\n"
				   "## help\n\n- what_can_you_do\n\n"
				   "## complaint\n\n- useless|you_are_stupid\n\n"
				   "## minor\n\n- #1-17 years|year_old\n- my_child\n\n"
				   "## contraindication\n\n- pregnan*\n\n"
				   "## distress\n\n- i_feel_ugly\n\n"
				   "## personal-advice\n\n- should_i\n\n"
				   "## booking\n\n- price|appointment\n";

static inline struct str fixture_replies(struct arena *arena)
{
	struct buf b;
	struct str out;

	buf_init(&b, 100000);
	for (int i = 0; i < REPLY_EMERGENCY; i++) {
		struct str name = reply_id_name((enum reply_id)i);

		buf_addf(&b, "## " STR_FMT "\n\n(" STR_FMT "%s)\n\n", STR_ARG(name), STR_ARG(name),
			 i == REPLY_NOTE || i == REPLY_NOTE_SHORT ? ", {emergency}"
			 : i == REPLY_NOT_COVERED_TOPIC		  ? " {topic}"
			 : i == REPLY_STAFF_ALERT		  ? " {level} {time} {link}"
			 : i == REPLY_STAFF_AGAIN ? " {level} {time} {link} {number}/{of}"
			 : i >= REPLY_STAFF_ROOM_GONE && i <= REPLY_STAFF_ROOM_MUTE ? " {link}"
										    : "");
	}
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

/* Puts a file into the place of the one with this name, or adds it. */
static inline void fixture_set_str(struct fixture *f, const char *name, struct str text)
{
	size_t i = 0;

	while (i < f->sources_n && !str_eq(f->sources[i].name, str_of(name)))
		i++;
	assert_true(i < FIXTURE_SOURCES_MAX);
	f->sources[i] = (struct source){str_of(name), text};
	if (i == f->sources_n)
		f->sources_n++;
}

static inline void fixture_set(struct fixture *f, const char *name, const char *text)
{
	fixture_set_str(f, name, str_of(text));
}

static inline void fixture_init(struct fixture *f)
{
	*f = (struct fixture){.clinic = {.name = STR("The Clinic"),
					 .phone = STR("555 0100"),
					 .emergency = STR("112"),
					 .crisis_line = STR("116 123"),
					 .staff = STR("The Team")}};
	arena_init(&f->arena);
	mistakes_init(&f->mistakes, &f->arena);
	fixture_set(f, "scalp.md", fixture_article);
	fixture_set(f, "scalp.questions.md", fixture_questions);
	fixture_set(f, "en/words.md", fixture_words);
	fixture_set_str(f, "en/replies.md", fixture_replies(&f->arena));
	fixture_set(f, "en/urgent.md", fixture_urgent);
	fixture_set(f, "en/cues.md", fixture_cues);
}

static inline void fixture_done(struct fixture *f)
{
	book_free(f->book);
	arena_done(&f->arena);
}

static inline void mistakes_show(const struct mistakes *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct str line = mistake_line(m, i);

		print_message("# " STR_FMT "\n", STR_ARG(line));
	}
}

/* Whether this very line is among the mistakes. */
static inline bool mistakes_have(const struct mistakes *m, const char *line)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_eq(mistake_line(m, i), str_of(line)))
			return true;
	mistakes_show(m);
	return false;
}

/* The book of the files as they stand; NULL when they hold errors. */
static inline const struct book *fixture_try(struct fixture *f)
{
	book_free(f->book);
	mistakes_init(&f->mistakes, &f->arena);
	f->book = book_new(f->sources, f->sources_n, &f->clinic, &f->mistakes);
	return f->book;
}

static inline const struct book *fixture_book(struct fixture *f)
{
	if (!fixture_try(f))
		mistakes_show(&f->mistakes);
	assert_non_null(f->book);
	return f->book;
}

/* A file of the repository, NUL-terminated; NULL when it is not there. */
static inline char *file_text(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t cap = (size_t)4 * 1024 * 1024, n;
	char *text;

	if (!file)
		return NULL;
	text = calloc(1, cap + 1);
	assert_non_null(text);
	n = fread(text, 1, cap, file);
	assert_true(n < cap);
	fclose(file);
	return text;
}

/* Takes the shipped files instead. */
static inline void fixture_shipped(struct fixture *f)
{
	static const char *const names[] = {"mesotherapy.md",
					    "mesotherapy.questions.md",
					    "mesotherapy.not-covered.md",
					    "en/replies.md",
					    "en/urgent.md",
					    "en/words.md",
					    "en/cues.md"};

	f->sources_n = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[200];
		char *text;

		snprintf(path, sizeof path, "intents/%s", names[i]);
		text = file_text(path);
		if (!text)
			fail_msg("%s is missing", path);
		fixture_set_str(f, names[i], arena_str(&f->arena, str_of(text)));
		free(text);
	}
}

/* With all that the classifiers learn from too: some seconds under the sanitizers. */
static inline void fixture_shipped_whole(struct fixture *f)
{
	static const char *const names[] = {"en/not-covered.md", "en/urgent-examples.md",
					    "en/concepts.txt", "en/words.vec"};
	size_t cap = (size_t)16 * 1024 * 1024;

	fixture_shipped(f);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *text = arena_alloc(&f->arena, cap);
		char path[200];
		FILE *file;
		size_t n;

		snprintf(path, sizeof path, "intents/%s", names[i]);
		file = fopen(path, "rb");
		if (!file)
			fail_msg("%s is missing", path);
		n = fread(text, 1, cap, file);
		fclose(file);
		assert_true(n < cap);
		fixture_set_str(f, names[i], (struct str){text, n});
	}
}

static inline struct answer ask_in(const struct book *book, struct dialog *dialog, const char *text,
				   struct arena *turn)
{
	struct question question = {.text = str_of(text), .addressed = true};
	struct answer answer = talk(book, dialog, &question, turn);

	if (dialog)
		*dialog = dialog_after(dialog, book, &answer);
	return answer;
}

/* The answer as answer_encode writes it, for comparing with what a test expects. */
static inline const char *encoded(const struct answer *answer, struct arena *arena)
{
	struct buf b;
	const char *out;

	buf_init(&b, 10000);
	answer_encode(answer, &b);
	out = arena_cstr(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

#define assert_str(text, literal)                                                           \
	do {                                                                                \
		struct str seen_ = (text);                                                  \
		const char *wanted_ = (literal);                                            \
		if (!str_eq(seen_, str_of(wanted_)))                                        \
			fail_msg("\"" STR_FMT "\" is not \"%s\"", STR_ARG(seen_), wanted_); \
	} while (0)

/* Numbers that look random and are the same in every run. */
static inline uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

#endif
