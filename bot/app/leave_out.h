/* Messages that the content is not to have learnt from: files of lists (core/lists.h) without the items
 * that say the same. What differs in case and marks only is the same. To judge content by messages that
 * stand in it. Lives in the arena given. */
#ifndef APP_LEAVE_OUT_H
#define APP_LEAVE_OUT_H

#include "core/arena.h"

struct leave_out {
	struct str *v; /* their words, folded, a blank between them; sorted */
	size_t n;
	size_t left_out; /* items so far */
};

struct leave_out leave_out_of(const struct str *messages, size_t n, struct arena *arena);

/* The file without those items, in `arena`. */
struct str leave_out_apply(struct leave_out *leave_out, struct str text, struct arena *arena);

#endif
