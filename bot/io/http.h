/* An HTTP client on the loop (libcurl's multi interface): many requests at once, bodies bounded,
 * connections kept. Certificates are checked; http:// is accepted for loopback addresses only;
 * redirects are not followed. */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include "core/buf.h"
#include "core/err.h"

struct loop;
struct http;
struct http_call;

/* A connection that is silent for so many seconds is looked after, and again; TCP gives it up after nine
 * times in vain: within a minute. */
#define HTTP_KEEP_IDLE_S 15L
#define HTTP_KEEP_EVERY_S 5L

struct http_settings {
	struct str agent;    /* User-Agent */
	struct str ca_file;  /* PEM; empty: the system's store */
	size_t body_max;     /* bytes of a response body; a longer one fails the call */
	unsigned timeout_ms; /* for a whole call */
};

struct http_request {
	struct str method; /* GET, POST, PUT, PATCH, DELETE */
	struct str url;
	struct str authorization; /* value of that header, or empty; wiped after the call */
	struct str content_type;  /* of the body, or empty */
	struct str body;
};

struct http_response {
	int status;	    /* 0 when there was none: `why` says what failed */
	struct str headers; /* raw header lines of the last response, CRLF between them */
	struct str body;
	struct str why;
	bool too_long; /* its body is longer than `body_max` */
};

/* NULL with ERR_INPUT when ca_file cannot be read. */
struct http *http_new(struct loop *loop, const struct http_settings *settings, struct err *err);
/* Calls under way are dropped without a callback. Accepts NULL. */
void http_free(struct http *http);

/* Starts a call; everything is copied. `done` is called exactly once, never from inside, unless
 * the call is cancelled. NULL with ERR_INPUT when the URL cannot be used. */
struct http_call *http_send(struct http *http, const struct http_request *request,
			    void (*done)(void *arg, const struct http_response *response),
			    void *arg, struct err *err);
/* `done` is not called any more. From inside the call's own `done` it does nothing. */
void http_cancel(struct http_call *call);
size_t http_under_way(const struct http *http);

#endif
