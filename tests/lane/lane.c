/* `make calibrate`: chooses the bounds of the urgent lane (core/urgent.h) and writes
 * bot/core/urgent_fitted.h. Run from the top of the tree; deterministic.
 *
 * Every message of en/urgent-examples.md and every question that staff wrote for the shipped article is
 * judged by a lane that has not learnt from it: each list is cut into FOLDS blocks, of which one at a
 * time is left out of the teaching. As the lists go writer by writer, a block is mostly by somebody of
 * whom little else was learnt, which makes the figures worse than patients will find them. Chosen are
 *
 *   alarm, flag, framed  those with which least is missed, emergencies above all, while no more messages
 *                        are alarmed than the limits below: ordinary ones, look-alikes, and questions
 *                        about four of the samples, which are taught nowhere; a framed flag needs no
 *                        less than another, and no level loses more than a trace against the bounds
 *                        that the bot has, so that a fit follows the content and does not trade;
 *   doubt_*              the lowest with which no more of the article's own questions are doubted;
 *   snippets             those that meet most short signs in one breath with a question, of those that
 *                        would alarm alone and that the lane lets pass so, while no more of the
 *                        article's own questions are doubted for them.
 *
 * What they reach goes to standard error, and what the bounds reach that the bot has now, also on the
 * questions of the two samples that are kept out of every fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/beside.h"
#include "core/book.h"
#include "core/buf.h"
#include "core/lexicon.h"
#include "core/ranking.h"
#include "core/warnings.h"
#include "io/files.h"

#define FOLDS 10
#define SOURCES_MAX 32
#define VECTORS_FILE_MAX ((size_t)64 * 1024 * 1024)

/* Shares that may be alarmed, or doubted, at most. About two in three of the article's own questions
 * that are doubted would have got article text or topics. Of the questions about the samples, those
 * that are answered by whom to call and when are no measure of alarms in vain, and many of the others
 * tell of what went wrong after a treatment too. */
#define ORDINARY_ALARMED_MAX 0.0185
#define LOOKALIKES_ALARMED_MAX 0.115
#define SAMPLES_ALARMED_MAX 0.073
#define COVERED_DOUBTED_MAX 0.03
#define SNIPPETS_DOUBTED_MAX 0.01
/* What a level may lose against the bounds that the bot has, for another one's gain. */
#define LEVEL_LOST_MAX 0.005

/* The bounds that are tried: tenths from BOUND_LOW to BOUND_HIGH; alarms from 0 on. */
#define BOUND_LOW (-12)
#define BOUND_HIGH 15
#define BOUND_STEP 0.1
#define BOUNDS_N (3 * URGENT_LEVELS)
/* Of an alarm in vain, by limit. */
#define LIMITS_N 3
#define PRICE_FIRST 0.05
#define PRICE_UP 1.1
#define PRICE_DOWN 0.95
#define PRICES 120
#define DOUBT_LOW (-1.0)
#define DOUBT_STEPS 40
#define DOUBT_STEP 0.05
/* What only tells something is doubted from this much lower on. */
#define TOLD_LOWER 0.25
#define SNIPPET_HIGH 2.0
#define SNIPPET_STEP 0.05
#define SNIPPET_STEPS 40
#define SNIPPET_FEE 0.0001 /* so that what costs nothing is weighed too */

enum group {
	EMERGENCY,
	CRISIS,
	SAME_DAY,
	LOOKALIKE,
	COVERED,
	UNCOVERED,
	SAMPLES,
	SAMPLES_CALL,
	KEPT_OUT,
	GROUPS
};

static const char *const group_names[GROUPS] = {
	"emergency",   "crisis",       "same day",     "look-alikes",	      "covered",
	"not covered", "four samples", "when to call", "two samples kept out"};

static const char *const samples[] = {
	"blood-pressure-medicine", "cortisone-injection", "mole-removal",
	"travel-vaccines",	   "newborn-screening",	  "wisdom-tooth-removal"};
#define SAMPLES_N (sizeof samples / sizeof *samples)
#define KEPT_OUT_FROM 4

struct message {
	struct str text;
	enum group group;
	unsigned fold;
	bool taught; /* stands in what the shipped bot learns from */
	struct warnings warnings;
	struct beside beside;
};

/* A short sign in one breath with a question. */
struct wrapped {
	struct warnings alone, warnings;
	struct beside beside;
};

struct lane {
	struct arena arena;
	struct source sources[SOURCES_MAX];
	size_t sources_n;
	const struct book *book;
	struct vectors vectors;
	struct message *v;
	size_t n, cap;
	struct wrapped *wrapped;
	size_t wrapped_n, wrapped_cap;
};

static _Noreturn void fail(struct str what)
{
	fprintf(stderr, "lane: " STR_FMT "\n", STR_ARG(what));
	exit(1);
}

/* --- reading ------------------------------------------------------------------------------ */

static struct str read_file(struct lane *lane, const char *path)
{
	struct str text;
	struct err err;

	if (!file_read(str_of(path), FILE_BYTES_MAX, &lane->arena, &text, &err))
		fail(str_of(err.text));
	return text;
}

static void source_add(struct lane *lane, struct str name, struct str text)
{
	if (lane->sources_n == SOURCES_MAX)
		fail(STR("too many files"));
	lane->sources[lane->sources_n++] = (struct source){name, text};
}

static void folder_read(struct lane *lane, const char *folder, const char *prefix,
			struct str suffix)
{
	struct str *names;
	size_t n;
	struct err err;

	if (!files_list(str_of(folder), suffix, &lane->arena, &names, &n, &err))
		fail(str_of(err.text));
	for (size_t i = 0; i < n; i++) {
		struct str path = arena_fmt(&lane->arena, "%s/" STR_FMT, folder, STR_ARG(names[i]));

		source_add(lane, arena_fmt(&lane->arena, "%s" STR_FMT, prefix, STR_ARG(names[i])),
			   read_file(lane, arena_cstr(&lane->arena, path)));
	}
}

static void book_read(struct lane *lane)
{
	static const struct clinic clinic = {.name = {"the clinic", 10},
					     .phone = {"0", 1},
					     .emergency = {"112", 3},
					     .crisis_line = {"0", 1},
					     .staff = {"0", 1}};
	struct mistakes mistakes;
	struct str table;
	struct err err;

	folder_read(lane, "intents", "", STR(".md"));
	folder_read(lane, "intents/en", "en/", STR(".md"));
	folder_read(lane, "intents/en", "en/", STR(".txt"));
	if (!file_map(STR("intents/en/words.vec"), VECTORS_FILE_MAX, &lane->arena, &table, &err) ||
	    !vectors_open(table, &lane->arena, &lane->vectors, &err))
		fail(str_of(err.text));
	source_add(lane, STR("en/words.vec"), table);
	mistakes_init(&mistakes, &lane->arena);
	lane->book = book_new(lane->sources, lane->sources_n, &clinic, &mistakes);
	if (!lane->book)
		fail(mistakes.n ? mistake_line(&mistakes, 0) : STR("the book cannot be built"));
}

/* One that is known already stays what it is, but may now be taught. */
static void message_add(struct lane *lane, struct message message)
{
	for (size_t i = 0; i < lane->n; i++)
		if (str_eq(lane->v[i].text, message.text)) {
			lane->v[i].taught = lane->v[i].taught || message.taught;
			return;
		}
	lane->v = arena_grow(&lane->arena, lane->v, &lane->n, &lane->cap, sizeof *lane->v);
	lane->v[lane->n - 1] = message;
}

/* A passage that says when to call: who asks what it answers mostly tells of something that is wrong. */
static bool tells_to_call(struct str passage)
{
	static const char *const names[] = {"when-to-c", "when-to-get-urgent", "when-should-i-call",
					    "emergency"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_starts(passage, str_of(names[i])))
			return true;
	return false;
}

/* All items of a list file, or of the list called `title`. */
static void items_add(struct lane *lane, const char *path, const char *title, enum group group,
		      bool taught)
{
	struct source source = {str_of(path), read_file(lane, path)};
	struct mistakes mistakes;
	struct lists lists;

	mistakes_init(&mistakes, &lane->arena);
	lists = lists_parse(&source, &lane->arena, &mistakes);
	if (mistakes.errors)
		fail(mistake_line(&mistakes, 0));
	for (size_t i = 0; i < lists.n; i++) {
		const struct list *list = &lists.v[i];
		bool calls = group == SAMPLES && tells_to_call(list->title);

		for (size_t k = 0; k < list->items_n; k++)
			if (!title || str_eq(list->title, str_of(title)))
				message_add(lane,
					    (struct message){
						    .text = list->items[k].text,
						    .group = calls ? SAMPLES_CALL : group,
						    .fold = (unsigned)(k * FOLDS / list->items_n),
						    .taught = taught});
	}
}

/* The articles' own questions first: many stand among the examples too. */
static void messages_read(struct lane *lane)
{
	static const char examples[] = "intents/en/urgent-examples.md";

	items_add(lane, "intents/mesotherapy.questions.md", NULL, COVERED, true);
	items_add(lane, "intents/mesotherapy.not-covered.md", NULL, UNCOVERED, true);
	items_add(lane, "intents/en/not-covered.md", NULL, UNCOVERED, true);
	for (size_t i = 0; i < SAMPLES_N; i++) {
		struct str path =
			arena_fmt(&lane->arena, "intents/samples/%s.questions.md", samples[i]);

		items_add(lane, arena_cstr(&lane->arena, path), NULL,
			  i < KEPT_OUT_FROM ? SAMPLES : KEPT_OUT, false);
	}
	items_add(lane, examples, "emergency", EMERGENCY, true);
	items_add(lane, examples, "crisis", CRISIS, true);
	items_add(lane, examples, "urgent", SAME_DAY, true);
	items_add(lane, examples, "none", LOOKALIKE, true);
}

/* --- judging ------------------------------------------------------------------------------ */

/* The messages of the groups [first, last] that are taught, but for one fold, as a list. */
static void list_without(struct lane *lane, unsigned fold, enum group first, enum group last,
			 const char *title, struct buf *out)
{
	buf_addf(out, "## %s\n\n", title);
	for (size_t i = 0; i < lane->n; i++) {
		const struct message *m = &lane->v[i];

		if (m->taught && m->fold != fold && m->group >= first && m->group <= last)
			buf_addf(out, "- " STR_FMT "\n", STR_ARG(m->text));
	}
	buf_addf(out, "\n");
}

static struct source source_of(struct lane *lane, struct buf *lists)
{
	struct source source = {STR("taught"), arena_str(&lane->arena, buf_str(lists))};

	buf_done(lists);
	return source;
}

/* All that is taught, as an examples file. */
static struct source examples_without(struct lane *lane, unsigned fold)
{
	struct buf lists;

	buf_init(&lists, FILE_BYTES_MAX);
	list_without(lane, fold, EMERGENCY, EMERGENCY, "emergency", &lists);
	list_without(lane, fold, CRISIS, CRISIS, "crisis", &lists);
	list_without(lane, fold, SAME_DAY, SAME_DAY, "urgent", &lists);
	list_without(lane, fold, LOOKALIKE, UNCOVERED, "none", &lists);
	return source_of(lane, &lists);
}

/* What of it is ordinary. */
static struct source ordinary_without(struct lane *lane, unsigned fold)
{
	struct buf lists;

	buf_init(&lists, FILE_BYTES_MAX);
	list_without(lane, fold, COVERED, UNCOVERED, "ordinary", &lists);
	return source_of(lane, &lists);
}

/* As if it got the passage that is nearest. */
static struct beside beside_judged(const struct lane *lane, const struct urgent *urgent,
				   const struct words *words, struct arena *turn)
{
	struct ranking ranking = ranking_of(lane->book->index, words, 0, words->n, turn);
	struct answer answer = {
		.kind = ANSWER_PASSAGES, .parts = {{.kind = ANSWER_PASSAGES}}, .parts_n = 1};

	if (ranking.n)
		answer.parts[0].passages[answer.parts[0].passages_n++] = ranking.v[0].passage;
	return beside_of(lane->book, urgent, words, beside_met(lane->book, words, &answer, turn),
			 turn);
}

/* How a question is asked in one breath with a sign, or behind a sentence that holds one. */
static const struct {
	const char *front, *behind;
} wraps[] = {
	{"", " how long until i see a difference"},
	{"hey how long until i see a difference ", " thx"},
	{"can i have a beer with dinner ", ""},
	{"", " and is it fine to lie in the sun"},
	{"my question is how often should it be done but ", ""},
	{"was wondering about sunbathing tomorrow, ", ", is that ok"},
	{"i had it done on friday and ", " do i still get to drink wine"},
	{"pls tell me can i rub my scalp ", " cheers"},
	{"not sure if i may wash my hair today because ", ""},
	{"i had my third session at noon ",
	 " and then took the bus home. can i have a beer with dinner"},
	{"hi there ",
	 " we live near the station and came by car. how long until i see a difference"},
};

static void wrapped_judge(struct lane *lane, const struct urgent *urgent,
			  const struct message *sign, struct arena *turn)
{
	for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
		struct str text = arena_fmt(turn, "%s" STR_FMT "%s", wraps[i].front,
					    STR_ARG(sign->text), wraps[i].behind);
		struct readings readings = readings_of(lane->book, text, turn);

		lane->wrapped = arena_grow(&lane->arena, lane->wrapped, &lane->wrapped_n,
					   &lane->wrapped_cap, sizeof *lane->wrapped);
		lane->wrapped[lane->wrapped_n - 1] = (struct wrapped){
			.alone = sign->warnings,
			.warnings = warnings_of(&readings, lane->book, urgent, turn),
			.beside = beside_judged(lane, urgent, &readings.v[READING_OUT], turn)};
	}
}

static void message_judge(struct lane *lane, const struct urgent *urgent, struct message *m,
			  struct arena *turn)
{
	struct readings readings = readings_of(lane->book, m->text, turn);
	const struct words *words = &readings.v[READING_OUT];

	m->warnings = warnings_of(&readings, lane->book, urgent, turn);
	m->beside = beside_judged(lane, urgent, words, turn);
	if (m->group < LOOKALIKE && words->sentences_n == 1 && words->n >= SNIPPET_WORDS_LEAST &&
	    words->n <= SNIPPET_WORDS_MOST)
		wrapped_judge(lane, urgent, m, turn);
}

static void fold_judge(struct lane *lane, unsigned fold)
{
	struct urgent urgent = *lane->book->urgent;
	struct source examples = examples_without(lane, fold);
	struct source ordinary = ordinary_without(lane, fold);
	struct mistakes mistakes;
	struct arena book, turn;
	struct stems stems;
	struct lessons lessons = {.lexicon = lane->book->lexicon,
				  .stems = &stems,
				  .arena = &book,
				  .vectors = &lane->vectors};

	arena_init(&book);
	stems_init(&stems, lessons.lexicon->language, &book);
	arena_init(&turn);
	mistakes_init(&mistakes, &book);
	lessons_add_uncovered(&lessons, &ordinary, NULL, &mistakes);
	if (!urgency_teach(&urgent.model, &examples, &lessons, &book, &mistakes))
		fail(mistake_line(&mistakes, 0));
	for (size_t i = 0; i < lane->n; i++) {
		if (lane->v[i].fold == fold)
			message_judge(lane, &urgent, &lane->v[i], &turn);
		arena_reset(&turn);
	}
	stems_done(&stems);
	arena_done(&turn);
	arena_done(&book);
}

/* --- choosing ----------------------------------------------------------------------------- */

struct tally {
	double n[GROUPS], alarmed[GROUPS], doubted[GROUPS]; /* the latter as shares */
};

static struct tally tally_of(const struct lane *lane, const struct urgent_bounds *bounds)
{
	struct tally t = {{0}, {0}, {0}};

	for (size_t i = 0; i < lane->n; i++) {
		const struct message *m = &lane->v[i];
		enum urgent_level level = warnings_level(&m->warnings, bounds);

		t.n[m->group]++;
		t.alarmed[m->group] += level > URGENT_DOUBTFUL;
		t.doubted[m->group] += level == URGENT_DOUBTFUL;
	}
	for (int g = 0; g < GROUPS; g++) {
		t.alarmed[g] /= t.n[g];
		t.doubted[g] /= t.n[g];
	}
	return t;
}

/* As multiples of the limits. */
static void in_vain(const struct tally *t, double shares[LIMITS_N])
{
	shares[0] = (t->alarmed[COVERED] + t->alarmed[UNCOVERED]) / 2 / ORDINARY_ALARMED_MAX;
	shares[1] = t->alarmed[LOOKALIKE] / LOOKALIKES_ALARMED_MAX;
	shares[2] = t->alarmed[SAMPLES] / SAMPLES_ALARMED_MAX;
}

static double missed(const struct tally *t, enum group group)
{
	return (1 - t->alarmed[group]) * (1 - t->alarmed[group]);
}

/* One more miss costs the more, the more of that level are missed already: added up as they are, the shares
 * would let one level pay for all others. With what is missed today an emergency weighs as much as two
 * crises, or six messages for the same day. */
static double recognised(const struct tally *t)
{
	return -(16 * missed(t, EMERGENCY) + 2 * missed(t, CRISIS) + missed(t, SAME_DAY));
}

static double worth(const struct tally *t, const double prices[LIMITS_N])
{
	double sum = recognised(t), shares[LIMITS_N];

	in_vain(t, shares);
	for (int i = 0; i < LIMITS_N; i++)
		sum -= prices[i] * shares[i];
	return sum;
}

static float *bound_at(struct urgent_bounds *bounds, int i)
{
	float *const kinds[] = {bounds->alarm, bounds->flag, bounds->framed};

	return &kinds[i / URGENT_LEVELS][i % URGENT_LEVELS];
}

/* What is asked about, feared or remembered needs no less than what is told. */
static bool bounds_agree(const struct urgent_bounds *bounds)
{
	for (int i = 0; i < URGENT_LEVELS; i++)
		if (bounds->framed[i] < bounds->flag[i])
			return false;
	return true;
}

/* The best value of one bound while the others stay. Gives whether it is another one. */
static bool bound_choose(const struct lane *lane, struct urgent_bounds *bounds, int i,
			 const double prices[LIMITS_N])
{
	float *bound = bound_at(bounds, i);
	float before = *bound, best = before;
	struct tally t = tally_of(lane, bounds);
	double most = worth(&t, prices);

	for (int k = i < URGENT_LEVELS ? 0 : BOUND_LOW; k <= BOUND_HIGH; k++) {
		*bound = (float)(k * BOUND_STEP);
		if (!bounds_agree(bounds))
			continue;
		t = tally_of(lane, bounds);
		if (worth(&t, prices) <= most)
			continue;
		most = worth(&t, prices);
		best = *bound;
	}
	*bound = best;
	return best != before;
}

/* Bound by bound until none gets better. */
static void bounds_climb(const struct lane *lane, struct urgent_bounds *bounds,
			 const double prices[LIMITS_N])
{
	bool better = true;

	while (better) {
		better = false;
		for (int k = 0; k < BOUNDS_N; k++)
			better = bound_choose(lane, bounds, k, prices) || better;
	}
}

/* Whether no more is alarmed in vain than the limits, or than `before` where that was more already, and no
 * level is recognised less than `before`. */
static bool tally_holds(const struct tally *t, const struct tally *before)
{
	double shares[LIMITS_N], were[LIMITS_N];

	in_vain(t, shares);
	in_vain(before, were);
	for (int i = 0; i < LIMITS_N; i++)
		if (shares[i] > fmax(1, were[i]))
			return false;
	for (int g = EMERGENCY; g <= SAME_DAY; g++)
		if (t->alarmed[g] < before->alarmed[g] - LEVEL_LOST_MAX)
			return false;
	return true;
}

/* Lowers one bound by a step, or raises one and lowers another, as long as more is recognised and all
 * holds. */
static void bounds_exchange(const struct lane *lane, const struct tally *before,
			    struct urgent_bounds *bounds)
{
	struct tally t = tally_of(lane, bounds);
	double best = recognised(&t);

	for (int i = 0; i < BOUNDS_N * (BOUNDS_N + 1); i++) {
		struct urgent_bounds one = *bounds;
		int lowered = i % BOUNDS_N, raised = i / BOUNDS_N;

		*bound_at(&one, lowered) -= (float)BOUND_STEP;
		if (raised < BOUNDS_N)
			*bound_at(&one, raised) += (float)BOUND_STEP;
		if (!bounds_agree(&one))
			continue;
		t = tally_of(lane, &one);
		if (recognised(&t) <= best || !tally_holds(&t, before))
			continue;
		best = recognised(&t);
		*bounds = one;
		i = -1;
	}
}

/* An alarm in vain gets dearer where its limit does not hold, and cheaper where it does: the best of
 * all bounds met on the way that hold, or those that the bot has. */
static void alarms_choose(const struct lane *lane, struct urgent_bounds *bounds)
{
	double prices[LIMITS_N] = {PRICE_FIRST, PRICE_FIRST, PRICE_FIRST};
	struct tally before = tally_of(lane, &urgent_bounds);
	struct urgent_bounds one = *bounds;
	double best = -INFINITY;

	if (bounds_agree(&urgent_bounds) && tally_holds(&before, &before)) {
		best = recognised(&before);
		*bounds = urgent_bounds;
	}
	for (int i = 0; i < PRICES; i++) {
		double shares[LIMITS_N];
		struct tally t;

		bounds_climb(lane, &one, prices);
		t = tally_of(lane, &one);
		in_vain(&t, shares);
		for (int k = 0; k < LIMITS_N; k++)
			prices[k] *= shares[k] > 1 ? PRICE_UP : PRICE_DOWN;
		if (!tally_holds(&t, &before) || recognised(&t) <= best)
			continue;
		best = recognised(&t);
		*bounds = one;
	}
	if (best == -INFINITY)
		fail(STR("no bounds keep the limits and recognise what those recognise that the "
			 "bot has"));
	bounds_exchange(lane, &before, bounds);
}

static void doubts_choose(const struct lane *lane, struct urgent_bounds *bounds)
{
	for (int i = 0; i < DOUBT_STEPS; i++) {
		bounds->doubt_asked = (float)(DOUBT_LOW + i * DOUBT_STEP);
		bounds->doubt_told = bounds->doubt_asked - (float)TOLD_LOWER;
		if (tally_of(lane, bounds).doubted[COVERED] <= COVERED_DOUBTED_MAX)
			return;
	}
}

/* Of the article's own questions, those that the lane lets pass and bounds for snippets doubt. */
static double snippets_price(const struct lane *lane, const struct urgent_bounds *bounds)
{
	double n = 0, doubted = 0;

	for (size_t i = 0; i < lane->n; i++) {
		const struct message *m = &lane->v[i];

		if (m->group != COVERED)
			continue;
		n++;
		doubted += beside_doubts(&m->beside, bounds) &&
			   warnings_level(&m->warnings, bounds) == URGENT_NONE;
	}
	return doubted / n;
}

/* Those that would alarm alone, and that the lane lets pass as they are wrapped. */
static void wrapped_keep(struct lane *lane, const struct urgent_bounds *bounds)
{
	size_t n = 0;

	for (size_t i = 0; i < lane->wrapped_n; i++)
		if (warnings_level(&lane->wrapped[i].alone, bounds) > URGENT_DOUBTFUL &&
		    warnings_level(&lane->wrapped[i].warnings, bounds) == URGENT_NONE)
			lane->wrapped[n++] = lane->wrapped[i];
	lane->wrapped_n = n;
}

static double wrapped_met(const struct lane *lane, const struct urgent_bounds *bounds)
{
	double met = 0;

	for (size_t i = 0; i < lane->wrapped_n; i++)
		met += beside_doubts(&lane->wrapped[i].beside, bounds);
	return met / (double)lane->wrapped_n;
}

/* The best so far of what was tried from `before` on. */
struct lowering {
	const struct lane *lane;
	struct urgent_bounds before, best;
	double met, price; /* with `before` */
	double gain;	   /* of the best: signs met for their price; 0 when there is none */
};

static void lowering_try(struct lowering *l, size_t place, size_t kind, int steps)
{
	struct urgent_bounds one = l->before;
	double paid, gain;

	one.snippets[place][kind] -= (float)(SNIPPET_STEP * steps);
	paid = snippets_price(l->lane, &one);
	gain = (wrapped_met(l->lane, &one) - l->met) / (paid - l->price + SNIPPET_FEE);
	if (paid > SNIPPETS_DOUBTED_MAX || gain <= l->gain)
		return;
	l->gain = gain;
	l->best = one;
}

/* Lowers the bound whose lowering, by a step or by several, meets most signs for its price. False when the
 * price of none can be paid. */
static bool snippets_lower(const struct lane *lane, struct urgent_bounds *bounds)
{
	struct lowering l = {.lane = lane,
			     .before = *bounds,
			     .met = wrapped_met(lane, bounds),
			     .price = snippets_price(lane, bounds)};

	for (int steps = 1; steps <= SNIPPET_STEPS; steps++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			for (size_t place = 0; place < SNIPPET_PLACES; place++)
				lowering_try(&l, place, kind, steps);
	if (l.gain > 0)
		*bounds = l.best;
	return l.gain > 0;
}

static void snippets_choose(const struct lane *lane, struct urgent_bounds *bounds)
{
	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		for (size_t kind = 0; kind < SNIPPET_KINDS; kind++)
			bounds->snippets[place][kind] = (float)SNIPPET_HIGH;
	while (snippets_lower(lane, bounds))
		;
	fprintf(stderr,
		"%zu signs in one breath with a question that the lane lets pass: %.1f %% met, "
		"for %.2f %% of questions\n",
		lane->wrapped_n, 100 * wrapped_met(lane, bounds),
		100 * snippets_price(lane, bounds));
}

static void report(const struct lane *lane, const struct urgent_bounds *bounds, const char *name)
{
	struct tally t = tally_of(lane, bounds);

	fprintf(stderr, "%-22s %6s  alarmed careful\n", name, "asked");
	for (int g = 0; g < GROUPS; g++)
		fprintf(stderr, "%-22s %6.0f  %6.1f  %6.1f\n", group_names[g], t.n[g],
			100 * t.alarmed[g], 100 * t.doubted[g]);
}

static void three_print(const char *name, const float v[3], const char *end)
{
	printf("\t\t%s{%.2fF, %.2fF, %.2fF}%s \\\n", name, (double)v[0], (double)v[1], (double)v[2],
	       end);
}

static void bounds_print(const struct urgent_bounds *bounds)
{
	printf("/* Written by `make calibrate`; do not edit. */\n#define URGENT_FITTED \\\n\t{ "
	       "\\\n");
	three_print(".alarm = ", bounds->alarm, ",");
	three_print(".flag = ", bounds->flag, ",");
	three_print(".framed = ", bounds->framed, ",");
	printf("\t\t.doubt_asked = %.2fF, \\\n\t\t.doubt_told = %.2fF, \\\n\t\t.snippets = { \\\n",
	       (double)bounds->doubt_asked, (double)bounds->doubt_told);
	for (size_t place = 0; place < SNIPPET_PLACES; place++)
		three_print("", bounds->snippets[place], place + 1 < SNIPPET_PLACES ? "," : "}");
	printf("\t}\n");
}

static void bounds_fit(struct lane *lane)
{
	struct urgent_bounds bounds = {.doubt_asked = INFINITY, .doubt_told = INFINITY};

	for (unsigned fold = 0; fold < FOLDS; fold++) {
		fold_judge(lane, fold);
		fprintf(stderr, "\r%u of %d blocks judged", fold + 1, FOLDS);
	}
	fprintf(stderr, "\n");
	report(lane, &urgent_bounds, "bounds as they were");
	alarms_choose(lane, &bounds);
	doubts_choose(lane, &bounds);
	wrapped_keep(lane, &bounds);
	snippets_choose(lane, &bounds);
	report(lane, &bounds, "bounds as fitted");
	bounds_print(&bounds);
}

int main(void)
{
	struct lane lane = {.n = 0};

	arena_init(&lane.arena);
	book_read(&lane);
	messages_read(&lane);
	bounds_fit(&lane);
	book_free(lane.book);
	arena_done(&lane.arena);
	return 0;
}
