#include "core/several.h"

#include <string.h>

#include "core/cues.h"
#include "core/ranking.h"

#define CUTS_MAX 4 /* in one question; 15 rankings at most */
#define BESIDE_OPEN 2

/* Words [from, to) by themselves. */
struct piece {
	size_t from, to;
	enum cue policy;
	const struct passage *passages[2]; /* that are given */
	size_t passages_n;
};

/* One question with the places where it may be cut. */
struct cutting {
	const struct book *book;
	const struct words *words;
	struct arena *turn;
	size_t n;					 /* cuts */
	size_t starts[CUTS_MAX + 1], ends[CUTS_MAX + 1]; /* of what lies between them */
	struct piece pieces[CUTS_MAX + 1][CUTS_MAX + 1]; /* from the i-th of these to the k-th */
};

/* How good one way to cut is. */
struct way {
	size_t answered, open, pieces_n;
	const struct piece *pieces[CUTS_MAX + 1];
};

static bool is_joiner(const struct cutting *c, size_t at)
{
	const struct lexicon *lexicon = c->book->lexicon;
	struct str word = c->words->v[at].text;

	return wordset_has(&lexicon->joiners, word) || wordset_has(&lexicon->alternatives, word);
}

/* Whether what begins at `at` is joined to what is before it. */
static bool joins(const struct cutting *c, size_t at)
{
	return c->words->v[at].mark == MARK_AND || is_joiner(c, at);
}

/* Behind the last place where it may be cut. */
static size_t last_joiner(const struct cutting *c, const struct ask *ask)
{
	size_t at = ask->to;

	while (at > ask->from + 1 && !joins(c, at - 1))
		at--;
	return at;
}

static void cuts_find(struct cutting *c, const struct ask *ask)
{
	size_t last = last_joiner(c, ask);

	c->n = 0;
	c->starts[0] = ask->from;
	c->ends[0] = ask->to;
	for (size_t at = ask->from + 1; at < last && c->n < CUTS_MAX; at++) {
		size_t behind = at;

		if (!joins(c, at) && c->words->v[at].mark != MARK_COMMA)
			continue;
		while (behind < ask->to && is_joiner(c, behind))
			behind++;
		if (behind == ask->to)
			break;
		c->ends[c->n++] = at;
		c->starts[c->n] = behind;
		c->ends[c->n] = ask->to;
		at = behind;
	}
}

static struct piece piece_of(const struct cutting *c, size_t from, size_t to)
{
	struct piece piece = {.from = from, .to = to};
	struct ranking r;

	piece.policy = cues_policy(c->book->cues, c->book->lexicon, c->words, from, to);
	if (piece.policy != CUE_NONE)
		return piece;
	r = ranking_of(c->book->index, c->words, from, to, c->turn);
	for (; r.verdict == MATCH_ANSWER && piece.passages_n < r.given; piece.passages_n++)
		piece.passages[piece.passages_n] = r.v[piece.passages_n].passage;
	return piece;
}

static bool is_open(const struct piece *piece)
{
	return piece->policy == CUE_NONE && piece->passages_n == 0;
}

/* Both are settled by the same. */
static bool are_alike(const struct piece *a, const struct piece *b)
{
	if (a->policy != CUE_NONE)
		return a->policy == b->policy;
	for (size_t i = 0; i < a->passages_n; i++)
		for (size_t k = 0; k < b->passages_n; k++)
			if (a->passages[i] == b->passages[k])
				return true;
	return false;
}

static bool has_like(const struct way *way, const struct piece *piece)
{
	for (size_t i = 0; i < way->pieces_n; i++)
		if (are_alike(way->pieces[i], piece))
			return true;
	return false;
}

/* Cut where `cuts` has a bit. False when it may not be cut so. */
static bool way_of(const struct cutting *c, unsigned cuts, struct way *way)
{
	memset(way, 0, sizeof *way);
	for (size_t first = 0, i = 0; i <= c->n; i++) {
		const struct piece *piece = &c->pieces[first][i];

		if (i < c->n && !(cuts & 1u << i))
			continue;
		if (has_like(way, piece))
			return false;
		way->answered += piece->passages_n > 0;
		way->open += is_open(piece);
		way->pieces[way->pieces_n++] = piece;
		first = i + 1;
	}
	return way->answered > 0 && (way->open == 0 || way->answered >= BESIDE_OPEN);
}

/* The best way to cut it into `max` pieces or fewer; one piece when it stays whole. */
static struct way way_best(const struct cutting *c, size_t max)
{
	const struct piece *whole = &c->pieces[0][c->n];
	struct way best = {.answered = whole->passages_n, .pieces_n = 1, .pieces = {whole}};

	for (unsigned cuts = 1; cuts < 1u << c->n; cuts++) {
		struct way way;

		if (way_of(c, cuts, &way) && way.pieces_n <= max &&
		    (way.answered > best.answered ||
		     (way.answered == best.answered && way.pieces_n < best.pieces_n)))
			best = way;
	}
	return best;
}

/* "the gym has a sauna and a solarium, which may I use": what is open by itself is meant with what was said
 * around it. */
static void widen(const struct cutting *c, struct ask *ask)
{
	struct piece alone;

	if (ask->context == ask->from && ask->context_end == ask->to)
		return;
	alone = piece_of(c, ask->from, ask->to);
	if (!is_open(&alone))
		return;
	ask->from = ask->context;
	ask->to = ask->context_end;
}

size_t several_cut(const struct book *book, const struct words *words, struct ask *asks, size_t n,
		   size_t max, struct arena *turn)
{
	struct cutting c = {.book = book, .words = words, .turn = turn};

	for (size_t i = 0; i < n && n < max; i++) {
		struct ask whole = asks[i];
		struct way way;

		widen(&c, &whole);
		cuts_find(&c, &whole);
		if (c.n == 0)
			continue;
		for (size_t first = 0; first <= c.n; first++)
			for (size_t last = first; last <= c.n; last++)
				c.pieces[first][last] = piece_of(&c, c.starts[first], c.ends[last]);
		way = way_best(&c, max - n + 1);
		if (way.pieces_n == 1)
			continue;
		memmove(&asks[i + way.pieces_n], &asks[i + 1], (n - i - 1) * sizeof *asks);
		n += way.pieces_n - 1;
		for (size_t k = 0; k < way.pieces_n; k++)
			asks[i + k] = (struct ask){way.pieces[k]->from, way.pieces[k]->to,
						   way.pieces[k]->from, way.pieces[k]->to};
		asks[i].context = whole.context;
		i += way.pieces_n - 1;
		asks[i].context_end = whole.context_end;
	}
	return n;
}
