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

#define RETRY_AFTER_MAX_MS ((int64_t)24 * 3600 * 1000)

/* How long Retry-After asks to wait, in seconds or until a date (RFC 9110, 10.2.3), as ms and at most
 * RETRY_AFTER_MAX_MS. What a date means goes by the clock of who wrote it: the answer's own Date, or
 * `wall_ms` where it has none (0: then a date says nothing). False when there is none, or none that can be
 * waited for: a date that is over says that clocks differ, not that it is time. */
bool retry_after_read(struct str headers, int64_t wall_ms, int64_t *wait_ms);

#endif
