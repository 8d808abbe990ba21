/* What the tests of the Matrix machine as an appservice share. */
#ifndef TESTS_APPSERVICE_RUN_H
#define TESTS_APPSERVICE_RUN_H

#include "matrix_run.h"

#define API "https://hs/_matrix/client/v3/"
#define AS "user_id=%40bot%3Ahs"
#define DM_PATH API "rooms/%21dm%3Ahs/"
#define GROUP_PATH API "rooms/%21group%3Ahs/"
#define NEW_PATH API "rooms/%21new%3Ahs/"

static inline struct matrix_settings settings_appservice(void)
{
	struct matrix_settings s = settings_plain();

	s.wsproxy = STR("wss://proxy/");
	return s;
}

static inline struct run *as_new(void)
{
	struct matrix_settings settings = settings_appservice();

	return run_with(&settings);
}

/* Signed in: the websocket is being opened. */
static inline void as_start(struct run *r, const char *position)
{
	matrix_start(r->m, str_of(position), r->now);
	give(r, call_of(r, "GET", "https://hs/_matrix/client/versions")->id, 200,
	     "{'versions':['v1.1']}");
	give(r, call_of(r, "POST", API "register")->id, 400, "{'errcode':'M_USER_IN_USE'}");
	give(r, call_of(r, "GET", API "account/whoami?" AS)->id, 200, "{'user_id':'" ME "'}");
	give(r, call_of(r, "GET", API "profile/%40bot%3Ahs/displayname?" AS)->id, 404,
	     "{'errcode':'M_NOT_FOUND'}");
	nobody_ignored(r);
}

static inline void connected(struct run *r)
{
	const struct machine_step *step = step_of(r, MACHINE_CONNECT);

	assert_non_null(step);
	matrix_opened(r->m, r->now);
	matrix_frame(r->m, STR("{\"status\": \"connected\"}"), r->now);
	steps_take(r);
}

static inline void frame(struct run *r, const char *quoted)
{
	matrix_frame(r->m, json_of(r, quoted), r->now);
	steps_take(r);
}

/* Answers the pings that were sent. */
static inline void ponged(struct run *r)
{
	const struct machine_step *step;

	while ((step = step_of(r, MACHINE_FRAME))) {
		int id = atoi(step->text.p + strlen("{\"id\":"));

		assert_within(step->text, "\"ping\"");
		frame(r, arena_fmt(&r->arena, "{'id':%d,'command':'response','data':{}}", id).p);
	}
}

static inline void closed(struct run *r, int code, const char *why)
{
	matrix_closed(r->m, code, str_of(why), r->now);
	steps_take(r);
}

/* The calls of a round: where we are; of a room its state, its newest events. */
static inline void rooms_given(struct run *r, const char *ids)
{
	struct str body = arena_fmt(&r->arena, "{'joined_rooms':[%s]}", ids);

	give(r, call_of(r, "GET", API "joined_rooms?" AS)->id, 200, body.p);
}

#define MEMBER(user, is)                                                                          \
	"{'type':'m.room.member','state_key':'" user "','sender':'" user "','event_id':'$m-" user \
	"-" is "','content':{'membership':'" is "'}}"
#define TWO MEMBER(ME, "join") "," MEMBER("@ann:hs", "join")
#define MANY TWO "," MEMBER("@ben:hs", "join") "," MEMBER("@cem:hs", "join")

static inline void state_given(struct run *r, const char *path, const char *events)
{
	struct str url = arena_fmt(&r->arena, "%sstate?%s", path, AS);
	struct str body = arena_fmt(&r->arena, "[%s]", events);

	give(r, call_of(r, "GET", url.p)->id, 200, body.p);
}

/* The newest first. */
static inline void history_given(struct run *r, const char *path, const char *events)
{
	struct str url = arena_fmt(&r->arena, "%smessages?dir=b&limit=", path);
	struct str body = arena_fmt(&r->arena, "{'start':'t9','chunk':[%s]}", events);

	give(r, call_of(r, "GET", url.p)->id, 200, body.p);
}

/* By @ann:hs, so long ago. */
#define SAID(id, body, age)                                                \
	"{'type':'m.room.message','event_id':'" id "','sender':'@ann:hs'," \
	"'unsigned':{'age':" #age "},'content':{'msgtype':'m.text','body':'" body "'}}"
/* In a transaction. */
#define EVENT(room, id, body)                                                        \
	"{'type':'m.room.message','room_id':'" room "','event_id':'" id              \
	"','sender':'@ann:hs','unsigned':{'age':100},'content':{'msgtype':'m.text'," \
	"'body':'" body "'}}"
#define TRANSACTION(n, events) "{'status':'ok','txn_id':'" n "','events':[" events "]}"

/* One room of two, where the newest event is $old; a second of many. All is read, and ready. */
static inline struct run *as_up(void)
{
	struct run *r = as_new();

	as_start(r, "");
	connected(r);
	rooms_given(r, "'" DM "','" GROUP "'");
	state_given(r, GROUP_PATH, MANY);
	history_given(r, GROUP_PATH, SAID("$oldgroup", "old", 90000));
	state_given(r, DM_PATH, TWO);
	history_given(r, DM_PATH, SAID("$old", "old", 90000));
	/* The second round, behind which transactions are relied upon. */
	after(r, 5000);
	rooms_given(r, "'" DM "','" GROUP "'");
	history_given(r, GROUP_PATH, SAID("$oldgroup", "old", 95000));
	history_given(r, DM_PATH, SAID("$old", "old", 95000));
	no_message(r);
	no_call(r);
	steps_forget(r);
	return r;
}

/* Another run, at the position of this one. */
static inline struct run *as_again(struct run *r)
{
	static char position[sizeof r->position];
	struct run *next = as_new();

	memcpy(position, r->position, sizeof position);
	next->now = r->now;
	run_free(r);
	as_start(next, position);
	connected(next);
	return next;
}

#endif
