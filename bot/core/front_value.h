/* A value in a front matter: plain, or in quotes as YAML has them (YAML 1.2, 7.3): `"A \"b\" c"` with
 * a backslash before `"`, `\` and `/`, or `'It''s'`. Quotes inside a plain value are part of it. */
#ifndef CORE_FRONT_VALUE_H
#define CORE_FRONT_VALUE_H

#include "core/arena.h"

/* What stands behind `key:`, trimmed, without its quotes. False, and `out` untouched, when it begins
 * with a quote that does not close at its end, or holds another backslash. */
bool front_value_read(struct str written, struct arena *arena, struct str *out);
/* So that it is read as the same: in quotes only where it begins with one. */
struct str front_value_write(struct str value, struct arena *arena);

#endif
