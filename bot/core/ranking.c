#include "core/ranking.h"

struct ranking ranking_of(const struct index *index, const struct words *words, size_t from,
			  size_t to, struct arena *turn)
{
	struct arena_mark before = arena_mark(turn);
	struct ranking r;

	r.n = match_rank(index, words, from, to, r.v, RANKED_MAX, &r.topics, turn);
	arena_back(turn, before);
	ranking_judge(&r);
	return r;
}

void ranking_judge(struct ranking *ranking)
{
	ranking->given = ranking->n;
	ranking->verdict = match_judge(ranking->v, &ranking->given);
}

/* The place of a passage among the first `n`, or `n`. */
static size_t place_of(const struct ranking *ranking, const struct passage *passage)
{
	size_t at = 0;

	while (at < ranking->n && ranking->v[at].passage != passage)
		at++;
	return at;
}

/* Puts one where it belongs; of too many the least likely falls out. */
static void ranked_insert(struct ranking *ranking, const struct match *one, double p)
{
	size_t at = ranking->n < RANKED_MAX ? ranking->n++ : RANKED_MAX;

	for (; at > 0 && ranking->v[at - 1].p < p; at--)
		if (at < RANKED_MAX)
			ranking->v[at] = ranking->v[at - 1];
	if (at == RANKED_MAX)
		return;
	ranking->v[at] = *one;
	ranking->v[at].p = p;
}

void ranking_join(struct ranking *ranking, const struct ranking *other)
{
	const struct ranking own = *ranking;

	ranking->n = 0;
	for (size_t i = 0; i < own.n; i++) {
		size_t at = place_of(other, own.v[i].passage);

		ranked_insert(ranking, &own.v[i],
			      (own.v[i].p + (at < other->n ? other->v[at].p : 0)) / 2);
	}
	for (size_t i = 0; i < other->n; i++)
		if (place_of(&own, other->v[i].passage) == own.n)
			ranked_insert(ranking, &other->v[i], other->v[i].p / 2);
}
