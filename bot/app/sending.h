/* Replies and notices to staff on their way out: each piece is handed to the platform when the one
 * before it was delivered. What must survive a crash is in the store; this is only what is under way now. */
#ifndef APP_SENDING_H
#define APP_SENDING_H

#include "app/changing.h"
#include "core/notice.h"
#include "core/reply.h"
#include "port/platform.h"

/* A book that replies under way may still point into after a newer one took its place. */
struct edition {
	const struct book *book;
	unsigned holders;
};

/* Held once, by the caller. The book is freed with the last holder. */
struct edition *edition_new(const struct book *book);
struct edition *edition_hold(struct edition *edition);
void edition_drop(struct edition *edition);

struct sending {
	struct sending *next_one;
	uint64_t id; /* names the delivery to the platform */
	struct platform *platform;
	struct str platform_name, message, room, kind, person;
	bool is_alert;
	bool elsewhere; /* in staff's room, and no reply to its message */
	bool removes;	/* the pieces are ids of what was sent */
	bool changes;	/* what was sent becomes the pieces */
	struct changing changing;
	bool withdrawn;	      /* its message was deleted: what did not go out is not sent */
	struct answer answer; /* silent for a notice */
	struct edition *edition;
	const struct str *pieces;
	size_t pieces_n;
	size_t next;	     /* the piece that is under way: as many were sent before it */
	unsigned showing;    /* of an alert: the piece that the platform knows it by */
	struct str known_by; /* of a notice */
	struct buf sent_as;  /* ids of the pieces, parted by blanks */
	struct arena arena;
};

struct sendings {
	struct sending *first;
	uint64_t last_id;
};

/* Everything is copied; the edition is held. */
struct sending_order {
	struct platform *platform;
	struct str message, room, kind;
	struct str person;	     /* whom it is for; empty: not known any more */
	const struct answer *answer; /* or NULL, and a notice; or neither, and it is removed */
	const struct notice *notice;
	struct str words; /* of the patient, for the notice, while they are there */
	struct edition *edition;
	unsigned with;	      /* the answer: enum reply_with */
	bool changes;	      /* the answer takes the place of what was sent */
	struct str sent_as;   /* ... under these ids, parted by blanks */
	unsigned pieces_sent; /* in an earlier run; of an alert: showings before this one */
};

/* Builds the reply and hands its next piece to the platform. */
void sending_start(struct sendings *sendings, const struct sending_order *order);
/* Hands the piece `next` over, under a new id. */
void sending_go(struct sendings *sendings, struct sending *sending);
struct sending *sending_find(const struct sendings *sendings, uint64_t id);
/* The message was deleted. Alerts about it go on. */
void sendings_withdraw(struct sendings *sendings, struct platform *platform, struct str message);
void sending_end(struct sendings *sendings, struct sending *sending);
/* Lets all go; the store still has them as owed. */
void sendings_drop(struct sendings *sendings);

#endif
