/* A store that fails when it is told to, around one that does not. */
#ifndef TESTS_MOODY_H
#define TESTS_MOODY_H

#include "port/store.h"

struct moody {
	struct store base;
	struct store *inner;
	bool stops_behind; /* nothing can be written behind the next commit */
	bool full;	   /* nothing can be written; reading works */
	int seen_fails_at; /* this call of `seen` fails; 0: none */
	int seen_calls;
	unsigned refused, empty, retried, replies;
};

static inline bool moody_commit(struct store *self, const struct store_batch *batch,
				struct err *err)
{
	struct moody *m = (struct moody *)self;
	size_t n = batch->positions_n + batch->inbox_n + batch->retried_n + batch->decided_n +
		   batch->outbox_n + batch->marks_n;

	m->empty += n == 0;
	if (m->full && n) {
		m->refused++;
		return err_set(err, ERR_LATER, "the disk is full");
	}
	m->full = m->stops_behind;
	m->retried += (unsigned)batch->retried_n;
	return m->inner->ops->commit(m->inner, batch, err);
}

static inline bool moody_seen(struct store *self, struct str platform, struct str message,
			      struct err *err)
{
	struct moody *m = (struct moody *)self;

	if (++m->seen_calls == m->seen_fails_at)
		return err_set(err, ERR_LATER, "the disk does not answer");
	return m->inner->ops->seen(m->inner, platform, message, err);
}

static inline bool moody_position(struct store *self, struct str platform, struct buf *out,
				  struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->position(m->inner, platform, out, err);
}

static inline bool moody_undecided(struct store *self,
				   void (*each)(void *arg, const struct store_inbox *row),
				   void *arg, struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->undecided(m->inner, each, arg, err);
}

static inline bool moody_owed(struct store *self,
			      void (*each)(void *arg, const struct store_outbox *row), void *arg,
			      struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->owed(m->inner, each, arg, err);
}

static inline bool moody_unclaimed(struct store *self, struct str kind,
				   void (*each)(void *arg, const struct store_outbox *row),
				   void *arg, struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->unclaimed(m->inner, kind, each, arg, err);
}

static inline bool moody_replies(struct store *self, struct str platform, struct str message,
				 void (*each)(void *arg, const struct store_outbox *row), void *arg,
				 struct err *err)
{
	struct moody *m = (struct moody *)self;

	m->replies++;
	return m->inner->ops->replies(m->inner, platform, message, each, arg, err);
}

static inline bool moody_decision(struct store *self, struct str platform, struct str message,
				  struct str kind, struct buf *answer, struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->decision(m->inner, platform, message, kind, answer, err);
}

static inline bool moody_greeted(struct store *self, struct str platform, struct str person,
				 int64_t since_day, struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->greeted(m->inner, platform, person, since_day, err);
}

static inline bool moody_purge(struct store *self, int64_t before_ms, int64_t before_day,
			       unsigned limit, struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->purge(m->inner, before_ms, before_day, limit, err);
}

static inline bool moody_redate(struct store *self, int64_t now_ms, int64_t today, unsigned limit,
				struct err *err)
{
	struct moody *m = (struct moody *)self;

	return m->inner->ops->redate(m->inner, now_ms, today, limit, err);
}

static const struct store_ops moody_ops = {
	.commit = moody_commit,
	.seen = moody_seen,
	.position = moody_position,
	.undecided = moody_undecided,
	.owed = moody_owed,
	.unclaimed = moody_unclaimed,
	.replies = moody_replies,
	.decision = moody_decision,
	.greeted = moody_greeted,
	.purge = moody_purge,
	.redate = moody_redate,
};

#endif
