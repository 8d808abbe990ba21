/* bot.h: what is recorded waits here to be read, and people take turns in that (core/turns.h). Reading a
 * long message takes the time of many short ones; were all read as they come, one person who writes much
 * would hold up what is urgent of everybody behind them.
 *
 * What has come in is looked through before anything is read, and of what waits a bounded share is read
 * between two looks. So whoever writes now waits for those before them in their turn, not for a flood.
 * Only so much is kept in memory: once that is full, what waits is read before more is taken in. */
#include "app/bot_inside.h"

#include <stdlib.h>
#include <string.h>

#include "core/secret.h"

#define WAITING_MAX 4096
#define WAITING_BYTES_MAX ((size_t)8 * 1024 * 1024)

/* In one block; the texts of `in` stand behind it. */
struct waiting {
	struct incoming in;
	size_t size;
	char bytes[];
};

static struct str text_move(char **at, struct str text)
{
	struct str moved = {*at, text.n};

	if (text.n)
		memcpy(*at, text.p, text.n);
	*at += text.n;
	return moved;
}

static struct waiting *waiting_new(const struct incoming *in)
{
	const struct message *m = &in->message;
	size_t size = sizeof(struct waiting) + m->id.n + m->edits.n + m->room.n + m->person.n +
		      m->text.n + m->link.n + m->replies_to.n;
	struct waiting *w = malloc(size);
	char *at;

	if (!w)
		out_of_memory();
	*w = (struct waiting){.in = *in, .size = size};
	at = w->bytes;
	w->in.message.id = text_move(&at, m->id);
	w->in.message.edits = text_move(&at, m->edits);
	w->in.message.room = text_move(&at, m->room);
	w->in.message.person = text_move(&at, m->person);
	w->in.message.text = text_move(&at, m->text);
	w->in.message.link = text_move(&at, m->link);
	w->in.message.replies_to = text_move(&at, m->replies_to);
	return w;
}

/* Wiped: what patients wrote does not linger. */
static void waiting_free(struct bot *bot, struct waiting *w)
{
	bot->waiting_bytes -= w->size;
	secret_wipe((struct str){(const char *)w, w->size});
	free(w);
}

void waiting_add(struct bot *bot, const struct incoming *in)
{
	const struct message *m = &in->message;
	struct str (*room_of)(struct str room) = in->seat->platform->ops->room_of;
	struct waiting *w = waiting_new(in);

	bot->waiting_bytes += w->size;
	turns_put(&bot->waiting, dialogs_key(bot->dialogs, in->seat->name, STR(""), m->person),
		  dialogs_key(bot->dialogs, in->seat->name, room_of ? room_of(m->room) : m->room,
			      STR("")),
		  w);
}

bool waiting_take(struct bot *bot, struct incoming *in)
{
	struct waiting *w = turns_take(&bot->waiting);

	if (!w)
		return false;
	*in = w->in;
	in->message = message_copy(&w->in.message, &bot->turn);
	waiting_free(bot, w);
	return true;
}

bool waiting_is_full(const struct bot *bot)
{
	return bot->waiting.waiting_n >= WAITING_MAX || bot->waiting_bytes >= WAITING_BYTES_MAX;
}

struct withdrawal {
	struct bot *bot;
	struct seat *seat;
	struct str message;
};

static bool goes(void *arg, void *thing)
{
	struct withdrawal *gone = arg;
	struct waiting *w = thing;

	if (!incoming_is_about(&w->in, gone->seat, gone->message))
		return false;
	inbox_mark(gone->bot, gone->seat, w->in.message.id);
	waiting_free(gone->bot, w);
	return true;
}

void waiting_withdraw(struct bot *bot, struct seat *seat, struct str message)
{
	struct withdrawal gone = {bot, seat, message};

	turns_remove(&bot->waiting, goes, &gone);
}

void waiting_drop(struct bot *bot)
{
	struct waiting *w;

	while ((w = turns_take(&bot->waiting)))
		waiting_free(bot, w);
	turns_done(&bot->waiting);
}
