/* Addresses of web pages in a message. What stands in one is no word of the person who sends it. Pure. */
#ifndef CORE_LINKS_H
#define CORE_LINKS_H

#include "core/arena.h"
#include "core/str.h"

/* The text with a blank in the place of each link; the same text, and `*any` false, where there is none. A link
 * begins with "http://", "https://" or "www." and goes on as far as the characters of RFC 3986 do, without
 * marks at its end: whatever else is written behind it is left to be read. */
struct str links_out(struct str text, struct arena *arena, bool *any);

#endif
