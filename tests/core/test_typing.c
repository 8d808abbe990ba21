/* However a question is typed, the answer is the same: changes that a reader would not mind change
 * nothing of what talk() says to the shipped article's questions. */
#include "book_fixture.h"
#include "core/lists.h"

#define EVERY 9 /* of the phrasings: enough to meet every passage */

typedef void change(struct buf *out, struct str text);

static void capitals(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		buf_add_char(out, (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A combining acute on every vowel. */
static void accents(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		buf_add_char(out, text.p[i]);
		if (text.p[i] && strchr("aeiou", text.p[i]))
			buf_add(out, STR("\xcc\x81"));
	}
}

/* A zero-width space, a soft hyphen or a joiner between letters. */
static void invisible(struct buf *out, struct str text)
{
	static const char *const marks[] = {"\xe2\x80\x8b", "\xc2\xad", "\xe2\x81\xa0"};

	for (size_t i = 0; i < text.n; i++) {
		buf_add_char(out, text.p[i]);
		if (i + 1 < text.n && is_letter(text.p[i]) && is_letter(text.p[i + 1]))
			buf_add(out, str_of(marks[i % 3]));
	}
}

static void full_width(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint32_t c = 0xff00 + (uint32_t)(unsigned char)text.p[i] - 0x20;

		if (!is_letter(text.p[i]))
			buf_add_char(out, text.p[i]);
		else
			buf_addf(out, "%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 63)),
				 (int)(0x80 | (c & 63)));
	}
}

/* Cyrillic letters that look the same, in words that keep a Latin one. */
static void disguise(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool last = i + 1 == text.n || !is_letter(text.p[i + 1]);
		bool first = i == 0 || !is_letter(text.p[i - 1]);

		if (text.p[i] == 'o' && !first && !last)
			buf_add(out, STR("\xd0\xbe"));
		else if (text.p[i] == 'a' && !first && !last)
			buf_add(out, STR("\xd0\xb0"));
		else
			buf_add_char(out, text.p[i]);
	}
}

static void smiles(struct buf *out, struct str text)
{
	buf_add(out, STR("\xf0\x9f\x99\x82 "));
	buf_add(out, text);
	buf_add(out, STR(" \xf0\x9f\x98\x85\xf0\x9f\x98\x85"));
}

static void curly(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\'')
			buf_add(out, STR("\xe2\x80\x99"));
		else
			buf_add_char(out, text.p[i]);
}

static void no_apostrophes(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\'')
			buf_add_char(out, text.p[i]);
}

/* The last word that is long enough, drawn out: "saunaaaa". */
static void drawn_out(struct buf *out, struct str text)
{
	size_t end = text.n;

	while (end > 5 && !(is_letter(text.p[end - 1]) && is_letter(text.p[end - 2]) &&
			    is_letter(text.p[end - 3]) && is_letter(text.p[end - 4]) &&
			    (end == text.n || text.p[end] == ' ' || text.p[end] == '?')))
		end--;
	buf_add(out, str_sub(text, 0, end));
	if (end > 5)
		for (int i = 0; i < 4; i++)
			buf_add_char(out, text.p[end - 1]);
	buf_add(out, str_sub(text, end, text.n));
}

static void blanks(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ' ')
			buf_add(out, STR(" \xc2\xa0 "));
		else
			buf_add_char(out, text.p[i]);
}

struct world {
	struct fixture f;
	struct lists lists;
};

static int world_init(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	fixture_init(&w->f);
	fixture_shipped(&w->f);
	fixture_book(&w->f);
	for (size_t i = 0; i < w->f.sources_n; i++)
		if (str_eq(w->f.sources[i].name, STR("mesotherapy.questions.md")))
			w->lists = lists_parse(&w->f.sources[i], &w->f.arena, &w->f.mistakes);
	assert_true(w->lists.n > 5);
	*state = w;
	return 0;
}

static int world_done(void **state)
{
	struct world *w = *state;

	fixture_done(&w->f);
	free(w);
	return 0;
}

/* Gives how many questions were changed at all. `allowed` answers in a hundred may differ. */
static size_t compare(struct world *w, change *typing, size_t allowed)
{
	struct arena turn;
	size_t changed = 0, differ = 0, seen = 0;

	arena_init(&turn);
	for (size_t i = 0; i < w->lists.n; i++)
		for (size_t k = 0; k < w->lists.v[i].items_n; k++) {
			struct str text = w->lists.v[i].items[k].text;
			struct answer plain, other;
			struct buf b;

			if (seen++ % EVERY != 0)
				continue;
			buf_init(&b, QUESTION_BYTES_MAX);
			typing(&b, text);
			plain = ask_in(w->f.book, NULL, arena_cstr(&turn, text), &turn);
			other = ask_in(w->f.book, NULL, b.p, &turn);
			changed += !str_eq(buf_str(&b), text);
			if (strcmp(encoded(&plain, &turn), encoded(&other, &turn)) != 0) {
				differ++;
				print_message("# %s\n", b.p);
			}
			buf_done(&b);
			arena_reset(&turn);
		}
	arena_done(&turn);
	if (differ * 100 > changed * allowed)
		fail_msg("%zu of %zu answers differ", differ, changed);
	return changed;
}

static void answers_stay(void **state)
{
	static change *const changes[] = {capitals, accents, invisible, full_width,
					  disguise, smiles,  curly,	blanks};

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		assert_true(compare(*state, changes[i], 0) > 20);
}

/* What is not the same to every reader: "we'll" without its apostrophe, and words that no book knows. */
static void most_answers_stay(void **state)
{
	assert_true(compare(*state, no_apostrophes, 5) > 20);
	assert_true(compare(*state, drawn_out, 8) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_stay),
		cmocka_unit_test(most_answers_stay),
	};

	return cmocka_run_group_tests(tests, world_init, world_done);
}
