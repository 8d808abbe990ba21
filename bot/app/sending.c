#include "app/sending.h"

#include <stdlib.h>

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
	s->answer = *order->answer;
	s->edition = edition_hold(order->edition);
	s->reply = reply_build(order->edition->book, order->answer, order->first_contact,
			       order->platform->ops->text_max, &s->arena);
	s->next = order->pieces_sent;
	/* Built anew after a restart the reply may have become shorter than what was sent of it. */
	if (s->next >= s->reply.pieces_n)
		s->next = s->reply.pieces_n - 1;
	s->next_one = sendings->first;
	sendings->first = s;
	sending_go(sendings, s);
}

void sending_go(struct sendings *sendings, struct sending *s)
{
	struct delivery delivery;

	s->id = ++sendings->last_id;
	delivery = (struct delivery){.id = s->id,
				     .message = s->message,
				     .room = s->room,
				     .kind = s->kind,
				     .piece = (unsigned)s->next,
				     .text = s->reply.pieces[s->next],
				     .answer = &s->answer,
				     .book = s->edition->book};
	s->platform->ops->send(s->platform, &delivery);
}

struct sending *sending_find(const struct sendings *sendings, uint64_t id)
{
	struct sending *s = sendings->first;

	while (s && s->id != id)
		s = s->next_one;
	return s;
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
	arena_done(&sending->arena);
	free(sending);
}

void sendings_drop(struct sendings *sendings)
{
	while (sendings->first)
		sending_end(sendings, sendings->first);
}
