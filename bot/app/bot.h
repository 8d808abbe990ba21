/* Where all meet: platforms hand messages in, the store records them, talk() decides, the store
 * records the reply, the platform carries it out. The order of one turn (design 2):
 *
 *     platform events, until no more come at once
 *     -> commit: inbox rows and stream positions            turn_record()
 *     -> wait to be read, by turns among people             bot_waiting.c
 *     -> a bounded share of what waits                      turn_choose()
 *     -> talk() for each                                    turn_decide()
 *     -> commit: outbox rows                                turn_commit()
 *     -> send, each with a key derived from the message     sending_start()
 *     -> delivered: marked in the next turn's commit        on_delivered()
 *
 * What may be decided about one message, each a row of the outbox with a kind of its own (kinds.h):
 * its answer, a safety text when an edit makes it more urgent, an alert to staff about either, and
 * the word to the patient that staff were told, which is decided when the alert was sent. An edit may
 * also change the answer that stands: its row is then decided anew (bot_edits.c).
 *
 * A crash between any two steps loses nothing: an inbox row without a decision is read again from
 * the platform by its id, and an outbox row that is still owed is sent again under the same key. */
#ifndef APP_BOT_H
#define APP_BOT_H

#include "core/book.h"
#include "port/platform.h"
#include "port/store.h"

struct bot;
struct loop;

struct bot_settings {
	struct loop *loop;
	struct store *store;	 /* stays the caller's */
	const struct book *book; /* becomes the bot's */
	int64_t late_after_ms;	 /* a question that waited longer while the bot was away is late */
	bool answers_late;	 /* with a word of excuse; else only when it is urgent */
	int64_t alert_again_ms;	 /* an alert that nobody took for so long is shown again */
	unsigned person_per_minute, room_per_minute; /* replies; 0: no limit */
	int64_t edit_wait_ms; /* behind the first of some edits, the last of them is answered */
	int64_t hold_ms;      /* owed replies wait so long for a stream that does not come up */
	bool removes;	      /* the reply, too, when its question is deleted */
	bool greets;	      /* says what it is to whoever it did not tell for GREETED_DAYS */
};

#define GREETED_DAYS 30
#define EDIT_WAIT_MS 2000
#define HOLD_MS 10000

/* Where a platform's staff are told of messages that got a safety text. */
struct bot_staff {
	struct str room;
	struct str second; /* another one, where an alert that nobody took is shown too; or empty */
	bool with_words;   /* the patient's stand in the alert, in the first room */
};

struct bot *bot_new(const struct bot_settings *settings);
/* Frees platforms and book. After the loop has ended, or before it began. */
void bot_free(struct bot *bot);

/* Takes the platform over. At most BOT_PLATFORMS_MAX. `staff` may be NULL: then nobody is told of
 * anything; its texts are borrowed as long as the bot lives. */
#define BOT_PLATFORMS_MAX 4
void bot_platform_add(struct bot *bot, struct platform *platform, const struct bot_staff *staff);

/* Starts every platform where its stream stood, and takes up what an earlier run left: undecided messages,
 * and owed replies, which wait for the stream unless they are urgent: a question may be deleted by now. */
bool bot_start(struct bot *bot, struct err *err);

/* From now on answers come from this book, which becomes the bot's. Replies under way keep theirs. */
void bot_book_swap(struct bot *bot, const struct book *book);

/* The book of now; borrowed until the next swap. */
const struct book *bot_book(const struct bot *bot);

/* Stops reading, lets replies under way finish for a moment, leaves sessions resumable, and ends
 * the loop. */
void bot_stop(struct bot *bot);

/* What the process should end with: 0; 78 when every platform failed for good; or 1, to be started again, when
 * the store failed for so long that too much waits for it. */
int bot_exit_status(const struct bot *bot);

#endif
