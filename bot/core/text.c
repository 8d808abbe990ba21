#include "core/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/letters.h"

/* The next code point at `*at`, or -1 for a byte that is not UTF-8; moves on. */
static utf8proc_int32_t codepoint_next(struct str s, size_t *at)
{
	utf8proc_int32_t c;
	utf8proc_ssize_t n;

	if ((unsigned char)s.p[*at] < 0x80)
		return s.p[(*at)++];
	n = utf8proc_iterate((const utf8proc_uint8_t *)s.p + *at, (utf8proc_ssize_t)(s.n - *at),
			     &c);
	if (n <= 0) {
		(*at)++;
		return -1;
	}
	*at += (size_t)n;
	return c;
}

bool text_is_utf8(struct str s)
{
	for (size_t at = 0; at < s.n;)
		if (codepoint_next(s, &at) < 0)
			return false;
	return true;
}

unsigned text_bad_line(struct str s)
{
	unsigned line = 1;

	for (size_t at = 0; at < s.n;) {
		utf8proc_int32_t c = codepoint_next(s, &at);

		if (c <= 0)
			return line;
		line += c == '\n';
	}
	return 0;
}

size_t text_length(struct str s)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n; n++)
		codepoint_next(s, &at);
	return n;
}

struct str text_repair(struct str s, struct arena *arena)
{
	const struct str replacement = STR("\xef\xbf\xbd"); /* U+FFFD */
	char *p;
	size_t n = 0;

	if (text_is_utf8(s))
		return s;
	p = arena_alloc(arena, s.n * replacement.n + 1);
	for (size_t at = 0; at < s.n;) {
		size_t from = at;

		if (codepoint_next(s, &at) < 0) {
			memcpy(p + n, replacement.p, replacement.n);
			n += replacement.n;
		} else {
			memcpy(p + n, s.p + from, at - from);
			n += at - from;
		}
	}
	return (struct str){p, n};
}

static struct str plain_letters(struct str s, struct arena *arena)
{
	/* No letter's plain form takes more bytes than the letter. */
	char *p = arena_alloc(arena, s.n + 1);
	size_t n = 0;

	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		utf8proc_int32_t c = codepoint_next(s, &at);
		utf8proc_int32_t plain = letter_plain(c);

		if (plain == c) {
			memcpy(p + n, s.p + from, at - from);
			n += at - from;
		} else if (plain) {
			n += (size_t)utf8proc_encode_char(plain, (utf8proc_uint8_t *)p + n);
		}
	}
	return (struct str){p, n};
}

static bool is_accent(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	return (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
		category == UTF8PROC_CATEGORY_ME) &&
	       !letter_mark_counts(c);
}

/* One pass of utf8proc over valid UTF-8: taken apart, accents left out, composed again. */
static struct str normalise(struct str s, struct arena *arena)
{
	const utf8proc_option_t apart = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
					UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	const utf8proc_option_t together = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
	const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)s.p;
	utf8proc_ssize_t n, kept = 0;
	utf8proc_int32_t *v;

	if (s.n == 0)
		return s;
	n = utf8proc_decompose(from, (utf8proc_ssize_t)s.n, NULL, 0, apart);
	if (n < 0)
		out_of_memory(); /* valid UTF-8 fails for nothing else */
	v = arena_array(arena, (size_t)n + 1, sizeof *v);
	utf8proc_decompose(from, (utf8proc_ssize_t)s.n, v, n, apart);
	for (utf8proc_ssize_t i = 0; i < n; i++)
		if (!is_accent(v[i]))
			v[kept++] = v[i];
	n = utf8proc_reencode(v, kept, together);
	return (struct str){(const char *)v, (size_t)n};
}

/* Most messages hold nothing but ASCII, which folds byte by byte. */
static bool fold_ascii(struct str s, struct arena *arena, struct str *out)
{
	char *p;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	p = arena_alloc(arena, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		bool capital = s.p[i] >= 'A' && s.p[i] <= 'Z';

		p[i] = capital ? (char)(s.p[i] + ('a' - 'A')) : s.p[i] == '`' ? '\'' : s.p[i];
	}
	*out = (struct str){p, s.n};
	return true;
}

struct str text_fold(struct str s, struct arena *arena)
{
	struct str once;

	if (fold_ascii(s, arena, &once))
		return once;
	once = plain_letters(text_repair(s, arena), arena);
	/* Folding case can make new marks or compositions: until nothing moves, at most thrice. */
	for (int pass = 0; pass < 3; pass++) {
		struct str again = normalise(once, arena);

		if (str_eq(again, once))
			break;
		once = again;
	}
	return plain_letters(once, arena);
}

enum character {
	IN_WORD,
	APOSTROPHE,
	PICTOGRAPH,
	BLANK,
	LINE_END,
	ASKS,
	ENDS,
	BREAKS,
	OPENS,
	CLOSES,
	COMMA,
	AND,
	OTHER
};

static enum character character_of(utf8proc_int32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return IN_WORD;
	switch (c) {
	case '\'':
		return APOSTROPHE;
	case '\n':
	case '\r':
		return LINE_END;
	case '?':
	case 0x37e:
	case 0x61f:
		return ASKS;
	case '.':
	case '!':
	case 0x3002:
		return ENDS;
	case ',':
	case 0x3001:
		return COMMA;
	case '&':
	case '+':
	case '/':
		return AND;
	case '(':
		return OPENS;
	case ')':
		return CLOSES;
	case ';':
	case ':':
		return BREAKS;
	case 0xfffd: /* what text_repair put in */
		return OTHER;
	default:
		break;
	}
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return IN_WORD;
	case UTF8PROC_CATEGORY_SO:
		return c >= 0x2190 ? PICTOGRAPH : OTHER;
	case UTF8PROC_CATEGORY_ZS:
		return BLANK;
	default:
		return OTHER;
	}
}

struct cutting {
	struct words *out;
	struct arena *arena;
	struct stems *stems;
	size_t words_cap, sentences_cap;
	unsigned clause;
	bool clause_used, sentence_used;
	enum mark mark;	 /* since the last word */
	bool apostrophe; /* in the word being read */
	bool open;	 /* a bracket is */
	char *word;
	size_t word_n;
};

static void sentence_open(struct cutting *c)
{
	struct words *out = c->out;

	if (c->sentence_used)
		return;
	out->sentences = arena_grow(c->arena, out->sentences, &out->sentences_n, &c->sentences_cap,
				    sizeof *out->sentences);
	out->sentences[out->sentences_n - 1].first = out->n;
	c->sentence_used = true;
}

static void clause_end(struct cutting *c)
{
	if (c->clause_used)
		c->clause++;
	c->clause_used = false;
}

static void sentence_end(struct cutting *c, bool asks)
{
	clause_end(c);
	/* "really??": the mark may come behind the end. */
	if (asks && c->out->sentences_n)
		c->out->sentences[c->out->sentences_n - 1].asks = true;
	c->sentence_used = false;
}

/* --- letters that look like Latin ones ---------------------------------------------------- */

/* By the shapes of small letters and of the capitals they were folded from (Unicode UTS 39,
 * confusables). 0 for all others. */
static char latin_look(utf8proc_int32_t c)
{
	static const struct {
		utf8proc_int32_t c;
		char looks;
	} table[] = {
		{0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'},
		{0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'},
		{0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x4bb, 'h'}, {0x501, 'd'}, {0x51b, 'q'},
		{0x51d, 'w'}, {0x3b1, 'a'}, {0x3b2, 'b'}, {0x3b5, 'e'}, {0x3b7, 'n'}, {0x3b9, 'i'},
		{0x3ba, 'k'}, {0x3bd, 'v'}, {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'},
		{0x3c7, 'x'},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].c == c)
			return table[i].looks;
	return 0;
}

/* Whether Latin letters stand in it beside others, all of which look Latin. */
static bool is_disguised(struct str word)
{
	bool latin = false, other = false;

	for (size_t at = 0; at < word.n;) {
		utf8proc_int32_t c = codepoint_next(word, &at);

		latin = latin || (c >= 'a' && c <= 'z');
		if (c >= 0x80 && !latin_look(c))
			return false;
		other = other || c >= 0x80;
	}
	return latin && other;
}

static struct str undisguised(struct str word, struct arena *arena)
{
	char *p;
	size_t n = 0;

	if (!is_disguised(word))
		return word;
	p = arena_alloc(arena, word.n + 1);
	for (size_t at = 0; at < word.n;) {
		utf8proc_int32_t c = codepoint_next(word, &at);

		p[n++] = c < 0x80 ? (char)c : latin_look(c);
	}
	return (struct str){p, n};
}

bool text_is_pictograph(struct str word)
{
	size_t at = 0;
	utf8proc_int32_t c = word.n ? codepoint_next(word, &at) : -1;

	return c >= 0 && at == word.n && character_of(c) == PICTOGRAPH;
}

/* --- cutting ------------------------------------------------------------------------------ */

static void word_end(struct cutting *c)
{
	struct words *out = c->out;
	struct str text = {c->word, c->word_n};
	struct stemmed word;
	bool apostrophe = c->apostrophe;

	c->apostrophe = false;
	if (c->word_n == 0)
		return;
	c->word_n = 0;
	if (out->n >= WORDS_MAX)
		return;
	sentence_open(c);
	word = stems_of(c->stems, undisguised(text, c->arena));
	out->v = arena_grow(c->arena, out->v, &out->n, &c->words_cap, sizeof *out->v);
	out->v[out->n - 1] = (struct word){.text = word.text,
					   .stem = word.stem,
					   .clause = c->clause,
					   .place = (unsigned)out->n - 1,
					   .mark = c->mark,
					   .apostrophe = apostrophe,
					   .sentence = (unsigned)out->sentences_n - 1};
	out->sentences[out->sentences_n - 1].count++;
	c->clause_used = true;
	c->mark = MARK_NONE;
}

static bool is_digit_at(struct str s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* "39.8" and "1,5" are one word. */
static bool joins_digits(struct str s, size_t at)
{
	return (s.p[at] == '.' || s.p[at] == ',') && at > 0 && is_digit_at(s, at - 1) &&
	       is_digit_at(s, at + 1);
}

static bool is_number(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word[i] < '0' || word[i] > '9')
			return false;
	return n > 0;
}

static void character_read(struct cutting *c, struct str s, size_t from, size_t n,
			   enum character kind)
{
	if (kind == CLOSES && !c->open && is_number(c->word, c->word_n))
		kind = ENDS; /* "1) the sauna 2) wine" */
	if (kind == OPENS || kind == CLOSES)
		c->open = kind == OPENS;
	switch (kind) {
	case IN_WORD:
		memcpy(c->word + c->word_n, s.p + from, n);
		c->word_n += n;
		return;
	case APOSTROPHE:
		c->apostrophe = c->word_n > 0;
		return;
	case PICTOGRAPH:
		word_end(c);
		memcpy(c->word, s.p + from, n);
		c->word_n = n;
		break;
	default:
		break;
	}
	word_end(c);
	if (kind == COMMA || kind == AND)
		c->mark = kind == COMMA ? MARK_COMMA : MARK_AND;
	if (kind == ASKS || kind == ENDS || kind == LINE_END)
		sentence_end(c, kind == ASKS);
	else if (kind == BREAKS)
		clause_end(c);
}

/* Room for the words of most texts, so that their list need not move as it grows. */
static void room_make(struct cutting *c, struct str s)
{
	size_t words = 1;

	for (size_t i = 0; i < s.n; i++)
		words += s.p[i] == ' ';
	c->words_cap = words < WORDS_MAX ? words : WORDS_MAX;
	c->sentences_cap = 1;
	c->out->v = arena_array(c->arena, c->words_cap, sizeof *c->out->v);
	c->out->sentences = arena_new(c->arena, struct sentence);
}

struct words text_words_by(struct str text, struct stems *stems, struct arena *arena)
{
	struct str s = text_fold(text, arena);
	struct words out = {0};
	struct cutting c = {
		.out = &out, .stems = stems, .arena = arena, .word = arena_alloc(arena, s.n + 1)};

	room_make(&c, s);
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		utf8proc_int32_t cp = codepoint_next(s, &at);
		enum character kind = cp < 0 ? OTHER : character_of(cp);

		if (joins_digits(s, from))
			kind = IN_WORD;
		character_read(&c, s, from, at - from, kind);
	}
	word_end(&c);
	return out;
}

struct words text_words(struct str text, struct str language, struct arena *arena)
{
	struct stems stems;
	struct words words;

	stems_init(&stems, language, arena);
	words = text_words_by(text, &stems, arena);
	stems_done(&stems);
	return words;
}

struct str text_stem(struct str word, struct str language, struct arena *arena)
{
	struct stems stems;
	struct str stem;

	stems_init(&stems, language, arena);
	stem = stems_of(&stems, word).stem;
	stems_done(&stems);
	return stem;
}

/* --- other readings ----------------------------------------------------------------------- */

void words_add(struct words_making *making, struct word word)
{
	struct words *out = &making->out;

	if (out->n >= WORDS_MAX)
		return;
	out->v = arena_grow(making->arena, out->v, &out->n, &making->cap, sizeof *out->v);
	out->v[out->n - 1] = word;
}

struct words words_done(struct words_making *making)
{
	struct words *out = &making->out;
	unsigned before = 0;
	size_t cap = 0;

	for (size_t i = 0; i < out->n; i++) {
		unsigned sentence = out->v[i].sentence;

		if (i == 0 || sentence != before) {
			out->sentences =
				arena_grow(making->arena, out->sentences, &out->sentences_n, &cap,
					   sizeof *out->sentences);
			out->sentences[out->sentences_n - 1] = (struct sentence){
				.first = i, .asks = making->from->sentences[sentence].asks};
		}
		before = sentence;
		out->sentences[out->sentences_n - 1].count++;
		out->v[i].sentence = (unsigned)out->sentences_n - 1;
	}
	return *out;
}

bool words_same(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++)
		if (!str_eq(a->v[i].text, b->v[i].text))
			return false;
	return a->n == b->n;
}
