/* What Discord's error codes mean for a message that the bot sends. */
#ifndef WIRE_DISCORD_REFUSALS_H
#define WIRE_DISCORD_REFUSALS_H

#include "core/buf.h"
#include "wire/discord_rest.h"

enum verdict {
	VERDICT_DONE,
	VERDICT_RETRY,	      /* later, with back-off */
	VERDICT_WAIT,	      /* 429: when the limits say */
	VERDICT_REFUSED,      /* never; the sentence says why */
	VERDICT_NO_REFERENCE, /* once more, without naming the message that it replies to */
	VERDICT_UNAUTHORIZED, /* 401 of Discord itself: the token is not accepted */
};

/* Judges a response. Only Discord's own word refuses for good. For REFUSED a sentence for the clinic's staff is added to `why`. */
enum verdict refusal_judge(const struct machine_response *response, struct buf *why);

/* Does a refusal hold for whatever would be sent into that channel? */
bool refusal_is_of_channel(const struct machine_response *response, enum trouble *trouble);

#endif
