#include <stdlib.h>
#include <string.h>

#include "core/concepts_inside.h"

#define NAME_MAX_BYTES 40
#define TITLE_MAX_BYTES 60
#define ENTRY_MAX_BYTES 120

/* An entry while the file is read. */
struct draft {
	struct str text; /* "hot_tub", without the "*" */
	struct str first;
	uint16_t concept;
	uint8_t words;
	bool any_ending;
	unsigned line;
};

struct reading {
	struct concepts *out;
	struct arena *arena;
	struct arena scratch; /* the drafts, until the table is built */
	struct mistakes *mistakes;
	struct str file;
	struct draft *drafts;
	size_t drafts_n, drafts_cap, concepts_cap;
	size_t of_concept; /* entries of the last concept */
	bool too_many;
	bool skips; /* lines that go on with a concept which was no good */
};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool name_is_good(struct str name)
{
	if (name.n == 0 || name.n > NAME_MAX_BYTES || !is_letter(name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!is_letter(name.p[i]) && !is_digit(name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

static bool entry_wrong(struct reading *r, struct str entry, unsigned line, const char *what)
{
	mistake_add(r->mistakes, r->file, line, "\"" STR_FMT "\" %s", STR_ARG(entry), what);
	return false;
}

/* Whether it is words of a to z and digits, with one "_" between them: most are, and reading text
 * takes ten times as long. */
static bool is_plainly_folded(struct str text)
{
	bool parted = true;

	for (size_t i = 0; i < text.n; i++) {
		bool parts = text.p[i] == '_';

		if (parts ? parted : !is_letter(text.p[i]) && !is_digit(text.p[i]))
			return false;
		parted = parts;
	}
	return !parted;
}

/* The entry as its words are compared: "Can't_sleep" is "cant_sleep". Empty when it has none. */
static struct str entry_folded(struct reading *r, struct str text)
{
	char *spaced = arena_cstr(&r->scratch, text);
	struct words words;
	char *folded;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		if (spaced[i] == '_')
			spaced[i] = ' ';
	words = text_words((struct str){spaced, text.n}, STR(""), &r->scratch);
	for (size_t i = 0; i < words.n; i++)
		n += words.v[i].text.n + 1;
	folded = arena_alloc(&r->scratch, n + 1);
	n = 0;
	for (size_t i = 0; i < words.n; i++) {
		if (i)
			folded[n++] = '_';
		memcpy(folded + n, words.v[i].text.p, words.v[i].text.n);
		n += words.v[i].text.n;
	}
	return (struct str){folded, n};
}

static bool entry_is_folded(struct reading *r, struct str entry, struct str text, unsigned line)
{
	struct str folded;

	if (is_plainly_folded(text))
		return true;
	folded = entry_folded(r, text);
	if (folded.n == 0)
		return entry_wrong(r, entry, line, "has no word in it");
	if (str_find(text, STR("*")) >= 0)
		return entry_wrong(r, entry, line, "has a * that is not at its end");
	if (str_eq(folded, text))
		return true;
	mistake_add(r->mistakes, r->file, line, "\"" STR_FMT "\" is written \"" STR_FMT "%s\" here",
		    STR_ARG(entry), STR_ARG(folded), text.n < entry.n ? "*" : "");
	return false;
}

static bool entry_parse(struct reading *r, struct str entry, unsigned line, struct draft *out)
{
	bool any_ending = str_ends(entry, STR("*"));
	struct str text = str_sub(entry, 0, entry.n - any_ending);
	struct str rest = text;
	struct str last = {0};
	size_t words = 0;

	if (!entry_is_folded(r, entry, text, line))
		return false;
	while (str_cut(&rest, '_', &last))
		if (words++ == 0)
			out->first = last;
	if (words > CONCEPT_WORDS_MAX || text.n > ENTRY_MAX_BYTES)
		return entry_wrong(r, entry, line, "is too long");
	if (any_ending && last.n < PREFIX_MIN_BYTES)
		return entry_wrong(r, entry, line,
				   "fits too much: at least 3 letters before the *");
	out->text = text;
	out->words = (uint8_t)words;
	out->any_ending = any_ending;
	return true;
}

static void entry_read(struct reading *r, struct str entry, unsigned line)
{
	struct draft draft = {.concept = (uint16_t)(r->out->n - 1), .line = line};

	r->of_concept++;
	if (!entry_parse(r, entry, line, &draft))
		return;
	if (r->drafts_n == CONCEPT_ENTRIES_MAX) {
		if (!r->too_many)
			mistake_add(r->mistakes, r->file, line, "more than %d entries",
				    CONCEPT_ENTRIES_MAX);
		r->too_many = true;
		return;
	}
	r->drafts =
		arena_grow(&r->scratch, r->drafts, &r->drafts_n, &r->drafts_cap, sizeof *r->drafts);
	r->drafts[r->drafts_n - 1] = draft;
}

static void entries_read(struct reading *r, struct str text, unsigned line)
{
	for (size_t i = 0; i < text.n;) {
		size_t from = i;

		while (i < text.n && text.p[i] != ' ' && text.p[i] != '\t')
			i++;
		if (i > from)
			entry_read(r, str_sub(text, from, i - from), line);
		i++;
	}
}

/* "name" or "name (title)". */
static bool head_read(struct reading *r, struct str head, unsigned line, struct concept *out)
{
	ptrdiff_t open = str_find(head, STR("("));
	struct str name = str_trim(open < 0 ? head : str_sub(head, 0, (size_t)open));
	struct str title = {0};
	size_t same;

	for (; name.n && strchr("~+!", name.p[0]); name = str_sub(name, 1, name.n)) {
		out->general = out->general || name.p[0] == '~';
		out->beside = out->beside || name.p[0] == '+';
		out->desk = out->desk || name.p[0] == '!';
	}
	if (!name_is_good(name)) {
		mistake_add(r->mistakes, r->file, line,
			    "\"" STR_FMT "\" is no name: a letter, then letters, digits and _, all "
			    "small, at most %d",
			    STR_ARG(name), NAME_MAX_BYTES);
		return false;
	}
	same = concepts_named(r->out, name);
	if (same != CONCEPT_NONE) {
		mistake_add(r->mistakes, r->file, line,
			    "\"" STR_FMT "\" is the name of the concept in line %u too",
			    STR_ARG(name), r->out->v[same].line);
		return false;
	}
	if (open >= 0) {
		title = str_sub(head, (size_t)open + 1, head.n);
		title = str_ends(title, STR(")")) ? str_trim(str_sub(title, 0, title.n - 1))
						  : (struct str){0};
		if (title.n == 0 || title.n > TITLE_MAX_BYTES) {
			mistake_add(r->mistakes, r->file, line,
				    "a title is written (like this), with at most %d letters",
				    TITLE_MAX_BYTES);
			return false;
		}
	}
	out->name = arena_str(r->arena, name);
	out->title = arena_str(r->arena, title.n ? title : name);
	for (char *p = (char *)(uintptr_t)out->title.p; title.n == 0 && *p; p++)
		if (*p == '_')
			*p = ' ';
	out->question = str_starts(name, STR("q_"));
	out->line = line;
	return true;
}

static void concept_end(struct reading *r)
{
	const struct concept *last = r->out->n ? &r->out->v[r->out->n - 1] : NULL;

	if (last && r->of_concept == 0)
		mistake_add(r->mistakes, r->file, last->line, "\"" STR_FMT "\" has no words",
			    STR_ARG(last->name));
}

static void concept_read(struct reading *r, struct str text, unsigned line)
{
	struct concepts *out = r->out;
	struct concept concept = {0};
	struct str rest = text;
	struct str head;

	r->skips = true;
	if (!str_cut(&rest, ':', &head) || head.n == text.n) {
		mistake_add(
			r->mistakes, r->file, line,
			"a concept is written \"name: words\"; a line that goes on with the one "
			"above begins with a blank");
		return;
	}
	r->skips = !head_read(r, str_trim(head), line, &concept);
	if (r->skips)
		return;
	if (out->n == CONCEPTS_MAX) {
		if (!r->too_many)
			mistake_add(r->mistakes, r->file, line, "more than %d concepts",
				    CONCEPTS_MAX);
		r->too_many = r->skips = true;
		return;
	}
	concept_end(r);
	out->v = arena_grow(r->arena, out->v, &out->n, &r->concepts_cap, sizeof *out->v);
	out->v[out->n - 1] = concept;
	r->of_concept = 0;
	entries_read(r, rest, line);
}

static void lines_read(struct reading *r, struct str rest)
{
	const struct str bom = STR("\xef\xbb\xbf");
	unsigned line = 0;
	struct str raw;

	if (str_starts(rest, bom))
		rest = str_sub(rest, bom.n, rest.n);
	while (str_cut(&rest, '\n', &raw)) {
		struct str text = str_trim(raw);

		line++;
		if (text.n == 0 || text.p[0] == '#')
			continue;
		if (raw.p[0] != ' ' && raw.p[0] != '\t')
			concept_read(r, text, line);
		else if (r->out->n && !r->skips)
			entries_read(r, text, line);
		else if (!r->skips)
			mistake_add(r->mistakes, r->file, line,
				    "this line goes on with a concept, and there is none above it");
	}
	concept_end(r);
}

/* --- building ----------------------------------------------------------------------------- */

static int compare_groups(const struct draft *a, const struct draft *b)
{
	int order = str_compare(a->first, b->first);

	return order ? order
		     : is_prefix(a->words, a->any_ending) - is_prefix(b->words, b->any_ending);
}

static int compare_entries(const struct draft *a, const struct draft *b)
{
	int order = compare_groups(a, b);

	if (order)
		return order;
	if (a->words != b->words)
		return b->words - a->words;
	order = str_compare(a->text, b->text);
	if (order)
		return order;
	return a->any_ending != b->any_ending ? a->any_ending - b->any_ending
					      : a->concept - b->concept;
}

static int compare_drafts(const void *x, const void *y)
{
	const struct draft *a = x, *b = y;
	int order = compare_entries(a, b);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void doubles_tell(struct reading *r)
{
	for (size_t i = 1; i < r->drafts_n; i++) {
		const struct draft *d = &r->drafts[i];

		if (compare_entries(d - 1, d) == 0)
			mistake_add(r->mistakes, r->file, d->line,
				    "\"" STR_FMT "%s\" stands twice in \"" STR_FMT "\"",
				    STR_ARG(d->text), d->any_ending ? "*" : "",
				    STR_ARG(r->out->v[d->concept].name));
	}
}

static void slots_fill(struct concepts *c, size_t groups, struct arena *arena)
{
	bool begins = true;

	for (c->slots_n = 2; c->slots_n < 2 * groups;)
		c->slots_n *= 2;
	c->slots = arena_array(arena, c->slots_n, sizeof *c->slots);
	for (size_t i = 0; i < c->entries_n; i++) {
		const struct concept_entry *e = &c->entries[i];
		struct str first = str_sub(entry_text(c, e), 0, e->first_n);
		size_t slot = group_hash(first, is_prefix(e->words, e->any_ending), 0);

		if (begins) {
			while (c->slots[slot & (c->slots_n - 1)])
				slot++;
			c->slots[slot & (c->slots_n - 1)] = (uint32_t)i + 1;
		}
		begins = e->group_ends;
	}
}

static void table_build(struct reading *r)
{
	struct concepts *c = r->out;
	size_t bytes = 0;
	size_t groups = 0;
	char *texts;

	for (size_t i = 0; i < r->drafts_n; i++)
		bytes += r->drafts[i].text.n;
	c->texts = texts = arena_alloc(r->arena, bytes + 1);
	c->entries = arena_array(r->arena, r->drafts_n, sizeof *c->entries);
	c->entries_n = r->drafts_n;
	bytes = 0;
	for (size_t i = 0; i < r->drafts_n; i++) {
		const struct draft *d = &r->drafts[i];

		c->entries[i] = (struct concept_entry){
			.text = (uint32_t)bytes,
			.concept = d->concept,
			.n = (uint8_t)d->text.n,
			.first_n = (uint8_t)d->first.n,
			.words = d->words,
			.any_ending = d->any_ending,
			.group_ends = i + 1 == r->drafts_n || compare_groups(d, d + 1) != 0,
		};
		memcpy(texts + bytes, d->text.p, d->text.n);
		bytes += d->text.n;
		groups += c->entries[i].group_ends;
	}
	slots_fill(c, groups, r->arena);
}

bool concepts_parse(const struct source *concepts_txt, struct arena *arena, struct concepts *out,
		    struct mistakes *mistakes)
{
	struct reading r = {
		.out = out, .arena = arena, .mistakes = mistakes, .file = concepts_txt->name};
	size_t errors = mistakes->errors;
	unsigned bad = text_bad_line(concepts_txt->text);

	*out = (struct concepts){0};
	if (bad) {
		mistake_add(mistakes, r.file, bad, "this is not UTF-8 text");
		return false;
	}
	arena_init(&r.scratch);
	lines_read(&r, concepts_txt->text);
	if (r.drafts_n)
		qsort(r.drafts, r.drafts_n, sizeof *r.drafts, compare_drafts);
	doubles_tell(&r);
	if (out->n == 0 && mistakes->errors == errors)
		mistake_add(mistakes, r.file, 0, "there is no concept in it");
	if (mistakes->errors == errors)
		table_build(&r);
	arena_done(&r.scratch);
	return mistakes->errors == errors;
}
