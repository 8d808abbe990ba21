/* Secrets in memory. */
#ifndef WIRE_WIPE_H
#define WIRE_WIPE_H

#include <stddef.h>

/* Overwrites memory in a way that the compiler keeps. */
void memory_wipe(void *p, size_t n);

#endif
