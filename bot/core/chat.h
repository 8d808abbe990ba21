/* What is said to the bot and asks nothing of an article: small talk, what is made of an offer, and what is wanted of
 * the last answer. Pure. */
#ifndef CORE_CHAT_H
#define CORE_CHAT_H

#include "core/dialog.h"
#include "core/readings.h"

/* The answer to a message of these whole-message kinds (cues_kinds()), which are not none. */
struct answer chat_answer(const struct book *book, const struct dialog *dialog,
			  const struct readings *readings, unsigned kinds);
/* What was said last, once more; asks to say more where that is nothing. */
struct answer chat_again(const struct dialog *dialog);
/* The fixed text of a contained kind (cues_contained()); REPLY_NONE of others. */
enum reply_id chat_contained(enum cue cue);

#endif
