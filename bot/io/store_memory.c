#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "io/person_key.h"
#include "io/random.h"
#include "io/stores.h"

/* A message or a reply; what a table does not use stays empty. */
struct row {
	struct row *chain; /* of its bucket */
	uint64_t hash;
	uint64_t number; /* in the order in which they came */
	struct str platform;
	struct str message;
	struct str kind;
	struct str room;
	struct str answer;
	struct str version;
	struct str link;
	char *sent_as; /* memory of its own, as it changes; NULL: empty */
	char *changed; /* ... of an answer and version that came later; NULL: none did */
	int64_t settled_ms;
	int64_t at_ms;
	unsigned count; /* tries, or pieces sent */
	bool open;	/* undecided, owed, unwanted or to be changed */
	enum outbox_state state;
	char bytes[];
};

struct table {
	struct row **buckets;
	size_t buckets_n; /* a power of two */
	size_t n;
	uint64_t next_number;
};

struct place {
	struct place *next;
	struct str platform;
	struct buf position;
	char bytes[];
};

struct store_memory {
	struct store base;
	struct place *places;
	struct table inbox;
	struct table outbox;
	struct table greeted; /* by what stands for the person; `at_ms` is the day */
	struct person_keys *keys;
};

static struct store_memory *of(struct store *self)
{
	return (struct store_memory *)self;
}

/* --- a table of rows by key --- */

static uint64_t key_hash(struct str platform, struct str message, struct str kind)
{
	return str_hash(kind, str_hash(message, str_hash(platform, 0)));
}

static struct row *row_find(const struct table *t, struct str platform, struct str message,
			    struct str kind)
{
	uint64_t hash = key_hash(platform, message, kind);
	struct row *row = t->buckets_n ? t->buckets[hash & (t->buckets_n - 1)] : NULL;

	while (row && !(row->hash == hash && str_eq(row->platform, platform) &&
			str_eq(row->message, message) && str_eq(row->kind, kind)))
		row = row->chain;
	return row;
}

static void table_grow(struct table *t)
{
	size_t n = t->buckets_n ? t->buckets_n * 2 : 64;
	struct row **buckets = calloc(n, sizeof(struct row *));

	if (!buckets)
		out_of_memory();
	for (size_t i = 0; i < t->buckets_n; i++)
		for (struct row *row = t->buckets[i], *next; row; row = next) {
			next = row->chain;
			row->chain = buckets[row->hash & (n - 1)];
			buckets[row->hash & (n - 1)] = row;
		}
	free(t->buckets);
	t->buckets = buckets;
	t->buckets_n = n;
}

/* Copies the text of `like` behind the row. */
static struct row *row_add(struct table *t, const struct row *like)
{
	const struct str texts[] = {like->platform, like->message, like->kind, like->room,
				    like->answer,   like->version, like->link};
	struct str kept[7];
	size_t n = 0;
	struct row *row;
	char *p;

	for (size_t i = 0; i < 7; i++)
		n += texts[i].n;
	row = malloc(sizeof *row + n);
	if (!row)
		out_of_memory();
	*row = *like;
	p = row->bytes;
	for (size_t i = 0; i < 7; i++) {
		if (texts[i].n)
			memcpy(p, texts[i].p, texts[i].n);
		kept[i] = (struct str){p, texts[i].n};
		p += texts[i].n;
	}
	row->platform = kept[0];
	row->message = kept[1];
	row->kind = kept[2];
	row->room = kept[3];
	row->answer = kept[4];
	row->version = kept[5];
	row->link = kept[6];
	if (t->n >= t->buckets_n)
		table_grow(t);
	row->hash = key_hash(row->platform, row->message, row->kind);
	row->number = t->next_number++;
	row->chain = t->buckets[row->hash & (t->buckets_n - 1)];
	t->buckets[row->hash & (t->buckets_n - 1)] = row;
	t->n++;
	return row;
}

static void row_free(struct row *row)
{
	free(row->sent_as);
	free(row->changed);
	free(row);
}

static void row_remove(struct table *t, struct row *row)
{
	struct row **link = &t->buckets[row->hash & (t->buckets_n - 1)];

	while (*link != row)
		link = &(*link)->chain;
	*link = row->chain;
	t->n--;
	row_free(row);
}

static int compare_age(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a;
	const struct row *y = *(struct row *const *)b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* The open or the closed rows from before `before_ms`, oldest first. To be freed. */
static struct row **rows_by_age(const struct table *t, bool open, int64_t before_ms, size_t *n)
{
	struct row **rows = calloc(t->n + 1, sizeof(struct row *));

	if (!rows)
		out_of_memory();
	*n = 0;
	for (size_t i = 0; i < t->buckets_n; i++)
		for (struct row *row = t->buckets[i]; row; row = row->chain)
			if (row->open == open && row->at_ms < before_ms)
				rows[(*n)++] = row;
	qsort(rows, *n, sizeof(struct row *), compare_age);
	return rows;
}

static void table_purge(struct table *t, int64_t before_ms, unsigned limit)
{
	size_t n;
	struct row **rows = rows_by_age(t, false, before_ms, &n);

	for (size_t i = 0; i < n && i < limit; i++)
		row_remove(t, rows[i]);
	free(rows);
}

static void table_redate(struct table *t, int64_t now, int64_t ahead, unsigned limit)
{
	for (size_t i = 0; i < t->buckets_n; i++)
		for (struct row *row = t->buckets[i]; row && limit; row = row->chain) {
			if (row->open || row->at_ms <= now + ahead)
				continue;
			row->at_ms = now;
			limit--;
		}
}

static void table_done(struct table *t)
{
	for (size_t i = 0; i < t->buckets_n; i++)
		for (struct row *row = t->buckets[i], *next; row; row = next) {
			next = row->chain;
			row_free(row);
		}
	free(t->buckets);
}

/* --- the contract --- */

static struct place *place_find(const struct store_memory *s, struct str platform)
{
	struct place *place = s->places;

	while (place && !str_eq(place->platform, platform))
		place = place->next;
	return place;
}

static void put_position(struct store_memory *s, const struct store_position *row)
{
	struct place *place = place_find(s, row->platform);

	if (!place) {
		place = calloc(1, sizeof *place + row->platform.n);
		if (!place)
			out_of_memory();
		if (row->platform.n)
			memcpy(place->bytes, row->platform.p, row->platform.n);
		place->platform = (struct str){place->bytes, row->platform.n};
		buf_init(&place->position, SIZE_MAX / 2);
		place->next = s->places;
		s->places = place;
	}
	buf_clear(&place->position);
	buf_add(&place->position, row->position);
}

static void put_inbox(struct store_memory *s, const struct store_inbox *in)
{
	const struct row row = {.platform = in->platform,
				.message = in->message,
				.room = in->room,
				.link = in->link,
				.at_ms = in->received_ms,
				.count = in->tries,
				.open = true};

	if (!row_find(&s->inbox, in->platform, in->message, STR("")))
		row_add(&s->inbox, &row);
}

static void decide(struct store_memory *s, struct str platform, struct str message)
{
	struct row *row = row_find(&s->inbox, platform, message, STR(""));

	if (row)
		row->open = false;
}

static void retry(struct store_memory *s, const struct store_mark *mark)
{
	struct row *row = row_find(&s->inbox, mark->platform, mark->message, STR(""));

	if (row)
		row->count++;
}

static void set_sent_as(struct row *row, struct str sent_as)
{
	free(row->sent_as);
	row->sent_as = malloc(sent_as.n + 1);
	if (!row->sent_as)
		out_of_memory();
	if (sent_as.n)
		memcpy(row->sent_as, sent_as.p, sent_as.n);
	row->sent_as[sent_as.n] = '\0';
}

static bool is_open(enum outbox_state state)
{
	return state == OUTBOX_OWED || state == OUTBOX_UNWANTED || state == OUTBOX_CHANGED;
}

static void put_outbox(struct store_memory *s, const struct store_outbox *out)
{
	const struct row row = {.platform = out->platform,
				.message = out->message,
				.kind = out->kind,
				.room = out->room,
				.answer = out->answer,
				.version = out->version,
				.at_ms = out->decided_ms,
				.count = out->pieces_sent,
				.open = is_open(out->state),
				.settled_ms = out->settled_ms,
				.state = out->state};

	if (!row_find(&s->outbox, out->platform, out->message, out->kind))
		set_sent_as(row_add(&s->outbox, &row), out->sent_as);
	decide(s, out->platform, out->message);
}

static void mark_outbox(struct store_memory *s, const struct store_mark *mark)
{
	struct row *row = row_find(&s->outbox, mark->platform, mark->message, mark->kind);

	if (!row)
		return;
	row->count = mark->pieces_sent;
	row->state = mark->state;
	row->open = is_open(mark->state);
	row->settled_ms = mark->settled_ms;
	set_sent_as(row, mark->sent_as);
}

static void change_outbox(struct store_memory *s, const struct store_outbox *out)
{
	struct row *row = row_find(&s->outbox, out->platform, out->message, out->kind);
	char *texts;

	if (!row)
		return;
	texts = malloc(out->answer.n + out->version.n + 1);
	if (!texts)
		out_of_memory();
	if (out->answer.n)
		memcpy(texts, out->answer.p, out->answer.n);
	if (out->version.n)
		memcpy(texts + out->answer.n, out->version.p, out->version.n);
	row->answer = (struct str){texts, out->answer.n};
	row->version = (struct str){texts + out->answer.n, out->version.n};
	free(row->changed);
	row->changed = texts;
	row->state = out->state;
	row->open = is_open(out->state);
}

/* As a text, for the table. */
static struct str key_text(const uint64_t *key)
{
	return (struct str){(const char *)key, sizeof *key};
}

static void put_greeting(struct store_memory *s, const struct store_greeting *g)
{
	uint64_t key = person_key(s->keys, g->platform, g->person);
	struct row *row = row_find(&s->greeted, STR(""), key_text(&key), STR(""));

	if (row)
		row->at_ms = g->day;
	else
		row_add(&s->greeted,
			&(struct row){.message = key_text(&key), .at_ms = g->day, .open = false});
}

static bool memory_commit(struct store *self, const struct store_batch *b, struct err *err)
{
	struct store_memory *s = of(self);

	(void)err;
	for (size_t i = 0; i < b->positions_n; i++)
		put_position(s, &b->positions[i]);
	for (size_t i = 0; i < b->inbox_n; i++)
		put_inbox(s, &b->inbox[i]);
	for (size_t i = 0; i < b->retried_n; i++)
		retry(s, &b->retried[i]);
	for (size_t i = 0; i < b->decided_n; i++)
		decide(s, b->decided[i].platform, b->decided[i].message);
	for (size_t i = 0; i < b->outbox_n; i++)
		put_outbox(s, &b->outbox[i]);
	for (size_t i = 0; i < b->marks_n; i++)
		mark_outbox(s, &b->marks[i]);
	for (size_t i = 0; i < b->changes_n; i++)
		change_outbox(s, &b->changes[i]);
	for (size_t i = 0; i < b->greetings_n; i++)
		put_greeting(s, &b->greetings[i]);
	return true;
}

static bool memory_seen(struct store *self, struct str platform, struct str message,
			struct err *err)
{
	(void)err;
	return row_find(&of(self)->inbox, platform, message, STR("")) != NULL;
}

static bool memory_position(struct store *self, struct str platform, struct buf *out,
			    struct err *err)
{
	const struct place *place = place_find(of(self), platform);

	buf_clear(out);
	if (place && !buf_add(out, buf_str(&place->position)))
		return err_set(err, ERR_INPUT, "a position is longer than %zu bytes", out->max);
	return true;
}

static bool memory_undecided(struct store *self,
			     void (*each)(void *arg, const struct store_inbox *row), void *arg,
			     struct err *err)
{
	size_t n;
	struct row **rows = rows_by_age(&of(self)->inbox, true, INT64_MAX, &n);

	(void)err;
	for (size_t i = 0; i < n; i++)
		each(arg, &(struct store_inbox){.platform = rows[i]->platform,
						.message = rows[i]->message,
						.room = rows[i]->room,
						.link = rows[i]->link,
						.received_ms = rows[i]->at_ms,
						.tries = rows[i]->count});
	free(rows);
	return true;
}

static void outbox_give(const struct row *row,
			void (*each)(void *arg, const struct store_outbox *row), void *arg)
{
	each(arg, &(struct store_outbox){.platform = row->platform,
					 .message = row->message,
					 .kind = row->kind,
					 .room = row->room,
					 .answer = row->answer,
					 .version = row->version,
					 .pieces_sent = row->count,
					 .state = row->state,
					 .decided_ms = row->at_ms,
					 .sent_as = str_of(row->sent_as),
					 .settled_ms = row->settled_ms});
}

static bool memory_owed(struct store *self, void (*each)(void *arg, const struct store_outbox *row),
			void *arg, struct err *err)
{
	size_t n;
	struct row **rows = rows_by_age(&of(self)->outbox, true, INT64_MAX, &n);

	(void)err;
	for (size_t i = 0; i < n; i++)
		outbox_give(rows[i], each, arg);
	free(rows);
	return true;
}

static bool memory_replies(struct store *self, struct str platform, struct str message,
			   void (*each)(void *arg, const struct store_outbox *row), void *arg,
			   struct err *err)
{
	const struct table *outbox = &of(self)->outbox;

	(void)err;
	for (size_t i = 0; i < outbox->buckets_n; i++)
		for (struct row *row = outbox->buckets[i]; row; row = row->chain)
			if (str_eq(row->platform, platform) && str_eq(row->message, message))
				outbox_give(row, each, arg);
	return true;
}

/* Those that are owed and those that are not, put in one order. */
static bool memory_unclaimed(struct store *self, struct str kind,
			     void (*each)(void *arg, const struct store_outbox *row), void *arg,
			     struct err *err)
{
	const struct table *outbox = &of(self)->outbox;
	struct row **rows = calloc(outbox->n + 1, sizeof(struct row *));
	size_t n = 0;

	(void)err;
	if (!rows)
		out_of_memory();
	for (size_t i = 0; i < outbox->buckets_n; i++)
		for (struct row *row = outbox->buckets[i]; row; row = row->chain)
			if (str_eq(row->kind, kind) && row->state != OUTBOX_CLAIMED)
				rows[n++] = row;
	qsort(rows, n, sizeof(struct row *), compare_age);
	for (size_t i = 0; i < n; i++)
		outbox_give(rows[i], each, arg);
	free(rows);
	return true;
}

static bool memory_decision(struct store *self, struct str platform, struct str message,
			    struct str kind, struct buf *answer, struct err *err)
{
	const struct row *row = row_find(&of(self)->outbox, platform, message, kind);

	buf_clear(answer);
	if (row && !buf_add(answer, row->answer))
		return err_set(err, ERR_INPUT, "an answer is longer than %zu bytes", answer->max);
	return true;
}

static bool memory_greeted(struct store *self, struct str platform, struct str person,
			   int64_t since_day, struct err *err)
{
	struct store_memory *s = of(self);
	uint64_t key = person_key(s->keys, platform, person);
	const struct row *row = row_find(&s->greeted, STR(""), key_text(&key), STR(""));

	(void)err;
	return row && row->at_ms >= since_day;
}

static bool memory_purge(struct store *self, int64_t before_ms, int64_t before_day, unsigned limit,
			 struct err *err)
{
	(void)err;
	table_purge(&of(self)->greeted, before_day, limit);
	table_purge(&of(self)->inbox, before_ms, limit);
	table_purge(&of(self)->outbox, before_ms, limit);
	return true;
}

static bool memory_redate(struct store *self, int64_t now_ms, int64_t today, unsigned limit,
			  struct err *err)
{
	(void)err;
	table_redate(&of(self)->greeted, today, 1, limit);
	table_redate(&of(self)->inbox, now_ms, STORE_AHEAD_MS, limit);
	table_redate(&of(self)->outbox, now_ms, STORE_AHEAD_MS, limit);
	return true;
}

static void memory_free(struct store *self)
{
	struct store_memory *s = of(self);

	while (s->places) {
		struct place *place = s->places;

		s->places = place->next;
		buf_done(&place->position);
		free(place);
	}
	person_keys_free(s->keys);
	table_done(&s->inbox);
	table_done(&s->outbox);
	table_done(&s->greeted);
	free(s);
}

static const struct store_ops ops = {
	.commit = memory_commit,
	.seen = memory_seen,
	.position = memory_position,
	.undecided = memory_undecided,
	.owed = memory_owed,
	.replies = memory_replies,
	.unclaimed = memory_unclaimed,
	.decision = memory_decision,
	.greeted = memory_greeted,
	.purge = memory_purge,
	.redate = memory_redate,
	.free = memory_free,
};

struct store *store_memory_new(void)
{
	struct store_memory *s = calloc(1, sizeof *s);
	unsigned char secret[PERSON_SECRET_BYTES];

	if (!s)
		out_of_memory();
	s->base.ops = &ops;
	for (size_t i = 0; i < PERSON_SECRET_BYTES; i += sizeof(uint64_t))
		memcpy(secret + i, &(uint64_t){random_u64()}, sizeof(uint64_t));
	s->keys = person_keys_new(secret);
	return &s->base;
}
