#ifndef IO_RANDOM_H
#define IO_RANDOM_H

#include <stdint.h>

/* From the system's source of randomness; ends the process when there is none. */
uint64_t random_u64(void);

#endif
