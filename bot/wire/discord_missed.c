/* Reading what was written while there was no session: which rooms, page by page, through the rules
 * of live events. Source: resources/message, Get Channel Messages. */
#include "wire/discord_machine.h"

#include <inttypes.h>
#include <stdio.h>

#define PAGE_MAX 100 /* messages that Discord gives at most */

/* Kinds of channels that hold messages: text, voice, announcement, threads, stage; not categories and
 * forums, whose threads do. */
static bool holds_messages(const struct json *channel)
{
	int64_t type = -1;

	json_int(channel, "type", 0, INT32_MAX, &type);
	return type == 0 || type == 2 || type == 5 || (type >= 10 && type <= 13);
}

static bool is_staffs(const struct discord *d, uint64_t room)
{
	for (size_t i = 0; i < DISCORD_STAFF_ROOMS; i++)
		if (d->staff[i] && d->staff[i] == room)
			return true;
	return false;
}

static void open_listed(struct discord *d, const struct json *list, uint64_t guild, uint64_t heard)
{
	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		uint64_t id = json_snowflake(v, "id");
		bool watched = rooms_is_watched(&d->rooms, id);

		if (holds_messages(v) && (watched || is_staffs(d, id)))
			gaps_open(&d->gaps, id, guild, watched ? GAP_WATCHED : GAP_OTHER, heard);
	}
}

/* What is left out is said before anything is read: a crash would forget it. */
static void say_left_out(struct discord *d)
{
	if (d->gaps.dropped)
		log_note(d, PLATFORM_DEGRADED,
			 "%u rooms or servers are more than can be read back at once: what was "
			 "written there while there was no session is not answered",
			 d->gaps.dropped);
	d->gaps.dropped = 0;
}

void missed_open(struct discord *d, const struct json *ready)
{
	struct gaps *gaps = &d->gaps;

	if (gaps->seen == 0) {
		gaps_begin(gaps, d->wall_ms);
		return;
	}
	if (gaps->forgotten && gaps->messages_max)
		log_note(d, PLATFORM_DEGRADED,
			 "only the %d direct conversations and other rooms that were used last are "
			 "read back: what was written in others while there was no session is not "
			 "answered",
			 ACQUAINTED_MAX);
	gaps_open_acquainted(gaps);
	/* Threads that were archived meanwhile are listed nowhere. */
	for (size_t i = d->rooms.n; i-- > 0;) {
		const struct room *room = &d->rooms.v[i];

		if (room->is_thread && rooms_is_watched(&d->rooms, room->id))
			gaps_open(gaps, room->id, room->guild, GAP_WATCHED, gaps->seen);
	}
	for (const struct json *v = json_first(json_array(ready, "guilds")); v; v = json_next(v))
		gaps_hole_open(gaps, json_snowflake(v, "id"));
	say_left_out(d);
}

void missed_server(struct discord *d, const struct json *guild)
{
	uint64_t id = json_snowflake(guild, "id"), heard = 0;

	if (json_true(guild, "unavailable") || !gaps_hole_close(&d->gaps, id, &heard))
		return;
	open_listed(d, json_array(guild, "channels"), id, heard);
	open_listed(d, json_array(guild, "threads"), id, heard);
	say_left_out(d);
	d->rooms.changed = true;
}

void missed_ask(struct discord *d, struct machine_time at)
{
	struct machine_step step = {.kind = DISCORD_ASK_HISTORY};
	const struct gap *gap;
	char room[24];

	if (d->phase != PHASE_UP)
		return;
	gap = gaps_ask(&d->gaps, at.wall_ms);
	if (!gap)
		return;
	snprintf(room, sizeof room, "%" PRIu64, gap->room);
	step.text = str_of(room);
	step.after = gap->after;
	step.limit = gap->left < PAGE_MAX ? gap->left : PAGE_MAX;
	steps_add(&d->steps, &step);
}

/* Gives the messages of the page oldest first, and says how many there are, how many of them lie beyond
 * the overlap, and which is the newest. */
static unsigned page_give(struct discord *d, const struct json *page, unsigned *beyond,
			  uint64_t *newest)
{
	const struct json *list[PAGE_MAX];
	unsigned n = 0;

	*newest = *beyond = 0;
	for (const struct json *v = json_first(page); v && n < PAGE_MAX; v = json_next(v)) {
		uint64_t id = json_snowflake(v, "id");

		*newest = id > *newest ? id : *newest;
		*beyond += id > d->gaps.v[0].heard;
		list[n++] = v;
	}
	for (unsigned i = n; i-- > 0;)
		event_missed(d, list[i], &d->gaps.v[0]);
	return n;
}

static void close_first(struct discord *d)
{
	gaps_close(&d->gaps);
	if (d->gaps.n || d->gaps.holes_n)
		return;
	log_note(d, PLATFORM_READY,
		 "what was written while there was no session is read: %" PRIu64 " messages",
		 d->gaps.read);
}

static void page_read(struct discord *d, const struct json *page)
{
	unsigned wanted = d->gaps.v[0].left < PAGE_MAX ? d->gaps.v[0].left : PAGE_MAX;
	uint64_t messages = d->counts.messages, newest;
	unsigned beyond, n = page_give(d, page, &beyond, &newest);
	bool more = gaps_page(&d->gaps, n, beyond, newest);

	d->counts.history_pages++;
	d->counts.history_messages += d->counts.messages - messages;
	if (n < wanted) {
		close_first(d);
	} else if (!more) {
		log_note(
			d, PLATFORM_DEGRADED,
			"a channel has more messages from while there was no session than are read "
			"back (discord.missed_messages); the rest of them is not answered");
		close_first(d);
	}
}

void discord_history_is(struct discord *d, struct str room, struct str body, struct str why,
			struct machine_time at)
{
	struct json *page = body.n ? json_parse(body, DISCORD_FRAME_MAX, NULL) : NULL;

	/* After a stop the page is read by the next run. */
	if (d->phase != PHASE_OVER && d->gaps.asked && d->gaps.v[0].room == snowflake(room)) {
		d->wall_ms = at.wall_ms;
		if (json_is_array(page)) {
			page_read(d, page);
		} else {
			log_note(d, PLATFORM_DEGRADED,
				 "the history of a channel cannot be read, so what was written "
				 "there while there was no session is not answered: " STR_FMT,
				 STR_ARG(why));
			close_first(d);
		}
		/* Behind the messages, to be stored with them. */
		position_give(d, true);
		missed_ask(d, at);
	}
	json_free(page);
}
