/* From a ranking to what one question gets: the passages that are given, the topics that are offered, or
 * the refusal. Pure. */
#ifndef CORE_PART_H
#define CORE_PART_H

#include "core/ranking.h"
#include "core/talk.h"

/* The passages that are given, each behind what leads it (passage_intro()). */
struct answer_part part_given(const struct ranking *ranking);
/* All of a section, at most PART_PASSAGES_MAX. */
struct answer_part part_of_section(const struct section *section);
/* The likeliest topics, each by its best passage: a section that is one topic is as likely as its
 * passages together. */
struct answer_part part_offered(const struct ranking *ranking);
/* Whether a topic is named that the article does not cover, as good as surely. */
bool part_names_missing(const struct ranking *ranking);
/* That the article does not cover what is asked in words [from, to); with the topic that it lacks, where that is as
 * good as sure and most of what is asked about. */
struct answer_part part_refused(const struct book *book, const struct words *words, size_t from,
				size_t to, const struct ranking *ranking);

/* Adds the topic of a passage to an offer that has room and has it not yet. */
void offer_add(struct answer_part *offer, const struct passage *passage);
/* Topics for one more question: the best of each question come before the second best of any. */
void offer_merge(struct answer_part *offer, const struct answer_part *more);

#endif
