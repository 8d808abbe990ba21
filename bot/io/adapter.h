/* What the adapters of chat platforms share whose protocol is a machine of bot/wire: they run it. HTTP
 * calls go out by io/http, a websocket is held open by io/ws, time comes from io/loop, and a stop takes
 * no longer than it may. Steps are carried out here; which machine, and what steps it has of its own, is the platform's.
 *
 * A platform has a `struct adapter` as its first member and owns it; the adapter owns the HTTP client,
 * the timer and the websocket. What the loop brings (a response, a frame, the time) is given to the
 * machine by the ops, and then its steps are taken. What the bot brings (a reply to send) the platform
 * gives to the machine itself, and then says adapter_soon(). A machine may read its stream by a websocket,
 * by long polls, or by either, as it decides: the two know nothing of each other. */
#ifndef IO_ADAPTER_H
#define IO_ADAPTER_H

#include "core/buf.h"
#include "port/platform.h"
#include "wire/machine.h"
#include "wire/server_clock.h"

struct adapter;
struct adapter_call;
struct http;
struct http_settings;
struct loop;
struct timer;
struct ws;
struct ws_settings;

struct adapter_ops {
	/* The machine's next step; false when there is none. */
	bool (*next)(struct adapter *self, struct machine_step *step);
	/* Carries out a step of the platform's own. */
	void (*own)(struct adapter *self, const struct machine_step *step);
	/* What else is to be done when there is no step left; true when something was, and steps may have
	 * come of it. May be NULL. */
	bool (*more)(struct adapter *self);
	/* Time has passed; and when that is to be said next, in mono_ms, INT64_MAX: not at all. */
	void (*tick)(struct adapter *self, struct machine_time at);
	int64_t (*wake_ms)(struct adapter *self);
	/* What came of a call of adapter_call_make(). */
	void (*answered)(struct adapter *self, uint64_t call,
			 const struct machine_response *response, struct machine_time at);
	/* The machine is to stop. */
	void (*stop)(struct adapter *self, struct machine_time at);
	/* True while a stop waits: something is on its way out and not answered yet. */
	bool (*is_sending)(const struct adapter *self);
	/* Opens the websocket by adapter_connect(); and what comes of it, as in ws.h. */
	void (*connect)(struct adapter *self, const struct machine_call *call);
	void (*opened)(struct adapter *self, struct machine_time at);
	void (*frame)(struct adapter *self, struct str frame, struct machine_time at);
	void (*closed)(struct adapter *self, int code, struct str why, struct machine_time at);
};

struct adapter {
	struct platform base;
	const struct adapter_ops *ops;
	struct loop *loop;
	struct timer *timer;
	struct http *http;
	struct adapter_call *calls; /* under way */
	struct ws *ws;		    /* NULL: none open or opening */
	struct server_clock clock;
	bool working;
	bool stopping;
	bool dropped; /* the grace is over: nobody waits for the websocket's farewell */
	int64_t stop_by_ms;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

/* False with ERR_INPUT when a setting of the HTTP client cannot be used; then, as after success,
 * adapter_done() gives back what there is. `*a` must be zeroed. */
bool adapter_init(struct adapter *a, struct loop *loop, const struct platform_ops *platform,
		  const struct adapter_ops *ops, const struct http_settings *http, struct err *err);
/* After the stop, or when nothing was ever started. */
void adapter_done(struct adapter *a);

struct adapter *adapter_of(struct platform *platform);
/* Unix time is the server's, as far as its answers told. */
struct machine_time adapter_now(const struct adapter *a);

/* Something was put into the machine: it works soon, but not from inside this call. */
void adapter_soon(struct adapter *a);

/* Makes the call; everything is copied. It is answered once, at once when it cannot be made. */
void adapter_call_make(struct adapter *a, const struct machine_call *call);
/* Opens the websocket, of which there may be one. One that cannot be opened is `closed` at once, with
 * code 0. */
void adapter_connect(struct adapter *a, const struct ws_settings *settings);
/* The `stop` of a platform's ops: the machine's, and waits for what is on its way out. */
void adapter_stop(struct platform *self, unsigned grace_ms, void (*stopped)(void *arg), void *arg);

#endif
