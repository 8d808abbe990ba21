#include "app/sending.h"

#include <stdlib.h>

#include "core/alerts.h"

#define TIME_BYTES_MAX ((size_t)64)
#define SENT_AS_MAX ((size_t)4096)

struct edition *edition_new(const struct book *book)
{
	struct edition *edition = calloc(1, sizeof *edition);

	if (!edition)
		out_of_memory();
	*edition = (struct edition){book, 1};
	return edition;
}

struct edition *edition_hold(struct edition *edition)
{
	edition->holders++;
	return edition;
}

void edition_drop(struct edition *edition)
{
	if (!edition || --edition->holders > 0)
		return;
	book_free(edition->book);
	free(edition);
}

static void reply_write(struct sending *s, const struct sending_order *order)
{
	struct reply reply = reply_build(order->edition->book, order->answer, order->with,
					 order->platform->ops->text_max, &s->arena);

	s->answer = *order->answer;
	s->pieces = reply.pieces;
	s->pieces_n = reply.pieces_n;
	s->next = order->pieces_sent;
	/* Built anew after a restart the reply may have become shorter than what was sent of it. */
	if (s->next >= s->pieces_n)
		s->next = s->pieces_n - 1;
}

static void notice_put(struct sending *s, const struct sending_order *order)
{
	const struct platform_ops *ops = order->platform->ops;
	struct str *text = arena_alloc(&s->arena, sizeof *text);
	struct notice_text written;
	struct buf time;

	buf_init(&time, TIME_BYTES_MAX);
	if (ops->time_write)
		ops->time_write(order->notice->at_ms, &time);
	written = notice_write(order->edition->book->replies, order->notice, order->pieces_sent,
			       ALERT_SHOWINGS_MAX, buf_str(&time), order->words, ops->text_max,
			       &s->arena);
	buf_done(&time);
	/* A fixed text may be the book's, which a newer one replaces. */
	*text = arena_str(&s->arena, written.text);
	s->pieces = text;
	s->pieces_n = 1;
	s->known_by = str_sub(*text, 0, written.known_by.n);
	s->showing = order->pieces_sent;
	s->is_alert = order->notice->kind == NOTICE_ALERT;
	s->elsewhere = s->is_alert || order->notice->kind == NOTICE_TROUBLE;
}

/* The pieces are what is to be removed, but for what is gone already. */
static void removal_put(struct sending *s, const struct sending_order *order)
{
	struct str rest = order->sent_as, id;
	struct str *ids = arena_array(&s->arena, order->sent_as.n / 2 + 1, sizeof *ids);

	while (str_cut(&rest, ' ', &id))
		if (id.n && id.p[0] != '-')
			ids[s->pieces_n++] = arena_str(&s->arena, id);
	s->pieces = ids;
	s->removes = true;
}

void sending_start(struct sendings *sendings, const struct sending_order *order)
{
	struct sending *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory();
	arena_init(&s->arena);
	s->platform = order->platform;
	s->platform_name = str_of(order->platform->ops->name);
	s->message = arena_str(&s->arena, order->message);
	s->room = arena_str(&s->arena, order->room);
	s->kind = arena_str(&s->arena, order->kind);
	s->person = arena_str(&s->arena, order->person);
	s->edition = edition_hold(order->edition);
	buf_init(&s->sent_as, SENT_AS_MAX);
	buf_add(&s->sent_as, order->sent_as);
	if (order->notice)
		notice_put(s, order);
	else if (!order->answer)
		removal_put(s, order);
	else
		reply_write(s, order);
	s->changes = order->changes;
	s->changing.pieces_n = s->pieces_n;
	s->next_one = sendings->first;
	sendings->first = s;
	sending_go(sendings, s);
}

/* What the next step of a change does to the delivery of a reply. */
static void change_put(const struct sending *s, struct delivery *delivery)
{
	const struct change_step step = changing_next(&s->changing, buf_str(&s->sent_as));

	delivery->piece = (unsigned)step.place;
	delivery->text = step.kind == CHANGE_REMOVE ? STR("") : s->pieces[step.text];
	if (step.kind == CHANGE_REMOVE)
		delivery->removes = step.id;
	if (step.kind == CHANGE_TEXT)
		delivery->changes = step.id;
}

void sending_go(struct sendings *sendings, struct sending *s)
{
	struct delivery delivery;

	s->id = ++sendings->last_id;
	delivery =
		(struct delivery){.id = s->id,
				  .message = s->message,
				  .room = s->room,
				  .elsewhere = s->elsewhere,
				  .urgent = s->is_alert || s->answer.kind == ANSWER_URGENT,
				  .kind = s->kind,
				  .person = s->person,
				  .piece = s->showing + (unsigned)s->next,
				  .text = s->removes || s->changes ? STR("") : s->pieces[s->next],
				  .removes = s->removes ? s->pieces[s->next] : STR(""),
				  .known_by = s->known_by,
				  .answer = s->answer.kind == ANSWER_SILENT ? NULL : &s->answer,
				  .book = s->edition->book};
	if (s->changes)
		change_put(s, &delivery);
	s->platform->ops->send(s->platform, &delivery);
}

struct sending *sending_find(const struct sendings *sendings, uint64_t id)
{
	struct sending *s = sendings->first;

	while (s && s->id != id)
		s = s->next_one;
	return s;
}

void sendings_withdraw(struct sendings *sendings, struct platform *platform, struct str message)
{
	for (struct sending *s = sendings->first; s; s = s->next_one)
		if (s->platform == platform && !s->elsewhere && !s->removes &&
		    str_eq(s->message, message))
			s->withdrawn = true;
	if (platform->ops->withdraw)
		platform->ops->withdraw(platform, message);
}

void sending_end(struct sendings *sendings, struct sending *sending)
{
	struct sending **at = &sendings->first;

	while (*at && *at != sending)
		at = &(*at)->next_one;
	if (!*at)
		return;
	*at = sending->next_one;
	edition_drop(sending->edition);
	buf_done(&sending->sent_as);
	arena_done(&sending->arena);
	free(sending);
}

void sendings_drop(struct sendings *sendings)
{
	while (sendings->first)
		sending_end(sendings, sendings->first);
}
