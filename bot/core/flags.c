#include "core/flags_inside.h"

#include <string.h>

#define NEGATION_REACH 3

struct span {
	const struct words *words;
	const struct lexicon *lexicon; /* NULL: negations do not matter */
	const bool *hidden;
	size_t from, to;
	bool of_parts; /* any word may end a clause, as in some part of it one does */
	uint64_t starts[STARTS / 64]; /* how its words begin, hashed */
};

static struct span span_of(const struct words *words, const struct lexicon *lexicon,
			   const bool *hidden, size_t from, size_t to)
{
	struct span s = {
		.words = words, .lexicon = lexicon, .hidden = hidden, .from = from, .to = to};

	for (size_t i = from; i < to; i++)
		start_add(s.starts, start_of(words->v[i].text));
	return s;
}

static bool may_stand(const struct alternative *a, const struct span *s)
{
	return a->start == 0 || start_has(s->starts, a->start);
}

/* The whole part of "39.8" and "39,8"; "1,000" is a thousand. False for what is no number. */
static bool number_of(struct str word, uint64_t *out)
{
	struct str whole = word;
	struct str part;
	size_t comma = 0;

	while (comma < word.n && word.p[comma] != ',' && word.p[comma] != '.')
		comma++;
	str_cut(&whole, comma < word.n ? word.p[comma] : '.', &part);
	if (!str_to_u64(part, out))
		return false;
	if (comma < word.n && word.p[comma] == ',' && whole.n == 3) {
		uint64_t rest;

		if (str_to_u64(whole, &rest) && *out < UINT64_MAX / 1000 - 1)
			*out = *out * 1000 + rest;
	}
	return true;
}

static bool part_is(const struct part *part, bool any_ending, struct str word)
{
	uint64_t value;

	if (part->word.n)
		return any_ending ? str_starts(word, part->word) : str_eq(word, part->word);
	return number_of(word, &value) && value >= part->low && value <= part->high;
}

static bool ends_clause(const struct words *words, size_t at)
{
	return at + 1 == words->n || words->v[at + 1].clause != words->v[at].clause;
}

/* How many words from `at` on the alternative matches; 0 for none. */
static size_t alternative_at(const struct alternative *a, const struct span *s, size_t at)
{
	if (a->parts_n > s->to - at)
		return 0;
	for (size_t i = 0; i < a->parts_n; i++) {
		if (s->hidden && s->hidden[at + i])
			return 0;
		if (!part_is(&a->parts[i], a->any_ending && i + 1 == a->parts_n,
			     s->words->v[at + i].text))
			return 0;
	}
	if (a->at_end && !s->of_parts && !ends_clause(s->words, at + a->parts_n - 1))
		return 0;
	return a->parts_n;
}

static bool holds_negation(const struct alternative *a, const struct lexicon *lexicon)
{
	for (size_t i = 0; i < a->parts_n; i++)
		if (wordset_has(&lexicon->negations, a->parts[i].word) ||
		    wordset_has(&lexicon->negations_behind, a->parts[i].word))
			return true;
	return false;
}

/* "cant breathe": a negation that itself meets a condition says what is wrong, and negates nothing. */
static bool is_own(const struct flag *flag, const struct span *s, size_t word)
{
	for (size_t i = 0; i < flag->n; i++)
		for (size_t k = 0; !flag->v[i].absent && k < flag->v[i].n; k++) {
			const struct alternative *a = &flag->v[i].v[k];

			size_t first = word - s->from < PHRASE_WORDS_MAX ? s->from
									 : word - PHRASE_WORDS_MAX;

			for (size_t at = first; at <= word; at++)
				if (alternative_at(a, s, at) > word - at)
					return true;
		}
	return false;
}

/* Looks on from the match, in languages that negate behind ("ates yok", there is no fever). */
static bool is_negated_behind(const struct flag *flag, const struct span *s, size_t end)
{
	size_t reach = NEGATION_REACH;

	if (s->lexicon->negations_behind.words.n == 0)
		return false;
	for (size_t i = end; i < s->to && reach > 0 && s->words->v[i].mark != MARK_COMMA;
	     i++, reach--)
		if (wordset_has(&s->lexicon->negations_behind, s->words->v[i].text))
			return !is_own(flag, s, i);
	return false;
}

/* Looks back from the match: to a comma ("no rash, throat closing"), and to a negation that belongs to
 * the flag, behind which another one says nothing ("no, cant breathe"). */
static bool is_negated(const struct flag *flag, const struct alternative *a, const struct span *s,
		       size_t at)
{
	size_t reach = NEGATION_REACH;

	if (!s->lexicon || holds_negation(a, s->lexicon))
		return false;
	if (is_negated_behind(flag, s, at + a->parts_n))
		return true;
	for (size_t i = at; i > s->from && reach > 0 && s->words->v[i].mark != MARK_COMMA;
	     reach--) {
		i--;
		if ((s->hidden && s->hidden[i]) ||
		    !wordset_has(&s->lexicon->negations, s->words->v[i].text))
			continue;
		return !is_own(flag, s, i);
	}
	return false;
}

static bool alternative_met(const struct flag *flag, const struct condition *c,
			    const struct alternative *a, const struct span *s)
{
	for (size_t at = s->from; at < s->to; at++) {
		if (a->start && a->start != start_of(s->words->v[at].text))
			continue;
		if (alternative_at(a, s, at) && (c->absent || !is_negated(flag, a, s, at)))
			return true;
	}
	return false;
}

static bool condition_met(const struct flag *flag, const struct condition *c, const struct span *s)
{
	for (size_t i = 0; i < c->n; i++)
		if (may_stand(&c->v[i], s) && alternative_met(flag, c, &c->v[i], s))
			return true;
	return false;
}

static bool flag_met(const struct flag *flag, const struct span *s)
{
	for (size_t i = 0; i < flag->n; i++)
		if (condition_met(flag, &flag->v[i], s) == flag->v[i].absent)
			return false;
	return true;
}

/* --- by the words of the message ---------------------------------------------------------- */

/* Walks through everything that a word may be the beginning of. */
struct walk {
	const struct flags *flags;
	struct str word;
	size_t letters; /* looked at */
	uint64_t hash;	/* of them */
	enum { WALK_LETTERS, WALK_NUMBERS, WALK_DONE } stage;
};

static struct walk walk_begin(const struct flags *flags, struct str word)
{
	bool begins = flags->n && start_has(flags->starts, start_of(word));

	return (struct walk){.flags = flags,
			     .word = word,
			     .hash = FLAG_HASH,
			     .stage = begins ? WALK_LETTERS : WALK_NUMBERS};
}

static bool walk_key(struct walk *w, uint32_t *key)
{
	switch (w->stage) {
	case WALK_LETTERS:
		while (w->letters < w->word.n) {
			w->hash = flag_hash(w->hash, w->word.p[w->letters]);
			w->letters++;
			if (w->flags->prefixes & prefix_bit(w->letters)) {
				*key = flag_key(w->hash, true);
				return true;
			}
		}
		*key = flag_key(w->hash, false);
		w->stage = WALK_NUMBERS;
		return true;
	case WALK_NUMBERS:
		*key = FLAG_KEY_NUMBER;
		w->stage = WALK_DONE;
		return w->flags->numbers && w->word.n && w->word.p[0] >= '0' && w->word.p[0] <= '9';
	case WALK_DONE:
		break;
	}
	return false;
}

static const struct flag_entry *walk_next(struct walk *w)
{
	const struct flags *flags = w->flags;
	uint32_t key;

	while (walk_key(w, &key))
		for (size_t slot = key;; slot++) {
			const struct flag_slot *at = &flags->slots[slot & (flags->slots_n - 1)];

			if (at->place == 0)
				break;
			if (at->key == key)
				return &flags->entries[at->place - 1];
		}
	return NULL;
}

/* Sets a bit in `found` for each flag all of whose conditions have an alternative that stands in the span,
 * negated or not. */
static void flags_find(const struct flags *flags, const struct span *s,
		       uint64_t found[FLAGS_MAX / 64])
{
	uint8_t bits[FLAGS_MAX];

	memset(bits, 0, flags->n);
	for (size_t at = s->from; at < s->to; at++) {
		struct walk walk = walk_begin(flags, s->words->v[at].text);

		for (const struct flag_entry *e = walk_next(&walk); e;
		     e = e->last ? walk_next(&walk) : e + 1) {
			if ((bits[e->flag] & e->bit) == e->bit ||
			    !alternative_at(e->alternative, s, at))
				continue;
			bits[e->flag] |= e->bit;
			if (bits[e->flag] == e->needed)
				found[e->flag / 64] |= (uint64_t)1 << e->flag % 64;
		}
	}
}

unsigned flags_match(const struct flags *flags, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to, const bool *hidden)
{
	struct span s = span_of(words, lexicon, hidden, from, to);
	uint64_t found[FLAGS_MAX / 64] = {0};

	flags_find(flags, &s, found);
	for (size_t i = 0; i < flags->n; i++) {
		if (!found[i / 64])
			i |= 63;
		else if (found[i / 64] >> i % 64 & 1 && flag_met(&flags->v[i], &s))
			return flags->v[i].line;
	}
	return 0;
}

bool flags_may_match(const struct flags *flags, const struct words *words, size_t from, size_t to)
{
	struct span s = {.words = words, .from = from, .to = to, .of_parts = true};
	uint64_t found[FLAGS_MAX / 64] = {0}, any = 0;

	flags_find(flags, &s, found);
	for (size_t i = 0; i < FLAGS_MAX / 64; i++)
		any |= found[i];
	return any != 0;
}

bool flags_cover(const struct flags *flags, const struct words *words, bool *covered)
{
	struct span s = {.words = words, .to = words->n};
	bool any = false;

	for (size_t at = 0; at < words->n; at++) {
		struct walk walk = walk_begin(flags, words->v[at].text);

		for (const struct flag_entry *e = walk_next(&walk); e;
		     e = e->last ? walk_next(&walk) : e + 1) {
			size_t n = alternative_at(e->alternative, &s, at);

			for (size_t i = 0; i < n; i++)
				covered[at + i] = true;
			any = any || n > 0;
		}
	}
	return any;
}

size_t flags_longest(const struct flags *flags, const struct words *words, size_t at)
{
	struct span s = {.words = words, .to = words->n};
	struct walk walk = walk_begin(flags, words->v[at].text);
	size_t longest = 0;

	for (const struct flag_entry *e = walk_next(&walk); e;
	     e = e->last ? walk_next(&walk) : e + 1) {
		size_t n = alternative_at(e->alternative, &s, at);

		longest = n > longest ? n : longest;
	}
	return longest;
}
