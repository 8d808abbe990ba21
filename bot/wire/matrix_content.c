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
