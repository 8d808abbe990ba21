#include "wire/heard.h"

void heard_note(struct heard *heard, uint64_t room, uint64_t person, int64_t at_ms)
{
	size_t at = heard->next;

	for (size_t i = 0; i < HEARD_MAX; i++)
		if (heard->v[i].room == room && heard->v[i].person == person)
			at = i;
	if (at == heard->next)
		heard->next = (heard->next + 1) % HEARD_MAX;
	heard->v[at].room = room;
	heard->v[at].person = person;
	heard->v[at].at_ms = at_ms;
}

bool heard_lately(const struct heard *heard, uint64_t room, uint64_t person, int64_t at_ms)
{
	for (size_t i = 0; i < HEARD_MAX; i++)
		if (heard->v[i].room == room && heard->v[i].person == person)
			return at_ms - heard->v[i].at_ms <= HEARD_KEEP_MS;
	return false;
}
