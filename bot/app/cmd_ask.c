#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cmd.h"
#include "core/dialog.h"
#include "core/markdown.h"
#include "core/reply.h"
#include "core/tongues.h"
#include "wire/json.h"

#define LINE_BYTES_MAX ((size_t)256 * 1024)
#define OUT_BYTES_MAX ((size_t)1024 * 1024)
#define TEXT_MAX 100000 /* code points: a terminal takes a reply in one piece */

struct asking {
	struct cmd_source source;
	const char *question;
	bool json, jsonl;
	const struct book *book;
	struct dialog dialog; /* at the prompt: what was said before */
	struct arena turn;
};

enum { KEY_JSON = 1000, KEY_JSONL };

static const struct argp_option options[] = {
	{"config", 'c', "FILE", 0, "take the clinic's details and the content from this file", 0},
	{"intents", 'i', "DIR", 0, "the content to answer from (default: intents)", 0},
	{"json", KEY_JSON, NULL, 0, "print one JSON object", 0},
	{"jsonl", KEY_JSONL, NULL, 0,
	 "read one JSON object a line, {\"id\",\"q\"} and perhaps \"prev\", the message before or "
	 "a "
	 "list of them; print one a line",
	 0},
	{0},
};

static error_t option_read(int key, char *value, struct argp_state *state)
{
	struct asking *a = state->input;

	switch (key) {
	case 'c':
		a->source.config = value;
		return 0;
	case 'i':
		a->source.intents = value;
		return 0;
	case KEY_JSON:
		a->json = true;
		return 0;
	case KEY_JSONL:
		a->jsonl = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->question)
			argp_error(state, "more than one question: put it in quotes");
		a->question = value;
		return 0;
	case ARGP_KEY_END:
		if (a->jsonl && a->question)
			argp_error(state, "--jsonl reads its questions from standard input");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- one question ------------------------------------------------------------------------- */

static struct str reply_text(struct asking *a, const struct answer *answer)
{
	struct reply reply = reply_build(a->book, answer, 0, TEXT_MAX, &a->turn);

	return reply.pieces_n ? markdown_plain(reply.pieces[0], &a->turn) : STR("");
}

/* The passages whose text is in the reply, or that are offered in it. */
static void passages_put(struct json_writer *w, const struct answer *answer)
{
	json_open_array(w, "passages");
	for (size_t i = 0; i < answer->parts_n; i++) {
		const struct answer_part *part = &answer->parts[i];
		const struct passage *passages[ANSWER_PASSAGES_MAX];
		size_t n = part_passages(part, passages, ANSWER_PASSAGES_MAX);

		if (part->kind != ANSWER_PASSAGES && part->kind != ANSWER_OFFER)
			continue;
		/* Beside an answer, what is merely offered is no part of it. */
		if (part->kind != answer->kind)
			continue;
		for (size_t k = 0; k < n; k++)
			json_put_text(w, NULL, passages[k]->id);
	}
	json_close(w);
}

static const struct passage *first_passage(const struct answer *answer)
{
	for (size_t i = 0; i < answer->parts_n; i++)
		if (answer->parts[i].kind == answer->kind && answer->parts[i].passages_n &&
		    answer->kind >= ANSWER_OFFER)
			return answer->parts[i].passages[0];
	return NULL;
}

static void rounded_put(struct json_writer *w, const char *key, double value)
{
	json_put_double(w, key, value < -9 ? -9 : (double)(long)(value * 1000) / 1000);
}

static void answer_put(struct asking *a, struct str id, const struct answer *answer,
		       struct buf *out)
{
	const struct passage *first = first_passage(answer);
	struct json_writer w;

	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "id", id);
	json_put_text(&w, "kind", answer_kind_name(answer->kind));
	json_put_text(&w, "level", urgent_level_name(answer->level));
	json_put_text(&w, "language", answer->tongue ? answer->tongue->code : STR(""));
	passages_put(&w, answer);
	json_put_text(&w, "article", first ? first->section->article->name : STR(""));
	json_put_text(&w, "section", first ? first->section->title : STR(""));
	json_put_text(&w, "text", reply_text(a, answer));
	json_open_array(&w, "considered");
	for (size_t i = 0; i < answer->considered_n; i++) {
		json_open_object(&w, NULL);
		json_put_text(&w, "passage", answer->considered[i].passage->id);
		rounded_put(&w, "score", answer->considered[i].score);
		rounded_put(&w, "covered", answer->considered[i].covered);
		for (int signal = 0; signal < SIGNALS_N; signal++)
			rounded_put(&w, signal_name((enum signal)signal),
				    answer->considered[i].signals[signal]);
		json_close(&w);
	}
	json_close(&w);
	json_open_array(&w, "urgency");
	for (size_t i = 0; i < URGENT_LEVELS; i++)
		rounded_put(&w, NULL, answer->urgency.v[i]);
	json_close(&w);
	json_close(&w);
}

static void json_print(struct asking *a, struct str id, const struct answer *answer)
{
	struct buf out;

	buf_init(&out, OUT_BYTES_MAX);
	answer_put(a, id, answer, &out);
	printf(STR_FMT "\n", STR_ARG(buf_str(&out)));
	buf_done(&out);
}

/* --- the three ways to ask ---------------------------------------------------------------- */

static void question_print(struct asking *a, struct str question)
{
	struct answer answer = cmd_talk(a->book, &a->dialog, question, &a->turn);

	if (a->json)
		json_print(a, STR(""), &answer);
	else
		printf(STR_FMT "\n", STR_ARG(reply_text(a, &answer)));
	arena_reset(&a->turn);
}

/* A text, or a list of texts. */
static bool prev_is_good(const struct json *prev)
{
	if (!json_is_array(prev))
		return !prev || json_is_text(prev);
	for (const struct json *v = json_first(prev); v; v = json_next(v))
		if (!json_is_text(v))
			return false;
	return true;
}

/* "q" is there, and nothing is of a kind that would be read as empty. */
static bool line_is_good(const struct json *document)
{
	const struct json *id = json_get(document, "id");

	return json_is_text(json_get(document, "q")) && (!id || json_is_text(id)) &&
	       prev_is_good(json_get(document, "prev"));
}

static struct dialog prev_talk(struct asking *a, const struct json *prev)
{
	struct dialog dialog = {0};

	if (json_text_of(prev).n)
		cmd_talk(a->book, &dialog, json_text_of(prev), &a->turn);
	for (const struct json *v = json_first(prev); v; v = json_next(v))
		cmd_talk(a->book, &dialog, json_text_of(v), &a->turn);
	return dialog;
}

static bool json_line(struct asking *a, struct str line, unsigned number)
{
	struct err err = {0};
	struct json *document = json_parse(line, LINE_BYTES_MAX, &err);
	struct dialog dialog;
	struct answer answer;

	if (!document || !line_is_good(document)) {
		fprintf(stderr, "standard input:%u: %s\n", number,
			document ? "expected an object with \"id\" and \"q\", both text"
				 : err.text);
		json_free(document);
		return false;
	}
	dialog = prev_talk(a, json_get(document, "prev"));
	answer = cmd_talk(a->book, &dialog, json_text(document, "q"), &a->turn);
	json_print(a, json_text(document, "id"), &answer);
	json_free(document);
	arena_reset(&a->turn);
	return true;
}

/* Calls for each line of standard input. */
static bool lines_read(struct asking *a, const char *prompt)
{
	char *line = NULL;
	size_t cap = 0;
	unsigned number = 0;
	bool good = true;
	ssize_t n;

	for (;;) {
		if (prompt) {
			fputs(prompt, stdout);
			fflush(stdout);
		}
		n = getline(&line, &cap, stdin);
		if (n < 0)
			break;
		number++;
		if (str_trim((struct str){line, (size_t)n}).n == 0)
			continue;
		if (a->jsonl)
			good = json_line(a, (struct str){line, (size_t)n}, number) && good;
		else
			question_print(a, str_trim((struct str){line, (size_t)n}));
		fflush(stdout); /* who asks line by line waits for each answer */
	}
	if (prompt)
		putchar('\n');
	free(line);
	return good;
}

static bool ask_all(struct asking *a)
{
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (a->question) {
		question_print(a, str_of(a->question));
		return true;
	}
	if (terminal && !a->jsonl)
		puts("Ask as a patient would; Ctrl-D ends.");
	return lines_read(a, terminal && !a->jsonl ? "> " : NULL);
}

int cmd_ask(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		option_read,
		"[QUESTION]",
		"Answers a question as the bot would. Without a question it reads one a line, at a "
		"prompt when it stands on a terminal; there the bot remembers what was said "
		"before.",
		NULL,
		NULL,
		NULL};
	struct asking a = {0};
	struct config config = {0};
	bool good;

	argp_program_version = "clinicbot " CLINICBOT_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	good = cmd_config(&a.source, &config, NULL);
	a.book = good ? cmd_book(&config, NULL) : NULL;
	if (a.book) {
		arena_init(&a.turn);
		good = ask_all(&a);
		if (fflush(stdout) || ferror(stdout)) {
			perror("standard output");
			good = false;
		}
		arena_done(&a.turn);
	}
	good = good && a.book;
	book_free(a.book);
	config_done(&config);
	return good ? EXIT_GOOD : EXIT_INPUT;
}
