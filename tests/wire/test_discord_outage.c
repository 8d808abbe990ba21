/* The gateway machine through long outages, in virtual time: what a day of them costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "wire/discord.h"

#define DAY_MS ((int64_t)86400000)
#define HELLO STR("{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}")

struct outage {
	struct discord *d;
	struct machine_time at;
	bool refuses;	 /* connections cannot be opened; else identifies are answered with op 9 */
	bool rest_works; /* the gateway's address can be asked for */
	int64_t remaining; /* identifies of today, as Discord counts them */
	unsigned connects, asks, identifies;
	int64_t first_ms; /* of the first try */
};

static void connect_end(struct outage *o)
{
	o->connects++;
	if (!o->first_ms)
		o->first_ms = o->at.mono_ms;
	if (o->refuses) {
		discord_closed(o->d, 0, STR("refused"), o->at);
		return;
	}
	discord_opened(o->d, o->at);
	discord_frame(o->d, HELLO, o->at);
}

static void ask_end(struct outage *o)
{
	const struct discord_gateway gateway = {.url = STR("wss://gateway.example"),
						.total = 1000,
						.remaining = o->remaining,
						.reset_after_ms = DAY_MS};

	o->asks++;
	if (o->rest_works)
		discord_gateway_is(o->d, &gateway, o->at);
	else
		discord_gateway_unknown(o->d, STR("refused"), o->at);
}

static void steps_do(struct outage *o)
{
	struct machine_step step;

	while (discord_next(o->d, &step)) {
		if (step.kind == MACHINE_CONNECT) {
			connect_end(o);
		} else if (step.kind == DISCORD_ASK_GATEWAY) {
			ask_end(o);
		} else if (step.kind == MACHINE_FRAME &&
			   str_find(step.text, STR("\"op\":2")) >= 0) {
			o->identifies++;
			o->remaining--;
			discord_frame(o->d, STR("{\"op\":9,\"d\":false}"), o->at);
		} else if (step.kind == MACHINE_CLOSE) {
			discord_closed(o->d, step.code, STR(""), o->at);
		}
	}
}

static void last(struct outage *o, int64_t ms)
{
	int64_t end = o->at.mono_ms + ms;

	for (steps_do(o); o->at.mono_ms < end; steps_do(o)) {
		int64_t wake = discord_wake_ms(o->d);

		wake = wake > end ? end : wake;
		wake = wake <= o->at.mono_ms ? o->at.mono_ms + 1 : wake;
		o->at.wall_ms += wake - o->at.mono_ms;
		o->at.mono_ms = wake;
		discord_tick(o->d, o->at);
	}
}

static void begin(struct outage *o, const char *position)
{
	struct err err = {0};

	o->at = (struct machine_time){.mono_ms = 1000, .wall_ms = 1750000000000};
	o->d = discord_new(&(struct discord_settings){.token = STR("t"), .seed = 3}, &err);
	assert_non_null(o->d);
	discord_start(o->d, str_of(position), o->at);
}

static void a_day_without_network(void **state)
{
	struct outage o = {.refuses = true};

	(void)state;
	begin(&o, "{\"v\":1,\"session\":\"s\",\"seq\":4,\"resume\":\"wss://resume.example\","
		  "\"intents\":4609,\"gateway\":\"wss://gateway.example\"}");
	last(&o, DAY_MS);
	assert_int_equal(o.first_ms, 1000);
	assert_in_range(o.connects + o.asks, 200, 500);
	assert_int_equal(o.identifies, 0);
	discord_free(o.d);
}

static void a_day_of_lost_sessions_leaves_the_last_tenth(void **state)
{
	struct outage o = {.rest_works = true, .remaining = 1000};

	(void)state;
	begin(&o, "");
	last(&o, DAY_MS);
	assert_true(o.remaining >= 100);
	assert_true(o.identifies >= 100);
	assert_in_range(o.connects, o.identifies, 900);
	discord_free(o.d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_without_network),
		cmocka_unit_test(a_day_of_lost_sessions_leaves_the_last_tenth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
