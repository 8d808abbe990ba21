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
