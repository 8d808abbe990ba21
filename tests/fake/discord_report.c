/* What was seen: counts, lists, and every broken rule by name. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discord.h"

#define EXAMPLES_MAX 100

static json_t **lists(struct report *report, size_t i)
{
	json_t **all[] = {&report->hard,	 &report->soft,	      &report->counts,
			  &report->requests,	 &report->examples,   &report->created,
			  &report->nonce_hits,	 &report->edits,      &report->deletes,
			  &report->connects,	 &report->identifies, &report->resumes,
			  &report->client_closes};
	return i < sizeof all / sizeof *all ? all[i] : NULL;
}

void report_init(struct fake *fake)
{
	json_t **list;
	/* The first four are objects. */
	for (size_t i = 0; (list = lists(&fake->report, i)); i++)
		*list = i < 4 ? json_object() : json_array();
}

void report_done(struct fake *fake)
{
	json_t **list;
	for (size_t i = 0; (list = lists(&fake->report, i)); i++)
		json_decref(*list);
	free(fake->report.questions);
}

void report_reset(struct fake *fake)
{
	struct report *report = &fake->report;
	for (size_t i = 0; i < report->question_count; i++)
		report->questions[i]->question = false;
	report_done(fake);
	memset(report, 0, sizeof *report);
	report_init(fake);
}

static void object_add(json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));
	json_object_set_new(object, name, json_integer(n + 1));
}

static void violation(struct fake *fake, json_t *kind, const char *name, const char *detail)
{
	object_add(kind, name);
	if (json_array_size(fake->report.examples) < EXAMPLES_MAX)
		report_add(fake->report.examples,
			   json_pack("{s:s, s:s}", "name", name, "detail", detail));
}

void report_hard(struct fake *fake, const char *name, const char *format, ...)
{
	char detail[300];
	va_list args;
	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	violation(fake, fake->report.hard, name, detail);
}

void report_soft(struct fake *fake, const char *name, const char *format, ...)
{
	char detail[300];
	va_list args;
	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	violation(fake, fake->report.soft, name, detail);
}

void report_count(struct fake *fake, const char *name)
{
	object_add(fake->report.counts, name);
}

void report_request(struct fake *fake, const char *route, int status)
{
	char text[16] = "reset";
	json_t *statuses = json_object_get(fake->report.requests, route);
	if (!statuses) {
		statuses = json_object();
		json_object_set_new(fake->report.requests, route, statuses);
	}
	if (status)
		snprintf(text, sizeof text, "%d", status);
	object_add(statuses, text);
}

void report_add(json_t *list, json_t *json)
{
	if (!json)
		abort();
	json_object_set_new(json, "at_ms", json_integer(clock_ms()));
	json_array_append_new(list, json);
}

void report_question(struct fake *fake, struct message *message)
{
	struct report *report = &fake->report;
	if (report->question_count == report->question_room) {
		report->question_room = report->question_room ? 2 * report->question_room : 256;
		report->questions =
			realloc(report->questions, report->question_room * sizeof(void *));
		if (!report->questions)
			abort();
	}
	message->question = true;
	report->questions[report->question_count++] = message;
}

void report_created(struct fake *fake, struct message *message, uint64_t same_nonce)
{
	struct message *asked = message->reply_to ? world_find(fake, message->reply_to) : NULL;
	json_t *row = json_object();
	json_object_set_new(row, "id", id_json(message->id));
	json_object_set_new(row, "channel", id_json(message->channel->id));
	json_object_set(row, "content", json_object_get(message->body, "content"));
	json_object_set(row, "nonce", message->nonce ? message->nonce : json_null());
	json_object_set_new(row, "reference",
			    message->reply_to ? id_json(message->reply_to) : json_null());
	json_object_set_new(row, "duplicate_of_nonce",
			    same_nonce ? id_json(same_nonce) : json_null());
	report_add(fake->report.created, row);
	if (!asked)
		return;
	if (!asked->replies)
		asked->replies = json_array();
	json_array_append_new(asked->replies, id_json(message->id));
	if (!asked->replied_us)
		asked->replied_us = clock_us();
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static double question_latency(const struct message *message)
{
	if (!message->asked_us || !message->replied_us)
		return -1;
	return (double)(message->replied_us - message->asked_us) / 1000;
}

static json_t *question_json(const struct message *message)
{
	double latency = question_latency(message);
	return json_pack(
		"{s:o, s:O, s:I, s:i, s:O?, s:b, s:o}", "channel", id_json(message->channel->id),
		"content", json_object_get(message->body, "content"), "at_ms",
		(json_int_t)message->at_ms, "dispatched", (int)message->dispatched, "replies",
		message->replies ? message->replies : json_null(), "deleted", message->deleted,
		"latency_ms", latency < 0 ? json_null() : json_real(latency));
}

static int number_compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

static json_t *latencies_json(const struct report *report)
{
	size_t n = 0;
	double *all = calloc(report->question_count + 1, sizeof *all);
	if (!all)
		abort();
	for (size_t i = 0; i < report->question_count; i++) {
		double latency = question_latency(report->questions[i]);
		if (latency >= 0)
			all[n++] = latency;
	}
	qsort(all, n, sizeof *all, number_compare);
	json_t *json =
		json_pack("{s:I, s:f, s:f, s:f}", "n", (json_int_t)n, "p50", n ? all[n / 2] : 0,
			  "p99", n ? all[n * 99 / 100] : 0, "max", n ? all[n - 1] : 0);
	free(all);
	return json;
}

json_t *report_json(struct fake *fake)
{
	struct report *report = &fake->report;
	json_t *questions = json_object();
	for (size_t i = 0; i < report->question_count; i++) {
		char id[24];
		json_t *json = question_json(report->questions[i]);
		if (json_is_null(json_object_get(json, "replies")))
			json_object_set_new(json, "replies", json_array());
		snprintf(id, sizeof id, "%llu", (unsigned long long)report->questions[i]->id);
		json_object_set_new(questions, id, json);
	}
	json_t *json = json_pack(
		"{s:{s:O, s:O}, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:O, s:o, s:o}",
		"violations", "hard", report->hard, "soft", report->soft, "examples",
		report->examples, "counts", report->counts, "requests", report->requests, "created",
		report->created, "nonce_hits", report->nonce_hits, "edits", report->edits,
		"deletes", report->deletes, "connects", report->connects, "identifies",
		report->identifies, "resumes", report->resumes, "client_closes",
		report->client_closes, "questions", questions, "latency_ms",
		latencies_json(report));
	if (!json)
		abort();
	return json;
}

static json_t *loads_json(const struct fake *fake)
{
	json_t *loads = json_array();
	for (const struct load *load = fake->loads; load; load = load->next)
		json_array_append_new(loads, json_pack("{s:I, s:I, s:I}", "load", load->id, "sent",
						       load->sent, "n", load->total));
	return loads;
}

json_t *report_state(struct fake *fake)
{
	int live = 0, resumable = 0, hanging = 0;
	json_int_t answered = 0;
	for (const struct session *session = fake->sessions; session; session = session->next)
		*(session->conn && !session->conn->silent ? &live : &resumable) += 1;
	for (const struct exchange *exchange = fake->exchanges; exchange; exchange = exchange->next)
		hanging += exchange->hanging;
	for (size_t i = 0; i < fake->report.question_count; i++)
		answered += fake->report.questions[i]->replies != NULL;
	return json_pack("{s:i, s:i, s:i, s:I, s:I, s:I, s:O, s:o}", "live", live, "resumable",
			 resumable, "hanging", hanging, "questions",
			 (json_int_t)fake->report.question_count, "answered", answered, "created",
			 (json_int_t)json_array_size(fake->report.created), "counts",
			 fake->report.counts, "loads", loads_json(fake));
}
