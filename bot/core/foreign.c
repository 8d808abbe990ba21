#include "core/foreign.h"

#include <stdlib.h>
#include <utf8proc.h>

#define LISTED_LEAST 2	  /* words of one language, among others */
#define LISTED_SHARE 3	  /* one in so many at least */
#define OTHERS_SHARE 3	  /* where one is listed: what is known and not is one in so many at most */
#define UNKNOWN_WORDS 5	  /* of fewer nobody can tell by what is unknown */
#define UNKNOWN_SHARE 0.6 /* of the words at least */

struct foreign_word {
	struct str text;
	uint64_t languages; /* a bit each */
};

/* --- the lists ---------------------------------------------------------------------------- */

struct reading {
	struct foreign_word *v;
	size_t n, cap;
	struct arena *arena;
};

static void words_read(struct reading *r, const struct list *list, size_t language)
{
	for (size_t i = 0; i < list->items_n; i++) {
		struct words words = text_words(list->items[i].text, STR(""), r->arena);

		for (size_t k = 0; k < words.n; k++) {
			r->v = arena_grow(r->arena, r->v, &r->n, &r->cap, sizeof *r->v);
			r->v[r->n - 1] =
				(struct foreign_word){words.v[k].text, UINT64_C(1) << language};
		}
	}
}

static int compare(const void *a, const void *b)
{
	return str_compare(((const struct foreign_word *)a)->text,
			   ((const struct foreign_word *)b)->text);
}

/* Words of several languages stand once. */
static void words_join(struct reading *r)
{
	size_t n = 0;

	if (r->n)
		qsort(r->v, r->n, sizeof *r->v, compare);
	for (size_t i = 0; i < r->n; i++)
		if (n && str_eq(r->v[n - 1].text, r->v[i].text))
			r->v[n - 1].languages |= r->v[i].languages;
		else
			r->v[n++] = r->v[i];
	r->n = n;
}

bool foreign_parse(const struct source *foreign_md, struct arena *arena, struct foreign *out,
		   struct mistakes *mistakes)
{
	size_t errors = mistakes->errors;
	struct lists lists = lists_parse(foreign_md, arena, mistakes);
	struct reading r = {.arena = arena};

	if (lists.n > FOREIGN_LANGUAGES_MAX)
		mistake_add(mistakes, foreign_md->name, lists.v[FOREIGN_LANGUAGES_MAX].line,
			    "more than %d languages", FOREIGN_LANGUAGES_MAX);
	for (size_t i = 0; i < lists.n && i < FOREIGN_LANGUAGES_MAX; i++) {
		size_t before = r.n;

		words_read(&r, &lists.v[i], i);
		if (r.n == before)
			mistake_add(mistakes, foreign_md->name, lists.v[i].line,
				    "no words under \"## " STR_FMT "\"", STR_ARG(lists.v[i].title));
	}
	if (mistakes->errors > errors)
		return false;
	words_join(&r);
	*out = (struct foreign){.v = r.v, .n = r.n, .languages_n = lists.n};
	return true;
}

/* --- a message ---------------------------------------------------------------------------- */

static uint64_t languages_of(const struct foreign *foreign, struct str word)
{
	struct foreign_word key = {.text = word};
	const struct foreign_word *found =
		foreign->n ? bsearch(&key, foreign->v, foreign->n, sizeof *foreign->v, compare)
			   : NULL;

	return found ? found->languages : 0;
}

/* How a word is written; signs and numbers are none. */
enum writing { WRITING_NONE, WRITING_LATIN, WRITING_OTHER };

/* A single letter of another alphabet is a sign ("β"). All letters below U+0250 are Latin, and so are
 * those that Unicode adds at U+1E00 (Vietnamese); what folding leaves of accents stands in neither. */
static enum writing writing_of(struct str word)
{
	size_t latin = 0, other = 0;

	for (size_t at = 0; at < word.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t bytes = utf8proc_iterate((const utf8proc_uint8_t *)word.p + at,
							  (utf8proc_ssize_t)(word.n - at), &c);

		if (bytes <= 0)
			return WRITING_NONE;
		at += (size_t)bytes;
		switch (utf8proc_category(c)) {
		case UTF8PROC_CATEGORY_LU:
		case UTF8PROC_CATEGORY_LL:
		case UTF8PROC_CATEGORY_LT:
		case UTF8PROC_CATEGORY_LM:
		case UTF8PROC_CATEGORY_LO:
			if (c < 0x250 || (c >= 0x1e00 && c < 0x1f00))
				latin++;
			else
				other++;
			break;
		default:
			break;
		}
	}
	if (other > 1 && other > latin)
		return WRITING_OTHER;
	return latin ? WRITING_LATIN : WRITING_NONE;
}

struct counts {
	size_t words, other_letters, stop_words, unknown;
	size_t listed[FOREIGN_LANGUAGES_MAX]; /* by language: words that are no stop words */
	size_t shared[FOREIGN_LANGUAGES_MAX]; /* and that are */
	size_t others[FOREIGN_LANGUAGES_MAX]; /* known, and not of the language */
};

static void count_word(struct counts *c, const struct foreign *foreign,
		       const struct lexicon *lexicon, const struct speller *speller,
		       struct str word)
{
	enum writing writing = writing_of(word);
	bool is_stop = wordset_has(&lexicon->stop_words, word);
	bool is_known = is_stop || (writing == WRITING_LATIN && speller_knows(speller, word));
	uint64_t languages = languages_of(foreign, word);

	if (writing == WRITING_NONE || (word.n == 1 && !is_stop))
		return;
	c->words++;
	c->stop_words += is_stop;
	c->other_letters += writing == WRITING_OTHER;
	c->unknown += !is_known;
	for (size_t i = 0; i < foreign->languages_n; i++)
		if (languages >> i & 1)
			(is_stop ? c->shared : c->listed)[i]++;
		else
			c->others[i] += is_known;
}

static bool is_language(const struct counts *c, size_t language)
{
	size_t listed = c->listed[language] + c->other_letters;
	size_t own = c->stop_words - c->shared[language];

	if (listed == 0)
		return false;
	if (own == 0 && c->others[language] * OTHERS_SHARE <= c->words)
		return true;
	return listed >= LISTED_LEAST && listed * LISTED_SHARE >= c->words && listed > own;
}

bool foreign_reads(const struct foreign *foreign, const struct lexicon *lexicon,
		   const struct speller *speller, const struct words *written)
{
	struct counts c = {0};

	for (size_t i = 0; i < written->n; i++)
		count_word(&c, foreign, lexicon, speller, written->v[i].text);
	if (c.words == 0)
		return false;
	for (size_t i = 0; i < foreign->languages_n; i++)
		if (is_language(&c, i))
			return true;
	return c.words >= UNKNOWN_WORDS && c.stop_words == 0 &&
	       (double)c.unknown >= UNKNOWN_SHARE * (double)c.words;
}
