/* What bot.c, bot_turn.c and bot_leftovers.c share; nobody else includes it. */
#ifndef APP_BOT_INSIDE_H
#define APP_BOT_INSIDE_H

#include "app/bot.h"
#include "app/dialogs.h"
#include "app/sending.h"
#include "core/dialog.h"
#include "io/log.h"
#include "io/loop.h"

/* The kind of reply there is, in the store and in idempotency keys. */
#define ANSWER_REPLY STR("answer")
/* In front of a stored answer whose reply also said what the bot is: sent again it must have the
 * same words, by which the platform finds what it has already. */
#define FIRST_MARK STR("first ")
/* How often a message that was read again may stay undecided. */
#define TRIES_MAX 3

/* A platform and where it stands. */
struct seat {
	struct platform *platform;
	struct str name;
	struct buf position;
	bool moved; /* the position is not stored yet */
	enum platform_state state;
};

/* A message that is not recorded yet. */
struct incoming {
	struct seat *seat;
	struct message message; /* its texts live in the turn's arena */
	bool again;		/* was recorded in an earlier run and read again */
};

/* A message that is recorded and decided; the decision is not. */
struct decided {
	struct seat *seat;
	struct message message;
	struct answer answer;
	struct edition *edition;
	struct str encoded;
	bool first_contact;
};

struct bot {
	struct platform_sink sink; /* first: what platforms see of it */
	struct bot_settings settings;
	struct edition *edition;
	struct dialogs *dialogs;
	struct seat seats[BOT_PLATFORMS_MAX];
	size_t seats_n;
	struct sendings sendings;
	struct timer *retry, *purge;

	struct arena lists; /* what one commit is handed */
	struct arena turn;
	struct incoming *incoming;
	size_t incoming_n, incoming_cap;
	struct decided *decided;
	size_t decided_n, decided_cap;
	struct store_mark *outbox_marks, *inbox_marks;
	size_t outbox_marks_n, outbox_marks_cap, inbox_marks_n, inbox_marks_cap;

	bool store_failing; /* said once */
	bool stopping;
	size_t to_stop;
};

/* The seat of that platform's name, or NULL. */
struct seat *seat_named(struct bot *bot, struct str name);

/* bot_turn.c: the loop's hook, before it sleeps. */
void turn_end(void *arg);
/* After the store failed: tries the turn again. */
void turn_retry(void *arg);

/* bot_leftovers.c: sends what is owed, and has undecided messages read again. */
bool leftovers_take_up(struct bot *bot, struct err *err);

#endif
