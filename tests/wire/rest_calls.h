/* What the tests of the REST machine share: deliveries put into it, its calls answered, its results. */
#ifndef TESTS_REST_CALLS_H
#define TESTS_REST_CALLS_H

#include "texts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/backoff.h"
#include "wire/discord_rest.h"
#include "wire/json.h"

#define T0 1000000
#define ASKED_MS ((int64_t)(1385000000000000000 >> 22) + 1420070400000)
#define QUESTION "1385000000000000000"

/* By Discord's clock it is this at T0, and the question has just been asked of a process that runs for a
 * while. */
#define NOW_MS (ASKED_MS + 1000)
/* When a process is started again, long after it was asked. */
#define LATER (T0 + 599000)

static inline struct discord_rest *rest_new(void)
{
	return discord_rest_new(STR("https://discord.example/api/"), 7, T0 - 100000);
}

static inline struct discord_rest *rest_started_again(void)
{
	return discord_rest_new(STR("https://discord.example/api"), 7, LATER);
}

/* This moment of the clock that never jumps, and this by Discord's clock. */
static inline struct machine_time when(int64_t mono_ms)
{
	return (struct machine_time){
		.mono_ms = mono_ms, .wall_ms = NOW_MS + mono_ms - T0, .wall_is_servers = true};
}

static inline struct machine_time at(int64_t wall_ms)
{
	return when(T0 + wall_ms - NOW_MS);
}

static inline void put(struct discord_rest *r, uint64_t id, const char *channel, unsigned piece)
{
	struct delivery d = {.id = id,
			     .message = STR(QUESTION),
			     .room = str_of(channel),
			     .kind = STR("answer"),
			     .piece = piece,
			     .text = STR("**Sun**: wait @everyone two days \"please\"\n\xFF")};

	discord_rest_send(r, &d, at(ASKED_MS + 1000));
}

static inline void answer(struct discord_rest *r, uint64_t call, int status, const char *body,
			  int64_t now)
{
	struct machine_response response = {
		.status = status, .body = str_of(body), .why = STR("connection refused")};

	discord_rest_answer(r, call, &response, when(now));
}

static inline struct machine_call next(struct discord_rest *r, int64_t now)
{
	struct machine_call call = {0};

	assert_true(discord_rest_next(r, &call, when(now)));
	return call;
}

static inline void none(struct discord_rest *r, int64_t now)
{
	struct machine_call call;

	assert_false(discord_rest_next(r, &call, when(now)));
}

static inline int64_t wake(struct discord_rest *r, int64_t now)
{
	return discord_rest_wake_ms(r, when(now));
}

static inline struct discord_result result(struct discord_rest *r, enum discord_result_kind kind)
{
	struct discord_result got = {0};

	assert_true(discord_rest_result(r, &got));
	assert_int_equal(got.kind, kind);
	return got;
}

static inline void no_result(struct discord_rest *r)
{
	struct discord_result got;

	assert_false(discord_rest_result(r, &got));
}

static inline void nonces(void **state)
{
	char nonce[DISCORD_NONCE_MAX + 1];

	(void)state;
	assert_true(discord_nonce(STR("18446744073709551615"), STR("answer"), 9999, nonce));
	assert_string_equal(nonce, "18446744073709551615a9999");
	assert_false(discord_nonce(STR("18446744073709551615"), STR("answer"), 10000, nonce));
	assert_false(discord_nonce(STR("18446744073709551616"), STR("answer"), 0, nonce));
	assert_false(discord_nonce(STR("$abc:example.org"), STR("answer"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR(""), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("9"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("edit-2"), 0, nonce));
	assert_false(discord_nonce(STR("12"), STR("edit--staff"), 0, nonce));
	assert_true(discord_nonce(STR("12"), STR("edit-staff"), 3, nonce));
	assert_string_equal(nonce, "12es3");
	assert_true(discord_nonce(STR("12"), STR("notice"), 0, nonce));
	assert_string_equal(nonce, "12n0");
}

#define HISTORY_OF(bot, question, content)                                                  \
	"[{\"id\":\"9\",\"author\":{\"id\":\"8\"},\"content\":\"hello\"},{\"id\":\"10\","   \
	"\"author\":{"                                                                      \
	"\"id\":\"100\",\"bot\":" bot "},\"message_reference\":{\"message_id\":\"" question \
	"\"},\"content\":\"" content "\"}]"

#endif
