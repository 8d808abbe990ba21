/* What must not linger in memory: tokens, passwords, what patients wrote. */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include "core/str.h"

/* Overwrites it, in a way that compilers keep although nobody reads it again. The memory must be
 * writable; only the view is const. Nothing for the empty text. */
void secret_wipe(struct str secret);

#endif
