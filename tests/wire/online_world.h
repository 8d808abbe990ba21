/* What the tests of the online checks share: a machine is run against a table of answers, and what it found
 * is looked at. JSON is written with ' for ". */
#ifndef TESTS_ONLINE_WORLD_H
#define TESTS_ONLINE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "wire/online.h"

#define NOW_MS ((int64_t)1795381200000) /* 2026-11-22 21:00:00 UTC */
#define DATED "Date: Sun, 22 Nov 2026 21:00:00 GMT\r\n"
#define FINDINGS_MAX 100
#define STEPS_MAX 1000

/* The first row whose `end` is the end of the address answers; `times` 0: always. */
struct answer_row {
	const char *end;
	int status;
	const char *body;
	const char *headers; /* NULL: DATED */
	unsigned times;
};

struct found {
	struct finding v[FINDINGS_MAX];
	size_t n, asked;
	int64_t waited_ms;
	bool greeted;
	char last_url[300], last_body[300], last_authorization[100];
};

static inline struct str json_of(const char *quoted, char *out, size_t size)
{
	snprintf(out, size, "%s", quoted);
	for (char *c = out; *c; c++)
		if (*c == '\'')
			*c = '"';
	return str_of(out);
}

static inline void text_keep(char *to, size_t size, struct str text)
{
	snprintf(to, size, STR_FMT, STR_ARG(text));
}

static inline void found_take(struct online *o, struct found *found)
{
	struct finding finding;

	while (online_finding(o, &finding)) {
		assert_in_range(found->n, 0, FINDINGS_MAX - 1);
		found->v[found->n++] = finding;
	}
}

static inline struct answer_row *row_of(struct answer_row *rows, size_t n, struct str url)
{
	for (size_t i = 0; i < n; i++) {
		if (!str_ends(url, str_of(rows[i].end)) || (rows[i].times && rows[i].times == 99))
			continue;
		if (rows[i].times && --rows[i].times == 0)
			rows[i].times = 99; /* spent */
		return &rows[i];
	}
	return NULL;
}

static inline void step_answer(struct online *o, const struct online_step *step,
			       struct answer_row *rows, size_t n)
{
	const struct answer_row *row = row_of(rows, n, step->call.url);
	struct machine_response answer = {0};
	char body[4096];

	if (row) {
		answer.status = row->status;
		answer.body = json_of(row->body, body, sizeof body);
		answer.headers = str_of(row->headers ? row->headers : DATED);
	}
	if (!answer.status)
		answer.why = STR("nobody is there");
	online_answer(o, &answer, NOW_MS);
}

/* To the end; the texts live as long as the machine. */
static inline void world_run(struct online *o, struct answer_row *rows, size_t n,
			     struct found *found)
{
	struct online_step step;
	size_t steps = 0;

	*found = (struct found){0};
	for (found_take(o, found); online_next(o, &step); found_take(o, found)) {
		assert_in_range(++steps, 1, STEPS_MAX);
		if (step.kind == ONLINE_WAIT) {
			found->waited_ms += step.wait_ms;
			continue;
		}
		found->greeted = found->greeted || step.kind == ONLINE_GREET;
		found->asked++;
		text_keep(found->last_url, sizeof found->last_url, step.call.url);
		text_keep(found->last_body, sizeof found->last_body, step.call.body);
		text_keep(found->last_authorization, sizeof found->last_authorization,
			  step.call.authorization);
		step_answer(o, &step, rows, n);
	}
	found_take(o, found);
	assert_false(online_next(o, &step));
}

static inline size_t found_n(const struct found *found, enum finding_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++)
		n += found->v[i].kind == kind;
	return n;
}

static inline bool found_has(const struct found *found, enum finding_kind kind, const char *part)
{
	for (size_t i = 0; i < found->n; i++)
		if (found->v[i].kind == kind && str_find(found->v[i].what, str_of(part)) >= 0)
			return true;
	return false;
}

/* What there is to mend is this and nothing else; NULL: nothing. */
static inline void found_is(const struct found *found, const char *mend)
{
	bool good = found_n(found, FINDING_MEND) == (mend ? 1 : 0) &&
		    (!mend || found_has(found, FINDING_MEND, mend));

	for (size_t i = 0; i < found->n && !good; i++)
		print_message("# %d " STR_FMT "\n", (int)found->v[i].kind,
			      STR_ARG(found->v[i].what));
	if (!good)
		fail_msg("wanted to mend: %s", mend ? mend : "nothing");
}

#endif
