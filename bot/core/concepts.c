#include "core/concepts_inside.h"

size_t concepts_named(const struct concepts *concepts, struct str name)
{
	for (size_t i = 0; i < concepts->n; i++)
		if (str_eq(concepts->v[i].name, name))
			return i;
	return CONCEPT_NONE;
}

struct search {
	const struct concepts *concepts;
	const struct words *words;
	size_t to;
	size_t at;	  /* the word that entries are looked for from */
	size_t before[2]; /* how far entries that hide and begin before `at` reach */
	size_t here[2];	  /* and those that begin at it */
	struct concept_hit *out;
	size_t n, max;
	struct concept_set *set;
};

/* Whether the words behind the first are there. */
static bool entry_matches(const struct search *s, const struct concept_entry *e)
{
	const struct word *word = &s->words->v[s->at];
	struct str rest = str_sub(entry_text(s->concepts, e), e->first_n + (size_t)1, e->n);
	struct str part;

	if (s->at + e->words > s->to || word[e->words - 1].sentence != word->sentence)
		return false;
	/* Most entries of a long group ("how_...") fail at the second word's first letter. */
	if (e->words > 1 && rest.p[0] != word[1].text.p[0])
		return false;
	while (str_cut(&rest, '_', &part)) {
		word++;
		if (!str_eq(word->text, part) &&
		    !(rest.n == 0 && e->any_ending && str_starts(word->text, part)))
			return false;
	}
	return true;
}

/* "dog" and "dog*" of one concept are one hit. */
static bool is_known(const struct search *s, const struct concept_entry *e)
{
	for (size_t i = s->n; i > 0 && s->out[i - 1].first == s->at; i--)
		if (s->out[i - 1].concept == e->concept && s->out[i - 1].count == e->words)
			return true;
	return false;
}

static void entry_found(struct search *s, const struct concept_entry *e)
{
	const struct concept *concept = &s->concepts->v[e->concept];
	size_t end = s->at + e->words;
	size_t kind = concept->question;

	if (!concept->general && !concept->beside &&
	    (end <= s->before[kind] || end < s->here[kind]))
		return;
	if (!concept->beside && end > s->here[kind])
		s->here[kind] = end;
	if (s->set)
		concept_set_add(s->set, e->concept);
	else if (s->n < s->max && !is_known(s, e))
		s->out[s->n++] = (struct concept_hit){e->concept, (unsigned)s->at, e->words};
}

/* Looks through the entries that begin with `first`, `hash` being that of the group. */
static void group_search(struct search *s, struct str first, bool prefix, size_t hash)
{
	const struct concepts *c = s->concepts;

	for (size_t slot = hash;; slot++) {
		uint32_t at = c->slots[slot & (c->slots_n - 1)];
		const struct concept_entry *e;

		if (at == 0)
			return;
		e = &c->entries[at - 1];
		if (is_prefix(e->words, e->any_ending) != prefix ||
		    !str_eq(str_sub(entry_text(c, e), 0, e->first_n), first))
			continue;
		for (;; e++) {
			if (entry_matches(s, e))
				entry_found(s, e);
			if (e->group_ends)
				return;
		}
	}
}

static void word_search(struct search *s)
{
	struct str word = s->words->v[s->at].text;
	uint64_t seed = 0;

	s->here[0] = s->here[1] = 0;
	/* Phrases first: entry_found must see the longer ones before those that they hide. */
	group_search(s, word, false, group_hash(word, false, 0));
	for (size_t n = 1; n <= word.n; n++) {
		seed = str_hash(str_sub(word, n - 1, 1), seed);
		if (n >= PREFIX_MIN_BYTES)
			group_search(s, str_sub(word, 0, n), true,
				     group_hash((struct str){0}, true, seed));
	}
	for (int kind = 0; kind < 2; kind++)
		if (s->here[kind] > s->before[kind])
			s->before[kind] = s->here[kind];
}

static void search(struct search *s, size_t from)
{
	if (s->to > s->words->n)
		s->to = s->words->n;
	for (s->at = from; s->at < s->to; s->at++)
		word_search(s);
}

size_t concepts_find(const struct concepts *concepts, const struct words *words, size_t from,
		     size_t to, struct concept_hit *out, size_t max)
{
	struct search s = {.concepts = concepts, .words = words, .to = to, .out = out, .max = max};

	search(&s, from);
	return s.n;
}

struct concept_set concepts_in(const struct concepts *concepts, const struct words *words,
			       size_t from, size_t to)
{
	struct concept_set set = {0};
	struct search s = {.concepts = concepts, .words = words, .to = to, .set = &set};

	search(&s, from);
	return set;
}
