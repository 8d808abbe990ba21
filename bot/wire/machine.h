/* What goes into and comes out of every machine of this floor that speaks to a platform: time, answers
 * to HTTP calls, and steps. A machine does no I/O: whoever runs it (io/adapter) gives it what happened,
 * with the time, takes the steps that it decided until there are none, and wakes it when it asks to be. */
#ifndef WIRE_MACHINE_H
#define WIRE_MACHINE_H

#include "port/platform.h"

struct steps_shape;

/* Both clocks: intervals go by `mono_ms`, which never jumps; `wall_ms` is Unix time, by the server's clock
 * as soon as an answer told how that stands. */
struct machine_time {
	int64_t mono_ms;
	int64_t wall_ms;
	bool wall_is_servers; /* it was told; else it is ours, which may be wrong */
};

struct machine_call {
	uint64_t id; /* given back with the response; never 0 */
	struct str method, url;
	struct str body;	  /* JSON, or empty. May be secret */
	struct str authorization; /* value of that header, or empty. Secret */
};

struct machine_response {
	int status;	    /* 0: there was none, `why` says why */
	struct str headers; /* raw lines */
	struct str body;
	struct str why;
	bool too_long; /* there was none, because its body is longer than may be */
};

enum machine_step_kind {
	/* For whoever runs it. */
	MACHINE_CALL,	 /* make `call`, then give its answer */
	MACHINE_DROP,	 /* the call `call.id` is given up: no answer to it is wanted */
	MACHINE_CONNECT, /* open the websocket, of which there is one at most, to `call.url`, with
			    `call.authorization`; then say that it is open, or closed */
	MACHINE_FRAME,	 /* send `text` (it may be secret) on it */
	MACHINE_CLOSE, /* close it with `code`, 0: without a farewell; then say that it is closed */
	MACHINE_NOTE,  /* `why` is for the log; DEGRADED: a warning */
	/* For the bot: what the sink of port/platform.h is told. */
	MACHINE_MESSAGE,   /* `message` is for the bot */
	MACHINE_DELETED,   /* the message `text` is gone; it may never have been for the bot */
	MACHINE_POSITION,  /* `text` is where the stream stands, behind the messages above it */
	MACHINE_DELIVERED, /* `delivery`, `outcome`; `text`: the id of what was sent; else `why` */
	MACHINE_FETCHED,   /* the message `text`: `found`, `message` */
	MACHINE_TROUBLE,   /* `trouble` */
	MACHINE_STATE,	   /* `state`, with the sentence `why` */
	MACHINE_FATAL,	   /* stopped for good; `why` names the cure. No step follows */
	MACHINE_OWN,	   /* and from here on the platform's own, which its adapter knows */
};

struct machine_step {
	int kind; /* enum machine_step_kind, or one of the platform's own */
	struct str text, why;
	struct machine_call call;
	struct message message;
	struct room_trouble trouble;
	uint64_t delivery;
	enum delivery_outcome outcome;
	bool found;
	int code;
	enum platform_state state;
	uint64_t after; /* of Discord's histories, and the next */
	unsigned limit;
};

/* Of a queue of such steps (wire/steps.h). */
extern const struct steps_shape machine_steps;

#endif
