/* Why something failed, for the person who can mend it.
 *
 * What can fail returns bool and takes a `struct err *` last; on false `*err` is set and nothing
 * else was changed. `err` may be NULL where the caller does not care. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "core/str.h"

enum err_kind {
	ERR_NONE,
	ERR_INPUT,   /* a file or an argument must be mended */
	ERR_REFUSED, /* the other side said no; do not try again */
	ERR_LATER,   /* may work later; try again */
};

#define ERR_TEXT_MAX 512

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX]; /* one sentence, no newline; cut when longer */
};

/* Sets `*err` (when there is one) and gives false: return err_set(err, ERR_INPUT, ...); */
bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
