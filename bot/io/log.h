/* The log: one line an event, on standard error, `2026-11-22T16:30:00.123Z info discord: resumed`.
 * Under systemd's journal the time is left out and the level becomes the journal's priority.
 *
 * io logs changes of state, app logs outcomes, each failure once. Never a patient's words, a
 * person's id or a secret: log_secret() names what must never appear, and a line that holds one
 * is printed with it struck out. */
#ifndef IO_LOG_H
#define IO_LOG_H

#include "core/str.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_level_set(enum log_level level);
/* Remembers `secret` (at least 8 bytes, at most 8 secrets, each up to 256 bytes) to strike it out. */
void log_secret(struct str secret);

/* `area` is the room that speaks: "discord", "store". Newlines and control bytes become spaces. */
void log_error(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *area, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
