#include "core/tongues.h"

#include <string.h>
#include <utf8proc.h>

#include "core/buf.h"
#include "core/letters.h"
#include "core/replies.h"

#define ITEM_BYTES_MAX ((size_t)64 * 1024)

/* --- scripts without blanks --------------------------------------------------------------- */

/* The code point at `at` and where the next one begins. `s` is UTF-8. */
static int32_t letter_at(struct str s, size_t at, size_t *next)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + at,
					      (utf8proc_ssize_t)(s.n - at), &c);

	*next = at + (n > 0 ? (size_t)n : 1);
	return c;
}

/* Where the first part of a word ends that is a word of its own here. */
static size_t part_end(struct str word, size_t from)
{
	size_t end, next;

	if (letter_unspaced(letter_at(word, from, &end)))
		return end;
	while (end < word.n && !letter_unspaced(letter_at(word, end, &next)))
		end = next;
	return end;
}

static struct words words_spread(const struct words *words, struct arena *turn)
{
	struct words_making making = {.from = words, .arena = turn};
	bool spread = false;

	for (size_t i = 0; i < words->n && !spread; i++)
		spread = part_end(words->v[i].text, 0) < words->v[i].text.n;
	if (!spread)
		return *words;
	for (size_t i = 0; i < words->n; i++) {
		struct str text = words->v[i].text;

		for (size_t from = 0, to; from < text.n; from = to) {
			struct word part = words->v[i];

			to = part_end(text, from);
			part.text = part.stem = str_sub(text, from, to - from);
			part.mark = from == 0 ? part.mark : MARK_NONE;
			words_add(&making, part);
		}
	}
	return words_done(&making);
}

/* What parts the words of a condition, and what is no word in it. */
static bool is_sign(int32_t c)
{
	return c == ' ' || c == '|' || c == '_' || c == '*' || c == '!';
}

/* A list's item with a "_" between letters that are words of their own, as the message has them. */
static struct str item_spread(struct str text, struct arena *arena)
{
	int32_t before = ' ';
	struct buf b;
	struct str out;

	buf_init(&b, ITEM_BYTES_MAX);
	for (size_t at = 0, next; at < text.n; at = next) {
		int32_t c = letter_at(text, at, &next);

		if (!is_sign(before) && !is_sign(c) &&
		    (letter_unspaced(before) || letter_unspaced(c)))
			buf_add_char(&b, '_');
		buf_add(&b, str_sub(text, at, next - at));
		before = c;
	}
	out = arena_str(arena, buf_str(&b));
	buf_done(&b);
	return out;
}

static struct list list_spread(const struct list *list, struct arena *arena)
{
	struct list out = *list;

	out.items = arena_array(arena, list->items_n + 1, sizeof *out.items);
	for (size_t i = 0; i < list->items_n; i++)
		out.items[i] = (struct list_item){item_spread(list->items[i].text, arena),
						  list->items[i].line};
	return out;
}

/* --- reading ------------------------------------------------------------------------------ */

struct reading {
	const struct clinic *clinic;
	struct arena *arena;
	struct mistakes *mistakes;
	struct lists lists;
	struct str file;
	struct tongue *out;
};

static struct flags flags_read(struct reading *r, struct str title)
{
	const struct list *list = lists_find(&r->lists, title);
	struct list spread;

	if (!list)
		return (struct flags){0};
	spread = list_spread(list, r->arena);
	return flags_parse(&spread, r->file, r->arena, r->mistakes);
}

static struct wordset words_read(struct reading *r, struct str title)
{
	const struct list *list = lists_find(&r->lists, title);
	struct list spread;

	if (!list)
		return (struct wordset){0};
	spread = list_spread(list, r->arena);
	return wordset_parse(&spread, r->arena);
}

static const struct list *list_needed(struct reading *r, struct str title)
{
	const struct list *list = lists_find(&r->lists, title);

	if (!list || list->text.n == 0)
		mistake_add(r->mistakes, r->file, list ? list->line : 0,
			    "nothing under \"## " STR_FMT "\"", STR_ARG(title));
	return list && list->text.n ? list : NULL;
}

static void text_read(struct reading *r, size_t level)
{
	const struct list *list = list_needed(r, urgent_headings[level].text);

	if (!list)
		return;
	urgent_text_check(level, list, r->file, r->mistakes);
	r->out->text[level] = replies_fill(list, r->file, r->clinic, r->arena, r->mistakes);
}

/* All levels in one list, so that a clause is held against it once; the most urgent come first. */
static void levels_read(struct reading *r)
{
	struct list all = {0};

	for (size_t level = URGENT_LEVELS; level-- > 0;) {
		const struct list *list = list_needed(r, urgent_headings[level].flags);

		text_read(r, level);
		if (!list || list->items_n == 0)
			continue;
		r->out->lines[level].from = list->line;
		r->out->lines[level].to = list->items[list->items_n - 1].line;
		all.items_n += list->items_n;
	}
	all.items = arena_array(r->arena, all.items_n + 1, sizeof *all.items);
	all.items_n = 0;
	for (size_t level = URGENT_LEVELS; level-- > 0;) {
		const struct list *list = lists_find(&r->lists, urgent_headings[level].flags);

		for (size_t i = 0; list && i < list->items_n; i++)
			all.items[all.items_n++] = list->items[i];
	}
	all = list_spread(&all, r->arena);
	r->out->flags = flags_parse(&all, r->file, r->arena, r->mistakes);
}

static void titles_check(const struct reading *r)
{
	static const struct str others[] = {{"not flags", 9},
					    {"hypothetical", 12},
					    {"negations", 9},
					    {"negations behind", 16},
					    {"common words", 12}};

	for (size_t i = 0; i < r->lists.n; i++) {
		bool known = false;

		for (size_t k = 0; k < URGENT_LEVELS; k++)
			known = known || str_eq(r->lists.v[i].title, urgent_headings[k].text) ||
				str_eq(r->lists.v[i].title, urgent_headings[k].flags);
		for (size_t k = 0; k < sizeof others / sizeof *others; k++)
			known = known || str_eq(r->lists.v[i].title, others[k]);
		if (!known)
			mistake_add(r->mistakes, r->file, r->lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(r->lists.v[i].title));
	}
}

static bool is_code(struct str code)
{
	for (size_t i = 0; i < code.n; i++)
		if ((code.p[i] < 'a' || code.p[i] > 'z') && code.p[i] != '-')
			return false;
	return code.n >= 2 && code.n <= TONGUE_CODE_MAX;
}

bool tongue_is_file(struct str name)
{
	return str_starts(name, STR(TONGUES_FOLDER)) && str_ends(name, STR(".md"));
}

void tongues_add(struct tongues *tongues, const struct source *source, const struct clinic *clinic,
		 struct arena *arena, struct mistakes *mistakes)
{
	struct reading r = {
		.clinic = clinic, .arena = arena, .mistakes = mistakes, .file = source->name};
	struct str code = str_sub(source->name, sizeof TONGUES_FOLDER - 1, source->name.n);
	struct tongue tongue = {0};

	code.n -= sizeof ".md" - 1;
	if (!is_code(code))
		mistake_add(mistakes, source->name, 0,
			    "the name is not the code of a language, like es.md or zh-hant.md");
	tongue.code = arena_str(arena, code);
	r.out = &tongue;
	r.lists = lists_parse(source, arena, mistakes);
	titles_check(&r);
	levels_read(&r);
	tongue.idioms = flags_read(&r, STR("not flags"));
	tongue.hypothetical = flags_read(&r, STR("hypothetical"));
	tongue.lexicon.negations = words_read(&r, STR("negations"));
	tongue.lexicon.negations_behind = words_read(&r, STR("negations behind"));
	list_needed(&r, STR("common words"));
	tongue.common = words_read(&r, STR("common words"));
	tongues->v = arena_grow(arena, tongues->v, &tongues->n, &tongues->cap, sizeof *tongues->v);
	tongues->v[tongues->n - 1] = tongue;
}

const struct tongue *tongue_of(const struct tongues *tongues, struct str code)
{
	for (size_t i = 0; i < tongues->n; i++)
		if (str_eq(tongues->v[i].code, code))
			return &tongues->v[i];
	return NULL;
}

/* --- finding ------------------------------------------------------------------------------ */

static enum urgent_level level_of_line(const struct tongue *tongue, unsigned line)
{
	for (int i = URGENT_LEVELS - 1; i >= 0; i--)
		if (line > tongue->lines[i].from && line <= tongue->lines[i].to)
			return URGENT_SAME_DAY + (enum urgent_level)i;
	return URGENT_NONE;
}

static enum urgent_level clause_level(const struct tongue *tongue, const struct words *words,
				      size_t from, size_t to, struct arena *turn)
{
	struct words clause = {.v = words->v + from, .n = to - from};
	unsigned line = flags_match(&tongue->flags, &tongue->lexicon, &clause, 0, clause.n, NULL);
	enum urgent_level level;
	bool *hidden;

	if (line == 0)
		return URGENT_NONE;
	hidden = arena_array(turn, clause.n + 1, sizeof *hidden);
	if (flags_cover(&tongue->idioms, &clause, hidden))
		line = flags_match(&tongue->flags, &tongue->lexicon, &clause, 0, clause.n, hidden);
	level = level_of_line(tongue, line);
	if (level == URGENT_SAME_DAY &&
	    flags_match(&tongue->hypothetical, NULL, &clause, 0, clause.n, NULL))
		return URGENT_NONE;
	return level;
}

static enum urgent_level tongue_level(const struct tongue *tongue, const struct words *words,
				      struct arena *turn)
{
	enum urgent_level highest = URGENT_NONE;

	for (size_t from = 0, to; from < words->n; from = to) {
		enum urgent_level level;

		for (to = from + 1; to < words->n; to++)
			if (words->v[to].clause != words->v[from].clause)
				break;
		level = clause_level(tongue, words, from, to, turn);
		if (level > highest)
			highest = level;
	}
	return highest;
}

static size_t common_words(const struct tongue *tongue, const struct words *words)
{
	size_t n = 0;

	for (size_t i = 0; i < words->n; i++)
		n += wordset_has(&tongue->common, words->v[i].text);
	return n;
}

struct tongue_found tongues_find(const struct tongues *tongues, const struct words *written,
				 struct arena *turn)
{
	struct words words = words_spread(written, turn);
	struct tongue_found found = {.level = URGENT_NONE};
	size_t common_most = 0;

	for (size_t i = 0; i < tongues->n; i++) {
		const struct tongue *tongue = &tongues->v[i];
		enum urgent_level level = tongue_level(tongue, &words, turn);
		size_t common;

		if (level == URGENT_NONE)
			continue;
		common = common_words(tongue, &words);
		if (!found.tongue || common > common_most) {
			found.tongue = tongue;
			common_most = common;
		}
		if (level > found.level)
			found.level = level;
	}
	return found;
}
