#include "app/eval_print.h"

#include <stdio.h>

#define CONFUSIONS_SHOWN 20

/* --- the table ---------------------------------------------------------------------------- */

static void share_print(enum eval_row_id row, const struct eval_share *s)
{
	printf("  %-44s %5u of %5u  %5.1f %%  (%.1f to %.1f)", eval_rows[row].what, s->count,
	       s->total, s->rate, s->low, s->high);
	if (row == ROW_UNSAFE && s->count == 0)
		printf("  below %.2f %% (3/n)", eval_none_below(s->total));
	putchar('\n');
}

static void shares_print(const char *what, const struct eval_share *before,
			 const struct eval_share *now)
{
	printf("  %-44s %6u  %5u %5.1f %%  %5u %5.1f %%", what, now->total, before->count,
	       before->rate, now->count, now->rate);
	if (now->count != before->count)
		printf("  %+d", (int)now->count - (int)before->count);
	putchar('\n');
}

void eval_table_print(const struct eval_report *report)
{
	const char *group = "";

	if (report->left_out)
		printf("without the %zu lines of the content that say the same\n",
		       report->left_out_n);
	if (report->before)
		printf("before: " STR_FMT "\nnow:    " STR_FMT "\n\n  %-44s %6s  %13s  %13s\n",
		       STR_ARG(report->before->dir), STR_ARG(report->now->dir), "", "of", "before",
		       "now");
	for (enum eval_row_id id = 0; id < ROWS_N; id++) {
		const struct eval_row *row = &eval_rows[id];
		struct eval_share now = eval_row_share(id, report->questions, report->now->results);

		if (now.total == 0)
			continue;
		if (row->group != group)
			printf("%s\n", row->group);
		group = row->group;
		if (report->before) {
			struct eval_share before =
				eval_row_share(id, report->questions, report->before->results);

			shares_print(row->what, &before, &now);
		} else {
			share_print(id, &now);
		}
	}
}

/* --- classes ------------------------------------------------------------------------------ */

void eval_classes_print(const struct eval_report *report)
{
	struct eval_class *all;
	size_t n = eval_classes(report->questions, report->now, report->arena, &all);
	unsigned trait = 0;

	if (n == 0) {
		printf("\nno urgent message, and none that only sounds so, has a class\n");
		return;
	}
	printf("\n  %-30s %5s  %17s  %6s  %8s  %12s\n", "", "of", "safety text", "lower",
	       "in doubt", "article text");
	for (size_t i = 0; i < n; i++) {
		const struct eval_class *c = &all[i];

		if (c->trait != trait)
			printf("%s\n", eval_trait_name(c->trait));
		trait = c->trait;
		printf("  %-30.*s %5u  %6u  %7.1f %%  %6u  %8u  %12u\n", STR_ARG(c->name), c->total,
		       c->alarmed, 100.0 * c->alarmed / c->total, c->lower, c->careful, c->unsafe);
	}
}

/* --- confusion ---------------------------------------------------------------------------- */

void eval_confusions_print(const struct eval_report *report)
{
	struct eval_confusion *all;
	size_t n = eval_confusions(report->questions, report->now, report->arena, &all);

	if (n == 0) {
		printf("\nno passage was given or offered first in another one's place\n");
		return;
	}
	printf("\npassages given, or offered first, where another was right\n"
	       "  %-28s %-28s %5s %7s\n",
	       "right", "got", "given", "offered");
	for (size_t i = 0; i < n && i < CONFUSIONS_SHOWN; i++) {
		struct str right =
			eval_passage_name(all[i].right, report->with_article, report->arena);
		struct str got = eval_passage_name(all[i].got, report->with_article, report->arena);

		printf("  %-28.*s %-28.*s %5u %7u\n", STR_ARG(right), STR_ARG(got), all[i].given,
		       all[i].offered);
	}
	if (n > CONFUSIONS_SHOWN)
		printf("  ... and %zu rarer pairs\n", n - CONFUSIONS_SHOWN);
}

/* --- faults ------------------------------------------------------------------------------- */

static const char *const fault_titles[GRADES_N] = {
	[GRADE_PARTLY] = "only a part of it answered or offered",
	[GRADE_REFUSED] = "refused, or not understood as small talk",
	[GRADE_OFFERED_OTHER] = "topics offered, none of them right",
	[GRADE_ALARMED] = "safety text for what is not urgent",
	[GRADE_WRONG] = "wrong article text",
	[GRADE_LOWER] = "safety text of a lower level than is needed",
	[GRADE_MISSED] = "urgent, and no safety text",
	[GRADE_UNSAFE] = "urgent, and got article text",
};

struct str eval_right_words(const struct eval_question *q, struct arena *arena)
{
	struct str words = STR("");

	if (q->traits & EVAL_URGENT_ANY)
		return arena_fmt(arena, "a safety text%s" STR_FMT, q->level ? ": " : "",
				 STR_ARG(urgent_level_name(q->level)));
	if (q->traits & EVAL_VAGUE)
		return STR("to ask back, or topics");
	if (q->traits & EVAL_SOCIAL)
		return STR("small talk");
	for (size_t i = 0; i < q->right_n; i++)
		words = arena_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(words),
				  i == 0		   ? ""
				  : q->traits & EVAL_MULTI ? " and "
							   : " or ",
				  STR_ARG(q->right[i]));
	if (q->right_n)
		return words;
	return q->traits & EVAL_TOLD ? STR("no article text") : STR("no safety text");
}

static struct str considered_words(const struct considered *c, bool with_article,
				   struct arena *arena)
{
	struct str words = arena_fmt(arena, STR_FMT " %.2f of %.2f (",
				     STR_ARG(eval_passage_name(c->passage, with_article, arena)),
				     c->score, c->covered);

	for (int i = 0; i < SIGNALS_N; i++)
		words = arena_fmt(arena, STR_FMT "%s%s %.2f", STR_ARG(words), i ? ", " : "",
				  signal_name((enum signal)i), c->signals[i]);
	return arena_fmt(arena, STR_FMT ")", STR_ARG(words));
}

struct str eval_why_words(const struct answer *answer, bool with_article, const char *between,
			  struct arena *arena)
{
	struct str words = STR("urgency");

	for (size_t i = 0; i < URGENT_LEVELS; i++)
		words = arena_fmt(
			arena, STR_FMT "%s " STR_FMT " %.2f", STR_ARG(words), i ? "," : "",
			STR_ARG(urgent_level_name(URGENT_SAME_DAY + (enum urgent_level)i)),
			(double)answer->urgency.v[i]);
	for (size_t i = 0; i < answer->considered_n; i++)
		words = arena_fmt(
			arena, STR_FMT "%s" STR_FMT, STR_ARG(words), between,
			STR_ARG(considered_words(&answer->considered[i], with_article, arena)));
	return words;
}

/* A message may hold line ends, and what steers a terminal: neither belongs into a report. */
static void words_print(struct str words)
{
	for (size_t i = 0; i < words.n; i++)
		putchar((unsigned char)words.p[i] < ' ' || words.p[i] == 0x7f ? ' ' : words.p[i]);
}

/* "d352 (questions.jsonl:12)  [messages before]  message" */
static void question_print(const struct eval_question *q)
{
	words_print(q->id);
	printf(q->id.n ? " (" STR_FMT ":%u)  " : STR_FMT ":%u  ", STR_ARG(q->file), q->line);
	for (size_t i = 0; i < q->prev_n; i++) {
		putchar('[');
		words_print(q->prev[i]);
		fputs("]  ", stdout);
	}
	words_print(q->q);
	putchar('\n');
}

static void fault_print(const struct eval_report *report, size_t number)
{
	const struct eval_question *q = &report->questions->v[number];
	const struct answer *answer = &report->now->results[number].answer;
	struct arena *arena = report->arena;

	printf("  ");
	question_print(q);
	printf("      given  " STR_FMT "\n      right  " STR_FMT "\n      why    " STR_FMT "\n",
	       STR_ARG(eval_answer_words(answer, report->with_article, arena)),
	       STR_ARG(eval_right_words(q, arena)),
	       STR_ARG(eval_why_words(answer, report->with_article, "\n             ", arena)));
}

static unsigned grade_count(const struct eval_report *report, enum eval_grade grade)
{
	unsigned n = 0;

	for (size_t i = 0; i < report->questions->n; i++)
		n += report->now->results[i].grade == grade;
	return n;
}

void eval_faults_print(const struct eval_report *report, size_t max)
{
	size_t *all;
	size_t n = eval_faults(report->questions, report->now, report->arena, &all);
	enum eval_grade grade = GRADES_N;

	if (n == 0)
		printf("\nno question went wrong\n");
	for (size_t i = 0; i < n && i < max; i++) {
		if (report->now->results[all[i]].grade != grade) {
			grade = report->now->results[all[i]].grade;
			printf("\n%s: %u\n", fault_titles[grade], grade_count(report, grade));
		}
		fault_print(report, all[i]);
	}
	if (n > max)
		printf("\n... and %zu less harmful ones\n", n - max);
}

/* --- changes ------------------------------------------------------------------------------ */

void eval_changes_print(const struct eval_report *report)
{
	struct eval_change *all;
	size_t n =
		eval_changes(report->questions, report->before, report->now, report->arena, &all);
	unsigned kinds[CHANGES_N] = {0};

	for (size_t i = 0; i < n; i++)
		kinds[all[i].kind]++;
	printf("\nanswered otherwise: %zu of %zu (worse %u, better %u, different %u)\n", n,
	       report->questions->n, kinds[CHANGE_WORSE], kinds[CHANGE_BETTER],
	       kinds[CHANGE_DIFFERENT]);
	for (size_t i = 0; i < n; i++) {
		size_t number = all[i].question;
		const struct answer *was = &report->before->results[number].answer;
		const struct answer *is = &report->now->results[number].answer;

		printf("  %-9s ", eval_change_names[all[i].kind]);
		question_print(&report->questions->v[number]);
		printf("            " STR_FMT "  ->  " STR_FMT "\n",
		       STR_ARG(eval_answer_words(was, report->with_article, report->arena)),
		       STR_ARG(eval_answer_words(is, report->with_article, report->arena)));
	}
}
