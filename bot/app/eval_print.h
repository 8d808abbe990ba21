/* What `clinicbot eval` has to say, as text for people and as one JSON object for machines. */
#ifndef APP_EVAL_PRINT_H
#define APP_EVAL_PRINT_H

#include "app/eval_score.h"
#include "core/buf.h"

/* All that is told of one run. Owns nothing. */
struct eval_report {
	const struct eval_questions *questions;
	const struct eval_side *now;
	const struct eval_side *before; /* what it is compared with, or NULL */
	bool with_article; /* passages are named with their article: there are several */
	bool untaught;	   /* the phrasings were left out */
	bool left_out;	   /* the messages themselves were left out of what is learnt from */
	size_t left_out_n; /* so many items that say the same stood in it */
	struct arena *arena;
};

/* The table, each share with its 95 % interval. Compared with another content: both side by side,
 * without the intervals, which say little of two that answered the same questions. */
void eval_table_print(const struct eval_report *report);
/* Urgent messages and those that only sound so, class by class. */
void eval_classes_print(const struct eval_report *report);
/* The 20 most frequent. */
void eval_confusions_print(const struct eval_report *report);
/* At most `max` of the questions that went wrong: what was given, what is right, and why. */
void eval_faults_print(const struct eval_report *report, size_t max);
/* Which questions are answered otherwise than by `before`. */
void eval_changes_print(const struct eval_report *report);

/* What the urgent lane and the matcher weighed, with `between` before each passage. The one place that
 * knows of `struct considered`. */
struct str eval_why_words(const struct answer *answer, bool with_article, const char *between,
			  struct arena *arena);
/* What would have been right, in one line. */
struct str eval_right_words(const struct eval_question *question, struct arena *arena);

/* The same as one JSON object, with at most `faults_max` questions that went wrong. */
void eval_json_put(const struct eval_report *report, size_t faults_max, struct buf *out);

#endif
