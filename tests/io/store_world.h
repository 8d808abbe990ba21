/* What the tests of the stores share: a directory of their own, one store, and short words for what
 * is done with it. Included by one test each, behind #define _XOPEN_SOURCE 700. */
#ifndef TESTS_IO_STORE_WORLD_H
#define TESTS_IO_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/arena.h"
#include "io/stores.h"

#define D STR("discord")
#define COUNT(list) (sizeof(list) / sizeof *(list))

static char dir[64];
static struct arena arena;
static struct err err;
static struct str file;
static struct store *store;
static bool on_disk;

__attribute__((unused)) static int remove_one(const char *path, const struct stat *st, int kind,
					      struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

__attribute__((unused)) static int start_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/clinicbot-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	arena_init(&arena);
	file = arena_fmt(&arena, "%s/state.db", dir);
	err = (struct err){0};
	store = NULL;
	return 0;
}

__attribute__((unused)) static int stop_dir(void **state)
{
	(void)state;
	if (store)
		store->ops->free(store);
	arena_done(&arena);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

__attribute__((unused)) static int start_memory(void **state)
{
	on_disk = false;
	if (start_dir(state) != 0)
		return -1;
	store = store_memory_new();
	return 0;
}

__attribute__((unused)) static int start_sqlite(void **state)
{
	on_disk = true;
	if (start_dir(state) != 0)
		return -1;
	store = store_sqlite_open(file, &err);
	return store ? 0 : -1;
}

/* What survives a restart; the memory twin simply goes on. */
__attribute__((unused)) static void open_again(void)
{
	if (!on_disk)
		return;
	store->ops->free(store);
	store = store_sqlite_open(file, &err);
	if (!store)
		fail_msg("%s", err.text);
}

__attribute__((unused)) static void commit(const struct store_batch *batch)
{
	if (!store->ops->commit(store, batch, &err))
		fail_msg("%s", err.text);
}

__attribute__((unused)) static void receive(const char *message, int64_t at)
{
	const struct store_inbox row = {
		.platform = D, .message = str_of(message), .room = STR("room"), .received_ms = at};

	commit(&(struct store_batch){.inbox = &row, .inbox_n = 1});
}

__attribute__((unused)) static void reply(const char *message, const char *kind, int64_t at)
{
	const struct store_outbox row = {.platform = D,
					 .message = str_of(message),
					 .kind = str_of(kind),
					 .room = STR("room"),
					 .answer = STR("answer after.alcohol"),
					 .version = STR("v1"),
					 .decided_ms = at};

	commit(&(struct store_batch){.outbox = &row, .outbox_n = 1});
}

__attribute__((unused)) static void mark(const char *message, const char *kind, unsigned pieces,
					 enum outbox_state to)
{
	const struct store_mark row = {.platform = D,
				       .message = str_of(message),
				       .kind = str_of(kind),
				       .pieces_sent = pieces,
				       .state = to};

	commit(&(struct store_batch){.marks = &row, .marks_n = 1});
}

__attribute__((unused)) static void decide(const char *message)
{
	const struct store_mark row = {.platform = D, .message = str_of(message)};

	commit(&(struct store_batch){.decided = &row, .decided_n = 1});
}

__attribute__((unused)) static bool seen(const char *platform, const char *message)
{
	err = (struct err){0};
	if (store->ops->seen(store, str_of(platform), str_of(message), &err))
		return true;
	assert_int_equal(err.kind, ERR_NONE);
	return false;
}

__attribute__((unused)) static void list_inbox(void *arg, const struct store_inbox *row)
{
	buf_addf(arg, STR_FMT " " STR_FMT " " STR_FMT " %lld %u|", STR_ARG(row->platform),
		 STR_ARG(row->message), STR_ARG(row->room), (long long)row->received_ms,
		 row->tries);
}

__attribute__((unused)) static void list_outbox(void *arg, const struct store_outbox *row)
{
	buf_addf(arg, STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " %u %d %lld|",
		 STR_ARG(row->message), STR_ARG(row->kind), STR_ARG(row->answer),
		 STR_ARG(row->version), row->pieces_sent, (int)row->state,
		 (long long)row->decided_ms);
}

__attribute__((unused)) static void assert_undecided(const char *want)
{
	struct buf got;

	buf_init(&got, 1000000);
	buf_add(&got, STR(""));
	assert_true(store->ops->undecided(store, list_inbox, &got, &err));
	assert_string_equal(got.p, want);
	buf_done(&got);
}

__attribute__((unused)) static void assert_owed(const char *want)
{
	struct buf got;

	buf_init(&got, 1000000);
	buf_add(&got, STR(""));
	assert_true(store->ops->owed(store, list_outbox, &got, &err));
	assert_string_equal(got.p, want);
	buf_done(&got);
}

__attribute__((unused)) static void list_link(void *arg, const struct store_inbox *row)
{
	buf_add(arg, row->link);
}

__attribute__((unused)) static void list_alert(void *arg, const struct store_outbox *row)
{
	buf_addf(arg, STR_FMT " %u %d " STR_FMT " %lld|", STR_ARG(row->message), row->pieces_sent,
		 (int)row->state, STR_ARG(row->sent_as), (long long)row->settled_ms);
}

__attribute__((unused)) static void assert_unclaimed(const char *kind, const char *want)
{
	struct buf got;

	buf_init(&got, 1000000);
	buf_add(&got, STR(""));
	assert_true(store->ops->unclaimed(store, str_of(kind), list_alert, &got, &err));
	assert_string_equal(got.p, want);
	buf_done(&got);
}

__attribute__((unused)) static void assert_position(struct str platform, struct str want)
{
	struct buf got;

	buf_init(&got, 1000);
	buf_add(&got, STR("old"));
	assert_true(store->ops->position(store, platform, &got, &err));
	assert_true(str_eq(buf_str(&got), want));
	buf_done(&got);
}

#endif
