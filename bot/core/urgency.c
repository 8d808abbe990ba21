#include "core/urgency.h"

#include <math.h>
#include <string.h>

#include "core/frames.h"

#define JUDGED_WORDS 3

/* What is looked at beside the features of the words. */
enum form { FORM_MARK, FORM_STARTER, FORM_LENGTH, FORMS_N };
/* As much as half of what the words are about, which has length 1; a message of 19 words or more has
 * the full length. */
#define FORM_WEIGHT 0.5f
#define FORM_LENGTH_LOG 3.0f
/* Of how something is said, beside what it is about. */
#define FRAMES_WEIGHT 1.0f

struct message {
	struct str text;
	struct words words;
	uint32_t class; /* URGENT_LEVELS: none */
};

/* Words [from, to) of a message. */
struct part {
	const struct words *words;
	size_t from, to;
	uint32_t class;
};

struct teaching {
	const struct lessons *lessons;
	struct message *v;
	size_t n, cap;
	struct textset texts;	 /* of all */
	struct textset ordinary; /* of those that staff wrote for the articles */
	struct part *parts;
	size_t parts_n, parts_cap;
	struct arena scratch;
};

/* --- the form ----------------------------------------------------------------------------- */

static bool begins_asking(const struct lexicon *lexicon, const struct words *words, size_t from,
			  size_t to)
{
	if (from < to && wordset_has(&lexicon->question_starters, words->v[from].text))
		return true;
	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t first = words->sentences[i].first;

		if (first > from && first < to &&
		    wordset_has(&lexicon->question_starters, words->v[first].text))
			return true;
	}
	return false;
}

static bool ends_asking(const struct words *words, size_t from, size_t to)
{
	for (size_t i = 0; i < words->sentences_n; i++) {
		size_t end = words->sentences[i].first + words->sentences[i].count;

		if (words->sentences[i].asks && end > from && end <= to)
			return true;
	}
	return false;
}

bool urgency_asks(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to)
{
	return begins_asking(lexicon, words, from, to) || ends_asking(words, from, to);
}

static size_t traits_n(const struct features *features)
{
	return features_count(features) + FORMS_N + FRAMES_N;
}

static void form_add(struct bag *all, uint32_t first, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to)
{
	float length = logf((float)(to - from + 1)) / FORM_LENGTH_LOG;

	if (ends_asking(words, from, to))
		all->v[all->n++] = (struct weight){first + FORM_MARK, FORM_WEIGHT};
	if (begins_asking(lexicon, words, from, to))
		all->v[all->n++] = (struct weight){first + FORM_STARTER, FORM_WEIGHT};
	all->v[all->n++] =
		(struct weight){first + FORM_LENGTH, FORM_WEIGHT * (length < 1 ? length : 1)};
}

/* How it is said: form and frames, whose numbers follow the features'. In `arena`; `work` may be the
 * same. */
static struct bag manner_of(const struct features *features, const struct lexicon *lexicon,
			    const struct words *words, size_t from, size_t to, struct arena *arena,
			    struct arena *work)
{
	struct bag frames = frames_of(lexicon, words, from, to, work);
	struct bag all = {arena_array(arena, FORMS_N + frames.n, sizeof *all.v), 0};
	uint32_t first = (uint32_t)features_count(features);

	form_add(&all, first, lexicon, words, from, to);
	for (size_t i = 0; i < frames.n; i++)
		all.v[all.n++] = (struct weight){first + FORMS_N + frames.v[i].term,
						 FRAMES_WEIGHT * frames.v[i].w};
	return all;
}

/* --- teaching ----------------------------------------------------------------------------- */

static void message_add(struct teaching *t, struct str text, struct words words, uint32_t class)
{
	t->v = arena_grow(&t->scratch, t->v, &t->n, &t->cap, sizeof *t->v);
	t->v[t->n - 1] = (struct message){text, words, class};
}

/* One that stands in the file twice counts twice. */
static void example_add(struct teaching *t, struct str text, uint32_t class)
{
	textset_add(&t->texts, text, &t->scratch);
	message_add(t, text,
		    lexicon_written_by(t->lessons->lexicon, text, t->lessons->stems, &t->scratch),
		    class);
}

static void examples_read(struct teaching *t, const struct source *examples_md,
			  struct mistakes *mistakes)
{
	/* In the order of the classes; the last one is none. */
	const struct str titles[] = {STR("urgent"), STR("crisis"), STR("emergency"), STR("none")};
	struct lists lists = lists_parse(examples_md, &t->scratch, mistakes);
	size_t known = 0;

	for (uint32_t class = 0; class <= URGENT_LEVELS; class ++) {
		const struct list *list = lists_find(&lists, titles[class]);

		known += list != NULL;
		if (!list || list->items_n == 0)
			mistake_add(mistakes, examples_md->name, list ? list->line : 0,
				    "no messages under \"## " STR_FMT "\"", STR_ARG(titles[class]));
		for (size_t i = 0; list && i < list->items_n; i++)
			example_add(t, list->items[i].text, class);
	}
	if (known < lists.n)
		mistake_add(mistakes, examples_md->name, 0,
			    "a heading other than emergency, crisis, urgent and none");
}

static void ordinary_add(struct teaching *t, const struct lesson *lesson)
{
	size_t known = t->texts.n;

	textset_add(&t->ordinary, lesson->text, &t->scratch);
	if (textset_add(&t->texts, lesson->text, &t->scratch) == known)
		message_add(t, lesson->text, lesson->words, URGENT_LEVELS);
}

static void ordinary_read(struct teaching *t)
{
	for (size_t i = 0; i < t->lessons->uncovered_n; i++)
		ordinary_add(t, &t->lessons->uncovered[i].lesson);
	for (size_t i = 0; i < t->lessons->phrasings_n; i++)
		ordinary_add(t, &t->lessons->phrasings[i].lesson);
}

static void part_add(struct teaching *t, struct part part)
{
	t->parts = arena_grow(&t->scratch, t->parts, &t->parts_n, &t->parts_cap, sizeof *t->parts);
	t->parts[t->parts_n - 1] = part;
}

static void runs_cut(struct teaching *t, const struct words *words)
{
	const struct sentence *v = words->sentences;

	for (size_t i = 0; i < words->sentences_n; i++)
		for (size_t k = i; k < words->sentences_n && k < i + URGENCY_RUN; k++)
			if (k - i + 1 < words->sentences_n)
				part_add(t, (struct part){words, v[i].first,
							  v[k].first + v[k].count, URGENT_LEVELS});
}

/* A message that is not urgent has no urgent sentences: each run of them is an example, as messages are
 * judged by these too. */
static void parts_cut(struct teaching *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct words *words = &t->v[i].words;

		part_add(t, (struct part){words, 0, words->n, t->v[i].class});
		if (t->v[i].class != URGENT_LEVELS || words->sentences_n < 2)
			continue;
		runs_cut(t, words);
	}
}

static const struct features *features_learn(struct teaching *t, struct text_features *of,
					     struct arena *of_arena, struct arena *arena)
{
	struct words *texts = arena_array(&t->scratch, t->parts_n, sizeof *texts);

	for (size_t i = 0; i < t->parts_n; i++)
		texts[i] = (struct words){.v = t->parts[i].words->v + t->parts[i].from,
					  .n = t->parts[i].to - t->parts[i].from};
	return features_new(texts, t->parts_n, t->lessons->vectors, arena, of, of_arena);
}

/* "None" is a class of its own: what speaks against it speaks for any of the others. */
static void train(struct urgency_model *model, struct teaching *t, struct arena *arena)
{
	struct text_features *topics;
	struct example *examples;
	struct arena taught, work; /* what is taught takes too much room to be kept longer */

	arena_init(&taught);
	arena_init(&work);
	parts_cut(t);
	topics = arena_array(&taught, t->parts_n, sizeof *topics);
	model->features = features_learn(t, topics, &taught, arena);
	examples = arena_array(&taught, t->parts_n, sizeof *examples);
	for (size_t i = 0; i < t->parts_n; i++) {
		const struct part *p = &t->parts[i];

		examples[i] = (struct example){.features = topics[i].terms,
					       .dense_first = (uint32_t)model->features->terms_n,
					       .dense_n = VECTOR_DIMENSIONS,
					       .dense = topics[i].meaning,
					       .more = manner_of(model->features,
								 t->lessons->lexicon, p->words,
								 p->from, p->to, &taught, &work),
					       .class = p->class};
		arena_reset(&work);
	}
	arena_done(&work);
	model->classifier = classify_train(examples, t->parts_n, traits_n(model->features),
					   URGENT_LEVELS + 1, 1, arena);
	arena_done(&taught);
}

static struct snippet_text snippet_text_of(struct teaching *t, const struct message *message)
{
	struct words *words = arena_new(&t->scratch, struct words);
	bool is_ordinary = textset_find(&t->ordinary, message->text) != TEXTSET_NONE;

	*words = lexicon_lengthen(t->lessons->lexicon, &message->words, &t->scratch);
	return (struct snippet_text){
		.words = words,
		.kind = message->class < URGENT_LEVELS ? SNIPPETS_SIGN
			: is_ordinary		       ? SNIPPETS_ORDINARY
						       : SNIPPETS_ALIKE,
	};
}

/* Once the classifier is there: it finds what sounds urgent in a message. */
static void snippets_train(struct urgency_model *model, struct teaching *t, struct arena *arena)
{
	struct snippet_text *texts = arena_array(&t->scratch, t->n, sizeof *texts);

	for (size_t i = 0; i < t->n; i++)
		texts[i] = snippet_text_of(t, &t->v[i]);
	model->snippets = snippets_teach(model->features, model->classifier, URGENT_LEVELS,
					 t->lessons->lexicon, texts, t->n, arena);
}

bool urgency_teach(struct urgency_model *model, const struct source *examples_md,
		   const struct lessons *lessons, struct arena *arena, struct mistakes *mistakes)
{
	struct teaching t = {.lessons = lessons};
	size_t errors = mistakes->errors;

	arena_init(&t.scratch);
	examples_read(&t, examples_md, mistakes);
	ordinary_read(&t);
	if (mistakes->errors == errors) {
		train(model, &t, arena);
		snippets_train(model, &t, arena);
	}
	arena_done(&t.scratch);
	return mistakes->errors == errors;
}

/* --- judging ------------------------------------------------------------------------------ */

struct urgency urgency_unjudged(void)
{
	struct urgency none = {.any = -INFINITY};

	for (size_t i = 0; i < URGENT_LEVELS; i++)
		none.v[i] = -INFINITY;
	return none;
}

void urgency_raise(struct urgency *highest, const struct urgency *other)
{
	for (size_t i = 0; i < URGENT_LEVELS; i++)
		highest->v[i] = fmaxf(highest->v[i], other->v[i]);
	highest->any = fmaxf(highest->any, other->any);
}

struct urgency urgency_of(const struct urgency_model *model, const struct lexicon *lexicon,
			  const struct words *words, size_t from, size_t to, struct arena *turn)
{
	struct urgency urgency;
	struct bag topic, manner;
	float *margins;

	if (!model->classifier || to - from < JUDGED_WORDS)
		return urgency_unjudged();
	topic = features_of(model->features, words, from, to, turn);
	manner = manner_of(model->features, lexicon, words, from, to, turn, turn);
	margins = arena_array(turn, model->classifier->stride, sizeof *margins);
	classify_scores(model->classifier, &topic, margins);
	classify_add(model->classifier, &manner, margins);
	memcpy(urgency.v, margins, sizeof urgency.v);
	urgency.any = -margins[URGENT_LEVELS];
	return urgency;
}

float urgency_of_manner(const struct urgency_model *model, const struct lexicon *lexicon,
			const struct words *words, size_t from, size_t to, struct arena *turn)
{
	const struct classifier *classifier = model->classifier;
	struct bag manner = manner_of(model->features, lexicon, words, from, to, turn, turn);
	float any = 0;

	for (size_t i = 0; i < manner.n; i++)
		any -= manner.v[i].w *
		       classifier->rows[manner.v[i].term * classifier->stride + URGENT_LEVELS];
	return any;
}
