/* The bytes of somebody's file to UTF-8 text. */
#ifndef CORE_CHARSET_H
#define CORE_CHARSET_H

#include "core/arena.h"
#include "core/err.h"

struct charset_text {
	struct str text; /* UTF-8 without a byte order mark; lines end in \n; no control characters
			    but tabs and line ends */
	struct str why;	 /* what had to be guessed or mended, for a person; empty when nothing */
};

/* `declared` is the name of the character set that the file gives for itself, or empty. In this
 * order: a byte order mark (UTF-8, UTF-16); bytes that are valid UTF-8; what is declared, of which
 * UTF-8 and the names of windows-1252 and ISO 8859-1 are known; windows-1252. Text that is UTF-8 but
 * for a few bytes is mended with U+FFFD. As in browsers ISO 8859-1 is read as windows-1252 (WHATWG
 * Encoding Standard, labels). ERR_INPUT for what is no text (a PDF, an image, zero bytes) and for any
 * other declared character set. */
bool charset_decode(struct str bytes, struct str declared, struct arena *arena,
		    struct charset_text *out, struct err *err);

/* The character that byte `c` (0x80 to 0x9f) is in windows-1252, U+FFFD for its five gaps; any other
 * value is given back. Source: Unicode mapping file CP1252.TXT. */
uint32_t charset_windows(uint32_t c);

#endif
