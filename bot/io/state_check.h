/* What went wrong with a state file, and whether it is whole. SQLite's own check says "damaged" also of a page
 * that could not be read just now, and a start that finds its file damaged is not tried again: so that what
 * it says counts only when every byte of the file and its log can be read, and it says so twice. Owns
 * nothing. */
#ifndef IO_STATE_CHECK_H
#define IO_STATE_CHECK_H

#include <stdbool.h>

#include "core/err.h"

struct sqlite3;

/* `db` is open and locked, `path` is its name for the error: ERR_INPUT when it is damaged, ERR_LATER when it
 * cannot be read now. Reads the whole file. */
bool state_check(struct sqlite3 *db, const char *path, struct err *err);

/* Sets what the last call on `db` failed for. Gives false. */
bool state_failed(struct sqlite3 *db, const char *path, struct err *err);

#endif
