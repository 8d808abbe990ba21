/* What comes of the cases under a judge: answered, offered, refused, right or wrong; and the thresholds
 * that keep the limits. The rules are those of core/match.c, without what leads an item and without
 * whole sections. */
#ifndef CALIBRATE_TALLY_H
#define CALIBRATE_TALLY_H

#include "calibrate/cases.h"

#define OFFER_MAX 3

/* What may go wrong at most, as shares, with room below the floors that the README names. */
struct limits {
	double wrong;	/* of covered questions: another passage given */
	double near;	/* of near misses: a passage given. They are several times harder than what
			   patients ask */
	double far;	/* of what has nothing to do with the article: a passage given */
	double refused; /* of covered questions: neither answered nor offered topics */
};

/* What comes of a question; shares of all covered, of all near misses, or of all that are far. */
struct tally {
	double right, both, wrong, offered, offered_other, refused;
	double near_text, near_offered, near_refused;
	double far_text, far_offered;
	double first, among_three; /* ranking alone */
	size_t covered, near, far;
};

/* How a case ranks under a judge; worked out once for all thresholds. */
struct ranked {
	double p[OFFER_MAX], covered;
	bool right[OFFER_MAX];
	const struct kase *of;
};

/* One for each case, into `out`; thresholds do not matter. */
void ranked_read(const struct cases *cases, const struct judge *judge, struct ranked *out);

/* Over the fit, by its weights. */
struct tally tally_fit(const struct ranked *ranked, size_t n, const struct judge *judge);
/* Over the cases of one set, each alike. */
struct tally tally_set(const struct ranked *ranked, size_t n, size_t set,
		       const struct judge *judge);
/* Over all sets that are kept out of the fit, each case alike. */
struct tally tally_kept_out(const struct ranked *ranked, size_t n, const struct judge *judge);

/* The lowest threshold for giving text that keeps both limits, then the highest for offering topics
 * that refuses no more than it may. */
void thresholds_choose(const struct ranked *ranked, size_t n, const struct limits *limits,
		       struct judge *judge);

#endif
