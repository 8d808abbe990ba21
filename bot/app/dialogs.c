#include "app/dialogs.h"

#include <stdlib.h>

#include "io/random.h"

#define SETS 1024
#define WAYS 4

struct entry {
	uint64_t key; /* 0: free */
	int64_t said_ms;
	struct dialog dialog;
};

struct dialogs {
	uint64_t secret;
	struct entry entries[SETS][WAYS];
};

struct dialogs *dialogs_new(void)
{
	struct dialogs *d = calloc(1, sizeof *d);

	if (!d)
		out_of_memory();
	d->secret = random_u64();
	return d;
}

void dialogs_free(struct dialogs *dialogs)
{
	free(dialogs);
}

uint64_t dialogs_key(const struct dialogs *dialogs, struct str platform, struct str room,
		     struct str person)
{
	const struct str secret = {(const char *)&dialogs->secret, sizeof dialogs->secret};
	const struct str parts[] = {platform, room, person};
	uint64_t h = str_hash(secret, 0);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		h = str_hash(STR("\n"), str_hash(parts[i], h));
	return h ? h : 1;
}

const struct dialog *dialogs_get(const struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	const struct entry *set = dialogs->entries[key % SETS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].key == key && now_ms - set[i].said_ms < DIALOG_KEEP_MS)
			return &set[i].dialog;
	return NULL;
}

void dialogs_put(struct dialogs *dialogs, uint64_t key, const struct dialog *dialog, int64_t now_ms)
{
	struct entry *set = dialogs->entries[key % SETS];
	struct entry *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key) {
			oldest = &set[i];
			break;
		}
		if (set[i].key == 0 || set[i].said_ms < oldest->said_ms)
			oldest = &set[i];
	}
	*oldest = (struct entry){key, now_ms, *dialog};
}

void dialogs_book_gone(struct dialogs *dialogs)
{
	for (int i = 0; i < SETS; i++)
		for (int k = 0; k < WAYS; k++)
			dialogs->entries[i][k].dialog =
				dialog_for(&dialogs->entries[i][k].dialog, NULL);
}
