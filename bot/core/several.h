/* Several questions in one, which form does not show and the ranking does: "wash and beer" asks two
 * things, "scalp and hair" one.
 *
 * A question may be cut at joiners and alternatives ("and", "&", "or"), and at the commas of a list that
 * ends in one ("wash, swim and drink"). Of all ways to cut it the one is taken that finds most passages sure enough to be given,
 * each in a piece of its own, and among equal ones the one with fewest pieces. Each piece must be
 * settled: sure by itself of something that no other piece gives, or of what no bot may answer. Only
 * beside two such pieces may one stay open. What needs its neighbour to be understood is not sure by
 * itself, so that what belongs together stays together. Pure. */
#ifndef CORE_SEVERAL_H
#define CORE_SEVERAL_H

#include "core/asks.h"
#include "core/book.h"

/* Cuts up the `n` questions in `asks`, which has room for `max`; gives how many there are then. They
 * keep their order. `*left` tells whether some of what they ask is in none of them, as there was no room. */
size_t several_cut(const struct book *book, const struct words *words, struct ask *asks, size_t n,
		   size_t max, bool *left, struct arena *turn);

#endif
