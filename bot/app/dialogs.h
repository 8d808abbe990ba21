/* Who was told what, for the last minutes: one dialog for each person in each room. In memory
 * only, bounded, and known by a keyed hash, so that no name is kept. */
#ifndef APP_DIALOGS_H
#define APP_DIALOGS_H

#include "core/dialog.h"
#include "core/pace.h"

struct dialogs;

struct dialogs *dialogs_new(void);
void dialogs_free(struct dialogs *dialogs);

/* Names the dialog of a person in a room of a platform. */
uint64_t dialogs_key(const struct dialogs *dialogs, struct str platform, struct str room,
		     struct str person);

/* NULL when nothing was said in the last DIALOG_KEEP_MS. Borrowed until the next put. */
const struct dialog *dialogs_get(const struct dialogs *dialogs, uint64_t key, int64_t now_ms);
/* Behind the answer to `message`, before which the dialog was `before` (NULL: none). The table is
 * bounded: what was not used for longest gives way. */
void dialogs_put(struct dialogs *dialogs, uint64_t key, struct str message,
		 const struct dialog *before, struct dialog after, int64_t now_ms);

/* What a newer wording of `message` is read behind: what had been said when it was written, if nothing
 * was answered since; else nothing, but for a safety text, and that they have met. */
struct dialog dialogs_before(const struct dialogs *dialogs, uint64_t key, struct str message,
			     int64_t now_ms);
/* The answer to `message` is another one now; no change where that is not the last answer. */
void dialogs_amend(struct dialogs *dialogs, uint64_t key, struct str message, struct dialog after,
		   int64_t now_ms);

/* A safety text of this level was given in the dialog, which is there. */
void dialogs_warn(struct dialogs *dialogs, uint64_t key, enum urgent_level level, int64_t now_ms);
/* ... in the last DIALOG_KEEP_MS. */
bool dialogs_warned(const struct dialogs *dialogs, uint64_t key, enum urgent_level level,
		    int64_t now_ms);

/* How fast they answer; NULL when nothing was said in the last DIALOG_KEEP_MS. Borrowed until the next
 * put. */
struct pace *dialogs_pace(struct dialogs *dialogs, uint64_t key, int64_t now_ms);

/* A new book took over: nothing may point into the old one. */
void dialogs_book_gone(struct dialogs *dialogs);

#endif
