/* Discord's zlib-stream: one compressed stream a connection, cut into websocket messages. An event
 * is whole when what came in ends in 00 00 FF FF; that mark may itself be cut between messages.
 * Source: Discord's gateway documentation, Transport Compression. */
#ifndef WIRE_DISCORD_INFLATE_H
#define WIRE_DISCORD_INFLATE_H

#define ZLIB_CONST
#include <zlib.h>

#include "core/buf.h"

struct inflater {
	z_stream stream;
	bool open;
	bool whole;	       /* the event in `out` was complete: the next feed begins anew */
	unsigned char tail[4]; /* the last bytes that came in */
	struct buf out;
};

enum inflated {
	INFLATED_PART,	/* more must come */
	INFLATED_WHOLE, /* buf_str(&i->out) is one event, until the next feed */
	INFLATED_BROKEN,
	INFLATED_TOO_LARGE, /* longer than the limit */
};

/* Begins a stream of events of at most `max` bytes each; ends the one before. */
void inflater_begin(struct inflater *i, size_t max);
void inflater_end(struct inflater *i);
/* After BROKEN or TOO_LARGE nothing more can be fed. */
enum inflated inflater_feed(struct inflater *i, struct str piece);

#endif
