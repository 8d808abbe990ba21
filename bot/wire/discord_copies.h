/* Which message in a channel's history is the one that a request would send: how what may have gone out is
 * known again when Discord has forgotten its nonce. A history keeps no nonces; it keeps who wrote a
 * message, its words, and the message that it replies to. It is the copy when
 *
 *  1. the bot wrote it (while its own id is not known yet: some bot did);
 *  2. this run did not make or find it for another request;
 *  3. it names the question. Two people may ask the same, so words alone prove nothing, and what names no
 *     question is no reply to this one. What is told elsewhere names none: its words, which hold the link
 *     to what it is about, are all that it has. So it is with a reply once Discord did not take it with
 *     the name;
 *  4. its words are the same, or, of what is known by its beginning, that is.
 *
 * Between two runs words change: the article is edited, a telephone number is, or the reply comes late and says so.
 * So an ordinary reply that an earlier run may have sent is also the message for which 1, 2 and 3 hold,
 * the bot's own id is known, as many replies to the question as the reply has pieces before this one
 * stand before it, and at least half of the words are the same: the most alike of those, when none has
 * the same words. A safety text is known by its very words only: one too many is better than one taken
 * for sent because of another reply. */
#ifndef WIRE_DISCORD_COPIES_H
#define WIRE_DISCORD_COPIES_H

#include "wire/discord_requests.h"

#define COPIES_MADE_MAX 256

/* What this run knows of the bot's own messages. All zero: nothing yet. */
struct copies {
	uint64_t me;			/* the bot's user; 0: not known yet */
	uint64_t made[COPIES_MADE_MAX]; /* the newest that were made or found, in a ring */
	uint64_t made_n;
};

/* The message `id` is some request's (0: nothing). */
void copies_made(struct copies *copies, uint64_t id);

enum look {
	LOOK_FOUND,   /* the message that this request would send is there, under `found` */
	LOOK_FURTHER, /* not on this page; request_write() asks for the next one now */
	LOOK_NONE,    /* on no page, or on none of the first HISTORY_PAGES_MAX */
};

/* What the page of the history in `body` says. */
enum look copies_look(const struct copies *copies, struct request *request, struct str body);

#endif
