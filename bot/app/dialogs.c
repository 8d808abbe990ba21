#define _DEFAULT_SOURCE /* NOLINT(readability-identifier-naming): MAP_ANONYMOUS */
#include "app/dialogs.h"

#include <sys/mman.h>

#include "io/random.h"

#define SETS 1024
#define WAYS 4

struct entry {
	uint64_t message;			 /* which was answered last */
	int64_t warned_ms[URGENT_EMERGENCY + 1]; /* by level; 0: not */
	struct pace pace;
	struct dialog before, dialog;
};

/* Where a key's entry is. */
struct place {
	uint64_t key; /* 0: free */
	int64_t said_ms;
	struct entry *entry;
};

/* Entries are taken one behind the other, so that a hundred people take the memory of a hundred. */
struct dialogs {
	uint64_t secret;
	struct place places[SETS][WAYS];
	size_t entries_n;
	struct entry entries[SETS * WAYS];
};

/* Only the entries that are used take memory: calloc would wipe, and so take, 6 MB of what loading the
 * content left free. */
struct dialogs *dialogs_new(void)
{
	struct dialogs *d =
		mmap(NULL, sizeof *d, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (d == MAP_FAILED)
		out_of_memory();
	d->secret = random_u64();
	return d;
}

void dialogs_free(struct dialogs *dialogs)
{
	if (dialogs)
		munmap(dialogs, sizeof *dialogs);
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

/* NULL: nothing was said lately. */
static const struct place *place_of(const struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	const struct place *set = dialogs->places[key % SETS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].key == key && now_ms - set[i].said_ms < DIALOG_KEEP_MS)
			return &set[i];
	return NULL;
}

const struct dialog *dialogs_get(const struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	const struct place *place = place_of(dialogs, key, now_ms);

	return place ? &place->entry->dialog : NULL;
}

struct dialog dialogs_before(const struct dialogs *dialogs, uint64_t key, struct str message,
			     int64_t now_ms)
{
	const struct place *place = place_of(dialogs, key, now_ms);

	if (!place)
		return dialog_for(NULL, NULL);
	return place->entry->message == str_hash(message, 0)
		       ? place->entry->before
		       : dialog_for(&place->entry->dialog, NULL);
}

/* The key's own, a free one, or the one that was not used for longest. */
static struct place *place_for(struct dialogs *dialogs, uint64_t key)
{
	struct place *set = dialogs->places[key % SETS];
	struct place *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].key == 0 || set[i].said_ms < oldest->said_ms)
			oldest = &set[i];
	}
	return oldest;
}

void dialogs_amend(struct dialogs *dialogs, uint64_t key, struct str message, struct dialog after,
		   int64_t now_ms)
{
	struct place *place = place_for(dialogs, key);

	if (!place_of(dialogs, key, now_ms) || place->entry->message != str_hash(message, 0))
		return;
	place->entry->dialog = after;
	place->said_ms = now_ms;
}

void dialogs_put(struct dialogs *dialogs, uint64_t key, struct str message,
		 const struct dialog *before, struct dialog after, int64_t now_ms)
{
	const struct dialog was =
		before ? *before : dialog_for(NULL, NULL); /* may lie in the table */
	struct place *place = place_for(dialogs, key);

	if (!place->entry)
		place->entry = &dialogs->entries[dialogs->entries_n++];
	if (place->key != key)
		*place->entry = (struct entry){0};
	place->key = key;
	place->said_ms = now_ms;
	place->entry->message = str_hash(message, 0);
	place->entry->before = was;
	place->entry->dialog = after;
}

void dialogs_warn(struct dialogs *dialogs, uint64_t key, enum urgent_level level, int64_t now_ms)
{
	const struct place *place = place_of(dialogs, key, now_ms);

	if (place)
		place->entry->warned_ms[level] = now_ms;
}

bool dialogs_warned(const struct dialogs *dialogs, uint64_t key, enum urgent_level level,
		    int64_t now_ms)
{
	const struct place *place = place_of(dialogs, key, now_ms);
	int64_t warned = place ? place->entry->warned_ms[level] : 0;

	return warned && now_ms - warned < DIALOG_KEEP_MS;
}

struct pace *dialogs_pace(struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	const struct place *place = place_of(dialogs, key, now_ms);

	return place ? &place->entry->pace : NULL;
}

void dialogs_book_gone(struct dialogs *dialogs)
{
	for (size_t i = 0; i < dialogs->entries_n; i++) {
		struct entry *e = &dialogs->entries[i];

		e->dialog = dialog_for(&e->dialog, NULL);
		e->before = dialog_for(&e->before, NULL);
	}
}
