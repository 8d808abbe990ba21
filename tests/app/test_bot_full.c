/* While the store fails, messages wait in memory: so many, and no more. */
#include "moody.h"
#include "staff_world.h"

#define BEER "can I have a beer"

static void hand_in_many(struct world *w, int n, size_t bytes)
{
	char *text = malloc(bytes);

	assert_non_null(text);
	memset(text, 'x', bytes);
	for (int i = 0; i < n; i++) {
		char id[20];
		struct message message;

		snprintf(id, sizeof id, "m%d", i);
		message = written(id, "");
		message.text = (struct str){text, bytes};
		message.addressed = false;
		hand_in(w, &message);
	}
	free(text);
}

/* The store fails, and so many messages of so many bytes come. What the bot ends with. */
static int status_behind(struct world *w, struct moody *moody, int n, size_t bytes)
{
	*moody = (struct moody){.base.ops = &moody_ops, .inner = w->store};
	bot_end(w);
	w->store = &moody->base;
	bot_begin(w, true);
	moody->full = true;
	say(w, "1", BEER);
	run_for(w, 20);
	hand_in_many(w, n, bytes);
	return bot_exit_status(w->bot);
}

/* The disk has room again, just before the bot has ended: still nothing of this run may be recorded. */
static void nothing_is_recorded(struct world *w, struct moody *moody)
{
	struct platform *p = &w->stage->base;
	size_t n = 0;
	struct err err;

	moody->full = false;
	p->sink->position(p->sink, p, STR("behind it"));
	run_for(w, 1300);
	assert_true(w->store->ops->undecided(w->store, count_row, &n, &err));
	assert_int_equal(n, 0);
	assert_false(w->store->ops->seen(w->store, STR("stage"), STR("1"), &err));
	assert_int_equal(w->stage->sent_n, 0);
}

static void ended(struct world *w, struct moody *moody)
{
	bot_end(w);
	w->store = moody->inner;
	bot_begin(w, true);
}

static void so_many_wait_and_then_it_ends(void **state)
{
	struct world *w = *state;
	struct moody moody;

	assert_int_equal(status_behind(w, &moody, 5000, 10), 1);
	nothing_is_recorded(w, &moody);
	ended(w, &moody);
	/* Handed in again. */
	say(w, "1", BEER);
	assert_sent(w, "1 answer 0 room|");
}

static void or_so_much(void **state)
{
	struct world *w = *state;
	struct moody moody;

	assert_int_equal(status_behind(w, &moody, 2200, 4000), 1);
	nothing_is_recorded(w, &moody);
	ended(w, &moody);
}

static void less_is_read_when_it_works_again(void **state)
{
	struct world *w = *state;
	struct moody moody;

	assert_int_equal(status_behind(w, &moody, 200, 400), 0);
	moody.full = false;
	run_for(w, 1300);
	run_until_decided(w);
	assert_string_equal(w->stage->sent[0].message, "1");
	ended(w, &moody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(so_many_wait_and_then_it_ends),
		CASE(or_so_much),
		CASE(less_is_read_when_it_works_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
