/* Moments as text, after ISO 8601. */
#ifndef WIRE_ISO_TIME_H
#define WIRE_ISO_TIME_H

#include "core/buf.h"

/* As Discord writes them: "2026-11-22T21:00:00.123000+00:00" (reference, ISO8601 Date). Unix time
 * in ms; fractions of a second are left out. False when it is none. */
bool iso_time_read(struct str text, int64_t *unix_ms);

/* As everybody can read it: "2026-11-23 06:30 UTC". Times before 1970 are written as 1970. */
void iso_time_write(int64_t unix_ms, struct buf *out);

#endif
