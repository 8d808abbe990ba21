/* The two stores that keep the contract of port/store.h. */
#ifndef IO_STORES_H
#define IO_STORES_H

#include "port/store.h"

/* Opens or makes the file. ERR_INPUT when it is not a clinicbot state file, was written by a newer
 * version, or is damaged: it is then left untouched. ERR_LATER when another clinicbot holds it. */
struct store *store_sqlite_open(struct str path, struct err *err);

/* What it holds is gone with the process. */
struct store *store_memory_new(void);

#endif
