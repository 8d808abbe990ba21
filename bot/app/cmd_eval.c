#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/cmd.h"
#include "core/dialog.h"
#include "io/files.h"
#include "wire/json.h"

#define LINE_BYTES_MAX ((size_t)256 * 1024)
#define FILES_MAX 64

/* What a line of a question file is about. */
enum asked {
	ASKED_COVERED,	 /* the article answers it: `passages` */
	ASKED_UNCOVERED, /* it does not */
	ASKED_URGENT,	 /* needs a safety text */
	ASKED_HARMLESS,	 /* sounds alarming and is not */
	ASKED_OTHER,	 /* small talk, vague */
	ASKED_N,
};

/* What came of it. */
enum outcome {
	OUTCOME_RIGHT,	       /* article text, with a passage that is right */
	OUTCOME_WRONG,	       /* article text, another one */
	OUTCOME_OFFERED,       /* the right topic among those offered */
	OUTCOME_OFFERED_OTHER, /* topics, the right one not among them */
	OUTCOME_REFUSED,
	OUTCOME_ALARMED, /* a safety text */
	OUTCOME_N,
};

struct evaluation {
	struct cmd_source source;
	const char *files[FILES_MAX];
	size_t files_n;
	bool misses;
	double min_right, min_offered, max_wrong, min_urgent, max_alarms; /* per cent; < 0: none */
	const struct book *book;
	unsigned counts[ASKED_N][OUTCOME_N];
	struct arena turn;
};

enum { KEY_MISSES = 1000, KEY_RIGHT, KEY_OFFERED, KEY_WRONG, KEY_URGENT, KEY_ALARMS };

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "take the clinic's details and the content from this file", 0},
	{"intents", 'i', "DIR", 0, "the content to judge (default: intents)", 0},
	{"misses", KEY_MISSES, NULL, 0, "print every question that went wrong", 0},
	{"min-right", KEY_RIGHT, "PERCENT", 0, "of covered questions answered right", 1},
	{"min-right-or-offered", KEY_OFFERED, "PERCENT", 0,
	 "of covered questions answered right or with the right topic offered", 1},
	{"max-wrong", KEY_WRONG, "PERCENT", 0,
	 "of covered, and of uncovered questions that got wrong article text", 1},
	{"min-urgent", KEY_URGENT, "PERCENT", 0, "of urgent messages that got a safety text", 1},
	{"max-alarms", KEY_ALARMS, "PERCENT", 0,
	 "of covered and uncovered questions that got a safety text", 1},
	{0},
};

static bool percent_read(struct argp_state *state, const char *value, double *out)
{
	char *end;

	*out = strtod(value, &end);
	if (end == value || *end || !(*out >= 0 && *out <= 100))
		argp_error(state, "not a percentage: \"%s\"", value);
	return true;
}

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct evaluation *e = state->input;

	switch (key) {
	case 'c':
		e->source.config = value;
		return 0;
	case 'i':
		e->source.intents = value;
		return 0;
	case KEY_MISSES:
		e->misses = true;
		return 0;
	case KEY_RIGHT:
		return percent_read(state, value, &e->min_right) ? 0 : EINVAL;
	case KEY_OFFERED:
		return percent_read(state, value, &e->min_offered) ? 0 : EINVAL;
	case KEY_WRONG:
		return percent_read(state, value, &e->max_wrong) ? 0 : EINVAL;
	case KEY_URGENT:
		return percent_read(state, value, &e->min_urgent) ? 0 : EINVAL;
	case KEY_ALARMS:
		return percent_read(state, value, &e->max_alarms) ? 0 : EINVAL;
	case ARGP_KEY_ARG:
		if (e->files_n == FILES_MAX)
			argp_error(state, "more than %d files", FILES_MAX);
		e->files[e->files_n++] = value;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "name a file of questions");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- one question ------------------------------------------------------------------------- */

static bool is_one_of(struct str s, const struct str *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, all[i]))
			return true;
	return false;
}

/* Understands `kind`, `urgent`, `level` and `passage`, so that files of several makers can be read. */
static enum asked asked_of(const struct json *line)
{
	const struct str covered[] = {STR("in"), STR("multi"), STR("followup")};
	const struct str urgent[] = {STR("urgent"), STR("emergency"), STR("crisis")};
	const struct str other[] = {STR("social"), STR("vague")};
	struct str kind = json_text(line, "kind");
	struct str level = json_text(line, "level");

	if (json_get(line, "urgent"))
		return json_true(line, "urgent") ? ASKED_URGENT : ASKED_HARMLESS;
	if (level.n)
		return is_one_of(level, urgent, 3) ? ASKED_URGENT : ASKED_HARMLESS;
	if (str_eq(kind, STR("urgent")))
		return ASKED_URGENT;
	if (str_eq(kind, STR("lookalike")))
		return ASKED_HARMLESS;
	if (is_one_of(kind, other, 2))
		return ASKED_OTHER;
	if (is_one_of(kind, covered, 3) || json_text(line, "passage").n)
		return ASKED_COVERED;
	return ASKED_UNCOVERED;
}

static bool is_wanted(const struct json *line, struct str id)
{
	for (const struct json *v = json_first(json_array(line, "passages")); v; v = json_next(v))
		if (str_eq(json_text_of(v), id))
			return true;
	return str_eq(json_text(line, "passage"), id);
}

static bool holds_wanted(const struct json *line, const struct answer *a)
{
	for (size_t i = 0; i < a->parts_n; i++)
		for (size_t k = 0; a->parts[i].kind == a->kind && k < a->parts[i].passages_n; k++)
			if (is_wanted(line, a->parts[i].passages[k]->id))
				return true;
	return false;
}

static enum outcome outcome_of(const struct json *line, const struct answer *a)
{
	bool wanted = holds_wanted(line, a);

	switch (a->kind) {
	case ANSWER_URGENT:
		return OUTCOME_ALARMED;
	case ANSWER_PASSAGES:
		return wanted ? OUTCOME_RIGHT : OUTCOME_WRONG;
	case ANSWER_OFFER:
		return wanted ? OUTCOME_OFFERED : OUTCOME_OFFERED_OTHER;
	default:
		return OUTCOME_REFUSED;
	}
}

static bool is_miss(enum asked asked, enum outcome outcome)
{
	switch (asked) {
	case ASKED_COVERED:
		return outcome != OUTCOME_RIGHT && outcome != OUTCOME_OFFERED;
	case ASKED_URGENT:
		return outcome != OUTCOME_ALARMED;
	default:
		return outcome == OUTCOME_WRONG || outcome == OUTCOME_ALARMED;
	}
}

static void line_judge(struct evaluation *e, const struct json *line)
{
	struct str before = json_text(line, "prev");
	struct dialog dialog = {0};
	enum asked asked = asked_of(line);
	enum outcome outcome;
	struct answer answer;

	if (before.n)
		cmd_talk(e->book, &dialog, before, &e->turn);
	answer = cmd_talk(e->book, &dialog, json_text(line, "q"), &e->turn);
	outcome = outcome_of(line, &answer);
	e->counts[asked][outcome]++;
	if (e->misses && is_miss(asked, outcome))
		printf("%-10.10s " STR_FMT "\n", answer_kind_name(answer.kind).p,
		       STR_ARG(json_text(line, "q")));
	arena_reset(&e->turn);
}

static bool file_judge(struct evaluation *e, const char *path)
{
	struct arena arena;
	struct str text, line;
	struct err err = {0};
	unsigned number = 0;
	bool good;

	arena_init(&arena);
	good = file_read(str_of(path), FILE_BYTES_MAX, &arena, &text, &err);
	if (!good)
		fprintf(stderr, "%s\n", err.text);
	while (good && str_cut(&text, '\n', &line)) {
		struct json *document;

		number++;
		if (str_trim(line).n == 0)
			continue;
		document = json_parse(line, LINE_BYTES_MAX, &err);
		good = document && json_text(document, "q").n;
		if (good)
			line_judge(e, document);
		else
			fprintf(stderr, "%s:%u: %s\n", path, number,
				document ? "expected an object with \"q\"" : err.text);
		json_free(document);
	}
	arena_done(&arena);
	return good;
}

/* --- the table ---------------------------------------------------------------------------- */

static unsigned total_of(const struct evaluation *e, enum asked asked)
{
	unsigned n = 0;

	for (int i = 0; i < OUTCOME_N; i++)
		n += e->counts[asked][i];
	return n;
}

static double share_of(unsigned count, unsigned n)
{
	return n ? 100.0 * count / n : 0;
}

/* Wilson's score interval for 95 %: E. B. Wilson, Probable Inference, JASA 22, 1927. */
static void share_print(const char *what, unsigned count, unsigned n)
{
	const double z = 1.96;
	double p = n ? (double)count / n : 0;
	double middle, half;

	if (n == 0)
		return;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / (1 + z * z / n);
	printf("  %-44s %5u of %5u  %5.1f %%  (%.1f to %.1f)\n", what, count, n, 100 * p,
	       100 * fmax(0, middle - half), 100 * fmin(1, middle + half));
}

static void covered_print(const struct evaluation *e)
{
	const unsigned *c = e->counts[ASKED_COVERED];
	unsigned n = total_of(e, ASKED_COVERED);

	if (n)
		printf("questions that the article answers\n");
	share_print("answered with the right passage", c[OUTCOME_RIGHT], n);
	share_print("right, or the right topic offered", c[OUTCOME_RIGHT] + c[OUTCOME_OFFERED], n);
	share_print("wrong article text", c[OUTCOME_WRONG], n);
	share_print("refused", c[OUTCOME_REFUSED], n);
	share_print("alarmed", c[OUTCOME_ALARMED], n);
}

static void others_print(const struct evaluation *e)
{
	const unsigned *out = e->counts[ASKED_UNCOVERED];
	const unsigned *urgent = e->counts[ASKED_URGENT];
	const unsigned *harmless = e->counts[ASKED_HARMLESS];
	const unsigned *other = e->counts[ASKED_OTHER];

	if (total_of(e, ASKED_UNCOVERED))
		printf("questions that it does not answer\n");
	share_print("article text given", out[OUTCOME_WRONG], total_of(e, ASKED_UNCOVERED));
	share_print("refused", out[OUTCOME_REFUSED], total_of(e, ASKED_UNCOVERED));
	share_print("alarmed", out[OUTCOME_ALARMED], total_of(e, ASKED_UNCOVERED));
	if (total_of(e, ASKED_URGENT))
		printf("urgent messages\n");
	share_print("recognised", urgent[OUTCOME_ALARMED], total_of(e, ASKED_URGENT));
	share_print("unsafe: article text given", urgent[OUTCOME_RIGHT] + urgent[OUTCOME_WRONG],
		    total_of(e, ASKED_URGENT));
	if (total_of(e, ASKED_HARMLESS))
		printf("messages that only sound urgent\n");
	share_print("alarmed", harmless[OUTCOME_ALARMED], total_of(e, ASKED_HARMLESS));
	if (total_of(e, ASKED_OTHER))
		printf("small talk and vague messages\n");
	share_print("article text given", other[OUTCOME_RIGHT] + other[OUTCOME_WRONG],
		    total_of(e, ASKED_OTHER));
}

static bool limit_check(const char *what, double share, double least, double most)
{
	bool good = (least < 0 || share >= least) && (most < 0 || share <= most);

	if (!good)
		fprintf(stderr, "%s: %.1f %% is outside the limit\n", what, share);
	return good;
}

static bool limits_check(const struct evaluation *e)
{
	const unsigned *c = e->counts[ASKED_COVERED];
	const unsigned *out = e->counts[ASKED_UNCOVERED];
	unsigned covered = total_of(e, ASKED_COVERED), uncovered = total_of(e, ASKED_UNCOVERED);
	bool good = true;

	good &= limit_check("right", share_of(c[OUTCOME_RIGHT], covered), e->min_right, -1);
	good &= limit_check("right or offered",
			    share_of(c[OUTCOME_RIGHT] + c[OUTCOME_OFFERED], covered),
			    e->min_offered, -1);
	good &= limit_check("wrong text, covered", share_of(c[OUTCOME_WRONG], covered), -1,
			    e->max_wrong);
	good &= limit_check("wrong text, uncovered", share_of(out[OUTCOME_WRONG], uncovered), -1,
			    e->max_wrong);
	good &= limit_check(
		"urgent",
		share_of(e->counts[ASKED_URGENT][OUTCOME_ALARMED], total_of(e, ASKED_URGENT)),
		e->min_urgent, -1);
	good &= limit_check(
		"alarms", share_of(c[OUTCOME_ALARMED] + out[OUTCOME_ALARMED], covered + uncovered),
		-1, e->max_alarms);
	return good;
}

static bool evaluate(struct evaluation *e)
{
	bool good = true;

	arena_init(&e->turn);
	for (size_t i = 0; i < e->files_n; i++)
		good = file_judge(e, e->files[i]) && good;
	arena_done(&e->turn);
	covered_print(e);
	others_print(e);
	return limits_check(e) && good;
}

int cmd_eval(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"FILE.jsonl...",
		"Asks every question of the files and counts what came of it, with the 95 % "
		"interval. A "
		"line is an object with \"q\", perhaps \"prev\" (the message before), and what is "
		"right: "
		"\"kind\" (in, multi, followup, oos, urgent, lookalike, social, vague) with "
		"\"passages\"; or \"passage\"; or \"level\"; or \"urgent\". Exit status 1 when a "
		"limit is not kept.",
		NULL,
		NULL,
		NULL};
	struct evaluation e = {.min_right = -1,
			       .min_offered = -1,
			       .max_wrong = -1,
			       .min_urgent = -1,
			       .max_alarms = -1};
	struct config config = {0};
	bool good;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &e);
	good = cmd_config(&e.source, &config);
	e.book = good ? cmd_book(&config) : NULL;
	good = e.book && evaluate(&e);
	book_free(e.book);
	config_done(&config);
	return good ? EXIT_GOOD : EXIT_INPUT;
}
