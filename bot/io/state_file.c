#include "io/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "io/files.h"

#define HEADER_BYTES 100

/* Where the header keeps what is looked at; numbers are big endian. */
#define AT_PAGE_SIZE 16
#define AT_CHANGES 24
#define AT_PAGES 28
#define AT_VERSION 60
#define AT_APPLICATION 68
#define AT_PAGES_VALID_FOR 92

/* clang-format off */
static const char schema[] =
	"PRAGMA journal_mode = MEMORY;" /* nobody else sees the file yet */
	"BEGIN;"
	"CREATE TABLE position ("
	"	platform TEXT PRIMARY KEY,"
	"	position TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE inbox ("
	"	id INTEGER PRIMARY KEY,"
	"	platform TEXT NOT NULL,"
	"	message TEXT NOT NULL,"
	"	room TEXT NOT NULL,"
	"	received_ms INTEGER NOT NULL,"
	"	tries INTEGER NOT NULL,"
	"	decided INTEGER NOT NULL,"
	"	link TEXT NOT NULL DEFAULT '',"
	"	UNIQUE (platform, message)"
	") STRICT;"
	"CREATE INDEX inbox_open ON inbox (received_ms, id) WHERE decided = 0;"
	"CREATE INDEX inbox_old ON inbox (received_ms, id) WHERE decided = 1;"
	"CREATE TABLE outbox ("
	"	id INTEGER PRIMARY KEY,"
	"	platform TEXT NOT NULL,"
	"	message TEXT NOT NULL,"
	"	kind TEXT NOT NULL,"
	"	room TEXT NOT NULL,"
	"	answer TEXT NOT NULL,"
	"	version TEXT NOT NULL,"
	"	pieces_sent INTEGER NOT NULL,"
	"	state INTEGER NOT NULL,"
	"	decided_ms INTEGER NOT NULL,"
	"	sent_as TEXT NOT NULL DEFAULT '',"
	"	settled_ms INTEGER NOT NULL DEFAULT 0,"
	"	UNIQUE (platform, message, kind)"
	") STRICT;"
	"CREATE INDEX outbox_owed ON outbox (decided_ms, id) WHERE state = 0;"
	"CREATE INDEX outbox_old ON outbox (decided_ms, id) WHERE state <> 0;"
	STATE_GREETED
	"PRAGMA application_id = %d;"
	"PRAGMA user_version = %d;"
	"COMMIT;";
/* clang-format on */

static uint32_t number_at(const unsigned char *header, size_t at)
{
	return (uint32_t)header[at] << 24 | (uint32_t)header[at + 1] << 16 |
	       (uint32_t)header[at + 2] << 8 | (uint32_t)header[at + 3];
}

static bool not_ours(const char *path, struct err *err)
{
	return err_set(err, ERR_INPUT, "%s: it is not a clinicbot state file; name another one",
		       path);
}

static bool system_error(const char *path, const char *what, int error, struct err *err)
{
	return err_set(err, file_error_lasts(error) ? ERR_INPUT : ERR_LATER, "%s: %s%s", path, what,
		       strerror(error));
}

static bool is_empty_or_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) != 0 || st.st_size == 0;
}

/* Shorter than it says. A log beside it may hold what is missing: then SQLite will see. */
static bool is_cut_off(const char *path, const unsigned char *header, off_t size)
{
	uint64_t page = (uint64_t)header[AT_PAGE_SIZE] << 8 | header[AT_PAGE_SIZE + 1];
	uint64_t pages = number_at(header, AT_PAGES);
	size_t n = strlen(path) + sizeof "-wal";
	char *log = malloc(n);
	bool alone;

	if (!log)
		out_of_memory();
	snprintf(log, n, "%s-wal", path);
	alone = is_empty_or_missing(log);
	free(log);
	if (page == 1)
		page = 65536;
	return alone && number_at(header, AT_CHANGES) == number_at(header, AT_PAGES_VALID_FOR) &&
	       (uint64_t)size < page * pages;
}

static bool header_check(const char *path, const unsigned char *header, off_t size, struct err *err)
{
	uint32_t version = number_at(header, AT_VERSION);

	if (memcmp(header, "SQLite format 3", 16) != 0 ||
	    number_at(header, AT_APPLICATION) != STATE_APPLICATION_ID)
		return not_ours(path, err);
	if (version > STATE_VERSION)
		return err_set(err, ERR_INPUT,
			       "%s: a newer clinicbot wrote it (version %u, this one knows %d)",
			       path, version, STATE_VERSION);
	if (version == 0 || is_cut_off(path, header, size))
		return err_set(err, ERR_INPUT, "%s: it is damaged; restore it or move it away",
			       path);
	return true;
}

/* `*size` is its length, 0 also when it is not there. Without waiting for a FIFO's other end. */
static bool look(const char *path, bool *is_there, off_t *size, unsigned char header[HEADER_BYTES],
		 struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st = {0};
	ssize_t n = 0;
	int error;

	*is_there = fd >= 0;
	*size = 0;
	if (fd < 0)
		return errno == ENOENT || system_error(path, "", errno, err);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = pread(fd, header, HEADER_BYTES, 0);
	error = errno;
	close(fd);
	if (n < 0)
		return system_error(path, "it cannot be read: ", error, err);
	*size = st.st_size;
	if (!S_ISREG(st.st_mode) || (*size != 0 && n < HEADER_BYTES))
		return not_ours(path, err);
	return true;
}

static bool schema_write(const char *path)
{
	sqlite3 *db = NULL;
	char *sql = sqlite3_mprintf(schema, STATE_APPLICATION_ID, STATE_VERSION);
	bool done;

	if (!sql)
		out_of_memory();
	done = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ==
		       SQLITE_OK &&
	       sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_free(sql);
	sqlite3_close(db);
	return done;
}

/* Made under another name first: a crash leaves no half of it, and whoever starts at the same time
 * cannot be overwritten. */
static bool make(const char *path, bool replace, struct err *err)
{
	size_t n = strlen(path) + sizeof ".XXXXXX";
	char *draft = malloc(n);
	bool done = false;
	int fd;

	if (!draft)
		out_of_memory();
	snprintf(draft, n, "%s.XXXXXX", path);
	fd = mkstemp(draft);
	if (fd >= 0) {
		errno = 0;
		done = schema_write(draft) &&
		       (replace ? rename(draft, path) : link(draft, path)) == 0;
		if (!done)
			done = errno == EEXIST; /* another one was quicker, and will hold it */
	}
	if (!done && errno)
		system_error(path, "it cannot be made: ", errno, err);
	else if (!done)
		err_set(err, ERR_LATER, "%s: the disk does not take it", path);
	if (fd >= 0) {
		unlink(draft);
		close(fd);
	}
	free(draft);
	return done;
}

bool state_file_prepare(const char *path, struct err *err)
{
	unsigned char header[HEADER_BYTES] = {0};
	bool is_there = false;
	off_t size = 0;

	if (!look(path, &is_there, &size, header, err))
		return false;
	if (size == 0)
		return make(path, is_there, err);
	return header_check(path, header, size, err);
}
