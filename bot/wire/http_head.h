/* What the raw header lines of a response say. */
#ifndef WIRE_HTTP_HEAD_H
#define WIRE_HTTP_HEAD_H

#include "core/str.h"

/* The value of the first header of that name, in any case, without blanks around it; empty when there is
 * none. Borrowed from `headers`. */
struct str header_value(struct str headers, struct str name);

/* "Sun, 06 Nov 1994 08:49:37 GMT" as Unix time in ms. False when it is not of this form, the only one that
 * may be sent (RFC 9110, 5.6.7). The name of the day is not looked at. */
bool http_date_read(struct str text, int64_t *unix_ms);

#endif
