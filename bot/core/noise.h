/* What on a web page is no part of its article: the phrases of `en/noise.md`, and the question
 * whether a block is one of them. Lives in the arena it was read into. */
#ifndef CORE_NOISE_H
#define CORE_NOISE_H

#include "core/lists.h"

enum noise_kind {
	NOISE_ADVERT,
	NOISE_SHARING,
	NOISE_COOKIES,
	NOISE_NAVIGATION,
	NOISE_BYLINE,
	NOISE_DATE,	 /* made of words under "months" and numbers */
	NOISE_RELATED,	 /* and what stands under it */
	NOISE_END,	 /* and what stands behind it */
	NOISE_PUBLISHER, /* praise of themselves, at the end of a page */
	NOISE_N,	 /* none */
};

struct noise;

/* Reads the lists. A list that is missing or not known is a mistake, and so is a phrase without a
 * word; NULL when there is any. */
const struct noise *noise_parse(const struct source *noise_md, struct arena *arena,
				struct mistakes *mistakes);

/* Which kind `plain` is, of the kinds whose bit (1 << kind) is set in `kinds`; NOISE_N for none. */
enum noise_kind noise_of(const struct noise *noise, struct str plain, unsigned kinds,
			 struct arena *turn);

/* "advert", for people. */
struct str noise_name(enum noise_kind kind);

#endif
