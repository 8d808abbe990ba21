/* Which alerts to staff wait to be taken, and when one is shown again. Pure: the time goes in, what
 * is to be done comes out, and whoever asks does it and keeps it in the store.
 *
 *     added       its first showing is on its way
 *     settled     a showing was sent or refused for good; the first that was sent lets the patient be told
 *     due         nobody took it for so long: shown again, up to ALERT_SHOWINGS_MAX times in all
 *     claimed     somebody answered one of its showings: it ends
 *     given up    nobody took it after the last showing: it ends, and the log says so
 *
 * An alert is one row of the store's outbox. Its texts are copied and owned here. */
#ifndef CORE_ALERTS_H
#define CORE_ALERTS_H

#include "core/buf.h"

#define ALERT_SHOWINGS_MAX 4
#define ALERT_SENT_AS_MAX ((size_t)1024) /* bytes: the ids of all showings */

struct alert {
	struct alert *next;
	struct str platform, message, kind; /* the key of its row */
	struct str room;		    /* of staff */
	struct str notice;		    /* notice_encode() */
	unsigned shown;			    /* showings that were settled */
	bool on_its_way;		    /* another one */
	int64_t settled_ms;		    /* the last of them, Unix time */
	struct buf sent_as;		    /* their ids in the platform, parted by blanks */
	char texts[];
};

#define ALERT_EARLY_MAX 8
#define ALERT_EARLY_BYTES 128

struct alerts {
	struct alert *first, *last; /* as they were added */
	int64_t again_ms;
	/* Showings that were answered before their ids were known: a reply may overtake the word that
	 * the showing was sent. The oldest gives way. */
	char early[ALERT_EARLY_MAX][ALERT_EARLY_BYTES];
	unsigned early_next;
};

/* Shown again when nobody took it for `again_ms`. */
void alerts_init(struct alerts *alerts, int64_t again_ms);
void alerts_done(struct alerts *alerts);

/* Copies all but `sent_as`, which is set to the text given. */
struct alert *alerts_add(struct alerts *alerts, const struct alert *like, struct str sent_as);
/* NULL when there is none, or none any more. */
struct alert *alerts_find(const struct alerts *alerts, struct str platform, struct str message,
			  struct str kind);
/* Ends it, and frees it. */
void alerts_drop(struct alerts *alerts, struct alert *alert);

/* The showing on its way was sent under this id. True in `*first` when it is the first that was, and in
 * `*claimed` when it was answered already. */
void alerts_sent(struct alerts *alerts, struct alert *alert, struct str id, int64_t now_ms,
		 bool *first, bool *claimed);
void alerts_refused(struct alert *alert, int64_t now_ms);

/* The alert of which `showing` is one, or NULL: it is not known, or somebody took it before. */
struct alert *alerts_claimed(struct alerts *alerts, struct str platform, struct str showing);

/* The next alert that is due, or NULL. It is on its way again, or `*given_up`. */
struct alert *alerts_due(struct alerts *alerts, int64_t now_ms, bool *given_up);
/* When alerts_due() is worth a call; INT64_MAX: not before something else happens. */
int64_t alerts_wake_ms(const struct alerts *alerts);

#endif
