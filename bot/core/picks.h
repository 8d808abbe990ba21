/* What a person makes of the topics that were offered: takes some, takes none, cannot choose. */
#ifndef CORE_PICKS_H
#define CORE_PICKS_H

#include "core/cues.h"
#include "core/dialog.h"

/* The answer to a message of these kinds (cues_kinds()) where something was offered; false when it says nothing
 * of that. Some can be picked long after ("and the first one"); none, "yes" and "not sure" speak of what was
 * said last. */
bool picks_answer(const struct dialog *dialog, unsigned kinds, struct answer *out);

#endif
