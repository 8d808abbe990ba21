/* Secrets that the bot itself is given while it runs, such as the session of a sign-in: a file of one
 * line beside the state. secret_read() (files.h) reads it. */
#ifndef IO_SECRET_KEEP_H
#define IO_SECRET_KEEP_H

#include "core/err.h"

/* Puts `secret` into the file at `path`, mode 0600: when this returns true it is on the disk, and until
 * then the file holds what it held before. ERR_LATER with the reason, ERR_INPUT when secret_read() could
 * not read it back. */
bool secret_keep(struct str path, struct str secret, struct err *err);

/* True when there is something at `path`. */
bool secret_is_kept(struct str path);

#endif
