#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/flags_inside.h"

#define NUMBER_FROM 5

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
	if (words.n == 1 && !memchr(text.p, '$', text.n))
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

	if (str_ends(rest, STR("_$"))) {
		out->at_end = true;
		rest.n -= 2;
	}
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

static uint16_t alternative_start(const struct alternative *a)
{
	struct str word = a->parts[0].word;
	bool open = a->any_ending && a->parts_n == 1 && word.n < 2;

	return word.n == 0 || open ? 0 : start_of(word);
}

static size_t parts_count(struct str text, char apart)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == apart;
	return n;
}

static bool condition_parse(struct reading *r, struct str text, struct condition *out)
{
	struct str rest = text;
	struct str one;

	if (str_starts(rest, STR("!"))) {
		out->absent = true;
		rest = str_sub(rest, 1, rest.n);
	}
	if (rest.n == 0 || str_ends(rest, STR("|")))
		return wrong(r, "an empty alternative", text);
	out->v = arena_array(r->arena, parts_count(rest, '|'), sizeof *out->v);
	while (str_cut(&rest, '|', &one)) {
		struct alternative *a = &out->v[out->n++];

		if (!alternative_parse(r, one, a))
			return false;
		a->start = alternative_start(a);
	}
	return true;
}

static uint8_t condition_bit(const struct flag *flag, size_t condition)
{
	if (flag->v[condition].absent)
		return 0;
	return (uint8_t)(1u << (condition < CHAR_BIT ? condition : CHAR_BIT - 1));
}

static bool flag_parse(struct reading *r, struct str text, struct flag *out)
{
	struct str rest = text;
	struct str one;
	bool present = false;

	out->line = r->line;
	out->v = arena_array(r->arena, parts_count(text, ' '), sizeof *out->v);
	while (str_cut(&rest, ' ', &one)) {
		if (one.n == 0)
			continue;
		if (!condition_parse(r, one, &out->v[out->n++]))
			return false;
		present = present || !out->v[out->n - 1].absent;
	}
	for (size_t i = 0; i < out->n; i++)
		out->needed |= condition_bit(out, i);
	return present || wrong(r, "no condition that must be met", text);
}

/* --- finding them by a word --------------------------------------------------------------- */

static bool is_prefix(const struct alternative *a)
{
	return a->any_ending && a->parts_n == 1 && a->parts[0].word.n;
}

static uint32_t alternative_key(const struct alternative *a)
{
	struct str word = a->parts[0].word;
	uint64_t hash = FLAG_HASH;

	if (word.n == 0)
		return FLAG_KEY_NUMBER;
	for (size_t i = 0; i < word.n; i++)
		hash = flag_hash(hash, word.p[i]);
	return flag_key(hash, is_prefix(a));
}

static int compare_entries(const void *a, const void *b)
{
	const struct flag_entry *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static size_t alternatives_count(const struct flags *flags)
{
	size_t n = 0;

	for (size_t i = 0; i < flags->n; i++)
		for (size_t k = 0; k < flags->v[i].n; k++)
			n += flags->v[i].v[k].n;
	return n;
}

/* How the words begin that the alternative may begin with. */
static void starts_read(struct flags *flags, const struct alternative *a)
{
	struct str word = a->parts[0].word;

	if (is_prefix(a))
		flags->prefixes |= prefix_bit(word.n);
	if (word.n == 0)
		flags->numbers = true;
	else if (a->start == 0)
		memset(flags->starts, 0xff, sizeof flags->starts);
	else
		start_add(flags->starts, a->start);
}

static size_t entries_read(struct flags *flags, struct flag_entry *out)
{
	size_t n = 0;

	for (size_t i = 0; i < flags->n; i++)
		for (size_t k = 0; k < flags->v[i].n; k++)
			for (size_t m = 0; m < flags->v[i].v[k].n; m++) {
				const struct alternative *a = &flags->v[i].v[k].v[m];

				out[n++] =
					(struct flag_entry){.key = alternative_key(a),
							    .flag = (uint16_t)i,
							    .bit = condition_bit(&flags->v[i], k),
							    .needed = flags->v[i].needed,
							    .alternative = a};
				starts_read(flags, a);
			}
	return n;
}

static void entries_build(struct flags *flags, struct arena *arena)
{
	size_t count = alternatives_count(flags);
	struct flag_entry *entries = arena_array(arena, count + 1, sizeof *entries);
	size_t n = entries_read(flags, entries);
	struct flag_slot *slots;

	qsort(entries, n, sizeof *entries, compare_entries);
	for (flags->slots_n = 2; flags->slots_n < 2 * n; flags->slots_n *= 2)
		;
	slots = arena_array(arena, flags->slots_n, sizeof *slots);
	for (size_t i = 0; i < n; i++) {
		size_t slot = entries[i].key & (flags->slots_n - 1);

		entries[i].last = i + 1 == n || entries[i + 1].key != entries[i].key;
		if (i && entries[i - 1].key == entries[i].key)
			continue;
		while (slots[slot].place)
			slot = (slot + 1) & (flags->slots_n - 1);
		slots[slot] = (struct flag_slot){entries[i].key, (uint32_t)i + 1};
	}
	flags->entries = entries;
	flags->slots = slots;
}

struct flags flags_parse(const struct list *list, struct str file, struct arena *arena,
			 struct mistakes *mistakes)
{
	struct reading r = {.arena = arena, .mistakes = mistakes, .file = file};
	struct flags flags = {0};
	struct flag *v = NULL;
	size_t n = 0, cap = 0;

	arena_init(&r.scratch);
	for (size_t i = 0; list && i < list->items_n; i++) {
		struct flag flag = {0};

		r.line = list->items[i].line;
		if (n == FLAGS_MAX) {
			mistake_add(mistakes, file, r.line, "more than %d lines in a list",
				    FLAGS_MAX);
			break;
		}
		if (!flag_parse(&r, list->items[i].text, &flag))
			continue;
		v = arena_grow(arena, v, &n, &cap, sizeof *v);
		v[n - 1] = flag;
	}
	arena_done(&r.scratch);
	flags.v = v;
	flags.n = n;
	entries_build(&flags, arena);
	return flags;
}
