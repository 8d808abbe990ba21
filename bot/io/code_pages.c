#define _GNU_SOURCE /* NOLINT(readability-identifier-naming): dl_iterate_phdr, madvise */
#include "io/code_pages.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* A mapping begins at a page. The kernel refuses a range that is not mapped, which does no harm. */
static void segment_rest(const struct dl_phdr_info *object, const ElfW(Phdr) * segment)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = object->dlpi_addr + segment->p_vaddr;
	uintptr_t from = begin / page * page;

	madvise((void *)from, begin + segment->p_filesz - from, MADV_DONTNEED);
}

/* What may be written to holds what the loader and the program wrote. */
static int object_rest(struct dl_phdr_info *object, size_t size, void *arg)
{
	(void)size, (void)arg;
	for (size_t i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_LOAD &&
		    !(object->dlpi_phdr[i].p_flags & PF_W))
			segment_rest(object, &object->dlpi_phdr[i]);
	return 0;
}

void code_pages_rest(void)
{
	dl_iterate_phdr(object_rest, NULL);
}
