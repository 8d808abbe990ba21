#include "core/flags.h"

#define PHRASE_WORDS_MAX 10
#define NEGATION_REACH 3
#define NUMBER_FROM 5

struct part {
	struct str word; /* empty: a number from `low` to `high` */
	uint64_t low, high;
};

struct alternative {
	const struct part *parts;
	uint16_t start; /* the first two bytes of what it begins with; 0: any */
	uint8_t parts_n;
	bool any_ending; /* of the last part */
};

struct condition {
	struct alternative *v;
	size_t n;
	bool absent; /* must not be met */
};

struct flag {
	struct condition *v;
	size_t n;
	unsigned line;
};

struct reading {
	struct arena *arena;
	struct arena scratch; /* for one part at a time */
	struct mistakes *mistakes;
	struct str file;
	unsigned line;
};

/* --- reading ------------------------------------------------------------------------------ */

static bool wrong(struct reading *r, const char *what, struct str about)
{
	mistake_add(r->mistakes, r->file, r->line, "%s: \"" STR_FMT "\"", what, STR_ARG(about));
	return false;
}

/* "#" or "#1-17". */
static bool number_parse(struct str text, struct part *out)
{
	struct str rest = str_sub(text, 1, text.n);
	struct str low;

	out->low = NUMBER_FROM;
	out->high = UINT64_MAX;
	if (rest.n == 0)
		return true;
	return str_cut(&rest, '-', &low) && str_to_u64(low, &out->low) &&
	       str_to_u64(rest, &out->high) && out->low <= out->high;
}

static bool part_parse(struct reading *r, struct str text, struct part *out)
{
	struct words words;

	if (str_starts(text, STR("#")))
		return number_parse(text, out);
	words = text_words(text, STR(""), &r->scratch);
	if (words.n == 1)
		out->word = arena_str(r->arena, words.v[0].text);
	arena_reset(&r->scratch);
	return out->word.n > 0;
}

static bool alternative_parse(struct reading *r, struct str text, struct alternative *out)
{
	struct part parts[PHRASE_WORDS_MAX] = {0};
	struct part *kept;
	struct str rest = text;
	struct str part;

	if (str_ends(rest, STR("*"))) {
		out->any_ending = true;
		rest.n--;
	}
	if (str_ends(rest, STR("_")))
		return wrong(r, "a phrase that ends in _", text);
	while (str_cut(&rest, '_', &part)) {
		if (out->parts_n == PHRASE_WORDS_MAX || !part_parse(r, part, &parts[out->parts_n]))
			return wrong(r,
				     "not a word, a word with * at its end, a number like # or "
				     "#1-17, or such joined by _",
				     text);
		out->parts_n++;
	}
	kept = arena_array(r->arena, out->parts_n, sizeof *kept);
	for (size_t i = 0; i < out->parts_n; i++)
		kept[i] = parts[i];
	out->parts = kept;
	return out->parts_n > 0 || wrong(r, "an empty alternative", text);
}

/* A word's first two bytes. Hundreds of flags are held against every clause: most alternatives are
 * ruled out by looking whether any word there begins as they do. */
static uint16_t start_of(struct str word)
{
	return (uint16_t)((unsigned char)word.p[0] << 8 |
			  (word.n > 1 ? (unsigned char)word.p[1] : 0));
}

static uint16_t alternative_start(const struct alternative *a)
{
	struct str word = a->parts[0].word;
	bool open = a->any_ending && a->parts_n == 1 && word.n < 2;

	return word.n == 0 || open ? 0 : start_of(word);
}

static bool condition_parse(struct reading *r, struct str text, struct condition *out)
{
	struct str rest = text;
	struct str one;
	size_t cap = 0;

	if (str_starts(rest, STR("!"))) {
		out->absent = true;
		rest = str_sub(rest, 1, rest.n);
	}
	if (rest.n == 0 || str_ends(rest, STR("|")))
		return wrong(r, "an empty alternative", text);
	while (str_cut(&rest, '|', &one)) {
		out->v = arena_grow(r->arena, out->v, &out->n, &cap, sizeof *out->v);
		if (!alternative_parse(r, one, &out->v[out->n - 1]))
			return false;
		out->v[out->n - 1].start = alternative_start(&out->v[out->n - 1]);
	}
	return true;
}

static bool flag_parse(struct reading *r, struct str text, struct flag *out)
{
	struct str rest = text;
	struct str one;
	size_t cap = 0;
	bool present = false;

	out->line = r->line;
	while (str_cut(&rest, ' ', &one)) {
		if (one.n == 0)
			continue;
		out->v = arena_grow(r->arena, out->v, &out->n, &cap, sizeof *out->v);
		if (!condition_parse(r, one, &out->v[out->n - 1]))
			return false;
		present = present || !out->v[out->n - 1].absent;
	}
	return present || wrong(r, "no condition that must be met", text);
}

struct flags flags_parse(const struct list *list, struct str file, struct arena *arena,
			 struct mistakes *mistakes)
{
	struct reading r = {.arena = arena, .mistakes = mistakes, .file = file};
	struct flag *v = NULL;
	size_t n = 0, cap = 0;

	arena_init(&r.scratch);
	for (size_t i = 0; list && i < list->items_n; i++) {
		struct flag flag = {0};

		r.line = list->items[i].line;
		if (!flag_parse(&r, list->items[i].text, &flag))
			continue;
		v = arena_grow(arena, v, &n, &cap, sizeof *v);
		v[n - 1] = flag;
	}
	arena_done(&r.scratch);
	return (struct flags){v, n};
}

/* --- matching ----------------------------------------------------------------------------- */

#define STARTS 1024

struct span {
	const struct words *words;
	const struct lexicon *lexicon; /* NULL: negations do not matter */
	const bool *hidden;
	size_t from, to;
	uint64_t starts[STARTS / 64]; /* how its words begin, hashed */
};

static size_t start_slot(uint16_t start)
{
	return (size_t)(start * 40503u >> 6) % STARTS; /* Knuth's multiplicative hash, 16 bits */
}

static struct span span_of(const struct words *words, const struct lexicon *lexicon,
			   const bool *hidden, size_t from, size_t to)
{
	struct span s = {
		.words = words, .lexicon = lexicon, .hidden = hidden, .from = from, .to = to};

	for (size_t i = from; i < to; i++) {
		size_t slot = start_slot(start_of(words->v[i].text));

		s.starts[slot / 64] |= (uint64_t)1 << slot % 64;
	}
	return s;
}

static bool may_stand(const struct alternative *a, const struct span *s)
{
	size_t slot = start_slot(a->start);

	return a->start == 0 || (s->starts[slot / 64] >> slot % 64 & 1);
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
	return a->parts_n;
}

static bool holds_negation(const struct alternative *a, const struct lexicon *lexicon)
{
	for (size_t i = 0; i < a->parts_n; i++)
		if (wordset_has(&lexicon->negations, a->parts[i].word))
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

/* Looks back from the match: to a comma ("no rash, throat closing"), and to a negation that belongs to
 * the flag, behind which another one says nothing ("no, cant breathe"). */
static bool is_negated(const struct flag *flag, const struct alternative *a, const struct span *s,
		       size_t at)
{
	size_t reach = NEGATION_REACH;

	if (!s->lexicon || holds_negation(a, s->lexicon))
		return false;
	for (size_t i = at; i > s->from && reach > 0 && !s->words->v[i].comma; reach--) {
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
	for (size_t at = s->from; at < s->to; at++)
		if (alternative_at(a, s, at) && (c->absent || !is_negated(flag, a, s, at)))
			return true;
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

unsigned flags_match(const struct flags *flags, const struct lexicon *lexicon,
		     const struct words *words, size_t from, size_t to, const bool *hidden)
{
	struct span s = span_of(words, lexicon, hidden, from, to);

	for (size_t i = 0; i < flags->n; i++)
		if (flag_met(&flags->v[i], &s))
			return flags->v[i].line;
	return 0;
}

static bool alternative_cover(const struct alternative *a, const struct span *s, bool *covered)
{
	bool any = false;

	for (size_t at = 0; may_stand(a, s) && at < s->to; at++) {
		size_t n = alternative_at(a, s, at);

		for (size_t i = 0; i < n; i++)
			covered[at + i] = true;
		any = any || n > 0;
	}
	return any;
}

bool flags_cover(const struct flags *flags, const struct words *words, bool *covered)
{
	struct span s = span_of(words, NULL, NULL, 0, words->n);
	bool any = false;

	for (size_t i = 0; i < flags->n; i++)
		for (size_t k = 0; k < flags->v[i].n; k++)
			for (size_t m = 0; m < flags->v[i].v[k].n; m++)
				any |= alternative_cover(&flags->v[i].v[k].v[m], &s, covered);
	return any;
}

size_t flags_longest(const struct flags *flags, const struct words *words, size_t at)
{
	struct span s = {.words = words, .to = words->n};
	uint16_t start = start_of(words->v[at].text);
	size_t longest = 0;

	for (size_t i = 0; i < flags->n; i++)
		for (size_t k = 0; k < flags->v[i].n; k++)
			for (size_t m = 0; m < flags->v[i].v[k].n; m++) {
				const struct alternative *a = &flags->v[i].v[k].v[m];
				size_t n = a->start && a->start != start
						   ? 0
						   : alternative_at(a, &s, at);

				longest = n > longest ? n : longest;
			}
	return longest;
}
