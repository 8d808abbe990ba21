/* What the tests of the Matrix machine share: it is run against a homeserver of tables. JSON is written
 * with ' for ". */
#ifndef TESTS_MATRIX_RUN_H
#define TESTS_MATRIX_RUN_H

#include "texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "wire/json.h"
#include "wire/matrix.h"

#define ME "@bot:hs"
#define WALL ((int64_t)1800000000000)
#define DM "!dm:hs"
#define GROUP "!group:hs"
#define STEPS_MAX 256
#define DAY ((int64_t)24 * 3600 * 1000)

struct run {
	struct matrix *m;
	struct arena arena;
	struct machine_time now;
	struct machine_step steps[STEPS_MAX]; /* taken and not looked at yet; texts in the arena */
	size_t steps_n;
	uint64_t sync; /* the poll under way */
	char position[8192];
	bool holds_position; /* does not say that it is recorded */
};

static const struct str invite_from[] = {{"*:hs", 4}, {"@friend:far", 11}};

static inline struct matrix_settings settings_plain(void)
{
	return (struct matrix_settings){.homeserver = STR("https://hs/"),
					.user = STR(ME),
					.token = STR("secret"),
					.invite_from = invite_from,
					.invite_from_n = 2,
					.unreadable = STR("I cannot read *this* room."),
					.missed_age_ms = DAY,
					.missed_messages = 250,
					.seed = 7};
}

static inline struct str json_of(struct run *r, const char *quoted)
{
	char *p = arena_cstr(&r->arena, str_of(quoted));

	for (char *c = p; *c; c++)
		if (*c == '\'')
			*c = '"';
	return str_of(p);
}

static inline struct str kept(struct run *r, struct str s)
{
	return arena_str(&r->arena, s);
}

/* Takes the steps that there are. */
static inline void steps_take(struct run *r)
{
	struct machine_step step;

	while (matrix_next(r->m, &step)) {
		struct message *m = &step.message;

		assert_true(r->steps_n < STEPS_MAX);
		/* Whatever is asked for: no token stands in an address, and no session is ended. */
		assert_true(str_find(step.call.url, STR("secret")) < 0 &&
			    str_find(step.call.url, STR("access_token")) < 0 &&
			    str_find(step.call.url, STR("/logout")) < 0);
		step.text = kept(r, step.text);
		step.why = kept(r, step.why);
		step.trouble.id = kept(r, step.trouble.id);
		step.trouble.room = kept(r, step.trouble.room);
		step.trouble.link = kept(r, step.trouble.link);
		step.call.method = kept(r, step.call.method);
		step.call.url = kept(r, step.call.url);
		step.call.body = kept(r, step.call.body);
		step.call.authorization = kept(r, step.call.authorization);
		m->id = kept(r, m->id);
		m->edits = kept(r, m->edits);
		m->room = kept(r, m->room);
		m->person = kept(r, m->person);
		m->text = kept(r, m->text);
		m->link = kept(r, m->link);
		m->replies_to = kept(r, m->replies_to);
		r->steps[r->steps_n++] = step;
		if (step.kind == MACHINE_POSITION) {
			snprintf(r->position, sizeof r->position, STR_FMT, STR_ARG(step.text));
			if (!r->holds_position)
				matrix_recorded(r->m, r->now);
		}
	}
}

/* Takes the first step of the kind, and the first call of that method and address, out of those that came;
 * NULL when there is none. */
static inline const struct machine_step *step_like(struct run *r, int kind, const char *method,
						   const char *url)
{
	struct machine_step *copy;

	steps_take(r);
	for (size_t i = 0; i < r->steps_n; i++) {
		const struct machine_call *call = &r->steps[i].call;

		if (r->steps[i].kind != kind || (url && (!str_eq(call->method, str_of(method)) ||
							 !str_starts(call->url, str_of(url)))))
			continue;
		copy = arena_new(&r->arena, struct machine_step);
		*copy = r->steps[i];
		memmove(&r->steps[i], &r->steps[i + 1], (--r->steps_n - i) * sizeof *r->steps);
		return copy;
	}
	return NULL;
}

static inline const struct machine_step *step_of(struct run *r, int kind)
{
	return step_like(r, kind, NULL, NULL);
}

static inline void steps_forget(struct run *r)
{
	steps_take(r);
	r->steps_n = 0;
}

/* One of the calls that were made must be this one. */
static inline const struct machine_call *call_of(struct run *r, const char *method, const char *url)
{
	const struct machine_step *step = step_like(r, MACHINE_CALL, method, url);

	if (!step && (step = step_of(r, MACHINE_CALL)))
		fail_msg("called " STR_FMT ", want %s", STR_ARG(step->call.url), url);
	if (!step)
		fail_msg("no call, want %s %s", method, url);
	return &step->call;
}

static inline void no_call(struct run *r)
{
	const struct machine_step *step = step_of(r, MACHINE_CALL);

	if (step)
		fail_msg("called " STR_FMT, STR_ARG(step->call.url));
}

static inline void give(struct run *r, uint64_t call, int status, const char *body)
{
	const struct machine_response response = {
		.status = status, .body = json_of(r, body), .why = STR("connection refused")};

	matrix_answer(r->m, call, &response, r->now);
	steps_take(r);
}

/* Time passes. */
static inline void after(struct run *r, int64_t ms)
{
	r->now.mono_ms += ms;
	r->now.wall_ms += ms;
	matrix_tick(r->m, r->now);
	steps_take(r);
}

/* Until the machine wants to be woken. */
static inline void after_wait(struct run *r)
{
	int64_t wake = matrix_wake_ms(r->m);

	assert_true(wake < INT64_MAX);
	after(r, wake > r->now.mono_ms ? wake - r->now.mono_ms : 0);
}

static inline struct run *run_with(const struct matrix_settings *settings)
{
	struct run *r = calloc(1, sizeof *r);
	struct err err = {0};

	assert_non_null(r);
	arena_init(&r->arena);
	r->now = (struct machine_time){.mono_ms = 1000000, .wall_ms = WALL};
	r->m = matrix_new(settings, &err);
	if (!r->m)
		fail_msg("%s", err.text);
	return r;
}

static inline struct run *run_new(void)
{
	struct matrix_settings settings = settings_plain();

	return run_with(&settings);
}

static inline void run_free(struct run *r)
{
	matrix_free(r->m);
	arena_done(&r->arena);
	free(r);
}

static inline void sync_wanted(struct run *r)
{
	r->sync = call_of(r, "GET", "https://hs/_matrix/client/v3/sync?")->id;
}

#define IGNORED_URL "https://hs/_matrix/client/v3/user/%40bot%3Ahs/account_data/m.ignored_user_list"

static inline void nobody_ignored(struct run *r)
{
	give(r, call_of(r, "GET", IGNORED_URL)->id, 404, "{'errcode':'M_NOT_FOUND'}");
}

/* Signed in, the first poll under way. */
static inline void run_start(struct run *r, const char *position)
{
	matrix_start(r->m, str_of(position), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['r0.6.1','v1.1']}");
	give(r, call_of(r, "GET", "https://hs/_matrix/client/v3/account/whoami")->id, 200,
	     "{'user_id':'" ME "','device_id':'DEV'}");
	give(r,
	     call_of(r, "GET", "https://hs/_matrix/client/v3/profile/%40bot%3Ahs/displayname")->id,
	     200, "{'displayname':'Clinic Bot'}");
	nobody_ignored(r);
	give(r, call_of(r, "POST", "https://hs/_matrix/client/v3/user/%40bot%3Ahs/filter")->id, 200,
	     "{'filter_id':'7'}");
	sync_wanted(r);
}

#define SUMMARY(n) "'summary':{'m.joined_member_count':" #n ",'m.invited_member_count':0}"

/* ... and two rooms joined before: one with a patient, one with many. */
static inline struct run *run_up_with(const struct matrix_settings *settings)
{
	struct run *r = run_with(settings);

	run_start(r, "");
	give(r, r->sync, 200,
	     "{'next_batch':'s1','rooms':{'join':{"
	     "'" DM "':{" SUMMARY(2) "},'" GROUP "':{" SUMMARY(9) "}}}}");
	sync_wanted(r);
	steps_forget(r);
	return r;
}

static inline struct run *run_up(void)
{
	struct matrix_settings settings = settings_plain();

	return run_up_with(&settings);
}

/* The poll's answer: events in one room; next_batch is `next`. */
static inline void events_give(struct run *r, const char *next, const char *room,
			       const char *events)
{
	struct str body = arena_fmt(&r->arena,
				    "{'next_batch':'%s','rooms':{'join':{'%s':{'timeline':"
				    "{'events':[%s],'limited':false,'prev_batch':'p'}}}}}",
				    next, room, events);

	give(r, r->sync, 200, body.p);
}

/* A text by @ann:hs. */
#define TEXT(id, body)                                                     \
	"{'type':'m.room.message','event_id':'" id "','sender':'@ann:hs'," \
	"'unsigned':{'age':1000},'content':{'msgtype':'m.text','body':'" body "'}}"

static inline void message_wanted(struct run *r, const char *id, const char *text)
{
	const struct machine_step *step = step_of(r, MACHINE_MESSAGE);

	if (!step)
		fail_msg("no message, want %s", id);
	assert_text(step->message.id, id);
	assert_text(step->message.text, text);
}

/* Handed in, but not as one for us. */
static inline void overheard_wanted(struct run *r, const char *id, const char *text)
{
	const struct machine_step *step = step_of(r, MACHINE_MESSAGE);

	if (!step)
		fail_msg("nothing was overheard, want %s", id);
	assert_text(step->message.id, id);
	assert_text(step->message.text, text);
	assert_true(!step->message.addressed && step->message.to_other);
}

static inline void no_message(struct run *r)
{
	const struct machine_step *step = step_of(r, MACHINE_MESSAGE);

	if (step)
		fail_msg("got the message " STR_FMT, STR_ARG(step->message.id));
}

static inline void reply(struct run *r, uint64_t id, const char *message, const char *room,
			 unsigned piece)
{
	const struct delivery d = {
		.id = id,
		.message = str_of(message),
		.room = str_of(room),
		.person = STR("@ann:hs"),
		.kind = STR("answer"),
		.piece = piece,
		.text = STR("**Sun.** Wait < two days & \"rest\".\n\n- one\n- two")};

	matrix_send(r->m, &d, r->now);
	steps_take(r);
}

#endif
