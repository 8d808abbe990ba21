#include "wire/discord_gaps.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/discord_rooms.h"

#define ID_SHIFT 22   /* the time of a snowflake stands above */
#define DIGITS_MAX 20 /* of a number of 64 bits */
#define GAP_NUMBERS 6

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

/* Where it is put: in channels where every message counts most is asked, so that these do not wait for
 * thousands of direct conversations. What is asked for stays the first. */
static size_t place_of(const struct gaps *gaps, enum gap_kind kind)
{
	size_t at = gaps->asked ? 1 : 0;

	if (kind != GAP_WATCHED)
		return gaps->n;
	while (at < gaps->n && gaps->v[at].kind == GAP_WATCHED)
		at++;
	return at;
}

static void gap_add(struct gaps *gaps, struct gap gap)
{
	size_t at;

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
	at = place_of(gaps, gap.kind);
	memmove(&gaps->v[at + 1], &gaps->v[at], (gaps->n - at) * sizeof *gaps->v);
	gaps->v[at] = gap;
	gaps->n++;
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
	if (guild && gaps->holes_n == HOLES_MAX)
		gaps->dropped++;
	else if (guild)
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
	if (at == ACQUAINTED_MAX) {
		gaps->forgotten++;
		at = 0;
	}
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

/* --- in the position: lists of lines, their numbers parted by blanks. What is alike of rooms that
 * follow one another stands once: behind the numbers of the first stand the ids of the others. --- */

/* Thousands of these are written with a message: printf would be most of its time. */
static void add_number(struct buf *line, uint64_t number)
{
	char digits[DIGITS_MAX + 1];
	size_t at = sizeof digits;

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	if (line->n)
		digits[--at] = ' ';
	buf_add(line, (struct str){digits + at, sizeof digits - at});
}

static void put_line(struct json_writer *w, struct buf *line)
{
	if (line->n)
		json_put_text(w, NULL, buf_str(line));
	buf_clear(line);
}

static void put_pair(struct json_writer *w, struct buf *line, uint64_t a, uint64_t b)
{
	add_number(line, a);
	add_number(line, b);
	put_line(w, line);
}

static bool gaps_alike(const struct gap *a, const struct gap *b)
{
	return a->guild == b->guild && a->kind == b->kind && a->after == b->after &&
	       a->heard == b->heard && a->left == b->left;
}

static void put_gaps(const struct gaps *gaps, struct json_writer *w, struct buf *line)
{
	for (size_t i = 0; i < gaps->n; i++) {
		const struct gap *g = &gaps->v[i];
		const uint64_t rest[] = {g->guild, g->kind, g->after, g->heard, g->left};

		if (i && gaps_alike(&g[-1], g)) {
			add_number(line, g->room);
			continue;
		}
		put_line(w, line);
		add_number(line, g->room);
		for (size_t k = 0; k < GAP_NUMBERS - 1; k++)
			add_number(line, rest[k]);
	}
	put_line(w, line);
}

static void put_acquainted(const struct gaps *gaps, struct json_writer *w, struct buf *line)
{
	for (size_t i = 0; i < gaps->acquainted_n; i++) {
		const struct acquaintance *a = &gaps->acquainted[i];
		bool alike = i && a[-1].guild == a->guild;

		if (!alike)
			put_line(w, line);
		add_number(line, a->room);
		if (!alike)
			add_number(line, a->guild);
	}
	put_line(w, line);
}

void gaps_write(const struct gaps *gaps, struct json_writer *w)
{
	struct buf line;

	buf_init(&line, DISCORD_POSITION_MAX);
	json_open_array(w, "seen");
	put_pair(w, &line, gaps->seen, gaps->since);
	json_close(w);
	json_open_array(w, "gaps");
	put_gaps(gaps, w, &line);
	json_close(w);
	json_open_array(w, "holes");
	for (size_t i = 0; i < gaps->holes_n; i++)
		put_pair(w, &line, gaps->holes[i].guild, gaps->holes[i].heard);
	json_close(w);
	json_open_array(w, "acquainted");
	put_acquainted(gaps, w, &line);
	json_close(w);
	json_put_int(w, "forgotten", (int64_t)gaps->forgotten);
	buf_done(&line);
}

/* Takes `n` numbers from the front of the line; false when there are not so many. */
static bool take_numbers(struct str *line, uint64_t *numbers, size_t n)
{
	struct str word;

	for (size_t i = 0; i < n; i++)
		if (!str_cut(line, ' ', &word) || !str_to_u64(word, &numbers[i]))
			return false;
	return true;
}

static bool read_pair(const struct json *v, uint64_t pair[2])
{
	struct str line = json_text_of(v);

	return take_numbers(&line, pair, 2) && line.n == 0;
}

static void read_gaps(struct gaps *gaps, struct str line)
{
	uint64_t n[GAP_NUMBERS];

	if (!gaps->messages_max || !take_numbers(&line, n, GAP_NUMBERS) || n[2] > GAP_OTHER ||
	    !n[5] || n[5] > UINT32_MAX)
		return;
	do
		if (n[0] && !gap_find(gaps, n[0]))
			gap_add(gaps, (struct gap){n[0], n[1], (enum gap_kind)n[2], n[3], n[4],
						   (unsigned)n[5]});
	while (take_numbers(&line, n, 1));
}

static void read_acquainted(struct gaps *gaps, struct str line)
{
	uint64_t n[2];

	if (!take_numbers(&line, n, 2))
		return;
	do
		if (n[0])
			gaps_acquaint(gaps, n[0], n[1]);
	while (take_numbers(&line, n, 1));
}

void gaps_read(struct gaps *gaps, const struct json *position)
{
	const struct json *v;
	uint64_t n[2];
	int64_t forgotten = 0;

	if (read_pair(json_first(json_array(position, "seen")), n)) {
		gaps->seen = n[0];
		gaps->since = n[1];
	}
	for (v = json_first(json_array(position, "gaps")); v; v = json_next(v))
		read_gaps(gaps, json_text_of(v));
	for (v = json_first(json_array(position, "holes")); v; v = json_next(v))
		if (read_pair(v, n) && gaps->messages_max)
			hole_add(gaps, n[0], n[1]);
	for (v = json_first(json_array(position, "acquainted")); v; v = json_next(v))
		read_acquainted(gaps, json_text_of(v));
	if (json_int(position, "forgotten", 0, JSON_INT_MAX, &forgotten))
		gaps->forgotten = (uint64_t)forgotten;
}
