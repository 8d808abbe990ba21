/* What goes into and comes out of every machine of this floor: time, and HTTP calls that it wants made.
 * A machine does no I/O: whoever runs it (io/adapter) gives it what happened, with the time, takes what
 * it decided until there is nothing more, and wakes it when it asks to be. */
#ifndef WIRE_MACHINE_H
#define WIRE_MACHINE_H

#include "core/str.h"

/* Both clocks: intervals go by `mono_ms`, which never jumps; `wall_ms` is Unix time. */
struct machine_time {
	int64_t mono_ms;
	int64_t wall_ms;
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

#endif
