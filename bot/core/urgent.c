#include "core/urgent.h"

#include <math.h>

#include "core/thoughts.h"
#include "core/urgent_fitted.h"

#define DOUBT (-1e30F) /* a margin that calls nothing and is one */
/* Of the thoughts of one clause: so many are looked at together; a frame reaches so many others; a clause
 * of more is a ramble, typed without marks, and what is scattered over it is no sign. */
#define THOUGHTS_RUN 3
#define FRAME_REACH 4
#define RAMBLE_FROM 7
/* What is torn out of a ramble sounds more alarming than it is; but what a message begins or ends with is torn
 * on one side only, and is judged as if it were the message: so many thoughts of the ramble, with the
 * sentences on its other side, so many words in all. */
#define TORN 0.3F
/* So like a crisis are five in six of the crises that are taken for emergencies, and one in fourteen of the
 * other emergencies, when their writer is left out of what is learnt. */
#define CRISIS_TOO (-0.5F)
#define EDGE_THOUGHTS 4
#define EDGE_WORDS 60

const struct urgent_bounds urgent_bounds = URGENT_FITTED;

const struct urgent_heading urgent_headings[URGENT_LEVELS] = {
	[0] = {{"urgent", 6}, {"urgent flags", 12}, {{"{phone}", 7}, {"{emergency}", 11}}},
	[URGENT_CRISIS -
		URGENT_SAME_DAY] = {{"crisis", 6}, {"crisis flags", 12}, {{"{crisis_line}", 13}}},
	[URGENT_EMERGENCY - URGENT_SAME_DAY] = {{"emergency", 9},
						{"emergency flags", 15},
						{{"{emergency}", 11}}},
};

static void text_must_name(const struct list *list, struct str name, struct str file,
			   struct mistakes *mistakes)
{
	if (str_find(list->text, name) < 0)
		mistake_add(mistakes, file, list->line, "the text does not name " STR_FMT,
			    STR_ARG(name));
}

void urgent_text_check(size_t level, const struct list *list, struct str file,
		       struct mistakes *mistakes)
{
	for (size_t i = 0; i < 2; i++)
		if (urgent_headings[level].must_name[i].n)
			text_must_name(list, urgent_headings[level].must_name[i], file, mistakes);
}

bool urgent_parse(const struct source *urgent_md, struct arena *arena, struct urgent *out,
		  struct mistakes *mistakes)
{
	const struct {
		struct str title;
		struct flags *flags;
	} levels[] = {
		{STR("emergency flags"), &out->emergency},
		{STR("crisis flags"), &out->crisis},
		{STR("urgent flags"), &out->same_day},
		{STR("harm flags"), &out->harm},
		{STR("not flags"), &out->idioms},
		{STR("frame flags"), &out->frames},
		{STR("now flags"), &out->now},
	};
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(urgent_md, arena, mistakes);
	const struct list *too;

	if (mistakes->errors > errors)
		return false;
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		const struct list *list = lists_find(&lists, levels[i].title);

		*levels[i].flags = flags_parse(list, urgent_md->name, arena, mistakes);
		if (levels[i].flags->n == 0)
			mistake_add(mistakes, urgent_md->name, list ? list->line : 0,
				    "no flags under \"## " STR_FMT "\"", STR_ARG(levels[i].title));
	}
	for (size_t level = 0; level < URGENT_LEVELS; level++) {
		const struct list *text = lists_find(&lists, urgent_headings[level].text);

		if (text)
			urgent_text_check(level, text, urgent_md->name, mistakes);
	}
	too = lists_find(&lists, URGENT_CRISIS_TOO);
	if (too)
		text_must_name(too, STR("{crisis_line}"), urgent_md->name, mistakes);
	/* The other headings are those of the fixed texts: replies.c looks at them. */
	for (size_t i = 0; i < lists.n; i++) {
		bool known = !str_ends(lists.v[i].title, STR(" flags"));

		for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
			known = known || str_eq(levels[k].title, lists.v[i].title);
		if (!known)
			mistake_add(mistakes, urgent_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	}
	return mistakes->errors == errors;
}

bool urgent_may_flag(const struct urgent *urgent, const struct words *words, size_t from, size_t to)
{
	return flags_may_match(&urgent->emergency, words, from, to) ||
	       flags_may_match(&urgent->crisis, words, from, to) ||
	       flags_may_match(&urgent->same_day, words, from, to);
}

static enum urgent_level clause_level(const struct urgent *u, const struct lexicon *lexicon,
				      const struct words *words, size_t from, size_t to,
				      const bool *hidden)
{
	if (flags_match(&u->emergency, lexicon, words, from, to, hidden))
		return URGENT_EMERGENCY;
	if (flags_match(&u->crisis, lexicon, words, from, to, hidden))
		return URGENT_CRISIS;
	if (flags_match(&u->same_day, lexicon, words, from, to, hidden))
		return URGENT_SAME_DAY;
	return URGENT_NONE;
}

/* Pictographs tell a person much and the lists nothing: a message with and without is judged alike. */
static struct words without_pictographs(const struct words *words, struct arena *turn)
{
	struct words_making making = {.from = words, .arena = turn};
	size_t pictographs = 0;

	for (size_t i = 0; i < words->n; i++)
		pictographs += text_is_pictograph(words->v[i].text);
	if (pictographs == 0 || pictographs == words->n)
		return *words;
	for (size_t i = 0; i < words->n; i++)
		if (!text_is_pictograph(words->v[i].text))
			words_add(&making, words->v[i]);
	return words_done(&making);
}

struct judging {
	const struct urgent *urgent;
	const struct lexicon *lexicon;
	struct words words;
	bool small_talk;
	bool is_piece;		   /* of a ramble */
	struct urgent_signs signs; /* the highest so far */
	struct arena *turn;
};

static struct urgent_signs signs_none(void)
{
	struct urgent_signs none = {
		.highest = urgency_unjudged(), .asked = -INFINITY, .told = -INFINITY};

	for (size_t i = 0; i < URGENT_LEVELS; i++)
		none.likely[i] = none.flagged[i] = none.framed[i] = -INFINITY;
	return none;
}

static struct urgency judged(const struct judging *j, size_t from, size_t to)
{
	if (j->small_talk)
		return urgency_unjudged();
	return urgency_of(&j->urgent->model, j->lexicon, &j->words, from, to, j->turn);
}

static void raise(float *highest, float other)
{
	if (other > *highest)
		*highest = other;
}

void urgent_signs_raise(struct urgent_signs *highest, const struct urgent_signs *other)
{
	urgency_raise(&highest->highest, &other->highest);
	for (size_t i = 0; i < URGENT_LEVELS; i++) {
		raise(&highest->likely[i], other->likely[i]);
		raise(&highest->flagged[i], other->flagged[i]);
		raise(&highest->framed[i], other->framed[i]);
	}
	raise(&highest->asked, other->asked);
	raise(&highest->told, other->told);
	highest->harm = highest->harm || other->harm;
}

static void unit_judge(struct judging *j, size_t from, size_t to, float torn)
{
	struct urgency u = judged(j, from, to);
	size_t likely = 0;

	for (size_t i = 0; i < URGENT_LEVELS; i++)
		u.v[i] -= torn;
	u.any -= torn;
	for (size_t i = 1; i < URGENT_LEVELS; i++)
		if (u.v[i] > u.v[likely])
			likely = i;
	urgency_raise(&j->signs.highest, &u);
	raise(&j->signs.likely[likely], u.any);
	raise(urgency_asks(j->lexicon, &j->words, from, to) ? &j->signs.asked : &j->signs.told,
	      u.any);
}

/* Words [from, to): a clause, or part of one; `framed` when the clause has words of the frame lists. */
struct stretch {
	size_t from, to;
	bool framed, part;
};

static bool has_frame(const struct judging *j, size_t from, size_t to)
{
	return flags_match(&j->urgent->frames, NULL, &j->words, from, to, NULL);
}

/* Asked about, feared, remembered or read, and nothing says that it is happening. */
static bool is_framed(const struct judging *j, const struct stretch *s)
{
	if (flags_match(&j->urgent->now, NULL, &j->words, s->from, s->to, NULL))
		return false;
	return s->framed || has_frame(j, s->from, s->to) ||
	       wordset_has(&j->lexicon->question_starters, j->words.v[s->from].text);
}

/* What a flag is met in is judged by itself too, so that nothing said around it takes its level away. */
static void flag_judge(struct judging *j, const struct stretch *s, const bool *hidden)
{
	enum urgent_level level =
		clause_level(j->urgent, j->lexicon, &j->words, s->from, s->to, hidden);
	struct urgency u;
	bool framed, untold;

	if (level == URGENT_NONE)
		return;
	u = judged(j, s->from, s->to);
	framed = is_framed(j, s);
	untold = u.any == -INFINITY;
	/* Part of a clause may be too little to be told by itself, and a mild sign needs more: a doubt. */
	if (s->part && (level == URGENT_SAME_DAY ? u.any < 0 : untold && framed))
		u.any = DOUBT;
	else if (untold)
		u.any = INFINITY;
	else
		raise(&u.any, j->signs.highest.any);
	raise(&(framed ? j->signs.framed : j->signs.flagged)[level - URGENT_SAME_DAY], u.any);
}

/* A thought that asks frames itself only: "years ago my throat closed" is past, and "can i drink wine my
 * throat closes" is not asked. */
static bool frames_others(const struct judging *j, const struct thought *t)
{
	return !wordset_has(&j->lexicon->question_starters, j->words.v[t->from].text) &&
	       has_frame(j, t->from, t->to);
}

static bool frames_near(const bool *frames, size_t n, size_t first, size_t last)
{
	size_t from = first < FRAME_REACH ? 0 : first - FRAME_REACH;

	for (size_t i = from; i < n && i <= last + FRAME_REACH; i++)
		if (frames[i])
			return true;
	return false;
}

static void clauses_judge(struct judging *j);

/* The flags in part of a clause, as if it were all of the clause. */
static void piece_judge(struct judging *j, size_t from, size_t to)
{
	struct words_making making = {.from = &j->words, .arena = j->turn};
	struct judging piece = *j;

	if (!urgent_may_flag(j->urgent, &j->words, from, to))
		return;
	for (size_t i = from; i < to; i++)
		words_add(&making, j->words.v[i]);
	piece.words = words_done(&making);
	piece.is_piece = true;
	piece.signs = signs_none();
	unit_judge(&piece, 0, piece.words.n, 0);
	clauses_judge(&piece);
	urgent_signs_raise(&j->signs, &piece.signs);
}

/* What stands in front of "the bus" may be "we took", which would be torn apart; "tomorrow" would not. */
static bool ends_apart(const struct judging *j, const struct thought *thought)
{
	return !wordset_has(&j->lexicon->subordinators, j->words.v[thought->to].text) ||
	       wordset_has(&j->lexicon->time_words, j->words.v[thought->to - 1].text);
}

/* What ends with a thought that a ramble begins with, from the beginning of each sentence before. */
static void beginnings_judge(struct judging *j, const struct thought *v, size_t n)
{
	const struct sentence *sentences = j->words.sentences;
	size_t own = j->words.v[v[0].from].sentence;
	size_t first = own < URGENCY_RUN ? 0 : own - URGENCY_RUN + 1;

	for (size_t k = 0; k < EDGE_THOUGHTS && k + 1 < n; k++) {
		if (!ends_apart(j, &v[k]))
			continue;
		for (size_t i = first; i <= own; i++)
			if (v[k].to - sentences[i].first <= EDGE_WORDS)
				unit_judge(j, sentences[i].first, v[k].to, 0);
		piece_judge(j, v[0].from, v[k].to);
	}
}

/* What begins with a thought that a ramble ends with, to the end of each sentence behind. */
static void ends_judge(struct judging *j, const struct thought *v, size_t n)
{
	const struct sentence *sentences = j->words.sentences;
	size_t own = j->words.v[v[0].from].sentence;

	for (size_t k = 1; k <= EDGE_THOUGHTS && k < n; k++) {
		size_t from = v[n - k].from;

		for (size_t i = own; i < j->words.sentences_n && i < own + URGENCY_RUN; i++) {
			size_t to = sentences[i].first + sentences[i].count;

			if (to - from <= EDGE_WORDS)
				unit_judge(j, from, to, 0);
		}
		piece_judge(j, from, v[n - 1].to);
	}
}

/* A clause, and every run of up to THOUGHTS_RUN of its thoughts: "i cant breathe can i drink wine" asks
 * about wine and tells that somebody cannot breathe. */
static void clause_judge(struct judging *j, size_t from, size_t to, const bool *hidden)
{
	struct thought *v = arena_array(j->turn, to - from, sizeof *v);
	size_t n = thoughts_of(j->lexicon, &j->words, from, to, v);
	bool *frames = arena_array(j->turn, n + 1, sizeof *frames);
	bool may_flag = urgent_may_flag(j->urgent, &j->words, from, to);

	if (n < RAMBLE_FROM && may_flag)
		flag_judge(j, &(struct stretch){from, to, has_frame(j, from, to), false}, hidden);
	if (n >= RAMBLE_FROM && !j->is_piece) {
		beginnings_judge(j, v, n);
		ends_judge(j, v, n);
	}
	for (size_t i = 0; i < n && may_flag; i++)
		frames[i] = frames_others(j, &v[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i; k < n && k < i + THOUGHTS_RUN && k - i + 1 < n; k++) {
			struct stretch run = {v[i].from, v[k].to, frames_near(frames, n, i, k),
					      true};

			if (may_flag)
				flag_judge(j, &run, hidden);
			if (n >= RAMBLE_FROM)
				unit_judge(j, run.from, run.to, TORN);
		}
}

static void clauses_judge(struct judging *j)
{
	const struct words *words = &j->words;
	bool *hidden = arena_array(j->turn, words->n + 1, sizeof *hidden);

	for (size_t from = 0, to; from < words->n; from = to) {
		struct words clause;

		for (to = from + 1; to < words->n; to++)
			if (words->v[to].clause != words->v[from].clause)
				break;
		/* Clause by clause: words of the next one must not make up an idiom with this one's. */
		clause = (struct words){.v = words->v + from, .n = to - from};
		flags_cover(&j->urgent->idioms, &clause, hidden + from);
		clause_judge(j, from, to, hidden);
		j->signs.harm = j->signs.harm ||
				flags_match(&j->urgent->harm, j->lexicon, words, from, to, hidden);
	}
}

/* Every run of sentences: what some of them say together is no less said when others stand around. */
static void sentences_judge(struct judging *j)
{
	const struct sentence *v = j->words.sentences;

	for (size_t i = 0; i < j->words.sentences_n; i++)
		for (size_t k = i; k < j->words.sentences_n && k < i + URGENCY_RUN; k++)
			unit_judge(j, v[i].first, v[k].first + v[k].count, 0);
}

struct urgent_signs urgent_signs_of(const struct urgent *urgent, const struct lexicon *lexicon,
				    const struct words *words, bool small_talk, struct arena *turn)
{
	struct judging j = {.urgent = urgent,
			    .lexicon = lexicon,
			    .words = without_pictographs(words, turn),
			    .small_talk = small_talk,
			    .signs = signs_none(),
			    .turn = turn};

	unit_judge(&j, 0, j.words.n, 0);
	if (j.words.sentences_n > 1)
		sentences_judge(&j);
	clauses_judge(&j);
	return j.signs;
}

enum urgent_level urgent_judge(const struct urgent_bounds *bounds, const struct urgent_signs *signs)
{
	bool doubtful = signs->asked > bounds->doubt_asked || signs->told > bounds->doubt_told;
	bool any_flag = false;

	for (int i = URGENT_LEVELS - 1; i >= 0; i--) {
		any_flag =
			any_flag || signs->flagged[i] > -INFINITY || signs->framed[i] > -INFINITY;
		if (signs->flagged[i] >= bounds->flag[i] || signs->framed[i] >= bounds->framed[i])
			return URGENT_SAME_DAY + (enum urgent_level)i;
		if (signs->likely[i] > bounds->alarm[i])
			return i || any_flag ? URGENT_SAME_DAY + (enum urgent_level)i
					     : URGENT_LIKELY;
		doubtful = doubtful || signs->flagged[i] > -INFINITY ||
			   signs->framed[i] > bounds->doubt_told;
	}
	return doubtful ? URGENT_DOUBTFUL : URGENT_NONE;
}

bool urgent_is_crisis_too(const struct urgent_signs *signs)
{
	const size_t crisis = URGENT_CRISIS - URGENT_SAME_DAY;

	return signs->harm || signs->flagged[crisis] > -INFINITY ||
	       signs->framed[crisis] > -INFINITY || signs->highest.v[crisis] > CRISIS_TOO;
}
