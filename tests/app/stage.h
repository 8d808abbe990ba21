/* The platform of the bot's tests: it writes down what it is asked for, and tells the bot nothing by
 * itself. */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "core/book_fixture.h"

#include "app/bot.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/stores.h"

#define SENT_MAX 64

struct sent {
	uint64_t id;
	bool settled, elsewhere, urgent;
	unsigned piece;
	char message[32], room[32], kind[32], removes[32], changes[32], text[1024];
};

struct stage {
	struct platform base;
	struct sent sent[SENT_MAX]; /* in their order */
	size_t sent_n, fetches_n;
	char fetched_link[32], withdrawn[32];
};

static inline bool stage_start(struct platform *self, struct str position, struct err *err)
{
	(void)self, (void)position, (void)err;
	return true;
}

static inline void stage_keep(char *to, size_t size, struct str text)
{
	snprintf(to, size, STR_FMT, STR_ARG(text));
}

static inline void stage_send(struct platform *self, const struct delivery *d)
{
	struct stage *s = (struct stage *)self;
	struct sent *sent = &s->sent[s->sent_n];

	assert_true(s->sent_n++ < SENT_MAX);
	*sent = (struct sent){
		.id = d->id, .elsewhere = d->elsewhere, .urgent = d->urgent, .piece = d->piece};
	stage_keep(sent->message, sizeof sent->message, d->message);
	stage_keep(sent->room, sizeof sent->room, d->room);
	stage_keep(sent->kind, sizeof sent->kind, d->kind);
	stage_keep(sent->removes, sizeof sent->removes, d->removes);
	stage_keep(sent->changes, sizeof sent->changes, d->changes);
	stage_keep(sent->text, sizeof sent->text, d->text);
}

static inline void stage_time(int64_t unix_ms, struct buf *out)
{
	buf_add(out, unix_ms > 0 ? STR("noon") : STR("never"));
}

static inline void stage_withdraw(struct platform *self, struct str message)
{
	struct stage *s = (struct stage *)self;

	stage_keep(s->withdrawn, sizeof s->withdrawn, message);
}

static inline void stage_fetch(struct platform *self, struct str room, struct str message,
			       struct str link)
{
	struct stage *s = (struct stage *)self;

	(void)room, (void)message;
	s->fetches_n++;
	stage_keep(s->fetched_link, sizeof s->fetched_link, link);
}

static inline void stage_stop(struct platform *self, unsigned grace_ms, void (*stopped)(void *),
			      void *arg)
{
	(void)self, (void)grace_ms;
	stopped(arg);
}

static inline void stage_free(struct platform *self)
{
	free(self);
}

static const struct platform_ops stage_ops = {
	.name = "stage",
	.text_max = 2000,
	.start = stage_start,
	.send = stage_send,
	.withdraw = stage_withdraw,
	.time_write = stage_time,
	.fetch = stage_fetch,
	.stop = stage_stop,
	.free = stage_free,
};

/* The bot that it is added to frees it. */
static inline struct stage *stage_new(void)
{
	struct stage *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->base.ops = &stage_ops;
	return s;
}

/* Its stream works: what happened while the bot was away is handed in. */
static inline void stage_up(struct stage *s)
{
	s->base.sink->state(s->base.sink, &s->base, PLATFORM_READY, STR(""));
}

static inline void loop_end(void *arg)
{
	loop_stop(arg);
}

static inline void loop_run_for(struct loop *loop, int ms)
{
	struct timer *timer = timer_new(loop, loop_end, loop);

	timer_set(timer, loop_now_ms(loop) + ms);
	loop_run(loop);
	timer_free(timer);
}

#endif
