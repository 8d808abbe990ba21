/* Who spoke to the bot lately, and where: in the minutes after that their messages there are heard
 * without a mention too, for the urgent lane alone. Numbers in memory, few and soon overwritten. */
#ifndef WIRE_HEARD_H
#define WIRE_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEARD_MAX 256
#define HEARD_KEEP_MS ((int64_t)10 * 60 * 1000)

struct heard {
	struct {
		uint64_t room, person;
		int64_t at_ms;
	} v[HEARD_MAX]; /* a ring */
	size_t next;
};

/* The person spoke to the bot in this room at this time. */
void heard_note(struct heard *heard, uint64_t room, uint64_t person, int64_t at_ms);
/* True when that was HEARD_KEEP_MS before `at_ms` or less. */
bool heard_lately(const struct heard *heard, uint64_t room, uint64_t person, int64_t at_ms);

#endif
