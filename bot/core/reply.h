/* From an answer to what is sent: section titles, passages, fixed texts, the note, cut into
 * pieces that a platform takes. `struct reply` can only be made by reply_build, which puts the note
 * with the emergency line behind every piece: no reply exists without it. */
#ifndef CORE_REPLY_H
#define CORE_REPLY_H

#include "core/talk.h"

enum reply_with {
	REPLY_WITH_FIRST = 1, /* what the bot is, behind the answer */
	REPLY_WITH_DELAY = 2, /* in front: the question waited */
};

struct reply {
	const struct str *pieces; /* Markdown, each at most `text_max` code points */
	size_t pieces_n;
};

/* A safety text stands in the language of the message first, if there is a file for it, then in the
 * pack's. Passages stand under their section's title. An answer with a `.benefit` passage also carries the
 * article's `.risk` passage. `with` adds the line that says it is a machine and asks to
 * keep private things out: behind what was asked for, so that nothing that helps is pushed down, and
 * behind a hello, where a person would say who they are; safety texts stay alone. Several pieces are numbered 1/2, 2/2.
 * `text_max` is at least REPLY_TEXT_MIN. An answer that is silent gives no pieces. Lives in `arena`. */
#define REPLY_TEXT_MIN 1000
struct reply reply_build(const struct book *book, const struct answer *answer, unsigned with,
			 size_t text_max, struct arena *arena);

/* Cuts `markdown` into pieces of at most `first_max` (the first) and `max` (the others) code
 * points: at a blank line if one is near, else behind a sentence, else between words, never inside
 * a grapheme cluster (Unicode annex 29, by utf8proc), and inside of what is bold, slanted, a link or
 * code only where that alone is longer than a piece. The pieces joined give the text, but for white
 * space at the cuts. */
void text_split(struct str markdown, size_t first_max, size_t max, struct arena *arena,
		struct str **pieces, size_t *pieces_n);

#endif
