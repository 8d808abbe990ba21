/* What the preview page and its server say to each other: JSON texts on the websocket.
 *
 * from the page   {"type":"hello","session":UUID}
 *                 {"type":"question","id":"1","text":"..."}
 *                 {"type":"got","ack":"17"}             a piece of a reply is on the page
 * to the page     {"type":"hello","clinic":"...","articles":[{"title","version"}],"examples":["..."]}
 *                 {"type":"reply","ack":"17","to":"1","name":"answer","piece":0,"html":"...",
 *                  "text":"...","kind":"answer","level":"","lang":"en","article":"...",
 *                  "passages":[{"id","section","score","topic"}],
 *                  "considered":[{"id","section","score"}],"version":"..."}
 *                 {"type":"error","what":"busy","to":"1"}
 *
 * A passage has a `topic` when it is offered, and a `score` when the matcher weighed it. `session`
 * is the page's name for itself; it and the question's `id` together name a message for the bot:
 * SESSION/ID. */
#ifndef IO_PREVIEW_FRAMES_H
#define IO_PREVIEW_FRAMES_H

#include "core/arena.h"
#include "core/buf.h"
#include "port/platform.h"

#define PREVIEW_SESSION_BYTES 36
#define PREVIEW_QUESTION_ID_MAX 9
#define PREVIEW_REPLY_MAX ((size_t)128 * 1024) /* bytes of one frame to the page */

enum preview_frame_type { PREVIEW_HELLO, PREVIEW_QUESTION, PREVIEW_GOT };

struct preview_frame {
	enum preview_frame_type type;
	struct str session; /* hello */
	struct str id;	    /* question: one to nine digits */
	struct str text;    /* question */
	uint64_t ack;	    /* got */
};

/* Reads what a page sent; texts live in `arena`. ERR_INPUT when it is none of the three. */
bool preview_frame_parse(struct str json, struct arena *arena, struct preview_frame *out,
			 struct err *err);

/* Splits SESSION/ID; false when it is not of that form. */
bool preview_message_split(struct str message, struct str *session, struct str *id);
/* A UUID in lower case? */
bool preview_session_valid(struct str session);

/* What the page shows before the first question. `book` may be NULL. */
void preview_hello_write(const struct book *book, struct buf *out);
/* `to` is the question's id. `arena` is for the HTML on the way. */
void preview_reply_write(const struct delivery *delivery, struct str to, struct arena *arena,
			 struct buf *out);
/* `to` may be empty. */
void preview_error_write(const char *what, struct str to, struct buf *out);

#endif
