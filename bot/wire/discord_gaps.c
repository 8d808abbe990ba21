#include "wire/discord_gaps.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/discord_rooms.h"

#define ID_SHIFT 22 /* the time of a snowflake stands above */
#define GAP_NUMBERS 6
#define LINE_BYTES_MAX 132 /* six numbers of 20 digits */

void gaps_done(struct gaps *gaps)
{
	free(gaps->v);
	memset(gaps, 0, sizeof *gaps);
}

uint64_t gaps_id_at(int64_t unix_ms)
{
	int64_t ms = unix_ms - snowflake_ms(0);

	return ms > 0 ? (uint64_t)ms << ID_SHIFT : 1;
}

/* An id that much older, or `id` where it is none of Discord's days. */
static uint64_t earlier(uint64_t id, int64_t ms)
{
	uint64_t span = (uint64_t)ms << ID_SHIFT;

	return id > span ? id - span : 1;
}

void gaps_begin(struct gaps *gaps, int64_t wall_ms)
{
	gaps->seen = gaps->since = gaps_id_at(wall_ms);
}

void gaps_saw(struct gaps *gaps, uint64_t message)
{
	/* Not the largest ever: a clock that was ahead when the bot first started is mended. */
	gaps->seen = message;
	if (message < gaps->since)
		gaps->since = message;
}

uint64_t gaps_from(const struct gaps *gaps, uint64_t heard)
{
	uint64_t from = earlier(heard, GAPS_OVERLAP_MS);

	return from > gaps->since ? from : gaps->since;
}

static struct gap *gap_find(struct gaps *gaps, uint64_t room)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->v[i].room == room)
			return &gaps->v[i];
	return NULL;
}

static void gap_add(struct gaps *gaps, struct gap gap)
{
	if (gaps->n == GAPS_MAX) {
		gaps->dropped++;
		return;
	}
	if (gaps->n == gaps->cap) {
		gaps->cap = gaps->cap ? gaps->cap * 2 : 16;
		gaps->v = realloc(gaps->v, gaps->cap * sizeof *gaps->v);
		if (!gaps->v)
			out_of_memory();
	}
	if (gaps->n == 0)
		gaps->read = 0;
	gaps->v[gaps->n++] = gap;
}

void gaps_open(struct gaps *gaps, uint64_t room, uint64_t guild, enum gap_kind kind, uint64_t heard)
{
	struct gap *open = gap_find(gaps, room);

	if (open) {
		open->guild = open->guild ? open->guild : guild;
		open->left = gaps->messages_max;
		return;
	}
	if (room && gaps->messages_max)
		gap_add(gaps, (struct gap){room, guild, kind, gaps_from(gaps, heard), heard,
					   gaps->messages_max});
}

static void hole_add(struct gaps *gaps, uint64_t guild, uint64_t heard)
{
	for (size_t i = 0; i < gaps->holes_n; i++)
		if (gaps->holes[i].guild == guild)
			return;
	if (guild && gaps->holes_n < HOLES_MAX)
		gaps->holes[gaps->holes_n++] = (struct hole){guild, heard};
}

void gaps_hole_open(struct gaps *gaps, uint64_t guild)
{
	if (gaps->messages_max)
		hole_add(gaps, guild, gaps->seen);
}

bool gaps_hole_close(struct gaps *gaps, uint64_t guild, uint64_t *heard)
{
	for (size_t i = 0; i < gaps->holes_n; i++) {
		if (gaps->holes[i].guild != guild)
			continue;
		*heard = gaps->holes[i].heard;
		gaps->holes[i] = gaps->holes[--gaps->holes_n];
		return true;
	}
	return false;
}

void gaps_acquaint(struct gaps *gaps, uint64_t room, uint64_t guild)
{
	size_t at = 0;

	while (at < gaps->acquainted_n && gaps->acquainted[at].room != room)
		at++;
	if (at == ACQUAINTED_MAX)
		at = 0;
	if (at < gaps->acquainted_n) {
		memmove(&gaps->acquainted[at], &gaps->acquainted[at + 1],
			(gaps->acquainted_n - at - 1) * sizeof *gaps->acquainted);
		gaps->acquainted_n--;
	}
	gaps->acquainted[gaps->acquainted_n++] = (struct acquaintance){room, guild};
}

void gaps_open_acquainted(struct gaps *gaps)
{
	for (size_t i = gaps->acquainted_n; i-- > 0;) {
		struct acquaintance who = gaps->acquainted[i];

		gaps_open(gaps, who.room, who.guild, who.guild ? GAP_OTHER : GAP_DIRECT,
			  gaps->seen);
	}
}

const struct gap *gaps_ask(struct gaps *gaps, int64_t wall_ms)
{
	uint64_t oldest = gaps_id_at(wall_ms - gaps->age_max_ms);

	if (gaps->asked || gaps->n == 0)
		return NULL;
	gaps->asked = true;
	if (gaps->v[0].after < oldest)
		gaps->v[0].after = oldest;
	return &gaps->v[0];
}

static unsigned less(unsigned left, unsigned n)
{
	return n < left ? left - n : 0;
}

bool gaps_page(struct gaps *gaps, unsigned n, unsigned beyond, uint64_t newest)
{
	struct gap *gap = &gaps->v[0];
	bool in_overlap = gap->after < gap->heard;

	gaps->asked = false;
	gaps->read += n;
	gap->after = newest > gap->after ? newest : gap->after;
	if (in_overlap && beyond) {
		gap->left = less(gaps->messages_max, beyond);
	} else {
		gap->left = less(gap->left, n);
		if (in_overlap && gap->left == 0) {
			gap->after = gap->heard;
			gap->left = gaps->messages_max;
		}
	}
	return gap->left > 0;
}

void gaps_close(struct gaps *gaps)
{
	gaps->asked = false;
	memmove(&gaps->v[0], &gaps->v[1], (gaps->n - 1) * sizeof *gaps->v);
	gaps->n--;
}

/* --- in the position: lists of lines, their numbers parted by blanks --- */

static void put_line(struct json_writer *w, const uint64_t *numbers, size_t n)
{
	char line[LINE_BYTES_MAX];
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		length += (size_t)snprintf(line + length, sizeof line - length, "%s%" PRIu64,
					   i ? " " : "", numbers[i]);
	json_put_text(w, NULL, (struct str){line, length});
}

void gaps_write(const struct gaps *gaps, struct json_writer *w)
{
	json_open_array(w, "seen");
	put_line(w, (const uint64_t[]){gaps->seen, gaps->since}, 2);
	json_close(w);
	json_open_array(w, "gaps");
	for (size_t i = 0; i < gaps->n; i++) {
		const struct gap *g = &gaps->v[i];

		put_line(
			w,
			(const uint64_t[]){g->room, g->guild, g->kind, g->after, g->heard, g->left},
			GAP_NUMBERS);
	}
	json_close(w);
	json_open_array(w, "holes");
	for (size_t i = 0; i < gaps->holes_n; i++)
		put_line(w, (const uint64_t[]){gaps->holes[i].guild, gaps->holes[i].heard}, 2);
	json_close(w);
	json_open_array(w, "acquainted");
	for (size_t i = 0; i < gaps->acquainted_n; i++)
		put_line(w, (const uint64_t[]){gaps->acquainted[i].room, gaps->acquainted[i].guild},
			 2);
	json_close(w);
}

/* True when the line holds just `n` numbers. */
static bool read_line(const struct json *v, uint64_t *numbers, size_t n)
{
	struct str line = json_text_of(v), word;
	size_t i = 0;

	while (str_cut(&line, ' ', &word))
		if (i == n || !str_to_u64(word, &numbers[i++]))
			return false;
	return i == n;
}

void gaps_read(struct gaps *gaps, const struct json *position)
{
	const struct json *v;
	uint64_t n[GAP_NUMBERS];

	if (read_line(json_first(json_array(position, "seen")), n, 2)) {
		gaps->seen = n[0];
		gaps->since = n[1];
	}
	for (v = json_first(json_array(position, "gaps")); v; v = json_next(v))
		if (read_line(v, n, GAP_NUMBERS) && n[0] && n[2] <= GAP_OTHER && n[5] &&
		    n[5] <= UINT32_MAX && !gap_find(gaps, n[0]) && gaps->messages_max)
			gap_add(gaps, (struct gap){n[0], n[1], (enum gap_kind)n[2], n[3], n[4],
						   (unsigned)n[5]});
	for (v = json_first(json_array(position, "holes")); v; v = json_next(v))
		if (read_line(v, n, 2) && gaps->messages_max)
			hole_add(gaps, n[0], n[1]);
	for (v = json_first(json_array(position, "acquainted")); v; v = json_next(v))
		if (read_line(v, n, 2) && n[0])
			gaps_acquaint(gaps, n[0], n[1]);
}
