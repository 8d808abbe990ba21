/* A bot with a room for staff, or two, or none, and a stage that patients and staff write on. */
#ifndef TESTS_STAFF_WORLD_H
#define TESTS_STAFF_WORLD_H

#include "stage.h"

#define STAFF "staff-room"
#define SECOND "second-room"

struct world {
	struct fixture fixture;
	struct loop *loop;
	struct stage *stage;
	struct store *store;
	int64_t zero_ms; /* of the stage's clock; 0: not known */
	struct bot *bot;
	const char *article; /* in place of the small one; NULL: that */
	bool second;	     /* staff have a second room */
	unsigned person_per_minute, room_per_minute;
	bool removes;	 /* the reply with its question */
	bool leaves;	 /* what waited long, unless it is urgent */
	bool with_words; /* the patient's stand in the alert */
};

static inline void bot_begin(struct world *w, bool staff)
{
	const struct bot_staff room = {.room = STR(STAFF),
				       .second = w->second ? STR(SECOND) : STR(""),
				       .with_words = w->with_words};
	struct fixture *f = &w->fixture;
	struct err err = {0};

	fixture_init(f);
	if (w->article)
		fixture_set(f, "scalp.md", w->article);
	w->stage = stage_new();
	w->stage->base.zero_ms = w->zero_ms;
	w->bot = bot_new(&(struct bot_settings){.loop = w->loop,
						.store = w->store,
						.book = fixture_book(f),
						.late_after_ms = 600000,
						.alert_again_ms = 200,
						.edit_wait_ms = 80,
						.hold_ms = 400,
						.answers_late = !w->leaves,
						.person_per_minute = w->person_per_minute,
						.room_per_minute = w->room_per_minute,
						.removes = w->removes});
	bot_platform_add(w->bot, &w->stage->base, staff ? &room : NULL);
	assert_true(bot_start(w->bot, &err));
}

static inline void bot_end(struct world *w)
{
	bot_free(w->bot);
	w->fixture.book = NULL; /* was the bot's */
	fixture_done(&w->fixture);
}

static inline int begin_with(void **state, bool staff, bool second)
{
	struct world *w = calloc(1, sizeof *w);
	struct err err = {0};

	assert_non_null(w);
	log_level_set(LOG_LEVEL_ERROR);
	w->loop = loop_new(&err);
	assert_non_null(w->loop);
	w->store = store_memory_new();
	w->second = second;
	bot_begin(w, staff);
	*state = w;
	return 0;
}

static inline int world_begin(void **state)
{
	return begin_with(state, true, false);
}

static inline int world_begin_alone(void **state)
{
	return begin_with(state, false, false);
}

static inline int world_begin_second(void **state)
{
	return begin_with(state, true, true);
}

static inline int world_end(void **state)
{
	struct world *w = *state;

	bot_end(w);
	loop_free(w->loop);
	w->store->ops->free(w->store);
	free(w);
	return 0;
}

static inline void run_for(struct world *w, int ms)
{
	loop_run_for(w->loop, ms);
}

static inline void count_row(void *arg, const struct store_inbox *row)
{
	(void)row;
	(*(size_t *)arg)++;
}

/* Until all that was handed in is decided. */
static inline void run_until_decided(struct world *w)
{
	struct err err;
	size_t n = 1;

	while (n) {
		run_for(w, 5);
		n = 0;
		assert_true(w->store->ops->undecided(w->store, count_row, &n, &err));
	}
}

static inline struct message written(const char *id, const char *text)
{
	return (struct message){.id = str_of(id),
				.room = STR("room"),
				.person = STR("pat"),
				.text = str_of(text),
				.link = STR("https://there"),
				.addressed = true,
				.sent_ms = loop_wall_ms()};
}

static inline void hand_in(struct world *w, const struct message *message)
{
	struct platform *p = &w->stage->base;

	p->sink->message(p->sink, p, message);
}

static inline void say(struct world *w, const char *id, const char *text)
{
	struct message message = written(id, text);

	hand_in(w, &message);
	run_for(w, 5);
}

/* The n-th of what was sent so far is accepted as `id`, or refused. */
static inline void settle(struct world *w, size_t n, const char *id)
{
	struct platform *p = &w->stage->base;
	struct sent *sent = &w->stage->sent[n];

	assert_true(n < w->stage->sent_n && !sent->settled);
	sent->settled = true;
	p->sink->delivered(p->sink, p, sent->id, id ? DELIVERY_SENT : DELIVERY_REFUSED,
			   str_of(id ? id : ""), id ? STR("") : STR("no permission"));
	run_for(w, 5);
}

/* All that was sent: "message kind piece room|". */
static inline void assert_sent(struct world *w, const char *want)
{
	struct buf got;

	buf_init(&got, 10000);
	buf_add(&got, STR(""));
	for (size_t i = 0; i < w->stage->sent_n; i++) {
		const struct sent *s = &w->stage->sent[i];

		buf_addf(&got, "%s %s %u %s|", s->message, s->kind, s->piece, s->room);
		assert_int_equal(s->elsewhere,
				 strcmp(s->room, "room") != 0 &&
					 (strstr(s->kind, "-alert") || strstr(s->kind, "room-")));
	}
	assert_string_equal(got.p, want);
	buf_done(&got);
}

static inline void staff_say_in(struct world *w, const char *room, const char *id,
				const char *replies_to, bool addressed)
{
	struct message message = written(id, "my throat is closing, she says");

	message.room = str_of(room);
	message.replies_to = str_of(replies_to);
	message.addressed = addressed;
	hand_in(w, &message);
	run_for(w, 5);
}

static inline void staff_say(struct world *w, const char *id, const char *replies_to,
			     bool addressed)
{
	staff_say_in(w, STAFF, id, replies_to, addressed);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)

#endif
