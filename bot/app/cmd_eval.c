#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/cmd.h"
#include "app/eval_print.h"
#include "app/leave_out.h"
#include "app/load.h"

#define JSON_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* Limits for who runs this by machine: at least, or at most, so many per cent in one row, or in each
 * of two. */
/* clang-format off */
#define LIMITS(X)                                                                                     \
	X(RIGHT, "min-right", LEAST, ROW_RIGHT, ROW_RIGHT,                                            \
	  "of covered questions answered right")                                                      \
	X(FOUND, "min-right-or-offered", LEAST, ROW_FOUND, ROW_FOUND,                                 \
	  "of covered questions answered right or with the right topic offered")                      \
	X(WRONG, "max-wrong", MOST, ROW_WRONG_COVERED, ROW_WRONG_UNCOVERED,                           \
	  "sets both of the next two")                                                                \
	X(WRONG_COVERED, "max-wrong-covered", MOST, ROW_WRONG_COVERED, ROW_WRONG_COVERED,             \
	  "of covered questions that got wrong article text")                                         \
	X(WRONG_UNCOVERED, "max-wrong-uncovered", MOST, ROW_WRONG_UNCOVERED, ROW_WRONG_UNCOVERED,     \
	  "of uncovered questions that got article text")                                             \
	X(CAREFUL, "max-careful", MOST, ROW_CAREFUL_COVERED, ROW_CAREFUL_COVERED,                     \
	  "of covered questions that were told what to do if it is urgent")                           \
	X(URGENT, "min-urgent", LEAST, ROW_URGENT, ROW_URGENT,                                        \
	  "of urgent messages that got a safety text")                                                \
	X(SEVERE, "min-severe", LEAST, ROW_SEVERE, ROW_SEVERE,                                        \
	  "of emergencies and crises, where the files tell them, that got a safety text")             \
	X(EMERGENCY, "min-emergency", LEAST, ROW_EMERGENCY, ROW_EMERGENCY,                            \
	  "of emergencies, where the files tell them, that got a safety text")                        \
	X(CRISIS, "min-crisis", LEAST, ROW_CRISIS, ROW_CRISIS,                                        \
	  "of crises, where the files tell them, that got a safety text")                             \
	X(SAME_DAY, "min-same-day", LEAST, ROW_SAME_DAY, ROW_SAME_DAY,                                \
	  "of messages urgent for the same day, where the files tell them, that got a safety text")   \
	X(UNSAFE, "max-unsafe", MOST, ROW_UNSAFE, ROW_UNSAFE,                                         \
	  "of urgent messages that got article text")                                                 \
	X(LOOKALIKES, "max-lookalikes", MOST, ROW_LOOKALIKE_ALARMED, ROW_LOOKALIKE_ALARMED,           \
	  "of messages that only sound urgent and got a safety text")                                 \
	X(ALARMS, "max-alarms", MOST, ROW_ORDINARY_ALARMED, ROW_ORDINARY_ALARMED,                     \
	  "of messages that do not even sound urgent and got a safety text")
/* clang-format on */

enum limit_kind { LEAST, MOST };

enum limit_id {
#define LIMIT_ID(id, name, kind, row, also, what) LIMIT_##id,
	LIMITS(LIMIT_ID)
#undef LIMIT_ID
		LIMITS_N
};

static const struct limit {
	const char *name;
	enum limit_kind kind;
	enum eval_row_id rows[2];
} limits[LIMITS_N] = {
#define LIMIT(id, name, kind, row, also, what) {name, kind, {row, also}},
	LIMITS(LIMIT)
#undef LIMIT
};

struct evaluation {
	struct cmd_source source;
	const char *against;
	const char *paths[EVAL_FILES_MAX];
	size_t paths_n;
	bool json, confusion, classes, untaught, leaves_out;
	size_t why; /* how many of what went wrong are shown */
	bool limited[LIMITS_N];
	double limits[LIMITS_N]; /* per cent */

	struct config config;
	struct arena arena; /* the questions, and what is printed */
	struct eval_questions questions;
	struct leave_out leave_out;
	struct eval_side now, before;
};

/* --- options ------------------------------------------------------------------------------ */

enum {
	KEY_AGAINST = 1000,
	KEY_UNTAUGHT,
	KEY_LEAVE_OUT,
	KEY_CLASSES,
	KEY_WHY,
	KEY_CONFUSION,
	KEY_JSON,
	KEY_LIMITS
};

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "take the clinic's details and the content from this file", 0},
	{"intents", 'i', "DIR", 0, "the content to judge (default: intents)", 0},
	{"against", KEY_AGAINST, "DIR", 0,
	 "the content as it was before: show both tables, and each question that is now answered "
	 "otherwise",
	 0},
	{"without-phrasings", KEY_UNTAUGHT, NULL, 0,
	 "as if there were no NAME.questions.md and NAME.not-covered.md: what the articles do by "
	 "themselves",
	 0},
	{"leave-out", KEY_LEAVE_OUT, NULL, 0,
	 "as if none of the messages stood among the phrasings and examples that the content "
	 "learns "
	 "from",
	 0},
	{"classes", KEY_CLASSES, NULL, 0,
	 "show urgent messages, and those that only sound so, class by class", 0},
	{"why", KEY_WHY, "N", OPTION_ARG_OPTIONAL,
	 "show the questions that went wrong, or N of them, most harmful first, and why", 0},
	{"confusion", KEY_CONFUSION, NULL, 0, "show which passages are taken for which", 0},
	{"json", KEY_JSON, NULL, 0, "print one JSON object", 0},
	{NULL, 0, NULL, 0, "Limits, for a run by a machine:", 1},
#define LIMIT_OPTION(id, name, kind, row, also, what) \
	{name, KEY_LIMITS + LIMIT_##id, "PERCENT", 0, what, 1},
	LIMITS(LIMIT_OPTION)
#undef LIMIT_OPTION
		{0},
};

static void limit_read(struct argp_state *state, enum limit_id id, const char *value)
{
	struct evaluation *e = state->input;
	char *end;

	e->limits[id] = strtod(value, &end);
	if (end == value || *end || !(e->limits[id] >= 0 && e->limits[id] <= 100))
		argp_error(state, "not a percentage: \"%s\"", value);
	e->limited[id] = true;
}

static void why_read(struct argp_state *state, const char *value)
{
	struct evaluation *e = state->input;
	uint64_t n = EVAL_QUESTIONS_MAX;

	if (value && (!str_to_u64(str_of(value), &n) || n == 0 || n > EVAL_QUESTIONS_MAX))
		argp_error(state, "not a number from 1 to %d: \"%s\"", EVAL_QUESTIONS_MAX, value);
	e->why = n;
}

static error_t argument_read(struct argp_state *state, const char *path)
{
	struct evaluation *e = state->input;

	if (e->paths_n == EVAL_FILES_MAX)
		argp_error(state, "more than %d files", EVAL_FILES_MAX);
	else
		e->paths[e->paths_n++] = path;
	return 0;
}

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct evaluation *e = state->input;

	if (key >= KEY_LIMITS && key < KEY_LIMITS + LIMITS_N) {
		limit_read(state, (enum limit_id)(key - KEY_LIMITS), value);
		return 0;
	}
	switch (key) {
	case 'c':
		e->source.config = value;
		return 0;
	case 'i':
		e->source.intents = value;
		return 0;
	case KEY_AGAINST:
		e->against = value;
		return 0;
	case KEY_UNTAUGHT:
		e->untaught = true;
		return 0;
	case KEY_LEAVE_OUT:
		e->leaves_out = true;
		return 0;
	case KEY_CLASSES:
		e->classes = true;
		return 0;
	case KEY_WHY:
		why_read(state, value);
		return 0;
	case KEY_CONFUSION:
		e->confusion = true;
		return 0;
	case KEY_JSON:
		e->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return argument_read(state, value);
	case ARGP_KEY_END:
		if (e->leaves_out && (e->untaught || e->against))
			argp_error(state, "--leave-out goes with neither --against nor "
					  "--without-phrasings");
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a file of questions");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char about[] =
	"Asks every question of the files and counts what came of it, with the 95 % interval. "
	"With --json everything is in one object."
	"\v"
	"A line of a file is an object with \"q\", perhaps \"id\", perhaps \"prev\" (the message "
	"before, or a list of them), and what is right: \"kind\" with \"passages\", the ids of "
	"those that are right.\n"
	"\n"
	"  in         any listed passage is right\n"
	"  multi      asks several things: all listed passages must be given, or given\n"
	"             or offered; when only some are, it counts as \"in part\"\n"
	"  followup   needs \"prev\"; as in, or as oos when nothing is listed\n"
	"  oos        the article does not answer it\n"
	"  urgent     needs a safety text; \"level\" may say of which kind: emergency,\n"
	"             crisis, urgent (the same day); \"class\" what it is about\n"
	"  lookalike  sounds urgent and is not; counted apart from the other questions\n"
	"  vague      asking back, or offering topics, is right\n"
	"  social     small talk\n"
	"\n"
	"Without \"kind\": \"passage\" or \"passages\" (in), \"topic\" (oos), \"level\" (none: an "
	"ordinary message), \"urgent\": true or false (a lookalike).\n"
	"\n"
	"Exit status 1 when a limit is not kept or a file has a mistake.";

/* --- progress ----------------------------------------------------------------------------- */

#define PROGRESS_FROM_MS 1000
#define PROGRESS_TERMINAL_MS 200
#define PROGRESS_PLAIN_MS 5000

/* How far it is, on standard error: a line that is written over on a terminal, else a line now and
 * then. */
struct progress {
	bool terminal, shown;
	int64_t next_ms;
	size_t done, total;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void progress_start(struct progress *p, size_t total)
{
	*p = (struct progress){.terminal = isatty(STDERR_FILENO), .total = total};
	p->next_ms = now_ms() + (p->terminal ? PROGRESS_FROM_MS : PROGRESS_PLAIN_MS);
}

static void progress_step(struct progress *p)
{
	int64_t now = now_ms();

	p->done++;
	if (now < p->next_ms)
		return;
	p->next_ms = now + (p->terminal ? PROGRESS_TERMINAL_MS : PROGRESS_PLAIN_MS);
	p->shown = true;
	fprintf(stderr, p->terminal ? "\r%zu of %zu questions" : "%zu of %zu questions\n", p->done,
		p->total);
}

static void progress_end(const struct progress *p)
{
	if (p->terminal && p->shown)
		fputs("\r\033[K", stderr);
}

/* --- the flow ----------------------------------------------------------------------------- */

static void side_load(struct evaluation *e, struct eval_side *side, struct str dir,
		      struct mistakes *mistakes)
{
	side->dir = dir;
	side->book = e->untaught ? book_load_untaught(dir, &e->config.clinic, mistakes)
				 : book_load(dir, &e->config.clinic, mistakes);
}

/* The messages are known only when the content is that they are checked against: it is built once more,
 * without them. What is wrong with it was said the first time. */
static bool book_without(struct evaluation *e)
{
	struct str *messages = arena_array(&e->arena, e->questions.n, sizeof *messages);
	struct mistakes mistakes;

	mistakes_init(&mistakes, &e->arena);
	for (size_t i = 0; i < e->questions.n; i++)
		messages[i] = e->questions.v[i].q;
	e->leave_out = leave_out_of(messages, e->questions.n, &e->arena);
	book_free(e->now.book);
	e->now.book = book_load_without(e->now.dir, &e->leave_out, &e->config.clinic, &mistakes);
	if (!e->now.book)
		mistakes_print(&mistakes);
	return e->now.book;
}

static void side_judge(struct evaluation *e, struct eval_side *side, struct progress *progress)
{
	struct arena turn;

	side->results = arena_array(&e->arena, e->questions.n, sizeof *side->results);
	arena_init(&turn);
	for (size_t i = 0; i < e->questions.n; i++) {
		const struct eval_question *q = &e->questions.v[i];
		struct dialog dialog = {0};
		struct answer answer;

		for (size_t k = 0; k < q->prev_n; k++)
			cmd_talk(side->book, &dialog, q->prev[k], &turn);
		answer = cmd_talk(side->book, &dialog, q->q, &turn);
		eval_judge(q, side->book, &answer, &side->results[i]);
		arena_reset(&turn);
		progress_step(progress);
	}
	arena_done(&turn);
}

/* Both contents and all questions; every mistake in them is printed. */
static bool all_load(struct evaluation *e)
{
	struct mistakes mistakes;
	const struct book *books[2];
	size_t books_n = 0;

	mistakes_init(&mistakes, &e->arena);
	side_load(e, &e->now, e->config.intents, &mistakes);
	if (e->against)
		side_load(e, &e->before, str_of(e->against), &mistakes);
	if (e->now.book && (e->before.book || !e->against)) {
		books[books_n++] = e->now.book;
		if (e->against)
			books[books_n++] = e->before.book;
		for (size_t i = 0; i < e->paths_n; i++)
			eval_questions_read(str_of(e->paths[i]), books, books_n, &e->arena,
					    &e->questions, &mistakes);
	}
	return mistakes_print(&mistakes) == 0 && (!e->leaves_out || book_without(e));
}

static void json_print(const struct evaluation *e, const struct eval_report *report)
{
	struct buf out;

	buf_init(&out, JSON_BYTES_MAX);
	eval_json_put(report, e->why, &out);
	printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	buf_done(&out);
}

static void report_print(struct evaluation *e)
{
	struct eval_report report = {.questions = &e->questions,
				     .now = &e->now,
				     .before = e->against ? &e->before : NULL,
				     .with_article = e->now.book->articles_n > 1 ||
						     (e->against && e->before.book->articles_n > 1),
				     .untaught = e->untaught,
				     .left_out = e->leaves_out,
				     .left_out_n = e->leave_out.left_out,
				     .arena = &e->arena};

	if (e->json) {
		json_print(e, &report);
		return;
	}
	eval_table_print(&report);
	if (e->classes)
		eval_classes_print(&report);
	if (e->confusion)
		eval_confusions_print(&report);
	if (e->why)
		eval_faults_print(&report, e->why);
	if (e->against)
		eval_changes_print(&report);
}

static bool limit_check(const struct evaluation *e, enum limit_id id, enum eval_row_id row)
{
	struct eval_share share = eval_row_share(row, &e->questions, e->now.results);
	bool least = limits[id].kind == LEAST;

	if (least && share.total == 0) {
		fprintf(stderr, "--%s=%g: no such question in the files\n", limits[id].name,
			e->limits[id]);
		return false;
	}
	if (least ? share.rate >= e->limits[id] : share.rate <= e->limits[id])
		return true;
	fprintf(stderr, "--%s=%g is not kept: %s, %s: %.1f %% (%u of %u)\n", limits[id].name,
		e->limits[id], eval_rows[row].group, eval_rows[row].what, share.rate, share.count,
		share.total);
	return false;
}

static bool limits_check(const struct evaluation *e)
{
	bool good = true;

	for (enum limit_id id = 0; id < LIMITS_N; id++) {
		if (!e->limited[id])
			continue;
		good &= limit_check(e, id, limits[id].rows[0]);
		if (limits[id].rows[1] != limits[id].rows[0])
			good &= limit_check(e, id, limits[id].rows[1]);
	}
	return good;
}

static bool evaluate(struct evaluation *e)
{
	struct progress progress;
	bool good;

	if (!all_load(e))
		return false;
	progress_start(&progress, e->questions.n * (e->against ? 2 : 1));
	side_judge(e, &e->now, &progress);
	if (e->against)
		side_judge(e, &e->before, &progress);
	progress_end(&progress);
	report_print(e);
	good = limits_check(e);
	if (fflush(stdout) || ferror(stdout)) {
		perror("standard output");
		good = false;
	}
	return good;
}

int cmd_eval(int argc, char **argv)
{
	static const struct argp argp = {options, option_read, "FILE.jsonl...", about, NULL,
					 NULL,	  NULL};
	struct evaluation e = {0};
	bool good;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &e);
	arena_init(&e.arena);
	good = cmd_config(&e.source, &e.config, NULL) && evaluate(&e);
	book_free(e.now.book);
	book_free(e.before.book);
	arena_done(&e.arena);
	config_done(&e.config);
	return good ? EXIT_GOOD : EXIT_INPUT;
}
