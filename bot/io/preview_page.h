/* The files of bot/io/preview/, built in as bytes by the Makefile. */
#ifndef IO_PREVIEW_PAGE_H
#define IO_PREVIEW_PAGE_H

#include <stddef.h>

struct page_file {
	const char *name; /* "page.html"; NULL ends the list */
	const unsigned char *bytes;
	size_t n;
};

extern const struct page_file page_files[];

#endif
