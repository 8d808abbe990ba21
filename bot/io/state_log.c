#define _GNU_SOURCE /* NOLINT(readability-identifier-naming): sync_file_range */
#include "io/state_log.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#define FRAMES_MAX 4000 /* of 4 kB */
#define FRAMES_AT_ONCE 64

static int on_commit(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct state_log *log = arg;

	if (frames < log->begun)
		log->begun = 0; /* it was moved, and begins anew */
	if (log->fd > 0 && frames - log->begun >= FRAMES_AT_ONCE) {
		/* Only starts the writing; what comes of it is told to who waits, below. */
		(void)sync_file_range(log->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		log->begun = frames;
	}
	/* What fails now is tried again behind the next commit. */
	if (frames >= FRAMES_MAX)
		sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

void state_log_start(struct state_log *log, struct sqlite3 *db)
{
	const char *name = sqlite3_filename_wal(sqlite3_db_filename(db, "main"));

	/* SQLite holds no lock on this file that closing ours would take away. */
	log->fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	sqlite3_wal_hook(db, on_commit, log);
}

void state_log_done(struct state_log *log)
{
	if (log->fd > 0)
		close(log->fd);
	log->fd = -1;
}
