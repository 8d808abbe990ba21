#include "io/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

uint64_t random_u64(void)
{
	uint64_t value;

	if (uv_random(NULL, NULL, &value, sizeof value, 0, NULL) != 0) {
		fprintf(stderr, "the system gives no random numbers\n");
		abort();
	}
	return value;
}
