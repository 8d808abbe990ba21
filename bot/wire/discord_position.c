#include "wire/discord_machine.h"

#include <inttypes.h>
#include <stdio.h>

#define POSITION_VERSION 1
#define GATHER_MS 1000

void position_give(struct discord *d, bool always)
{
	struct machine_step step = {.kind = MACHINE_POSITION};
	struct json_writer w;
	struct buf text;
	char me[24];

	if (!d->position_dirty && !d->rooms.changed && !always)
		return;
	d->position_dirty = false;
	d->rooms.changed = false;
	buf_init(&text, DISCORD_POSITION_MAX);
	json_begin(&w, &text);
	json_open_object(&w, NULL);
	json_put_int(&w, "v", POSITION_VERSION);
	json_put_text(&w, "session", buf_str(&d->session.id));
	json_put_int(&w, "seq", d->session.seq);
	json_put_text(&w, "resume", buf_str(&d->session.resume_url));
	json_put_int(&w, "intents", d->session.intents);
	json_put_text(&w, "gateway", buf_str(&d->base_url));
	snprintf(me, sizeof me, "%" PRIu64, d->me);
	json_put_text(&w, "me", str_of(me));
	json_put_int(&w, "identified", d->budget.last_wall_ms);
	json_put_int(&w, "identifies", d->budget.total);
	json_put_int(&w, "identifies_left", d->budget.left);
	json_put_int(&w, "identifies_reset", d->budget.reset_wall_ms);
	rooms_write(&d->rooms, &w);
	gaps_write(&d->gaps, &w);
	json_close(&w);
	step.text = buf_str(&text);
	steps_add(&d->steps, &step);
	buf_done(&text);
}

void position_touch(struct discord *d, struct machine_time at)
{
	if (!d->position_dirty)
		d->position_ms = at.mono_ms + GATHER_MS;
	d->position_dirty = true;
}

static void read_session(struct discord *d, const struct json *v)
{
	struct str id = json_text(v, "session"), url = json_text(v, "resume");
	int64_t seq = 0, intents = 0;

	if (!id.n || !json_int(v, "seq", 0, JSON_INT_MAX, &seq) ||
	    !json_int(v, "intents", 1, INT32_MAX, &intents) || !buf_add(&d->session.id, id))
		return;
	d->session.seq = seq;
	d->session.intents = intents;
	if (url_is_usable(d, url))
		buf_add(&d->session.resume_url, url);
}

/* A clock that was set back must not make the bot wait longer than the rule can ask for. */
static void read_budget(struct budget *b, const struct json *v, int64_t wall_ms)
{
	json_int(v, "identified", 0, wall_ms, &b->last_wall_ms);
	if (json_int(v, "identifies_reset", 0, wall_ms + 2 * 86400000LL, &b->reset_wall_ms) &&
	    json_int(v, "identifies", 1, 1000000, &b->total))
		json_int(v, "identifies_left", 0, b->total, &b->left);
}

void position_read(struct discord *d, struct str position, struct machine_time at)
{
	struct json *v = position.n ? json_parse(position, DISCORD_POSITION_MAX, NULL) : NULL;
	struct str gateway = json_text(v, "gateway");
	int64_t version = 0;

	if (json_int(v, "v", POSITION_VERSION, POSITION_VERSION, &version)) {
		if (d->asks_gateway && url_is_usable(d, gateway))
			buf_add(&d->base_url, gateway);
		d->me = json_snowflake(v, "me");
		read_session(d, v);
		read_budget(&d->budget, v, at.wall_ms);
		rooms_read(&d->rooms, v);
		gaps_read(&d->gaps, v);
	}
	json_free(v);
}
