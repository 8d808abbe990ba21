#define _DEFAULT_SOURCE /* NOLINT(readability-identifier-naming): MAP_ANONYMOUS */
#include "app/dialogs.h"

#include <sys/mman.h>

#include "io/random.h"

#define SETS 1024
#define WAYS 4

struct entry {
	uint64_t key; /* 0: free */
	int64_t said_ms;
	uint64_t message;			 /* which was answered last */
	int64_t warned_ms[URGENT_EMERGENCY + 1]; /* by level; 0: not */
	struct pace pace;
	struct dialog before, dialog;
};

struct dialogs {
	uint64_t secret;
	struct entry entries[SETS][WAYS];
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

static size_t way_of(const struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	const struct entry *set = dialogs->entries[key % SETS];
	size_t i = 0;

	while (i < WAYS && !(set[i].key == key && now_ms - set[i].said_ms < DIALOG_KEEP_MS))
		i++;
	return i;
}

const struct dialog *dialogs_get(const struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);

	return way < WAYS ? &dialogs->entries[key % SETS][way].dialog : NULL;
}

struct dialog dialogs_before(const struct dialogs *dialogs, uint64_t key, struct str message,
			     int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);
	const struct entry *e = &dialogs->entries[key % SETS][way < WAYS ? way : 0];

	if (way == WAYS)
		return dialog_for(NULL, NULL);
	return e->message == str_hash(message, 0) ? e->before : dialog_for(&e->dialog, NULL);
}

void dialogs_amend(struct dialogs *dialogs, uint64_t key, struct str message, struct dialog after,
		   int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);
	struct entry *e = &dialogs->entries[key % SETS][way < WAYS ? way : 0];

	if (way == WAYS || e->message != str_hash(message, 0))
		return;
	e->dialog = after;
	e->said_ms = now_ms;
}

void dialogs_put(struct dialogs *dialogs, uint64_t key, struct str message,
		 const struct dialog *before, struct dialog after, int64_t now_ms)
{
	const struct dialog was =
		before ? *before : dialog_for(NULL, NULL); /* may lie in the table */
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
	if (oldest->key != key)
		*oldest = (struct entry){.key = key};
	oldest->said_ms = now_ms;
	oldest->message = str_hash(message, 0);
	oldest->before = was;
	oldest->dialog = after;
}

void dialogs_warn(struct dialogs *dialogs, uint64_t key, enum urgent_level level, int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);

	if (way < WAYS)
		dialogs->entries[key % SETS][way].warned_ms[level] = now_ms;
}

bool dialogs_warned(const struct dialogs *dialogs, uint64_t key, enum urgent_level level,
		    int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);
	int64_t warned = way < WAYS ? dialogs->entries[key % SETS][way].warned_ms[level] : 0;

	return warned && now_ms - warned < DIALOG_KEEP_MS;
}

struct pace *dialogs_pace(struct dialogs *dialogs, uint64_t key, int64_t now_ms)
{
	size_t way = way_of(dialogs, key, now_ms);

	return way < WAYS ? &dialogs->entries[key % SETS][way].pace : NULL;
}

void dialogs_book_gone(struct dialogs *dialogs)
{
	for (int i = 0; i < SETS; i++)
		for (int k = 0; k < WAYS; k++) {
			struct entry *e = &dialogs->entries[i][k];

			if (e->key == 0)
				continue; /* untouched, it takes no memory */
			e->dialog = dialog_for(&e->dialog, NULL);
			e->before = dialog_for(&e->before, NULL);
		}
}
