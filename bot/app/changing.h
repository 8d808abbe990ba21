/* A reply that was sent becomes another one, piece by piece: its messages take the new pieces in
 * their order, those that are too many are removed, and those that are missing are sent.
 *
 * What was sent is a text of the platform's ids, parted by blanks, as the store has it. Each stands
 * at the place that its piece was sent under, and keeps it: one that is there no more has a minus in
 * front, so that the place, which makes its key (port/platform.h), is never used twice. Begun anew
 * from that text after a crash, every step that was done shows the same when it is done again.
 *
 * A message that cannot be changed, as somebody has removed it, stays away, and then nothing is sent
 * behind it either: whoever removes a reply does not want it. */
#ifndef APP_CHANGING_H
#define APP_CHANGING_H

#include "core/buf.h"

enum change_kind {
	CHANGE_NONE,   /* all is done */
	CHANGE_TEXT,   /* the message `id` becomes the piece `text` */
	CHANGE_REMOVE, /* the message `id` goes */
	CHANGE_SEND,   /* the piece `text` is sent, at the place `place` */
};

struct change_step {
	enum change_kind kind;
	struct str id; /* in `sent_as` */
	size_t text, place;
};

/* How far it is. Begins as zero, but for `pieces_n`. */
struct changing {
	size_t pieces_n; /* of the new reply */
	size_t place;	 /* the next one of what was sent */
	size_t text;	 /* the next piece */
	bool refused;	 /* a message could not be changed */
};

/* What is to be done next; borrows from `sent_as`. */
struct change_step changing_next(const struct changing *c, struct str sent_as);
/* The step was done, or refused; the message that it sent, if any, has the id `sent`. Renews `sent_as`. */
void changing_went(struct changing *c, struct buf *sent_as, bool good, struct str sent);
/* Whether any of it stands. */
bool sent_any(struct str sent_as);

#endif
