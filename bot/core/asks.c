#include "core/asks.h"

#define WORD_BEFORE_VERB 3 /* "how many days should I": so far before the verb */
#define LEAD_IN 14	   /* words before the first question that still belong to it */

struct asking {
	const struct lexicon *lexicon;
	const struct words *words;
};

static bool in(const struct asking *a, const struct wordset *set, size_t at)
{
	return wordset_has(set, a->words->v[at].text);
}

static bool is_starter(const struct asking *a, size_t at)
{
	return in(a, &a->lexicon->question_starters, at);
}

static bool is_verb(const struct asking *a, size_t at)
{
	return in(a, &a->lexicon->question_verbs, at);
}

/* "what", "when": a starter that is no verb. */
static bool is_question_word(const struct asking *a, size_t at)
{
	return is_starter(a, at) && !is_verb(a, at);
}

/* A verb before its subject. Behind what can only be a subject the verb is that one's: "if they can I
 * would". */
static bool is_inversion(const struct asking *a, size_t at, size_t from, size_t to)
{
	if (at + 1 >= to || !is_verb(a, at) || !in(a, &a->lexicon->subjects, at + 1))
		return false;
	if (at == from)
		return true;
	if (at + 2 == to)
		return false; /* "if somebody else does it" */
	return a->words->v[at].mark == MARK_COMMA || !in(a, &a->lexicon->nominatives, at - 1);
}

static bool is_phrase(const struct asking *a, size_t at, size_t to)
{
	return lexicon_phrase_at(a->lexicon, a->words, at, to);
}

/* Whether it says anything by itself. */
static bool has_topic(const struct asking *a, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++)
		if (!in(a, &a->lexicon->stop_words, at) && !in(a, &a->lexicon->subjects, at) &&
		    !is_verb(a, at))
			return true;
	return false;
}

/* Where a question with its verb at `verb` begins: at the question word before it, if one stands near
 * behind `from`. */
static size_t opening_of(const struct asking *a, size_t from, size_t verb)
{
	for (size_t at = verb; at > from + 1 && verb - at < WORD_BEFORE_VERB;) {
		at--;
		if (is_question_word(a, at))
			return at;
	}
	return verb;
}

/* "and also is sauna ok": whether a question begins behind the joiners at `at`. */
static bool is_joined(const struct asking *a, size_t at, size_t to)
{
	while (at < to && in(a, &a->lexicon->joiners, at))
		at++;
	return at < to && is_starter(a, at);
}

/* "is it safe or should I wait" is one question. */
static bool is_alternative(const struct asking *a, size_t at)
{
	return at > 0 && in(a, &a->lexicon->alternatives, at - 1);
}

/* The next question behind the one that begins at `from` and asks when `asks`; `to` when there is
 * none. */
static size_t next_opening(const struct asking *a, size_t from, size_t to, bool asks)
{
	/* "when can I": the first verb behind a question word is the question's own. */
	bool owed = asks && is_question_word(a, from);

	for (size_t at = from + 1; at < to; at++) {
		if (asks && in(a, &a->lexicon->joiners, at) && is_joined(a, at, to) &&
		    has_topic(a, from, at))
			return at;
		if (at > from + 1 && is_phrase(a, at, to) && !is_alternative(a, at))
			return at;
		if (!is_inversion(a, at, from, to))
			continue;
		if (!owed && !is_alternative(a, opening_of(a, from, at)))
			return opening_of(a, from, at);
		owed = false;
	}
	return to;
}

/* "also how long": with or without a joiner. */
static bool begins_asking(const struct asking *a, const struct sentence *s)
{
	size_t end = s->first + s->count;

	return is_joined(a, s->first, end) || is_inversion(a, s->first, s->first, end) ||
	       is_phrase(a, s->first, end);
}

struct finding {
	struct asking a;
	struct ask *out;
	size_t n, max;
	size_t said; /* behind the last question: the context of the next */
};

/* What joins it to the question before says nothing about it. */
static void ask_add(struct finding *f, size_t from, size_t to)
{
	if (f->n == f->max)
		return;
	while (f->n && from + 1 < to && in(&f->a, &f->a.lexicon->joiners, from))
		from++;
	f->out[f->n++] = (struct ask){from, to, f->said < from ? f->said : from, to};
	f->said = to;
}

/* "no pain no fever when can I": what is denied is not asked about. */
static bool denies(const struct asking *a, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++)
		if (in(a, &a->lexicon->negations, at))
			return true;
	return false;
}

/* The first question of a sentence: `*open` is where it begins by its form, `*from` where what is
 * said to lead in to it does. False when the sentence asks nothing. */
static bool first_opening(const struct asking *a, const struct sentence *s, size_t *from,
			  size_t *open)
{
	size_t end = s->first + s->count;

	*from = *open = s->first;
	if (begins_asking(a, s))
		return true;
	*open = next_opening(a, s->first, end, false);
	if (*open == end) {
		*open = s->first;
		return s->asks;
	}
	if (*open - *from > LEAD_IN || (denies(a, *from, *open) && has_topic(a, *open, end)))
		*from = *open;
	return true;
}

/* Cuts one sentence up. What has no topic goes on until something with one follows, and belongs to
 * the question before it when nothing does. */
static void sentence_find(struct finding *f, const struct sentence *s)
{
	size_t end = s->first + s->count;
	size_t before = f->n;
	size_t from, open;

	if (!first_opening(&f->a, s, &from, &open))
		return;
	for (size_t to; from < end; from = open = to) {
		to = next_opening(&f->a, open, end, true);
		while (to < end && !has_topic(&f->a, from, to))
			to = next_opening(&f->a, to, end, true);
		if (has_topic(&f->a, from, to) || f->n == before)
			ask_add(f, from, to);
		else
			f->out[f->n - 1].to = f->out[f->n - 1].context_end = f->said = to;
	}
}

size_t asks_find(const struct lexicon *lexicon, const struct words *words, struct ask *out,
		 size_t max)
{
	struct finding f = {.a = {lexicon, words}, .out = out, .max = max};

	for (size_t i = 0; i < words->sentences_n && f.n < max; i++)
		sentence_find(&f, &words->sentences[i]);
	if (f.n == 0 && words->n)
		ask_add(&f, 0, words->n);
	if (f.n && f.n < max)
		out[f.n - 1].context_end = words->n;
	return f.n;
}

size_t asks_next(const struct lexicon *lexicon, const struct words *words, size_t from, size_t to,
		 bool asks)
{
	struct asking a = {lexicon, words};

	return next_opening(&a, from, to, asks);
}
