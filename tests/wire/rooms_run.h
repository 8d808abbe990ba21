/* What the tests of invitations and rooms share: being invited, and in. */
#ifndef TESTS_ROOMS_RUN_H
#define TESTS_ROOMS_RUN_H

#include "matrix_run.h"

#define ROOMS "https://hs/_matrix/client/v3/rooms/"
#define INVITE(by, direct, more)                                                           \
	"{'next_batch':'s2','rooms':{'invite':{'!new:hs':{'invite_state':{'events':[" more \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" by                       \
	"','content':{'membership':'invite','is_direct':" direct "}}]}}}}}"
#define OWN_JOIN                                                     \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" ME \
	"','event_id':'$j','content':{'membership':'join'}}"
#define OWN_LEAVE                                                    \
	"{'type':'m.room.member','state_key':'" ME "','sender':'" ME \
	"','event_id':'$l','content':{'membership':'leave'}}"
#define EVE(id, body)                                                      \
	"{'type':'m.room.message','event_id':'" id "','sender':'@eve:hs'," \
	"'content':{'msgtype':'m.text','body':'" body "'}}"
#define OWN_INVITE                                                                         \
	"{'type':'m.room.member','state_key':'" ME "','sender':'@ann:hs','event_id':'$i'," \
	"'content':{'membership':'invite'}}"
#define BACK(from) ROOMS "%21new%3Ahs/messages?dir=b&limit=100&from=" from
#define JOINED(members, events)                                    \
	"{'next_batch':'s3','rooms':{'join':{'!new:hs':{" SUMMARY( \
		members) ",'timeline':{'limited':true,'prev_batch':'p','events':[" events "]}}}}}"

/* By @ann:hs to a direct room; the joining went well, and nothing is known of the room. */
static inline struct run *invited(void)
{
	struct run *r = run_up();

	give(r, r->sync, 200, INVITE("@ann:hs", "true", ""));
	sync_wanted(r);
	give(r, call_of(r, "POST", ROOMS "%21new%3Ahs/join")->id, 200, "{'room_id':'!new:hs'}");
	steps_forget(r);
	return r;
}

#endif
