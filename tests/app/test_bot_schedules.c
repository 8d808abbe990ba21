/* A thousand orders in which a platform may hand things in: messages up to ten times, edits and
 * deletions, each up to fifty places early or late, with restarts in between. Each message that stays
 * is answered, and none is answered twice. */
#include "stage.h"

#define SCHEDULES 1000
#define MESSAGES 6
#define WINDOW 50
#define STEPS_MAX 256

enum what {
	SAY,
	EDIT,
	TAKE_BACK,
};

struct step {
	enum what what;
	unsigned message;
};

struct schedule {
	uint64_t dice;
	struct step steps[STEPS_MAX];
	size_t n;
	bool taken_back[MESSAGES];
};

struct world {
	struct fixture fixture;
	struct loop *loop;
	struct store *store;
	struct stage *stage;
	struct bot *bot;
	size_t looked_at;	    /* of what was sent in this run */
	bool answered[MESSAGES];    /* in any run */
	bool delivered[MESSAGES];   /* the bot was told so */
	bool sent_in_run[MESSAGES]; /* since the last start */
	unsigned doubles, restarts;
};

/* xorshift64*: the same on every machine. */
static uint64_t roll(struct schedule *s, uint64_t below)
{
	s->dice ^= s->dice >> 12;
	s->dice ^= s->dice << 25;
	s->dice ^= s->dice >> 27;
	return (s->dice * UINT64_C(2685821657736338717) >> 33) % below;
}

static void step_add(struct schedule *s, enum what what, unsigned message)
{
	assert_true(s->n < STEPS_MAX);
	s->steps[s->n++] = (struct step){what, message};
}

static void schedule_make(struct schedule *s, uint64_t seed)
{
	*s = (struct schedule){.dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
	for (unsigned m = 0; m < MESSAGES; m++) {
		uint64_t copies = roll(s, 3) == 0 ? 10 : 1 + roll(s, 2);
		uint64_t edits = roll(s, 3) == 0 ? 1 + roll(s, 3) : 0;

		for (uint64_t i = 0; i < copies; i++)
			step_add(s, SAY, m);
		for (uint64_t i = 0; i < edits; i++)
			step_add(s, EDIT, m);
		s->taken_back[m] = roll(s, 5) == 0;
		if (s->taken_back[m])
			step_add(s, TAKE_BACK, m);
	}
	for (size_t i = 0; i + 1 < s->n; i++) {
		size_t room = s->n - i < WINDOW ? s->n - i : WINDOW;
		size_t j = i + roll(s, room);
		struct step kept = s->steps[i];

		s->steps[i] = s->steps[j];
		s->steps[j] = kept;
	}
}

static void bot_begin(struct world *w)
{
	struct err err = {0};

	fixture_init(&w->fixture);
	w->stage = stage_new();
	w->looked_at = 0;
	memset(w->sent_in_run, 0, sizeof w->sent_in_run);
	w->bot = bot_new(&(struct bot_settings){.loop = w->loop,
						.store = w->store,
						.book = fixture_book(&w->fixture),
						.late_after_ms = 600000,
						.hold_ms = 60000,
						.answers_late = true});
	bot_platform_add(w->bot, &w->stage->base, NULL);
	assert_true(bot_start(w->bot, &err));
}

static void bot_end(struct world *w)
{
	bot_free(w->bot);
	w->fixture.book = NULL; /* was the bot's */
	fixture_done(&w->fixture);
}

static void loop_once(struct world *w)
{
	loop_run_for(w->loop, 0);
	for (; w->looked_at < w->stage->sent_n; w->looked_at++) {
		const struct sent *sent = &w->stage->sent[w->looked_at];
		unsigned m = (unsigned)(sent->message[0] - 'a');

		if (sent->changes[0] || sent->removes[0] || strcmp(sent->kind, "answer") != 0)
			continue;
		/* After a start what was not known to be delivered is sent again, under the same key. */
		w->doubles += w->sent_in_run[m] || w->delivered[m];
		w->sent_in_run[m] = w->answered[m] = true;
	}
}

/* Tells the bot of all that it has sent, or of half of it. */
static void deliver(struct world *w, struct schedule *s, bool all)
{
	struct platform *p = &w->stage->base;

	for (size_t i = 0; i < w->looked_at; i++) {
		struct sent *sent = &w->stage->sent[i];

		if (sent->settled || (!all && roll(s, 2)))
			continue;
		sent->settled = true;
		w->delivered[sent->message[0] - 'a'] = true;
		p->sink->delivered(p->sink, p, sent->id, DELIVERY_SENT, STR("77"), STR(""));
	}
}

static void step_take(struct world *w, struct step step)
{
	const char id[] = {(char)('a' + step.message), '\0'};
	const char edit[] = {(char)('a' + step.message), ':', '1', '\0'};
	struct platform *p = &w->stage->base;
	struct message message = {.id = str_of(step.what == EDIT ? edit : id),
				  .edits = str_of(step.what == EDIT ? id : ""),
				  .room = STR("room"),
				  .person = str_of(id),
				  .text = STR("can I have a beer"),
				  .addressed = true,
				  .sent_ms = loop_wall_ms()};

	if (step.what == TAKE_BACK)
		p->sink->deleted(p->sink, p, message.id);
	else
		p->sink->message(p->sink, p, &message);
	p->sink->position(p->sink, p, str_of(id));
}

static void schedule_run(struct world *w, struct schedule *s)
{
	bot_begin(w);
	for (size_t i = 0; i < s->n; i++) {
		if (roll(s, 3) == 0)
			stage_up(w->stage);
		step_take(w, s->steps[i]);
		if (roll(s, 3))
			continue;
		loop_once(w);
		if (roll(s, 2))
			deliver(w, s, false);
		if (roll(s, 5))
			continue;
		loop_once(w);
		bot_end(w);
		bot_begin(w);
		w->restarts++;
	}
	stage_up(w->stage);
	loop_once(w);
	deliver(w, s, true);
	loop_once(w);
	bot_end(w);
}

static void each_order_gives_one_answer(void **state)
{
	unsigned restarts = 0;
	struct err err = {0};
	struct world w = {.loop = loop_new(&err)};

	(void)state;
	assert_non_null(w.loop);
	log_level_set(LOG_LEVEL_ERROR);
	for (uint64_t seed = 1; seed <= SCHEDULES; seed++) {
		struct schedule s;

		w = (struct world){.loop = w.loop, .store = store_memory_new()};
		schedule_make(&s, seed);
		schedule_run(&w, &s);
		for (unsigned m = 0; m < MESSAGES; m++)
			if (!w.answered[m] && !s.taken_back[m])
				fail_msg("schedule %llu: message %u is lost",
					 (unsigned long long)seed, m);
		if (w.doubles)
			fail_msg("schedule %llu: %u replies are doubled", (unsigned long long)seed,
				 w.doubles);
		restarts += w.restarts;
		w.store->ops->free(w.store);
	}
	loop_free(w.loop);
	assert_true(restarts > SCHEDULES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_order_gives_one_answer),
	};

	return cmocka_run_group_tests_name("bot_schedules", tests, NULL, NULL);
}
