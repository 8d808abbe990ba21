#include "core/urgent.h"

#include <math.h>

/* Margins above which the classifier alone calls a safety text, by class: about one in a hundred
 * ordinary messages comes so far. */
static const float thresholds[URGENT_LEVELS] = {0, 0, 0};
#define JUDGED_WORDS 3

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
		{STR("not flags"), &out->idioms},
	};
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(urgent_md, arena, mistakes);

	if (mistakes->errors > errors)
		return false;
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		const struct list *list = lists_find(&lists, levels[i].title);

		*levels[i].flags = flags_parse(list, urgent_md->name, arena, mistakes);
		if (levels[i].flags->n == 0)
			mistake_add(mistakes, urgent_md->name, list ? list->line : 0,
				    "no flags under \"## " STR_FMT "\"", STR_ARG(levels[i].title));
	}
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

/* --- the classifier ----------------------------------------------------------------------- */

struct lesson {
	struct str text;
	uint32_t class; /* URGENT_LEVELS: none */
};

struct teaching {
	struct lesson *v;
	size_t n, cap;
	struct arena scratch;
};

struct texts {
	struct words *words;
	uint32_t *classes;
	size_t n, cap, classes_n, classes_cap;
};

static void lesson_add(struct teaching *t, struct str text, uint32_t class)
{
	t->v = arena_grow(&t->scratch, t->v, &t->n, &t->cap, sizeof *t->v);
	t->v[t->n - 1] = (struct lesson){text, class};
}

static void lessons_read(struct teaching *t, const struct source *examples_md,
			 struct mistakes *mistakes)
{
	static const enum urgent_level levels[] = {URGENT_SAME_DAY, URGENT_CRISIS,
						   URGENT_EMERGENCY};
	const struct str titles[] = {STR("urgent"), STR("crisis"), STR("emergency"), STR("none")};
	struct lists lists = lists_parse(examples_md, &t->scratch, mistakes);
	size_t known = 0;

	for (size_t k = 0; k < sizeof titles / sizeof *titles; k++) {
		const struct list *list = lists_find(&lists, titles[k]);
		uint32_t class = k < URGENT_LEVELS ? (uint32_t)levels[k] - 1 : URGENT_LEVELS;

		known += list != NULL;
		if (!list || list->items_n == 0)
			mistake_add(mistakes, examples_md->name, list ? list->line : 0,
				    "no messages under \"## " STR_FMT "\"", STR_ARG(titles[k]));
		for (size_t i = 0; list && i < list->items_n; i++)
			lesson_add(t, list->items[i].text, class);
	}
	if (known < lists.n)
		mistake_add(mistakes, examples_md->name, 0,
			    "a heading other than emergency, crisis, urgent and none");
}

static void text_add(struct texts *t, struct words words, uint32_t class, struct arena *scratch)
{
	t->words = arena_grow(scratch, t->words, &t->n, &t->cap, sizeof *t->words);
	t->words[t->n - 1] = words;
	t->classes =
		arena_grow(scratch, t->classes, &t->classes_n, &t->classes_cap, sizeof *t->classes);
	t->classes[t->n - 1] = class;
}

/* A message that is not urgent has no urgent sentence: each is an example, as messages are judged
 * sentence by sentence too. */
static void texts_read(struct texts *texts, struct teaching *t, const struct lexicon *lexicon)
{
	for (size_t i = 0; i < t->n; i++) {
		struct words words = lexicon_written(lexicon, t->v[i].text, &t->scratch);

		text_add(texts, words, t->v[i].class, &t->scratch);
		if (t->v[i].class != URGENT_LEVELS || words.sentences_n < 2)
			continue;
		for (size_t k = 0; k < words.sentences_n; k++)
			text_add(texts,
				 (struct words){.v = words.v + words.sentences[k].first,
						.n = words.sentences[k].count},
				 URGENT_LEVELS, &t->scratch);
	}
}

static void train(struct urgent *urgent, struct teaching *t, const struct lexicon *lexicon,
		  const struct vectors *vectors, struct arena *arena)
{
	struct texts texts = {0};
	struct example *examples;

	texts_read(&texts, t, lexicon);
	examples = arena_array(&t->scratch, texts.n, sizeof *examples);
	urgent->features = features_new(texts.words, texts.n, vectors, arena);
	for (size_t i = 0; i < texts.n; i++)
		examples[i] = (struct example){features_of(urgent->features, &texts.words[i], 0,
							   texts.words[i].n, &t->scratch),
					       texts.classes[i]};
	urgent->classifier = classify_train(examples, texts.n, features_count(urgent->features),
					    URGENT_LEVELS, 1, arena);
}

bool urgent_teach(struct urgent *urgent, const struct source *examples_md,
		  const struct lexicon *lexicon, const struct vectors *vectors,
		  const struct str *ordinary, size_t ordinary_n, struct arena *arena,
		  struct mistakes *mistakes)
{
	struct teaching t = {0};
	size_t errors = mistakes->errors;

	arena_init(&t.scratch);
	lessons_read(&t, examples_md, mistakes);
	for (size_t i = 0; i < ordinary_n; i++)
		lesson_add(&t, ordinary[i], URGENT_LEVELS);
	if (mistakes->errors == errors)
		train(urgent, &t, lexicon, vectors, arena);
	arena_done(&t.scratch);
	return mistakes->errors == errors;
}

/* Raises each level's margin to that of words [from, to). A word or two ("no", "the end") say too
 * little to be judged by likeness: flags know the short calls for help. */
static void margins_raise(const struct urgent *u, const struct words *words, size_t from, size_t to,
			  float *highest, struct arena *turn)
{
	struct bag features = features_of(u->features, words, from, to, turn);
	float *margins = arena_array(turn, u->classifier->stride, sizeof *margins);

	if (to - from < JUDGED_WORDS)
		return;
	classify_scores(u->classifier, &features, margins);
	for (size_t i = 0; i < URGENT_LEVELS; i++)
		if (margins[i] > highest[i])
			highest[i] = margins[i];
}

static enum urgent_level taught_level(const struct urgent *u, const struct words *words,
				      struct urgent_margins *margins, struct arena *turn)
{
	enum urgent_level level = URGENT_NONE;

	if (!u->classifier || words->n == 0)
		return URGENT_NONE;
	margins_raise(u, words, 0, words->n, margins->v, turn);
	for (size_t i = 0; words->sentences_n > 1 && i < words->sentences_n; i++)
		margins_raise(u, words, words->sentences[i].first,
			      words->sentences[i].first + words->sentences[i].count, margins->v,
			      turn);
	for (int i = 0; i < URGENT_LEVELS; i++)
		if (margins->v[i] > thresholds[i])
			level = (enum urgent_level)(i + 1);
	return level;
}

enum urgent_level urgent_level_of(const struct urgent *urgent, const struct lexicon *lexicon,
				  const struct words *words, bool small_talk,
				  struct urgent_margins *margins, struct arena *turn)
{
	bool *hidden = arena_array(turn, words->n + 1, sizeof *hidden);
	struct urgent_margins unseen;
	enum urgent_level highest = URGENT_NONE;

	margins = margins ? margins : &unseen;
	*margins = (struct urgent_margins){{-INFINITY, -INFINITY, -INFINITY}};
	if (!small_talk)
		highest = taught_level(urgent, words, margins, turn);
	for (size_t from = 0, to; from < words->n; from = to) {
		enum urgent_level level;
		struct words clause;

		for (to = from + 1; to < words->n; to++)
			if (words->v[to].clause != words->v[from].clause)
				break;
		/* Clause by clause: words of the next one must not make up an idiom with this one's. */
		clause = (struct words){.v = words->v + from, .n = to - from};
		flags_cover(&urgent->idioms, &clause, hidden + from);
		level = clause_level(urgent, lexicon, words, from, to, hidden);
		if (level > highest)
			highest = level;
	}
	return highest;
}
