/* The event loop: libuv, with libwebsockets on it as a foreign loop, and timers, signals and one
 * hook before each sleep. One thread; everything below the app is called from loop_run().
 *
 * Two of the measured traps of this pair live here (the others in ws.h): the libwebsockets context is made
 * without a listening port and every vhost is added afterwards, because a context that fails to
 * build on a foreign loop crashes later; and destroying it takes several calls with the loop run
 * in between. */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include "core/err.h"

struct loop;
struct timer;
struct lws_context;
struct lws_protocols;
struct lws_vhost;
struct uv_loop_s;

/* NULL with ERR_LATER when the system gives no loop, ERR_INPUT when libwebsockets' libuv plugin is
 * not installed or the process may open fewer than LOOP_FILES_MIN files. */
#define LOOP_FILES_MIN 64
struct loop *loop_new(struct err *err);
/* All timers and connections must be closed by their owners first. Ends the process with a
 * message when a handle was left open: that is a programming mistake. Accepts NULL. */
void loop_free(struct loop *loop);

/* A connection of libwebsockets has failed: what it may have forgotten of it is cleared away before the
 * loop sleeps. */
void loop_connection_failed(struct loop *loop);

/* A name that is being looked up cannot be called off: loop_free() and the regular end of the process
 * wait for it. Who looks one up says so; whoever is not to wait looks here and leaves by _exit(). */
void loop_lookup_begin(struct loop *loop);
void loop_lookup_end(struct loop *loop);
/* NULL: false. */
bool loop_looks_up(const struct loop *loop);

/* Runs until loop_stop(). Never call loop_stop's effects from a destructor. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Milliseconds of a clock that never jumps; for all intervals. */
int64_t loop_now_ms(const struct loop *loop);
/* Unix time in ms; only to compare with times that others give. */
int64_t loop_wall_ms(void);

/* Turns of the loop that took longer than LOOP_STALL_MS, in which nothing else was served: each is
 * counted, and said at most once a minute. */
#define LOOP_STALL_MS 50
struct loop_stalls {
	uint64_t n;
	int64_t longest_ms;
};
struct loop_stalls loop_stalls(const struct loop *loop);

/* `hook` is called after the events of each turn, before the loop sleeps: the place to commit and
 * then send. It may cause new events. One hook a loop. */
void loop_before_sleep(struct loop *loop, void (*hook)(void *arg), void *arg);

/* Calls `on_signal` from the loop, not from a signal handler. At most 8 signals a loop. */
void loop_on_signal(struct loop *loop, int signum, void (*on_signal)(void *arg, int signum),
		    void *arg);

/* Runs `work` on another thread, one after the other, and then `done` on the loop, in loop_free() at
 * the latest. `work` must touch nothing that the loop's thread uses meanwhile. */
void loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg);

/* A timer that is not running. It keeps the loop alive only while it runs. */
struct timer *timer_new(struct loop *loop, void (*on_time)(void *arg), void *arg);
/* Runs once at `at_ms` (loop_now_ms() time), at once when that is past. Replaces an earlier time. */
void timer_set(struct timer *timer, int64_t at_ms);
void timer_stop(struct timer *timer);
/* May be called from inside its own callback. Accepts NULL. */
void timer_free(struct timer *timer);

/* For the rooms of this floor only. */
struct uv_loop_s *loop_uv(struct loop *loop);
struct lws_context *loop_lws(struct loop *loop);
/* Where libwebsockets' clients that trust `ca_file` (empty: the system's store) live: made at the
 * first call, kept as long as the loop. `protocols` must live as long too. NULL with ERR_LATER. */
struct lws_vhost *loop_lws_clients(struct loop *loop, struct str ca_file,
				   const struct lws_protocols *protocols, struct err *err);

#endif
