#include "core/several.h"

#include <string.h>

#include "core/cues.h"
#include "core/ranking.h"

#define CUTS_MAX 4 /* in one question; 15 rankings at most */
#define POINT_WORDS_MAX 4
#define BESIDE_OPEN 2 /* so many answered pieces let others stay open */

/* Words [from, to) by themselves. */
struct piece {
	size_t from, to;
	enum cue policy;
	const struct passage *passages[2]; /* that are given */
	size_t passages_n;
	bool known; /* looked at already: ranking costs more than all else here */
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

/* "washing\n beer\n sauna": short sentences, one behind the other, are the points of a list. */
static bool is_next_point(const struct words *words, size_t at)
{
	const struct word *w = &words->v[at];

	return w->sentence != w[-1].sentence &&
	       words->sentences[w->sentence].count <= POINT_WORDS_MAX &&
	       words->sentences[w[-1].sentence].count <= POINT_WORDS_MAX;
}

/* Whether what begins at `at` is joined to what is before it. */
static bool joins(const struct cutting *c, size_t at)
{
	return c->words->v[at].mark == MARK_AND || is_joiner(c, at) || is_next_point(c->words, at);
}

/* Behind the last place where it may be cut. */
static size_t last_joiner(const struct cutting *c, const struct ask *ask)
{
	size_t at = ask->to;

	while (at > ask->from + 1 && !joins(c, at - 1))
		at--;
	return at;
}

/* "or what", "and why": one small word is no question of its own. */
static bool is_small(const struct cutting *c, size_t from, size_t to)
{
	return from + 1 == to && wordset_has(&c->book->lexicon->stop_words, c->words->v[from].text);
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
		if (behind == ask->to || is_small(c, behind, ask->to))
			break;
		c->ends[c->n++] = at;
		c->starts[c->n] = behind;
		c->ends[c->n] = ask->to;
		at = behind;
	}
}

static struct piece piece_of(const struct cutting *c, size_t from, size_t to)
{
	struct piece piece = {.from = from, .to = to, .known = true};
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

static const struct piece *piece_at(struct cutting *c, size_t first, size_t last)
{
	struct piece *piece = &c->pieces[first][last];

	if (!piece->known)
		*piece = piece_of(c, c->starts[first], c->ends[last]);
	return piece;
}

/* Whether it may be cut so if the `left` pieces that are not looked at yet are all answered. */
static bool may_become(const struct way *way, size_t left)
{
	return way->answered + left > 0 && (way->open == 0 || way->answered + left >= BESIDE_OPEN);
}

static size_t pieces_of(const struct cutting *c, unsigned cuts)
{
	size_t n = 1;

	for (size_t i = 0; i < c->n; i++)
		n += cuts >> i & 1;
	return n;
}

/* Cut where `cuts` has a bit. False when it may not be cut so. */
static bool way_of(struct cutting *c, unsigned cuts, struct way *way)
{
	size_t left = pieces_of(c, cuts);

	memset(way, 0, sizeof *way);
	for (size_t first = 0, i = 0; i <= c->n && may_become(way, left); i++) {
		const struct piece *piece;

		if (i < c->n && !(cuts >> i & 1))
			continue;
		piece = piece_at(c, first, i);
		if (has_like(way, piece))
			return false;
		way->answered += piece->passages_n > 0;
		way->open += is_open(piece);
		way->pieces[way->pieces_n++] = piece;
		first = i + 1;
		left--;
	}
	return left == 0 && may_become(way, 0);
}

/* More passages are answered, or as many in fewer pieces. */
static bool is_better(const struct way *a, const struct way *b)
{
	return a->answered > b->answered ||
	       (a->answered == b->answered && a->pieces_n < b->pieces_n);
}

/* The best way to cut it into `max` pieces or fewer; without any when it stays whole. */
static struct way way_best(struct cutting *c, size_t max)
{
	struct way best = {0};

	for (unsigned cuts = 1; cuts < 1u << c->n; cuts++) {
		struct way way;

		if (pieces_of(c, cuts) <= max && way_of(c, cuts, &way) &&
		    (best.pieces_n == 0 || is_better(&way, &best)))
			best = way;
	}
	/* One that gives two passages is as good as a cut in two. */
	if (best.pieces_n && piece_at(c, 0, c->n)->passages_n >= best.answered)
		best.pieces_n = 0;
	return best;
}

/* Whether a finer cut would find something that this one does not give. */
static bool leaves_some(struct cutting *c, const struct way *way)
{
	for (size_t i = 0; i <= c->n; i++) {
		const struct piece *piece = piece_at(c, i, i);

		if (!is_open(piece) && !has_like(way, piece))
			return true;
	}
	return false;
}

/* "the gym has a sauna and a solarium, which may I use": what is open by itself is meant with what was said
 * around it. */
static struct ask widened(const struct cutting *c, const struct ask *ask)
{
	struct ask wide = {ask->context, ask->context_end, ask->context, ask->context_end};
	struct piece alone;

	if (ask->context == ask->from && ask->context_end == ask->to)
		return wide;
	alone = piece_of(c, ask->from, ask->to);
	return is_open(&alone) ? wide : *ask;
}

/* False when there is no place to cut. */
static bool cutting_begin(struct cutting *c, const struct ask *ask)
{
	struct ask range = {ask->context, ask->context_end, ask->context, ask->context_end};

	cuts_find(c, &range);
	if (c->n == 0)
		return false;
	range = widened(c, ask);
	cuts_find(c, &range);
	memset(c->pieces, 0, sizeof c->pieces);
	return c->n > 0;
}

size_t several_cut(const struct book *book, const struct words *words, struct ask *asks, size_t n,
		   size_t max, bool *left, struct arena *turn)
{
	struct cutting c = {.book = book, .words = words, .turn = turn};

	*left = false;
	for (size_t i = 0; i < n && n < max; i++) {
		struct ask whole = asks[i];
		struct way way;

		if (!cutting_begin(&c, &whole))
			continue;
		way = way_best(&c, max - n + 1);
		if (way.pieces_n == 0)
			continue;
		*left = *left || (way.pieces_n == max - n + 1 && leaves_some(&c, &way));
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
