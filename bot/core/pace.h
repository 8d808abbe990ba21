/* Does somebody answer faster than people do? A program that answers whatever is said to it does so at
 * once, once for each reply, time after time. A person who writes a lot at once does not wait for replies
 * in between.
 *
 * A value, for one person in one room; begins as zero. */
#ifndef CORE_PACE_H
#define CORE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_QUICK_MS ((int64_t)1000) /* behind a reply: nobody has read it */
#define PACE_ROUNDS 6		      /* so many in a row are a program's */
#define PACE_QUIET_MS ((int64_t)60000)

struct pace {
	int64_t replied_ms; /* of a reply that no message came behind; 0: there is none */
	int64_t quiet_ms;   /* a program, until it has been quiet for so long; 0: none */
	unsigned rounds;
};

/* A reply has reached them. */
void pace_replied(struct pace *p, int64_t now_ms);
/* They wrote, at this time: before the last reply, where it waited to be read, and then it is no answer
 * to that. True when it is a program's. */
bool pace_wrote(struct pace *p, int64_t now_ms);

#endif
