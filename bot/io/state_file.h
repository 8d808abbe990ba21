/* The state file before SQLite touches it: is it ours, and making a new one. SQLite would recover,
 * convert or put files beside whatever it opens, so that somebody else's file must be recognised by
 * its first bytes (https://www.sqlite.org/fileformat2.html, section 1.3). */
#ifndef IO_STATE_FILE_H
#define IO_STATE_FILE_H

#include "core/err.h"

#define STATE_APPLICATION_ID 0x636c6263 /* "clbc" */
#define STATE_VERSION 3

/* What brings a file of version 1, which knew no alerts, to version 2. */
#define STATE_FROM_1                                                           \
	"BEGIN EXCLUSIVE;"                                                     \
	"ALTER TABLE inbox ADD COLUMN link TEXT NOT NULL DEFAULT '';"          \
	"ALTER TABLE outbox ADD COLUMN sent_as TEXT NOT NULL DEFAULT '';"      \
	"ALTER TABLE outbox ADD COLUMN settled_ms INTEGER NOT NULL DEFAULT 0;" \
	"PRAGMA user_version = 2;"                                             \
	"COMMIT;"

/* Who was told what the bot is, and the key that stands between these rows and a name. SQLite's random
 * bytes come from the system's source. */
#define STATE_GREETED                                     \
	"CREATE TABLE greeted ("                          \
	"	person_key INTEGER PRIMARY KEY,"                \
	"	day INTEGER NOT NULL"                           \
	") STRICT;"                                       \
	"CREATE INDEX greeted_old ON greeted (day);"      \
	"CREATE TABLE secret (key BLOB NOT NULL) STRICT;" \
	"INSERT INTO secret VALUES (randomblob(16));"

/* ... and one of version 2, which greeted everybody anew, to version 3. */
#define STATE_FROM_2                                                \
	"BEGIN EXCLUSIVE;" STATE_GREETED "PRAGMA user_version = 3;" \
	"COMMIT;"

/* Makes sure that a state file of this version or an older one is at `path`: checks what is there, or makes an
 * empty one of this version with mode 0600, whole or not at all. ERR_INPUT when it is something else, was written by
 * a newer version, is damaged, or cannot be made; nothing was changed then. */
bool state_file_prepare(const char *path, struct err *err);

#endif
