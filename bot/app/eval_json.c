#include "app/eval_print.h"
#include "wire/json.h"

static const char *const grade_names[GRADES_N] = {
	[GRADE_RIGHT] = "right",     [GRADE_OFFERED] = "offered",
	[GRADE_TOPICS] = "topics",   [GRADE_PARTLY] = "partly",
	[GRADE_REFUSED] = "refused", [GRADE_OFFERED_OTHER] = "offered_other",
	[GRADE_ALARMED] = "alarmed", [GRADE_WRONG] = "wrong",
	[GRADE_LOWER] = "lower",     [GRADE_MISSED] = "missed",
	[GRADE_UNSAFE] = "unsafe",
};

static void files_put(struct json_writer *w, const struct eval_questions *questions)
{
	json_open_array(w, "files");
	for (size_t i = 0; i < questions->files_n; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "file", questions->files[i].path);
		json_put_int(w, "questions", (int64_t)questions->files[i].questions);
		json_close(w);
	}
	json_close(w);
}

/* Of no question there is no rate. */
static void rate_put(struct json_writer *w, const struct eval_share *s, const char *key,
		     double value)
{
	if (s->total)
		json_put_double(w, key, value);
	else
		json_put_null(w, key);
}

static void share_put(struct json_writer *w, const struct eval_share *s)
{
	json_put_int(w, "count", s->count);
	json_put_int(w, "total", s->total);
	rate_put(w, s, "rate", s->rate);
	rate_put(w, s, "low", s->low);
	rate_put(w, s, "high", s->high);
}

static void rows_put(struct json_writer *w, const struct eval_report *report)
{
	json_open_array(w, "rows");
	for (enum eval_row_id id = 0; id < ROWS_N; id++) {
		struct eval_share share =
			eval_row_share(id, report->questions, report->now->results);

		json_open_object(w, NULL);
		json_put_text(w, "name", str_of(eval_rows[id].name));
		json_put_text(w, "group", str_of(eval_rows[id].group));
		json_put_text(w, "what", str_of(eval_rows[id].what));
		share_put(w, &share);
		if (id == ROW_UNSAFE && share.total && share.count == 0)
			json_put_double(w, "below", eval_none_below(share.total));
		if (report->before) {
			share = eval_row_share(id, report->questions, report->before->results);
			json_open_object(w, "before");
			share_put(w, &share);
			json_close(w);
		}
		json_close(w);
	}
	json_close(w);
}

static void classes_put(struct json_writer *w, const struct eval_report *report)
{
	struct eval_class *all;
	size_t n = eval_classes(report->questions, report->now, report->arena, &all);

	json_open_array(w, "classes");
	for (size_t i = 0; i < n; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "level", str_of(eval_trait_name(all[i].trait)));
		json_put_text(w, "class", all[i].name);
		json_put_int(w, "total", all[i].total);
		json_put_int(w, "alarmed", all[i].alarmed);
		json_put_int(w, "lower", all[i].lower);
		json_put_int(w, "careful", all[i].careful);
		json_put_int(w, "unsafe", all[i].unsafe);
		json_close(w);
	}
	json_close(w);
}

static void confusions_put(struct json_writer *w, const struct eval_report *report)
{
	struct eval_confusion *all;
	size_t n = eval_confusions(report->questions, report->now, report->arena, &all);
	bool with_article = report->with_article;

	json_open_array(w, "confusion");
	for (size_t i = 0; i < n; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "right",
			      eval_passage_name(all[i].right, with_article, report->arena));
		json_put_text(w, "got", eval_passage_name(all[i].got, with_article, report->arena));
		json_put_int(w, "given", all[i].given);
		json_put_int(w, "offered", all[i].offered);
		json_close(w);
	}
	json_close(w);
}

static void question_put(struct json_writer *w, const struct eval_question *q)
{
	json_put_text(w, "id", q->id);
	json_put_text(w, "file", q->file);
	json_put_int(w, "line", q->line);
	json_put_text(w, "q", q->q);
	if (q->prev_n == 1)
		json_put_text(w, "prev", q->prev[0]);
	if (q->prev_n > 1) {
		json_open_array(w, "prev");
		for (size_t i = 0; i < q->prev_n; i++)
			json_put_text(w, NULL, q->prev[i]);
		json_close(w);
	}
	if (q->class_name.n)
		json_put_text(w, "class", q->class_name);
}

static void faults_put(struct json_writer *w, const struct eval_report *report, size_t max)
{
	struct arena *arena = report->arena;
	bool with_article = report->with_article;
	size_t *all;
	size_t n = eval_faults(report->questions, report->now, arena, &all);

	json_put_int(w, "wrong", (int64_t)n);
	if (max == 0)
		return;
	json_open_array(w, "why");
	for (size_t i = 0; i < n && i < max; i++) {
		const struct eval_question *q = &report->questions->v[all[i]];
		const struct eval_result *r = &report->now->results[all[i]];

		json_open_object(w, NULL);
		json_put_text(w, "grade", str_of(grade_names[r->grade]));
		question_put(w, q);
		json_put_text(w, "given", eval_answer_words(&r->answer, with_article, arena));
		json_put_text(w, "right", eval_right_words(q, arena));
		json_put_text(w, "why", eval_why_words(&r->answer, with_article, "; ", arena));
		json_close(w);
	}
	json_close(w);
}

static void changes_put(struct json_writer *w, const struct eval_report *report)
{
	struct arena *arena = report->arena;
	struct eval_change *all;
	size_t n = eval_changes(report->questions, report->before, report->now, arena, &all);

	json_open_array(w, "changes");
	for (size_t i = 0; i < n; i++) {
		size_t number = all[i].question;

		json_open_object(w, NULL);
		json_put_text(w, "change", str_of(eval_change_names[all[i].kind]));
		question_put(w, &report->questions->v[number]);
		json_put_text(w, "before",
			      eval_answer_words(&report->before->results[number].answer,
						report->with_article, arena));
		json_put_text(w, "now",
			      eval_answer_words(&report->now->results[number].answer,
						report->with_article, arena));
		json_close(w);
	}
	json_close(w);
}

void eval_json_put(const struct eval_report *report, size_t faults_max, struct buf *out)
{
	struct json_writer w;

	json_begin(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "intents", report->now->dir);
	json_put_text(&w, "version", report->now->book->version);
	if (report->before) {
		json_put_text(&w, "against", report->before->dir);
		json_put_text(&w, "against_version", report->before->book->version);
	}
	json_put_bool(&w, "without_phrasings", report->untaught);
	if (report->left_out)
		json_put_int(&w, "left_out", (int64_t)report->left_out_n);
	json_put_int(&w, "questions", (int64_t)report->questions->n);
	files_put(&w, report->questions);
	rows_put(&w, report);
	classes_put(&w, report);
	confusions_put(&w, report);
	faults_put(&w, report, faults_max);
	if (report->before)
		changes_put(&w, report);
	json_close(&w);
}
