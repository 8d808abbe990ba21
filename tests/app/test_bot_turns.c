/* People take turns in being read, and what waits meanwhile is neither lost nor read when it is gone. */
#include "staff_world.h"

#define BEER "can I have a beer"
#define THROAT "my throat is closing up and i cannot breathe"
#define LONG_BYTES 2100 /* is read in a turn of its own */
#define LONGS 12

static void say_as(struct world *w, const char *id, const char *person, const char *room,
		   const char *text)
{
	struct message message = written(id, text);

	message.person = str_of(person);
	message.room = str_of(room);
	hand_in(w, &message);
}

/* `n` long messages of one person, called PREFIX0, PREFIX1 ... */
static void write_long(struct world *w, const char *prefix, const char *person, int n)
{
	char text[LONG_BYTES + 1], id[20];

	memset(text, 'x', LONG_BYTES);
	text[LONG_BYTES] = '\0';
	memcpy(text, BEER ". ", strlen(BEER ". "));
	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof id, "%s%d", prefix, i);
		say_as(w, id, person, "room", text);
	}
}

struct until {
	struct world *w;
	struct timer *timer;
	size_t sent_n;
};

static void look(void *arg)
{
	struct until *until = arg;

	if (until->w->stage->sent_n >= until->sent_n)
		loop_stop(until->w->loop);
	else
		timer_set(until->timer, loop_now_ms(until->w->loop));
}

/* Until so much was sent; a turn more may follow. */
static void run_until_sent(struct world *w, size_t n)
{
	struct until until = {.w = w, .sent_n = n};

	until.timer = timer_new(w->loop, look, &until);
	timer_set(until.timer, loop_now_ms(w->loop));
	loop_run(w->loop);
	timer_free(until.timer);
}

static size_t place_of(const struct world *w, const char *message)
{
	size_t i = 0;

	while (i < w->stage->sent_n && strcmp(w->stage->sent[i].message, message) != 0)
		i++;
	assert_true(i < w->stage->sent_n);
	return i;
}

static void a_flood_of_one_holds_nobody_up(void **state)
{
	struct world *w = *state;

	write_long(w, "flood", "ann", LONGS);
	say_as(w, "bob1", "bob", "room", BEER);
	say_as(w, "bob2", "bob", "room", THROAT);
	say_as(w, "cat", "cat", "elsewhere", BEER);
	run_until_sent(w, LONGS + 3);
	assert_int_equal(place_of(w, "flood0"), 0);
	assert_int_equal(place_of(w, "cat"), 1);
	assert_int_equal(place_of(w, "bob1"), 2);
	assert_int_equal(place_of(w, "flood1"), 3);
	assert_int_equal(place_of(w, "bob2"), 4);
	assert_int_equal(place_of(w, "flood11"), LONGS + 2);
}

/* It comes while others are read. */
static void who_writes_behind_a_flood_is_next(void **state)
{
	struct world *w = *state;
	size_t before;

	write_long(w, "flood", "ann", LONGS);
	run_until_sent(w, 2);
	before = w->stage->sent_n;
	assert_true(before < 5);
	say_as(w, "bob", "bob", "room", THROAT);
	run_until_sent(w, LONGS + 1);
	assert_true(place_of(w, "bob") <= before + 1);
	/* One person's order stays. */
	for (int i = 1; i < LONGS; i++) {
		char one[20], next[20];

		snprintf(one, sizeof one, "flood%d", i - 1);
		snprintf(next, sizeof next, "flood%d", i);
		assert_true(place_of(w, one) < place_of(w, next));
	}
}

/* Staff are not kept waiting, who would be called again. */
static void what_staff_write_goes_first(void **state)
{
	struct world *w = *state;

	say(w, "m1", THROAT);
	settle(w, w->stage->sent_n - 1, "alert1");
	settle(w, 0, "told1");
	write_long(w, "flood", "ann", LONGS);
	staff_say(w, "s1", "alert1", false);
	assert_true(place_of(w, "s1") < place_of(w, "flood1"));
}

static void what_is_deleted_meanwhile_is_not_read(void **state)
{
	struct world *w = *state;
	struct platform *p = &w->stage->base;

	write_long(w, "flood", "ann", LONGS);
	run_until_sent(w, 1);
	p->sink->deleted(p->sink, p, STR("flood11"));
	p->sink->deleted(p->sink, p, STR("flood9"));
	run_until_sent(w, LONGS - 2);
	run_for(w, 20);
	assert_int_equal(w->stage->sent_n, LONGS - 2);
	assert_int_equal(place_of(w, "flood10"), LONGS - 3);
}

struct open_rows {
	size_t n, tried;
};

static void count_open(void *arg, const struct store_inbox *row)
{
	struct open_rows *open = arg;

	open->n++;
	open->tried += row->tries > 0;
}

static struct open_rows open_rows(struct world *w)
{
	struct open_rows open = {0};
	struct err err = {0};

	assert_true(w->store->ops->undecided(w->store, count_open, &open, &err));
	return open;
}

/* Nothing of what waits is lost with the process; and only what was read counts as tried. */
static void what_waits_is_read_again_after_a_crash(void **state)
{
	struct world *w = *state;
	struct platform *p;
	size_t sent;

	write_long(w, "flood", "ann", LONGS);
	run_until_sent(w, 1);
	sent = w->stage->sent_n;
	assert_true(sent < 4);
	assert_int_equal(open_rows(w).n, LONGS - sent);
	bot_end(w);
	bot_begin(w, true);
	stage_up(w->stage);
	assert_int_equal(w->stage->fetches_n, LONGS - sent);
	p = &w->stage->base;
	for (size_t i = sent; i < LONGS; i++) {
		char id[20], text[LONG_BYTES];
		struct message message;

		snprintf(id, sizeof id, "flood%zu", i);
		memset(text, 'y', sizeof text);
		message = written(id, BEER);
		message.text = (struct str){text, sizeof text};
		p->sink->fetched(p->sink, p, message.id, &message);
	}
	run_until_sent(w, sent + 1);
	assert_int_equal(open_rows(w).n, LONGS - w->stage->sent_n);
	assert_int_equal(open_rows(w).tried, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_of_one_holds_nobody_up, world_begin_alone,
						world_end),
		cmocka_unit_test_setup_teardown(who_writes_behind_a_flood_is_next,
						world_begin_alone, world_end),
		CASE(what_staff_write_goes_first),
		CASE(what_is_deleted_meanwhile_is_not_read),
		CASE(what_waits_is_read_again_after_a_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
