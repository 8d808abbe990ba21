#include "core/bag.h"

#include <math.h>
#define RUN 4	      /* is sorted by insertion */
#define BYTES_FROM 96 /* so many are sorted byte by byte */

static void run_sort(struct weight *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct weight one = v[i];
		size_t at = i;

		for (; at > 0 && v[at - 1].term > one.term; at--)
			v[at] = v[at - 1];
		v[at] = one;
	}
}

/* [v, middle) and [middle, end) become one at `out`. Which of two comes first cannot be foretold, and
 * a branch would be wrong half of the times: what is taken is reckoned from the comparison. */
static void runs_merge(const struct weight *v, const struct weight *middle,
		       const struct weight *end, struct weight *out)
{
	const struct weight *other = middle;

	while (v < middle && other < end) {
		ptrdiff_t later = other->term < v->term;

		*out++ = v[(other - v) & -later];
		other += later;
		v += 1 - later;
	}
	while (v < middle)
		*out++ = *v++;
	while (other < end)
		*out++ = *other++;
}

/* By the lowest byte of the terms, then by the next ..., as far as any of them has one. */
static struct weight *bytes_sort(struct weight *v, struct weight *spare, size_t n)
{
	uint32_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= v[i].term;
	for (unsigned shift = 0; shift < 32 && all >> shift; shift += 8) {
		uint32_t ends[256] = {0}; /* of those with this byte */
		struct weight *from = v;

		for (size_t i = 0; i < n; i++)
			ends[from[i].term >> shift & 255]++;
		for (size_t byte = 1; byte < 256; byte++)
			ends[byte] += ends[byte - 1];
		for (size_t i = n; i-- > 0;)
			spare[--ends[from[i].term >> shift & 255]] = from[i];
		v = spare;
		spare = from;
	}
	return v;
}

/* Most bags have some ten to hundred weights; qsort() took a twentieth of the time in which the bot reads
 * its content. Those of long messages have many hundreds. */
struct weight *weights_sort(struct weight *v, struct weight *spare, size_t n)
{
	if (n >= BYTES_FROM)
		return bytes_sort(v, spare, n);
	for (size_t i = 0; i < n; i += RUN)
		run_sort(v + i, n - i < RUN ? n - i : RUN);
	for (size_t run = RUN; run < n; run *= 2) {
		struct weight *from = v;

		for (size_t i = 0; i < n; i += 2 * run) {
			size_t middle = n - i < run ? n : i + run;
			size_t end = n - i < 2 * run ? n : i + 2 * run;

			runs_merge(from + i, from + middle, from + end, spare + i);
		}
		v = spare;
		spare = from;
	}
	return v;
}

struct bag bag_sum(struct weight *v, struct weight *spare, size_t n)
{
	struct bag bag = {v, 0};
	const struct weight *sorted = weights_sort(v, spare, n);

	for (size_t i = 0; i < n; i++) {
		struct weight one = sorted[i];

		if (bag.n && v[bag.n - 1].term == one.term)
			v[bag.n - 1].w += one.w;
		else
			v[bag.n++] = one;
	}
	return bag;
}

float bag_dot(const struct bag *a, const struct bag *b)
{
	float sum = 0;

	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		if (a->v[i].term < b->v[k].term)
			i++;
		else if (a->v[i].term > b->v[k].term)
			k++;
		else
			sum += a->v[i++].w * b->v[k++].w;
	}
	return sum;
}

void bag_normalise(struct bag *bag)
{
	float square = 0;
	float length;

	for (size_t i = 0; i < bag->n; i++)
		square += bag->v[i].w * bag->v[i].w;
	length = sqrtf(square);
	for (size_t i = 0; i < bag->n && square > 0; i++)
		bag->v[i].w /= length;
}
