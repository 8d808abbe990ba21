#include "core/secret.h"

#include <string.h>

void secret_wipe(struct str secret)
{
	char *p = (char *)(uintptr_t)secret.p;

	if (secret.n == 0)
		return;
	memset(p, 0, secret.n);
	/* A plain memset in front of a free is left out. */
	__asm__ volatile("" : : "r"(p) : "memory");
}
