#include "core/lexicon.h"

#include <stdlib.h>

bool wordset_has(const struct wordset *set, struct str word)
{
	return textset_find(&set->words, word) != TEXTSET_NONE;
}

bool lexicon_phrase_at(const struct lexicon *lexicon, const struct words *words, size_t at,
		       size_t to)
{
	for (size_t i = 0; i < lexicon->question_phrases_n; i++) {
		const struct words *phrase = &lexicon->question_phrases[i];
		size_t n = 0;

		while (n < phrase->n && at + n < to &&
		       str_eq(phrase->v[n].text, words->v[at + n].text))
			n++;
		if (n == phrase->n)
			return true;
	}
	return false;
}

struct wordset wordset_parse(const struct list *list, struct arena *arena)
{
	struct wordset set = {0};

	for (size_t i = 0; list && i < list->items_n; i++) {
		struct words words = text_words(list->items[i].text, STR(""), arena);

		for (size_t k = 0; k < words.n; k++)
			textset_add(&set.words, words.v[k].text, arena);
	}
	return set;
}

/* Each item is a phrase; what holds no word is passed over. */
static void phrases_read(struct lexicon *lexicon, const struct list *list,
			 const struct source *words_md, struct arena *arena,
			 struct mistakes *mistakes)
{
	size_t cap = 0;

	for (size_t i = 0; list && i < list->items_n; i++) {
		struct words words = text_words(list->items[i].text, STR(""), arena);

		if (words.n == 0)
			continue;
		lexicon->question_phrases =
			arena_grow(arena, lexicon->question_phrases, &lexicon->question_phrases_n,
				   &cap, sizeof words);
		lexicon->question_phrases[lexicon->question_phrases_n - 1] = words;
	}
	if (lexicon->question_phrases_n == 0)
		mistake_add(mistakes, words_md->name, list ? list->line : 0,
			    "no words under \"## question phrases\"");
}

/* --- short forms -------------------------------------------------------------------------- */

/* By the first word, longer forms before shorter ones, and those with an apostrophe in front. */
static int compare_forms(const void *a, const void *b)
{
	const struct short_form *x = a, *y = b;
	int order = str_compare(x->written[0], y->written[0]);

	if (order == 0 && x->written_n != y->written_n)
		return x->written_n < y->written_n ? 1 : -1;
	for (size_t i = 1; order == 0 && i < x->written_n; i++)
		order = str_compare(x->written[i], y->written[i]);
	if (order == 0)
		order = (int)x->number - (int)y->number;
	return order ? order : (int)y->apostrophe - (int)x->apostrophe;
}

/* In the order of the file, too, among those that are written alike. */
static int compare_with_lines(const void *a, const void *b)
{
	const struct short_form *x = a, *y = b;
	int order = compare_forms(a, b);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

struct forms_reading {
	struct lexicon *lexicon;
	size_t cap;
	struct str file;
	struct arena *arena;
	struct mistakes *mistakes;
};

/* Takes a leading "#" off. */
static bool number_cut(struct str *s)
{
	if (!str_starts(*s, STR("#")))
		return false;
	*s = str_trim(str_sub(*s, 1, s->n));
	return true;
}

static void form_add(struct forms_reading *r, struct str written, bool number,
		     const struct words *meant, unsigned line)
{
	struct short_form form = {.meant = meant, .line = line};
	struct words words;

	form.number = number_cut(&written);
	words = text_words(written, STR(""), r->arena);
	if (words.n == 0 || words.n > SHORT_WORDS_MAX || (form.number && words.n > 1)) {
		mistake_add(r->mistakes, r->file, line, "\"" STR_FMT "\" is not one to %d words",
			    STR_ARG(written), form.number ? 1 : SHORT_WORDS_MAX);
		return;
	}
	if (form.number != number) {
		mistake_add(r->mistakes, r->file, line,
			    "a # must stand on both sides of the = or on none");
		return;
	}
	for (size_t i = 0; i < words.n; i++) {
		form.written[form.written_n++] = words.v[i].text;
		form.apostrophe = form.apostrophe || words.v[i].apostrophe;
	}
	r->lexicon->short_forms =
		arena_grow(r->arena, r->lexicon->short_forms, &r->lexicon->short_forms_n, &r->cap,
			   sizeof *r->lexicon->short_forms);
	r->lexicon->short_forms[r->lexicon->short_forms_n - 1] = form;
}

/* "u|yu = you" */
static void forms_read(struct forms_reading *r, const struct list_item *item)
{
	struct str meant_text = item->text;
	struct words *meant = arena_new(r->arena, struct words);
	struct str forms, form;
	bool number;

	if (!str_cut(&meant_text, '=', &forms) || meant_text.n == 0) {
		mistake_add(r->mistakes, r->file, item->line,
			    "a short form is written `short = what it means`");
		return;
	}
	meant_text = str_trim(meant_text);
	number = number_cut(&meant_text);
	*meant = text_words(meant_text, r->lexicon->language, r->arena);
	if (meant->n == 0) {
		mistake_add(r->mistakes, r->file, item->line, "no words behind the =");
		return;
	}
	while (str_cut(&forms, '|', &form))
		form_add(r, str_trim(form), number, meant, item->line);
}

static void forms_parse(struct lexicon *lexicon, const struct list *list,
			const struct source *words_md, struct arena *arena,
			struct mistakes *mistakes)
{
	struct forms_reading r = {
		.lexicon = lexicon, .file = words_md->name, .arena = arena, .mistakes = mistakes};
	const struct short_form *v;

	for (size_t i = 0; list && i < list->items_n; i++)
		forms_read(&r, &list->items[i]);
	if (lexicon->short_forms_n == 0) {
		mistake_add(mistakes, words_md->name, list ? list->line : 0,
			    "no lines under \"## written short\"");
		return;
	}
	v = lexicon->short_forms;
	qsort(lexicon->short_forms, lexicon->short_forms_n, sizeof *v, compare_with_lines);
	for (size_t i = 1; i < lexicon->short_forms_n; i++)
		if (compare_forms(&v[i - 1], &v[i]) == 0)
			mistake_add(mistakes, words_md->name, v[i].line,
				    "\"" STR_FMT "\" stands in line %u too",
				    STR_ARG(v[i].written[0]), v[i - 1].line);
}

static bool form_stands(const struct short_form *form, const struct words *words, size_t at)
{
	bool apostrophe = false;

	if (form->number || at + form->written_n > words->n)
		return false;
	for (size_t i = 0; i < form->written_n; i++) {
		const struct word *w = &words->v[at + i];

		if (!str_eq(w->text, form->written[i]))
			return false;
		if (i > 0 && (w->clause != words->v[at].clause || w->mark == MARK_COMMA))
			return false;
		apostrophe = apostrophe || w->apostrophe;
	}
	return apostrophe || !form->apostrophe;
}

/* The first of those that begin with this word; NULL when none does. */
static const struct short_form *forms_find(const struct lexicon *lexicon, struct str word)
{
	size_t from = 0, to = lexicon->short_forms_n;

	while (from < to) {
		size_t middle = (from + to) / 2;

		if (str_compare(lexicon->short_forms[middle].written[0], word) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from < lexicon->short_forms_n && str_eq(lexicon->short_forms[from].written[0], word))
		return &lexicon->short_forms[from];
	return NULL;
}

static const struct short_form *form_at(const struct lexicon *lexicon, const struct words *words,
					size_t at)
{
	const struct short_form *end = lexicon->short_forms + lexicon->short_forms_n;
	const struct short_form *f = forms_find(lexicon, words->v[at].text);

	for (; f && f < end && str_eq(f->written[0], words->v[at].text); f++)
		if (form_stands(f, words, at))
			return f;
	return NULL;
}

/* "2hrs": how many bytes of digits a form for numbers goes on from; 0 when none does. */
static size_t number_at(const struct lexicon *lexicon, struct str word,
			const struct short_form **form)
{
	const struct short_form *end = lexicon->short_forms + lexicon->short_forms_n;
	const struct short_form *f;
	size_t digits = 0;

	while (digits < word.n && word.p[digits] >= '0' && word.p[digits] <= '9')
		digits++;
	if (digits == 0 || digits == word.n)
		return 0;
	f = forms_find(lexicon, str_sub(word, digits, word.n));
	for (; f && f < end && str_eq(f->written[0], str_sub(word, digits, word.n)); f++)
		if (f->number) {
			*form = f;
			return digits;
		}
	return 0;
}

static void form_put(struct words_making *m, const struct short_form *form, struct word like)
{
	for (size_t i = 0; i < form->meant->n; i++) {
		like.text = form->meant->v[i].text;
		like.stem = form->meant->v[i].stem;
		words_add(m, like);
		like.mark = MARK_NONE;
	}
}

/* How many words from the first on are the same in long. */
static size_t long_already(const struct lexicon *lexicon, const struct words *written)
{
	const struct short_form *form;
	size_t n = 0;

	while (n < written->n && !form_at(lexicon, written, n) &&
	       !text_is_pictograph(written->v[n].text) &&
	       !number_at(lexicon, written->v[n].text, &form))
		n++;
	return n;
}

struct words lexicon_lengthen(const struct lexicon *lexicon, const struct words *written,
			      struct arena *arena)
{
	struct words_making m = {.from = written, .arena = arena};
	size_t same = long_already(lexicon, written);
	size_t pictographs = 0;

	if (same == written->n)
		return *written;
	for (size_t i = 0; i < same; i++)
		words_add(&m, written->v[i]);
	for (size_t i = same; i < written->n; i++)
		pictographs += text_is_pictograph(written->v[i].text);
	for (size_t i = same; i < written->n; i++) {
		struct word word = written->v[i];
		const struct short_form *form = form_at(lexicon, written, i);
		size_t digits;

		if (form) {
			form_put(&m, form, word);
			i += form->written_n - 1;
			continue;
		}
		if (pictographs < written->n && text_is_pictograph(word.text))
			continue;
		digits = number_at(lexicon, word.text, &form);
		if (digits) {
			word.text = word.stem = str_sub(word.text, 0, digits);
			words_add(&m, word);
			word.mark = MARK_NONE;
			form_put(&m, form, word);
			continue;
		}
		words_add(&m, word);
	}
	return words_done(&m);
}

/* --- the file ----------------------------------------------------------------------------- */

static void topicless_gather(struct lexicon *l, struct arena *arena)
{
	const struct wordset *const sets[] = {&l->stop_words,	   &l->question_starters,
					      &l->subjects,	   &l->negations,
					      &l->clause_starters, &l->followup_words};

	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		for (size_t k = 0; k < sets[i]->words.n; k++)
			textset_add(&l->topicless.words, sets[i]->words.v[k], arena);
}

bool lexicon_parse(const struct source *words_md, struct arena *arena, struct lexicon *out,
		   struct mistakes *mistakes)
{
	const struct {
		struct str title;
		struct wordset *set;
	} sets[] = {
		{STR("negations"), &out->negations},
		{STR("clause starters"), &out->clause_starters},
		{STR("question starters"), &out->question_starters},
		{STR("question verbs"), &out->question_verbs},
		{STR("subjects"), &out->subjects},
		{STR("nominatives"), &out->nominatives},
		{STR("joiners"), &out->joiners},
		{STR("alternatives"), &out->alternatives},
		{STR("stop words"), &out->stop_words},
		{STR("follow-up words"), &out->followup_words},
		{STR("pointing words"), &out->pointing_words},
		{STR("reason words"), &out->reason_words},
		{STR("subordinators"), &out->subordinators},
		{STR("clause subjects"), &out->clause_subjects},
		{STR("doubting words"), &out->doubting_words},
		{STR("correcting words"), &out->correcting_words},
		{STR("time words"), &out->time_words},
		{STR("question words"), &out->question_words},
	};
	const struct str phrases = STR("question phrases"), short_forms = STR("written short");
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(words_md, arena, mistakes);

	*out = (struct lexicon){.language = STR("en")};
	if (mistakes->errors > errors)
		return false;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		const struct list *list = lists_find(&lists, sets[i].title);

		*sets[i].set = wordset_parse(list, arena);
		if (sets[i].set->words.n == 0)
			mistake_add(mistakes, words_md->name, list ? list->line : 0,
				    "no words under \"## " STR_FMT "\"", STR_ARG(sets[i].title));
	}
	topicless_gather(out, arena);
	phrases_read(out, lists_find(&lists, phrases), words_md, arena, mistakes);
	forms_parse(out, lists_find(&lists, short_forms), words_md, arena, mistakes);
	for (size_t i = 0; i < lists.n; i++) {
		bool known =
			str_eq(short_forms, lists.v[i].title) || str_eq(phrases, lists.v[i].title);

		for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
			known = known || str_eq(sets[k].title, lists.v[i].title);
		if (!known)
			mistake_add(mistakes, words_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
	}
	return mistakes->errors == errors;
}

struct words lexicon_written_by(const struct lexicon *lexicon, struct str text, struct stems *stems,
				struct arena *arena)
{
	struct words words = text_words_by(text, stems, arena);
	unsigned added = 0;

	for (size_t i = 0; i < words.n; i++) {
		bool inside = i > 0 && words.v[i - 1].clause == words.v[i].clause + added;

		added += inside && wordset_has(&lexicon->clause_starters, words.v[i].text);
		words.v[i].clause += added;
	}
	return words;
}

struct words lexicon_written(const struct lexicon *lexicon, struct str text, struct arena *arena)
{
	struct stems stems;
	struct words words;

	stems_init(&stems, lexicon->language, arena);
	words = lexicon_written_by(lexicon, text, &stems, arena);
	stems_done(&stems);
	return words;
}

struct words lexicon_words(const struct lexicon *lexicon, struct str text, struct arena *arena)
{
	struct words written = lexicon_written(lexicon, text, arena);

	return lexicon_lengthen(lexicon, &written, arena);
}
