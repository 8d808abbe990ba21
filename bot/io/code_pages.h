/* The program's own pages in memory, and its libraries'. */
#ifndef IO_CODE_PAGES_H
#define IO_CODE_PAGES_H

/* Gives back those that nothing was written to: the system reads what is used again out of its cache, and
 * what only the start took (learning, the XML reader, the certificates) stays away. */
void code_pages_rest(void);

#endif
