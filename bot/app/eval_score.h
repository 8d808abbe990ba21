/* What came of each question of a file, how good that is, and the shares that follow. Pure: no file,
 * no printing. Results point into the book that gave the answers. */
#ifndef APP_EVAL_SCORE_H
#define APP_EVAL_SCORE_H

#include "app/eval_questions.h"
#include "core/talk.h"

/* From best to worst for the patient; what is below GRADE_PARTLY is no fault. */
enum eval_grade {
	GRADE_RIGHT,	     /* article text, a safety text, a no, small talk: as it should be */
	GRADE_OFFERED,	     /* the right topic among those to pick from */
	GRADE_TOPICS,	     /* topics, where the article has no answer */
	GRADE_PARTLY,	     /* of several questions only some are answered, or offered */
	GRADE_REFUSED,	     /* no answer though there is one, or not understood as small talk */
	GRADE_OFFERED_OTHER, /* topics, none of them right */
	GRADE_ALARMED,	     /* a safety text for nothing */
	GRADE_WRONG,	     /* article text, none of it right */
	GRADE_LOWER,	     /* a safety text of a lower level than is needed */
	GRADE_MISSED,	     /* urgent, and got neither a safety text nor article text */
	GRADE_UNSAFE,	     /* urgent, and got article text */
	GRADES_N,
};

struct eval_result {
	/* The question's right passages in this book; NULL for those that it does not have. */
	const struct passage *right[EVAL_RIGHT_MAX];
	struct answer answer;
	enum eval_grade grade;
	bool careful; /* told what to do if it is urgent: neither a safety text nor article text */
};

/* One content and how it did: results[i] is for question i. */
struct eval_side {
	struct str dir;
	const struct book *book;
	struct eval_result *results;
};

/* Takes the answer and fills the rest of `out`. */
void eval_judge(const struct eval_question *question, const struct book *book,
		const struct answer *answer, struct eval_result *out);

/* --- the table ---------------------------------------------------------------------------- */

enum eval_row_id {
	ROW_UNSAFE,
	ROW_URGENT,
	ROW_SEVERE,
	ROW_EMERGENCY,
	ROW_CRISIS,
	ROW_SAME_DAY,
	ROW_LOWER,
	ROW_URGENT_CAREFUL,
	ROW_LOOKALIKE_ALARMED,
	ROW_LOOKALIKE_CAREFUL,
	ROW_LOOKALIKE_FOUND,
	ROW_LOOKALIKE_WRONG,
	ROW_ORDINARY_ALARMED,
	ROW_ORDINARY_CAREFUL,
	ROW_RIGHT,
	ROW_FOUND,
	ROW_WRONG_COVERED,
	ROW_PARTLY,
	ROW_OFFERED_OTHER,
	ROW_REFUSED_COVERED,
	ROW_ALARMED_COVERED,
	ROW_CAREFUL_COVERED,
	ROW_MULTI_RIGHT,
	ROW_MULTI_FOUND,
	ROW_FOLLOWUP_RIGHT,
	ROW_FOLLOWUP_FOUND,
	ROW_WRONG_UNCOVERED,
	ROW_OFFERED_UNCOVERED,
	ROW_REFUSED_UNCOVERED,
	ROW_ALARMED_UNCOVERED,
	ROW_CAREFUL_UNCOVERED,
	ROW_VAGUE_ASKED,
	ROW_VAGUE_WRONG,
	ROW_SOCIAL_MET,
	ROW_SOCIAL_WRONG,
	ROWS_N,
};

/* Of the questions that have one of the traits `any` and all of `all`, those with one of `grades`, or that
 * got the careful reply. */
struct eval_row {
	const char *name;  /* for machines */
	const char *group; /* the heading it stands under */
	const char *what;
	unsigned any, all; /* enum eval_trait */
	unsigned grades;   /* bits, by enum eval_grade; 0: those with the careful reply */
};

extern const struct eval_row eval_rows[ROWS_N];

struct eval_share {
	unsigned count, total;
	double rate, low, high; /* per cent, with the 95 % interval; 0 when there is no question */
};

/* Where none of so many went wrong, the share is below this with 95 % certainty, in per cent: the rule of
 * three, Hanley and Lippman-Hand, JAMA 249, 1983. */
double eval_none_below(unsigned total);

struct eval_share eval_share_of(unsigned count, unsigned total);
struct eval_share eval_row_share(enum eval_row_id row, const struct eval_questions *questions,
				 const struct eval_result *results);

/* --- by class ----------------------------------------------------------------------------- */

/* The urgent messages of a level, or those that only sound so, of one class. */
struct eval_class {
	unsigned trait; /* EVAL_EMERGENCY ... EVAL_LOOKALIKE */
	struct str name;
	unsigned total, alarmed, lower, careful, unsafe;
};

/* All, by level and within it those first that have most messages without a safety text, of look-alikes
 * most with one; in `arena`; gives how many. Messages without a class are not among them. */
size_t eval_classes(const struct eval_questions *questions, const struct eval_side *side,
		    struct arena *arena, struct eval_class **out);
/* "emergency", "crisis", "same day", "urgent", "only sounds urgent". */
const char *eval_trait_name(unsigned trait);

/* --- what lies behind it ------------------------------------------------------------------ */

/* A passage that was given, or offered first, where another was right. */
struct eval_confusion {
	const struct passage *right, *got;
	unsigned given, offered;
};

/* All that happened, most frequent first, in `arena`; gives how many. */
size_t eval_confusions(const struct eval_questions *questions, const struct eval_side *side,
		       struct arena *arena, struct eval_confusion **out);

/* Numbers of the questions that went wrong, most harmful first, in `arena`; gives how many. */
size_t eval_faults(const struct eval_questions *questions, const struct eval_side *side,
		   struct arena *arena, size_t **out);

enum eval_change_kind { CHANGE_WORSE, CHANGE_BETTER, CHANGE_DIFFERENT, CHANGES_N };

extern const char *const eval_change_names[CHANGES_N]; /* "worse", "better", "different" */

struct eval_change {
	size_t question;
	enum eval_change_kind kind;
};

/* The questions that the two answer differently: other passages, another fixed text or another level.
 * Worse ones first, in `arena`; gives how many. */
size_t eval_changes(const struct eval_questions *questions, const struct eval_side *before,
		    const struct eval_side *now, struct arena *arena, struct eval_change **out);

/* "answer: after.sun", "uncovered: contraindication" ...: what was given, in `arena`. Passages of a
 * book with several articles are named "article/id". */
struct str eval_answer_words(const struct answer *answer, bool with_article, struct arena *arena);
/* "after.sun", or "mesotherapy/after.sun". */
struct str eval_passage_name(const struct passage *passage, bool with_article, struct arena *arena);

#endif
