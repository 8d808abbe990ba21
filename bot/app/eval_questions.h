/* Files of questions whose right answers are known: one JSON object a line.
 *
 *     q         the message
 *     id        its name in reports; without one it is told by file and line
 *     prev      the message before it, or a list of them, which are asked first
 *     kind      in        the article answers it; one of the listed passages is right
 *               multi     it asks several things; all listed passages must appear
 *               followup  understood only after `prev`; as `in`, or as `oos` with nothing listed
 *               oos       the article does not answer it
 *               urgent    it needs a safety text
 *               lookalike it sounds urgent and is not; what the article says of it is listed
 *               vague     asking back, or offering topics, is right
 *               social    small talk
 *     passages  the right ones, best first; `passage` names a single one. An id that several
 *               articles have means the one of the article that the file is named after
 *               ("NAME-questions.jsonl"), or is written "article/id".
 *     level     emergency, crisis, urgent (the same day) or none, of which a message with a `class`
 *               but "ordinary" only sounds urgent
 *     class     what kind of urgent message or look-alike: these are counted apart; without one,
 *               what stands in `why` before a semicolon
 *     urgent    true, or false for one that only sounds so
 *     topic     what it asks that no article answers
 *
 * `kind` may be left out where another key tells it. Other keys are for people. Everything lives in
 * the reader's arena. */
#ifndef APP_EVAL_QUESTIONS_H
#define APP_EVAL_QUESTIONS_H

#include "core/book.h"
#include "core/urgent.h"

#define EVAL_RIGHT_MAX 16
#define EVAL_PREV_MAX 16
#define EVAL_FILES_MAX 64
#define EVAL_QUESTIONS_MAX 200000 /* in all files */

/* What a question is: one of the first line, and what holds of it beside. */
enum eval_trait {
	EVAL_COVERED = 1 << 0,	 /* the article answers it */
	EVAL_UNCOVERED = 1 << 1, /* it does not */
	EVAL_EMERGENCY = 1 << 2,
	EVAL_CRISIS = 1 << 3,
	EVAL_SAME_DAY = 1 << 4,
	EVAL_URGENT = 1 << 5, /* urgent, and the file does not say how much */
	EVAL_LOOKALIKE = 1 << 6,
	EVAL_ORDINARY = 1 << 7, /* not urgent; no word on what the article says */
	EVAL_VAGUE = 1 << 8,
	EVAL_SOCIAL = 1 << 9,

	EVAL_MULTI = 1 << 10,
	EVAL_FOLLOWUP = 1 << 11, /* has a message before it */
	EVAL_LISTED = 1 << 12,	 /* right passages are listed */
	EVAL_TOLD = 1 << 13,	 /* the file says what is right, be it that nothing is */
};

#define EVAL_SEVERE ((unsigned)(EVAL_EMERGENCY | EVAL_CRISIS))

#define EVAL_URGENT_ANY (EVAL_SEVERE | (unsigned)(EVAL_SAME_DAY | EVAL_URGENT))

struct eval_question {
	struct str file;
	unsigned line;
	struct str id, q, class_name;
	struct str *prev; /* in their order */
	size_t prev_n;
	unsigned traits;	 /* enum eval_trait */
	enum urgent_level level; /* that is needed, as far as the file says */
	struct str right[EVAL_RIGHT_MAX];
	size_t right_n;
};

struct eval_file {
	struct str path;
	size_t questions;
};

struct eval_questions {
	struct eval_question *v;
	size_t n, cap;
	struct eval_file files[EVAL_FILES_MAX];
	size_t files_n;
};

/* Adds the questions of a file. What is wrong with a line goes to `mistakes`: no JSON, a key of
 * another type, an unknown kind or level, one that contradicts another, a passage that no article of
 * the `books` has (one that only some of them have is a warning), and a file without a question. */
void eval_questions_read(struct str path, const struct book *const *books, size_t books_n,
			 struct arena *arena, struct eval_questions *out,
			 struct mistakes *mistakes);

/* The passage that a file means by `id`, or NULL. `*n` is how many it could be. */
const struct passage *eval_passage(const struct book *book, struct str file, struct str id,
				   size_t *n);

#endif
