/* Files that people write, read whole and with a limit; and tables, mapped. */
#ifndef IO_FILES_H
#define IO_FILES_H

#include "core/arena.h"
#include "core/err.h"

#define FILE_BYTES_MAX ((size_t)8 * 1024 * 1024)
#define SECRET_BYTES_MAX ((size_t)4096)

/* Whether what the system said of a file stays so until somebody mends it. Functions that read files fail with
 * ERR_LATER when it may not: memory is short, too many files are open, the disk does not answer. */
bool file_error_lasts(int error);

/* The file's text in `arena`, NUL behind it. ERR_INPUT with the path and the reason: not there, not
 * readable, not a regular file, larger than `max`. */
bool file_read(struct str path, size_t max, struct arena *arena, struct str *out, struct err *err);

/* The file's bytes as they lie on the disk, read when they are touched and never written: for large
 * tables. `arena` is used for the path's name only. ERR_INPUT as for file_read. A mapped file must be
 * replaced by renaming another one over it; one that is cut short in place ends the process
 * (SIGBUS). */
bool file_map(struct str path, size_t max, struct arena *arena, struct str *out, struct err *err);
/* The bytes stay usable, and leave resident memory until they are touched again: for after reading
 * them all once. */
void file_map_rest(struct str mapped);
void file_unmap(struct str mapped);

/* Names of the regular files in `dir` that end in `suffix`, sorted by byte order. Hidden ones (what
 * editors leave while they work) are left out; links that lead nowhere are not, so that reading them
 * says what is missing. */
bool files_list(struct str dir, struct str suffix, struct arena *arena, struct str **names,
		size_t *names_n, struct err *err);

/* A secret: the first line of the file. Refused (ERR_INPUT) when anybody but the owner may
 * read or write it, when it is empty, or when it holds control bytes. `$CREDENTIALS_DIRECTORY/NAME`
 * is used for a path without a slash when systemd set that variable. */
bool secret_read(struct str path, struct arena *arena, struct str *out, struct err *err);

#endif
