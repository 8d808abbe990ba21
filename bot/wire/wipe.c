#include "wire/wipe.h"

void memory_wipe(void *p, size_t n)
{
	volatile char *byte = p;

	while (n--)
		*byte++ = 0;
}
