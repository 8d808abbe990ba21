#include "core/noise.h"

#include "core/text.h"

/* Blocks with more words are looked at only in their beginning and end. */
#define WORDS_READ_MAX ((size_t)400)

struct phrase {
	struct str *words; /* folded; "#" is any number */
	size_t n;
	bool open_start, open_end; /* any words may stand there */
};

struct phrases {
	struct phrase *v;
	size_t n, cap;
};

struct noise {
	struct phrases phrases[NOISE_N];
};

struct str noise_name(enum noise_kind kind)
{
	static const struct str names[NOISE_N] = {
		[NOISE_ADVERT] = {"advert", 6},	      [NOISE_SHARING] = {"sharing", 7},
		[NOISE_COOKIES] = {"cookies", 7},     [NOISE_NAVIGATION] = {"navigation", 10},
		[NOISE_BYLINE] = {"byline", 6},	      [NOISE_DATE] = {"date", 4},
		[NOISE_RELATED] = {"related", 7},     [NOISE_END] = {"end", 3},
		[NOISE_PUBLISHER] = {"publisher", 9},
	};

	return kind < NOISE_N ? names[kind] : STR("");
}

/* The heading of a kind's list. Dates are told by words for months. */
static struct str list_name(enum noise_kind kind)
{
	return kind == NOISE_DATE ? STR("months") : noise_name(kind);
}

/* --- reading ------------------------------------------------------------------------------ */

static void phrase_words(struct phrase *p, struct str text, struct arena *arena)
{
	struct str part;
	size_t cap = 0;

	while (str_cut(&text, ' ', &part)) {
		struct words words = text_words(part, STR(""), arena);

		if (str_eq(part, STR("#"))) {
			p->words = arena_grow(arena, p->words, &p->n, &cap, sizeof *p->words);
			p->words[p->n - 1] = part;
		}
		for (size_t i = 0; i < words.n; i++) {
			p->words = arena_grow(arena, p->words, &p->n, &cap, sizeof *p->words);
			p->words[p->n - 1] = words.v[i].text;
		}
	}
}

static bool phrase_add(struct phrases *to, struct str text, struct arena *arena)
{
	struct phrase p = {0};

	text = str_trim(text);
	if (str_starts(text, STR("*"))) {
		p.open_start = true;
		text = str_sub(text, 1, text.n);
	}
	if (str_ends(text, STR("*"))) {
		p.open_end = true;
		text = str_sub(text, 0, text.n - 1);
	}
	phrase_words(&p, text, arena);
	if (p.n == 0)
		return false;
	to->v = arena_grow(arena, to->v, &to->n, &to->cap, sizeof *to->v);
	to->v[to->n - 1] = p;
	return true;
}

static void list_read(struct phrases *to, const struct list *list, bool is_words, struct str file,
		      struct arena *arena, struct mistakes *mistakes)
{
	for (size_t i = 0; i < list->items_n; i++) {
		struct str rest = list->items[i].text;
		struct str text;

		while (str_cut(&rest, is_words ? ' ' : ',', &text))
			if (!phrase_add(to, text, arena))
				mistake_add(mistakes, file, list->items[i].line,
					    "a phrase without a word in it");
	}
}

static enum noise_kind kind_of_list(struct str title)
{
	int kind = 0;

	while (kind < NOISE_N && !str_eq(list_name((enum noise_kind)kind), title))
		kind++;
	return (enum noise_kind)kind;
}

const struct noise *noise_parse(const struct source *noise_md, struct arena *arena,
				struct mistakes *mistakes)
{
	struct noise *noise = arena_new(arena, struct noise);
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(noise_md, arena, mistakes);

	for (size_t i = 0; i < lists.n; i++) {
		enum noise_kind kind = kind_of_list(lists.v[i].title);

		if (kind == NOISE_N)
			mistake_add(mistakes, noise_md->name, lists.v[i].line,
				    "\"" STR_FMT "\" is not the name of a list",
				    STR_ARG(lists.v[i].title));
		else
			list_read(&noise->phrases[kind], &lists.v[i], kind == NOISE_DATE,
				  noise_md->name, arena, mistakes);
	}
	for (int kind = 0; kind < NOISE_N; kind++)
		if (noise->phrases[kind].n == 0)
			mistake_add(mistakes, noise_md->name, 0,
				    "no phrases under \"## " STR_FMT "\"",
				    STR_ARG(list_name((enum noise_kind)kind)));
	return mistakes->errors == errors ? noise : NULL;
}

/* --- asking ------------------------------------------------------------------------------- */

static bool is_number(struct str word)
{
	return word.n && word.p[0] >= '0' && word.p[0] <= '9';
}

static bool phrase_at(const struct phrase *p, const struct word *words)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->words[i], STR("#")) ? !is_number(words[i].text)
						  : !str_eq(p->words[i], words[i].text))
			return false;
	return true;
}

static bool phrase_is(const struct phrase *p, const struct words *words)
{
	size_t last;

	if (p->n > words->n || (p->n < words->n && !p->open_start && !p->open_end))
		return false;
	last = words->n - p->n;
	if (!p->open_start)
		return phrase_at(p, words->v);
	for (size_t at = p->open_end ? 0 : last; at <= last; at++)
		if (phrase_at(p, words->v + at))
			return true;
	return false;
}

static bool is_among(const struct phrases *phrases, const struct words *words)
{
	for (size_t i = 0; i < phrases->n; i++)
		if (phrase_is(&phrases->v[i], words))
			return true;
	return false;
}

/* 3 for "12.05.2024", which is one word. */
static size_t numbers_in(struct str word)
{
	struct str part;
	size_t n = 0;

	while (str_cut(&word, '.', &part))
		n++;
	return n;
}

/* "3 March 2024", "Mon, 03/03/2024 at 9:15 am": numbers, and words that go with them. */
static bool is_date(const struct phrases *months, const struct words *words)
{
	bool has_month = false;
	size_t numbers = 0;

	for (size_t i = 0; i < words->n; i++) {
		struct words one = {.v = &words->v[i], .n = 1};

		if (is_number(words->v[i].text))
			numbers += numbers_in(words->v[i].text);
		else if (is_among(months, &one))
			has_month = true;
		else
			return false;
	}
	return words->n <= 10 && ((has_month && numbers >= 1) || numbers >= 3);
}

enum noise_kind noise_of(const struct noise *noise, struct str plain, unsigned kinds,
			 struct arena *turn)
{
	struct words words = text_words(plain, STR(""), turn);

	if (words.n > WORDS_READ_MAX)
		words.n = WORDS_READ_MAX;
	if (words.n == 0)
		return NOISE_N;
	for (int kind = 0; kind < NOISE_N; kind++) {
		if (!(kinds & 1u << kind))
			continue;
		if (kind == NOISE_DATE ? is_date(&noise->phrases[kind], &words)
				       : is_among(&noise->phrases[kind], &words))
			return (enum noise_kind)kind;
	}
	return NOISE_N;
}
