#include "core/notice.h"

#include <inttypes.h>

#include "core/reply.h"
#include "core/talk.h"
#include "core/text.h"

#define FORMAT "notice 1 "
#define TEXT_BYTES_MAX ((size_t)64 * 1024)

static const struct {
	struct str name;
	enum reply_id reply;
} troubles[] = {
	[TROUBLE_GONE] = {{"gone", 4}, REPLY_STAFF_ROOM_GONE},
	[TROUBLE_REPLACED] = {{"replaced", 8}, REPLY_STAFF_ROOM_REPLACED},
	[TROUBLE_MUTE] = {{"mute", 4}, REPLY_STAFF_ROOM_MUTE},
};

struct str trouble_name(enum trouble trouble)
{
	return troubles[trouble].name;
}

void notice_encode(const struct notice *notice, struct buf *out)
{
	buf_add(out, STR(FORMAT));
	if (notice->kind == NOTICE_TAKEN)
		buf_add(out, STR("taken"));
	else if (notice->kind == NOTICE_TROUBLE)
		buf_addf(out, "room " STR_FMT " " STR_FMT, STR_ARG(trouble_name(notice->trouble)),
			 STR_ARG(notice->link));
	else
		buf_addf(out, "alert " STR_FMT " %" PRId64 " " STR_FMT " %s " STR_FMT,
			 STR_ARG(urgent_level_name(notice->level)), notice->at_ms,
			 STR_ARG(notice->room), notice->with_words ? "words" : "-",
			 STR_ARG(notice->link));
}

bool notice_is(struct str stored)
{
	return str_starts(stored, STR(FORMAT));
}

static bool level_read(struct str name, enum urgent_level *out)
{
	for (int level = URGENT_SAME_DAY; level <= URGENT_EMERGENCY; level++)
		if (str_eq(name, urgent_level_name((enum urgent_level)level))) {
			*out = (enum urgent_level)level;
			return true;
		}
	return false;
}

static bool alert_read(struct str rest, struct notice *out)
{
	struct str level, at, words;
	uint64_t ms;

	*out = (struct notice){.kind = NOTICE_ALERT};
	if (!str_cut(&rest, ' ', &level) || !level_read(level, &out->level) ||
	    !str_cut(&rest, ' ', &at) || !str_to_u64(at, &ms) || ms > INT64_MAX ||
	    !str_cut(&rest, ' ', &out->room) || !str_cut(&rest, ' ', &words))
		return false;
	out->at_ms = (int64_t)ms;
	out->link = rest;
	out->with_words = str_eq(words, STR("words"));
	return out->room.n && out->link.n && (out->with_words || str_eq(words, STR("-")));
}

static bool trouble_read(struct str rest, struct notice *out)
{
	struct str name;

	*out = (struct notice){.kind = NOTICE_TROUBLE};
	if (!str_cut(&rest, ' ', &name) || !rest.n)
		return false;
	out->link = rest;
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
		if (str_eq(name, troubles[i].name)) {
			out->trouble = (enum trouble)i;
			return true;
		}
	return false;
}

bool notice_decode(struct str stored, struct notice *out, struct err *err)
{
	struct str rest = str_sub(stored, sizeof FORMAT - 1, stored.n);
	struct notice notice = {.kind = NOTICE_TAKEN};
	bool good = str_eq(rest, STR("taken"));
	struct str word;

	if (!good && str_cut(&rest, ' ', &word))
		good = (str_eq(word, STR("alert")) && alert_read(rest, &notice)) ||
		       (str_eq(word, STR("room")) && trouble_read(rest, &notice));
	if (!notice_is(stored) || !good)
		return err_set(err, ERR_INPUT, "a stored notice cannot be read");
	*out = notice;
	return true;
}

/* Each line behind a mark of quotation, as many lines as fit. */
static void quote(struct str words, size_t room, struct buf *out, struct arena *arena)
{
	size_t pieces_n, used = 2;
	struct str *pieces, line;

	text_split(words, room - 4, room - 4, arena, &pieces, &pieces_n);
	if (pieces_n == 0)
		return;
	buf_add(out, STR("\n"));
	while (str_cut(&pieces[0], '\n', &line)) {
		used += text_length(line) + 3;
		if (used > room)
			return;
		buf_addf(out, "\n> " STR_FMT, STR_ARG(line));
	}
}

static struct str head_write(const struct replies *replies, const struct notice *notice,
			     unsigned showing, unsigned showings, struct str time,
			     struct arena *arena)
{
	const struct reply_late late[] = {
		{STR("level"), urgent_level_name(notice->level)},
		{STR("time"), time},
		{STR("link"), notice->link},
		{STR("number"), arena_fmt(arena, "%u", showing + 1)},
		{STR("of"), arena_fmt(arena, "%u", showings)},
	};

	return replies_text(replies, showing ? REPLY_STAFF_AGAIN : REPLY_STAFF_ALERT, late,
			    sizeof late / sizeof *late, arena);
}

struct notice_text notice_write(const struct replies *replies, const struct notice *notice,
				unsigned showing, unsigned showings, struct str time,
				struct str words, size_t text_max, struct arena *arena)
{
	struct notice_text out = {0};
	struct buf text;

	if (notice->kind == NOTICE_TAKEN) {
		out.text = replies->text[REPLY_STAFF_TAKEN];
		return out;
	}
	if (notice->kind == NOTICE_TROUBLE) {
		const struct reply_late late = {STR("link"), notice->link};

		out.text = replies_text(replies, troubles[notice->trouble].reply, &late, 1, arena);
		return out;
	}
	out.text = head_write(replies, notice, showing, showings, time, arena);
	if (!notice->with_words || showing)
		return out;
	out.known_by = out.text;
	buf_init(&text, TEXT_BYTES_MAX);
	buf_add(&text, out.text);
	if (words.n)
		quote(words, text_max - text_length(out.text), &text, arena);
	else
		buf_addf(&text, "\n\n" STR_FMT, STR_ARG(replies->text[REPLY_STAFF_WORDS_GONE]));
	out.text = arena_str(arena, buf_str(&text));
	out.known_by = str_sub(out.text, 0, out.known_by.n);
	buf_done(&text);
	return out;
}
