#include "io/state_check.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "io/files.h"

#define READ_BYTES 65536
#define TRIES 2

/* SQLite opens a file only for reading when it cannot be opened for writing just then, whatever the reason. */
static bool may_be_written(sqlite3 *db, const char *path)
{
	return sqlite3_extended_errcode(db) != SQLITE_READONLY_DIRECTORY && access(path, W_OK) == 0;
}

static bool unwritable(const char *path, struct err *err)
{
	return err_set(err, ERR_INPUT, "%s: it or its directory cannot be written", path);
}

bool state_failed(sqlite3 *db, const char *path, struct err *err)
{
	int code = sqlite3_errcode(db);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_LATER, "another clinicbot is using %s", path);
	case SQLITE_FULL:
		return err_set(err, ERR_LATER, "%s: the disk is full", path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_INPUT, "%s: it is damaged; restore it or move it away",
			       path);
	case SQLITE_CANTOPEN:
		if (!file_error_lasts(sqlite3_system_errno(db)))
			return err_set(err, ERR_LATER, "%s: %s", path,
				       strerror(sqlite3_system_errno(db)));
		return unwritable(path, err);
	case SQLITE_READONLY:
		return may_be_written(db, path)
			       ? err_set(err, ERR_LATER, "%s: it cannot be opened for writing now",
					 path)
			       : unwritable(path, err);
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return unwritable(path, err);
	default:
		return err_set(err, ERR_LATER, "%s: %s", path, sqlite3_errmsg(db));
	}
}

static bool is_said_whole(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	bool whole = false;

	if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		whole = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
	sqlite3_finalize(statement);
	return whole;
}

/* Through SQLite's own descriptor: to close another one would give its lock away. */
static int read_through(sqlite3 *db, int which)
{
	static char bytes[READ_BYTES];
	sqlite3_file *file = NULL;
	sqlite3_int64 size = 0;
	int code = sqlite3_file_control(db, "main", which, &file);

	if (code != SQLITE_OK || !file || !file->pMethods)
		return code;
	code = file->pMethods->xFileSize(file, &size);
	for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += READ_BYTES) {
		int n = size - at < READ_BYTES ? (int)(size - at) : READ_BYTES;

		code = file->pMethods->xRead(file, bytes, n, at);
	}
	return code;
}

bool state_check(sqlite3 *db, const char *path, struct err *err)
{
	for (int i = 0; i < TRIES; i++) {
		int code;

		if (is_said_whole(db))
			return true;
		code = sqlite3_errcode(db) == SQLITE_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
		if (code == SQLITE_OK)
			code = read_through(db, SQLITE_FCNTL_FILE_POINTER);
		if (code == SQLITE_OK)
			code = read_through(db, SQLITE_FCNTL_JOURNAL_POINTER);
		if (code != SQLITE_OK)
			return err_set(err, ERR_LATER, "%s: %s", path, sqlite3_errstr(code));
	}
	return err_set(err, ERR_INPUT, "%s: it is damaged; restore it or move it away", path);
}
