#include "wire/matrix_machine.h"

#include "core/markdown.h"

static void relation_write(const struct matrix_content *c, struct json_writer *w)
{
	if (!c->replies_to.n)
		return;
	json_open_object(w, "m.relates_to");
	if (c->thread.n) {
		json_put_text(w, "rel_type", STR("m.thread"));
		json_put_text(w, "event_id", c->thread);
		json_put_bool(w, "is_falling_back", false);
	}
	json_open_object(w, "m.in_reply_to");
	json_put_text(w, "event_id", c->replies_to);
	json_close(w);
	json_close(w);
}

/* Always there: without it servers look for names in the body. */
static void mentions_write(const struct matrix_content *c, struct json_writer *w)
{
	json_open_object(w, "m.mentions");
	if (c->mentions.n) {
		json_open_array(w, "user_ids");
		json_put_text(w, NULL, c->mentions);
		json_close(w);
	}
	json_close(w);
}

static void text_write(const struct matrix_content *c, struct json_writer *w, struct arena *arena)
{
	json_put_text(w, "msgtype", str_of(c->msgtype));
	json_put_text(w, "body", markdown_plain(c->markdown, arena));
	json_put_text(w, "format", STR("org.matrix.custom.html"));
	json_put_text(w, "formatted_body", markdown_html(c->markdown, arena));
	mentions_write(c, w);
}

/* A newer wording of `c->changes`; in front of it what clients show that know no edits. */
static void change_write(const struct matrix_content *c, struct json_writer *w, struct arena *arena)
{
	struct str plain = markdown_plain(c->markdown, arena);

	json_put_text(w, "msgtype", str_of(c->msgtype));
	json_put_text(w, "body", arena_fmt(arena, "* " STR_FMT, STR_ARG(plain)));
	/* Whoever was notified of the first wording is not notified again. */
	json_open_object(w, "m.mentions");
	json_close(w);
	json_open_object(w, "m.new_content");
	text_write(c, w, arena);
	json_close(w);
	json_open_object(w, "m.relates_to");
	json_put_text(w, "rel_type", STR("m.replace"));
	json_put_text(w, "event_id", c->changes);
	json_close(w);
}

bool content_write(const struct matrix_content *c, struct buf *out)
{
	struct json_writer w;
	struct arena arena;

	arena_init(&arena);
	json_begin(&w, out);
	json_open_object(&w, NULL);
	if (c->changes.n) {
		change_write(c, &w, &arena);
	} else {
		text_write(c, &w, &arena);
		relation_write(c, &w);
	}
	json_close(&w);
	arena_done(&arena);
	return !out->full;
}

/* Days since 1970 as a date of the Gregorian calendar. Source: H. Hinnant, chrono-Compatible Low-Level
 * Date Algorithms, civil_from_days; here for days that are not negative. */
static void date_write(int64_t days, struct buf *out)
{
	int64_t z = days + 719468; /* since 1 March of the year 0 */
	int64_t era = z / 146097, of_era = z % 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* from March */
	int64_t day = of_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	buf_addf(out, "%04d-%02d-%02d", (int)(era * 400 + year + (month <= 2)), (int)month,
		 (int)day);
}

void matrix_time_write(int64_t unix_ms, struct buf *out)
{
	int64_t minutes = unix_ms > 0 ? unix_ms / 60000 : 0;

	date_write(minutes / 1440, out);
	buf_addf(out, " %02d:%02d UTC", (int)(minutes % 1440 / 60), (int)(minutes % 60));
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

void transaction_write(struct str kind, unsigned piece, struct str event, struct buf *out)
{
	buf_addf(out, "cb." STR_FMT ".%u.", STR_ARG(kind), piece);
	if (str_starts(event, STR("$")))
		event = str_sub(event, 1, event.n);
	for (size_t i = 0; i < event.n; i++) {
		if (is_plain(event.p[i]))
			buf_add_char(out, event.p[i]);
		else
			buf_addf(out, "~%02X", (unsigned)(unsigned char)event.p[i]);
	}
}
