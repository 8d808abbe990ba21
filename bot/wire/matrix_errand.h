/* One thing to be done in a room, and how it is asked for: for matrix_errands.c alone. */
#ifndef WIRE_MATRIX_ERRAND_H
#define WIRE_MATRIX_ERRAND_H

#include "wire/lanes.h"
#include "wire/matrix_machine.h"

enum errand_kind {
	ERRAND_SEND,
	ERRAND_CHANGE, /* what was sent, into a newer wording */
	ERRAND_REMOVE,
	ERRAND_FETCH,
	ERRAND_JOIN,
	ERRAND_LEAVE,
	ERRAND_TELL, /* that the room cannot be read */
	/* That a room is a direct one, into our account's list of these: what it holds, then with
	 * this room. */
	ERRAND_DIRECT_READ,
	ERRAND_DIRECT_WRITE,
};

/* One thing to be done in a room. */
struct matrix_errand {
	struct waiter waits; /* first */
	enum errand_kind kind;
	uint64_t delivery;
	int64_t call_until_ms, not_before_ms;
	unsigned generation; /* of the token it went out with */
	int64_t put_ms;
	unsigned tries;	    /* of a join: the room is not there; else: it failed, others did not */
	uint64_t others;    /* `m->accepted` when it failed last */
	bool elsewhere;	    /* no reply to its message */
	bool tried;	    /* it may have gone out */
	bool moved;	    /* its room was replaced, and it follows */
	bool seen;	    /* in the stream, and told as sent; only its call is not answered yet */
	struct str place;   /* the room, and the thread */
	struct str message; /* what it replies to; what is fetched, changed or removed */
	struct str person;  /* whom it is for; or empty */
	struct str text;    /* Markdown; the list as JSON */
	struct str transaction;
	struct backoff backoff;
	size_t n;
	char texts[];
};

/* What an answer means for it. */
enum verdict {
	DONE,
	WAIT,  /* 429 */
	RETRY, /* it may pass: the server, or what stands in front of it, is away */
	BAD,   /* 500: the same, or it is this one that the server cannot take */
	REFUSED,
	UNAUTHORIZED,
};

/* A new one of this kind, with copies of the texts. */
struct matrix_errand *errand_new(struct matrix *m, const struct matrix_errand *like);
struct matrix_errand *errand_of(struct waiter *waiter);
/* Frees it; replies are about somebody's health and are wiped. */
void errand_drop(struct waiter *waiter);
/* Its outcome is told as a delivery's. */
bool errand_is_delivery(const struct matrix_errand *e);
/* Why it must not go out, empty when it may: then its call is in `m->url` and `m->body`, the method in
 * `*method`. */
struct str errand_prepare(struct matrix *m, const struct matrix_errand *e, const char **method);
enum verdict errand_judge(const struct machine_response *response);

#endif
