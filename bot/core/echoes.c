#include "core/echoes.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

#define RUNS_MAX 512 /* of 2000 letters there are fewer */
#define RUNS_LEAST 6
#define LIKE(part, of) (5 * (part) >= 4 * (of))

/* Runs of three words as hashes, each once, rising; and how often each stands in the text. */
struct runs {
	size_t n;
	uint32_t v[RUNS_MAX];
	uint16_t times[RUNS_MAX];
};

struct echoes {
	size_t next, n;
	struct runs said[ECHOES_MAX]; /* a ring */
};

struct echoes *echoes_new(void)
{
	struct echoes *e = calloc(1, sizeof *e);

	if (!e)
		out_of_memory();
	return e;
}

void echoes_free(struct echoes *e)
{
	free(e);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80;
}

/* The words of a text, at most RUNS_MAX + 2. */
struct text {
	size_t n;
	bool more; /* there were too many */
	struct str words[RUNS_MAX + 2];
};

static void text_read(struct str s, struct text *text)
{
	size_t from;

	text->n = 0;
	text->more = false;
	for (size_t at = 0; at < s.n;) {
		if (!is_of_word(s.p[at])) {
			at++;
			continue;
		}
		for (from = at; at < s.n && is_of_word(s.p[at]);)
			at++;
		if (text->n == RUNS_MAX + 2) {
			text->more = true;
			return;
		}
		text->words[text->n++] = str_sub(s, from, at - from);
	}
}

/* FNV-1a over the three words that end with this one, in small letters. */
static uint32_t run_at(const struct text *text, size_t last)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = last - 2; i <= last; i++) {
		for (size_t k = 0; k < text->words[i].n; k++) {
			char c = text->words[i].p[k];

			c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
			h = (h ^ (unsigned char)c) * 1099511628211u;
		}
		h = (h ^ ' ') * 1099511628211u;
	}
	return (uint32_t)(h ^ (h >> 32));
}

static void runs_of(const struct text *text, struct runs *runs)
{
	size_t kept = 0;

	runs->n = 0;
	for (size_t i = 2; i < text->n; i++)
		runs->v[runs->n++] = run_at(text, i);
	qsort(runs->v, runs->n, sizeof *runs->v, compare);
	for (size_t i = 0; i < runs->n; i++) {
		if (i == 0 || runs->v[i] != runs->v[kept - 1]) {
			runs->v[kept] = runs->v[i];
			runs->times[kept++] = 0;
		}
		runs->times[kept - 1]++;
	}
	runs->n = kept;
}

void echoes_said(struct echoes *e, struct str said)
{
	struct runs *runs = &e->said[e->next];
	struct text text;

	text_read(said, &text);
	runs_of(&text, runs);
	if (runs->n < RUNS_LEAST || text.more)
		return;
	e->next = (e->next + 1) % ECHOES_MAX;
	e->n = e->n < ECHOES_MAX ? e->n + 1 : e->n;
}

static size_t in_both(const struct runs *a, const struct runs *b)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		if (a->v[i] == b->v[k])
			n++, i++, k++;
		else if (a->v[i] < b->v[k])
			i++;
		else
			k++;
	}
	return n;
}

/* The text that the message is a copy of, or NULL. */
static const struct runs *original_of(const struct echoes *e, const struct runs *message)
{
	const struct runs *found = NULL;
	size_t most = 0;

	for (size_t i = 0; i < e->n; i++) {
		/* Where the next one is written to may hold a text that was not kept. */
		size_t both =
			e->n == ECHOES_MAX && i == e->next ? 0 : in_both(message, &e->said[i]);

		if (both <= most || !LIKE(both, e->said[i].n) || !LIKE(both, message->n))
			continue;
		most = both;
		found = &e->said[i];
	}
	return found;
}

static unsigned times_in(const struct runs *runs, uint32_t run)
{
	const uint32_t *at = bsearch(&run, runs->v, runs->n, sizeof run, compare);

	return at ? runs->times[at - runs->v] : 0;
}

/* The words that stand in no run of the original. Of a run that the message has more often than that, one
 * is somebody's own, and which one is not known: then each of them is. */
static void own_words(const struct text *text, const struct runs *message,
		      const struct runs *original, struct buf *own)
{
	size_t known = 0; /* up to this word all is known, or was taken */

	for (size_t i = 0; i < text->n; i++) {
		bool is_known = i < known;

		for (size_t last = i < 2 ? 2 : i; !is_known && last < i + 3 && last < text->n;
		     last++) {
			uint32_t run = run_at(text, last);

			is_known = times_in(message, run) <= times_in(original, run);
			if (is_known)
				known = last + 1;
		}
		if (!is_known)
			buf_addf(own, "%s" STR_FMT, own->n ? " " : "", STR_ARG(text->words[i]));
	}
}

enum echo echo_of(const struct echoes *e, struct str message, struct buf *own)
{
	const struct runs *original;
	struct text text;
	struct runs runs;

	text_read(message, &text);
	runs_of(&text, &runs);
	original = text.more || runs.n < RUNS_LEAST ? NULL : original_of(e, &runs);
	if (!original)
		return ECHO_NONE;
	buf_clear(own);
	own_words(&text, &runs, original, own);
	return own->n ? ECHO_NEARLY : ECHO_WHOLE;
}
