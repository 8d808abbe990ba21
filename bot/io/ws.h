/* A websocket client connection: whole messages in, whole messages out.
 *
 * Names are resolved by libuv's pool, never on the loop (libwebsockets would hold the thread for up
 * to 10 s). TLS certificates are checked against the system's store, or `ca_file` alone when given.
 * ws:// is accepted for loopback addresses only. */
#ifndef IO_WS_H
#define IO_WS_H

#include "core/err.h"

#define WS_HEADERS_MAX 2

struct loop;
struct ws;

struct ws_events {
	void (*opened)(void *arg);
	/* One whole message, text or binary, its fragments put together. */
	void (*message)(void *arg, struct str message);
	/* The end, called exactly once for every ws_open() that succeeded, also when it never opened,
	 * and never from inside a call of this room. `code` is the peer's close code (1002 for the
	 * codes that libwebsockets takes for wrong, such as 1012), or what was given to ws_close();
	 * 1006 when the peer went away without one or was dropped; 0 when it was never open (`why`
	 * says what failed: a name that is not known, a refused connection, a bad certificate,
	 * "HTTP 503"). The ws is freed after this call. */
	void (*closed)(void *arg, int code, struct str why);
};

struct ws_settings {
	struct str url;			    /* wss://host[:port]/path?query */
	struct str ca_file;		    /* PEM; empty: the system's store */
	struct str agent;		    /* User-Agent header */
	struct str headers[WS_HEADERS_MAX]; /* more, "Name: value", or empty; wiped at the end */
	size_t message_max;		    /* bytes; a longer message closes with 1009 */
	unsigned timeout_ms;		    /* from the call to opened */
};

/* NULL with ERR_INPUT when the URL or the ca_file cannot be used. Everything is copied. wss:// with
 * an IPv6 address is refused: libwebsockets cannot check its certificate. */
struct ws *ws_open(struct loop *loop, const struct ws_settings *settings,
		   const struct ws_events *events, void *arg, struct err *err);
/* Queues one text message. Ignored once closing. */
void ws_send(struct ws *ws, struct str message);
/* Sends what is queued, then a close frame with `code` (1000 or 3000 to 4999), and waits for the
 * peer at most `timeout` of the protocol (2 s). `code` 0 drops the connection without a close
 * frame. `closed` follows. */
void ws_close(struct ws *ws, int code);
/* Bytes queued and not yet written. */
size_t ws_queued(const struct ws *ws);

#endif
