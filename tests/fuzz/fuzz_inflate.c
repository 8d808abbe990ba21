/* wire/discord_inflate: what comes compressed from Discord. The first character is a limit, the second
 * how the rest is cut into messages; it is a zlib stream, damaged or not. And any text that is
 * compressed as Discord does it comes out again, however it is cut.
 * Options: -max_len=4096 */
#include "fuzz/fuzz.h"
#include "wire/discord_inflate.h"

static void stream_feed(struct str stream, size_t max, size_t piece)
{
	struct inflater i = {0};
	enum inflated got = INFLATED_PART;

	inflater_begin(&i, max);
	while (stream.n && got != INFLATED_BROKEN && got != INFLATED_TOO_LARGE) {
		got = inflater_feed(&i, str_sub(stream, 0, piece));
		stream = str_sub(stream, piece, stream.n);
		HOLDS(buf_str(&i.out).n <= max, stream);
		HOLDS((got == INFLATED_WHOLE) == i.whole, stream);
	}
	inflater_end(&i);
	HOLDS(inflater_feed(&i, STR("x")) == INFLATED_BROKEN, stream);
	inflater_end(&i);
}

static struct str deflate_event(z_stream *z, struct str event, struct arena *arena)
{
	size_t cap = event.n + event.n / 8 + 64;
	char *out = arena_alloc(arena, cap);

	z->next_in = (const Bytef *)event.p;
	z->avail_in = (uInt)event.n;
	z->next_out = (Bytef *)out;
	z->avail_out = (uInt)cap;
	HOLDS(deflate(z, Z_SYNC_FLUSH) == Z_OK && z->avail_in == 0, event);
	return (struct str){out, cap - z->avail_out};
}

/* The lines of the text as events of one connection. */
static void round_trip(struct str text, size_t piece)
{
	struct inflater i = {0};
	struct arena arena;
	struct str line;
	z_stream z = {0};

	arena_init(&arena);
	HOLDS(deflateInit(&z, Z_BEST_SPEED) == Z_OK, text);
	inflater_begin(&i, text.n);
	while (str_cut(&text, '\n', &line)) {
		enum inflated got = INFLATED_PART;
		struct buf whole;
		struct str stream;

		if (line.n == 0)
			continue;
		stream = deflate_event(&z, line, &arena);
		/* The mark may stand in an event's middle too: what came is then a part of it. */
		buf_init(&whole, line.n);
		while (stream.n) {
			got = inflater_feed(&i, str_sub(stream, 0, piece));
			stream = str_sub(stream, piece, stream.n);
			if (got == INFLATED_WHOLE)
				buf_add(&whole, buf_str(&i.out));
		}
		HOLDS(got == INFLATED_WHOLE && str_eq(buf_str(&whole), line), line);
		buf_done(&whole);
	}
	inflater_end(&i);
	deflateEnd(&z);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const size_t limits[] = {1 << 16, 1, 100, 1 << 20};
	static const size_t pieces[] = {SIZE_MAX, 1, 3, 4, 7, 64};
	struct str input = fuzz_text(bytes, n);
	size_t max = limits[program_choice(&input, 4)];
	size_t piece = pieces[program_choice(&input, 6)];

	stream_feed(input, max, piece);
	round_trip(input, piece);
	return 0;
}
