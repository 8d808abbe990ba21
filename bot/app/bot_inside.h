/* What bot.c and the other bot_*.c share; nobody else includes it. */
#ifndef APP_BOT_INSIDE_H
#define APP_BOT_INSIDE_H

#include "app/bot.h"
#include "app/dialogs.h"
#include "app/kinds.h"
#include "app/sending.h"
#include "core/alerts.h"
#include "core/dialog.h"
#include "core/echoes.h"
#include "core/quota.h"
#include "core/turns.h"
#include "io/log.h"
#include "io/loop.h"

/* How often a message that was read again may stay undecided. */
#define TRIES_MAX 6
#define ANSWER_BYTES_MAX ((size_t)4 * 1024) /* as it stands in the store */

#define HARMLESS_MAX 256

/* A platform and where it stands. */
struct seat {
	struct platform *platform;
	struct str name;
	struct bot_staff staff; /* room empty: nobody is told */
	struct buf position;
	bool moved; /* the position is not stored yet */
	enum platform_state state;
	bool was_up; /* in this run: what was missed has come in */
};

/* A message that was handed in: not recorded yet, waiting to be read, or being read. */
struct incoming {
	struct seat *seat;
	struct message message; /* its texts live in the turn's arena, or where it waits */
	bool again;		/* was recorded in an earlier run and read again */
	int64_t came_ms;	/* by the loop's clock */
};

/* What has come in is looked through before anything is read: bot_turn.c. All zero: not begun. */
struct look {
	int64_t share_ms; /* the last share took */
	int64_t since_ms;
	size_t incoming_n; /* when it was last looked */
	unsigned in_vain;  /* as often, nothing new was there */
};

/* A reply or a notice that is decided; its row in the outbox is not written yet. */
struct decided {
	struct seat *seat;
	struct str message, room, kind;
	struct str person;    /* whom an answer is for */
	int64_t asked_ms;     /* when the question was written; 0: there is none */
	struct answer answer; /* or, when silent: */
	struct notice notice;
	struct str words; /* of the patient, for the notice */
	struct edition *edition;
	struct str encoded;
	unsigned with;	    /* the answer: enum reply_with */
	bool is_owed;	    /* by an earlier run: the row stands, and its answer changes */
	struct str removes; /* the ids of what was sent of it, which is removed; else empty */
	struct str changes; /* ... which the answer takes the place of */
	unsigned
		showing; /* of an alert; from the second on the row stands, and a mark changes it */
};

struct edit; /* bot_edits.c */

struct bot {
	struct platform_sink sink; /* first: what platforms see of it */
	struct bot_settings settings;
	struct edition *edition;
	struct dialogs *dialogs;
	struct quota *people, *rooms;
	uint64_t harmless[HARMLESS_MAX]; /* a ring of what people who are over said, as hashes */
	size_t harmless_next;
	struct echoes *echoes;
	int64_t troubles_ms; /* since when the troubles are counted that staff were told of */
	unsigned troubles_n;
	int64_t echo_said_ms, pace_said_ms; /* when that was logged; 0: never */
	struct seat seats[BOT_PLATFORMS_MAX];
	size_t seats_n;
	struct sendings sendings;
	struct alerts alerts;
	int64_t alerts_from_ms; /* none is shown again before, by the loop's clock */
	struct timer *retry, *purge, *again, *settled, *held_long;
	struct timer *awake; /* does nothing: the loop looks what has come in, and does not sleep */
	struct edit *edits;  /* that wait, oldest first */
	size_t edits_n;

	struct arena held_texts;
	struct store_outbox *held; /* bot_held.c */
	size_t held_n, held_cap;

	struct arena lists; /* what one commit is handed */
	struct arena turn;
	struct incoming *incoming; /* not recorded yet */
	size_t incoming_n, incoming_cap;
	size_t incoming_bytes; /* about, of what waits since it was last recorded */
	struct look look;
	struct turns waiting; /* bot_waiting.c: recorded, to be read */
	size_t waiting_bytes;
	struct incoming *chosen; /* to be read now */
	size_t chosen_n, chosen_cap;
	struct decided *decided;
	size_t decided_n, decided_cap;
	struct store_mark *outbox_marks, *inbox_marks;
	size_t outbox_marks_n, outbox_marks_cap, inbox_marks_n, inbox_marks_cap;

	bool store_failing; /* said once */
	bool given_up;	    /* ... and too much waits: nothing is recorded any more in this run */
	bool stopping;
	size_t to_stop;
};

/* The seat of that platform's name, or NULL. */
struct seat *seat_named(struct bot *bot, struct str name);

struct message message_copy(const struct message *m, struct arena *arena);

/* To be committed in this turn. Texts are copied. */
void inbox_mark(struct bot *bot, struct seat *seat, struct str message);
void outbox_mark(struct bot *bot, const struct store_mark *mark);
void sending_mark(struct bot *bot, const struct sending *s, enum outbox_state state);
/* It was withdrawn, and is removed where replies are. */
void reply_unwanted(struct bot *bot, const struct sending *s);

/* bot_turn.c: the loop's hook, before it sleeps. */
void turn_end(void *arg);
/* Between turns something was looked at: lets go what that took, when nothing came of it. */
void turn_tidy(struct bot *bot);
/* After the store failed: tries the turn again. */
void turn_retry(void *arg);

/* bot_waiting.c: what is recorded and waits to be read. */
void waiting_add(struct bot *bot, const struct incoming *in);
/* The next one, by turns; its texts live in the turn's arena. */
bool waiting_take(struct bot *bot, struct incoming *in);
/* No more should be taken in before some of it is read. */
bool waiting_is_full(const struct bot *bot);
/* The message is gone. */
void waiting_withdraw(struct bot *bot, struct seat *seat, struct str message);
/* Lets all of it go; the store has it as undecided. */
void waiting_drop(struct bot *bot);

/* bot_decide.c: what a message that was chosen gets. */
void turn_decide(struct bot *bot);
/* How long ago it was written, by its platform's clock. */
int64_t message_age_ms(const struct incoming *in);
/* It stands in a room of staff's, and asks nothing: it may take an alert. */
bool is_from_staff(const struct incoming *in);
/* What talk() says to it behind this dialog, which may be NULL; `only_urgent`: else nothing. */
struct answer message_answer(struct bot *bot, const struct incoming *in,
			     const struct dialog *before, bool only_urgent);
/* The highest level of which this message got the safety text, as it was written or as it was edited. */
enum urgent_level level_told(struct bot *bot, const struct seat *seat, struct str message);
/* The reply to it. */
void answer_decide(struct bot *bot, const struct incoming *in, const struct answer *answer);
void answer_log(const struct seat *seat, const struct answer *answer);
/* What a stored answer was sent with, which stands in front of it: sent again it must have the same
 * words, by which the platform finds what it has already. `*stored` becomes the answer alone. */
unsigned stored_with(struct str *stored);
/* As it is stored, in the turn's arena. */
struct str answer_stored(struct bot *bot, unsigned with, const struct answer *answer);

/* bot_clock.c */
/* Unix time by the seat's servers, or by ours before they told. */
int64_t seat_now_ms(const struct bot *bot, const struct seat *seat);
/* Days since 1970, UTC: this one; and the first of those on which whoever was told what the bot is need not be
 * told again on `day`. */
int64_t day_now(const struct bot *bot, const struct seat *seat);
int64_t greeted_since(int64_t day);
/* The timer, and at the start: what has gathered goes. */
void purge_do(void *arg);

/* bot_loops.c */
enum hearing {
	HEARING_ALL,
	HEARING_URGENT,	 /* a program's: only what is urgent gets something, and once */
	HEARING_NOTHING, /* what the bot said itself */
};

/* `*heard` is what of it is to be listened to: `*in`, or their own words alone. */
enum hearing hearing_of(struct bot *bot, const struct incoming *in, struct incoming *heard);
/* It goes out now, a reply, a notice or a removal; and a piece of a reply has. */
void loop_sends(struct bot *bot, const struct sending *s);
void loop_sent(struct bot *bot, const struct sending *s);

/* bot_limits.c */
/* Its writer, or its room, gets no answers now, but for what is urgent. */
bool limits_over(const struct bot *bot, const struct incoming *in);
/* The same words, in which nothing is urgent, were looked at lately; and: they were now. For whoever is over:
 * most floods say one thing. */
bool limits_harmless(const struct bot *bot, const struct incoming *in);
void limits_harmless_note(struct bot *bot, const struct incoming *in);
/* Whether this safety text was given in the last ten minutes, to this person and in this room. */
bool is_told_again(const struct bot *bot, const struct incoming *in, const struct answer *answer);
/* Counts the answer, which may be none: given; to be told that it is too much; or silence. Of what is urgent it is silence only
 * for a repeated safety text. */
enum quota_verdict limits_take(struct bot *bot, const struct incoming *in,
			       const struct answer *answer);
/* Counts what gets nothing, not even to be told that it is too much. */
void limits_take_silent(struct bot *bot, const struct incoming *in);

/* bot_edits.c: a message says something else now. */
void edit_decide(struct bot *bot, const struct incoming *in);
/* The message is gone. */
void edits_withdraw(struct bot *bot, struct seat *seat, struct str message);
/* The timer: those that waited long enough. */
void edits_settled(void *arg);
void edits_drop(struct bot *bot);
/* A step of changing a reply was carried out. */
void change_went_on(struct bot *bot, struct sending *s, enum delivery_outcome outcome,
		    struct str sent_as, struct str why);

/* bot_deleted.c */
/* It is this message, or another wording of it. */
bool incoming_is_about(const struct incoming *in, const struct seat *seat, struct str message);
/* The message is gone: what was not decided or not sent about it is not, but for alerts. */
void message_withdraw(struct bot *bot, struct seat *seat, struct str message);
struct store_outbox outbox_copy(const struct store_outbox *row, struct arena *arena);
struct rows {
	struct bot *bot;
	struct store_outbox *v;
	size_t n, cap;
};

/* Copies a row of the store, which is being read, into the struct rows `arg`, in the turn's
 * arena. */
void row_copy(void *arg, const struct store_outbox *row);
/* The reply of this row, or a part of it of which the rest was refused, is on the platform. */
bool reply_stands(const struct store_outbox *row);
/* What was sent as the reply of this row is removed. */
void reply_remove(struct bot *bot, struct seat *seat, const struct store_outbox *row);
/* Room for one more decision; its edition is the one of now. */
struct decided *decided_add(struct bot *bot, struct seat *seat);

/* bot_alerts.c: staff's share. */
/* An alert about the reply that was decided last, when there is a room for it. */
void alert_decide(struct bot *bot, const struct message *message);
/* A message in staff's room that answers the bot: takes the alert that it answers, if any. */
void alert_claim(struct bot *bot, struct seat *seat, const struct message *message);
/* A showing was committed and leaves now: from here on it is waited for. */
void alert_waits(struct bot *bot, const struct decided *decided);
void alert_delivered(struct bot *bot, struct sending *sending, enum delivery_outcome outcome,
		     struct str sent_as, struct str why);
/* The room that alerts of this kind go to now; empty: none does. */
struct str alert_room(const struct seat *seat, struct str kind);
/* Reads those that nobody has taken from the store. */
bool alerts_take_up(struct bot *bot, struct err *err);
/* A platform's stream works: what staff wrote while the bot was away has been handed in. */
void alerts_seat_up(struct bot *bot);
/* The timer: shows again what is due. */
void alerts_again(void *arg);

/* Whether this was decided of the message, in this turn or before. Yes, when the store cannot tell. */
bool is_decided(struct bot *bot, struct str platform, struct str message, struct str kind);
void notice_decide(struct bot *bot, struct decided *d, const struct notice *notice);

/* bot_troubles.c */
void trouble_tell(struct bot *bot, struct seat *seat, const struct room_trouble *trouble);

/* bot_leftovers.c: sends what is owed, and has undecided messages read again. */
bool leftovers_take_up(struct bot *bot, struct err *err);
/* The reply of this row, which is owed, goes out: when that is late now, with a word of excuse, or by setting
 * not at all. */
void owed_go(struct bot *bot, const struct store_outbox *row);
/* ... as it was decided. */
void owed_send(struct bot *bot, const struct store_outbox *row);
/* ... does not go out, nor what is left of it. */
void owed_close(struct bot *bot, const struct store_outbox *row);

/* bot_held.c: replies that an earlier run owes wait for their platform's stream. */
void held_add(struct bot *bot, const struct store_outbox *row);
/* The stream works: what was deleted meanwhile was said. */
void held_seat_up(struct bot *bot, const struct seat *seat);
/* The timer: they waited long enough. */
void held_too_long(void *arg);
/* The message is gone: its replies are handed over, to be withdrawn there. */
void held_withdraw(struct bot *bot, const struct seat *seat, struct str message);
/* Lets all go; the store still has them as owed. */
void held_drop(struct bot *bot);

#endif
