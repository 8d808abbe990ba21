#include "wire/discord_inflate.h"

#include <string.h>

#include "core/arena.h"

#define KEPT_BYTES_MAX ((size_t)256 * 1024)

void inflater_begin(struct inflater *i, size_t max)
{
	inflater_end(i);
	memset(i, 0, sizeof *i);
	if (inflateInit(&i->stream) != Z_OK)
		out_of_memory();
	i->open = true;
	buf_init(&i->out, max);
}

void inflater_end(struct inflater *i)
{
	if (i->open)
		inflateEnd(&i->stream);
	i->open = false;
	buf_done(&i->out);
}

static void remember_tail(struct inflater *i, struct str piece)
{
	for (size_t k = piece.n > 4 ? piece.n - 4 : 0; k < piece.n; k++) {
		memmove(i->tail, i->tail + 1, 3);
		i->tail[3] = (unsigned char)piece.p[k];
	}
}

/* The memory of an unusually large event is given back. */
static void begin_event(struct inflater *i)
{
	size_t max = i->out.max;

	if (i->out.cap > KEPT_BYTES_MAX) {
		buf_done(&i->out);
		buf_init(&i->out, max);
	}
	buf_clear(&i->out);
}

enum inflated inflater_feed(struct inflater *i, struct str piece)
{
	static const unsigned char mark[4] = {0x00, 0x00, 0xFF, 0xFF};
	char chunk[16384];
	int result;

	if (!i->open)
		return INFLATED_BROKEN;
	if (i->whole)
		begin_event(i);
	i->whole = false;
	remember_tail(i, piece);
	i->stream.next_in = (const Bytef *)piece.p;
	i->stream.avail_in = (uInt)piece.n;
	do {
		i->stream.next_out = (Bytef *)chunk;
		i->stream.avail_out = sizeof chunk;
		result = inflate(&i->stream, Z_SYNC_FLUSH);
		if (result != Z_OK && result != Z_BUF_ERROR)
			return INFLATED_BROKEN;
		if (!buf_add(&i->out, (struct str){chunk, sizeof chunk - i->stream.avail_out}))
			return INFLATED_TOO_LARGE;
	} while (i->stream.avail_out == 0);
	i->whole = memcmp(i->tail, mark, sizeof mark) == 0;
	return i->whole ? INFLATED_WHOLE : INFLATED_PART;
}
