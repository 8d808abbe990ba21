/* Moments as Discord writes them: "2026-11-22T21:00:00.123000+00:00" (ISO 8601, reference, ISO8601 Date). */
#ifndef WIRE_ISO_TIME_H
#define WIRE_ISO_TIME_H

#include "core/str.h"

/* Unix time in ms; fractions of a second are left out. False when it is none. */
bool iso_time_read(struct str text, int64_t *unix_ms);

#endif
